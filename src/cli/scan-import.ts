import { type Command, Option } from 'commander'
import type { Severity } from '../sdk/index.ts'
import { EXIT } from './exit.ts'
import type { Imported, Reeve } from './reeve.ts'
import { type FileFlags, writeFiles } from './scan-files.ts'
import { printFindings, summary } from './scan-findings.ts'
import { type OutputOptions, plain, type Terminal, terminal } from './terminal.ts'
import { counts, failOn } from './threshold.ts'

interface ImportFlags extends OutputOptions, FileFlags {
  format?: string
  failOn?: Severity
  all?: boolean
}

export function addImport(program: Command, reeve: Reeve): void {
  program
    .command('import')
    .argument('<file>', 'the report of another scanner')
    .summary('make findings of what another secret scanner wrote')
    .addOption(
      new Option('--format <format>', 'whose report it is; told from what is in it when left out').choices([
        'gitleaks',
        'trufflehog',
        'kingfisher',
        'sarif',
        'reeve',
      ]),
    )
    .addOption(failOn())
    .option('--sarif <file>', 'write SARIF 2.1.0')
    .option('--csv <file>', 'write a table for spreadsheets')
    .option('--html <file>', 'write a report to look at')
    .option('--all', 'show every finding, not the worst ones')
    .addHelpText('after', '\nExample:\n  $ reeve import gitleaks.json --json > known.json\n')
    .action(async (file: string, _flags: ImportFlags, command: Command) => {
      process.exitCode = await importFile(reeve, file, command.optsWithGlobals<ImportFlags>())
    })
}

async function importFile(reeve: Reeve, file: string, flags: ImportFlags): Promise<number> {
  const out = terminal(flags)
  const { scanned, ...imported } = await reeve.importReport(file, flags.format)
  await writeFiles(reeve, flags, scanned, imported.findings, file)
  const { format, findings, items, taken, left, whole } = imported
  if (out.json)
    out.document({
      findings,
      ledger: [],
      readings: [],
      summary: { ...summary(findings, scanned, 0), complete: whole },
      imported: { format, items, taken, left },
    })
  else print(out, imported, flags.all === true)
  if (flags.failOn !== undefined && findings.some((finding) => counts(finding, flags.failOn!))) return EXIT.findings
  return whole ? EXIT.done : EXIT.incomplete
}

const SHOWN = 20

function print(out: Terminal, { format, findings, items, taken, left }: Imported, all: boolean): void {
  printFindings(out, findings, 0, all)
  out.line(
    `Of ${items} ${items === 1 ? 'item' : 'items'} of ${format}, ${taken} taken as ${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}, ${left.length} not${left.length > 0 ? ':' : '.'}`,
  )
  for (const { at, why } of all ? left : left.slice(0, SHOWN)) out.line(`  ${at}: ${plain(why)}`)
  if (!all && left.length > SHOWN) out.line(`  and ${left.length - SHOWN} more; --all shows them`)
}
