/** How findings are told on a terminal. */
import { type Finding, Severity } from '../sdk/index.ts'
import type { Scanned } from './reeve.ts'
import { plain, type Terminal } from './terminal.ts'

const ORDER = Severity.options
const SHOWN = 40

export function summary(findings: readonly Finding[], scanned: Scanned, known: number) {
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

/** The worst findings, what to do about the first, and how many there are. */
export function printFindings(out: Terminal, findings: readonly Finding[], known: number, all: boolean): void {
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
}

const placeOf = (finding: Finding): string => {
  const [place] = finding.places
  if (place?.file === undefined) return finding.subject
  const more = finding.places.length > 1 ? ` +${finding.places.length - 1}` : ''
  return `${place.file}${place.line ? `:${place.line}` : ''}${more}`
}
