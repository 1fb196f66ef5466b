import { type RawBuilder, sql } from 'kysely'
import type { Db, Tx } from '../platform/index.ts'
import type { Kind, Sensitivity } from '../sdk/index.ts'

/**
 * Reads about one thing in one snapshot, edge by edge along the indexes: the planner does not know how few edges one thing has
 * and would rather read them all.
 */
export function stepByStep<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      await sql`select set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)`.execute(
        tx,
      )
      return work(tx)
    })
}

/** Steps that a look onward takes before it stops: an estate is never walked whole for one page. */
const MOST_STEPS = 2_000

export interface Reached {
  id: number
  key: string
  kind: Kind | null
  type: string | null
  name: string
  sensitivity: Sensitivity | null
  tier: number | null
  environment: string | null
  sensitive: boolean
}

export interface Reaching {
  /** Sensitive first, then by name; all that were found. */
  resources: Reached[]
  /** Keys on the way that nothing describes. */
  undescribed: number
  more: boolean
}

/** What whoever holds the thing comes to: the same steps by which the evaluation counts reach. */
export async function reachOf(db: Db, start: number): Promise<Reaching> {
  const { rows } = await sql<Reached & { described: boolean; steps: number }>`
    with recursive onward(id) as (
      select ${start}::int
      union
      select e.to_id from onward w join graph.node n on n.id = w.id
        join graph.edge e on e.from_id = w.id and e.valid_to is null and e.verb = any(${onwardOf(sql`n.kind`)})
    ), seen as (select id from onward limit ${sql.lit(MOST_STEPS)})
    select s.id, coalesce(n.key, k.key) as key, n.kind, n.type, coalesce(n.name, k.key) as name, n.sensitivity, n.tier, n.environment,
      n.id is not null as described, ${isSensitive('n')} as sensitive, (select count(*)::int from seen) as steps
    from seen s join graph.key k on k.id = s.id left join graph.node n on n.id = s.id
    where n.id is null or n.kind = 'resource' order by sensitive desc, name, key`.execute(db)
  const resources = rows.filter((row) => row.described)
  return { resources, undescribed: rows.length - resources.length, more: (rows[0]?.steps ?? 0) >= MOST_STEPS }
}

/** Confidential, restricted, of tier 0 or 1, or in production. */
export const isSensitive = (node: string) => {
  const of = sql.raw(node)
  return sql`coalesce(${of}.sensitivity in ('confidential', 'restricted') or ${of}.tier in (0, 1) or ${of}.environment = 'production', false)`
}

const onwardOf = (
  kind: RawBuilder<unknown>,
) => sql`(case ${kind} when 'secret' then '{holds}' when 'credential' then '{authenticates}'
  when 'workload' then '{runs-as,uses}' when 'identity' then '{has,assumes,allows,controls}' when 'person' then '{has,controls}'
  when 'entitlement' then '{has,allows}' else '{contains}' end::graph.verb[])`

export interface Dependent {
  id: number
  key: string
  /** Null when a sentence names it and nothing describes it: it depends all the same. */
  kind: Kind | null
  type: string | null
  name: string
  verb: 'uses' | 'runs-as' | 'has'
  /** The secret or credential through which it is used; null when directly. */
  through: string | null
  attributes: Record<string, unknown> | null
  since: Date
  secret_type: string | null
}

/** Who would notice if the thing were taken away: what uses it, runs as it, uses a copy or a credential of it, or holds it. */
export async function dependentsOf(
  db: Db,
  start: number,
  most: number,
): Promise<{ dependents: Dependent[]; more: number }> {
  const { rows } = await sql<Dependent & { total: number }>`
    with via(id, through) as (
      select ${start}::int, null::int
      union select e.from_id, e.from_id from graph.edge e where e.to_id = ${start} and e.valid_to is null and e.verb in ('authenticates', 'holds')
      union select h.from_id, h.from_id from graph.edge a join graph.edge h on h.to_id = a.from_id and h.verb = 'holds' and h.valid_to is null
        where a.to_id = ${start} and a.verb = 'authenticates' and a.valid_to is null
    )
    select *, count(*) over ()::int as total from (
      select distinct on (k.id) k.id, k.key, n.kind, n.type, coalesce(n.name, k.key) as name, e.verb, tk.key as through,
        e.attributes, e.valid_from as since, t.type as secret_type
      from via v join graph.edge e on e.to_id = v.id and e.valid_to is null and (e.verb in ('uses', 'runs-as')
        or (e.verb = 'has' and v.through is null and exists (select from graph.node self where self.id = ${start} and self.kind = 'entitlement')))
      join graph.key k on k.id = e.from_id left join graph.node n on n.id = e.from_id
      left join graph.key tk on tk.id = v.through left join graph.node t on t.id = v.through
      order by k.id, t.key nulls first) d
    order by name, key limit ${most}`.execute(db)
  return { dependents: rows, more: Math.max(0, (rows[0]?.total ?? 0) - rows.length) }
}
