import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { Key } from '../sdk/index.ts'

/** What came to an identity, went from it, or was rewritten, as it was first read; and by whom, where a source tells who made it. */
export interface GrantTold {
  at: Date
  what: 'added' | 'removed' | 'rewritten'
  entitlement: Key
  name: string
  by: string | null
}

const MOST = 200

/** Entitlements that an identity holds directly or by a group: what of them changed after `since`, newest first. */
export async function grantsTold(db: Db, key: string, since: Date, until: Date): Promise<GrantTold[]> {
  const { rows } = await sql<GrantTold>`with recursive self as (select id from graph.key where key = ${key}),
    held(id) as (select e.to_id from graph.edge e join self s on e.from_id = s.id where e.verb = 'has' and (e.valid_to is null or e.valid_to > ${since})
      union select e.to_id from held h join graph.edge e on e.from_id = h.id where e.verb = 'has' and (e.valid_to is null or e.valid_to > ${since})),
    holders(id) as (select id from self union select id from held),
    told(at, what, id) as (
      select e.valid_from, 'added', e.to_id from graph.edge e join holders h on e.from_id = h.id
        where e.verb = 'has' and e.valid_from > ${since} and e.valid_from <= ${until}
      union all select e.valid_to, 'removed', e.to_id from graph.edge e join holders h on e.from_id = h.id
        where e.verb = 'has' and e.valid_to > ${since} and e.valid_to <= ${until}
      union all select n.valid_from, 'rewritten', n.key_id from graph.entity n join held h on n.key_id = h.id join graph.entity was
        on was.key_id = n.key_id and was.source_id = n.source_id and was.valid_to = n.valid_from
        where n.valid_from > ${since} and n.valid_from <= ${until}
          and was.body->'attributes'->'document' is distinct from n.body->'attributes'->'document')
    select t.at, t.what, k.key as entitlement, coalesce(n.name, k.key) as name,
      (select coalesce(c.name, ck.key) from graph.edge m join graph.key ck on ck.id = m.from_id left join graph.node c on c.id = m.from_id
        where m.to_id = t.id and m.verb = 'created' and m.valid_to is null limit 1) as by
    from told t join graph.key k on k.id = t.id left join graph.node n on n.id = t.id
    order by t.at desc, k.key limit ${sql.lit(MOST)}`.execute(db)
  return rows
}
