/** Sets of principals: one bit each, in 32-bit words. */
export type Bits = Uint32Array

export const emptyBits = (size: number): Bits => new Uint32Array((size + 31) >>> 5)

export const fullBits = (size: number): Bits => {
  const bits = emptyBits(size).fill(0xffffffff)
  if (size & 31) bits[bits.length - 1] = (1 << (size & 31)) - 1
  return bits
}

export const setBit = (bits: Bits, at: number): void => {
  bits[at >>> 5]! |= 1 << (at & 31)
}

export const clearBit = (bits: Bits, at: number): void => {
  bits[at >>> 5]! &= ~(1 << (at & 31))
}

export const hasBit = (bits: Bits, at: number): boolean => ((bits[at >>> 5]! >>> (at & 31)) & 1) === 1

/** `into |= other`. */
export const addBits = (into: Bits, other: Bits): Bits => {
  for (let word = 0; word < into.length; word++) into[word]! |= other[word]!
  return into
}

/** `into &= other`. */
export const keepBits = (into: Bits, other: Bits): Bits => {
  for (let word = 0; word < into.length; word++) into[word]! &= other[word]!
  return into
}

/** `into &= ~other`. */
export const dropBits = (into: Bits, other: Bits): Bits => {
  for (let word = 0; word < into.length; word++) into[word]! &= ~other[word]!
  return into
}

export const anyBit = (bits: Bits): boolean => {
  for (const word of bits) if (word !== 0) return true
  return false
}

export function sameBits(one: Bits, other: Bits): boolean {
  for (let word = 0; word < one.length; word++) if (one[word] !== other[word]) return false
  return true
}

/** Calls for each member, in ascending order. */
export function forEachBit(bits: Bits, call: (at: number) => void): void {
  for (let word = 0; word < bits.length; word++) {
    let rest = bits[word]!
    while (rest !== 0) {
      const low = rest & -rest
      call((word << 5) + (31 - Math.clz32(low)))
      rest ^= low
    }
  }
}

export const bitsOf = (size: number, members: Iterable<number>): Bits => {
  const bits = emptyBits(size)
  for (const member of members) setBit(bits, member)
  return bits
}
