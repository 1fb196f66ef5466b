import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { openPages } from './pages.ts'

/** A pack or its index is not as it should be, or larger than is read here; git itself is asked instead. */
export class PackFault extends Error {}

/** Kinds of entries, as their headers say. */
export const COMMIT = 1
export const TREE = 2
export const BLOB = 3
export const OFFSET_DELTA = 6
export const NAME_DELTA = 7

/** More objects than this in one pack are git's to read. */
const MOST_OBJECTS = 8_000_000

/** One pack with its index. Entries are numbered in the order of their offsets. */
export interface Pack {
  handle: number
  pages: ReturnType<typeof openPages>
  count: number
  /** Of the object name, bytes. */
  width: number
  /** Names in ascending order, and the entry of each. */
  names: Buffer
  entryOf: Uint32Array
  /** Where the names that begin with a byte end. */
  fanout: Uint32Array
  offsets: Float64Array
  /** Where the entries end: the trailer's offset. */
  end: number
  kinds: Uint8Array
  sizes: Float64Array
  /** Where the compressed part begins. */
  bodies: Float64Array
  /** The entry that a delta is of; -1 for what is none. */
  bases: Int32Array
  close(): void
}

const check = (holds: boolean, what: string): void => {
  if (!holds) throw new PackFault(what)
}

/** Reads the index (version 2) and the headers of all entries. */
export const openPack = (path: string, width: number): Pack => {
  const indexFile = `${path.slice(0, -5)}.idx`
  check(statSync(indexFile).size < 1 << 29, 'the index is very large')
  const index = readFileSync(indexFile)
  check(
    index.length >= 1032 + 2 * width && index.readUInt32BE(0) === 0xff744f63 && index.readUInt32BE(4) === 2,
    'no index of version 2',
  )
  const fanout = Uint32Array.from({ length: 256 }, (_, byte) => index.readUInt32BE(8 + 4 * byte))
  const count = fanout[255]!
  check(
    fanout.every((end, byte) => byte === 0 || end >= fanout[byte - 1]!) && count <= MOST_OBJECTS,
    'the fan-out is not ascending',
  )
  const names = 1032
  const places = names + count * (width + 4)
  const large = places + 4 * count
  check(index.length >= large + 2 * width && (index.length - large - 2 * width) % 8 === 0, 'the index is cut')
  const offsetOf = (at: number): number => {
    const short = index.readUInt32BE(places + 4 * at)
    if (short < 0x80000000) return short
    const place = large + 8 * (short - 0x80000000)
    check(place + 8 <= index.length - 2 * width, 'an offset lies outside the index')
    return Number(index.readBigUInt64BE(place))
  }
  const byName = new Float64Array(count)
  for (let at = 0; at < count; at++) byName[at] = offsetOf(at)
  const offsets = byName.slice().sort()
  const entryOf = new Uint32Array(count)
  for (let at = 0; at < count; at++) entryOf[at] = entryAt({ offsets, count }, byName[at]!)
  const handle = openSync(path, 'r')
  try {
    const pack: Pack = {
      handle,
      pages: openPages(handle),
      count,
      width,
      names: index.subarray(names, names + count * width),
      entryOf,
      fanout,
      offsets,
      end: fstatSync(handle).size - width,
      kinds: new Uint8Array(count),
      sizes: new Float64Array(count),
      bodies: new Float64Array(count),
      bases: new Int32Array(count).fill(-1),
      close: () => closeSync(handle),
    }
    readHeaders(pack)
    return pack
  } catch (error) {
    closeSync(handle)
    throw error
  }
}

/** The longest header: type and size, and the name or distance of the base. */
const HEADER = 64
const CHUNK = 4 << 20

const readHeaders = (pack: Pack): void => {
  const { handle, count, width, offsets, end } = pack
  const head = Buffer.alloc(12)
  readSync(handle, head, 0, 12, 0)
  check(
    head.toString('latin1', 0, 4) === 'PACK' && [2, 3].includes(head.readUInt32BE(4)) && head.readUInt32BE(8) === count,
    'the pack is not the one of its index',
  )
  const chunk = Buffer.alloc(CHUNK + HEADER)
  let start = 0
  let length = 0
  for (let entry = 0; entry < count; entry++) {
    const offset = offsets[entry]!
    check(
      offset >= 12 && offset < end && (entry === 0 || offset > offsets[entry - 1]!),
      'an entry lies outside the pack',
    )
    if (offset + HEADER > start + length && start + length < end) {
      start = offset
      length = readSync(handle, chunk, 0, Math.min(chunk.length, end - start), start)
    }
    let at = offset - start
    const next = (): number => {
      check(at < length, 'an entry is cut')
      return chunk[at++]!
    }
    let byte = next()
    const kind = (byte >> 4) & 7
    let size = byte & 15
    for (let factor = 16; byte & 0x80; factor *= 128) {
      byte = next()
      size += (byte & 0x7f) * factor
      check(size < 2 ** 48, 'an object has no such size')
    }
    if (kind === OFFSET_DELTA) {
      byte = next()
      let distance = byte & 0x7f
      while (byte & 0x80) {
        byte = next()
        distance = (distance + 1) * 128 + (byte & 0x7f)
        check(distance < 2 ** 48, 'a delta has no such base')
      }
      pack.bases[entry] = entryAt(pack, offset - distance)
      check(pack.bases[entry]! >= 0, 'a delta has no such base')
    } else if (kind === NAME_DELTA) {
      check(at + width <= length, 'an entry is cut')
      pack.bases[entry] = entryNamed(pack, chunk, at)
      check(pack.bases[entry]! >= 0, 'a delta has no such base')
      at += width
    } else check(kind >= COMMIT && kind <= 4, 'an entry has no such kind')
    pack.kinds[entry] = kind
    pack.sizes[entry] = size
    pack.bodies[entry] = start + at
  }
}

/** The entry at an offset, or -1. */
const entryAt = ({ offsets, count }: Pick<Pack, 'offsets' | 'count'>, offset: number): number => {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if (offsets[middle]! < offset) low = middle + 1
    else high = middle
  }
  return offsets[low] === offset ? low : -1
}

/** The entry of the object whose name stands at a place, or -1. */
export const entryNamed = ({ names, fanout, width, entryOf }: Pack, bytes: Uint8Array, at: number): number => {
  const first = bytes[at]!
  let low = first === 0 ? 0 : fanout[first - 1]!
  let high = fanout[first]!
  while (low < high) {
    const middle = (low + high) >> 1
    const place = middle * width
    let i = 1
    while (i < width && names[place + i] === bytes[at + i]) i++
    if (i === width) return entryOf[middle]!
    if (names[place + i]! < bytes[at + i]!) low = middle + 1
    else high = middle
  }
  return -1
}

/** The names of the entries, in hex. */
export const namesOf = ({ names, entryOf, count, width }: Pack): ((entry: number) => string) => {
  const placeOf = new Uint32Array(count)
  for (let at = 0; at < count; at++) placeOf[entryOf[at]!] = at
  return (entry) => names.toString('hex', placeOf[entry]! * width, (placeOf[entry]! + 1) * width)
}
