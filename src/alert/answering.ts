/** Who is told of a subject: its accountable owner and its backup, with the address at which each is known. */
import { sql } from 'kysely'
import type { Tx } from '../platform/index.ts'
import { outOfForce } from './observe.ts'

export interface Answering {
  owner: Answerer | null
  backup: Answerer | null
}

export interface Answerer {
  key: string
  name: string
  /** Null where none is known. */
  address: string | null
  /** The person left: whoever answers now is to be found, not written to. */
  left: boolean
}

/**
 * Whom somebody named here, else the latest of those that sources name; of a credential or secret that nobody was named for, who
 * answers for what it proves.
 */
export async function answeringFor(tx: Tx, subjects: readonly string[]): Promise<Map<string, Answering>> {
  const found = new Map<string, Answering>()
  if (subjects.length === 0) return found
  const { rows } = await sql<{
    subject: string
    backup: boolean
    key: string
    name: string | null
    address: string | null
    left: boolean
  }>`
    with stands as materialized (
      select s.subject, coalesce(k.same_as, k.id) as id, 0 as far from unnest(${[...new Set(subjects)]}::text[]) s(subject) join graph.key k on k.key = s.subject),
    one as (select s.subject, e.to_id as id, 1 as far from stands s join graph.edge e on e.from_id = s.id and e.verb in ('authenticates', 'holds') and e.valid_to is null),
    two as (select o.subject, e.to_id as id, 2 as far from one o join graph.edge e on e.from_id = o.id and e.verb = 'authenticates' and e.valid_to is null),
    near as (select * from stands union select * from one union select * from two),
    said as (
      select s.subject, s.far, a.value as key, a.name, a.sort = 'backup' as backup, 0 as place, a.at as since
      from near s join graph.node n on n.id = s.id join act.assignment a on a.entity = n.key and a.sort in ('owner', 'backup') and a.ended_at is null
      union all
      select s.subject, s.far, k.key, null, coalesce(e.attributes->'backup' = 'true'::jsonb, false), 1, e.valid_from
      from near s join graph.edge e on e.to_id = s.id and e.verb = 'owns' and e.valid_to is null
        join graph.source g on g.id = e.source_id and g.connection <> 'self' join graph.key k on k.id = e.from_id)
    select distinct on (s.subject, s.backup) s.subject, s.backup, s.key, coalesce(p.name, s.name) as name,
      coalesce(substring(s.key from '^person:([^@\\s]+@[^@\\s]+)$'), p.body->'attributes'->>'email', p.body->'attributes'->>'mail',
        (select alias from unnest(p.aliases) alias where alias ~ '^[^@\\s:/]+@[^@\\s:/]+$' limit 1)) as address,
      coalesce(p.id is not null and (${outOfForce('p')} or p.body->'attributes'->>'employment' = 'left'), false) as left
    from said s left join graph.key pk on pk.key = s.key left join graph.node p on p.id = coalesce(pk.same_as, pk.id)
    order by s.subject, s.backup, s.far, s.place, s.since desc, s.key`.execute(tx)
  for (const { subject, backup, key, name, address, left } of rows) {
    const one = found.get(subject) ?? { owner: null, backup: null }
    one[backup ? 'backup' : 'owner'] = { key, name: name ?? key.replace(/^person:/, ''), address, left }
    found.set(subject, one)
  }
  return found
}

/** Where mail reaches a person who is still here; null where none can. */
export const reachable = (person: Answerer | null | undefined): string | null =>
  person &&
  !person.left &&
  person.address !== null &&
  /^[^\s@<>,;:"\\()[\]]+@[^\s@<>,;:"\\()[\]]+$/.test(person.address)
    ? person.address
    : null
