/** The identities that no story is about. What is true of one is drawn first; what its sources tell follows from it. */
import type { Environment } from '../../sdk/index.ts'
import type { Person, Service } from './company.ts'
import { nameOf, nativeOf } from './names.ts'
import type { Pattern, SystemId } from './patterns.ts'
import { type Level, servicesOn } from './places.ts'
import type { Rhythm, World } from './scene.ts'
import { type System, systems } from './systems.ts'
import type { Evidence, Fault } from './truth.ts'

/** One of the crowd: a place in its system and its number among all. */
export interface Member {
  system: System
  /** Over all systems: no two have the same. */
  number: number
  life: 'here' | 'gone' | 'coming'
}

/** Copies of credentials lie in, and are used from, these; so their listings hear of every member. */
export const HOLDERS: ReadonlySet<SystemId> = new Set(['kubernetes', 'github', 'vault', 'jenkins'])

/** So many of the crowd, `here` on the day of the stories, with a few more that went before and come after. */
export function* membersOf(count: number, of?: ReadonlySet<SystemId>): Generator<Member> {
  const total = systems.reduce((sum, { pattern }) => sum + pattern.share, 0)
  let number = 0
  let given = 0
  let share = 0
  for (const system of systems) {
    share += system.pattern.share
    const here = Math.round((count * share) / total) - given
    given += here
    for (const [life, many] of [
      ['here', here],
      ['gone', Math.ceil(here * 0.06)],
      ['coming', Math.ceil(here * 0.03)],
    ] as const) {
      if (of === undefined || of.has(system.id))
        for (let i = 0; i < many; i++) yield { system, number: number + i, life }
      number += many
    }
  }
}

const VENDORS = ['Brightmail', 'Datavane', 'Kestrel Analytics', 'Pinecrest', 'Opsglass', 'Quillpay', 'Stackwarden']
const CHANCES: readonly [Fault, number][] = [
  ['stale', 0.07],
  ['orphaned', 0.04],
  ['unrevoked', 0.015],
  ['leaked', 0.012],
  ['vendor-excess', 0.25],
  ['weak-authentication', 0.03],
  ['over-privileged', 0.06],
  ['open-trust', 0.006],
  ['long-lived', 0.14],
  ['environment-mixing', 0.025],
  ['reused', 0.02],
  ['human-use', 0.02],
]

/** What is switched off does none of these. */
const OF_WHAT_WORKS: readonly Fault[] = [
  'stale',
  'over-privileged',
  'vendor-excess',
  'weak-authentication',
  'open-trust',
  'environment-mixing',
  'human-use',
]

export interface Facts {
  place: readonly [system: SystemId, type: string, native: string]
  name: string
  service: Service
  environment: Environment
  faults: ReadonlySet<Fault>
  born: number
  gone: number
  vendor: string | null
  owner: Person
  /** The day on which whoever answers for it left, or on which it was switched off. */
  since: number
  abandoned: number
  recorded: boolean
  evidence: Evidence[]
  rhythm: Rhythm | 'refused' | 'none'
  rotates: number | null
  /** Days that a credential of it is made for; Infinity for one without end. */
  lasts: number
  level: Level
  /** It holds the rights of an administrator, and uses them. */
  administers: boolean
}

