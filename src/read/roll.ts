import { type Kind, ReeveError } from '../sdk/index.ts'
import { FAILS, matchesNumber, NEVER, PASSES, refuse, WordColumn } from './columns.ts'
import type { Sort } from './inventory.ts'
import {
  type Facet,
  facets,
  fields,
  type NumberField,
  numberFields,
  SAME,
  type WordField,
  wordFields,
} from './inventory-fields.ts'
import { fold, parseQuery, type Query, type Term } from './query.ts'

/** One entity as the roll keeps it: what queries ask, not what rows show. */
export interface RollEntry extends Record<WordField, readonly (string | null)[]>, Record<NumberField, number> {
  id: number
  key: string
  kind: Kind
  name: string
  aliases: readonly string[]
  /** 0 critical … 4 info, 5 unknown, 6 pass, 7 not judged. */
  worst: number
}

export interface Selection {
  query: Query
  /** Rows that match, in order. */
  rows: Int32Array
  failed: Uint8Array
  range: readonly [number, number]
}

const ROW_BITS = 2 ** 21
const KEPT = 16
const LAST = 2 ** 31 - 1

/**
 * The estate in columns, kinds together and in order of name: what lets a page of 200,000 be filtered, counted and ordered
 * within milliseconds, whatever is asked. Built from the database and never changed.
 */
export class Roll {
  readonly size: number
  readonly keys: string[]
  readonly ids: Int32Array
  readonly #text: string[]
  readonly #names: number[]
  readonly #worst: Uint8Array
  readonly #words: Record<WordField, WordColumn>
  readonly #numbers: Record<NumberField, Float64Array>
  readonly #ranges = new Map<Kind, [number, number]>()
  readonly #rowOf = new Map<string, number>()
  readonly #orders = new Map<Sort, { order: Int32Array; known: number }>()
  readonly #selections = new Map<string, Selection>()

  /** `entries` come kind by kind, in order of name within each. */
  constructor(entries: readonly RollEntry[]) {
    const size = entries.length
    if (size >= ROW_BITS)
      throw new ReeveError(
        'read/too-many',
        `an estate of ${size} entities does not fit one process; at most ${ROW_BITS}`,
      )
    this.size = size
    this.keys = new Array(size)
    this.ids = new Int32Array(size)
    this.#text = new Array(size)
    this.#names = new Array(size)
    this.#worst = new Uint8Array(size)
    this.#words = Object.fromEntries(wordFields.map((name) => [name, new WordColumn(size)])) as Record<
      WordField,
      WordColumn
    >
    this.#numbers = Object.fromEntries(numberFields.map((name) => [name, new Float64Array(size)])) as Record<
      NumberField,
      Float64Array
    >
    entries.forEach((entry, row) => {
      this.keys[row] = entry.key
      this.ids[row] = entry.id
      this.#rowOf.set(entry.key, row)
      const name = fold(entry.name)
      this.#names[row] = name.length
      this.#text[row] = [name, fold(entry.key), ...entry.aliases.map(fold)].join('\n')
      this.#worst[row] = entry.worst
      for (const field of wordFields) this.#words[field].put(row, entry[field])
      for (const field of numberFields) this.#numbers[field][row] = entry[field]
      const range = this.#ranges.get(entry.kind)
      if (range) range[1] = row + 1
      else this.#ranges.set(entry.kind, [row, row + 1])
    })
  }

