import type {
  Edge,
  Entity,
  Former,
  Instant,
  Kind,
  LedgerLine,
  Neighbour,
  Step,
  Surroundings,
  Verb,
} from '../sdk/index.ts'
import { type Adjacency, adjacency, type EdgeList, verbNumber, verbs } from './adjacency.ts'
import type { Effective } from './flow.ts'
import type { FormerValues } from './former.ts'

/** One collection of one connection, and how its last read went. */
export interface SourceState {
  connection: string
  collection: string
  yields: readonly string[]
  /** Was the last read whole? */
  complete: boolean
  completeAt: Instant | null
  lines: readonly LedgerLine[]
}

/** What an estate is made of; indexes are places in `keys`. */
export interface EstateParts {
  /** Every key that is described, or named by an edge, in order: what is alike in key lies together, and ends of paths are put in order by number. */
  keys: readonly string[]
  /** By index; a hole is a key that is named and not described. */
  entities: readonly (Entity | undefined)[]
  /** Keys that are another name of a thing → its index. */
  aliases: ReadonlyMap<string, number>
  edges: EdgeList
  effective: ReadonlyMap<number, Effective>
  /** By index: places in `sources`. */
  describedBy: (index: number) => readonly number[]
  sources: readonly SourceState[]
  /** By index, and by name of the attribute: its former values, for those that were asked for and have some. */
  former: FormerValues
  asOf: Instant | null
}

/**
 * The whole graph in memory, as rules see it: each thing once, under the key that stands for it, with the union of its
 * descriptions and with environment, sensitivity and tier as they flow down. Never changes.
 */
export class Estate implements Surroundings {
  /** The instant it shows; null for now. */
  readonly asOf: Instant | null
  readonly sources: readonly SourceState[]
  readonly #parts: EstateParts
  readonly #index = new Map<string, number>()
  readonly #out: Adjacency
  readonly #in: Adjacency
  /** By index: a bit for each verb that leaves it, and one for each that arrives. Most paths end where they begin. */
  readonly #verbs: Uint32Array
  /** By index: the last step of a path that came by, told by its number. */
  readonly #seen: Uint32Array
  #step = 0
  readonly #paths = new Map<readonly Step[], readonly ReadStep[]>()
  readonly #gaps: ReadonlyMap<string, ReadonlyMap<string, { reason: string; permission?: string }>>
  /** The last start of a path, and its index: rules ask for many paths from one start. */
  #asked = ''
  #place = -1

  constructor(parts: EstateParts) {
    this.#parts = parts
    this.asOf = parts.asOf
    this.sources = parts.sources
    parts.keys.forEach((key, index) => {
      this.#index.set(key, index)
    })
    for (const [alias, index] of parts.aliases) this.#index.set(alias, index)
    this.#out = adjacency(parts.keys.length, parts.edges, true)
    this.#in = adjacency(parts.keys.length, parts.edges, false)
    this.#seen = new Uint32Array(parts.keys.length)
    this.#verbs = verbsAt(parts.keys.length, parts.edges)
    this.#gaps = gapsOf(parts.sources)
  }

  /** The thing with this key, or with this other name of a merged credential; undefined when nothing describes it. */
  get(key: string): Entity | undefined {
    const index = this.#index.get(key)
    return index === undefined ? undefined : this.#parts.entities[index]
  }

