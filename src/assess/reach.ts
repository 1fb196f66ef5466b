import type { Entity, Kind, Surroundings, Verb } from '../sdk/index.ts'

/** What whoever holds a thing comes to, step by step: `reaches`, as far as it was collected. */
const ONWARD: Readonly<Record<Kind, readonly Verb[]>> = {
  secret: ['holds'],
  credential: ['authenticates'],
  workload: ['runs-as', 'uses'],
  identity: ['has', 'assumes', 'allows', 'controls'],
  person: ['has', 'controls'],
  entitlement: ['has', 'allows'],
  resource: ['contains'],
}

/** Who would notice if a thing were taken away. */
const BACK: Readonly<Record<Kind, readonly Verb[]>> = {
  secret: ['uses'],
  credential: ['uses', 'holds'],
  workload: [],
  identity: ['runs-as', 'uses'],
  person: [],
  entitlement: ['has'],
  resource: [],
}

export interface Reach {
  resources: Entity[]
  /** Those of `resources` that are confidential or restricted, or of tier 0 or 1. */
  sensitive: Entity[]
  /** Keys on the way that nothing describes: the lists may be short by what lies behind them. */
  unknown: number
  /** `most` resources were found and the search ended there. */
  more: boolean
}

/** The resources that lie onward of the keys, nearest first, at most `most`. A resource given as a start counts itself. */
export function reachOf(estate: Surroundings, starts: Iterable<string>, most = 1000): Reach {
  const reach: Reach = { resources: [], sensitive: [], unknown: 0, more: false }
  const seen = new Set(starts)
  for (const key of seen) {
    const entity = estate.get(key)
    if (entity === undefined) {
      reach.unknown++
      continue
    }
    if (entity.kind === 'resource') {
      reach.resources.push(entity)
      if (levelOf(entity) >= 2) reach.sensitive.push(entity)
      if (reach.resources.length >= most) return { ...reach, more: true }
    }
    for (const verb of ONWARD[entity.kind]) for (const edge of estate.edges(key, 'out', verb)) seen.add(edge.to)
  }
  return reach
}

/** Workloads, identities and people that depend on the key, at most `most`. */
export function dependentsOf(estate: Surroundings, start: string, most = 1000): Entity[] {
  const found: Entity[] = []
  const seen = new Set([start])
  for (const key of seen) {
    const entity = estate.get(key)
    if (entity === undefined) continue
    if (key !== start && entity.kind !== 'secret') found.push(entity)
    if (found.length >= most) break
    if (key === start || entity.kind === 'secret') {
      for (const verb of BACK[entity.kind]) for (const edge of estate.edges(key, 'in', verb)) seen.add(edge.from)
    }
  }
  return found
}

/** 3: restricted, or holds the estate. 2: confidential, or a production system. 1: internal. 0: public, or nothing is known. */
export function levelOf({ sensitivity, tier, environment }: Entity): 0 | 1 | 2 | 3 {
  if (sensitivity === 'restricted' || tier === 0) return 3
  if (sensitivity === 'confidential' || tier === 1 || environment === 'production') return 2
  return sensitivity === 'internal' ? 1 : 0
}

/**
 * For every key from which something sensitive is reached, the most sensitive such resource. One sweep backward from the
 * resources, worst first, so that each key is visited once however many identities reach how much.
 */
export function mostSensitiveReached(estate: Surroundings & { entities(): Iterable<Entity> }): Map<string, Entity> {
  const levels: Entity[][] = [[], [], [], []]
  for (const entity of estate.entities()) if (entity.kind === 'resource') levels[levelOf(entity)]!.push(entity)
  const reached = new Map<string, Entity>()
  for (const level of [3, 2, 1]) {
    for (const resource of levels[level]!) {
      if (reached.has(resource.key)) continue
      reached.set(resource.key, resource)
      const queue = [resource.key]
      for (const key of queue) {
        for (const verb of BACKWARD) {
          for (const edge of estate.edges(key, 'in', verb)) {
            if (reached.has(edge.from) || !leadsOn(estate.get(edge.from), verb)) continue
            reached.set(edge.from, resource)
            queue.push(edge.from)
          }
        }
      }
    }
  }
  return reached
}

const BACKWARD: readonly Verb[] = [...new Set(Object.values(ONWARD).flat())]
const leadsOn = (entity: Entity | undefined, verb: Verb): boolean =>
  entity !== undefined && ONWARD[entity.kind].includes(verb)
