import type { Command } from 'commander'
import { ReeveError } from '../sdk/index.ts'
import type { Reeve } from './reeve.ts'
import { type OutputOptions, terminal } from './terminal.ts'

const SECONDS_TO_STOP = 10

export function addUp(program: Command, reeve: Reeve): void {
  program
    .command('up')
    .summary('start the server and open on five things to know')
    .option('--port <n>', 'where to listen', parsePort)
    .option('--data <folder>', 'where everything is kept')
    .option('--demo', 'show an invented company instead of reading this host')
    .addHelpText('after', '\nExample:\n  $ reeve up --port 7373\n')
    .action(async (_flags, command: Command) => {
      const {
        port,
        data,
        demo = false,
        ...output
      } = command.optsWithGlobals<OutputOptions & { port?: number; data?: string; demo?: boolean }>()
      const out = terminal(output)
      const running = await reeve.up({
        ...(port === undefined ? {} : { port }),
        ...(data === undefined ? {} : { data }),
        demo,
      })
      const stop = (): void => {
        // A stop that hangs must not keep the machine: what is unfinished goes on at the next start.
        setTimeout(() => process.exit(0), SECONDS_TO_STOP * 1000).unref()
        running.stop().then(
          () => process.exit(0),
          () => process.exit(0),
        )
      }
      process.once('SIGTERM', stop)
      process.once('SIGINT', stop)

      if (out.json) out.document({ address: running.address, link: running.link ?? null, reading: running.reading })
      else {
        out.line(`Reeve is up at ${running.address}`)
        if (running.link) out.line(`Sign in once with ${running.link}`)
        for (const source of running.reading) out.line(`Reading ${source}`)
      }
      await running.stopped
    })
}

function parsePort(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new ReeveError('use/port', `reading --port ${text}: a port is a number from 0 to 65535`)
}
