import { writeFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { type Finding, ReeveError, Severity } from '../sdk/index.ts'
import { EXIT } from './exit.ts'
import type { Reeve, Scanned } from './reeve.ts'
import { type OutputOptions, plain, type Terminal, terminal } from './terminal.ts'
import { counts, failOn } from './threshold.ts'

const ORDER = Severity.options
const SHOWN = 40

interface ScanFlags extends OutputOptions {
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
  sarif?: string
  html?: string
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
      'an earlier --json output: what it found is known and does not count, what it read is remembered',
    )
    .option('--sarif <file>', 'write SARIF 2.1.0')
    .option('--html <file>', 'write a report to look at')
    .option('--all', 'show every finding, not the worst ones')
    .addHelpText('after', '\nExample:\n  $ reeve scan . --history --fail-on high --sarif reeve.sarif\n')
    .action(async (path: string | undefined, _flags: ScanFlags, command: Command) => {
      process.exitCode = await scan(reeve, path, command.optsWithGlobals<ScanFlags>())
    })
}

async function scan(reeve: Reeve, path: string | undefined, flags: ScanFlags): Promise<number> {
  const out = terminal(flags)
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
  if (flags.sarif !== undefined)
    write(flags.sarif, JSON.stringify(await reeve.sarif({ ...scanned, findings }), null, 2))
  if (flags.html !== undefined)
    write(flags.html, await reeve.html({ ...scanned, findings }, path ?? 'this host and folder'))
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

function summary(findings: readonly Finding[], scanned: Scanned, known: number) {
  const failed = findings.filter((finding) => finding.verdict === 'fail')
  return {
    ...Object.fromEntries(
      ORDER.map((severity) => [severity, failed.filter((one) => one.severity === severity).length]),
    ),
    unknown: findings.length - failed.length,
    known,
    complete: !scanned.interrupted && scanned.ledger.every((line) => line.refused === 0),
  } as Record<Severity | 'unknown' | 'known', number> & { complete: boolean }
}

function print(out: Terminal, findings: readonly Finding[], scanned: Scanned, known: number, all: boolean): void {
  const failed = findings.filter((finding) => finding.verdict === 'fail')
  const unknown = findings.length - failed.length
  const shown = all ? failed : failed.slice(0, SHOWN)
  if (shown.length > 0) {
    out.table(
      ['', 'what', 'where', 'risk'],
      shown.map((finding) => [
        out.mark(finding.severity),
        plain(
          `${finding.says ?? finding.title}${finding.redacted ? `  ${finding.redacted}` : ''}${finding.live === undefined || finding.live === 'not-asked' ? '' : `  ${finding.live}`}`,
        ).slice(0, 110),
        plain(placeOf(finding)).slice(0, 60),
        finding.owasp.join(' '),
      ]),
    )
    if (shown.length < failed.length)
      out.line(out.style('dim', `and ${failed.length - shown.length} more; --all shows them`))
    out.line()
    const [first] = shown
    out.line(`${out.style('bold', 'First')}  ${plain(first!.says ?? first!.title)}`)
    for (const evidence of first!.because.slice(0, 3)) out.line(`  because ${plain(evidence)}`)
    for (const [index, step] of first!.fix.entries())
      out.line(`  ${index === 0 ? 'fix    ' : '       '} ${plain(step)}`)
    out.line()
  }
  const tally = ORDER.map(
    (severity) => [severity, failed.filter((one) => one.severity === severity).length] as const,
  ).filter(([, count]) => count > 0)
  out.line(
    failed.length === 0
      ? `Nothing was found${known > 0 ? ` beyond the ${known} that the baseline knows` : ''}.`
      : `${tally.map(([severity, count]) => `${count} ${severity}`).join(', ')}${known > 0 ? `; ${known} known from the baseline` : ''}`,
  )
  if (unknown > 0)
    out.line(`${out.mark('unknown')} ${unknown} verdicts are unknown, because something could not be read`)
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

const placeOf = (finding: Finding): string => {
  const [place] = finding.places
  if (place?.file === undefined) return finding.subject
  const more = finding.places.length > 1 ? ` +${finding.places.length - 1}` : ''
  return `${place.file}${place.line ? `:${place.line}` : ''}${more}`
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (cause) {
    throw new ReeveError('use/output', `writing ${file}: ${(cause as Error).message}`, { cause })
  }
}
