import { NEVER, PASSES, type WordColumn } from './columns.ts'
import { type Facet, SAME, type WordField } from './inventory-fields.ts'
import type { Match } from './query.ts'
import type { Selection } from './roll.ts'
import type { RollTable } from './roll-table.ts'

export interface FacetCount {
  value: string
  count: number
}

/** Rows that count for a facet: the selected ones, and where the query names the facet's field those it alone keeps out. */
interface Counted extends Pick<Selection, 'rows' | 'failed' | 'range'> {
  /** The number of the facet's field in the query; -1 when the query does not name it. */
  own: number
}

export function countFacet(table: RollTable, facet: Facet, counted: Counted, now: number): FacetCount[] {
  if (!('choices' in facet)) return countValues(table.words[facet.words], counted)
  if (facet.as.as === 'word') {
    const column = table.words[facet.as.name as WordField]
    const histogram = histogramOf(column, counted)
    return facet.choices.map(({ value, match }) => {
      const ok = column.matching(match, SAME[facet.as.name as WordField])
      let count = 0
      for (let number = 0; number < ok.length; number++) if (ok[number] === 1) count += histogram[number]!
      return { value, count }
    })
  }
  const { values } = table.numbers[facet.as.name as keyof RollTable['numbers']]
  return countRanges(values, facet, counted, now)
}

function countValues(column: WordColumn, counted: Counted): FacetCount[] {
  const histogram = histogramOf(column, counted)
  const counts = new Map<string, number>()
  for (const [number, values] of column.combinations.entries()) {
    const count = histogram[number]!
    if (count === 0) continue
    for (const value of values.length === 0 ? [''] : values) counts.set(value, (counts.get(value) ?? 0) + count)
  }
  return [...counts].map(([value, count]) => ({ value, count }))
}

function histogramOf(
  { codes, combinations }: WordColumn,
  { rows, failed, range: [from, to], own }: Counted,
): Uint32Array {
  const histogram = new Uint32Array(combinations.length)
  if (own < 0) {
    for (let at = 0; at < rows.length; at++) histogram[codes[rows[at]!]!]!++
    return histogram
  }
  for (let row = from; row < to; row++) {
    const state = failed[row - from]!
    if (state === PASSES || state === own) histogram[codes[row]!]!++
  }
  return histogram
}

/** Counts of ranges of a time that has passed, which do not overlap, and of unknown and never; one look at each row. */
function countRanges(
  values: Float64Array,
  { choices }: Extract<Facet, { choices: unknown }>,
  { rows, failed, range: [from, to], own }: Counted,
  now: number,
): FacetCount[] {
  const special = (word: 'unknown' | 'none') =>
    choices.findIndex(({ match }) => 'special' in match && match.special === word)
  const [unknown, none] = [special('unknown'), special('none')]
  const bounds = choices.map(({ match }) => ('from' in match ? match : NOWHERE))
  const counts = new Uint32Array(choices.length + 1)
  const look = (row: number): void => {
    const value = values[row]!
    let place = choices.length
    if (Number.isNaN(value)) place = unknown
    else if (value === NEVER) place = none
    else {
      const ago = now - value
      for (let at = 0; at < bounds.length; at++) {
        if (ago >= bounds[at]!.from && ago < bounds[at]!.to) {
          place = at
          break
        }
      }
    }
    if (place >= 0) counts[place]!++
  }
  if (own < 0) for (let at = 0; at < rows.length; at++) look(rows[at]!)
  else {
    for (let row = from; row < to; row++) {
      const state = failed[row - from]!
      if (state === PASSES || state === own) look(row)
    }
  }
  return choices.map(({ value }, at) => ({ value, count: counts[at]! }))
}

const NOWHERE: Extract<Match, { from: number }> = {
  from: Number.POSITIVE_INFINITY,
  to: Number.NEGATIVE_INFINITY,
  ago: true,
}
