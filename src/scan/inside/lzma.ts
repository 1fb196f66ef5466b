import { Fault } from './limits.ts'

const damaged = (): Fault => new Fault('it is damaged; the rest was not read')

/** Most that one chunk makes. */
const CHUNK = 1 << 21
const EVEN = 1024
/** Where the probabilities of each sort begin in the one table. */
const IS_MATCH = 0
const IS_REP = IS_MATCH + (12 << 4)
const IS_REP_G0 = IS_REP + 12
const IS_REP_G1 = IS_REP_G0 + 12
const IS_REP_G2 = IS_REP_G1 + 12
const IS_REP_LONG = IS_REP_G2 + 12
const SLOTS = IS_REP_LONG + (12 << 4)
const SPECIAL = SLOTS + (4 << 6)
const ALIGN = SPECIAL + 128
const LENGTHS = ALIGN + 16
const LENGTH_TABLE = 2 + (16 << 3) + (16 << 3) + 256
const LITERALS = LENGTHS + 2 * LENGTH_TABLE
/** Of literals there are at most 2^(lc+lp) tables, and LZMA2 keeps that sum at 4. */
const SIZE = LITERALS + (0x300 << 4)

/** The chunks of LZMA2, each from memory to memory. `dictionary`: how far back a copy may reach. */
export const openLzma = (dictionary: number) => {
  const most = dictionary + CHUNK
  let window = Buffer.allocUnsafe(Math.min(most, 2 * CHUNK))
  let at = 0
  /** Bytes before `at` that may be copied from. */
  let known = 0
  /** Bytes since the dictionary was empty, less `at`. */
  let gone = 0
  const probabilities = new Uint16Array(SIZE).fill(EVEN)
  let [lc, lp, pb] = [3, 0, 2]
  let state = 0
  let [rep0, rep1, rep2, rep3] = [0, 0, 0, 0]
  let ready = false

  const makeRoom = (size: number): void => {
    if (at + size <= window.length) return
    if (window.length < most) {
      const wider = Buffer.allocUnsafe(Math.min(most, Math.max(2 * window.length, at + size)))
      window.copy(wider, 0, 0, at)
      window = wider
      if (at + size <= window.length) return
    }
    known = Math.min(known, dictionary)
    window.copyWithin(0, at - known, at)
    gone += at - known
    at = known
  }
  const made = (from: number): Buffer => {
    known = Math.min(known + at - from, at)
    return Buffer.from(window.subarray(from, at))
  }

  const decode = (input: Buffer, size: number): Buffer => {
    if (!ready) throw damaged()
    makeRoom(size)
    const out = window
    const start = at
    const end = at + size
    const floor = at - known
    let range = 0xffffffff
    let code = input.length < 5 ? 0 : input.readUInt32BE(1)
    let next = 5

    const bit = (index: number): number => {
      const probability = probabilities[index]!
      const bound = (range >>> 11) * probability
      let value = 0
      if (code < bound) {
        range = bound
        probabilities[index] = probability + ((2048 - probability) >> 5)
      } else {
        range -= bound
        code -= bound
        probabilities[index] = probability - (probability >> 5)
        value = 1
      }
      if (range < 0x1000000) {
        range = (range << 8) >>> 0
        code = ((code << 8) | input[next++]!) >>> 0
      }
      return value
    }
    const tree = (base: number, width: number): number => {
      let node = 1
      for (let left = width; left > 0; left--) node = (node << 1) | bit(base + node)
      return node - (1 << width)
    }
    const reversed = (base: number, width: number): number => {
      let node = 1
      let value = 0
      for (let index = 0; index < width; index++) {
        const one = bit(base + node)
        node = (node << 1) | one
        value |= one << index
      }
      return value
    }
    const direct = (width: number): number => {
      let value = 0
      for (let left = width; left > 0; left--) {
        range >>>= 1
        const one = code >= range ? 1 : 0
        if (one === 1) code -= range
        value = value * 2 + one
        if (range < 0x1000000) {
          range = (range << 8) >>> 0
          code = ((code << 8) | input[next++]!) >>> 0
        }
      }
      return value
    }
    const lengthOf = (base: number, place: number): number => {
      if (bit(base) === 0) return 2 + tree(base + 2 + (place << 3), 3)
      if (bit(base + 1) === 0) return 10 + tree(base + 2 + 128 + (place << 3), 3)
      return 18 + tree(base + 2 + 256, 8)
    }
    const literal = (): void => {
      const before = at > floor ? out[at - 1]! : 0
      const place = (((gone + at) & ((1 << lp) - 1)) << lc) + (before >> (8 - lc))
      const base = LITERALS + 0x300 * place
      let symbol = 1
      if (state >= 7) {
        let match = out[at - rep0 - 1]!
        while (symbol < 0x100) {
          const matched = (match >> 7) & 1
          match <<= 1
          const one = bit(base + ((1 + matched) << 8) + symbol)
          symbol = (symbol << 1) | one
          if (matched !== one) break
        }
      }
      while (symbol < 0x100) symbol = (symbol << 1) | bit(base + symbol)
      out[at++] = symbol & 0xff
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6
    }
    const distanceOf = (length: number): number => {
      const slot = tree(SLOTS + (Math.min(length - 2, 3) << 6), 6)
      if (slot < 4) return slot
      const width = (slot >> 1) - 1
      const high = (2 | (slot & 1)) * 2 ** width
      return slot < 14
        ? high + reversed(SPECIAL + high - slot, width)
        : high + direct(width - 4) * 16 + reversed(ALIGN, 4)
    }

    while (at < end) {
      if (next > input.length + 4) throw damaged()
      const place = (gone + at) & ((1 << pb) - 1)
      if (bit(IS_MATCH + (state << 4) + place) === 0) {
        literal()
        continue
      }
      let length: number
      if (bit(IS_REP + state) === 0) {
        ;[rep3, rep2, rep1] = [rep2, rep1, rep0]
        length = lengthOf(LENGTHS, place)
        state = state < 7 ? 7 : 10
        rep0 = distanceOf(length)
      } else {
        if (bit(IS_REP_G0 + state) === 0) {
          if (bit(IS_REP_LONG + (state << 4) + place) === 0) {
            if (rep0 >= at - floor) throw damaged()
            state = state < 7 ? 9 : 11
            out[at] = out[at - rep0 - 1]!
            at++
            continue
          }
        } else if (bit(IS_REP_G1 + state) === 0) [rep0, rep1] = [rep1, rep0]
        else if (bit(IS_REP_G2 + state) === 0) [rep0, rep1, rep2] = [rep2, rep0, rep1]
        else [rep0, rep1, rep2, rep3] = [rep3, rep0, rep1, rep2]
        length = lengthOf(LENGTHS + LENGTH_TABLE, place)
        state = state < 7 ? 8 : 11
      }
      if (rep0 >= at - floor || at + length > end) throw damaged()
      for (const stop = at + length; at < stop; at++) out[at] = out[at - rep0 - 1]!
    }
    return made(start)
  }

  return {
    decode,
    /** A chunk that is not compressed. */
    copy(bytes: Buffer): Buffer {
      makeRoom(bytes.length)
      const from = at
      bytes.copy(window, at)
      at += bytes.length
      return made(from)
    },
    /** The dictionary is empty from here on. */
    forget(): void {
      at = 0
      known = 0
      gone = 0
    },
    /** The probabilities are even again, and the properties are others when they are given. */
    reset(properties?: number): void {
      if (properties !== undefined) {
        if (properties >= 225) throw damaged()
        lc = properties % 9
        lp = Math.floor(properties / 9) % 5
        pb = Math.floor(properties / 45)
        if (lc + lp > 4) throw damaged()
        ready = true
      }
      probabilities.fill(EVEN)
      state = 0
      ;[rep0, rep1, rep2, rep3] = [0, 0, 0, 0]
    },
  }
}
