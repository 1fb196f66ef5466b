import { gunzipSync } from 'node:zlib'
import { eachBlock } from './blocks.ts'
import { openView, type View } from './view.ts'

/** The shortest run of base64 that is looked at. */
const SHORTEST = 31
/** So much of it tells whether it is text. */
const BEGIN = 24
const LONGEST = 2 << 20
/** All that is decoded of one file. */
const MOST = 4 << 20
/** A line that goes on in the next is at least so long. */
const FULL_LINE = 48

const IN_BASE64 = new Uint8Array(256)
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_')
  IN_BASE64[letter.charCodeAt(0)] = 1
/** Characters that a group of four begins with, when it is text: a byte below 0x80 that is no rare control character, or one of two. */
const BEGINS_TEXT = new Uint8Array(256)
for (const letter of 'ACDIJKLMNOPQRSTUVWXYZabcdef') BEGINS_TEXT[letter.charCodeAt(0)] = 1
export const isOfBase64 = (byte: number): boolean => IN_BASE64[byte] === 1

const IS_TEXT = new Uint8Array(256)
IS_TEXT.fill(1, 0x20, 0x7f)
for (const code of [9, 10, 13]) IS_TEXT[code] = 1

const isText = (bytes: Uint8Array): boolean => {
  for (const byte of bytes) if (IS_TEXT[byte] === 0) return false
  return true
}
/** Most of it: names of people may be in it. */
const isMostlyText = (bytes: Uint8Array): boolean => {
  let others = 0
  for (const byte of bytes) others += 1 - IS_TEXT[byte]!
  return others * 20 <= bytes.length
}
/** ASCII in two bytes each. */
const isWideText = (bytes: Uint8Array): boolean => {
  for (let at = 0; at + 1 < bytes.length; at += 2) if (IS_TEXT[bytes[at]!] === 0 || bytes[at + 1] !== 0) return false
  return bytes.length >= 2
}

/** A run may go on in the next line, behind blanks. */
const goesOn = (bytes: Uint8Array, end: number): number => {
  let at = end
  if (bytes[at] === 13) at++
  if (bytes[at] !== 10) return -1
  at++
  while (bytes[at] === 0x20 || bytes[at] === 9) at++
  return IN_BASE64[bytes[at]!] === 1 ? at : -1
}

const decodedOf = (text: string): Buffer | null => {
  const bytes = Buffer.from(text, 'base64')
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return inflated(bytes)
  if (isWideText(bytes)) return Buffer.from(bytes.toString('utf16le'), 'latin1')
  if (!isMostlyText(bytes)) return null
  // Charts keep their releases as gzip in base64, and Kubernetes puts its own around.
  return bytes.toString('latin1', 0, 4) === 'H4sI' ? inflated(Buffer.from(bytes.toString('latin1'), 'base64')) : bytes
}

const inflated = (bytes: Buffer): Buffer | null => {
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST })
  } catch {
    return null
  }
}

/** The run of base64 around a place, over several lines where it goes on, decoded; null for a word, a path, or what was drawn. */
const runAround = (bytes: Buffer, at: number, from: number): { start: number; end: number; decoded: Buffer | null } => {
  let start = at
  while (start > from && IN_BASE64[bytes[start - 1]!] === 1) start--
  const lineEnd = (place: number): number => {
    let end = place
    while (end < bytes.length && IN_BASE64[bytes[end]!] === 1) end++
    return end
  }
  let end = lineEnd(at)
  if (end - start < SHORTEST) return { start, end, decoded: null }
  let groups = 0
  while (groups < BEGIN && BEGINS_TEXT[bytes[start + groups]!] === 1) groups += 4
  // A letter H begins gzip.
  if (groups < BEGIN && bytes[start] !== 0x48) return { start, end, decoded: null }
  const begin = Buffer.from(bytes.toString('latin1', start, start + BEGIN), 'base64')
  const isPacked = begin[0] === 0x1f && begin[1] === 0x8b && begin[2] === 8
  if (!isPacked && !isText(begin) && !isWideText(begin)) return { start, end, decoded: null }
  let text = bytes.toString('latin1', start, Math.min(end, start + LONGEST))
  for (let line = start; end - line >= FULL_LINE && text.length < LONGEST; ) {
    line = goesOn(bytes, end)
    if (line < 0) break
    end = lineEnd(line)
    text += bytes.toString('latin1', line, Math.min(end, line + LONGEST))
  }
  return { start, end, decoded: decodedOf(text) }
}

/** Texts in base64 (either alphabet, over several lines, with gzip in it); null in nearly all files. */
export const base64View = (bytes: Buffer): View | null => {
  let view: ReturnType<typeof openView> | undefined
  let done = 0
  eachBlock(bytes, (at) => {
    if (at < done) return done
    const { start, end, decoded } = runAround(bytes, at, done)
    done = end + 1
    if (decoded === null || decoded.length === 0) return done
    view ??= openView()
    view.add(decoded, start, end)
    if (view.length > MOST) done = bytes.length
    return done
  })
  return view?.view('in base64') ?? null
}

const PERCENT = 0x25
const hex = (byte: number): number =>
  byte >= 48 && byte <= 57
    ? byte - 48
    : byte >= 65 && byte <= 70
      ? byte - 55
      : byte >= 97 && byte <= 102
        ? byte - 87
        : -1
const isEscape = (bytes: Uint8Array, at: number): boolean => {
  const code = hex(bytes[at + 1] ?? 0) * 16 + hex(bytes[at + 2] ?? 0)
  return code >= 0x20 && code < 0x7f && hex(bytes[at + 2] ?? 0) >= 0 && hex(bytes[at + 1] ?? 0) >= 0
}
/** A word of an address, of a form, of a log. */
const inWord = (byte: number): boolean =>
  byte > 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x27 && byte !== 0x3c && byte !== 0x3e && byte !== 0x60
const LONGEST_WORD = 16_384

/** Words with percent signs for characters, as in addresses; null in nearly all files. */
export const percentView = (bytes: Buffer): View | null => {
  let view: ReturnType<typeof openView> | undefined
  for (let at = bytes.indexOf(PERCENT); at >= 0; ) {
    if (!isEscape(bytes, at)) {
      at = bytes.indexOf(PERCENT, at + 1)
      continue
    }
    let start = at
    while (start > 0 && at - start < LONGEST_WORD && inWord(bytes[start - 1]!)) start--
    let end = at
    let escapes = 0
    const text: number[] = []
    for (let next = start; next < bytes.length && next - at < LONGEST_WORD && inWord(bytes[next]!); ) {
      if (bytes[next] === PERCENT && isEscape(bytes, next)) {
        text.push(hex(bytes[next + 1]!) * 16 + hex(bytes[next + 2]!))
        escapes++
        next += 3
      } else text.push(bytes[next++]!)
      end = next
    }
    // One sign alone changes a letter of a password, and little else.
    if (escapes > 1) {
      view ??= openView()
      view.add(Buffer.from(text), start, end)
      if (view.length > MOST) break
    }
    at = bytes.indexOf(PERCENT, Math.max(end, at + 1))
  }
  return view?.view('in percent encoding', true) ?? null
}
