/**
 * A regular expression as states between bytes, for asking in advance whether it can match at all. What such states cannot say is left out, always
 * towards yes: looks around and back, and how often something may repeat at most.
 */

/** A set of bytes, a fork, or the end of the pattern. */
interface State {
  /** Index of the set; -1 is a fork, -2 the end. */
  set: number
  next: number
  other: number
}

export interface PatternStates {
  states: readonly State[]
  start: number
  /** Sets of bytes, 256 flags each. */
  sets: readonly Uint8Array[]
}

type Node =
  | { kind: 'set'; set: number }
  | { kind: 'row'; items: Node[] }
  | { kind: 'choice'; items: Node[] }
  | { kind: 'repeat'; item: Node; min: number; max: number }
  /** Something that cannot be said: whatever follows may match. */
  | { kind: 'anything' }

/** No repetition is written out to more states than this. */
const MOST_COPIED = 400
/** A repetition this many times optional is a loop. */
const MOST_OPTIONAL = 4

const setCache = new Map<string, Uint8Array>()
/** The bytes, as latin1 characters, that a part of a pattern for one character matches: asked of the engine that runs the pattern. */
export const bytesOf = (source: string, flags: string): Uint8Array => {
  const key = `${flags}/${source}`
  const known = setCache.get(key)
  if (known !== undefined) return known
  const one = new RegExp(`^(?:${source})$`, flags.replace(/[^isu]/g, ''))
  const set = Uint8Array.from({ length: 256 }, (_, byte) => (one.test(String.fromCharCode(byte)) ? 1 : 0))
  setCache.set(key, set)
  return set
}

const parse = (pattern: RegExp, setIndex: (source: string, flags: string) => number): Node => {
  const { source } = pattern
  let { flags } = pattern
  let at = 0
  const nothing: Node = { kind: 'row', items: [] }

  const choice = (): Node => {
    const items = [row()]
    while (source[at] === '|') {
      at++
      items.push(row())
    }
    return items.length === 1 ? items[0]! : { kind: 'choice', items }
  }

  const row = (): Node => {
    const items: Node[] = []
    while (at < source.length && source[at] !== '|' && source[at] !== ')') items.push(quantified(atom()))
    return items.length === 1 ? items[0]! : { kind: 'row', items }
  }

  const quantified = (item: Node): Node => {
    const found = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(source.slice(at, at + 24))
    if (found === null) return item
    at += found[0].length
    const sign = found[0][0]
    if (sign !== '{') return { kind: 'repeat', item, min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : Infinity }
    const min = Number(found[1])
    const max = found[2] === '' ? min : found[3] === '' ? Infinity : Number(found[3])
    return { kind: 'repeat', item, min, max }
  }

  const set = (text: string): Node => ({ kind: 'set', set: setIndex(text, flags) })

  const atom = (): Node => {
    const c = source[at]!
    if (c === '(') return group()
    if (c === '[') {
      const from = at++
      while (source[at] !== ']') at += source[at] === '\\' ? 2 : 1
      at++
      return set(source.slice(from, at))
    }
    if (c === '^' || c === '$') {
      at++
      return nothing
    }
    if (c !== '\\') {
      at++
      return set(/[\w\s]/.test(c) || c === '.' || c > '\x7f' ? c : `\\${c}`)
    }
    const escaped =
      /^\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]+\}|c[A-Za-z]|[pP]\{[^}]+\}|k<[^>]+>|[1-9]\d*|[\s\S])/.exec(
        source.slice(at, at + 80),
      )![0]
    at += escaped.length
    if (/^\\[bB]$/.test(escaped)) return nothing
    return /^\\(?:k<|[1-9])/.test(escaped) ? { kind: 'anything' } : set(escaped)
  }

  const group = (): Node => {
    const head = /^\((?:\?(?:[:=!]|<[=!]|<\w+>|[ims-]+:))?/.exec(source.slice(at, at + 80))![0]
    at += head.length
    const outside = flags
    const [, on, off] = /^\(\?([ims]*)-?([ims]*):/.exec(head) ?? []
    if (on !== undefined) flags = [...new Set(flags + on)].filter((flag) => !off!.includes(flag)).join('')
    const inside = choice()
    flags = outside
    at++
    return /^\(\?<?[=!]$/.test(head) ? nothing : inside
  }

  return choice()
}

const sizeOf = (node: Node): number => {
  switch (node.kind) {
    case 'row':
    case 'choice':
      return node.items.reduce((sum, item) => sum + sizeOf(item), 1)
    case 'repeat':
      return sizeOf(node.item) * Math.max(1, copiesOf(node)) + 1
    default:
      return 1
  }
}

const copiesOf = ({ item, min }: Node & { kind: 'repeat' }): number =>
  Math.min(min, Math.max(1, Math.floor(MOST_COPIED / sizeOf(item))))

export const statesOf = (pattern: RegExp): PatternStates => {
  const sets: Uint8Array[] = []
  const setIndexes = new Map<string, number>()
  const setIndex = (source: string, flags: string): number => {
    const key = `${flags}/${source}`
    const known = setIndexes.get(key)
    if (known !== undefined) return known
    setIndexes.set(key, sets.length)
    return sets.push(bytesOf(source, flags)) - 1
  }
  const states: State[] = [{ set: -2, next: 0, other: 0 }]
  const add = (set: number, next: number, other = next): number => states.push({ set, next, other }) - 1

  const build = (node: Node, next: number): number => {
    switch (node.kind) {
      case 'anything':
        return 0
      case 'set':
        return add(node.set, next)
      case 'row':
        return node.items.reduceRight((after, item) => build(item, after), next)
      case 'choice':
        return node.items.map((item) => build(item, next)).reduceRight((other, one) => add(-1, one, other))
      case 'repeat': {
        const { item, min, max } = node
        const copies = copiesOf(node)
        let after = next
        if (copies < min || max - min > MOST_OPTIONAL) {
          after = add(-1, next, next)
          states[after]!.next = build(item, after)
        } else for (let times = max - min; times > 0; times--) after = add(-1, build(item, after), next)
        for (let times = copies; times > 0; times--) after = build(item, after)
        return after
      }
    }
  }
  const start = build(parse(pattern, setIndex), 0)
  return { states, start, sets }
}

/** The states with a set that are reached from the given ones without a byte; null when the end is. */
export const reached = ({ states }: PatternStates, from: Iterable<number>): number[] | null => {
  const seen = new Set<number>()
  const stack = [...from]
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (seen.has(id)) continue
    seen.add(id)
    const { set, next, other } = states[id]!
    if (set === -2) return null
    if (set === -1) stack.push(next, other)
  }
  return [...seen].filter((id) => states[id]!.set >= 0).sort((a, b) => a - b)
}

/** The bytes that a pattern may match after some others, each given as those that it may be; null when it may end there. */
export const bytesAfter = (pattern: RegExp, before: readonly (readonly number[])[]): Uint8Array | null => {
  const { states, sets, start } = statesOf(pattern)
  const setOf = (id: number): Uint8Array => sets[states[id]!.set]!
  let now = reached({ states, sets, start }, [start])
  for (const bytes of before) {
    if (now === null) return null
    const met = now.filter((id) => bytes.some((byte) => setOf(id)[byte] === 1))
    now = reached(
      { states, sets, start },
      met.map((id) => states[id]!.next),
    )
  }
  const last = now
  return last && Uint8Array.from({ length: 256 }, (_, byte) => (last.some((id) => setOf(id)[byte] === 1) ? 1 : 0))
}
