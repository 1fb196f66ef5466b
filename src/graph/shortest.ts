import { GOES_ON, MAY_END } from './conduct.ts'
import type { Graph } from './csr.ts'

/** Not reached, and nowhere. */
export const NEVER = 0xffff_ffff

/** Steps from each node to the nearest end, or from the nearest start to it, and the node that is one step nearer. */
export interface Distances {
  distance: Uint32Array
  nearer: Uint32Array
  /** The nodes that were reached, nearest first. */
  order: Uint32Array
}

/** How a search walks. */
export interface Manner {
  /** A byte of bits for each kind of edge: `passOf`. */
  pass: Uint8Array
  /** Nodes that are never entered, one bit each; null for none. */
  barred: Uint32Array | null
}

export const bitmap = (nodes: number): Uint32Array => new Uint32Array((nodes + 31) >>> 5)
export const setBit = (bits: Uint32Array, node: number): void => {
  bits[node >>> 5]! |= 1 << (node & 31)
}
export const hasBit = (bits: Uint32Array, node: number): boolean => (bits[node >>> 5]! & (1 << (node & 31))) !== 0

/** Above this part of all nodes a frontier is not followed: what was not reached looks for it instead. */
const WIDE = 30

/** Room for one search after another: what a search gives lies in it, until the next. */
export class SearchRoom {
  readonly distance: Uint32Array
  readonly nearer: Uint32Array
  readonly queue: Uint32Array
  readonly rest: Uint32Array

  constructor(nodes: number) {
    this.distance = new Uint32Array(nodes)
    this.nearer = new Uint32Array(nodes)
    this.queue = new Uint32Array(nodes)
    this.rest = new Uint32Array(nodes)
  }
}

/**
 * The shortest way from every node to the nearest of the ends, in one pass backward from all of them. A sentence that only may end a path
 * counts as the last step alone.
 */
export function toEnds(
  graph: Graph,
  ends: Iterable<number>,
  { pass, barred }: Manner,
  { wide = WIDE, room = new SearchRoom(graph.nodes) }: { wide?: number; room?: SearchRoom } = {},
): Distances {
  const { nodes, layers } = graph
  const { distance, nearer, queue } = room
  distance.fill(NEVER)
  nearer.fill(NEVER)
  const seen = barred === null ? bitmap(nodes) : barred.slice()
  let tail = 0
  for (const end of ends) {
    if (hasBit(seen, end)) continue
    setBit(seen, end)
    distance[end] = 0
    queue[tail++] = end
  }
  let frontier: Uint32Array | null = null
  const rest: Rest = { nodes: room.rest, length: -1 }
  for (let head = 0, level = 1; head < tail; level++) {
    const need = level === 1 ? MAY_END : GOES_ON
    const limit = tail
    if ((limit - head) * wide > nodes) {
      if (frontier === null) frontier = bitmap(nodes)
      else frontier.fill(0)
      for (let at = head; at < limit; at++) setBit(frontier, queue[at]!)
      if (rest.length < 0) notSeen(nodes, seen, rest)
      for (const { out } of layers) {
        tail = lookFor(
          out.start,
          out.end,
          out.kind,
          pass,
          need,
          rest,
          seen,
          frontier,
          distance,
          nearer,
          level,
          queue,
          tail,
        )
      }
    } else {
      for (const { in: into } of layers) {
        tail = follow(
          into.start,
          into.end,
          into.kind,
          pass,
          need,
          seen,
          distance,
          nearer,
          level,
          queue,
          head,
          limit,
          tail,
        )
      }
    }
    head = limit
  }
  return { distance, nearer, order: queue.subarray(0, tail) }
}

/** From each node of the frontier to those that were not reached. */
function follow(
  start: Uint32Array,
  end: Uint32Array,
  kind: Uint8Array,
  pass: Uint8Array,
  need: number,
  seen: Uint32Array,
  distance: Uint32Array,
  nearer: Uint32Array,
  level: number,
  queue: Uint32Array,
  head: number,
  limit: number,
  tail: number,
): number {
  let last = tail
  for (let at = head; at < limit; at++) {
    const node = queue[at]!
    const stop = start[node + 1]!
    for (let edge = start[node]!; edge < stop; edge++) {
      if ((pass[kind[edge]!]! & need) === 0) continue
      const other = end[edge]!
      const word = other >>> 5
      const bit = 1 << (other & 31)
      if ((seen[word]! & bit) !== 0) continue
      seen[word]! |= bit
      distance[other] = level
      nearer[other] = node
      queue[last++] = other
    }
  }
  return last
}

