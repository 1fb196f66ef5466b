/** Larkfield at one moment, as its systems would tell of it: what stories and the crowd are written with. */
import type { Edge, Entity, Environment, JsonValue, Known, Method, Verb } from '../../sdk/index.ts'
import { type Chance, chanceOf } from './chance.ts'
import { type Company, companyOf } from './company.ts'
import type { SystemId } from './patterns.ts'
import type { Settings } from './settings.ts'
import { SLOT, type Slot } from './systems.ts'
import { type Evidence, type Fault, labelled, type Truth } from './truth.ts'

export const DAY = 86_400_000

export interface World {
  size: number
  seed: number
  /** Midnight of the day of the stories, and this moment, in milliseconds. */
  day: number
  now: number
  chance: Chance
  company: Company
  fingerprint(value: string): string
}

export const worldOf = (settings: Settings, now: Date, fingerprint: (value: string) => string): World => {
  const chance = chanceOf(settings.seed)
  return {
    size: settings.size,
    seed: settings.seed,
    day: Date.parse(`${settings.day}T00:00:00.000Z`),
    now: now.getTime(),
    chance,
    company: companyOf(settings.size, settings.seed, chance),
    fingerprint,
  }
}

/** A rhythm of use: every so many days, at a moment of its own, up to the day on which it ended. */
export interface Rhythm {
  every: number
  /** Days from the day of the stories. */
  until?: number
  /** The phase, by hand; else it is drawn. */
  last?: number
}

export type Facts = Partial<Pick<Entity, 'environment' | 'sensitivity' | 'tier' | 'aliases'>> & {
  attributes?: Record<string, JsonValue>
  unknowns?: NonNullable<Entity['unknowns']>
  /** Days from the day of the stories. */
  born?: number
  /** Why its source does not say when that was. */
  undated?: string
  gone?: number
  ends?: Known<number>
  used?: Rhythm | Known<string>
  usedBy?: string | Known<string>
}

export type Place = readonly [system: SystemId, type: string, native: string]

const NO_END = { notApplicable: 'accounts have no end there' } as const

export class Scene {
  readonly world: World
  readonly told: (Entity | Edge)[] = []
  readonly truths: Truth[] = []
  readonly #listing: { system: SystemId; slot: Slot } | undefined

  /** For one listing, and what is told goes there; or without, for what is true. */
  constructor(world: World, listing?: { system: SystemId; slot: Slot }) {
    this.world = world
    this.#listing = listing
  }

  /** Spares what another listing tells of. */
  wants(system: SystemId, slot: Slot): boolean {
    return this.#listing !== undefined && this.#listing.system === system && this.#listing.slot === slot
  }

  /** Days from the day of the stories to now. */
  get today(): number {
    return (this.world.now - this.world.day) / DAY
  }

  /** An instant, so many days from the day of the stories; the hour is drawn from `what`. */
  at(days: number, what = ''): string {
    const hours = what === '' ? 0 : this.world.chance('hour', what, Math.floor(days)) * 0.98
    return new Date(Math.min(this.world.day + (Math.floor(days) + hours) * DAY, 8.64e15)).toISOString()
  }

  isThere({ born = -4000, gone = Number.POSITIVE_INFINITY }: Pick<Facts, 'born' | 'gone'>): boolean {
    return born <= this.today && this.today < gone
  }

  identity([system, type, native]: Place, name: string, facts: Facts = {}): string {
    return this.#thing('identity', system, type, keyOf(system, native), name, { ends: NO_END, ...facts })
  }

  workload([system, type, native]: Place, name: string, facts: Facts = {}): string {
    return this.#thing('workload', system, type, keyOf(system, native), name, facts)
  }

  entitlement([system, type, native]: Place, name: string, facts: Facts = {}): string {
    return this.#thing('entitlement', system, type, keyOf(system, native), name, facts)
  }

  resource([system, type, native]: Place, name: string, facts: Facts = {}): string {
    return this.#thing('resource', system, type, keyOf(system, native), name, facts)
  }

