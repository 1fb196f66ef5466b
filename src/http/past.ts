import { type Estate, loadEstate } from '../graph/index.ts'
import type { Db } from '../platform/index.ts'
import { type Accountable, type InventoryRow, knownOf, NEVER, Roll, type RollEntry, RollTable } from '../read/index.ts'
import type { Edge, Entity, Known } from '../sdk/index.ts'

const KEPT = 2
const GONE = /^(disabled|inactive|revoked|suspended|deprovisioned|deleted|expired)$/i

/** The estate as it was at a moment. Verdicts are not kept: what was then thought of it is in the history of each finding. */
export interface Past {
  asOf: Date
  estate: Estate
  roll: Roll
  row(key: string): InventoryRow
}

/** Looks back, and remembers the last two moments that were asked for. */
export class Pasts {
  readonly #db: Db
  readonly #kept = new Map<string, Promise<Past>>()

  constructor(db: Db) {
    this.#db = db
  }

  at(asOf: Date): Promise<Past> {
    const name = asOf.toISOString()
    let past = this.#kept.get(name)
    if (!past) {
      past = lookBack(this.#db, asOf)
      past.catch(() => this.#kept.delete(name))
      if (this.#kept.size >= KEPT) this.#kept.delete(this.#kept.keys().next().value!)
      this.#kept.set(name, past)
    }
    return past
  }
}

async function lookBack(db: Db, asOf: Date): Promise<Past> {
  const estate = await loadEstate(db, { asOf })
  const entries = [...estate.entities()].map((entity, id) => entryOf(estate, entity, id))
  entries.sort(
    (a, b) => order(a.kind, b.kind) || order(a.name.toLowerCase(), b.name.toLowerCase()) || order(a.key, b.key),
  )
  return { asOf, estate, roll: rollOf(entries), row: (key) => rowOf(estate, estate.get(key)!, asOf) }
}

function rollOf(entries: readonly RollEntry[]): Roll {
  const table = new RollTable()
  for (const entry of entries) table.add(entry)
  return new Roll(table)
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export const connectionsOf = (estate: Estate, key: string): string[] =>
  [...new Set(estate.sourcesOf(key).map(({ connection }) => connection))].sort()

function entryOf(estate: Estate, entity: Entity, id: number): RollEntry {
  const credentials = credentialsOf(estate, entity.key)
  const owner = ownerOf(estate, entity.key)
  const oldest = oldestOf(entity, credentials)
  return {
    id,
    key: entity.key,
    kind: entity.kind,
    name: entity.name,
    aliases: entity.aliases ?? [],
    worst: 7,
    verdict: ['not-judged'],
    source: connectionsOf(estate, entity.key),
    type: [entity.type],
    account: [accountKindOf(entity) ?? 'unknown'],
    env: [entity.environment ?? null],
    sensitivity: [entity.sensitivity ?? null],
    tier: [entity.tier === undefined ? null : String(entity.tier)],
    owner: owner === null ? [] : [owner.name, owner.key, ...(owner.left ? ['left'] : [])],
    method:
      entity.kind === 'credential'
        ? [entity.method ?? null]
        : [...new Set(credentials.flatMap(({ method }) => method ?? []))].sort(),
    label: [],
    renews: renewsOf(entity),
    used: timeOf(entity.lastUsed),
    age: timeOf(oldest),
    created: timeOf(entity.created),
    expires: timeOf(entity.expires),
    seen: Number.NaN,
    reach: Number.NaN,
    findings: 0,
    credentials: credentials.length,
    undated: credentials.filter(({ expires }) => Number.isNaN(timeOf(expires))).length,
  }
}

const renewsOf = ({ attributes: { autoRenew } }: Entity): string[] =>
  autoRenew === true ? ['yes'] : autoRenew === false ? ['no'] : []

const timeOf = (known: Known<string> | undefined): number =>
  known === undefined || 'unknown' in known ? Number.NaN : 'value' in known ? Date.parse(known.value) : NEVER

export function credentialsOf(estate: Estate, key: string): Entity[] {
  const found = new Map<string, Entity>()
  for (const { from } of estate.edges(key, 'in', 'authenticates')) {
    const credential = estate.get(from)
    if (credential) found.set(credential.key, credential)
  }
  return [...found.values()]
}

export function oldestOf(entity: Entity, credentials: readonly Entity[]): Known<string> {
  if (entity.kind === 'credential') return entity.created ?? { unknown: 'no source says when it was made' }
  if (credentials.length === 0) return { notApplicable: 'no credential of its own was found' }
  const dates = credentials.flatMap(({ created }) => (created && 'value' in created ? [created.value] : [])).sort()
  return dates[0] === undefined ? { unknown: 'no source says when its credentials were made' } : { value: dates[0] }
}

export const accountKindOf = ({ attributes }: Entity): InventoryRow['accountKind'] => {
  const kind = attributes['accountKind']
  return kind === 'service' || kind === 'system' || kind === 'human' || kind === 'unknown' ? kind : null
}

/** Who answered for it then: of several, the one who was named last. */
export function ownerOf(estate: Estate, key: string): Accountable | null {
  const edges = [...estate.edges(key, 'in', 'owns')].sort(
    (a, b) => order(confirmed(b), confirmed(a)) || order(a.from, b.from),
  )
  const edge = edges[0]
  if (!edge) return null
  const person = estate.get(edge.from)
  const { disabled, suspended, enabled, status } = person?.attributes ?? {}
  return {
    key: edge.from,
    name: person?.name ?? edge.from.replace(/^person:/, ''),
    confirmed: confirmed(edge) || estate.asOf!,
    assignedBy: String(edge.attributes?.['assignedBy'] ?? 'its source'),
    left: !person || disabled === true || suspended === true || enabled === false || GONE.test(String(status)),
  }
}

const confirmed = ({ attributes }: Edge): string => String(attributes?.['confirmed'] ?? '')

function rowOf(estate: Estate, entity: Entity, asOf: Date): InventoryRow {
  const by = connectionsOf(estate, entity.key)
  const credentials = credentialsOf(estate, entity.key)
  const container = [...estate.edges(entity.key, 'in', 'contains')][0]?.from
  const notKept = 'is not kept for the past'
  return {
    key: entity.key,
    kind: entity.kind,
    type: entity.type,
    name: entity.name,
    mark: 'not-judged',
    openFindings: 0,
    unknownVerdicts: 0,
    sources: by,
    where: container === undefined ? null : (estate.get(container)?.name ?? container),
    environment: entity.environment
      ? { value: entity.environment }
      : { unknown: 'neither its source nor anything that contained it said so' },
    sensitivity: entity.sensitivity ?? null,
    tier: entity.tier ?? null,
    accountKind: accountKindOf(entity),
    owner: ownerOf(estate, entity.key),
    suggested: null,
    created: knownOf(entity.created, by),
    expires: knownOf(entity.expires, by),
    lastUsed: knownOf(entity.lastUsed, by),
    lastUsedBy: knownOf(entity.lastUsedBy, by),
    oldestCredential: oldestOf(entity, credentials),
    credentials: credentials.length,
    reach:
      entity.kind === 'identity'
        ? { unknown: `its reach ${notKept}` }
        : { notApplicable: 'only identities reach resources' },
    labels: [],
    firstSeen: asOf.toISOString(),
    staleSince: null,
    gone: null,
  }
}
