import { enterAnchors } from './anchors.ts'
import type { Detector, Sieve } from './detector.ts'
import { type Kernel, openKernel } from './kernel.ts'
import { type PatternStates, reached, statesOf } from './pattern-states.ts'

/**
 * The plan of a search, compiled from the declarations of the detectors alone into the memory of a kernel: for each anchor the rarest four bytes
 * at an even and at an odd place, the literal with its neighbours, and the automaton of each pattern, built as far as texts have led.
 */
export interface Plan {
  /** Room for a text of `size` bytes; what is in it is searched without a copy. */
  readonly room: Buffer
  /**
   * Places where a match may begin, as `place * SHIFT + detector`, ascending. `bytes` may lie in `room`; at most
   * `room.length` bytes. Places in `from` ≤ place < `to`. `file` is its name, as far as one is known.
   */
  search(bytes: Uint8Array, from: number, to: number, file?: string): Float64Array
  /**
   * The first step of `search` alone, for bytes in `room`: where an anchor stands, and a number that tells which, ascending by place. Those
   * of detectors that look for a text beside them are left out.
   */
  anchorsIn(bytes: Uint8Array, from: number, to: number): number[]
  /** How many bytes before and from a place on decide whether an anchor stands there. */
  readonly margin: { before: number; after: number }
  /** The detectors of an anchor, ascending. */
  detectorsOf(anchor: number): readonly number[]
  /** The second step: the detectors of an anchor of which a match may begin at its place in bytes in `room`, ascending. */
  mayBegin(bytes: Uint8Array, place: number, anchor: number, file: string): number[]
  /** What `search` finds beyond these two steps. */
  searchBeside(bytes: Uint8Array, from: number, to: number, file: string): Float64Array
  /** Newlines in a part of a text that lies in `room`. */
  linesIn(bytes: Uint8Array, from: number, to: number): number
}

const NOTHING = new Float64Array(0)

/** More than there are detectors. */
export const SHIFT = 4096

/** Entries of anchors lie below this address. */
const ANCHORS = 1 << 20
const DEAD = 1
const YES = 2
const OPEN = 0x80000000
/** An automaton with more rows than this says yes from there on. */
const MOST_ROWS = 3000

type Take = (at: number, said: number) => void

/** One thing to look for: the pattern of a detector, or one of its sieves. */
interface Search {
  index: number
  detector: Detector
  pattern: RegExp
  behind: RegExp | undefined
  where: ((file: string) => boolean) | undefined
}

