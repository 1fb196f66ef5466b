import type { Readable } from 'node:stream'
import { Readable as Stream } from 'node:stream'
import { stringify } from 'csv-stringify'
import type { InventoryRow } from '../read/index.ts'
import type { Known } from '../sdk/index.ts'

/** Unknown stays unknown, with why. */
const cell = (known: Known<unknown>): string =>
  'value' in known
    ? String(known.value)
    : 'unknown' in known
      ? `unknown: ${known.unknown}`
      : `not applicable: ${known.notApplicable}`

const COLUMNS: Readonly<Record<string, (row: InventoryRow) => string>> = {
  key: (row) => row.key,
  kind: (row) => row.kind,
  type: (row) => row.type,
  name: (row) => row.name,
  verdict: (row) => row.mark,
  openFindings: (row) => String(row.openFindings),
  unknownVerdicts: (row) => String(row.unknownVerdicts),
  sources: (row) => row.sources.join(' '),
  account: (row) => row.accountKind ?? '',
  where: (row) => row.where ?? '',
  environment: (row) => cell(row.environment),
  accountable: (row) => row.owner?.name ?? '',
  suggestedOwner: (row) => row.suggested?.person.name ?? '',
  created: (row) => cell(row.created),
  expires: (row) => cell(row.expires),
  lastUsed: (row) => cell(row.lastUsed),
  lastUsedBy: (row) => cell(row.lastUsedBy),
  oldestCredential: (row) => cell(row.oldestCredential),
  credentials: (row) => String(row.credentials),
  reach: (row) =>
    'value' in row.reach
      ? `${row.reach.value.atLeast ? 'at least ' : ''}${row.reach.value.resources}`
      : cell(row.reach),
  labels: (row) => row.labels.join(' '),
  firstSeen: (row) => row.firstSeen,
  staleSince: (row) => row.staleSince ?? '',
  ledger: (row) => (row.ledger ?? []).join(' '),
}

/** What a column of the console is in a file: some of them say two things. */
const SAYS: Readonly<Record<string, readonly string[]>> = {
  owner: ['accountable', 'suggestedOwner'],
  lastUsed: ['lastUsed', 'lastUsedBy'],
  age: ['oldestCredential'],
  findings: ['openFindings', 'unknownVerdicts'],
}
const ALWAYS = ['key', 'kind']

/** The columns of a view in its order, after what names the row; all there are where it has none of its own. */
function columnsOf(chosen: string): string[] {
  if (chosen === '') return Object.keys(COLUMNS)
  const names = chosen.split(',').flatMap((column) => {
    const name = column.replace(/:.*$/, '')
    return SAYS[name] ?? (COLUMNS[name] ? [name] : [])
  })
  return [...new Set([...ALWAYS, ...names, 'ledger'])]
}

/** A cell that a spreadsheet would run as a formula is escaped. */
export function csvOf(rows: AsyncIterable<InventoryRow>, chosen = ''): Readable {
  const columns = columnsOf(chosen)
  const lines = async function* () {
    for await (const row of rows) yield columns.map((column) => COLUMNS[column]!(row))
  }
  return Stream.from(lines()).compose(stringify({ header: true, columns, escape_formulas: true })) as Readable
}