  /** A credential. `value` names the made-up value whose fingerprint it bears: the same name, the same credential. */
  credential(
    [system, type, native]: Place,
    name: string,
    { method, value, ...facts }: Facts & { method: Method; value?: string },
    proves: readonly string[] = [],
  ): string {
    const key = keyOf(system, native)
    const known = value === undefined ? {} : { fingerprint: this.#fingerprint(system, 'credentials', value) }
    this.#thing('credential', system, type, key, name, facts, { method, ...known })
    if (this.isThere(facts))
      for (const identity of proves) this.edge(system, 'credentials', key, 'authenticates', identity)
    return key
  }

  /** A place where a copy lies. */
  copy(
    [system, type, native]: Place,
    name: string,
    of: string,
    { value, ...facts }: Facts & { value?: string } = {},
  ): string {
    const key = keyOf(system, native)
    const known = value === undefined ? {} : { fingerprint: this.#fingerprint(system, 'secrets', value) }
    this.#thing('secret', system, type, key, name, facts, known)
    if (this.isThere(facts)) this.edge(system, 'secrets', key, 'holds', of)
    return key
  }

  edge(system: SystemId, slot: Slot, from: string, verb: Verb, to: string, attributes?: Edge['attributes']): void {
    if (!this.wants(system, slot)) return
    this.told.push(attributes === undefined ? { from, verb, to } : { from, verb, to, attributes })
  }

  /** `system` says it, in the listing of identities, permissions or workloads that fits the verb. */
  say(system: SystemId, from: string, verb: Verb, to: string, attributes?: Edge['attributes']): void {
    this.edge(system, VERB_SLOT[verb], from, verb, to, attributes)
  }

  /** The moment of the last use, as a source that records it gives it. */
  lastUse({ every, until = Number.POSITIVE_INFINITY, last }: Rhythm, what: string): number | null {
    const phase = last ?? -this.world.chance('phase', what) * every
    const latest = Math.min(this.today, until)
    return phase + Math.floor((latest - phase) / every) * every
  }

  truth(
    [system, type, native]: Place,
    name: string,
    {
      faults = [],
      machine = true,
      owner,
      recorded = true,
      evidence = [],
      near = [],
      hard = null,
      unseen = [],
    }: Telling,
  ): void {
    if (this.#listing) return
    this.truths.push({
      identity: keyOf(system, native),
      name,
      type,
      connection: system,
      machine,
      owner: { person: owner, recorded: owner !== null && recorded, evidence: [...evidence] },
      labels: labelled(faults),
      near: near.map(([fault, why]) => ({ fault, why })),
      hard,
      unseen: unseen.filter((fault) => faults.includes(fault)),
    })
  }

  #fingerprint(system: SystemId, slot: Slot, value: string): string {
    // Of what is not told nobody sees the fingerprint, and it is the dearest part.
    return this.wants(system, slot) ? this.world.fingerprint(madeUp(this.world, value)) : ''
  }

  #thing(
    kind: Entity['kind'],
    system: SystemId,
    type: string,
    key: string,
    name: string,
    facts: Facts,
    more: Partial<Entity> = {},
  ): string {
    const slot = SLOT[kind]
    if (!this.wants(system, slot) || !this.isThere(facts)) return key
    const { born, gone: _, undated, ends, used, usedBy, attributes = {}, ...rest } = facts
    const item: Entity = { kind, type, key, name, ...rest, ...more, attributes }
    if (undated !== undefined) item.created = { unknown: undated }
    else if (born !== undefined) item.created = { value: this.at(born, key) }
    if (ends !== undefined) item.expires = 'value' in ends ? { value: this.at(ends.value, key) } : ends
    if (used !== undefined) {
      const last = 'every' in used ? this.lastUse(used, key) : null
      item.lastUsed = !('every' in used)
        ? used
        : last === null || (born !== undefined && last < born)
          ? { unknown: 'no use of it is on record' }
          : { value: new Date(this.world.day + last * DAY).toISOString() }
      if (usedBy !== undefined && 'value' in item.lastUsed)
        item.lastUsedBy = typeof usedBy === 'string' ? { value: usedBy } : usedBy
    }
    this.told.push(item)
    return key
  }
}

export interface Telling {
  faults?: readonly Fault[]
  /** False for a person's own account. */
  machine?: boolean
  /** The key of the person who answers for it in truth. */
  owner: string | null
  recorded?: boolean
  evidence?: readonly Evidence[]
  near?: readonly (readonly [Fault, string])[]
  hard?: string | null
  /** Faults that nothing of what is told shows. */
  unseen?: readonly Fault[]
}

export const keyOf = (system: SystemId, native: string): string => `${system}:${native}`

/** A made-up secret value: long, and not in this repository. */
export const madeUp = ({ chance }: Pick<World, 'chance'>, name: string): string => chance.hex(40, 'value', name)

/** The public id of an access key, in its issuer's form. */
export const accessKeyId = ({ chance }: Pick<World, 'chance'>, name: string): string =>
  `AK${'IA'}${chance
    .letters(16, 'id', name)
    .toUpperCase()
    .replaceAll(/[0189]/g, 'Q')}`

const VERB_SLOT: Readonly<Record<Verb, Slot>> = {
  authenticates: 'credentials',
  holds: 'secrets',
  uses: 'workloads',
  'runs-as': 'workloads',
  assumes: 'permissions',
  has: 'permissions',
  allows: 'permissions',
  owns: 'identities',
  controls: 'identities',
  created: 'identities',
  contains: 'resources',
  called: 'identities',
}

export const environmentWord = (environment: Environment): string =>
  ({ production: 'prod', staging: 'staging', development: 'dev', test: 'test' })[environment]
