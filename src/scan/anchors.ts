import type { Anchor } from './detector.ts'
import { frequentFours, runWeightOf, weightOf } from './frequent.ts'
import type { Kernel } from './kernel.ts'
import { bytesAfter, bytesOf } from './pattern-states.ts'

/** What the filter of the kernel knows of a search. */
export interface Anchored {
  anchors: readonly Anchor[]
  /** No letter or digit stands before an anchor. */
  boundary: boolean
  pattern: RegExp
}

const FOUR = 1
const HEAD = 2
const TAIL = 4
const TWO = 8
const ANY_CASE = 1
const BOUNDARY = 2

const folded = (byte: number): number => byte | 0x20
const keyOf = (bytes: readonly number[]): number =>
  bytes.reduce((key, byte, at) => (key | (folded(byte) << (8 * at))) >>> 0, 0)

/** Bytes that are the same to a pattern that ignores case bear the same number. */
const FOLDED = Uint8Array.from({ length: 256 }, (_, byte) => {
  const upper = String.fromCharCode(byte).toUpperCase()
  const code = upper.length === 1 ? upper.charCodeAt(0) : byte
  return code < 256 && (byte < 128 || code >= 128) ? code : byte
})
const ALL = Array.from({ length: 256 }, (_, byte) => byte)
const isLetterOrDigit = (byte: number): boolean => /[A-Za-z0-9]/.test(String.fromCharCode(byte))
/** What may stand before a boundary: also the last byte of an escape. */
const BEFORE = ALL.filter((byte) => !isLetterOrDigit(byte) || /[nrt0-9a-f]/i.test(String.fromCharCode(byte)))

/** All that are alike to an anchor. */
const alike = (byte: number, anchor: Anchor): readonly number[] =>
  anchor.anyCase === true ? ALL.filter((other) => FOLDED[other] === FOLDED[byte]) : [byte]

/** Bytes of the first and the last place that are no ASCII are one in the filter: they are met in few texts, and in those often. */
const slotOf = (four: number, factor: number, bits: number): number => {
  const high = four & 0x80000080
  const edges = (high & 0x80 ? 0xff : 0) | (high < 0 ? 0xff000000 : 0)
  return Math.imul(four | edges, factor) >>> (32 - bits)
}

/** Of some factors of the hash the one that puts the fewest frequent bytes where an anchor is. */
const factorFor = (marks: ReadonlyMap<number, number>, bits: number): number => {
  const frequent = frequentFours.map((four) => keyOf([...Buffer.from(four)])).filter((four) => !marks.has(four))
  let best = { factor: 0, load: Infinity }
  const taken = new Uint8Array(1 << bits)
  for (let round = 1; round <= 24; round++) {
    const factor = Math.imul(0x9e3779b1, 2 * round - 1) >>> 0
    taken.fill(0)
    for (const four of marks.keys()) taken[slotOf(four, factor, bits)] = 1
    let load = 0
    for (const [rank, four] of frequent.entries()) load += taken[slotOf(four, factor, bits)]! / (rank + 20)
    if (load < best.load) best = { factor, load }
  }
  return best.factor
}

/**
 * Writes the anchors into the memory of a kernel: the filter over all bytes, and what is looked at where it lets something through.
 *
 * @returns room for more constants in that memory, each once; and how far before an anchor a search for it must begin
 */
