/**
 * The inner loop of the scanner: which places of the text may begin a match of which detector. A filter over all bytes (hashes of
 * four bytes at every second place, and nibble masks for anchors of two bytes), then the literal, its boundary, the class of the byte
 * after it, and the automaton of the detector's pattern. It may say yes too often, never no.
 */
import { CANDIDATES, DETECTORS, ENTRIES, FOLD, HEAD_BITS, HEADS, HITS, MASKS, MOST_HITS, TABLE, TABLE_BITS } from './layout'

export * from './layout'

/** The kinds of keys of an entry, and what the byte table says may begin at a place. */
const FOUR: u32 = 1
/** The first three of four bytes, and the last three. */
const HEAD: u32 = 2
const TAIL: u32 = 4
const TWO: u32 = 8

const ANY_CASE: u32 = 1
const BOUNDARY: u32 = 2

/** What a row of an automaton says instead of another row. */
const UNBUILT: u32 = 0
const DEAD: u32 = 1
const YES: u32 = 2

/** In the second word of a hit: the automaton is not built that far. */
export const OPEN: u32 = 0x80000000

const BLOCK: u32 = 2048

/** The factor of the hash of four bytes. */
export let factor: u32 = 0x9e3779b1
/** The address from which the next call goes on, when there was no room for more hits. */
export let resume: u32 = 0
/** Where the last walk met a transition that is not built: its row (0: the first) and the class of the byte. */
export let missedRow: u32 = 0
export let missedClass: u32 = 0

let hits: u32 = 0
let undecided = false
let low: u32 = 0
let high: u32 = 0
let first: u32 = 0
let last: u32 = 0

/** The chain that a key of a kind is in. */
export function headOf(key: u32, kind: u32): u32 {
  return HEADS + ((((key * 0x9e3779b1) ^ (kind * 0x85ebca6b)) >>> (32 - HEAD_BITS)) << 2)
}

/** Could a match of the detector begin at the address? 0 no, 1 yes or undecided at `limit`, -1 not built that far. */
export function walk(detector: u32, at: u32, limit: u32): i32 {
  const about = DETECTORS + (detector << 4)
  let row = load<u32>(about)
  const classes = load<u32>(about, 4)
  if (load<u32>(about, 12) != 0) return 0
  if (row <= YES) {
    if (row != UNBUILT) return row == YES ? 1 : 0
    missedRow = 0
    return -1
  }
  let end = at + load<u32>(about, 8)
  if (end > limit) end = limit
  for (let p = at; p < end; p++) {
    const byteClass = <u32>load<u8>(classes + load<u8>(p))
    const next = load<u32>(row + (byteClass << 2))
    if (next <= YES) {
      if (next != UNBUILT) return next == YES ? 1 : 0
      missedRow = row
      missedClass = byteClass
      return -1
    }
    row = next
  }
  return 1
}

function isLetterOrDigit(byte: u32): bool {
  return byte - 48 < 10 || (byte | 32) - 97 < 26
}

function isHex(byte: u32): bool {
  return byte - 48 < 10 || (byte | 32) - 97 < 6
}

/** Nothing, no letter or digit, or the end of an escape (`\n`, `%3D`) stands before the address. */
function isBoundary(at: u32): bool {
  if (at == first) return true
  const before = <u32>load<u8>(at - 1)
  if (!isLetterOrDigit(before)) return true
  if (at >= first + 2 && load<u8>(at - 2) == 92 && (before == 110 || before == 114 || before == 116)) return true
  return at >= first + 3 && load<u8>(at - 3) == 37 && isHex(load<u8>(at - 2)) && isHex(before)
}

function holds(entry: u32, at: u32): bool {
  const literal = load<u32>(entry, 12)
  const length = <u32>load<u8>(entry, 16)
  const mode = <u32>load<u8>(entry, 18)
  const following = load<u32>(entry, 24)
  if (at + length > last || at < first) return false
  if (mode & ANY_CASE) {
    for (let i: u32 = 0; i < length; i++) if (load<u8>(FOLD + load<u8>(at + i)) != load<u8>(literal + i)) return false
  } else {
    for (let i: u32 = 0; i < length; i++) if (load<u8>(at + i) != load<u8>(literal + i)) return false
  }
  if (following != 0 && (at + length >= last || load<u8>(following + load<u8>(at + length)) == 0)) return false
  return (mode & BOUNDARY) == 0 || isBoundary(at)
}

function verify(place: u32, key: u32, kind: u32): void {
  for (let entry = load<u32>(headOf(key, kind)); entry != 0; entry = load<u32>(entry, 8)) {
    if (load<u32>(entry) != key || load<u32>(entry, 4) != kind) continue
    const at = place - <i32>load<i8>(entry, 17)
    if (at < low || at >= high || !holds(entry, at)) continue
    if (undecided) {
      store<u32>(HITS + (hits << 3), at)
      store<u32>(HITS + (hits << 3), entry, 4)
      hits++
      continue
    }
    let list = load<u32>(entry, 20)
    for (const end = list + ((<u32>load<u8>(entry, 19)) << 1); list < end; list += 2) {
      const search = <u32>load<u16>(list)
      const says = walk(search, at, last)
      if (says == 0) continue
      store<u32>(HITS + (hits << 3), at)
      store<u32>(HITS + (hits << 3), says < 0 ? search | OPEN : search, 4)
      hits++
    }
  }
}

// @ts-expect-error decorators of functions are AssemblyScript's
@inline
function nibbles(position: u32, bytes: v128): v128 {
  const below = i8x16.swizzle(v128.load(MASKS + position * 32), v128.and(bytes, i8x16.splat(15)))
  return v128.and(below, i8x16.swizzle(v128.load(MASKS + position * 32 + 16), v128.shr<u8>(bytes, 4)))
}

