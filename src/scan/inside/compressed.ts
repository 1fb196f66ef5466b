import type { Transform } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createGunzip, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib'
import { bunzip } from './bzip2.ts'
import { type Budget, Fault, Halt } from './limits.ts'
import { openPull, type Pull } from './source.ts'
import { unxz } from './xz.ts'

export type Method = 'gzip' | 'zstd' | 'bzip2' | 'xz' | 'deflate' | 'zlib'

const FRAME = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])

/** Each piece is read before the next is made, so that nothing is lost when the stream breaks off. */
const OPTIONS = { chunkSize: 1 << 16, readableHighWaterMark: 1 }
/** What is given to zlib at once: at most some thousand times as much comes out of it. */
const SLICE = 1 << 16

const decompressor = (method: 'gzip' | 'deflate' | 'zlib'): Transform => {
  switch (method) {
    case 'gzip':
      return createGunzip(OPTIONS)
    case 'deflate':
      return createInflateRaw(OPTIONS)
    case 'zlib':
      return createInflate(OPTIONS)
  }
}

/**
 * What comes out of compressed bytes. Throws a `Fault` where they are cut or damaged, or are a bomb; what came until then is good. When it
 * returns, nothing is read of `chunks` any more.
 */
export async function* decompressed(
  chunks: AsyncIterable<Buffer>,
  method: Method,
  budget: Budget,
): AsyncGenerator<Buffer> {
  let from = 0
  let to = 0
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of chunks)
      for (let at = 0; at < chunk.length; at += SLICE) {
        const slice = chunk.subarray(at, at + SLICE)
        from += slice.length
        yield slice
      }
  }
  const pieces =
    method === 'bzip2'
      ? bunzip(counted())
      : method === 'xz'
        ? unxz(counted())
        : method === 'zstd'
          ? frames(counted())
          : through(counted(), decompressor(method))
  try {
    for await (const piece of pieces) {
      to += piece.length
      budget.unpacked(piece.length)
      budget.grown(from, to)
      yield piece
    }
  } catch (error) {
    throw faultOf(error)
  }
}

const faultOf = (error: unknown): unknown => {
  if (error instanceof Fault || error instanceof Halt) return error
  const { code } = error as NodeJS.ErrnoException
  if (code === 'Z_BUF_ERROR' || code === 'ERR_ZSTD_SRCSIZE_WRONG')
    return new Fault('it is cut: its end is missing', { cause: error })
  return code !== undefined && /^(Z_|ZSTD_|ERR_ZSTD|ERR_ZLIB|ERR_PADDING)/.test(code)
    ? new Fault('it is damaged; the rest was not read', { cause: error })
    : error
}

async function* through(chunks: AsyncIterable<Buffer>, stream: Transform): AsyncGenerator<Buffer> {
  let stopped = false
  let wake = (): void => {}
  const awake = (): void => wake()
  stream.on('drain', awake).on('close', awake)
  const feed = async (): Promise<void> => {
    try {
      for await (const chunk of chunks) {
        if (stopped) return
        if (!stream.write(chunk) && !stream.destroyed)
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        if (stopped) return
      }
      while (stream.readableLength > 0 && !stopped) await nextTurn()
      stream.end()
    } catch (error) {
      stream.destroy(error as Error)
    }
  }
  const feeding = feed()
  try {
    for await (const piece of stream) yield piece
  } finally {
    stopped = true
    stream.destroy()
    awake()
    await feeding
  }
}

/** Frames of zstd one behind the other: Node's decompressor stops behind the first. */
async function* frames(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const pull = openPull(chunks)
  for (;;) {
    const magic = await pull.peek(4)
    if (magic.length === 0) return
    if (magic.length === 4 && (magic.readUInt32LE(0) & 0xfffffff0) >>> 0 === 0x184d2a50) {
      const head = await pull.take(8)
      if (head.length === 8) for await (const _ of pull.pieces(head.readUInt32LE(4)));
    } else if (magic.equals(FRAME)) yield* through(frameOf(pull), createZstdDecompress(OPTIONS))
    else throw new Fault('something that is no zstd is in it and was not read')
  }
}

/** The bytes of the next frame. */
async function* frameOf(pull: Pull): AsyncGenerator<Buffer> {
  const { 4: flags = 0 } = await pull.peek(5)
  const single = (flags >> 5) & 1
  yield await pull.take(5 + (1 - single) + [0, 1, 2, 4][flags & 3]! + [single, 2, 4, 8][flags >> 6]!)
  for (let last = false; !last; ) {
    const head = await pull.take(3)
    yield head
    if (head.length < 3) return
    last = (head[0]! & 1) === 1
    const isRun = ((head[0]! >> 1) & 3) === 1
    yield* pull.pieces(isRun ? 1 : head.readUIntLE(0, 3) >> 3)
  }
  if (flags & 4) yield await pull.take(4)
}
