import { addBits, anyBit, type Bits, dropBits, emptyBits, keepBits } from './bits.ts'
import type { Answer } from './compile.ts'

/** Most answers depend on nothing: both sets are then one, and only one is kept. */
const isPlain = ({ sure, possible }: Answer): boolean => sure === possible

const put = (into: (bits: Bits, other: Bits) => Bits, first: Answer, rest: readonly Answer[]): Answer => {
  const possible = first.possible.slice()
  for (const one of rest) into(possible, one.possible)
  if (isPlain(first) && rest.every(isPlain)) return { sure: possible, possible }
  const sure = first.sure.slice()
  for (const one of rest) into(sure, one.sure)
  return { sure, possible }
}

/** Those in all of them: who can do the one and the other. */
export const meet = (first: Answer, ...rest: readonly Answer[]): Answer => put(keepBits, first, rest)

/** Those in any of them. */
export const join = (first: Answer, ...rest: readonly Answer[]): Answer => put(addBits, first, rest)

export const among = (one: Answer, members: Bits): Answer => meet(one, { sure: members, possible: members })

export const without = (one: Answer, members: Bits): Answer =>
  put(dropBits, one, [{ sure: members, possible: members }])

/** The same people, though nothing is certain of them any more. */
export const unsure = (one: Answer): Answer => ({ sure: emptyBits(one.sure.length << 5), possible: one.possible })

export const isNobody = ({ possible }: Answer): boolean => !anyBit(possible)
