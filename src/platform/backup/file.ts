import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdCompress, createZstdDecompress } from 'node:zlib'
import { z } from 'zod'
import { messageOf, ReeveError } from '../../sdk/index.ts'

/**
 * A backup file: one line of magic, then zstd over frames. A frame is a kind (1 byte), a length (4 bytes, big endian) and a
 * body. The last frame holds the SHA-256 of all before it, so a file that was cut or changed is known before it is used.
 */
const MAGIC = Buffer.from('reeve backup 1\n')
const MOST = 1024 * 1024 * 1024

export const Manifest = z.object({
  made: z.string(),
  postgres: z.string(),
  migrations: z.array(
    z.object({ schema: z.string(), number: z.number().int(), name: z.string(), checksum: z.string() }),
  ),
  tables: z.array(z.object({ schema: z.string(), name: z.string(), columns: z.array(z.string()) })),
  /** Ids of the keys that opened the sealed values. */
  keys: z.array(z.string()),
  /** The installation key itself, sealed under a passphrase. */
  key: z.object({ salt: z.string(), sealed: z.string() }).nullable(),
})
export type Manifest = z.infer<typeof Manifest>

export type Frame =
  | { kind: 'manifest'; manifest: Manifest }
  /** What follows belongs to the table, in the order of the manifest. */
  | { kind: 'table'; index: number }
  | { kind: 'rows'; bytes: Buffer }
  | { kind: 'sequence'; schema: string; name: string; last: string; called: boolean }

const KINDS = ['manifest', 'table', 'rows', 'sequence', 'end'] as const

/** Writes the frames beside the file first; the file is there only when it is whole and on the disk. */
export async function writeBackupFile(file: string, frames: AsyncIterable<Frame>): Promise<void> {
  const half = `${file}.part`
  try {
    await pipeline(
      Readable.from(encode(frames)),
      createZstdCompress(),
      withMagic,
      createWriteStream(half, { mode: 0o600, flags: 'wx' }),
    )
    const handle = await open(half, 'r')
    await handle.sync()
    await handle.close()
    await rename(half, file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EEXIST') await rm(half, { force: true })
    if (error instanceof ReeveError) throw error
    if (code === 'EEXIST')
      throw new ReeveError(
        'backup/in-progress',
        `writing ${file}: ${half} is there; another backup is being written, or was cut short and may be deleted`,
      )
    if (code === 'ENOSPC')
      throw new ReeveError('backup/disk-full', `writing ${file}: the disk is full`, { cause: error })
    throw new ReeveError('backup/unwritable', `writing ${file}: ${messageOf(error)}`, { cause: error })
  }
}

/** Reads the frames. Throws `backup/not-one`, `backup/damaged`; what was yielded before a damage was found is not to be kept. */
export async function* readBackupFile(file: string): AsyncGenerator<Frame> {
  let first: Buffer
  try {
    const handle = await open(file)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0)
    first = buffer.subarray(0, bytesRead)
    await handle.close()
  } catch (error) {
    throw new ReeveError('backup/unreadable', `reading ${file}: ${messageOf(error)}`, { cause: error })
  }
  if (!first.equals(MAGIC)) {
    if (/^reeve backup \d+\n$/.test(first.toString('latin1')))
      throw new ReeveError('backup/newer', `reading ${file}: it was made by a newer reeve; restore it with that`)
    throw new ReeveError('backup/not-one', `reading ${file}: it is not a backup of reeve`)
  }
  const source = createReadStream(file, { start: MAGIC.length })
  const unpacked = createZstdDecompress()
  // Errors of either reach us through the loop.
  const packed = pipeline(source, unpacked).catch(() => {})
  try {
    yield* decode(unpacked)
  } catch (error) {
    if (error instanceof ReeveError) throw error
    throw new ReeveError('backup/damaged', `reading ${file}: it is cut short or was changed; take another copy`, {
      cause: error,
    })
  } finally {
    source.destroy()
    unpacked.destroy()
    await packed
  }
}

async function* encode(frames: AsyncIterable<Frame>): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  const parts = (kind: (typeof KINDS)[number], body: Buffer): Buffer[] => {
    const head = Buffer.alloc(5)
    head.writeUInt8(KINDS.indexOf(kind))
    head.writeUInt32BE(body.length, 1)
    return [head, body]
  }
  for await (const frame of frames) {
    for (const part of parts(frame.kind, bodyOf(frame))) {
      hash.update(part)
      yield part
    }
  }
  yield* parts('end', hash.digest())
}

function bodyOf(frame: Frame): Buffer {
  if (frame.kind === 'rows') return frame.bytes
  if (frame.kind === 'manifest') return Buffer.from(JSON.stringify(frame.manifest))
  return Buffer.from(JSON.stringify({ ...frame, kind: undefined }))
}

async function* decode(stream: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  const hash = createHash('sha256')
  const take = reader(stream)
  for (;;) {
    const head = await take(5)
    const kind = KINDS[head.readUInt8()]
    const length = head.readUInt32BE(1)
    if (kind === undefined || length > MOST) throw new Error('not a frame')
    const body = await take(length)
    if (kind === 'end') {
      if (!body.equals(hash.digest())) throw new Error('the checksum is another')
      return
    }
    hash.update(head).update(body)
    if (kind === 'rows') yield { kind, bytes: body }
    else if (kind === 'manifest') yield { kind, manifest: Manifest.parse(JSON.parse(body.toString('utf8'))) }
    else yield { kind, ...JSON.parse(body.toString('utf8')) }
  }
}

/** Takes exactly so many bytes from a stream; throws when it ends before. */
function reader(stream: AsyncIterable<Buffer>): (count: number) => Promise<Buffer> {
  const chunks = stream[Symbol.asyncIterator]()
  let held: Buffer[] = []
  let have = 0
  return async (count) => {
    while (have < count) {
      const next = await chunks.next()
      if (next.done) throw new Error('cut short')
      held.push(next.value)
      have += next.value.length
    }
    const all = held.length === 1 ? held[0]! : Buffer.concat(held)
    held = [all.subarray(count)]
    have -= count
    return all.subarray(0, count)
  }
}

async function* withMagic(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield MAGIC
  yield* packed
}
