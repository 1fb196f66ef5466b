import type { Detection } from '../../sdk/index.ts'
import type { Detector } from '../detector.ts'
import { type Candidate, compile, DEFAULT_BEFORE, DEFAULT_SPAN, type Engine } from '../engine.ts'
import { isWide, scanBytes, startReading } from '../reading.ts'
import type { Copies } from './unpack.ts'

/**
 * Scanning an object that was made from another: a match whose whole window came from the base in one piece is the base's, moved; only the rest is
 * searched. The result is that of searching all of it.
 */

/** What is kept of a scanned object for those made from it; null when they are to be scanned whole. */
export type Kept = { file: string; candidates: Candidate[] } | null

interface Base {
  kept: Kept
  copies: Copies
  size: number
}

const beforeOf = ({ before = DEFAULT_BEFORE }: Detector): number => before
const spanOf = ({ span = DEFAULT_SPAN }: Detector): number => span

/** Detectors that see far are searched for in wider ranges, apart from those that do not. */
const FAR = { before: 1024, span: 1100 }
const MOST_CANDIDATES = 5000

interface Group {
  engine: Engine
  before: number
  span: number
}

const groupsCache = new WeakMap<Engine, Group[]>()
const groupsOf = (engine: Engine): Group[] => {
  const known = groupsCache.get(engine)
  if (known !== undefined) return known
  const isNear = (one: Detector): boolean => beforeOf(one) <= FAR.before && spanOf(one) <= FAR.span
  const groups = [engine.detectors.filter(isNear), engine.detectors.filter((one) => !isNear(one))]
    .filter((detectors) => detectors.length > 0)
    .map((detectors) => ({
      engine: compile(detectors),
      before: Math.max(...detectors.map(beforeOf)),
      span: Math.max(...detectors.map(spanOf)),
    }))
  groupsCache.set(engine, groups)
  return groups
}

export const openDeltaScan = (engine: Engine) => {
  const groups = groupsOf(engine)
  const room = Math.min(...groups.map((group) => group.engine.room.length))

  /** Candidates with an anchor in `from` ≤ place < `to` of the whole bytes. */
  const findIn = (
    { engine, before, span }: Group,
    bytes: Buffer,
    from: number,
    to: number,
    file: string,
  ): Candidate[] => {
    const start = Math.max(0, from - before)
    const part = bytes.subarray(start, Math.min(bytes.length, to + span))
    return engine.find(part, from - start, to - start, file, from === 0).map((one) => moved(one, start))
  }

  const scan = (bytes: Buffer, file: string, base: Base | null): { detections: Detection[]; kept: Kept } => {
    if (bytes.length > room || isWide(bytes)) return { detections: scanBytes(engine, bytes, file), kept: null }
    const found =
      base === null || base.kept === null || base.kept.file !== file
        ? groups.flatMap((group) => findIn(group, bytes, 0, bytes.length, file))
        : fromBase(bytes, file, base.kept.candidates, base)
    if (found.length > MOST_CANDIDATES) return { detections: scanBytes(engine, bytes, file), kept: null }
    if (found.length === 0) return { detections: [], kept: { file, candidates: found } }
    found.sort((a, b) => a.anchor - b.anchor)
    const reading = startReading(engine, file)
    reading.place([...found], bytes)
    return { detections: reading.detections(), kept: { file, candidates: found } }
  }

  const fromBase = (
    bytes: Buffer,
    file: string,
    candidates: readonly Candidate[],
    { copies, size }: Base,
  ): Candidate[] => {
    /** Does a window lie in one piece from the base, with the file ending where the base's ended if it is cut there? */
    const inCopy = (copy: number, anchor: number, detector: Detector): boolean => {
      const [to, from, length] = [copies[copy]!, copies[copy + 1]!, copies[copy + 2]!]
      const starts = to === 0 && from === 0
      const ends = to + length === bytes.length && from + length === size
      return (
        anchor >= to &&
        anchor < to + length &&
        (anchor - beforeOf(detector) >= to || starts) &&
        (anchor + spanOf(detector) <= to + length || ends)
      )
    }
    const found: Candidate[] = []
    for (const { anchor, ...candidate } of candidates)
      for (let copy = 0; copy < copies.length; copy += 3) {
        const by = copies[copy]! - copies[copy + 1]!
        if (inCopy(copy, anchor + by, candidate.detector)) found.push(moved({ anchor, ...candidate }, by))
      }
    for (const group of groups) {
      /** What is searched of two neighbouring pieces may be the same place, so the last copy that could hold it is looked for. */
      let done = 0
      const search = (from: number, to: number): void => {
        if (to <= from) return
        for (const candidate of findIn(group, bytes, from, to, file)) {
          const copy = copyAt(copies, candidate.anchor)
          if (copy < 0 || !inCopy(copy, candidate.anchor, candidate.detector)) found.push(candidate)
        }
      }
      for (let copy = 0; copy < copies.length; copy += 3) {
        const [to, from, length] = [copies[copy]!, copies[copy + 1]!, copies[copy + 2]!]
        const safe = to === 0 && from === 0 ? 0 : to + group.before
        const unsafe = to + length === bytes.length && from + length === size ? bytes.length : to + length - group.span
        if (unsafe <= safe) continue
        search(done, safe)
        done = unsafe
      }
      search(done, bytes.length)
    }
    return found
  }
  return { scan }
}

const moved = (candidate: Candidate, by: number): Candidate => ({
  ...candidate,
  anchor: candidate.anchor + by,
  start: candidate.start + by,
  end: candidate.end + by,
})

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
