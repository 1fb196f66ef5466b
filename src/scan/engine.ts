import type { Detector, Match, Opinion } from './detector.ts'
import { bytesAfter } from './pattern-states.ts'
import { type Plan, plan, SHIFT } from './plan.ts'
import { entropyOf } from './value.ts'

/**
 * The engine: one pass over the bytes for the places where a match may begin (`plan`), then the pattern in a window there. What a match
 * may see is cut to the detector's window before the pattern runs, so a result does not depend on how a file is read in pieces.
 */

/** A match that its detector holds for a secret (or vetoes), before overlaps are resolved. Offsets in the piece. */
export interface Candidate {
  detector: Detector
  opinion: Exclude<Opinion, null>
  anchor: number
  start: number
  end: number
}

export interface Engine {
  readonly detectors: readonly Detector[]
  /** Bytes that must be there before and after a range, unless the file begins or ends, for the result to be exact. */
  readonly reach: { before: number; after: number }
  /** Room to read into: bytes that lie in it are searched without a copy. Good until the next call of `find`. */
  readonly room: Buffer
  /**
   * All candidates whose anchor lies in `from` ≤ offset < `to`, by anchor and then in the order of the detectors. At most `room.length`
   * bytes; `isStart`: the file begins with them.
   */
  find(bytes: Uint8Array, from: number, to: number, file: string, isStart: boolean): Candidate[]
  /**
   * `find` in steps, for bytes of which a part is known already; they lie in `room`. `atStart`, `at` all anchors and `beside` together find what `find`
   * finds. The twin has none.
   */
  readonly steps?: Steps
  /** Newlines in a part of bytes. */
  linesIn(bytes: Uint8Array, from: number, to: number): number
}

export interface Steps {
  /** Of the detectors that look at the beginning of a file only. */
  atStart(bytes: Uint8Array, file: string): Candidate[]
  anchorsIn: Plan['anchorsIn']
  margin: Plan['margin']
  detectorsOf: Plan['detectorsOf']
  /** At one anchor, for the detectors that are wanted. */
  at(
    bytes: Uint8Array,
    place: number,
    anchor: number,
    file: string,
    isWanted: (detector: Detector) => boolean,
  ): Candidate[]
  /** Of the detectors that look for a text beside them. */
  beside(bytes: Uint8Array, from: number, to: number, file: string): Candidate[]
}

export const DEFAULT_BEFORE = 64
export const DEFAULT_SPAN = 512
/** How far from a value a comment can be that allows it. */
export const COMMENT_REACH = 512

const isLetterOrDigit = (byte: number): boolean =>
  (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122)
const isHex = (byte: number): boolean =>
  (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 70) || (byte >= 97 && byte <= 102)

/** Nothing, no letter or digit, or the end of an escape (`\n`, `%3D`) stands before the offset. */
const isBoundary = (text: string, at: number): boolean => {
  if (at === 0 || !isLetterOrDigit(text.charCodeAt(at - 1))) return true
  const before = text.charCodeAt(at - 1)
  if (at >= 2 && text.charCodeAt(at - 2) === 92 && (before === 110 || before === 114 || before === 116)) return true
  return at >= 3 && text.charCodeAt(at - 3) === 37 && isHex(text.charCodeAt(at - 2)) && isHex(before)
}

/** Tries one detector at one place: the whole meaning of a detector. `window` begins at the offset `head` of the text. */
const attempt = (
  detector: Detector,
  pattern: RegExp,
  window: string,
  head: number,
  anchor: number,
  file: string,
): Candidate | null => {
  pattern.lastIndex = anchor
  const found = pattern.exec(window)
  if (found === null) return null
  const groups: Match['groups'] = found.groups ?? {}
  const value = groups['value'] ?? found[0]
  const span = groups['value'] === undefined ? undefined : found.indices?.groups?.['value']
  const from = span?.[0] ?? found.index
  if (value === '' || (detector.entropy !== undefined && entropyOf(value) < detector.entropy)) return null
  const opinion = detector.judge === undefined ? {} : detector.judge({ value, groups, window, anchor, at: from, file })
  return opinion === null
    ? null
    : { detector, opinion, anchor: head + anchor, start: head + from, end: head + from + value.length }
}

/** The same in the whole text, for twins: with the boundary and the window that the plan gives otherwise. */
export const attemptAt = (
  detector: Detector,
  pattern: RegExp,
  text: string,
  at: number,
  file: string,
): Candidate | null => {
  if (detector.boundary === true && !isBoundary(text, at)) return null
  const head = Math.max(0, at - (detector.before ?? DEFAULT_BEFORE))
  const window = text.slice(head, at + (detector.span ?? DEFAULT_SPAN))
  return attempt(detector, pattern, window, head, at - head, file)
}

/** How many values a detector remembers that it turned down or not. */
const MOST_REMEMBERED = 4096

/** Is a place worth an attempt, by what the detector says of the value there alone? */
const glanceOf = ({ glance, pattern }: Detector): ((window: string, anchor: number) => boolean) | undefined => {
  if (glance === undefined) return undefined
  // Without the offsets of groups it costs half as much.
  const quick = new RegExp(pattern.source, `y${pattern.flags.replace(/[dgy]/g, '')}`)
  const known = new Map<string, boolean>()
  return (window, anchor) => {
    quick.lastIndex = anchor
    const found = quick.exec(window)
    if (found === null) return false
    const value = found.groups?.['value'] ?? found[0]
    const said = known.get(value)
    if (said !== undefined) return said
    if (known.size >= MOST_REMEMBERED) known.clear()
    const says = glance(value)
    known.set(value, says)
    return says
  }
}