export const plan = (detectors: readonly Detector[]): Plan => {
  const searches: Search[] = detectors.flatMap((detector, index) =>
    (detector.sieves ?? [detector]).map(({ pattern, behind, where }: Sieve) => ({
      index,
      detector,
      pattern,
      behind,
      where,
    })),
  )
  const { kernel, layout } = openKernel()
  const address = (name: string): number => layout[name]!
  const memory = Buffer.from(kernel.memory.buffer)
  const words = new Uint32Array(kernel.memory.buffer)
  const { place, reach } = enterAnchors(
    searches.map(({ detector, pattern }) => ({
      anchors: detector.beside === undefined ? detector.anchors : [],
      boundary: detector.boundary === true,
      pattern,
    })),
    kernel,
    layout,
  )
  const automata = openAutomata(searches, words, memory, layout)
  const data = address('DATA')
  const room = memory.subarray(data, data + address('DATA_SIZE') - 4096)

  const may = (number: number, at: number, end: number): boolean =>
    automata.decide(number, () => kernel.walk(number, at, end), kernel)
  const besides = [...searches.entries()].flatMap(([number, { detector }]) => {
    const { before = 64, span = 512, beside, anchors } = detector
    if (beside === undefined) return []
    const text = place(Buffer.from(beside.text, 'latin1'))
    return { number, before, span, text, length: beside.text.length, behind: beside.behind, anchors }
  })
  const somewhere = [...searches.entries()].filter(([, { where }]) => where !== undefined)
  let current: string | undefined

  const begin = (file: string): void => {
    if (file !== current)
      for (const [number, { where }] of somewhere)
        words[address('DETECTORS') / 4 + 4 * number + 3] = where!(file) ? 0 : 1
    current = file
  }
  /** Does what the search wants before its place stand there? */
  const follows = (start: number, at: number, { behind }: Search): boolean =>
    behind === undefined || behind.test(memory.toString('latin1', Math.max(start, at - 64), at))
  /** The hits of the kernel, some twice. */
  const scan = (start: number, end: number, from: number, to: number, anchors: boolean, take: Take): void => {
    for (let next = from; next < to; ) {
      const count = kernel.scan(start, end, next, to, reach, anchors)
      next = Number(kernel.resume.value) >>> 0
      const first = address('HITS') / 4
      for (let at = first; at < first + 2 * count; at += 2) if (words[at]! < next) take(words[at]!, words[at + 1]!)
    }
  }

  const beside = (start: number, end: number, from: number, to: number, found: number[]): void => {
    for (const { number, before, span, text, length, behind, anchors } of besides) {
      let done = from
      for (let at = Math.max(start, from - before); ; at++) {
        at = kernel.find(text, length, at, Math.min(end, to + span)) >>> 0
        if (at + length > end || at >= to + span) break
        if (!behind.test(memory.toString('latin1', Math.max(start, at - 16), at))) continue
        const stop = Math.min(to, at + before + 1)
        done = Math.max(done, at + length - span)
        const beforeStop = memory.subarray(0, Math.min(end, stop + 256))
        for (const { literal } of anchors)
          for (let next = done; ; next++) {
            next = beforeStop.indexOf(literal, next, 'latin1')
            if (next < 0 || next >= stop) break
            if (may(number, next, end) && follows(start, next, searches[number]!))
              found.push((next - start) * SHIFT + searches[number]!.index)
          }
        done = Math.max(done, stop)
      }
    }
  }
  const sorted = (found: readonly number[]): Float64Array =>
    found.length === 0 ? NOTHING : Float64Array.from(found).sort()

  const search: Plan['search'] = (bytes, from, to, file = '') => {
    begin(file)
    let start = bytes.byteOffset
    if (bytes.buffer !== kernel.memory.buffer) {
      if (bytes.length > room.length) throw new RangeError(`searching ${bytes.length} bytes at once`)
      room.set(bytes)
      start = data
    }
    const end = start + bytes.length
    const found: number[] = []
    scan(start, end, start + from, start + to, false, (at, said) => {
      const number = said < OPEN ? said : said - OPEN
      if ((said < OPEN || may(number, at, end)) && follows(start, at, searches[number]!))
        found.push((at - start) * SHIFT + searches[number]!.index)
    })
    beside(start, end, start + from, start + to, found)
    return sorted(found)
  }

  const anchorsIn: Plan['anchorsIn'] = (bytes, from, to) => {
    const start = bytes.byteOffset
    const found: number[] = []
    scan(start, start + bytes.length, start + from, start + to, true, (at, entry) => {
      found.push((at - start) * ANCHORS + entry)
    })
    const anchors: number[] = []
    let last = -1
    for (const one of sorted(found)) {
      if (one === last) continue
      last = one
      anchors.push(Math.floor(one / ANCHORS), one % ANCHORS)
    }
    return anchors
  }
  const known = new Map<number, { numbers: number[]; indexes: number[] }>()
  const searchesOf = (entry: number): { numbers: number[]; indexes: number[] } => {
    const had = known.get(entry)
    if (had !== undefined) return had
    const list = words[entry / 4 + 5]!
    const numbers = Array.from({ length: memory[entry + 19]! }, (_, at) => memory.readUInt16LE(list + 2 * at))
    const searched = { numbers, indexes: [...new Set(numbers.map((number) => searches[number]!.index))] }
    known.set(entry, searched)
    return searched
  }
  const mayBegin: Plan['mayBegin'] = (bytes, place, entry, file) => {
    begin(file)
    const start = bytes.byteOffset
    const indexes: number[] = []
    for (const number of searchesOf(entry).numbers) {
      const { index } = searches[number]!
      if (indexes.at(-1) === index || !may(number, start + place, start + bytes.length)) continue
      if (follows(start, start + place, searches[number]!)) indexes.push(index)
    }
    return indexes
  }
  return {
    room,
    search,
    anchorsIn,
    margin: { before: 4, after: reach + 4 },
    detectorsOf: (entry) => searchesOf(entry).indexes,
    mayBegin,
    searchBeside(bytes, from, to, file) {
      begin(file)
      const found: number[] = []
      const start = bytes.byteOffset
      beside(start, start + bytes.length, start + from, start + to, found)
      return sorted(found)
    },
    linesIn: (bytes, from, to) => kernel.lines(bytes.byteOffset + from, bytes.byteOffset + to),
  }
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
    for (let byte = 0; byte < 256; byte++) {
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
