import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { Entity, Environment, Kind, Method, Verb } from '../sdk/index.ts'
import type { CardCredential, Consumer, Copy, Grant } from './card.ts'
import { dependentsOf } from './reach.ts'
import type { EntityRef } from './ref.ts'
import { knownOf, markOf, refOr, refsOf } from './refs.ts'

type Body = Omit<Entity, 'key'>
const LISTED = 100
const COPIES = 20

/** Places from which whoever uses a secret takes a new one by itself. */
const FETCHED = /vault|secrets?_manager|secret_store|key_vault/

export async function consumersOf(db: Db, id: number): Promise<{ consumers: Consumer[]; more: number }> {
  const { dependents, more } = await dependentsOf(db, id, LISTED)
  const refs = await refsOf(
    db,
    dependents.flatMap(({ through }) => through ?? []),
  )
  const consumers = dependents.map(({ key, kind, type, name, verb, through, attributes, secret_type }): Consumer => {
    const via = through === null ? null : refOr(refs, through)
    const seen = attributes?.['lastSeen'] ?? attributes?.['last_seen']
    return {
      entity: { key, kind, type, name, gone: null },
      verb: verb as Verb,
      through: via,
      lastSeen: typeof seen === 'string' ? { value: seen } : { unknown: 'its source says that it uses it, not when' },
      ...taking(verb, via, secret_type),
    }
  })
  return { consumers, more }
}

function taking(verb: string, via: EntityRef | null, type: string | null): Pick<Consumer, 'takesNewKey' | 'because'> {
  if (via === null && verb === 'runs-as')
    return { takesNewKey: 'by-itself', because: 'it runs as the identity and holds no credential' }
  if (type !== null && FETCHED.test(type))
    return { takesNewKey: 'by-itself', because: `it fetches it from ${via!.name}` }
  if (via?.kind === 'secret') return { takesNewKey: 'by-hand', because: `it is written in ${via.name}` }
  return { takesNewKey: 'unknown', because: 'how it comes by the credential was not seen' }
}

interface CredentialRow {
  id: number
  key: string
  kind: Kind
  type: string
  name: string
  method: Method | null
  connections: string[]
  body: Body
  worst: number | null
}

/** The credentials that prove it, those a secret holds, or the credential itself; each with where copies sit. */
export async function credentialsOf(db: Db, id: number): Promise<CardCredential[]> {
  const { rows } = await sql<CredentialRow>`
    select n.id, n.key, n.kind, n.type, n.name, n.method, n.connections, n.body, s.worst
    from graph.node n left join assess.standing s on s.subject = n.key
    where n.kind = 'credential' and n.id in (select ${id}::int
      union select from_id from graph.edge where to_id = ${id} and verb = 'authenticates' and valid_to is null
      union select to_id from graph.edge where from_id = ${id} and verb = 'holds' and valid_to is null)
    order by s.worst nulls last, n.name, n.key limit ${sql.lit(LISTED)}`.execute(db)
  const copies = await copiesOf(
    db,
    rows.map((row) => row.id),
  )
  return rows.map(({ connections, body, ...row }) => {
    const mine = copies.get(row.id) ?? []
    return {
      entity: { key: row.key, kind: row.kind, type: row.type, name: row.name, gone: null },
      method: row.method,
      mark: markOf(row.worst),
      state: stateOf(body),
      created: knownOf(body.created, connections),
      expires: knownOf(body.expires, connections),
      lastUsed: knownOf(body.lastUsed, connections),
      copies: mine.slice(0, COPIES),
      copyCount: mine[0]?.count ?? 0,
    }
  })
}

/** What its source says of its being in force, in a word. */
export function stateOf({ attributes }: Body): string | null {
  const { revoked, suspended, disabled, enabled, status, live } = attributes ?? {}
  if (revoked === true) return 'revoked'
  if (suspended === true) return 'suspended'
  if (disabled === true || enabled === false) return 'disabled'
  if (typeof status === 'string') return status.toLowerCase()
  return live === 'live' ? 'active' : live === 'dead' ? 'refused by its issuer' : null
}

