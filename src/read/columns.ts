import type { Match } from './query.ts'
import { fold } from './query.ts'

/** Values of a word field, several for one row. Rows share combinations, so that a query asks each combination once. */
export class WordColumn {
  /** Combination → values as shown; combination 0 is none. */
  readonly combinations: (readonly string[])[] = [[]]
  codes = new Uint32Array(1_024)
  readonly #folded: (readonly string[])[] = [[]]
  readonly #numbers = new Map<string, number>([['', 0]])

  put(row: number, values: readonly (string | null)[]): void {
    if (row >= this.codes.length) this.codes = grown(this.codes, new Uint32Array(this.codes.length * 2))
    const present = values.filter((value): value is string => value !== null)
    const name = present.length === 1 ? present[0]! : present.join('\0')
    let number = this.#numbers.get(name)
    if (number === undefined) {
      number = this.combinations.length
      this.combinations.push(present)
      this.#folded.push(present.map(fold))
      this.#numbers.set(name, number)
    }
    this.codes[row] = number
  }

  /** Combination → does it match? `same` widens what equals. */
  matching(match: Match, same: (value: string, word: string) => boolean = (value, word) => value === word): Uint8Array {
    const ok = new Uint8Array(this.combinations.length)
    for (const [number, values] of this.#folded.entries()) ok[number] = Number(matchesWords(values, match, same))
    return ok
  }
}

export class NumberColumn {
  values = new Float64Array(1_024)

  put(row: number, value: number): void {
    if (row >= this.values.length) this.values = grown(this.values, new Float64Array(this.values.length * 2))
    this.values[row] = value
  }
}

function grown<T extends Uint32Array | Float64Array>(old: T, next: T): T {
  next.set(old)
  return next
}

function matchesWords(
  values: readonly string[],
  match: Match,
  same: (value: string, word: string) => boolean,
): boolean {
  if ('special' in match) {
    const none = values.length === 0
    return match.special === 'any' ? !none : none || (match.special === 'unknown' && values.includes('unknown'))
  }
  return values.some((value) =>
    'is' in match
      ? same(value, match.is)
      : 'begins' in match
        ? value.startsWith(match.begins)
        : 'contains' in match && value.includes(match.contains),
  )
}

/** A number or an instant in milliseconds: NaN when unknown, `NEVER` when it cannot be. */
export const NEVER = Number.NEGATIVE_INFINITY

/** A test of values. Durations count back from `now`, or forward for what lies ahead. */
export function matchesNumber(match: Match, now: number, ahead: boolean): (value: number) => boolean {
  if ('special' in match) {
    if (match.special === 'unknown') return (value) => Number.isNaN(value)
    if (match.special === 'none') return (value) => value === NEVER
    return (value) => Number.isFinite(value)
  }
  if (!('from' in match)) return () => false
  const { from, to, ago } = match
  if (!ago) return (value) => Number.isFinite(value) && value >= from && value < to
  // Ahead, what is over already is not "within 30 days".
  if (ahead) {
    const least = Math.max(from, 0)
    return (value) => Number.isFinite(value) && value - now >= least && value - now < to
  }
  return (value) => Number.isFinite(value) && now - value >= from && now - value < to
}

/** What `refuse` leaves for a row: nothing refused it, or more than one field did; else the number of the one that did. */
export const PASSES = 0
export const FAILS = 255

/**
 * Marks rows that a field refuses: the first field that refuses leaves its number, a second makes it `FAILS`. So a facet finds
 * the rows that only its own choice keeps out.
 */
export function refuse(
  failed: Uint8Array,
  from: number,
  to: number,
  field: number,
  ok: (row: number) => boolean,
): void {
  for (let row = from; row < to; row++) {
    if (failed[row] === FAILS || ok(row)) continue
    failed[row] = failed[row] === PASSES || failed[row] === field ? field : FAILS
  }
}
