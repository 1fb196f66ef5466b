import type { Command } from 'commander'
import type { SudoRow } from '../access/index.ts'
import { printRising } from './access-rising.ts'
import { EXIT } from './exit.ts'
import { type OutputOptions, plain, type Terminal, terminal } from './terminal.ts'

interface Flags extends OutputOptions {
  passwd?: string
  group?: string
  host?: string
  all?: boolean
  can?: string
  as?: string
}

/** What sudo lets each account do, and whose place that gives it. */
export function addAccessSudo(access: Command): void {
  access
    .command('sudo')
    .summary('what sudo lets each account run, and whose place that gives it')
    .argument('<file...>', 'sudoers files of one host; what they include is read too')
    .option('--passwd <file>', 'the accounts there are; without it, names stand for themselves')
    .option('--group <file>', 'the groups they are in')
    .option('--host <name>', 'the host it is about; without it, what names hosts is not sure')
    .option('--can <command>', 'ask instead who may run this: a whole path, and arguments')
    .option('--as <account>', 'as whom, with --can', 'root')
    .option('--all', 'show every path, not the first of each')
    .addHelpText(
      'after',
      '\nExample:\n  $ reeve access sudo /etc/sudoers --passwd /etc/passwd --group /etc/group --host web1\n  $ reeve access sudo /etc/sudoers --can "/usr/bin/systemctl restart app"\n',
    )
    .action(async (files: string[], _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<Flags>()
      const out = terminal(flags)
      const { openSudo, riseSudo, whoCanRun } = await import('../access/index.ts')
      const estate = await openSudo({ files, passwd: flags.passwd, group: flags.group, host: flags.host })
      if (flags.can !== undefined) {
        const rows = whoCanRun(estate, flags.can, flags.as!)
        if (out.json) out.document({ command: flags.can, as: flags.as, rows })
        else
          out.table(
            ['who', 'can', 'by'],
            rows.map(({ principal, verdict, because }) => [plain(principal), verdict, plain(because)]),
          )
      } else {
        const { rows, warnings } = riseSudo(estate)
        if (out.json) out.document({ rows, warnings })
        else print(out, rows, flags.all === true)
        if (rows.some(({ unknown }) => unknown)) process.exitCode = EXIT.incomplete
      }
      for (const warning of estate.warnings) out.say(`warning: ${plain(warning)}`)
      if (estate.warnings.length > 0) process.exitCode = EXIT.incomplete
    })
}

function print(out: Terminal, rows: readonly SudoRow[], all: boolean): void {
  printRising(out, rows, all, {
    counted: 'accounts',
    admin: 'root',
    admins: 'root',
    reach: 'take the place of another',
  })
  const running = rows.filter(({ runs }) => runs.length > 0)
  if (running.length > 0) {
    out.line()
    out.line(out.style('bold', 'May run'))
    out.table(
      ['who', 'what', 'said in'],
      running.flatMap(({ principal, runs }) =>
        runs.map(({ command, place }, index) => [index === 0 ? plain(principal) : '', plain(command), plain(place)]),
      ),
    )
  }
  for (const { principal, unknown = [] } of rows)
    for (const reason of unknown)
      out.line(`${out.mark('unknown')} ${plain(principal)}: not all is known: ${plain(reason)}`)
}
