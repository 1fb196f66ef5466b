import { open } from 'node:fs/promises'
import { messageOf, ReeveError } from '../../sdk/index.ts'
import { SECTIONS, type Section } from './authorization.ts'

/** One detail of a list, what is wrong at a place of the file, or at the end of an answer whether another page follows. */
export type Piece = { section: Section; detail: unknown } | { fault: string } | { more: boolean }

const CHUNK = 1 << 20
/** A detail with all its inline policies and versions is far below this. */
const MOST_BYTES = 16 << 20
const [QUOTE, BACKSLASH, OPEN, OPEN_LIST] = [0x22, 0x5c, 0x7b, 0x5b] as const
const IS_BRACKET = Uint8Array.from({ length: 256 }, (_, byte) => ('{}[]'.includes(String.fromCharCode(byte)) ? 1 : 0))

/**
 * The details in a file of `get-account-authorization-details`, one by one: only one of them is in memory. It finds where each
 * begins and ends by its brackets and leaves the reading to JSON.parse, so a wrong one does not hide those behind it. Several
 * answers in one file, as a loop over pages writes them, are read too. Throws `aws/file` when there is no such file.
 */
export async function* readAuthorizationFile(path: string, signal: AbortSignal): AsyncGenerator<Piece> {
  const file = await open(path).catch((cause: unknown) => {
    throw new ReeveError('aws/file', `opening ${path}: ${messageOf(cause)}`, { cause })
  })
  try {
    const buffer = Buffer.alloc(CHUNK)
    const splitter = createSplitter()
    let first = true
    for (;;) {
      signal.throwIfAborted()
      const { bytesRead } = await file.read(buffer, 0, CHUNK, null)
      if (bytesRead === 0) break
      if (first && isWide(buffer.subarray(0, bytesRead))) {
        yield { fault: 'it is UTF-16, which PowerShell writes: save it as UTF-8' }
        return
      }
      first = false
      yield* splitter.pieces(buffer.subarray(0, bytesRead))
    }
    yield* splitter.end()
  } finally {
    await file.close()
  }
}

const isWide = (head: Buffer): boolean =>
  (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)

/** Cuts bytes as they come. Depth 1 is inside the answer, 2 inside one of its lists, 3 inside a detail. */
export function createSplitter(): { pieces(bytes: Buffer): Generator<Piece>; end(): Generator<Piece> } {
  let depth = 0
  let inString = false
  let escaped = false
  /** What stands between the lists: names, marks of more pages. */
  let between = ''
  let ends = ''
  let section: Section | undefined
  let parts: Buffer[] = []
  let size = 0
  let details = 0
  let answers = 0
  let lists = 0

  const keep = (bytes: Buffer) => {
    size += bytes.length
    if (size <= MOST_BYTES) parts.push(Buffer.from(bytes))
    else parts = []
  }
  const taken = (rest: Buffer): Piece => {
    const length = size + rest.length
    // Nearly every detail lies whole in what came, and is not copied.
    const text = length > MOST_BYTES ? '' : (size === 0 ? rest : Buffer.concat([...parts, rest])).toString('utf8')
    parts = []
    size = 0
    const where = `${section}, detail ${++details} of the file`
    if (length > MOST_BYTES) return { fault: `${where}: it is larger than ${MOST_BYTES >> 20} MiB` }
    try {
      return { section: section!, detail: JSON.parse(text) }
    } catch {
      return { fault: `${where}: it is not JSON` }
    }
  }
  /** Where the next bracket outside of strings is, from `at` on; the length where there is none. */
  const bracketFrom = (bytes: Buffer, from: number): number => {
    let [at, inside, escapes] = [from, inString, escaped]
    for (; at < bytes.length; at++) {
      const byte = bytes[at]!
      if (inside) {
        if (escapes) escapes = false
        else if (byte === BACKSLASH) escapes = true
        else if (byte === QUOTE) inside = false
      } else if (byte === QUOTE) inside = true
      else if (byte >= OPEN_LIST && IS_BRACKET[byte] === 1) break
    }
    inString = inside
    escaped = escapes
    return at
  }

  return {
    *pieces(bytes) {
      // Where what is kept begins in this chunk: a detail, or at depth 1 the text between lists.
      let from = 0
      for (let at = bracketFrom(bytes, 0); at < bytes.length; at = bracketFrom(bytes, at + 1)) {
        const byte = bytes[at]!
        if (byte === OPEN || byte === OPEN_LIST) {
          depth++
          if (depth === 1) {
            answers++
            from = at + 1
            between = ''
          } else if (depth === 2) {
            between += bytes.toString('latin1', from, at).slice(-1000)
            ends = (ends + between).slice(-2000)
            const name = /"([^"\\]+)"\s*:\s*$/.exec(between)?.[1]
            section = byte === OPEN_LIST ? SECTIONS.find((one) => one === name) : undefined
            if (section !== undefined) lists++
          } else if (depth === 3) from = at
        } else {
          depth--
          if (depth === 2 && section !== undefined) yield taken(bytes.subarray(from, at + 1))
          else if (depth === 1) {
            from = at + 1
            between = ''
          } else if (depth === 0) {
            between += bytes.toString('latin1', from, at).slice(-1000)
            yield { more: /"(IsTruncated"\s*:\s*true|NextToken"\s*:\s*"|Marker"\s*:\s*")/.test(ends + between) }
            ends = ''
          } else if (depth < 0) {
            depth = 0
            yield { fault: 'a bracket closes that was never opened' }
          }
        }
      }
      if (depth >= 3 && section !== undefined) keep(bytes.subarray(from))
      else if (depth === 1) between = (between + bytes.toString('latin1', from)).slice(-1000)
    },
    *end() {
      if (depth > 0 || inString) yield { fault: `it ends in the middle, after ${details} details` }
      else if (answers === 0) yield { fault: 'it holds no JSON object' }
      else if (lists === 0) yield { fault: `it has none of the lists ${SECTIONS.join(', ')}` }
    },
  }
}
