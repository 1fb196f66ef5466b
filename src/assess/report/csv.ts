import { stringify } from 'csv-stringify/sync'
import type { Finding } from '../../sdk/index.ts'

const COLUMNS = [
  'id',
  'severity',
  'verdict',
  'rule',
  'title',
  'says',
  'owasp',
  'subject',
  'because',
  'fix',
  'places',
  'detector',
  'provider',
  'redacted',
  'key id',
  'live',
] as const

/** Findings as a table for spreadsheets. A cell that would be taken for a formula is escaped. */
export function toCsv(findings: readonly Finding[]): string {
  const rows = findings.map((finding) => [
    finding.id,
    finding.severity,
    finding.verdict,
    finding.rule,
    finding.title,
    finding.says ?? '',
    finding.owasp.join(' '),
    finding.subject,
    finding.because.join('\n'),
    finding.fix.join('\n'),
    finding.places
      .map(
        ({ file, line, commit }) => `${file ?? ''}${line ? `:${line}` : ''}${commit ? `@${commit.slice(0, 12)}` : ''}`,
      )
      .join('\n'),
    finding.detector ?? '',
    finding.provider ?? '',
    finding.redacted ?? '',
    finding.keyId ?? '',
    finding.live ?? '',
  ])
  return stringify([[...COLUMNS], ...rows], { escape_formulas: true, record_delimiter: 'windows' })
}
