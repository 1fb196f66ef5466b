import type { Entity, Environment, Known, Sensitivity } from '../sdk/index.ts'

/** What one source says of one key. */
export interface Description {
  connection: string
  collection: string
  entity: Entity
}

/** Most severe first: where containers or descriptions disagree, this decides. */
export const environments: readonly Environment[] = ['production', 'staging', 'test', 'development']
export const sensitivities: readonly Sensitivity[] = ['public', 'internal', 'confidential', 'restricted']

/**
 * The union of all descriptions of one thing, under the key that stands for it: a value that is known beats one that is not, a
 * native type beats a bare `secret_value`, the earliest creation and expiry and the latest use count, the most severe
 * environment, sensitivity and tier. What is left goes to the description whose connection and collection come first.
 * `projection.ts` does the same in SQL.
 */
export function unite(key: string, descriptions: readonly Description[]): Entity {
  if (descriptions.length === 1 && descriptions[0]!.entity.key === key) return descriptions[0]!.entity
  const said = [...descriptions].sort((a, b) => inOrder(key, a, b)).map((description) => description.entity)
  const { kind, type, name } = said[0]!
  const united: Entity = { kind, type, key, name, attributes: {} }
  const put = <Name extends keyof Entity>(field: Name, value: Entity[Name] | undefined) => {
    if (value !== undefined) united[field] = value
  }
  put(
    'created',
    best(
      said.map((entity) => entity.created),
      earliest,
    ),
  )
  put(
    'expires',
    best(
      said.map((entity) => entity.expires),
      earliest,
    ),
  )
  put(
    'lastUsed',
    best(
      said.map((entity) => entity.lastUsed),
      latest,
    ),
  )
  put('lastUsedBy', best([...said].sort(byUse).map((entity) => entity.lastUsedBy)))
  put(
    'environment',
    environments.find((one) => said.some((entity) => entity.environment === one)),
  )
  put(
    'sensitivity',
    sensitivities.findLast((one) => said.some((entity) => entity.sensitivity === one)),
  )
  put(
    'tier',
    ([0, 1, 2] as const).find((one) => said.some((entity) => entity.tier === one)),
  )
  put('method', said.find((entity) => entity.method !== undefined)?.method)
  put('fingerprint', said.flatMap((entity) => entity.fingerprint ?? []).sort()[0])
  const aliases = new Set(said.flatMap((entity) => entity.aliases ?? []))
  for (const entity of said) if (entity.key !== key) aliases.add(entity.key)
  if (aliases.size > 0) united.aliases = [...aliases].sort()
  united.attributes = Object.assign({}, ...said.toReversed().map((entity) => entity.attributes))
  const unknowns: NonNullable<Entity['unknowns']> = Object.assign(
    {},
    ...said.toReversed().map((entity) => entity.unknowns),
  )
  for (const name in unknowns) if (Object.hasOwn(united.attributes, name)) delete unknowns[name]
  if (Object.keys(unknowns).length > 0) united.unknowns = unknowns
  return united
}

function inOrder(key: string, a: Description, b: Description): number {
  return (
    Number(a.entity.type === 'secret_value') - Number(b.entity.type === 'secret_value') ||
    Number(a.entity.key !== key) - Number(b.entity.key !== key) ||
    compare(a.connection, b.connection) ||
    compare(a.collection, b.collection) ||
    compare(a.entity.key, b.entity.key)
  )
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** A value before "cannot exist" before "not known"; among values as `order` says, else the first. */
function best<T>(
  given: readonly (Known<T> | undefined)[],
  order: (a: T, b: T) => number = () => 0,
): Known<T> | undefined {
  let found: Known<T> | undefined
  for (const one of given) {
    if (one === undefined) continue
    const better = found === undefined || rank(one) < rank(found)
    if (better || ('value' in one && 'value' in found! && order(one.value, found.value) < 0)) found = one
  }
  return found
}

const rank = (known: Known<unknown>): number => ('value' in known ? 0 : 'notApplicable' in known ? 1 : 2)
const earliest = (a: string, b: string): number => Date.parse(a) - Date.parse(b)
const latest = (a: string, b: string): number => Date.parse(b) - Date.parse(a)

const used = ({ lastUsed }: Entity): number =>
  lastUsed && 'value' in lastUsed ? Date.parse(lastUsed.value) : -Infinity
const byUse = (a: Entity, b: Entity): number => (used(a) === used(b) ? 0 : used(b) > used(a) ? 1 : -1)

/** Which keys are one credential: for each group by fingerprint, every other key → the key that stands for it. */
export function sameCredentials(credentials: Iterable<{ key: string; fingerprint: string }>): Map<string, string> {
  const fingerprints = new Map<string, string>()
  for (const { key, fingerprint } of credentials) {
    const known = fingerprints.get(key)
    if (known === undefined || fingerprint < known) fingerprints.set(key, fingerprint)
  }
  const groups = new Map<string, string[]>()
  for (const [key, fingerprint] of fingerprints) {
    const group = groups.get(fingerprint)
    if (group) group.push(key)
    else groups.set(fingerprint, [key])
  }
  const same = new Map<string, string>()
  for (const keys of groups.values()) {
    if (keys.length === 1) continue
    const [canonical, ...others] = keys.sort((a, b) => Number(isBare(a)) - Number(isBare(b)) || compare(a, b))
    for (const key of others) same.set(key, canonical!)
  }
  return same
}

/** A key made of the fingerprint alone, where the system that issued the credential has not been read. */
const isBare = (key: string): boolean => key.startsWith('credential:')
