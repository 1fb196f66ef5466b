/**
 * What was judged of each identity, for all frameworks at once: the checks it failed, could not be judged by, and passed, its own
 * and those of its credentials, their copies, its workloads and what it holds. Most identities stand as others do, so they are
 * kept in groups. What belongs to no identity that is known stands for itself.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import { factRows } from './framework-facts.ts'

export type UnitState = 'met' | 'not-met' | 'unknown' | 'not-applicable'

export interface UnitGroup {
  /** Identities, or other things. */
  identities: boolean
  fails: ReadonlySet<string>
  unknown: ReadonlySet<string>
  passes: ReadonlySet<string>
  /** Their nodes, in order. */
  ids: readonly number[]
}

/** Which thing concerns which identity. `only` narrows it to identities with these ids. */
export const concern = (only?: readonly number[]): RawBuilder<unknown> => {
  const to = (column: string) => (only === undefined ? sql`true` : sql`${sql.ref(column)} = any(${only}::int[])`)
  return sql`select distinct w.subject, w.unit from (
      select n.id as subject, n.id as unit from graph.node n where ${to('n.id')}
      union all select e.from_id, e.to_id from graph.edge e where e.verb in ('authenticates', 'runs-as') and e.valid_to is null and ${to('e.to_id')}
      union all select e.from_id, a.to_id from graph.edge e join graph.edge a on a.from_id = e.to_id and a.verb = 'authenticates' and a.valid_to is null
        where e.verb in ('holds', 'uses') and e.valid_to is null and ${to('a.to_id')}
      union all select e.to_id, e.from_id from graph.edge e where e.verb = 'has' and e.valid_to is null and ${to('e.from_id')}
    ) w join graph.node u on u.id = w.unit and u.kind = 'identity'`
}

export async function readUnits(db: Db, now: Date): Promise<UnitGroup[]> {
  const [sets, { rows }] = await Promise.all([
    sql<{ id: number; rules: string[] }>`select id, rules from assess.pass_set`.execute(db),
    sql<{
      identities: boolean
      fails: string[] | null
      unknown: string[] | null
      met: string[] | null
      passes: number[] | null
      ids: number[]
    }>`
      with concern as materialized (${concern()}),
      said as (
        select coalesce(k.same_as, k.id) as subject, f.rule as check_id, case f.verdict when 'fail' then 'not-met' else 'unknown' end as state, null::int as passes
        from assess.finding f join graph.key k on k.key = f.subject where f.state <> 'resolved'
        union all select k.id, null, null, s.passes from assess.standing s join graph.key k on k.key = s.subject where s.passes is not null
        union all select f.subject, f.check_id, f.state, null from (${factRows(now)}) f
      ),
      unit as (
        select coalesce(c.unit, s.subject) as id, c.unit is not null as identities,
          array_agg(distinct s.check_id) filter (where s.state = 'not-met') as fails,
          array_agg(distinct s.check_id) filter (where s.state = 'unknown') as unknown,
          array_agg(distinct s.check_id) filter (where s.state = 'met') as met,
          array_agg(distinct s.passes) filter (where s.passes is not null) as passes
        from said s left join concern c using (subject) group by 1, 2
      )
      select identities, fails, unknown, met, passes, array_agg(id order by id) as ids from unit group by 1, 2, 3, 4, 5`.execute(
      db,
    ),
  ])
  const rules = new Map(sets.rows.map(({ id, rules: passed }) => [id, passed]))
  return rows.map(({ identities, fails, unknown, met, passes, ids }) => ({
    identities,
    fails: new Set(fails),
    unknown: new Set(unknown),
    passes: new Set([...(met ?? []), ...(passes ?? []).flatMap((id) => rules.get(id) ?? [])]),
    ids,
  }))
}

/** One failure refutes; what is unknown never counts as met. */
export function stateOf(group: UnitGroup, checks: readonly string[]): UnitState {
  let state: UnitState = 'not-applicable'
  for (const check of checks) {
    if (group.fails.has(check)) return 'not-met'
    if (group.unknown.has(check)) state = 'unknown'
    else if (state === 'not-applicable' && group.passes.has(check)) state = 'met'
  }
  return state
}

/** Of several: what one refutes is refuted. */
export const worstOf = (a: UnitState, b: UnitState): UnitState => (WEIGHT[a] >= WEIGHT[b] ? a : b)

const WEIGHT: Readonly<Record<UnitState, number>> = { 'not-applicable': 0, met: 1, unknown: 2, 'not-met': 3 }
