import type { Detection } from '../../sdk/index.ts'
import type { Engine } from '../engine.ts'
import { base64View, isOfBase64 } from '../inside/encoded.ts'
import { viewsOf, withViews } from '../inside/leaf.ts'
import { isWide } from '../reading.ts'
import type { Copies } from './unpack.ts'

export interface Encoded {
  detections: Detection[]
  /** It holds texts in base64, so that what is made of it may hold them too. */
  encoded: boolean
}

/**
 * What an object has encoded, beside what was found in it as it is. Base64 is looked for in all of it only when its base had some, or there is
 * some in or around what is new.
 */
export const scanEncoded = (
  engine: Engine,
  bytes: Buffer,
  file: string,
  detections: Detection[],
  base: { copies: Copies; encoded: boolean } | null,
): Encoded => {
  if (bytes.length > engine.room.length || isWide(bytes)) return { detections, encoded: false }
  const encoded = base === null || base.encoded || isNewEncoded(bytes, base.copies)
  const base64 = encoded ? base64View(bytes) : null
  const views = viewsOf(bytes, file, base64)
  return {
    detections: withViews(engine, { detections, full: false }, views, bytes, file).detections,
    encoded: base64 !== null,
  }
}

const isPart = (byte: number | undefined): boolean =>
  byte !== undefined && (isOfBase64(byte) || byte === 10 || byte === 13 || byte === 9 || byte === 32)

/** Is there base64 that touches what did not come from the base in one piece? */
const isNewEncoded = (bytes: Buffer, copies: Copies): boolean => {
  let done = 0
  const isIn = (from: number, to: number): boolean => {
    let start = from
    while (start > done && isPart(bytes[start - 1])) start--
    let end = to
    while (end < bytes.length && isPart(bytes[end])) end++
    // What was looked at lies in this, when it reaches back so far.
    done = start
    return base64View(bytes.subarray(start, end)) !== null
  }
  let from = 0
  for (let copy = 0; copy < copies.length; copy += 3) {
    const [to, length] = [copies[copy]!, copies[copy + 2]!]
    if (isIn(from, to)) return true
    from = to + length
  }
  return isIn(from, bytes.length)
}
