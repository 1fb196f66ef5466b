import { readSync } from 'node:fs'
import { Fault } from './limits.ts'

/** The bytes of a file, or of a part of one. */
export interface Source {
  /** From the beginning to the end; only once, unless there is `at`. */
  chunks(): AsyncIterable<Buffer>
  /** For what can be read at any place. */
  random?: { size: number; at(offset: number, length: number): Buffer }
}

/** What is read of a file at once. */
const CHUNK = 1 << 18

const ofRandom = (size: number, at: (offset: number, length: number) => Buffer): Source => ({
  random: { size, at },
  async *chunks() {
    for (let offset = 0; offset < size; offset += CHUNK) {
      const chunk = at(offset, Math.min(CHUNK, size - offset))
      if (chunk.length === 0) return
      yield chunk
    }
  },
})

export const ofBytes = (bytes: Buffer): Source =>
  ofRandom(bytes.length, (offset, length) => bytes.subarray(offset, offset + length))

export const ofFile = (handle: number, size: number): Source =>
  ofRandom(size, (offset, length) => {
    const buffer = Buffer.allocUnsafe(length)
    let read = 0
    for (let got = -1; got !== 0 && read < length; read += got)
      got = readSync(handle, buffer, read, length - read, offset + read)
    return buffer.subarray(0, read)
  })

/** A part of what can be read at any place. */
export const within = ({ at }: NonNullable<Source['random']>, from: number, size: number): Source =>
  ofRandom(size, (offset, length) => at(from + offset, Math.max(0, Math.min(length, size - offset))))

/**
 * Reads on in a stream of bytes. What it gives is good for ever, and may lie in a chunk: not to be written to. A stream that breaks off with a
 * `Fault` ends there.
 */
export interface Pull {
  /** The next bytes, fewer only at the end, which stay. */
  peek(length: number): Promise<Buffer>
  /** The next bytes, fewer only at the end. */
  take(length: number): Promise<Buffer>
  /** What is next, at most `length` bytes, in the pieces that it comes in. */
  pieces(length: number): AsyncGenerator<Buffer>
  /** Bytes taken so far. */
  readonly taken: number
  /** What the stream broke off with. */
  readonly fault: Fault | undefined
}

export const openPull = (chunks: AsyncIterable<Buffer>): Pull => {
  const iterator = chunks[Symbol.asyncIterator]()
  let held: Buffer = Buffer.alloc(0)
  let ended = false
  let taken = 0
  let fault: Fault | undefined
  const fill = async (length: number): Promise<void> => {
    if (held.length >= length || ended) return
    const parts = [held]
    let size = held.length
    while (size < length) {
      const next = await iterator.next().catch((error: unknown) => {
        if (!(error instanceof Fault)) throw error
        fault = error
      })
      if (next === undefined || next.done === true) {
        ended = true
        break
      }
      parts.push(next.value)
      size += next.value.length
    }
    held = parts.length === 2 && parts[0]!.length === 0 ? parts[1]! : Buffer.concat(parts)
  }
  const cut = (length: number): Buffer => {
    const part = held.subarray(0, length)
    held = held.subarray(part.length)
    taken += part.length
    return part
  }
  return {
    get taken() {
      return taken
    },
    get fault() {
      return fault
    },
    async peek(length) {
      if (held.length < length) await fill(length)
      return held.subarray(0, length)
    },
    async take(length) {
      if (held.length < length) await fill(length)
      return cut(length)
    },
    async *pieces(length) {
      for (let left = length; left > 0; ) {
        if (held.length === 0) await fill(1)
        if (held.length === 0) return
        const piece = cut(Math.min(left, held.length))
        left -= piece.length
        yield piece
      }
    },
  }
}

/** All of it, up to `most` bytes; null when there is more. */
export const gather = async (chunks: AsyncIterable<Buffer>, most: number): Promise<Buffer | null> => {
  const parts: Buffer[] = []
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > most) return null
    parts.push(chunk)
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
}
