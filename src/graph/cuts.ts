import { GOES_ON, MAY_END } from './conduct.ts'
import { between, type Graph, patched, RawEdges } from './csr.ts'
import { DominatorRoom, type Dominators, dominatorsOf, release } from './dominators.ts'
import { hasBit, type Manner, NEVER, SearchRoom, toEnds } from './shortest.ts'

/** Edges that one counting may look at: some seconds. */
const WORK = 300_000_000

export interface Cuts {
  /** Pairs of a start and an end that it reaches. */
  pairs: number
  /** Starts that reach any end. */
  starts: number
  /** Ends that were counted, of those that were given: the first of them. */
  counted: number
  /** For each node, the pairs that are no longer connected without it; those that end at it left out. */
  nodes: Float64Array
  /** The same for the steps between two nodes, all sentences between them taken together: `from * nodes + to`. */
  steps: Map<number, number>
}

/**
 * What each single cut would sever, exactly: a thing severs a pair when every path of the pair goes through it, and these are the dominators of
 * the graph walked backward from the end.
 */
export function cutsOf(graph: Graph, starts: Uint32Array, ends: readonly number[], manner: Manner, work = WORK): Cuts {
  const cuts: Cuts = { pairs: 0, starts: 0, counted: 0, nodes: new Float64Array(graph.nodes), steps: new Map() }
  const room = new DominatorRoom(graph.nodes)
  const reaching = starts.slice().fill(0)
  for (const like of alike(graph, starts, ends, manner)) {
    if (room.work > work) break
    const dominators = dominatorsOf(graph, like[0]!, manner, room)
    tally(graph, dominators, starts, like, manner, room, cuts, reaching)
    release(dominators, room)
    cuts.counted += like.length
  }
  for (let word = 0; word < reaching.length; word++)
    for (let rest = reaching[word]!; rest !== 0; rest &= rest - 1) cuts.starts++
  return cuts
}

/** Adds what one end, or several that are alike, have to say. */
function tally(
  graph: Graph,
  { nodes, through }: Dominators,
  starts: Uint32Array,
  like: readonly number[],
  manner: Manner,
  room: DominatorRoom,
  cuts: Cuts,
  reaching: Uint32Array,
): void {
  const count = nodes.length
  // What goes through a place: starts, and places, which lie side by side when they are numbered anew in that order.
  const below = new Uint32Array(count)
  const size = new Uint32Array(count).fill(1)
  for (let place = 1; place < count; place++) {
    const node = nodes[place]!
    if (!hasBit(starts, node)) continue
    below[place] = 1
    reaching[node >>> 5]! |= 1 << (node & 31)
  }
  for (let place = count - 1; place > 0; place--) {
    below[through[place]!]! += below[place]!
    size[through[place]!]! += size[place]!
  }
  const first = new Uint32Array(count)
  const next = new Uint32Array(count)
  next[0] = 1
  for (let place = 1; place < count; place++) {
    first[place] = next[through[place]!]!
    next[through[place]!]! += size[place]!
    next[place] = first[place]! + 1
  }
  cuts.pairs += below[0]! * like.length
  for (let place = 1; place < count; place++) {
    if (below[place] === 0) continue
    const node = nodes[place]!
    cuts.nodes[node]! += below[place]! * like.length
    const to = through[place]!
    if (!isOnlyWay(graph, place, to, first, size, nodes, manner, room)) continue
    // The last step to an end is a step to that end alone.
    const [targets, times] = to === 0 ? [like, 1] : [[nodes[to]!], like.length]
    for (const target of targets) {
      const step = node * graph.nodes + target
      cuts.steps.set(step, (cuts.steps.get(step) ?? 0) + below[place]! * times)
    }
  }
}

/** Is the step to what everything goes through the one way on? What else it leads to must itself come back through here. */
function isOnlyWay(
  { layers }: Graph,
  place: number,
  to: number,
  first: Uint32Array,
  size: Uint32Array,
  nodes: Uint32Array,
  { pass }: Manner,
  room: DominatorRoom,
): boolean {
  const node = nodes[place]!
  let direct = false
  for (const { out } of layers) {
    for (let edge = out.start[node]!; edge < out.start[node + 1]!; edge++) {
      const other = room.place[out.end[edge]!]!
      room.work++
      if (other === NEVER || (pass[out.kind[edge]!]! & (other === 0 ? MAY_END : GOES_ON)) === 0) continue
      if (other === to) direct = true
      else if (first[other]! < first[place]! || first[other]! >= first[place]! + size[place]!) return false
    }
  }
  return direct
}

/**
 * Ends in groups that count alike, of which the first stands for all: ends that are no starts and are reached from the same nodes by sentences that
 * pass alike.
 */
function alike(
  graph: Graph,
  starts: Uint32Array,
  ends: readonly number[],
  { pass, barred }: Manner,
): (readonly number[])[] {
  const groups = new Map<string, number[]>()
  const all: number[][] = []
  for (const end of ends) {
    if (barred && hasBit(barred, end)) continue
    const group = [end]
    if (!hasBit(starts, end)) {
      const from: number[] = []
      for (const { in: into } of graph.layers) {
        for (let edge = into.start[end]!; edge < into.start[end + 1]!; edge++) {
          const bits = pass[into.kind[edge]!]! & (MAY_END | GOES_ON)
          // Itself left out, ends that are alike do not lead to each other.
          if (bits !== 0 && into.end[edge] !== end) from.push(into.end[edge]! * 4 + bits)
        }
      }
      const name = [...new Set(from)].sort((a, b) => a - b).join()
      const known = groups.get(name)
      if (known) {
        known.push(end)
        continue
      }
      groups.set(name, group)
    }
    all.push(group)
  }
  return all
}

export interface Counted {
  pairs: number
  /** Starts that reach any end, and ends that any start reaches. */
  starts: number
  ends: number
  /** For each node that is a start, the ends it reaches. */
  reached: Uint32Array
  counted: number
}

/** Pairs of a start and another end that it reaches, end by end. */
export function countPairs(
  graph: Graph,
  starts: Uint32Array,
  ends: readonly number[],
  manner: Manner,
  work = WORK,
): Counted {
  const counted: Counted = { pairs: 0, starts: 0, ends: 0, reached: new Uint32Array(graph.nodes), counted: 0 }
  let left = work
  const room = new SearchRoom(graph.nodes)
  for (const like of alike(graph, starts, ends, manner)) {
    if (left < 0) break
    const end = like[0]!
    const { order } = toEnds(graph, [end], manner, { room })
    left -= order.length + graph.nodes / 4
    let some = 0
    for (const node of order) {
      if (node === end || !hasBit(starts, node)) continue
      if (counted.reached[node] === 0) counted.starts++
      counted.reached[node]! += like.length
      some++
    }
    counted.pairs += some * like.length
    counted.ends += some > 0 ? like.length : 0
    counted.counted += like.length
  }
  return counted
}

/** A sentence between two nodes, of any kind unless `kinds` says which bytes. */
export interface Struck {
  from: number
  to: number
  kinds?: (code: number) => boolean
}

/** The graph without some sentences. */
export function withoutSteps(graph: Graph, struck: readonly Struck[]): Graph {
  const stay = new RawEdges()
  const pairs = Map.groupBy(struck, ({ from, to }) => from * graph.nodes + to)
  for (const of of pairs.values()) {
    const { from, to } = of[0]!
    for (const code of between(graph, from, to))
      if (!of.some(({ kinds }) => kinds === undefined || kinds(code))) stay.push(from, to, code)
  }
  return patched(graph, struck, stay)
}
