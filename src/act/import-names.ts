import { sql } from 'kysely'
import type { Tx } from '../platform/index.ts'

/**
 * What the lines in `act_line` name, looked up for all of them at once. `count` is how many things a name fits; where it fits none
 * there is no row.
 */

/**
 * `act_name`: every other name of everything, and the names of identities, for as long as a list is read. An index of the estate would
 * serve one line; a list asks for thousands at once, some of them while that index is still being put in order after a sync.
 */
export async function namesOfEstate(tx: Tx): Promise<void> {
  await sql`create temp table act_name on commit drop as
    select unnest(aliases) as word, key, 1 as rank from graph.node union select name, key, 2 from graph.node where kind = 'identity'`.execute(
    tx,
  )
  await sql`create index on act_name (word)`.execute(tx)
  await sql`analyze act_name`.execute(tx)
}

/** `act_entity`: by key, else by another name such as an ARN, else an identity by its name. */
export async function resolveIdentities(tx: Tx): Promise<void> {
  await sql`create temp table if not exists act_entity (identity text primary key, entity text collate "C", count int, examples text) on commit drop`.execute(
    tx,
  )
  await sql`truncate act_entity`.execute(tx)
  await sql`analyze act_line`.execute(tx)
  await sql`insert into act_entity select l.identity, n.key, 1, null from (select distinct identity from act_line) l
    join graph.key k on k.key = l.identity join graph.node n on n.id = coalesce(k.same_as, k.id)`.execute(tx)
  await sql`insert into act_entity
    select identity, min(key), count(*), string_agg(key, ', ' order by key) filter (where place <= 3) from (
      select l.identity, n.key, n.rank, min(n.rank) over (partition by l.identity) as best,
        row_number() over (partition by l.identity, n.rank order by n.key) as place
      from (select distinct l.identity from act_line l where not exists (select from act_entity e where e.identity = l.identity)) l
      join act_name n on n.word = l.identity) x
    where rank = best group by identity`.execute(tx)
  await sql`analyze act_entity`.execute(tx)
}

/** `act_who`: kept from handful to handful, because lists name the same people again and again. */
export async function resolvePeople(tx: Tx): Promise<void> {
  await sql`create temp table if not exists act_who (asked text primary key, key text, name text, count int) on commit drop`.execute(
    tx,
  )
  await sql`create temp table if not exists act_ask (asked text primary key, address text) on commit drop`.execute(tx)
  await sql`truncate act_ask`.execute(tx)
  await sql`insert into act_ask select asked, lower(regexp_replace(asked, '^person:', '')) from
      (select owner as asked from act_line where owner !~ '^team:' union select backup from act_line where backup is not null) x
    where not exists (select from act_who w where w.asked = x.asked)`.execute(tx)
  // The key or address itself is meant before anybody who is merely called so.
  await sql`insert into act_who
    select distinct on (a.asked) a.asked, n.key, n.name, 1 from act_ask a join graph.node n on n.kind = 'person' and n.key in (a.asked, 'person:' || a.address)
    order by a.asked, n.key = a.asked desc`.execute(tx)
  const left = sql`(select * from act_ask a where not exists (select from act_who w where w.asked = a.asked))`
  await sql`insert into act_who select a.asked, p.key, p.name, 1 from ${left} a join act.person p on p.ended_at is null and p.key = 'person:' || a.address`.execute(
    tx,
  )
  await sql`insert into act_who
    select asked, min(key), min(name), count(distinct key) from (
      select a.asked, n.key, n.name from ${left} a cross join lateral (
        select n.key, n.name from graph.node n where n.kind = 'person' and n.aliases && array[a.asked, a.address]
        union select n.key, n.name from graph.node n where n.kind = 'person' and lower(left(n.name, 100)) = lower(left(a.asked, 100)) and lower(n.name) = lower(a.asked)
        limit 50) n
      union all select a.asked, p.key, p.name from ${left} a join act.person p on p.ended_at is null and lower(p.name) = lower(a.asked)
        and not exists (select from graph.node n where n.key = p.key)) x group by asked`.execute(tx)
  // Somebody whom nothing describes is named by address.
  await sql`insert into act_who select asked, 'person:' || address, address, 1 from ${left} a
    where address ~ '^[^[:space:]@]+@[^[:space:]@]+$' and length(address) <= 254`.execute(tx)
  await sql`analyze act_who`.execute(tx)
}

/** `act_team`: by id, else by name. */
export async function resolveTeams(tx: Tx): Promise<void> {
  await sql`create temp table if not exists act_team (asked text primary key, id text, accountable text, accountable_name text, count int) on commit drop`.execute(
    tx,
  )
  await sql`truncate act_team`.execute(tx)
  await sql`insert into act_team
    select asked, min(id), min(accountable), min(accountable_name), count(*) from (
      select l.team as asked, t.*, dense_rank() over (partition by l.team order by t.id = l.team desc) as place
      from (select distinct team from act_line where team is not null) l join act.team t on t.ended_at is null and (t.id = l.team or lower(t.name) = lower(l.team))) x
    where place = 1 group by asked`.execute(tx)
  await sql`analyze act_team`.execute(tx)
}