export const enterAnchors = (
  searches: readonly Anchored[],
  kernel: Kernel,
  layout: Readonly<Record<string, number>>,
): { place(bytes: readonly number[] | Uint8Array): number; reach: number } => {
  const address = (name: string): number => layout[name]!
  const memory = Buffer.from(kernel.memory.buffer)
  const words = new Uint32Array(kernel.memory.buffer)
  memory.set(FOLDED, address('FOLD'))

  let free = address('LITERALS')
  const placed = new Map<string, number>()
  const place = (bytes: readonly number[] | Uint8Array): number => {
    const key = Buffer.from(bytes).toString('latin1')
    const known = placed.get(key)
    if (known !== undefined) return known
    if (free + bytes.length > address('TABLE')) throw new RangeError('the literals of the detectors need too much room')
    const at = free
    memory.set(bytes, at)
    placed.set(key, at)
    free += bytes.length
    return at
  }

  /** What an entry says, and the searches that it says it of. */
  interface Entry {
    kind: number
    key: number
    offset: number
    literal: readonly number[]
    mode: number
    following: Uint8Array | null
    searches: number[]
  }
  const entries = new Map<string, Entry>()
  /** What the byte table must let through: four folded bytes, and the kinds of keys that may begin with them. */
  const marks = new Map<number, number>()
  const mark = (kind: number, bytes: readonly (readonly number[])[]): void => {
    const [a, b, c, d] = bytes.map((list) => [...new Set(list.map(folded))])
    for (const w of a!)
      for (const x of b!)
        for (const y of c!)
          for (const z of d!) {
            const four = (w | (x << 8) | (y << 16) | (z << 24)) >>> 0
            marks.set(four, (marks.get(four) ?? 0) | kind)
          }
  }
  /** Sets of bytes at four places, for anchors of two bytes. */
  const pairs: (readonly (readonly number[])[])[] = []

  const enter = ({ boundary, pattern }: Anchored, search: number, anchor: Anchor): void => {
    const plain = [...Buffer.from(anchor.literal, 'latin1')]
    const literal = anchor.anyCase === true ? plain.map((byte) => FOLDED[byte]!) : plain
    const following = anchor.next === undefined ? null : bytesOf(`[${anchor.next}]`, anchor.anyCase === true ? 'i' : '')
    const after = following === null ? ALL : ALL.filter((byte) => following[byte] === 1)
    const before = boundary ? BEFORE : ALL
    const length = literal.length
    if (length < 2 || length > 250 || (length === 2 && following === null))
      throw new RangeError(`anchor ${JSON.stringify(anchor.literal)} is too short or too long`)
    const mode = (anchor.anyCase === true ? ANY_CASE : 0) | (boundary ? BOUNDARY : 0)
    const link = (kind: number, key: number, offset: number): void => {
      const name = [kind, key, offset, mode, anchor.next, ...literal].join()
      const entry = entries.get(name) ?? { kind, key, offset, literal, mode, following, searches: [] }
      entries.set(name, entry)
      if (entry.searches.at(-1) !== search) entry.searches.push(search)
    }
    const one = (at: number): number[] => [literal[at]!]
    if (length === 2) {
      link(TWO, keyOf(literal), 0)
      pairs.push([before, ...literal.map((byte) => alike(byte, anchor)), after])
      return
    }
    /** The rarest four bytes at an offset of one parity; -1 looks at the byte before, one too many at the byte after. */
    const ways = []
    for (let offset = -1; offset + 3 <= length; offset++) {
      const known = literal.slice(Math.max(0, offset), offset + 4)
      const parts = [known, known.slice(0, 3), known.slice(-3)].map(runWeightOf)
      ways.push({ offset, known, cost: known.length === 4 ? Math.min(...parts) : 100 * parts[0]! })
    }
    for (const parity of [0, 1]) {
      const { offset, known } = ways
        .filter((way) => (way.offset & 1) === parity)
        .sort((a, b) => a.cost - b.cost || a.offset - b.offset)[0]!
      if (known.length === 4) {
        link(FOUR, keyOf(known), offset)
        mark(
          FOUR,
          known.map((byte) => [byte]),
        )
      } else if (offset < 0) {
        link(TAIL, keyOf(known), offset)
        mark(TAIL, [before, one(0), one(1), one(2)])
      } else {
        link(HEAD, keyOf(known), offset)
        // Worth asking where the literal is no longer: those are the bytes that fill the table.
        const wanted =
          length === 3
            ? bytesAfter(
                pattern,
                plain.map((byte) => alike(byte, anchor)),
              )
            : null
        mark(HEAD, [...known.map((byte) => [byte]), after.filter((byte) => wanted === null || wanted[byte] === 1)])
      }
    }
  }
  for (const [number, search] of searches.entries()) for (const anchor of search.anchors) enter(search, number, anchor)

  /** How many searches one key may lead to, by kind. */
  const chains = new Map<number, Map<number, number>>()
  let at = address('ENTRIES')
  for (const { kind, key, offset, literal, mode, following, searches } of entries.values()) {
    at += 32
    if (at + 32 > address('LITERALS')) throw new RangeError('the detectors have too many anchors')
    const head = kernel.headOf(key, kind)
    const list = place(searches.flatMap((number) => [number & 0xff, number >> 8]))
    words.set([key, kind, words[head / 4]!, place(literal), 0, list, following === null ? 0 : place(following)], at / 4)
    memory[at + 16] = literal.length
    memory.writeInt8(offset, at + 17)
    memory[at + 18] = mode
    memory[at + 19] = searches.length
    words[head / 4] = at
    const chain = chains.get(kind) ?? new Map<number, number>()
    chains.set(kind, chain.set(key, (chain.get(key) ?? 0) + searches.length))
  }
  const most = (kind: number): number => Math.max(0, ...(chains.get(kind)?.values() ?? []))
  if (1024 * (most(FOUR) + most(HEAD) + most(TAIL)) + 2048 * most(TWO) > address('MOST_HITS') / 2)
    throw new RangeError('too many detectors share an anchor')

  memory.set(masksOf(pairs), address('MASKS'))
  const factor = factorFor(marks, address('TABLE_BITS'))
  kernel.factor.value = factor
  for (const [four, kinds] of marks) memory[address('TABLE') + slotOf(four, factor, address('TABLE_BITS'))]! |= kinds
  return {
    place,
    reach: Math.max(3, ...searches.flatMap(({ anchors }) => anchors.map(({ literal }) => literal.length + 1))),
  }
}

