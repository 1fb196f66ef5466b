/** Why something in a file is a finding, or none: each place where a detector's pattern fits, with what became of it. */
import type { Detection } from '../sdk/index.ts'
import type { Detector } from './detector.ts'
import { armed, attemptAt, type Candidate, compile, DEFAULT_BEFORE, DEFAULT_SPAN } from './engine.ts'
import { scanWhole } from './inside/leaf.ts'
import { isAllowed, isWide, redact, scanBytes } from './reading.ts'
import { entropyOf, isBinary, isNothing, isSample, looksDrawn, readsAsName, standsForAnother } from './value.ts'

export interface Explained {
  line: number
  column: number
  detector: string
  title: string
  /** As much as a finding would show. */
  redacted: string
  isFinding: boolean
  /** A sentence without its full stop. */
  because: string
}

/** A place where the pattern of a detector fits; offsets in the text. */
interface Fit {
  detector: Detector
  value: string
  start: number
  end: number
  /** Null when its own checks turned it down. */
  candidate: Candidate | null
  anchor: number
}

/**
 * Looks slower than a scan: every detector at each of its anchors, also where a scan need not. What stands in archives is not opened; what is
 * encoded in the text is told when it is a finding. Of one line only, when it is given.
 */
export function explain(
  detectors: readonly Detector[],
  raw: Uint8Array,
  { file, line }: { file: string; line?: number | undefined },
): Explained[] {
  const bytes = isWide(raw)
    ? Buffer.from(new TextDecoder(raw[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(raw))
    : Buffer.from(raw)
  const text = bytes.toString('latin1')
  const engine = compile(detectors)
  const detections =
    bytes.length <= engine.room.length ? scanWhole(engine, bytes, file).detections : scanBytes(engine, bytes, file)
  const lines = lineStarts(text)
  const placeOf = (at: number) => {
    const index = lines.findLastIndex((start) => start <= at)
    return { line: index + 1, column: bytes.toString('utf8', lines[index], at).length + 1 }
  }
  const from = line === undefined ? 0 : (lines[line - 1] ?? text.length)
  const to = line === undefined ? text.length : (lines[line] ?? text.length)
  const fits = detectors.flatMap((detector) => [...fitsOf(detector, text, from, to, file)])
  const told = fits.map((fit): Explained & { start: number } => {
    const finding = detections.find((one) => one.detector === fit.detector.id && one.start === fit.start)
    return {
      ...placeOf(fit.start),
      start: fit.start,
      detector: fit.detector.id,
      title: finding?.title ?? fit.detector.title,
      redacted: redact(fit.value, fit.detector.prefix ?? 0),
      isFinding: finding !== undefined,
      because: finding !== undefined ? found(fit) : turnedDown(fit, { text, bytes, file, fits, detections }),
    }
  })
  for (const one of detections) {
    if (one.start < from || one.start >= to || told.some((each) => each.isFinding && each.start === one.start)) continue
    const { detector, title, redacted, start, note = 'it stands in the text in another form' } = one
    told.push({ ...placeOf(start), start, detector, title, redacted, isFinding: true, because: note })
  }
  const seen = new Set<string>()
  return told
    .sort(
      (a, b) => a.start - b.start || Number(b.isFinding) - Number(a.isFinding) || (a.detector < b.detector ? -1 : 1),
    )
    .filter(({ start, detector, because }) => {
      const key = `${start} ${detector} ${because}`
      return !seen.has(key) && seen.add(key)
    })
    .map(({ start: _, ...one }) => one)
}

const lineStarts = (text: string): number[] => {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** Each value at which the pattern fits and that begins, or whose anchor stands, in the part. */
function* fitsOf(detector: Detector, text: string, from: number, to: number, file: string): Generator<Fit> {
  const pattern = armed(detector)
  const span = detector.span ?? DEFAULT_SPAN
  for (const anchor of anchorsOf(detector, text, Math.max(0, from - span), Math.min(text.length, to + span))) {
    const head = Math.max(0, anchor - (detector.before ?? DEFAULT_BEFORE))
    pattern.lastIndex = anchor - head
    const match = pattern.exec(text.slice(head, anchor + span))
    if (match === null) continue
    const value = match.groups?.['value'] ?? match[0]
    const start = head + (match.indices?.groups?.['value']?.[0] ?? match.index)
    const isHere = (at: number): boolean => at >= from && at < to
    if (value === '' || !(isHere(start) || isHere(anchor))) continue
    const candidate = attemptAt(detector, pattern, text, anchor, file)
    yield { detector, value, start, end: start + value.length, candidate, anchor }
  }
}

function anchorsOf(detector: Detector, text: string, from: number, to: number): Iterable<number> {
  if (detector.atStart === true) return from === 0 ? [0] : []
  const part = text.slice(from, to)
  const places = new Set<number>()
  for (const { literal, anyCase } of detector.anchors) {
    const [where, what] = anyCase ? [part.toLowerCase(), literal.toLowerCase()] : [part, literal]
    for (let at = where.indexOf(what); at >= 0; at = where.indexOf(what, at + 1)) places.add(from + at)
  }
  return places
}

const found = ({ detector }: Fit): string =>
  detector.rank === 3
    ? `it has the format of ${detector.provider === 'generic' ? 'its kind' : detector.provider}, and passes what is checked of that`
    : 'its shape fits, what stands around it says what it is, and nothing speaks against it'

interface Around {
  text: string
  bytes: Buffer
  file: string
  fits: readonly Fit[]
  detections: readonly Detection[]
}

function turnedDown(fit: Fit, { text, bytes, file, fits, detections }: Around): string {
  const { detector, value, start, end, candidate, anchor } = fit
  const overlaps = (one: { start: number; end: number }): boolean => one.start < end && start < one.end
  if (candidate !== null) {
    if (candidate.opinion === 'veto') return 'its detector knows it as something that is no secret'
    if (isAllowed(bytes, start)) return 'a comment allows it: reeve:allow stands on its line or on the line before'
    const other = detections.find(overlaps)
    if (other !== undefined)
      return other.detector === detector.id
        ? 'it is a part of a finding of the same detector'
        : `${other.detector} is surer of what stands there`
    const veto = fits.find((one) => one.candidate?.opinion === 'veto' && overlaps(one))
    return veto === undefined
      ? 'it stands in an encoded text, which is read as what it says'
      : `${veto.detector.id} knows it as something that is no secret`
  }
  if (detector.boundary === true) {
    const unbound = attemptAt({ ...detector, boundary: false }, armed(detector), text, anchor, file)
    if (unbound !== null) return 'a letter or digit stands right before it, so that it is a part of something longer'
  }
  if (detector.entropy !== undefined && entropyOf(value) < detector.entropy)
    return `its characters vary too little: ${entropyOf(value).toFixed(1)} bits each, and ${detector.entropy} are wanted`
  const why = REASONS.find(([holds]) => holds(value))?.[1]
  return why === undefined
    ? 'its detector’s judge turned it down, by what stands around it or by a checksum'
    : `its detector’s judge turned it down; ${why}`
}

/** What judges go by, most telling first. */
const REASONS: readonly [holds: (value: string) => boolean, says: string][] = [
  [isNothing, 'it is a word that stands for no value'],
  [
    standsForAnother,
    'it stands for another value: a variable, a template, a place-holder or a sample of some documentation',
  ],
  [isSample, 'it was made to fill a page: one character over and over, or a run along the alphabet or the keyboard'],
  [isBinary, 'it holds bytes that nobody types'],
  [readsAsName, 'it reads as a name or as words, not as something drawn at random'],
  [(value) => value.length < 8, 'it is short'],
  [
    (value) => !looksDrawn(value),
    'it does not look drawn at random: its characters are too few, too alike or of one kind',
  ],
]
