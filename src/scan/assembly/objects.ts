/**
 * Objects of git packs: zlib streams and deltas, with every read and write bounded and the checksum of each stream verified. The
 * caller gives addresses; behind each end 64 bytes may be overwritten.
 */
export const TABLES: u32 = 0x1000
/** Copies of the last delta: place in the result, place in the base, length; u32 each. */
export const COPIES: u32 = 0x10000
export const MOST_COPIES: u32 = 0x4000
/** What is read from the file. */
export const INPUT: u32 = 0x50000
export const INPUT_SIZE: u32 = 0x200000
/** Deltas, inflated. */
export const DELTA: u32 = 0x260000
export const DELTA_SIZE: u32 = 0x200000
/** Objects, one on the other. */
export const STACK: u32 = 0x470000
export const STACK_END: u32 = 0x1e00000

const FAST_BITS: u32 = 10
const LENGTHS = TABLES
const NEXT = TABLES + 0x200
/** Where the length and distance codes begin and how many bits more they take, u16 each. */
const BASES = TABLES + 0x300
/** A set of tables: for literals and for distances the short codes, how many there are of each length, and the symbols. */
const DYNAMIC = TABLES + 0x1000
const FIXED = TABLES + 0x3000
const LITERAL_FAST: u32 = 0
const LITERAL_COUNT: u32 = 0x800
const LITERAL_SYMBOL: u32 = 0x840
const DISTANCE_FAST: u32 = 0xc00
const DISTANCE_COUNT: u32 = 0x1400
const DISTANCE_SYMBOL: u32 = 0x1440

/** Bytes of input that the last stream took. */
export let taken: u32 = 0
/** Copies that the last delta held. */
export let copies: u32 = 0

let ready = false

function fillBases(): void {
  let base: u32 = 3
  for (let code: u32 = 0; code < 29; code++) {
    const extra = code < 8 || code == 28 ? 0 : (code >>> 2) - 1
    store<u16>(BASES + code * 4, code == 28 ? 258 : base)
    store<u16>(BASES + code * 4, extra, 2)
    base += 1 << extra
  }
  base = 1
  for (let code: u32 = 0; code < 30; code++) {
    const extra = code < 4 ? 0 : (code >>> 1) - 1
    store<u16>(BASES + 128 + code * 4, base)
    store<u16>(BASES + 128 + code * 4, extra, 2)
    base += 1 << extra
  }
}

/** Tables for the code whose lengths lie at `lengths`; false when the lengths are no code. */
function build(lengths: u32, symbols: u32, fast: u32, count: u32, symbol: u32): bool {
  memory.fill(count, 0, 32)
  for (let i: u32 = 0; i < symbols; i++) {
    const at = count + ((<u32>load<u8>(lengths + i)) << 1)
    store<u16>(at, load<u16>(at) + 1)
  }
  let left: i32 = 1
  for (let length: u32 = 1; length <= 15; length++) {
    left = (left << 1) - <i32>load<u16>(count + (length << 1))
    if (left < 0) return false
  }
  // Only a single code of one bit may be incomplete.
  if (left > 0 && symbols - <u32>load<u16>(count) > 1) return false
  memory.fill(fast, 0, 2 << FAST_BITS)
  let offset: u32 = 0
  let code: u32 = 0
  for (let length: u32 = 1; length <= 15; length++) {
    store<u16>(NEXT + (length << 1), offset)
    store<u16>(NEXT + 32 + (length << 1), code)
    offset += load<u16>(count + (length << 1))
    code = (code + load<u16>(count + (length << 1))) << 1
  }
  for (let i: u32 = 0; i < symbols; i++) {
    const length = <u32>load<u8>(lengths + i)
    if (length == 0) continue
    const place = <u32>load<u16>(NEXT + (length << 1))
    store<u16>(NEXT + (length << 1), place + 1)
    store<u16>(symbol + (place << 1), i)
    const own = <u32>load<u16>(NEXT + 32 + (length << 1))
    store<u16>(NEXT + 32 + (length << 1), own + 1)
    if (length > FAST_BITS) continue
    let reversed: u32 = 0
    for (let bit: u32 = 0; bit < length; bit++) reversed |= ((own >>> bit) & 1) << (length - 1 - bit)
    for (; reversed < 1 << FAST_BITS; reversed += 1 << length)
      store<u16>(fast + (reversed << 1), (i << 4) | length)
  }
  return true
}

/** Symbol and length (<< 4 | length) of a long code at the beginning of `bits`; 0 when there is none. */
function slow(bits: u64, count: u32, symbol: u32): u32 {
  let code: u32 = 0
  let first: u32 = 0
  let index: u32 = 0
  for (let length: u32 = 1; length <= 15; length++) {
    code |= <u32>(bits & 1)
    bits >>= 1
    const here = <u32>load<u16>(count + (length << 1))
    if (code - first < here) return ((<u32>load<u16>(symbol + ((index + code - first) << 1))) << 4) | length
    index += here
    first = (first + here) << 1
    code <<= 1
  }
  return 0
}