/** How often a byte is met, roughly, with capitals and signs apart. */
const shareOf = (byte: number): number =>
  byte >= 0x80 || byte < 10 ? 0.2 : byte >= 65 && byte <= 90 ? weightOf(byte) / 8 : weightOf(byte) / 2

/** Masks of nibbles for four positions: anchors are put together into eight groups so that little else gets through. */
const masksOf = (pairs: readonly (readonly (readonly number[])[])[]): Uint8Array => {
  const shares = ALL.map(shareOf)
  /** The low nibbles of each position as bits, then the high ones. */
  type Nibbles = readonly (readonly [number, number])[]
  const nibblesOf = (sets: readonly (readonly number[])[]): Nibbles =>
    sets.map((set) => [
      set.reduce((bits, byte) => bits | (1 << (byte & 15)), 0),
      set.reduce((bits, byte) => bits | (1 << (byte >> 4)), 0),
    ])
  const loadOf = (nibbles: Nibbles): number => {
    let load = 1
    for (const [low, high] of nibbles) {
      let sum = 0
      for (let byte = 0; byte < 256; byte++) if ((low >> (byte & 15)) & (high >> (byte >> 4)) & 1) sum += shares[byte]!
      load *= sum
    }
    return load
  }
  const joined = (a: Nibbles, b: Nibbles): Nibbles =>
    a.map(([low, high], position) => [low | b[position]![0], high | b[position]![1]])
  const all = pairs.map(nibblesOf)
  const groups = [...new Map(all.map((one) => [one.join(), { nibbles: one, load: loadOf(one) }])).values()]
  while (groups.length > 8) {
    let best = { cost: Infinity, a: 0, b: 1 }
    for (const [a, one] of groups.entries())
      for (const [b, other] of groups.entries()) {
        if (b <= a) continue
        const cost = loadOf(joined(one.nibbles, other.nibbles)) - one.load - other.load
        if (cost < best.cost) best = { cost, a, b }
      }
    const nibbles = joined(groups[best.a]!.nibbles, groups[best.b]!.nibbles)
    groups.splice(best.b, 1)
    groups.splice(best.a, 1, { nibbles, load: loadOf(nibbles) })
  }
  const masks = new Uint8Array(4 * 32)
  for (const [group, { nibbles }] of groups.entries())
    for (const [position, sides] of nibbles.entries())
      for (const [side, bits] of sides.entries())
        for (let nibble = 0; nibble < 16; nibble++)
          if ((bits >> nibble) & 1) masks[position * 32 + side * 16 + nibble]! |= 1 << group
  return masks
}
