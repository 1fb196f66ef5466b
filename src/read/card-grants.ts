import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { Known } from '../sdk/index.ts'
import type { Grant } from './card.ts'
import { isSensitive } from './reach.ts'
import { refOr, refsOf } from './refs.ts'

const LISTED = 100

export interface Grants {
  rows: Grant[]
  more: number
  total: number
  used: number
  notUsed: number
  unknown: number
  entitlements: number
  resources: number
  sensitive: number
}

interface Row {
  entitlement: string
  via: string[]
  resource: string | null
  attributes: Record<string, unknown> | null
  sensitive: boolean
  called: Date | null
  /** Calls on resources of this type are told of it, and never one on this. */
  told: boolean
  total: number
  called_count: number
  told_count: number
  entitlements: number
  resources: number
  sensitives: number
}

/**
 * What it may do: each entitlement it holds, by which way, on which resource. A call on what a resource contains uses the
 * permission on the resource. Never used is said only of resources of a type on which its calls are told, and only when
 * `recorded` says that a use would have been seen for long enough.
 */
export async function grantsOf(db: Db, id: number, recorded: Known<string>): Promise<Grants> {
  const { rows } = await sql<Row>`with recursive held(id, via) as (
      select ${id}::int, '{}'::int[]
      union all
      select e.to_id, h.via || h.id from held h join graph.edge e on e.from_id = h.id and e.verb = 'has' and e.valid_to is null
      where cardinality(h.via) < 6 and not e.to_id = any(h.via)
    ), first as (select distinct on (id) id, via from (select * from held limit 5000) h order by id, cardinality(via)),
    calls as (select to_id as id, max(valid_from) as at from graph.edge where from_id = ${id} and verb = 'called' group by to_id),
    used(id, at) as (select id, at from calls union
      select e.from_id, u.at from used u join graph.edge e on e.to_id = u.id and e.verb = 'contains' and e.valid_to is null),
    types as (select distinct n.type from calls c join graph.node n on n.id = c.id),
    grants as (
      select f.id as entitlement, f.via, a.to_id as resource, a.attributes,
        (select max(u.at) from used u where u.id = a.to_id) as called, ${'value' in recorded} and r.type in (select type from types) as told,
        coalesce(${isSensitive('r')}, false) as sensitive
      from first f left join graph.edge a on a.from_id = f.id and a.verb = 'allows' and a.valid_to is null left join graph.node r on r.id = a.to_id
      where f.id <> ${id} or a.to_id is not null
    )
    select k.key as entitlement, array(select vk.key from unnest(g.via[2:]) with ordinality v(id, place) join graph.key vk on vk.id = v.id order by v.place) as via,
      rk.key as resource, g.attributes, g.sensitive, g.called, coalesce(g.told, false) as told,
      count(*) over ()::int as total, count(g.called) over ()::int as called_count,
      (count(*) filter (where g.told and g.called is null) over ())::int as told_count,
      (select count(distinct entitlement)::int from grants) as entitlements, (select count(distinct resource)::int from grants) as resources,
      (select count(distinct resource)::int from grants where sensitive) as sensitives
    from grants g join graph.key k on k.id = g.entitlement left join graph.key rk on rk.id = g.resource
    order by g.sensitive desc, k.key, rk.key limit ${sql.lit(LISTED)}`.execute(db)
  const refs = await refsOf(
    db,
    rows.flatMap(({ entitlement, via, resource }) => [entitlement, ...via, ...(resource === null ? [] : [resource])]),
  )
  const { total = 0, called_count: used = 0, told_count: notUsed = 0 } = rows[0] ?? {}
  return {
    rows: rows.map(({ entitlement, via, resource, attributes, sensitive, called, told }) => ({
      entitlement: refOr(refs, entitlement),
      via: via.map((key) => refOr(refs, key)),
      resource: resource === null ? null : refOr(refs, resource),
      actions: actionsOf(attributes),
      sensitive,
      used: called
        ? { value: called.toISOString() }
        : told
          ? { value: null }
          : { unknown: 'no source records the use of this permission' },
    })),
    more: Math.max(0, total - rows.length),
    total,
    used,
    notUsed,
    unknown: total - used - notUsed,
    entitlements: rows[0]?.entitlements ?? 0,
    resources: rows[0]?.resources ?? 0,
    sensitive: rows[0]?.sensitives ?? 0,
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