function adler(from: u32, to: u32): u32 {
  let a: u32 = 1
  let b: u32 = 0
  for (let p = from; p < to; ) {
    const end = min(to, p + 5552)
    for (; p + 8 <= end; p += 8) {
      const eight = load<u64>(p)
      a += <u32>(eight & 255)
      b += a
      a += <u32>((eight >> 8) & 255)
      b += a
      a += <u32>((eight >> 16) & 255)
      b += a
      a += <u32>((eight >> 24) & 255)
      b += a
      a += <u32>((eight >> 32) & 255)
      b += a
      a += <u32>((eight >> 40) & 255)
      b += a
      a += <u32>((eight >> 48) & 255)
      b += a
      a += <u32>(eight >> 56)
      b += a
    }
    for (; p < end; p++) {
      a += load<u8>(p)
      b += a
    }
    a %= 65521
    b %= 65521
  }
  return (b << 16) | a
}

/** Lengths of the codes of a dynamic block; false when they are none. The bit reader is the caller's, in these two. */
let bitBuffer: u64 = 0
let bitCount: u32 = 0
let next: u32 = 0

// @ts-expect-error decorators of functions are AssemblyScript's
@inline
function refill(): void {
  bitBuffer |= load<u64>(next) << bitCount
  next += (63 - bitCount) >>> 3
  bitCount |= 56
}

// @ts-expect-error as above
@inline
function take(count: u32): u32 {
  const value = <u32>(bitBuffer & ((<u64>1 << count) - 1))
  bitBuffer >>= count
  bitCount -= count
  return value
}

function order(i: u32): u32 {
  // 16 17 18 0 8 7 9 6 10 5 11 4 12 3 13 2 14 1 15
  if (i < 3) return 16 + i
  if (i == 3) return 0
  return i & 1 ? 9 - (i >>> 1) : 6 + (i >>> 1)
}

function dynamic(): bool {
  refill()
  const literals = take(5) + 257
  const distances = take(5) + 1
  const codes = take(4) + 4
  if (literals > 286 || distances > 30) return false
  memory.fill(LENGTHS, 0, 19)
  for (let i: u32 = 0; i < codes; i++) {
    refill()
    store<u8>(LENGTHS + order(i), take(3))
  }
  if (!build(LENGTHS, 19, DYNAMIC + LITERAL_FAST, DYNAMIC + LITERAL_COUNT, DYNAMIC + LITERAL_SYMBOL)) return false
  memory.fill(LENGTHS, 0, 320)
  for (let i: u32 = 0; i < literals + distances; ) {
    refill()
    const found = <u32>load<u16>(DYNAMIC + LITERAL_FAST + (<u32>(bitBuffer & 1023) << 1))
    if (found == 0) return false
    take(found & 15)
    const symbol = found >>> 4
    if (symbol < 16) {
      store<u8>(LENGTHS + i, symbol)
      i++
      continue
    }
    const times = symbol == 16 ? take(2) + 3 : symbol == 17 ? take(3) + 3 : take(7) + 11
    if ((symbol == 16 && i == 0) || i + times > literals + distances) return false
    memory.fill(LENGTHS + i, symbol == 16 ? load<u8>(LENGTHS + i - 1) : 0, times)
    i += times
  }
  if (load<u8>(LENGTHS + 256) == 0) return false
  return (
    build(LENGTHS + literals, distances, DYNAMIC + DISTANCE_FAST, DYNAMIC + DISTANCE_COUNT, DYNAMIC + DISTANCE_SYMBOL) &&
    build(LENGTHS, literals, DYNAMIC + LITERAL_FAST, DYNAMIC + LITERAL_COUNT, DYNAMIC + LITERAL_SYMBOL)
  )
}

function prepare(): void {
  fillBases()
  memory.fill(LENGTHS, 8, 144)
  memory.fill(LENGTHS + 144, 9, 112)
  memory.fill(LENGTHS + 256, 7, 24)
  memory.fill(LENGTHS + 280, 8, 8)
  build(LENGTHS, 288, FIXED + LITERAL_FAST, FIXED + LITERAL_COUNT, FIXED + LITERAL_SYMBOL)
  memory.fill(LENGTHS, 5, 32)
  build(LENGTHS, 32, FIXED + DISTANCE_FAST, FIXED + DISTANCE_COUNT, FIXED + DISTANCE_SYMBOL)
  ready = true
}

