import { Command, CommanderError } from 'commander'
import { addAccess } from './access.ts'
import { addAlerts } from './alerts.ts'
import { addDemo } from './demo.ts'
import { addDevelop } from './develop.ts'
import { complaint, EXIT, exitStatusOf } from './exit.ts'
import { addOwners } from './owners.ts'
import { addPath } from './path.ts'
import { addPlans } from './plans.ts'
import type { Reeve } from './reeve.ts'
import { addReports } from './reports.ts'
import { addScan } from './scan.ts'
import { addImport } from './scan-import.ts'
import { addSearch } from './search.ts'
import { addSimulate } from './simulate.ts'
import { addSources } from './sources.ts'
import { addUp } from './up.ts'
import { addUpkeep } from './upkeep.ts'

export { apiAt } from './api.ts'
export type { Check, Explained, Imported, Reading, Reeve, Running, Scanned, ScanOptions, UpOptions } from './reeve.ts'

const addSeeing = (program: Command, reeve: Reeve): void => {
  addUp(program, reeve)
  addScan(program, reeve)
  addImport(program, reeve)
  addAccess(program, reeve)
  addDemo(program, reeve)
}

const addAsking = (program: Command, reeve: Reeve): void => {
  addSearch(program, reeve)
  addPath(program, reeve)
  addSimulate(program, reeve)
}

/** `reeve help` groups commands by the job they are for. */
const JOBS: [string, (program: Command, reeve: Reeve) => void][] = [
  ['See what there is:', addSeeing],
  ['Read more systems:', addSources],
  ['Ask:', addAsking],
  ['Know who answers:', addOwners],
  ['Change at the source:', addPlans],
  ['Be told:', addAlerts],
  ['Prove:', addReports],
  ['Keep it well:', addUpkeep],
  ['Work on Reeve:', addDevelop],
]

/** Runs one command line; sets the exit status, and never throws. */
export async function runCli(argv: readonly string[], reeve: Reeve): Promise<void> {
  const program = new Command('reeve')
    .description('Finds, explains and secures non-human identities.')
    .version(reeve.version)
    .option('--json', 'one JSON document on stdout, everything else on stderr')
    .option('--quiet', 'no progress')
    .option('--no-color', 'no colour (also NO_COLOR)')
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
  for (const [job, add] of JOBS) {
    program.commandsGroup(job)
    add(program, reeve)
  }
  for (const command of allCommands(program)) command.exitOverride()

  try {
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    process.exitCode = exitStatusOf(error)
    if (error instanceof CommanderError) return
    process.stderr.write(`${complaint(error)}\n`)
    if (argv.includes('--json')) process.stdout.write(`${JSON.stringify({ error: complaintFields(error) }, null, 2)}\n`)
  }
  if (process.exitCode === undefined) process.exitCode = EXIT.done
}

const allCommands = (command: Command): Command[] => [command, ...command.commands.flatMap(allCommands)]

const complaintFields = (error: unknown): { code: string; message: string } => {
  const fields = error as { code?: string; message?: string }
  return { code: fields.code ?? 'internal', message: fields.message ?? String(error) }
}
