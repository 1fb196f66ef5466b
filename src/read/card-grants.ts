import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { Known } from '../sdk/index.ts'
import type { Grant } from './card.ts'
import { isSensitive } from './reach.ts'
import { refOr, refsOf } from './refs.ts'

const LISTED = 100
const MOST = 5_000

export interface Grants {
  rows: Grant[]
  more: number
  total: number
  used: number
  /** Of those used: more actions are granted than were ever called. */
  partly: number
  notUsed: number
  unknown: number
  entitlements: number
  resources: number
  sensitive: number
}

interface Row {
  entitlement: number
  key: string
  via: string[]
  resource: string | null
  id: number | null
  type: string | null
  attributes: Record<string, unknown> | null
  sensitive: boolean
}

/** What was called on a resource or on what it contains. `actions` is null where a call does not tell which. */
interface Called {
  at: Date
  /** Does any call say when it was? Else `at` is when one was first told of. */
  dated: boolean
  actions: Set<string> | null
}

/**
 * What it may do: each entitlement it holds, by which way, on which resource. A call on what a resource contains uses the
 * permission on the resource. Never used is said only of resources of a type on which its calls are told, and only when
 * `recorded` says that a use would have been seen for long enough.
 */
export async function grantsOf(db: Db, id: number, recorded: Known<string>): Promise<Grants> {
  const [granted, { calls, types }] = await Promise.all([grantedTo(db, id), callsOf(db, id)])
  const judged = granted.map((row) => ({ row, ...judge(row, calls, 'value' in recorded && types.has(row.type ?? '')) }))
  const shown = judged.slice(0, LISTED)
  const refs = await refsOf(
    db,
    shown.flatMap(({ row: { key, via, resource } }) => [key, ...via, ...(resource === null ? [] : [resource])]),
  )
  const count = (wanted: (one: (typeof judged)[number]) => boolean) => judged.filter(wanted).length
  const resources = new Set(granted.flatMap(({ id }) => id ?? []))
  return {
    rows: shown.map(({ row, used, dated, unusedActions }) => ({
      entitlement: refOr(refs, row.key),
      via: row.via.map((key) => refOr(refs, key)),
      resource: row.resource === null ? null : refOr(refs, row.resource),
      actions: actionsOf(row.attributes),
      sensitive: row.sensitive,
      used,
      dated,
      unusedActions,
    })),
    more: Math.max(0, judged.length - LISTED),
    total: judged.length,
    used: count(({ used }) => 'value' in used && used.value !== null),
    partly: count(({ unusedActions }) => unusedActions.length > 0),
    notUsed: count(({ used }) => 'value' in used && used.value === null),
    unknown: count(({ used }) => 'unknown' in used),
    entitlements: new Set(granted.map(({ entitlement }) => entitlement)).size,
    resources: resources.size,
    sensitive: new Set(granted.flatMap(({ id, sensitive }) => (sensitive && id !== null ? id : []))).size,
  }
}

function judge(
  { id, attributes }: Row,
  calls: ReadonlyMap<number, Called>,
  told: boolean,
): Pick<Grant, 'used' | 'dated' | 'unusedActions'> {
  const called = id === null ? undefined : calls.get(id)
  if (called) {
    const { actions } = called
    const unusedActions = told && actions ? actionsOf(attributes).filter((action) => !actions.has(action)) : []
    return { used: { value: called.at.toISOString() }, dated: called.dated, unusedActions }
  }
  return told
    ? { used: { value: null }, dated: false, unusedActions: [] }
    : { used: { unknown: 'no source records the use of this permission' }, dated: false, unusedActions: [] }
}

async function grantedTo(db: Db, id: number): Promise<Row[]> {
  const { rows } = await sql<Row>`with recursive held(id, via) as (
      select ${id}::int, '{}'::int[]
      union all
      select e.to_id, h.via || h.id from held h join graph.edge e on e.from_id = h.id and e.verb = 'has' and e.valid_to is null
      where cardinality(h.via) < 6 and not e.to_id = any(h.via)
    ), first as (select distinct on (id) id, via from (select * from held limit ${sql.lit(MOST)}) h order by id, cardinality(via))
    select f.id as entitlement, k.key, array(select vk.key from unnest(f.via[2:]) with ordinality v(id, place) join graph.key vk on vk.id = v.id order by v.place) as via,
      rk.key as resource, a.to_id as id, r.type, a.attributes, ${isSensitive('r')} as sensitive
    from first f join graph.key k on k.id = f.id left join graph.edge a on a.from_id = f.id and a.verb = 'allows' and a.valid_to is null
    left join graph.key rk on rk.id = a.to_id left join graph.node r on r.id = a.to_id
    where f.id <> ${id} or a.to_id is not null
    order by sensitive desc, k.key, rk.key limit ${sql.lit(MOST)}`.execute(db)
  return rows
}

/** What was called, ever, by the resource and by each that contains it; and the types on which calls are told. */
async function callsOf(db: Db, id: number): Promise<{ calls: Map<number, Called>; types: Set<string> }> {
  const { rows } = await sql<{
    id: number
    at: Date
    type: string | null
    attributes: Record<string, unknown> | null
    own: boolean
  }>`
    with recursive calls as (select to_id, attributes, max(valid_from) as at from graph.edge
        where from_id = ${id} and verb = 'called' group by to_id, attributes limit ${sql.lit(MOST)}),
    used(id, at, attributes, own) as (select to_id, at, attributes, true from calls union
      select e.from_id, u.at, u.attributes, false from used u join graph.edge e on e.to_id = u.id and e.verb = 'contains' and e.valid_to is null)
    select u.*, n.type from used u left join graph.node n on n.id = u.id`.execute(db)
  const calls = new Map<number, Called>()
  const types = new Set<string>()
  for (const { id, at, type, attributes, own } of rows) {
    if (own && type !== null) types.add(type)
    const listed = attributes?.['actions']
    const actions = Array.isArray(listed) ? listed.map(String) : null
    const known = calls.get(id)
    const last = Date.parse(String(attributes?.['last']))
    const dated = !Number.isNaN(last)
    const when = dated ? new Date(last) : at
    // A call that says when it was tells more than one that does not.
    const better = !known || (known.dated === dated ? known.at < when : dated)
    calls.set(id, {
      at: better ? when : known.at,
      dated: dated || (known?.dated ?? false),
      actions: actions === null || known?.actions === null ? null : new Set([...(known?.actions ?? []), ...actions]),
    })
  }
  return { calls, types }
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
