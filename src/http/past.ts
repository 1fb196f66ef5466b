import type { Clock } from '../platform/index.ts'
import { firstRead, PastDatabase, Rolls } from '../read/index.ts'
import { ReeveError } from '../sdk/index.ts'
import type { App, Serving } from './app.ts'

/** Moments that are remembered: each may hold the roll of an estate in memory. */
const KEPT = 3

/**
 * Looking back: what routes are given when they are asked `as-of` a moment. It has the database, the rolls and the clock of then,
 * so that a route says of the past what it said in it, by the same words. Nothing can be written through it.
 */
export class Pasts {
  readonly #app: App
  readonly #database: PastDatabase
  readonly #kept = new Map<number, Pick<Serving, 'db' | 'rolls' | 'clock' | 'asOf'>>()
  #firstRead: Date | null = null

  constructor(app: App) {
    this.#app = app
    this.#database = new PastDatabase(app.databaseUrl)
  }

  /** Throws `past/ahead` and `past/nothing-read`. */
  async at(serving: Serving, asOf: Date): Promise<Serving> {
    const now = this.#app.clock.now()
    if (asOf >= now) {
      // The end of this day: as far as it has come.
      if (dayOf(asOf) === dayOf(now)) return { ...serving, asOf: now }
      throw new ReeveError('past/ahead', `${worded(asOf, now)} has not come yet: ask for a day up to today`)
    }
    await this.#demandRead(asOf, now)
    const at = asOf.getTime()
    const past = this.#kept.get(at) ?? this.#lookBack(asOf)
    this.#kept.delete(at)
    this.#kept.set(at, past)
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value!)
    return { ...serving, ...past }
  }

  close(): Promise<void> {
    return this.#database.close()
  }

  #lookBack(asOf: Date): Pick<Serving, 'db' | 'rolls' | 'clock' | 'asOf'> {
    const db = this.#database.at(asOf)
    const { clock: real } = this.#app
    const clock: Clock = {
      now: () => new Date(asOf),
      sleep: (milliseconds, signal) => real.sleep(milliseconds, signal),
    }
    return { db, clock, asOf, rolls: new Rolls(db, clock, this.#app.log) }
  }

  async #demandRead(asOf: Date, now: Date): Promise<void> {
    this.#firstRead ??= await firstRead(this.#app.db)
    if (this.#firstRead !== null && asOf >= this.#firstRead) return
    const first = this.#firstRead
    const since = first === null ? 'nothing was read yet' : `the first read was on ${worded(first, now, asOf)}`
    throw new ReeveError('past/nothing-read', `nothing had been read on ${worded(asOf, now, first)}; ${since}`)
  }
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10)

/** `3 March`, with the year where it is not this one; with the time where the other moment is of the same day. */
function worded(at: Date, now: Date, other: Date | null = null): string {
  const day = new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'long',
    ...(at.getUTCFullYear() === now.getUTCFullYear() ? {} : { year: 'numeric' }),
    timeZone: 'UTC',
  }).format(at)
  return other !== null && dayOf(at) === dayOf(other) ? `${day} at ${at.toISOString().slice(11, 16)}` : day
}
