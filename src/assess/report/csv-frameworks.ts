import { stringify } from 'csv-stringify/sync'
import { type PaperFramework, rowsAddress, STATE_WORDS } from './paper.ts'

const COLUMNS = [
  'framework',
  'version',
  'control',
  'title',
  'control state',
  'evidence',
  'says',
  'state',
  'reads',
  'judged',
  'read',
  'partial',
  'rules',
  'facts',
  'listings',
  'rows',
  'findings query',
  'findings',
] as const

/** The evidence of standards as a table, a row for each item. */
export function toEvidenceCsv(frameworks: readonly PaperFramework[]): string {
  const rows = frameworks.flatMap(({ framework, controls }) =>
    controls.flatMap((control) =>
      control.evidence.map((item) => [
        framework.id,
        framework.version,
        control.id,
        control.title,
        STATE_WORDS[control.state],
        item.id,
        item.says,
        STATE_WORDS[item.state],
        item.reads,
        item.judged ?? 'never',
        item.read ?? 'nothing that bears on it',
        item.partial ? 'yes' : 'no',
        item.rules.map(({ id, asked }) => (asked ? id : `${id} (not asked)`)).join(' '),
        item.facts.join(' '),
        item.sources
          .map(
            ({ connection, collection, read, complete, obtained, refused }) =>
              `${connection} ${collection} ${read} ${complete ? 'whole' : 'partial'} ${obtained} read ${refused} refused`,
          )
          .join('\n'),
        rowsAddress(framework.id, control.id, item.id),
        item.findings?.q ?? '',
        item.findings?.count ?? '',
      ]),
    ),
  )
  return stringify([[...COLUMNS], ...rows], { escape_formulas: true, record_delimiter: 'windows' })
}
