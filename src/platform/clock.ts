/** The only place where Reeve learns the time. */
export interface Clock {
  now(): Date
  /** Resolves after the time, or at once when the signal aborts. Measured on a clock that nobody sets. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** A correction of the system's clock, by NTP or after a pause of a virtual machine, is smaller than this. */
const CORRECTION = 5 * 60_000
const LONGEST_TIMER = 2 ** 31 - 1

/**
 * The system's clock, which may be set back while we run. By less than five minutes it is a correction: time stands still until
 * it has caught up, so that what comes later never bears an earlier instant. By more, somebody has put a wrong clock right,
 * and the new time is believed at once: standing still for a year would be worse. Order that must hold across such a jump
 * comes from numbers given by the database, as in the audit trail.
 */
export function createClock(read: () => number = () => Date.now()): Clock {
  let latest = Number.NEGATIVE_INFINITY
  return {
    now() {
      const time = read()
      if (time > latest || latest - time > CORRECTION) latest = time
      return new Date(latest)
    },
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        const done = () => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', done)
          resolve()
        }
        const timer = setTimeout(done, Math.min(milliseconds, LONGEST_TIMER))
        signal?.addEventListener('abort', done)
      }),
  }
}

export const systemClock: Clock = createClock()
