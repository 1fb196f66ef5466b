import type { Command } from 'commander'
import type { EscalationRow, RisingEdge } from '../access/index.ts'
import { type FileFlags, withFiles } from './access-files.ts'
import { addAccessPostgres } from './access-postgres.ts'
import { addAccessQuestions } from './access-questions.ts'
import { addAccessRoles } from './access-roles.ts'
import { addAccessSudo } from './access-sudo.ts'
import { EXIT } from './exit.ts'
import type { Reeve } from './reeve.ts'
import { plain, type Terminal, terminal } from './terminal.ts'

const SHOWN = 30

export function addAccess(program: Command, reeve: Reeve): void {
  const access = program
    .command('access')
    .summary('who can do what, and how he could become more: from files alone, or from what the server read')
  withFiles(access.command('escalation').argument('<file...>', 'answers of aws iam get-account-authorization-details'))
    .summary('how each user and role could become more, step by step')
    .option('--all', 'show every path, not the first of each')
    .addHelpText('after', '\nExample:\n  $ reeve access escalation account.json --resources resources.json\n')
    .action(async (files: string[], _flags: FileFlags, command: Command) => {
      process.exitCode = await escalation(files, command.optsWithGlobals<FileFlags & { all?: boolean }>())
    })
  addAccessQuestions(access, reeve)
  addAccessRoles(access)
  addAccessPostgres(access)
  addAccessSudo(access)
}

async function escalation(files: string[], flags: FileFlags & { all?: boolean }): Promise<number> {
  const out = terminal(flags)
  const { openAws, escalate, unlistedActions } = await import('../access/index.ts')
  const estate = await openAws({ from: files, resources: flags.resources, organization: flags.scp })
  const { rows, warnings } = await escalate(estate)
  const said = [...warnings, ...(await unlistedActions(estate))]
  if (out.json) out.document({ rows, warnings: said })
  else print(out, rows, flags.all === true)
  for (const warning of said) out.say(`warning: ${plain(warning)}`)
  return rows.some((row) => row.unknown) ? EXIT.incomplete : EXIT.done
}

/** `user/deployer` for its ARN; a bucket by its name. */
const shortName = (id: string): string => id.split(':').slice(5).join(':') || id

const stepText = ({ to, actions, dependsOn }: RisingEdge): string =>
  `${actions.join(' + ')} → ${to === 'admin' ? 'administrator' : shortName(to)}${dependsOn ? `, if ${dependsOn.join('; ')}` : ''}`

/** The last step of a path that ends at an administrator says nothing but that. */
const pathText = (path: readonly RisingEdge[]): string =>
  path
    .filter(({ actions }) => actions.length > 0)
    .map(stepText)
    .join('; then ') + (path.at(-1)?.actions.length === 0 ? ', an administrator' : '')

function print(out: Terminal, rows: readonly EscalationRow[], all: boolean): void {
  const admins = rows.filter(({ isAdmin }) => isAdmin)
  const rising = rows.filter(({ paths }) => paths.some((path) => path.at(-1)?.to === 'admin'))
  const reaching = rows.filter((row) => row.paths.length > 0 && !rising.includes(row))
  const table = (list: readonly EscalationRow[]): void => {
    const shown = all ? list : list.slice(0, SHOWN)
    out.table(
      ['who', 'how'],
      shown.flatMap(({ principal, paths }) =>
        (all ? paths : paths.slice(0, 1)).map((path) => [plain(shortName(principal)), plain(pathText(path))]),
      ),
    )
    if (shown.length < list.length)
      out.line(out.style('dim', `and ${list.length - shown.length} more; --all shows them`))
    out.line()
  }
  out.line(
    `${rows.length} users and roles: ${admins.length} are administrators, ${rising.length} can become one, ${reaching.length} reach a listed resource`,
  )
  out.line()
  if (rising.length > 0) {
    out.line(out.style('bold', 'Can become an administrator'))
    table(rising)
  }
  if (reaching.length > 0) {
    out.line(out.style('bold', 'Reach a resource'))
    table(reaching)
  }
  for (const { principal, unknown } of rows)
    for (const reason of unknown ?? [])
      out.line(`${out.mark('unknown')} ${plain(principal)}: not all is known: ${plain(reason)}`)
}
