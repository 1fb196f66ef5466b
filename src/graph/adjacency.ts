import type { JsonValue, Verb } from '../sdk/index.ts'
import { Verb as VerbSchema } from '../sdk/index.ts'

export const verbs: readonly Verb[] = VerbSchema.options
export const verbNumber = new Map<string, number>(verbs.map((verb, number) => [verb, number]))

export type Attributes = Record<string, JsonValue>

/** Edges as they come in: three growing columns, and a map for the few that have attributes. */
export class EdgeList {
  from = new Int32Array(1024)
  to = new Int32Array(1024)
  verb = new Uint8Array(1024)
  readonly attributes = new Map<number, Attributes>()
  length = 0

  push(from: number, verb: number, to: number, attributes?: Attributes): void {
    if (this.length === this.from.length) this.#grow()
    this.from[this.length] = from
    this.to[this.length] = to
    this.verb[this.length] = verb
    if (attributes !== undefined) this.attributes.set(this.length, attributes)
    this.length++
  }

  #grow(): void {
    this.from = copyInto(new Int32Array(this.length * 2), this.from)
    this.to = copyInto(new Int32Array(this.length * 2), this.to)
    this.verb = copyInto(new Uint8Array(this.length * 2), this.verb)
  }
}

const copyInto = <T extends Int32Array | Uint8Array>(larger: T, smaller: T): T => {
  larger.set(smaller)
  return larger
}

/**
 * One direction of the edges as compressed rows: the edges at a node with a verb lie side by side, in order of their other end, so that a
 * look-up is two reads and a slice. Edges with one other end keep the order of the list.
 */
export interface Adjacency {
  /** What stands at the node with this verb is from `start[node * verbs.length + verb]` to the next start. */
  start: Uint32Array
  /** The other end. */
  end: Int32Array
  /** The number of the edge in its list. */
  edge: Uint32Array
}

/** `out`: the edges by the node that they leave; else by that at which they arrive. */
export function adjacency(nodes: number, list: EdgeList, out: boolean): Adjacency {
  const [near, far] = out ? [list.from, list.to] : [list.to, list.from]
  const width = verbs.length
  const start = new Uint32Array(nodes * width + 1)
  for (let edge = 0; edge < list.length; edge++) start[near[edge]! * width + list.verb[edge]! + 1]!++
  for (let slot = 1; slot < start.length; slot++) start[slot]! += start[slot - 1]!
  const next = start.slice(0, -1)
  const end = new Int32Array(list.length)
  const order = new Uint32Array(list.length)
  for (const edge of inOrderOf(far, list.length, nodes)) {
    const at = next[near[edge]! * width + list.verb[edge]!]!++
    end[at] = far[edge]!
    order[at] = edge
  }
  return { start, end, edge: order }
}

/** The numbers of the edges by an end of theirs, those with the same one in the order of the list. */
function inOrderOf(ends: Int32Array, length: number, nodes: number): Uint32Array {
  const next = new Uint32Array(nodes + 1)
  for (let edge = 0; edge < length; edge++) next[ends[edge]! + 1]!++
  for (let node = 1; node < next.length; node++) next[node]! += next[node - 1]!
  const order = new Uint32Array(length)
  for (let edge = 0; edge < length; edge++) order[next[ends[edge]!]!++] = edge
  return order
}
