import { REMOVED } from './conduct.ts'

/** Both directions of a graph in compressed rows: the edges that leave node `v` are `out.start[v]` to `out.start[v + 1] - 1`. */
export interface Rows {
  start: Uint32Array
  /** The other end of each edge. */
  end: Uint32Array
  /** A byte of conduct.ts for each edge. */
  kind: Uint8Array
}
export interface Layer {
  out: Rows
  in: Rows
}

/**
 * A graph that never changes: one layer, and above it perhaps a thin one with what came since. All of it lies in shared memory, so that threads
 * look at the same bytes. A node's number is the id of its key; numbers that stand for nothing have no edges.
 */
export interface Graph {
  nodes: number
  /** See `facts.ts`. */
  facts: Uint16Array
  layers: readonly Layer[]
}

/** Edges as they come in: three growing columns. */
export class RawEdges {
  from = new Uint32Array(1024)
  to = new Uint32Array(1024)
  kind = new Uint8Array(1024)
  length = 0

  push(from: number, to: number, kind: number): void {
    if (this.length === this.from.length) this.#grow()
    this.from[this.length] = from
    this.to[this.length] = to
    this.kind[this.length++] = kind
  }

  #grow(): void {
    const size = this.length * 2
    const copy = <T extends Uint32Array | Uint8Array>(larger: T, smaller: T): T => {
      larger.set(smaller)
      return larger
    }
    this.from = copy(new Uint32Array(size), this.from)
    this.to = copy(new Uint32Array(size), this.to)
    this.kind = copy(new Uint8Array(size), this.kind)
  }
}

export const sharedU32 = (length: number): Uint32Array => new Uint32Array(new SharedArrayBuffer(length * 4))
export const sharedU16 = (length: number): Uint16Array => new Uint16Array(new SharedArrayBuffer(length * 2))
export const sharedU8 = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length))

/** Two counting sorts. The rows that leave a node come out in order of their other end. */
export function layerOf(nodes: number, { from, to, kind, length }: RawEdges): Layer {
  const into = sorted(nodes, length, to, from, kind)
  return { out: turned(nodes, length, into), in: into }
}

function sorted(nodes: number, length: number, row: Uint32Array, end: Uint32Array, kind: Uint8Array): Rows {
  const rows: Rows = { start: sharedU32(nodes + 1), end: sharedU32(length), kind: sharedU8(length) }
  const next = startsOf(rows.start, row, length)
  for (let edge = 0; edge < length; edge++) {
    const place = next[row[edge]!]!++
    rows.end[place] = end[edge]!
    rows.kind[place] = kind[edge]!
  }
  return rows
}

/** Fills in where the row of each node begins; a copy of it to count on from. */
function startsOf(start: Uint32Array, row: Uint32Array, length: number): Uint32Array {
  for (let edge = 0; edge < length; edge++) start[row[edge]! + 1]!++
  for (let node = 1; node < start.length; node++) start[node]! += start[node - 1]!
  return start.slice(0, -1)
}

/** The same edges from their other ends. */
function turned(nodes: number, length: number, { start, end, kind }: Rows): Rows {
  const rows: Rows = { start: sharedU32(nodes + 1), end: sharedU32(length), kind: sharedU8(length) }
  const next = startsOf(rows.start, end, length)
  for (let node = 0; node < nodes; node++) {
    const stop = start[node + 1]!
    for (let edge = start[node]!; edge < stop; edge++) {
      const place = next[end[edge]!]!++
      rows.end[place] = node
      rows.kind[place] = kind[edge]!
    }
  }
  return rows
}

/** Bytes that the edges and rows take, for each edge and direction. */
export const bytesPerEdge = ({ layers }: Graph): number => {
  let bytes = 0
  let edges = 0
  for (const layer of layers) {
    for (const { start, end, kind } of [layer.out, layer.in]) {
      bytes += start.byteLength + end.byteLength + kind.byteLength
      edges += end.length
    }
  }
  return bytes / edges
}

export interface Pair {
  from: number
  to: number
}

/**
 * The graph with all edges between some pairs of nodes replaced: those in `now` are what is there of them. What was there is struck out in copies of
 * the bytes that say its kind, what is new lies in a thin layer; who looks at the graph as it was is not disturbed.
 */
export function patched(graph: Graph, pairs: Iterable<Pair>, now: RawEdges, facts = graph.facts): Graph {
  const layers = graph.layers.map(({ out, in: into }) => ({
    out: { ...out, kind: copyOf(out.kind) },
    in: { ...into, kind: copyOf(into.kind) },
  }))
  for (const { from, to } of pairs) {
    for (const layer of layers) {
      strike(layer.out, from, to)
      strike(layer.in, to, from)
    }
  }
  const [base, thin] = layers
  const kept = new RawEdges()
  if (thin) {
    for (let node = 0; node < graph.nodes; node++) {
      for (let edge = thin.out.start[node]!; edge < thin.out.start[node + 1]!; edge++)
        if (thin.out.kind[edge] !== REMOVED) kept.push(node, thin.out.end[edge]!, thin.out.kind[edge]!)
    }
  }
  for (let edge = 0; edge < now.length; edge++) kept.push(now.from[edge]!, now.to[edge]!, now.kind[edge]!)
  return { nodes: graph.nodes, facts, layers: kept.length > 0 ? [base!, layerOf(graph.nodes, kept)] : [base!] }
}

const copyOf = (bytes: Uint8Array): Uint8Array => {
  const copy = sharedU8(bytes.length)
  copy.set(bytes)
  return copy
}

function strike({ start, end, kind }: Rows, row: number, other: number): void {
  for (let edge = start[row]!; edge < start[row + 1]!; edge++) if (end[edge] === other) kind[edge] = REMOVED
}

/** The bytes of the sentences from one node to another. */
export function between({ layers }: Graph, from: number, to: number): number[] {
  const found: number[] = []
  for (const { out } of layers) {
    for (let edge = out.start[from]!; edge < out.start[from + 1]!; edge++)
      if (out.end[edge] === to && out.kind[edge] !== REMOVED) found.push(out.kind[edge]!)
  }
  return found
}
