import { GOES_ON, MAY_END } from './conduct.ts'
import type { Graph, Rows } from './csr.ts'
import { hasBit, type Manner, NEVER } from './shortest.ts'

/**
 * What every path to one end must go through. Places count the nodes that reach the end, in an order in which what one must go through comes before
 * oneself; place 0 is the end.
 */
export interface Dominators {
  /** Place → node. */
  nodes: Uint32Array
  /** Place → the place of the nearest thing, not itself, that every path goes through; of 0 itself. */
  through: Uint32Array
}

/** Room that is used again from end to end. */
export class DominatorRoom {
  /** Node → place; NEVER between two uses. */
  readonly place: Uint32Array
  readonly nodes: Uint32Array
  readonly parent: Uint32Array
  readonly semi: Uint32Array
  readonly label: Uint32Array
  readonly ancestor: Uint32Array
  readonly through: Uint32Array
  readonly stack: Uint32Array
  readonly cursor: Uint32Array
  /** Edges that were looked at so far. */
  work = 0

  constructor(nodes: number) {
    this.place = new Uint32Array(nodes).fill(NEVER)
    this.nodes = new Uint32Array(nodes)
    this.parent = new Uint32Array(nodes)
    this.semi = new Uint32Array(nodes)
    this.label = new Uint32Array(nodes)
    this.ancestor = new Uint32Array(nodes)
    this.through = new Uint32Array(nodes)
    this.stack = new Uint32Array(nodes)
    this.cursor = new Uint32Array(nodes)
  }
}

/**
 * The dominators of the graph walked backward from the end (Georgiadis's semi-NCA over the semidominators of Lengauer and Tarjan). Call `release` with the
 * result before the room is used again.
 */
export function dominatorsOf(graph: Graph, end: number, manner: Manner, room: DominatorRoom): Dominators {
  const count = number(graph, end, manner, room)
  semidominators(graph, count, manner, room)
  const { parent, semi, through } = room
  through[0] = 0
  for (let place = 1; place < count; place++) {
    let candidate = parent[place]!
    while (candidate > semi[place]!) candidate = through[candidate]!
    through[place] = candidate
  }
  return { nodes: room.nodes.subarray(0, count), through: through.subarray(0, count) }
}

export function release({ nodes }: Dominators, room: DominatorRoom): void {
  for (const node of nodes) room.place[node] = NEVER
}

/** Depth first from the end: places in order of discovery, each with the place it was discovered from. */
function number({ layers }: Graph, end: number, { pass, barred }: Manner, room: DominatorRoom): number {
  const { place, nodes, parent, stack, cursor } = room
  const rows = layers.map((layer) => layer.in)
  let count = 0
  let depth = 0
  const discover = (node: number, from: number): void => {
    place[node] = count
    nodes[count] = node
    parent[count] = from
    cursor[count] = 0
    stack[depth++] = count++
  }
  discover(end, 0)
  while (depth > 0) {
    const here = stack[depth - 1]!
    const need = here === 0 ? MAY_END : GOES_ON
    const next = nextOf(rows, nodes[here]!, here, cursor, pass, need, place, barred, room)
    if (next === NEVER) depth--
    else discover(next, here)
  }
  return count
}

/** The next node that leads here and has no place yet; the cursor runs over the rows of all layers as if they were one. */
function nextOf(
  rows: readonly Rows[],
  node: number,
  here: number,
  cursor: Uint32Array,
  pass: Uint8Array,
  need: number,
  place: Uint32Array,
  barred: Uint32Array | null,
  room: DominatorRoom,
): number {
  let before = 0
  for (const { start, end, kind } of rows) {
    const first = start[node]!
    const length = start[node + 1]! - first
    for (let at = Math.max(0, cursor[here]! - before); at < length; at++) {
      cursor[here] = before + at + 1
      room.work++
      if ((pass[kind[first + at]!]! & need) === 0) continue
      const other = end[first + at]!
      if (place[other] !== NEVER || (barred !== null && hasBit(barred, other))) continue
      return other
    }
    before += length
  }
  return NEVER
}

function semidominators({ layers }: Graph, count: number, { pass }: Manner, room: DominatorRoom): void {
  const { place, nodes, parent, semi, label, ancestor } = room
  for (let at = 0; at < count; at++) {
    semi[at] = at
    label[at] = at
    ancestor[at] = parent[at]!
  }
  for (let at = count - 1; at > 0; at--) {
    let best = parent[at]!
    const node = nodes[at]!
    for (const { out } of layers) {
      for (let edge = out.start[node]!; edge < out.start[node + 1]!; edge++) {
        const towards = place[out.end[edge]!]!
        room.work++
        if (towards === NEVER || (pass[out.kind[edge]!]! & (towards === 0 ? MAY_END : GOES_ON)) === 0) continue
        const candidate = semi[evaluate(towards, at + 1, room)]!
        if (candidate < best) best = candidate
      }
    }
    semi[at] = best
  }
}

/** The place of least semidominator on the way up from `from` through places from `linked` on; ways up are shortened as they are walked. */
function evaluate(from: number, linked: number, { ancestor, label, semi, stack }: DominatorRoom): number {
  let depth = 0
  let above = from
  while (ancestor[above]! >= linked) {
    stack[depth++] = above
    above = ancestor[above]!
  }
  while (depth > 0) {
    const below = stack[--depth]!
    ancestor[below] = ancestor[above]!
    if (semi[label[above]!]! < semi[label[below]!]!) label[below] = label[above]!
    above = below
  }
  return label[from]!
}
