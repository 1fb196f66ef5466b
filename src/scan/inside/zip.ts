import { crc32, inflateRawSync } from 'node:zlib'
import { decompressed, type Method } from './compressed.ts'
import { type Budget, Fault } from './limits.ts'
import { ofBytes, type Source, within } from './source.ts'

export interface ZipEntry {
  name: string
  /** As the directory has it. */
  size: number
  /** Why the content cannot be had. */
  problem?: string
  /** The content, which ends with a `Fault` where it is not what the directory says. */
  source: Source
}

export interface Zip {
  entries(isWanted?: (name: string) => boolean): AsyncGenerator<ZipEntry>
  /** Bytes before the first entry: a program or a script. */
  head: number
  /** What somebody wrote about the archive. */
  comment: Buffer
  /** Why it was read by its entries alone. */
  problem?: string
}

type Random = NonNullable<Source['random']>

interface Listed {
  name: string
  flags: number
  method: number
  crc: number
  packed: number
  size: number
  /** Of its local header. */
  offset: number
}

const METHODS: Record<number, Method | 'stored'> = { 0: 'stored', 8: 'deflate', 12: 'bzip2', 93: 'zstd', 95: 'xz' }
/** Smaller ones are unpacked at once, in memory. */
const SMALL = { packed: 1 << 20, size: 1 << 22 }
const END = 22
const wide = (bytes: Buffer, at: number): number => {
  const value = bytes.readUInt32LE(at + 4) * 2 ** 32 + bytes.readUInt32LE(at)
  return Number.isSafeInteger(value) ? value : Number.MAX_SAFE_INTEGER
}

/** The end of the directory: where it begins, how long it is, how many entries it has. Null where there is none. */
const endOf = (random: Random) => {
  const tail = random.at(Math.max(0, random.size - END - 0xffff), END + 0xffff)
  for (let at = tail.length - END; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== 0x06054b50) continue
    const length = tail.readUInt16LE(at + 20)
    if (at + END + length > tail.length) continue
    const place = random.size - tail.length + at
    const comment = tail.subarray(at + END, at + END + length)
    let [count, size, offset] = [tail.readUInt16LE(at + 10), tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)]
    let end = place
    if (count === 0xffff || size === 0xffffffff || offset === 0xffffffff) {
      const locator = random.at(Math.max(0, place - 20), 20)
      if (place >= 20 && locator.length === 20 && locator.readUInt32LE(0) === 0x07064b50) {
        const found = random.at(wide(locator, 8), 56)
        if (found.length === 56 && found.readUInt32LE(0) === 0x06064b50) {
          ;[count, size, offset] = [wide(found, 32), wide(found, 40), wide(found, 48)]
          end = wide(locator, 8)
        }
      }
    }
    // What stands before the zip moves everything by its length.
    const moved = end - size - offset
    if (size > end || moved < 0) continue
    return { offset: offset + moved, size, count, moved, comment }
  }
  return null
}

/** Sizes and places beyond 4 GiB stand in an extra field, in this order, each only where it is needed. */
const widen = (entry: Listed, extra: Buffer): void => {
  for (let at = 0; at + 4 <= extra.length; ) {
    const [id, length] = [extra.readUInt16LE(at), extra.readUInt16LE(at + 2)]
    const field = extra.subarray(at + 4, at + 4 + length)
    at += 4 + length
    if (id !== 1) continue
    let next = 0
    for (const key of ['size', 'packed', 'offset'] as const) {
      if (entry[key] !== 0xffffffff || next + 8 > field.length) continue
      entry[key] = wide(field, next)
      next += 8
    }
  }
}

function listedIn(
  random: Random,
  { offset, size, count, moved }: NonNullable<ReturnType<typeof endOf>>,
  budget: Budget,
) {
  const listed: Listed[] = []
  let problem: string | undefined
  const WINDOW = 1 << 20
  let window = random.at(offset, Math.min(size, WINDOW))
  let start = offset
  for (let at = offset; at + 46 <= offset + size && listed.length < count; ) {
    if (at + 46 + 3 * 0xffff > start + window.length && start + window.length < offset + size) {
      window = random.at(at, Math.min(offset + size - at, WINDOW))
      start = at
    }
    const head = window.subarray(at - start)
    if (head.length < 46 || head.readUInt32LE(0) !== 0x02014b50) break
    const [name, extra, comment] = [head.readUInt16LE(28), head.readUInt16LE(30), head.readUInt16LE(32)]
    if (head.length < 46 + name + extra) break
    budget.entry()
    const entry: Listed = {
      flags: head.readUInt16LE(8),
      method: head.readUInt16LE(10),
      crc: head.readUInt32LE(16),
      packed: head.readUInt32LE(20),
      size: head.readUInt32LE(24),
      offset: head.readUInt32LE(42),
      name: head.toString('utf8', 46, 46 + name),
    }
    widen(entry, head.subarray(46 + name, 46 + name + extra))
    entry.offset += moved
    listed.push(entry)
    at += 46 + name + extra + comment
  }
  if (listed.length < count) problem = 'its directory is damaged; some entries were not read'
  return { listed, problem }
}

