import { type RawBuilder, sql } from 'kysely'

/**
 * Ids of what these persons, by their keys in lower case, answer for, and of what proves it or keeps a copy of that. What was decided
 * here holds before what a source says, as in the inventory.
 */
export const concerning = (keys: readonly string[]): RawBuilder<unknown> => sql`
  with own as (
    select n.id from act.assignment a join graph.node n on n.key = a.entity
    where a.sort = 'owner' and a.ended_at is null and lower(a.value) = any(${keys}::text[])
    union select n.id from graph.node n
    where n.owners && (select coalesce(array_agg(id), '{}') from graph.key where lower(key) = any(${keys}::text[]))
      and not exists (select from act.assignment a where a.entity = n.key and a.sort = 'owner' and a.ended_at is null)
  )
  select id from own
  union select e.from_id from graph.edge e where e.to_id in (select id from own) and e.verb in ('authenticates', 'holds') and e.valid_to is null`
