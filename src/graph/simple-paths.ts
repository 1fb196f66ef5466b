import { GOES_ON, MAY_END } from './conduct.ts'
import type { Graph } from './csr.ts'
import { bitmap, hasBit, type Manner, NEVER, setBit, toEnds } from './shortest.ts'

export interface SimplePaths {
  /** Node by node, shortest first, those of one length in order of their nodes. */
  paths: number[][]
  /** Why there may be more; null when these are all there are. */
  more: 'count' | 'length' | 'work' | null
}

/** Edges that one question may look at: about a second. */
const WORK = 20_000_000

/** Nodes one step on, each once and in order, with the bits of the best sentence that leads there. */
interface Onward {
  nodes: number[]
  bits: number[]
}

/**
 * Every path from a node to the first end it meets, in which nothing comes twice, up to `longest` steps and `most` paths. Only steps are taken from which
 * an end is still near enough, so that what leads nowhere costs nothing; lengths are tried one after the other, so that what is
 * left out is never shorter than what is told.
 */
export function simplePaths(
  graph: Graph,
  from: number,
  ends: Iterable<number>,
  manner: Manner,
  { longest, most, work = WORK }: { longest: number; most: number; work?: number },
): SimplePaths {
  const isEnd = bitmap(graph.nodes)
  for (const end of ends) if (end !== from && !(manner.barred && hasBit(manner.barred, end))) setBit(isEnd, end)
  const { distance } = toEnds(graph, bitsOf(isEnd), manner)
  const found: SimplePaths = { paths: [], more: null }
  const shortest = distance[from]!
  if (shortest === NEVER || (manner.barred && hasBit(manner.barred, from))) return found
  if (shortest > longest) return { ...found, more: 'length' }

  const rows = new Map<number, Onward>()
  const way = [from]
  const onWay = bitmap(graph.nodes)
  setBit(onWay, from)
  let left = work
  let tooLong = false

  const onwardOf = (node: number): Onward => {
    const known = rows.get(node)
    if (known) return known
    const onward = onwardFrom(graph, node, manner)
    left -= onward.nodes.length
    rows.set(node, onward)
    return onward
  }
  /** False when the search is over. */
  const walk = (length: number): boolean => {
    const { nodes, bits } = onwardOf(way.at(-1)!)
    left -= nodes.length
    if (left < 0) return over('work')
    const taken = way.length
    for (let at = 0; at < nodes.length; at++) {
      const node = nodes[at]!
      if (hasBit(isEnd, node)) {
        if (taken !== length || (bits[at]! & MAY_END) === 0) continue
        if (found.paths.length >= most) return over('count')
        found.paths.push([...way, node])
        continue
      }
      if ((bits[at]! & GOES_ON) === 0 || distance[node] === NEVER || hasBit(onWay, node)) continue
      if (taken + distance[node]! > length) {
        tooLong = true
        continue
      }
      way.push(node)
      setBit(onWay, node)
      const goesOn = walk(length)
      onWay[node >>> 5]! &= ~(1 << (node & 31))
      way.pop()
      if (!goesOn) return false
    }
    return true
  }
  const over = (why: 'count' | 'work'): false => {
    found.more = why
    return false
  }
  for (let length = shortest; length <= longest; length++) {
    tooLong = false
    if (!walk(length)) return found
    // Nothing was left aside for being too long: there is nothing longer.
    if (!tooLong) return found
  }
  return { ...found, more: 'length' }
}

function onwardFrom({ layers }: Graph, node: number, { pass, barred }: Manner): Onward {
  const best = new Map<number, number>()
  for (const { out } of layers) {
    for (let edge = out.start[node]!; edge < out.start[node + 1]!; edge++) {
      const bits = pass[out.kind[edge]!]! & (GOES_ON | MAY_END)
      const other = out.end[edge]!
      if (bits !== 0 && !(barred && hasBit(barred, other))) best.set(other, (best.get(other) ?? 0) | bits)
    }
  }
  const nodes = [...best.keys()].sort((a, b) => a - b)
  return { nodes, bits: nodes.map((other) => best.get(other)!) }
}

function* bitsOf(bits: Uint32Array): Generator<number> {
  for (let word = 0; word < bits.length; word++)
    for (let rest = bits[word]!; rest !== 0; rest &= rest - 1) yield (word << 5) + 31 - Math.clz32(rest & -rest)
}
