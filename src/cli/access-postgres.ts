import type { Command } from 'commander'
import type { PostgresEstate, PostgresRow } from '../access/index.ts'
import { printDecision } from './access-printed.ts'
import { printRising } from './access-rising.ts'
import { type OutputOptions, plain, type Terminal, terminal } from './terminal.ts'

interface Flags extends OutputOptions {
  from: string[]
  all?: boolean
}

const EXAMPLE = 'psql -XAt -d shop -f src/providers/postgres/rights.sql > shop.rights'

/** PostgreSQL servers, by what rights.sql prints of each of their databases. */
export function addAccessPostgres(access: Command): void {
  const postgres = access
    .command('postgres')
    .requiredOption('--from <file...>', 'what rights.sql prints, a file for each database of one server')
    .summary('what each role of a PostgreSQL server can do, and how it could become more')
    .option('--all', 'show every path, not the first of each')
    .addHelpText(
      'after',
      `\nExample:\n  $ ${EXAMPLE}\n  $ reeve access postgres --from shop.rights\n  $ reeve access postgres why reader SELECT public.orders --from shop.rights\n`,
    )
    .action(async (_flags: unknown, command: Command) => {
      const { estate, out, flags } = await open(command)
      const { risePostgres } = await import('../access/index.ts')
      const { rows, warnings } = risePostgres(estate)
      if (out.json) out.document({ rows, warnings })
      else print(out, rows, flags.all === true)
      for (const warning of warnings) out.say(`warning: ${plain(warning)}`)
    })
  postgres
    .command('who-can')
    .summary('every role that has a privilege on an object')
    .argument('<privilege>', 'as PostgreSQL names it: SELECT, EXECUTE, "SELECT WITH GRANT OPTION", ALTER')
    .argument(
      '<object>',
      'public.orders, column:public.orders.card, function:public.refund(n integer), schema:app, role:reader',
    )
    .action(async (privilege: string, named: string, _flags: unknown, command: Command) => {
      const { estate, out } = await open(command)
      const { findObject, rolesThatCan } = await import('../access/index.ts')
      const resource = findObject(estate, named)
      const action = privilege.toUpperCase()
      const rows = rolesThatCan(estate, action, resource)
      if (out.json) return out.document({ action, resource, rows })
      out.table(
        ['who', 'can', 'depends on'],
        rows.map(({ principal, verdict, dependsOn }) => [plain(principal), verdict, plain(dependsOn.join('; '))]),
      )
      out.line(`${rows.length} can ${plain(action)} on ${plain(resource)}`)
    })
  postgres
    .command('what-can')
    .summary('what a role can do, by the grants that give it')
    .argument('<role>', 'its name')
    .action(async (named: string, _flags: unknown, command: Command) => {
      const { estate, out } = await open(command)
      const { findRole, whatRoleCan } = await import('../access/index.ts')
      const role = findRole(estate, named)
      const rows = whatRoleCan(estate, role)
      if (out.json) return out.document({ principal: estate.names[role]!, rows })
      out.table(
        ['privileges', 'on', 'by', 'depends on'],
        rows.map(({ actions, on, from, dependsOn }) =>
          [actions.join('\n'), on.join('\n'), from, dependsOn.join('\n')].map(lines),
        ),
      )
    })
  postgres
    .command('why')
    .summary('the grants that decide')
    .argument('<role>', 'its name')
    .argument('<privilege>', 'as PostgreSQL names it')
    .argument('<object>', 'public.orders, function:public.refund(n integer), …')
    .action(async (named: string, privilege: string, object: string, _flags: unknown, command: Command) => {
      const { estate, out } = await open(command)
      const { findObject, findRole, whyRole } = await import('../access/index.ts')
      const [role, resource, action] = [findRole(estate, named), findObject(estate, object), privilege.toUpperCase()]
      const decision = whyRole(estate, role, action, resource)
      if (out.json) out.document({ principal: estate.names[role]!, action, resource, ...decision })
      else printDecision(out, decision, [])
    })
}

async function open(command: Command): Promise<{ estate: PostgresEstate; flags: Flags; out: Terminal }> {
  const flags = command.optsWithGlobals<Flags>()
  const { openPostgres } = await import('../access/index.ts')
  return { estate: await openPostgres(flags.from), flags, out: terminal(flags) }
}

/** Several to a cell, each on a line of its own, and no control character of a name among them. */
const lines = (text: string): string => text.split('\n').map(plain).join('\n')

function print(out: Terminal, rows: readonly PostgresRow[], all: boolean): void {
  printRising(out, rows, all, {
    counted: 'roles',
    admin: 'a superuser',
    admins: 'superusers',
    reach: 'reach all that is stored, or another server',
  })
}
