import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { Method } from '../sdk/index.ts'
import { outOfForce } from './in-force.ts'

/** The rule whose limits say how old a credential may be. */
const AGES = 'credential-long-lived'

/** How many days a credential of each method may be old, as the rule is set here; none where the rule is off. */
export async function oldestAges(db: Db): Promise<Partial<Record<Method, number>>> {
  const { rows } = await sql<{
    params: { properties?: Record<string, { default?: unknown }> } | null
    own: Record<string, unknown> | null
    enabled: boolean | null
  }>`select r.params, s.params as own, s.enabled from assess.rule r left join assess.rule_setting s on s.rule = r.id where r.id = ${AGES}`.execute(
    db,
  )
  const [rule] = rows
  if (!rule || rule.enabled === false) return {}
  const ages = Object.entries(rule.params?.properties ?? {}).map(([method, { default: usual }]) => [
    method,
    rule.own?.[method] ?? usual,
  ])
  return Object.fromEntries(ages.filter(([, days]) => typeof days === 'number'))
}

/** When a credential `c` must be replaced: before it ends, and before it is too old. Null for one that renews itself or has no date. */
export const rotateBy = (c: string, ages: Partial<Record<Method, number>>) => {
  const node = sql.raw(c)
  const rotated = sql`${node}.body->'attributes'->>'rotated'`
  // A day that its month does not have is one of the next month, and no error.
  const day = sql`make_date(substring(${rotated}, 1, 4)::int, substring(${rotated}, 6, 2)::int, 1) + substring(${rotated}, 9, 2)::int - 1`
  const made = sql`coalesce(case when ${rotated} ~ '^[12]\\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])' then (${day})::timestamp at time zone 'UTC' end, ${node}.created)`
  const limits = sql`${JSON.stringify(ages)}::jsonb`
  return sql`case when ${node}.body->'attributes'->'autoRenew' is distinct from 'true'::jsonb and ${node}.method is distinct from 'federation'
    and not ${outOfForce(c)} and jsonb_typeof(${node}.body->'attributes'->'detector') is distinct from 'string'
    then least(${node}.expires, ${made} + make_interval(days => (${limits}->>${node}.method)::int)) end`
}

/**
 * Identity → the first moment, in milliseconds, by which one of its credentials must be replaced. What has ended counts only where
 * nothing of its sort came after it.
 */
export async function rotationsOf(db: Db, now: Date): Promise<Map<number, number>> {
  const by = rotateBy('c', await oldestAges(db))
  const { rows } = await sql<{ id: number; due: Date }>`
    select id, min(due) as due from (
      select e.to_id as id, c.method,
        coalesce(min(${by}) filter (where c.expires is null or c.expires > ${now}), case when bool_and(c.expires <= ${now}) then max(${by}) end) as due
      from graph.edge e join graph.node c on c.id = e.from_id and c.kind = 'credential'
      where e.verb = 'authenticates' and e.valid_to is null group by 1, 2) x
    where due is not null group by id`.execute(db)
  return new Map(rows.map(({ id, due }) => [id, due.getTime()]))
}
