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
}

/** A cell that a spreadsheet would run as a formula is escaped. */
export function csvOf(rows: AsyncIterable<InventoryRow>): Readable {
  const lines = async function* () {
    for await (const row of rows) yield Object.values(COLUMNS).map((column) => column(row))
  }
  return Stream.from(lines()).compose(
    stringify({ header: true, columns: Object.keys(COLUMNS), escape_formulas: true }),
  ) as Readable
}
