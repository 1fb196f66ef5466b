import { type Detection, Sensitive } from '../sdk/index.ts'
import { type Candidate, COMMENT_REACH, type Engine } from './engine.ts'

/** A candidate with its place in the whole file. */
interface Placed extends Candidate {
  /** The value as text; bytes that are no UTF-8 stay as latin1. */
  value: string
  line: number
  column: number
  allowed: boolean
}

/** A file with more candidates than this is a dump of secrets or an attack; the rest of it is not judged. */
const MOST = 20_000

/** How the bytes of the file stand for text. */
type Encoding = 'bytes' | 'utf16le' | 'utf16be'

const encodingOf = (head: Uint8Array): Encoding => {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf16le'
  return head[0] === 0xfe && head[1] === 0xff ? 'utf16be' : 'bytes'
}

/** Is a file that begins so in UTF-16? */
export const isWide = (head: Uint8Array): boolean => encodingOf(head) !== 'bytes'

/** UTF-16 as latin1, two bytes to one; what latin1 cannot say turns 0xff. */
const narrow = (bytes: Uint8Array, encoding: Encoding): Uint8Array => {
  if (encoding === 'bytes') return bytes
  const low = encoding === 'utf16le' ? 0 : 1
  return Uint8Array.from({ length: bytes.length >> 1 }, (_, i) =>
    bytes[2 * i + 1 - low] === 0 ? bytes[2 * i + low]! : 0xff,
  )
}

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

const ZEROS = Buffer.alloc(1 << 16)
/** Nothing but zeros, as in the holes of sparse files. */
const isHole = (bytes: Uint8Array): boolean => {
  if (bytes[0] !== 0 || bytes.at(-1) !== 0) return false
  for (let at = 0; at < bytes.length; at += ZEROS.length) {
    const part = bytes.subarray(at, at + ZEROS.length)
    if (ZEROS.compare(part, 0, part.length, 0, part.length) !== 0) return false
  }
  return true
}

const decode = (bytes: Uint8Array): string => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = buffer.toString('utf8')
  return text.includes('\ufffd') ? buffer.toString('latin1') : text
}

/** `reeve:allow` in a comment on the line of the value or on the line before it. */
export const isAllowed = (bytes: Uint8Array, start: number): boolean => {
  const head = latin1(bytes.subarray(Math.max(0, start - 2 * COMMENT_REACH), start))
  const own = head.lastIndexOf('\n')
  const previous = own < 0 ? -1 : head.lastIndexOf('\n', own - 1)
  const rest = latin1(bytes.subarray(start, start + COMMENT_REACH))
  const end = rest.indexOf('\n')
  return (head.slice(previous + 1) + (end < 0 ? rest : rest.slice(0, end))).includes('reeve:allow')
}

/** Reads one file piece by piece. Each piece begins where `wanted` says and holds what it can. */
export interface Reading {
  /**
   * The next piece: `bytes` from offset `start` of the file; `last` when the file ends with it. Returns the offset from which the
   * next piece must begin (pieces overlap, so that no match is cut).
   */
  piece(bytes: Uint8Array, start: number, last: boolean): number
  /** In place of pieces: what was found otherwise in the whole file, which is not in UTF-16. */
  place(found: Candidate[], bytes: Uint8Array): void
  /** Of everything read. */
  detections(): Detection[]
  /** There were too many candidates: the rest was left alone. */
  readonly full: boolean
}

export const startReading = (engine: Engine, file: string): Reading => {
  const placed: Placed[] = []
  let encoding: Encoding = 'bytes'
  /** All in narrow bytes: the first offset not yet judged, and line and line start at the offset where the next piece begins. */
  let judged = 0
  let line = 1
  let lineStart = 0

  /** Goes on from the beginning of the piece to `at`, counting lines. */
  const counter = (bytes: Uint8Array, base: number) => {
    let next = bytes.indexOf(10)
    const here = { line, lineStart }
    return (at: number) => {
      for (; next >= 0 && next < at; next = bytes.indexOf(10, next + 1)) {
        here.line++
        here.lineStart = base + next + 1
      }
      return here
    }
  }

  const place = (found: Candidate[], bytes: Uint8Array, base: number): void => {
    const lineAt = counter(bytes, base)
    for (const candidate of found.sort((a, b) => a.start - b.start)) {
      const here = lineAt(candidate.start)
      const value = bytes.subarray(candidate.start, candidate.end)
      placed.push({
        ...candidate,
        start: base + candidate.start,
        end: base + candidate.end,
        value: encoding === 'bytes' ? decode(value) : latin1(value),
        line: here.line,
        column: columnOf(bytes, base, here.lineStart, candidate.start),
        allowed: isAllowed(bytes, candidate.start),
      })
    }
  }

  /** In UTF-16 code units, as editors count. Of a line that began before this piece the part before it counts in bytes. */
  const columnOf = (bytes: Uint8Array, base: number, lineStart: number, start: number): number => {
    const from = Math.max(0, lineStart - base)
    const before = bytes.subarray(from, start)
    return Math.max(0, base - lineStart) + (encoding === 'bytes' ? decode(before).length : before.length) + 1
  }

  const wide = (offset: number): number => (encoding === 'bytes' ? offset : 2 * offset)

  return {
    place: (found, bytes) => place(found, bytes, 0),
    get full() {
      return placed.length >= MOST
    },
    piece(raw, start, last) {
      if (start === 0) encoding = encodingOf(raw)
      const bytes = narrow(raw, encoding)
      const base = encoding === 'bytes' ? start : start / 2
      const from = judged - base
      const to = last ? bytes.length : Math.max(from, bytes.length - engine.reach.after)
      if (to > from && placed.length < MOST) {
        if (!isHole(bytes)) {
          const found = engine.find(bytes, from, to, file, base === 0 && from === 0)
          if (found.length > 0) place(found, bytes, base)
        }
        judged = base + to
        if (last) return wide(judged)
        const next = Math.max(base, judged - engine.reach.before)
        const at = counter(bytes, base)(next - base)
        line = at.line
        lineStart = at.lineStart
        return wide(next)
      }
      return wide(base)
    },
    detections: () =>
      withoutOverlaps(placed)
        .filter(({ opinion, allowed }) => opinion !== 'veto' && !allowed)
        .map((one) => detection(one, encoding === 'bytes' ? 1 : 2)),
  }
}

