import { gunzipSync } from 'node:zlib'
import { openView, type View } from './view.ts'

/** The shortest run of base64 that is looked at: an access key id of twenty characters has 28. */
const SHORTEST = 24
const LONGEST = 2 << 20
/** All that is decoded of one file. */
const MOST = 4 << 20
/** A line that goes on in the next is at least so long. */
const FULL_LINE = 48

const IN_BASE64 = new Uint8Array(256)
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_')
  IN_BASE64[letter.charCodeAt(0)] = 1
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

/** The next run of base64 characters of at least `SHORTEST`, by looking at every 24th byte. */
const nextRun = (bytes: Uint8Array, from: number): [start: number, end: number] | null => {
  for (let start = from; start + SHORTEST <= bytes.length; ) {
    let at = start + SHORTEST - 1
    while (at >= start && IN_BASE64[bytes[at]!] === 1) at--
    if (at >= start) {
      start = at + 1
      continue
    }
    let end = start + SHORTEST
    while (end < bytes.length && IN_BASE64[bytes[end]!] === 1) end++
    return [start, end]
  }
  return null
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

/** Texts in base64 (either alphabet, over several lines, with gzip in it); null in nearly all files. */
export const base64View = (bytes: Buffer): View | null => {
  let view: ReturnType<typeof openView> | undefined
  for (let run = nextRun(bytes, 0); run !== null; ) {
    let [start, end] = run
    const head = bytes.toString('latin1', start, start + SHORTEST)
    const begin = Buffer.from(head, 'base64')
    // What is drawn, or a word, or a path, decodes to no text.
    const isPacked = begin[0] === 0x1f && begin[1] === 0x8b && begin[2] === 8
    if (isPacked || isText(begin) || isWideText(begin)) {
      const first = start
      let text = ''
      for (let line = start; ; ) {
        text += bytes.toString('latin1', line, Math.min(end, line + LONGEST))
        const next = end - line >= FULL_LINE && text.length < LONGEST ? goesOn(bytes, end) : -1
        if (next < 0) break
        line = next
        end = next
        while (end < bytes.length && IN_BASE64[bytes[end]!] === 1) end++
      }
      start = first
      const decoded = decodedOf(text)
      if (decoded !== null && decoded.length > 0) {
        view ??= openView()
        view.add(decoded, start, end)
        if (view.length > MOST) break
      }
    }
    run = nextRun(bytes, end + 1)
  }
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