/** A zlib stream of exactly `size` bytes from `from` (it ends before `end`) to `to`. False when it is anything else. */
export function inflate(from: u32, end: u32, to: u32, size: u32): bool {
  if (!ready) prepare()
  if (end - from < 6) return false
  const head = ((<u32>load<u8>(from)) << 8) | load<u8>(from + 1)
  if ((head & 0x0f00) != 0x0800 || head >>> 12 > 7 || head % 31 != 0 || (head & 0x20) != 0) return false
  next = from + 2
  bitBuffer = 0
  bitCount = 0
  const stop = to + size
  let out = to
  let isLast = false
  while (!isLast) {
    refill()
    if (next > end + 16) return false
    isLast = take(1) == 1
    const kind = take(2)
    if (kind == 3) return false
    if (kind == 0) {
      // Back to the byte after the bits that were used.
      next -= bitCount >>> 3
      bitBuffer = 0
      bitCount = 0
      if (next + 4 > end) return false
      const length = <u32>load<u16>(next)
      if ((length ^ <u32>load<u16>(next + 2)) != 0xffff || next + 4 + length > end || out + length > stop) return false
      memory.copy(out, next + 4, length)
      next += 4 + length
      out += length
      continue
    }
    const tables: u32 = kind == 1 ? FIXED : DYNAMIC
    if (kind == 2 && !dynamic()) return false
    for (;;) {
      refill()
      if (next > end + 16) return false
      let found = <u32>load<u16>(tables + LITERAL_FAST + (<u32>(bitBuffer & 1023) << 1))
      if (found == 0) {
        found = slow(bitBuffer, tables + LITERAL_COUNT, tables + LITERAL_SYMBOL)
        if (found == 0) return false
      }
      take(found & 15)
      let symbol = found >>> 4
      if (symbol < 256) {
        if (out >= stop) return false
        store<u8>(out, symbol)
        out++
        continue
      }
      if (symbol == 256) break
      symbol -= 257
      if (symbol > 28) return false
      const length = <u32>load<u16>(BASES + (symbol << 2)) + take(load<u16>(BASES + (symbol << 2), 2))
      found = <u32>load<u16>(tables + DISTANCE_FAST + (<u32>(bitBuffer & 1023) << 1))
      if (found == 0) {
        found = slow(bitBuffer, tables + DISTANCE_COUNT, tables + DISTANCE_SYMBOL)
        if (found == 0) return false
      }
      take(found & 15)
      symbol = found >>> 4
      if (symbol > 29) return false
      const distance = <u32>load<u16>(BASES + 128 + (symbol << 2)) + take(load<u16>(BASES + 128 + (symbol << 2), 2))
      if (distance > out - to || out + length > stop) return false
      let source = out - distance
      const copied = out + length
      if (distance >= 8)
        for (; out < copied; out += 8, source += 8) store<u64>(out, load<u64>(source))
      else for (; out < copied; out++, source++) store<u8>(out, load<u8>(source))
      out = copied
    }
  }
  next -= bitCount >>> 3
  if (out != stop || next + 4 > end) return false
  const sum = bswap(load<u32>(next))
  taken = next + 4 - from
  return sum == adler(to, stop)
}

/** Applies a delta to a base; false when it is none for this base and size. `copies` tells how many parts came from the base. */
export function apply(delta: u32, deltaEnd: u32, base: u32, baseSize: u32, to: u32, size: u32): bool {
  let p = delta
  let told: u32 = 0
  for (let round = 0; round < 2; round++) {
    told = 0
    let shift: u32 = 0
    for (;;) {
      if (p >= deltaEnd || shift > 28) return false
      const byte = <u32>load<u8>(p++)
      told |= (byte & 127) << shift
      shift += 7
      if (byte < 128) break
    }
    if (told != (round == 0 ? baseSize : size)) return false
  }
  copies = 0
  let out: u32 = 0
  while (p < deltaEnd) {
    const code = <u32>load<u8>(p++)
    if (code == 0) return false
    if (code < 128) {
      if (code > deltaEnd - p || code > size - out) return false
      memory.copy(to + out, p, code)
      p += code
      out += code
      continue
    }
    let offset: u32 = 0
    let length: u32 = 0
    for (let bit: u32 = 0; bit < 7; bit++) {
      if (((code >>> bit) & 1) == 0) continue
      if (p >= deltaEnd) return false
      const byte = <u32>load<u8>(p++)
      if (bit < 4) offset |= byte << (bit << 3)
      else length |= byte << ((bit - 4) << 3)
    }
    if (length == 0) length = 0x10000
    if (offset > baseSize || length > baseSize - offset || length > size - out) return false
    memory.copy(to + out, base + offset, length)
    const last = COPIES + (copies - 1) * 12
    if (copies > 0 && load<u32>(last) + load<u32>(last, 8) == out && load<u32>(last, 4) + load<u32>(last, 8) == offset)
      store<u32>(last, load<u32>(last, 8) + length, 8)
    else if (copies < MOST_COPIES) {
      const at = COPIES + copies * 12
      store<u32>(at, out)
      store<u32>(at, offset, 4)
      store<u32>(at, length, 8)
      copies++
    }
    out += length
  }
  return out == size
}
