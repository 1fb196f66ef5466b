import type { Kind } from '../sdk/index.ts'
import { FAILS, matchesNumber, PASSES, refuse } from './columns.ts'
import type { Sort } from './inventory.ts'
import { type Facet, facets, fields, type NumberField, SAME, type WordField } from './inventory-fields.ts'
import { parseQuery, type Query, type Term } from './query.ts'
import { countFacet, type FacetCount } from './roll-facets.ts'
import { type Order, orderBy } from './roll-order.ts'
import type { RollTable } from './roll-table.ts'

export interface Selection {
  query: Query
  /** Rows that match, in order. */
  rows: Int32Array
  failed: Uint8Array
  range: readonly [number, number]
}

const KEPT = 16

/**
 * The estate in columns, kinds together and in order of name: what lets a page of 200,000 be filtered, counted and ordered
 * within milliseconds, whatever is asked. Built from the database and never changed.
 */
export class Roll {
  readonly keys: readonly string[]
  readonly ids: readonly number[]
  readonly size: number
  readonly #table: RollTable
  readonly #orders = new Map<string, Order>()
  readonly #selections = new Map<string, Selection>()
  readonly #counts = new WeakMap<Selection, { facet: Facet; counts: FacetCount[] }[]>()

  #described: ReadonlyMap<string, { entities: number; identities: number }> | undefined

  constructor(table: RollTable) {
    this.#table = table
    this.keys = table.keys
    this.ids = table.ids
    this.size = table.size
  }

  count(kind: Kind): number {
    const [from, to] = this.#table.ranges.get(kind) ?? [0, 0]
    return to - from
  }

