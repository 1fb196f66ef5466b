import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { ReeveError } from '../sdk/index.ts'

const root = new URL('../../', import.meta.url)

/** The programs for those who work on Reeve: each is a file of its own, run in a process of its own. */
export function addDevelop(program: Command): void {
  program
    .command('test')
    .argument('[filter...]')
    .summary('run the tests')
    .option('--interop', 'also against servers from other registries')
    .addHelpText('after', '\nExample:\n  $ reeve test src/graph\n')
    .action(async (filter: string[], { interop }: { interop?: boolean }) => {
      process.exitCode = await run('test/run.ts', [...(interop ? ['--interop'] : []), ...filter])
    })
  program
    .command('bench')
    .argument('<name>', 'reconcile, query, rules, crash, accuracy, …')
    .argument('[more...]')
    .summary('measure a claim; one line of JSON for each')
    .option('--quick', 'end within 50 seconds')
    .addHelpText('after', '\nExample:\n  $ reeve bench reconcile --quick\n')
    .action(async (name: string, more: string[], { quick }: { quick?: boolean }) => {
      if (!/^[a-z][a-z-]*$/.test(name) || !existsSync(new URL(`bench/${name}.ts`, root))) {
        throw new ReeveError('use/bench', `measuring '${name}': there is no bench/${name}.ts`)
      }
      process.exitCode = await run(`bench/${name}.ts`, [...(quick ? ['--quick'] : []), ...more])
    })
}

const run = (file: string, args: string[]): Promise<number> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [fileURLToPath(new URL(file, root)), ...args], { stdio: 'inherit' })
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
    child.on('exit', (code) => resolve(code ?? 1))
  })
