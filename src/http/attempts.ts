import type { Clock } from '../platform/index.ts'
import { ReeveError } from '../sdk/index.ts'

const WINDOW = 15 * 60_000
const FOR_ONE = 10
const FOR_ALL = 200
const MAX_ADDRESSES = 10_000

interface Tally {
  failed: number
  since: number
}

/** Failed sign-ins of this process. Links are 256 random bits, so this saves work rather than secrets. */
const tallies = new Map<string, Tally>()
const ALL = 'all'

/** Throws `session/attempts` when the address, or all addresses together, failed too often of late. */
export function attempts(clock: Clock, from: string): { failed(): void; succeeded(): void } {
  const now = clock.now().getTime()
  for (const [name, most] of [
    [from, FOR_ONE],
    [ALL, FOR_ALL],
  ] as const) {
    const tally = tallyOf(name, now)
    if (tally.failed >= most) {
      const after = Math.ceil((tally.since + WINDOW - now) / 1000)
      throw new ReeveError(
        'session/attempts',
        `too many failed sign-ins; try again in ${Math.ceil(after / 60)} minutes`,
        { fields: { after } },
      )
    }
  }
  return {
    failed() {
      for (const name of [from, ALL]) tallyOf(name, now).failed++
    },
    succeeded() {
      tallies.delete(from)
    },
  }
}

function tallyOf(name: string, now: number): Tally {
  const known = tallies.get(name)
  if (known && now - known.since < WINDOW) return known
  if (tallies.size >= MAX_ADDRESSES) tallies.clear()
  const fresh = { failed: 0, since: now }
  tallies.set(name, fresh)
  return fresh
}