interface Rest {
  nodes: Uint32Array
  length: number
}

function notSeen(nodes: number, seen: Uint32Array, rest: Rest): void {
  rest.length = 0
  for (let node = 0; node < nodes; node++) if (!hasBit(seen, node)) rest.nodes[rest.length++] = node
}

/** From each node that was not reached to the first of its edges that leads into the frontier; the rest shrinks to those that found none. */
function lookFor(
  start: Uint32Array,
  end: Uint32Array,
  kind: Uint8Array,
  pass: Uint8Array,
  need: number,
  rest: Rest,
  seen: Uint32Array,
  frontier: Uint32Array,
  distance: Uint32Array,
  nearer: Uint32Array,
  level: number,
  queue: Uint32Array,
  tail: number,
): number {
  const { nodes, length } = rest
  let last = tail
  let kept = 0
  for (let at = 0; at < length; at++) {
    const node = nodes[at]!
    if ((seen[node >>> 5]! & (1 << (node & 31))) !== 0) continue
    const stop = start[node + 1]!
    let edge = start[node]!
    for (; edge < stop; edge++) {
      const other = end[edge]!
      if ((frontier[other >>> 5]! & (1 << (other & 31))) !== 0 && (pass[kind[edge]!]! & need) !== 0) break
    }
    if (edge === stop) nodes[kept++] = node
    else {
      seen[node >>> 5]! |= 1 << (node & 31)
      distance[node] = level
      nearer[node] = end[edge]!
      queue[last++] = node
    }
  }
  rest.length = kept
  return last
}

/**
 * What is reached from the starts. `had` is what they come to have, with everything that follows from it; `distance` and `nearer` say of everything
 * that is reached, if only by a last step, how near it is.
 */
export function fromStarts(
  graph: Graph,
  starts: Iterable<number>,
  { pass, barred }: Manner,
): Distances & { had: Distances } {
  const { nodes, layers } = graph
  const had: Distances = {
    distance: new Uint32Array(nodes).fill(NEVER),
    nearer: new Uint32Array(nodes).fill(NEVER),
    order: new Uint32Array(nodes),
  }
  const seen = barred === null ? bitmap(nodes) : barred.slice()
  let tail = 0
  for (const start of starts) {
    if (hasBit(seen, start)) continue
    setBit(seen, start)
    had.distance[start] = 0
    had.order[tail++] = start
  }
  for (let head = 0, level = 1; head < tail; level++) {
    const limit = tail
    for (const { out } of layers) {
      tail = follow(
        out.start,
        out.end,
        out.kind,
        pass,
        GOES_ON,
        seen,
        had.distance,
        had.nearer,
        level,
        had.order,
        head,
        limit,
        tail,
      )
    }
    head = limit
  }
  had.order = had.order.subarray(0, tail)
  return { ...withLastSteps(graph, had, pass, barred), had }
}

function withLastSteps({ layers }: Graph, had: Distances, pass: Uint8Array, barred: Uint32Array | null): Distances {
  const distance = had.distance.slice()
  const nearer = had.nearer.slice()
  const more: number[] = []
  for (const node of had.order) {
    const level = had.distance[node]! + 1
    for (const { out } of layers) {
      for (let edge = out.start[node]!; edge < out.start[node + 1]!; edge++) {
        const other = out.end[edge]!
        if ((pass[out.kind[edge]!]! & MAY_END) === 0 || distance[other]! <= level) continue
        if (barred !== null && hasBit(barred, other)) continue
        if (distance[other] === NEVER) more.push(other)
        distance[other] = level
        nearer[other] = node
      }
    }
  }
  const order = Uint32Array.from([...had.order, ...more]).sort((a, b) => distance[a]! - distance[b]! || a - b)
  return { distance, nearer, order }
}

/** The nodes from `node` to where `toEnds` found it ends. */
export function wayToEnd({ nearer }: Distances, node: number): number[] {
  const way = [node]
  for (let at = nearer[node]!; at !== NEVER; at = nearer[at]!) way.push(at)
  return way
}

/** The nodes from a start to `node`. */
export function wayFromStart({ nearer, had }: Distances & { had: Distances }, node: number): number[] {
  const way = [node]
  for (let at = nearer[node]!; at !== NEVER; at = had.nearer[at]!) way.push(at)
  return way.reverse()
}