/** The pattern as `attempt` wants it: sticky, with the offsets of groups. */
export const armed = (detector: Detector): RegExp =>
  new RegExp(detector.pattern.source, `dy${detector.pattern.flags.replace(/[dgy]/g, '')}`)

/** Tries the detectors that look at the beginning of a file only. */
const starting = (
  detectors: readonly Detector[],
  patterns: readonly RegExp[],
  firstOf: (pattern: RegExp) => Uint8Array | null,
) => {
  const ones = [...detectors.entries()]
    .filter(([, detector]) => detector.atStart === true)
    .map(([index, detector]) => ({ index, detector, first: firstOf(detector.pattern) }))
  return (bytes: Uint8Array, file: string): Candidate[] => {
    const found: Candidate[] = []
    for (const { index, detector, first } of ones) {
      if (bytes.length === 0 || (first !== null && first[bytes[0]!] === 0)) continue
      const text = latin1(bytes, 0, detector.span ?? DEFAULT_SPAN)
      const candidate = attempt(detector, patterns[index]!, text, 0, 0, file)
      if (candidate !== null) found.push(candidate)
    }
    return found
  }
}

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const latin1 = (bytes: Uint8Array, from: number, to: number): string =>
  bufferOf(bytes).toString('latin1', from, Math.min(to, bytes.length))

const reachOf = (detectors: readonly Detector[]): Engine['reach'] => ({
  before: Math.max(DEFAULT_BEFORE, ...detectors.map((d) => d.before ?? DEFAULT_BEFORE)) + 2 * COMMENT_REACH,
  after: Math.max(DEFAULT_SPAN, ...detectors.map((d) => d.span ?? DEFAULT_SPAN)) + COMMENT_REACH,
})

export const compile = (detectors: readonly Detector[]): Engine => {
  const patterns = detectors.map(armed)
  const atStart = starting(detectors, patterns, (pattern) => bytesAfter(pattern, []))
  const glances = detectors.map(glanceOf)
  const planned = plan(detectors)
  const { room, linesIn } = planned

  const attemptIn = (buffer: Buffer, at: number, index: number, file: string): Candidate | null => {
    const detector = detectors[index]!
    const head = Math.max(0, at - (detector.before ?? DEFAULT_BEFORE))
    const window = buffer.toString('latin1', head, Math.min(buffer.length, at + (detector.span ?? DEFAULT_SPAN)))
    if (detector.beside !== undefined && !window.includes(detector.beside.text)) return null
    if (glances[index]?.(window, at - head) === false) return null
    return attempt(detector, patterns[index]!, window, head, at - head, file)
  }
  const attemptAll = (bytes: Uint8Array, hits: Float64Array, file: string, found: Candidate[]): Candidate[] => {
    if (hits.length === 0) return found
    const buffer = bufferOf(bytes)
    let last = -1
    for (const hit of hits) {
      // Two anchors of a detector may begin at one place.
      if (hit === last) continue
      last = hit
      const candidate = attemptIn(buffer, Math.floor(hit / SHIFT), hit % SHIFT, file)
      if (candidate !== null) found.push(candidate)
    }
    return found
  }
  return {
    detectors,
    reach: reachOf(detectors),
    room,
    linesIn,
    find: (bytes, from, to, file, isStart) =>
      attemptAll(bytes, planned.search(bytes, from, to, file), file, isStart ? atStart(bytes, file) : []),
    steps: {
      atStart,
      anchorsIn: planned.anchorsIn,
      margin: planned.margin,
      detectorsOf: planned.detectorsOf,
      at(bytes, place, anchor, file, isWanted) {
        if (!planned.detectorsOf(anchor).some((index) => isWanted(detectors[index]!))) return []
        return planned
          .mayBegin(bytes, place, anchor, file)
          .filter((index) => isWanted(detectors[index]!))
          .flatMap((index) => attemptIn(bufferOf(bytes), place, index, file) ?? [])
      },
      beside: (bytes, from, to, file) => attemptAll(bytes, planned.searchBeside(bytes, from, to, file), file, []),
    },
  }
}

/** The slow, obvious twin of `compile`: every pattern at every byte. */
export const compileSlowly = (detectors: readonly Detector[]): Engine => {
  const patterns = detectors.map(armed)
  const atStart = starting(detectors, patterns, () => null)
  return {
    detectors,
    reach: reachOf(detectors),
    room: Buffer.alloc(0),
    linesIn: (bytes, from, to) => bytes.subarray(from, to).reduce((sum, byte) => sum + (byte === 10 ? 1 : 0), 0),
    find(bytes, from, to, file, isStart) {
      const found = isStart ? atStart(bytes, file) : []
      const text = latin1(bytes, 0, bytes.length)
      for (let at = from; at < Math.min(to, text.length); at++)
        for (const [index, detector] of detectors.entries()) {
          const candidate = detector.atStart === true ? null : attemptAt(detector, patterns[index]!, text, at, file)
          if (candidate !== null) found.push(candidate)
        }
      return found
    },
  }
}
