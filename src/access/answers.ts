import { addBits, anyBit, type Bits, dropBits, emptyBits, keepBits } from './bits.ts'
import type { Answer } from './who-can.ts'

export const nobody = (size: number): Answer => ({ sure: emptyBits(size), possible: emptyBits(size) })

/** Those in both: who can do the one and the other. */
export const meet = (one: Answer, other: Answer): Answer => ({
  sure: keepBits(one.sure.slice(), other.sure),
  possible: keepBits(one.possible.slice(), other.possible),
})

/** Those in either. */
export const join = (one: Answer, other: Answer): Answer => ({
  sure: addBits(one.sure.slice(), other.sure),
  possible: addBits(one.possible.slice(), other.possible),
})

export const among = (one: Answer, members: Bits): Answer => meet(one, { sure: members, possible: members })

export const without = (one: Answer, members: Bits): Answer => ({
  sure: dropBits(one.sure.slice(), members),
  possible: dropBits(one.possible.slice(), members),
})

/** The same people, though nothing is certain of them any more. */
export const unsure = (one: Answer): Answer => ({ sure: emptyBits(one.sure.length << 5), possible: one.possible })

export const isNobody = ({ possible }: Answer): boolean => !anyBit(possible)
