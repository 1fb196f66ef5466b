import { NEVER } from './columns.ts'
import type { Sort } from './inventory.ts'
import type { NumberField } from './inventory-fields.ts'
import { MOST_ROWS, type RollTable } from './roll-table.ts'

export interface Order {
  rows: Int32Array
  /** So many of them have a value; what is unknown or cannot be stands behind. */
  known: number
}

const LAST = 2 ** 31 - 1

/** Rows from `from` to `to` in the order of a field, ties by name. Numbers sort as they are: rank and row in one. */
export function orderBy(table: RollTable, sort: Sort, from: number, to: number): Order {
  const rows = new Int32Array(to - from)
  if (sort === 'name') {
    for (let at = 0; at < rows.length; at++) rows[at] = from + at
    return { rows, known: rows.length }
  }
  const rank = rankOf(table, sort)
  const ranks = new Float64Array(rows.length)
  for (let at = 0; at < rows.length; at++) ranks[at] = rank(from + at) * MOST_ROWS + from + at
  ranks.sort()
  let known = 0
  for (let at = 0; at < rows.length; at++) {
    rows[at] = ranks[at]! % MOST_ROWS
    if (ranks[at]! < (LAST - 1) * MOST_ROWS) known++
  }
  return { rows, known }
}

/** Worst first: what could not be judged stands before what is merely low. */
const WORST = [0, 1, 2, 4, 5, 3, 6, 7]
const SORTED_BY: Record<Exclude<Sort, 'worst' | 'name' | 'type'>, NumberField> = {
  lastUsed: 'used',
  age: 'age',
  created: 'created',
  expires: 'expires',
  reach: 'reach',
  firstSeen: 'seen',
  findings: 'findings',
}
const COUNTED: ReadonlySet<Sort> = new Set(['reach', 'findings'])

/** A whole number below 2^31; less comes first. Times count in minutes. */
function rankOf({ worst, words, numbers }: RollTable, sort: Exclude<Sort, 'name'>): (row: number) => number {
  if (sort === 'worst') {
    const { values: reach } = numbers.reach
    return (row) => WORST[worst[row]!]! * 2 ** 24 + Math.max(0, 2 ** 24 - 1 - (reach[row]! || 0))
  }
  if (sort === 'type') {
    const { codes, combinations } = words.type
    const sorted = combinations
      .map((values, number) => [values[0] ?? '', number] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1))
    const places = new Uint32Array(combinations.length)
    for (const [place, [, number]] of sorted.entries()) places[number] = place
    return (row) => places[codes[row]!]!
  }
  const { values } = numbers[SORTED_BY[sort]]
  const unit = COUNTED.has(sort) ? 1 : 60_000
  return (row) => {
    const value = values[row]!
    if (Number.isNaN(value)) return LAST
    return value === NEVER ? LAST - 1 : Math.min(LAST - 2, Math.max(0, Math.floor(value / unit)))
  }
}
