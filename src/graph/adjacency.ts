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
 * One direction of the edges as compressed rows: the edges at a node with a verb lie side by side, so that a look-up is two
 * reads and a slice. `order[i]` is the number of an edge in its list.
 */
export interface Adjacency {
  /** The edges with this verb at the node are `order[start]` to `order[end - 1]`. */
  start: Uint32Array
  order: Uint32Array
}

export function adjacency(nodes: number, ends: Int32Array, list: EdgeList): Adjacency {
  const start = new Uint32Array(nodes * verbs.length + 1)
  for (let edge = 0; edge < list.length; edge++) start[ends[edge]! * verbs.length + list.verb[edge]! + 1]!++
  for (let slot = 1; slot < start.length; slot++) start[slot]! += start[slot - 1]!
  const next = start.slice(0, -1)
  const order = new Uint32Array(list.length)
  for (let edge = 0; edge < list.length; edge++) order[next[ends[edge]! * verbs.length + list.verb[edge]!]!++] = edge
  return { start, order }
}
