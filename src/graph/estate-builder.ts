import type { Edge, Entity, Former, Instant } from '../sdk/index.ts'
import { type Attributes, adjacency, EdgeList, verbNumber, verbs } from './adjacency.ts'
import { Estate, type SourceState } from './estate.ts'
import { flowDown } from './flow.ts'
import { type Description, sameCredentials, unite } from './unite.ts'

/** Takes what collections yield, in any order, and makes the estate of it: what the database does, in memory. */
export class EstateBuilder {
  readonly #keys = new Map<string, number>()
  readonly #descriptions = new Map<number, { source: number; entity: Entity }[]>()
  readonly #edges = new EdgeList()
  readonly #former = new Map<string, Map<string, readonly Former[]>>()
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

  /** What an attribute of the key was before, oldest first, the present value left out. */
  remember(key: string, attribute: string, before: readonly Former[]): void {
    if (before.length === 0) return
    const known = this.#former.get(key)
    if (known === undefined) this.#former.set(key, new Map([[attribute, before]]))
    else known.set(attribute, before)
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
      former: new Map(
        [...this.#former].flatMap(([key, values]) => (this.#keys.has(key) ? [[standsFor(key), values]] : [])),
      ),
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

function withEffective(
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
  const { start, end } = adjacency(nodes, edges, true)
  const contains = verbNumber.get('contains')!
  return function* (node) {
    const slot = node * verbs.length + contains
    for (let at = start[slot]!; at < start[slot + 1]!; at++) yield end[at]!
  }
}
