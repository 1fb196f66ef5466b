import type { Detection } from '../../sdk/index.ts'
import type { Detector } from '../detector.ts'
import { type Candidate, DEFAULT_BEFORE, DEFAULT_SPAN, type Engine, type Steps } from '../engine.ts'
import { isWide, scanBytes, startReading } from '../reading.ts'
import type { Copies } from './unpack.ts'

/**
 * Scanning an object that was made from another. Where anchors stand is known of what came from the base, and a match whose whole window came from
 * it in one piece is the base's, moved; the filter runs over what is new alone, and patterns where a window holds something new. The result is that
 * of searching all of it.
 */

/** What is kept of a scanned object for those made from it; null when they are to be scanned whole. */
export type Kept = { file: string; candidates: Candidate[]; anchors: readonly number[] } | null

interface Base {
  kept: Kept
  copies: Copies
  size: number
}

const NOTHING: Base = { kept: null, copies: new Uint32Array(0), size: 0 }

const beforeOf = ({ before = DEFAULT_BEFORE }: Detector): number => before
const spanOf = ({ span = DEFAULT_SPAN }: Detector): number => span

const MOST_CANDIDATES = 5000
/** More anchors than these are not kept: there may be many objects on each other. */
const MOST_ANCHORS = 50_000

export const openDeltaScan = (engine: Engine) => {
  const { steps } = engine
  const besides = engine.detectors.filter(({ beside }) => beside !== undefined)
  const besideReach = {
    before: Math.max(0, ...besides.map(beforeOf)),
    after: Math.max(0, ...besides.map(spanOf)),
  }

  /** `isBase`: something is made from it. */
  const scan = (
    bytes: Buffer,
    file: string,
    base: Base | null,
    isBase = true,
  ): { detections: Detection[]; kept: Kept } => {
    if (steps === undefined || bytes.length > engine.room.length || isWide(bytes))
      return { detections: scanBytes(engine, bytes, file), kept: null }
    const text = engine.room.subarray(0, bytes.length)
    text.set(bytes)
    const isNew = base === null || base.kept === null
    const { anchors, found } =
      isNew && !isBase
        ? { anchors: [], found: engine.find(text, 0, text.length, file, true) }
        : fromBase(steps, text, file, isNew ? NOTHING : base)
    if (found.length > MOST_CANDIDATES) return { detections: scanBytes(engine, bytes, file), kept: null }
    const kept = !isBase || anchors.length > 2 * MOST_ANCHORS ? null : { file, candidates: found, anchors }
    if (found.length === 0) return { detections: [], kept }
    found.sort((a, b) => a.anchor - b.anchor)
    const reading = startReading(engine, file)
    reading.place([...found], bytes)
    return { detections: reading.detections(), kept }
  }

  /** How far before and from an anchor on its detectors look. */
  const sights = new Map<number, { before: number; span: number }>()
  const sightOf = (anchor: number): { before: number; span: number } => {
    const known = sights.get(anchor)
    if (known !== undefined) return known
    const detectors = steps!.detectorsOf(anchor).map((index) => engine.detectors[index]!)
    const sight = { before: Math.max(...detectors.map(beforeOf)), span: Math.max(...detectors.map(spanOf)) }
    sights.set(anchor, sight)
    return sight
  }

  const fromBase = (steps: Steps, text: Buffer, file: string, { kept, copies, size }: Base) => {
    // What a match means may depend on the name of the file; where anchors stand does not.
    const isSame = kept?.file === file
    /** Does a window lie in one piece from the base, with the file ending where the base's ended if it is cut there? */
    const isInCopy = (copy: number, anchor: number, before: number, span: number): boolean => {
      if (copy < 0) return false
      const [to, from, length] = [copies[copy]!, copies[copy + 1]!, copies[copy + 2]!]
      const starts = to === 0 && from === 0
      const ends = to + length === text.length && from + length === size
      return (
        anchor >= to &&
        anchor < to + length &&
        (anchor - before >= to || starts) &&
        (anchor + span <= to + length || ends)
      )
    }
    const isKnown = (copy: number, anchor: number, detector: Detector): boolean =>
      isSame && isInCopy(copy, anchor, beforeOf(detector), spanOf(detector))

    const found = steps.atStart(text, file)
    for (const candidate of kept?.candidates ?? []) {
      if (!isSame || candidate.detector.atStart === true) continue
      for (let copy = 0; copy < copies.length; copy += 3) {
        const by = copies[copy]! - copies[copy + 1]!
        if (isKnown(copy, candidate.anchor + by, candidate.detector)) found.push(moved(candidate, by))
      }
    }

    /** Calls with the parts of the text in order: what the base tells of one place after the other, or what lies between. */
    const parts = (before: number, after: number, part: (from: number, to: number, copy: number) => void): void => {
      let done = 0
      for (let copy = 0; copy < copies.length; copy += 3) {
        const [to, from, length] = [copies[copy]!, copies[copy + 1]!, copies[copy + 2]!]
        const first = to === 0 && from === 0 ? 0 : to + before
        const last = to + length === text.length && from + length === size ? text.length : to + length - after
        if (last <= first) continue
        if (first > done) part(done, first, -1)
        part(first, last, copy)
        done = last
      }
      if (text.length > done) part(done, text.length, -1)
    }

    const anchors: number[] = []
    const meet = (place: number, anchor: number, copy: number): void => {
      anchors.push(place, anchor)
      const { before, span } = sightOf(anchor)
      if (isSame && isInCopy(copy, place, before, span)) return
      for (const one of steps.at(text, place, anchor, file, (detector) => !isKnown(copy, place, detector)))
        found.push(one)
    }
    parts(steps.margin.before, steps.margin.after, (from, to, copy) => {
      if (copy < 0) {
        const fresh = steps.anchorsIn(text, from, to)
        for (let at = 0; at < fresh.length; at += 2) meet(fresh[at]!, fresh[at + 1]!, copyAt(copies, fresh[at]!))
        return
      }
      const by = copies[copy]! - copies[copy + 1]!
      const known = kept!.anchors
      for (let at = firstFrom(known, from - by); at < known.length && known[at]! + by < to; at += 2)
        meet(known[at]! + by, known[at + 1]!, copy)
    })
    if (besides.length > 0)
      parts(besideReach.before, besideReach.after, (from, to, copy) => {
        if (isSame && copy >= 0) return
        for (const candidate of steps.beside(text, from, to, file))
          if (!isKnown(copyAt(copies, candidate.anchor), candidate.anchor, candidate.detector)) found.push(candidate)
      })
    return { found, anchors }
  }
  return { scan }
}

const moved = (candidate: Candidate, by: number): Candidate => ({
  ...candidate,
  anchor: candidate.anchor + by,
  start: candidate.start + by,
  end: candidate.end + by,
})

/** Index of the first pair whose place is not before the given one. */
const firstFrom = (anchors: readonly number[], place: number): number => {
  let low = 0
  let high = anchors.length / 2
  while (low < high) {
    const middle = (low + high) >> 1
    if (anchors[2 * middle]! < place) low = middle + 1
    else high = middle
  }
  return 2 * low
}

/** The copy that a place lies in, or -1. */
const copyAt = (copies: Copies, place: number): number => {
  let low = 0
  let high = copies.length / 3
  while (low < high) {
    const middle = (low + high) >> 1
    if (copies[3 * middle]! <= place) low = middle + 1
    else high = middle
  }
  const copy = 3 * (low - 1)
  return low > 0 && place < copies[copy]! + copies[copy + 2]! ? copy : -1
}