/** Entries found one behind the other from the beginning, for a zip whose end is missing. */
function walked(random: Random, budget: Budget): Listed[] {
  const listed: Listed[] = []
  for (let at = 0; ; ) {
    const head = random.at(at, 30)
    if (head.length < 30 || head.readUInt32LE(0) !== 0x04034b50) return listed
    budget.entry()
    const [name, extra] = [head.readUInt16LE(26), head.readUInt16LE(28)]
    const rest = random.at(at + 30, name + extra)
    const flags = head.readUInt16LE(6)
    const entry: Listed = {
      flags,
      method: head.readUInt16LE(8),
      crc: head.readUInt32LE(14),
      packed: head.readUInt32LE(18),
      size: head.readUInt32LE(22),
      offset: at,
      name: rest.toString('utf8', 0, name),
    }
    widen(entry, rest.subarray(name))
    listed.push(entry)
    // Its length stands behind it, so that what follows cannot be found.
    if (flags & 8 && entry.packed === 0) {
      entry.packed = random.size - at - 30 - name - extra
      entry.size = Number.MAX_SAFE_INTEGER
      return listed
    }
    at += 30 + name + extra + entry.packed
  }
}

/** A zip (zip64, stored, deflate, bzip2, zstd), by its directory. */
export const openZip = (random: Random, budget: Budget): Zip => {
  const end = endOf(random)
  const found = end === null ? { listed: walked(random, budget), problem: undefined } : listedIn(random, end, budget)
  const listed = found.listed.sort((a, b) => a.offset - b.offset)
  const problem = end === null ? 'it is cut: its directory is missing' : found.problem
  const behind = end?.offset ?? random.size
  return {
    comment: end?.comment ?? Buffer.alloc(0),
    head: Math.min(listed[0]?.offset ?? 0, random.size),
    ...(problem === undefined ? {} : { problem }),
    async *entries(isWanted) {
      let taken = 0
      for (const entry of listed) {
        budget.clock()
        if (isWanted?.(entry.name) === false) continue
        const { name, flags, method, offset, packed, size } = entry
        const refused = (reason: string): ZipEntry => ({
          name,
          size,
          problem: reason,
          source: ofBytes(Buffer.alloc(0)),
        })
        const head = random.at(offset, 30)
        const from = offset + 30 + (head.length < 30 ? 0 : head.readUInt16LE(26) + head.readUInt16LE(28))
        if (head.length < 30 || head.readUInt32LE(0) !== 0x04034b50) yield refused('it is not where the directory says')
        else if (flags & 1 || flags & 0x2000) yield refused('it is encrypted')
        else if (offset < taken || (end !== null && from + packed > behind)) yield refused('it overlaps another entry')
        else if (METHODS[method] === undefined) yield refused(`it is compressed by method ${method}, which is not read`)
        else {
          taken = from + packed
          yield { name, size, source: contentOf(random, from, entry, METHODS[method], budget) }
        }
      }
    },
  }
}

const contentOf = (
  random: Random,
  from: number,
  { packed, size, crc, flags }: Listed,
  method: Method | 'stored',
  budget: Budget,
): Source => {
  const part = within(random, from, packed)
  const sized = size !== Number.MAX_SAFE_INTEGER
  if (method === 'deflate' && packed <= SMALL.packed && size <= SMALL.size) {
    const bytes = inflatedAtOnce(part.random!.at(0, packed), size)
    if (bytes !== null && crc32(bytes) === crc) {
      budget.unpacked(size)
      return ofBytes(bytes)
    }
  }
  return {
    async *chunks() {
      let length = 0
      let sum = 0
      for await (const chunk of method === 'stored' ? part.chunks() : decompressed(part.chunks(), method, budget)) {
        if (method === 'stored') budget.unpacked(chunk.length)
        length += chunk.length
        sum = crc32(chunk, sum)
        yield chunk
      }
      if (!sized) return
      if (length !== size) throw new Fault(`it has ${length} bytes where ${size} are stated`)
      if (sum !== crc && !(flags & 8 && crc === 0)) throw new Fault('it is damaged: its checksum is another')
    },
  }
}

const inflatedAtOnce = (packed: Buffer, size: number): Buffer | null => {
  try {
    const bytes = inflateRawSync(packed, { maxOutputLength: Math.max(1, size) })
    return bytes.length === size ? bytes : null
  } catch {
    return null
  }
}