  /**
   * The rows of the kind that match, in order. `attribute` gives the ids whose attribute matches a term, for the fields that are
   * attributes. Asked again within the same minute it is remembered.
   */
  select(
    kind: Kind,
    query: Query,
    sort: Sort,
    down: boolean,
    now: number,
    attribute: ReadonlyMap<Term, ReadonlySet<number>> = new Map(),
  ): Selection {
    const name = JSON.stringify([kind, query.text, sort, down, Math.floor(now / 60_000)])
    const known = attribute.size === 0 ? this.#selections.get(name) : undefined
    if (known) return known
    const range = this.#table.ranges.get(kind) ?? ([0, 0] as const)
    const failed = this.#filter(range, query, now, attribute)
    const [from, to] = range
    const order = this.#order(kind, sort, from, to)
    const rows = new Int32Array(to - from)
    let count = 0
    for (let at = 0; at < rows.length; at++) {
      // Turned round, what is not known still stands last.
      const row = order.rows[down && at < order.known ? order.known - 1 - at : at]!
      if (failed[row - from] === PASSES) rows[count++] = row
    }
    const selection = { query, rows: rows.slice(0, count), failed, range }
    if (attribute.size === 0) {
      if (this.#selections.size >= KEPT) this.#selections.delete(this.#selections.keys().next().value!)
      this.#selections.set(name, selection)
    }
    return selection
  }

  /** How many rows of the kind match: for a number that nobody looks into yet. */
  countMatching(
    kind: Kind,
    query: Query,
    now: number,
    attribute: ReadonlyMap<Term, ReadonlySet<number>> = new Map(),
  ): number {
    const failed = this.#filter(this.#table.ranges.get(kind) ?? [0, 0], query, now, attribute)
    let count = 0
    for (const state of failed) if (state === PASSES) count++
    return count
  }

  /** Where the row after this key is in the selection; null when the key is not in it any more. */
  after(selection: Selection, key: string): number | null {
    const row = this.#table.rowOf.get(key)
    if (row === undefined) return null
    const at = selection.rows.indexOf(row)
    return at < 0 ? null : at + 1
  }

  /** Counts of each facet's choices among the rows that nothing but the facet's own choice keeps out. */
  facets(selection: Selection, now: number): { facet: Facet; counts: FacetCount[] }[] {
    const known = this.#counts.get(selection)
    if (known) return known
    const numbers = fieldNumbers(selection.query)
    const counted = facets.map((facet) => {
      const own = numbers.get(facet.field) ?? -1
      return { facet, counts: countFacet(this.#table, facet, { ...selection, own }, now) }
    })
    this.#counts.set(selection, counted)
    return counted
  }

  /** Rows whose name, key or other name contains the text, of any kind: the same name first, then names that begin so. */
  search(text: string, most: number): number[] {
    const found: { row: number; rank: number }[] = []
    for (let row = 0; row < this.size && found.length < 1_000; row++) {
      const at = this.#table.text[row]!.indexOf(text)
      if (at < 0) continue
      const name = this.#table.names[row]!
      found.push({ row, rank: at === 0 && name === text.length ? 0 : at === 0 ? 1 : at < name ? 2 : 3 })
    }
    return found
      .sort((a, b) => a.rank - b.rank || a.row - b.row)
      .slice(0, most)
      .map(({ row }) => row)
  }

  /** What each connection describes. */
  perConnection(): ReadonlyMap<string, { entities: number; identities: number }> {
    if (this.#described) return this.#described
    const described = new Map<string, { entities: number; identities: number }>()
    const { codes, combinations } = this.#table.words.source
    for (const [kind, [from, to]] of this.#table.ranges) {
      for (let row = from; row < to; row++) {
        for (const connection of combinations[codes[row]!]!) {
          const counts = described.get(connection) ?? { entities: 0, identities: 0 }
          counts.entities++
          if (kind === 'identity') counts.identities++
          described.set(connection, counts)
        }
      }
    }
    this.#described = described
    return described
  }

  /** The connections that describe the selected rows. */
  connectionsOf({ rows }: Selection): ReadonlySet<string> {
    const { codes, combinations } = this.#table.words.source
    return new Set([...new Set(Array.from(rows, (row) => codes[row]!))].flatMap((code) => combinations[code]!))
  }

  /** How many of the kind a query finds: what a link with the same words shows. */
  countOf(kind: Kind, text: string, now: number): number {
    return this.countMatching(kind, parseQuery(text, fields), now)
  }

  /** How many selected rows a word field holds nothing for, a number field does not know. */
  countWithout({ rows }: Selection, field: WordField): number {
    const { codes } = this.#table.words[field]
    let count = 0
    for (const row of rows) if (codes[row] === 0) count++
    return count
  }

  /** What a number field holds, row by row of the selection. */
  valuesOf({ rows }: Selection, field: NumberField): Float64Array {
    const { values } = this.#table.numbers[field]
    return Float64Array.from(rows, (row) => values[row]!)
  }

  countUnknown({ rows }: Selection, field: NumberField): number {
    const values = this.#table.numbers[field].values
    let count = 0
    for (const row of rows) if (Number.isNaN(values[row]!)) count++
    return count
  }

  #filter(
    [from, to]: readonly [number, number],
    query: Query,
    now: number,
    attribute: ReadonlyMap<Term, ReadonlySet<number>>,
  ): Uint8Array {
    const failed = new Uint8Array(to - from)
    const numbers = fieldNumbers(query)
    for (const [name, terms] of Map.groupBy(query.terms, (term) => term.field?.name ?? null)) {
      if (name === null) {
        // Bare words narrow each other.
        for (const term of terms) refuse(failed, 0, to - from, numbers.get('')!, this.#test(term, from, now, attribute))
        continue
      }
      const [not, is] = [terms.filter((term) => term.not), terms.filter((term) => !term.not)]
      for (const term of not) refuse(failed, 0, to - from, numbers.get(name)!, this.#test(term, from, now, attribute))
      if (is.length === 0) continue
      const tests = is.map((term) => this.#test(term, from, now, attribute))
      refuse(
        failed,
        0,
        to - from,
        numbers.get(name)!,
        tests.length === 1 ? tests[0]! : (row) => tests.some((test) => test(row)),
      )
    }
    return failed
  }

  /** A test of rows counted from `from`. */
  #test(
    term: Term,
    from: number,
    now: number,
    attribute: ReadonlyMap<Term, ReadonlySet<number>>,
  ): (row: number) => boolean {
    const wanted = !term.not
    const { match } = term
    if (term.field === null || term.field.as === 'text') {
      const contains = 'contains' in match ? match.contains : ''
      const [text, names] = [this.#table.text, this.#table.names]
      if (term.field?.name === 'name')
        return (row) => text[from + row]!.slice(0, names[from + row]).includes(contains) === wanted
      return (row) => text[from + row]!.includes(contains) === wanted
    }
    const ids = attribute.get(term)
    if (ids) return (row) => ids.has(this.ids[from + row]!) === wanted
    if (term.field.as === 'word') {
      const column = this.#table.words[term.field.name as WordField]
      const ok = column.matching(match, SAME[term.field.name as WordField])
      return (row) => (ok[column.codes[from + row]!] === 1) === wanted
    }
    const values = this.#table.numbers[term.field.name as NumberField].values
    const test = matchesNumber(match, now, term.field.ahead === true)
    return (row) => test(values[from + row]!) === wanted
  }

  #order(kind: Kind, sort: Sort, from: number, to: number): Order {
    const name = `${kind} ${sort}`
    const order = this.#orders.get(name) ?? orderBy(this.#table, sort, from, to)
    this.#orders.set(name, order)
    return order
  }
}

/** Each field of the query has a number from 1; bare words are the field ''. */
function fieldNumbers(query: Query): Map<string, number> {
  const numbers = new Map<string, number>()
  for (const term of query.terms) {
    const name = term.field?.name ?? ''
    if (!numbers.has(name)) numbers.set(name, Math.min(FAILS - 1, numbers.size + 1))
  }
  return numbers
}
