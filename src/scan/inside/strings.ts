import { openView, type View } from './view.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const SHORTEST_WIDE = 8

const isPrinted = (byte: number): boolean => (byte >= 0x20 && byte < 0x7f) || byte === 9 || byte === 10 || byte === 13

/** The strings of a JSON file that are values, with their escapes undone, each on lines of its own. */
const stringsView = (bytes: Buffer, name: string): View | null => {
  const view = openView()
  for (let open = bytes.indexOf(QUOTE); open >= 0; ) {
    let close = open + 1
    let isEscaped = false
    while (close < bytes.length && bytes[close] !== QUOTE) {
      if (bytes[close] === BACKSLASH) {
        isEscaped = true
        close++
      }
      close++
    }
    let next = close + 1
    while (next < bytes.length && bytes[next]! <= 0x20) next++
    if (bytes[next] !== 0x3a && close > open + 1) {
      const raw = bytes.subarray(open + 1, Math.min(close, bytes.length))
      const text = isEscaped ? unescaped(raw) : raw
      if (text !== null) view.add(text, open + 1, close)
    }
    open = bytes.indexOf(QUOTE, close + 1)
  }
  return view.view('', true, name)
}

const unescaped = (raw: Buffer): Buffer | null => {
  try {
    return Buffer.from(String(JSON.parse(`"${raw.toString('utf8')}"`)))
  } catch {
    return null
  }
}

/** Notebooks have their cells, and images their variables, labels and commands, as strings in JSON. */
export const documentView = (bytes: Buffer, file: string): View | null => {
  let start = 0
  while (start < 64 && bytes[start]! <= 0x20) start++
  if (bytes[start] !== 0x7b) return null
  const isNotebook = file.endsWith('.ipynb') && bytes.includes('"cells"')
  if (isNotebook) return stringsView(bytes, 'cells.py')
  return bytes.includes('"rootfs"') && bytes.includes('"history"') ? stringsView(bytes, 'config') : null
}

/** What a program or another binary file has as text in two bytes a character. */
export const wideView = (bytes: Buffer): View | null => {
  const zero = bytes.subarray(0, 1024).indexOf(0)
  if (zero < 0) return null
  let view: ReturnType<typeof openView> | undefined
  for (let at = 0; at + 2 * SHORTEST_WIDE <= bytes.length; at += SHORTEST_WIDE) {
    // A run of eight covers one of these places; its characters stand at even or at odd ones.
    const odd = bytes[at] === 0 ? 1 : 0
    if (
      bytes[at + 1 - odd] !== 0 ||
      bytes[at + 3 - odd] !== 0 ||
      !isPrinted(bytes[at + odd]!) ||
      !isPrinted(bytes[at + 2 + odd]!)
    )
      continue
    let start = at + odd
    while (start >= 2 && bytes[start - 1] === 0 && isPrinted(bytes[start - 2]!)) start -= 2
    let end = at + odd
    while (end + 1 < bytes.length && bytes[end + 1] === 0 && isPrinted(bytes[end]!)) end += 2
    if (end - start >= 2 * SHORTEST_WIDE) {
      view ??= openView()
      view.add(Buffer.from(bytes.toString('utf16le', start, end), 'latin1'), start, end)
    }
    at = Math.max(at, end - (end % SHORTEST_WIDE))
  }
  return view?.view('as text of two bytes a character') ?? null
}