export function factsOf(world: World, { system, number, life }: Member): Facts {
  const { chance, company } = world
  const { pattern } = system
  const service = chance.of(servicesOn(world, system.id), 'service', number)
  const environment = chance.of(pattern.environments, 'environment', number)
  const vendor =
    chance('vendor', number) < (pattern.identity.startsWith('sal') || pattern.identity.startsWith('slack') ? 0.7 : 0.02)
  const faults = new Set(
    CHANCES.flatMap(([fault, odds]) => (chance(fault, number) < odds && may(fault, system, vendor) ? [fault] : [])),
  )
  // Beside the trust its static credential is in force.
  if (faults.has('open-trust')) faults.add('weak-authentication')
  if (faults.has('unrevoked')) for (const fault of OF_WHAT_WORKS) faults.delete(fault)
  // A vendor that may do more than it does holds more than it does.
  if (faults.has('vendor-excess')) faults.add('over-privileged')
  // What nothing needs any more is not needed by several.
  if (faults.has('unrevoked') || faults.has('stale')) faults.delete('reused')
  const young = chance('young', number) < 0.35
  const born =
    life === 'coming'
      ? chance.between(1, 60, 'born', number)
      : -(young ? chance.between(5, 360, 'born', number) : chance.between(370, 1500, 'born', number))
  const abandoned = Math.max(born + 20, -chance.between(120, 700, 'abandoned', number))
  const every = chance.of([0.04, 0.25, 1, 1, 1, 7, 7, 30, 91], 'every', number)
  const { leavers } = company
  const leaver = faults.has('orphaned') ? leavers[number % 5 < 3 ? 0 : number % leavers.length] : undefined
  const recorded = chance('recorded', number) < (leaver ? 0.6 : 0.79)
  const owner = leaver ?? answering(world, service, number)
  const evidence = recorded ? [] : evidenceFor(world, system, number, { leaver: leaver !== undefined, service, owner })
  const excess = faults.has('over-privileged') || faults.has('vendor-excess')
  const administers = !excess && chance('administers', number) < 0.06
  return {
    place: [system.id, pattern.identity, nativeOf(world, system, service, environment, number)],
    name: nameOf(world, system.id, service, environment, number),
    service,
    environment,
    faults,
    born,
    gone: life === 'gone' ? -chance.between(2, 340, 'gone', number) : Number.POSITIVE_INFINITY,
    vendor: vendor ? chance.of(VENDORS, 'vendor', number) : null,
    owner,
    since: leaver?.left ?? -chance.between(10, 300, 'off', number),
    abandoned,
    recorded,
    evidence,
    rhythm:
      pattern.usage === 'recorded' ? { every, ...(faults.has('stale') ? { until: abandoned } : {}) } : pattern.usage,
    rotates: faults.has('long-lived') ? null : pattern.rotates,
    lasts: lastsOf(pattern, faults.has('long-lived'), chance('ends', number)),
    level: excess || administers ? 'admin' : chance('level', number) < 0.5 ? 'read' : 'write',
    administers,
  }
}

function lastsOf({ method, rotates }: Pattern, longLived: boolean, draw: number): number {
  if (method === 'certificate') return longLived ? 3650 : 398
  if (longLived) return draw < 0.25 ? 1800 : Number.POSITIVE_INFINITY
  return draw < 0.6 ? rotates + 14 : Number.POSITIVE_INFINITY
}

/** Mostly whoever answers for the service; else a colleague of the team, or one of those who run the platform. */
function answering({ chance, company }: World, { owner, team }: Service, number: number): Person {
  const draw = chance('answers', number)
  const fit = draw < 0.72 ? [] : company.settled(draw < 0.93 ? team : 'Platform')
  return fit.length === 0 ? company.people[owner]! : chance.of(fit, 'answering', number)
}

/** Systems whose things bear tags or labels. */
export const TAGGED: ReadonlySet<SystemId> = new Set(['aws', 'gcp', 'entra', 'kubernetes', 'gitlab'])

/** What would lead to the owner whom no source names. Of who left only who made it is still to be seen. */
function evidenceFor(
  { chance, company }: World,
  { id, pattern }: System,
  number: number,
  { leaver, service, owner }: { leaver: boolean; service: Service; owner: Person },
): Evidence[] {
  const found: Evidence[] = []
  if (chance('made', number) < (leaver ? 0.6 : 0.42)) found.push('created')
  if (!leaver) {
    if ((TAGGED.has(id) || id === 'agents') && chance('tagged', number) < 0.25) found.push('tags')
    if (TAGGED.has(id) && chance('declared', number) < 0.45 && owner === company.people[service.owner])
      found.push('commits')
    if (pattern.workload !== null && chance('runs', number) < 0.2) found.push('runs')
    if (id === 'linux' && chance('login', number) < 0.4) found.push('logins')
  }
  return found.length > 0 ? found : ['none']
}

/** Not every fault can be had everywhere. */
function may(fault: Fault, { id, pattern }: System, vendor: boolean): boolean {
  const { method, environments, usage } = pattern
  if (fault === 'vendor-excess') return vendor
  if (fault === 'environment-mixing') return environments.length > 1
  if (fault === 'weak-authentication' || fault === 'open-trust') return id === 'aws' || id === 'entra' || id === 'gcp'
  if (fault === 'leaked') return method === 'access-key' || method === 'token' || method === 'password'
  if (fault === 'human-use') return method === 'token' || method === 'password'
  if (fault === 'over-privileged') return usage === 'recorded'
  return fault !== 'unrevoked' || method !== 'certificate'
}
