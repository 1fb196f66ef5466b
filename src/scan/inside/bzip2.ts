import { Fault } from './limits.ts'
import { openPull } from './source.ts'

/** More than the largest block takes, whatever is in it: 900,000 symbols of 20 bits, and its tables. */
const BLOCK_INPUT = 2_400_000
const MOST_SYMBOLS = 258
const GROUP = 50
const BLOCK = [0x3141, 0x5926, 0x5359].join()
const END = [0x1772, 0x4538, 0x5090].join()
const damaged = (): Fault => new Fault('it is damaged; the rest was not read')

/** Bits from the high end of each byte. */
const openBits = (bytes: Buffer, from: number) => {
  let at = from
  let bits = 0
  let count = 0
  /** At most 16 at once. */
  const read = (width: number): number => {
    while (count < width) {
      if (at >= bytes.length) throw new Fault('it is cut: its end is missing')
      bits = ((bits << 8) | bytes[at++]!) & 0x3fffffff
      count += 8
    }
    count -= width
    return (bits >>> count) & ((1 << width) - 1)
  }
  return {
    read,
    /** The first byte that is not used up, and its used bits. */
    place: () => ({ byte: Math.floor((at * 8 - count) / 8), bit: (at * 8 - count) & 7 }),
    align(): void {
      count -= count & 7
    },
  }
}
type Bits = ReturnType<typeof openBits>

interface Table {
  limits: Int32Array
  bases: Int32Array
  symbols: Uint16Array
  shortest: number
}

/** Codes of each length are consecutive numbers. */
const tableOf = (lengths: Uint8Array): Table => {
  const symbols = new Uint16Array(lengths.length)
  const limits = new Int32Array(22).fill(-1)
  const bases = new Int32Array(22)
  let code = 0
  let index = 0
  let shortest = 20
  for (let length = 1; length <= 20; length++) {
    bases[length] = index - code
    for (const [symbol, own] of lengths.entries())
      if (own === length) {
        symbols[index++] = symbol
        code++
        shortest = Math.min(shortest, length)
      }
    limits[length] = code - 1
    code <<= 1
  }
  return { limits, bases, symbols, shortest }
}

const symbolOf = (bits: Bits, { limits, bases, symbols, shortest }: Table): number => {
  let length = shortest
  let code = bits.read(length)
  while (code > limits[length]!) {
    if (++length > 20) throw damaged()
    code = (code << 1) | bits.read(1)
  }
  const symbol = symbols[bases[length]! + code]
  if (symbol === undefined) throw damaged()
  return symbol
}

const tablesOf = (bits: Bits, alphabet: number): { tables: Table[]; selectors: Uint8Array } => {
  const groups = bits.read(3)
  if (groups < 2 || groups > 6) throw damaged()
  const selectors = new Uint8Array(bits.read(15))
  const order = Array.from({ length: groups }, (_, at) => at)
  for (let at = 0; at < selectors.length; at++) {
    let place = 0
    while (bits.read(1) === 1) if (++place >= groups) throw damaged()
    const [chosen] = order.splice(place, 1)
    order.unshift(chosen!)
    selectors[at] = chosen!
  }
  const tables = Array.from({ length: groups }, () => {
    const lengths = new Uint8Array(alphabet)
    let length = bits.read(5)
    for (let symbol = 0; symbol < alphabet; symbol++) {
      for (;;) {
        if (length < 1 || length > 20) throw damaged()
        if (bits.read(1) === 0) break
        length += bits.read(1) === 0 ? 1 : -1
      }
      lengths[symbol] = length
    }
    return tableOf(lengths)
  })
  return { tables, selectors }
}

