import type { Anchor, Detector, Sieve } from './detector.ts'
import { frequentFours, runWeightOf, weightOf } from './frequent.ts'
import { type Kernel, openKernel } from './kernel.ts'
import { bytesOf, type PatternStates, reached, statesOf } from './pattern-states.ts'

/**
 * The plan of a search, compiled from the declarations of the detectors alone into the memory of a kernel: for each anchor the rarest four bytes
 * at an even and at an odd place, the literal with its neighbours, and the automaton of each pattern, built as far as texts have led.
 */
export interface Plan {
  /** Room for a text of `size` bytes; what is in it is searched without a copy. */
  readonly room: Buffer
  /**
   * Places where a match may begin, as `place * SHIFT + detector`, ascending. `bytes` may lie in `room`; at most
   * `room.length` bytes. Places in `from` ≤ place < `to`.
   */
  search(bytes: Uint8Array, from: number, to: number): Float64Array
  /** Newlines in a part of a text that lies in `room`. */
  linesIn(bytes: Uint8Array, from: number, to: number): number
}

const NOTHING = new Float64Array(0)

/** More than there are detectors. */
export const SHIFT = 4096

const FOUR = 1
const HEAD = 2
const TAIL = 4
const TWO = 8
const ANY_CASE = 1
const BOUNDARY = 2
const DEAD = 1
const YES = 2
const OPEN = 0x80000000
/** An automaton with more rows than this says yes from there on. */
const MOST_ROWS = 3000

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

const slotOf = (four: number, factor: number, bits: number): number => Math.imul(four, factor) >>> (32 - bits)

/** Of some factors of the hash the one that puts the fewest frequent bytes where an anchor is. */
const factorFor = (marks: ReadonlyMap<number, number>, bits: number): number => {
  const frequent = frequentFours.map((four) => keyOf([...Buffer.from(four)])).filter((four) => !marks.has(four))
  const loads = [0x9e3779b1, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f, 0x165667b1, 0xd3a2646d].map((factor) => {
    const taken = new Uint8Array(1 << bits)
    for (const four of marks.keys()) taken[slotOf(four, factor, bits)] = 1
    return {
      factor,
      load: frequent.reduce((sum, four, rank) => sum + taken[slotOf(four, factor, bits)]! / (rank + 20), 0),
    }
  })
  return loads.sort((a, b) => a.load - b.load)[0]!.factor
}

/** One thing to look for: the pattern of a detector, or one of its sieves. */
interface Search {
  index: number
  detector: Detector
  pattern: RegExp
  behind: RegExp | undefined
}

