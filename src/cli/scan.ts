import { type Command, Option } from 'commander'
import { type Finding, ReeveError, type Severity } from '../sdk/index.ts'
import { EXIT } from './exit.ts'
import type { Reeve, Scanned } from './reeve.ts'
import { explain } from './scan-explain.ts'
import { type FileFlags, writeFiles } from './scan-files.ts'
import { printFindings, summary } from './scan-findings.ts'
import { type OutputOptions, plain, type Terminal, terminal } from './terminal.ts'
import { counts, failOn } from './threshold.ts'

interface ScanFlags extends OutputOptions, FileFlags {
  history?: boolean
  only?: string
  since?: string
  staged?: boolean
  diff?: string
  archives?: boolean
  maxArchiveBytes?: string
  probe?: 'remote' | 'all'
  validate?: boolean
  failOn?: Severity
  baseline?: string
  explain?: string
  all?: boolean
}

export function addScan(program: Command, reeve: Reeve): void {
  program
    .command('scan')
    .argument(
      '[path]',
      'a folder, a repository, one file, or - for standard input; this host and this folder when left out',
    )
    .summary('find what is wrong in a folder, a repository or this host, without a server')
    .option('--history', 'read the whole history of a repository too')
    .option('--since <rev>', 'read only what came after this revision (with --history)')
    .option('--staged', 'read what is staged for the next commit, and nothing else')
    .option('--diff <base..head>', 'read what this change brings in, merges included, and nothing else')
    .option('--no-archives', 'do not open archives, container images and documents')
    .option('--max-archive-bytes <size>', 'take at most this much out of one archive, such as 500MB or 20GiB (16GiB)')
    .addOption(
      new Option(
        '--probe <what>',
        'ask the MCP servers that are configured there for their tools: remote, those over HTTP; all, start the others too',
      ).choices(['remote', 'all']),
    )
    .option(
      '--validate',
      'ask the services whether the keys that were found work: this sends each key to its own service',
    )
    .option('--only <what>', 'secrets, posture or both, by comma', 'secrets,posture')
    .addOption(failOn())
    .option(
      '--baseline <file>',
      'an earlier --json output, or a report of gitleaks, TruffleHog, Kingfisher or in SARIF: what it found is known and does not count',
    )
    .option('--sarif <file>', 'write SARIF 2.1.0')
    .option('--csv <file>', 'write a table for spreadsheets')
    .option('--html <file>', 'write a report to look at')
    .option('--explain <place>', 'say why what stands in FILE or at FILE:LINE is a finding or none, and scan nothing')
    .option('--all', 'show every finding, not the worst ones')
    .addHelpText('after', '\nExample:\n  $ reeve scan . --history --fail-on high --sarif reeve.sarif\n')
    .action(async (path: string | undefined, _flags: ScanFlags, command: Command) => {
      process.exitCode = await scan(reeve, path, command.optsWithGlobals<ScanFlags>())
    })
}

async function scan(reeve: Reeve, path: string | undefined, flags: ScanFlags): Promise<number> {
  const out = terminal(flags)
  if (flags.explain !== undefined) return explain(reeve, flags.explain, out)
  const interruption = new AbortController()
  process.once('SIGINT', () => interruption.abort())
  const scanned = await reeve.scan({
    path,
    history: flags.history === true || flags.since !== undefined,
    only: parseOnly(flags.only ?? ''),
    since: flags.since,
    staged: flags.staged === true,
    diff: parseDiff(flags),
    archives: flags.archives !== false,
    maxArchiveBytes: flags.maxArchiveBytes === undefined ? undefined : parseBytes(flags.maxArchiveBytes),
    probe: flags.probe,
    validate: flags.validate === true,
    baseline: flags.baseline,
    signal: interruption.signal,
    progress: out.progress,
  })
  out.endProgress()
  const findings =
    flags.baseline === undefined ? scanned.findings : await reeve.newSince(scanned.findings, flags.baseline)
  const known = scanned.findings.length - findings.length
  await writeFiles(reeve, flags, scanned, findings, path ?? 'this host and folder')
  const counted = summary(findings, scanned, known)
  if (out.json) out.document({ findings, ledger: scanned.ledger, readings: scanned.readings, summary: counted })
  else print(out, findings, scanned, known, flags.all === true)

  if (scanned.interrupted) return EXIT.interrupted
  if (flags.failOn !== undefined && findings.some((finding) => counts(finding, flags.failOn!))) return EXIT.findings
  return counted.complete ? EXIT.done : EXIT.incomplete
}

/** One change is read as it is: not also what is staged, or what else the history holds. */
function parseDiff({ diff, staged, history, since }: ScanFlags): string | undefined {
  if (diff !== undefined && (staged || history || since !== undefined))
    throw new ReeveError(
      'use/diff',
      'reading --diff: it goes with none of --staged, --history and --since; leave those out',
    )
  return diff
}

const UNITS: Record<string, number> = {
  '': 1,
  k: 1e3,
  ki: 2 ** 10,
  m: 1e6,
  mi: 2 ** 20,
  g: 1e9,
  gi: 2 ** 30,
  t: 1e12,
  ti: 2 ** 40,
}

function parseBytes(text: string): number {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmgt]i?)?b?$/i.exec(text.trim()) ?? []
  if (digits === '')
    throw new ReeveError(
      'use/bytes',
      `reading --max-archive-bytes: '${text}' is no size; write 500MB, 20GiB or a number of bytes`,
    )
  return Math.floor(Number(digits) * UNITS[unit.toLowerCase()]!)
}

function parseOnly(text: string): ReadonlySet<'secrets' | 'posture'> {
  const words = text.split(',').map((word) => word.trim())
  for (const word of words) {
    if (word !== 'secrets' && word !== 'posture')
      throw new ReeveError('use/only', `reading --only: '${word}' is neither secrets nor posture`)
  }
  return new Set(words as ('secrets' | 'posture')[])
}

function print(out: Terminal, findings: readonly Finding[], scanned: Scanned, known: number, all: boolean): void {
  printFindings(out, findings, known, all)
  for (const line of scanned.ledger.filter((one) => one.refused > 0).slice(0, all ? undefined : 10)) {
    out.line(
      out.style(
        'magenta',
        `  not read: ${plain([line.connection, line.collection, line.scope].filter(Boolean).join(' / '))}: ${plain(line.reason ?? 'refused')}${line.permission ? ` (${plain(line.permission)})` : ''}`,
      ),
    )
  }
  if (scanned.interrupted) out.line('Interrupted: this is what was found so far.')
}