  /** Edges at a key with a verb. A sentence that two sources say comes twice. */
  *edges(key: string, direction: 'out' | 'in', verb: Verb): Generator<Edge> {
    const index = this.#index.get(key)
    if (index === undefined) return
    const { start, edge } = direction === 'out' ? this.#out : this.#in
    const slot = index * verbs.length + verbNumber.get(verb)!
    for (let at = start[slot]!; at < start[slot + 1]!; at++) yield edgeAt(this.#parts, edge[at]!)
  }

  /** Rules ask many things of one key in a row, and go through the keys in order: it is looked up once, or not at all. */
  #placeOf(key: string): number {
    if (key === this.#asked) return this.#place
    const { keys } = this.#parts
    this.#asked = key
    let next = this.#place + 1
    while (next < keys.length && this.#parts.entities[next] === undefined) next++
    this.#place = keys[next] === key ? next : (this.#index.get(key) ?? -1)
    return this.#place
  }

  /** The ends of a path of verbs, each once, in order of key: what rules ask most, so it walks indexes and not keys. */
  follow(start: string, path: readonly Step[]): readonly Neighbour[] {
    const from = this.#placeOf(start)
    let read = this.#paths.get(path)
    if (read === undefined) {
      read = path.map((step) => steps.get(step)!)
      this.#paths.set(path, read)
    }
    if (from < 0 || read.length === 0 || (this.#verbs[from]! & read[0]!.bit) === 0) return nowhere
    let ends: Ends = { nodes: [from], edges: [] }
    for (const step of read) {
      ends = this.#stepFrom(ends.nodes, step)
      if (ends.nodes.length === 0) return nowhere
    }
    // One step leaves them in order.
    if (read.length > 1) inOrder(ends)
    const { nodes, edges } = ends
    const found: Neighbour[] = new Array(nodes.length)
    for (let at = 0; at < nodes.length; at++) found[at] = new End(nodes[at]!, this.#parts, edges[at]!)
    return found
  }

  /** What stands one step on from the nodes, each once, by the first edge that leads there. */
  #stepFrom(from: readonly number[], { out, verb }: ReadStep): Ends {
    const { start, end, edge } = out ? this.#out : this.#in
    const seen = this.#seen
    const step = ++this.#step
    const nodes: number[] = []
    const edges: number[] = []
    for (let one = 0; one < from.length; one++) {
      const slot = from[one]! * verbs.length + verb
      for (let at = start[slot]!; at < start[slot + 1]!; at++) {
        const node = end[at]!
        if (seen[node] === step) continue
        seen[node] = step
        nodes.push(node)
        edges.push(edge[at]!)
      }
    }
    return { nodes, edges }
  }

  /** All edges at a key, in order of verb. */
  *edgesOf(key: string, direction: 'out' | 'in'): Generator<Edge> {
    const index = this.#index.get(key)
    if (index === undefined) return
    const { start, edge } = direction === 'out' ? this.#out : this.#in
    for (let at = start[index * verbs.length]!; at < start[(index + 1) * verbs.length]!; at++)
      yield edgeAt(this.#parts, edge[at]!)
  }

  /** Everything that is described, always in the same order. */
  *entities(): Generator<Entity> {
    for (const entity of this.#parts.entities) if (entity !== undefined) yield entity
  }

  *ofKind(kind: Kind): Generator<Entity> {
    for (const entity of this.#parts.entities) if (entity?.kind === kind) yield entity
  }

  *ofType(type: string): Generator<Entity> {
    for (const entity of this.#parts.entities) if (entity?.type === type) yield entity
  }

  /** The values that an attribute had before the present one, oldest first, where they were asked for when it was loaded. */
  before(key: string, attribute: string): readonly Former[] {
    if (this.#parts.former.size === 0) return never
    return this.#parts.former.get(this.#placeOf(key))?.get(attribute) ?? never
  }

  /** Who describes the key now. */
  sourcesOf(key: string): SourceState[] {
    const index = this.#index.get(key)
    return index === undefined ? [] : this.#parts.describedBy(index).map((source) => this.sources[source]!)
  }

  /** The key of the node that gave the effective value: its own, or that of a container. */
  origin(key: string, attribute: 'environment' | 'sensitivity' | 'tier'): string | undefined {
    const from = this.#effective(key)?.[`${attribute}From`]
    return from === undefined ? undefined : this.#parts.keys[from]
  }

  /** The environment that another container, as near as the one that won, says instead. */
  disputed(key: string): Entity['environment'] {
    return this.#effective(key)?.environmentDisputed
  }

  /** Every line of the completeness ledger. */
  *ledger(): Generator<LedgerLine> {
    for (const source of this.sources) yield* source.lines
  }

  incomplete(type: string, subject: Entity): { reason: string; permission?: string } | undefined {
    const index = this.#placeOf(subject.key)
    if (index < 0) return undefined
    // Nearly always everything was read: then there is nothing to look up.
    if (this.#gaps.size === 0) return undefined
    for (const source of this.#parts.describedBy(index)) {
      const gap = this.#gaps.get(this.sources[source]!.connection)?.get(type)
      if (gap) return gap
    }
    return undefined
  }

  #effective(key: string): Effective | undefined {
    const index = this.#index.get(key)
    return index === undefined ? undefined : this.#parts.effective.get(index)
  }
}

function edgeAt({ keys, edges }: EstateParts, at: number): Edge {
  const from = keys[edges.from[at]!]!
  const to = keys[edges.to[at]!]!
  const verb = verbs[edges.verb[at]!]!
  const attributes = edges.attributes.get(at)
  return attributes === undefined ? { from, verb, to } : { from, verb, to, attributes }
}

/** What stands at the end of a path. Few rules look at the edge that led there: it is put together when one does. */
class End implements Neighbour {
  readonly entity: Entity | null
  readonly #node: number
  readonly #parts: EstateParts
  readonly #edge: number

  constructor(node: number, parts: EstateParts, edge: number) {
    this.entity = parts.entities[node] ?? null
    this.#node = node
    this.#parts = parts
    this.#edge = edge
  }

  get key(): string {
    return this.#parts.keys[this.#node]!
  }

  get edge(): Edge {
    return edgeAt(this.#parts, this.#edge)
  }
}

/** Nodes, and by place the edge that led to each. */
interface Ends {
  nodes: number[]
  edges: number[]
}

/** Puts them in order of node. Mostly they are few, and few insertions are sooner done than a call for each comparison. */
function inOrder({ nodes, edges }: Ends): void {
  if (nodes.length > FEW) {
    const order = nodes.map((_, at) => at).sort((a, b) => nodes[a]! - nodes[b]!)
    const [byNode, byEdge] = [order.map((at) => nodes[at]!), order.map((at) => edges[at]!)]
    for (let at = 0; at < order.length; at++) {
      nodes[at] = byNode[at]!
      edges[at] = byEdge[at]!
    }
    return
  }
  for (let at = 1; at < nodes.length; at++) {
    const [node, edge] = [nodes[at]!, edges[at]!]
    let to = at
    for (; to > 0 && nodes[to - 1]! > node; to--) {
      nodes[to] = nodes[to - 1]!
      edges[to] = edges[to - 1]!
    }
    nodes[to] = node
    edges[to] = edge
  }
}

interface ReadStep {
  out: boolean
  verb: number
  bit: number
}

/** A step, read once. */
const steps = new Map(
  verbs.flatMap((verb, number): [string, ReadStep][] => [
    [`>${verb}`, { out: true, verb: number, bit: 1 << number }],
    [`<${verb}`, { out: false, verb: number, bit: 1 << (number + verbs.length) }],
  ]),
)

function verbsAt(nodes: number, { from, verb, to, length }: EdgeList): Uint32Array {
  const bits = new Uint32Array(nodes)
  for (let edge = 0; edge < length; edge++) {
    bits[from[edge]!]! |= 1 << verb[edge]!
    bits[to[edge]!]! |= 1 << (verb[edge]! + verbs.length)
  }
  return bits
}

const FEW = 40
const nowhere: readonly Neighbour[] = Object.freeze([])
const never: readonly Former[] = Object.freeze([])

/** Connection → type → why its last read was not whole. */
function gapsOf(sources: readonly SourceState[]) {
  const gaps = new Map<string, Map<string, { reason: string; permission?: string }>>()
  for (const source of sources) {
    if (source.complete) continue
    const line =
      source.lines.find((one) => one.permission !== null) ??
      source.lines.find((one) => one.refused > 0) ??
      source.lines.find((one) => one.expected !== null && one.obtained < one.expected)
    const gap = {
      reason: `${source.connection}: ${source.collection}${line?.scope ? ` of ${line.scope}` : ''}: ${line?.reason ?? 'not all of it was read'}`,
      ...(line?.permission ? { permission: line.permission } : {}),
    }
    const types = gaps.get(source.connection) ?? new Map()
    gaps.set(source.connection, types)
    for (const type of source.yields) if (!types.has(type) || gap.permission) types.set(type, gap)
  }
  return gaps
}