export const plan = (detectors: readonly Detector[]): Plan => {
  const searches: Search[] = detectors.flatMap((detector, index) =>
    (detector.sieves ?? [detector]).map(({ pattern, behind }: Sieve) => ({ index, detector, pattern, behind })),
  )
  const { kernel, layout } = openKernel()
  const address = (name: string): number => layout[name]!
  const memory = Buffer.from(kernel.memory.buffer)
  const words = new Uint32Array(kernel.memory.buffer)
  memory.set(FOLDED, address('FOLD'))

  // Literals and classes, each once.
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

  let entries = 0
  const chains = new Map<string, number>()
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
  /** Masks of nibbles for four positions, in eight groups of anchors that are alike. */
  const pairs: (readonly (readonly number[])[])[] = []

  const enter = (detector: Detector, index: number, anchor: Anchor): void => {
    const plain = [...Buffer.from(anchor.literal, 'latin1')]
    const literal = anchor.anyCase === true ? plain.map((byte) => FOLDED[byte]!) : plain
    const following = anchor.next === undefined ? null : bytesOf(`[${anchor.next}]`, anchor.anyCase === true ? 'i' : '')
    const after = following === null ? ALL : ALL.filter((byte) => following[byte] === 1)
    const before = detector.boundary === true ? BEFORE : ALL
    const length = literal.length
    if (length < 2 || length > 250 || (length === 2 && following === null))
      throw new RangeError(`anchor ${JSON.stringify(anchor.literal)} of ${detector.id} is too short or too long`)
    const link = (kind: number, key: number, offset: number): void => {
      const at = address('ENTRIES') + ++entries * 32
      if (at + 32 > address('LITERALS')) throw new RangeError('the detectors have too many anchors')
      const head = kernel.headOf(key, kind)
      words.set([key, kind, words[head / 4]!, place(literal)], at / 4)
      memory[at + 16] = length
      memory.writeInt8(offset, at + 17)
      memory[at + 18] = (anchor.anyCase === true ? ANY_CASE : 0) | (detector.boundary === true ? BOUNDARY : 0)
      words[at / 4 + 5] = index
      words[at / 4 + 6] = following === null ? 0 : place(following)
      words[head / 4] = at
      const chain = `${kind} ${key}`
      chains.set(chain, (chains.get(chain) ?? 0) + 1)
    }
    const one = (at: number): number[] => [literal[at]!]
    if (length === 2) {
      link(TWO, keyOf(literal), 0)
      const sets = literal.map((byte) =>
        anchor.anyCase === true ? ALL.filter((other) => FOLDED[other] === byte) : [byte],
      )
      pairs.push([before, ...sets, after])
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
        mark(HEAD, [...known.map((byte) => [byte]), after])
      }
    }
  }
  for (const [number, { detector }] of searches.entries())
    if (detector.beside === undefined) for (const anchor of detector.anchors) enter(detector, number, anchor)
  const longestChain = (kind: number): number =>
    Math.max(0, ...[...chains].filter(([key]) => key.startsWith(`${kind} `)).map(([, length]) => length))
  if (
    1024 * (longestChain(FOUR) + longestChain(HEAD) + longestChain(TAIL)) + 2048 * longestChain(TWO) >
    address('MOST_HITS') / 2
  )
    throw new RangeError('too many detectors share an anchor')
  memory.set(masksOf(pairs), address('MASKS'))
  const factor = factorFor(marks, address('TABLE_BITS'))
  kernel.factor.value = factor
  for (const [four, kinds] of marks) memory[address('TABLE') + slotOf(four, factor, address('TABLE_BITS'))]! |= kinds
  const longest = Math.max(3, ...detectors.flatMap(({ anchors }) => anchors.map(({ literal }) => literal.length + 1)))

  const automata = openAutomata(searches, words, memory, layout)
  const data = address('DATA')
  const room = memory.subarray(data, data + address('DATA_SIZE') - 4096)

  const may = (number: number, at: number, end: number): boolean =>
    automata.decide(number, () => kernel.walk(number, at, end), kernel)
  const besides = [...searches.keys()].filter((number) => searches[number]!.detector.beside !== undefined)

  const search: Plan['search'] = (bytes, from, to) => {
    let start = bytes.byteOffset
    if (bytes.buffer !== kernel.memory.buffer) {
      if (bytes.length > room.length) throw new RangeError(`searching ${bytes.length} bytes at once`)
      room.set(bytes)
      start = data
    }
    const end = start + bytes.length
    const found: number[] = []
    const push = (place: number, number: number): void => {
      const { index, behind } = searches[number]!
      if (behind === undefined || behind.test(memory.toString('latin1', Math.max(start, place - 64), place)))
        found.push((place - start) * SHIFT + index)
    }
    for (let next = start + from; next < start + to; ) {
      const count = kernel.scan(start, end, next, start + to, longest)
      next = Number(kernel.resume.value) >>> 0
      const first = address('HITS') / 4
      for (let at = first; at < first + 2 * count; at += 2) {
        const place = words[at]!
        if (place >= next) continue
        const said = words[at + 1]!
        const number = said < OPEN ? said : said - OPEN
        if (said < OPEN || may(number, place, end)) push(place, number)
      }
    }
    for (const number of besides) {
      const { detector } = searches[number]!
      const { before = 64, span = 512 } = detector
      const text = place([...Buffer.from(detector.beside!, 'latin1')])
      const length = detector.beside!.length
      let done = start + from
      for (let at = Math.max(start, start + from - before); ; at++) {
        at = kernel.find(text, length, at, Math.min(end, start + to + span)) >>> 0
        if (at + length > end || at >= start + to + span) break
        const stop = Math.min(start + to, at + before + 1)
        done = Math.max(done, at + length - span)
        const beforeStop = memory.subarray(0, Math.min(end, stop + longest))
        for (const { literal } of detector.anchors)
          for (let next = done; ; next++) {
            next = beforeStop.indexOf(literal, next, 'latin1')
            if (next < 0 || next >= stop) break
            if (may(number, next, end)) push(next, number)
          }
        done = Math.max(done, stop)
      }
    }
    return found.length === 0 ? NOTHING : Float64Array.from(found).sort()
  }
  return {
    room,
    search,
    linesIn: (bytes, from, to) => kernel.lines(bytes.byteOffset + from, bytes.byteOffset + to),
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

interface Automaton {
  pattern: PatternStates
  /** A byte of each class. */
  samples: number[]
  /** The states that a row stands for, and the row that stands for states. */
  meanings: Map<number, number[]>
  rows: Map<string, number>
}

/** The automata of the patterns, built where texts lead. */
const openAutomata = (
  searches: readonly Search[],
  words: Uint32Array,
  memory: Uint8Array,
  layout: Record<string, number>,
) => {
  const patterns = new Map<number, PatternStates>()
  let automata = new Map<number, Automaton>()
  let free = layout['ROWS']!

  const forget = (): void => {
    automata = new Map()
    free = layout['ROWS']!
    for (const index of searches.keys()) words[(layout['DETECTORS']! + index * 16) / 4] = 0
  }
  for (const [number, { detector }] of searches.entries())
    words[(layout['DETECTORS']! + number * 16) / 4 + 2] = detector.span ?? 512

  const rowOf = (automaton: Automaton, states: number[] | null): number => {
    if (states === null) return YES
    if (states.length === 0) return DEAD
    const key = states.join()
    const known = automaton.rows.get(key)
    if (known !== undefined) return known
    if (automaton.rows.size >= MOST_ROWS) return YES
    const row = free
    free += automaton.samples.length * 4
    words.fill(0, row / 4, free / 4)
    automaton.rows.set(key, row)
    automaton.meanings.set(row, states)
    return row
  }

  const open = (index: number): void => {
    const states = patterns.get(index) ?? statesOf(searches[index]!.pattern)
    patterns.set(index, states)
    const classes = new Map<string, number>()
    const samples: number[] = []
    const about = (layout['DETECTORS']! + index * 16) / 4
    const map = free
    free += 256
    for (const byte of ALL) {
      const likeness = states.sets.map((set) => set[byte]).join('')
      if (!classes.has(likeness)) classes.set(likeness, samples.push(byte) - 1)
      memory[map + byte] = classes.get(likeness)!
    }
    const automaton: Automaton = { pattern: states, samples, meanings: new Map(), rows: new Map() }
    automata.set(index, automaton)
    words[about + 1] = map
    words[about] = rowOf(automaton, reached(states, [states.start]))
  }

  return {
    /** Walks until the automaton says yes or no, building what it meets. */
    decide(index: number, walk: () => number, kernel: Pick<Kernel, 'missedRow' | 'missedClass'>): boolean {
      for (;;) {
        const says = walk()
        if (says >= 0) return says === 1
        if (free > layout['ROWS_END']! - 65_536) forget()
        const row = Number(kernel.missedRow.value) >>> 0
        const automaton = automata.get(index)
        if (row === 0 || automaton === undefined) {
          open(index)
          continue
        }
        const byteClass = Number(kernel.missedClass.value) >>> 0
        const { states, sets } = automaton.pattern
        const byte = automaton.samples[byteClass]!
        const next = automaton.meanings
          .get(row)!
          .filter((id) => sets[states[id]!.set]![byte] === 1)
          .map((id) => states[id]!.next)
        words[row / 4 + byteClass] = rowOf(automaton, reached(automaton.pattern, next))
      }
    },
  }
}