async function copiesOf(db: Db, ids: readonly number[]): Promise<Map<number, (Copy & { count: number })[]>> {
  const { rows } = await sql<{
    credential: number
    key: string
    kind: Kind
    type: string
    name: string
    connections: string[]
    environment: Environment | null
    container: string | null
    attributes: Record<string, unknown>
    count: number
  }>`select * from (
      select e.to_id as credential, n.key, n.kind, n.type, n.name, n.connections, n.environment, c.name as container, n.body->'attributes' as attributes,
        count(*) over (partition by e.to_id)::int as count, row_number() over (partition by e.to_id order by n.name, n.key) as place
      from (select distinct from_id, to_id from graph.edge where to_id = any(${ids}::int[]) and verb = 'holds' and valid_to is null) e
      join graph.node n on n.id = e.from_id left join graph.node c on c.id = n.container) x where place <= ${sql.lit(COPIES)} order by place`.execute(
    db,
  )
  const copies = new Map<number, (Copy & { count: number })[]>()
  for (const { credential, container, attributes, connections, environment, count, ...ref } of rows) {
    const { file, line, lastSeen, public: isPublic } = attributes
    const place = typeof file === 'string' ? `${file}${typeof line === 'number' ? `:${line}` : ''}` : ref.name
    const copy = {
      entity: { ...ref, gone: null },
      where: container === null ? place : `${place} in ${container}`,
      connection: connections[0] ?? null,
      environment,
      public: isPublic === true,
      lastSeen: typeof lastSeen === 'string' ? { value: lastSeen } : { unknown: 'its source does not date it' },
      count,
    }
    const known = copies.get(credential)
    if (known) known.push(copy)
    else copies.set(credential, [copy])
  }
  return copies
}

export interface Grants {
  rows: Grant[]
  more: number
  total: number
  used: number
  notUsed: number
  unknown: number
  resources: number
  sensitive: number
}

/** What it may do: each entitlement it holds, by which way, on which resource. */
export async function grantsOf(db: Db, id: number): Promise<Grants> {
  const { rows } = await sql<{
    entitlement: string
    via: string[]
    resource: string | null
    attributes: Record<string, unknown> | null
    sensitive: boolean
    called: Date | null
    total: number
    called_count: number
    resources: number
    sensitives: number
  }>`with recursive held(id, via) as (
      select ${id}::int, '{}'::int[]
      union all
      select e.to_id, h.via || h.id from held h join graph.edge e on e.from_id = h.id and e.verb = 'has' and e.valid_to is null
      where cardinality(h.via) < 6 and not e.to_id = any(h.via)
    ), first as (select distinct on (id) id, via from (select * from held limit 5000) h order by id, cardinality(via)),
    grants as (
      select f.id as entitlement, f.via, a.to_id as resource, a.attributes,
        (select max(c.valid_from) from graph.edge c where c.from_id = ${id} and c.to_id = a.to_id and c.verb = 'called' and c.valid_to is null) as called
      from first f left join graph.edge a on a.from_id = f.id and a.verb = 'allows' and a.valid_to is null
      where f.id <> ${id} or a.to_id is not null
    )
    select k.key as entitlement, array(select vk.key from unnest(g.via[2:]) with ordinality v(id, place) join graph.key vk on vk.id = v.id order by v.place) as via,
      rk.key as resource, g.attributes, coalesce(r.sensitivity in ('confidential', 'restricted') or r.tier in (0, 1), false) as sensitive, g.called,
      count(*) over ()::int as total, count(g.called) over ()::int as called_count,
      (select count(distinct resource)::int from grants) as resources,
      (select count(distinct x.resource)::int from grants x join graph.node y on y.id = x.resource
        where y.sensitivity in ('confidential', 'restricted') or y.tier in (0, 1)) as sensitives
    from grants g join graph.key k on k.id = g.entitlement left join graph.key rk on rk.id = g.resource left join graph.node r on r.id = g.resource
    order by sensitive desc, k.key, rk.key limit ${sql.lit(LISTED)}`.execute(db)
  const refs = await refsOf(
    db,
    rows.flatMap(({ entitlement, via, resource }) => [entitlement, ...via, ...(resource === null ? [] : [resource])]),
  )
  const { total = 0, called_count: used = 0, resources = 0, sensitives = 0 } = rows[0] ?? {}
  return {
    rows: rows.map(({ entitlement, via, resource, attributes, sensitive, called }) => ({
      entitlement: refOr(refs, entitlement),
      via: via.map((key) => refOr(refs, key)),
      resource: resource === null ? null : refOr(refs, resource),
      actions: actionsOf(attributes),
      sensitive,
      used: called ? { value: called.toISOString() } : { unknown: 'no source records the use of this permission' },
    })),
    more: Math.max(0, total - rows.length),
    total,
    used,
    // Nothing that is read today proves that a permission was never used.
    notUsed: 0,
    unknown: total - used,
    resources,
    sensitive: sensitives,
  }
}

function actionsOf(attributes: Record<string, unknown> | null): string[] {
  if (attributes === null) return []
  return Object.values(attributes).flatMap((value) =>
    Array.isArray(value)
      ? value.filter((one): one is string => typeof one === 'string')
      : typeof value === 'string'
        ? [value]
        : [],
  )
}