  count(kind: Kind): number {
    const [from, to] = this.#ranges.get(kind) ?? [0, 0]
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
    const range = this.#ranges.get(kind) ?? ([0, 0] as const)
    const failed = this.#filter(range, query, now, attribute)
    const { order, known: until } = this.#order(sort)
    const [from, to] = range
    const rows = new Int32Array(to - from)
    let count = 0
    for (let at = 0; at < order.length; at++) {
      // Turned round, what is not known still stands last.
      const row = order[down && at < until ? until - 1 - at : at]!
      if (row >= from && row < to && failed[row - from] === PASSES) rows[count++] = row
    }
    const selection = { query, rows: rows.slice(0, count), failed, range }
    if (attribute.size === 0) {
      if (this.#selections.size >= KEPT) this.#selections.delete(this.#selections.keys().next().value!)
      this.#selections.set(name, selection)
    }
    return selection
  }

  /** Where the row after this key is in the selection; null when the key is not in it any more. */
  after(selection: Selection, key: string): number | null {
    const row = this.#rowOf.get(key)
    if (row === undefined) return null
    const at = selection.rows.indexOf(row)
    return at < 0 ? null : at + 1
  }

  /** Counts of each facet's choices among the rows that nothing but the facet's own choice keeps out. */
  facets(
    { query, failed, range: [from, to] }: Selection,
    now: number,
  ): { facet: Facet; counts: { value: string; count: number }[] }[] {
    const numbers = fieldNumbers(query)
    return facets.map((facet) => {
      // A field the query does not name keeps nobody out.
      const own = numbers.get(facet.field) ?? -1
      const counts =
        'choices' in facet
          ? this.#countChoices(facet, failed, from, to, own, now)
          : this.#countWords(facet, failed, from, to, own)
      return { facet, counts }
    })
  }

  /** Rows whose name, key or other name contains the text, of any kind: the same name first, then names that begin so. */
  search(text: string, most: number): number[] {
    const found: { row: number; rank: number }[] = []
    for (let row = 0; row < this.size && found.length < 1_000; row++) {
      const at = this.#text[row]!.indexOf(text)
      if (at < 0) continue
      const name = this.#names[row]!
      found.push({ row, rank: at === 0 && name === text.length ? 0 : at === 0 ? 1 : at < name ? 2 : 3 })
    }
    return found
      .sort((a, b) => a.rank - b.rank || a.row - b.row)
      .slice(0, most)
      .map(({ row }) => row)
  }

  /** How many of the kind a query finds: what a link with the same words shows. */
  countOf(kind: Kind, text: string, now: number): number {
    return this.select(kind, parseQuery(text, fields), 'name', false, now).rows.length
  }

  /** How many selected rows a word field holds nothing for, a number field does not know. */
  countWithout({ rows }: Selection, field: WordField): number {
    const { codes } = this.#words[field]
    let count = 0
    for (const row of rows) if (codes[row] === 0) count++
    return count
  }

  countUnknown({ rows }: Selection, field: NumberField): number {
    const values = this.#numbers[field]
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
      const [text, names] = [this.#text, this.#names]
      if (term.field?.name === 'name')
        return (row) => text[from + row]!.slice(0, names[from + row]).includes(contains) === wanted
      return (row) => text[from + row]!.includes(contains) === wanted
    }
    const ids = attribute.get(term)
    if (ids) return (row) => ids.has(this.ids[from + row]!) === wanted
    if (term.field.as === 'word') {
      const column = this.#words[term.field.name as WordField]
      const ok = column.matching(match, SAME[term.field.name as WordField])
      return (row) => (ok[column.codes[from + row]!] === 1) === wanted
    }
    const values = this.#numbers[term.field.name as NumberField]
    const test = matchesNumber(match, now, term.field.ahead === true)
    return (row) => test(values[from + row]!) === wanted
  }

  #countWords(
    facet: Extract<Facet, { words: WordField }>,
    failed: Uint8Array,
    from: number,
    to: number,
    own: number,
  ): { value: string; count: number }[] {
    const { codes, combinations } = this.#words[facet.words]
    const byCombination = new Uint32Array(combinations.length)
    for (let row = from; row < to; row++) {
      const state = failed[row - from]!
      if (state === PASSES || state === own) byCombination[codes[row]!]!++
    }
    const counts = new Map<string, number>()
    combinations.forEach((values, number) => {
      const count = byCombination[number]!
      if (count > 0)
        for (const value of values.length === 0 ? [''] : values) counts.set(value, (counts.get(value) ?? 0) + count)
    })
    return [...counts].map(([value, count]) => ({ value, count }))
  }

  #countChoices(
    facet: Extract<Facet, { choices: unknown }>,
    failed: Uint8Array,
    from: number,
    to: number,
    own: number,
    now: number,
  ): { value: string; count: number }[] {
    return facet.choices.map((choice) => {
      const test = this.#test({ field: facet.as, not: false, match: choice.match, text: '' }, from, now, new Map())
      let count = 0
      for (let row = 0; row < to - from; row++) {
        const state = failed[row]!
        if ((state === PASSES || state === own) && test(row)) count++
      }
      return { value: choice.value, count }
    })
  }

  /** Rows in the order of a field, ties by name; the first `known` have a value, the rest is unknown or cannot be. */
  #order(sort: Sort): { order: Int32Array; known: number } {
    const known = this.#orders.get(sort)
    if (known) return known
    const ranks = new Float64Array(this.size)
    for (let row = 0; row < this.size; row++) ranks[row] = this.#rank(sort, row) * ROW_BITS + row
    ranks.sort()
    const order = new Int32Array(this.size)
    let count = 0
    for (let at = 0; at < this.size; at++) {
      order[at] = ranks[at]! % ROW_BITS
      if (ranks[at]! < (LAST - 1) * ROW_BITS) count++
    }
    const made = { order, known: count }
    this.#orders.set(sort, made)
    return made
  }

  /** A whole number below 2^31; less comes first. Times count in minutes. */
  #rank(sort: Sort, row: number): number {
    if (sort === 'name') return 0
    if (sort === 'worst')
      return WORST[this.#worst[row]!]! * 2 ** 24 + Math.max(0, 2 ** 24 - 1 - (this.#numbers.reach[row]! || 0))
    if (sort === 'type') return this.#typeRanks()[this.#words.type.codes[row]!]!
    const value = this.#numbers[SORTED_BY[sort]][row]!
    if (Number.isNaN(value)) return LAST
    if (value === NEVER) return LAST - 1
    return Math.min(LAST - 2, Math.max(0, COUNTED.has(sort) ? value : Math.floor(value / 60_000)))
  }

  #types: number[] | undefined
  #typeRanks(): number[] {
    if (this.#types) return this.#types
    const sorted = this.#words.type.combinations
      .map((values, number) => [values[0] ?? '', number] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1))
    const ranks: number[] = []
    for (const [rank, [, number]] of sorted.entries()) ranks[number] = rank
    this.#types = ranks
    return ranks
  }
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

/** Each field of the query has a number from 1; bare words are the field ''. */
function fieldNumbers(query: Query): Map<string, number> {
  const numbers = new Map<string, number>()
  for (const term of query.terms) {
    const name = term.field?.name ?? ''
    if (!numbers.has(name)) numbers.set(name, Math.min(FAILS - 1, numbers.size + 1))
  }
  return numbers
}