/** Places in `from` ≤ p < `to` where an anchor of two bytes may begin. */
function filterPairs(from: u32, to: u32, count: u32): u32 {
  for (let p = from; p < to; p += 16) {
    const found = v128.and(
      v128.and(nibbles(0, v128.load(p - 1)), nibbles(1, v128.load(p))),
      v128.and(nibbles(2, v128.load(p + 1)), nibbles(3, v128.load(p + 2))),
    )
    if (!v128.any_true(found)) continue
    for (let bits = <u32>v128.bitmask<i8>(v128.ne<i8>(found, i8x16.splat(0))); bits != 0; bits &= bits - 1) {
      store<u32>(CANDIDATES + (count << 2), ((p + ctz(bits)) << 4) | TWO)
      count++
    }
  }
  return count
}

/** Even places in `from` ≤ p < `to` whose four bytes may hold the rarest bytes of an anchor. */
function filterFours(from: u32, to: u32, count: u32): u32 {
  let out = CANDIDATES + (count << 2)
  const by = factor
  const case4 = i32x4.splat(0x20202020)
  const edges = i32x4.splat(0x80000080)
  const factors = i32x4.splat(by)
  for (let p = from; p < to; p += 8) {
    const bytes = v128.load(p)
    const fours = v128.shuffle<u8>(bytes, bytes, 0, 1, 2, 3, 2, 3, 4, 5, 4, 5, 6, 7, 6, 7, 8, 9)
    // Bytes that are no ASCII are one at the edges.
    const keys = v128.or(v128.or(fours, case4), v128.shr<i8>(v128.and(fours, edges), 7))
    const slots = v128.shr<u32>(v128.mul<i32>(keys, factors), 32 - TABLE_BITS)
    const a = <u32>load<u8>(TABLE + v128.extract_lane<u32>(slots, 0))
    const b = <u32>load<u8>(TABLE + v128.extract_lane<u32>(slots, 1))
    const c = <u32>load<u8>(TABLE + v128.extract_lane<u32>(slots, 2))
    const d = <u32>load<u8>(TABLE + v128.extract_lane<u32>(slots, 3))
    if ((a | b | c | d) == 0) continue
    store<u32>(out, (p << 4) | a)
    out += a != 0 ? 4 : 0
    store<u32>(out, ((p + 2) << 4) | b)
    out += b != 0 ? 4 : 0
    store<u32>(out, ((p + 4) << 4) | c)
    out += c != 0 ? 4 : 0
    store<u32>(out, ((p + 6) << 4) | d)
    out += d != 0 ? 4 : 0
  }
  return (out - CANDIDATES) >>> 2
}

/**
 * Hits whose anchor lies in `from` ≤ address < `to`, in no order, some twice; the text is `start` to `end`. Returns how many; when
 * `resume` < `to`, the rest is to be asked for from there. `longest` is the length of the longest anchor. With `anchors` they are places of
 * anchors and their entries, and no automaton is asked.
 */
export function scan(start: u32, end: u32, from: u32, to: u32, longest: u32, anchors: bool): u32 {
  undecided = anchors
  first = start
  last = end
  low = from
  high = to
  hits = 0
  // A place of the filter may stand one byte before the anchor, or as many after it as the anchor is long.
  const stop = min(end, to + longest)
  let p = (from - 2) & ~1
  for (; p < stop; p += BLOCK) {
    if (hits > MOST_HITS / 2) {
      resume = max(from, p - longest)
      high = resume
      break
    }
    const blockEnd = min(p + BLOCK, stop)
    let count = filterPairs(p, blockEnd, 0)
    count = filterFours(p, blockEnd, count)
    for (let i: u32 = 0; i < count; i++) {
      const candidate = load<u32>(CANDIDATES + (i << 2))
      const place = candidate >>> 4
      const gram = load<u32>(place) | 0x20202020
      if (candidate & FOUR) verify(place, gram, FOUR)
      if (candidate & HEAD) verify(place, gram & 0xffffff, HEAD)
      if (candidate & TAIL) verify(place, gram >>> 8, TAIL)
      if (candidate & TWO) verify(place, gram & 0xffff, TWO)
    }
  }
  if (p >= stop) resume = to
  return hits
}

/** The first place in `from` ≤ address < `to` where a literal of at least two bytes begins; `to` when there is none. */
export function find(literal: u32, length: u32, from: u32, to: u32): u32 {
  const head = i8x16.splat(load<i8>(literal))
  const tail = i8x16.splat(load<i8>(literal + length - 1))
  for (let p = from; p < to; p += 16) {
    const found = v128.and(v128.eq<i8>(v128.load(p), head), v128.eq<i8>(v128.load(p + length - 1), tail))
    if (!v128.any_true(found)) continue
    for (let bits = <u32>v128.bitmask<i8>(found); bits != 0; bits &= bits - 1) {
      const at = p + ctz(bits)
      if (at < to && memory.compare(at, literal, length) == 0) return at
    }
  }
  return to
}

/** Newlines in `from` ≤ address < `to`. */
export function lines(from: u32, to: u32): u32 {
  let count: u32 = 0
  let p = from
  for (; p + 16 <= to; p += 16)
    count += popcnt(<u32>v128.bitmask<i8>(v128.eq<i8>(v128.load(p), i8x16.splat(10))))
  for (; p < to; p++) count += <u32>(load<u8>(p) == 10)
  return count
}
