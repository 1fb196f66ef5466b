/** How a story tells of one identity: what it is, who answers for it, what it may do and does, and what is true of it. */
import type { Environment } from '../../sdk/index.ts'
import { ACTIONS, type Level, leafOf, policyOf, ROOT, rootOf } from './places.ts'
import { type Facts, keyOf, type Place, type Scene, type Telling } from './scene.ts'
import type { Fault } from './truth.ts'

export interface Account extends Omit<Telling, 'owner' | 'faults'> {
  place: Place
  name: string
  /** By name; who answers for it in truth. Null: nobody does. */
  owner: string | null
  /** Whom its source names instead, by name. */
  named?: string
  /** By name; who made it, where its source says so. */
  maker?: string
  born: number
  gone?: number
  used?: Facts['used']
  by?: string
  environment?: Environment
  facts?: Facts
  holds?: readonly (readonly [service: string, environment: Environment, level: Level])[]
  /** What it was seen to do, up to a level; where none is given, the work that its grants are for and no administration. */
  calls?: readonly (readonly [service: string, environment: Environment, upTo?: Level])[]
  faults?: readonly Fault[]
}

/** Its key. Where whoever answers for it has left by now, that it is orphaned goes without saying. */
export function account(scene: Scene, given: Account): string {
  const { place, name, born, used, by, environment, facts = {}, holds = [], calls = [], faults = [] } = given
  const [system] = place
  const { company } = scene.world
  const gone = given.gone === undefined ? {} : { gone: given.gone }
  const key = scene.identity(place, name, {
    born,
    ...gone,
    ...(environment === undefined ? {} : { environment }),
    ...(used === undefined ? {} : { used }),
    ...(by === undefined ? {} : { usedBy: by }),
    ...facts,
    attributes: { accountKind: given.machine === false ? 'human' : 'service', ...facts.attributes },
  })
  if (!scene.isThere({ born, ...gone })) return key
  const { owner: answering, recorded = answering !== null } = given
  const owner = answering === null ? null : company.person(answering)
  const named = given.named === undefined ? (recorded ? owner : null) : company.person(given.named)
  if (named) scene.say(system, named.key, 'owns', key)
  if (given.maker !== undefined) scene.say(system, company.person(given.maker).key, 'created', key)
  for (const [service, where, level] of holds)
    scene.say(system, key, 'has', keyOf(system, policyOf(system, service, where, level)[2]))
  for (const [service, where, upTo] of calls) {
    const held = holds.find(([of, there]) => of === service && there === where)?.[2] ?? 'read'
    const actions = ACTIONS[upTo ?? (held === 'admin' ? 'write' : held)]
    scene.say(system, key, 'called', keyOf(system, leafOf(system, service, where)[2]), { actions })
    if (upTo === 'admin') scene.say(system, key, 'called', keyOf(system, rootOf(system, where)[2]), { actions: ROOT })
  }
  const left = owner !== null && owner.left !== null && owner.left <= scene.today
  scene.truth(place, name, {
    faults: left ? [...faults, 'orphaned'] : faults,
    machine: given.machine ?? true,
    owner: left ? null : (owner?.key ?? null),
    recorded: recorded && given.named === undefined,
    evidence: given.evidence ?? [],
    near: given.near ?? [],
    hard: given.hard ?? null,
    unseen: given.unseen ?? [],
  })
  return key
}

/** Faults that began on a day. */
export const since = (scene: Scene, day: number, ...faults: Fault[]): Fault[] => (scene.today >= day ? faults : [])

export const NEVER = { notApplicable: 'it has no end' } as const