/** The last column of the sorted rotations, and how often each byte is in it. */
const columnOf = (bits: Bits, room: Uint32Array, counts: Int32Array): number => {
  const used: number[] = []
  const sixteens = bits.read(16)
  for (let high = 0; high < 16; high++) {
    if (((sixteens >> (15 - high)) & 1) === 0) continue
    const ones = bits.read(16)
    for (let low = 0; low < 16; low++) if ((ones >> (15 - low)) & 1) used.push(high * 16 + low)
  }
  if (used.length === 0) throw damaged()
  const alphabet = used.length + 2
  if (alphabet > MOST_SYMBOLS) throw damaged()
  const { tables, selectors } = tablesOf(bits, alphabet)
  counts.fill(0)
  let size = 0
  let run = 0
  let weight = 1
  let left = 0
  let next = 0
  let table: Table | undefined
  for (;;) {
    if (left === 0) {
      table = tables[selectors[next++]!]
      if (table === undefined) throw damaged()
      left = GROUP
    }
    left--
    const symbol = symbolOf(bits, table!)
    if (symbol <= 1) {
      run += weight << symbol
      weight <<= 1
      if (run > room.length) throw damaged()
      continue
    }
    if (run > 0) {
      if (size + run > room.length) throw damaged()
      const byte = used[0]!
      room.fill(byte, size, size + run)
      counts[byte]! += run
      size += run
      run = 0
    }
    weight = 1
    if (symbol === alphabet - 1) return size
    const [byte] = used.splice(symbol - 1, 1)
    used.unshift(byte!)
    if (size >= room.length) throw damaged()
    room[size++] = byte!
    counts[byte!]!++
  }
}

/** The text of a block, from its sorted rotations; four of a byte are followed by how many more there are. */
const textOf = (room: Uint32Array, size: number, counts: Int32Array, origin: number): Buffer[] => {
  if (size === 0) return []
  if (origin >= size) throw damaged()
  const starts = new Int32Array(256)
  for (let byte = 1; byte < 256; byte++) starts[byte] = starts[byte - 1]! + counts[byte - 1]!
  for (let at = 0; at < size; at++) {
    const place = starts[room[at]! & 0xff]!++
    room[place] = room[place]! | (at << 8)
  }
  const pieces: Buffer[] = []
  let piece = Buffer.allocUnsafe(1 << 18)
  let filled = 0
  let at = room[origin]! >>> 8
  let last = -1
  let same = 0
  for (let left = size; left > 0; left--) {
    const row = room[at]!
    at = row >>> 8
    const byte = row & 0xff
    if (filled + 256 > piece.length) {
      pieces.push(piece.subarray(0, filled))
      piece = Buffer.allocUnsafe(1 << 18)
      filled = 0
    }
    if (same === 4) {
      piece.fill(last, filled, filled + byte)
      filled += byte
      same = 0
      last = -1
      continue
    }
    same = byte === last ? same + 1 : 1
    last = byte
    piece[filled++] = byte
  }
  pieces.push(piece.subarray(0, filled))
  return pieces
}

/** What comes out of bzip2 (the format of `BZh`, streams one behind the other). Checksums are not looked at. */
export async function* bunzip(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const pull = openPull(chunks)
  const counts = new Int32Array(256)
  let room = new Uint32Array(0)
  let inStream = false
  let bit = 0
  let first = true
  for (;;) {
    const bytes = await pull.peek(BLOCK_INPUT)
    if (!inStream) {
      if (bytes.length === 0 && !first) return
      const level = bytes[3]! - 0x30
      if (bytes.toString('latin1', 0, 3) !== 'BZh' || !(level >= 1 && level <= 9)) {
        if (first) throw damaged()
        throw new Fault('something follows its end and was not read')
      }
      if (room.length !== level * 100_000) room = new Uint32Array(level * 100_000)
      await pull.take(4)
      inStream = true
      first = false
      bit = 0
      continue
    }
    const bits = openBits(bytes, 0)
    bits.read(bit)
    const magic = [bits.read(16), bits.read(16), bits.read(16)].join()
    bits.read(16)
    bits.read(16)
    if (magic === END) {
      bits.align()
      await pull.take(bits.place().byte)
      inStream = false
      continue
    }
    if (magic !== BLOCK || bits.read(1) !== 0) throw damaged()
    const origin = bits.read(8) * 65_536 + bits.read(16)
    const size = columnOf(bits, room, counts)
    yield* textOf(room, size, counts, origin)
    const place = bits.place()
    await pull.take(place.byte)
    bit = place.bit
  }
}
