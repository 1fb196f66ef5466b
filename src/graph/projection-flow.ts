import { sql } from 'kysely'
import type { Tx } from '../platform/index.ts'

/*
 * Environment, sensitivity and tier flow down `contains`; twin of flow.ts. Each is one number, less is stronger:
 *   severe, mild   distance * 2^36 + severity * 2^32 + origin: the nearest that says so, and its most or least severe
 *   worth, tier    value * 2^50 + distance * 2^32 + origin: the strongest of all
 * so that "which wins" is `min`, and passing on to what is contained is an addition. Cycles end because numbers only fall.
 */
const far = sql.lit(2 ** 36)
const near = sql.lit(2 ** 32)
const own = sql.raw(`
  array_position(array['production', 'staging', 'test', 'development'], body->>'environment') - 1 as severity,
  array_position(array['restricted', 'confidential', 'internal', 'public'], body->>'sensitivity') - 1 as worth,
  (body->>'tier')::int as tier`)

/** `flow`: the numbers of every node where they may have changed. */
export async function flowInto(tx: Tx): Promise<void> {
  await sql`create temp table flow on commit drop as
    with recursive below(id) as (
      select * from (
        select p.id from projected p left join graph.node n using (id)
          where n.id is null or (p.body->'environment', p.body->'sensitivity', p.body->'tier')
            is distinct from (n.body->'environment', n.body->'sensitivity', n.body->'tier')
        union select to_id from edge_delta where verb = 'contains'
        union select id from touched where id not in (select id from projected)) changed
      union
      select e.to_id from below b join graph.edge e on e.from_id = b.id where e.verb = 'contains' and e.valid_to is null)
    select id, severity * 4294967296 + id as severe, (3 - severity) * 4294967296 + id as mild,
      worth * 1125899906842624 + id as worth, tier * 1125899906842624 + id as tier
    from below join (select id, ${own} from projected
      union all select id, ${own} from graph.node where id not in (select id from touched)) said using (id)`.execute(tx)
  await sql`create unique index on flow (id)`.execute(tx)
  await sql`analyze flow`.execute(tx)
  // What flows in from containers that do not change themselves.
  await sql`create temp table spring on commit drop as
    select e.to_id as id, min(n.flow[1]) + ${far} as severe, min(n.flow[2]) + ${far} as mild,
      min(n.flow[3]) + ${near} as worth, min(n.flow[4]) + ${near} as tier
    from flow f join graph.edge e on e.to_id = f.id join graph.node n on n.id = e.from_id
    where e.verb = 'contains' and e.valid_to is null and n.flow is not null
      and n.id not in (select id from flow) and n.id not in (select id from touched where id not in (select id from projected))
    group by e.to_id`.execute(tx)
  await takeFrom(tx, 'spring')
  await sql`drop table wave`.execute(tx)
  await sql`create temp table wave on commit drop as
    select id from flow where severe is not null or worth is not null or tier is not null`.execute(tx)
  for (;;) {
    await sql`create temp table pushed on commit drop as
      select e.to_id as id, min(f.severe) + ${far} as severe, min(f.mild) + ${far} as mild,
        min(f.worth) + ${near} as worth, min(f.tier) + ${near} as tier
      from wave w join flow f using (id) join graph.edge e on e.from_id = f.id
      where e.verb = 'contains' and e.valid_to is null group by e.to_id`.execute(tx)
    await sql`drop table wave`.execute(tx)
    const moved = await takeFrom(tx, 'pushed')
    await sql`drop table pushed`.execute(tx)
    if (moved === 0) return
  }
}

/** Lets the numbers of a table fall into `flow`; `wave` is then where one fell. */
async function takeFrom(tx: Tx, table: 'spring' | 'pushed'): Promise<number> {
  const from = sql.id(table)
  await sql`create temp table wave on commit drop as select f.id from flow f join ${from} p using (id)
    where p.severe < coalesce(f.severe, 9223372036854775807) or p.mild < coalesce(f.mild, 9223372036854775807)
      or p.worth < coalesce(f.worth, 9223372036854775807) or p.tier < coalesce(f.tier, 9223372036854775807)`.execute(tx)
  const { numAffectedRows } =
    await sql`update flow f set severe = least(f.severe, p.severe), mild = least(f.mild, p.mild),
    worth = least(f.worth, p.worth), tier = least(f.tier, p.tier) from ${from} p, wave w where p.id = f.id and w.id = f.id`.execute(
      tx,
    )
  return Number(numAffectedRows)
}
