import type { Edge, Entity, Instant, Kind, LedgerLine, Neighbour, Step, Surroundings, Verb } from '../sdk/index.ts'
import { type Adjacency, type Attributes, adjacency, EdgeList, verbNumber, verbs } from './adjacency.ts'
import { type Effective, flowDown } from './flow.ts'
import { type Description, sameCredentials, unite } from './unite.ts'

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
  /** Every key that is described, or named by an edge. */
  keys: readonly (string | undefined)[]
  /** By index; a hole is a key that is named and not described. */
  entities: readonly (Entity | undefined)[]
  /** Keys that are another name of a thing → its index. */
  aliases: ReadonlyMap<string, number>
  edges: EdgeList
  effective: ReadonlyMap<number, Effective>
  /** By index: places in `sources`. */
  describedBy: (index: number) => readonly number[]
  sources: readonly SourceState[]
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
  readonly #gaps: ReadonlyMap<string, ReadonlyMap<string, { reason: string; permission?: string }>>
  /** The last start of a path, and its index: rules ask for many paths from one start. */
  #asked = ''
  #place = -1

  constructor(parts: EstateParts) {
    this.#parts = parts
    this.asOf = parts.asOf
    this.sources = parts.sources
    parts.keys.forEach((key, index) => {
      if (key !== undefined) this.#index.set(key, index)
    })
    for (const [alias, index] of parts.aliases) this.#index.set(alias, index)
    this.#out = adjacency(parts.keys.length, parts.edges.from, parts.edges)
    this.#in = adjacency(parts.keys.length, parts.edges.to, parts.edges)
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
    const { start, order } = direction === 'out' ? this.#out : this.#in
    const slot = index * verbs.length + verbNumber.get(verb)!
    for (let at = start[slot]!; at < start[slot + 1]!; at++) yield this.#edge(order[at]!)
  }

  /** The ends of a path of verbs, each once, in order of key: what rules ask most, so it walks indexes and not keys. */
  follow(start: string, path: readonly Step[]): readonly Neighbour[] {
    if (start !== this.#asked) {
      this.#asked = start
      this.#place = this.#index.get(start) ?? -1
    }
    let from = this.#place
    if (from < 0 || path.length === 0) return nowhere
    const { edges, keys, entities } = this.#parts
    let starts: number[] = [from]
    let by: number[] = []
    for (const step of path) {
      const out = step[0] === '>'
      const { start: slots, order } = out ? this.#out : this.#in
      const ends = out ? edges.to : edges.from
      const verb = verbNumber.get(step.slice(1))!
      const next: number[] = []
      by = []
      let seen: Set<number> | undefined
      for (from of starts) {
        const slot = from * verbs.length + verb
        if (seen === undefined && (starts.length > 1 || slots[slot + 1]! - slots[slot]! > 1)) seen = new Set(next)
        for (let at = slots[slot]!; at < slots[slot + 1]!; at++) {
          const end = ends[order[at]!]!
          if (seen?.has(end)) continue
          seen?.add(end)
          next.push(end)
          by.push(order[at]!)
        }
      }
      if (next.length === 0) return nowhere
      starts = next
    }
    const found = starts.map(
      (end, at): Neighbour => ({ key: keys[end]!, entity: entities[end] ?? null, edge: this.#edge(by[at]!) }),
    )
    return found.length === 1 ? found : found.sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  /** All edges at a key, in order of verb. */
  *edgesOf(key: string, direction: 'out' | 'in'): Generator<Edge> {
    const index = this.#index.get(key)
    if (index === undefined) return
    const { start, order } = direction === 'out' ? this.#out : this.#in
    for (let at = start[index * verbs.length]!; at < start[(index + 1) * verbs.length]!; at++)
      yield this.#edge(order[at]!)
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
    const index = this.#index.get(subject.key)
    if (index === undefined) return undefined
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

  #edge(edge: number): Edge {
    const { keys, edges } = this.#parts
    const from = keys[edges.from[edge]!]!
    const to = keys[edges.to[edge]!]!
    const verb = verbs[edges.verb[edge]!]!
    const attributes = edges.attributes.get(edge)
    return attributes === undefined ? { from, verb, to } : { from, verb, to, attributes }
  }
}

const nowhere: readonly Neighbour[] = Object.freeze([])

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

/** Takes what collections yield, in any order, and makes the estate of it: what the database does, in memory. */
export class EstateBuilder {
  readonly #keys = new Map<string, number>()
  readonly #descriptions = new Map<number, { source: number; entity: Entity }[]>()
  readonly #edges = new EdgeList()
  readonly #sources: { connection: string; collection: string }[] = []

  add(connection: string, collection: string, item: Entity | Edge): void {
    if ('verb' in item) {
      this.addEdge(item.from, verbNumber.get(item.verb)!, item.to, item.attributes)
      return
    }
    const source = this.#source(connection, collection)
    const index = this.#intern(item.key)
    const described = this.#descriptions.get(index)
    if (described === undefined) this.#descriptions.set(index, [{ source, entity: item }])
    else if (!described.some((one) => one.source === source)) described.push({ source, entity: item })
  }

  /** The same for an edge whose verb is a number already. */
  addEdge(from: string, verb: number, to: string, attributes: Attributes | undefined): void {
    this.#edges.push(this.#intern(from), verb, this.#intern(to), attributes)
  }

  build(sources: readonly SourceState[] = [], asOf: Instant | null = null): Estate {
    const all = this.#allSources(sources)
    const keys = [...this.#keys.keys()].sort()
    const place = new Map(keys.map((key, index) => [key, index]))
    const same = sameCredentials(this.#credentials())
    const standsFor = (key: string): number => place.get(same.get(key) ?? key)!

    const groups = new Map<number, Description[]>()
    const describedBy = new Map<number, number[]>()
    for (const [key, number] of this.#keys) {
      for (const { source, entity } of this.#descriptions.get(number) ?? []) {
        const index = standsFor(key)
        groups.set(index, [...(groups.get(index) ?? []), { ...this.#sources[source]!, entity }])
        const known = describedBy.get(index) ?? []
        if (!known.includes(source)) describedBy.set(index, [...known, source])
      }
    }
    const entities: (Entity | undefined)[] = new Array(keys.length).fill(undefined)
    for (const [index, group] of groups) entities[index] = unite(keys[index]!, group)

    const edges = new EdgeList()
    const ends = Int32Array.from(this.#keys.keys(), standsFor)
    const given = this.#edges
    for (let edge = 0; edge < given.length; edge++) {
      edges.push(ends[given.from[edge]!]!, given.verb[edge]!, ends[given.to[edge]!]!, given.attributes.get(edge))
    }
    const effective = flowDown(keys.length, (node) => entities[node], containment(keys.length, edges))
    for (const [index, { environment, sensitivity, tier }] of effective) {
      const entity = entities[index]
      if (entity) entities[index] = withEffective(entity, environment, sensitivity, tier)
    }
    return new Estate({
      keys,
      entities,
      aliases: new Map([...same].map(([alias, canonical]) => [alias, place.get(canonical)!])),
      edges,
      effective,
      describedBy: (index) => describedBy.get(index) ?? [],
      sources: all,
      asOf,
    })
  }

  #intern(key: string): number {
    const known = this.#keys.get(key)
    if (known !== undefined) return known
    this.#keys.set(key, this.#keys.size)
    return this.#keys.size - 1
  }

  #source(connection: string, collection: string): number {
    const known = this.#sources.findIndex((one) => one.connection === connection && one.collection === collection)
    return known >= 0 ? known : this.#sources.push({ connection, collection }) - 1
  }

  *#credentials() {
    for (const [key, number] of this.#keys) {
      for (const { entity } of this.#descriptions.get(number) ?? []) {
        if (entity.kind === 'credential' && entity.fingerprint !== undefined)
          yield { key, fingerprint: entity.fingerprint }
      }
    }
  }

  /** The given states in the order in which the builder numbered their sources; those that yielded nothing follow. */
  #allSources(given: readonly SourceState[]): SourceState[] {
    const of = ({ connection, collection }: { connection: string; collection: string }) =>
      given.find((state) => state.connection === connection && state.collection === collection)
    const seen = this.#sources.map(
      (source): SourceState => of(source) ?? { ...source, yields: [], complete: true, completeAt: null, lines: [] },
    )
    return [...seen, ...given.filter((state) => !seen.includes(state))]
  }
}

/** The estate of a few items at hand, without a database. */
export function estateFrom(
  items: Iterable<{ connection: string; collection: string; item: Entity | Edge }>,
  sources: readonly SourceState[] = [],
): Estate {
  const builder = new EstateBuilder()
  for (const { connection, collection, item } of items) builder.add(connection, collection, item)
  return builder.build(sources)
}

export function withEffective(
  entity: Entity,
  environment: Entity['environment'] | null,
  sensitivity: Entity['sensitivity'] | null,
  tier: Entity['tier'] | null,
): Entity {
  if (environment == null && sensitivity == null && tier == null) return entity
  return {
    ...entity,
    ...(environment == null ? {} : { environment }),
    ...(sensitivity == null ? {} : { sensitivity }),
    ...(tier == null ? {} : { tier }),
  }
}

function containment(nodes: number, edges: EdgeList): (node: number) => Iterable<number> {
  const { start, order } = adjacency(nodes, edges.from, edges)
  const contains = verbNumber.get('contains')!
  return function* (node) {
    const slot = node * verbs.length + contains
    for (let at = start[slot]!; at < start[slot + 1]!; at++) yield edges.to[order[at]!]!
  }
}
