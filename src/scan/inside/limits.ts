/** How much is taken out of one file, whatever it claims to hold. */
export interface Limits {
  /** Bytes that may be unpacked out of one file, over all that is nested in it. */
  bytes: number
  /** Entries, over all that is nested. */
  entries: number
  /** Archives in archives. */
  depth: number
  /** Beyond 64 MiB nothing may grow more than so many times by unpacking. */
  ratio: number
  seconds: number
  /** What has no order to be read in (a zip inside of something compressed) is held in memory up to this. */
  held: number
}

export const LIMITS: Limits = {
  bytes: 16 * 2 ** 30,
  entries: 500_000,
  depth: 8,
  ratio: 300,
  seconds: 900,
  held: 64 * 2 ** 20,
}

/** This part cannot be read, or not to its end; what is beside it can. */
export class Fault extends Error {}
/** Nothing more is taken out of the whole file. */
export class Halt extends Error {}

const FREE = 64 * 2 ** 20

export interface Budget {
  readonly limits: Limits
  /** Another entry was met. */
  entry(): void
  /** So many bytes were unpacked. */
  unpacked(bytes: number): void
  /** Told of all that came out of something so far and what of it was read: throws a `Fault` for what is a bomb. */
  grown(from: number, to: number): void
  clock(): void
}

const inUnits = (bytes: number): string =>
  bytes >= 2 ** 30
    ? `${Number((bytes / 2 ** 30).toFixed(1))} GiB`
    : bytes >= 2 ** 20
      ? `${Math.round(bytes / 2 ** 20)} MiB`
      : `${bytes} bytes`

/** Throws a `Halt` with the reason when a bound is met. */
export const openBudget = (limits: Limits): Budget => {
  const since = performance.now()
  let entries = 0
  let bytes = 0
  const clock = (): void => {
    if (performance.now() - since > limits.seconds * 1000)
      throw new Halt(`opening it took longer than ${limits.seconds} seconds; the rest was not read`)
  }
  return {
    limits,
    clock,
    entry() {
      if (++entries > limits.entries)
        throw new Halt(`it has more than ${limits.entries} entries; the rest was not read`)
      if (entries % 64 === 0) clock()
    },
    unpacked(more) {
      bytes += more
      if (bytes > limits.bytes)
        throw new Halt(`more than ${inUnits(limits.bytes)} come out of it; the rest was not read (--max-archive-bytes)`)
    },
    grown(from, to) {
      clock()
      if (to > FREE && to > from * limits.ratio)
        throw new Fault(`it grows more than ${limits.ratio} times when it is unpacked; the rest was not read`)
    },
  }
}

export { inUnits }
