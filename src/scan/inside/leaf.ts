import type { Detection } from '../../sdk/index.ts'
import type { Engine } from '../engine.ts'
import { isWide, scanBytes, startReading } from '../reading.ts'
import { base64View, percentView } from './encoded.ts'
import { documentView, wideView } from './strings.ts'
import { placeOfText, type View } from './view.ts'

/** Signs that may end an encoded text. */
const PADDING = 3

export interface Leaf {
  detections: Detection[]
  /** There were too many candidates; the rest was not judged. */
  full: boolean
}

/** Secrets in a file that is in memory, at most `engine.room.length` bytes: as it is, and in what it has encoded, one level deep. */
export const scanWhole = (engine: Engine, bytes: Uint8Array, file: string): Leaf => {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const wide = isWide(bytes)
  const found = wide ? null : engine.find(bytes, 0, bytes.length, file, true)
  const others = wide ? [] : viewsOf(content, file, base64View(content))
  // Nearly always there is nothing.
  if (found?.length === 0 && others.length === 0) return { detections: [], full: false }
  let leaf: Leaf = { detections: [], full: false }
  // The content may lie where the engine reads its next bytes to.
  const kept = others.length === 0 ? content : Buffer.from(content)
  if (found?.length !== 0) {
    const reading = startReading(engine, file)
    reading.piece(content, 0, true)
    leaf = { detections: reading.detections(), full: reading.full }
  }
  return withViews(engine, leaf, others, kept, file)
}

/** The texts that a file has in another form, with those in base64 that are known. */
export const viewsOf = (bytes: Buffer, file: string, base64: View | null): View[] =>
  [base64, percentView(bytes), wideView(bytes), documentView(bytes, file)].filter((view) => view !== null)

/** What was found in a file as it is, and what its views show beside it. */
export const withViews = (engine: Engine, leaf: Leaf, views: readonly View[], bytes: Buffer, file: string): Leaf =>
  views.reduce((known, view) => withView(engine, known, view, bytes, file), leaf)

/** What was found so far, and what a view shows beside it. */
const withView = (engine: Engine, leaf: Leaf, view: View, bytes: Buffer, file: string): Leaf => {
  const known = new Set(leaf.detections.map(({ value }) => value.reveal()))
  const shown = scanBytes(engine, view.text, `${file}!/${view.name}`).filter(({ value }) => !known.has(value.reveal()))
  if (shown.length === 0) return leaf
  const placed = shown.map((one) => inFile(view, bytes, one))
  const overlap = (a: Detection, b: Detection): boolean => a.start < b.end && b.start < a.end
  /** The encoded text itself was taken for a secret, and what is in it is known now. */
  const standsBack = (one: Detection): boolean =>
    view.yields !== true && view.pieces.some(({ from, to }) => from <= one.start && one.end <= to + PADDING)
  const kept = leaf.detections.filter((one) => !(placed.some((other) => overlap(one, other)) && standsBack(one)))
  const added = placed.filter((one) => !kept.some((other) => overlap(one, other)))
  return { full: leaf.full, detections: [...kept, ...added].sort((a, b) => a.start - b.start) }
}

/** A detection in a view, where the text of the view stands in the file. */
const inFile = (view: View, bytes: Buffer, one: Detection): Detection => {
  const [start, end] = placeOfText(view, one.start, one.end)
  let line = 1
  let lineStart = 0
  for (let at = bytes.indexOf(10); at >= 0 && at < start; at = bytes.indexOf(10, at + 1)) {
    line++
    lineStart = at + 1
  }
  const column = bytes.toString('utf8', lineStart, start).length + 1
  return { ...one, start, end, line, column, ...(view.form === '' ? {} : { note: view.form }) }
}