const detection = ({ detector, opinion, value, start, end, line, column }: Placed, width: number): Detection => {
  const said = opinion === 'veto' ? {} : opinion
  return {
    detector: detector.id,
    provider: said.provider ?? detector.provider,
    title: said.title ?? detector.title,
    severity: said.severity ?? detector.severity,
    method: said.method ?? detector.method,
    value: new Sensitive(value),
    redacted: redact(value, detector.prefix ?? 0),
    ...(said.keyId === undefined ? {} : { keyId: said.keyId }),
    start: start * width,
    end: end * width,
    line,
    column,
  }
}

/** The public prefix and at most four characters more, and never more than a quarter of what is secret. */
export const redact = (value: string, prefix: number): string => {
  const secret = Math.max(0, value.length - prefix)
  return `${value.slice(0, prefix + Math.min(4, Math.floor(secret / 4)))}…`.replace(/[\r\n]+/g, ' ')
}

/**
 * One detection per place: the higher rank stays, then the earlier start, then the longer value, then the order of the
 * detectors. A veto holds its place and says nothing.
 */
const withoutOverlaps = (placed: readonly Placed[]): Placed[] => {
  const order = placed
    .map((one, index) => ({ one, index }))
    .sort(
      (a, b) =>
        b.one.detector.rank - a.one.detector.rank ||
        a.one.start - b.one.start ||
        b.one.end - a.one.end ||
        (a.one.detector.id < b.one.detector.id ? -1 : a.one.detector.id > b.one.detector.id ? 1 : a.index - b.index),
    )
  const PAGE = 1024
  const pages = new Map<number, Placed[]>()
  const kept: Placed[] = []
  for (const { one } of order) {
    const first = Math.floor(one.start / PAGE)
    const last = Math.floor((one.end - 1) / PAGE)
    let free = true
    for (let page = first; page <= last && free; page++)
      free = !(pages.get(page) ?? []).some((other) => other.start < one.end && one.start < other.end)
    if (!free) continue
    kept.push(one)
    for (let page = first; page <= last; page++) pages.set(page, [...(pages.get(page) ?? []), one])
  }
  return kept.sort((a, b) => a.start - b.start)
}

const PIECE = 1 << 20

/** Secrets in bytes that are in memory. */
export const scanBytes = (engine: Engine, bytes: Uint8Array, file: string, piece = PIECE): Detection[] => {
  const reading = startReading(engine, file)
  const step = stepOf(engine, piece)
  let start = 0
  for (;;) {
    const end = Math.min(bytes.length, start + step)
    start = reading.piece(bytes.subarray(start, end), start, end === bytes.length)
    if (end === bytes.length || reading.full) return reading.detections()
  }
}

/** Bytes to hold at once so that `piece` new ones are judged each time, in either width of characters. */
const stepOf = (engine: Engine, piece: number): number => 2 * (engine.reach.before + engine.reach.after + piece)

/** Secrets in bytes that come in chunks of any size; holds a few megabytes at most. */
export interface Feed {
  push(chunk: Uint8Array): void
  end(): { detections: Detection[]; full: boolean }
}

export const startFeed = (engine: Engine, file: string, expected = Infinity, piece = PIECE): Feed => {
  const reading = startReading(engine, file)
  const step = stepOf(engine, piece)
  const held = Buffer.allocUnsafe(Math.min(step, Math.max(expected, 1)))
  let buffer = held
  let start = 0
  let length = 0
  return {
    push(chunk) {
      for (let at = 0; at < chunk.length && !reading.full; ) {
        if (length === buffer.length && buffer.length < step) buffer = Buffer.concat([buffer], step)
        const taken = Math.min(chunk.length - at, buffer.length - length)
        buffer.set(chunk.subarray(at, at + taken), length)
        length += taken
        at += taken
        if (length < step) continue
        const next = reading.piece(buffer, start, false)
        buffer.copyWithin(0, next - start, length)
        length -= next - start
        start = next
      }
    },
    end() {
      if (!reading.full) reading.piece(buffer.subarray(0, length), start, true)
      return { detections: reading.detections(), full: reading.full }
    },
  }
}
