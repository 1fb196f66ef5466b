import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import { outOfForce } from './in-force.ts'
import type { Presence } from './owners.ts'
import { iso } from './refs.ts'

/** A person as they are known now, whether a source describes them or not. */
export interface KnownPerson {
  key: string
  name: string
  presence: Presence
  manager: string | null
}

/** A source speaks of presence when it says one of these of a person; one that says none of them only knows the name. */
const SPEAKS = sql`array['disabled', 'enabled', 'suspended', 'revoked', 'status', 'employment']`
const MOST = 5_000

interface Row {
  key: string
  name: string | null
  described: string[] | null
  speaks: string[] | null
  off: boolean
  said_left: string | null
  status: 'active' | 'left' | null
  left_on: string | null
  manager: string | null
  listed_by_name: string | null
  ended: string | null
  ended_at: Date | null
  removed: boolean | null
  ended_spoke: boolean | null
  answers: boolean
}

/**
 * Are these people still here? The strongest word counts: a list of people or a directory that says they left; a directory that knew
 * them and lists them no more; a source that says they are here; one that merely names them.
 */
export async function presencesOf(db: Db, keys: Iterable<string>, now: Date): Promise<Map<string, KnownPerson>> {
  const wanted = [...new Set(keys)]
  const today = iso(now).slice(0, 10)
  const known = new Map<string, KnownPerson>()
  for (let from = 0; from < wanted.length; from += MOST) {
    const { rows } = await sql<Row>`
      select a.key, coalesce(n.name, p.name, was.name) as name, n.described, n.speaks, n.off is true as off, n.said_left,
        p.status, p.left_on::text as left_on, p.manager, p.name as listed_by_name,
        was.title as ended, was.valid_to as ended_at, was.removed, was.spoke as ended_spoke,
        exists (select from http.account u where u.disabled is null and 'person:' || u.email = a.key) as answers
      from unnest(${wanted.slice(from, from + MOST)}::text[]) a(key)
      left join graph.key k on k.key = a.key
      left join lateral (select n.id, n.name, ${outOfForce('n')} as off, n.body->'attributes'->>'left' as said_left,
          (select array_agg(distinct coalesce(c.label, s.connection)) from graph.source s left join discover.connection c on c.id = s.connection
            where s.id = any(n.sources) and s.connection <> 'self') as described,
          (select array_agg(distinct coalesce(c.label, s.connection)) from graph.entity e join graph.source s on s.id = e.source_id and s.connection <> 'self'
            left join discover.connection c on c.id = s.connection
            where e.key_id = n.id and e.valid_to is null and e.body->'attributes' ?| ${SPEAKS}) as speaks
        from graph.node n where n.id = coalesce(k.same_as, k.id)) n on true
      left join act.person p on p.key = a.key and p.ended_at is null
      left join lateral (select coalesce(c.label, s.connection) as title, e.valid_to, s.removed_at is not null as removed, e.body->>'name' as name,
          coalesce(e.body->'attributes' ?| ${SPEAKS}, false) as spoke
        from graph.entity e join graph.source s on s.id = e.source_id and s.connection <> 'self' left join discover.connection c on c.id = s.connection
        where e.key_id = k.id and e.valid_to is not null
          and not exists (select from graph.entity o where o.source_id = e.source_id and o.key_id = e.key_id and o.valid_to is null)
        order by s.removed_at is not null, coalesce(e.body->'attributes' ?| ${SPEAKS}, false) desc, e.valid_to desc limit 1) was on true`.execute(
      db,
    )
    for (const row of rows)
      known.set(row.key, {
        key: row.key,
        name: row.name ?? row.key.replace(/^person:/, ''),
        presence: presenceOf(row, today),
        manager: row.manager,
      })
  }
  return known
}

function presenceOf(row: Row, today: string): Presence {
  const list = (names: readonly string[]) => names.join(', ')
  const left = (because: string, since: string | null): Presence => ({ state: 'left', because, since, leaves: null })
  const dayOf = (day: string | null): string | null =>
    day !== null && /^\d{4}-\d\d-\d\d/.test(day) ? `${day.slice(0, 10)}T00:00:00.000Z` : null
  const told = row.left_on !== null && row.left_on > today ? row.left_on : null
  if (row.status === 'left' && told === null)
    return left(`the list of people says that they left${row.left_on ? ` on ${row.left_on}` : ''}`, dayOf(row.left_on))
  if (row.status === 'active' && row.left_on !== null && row.left_on <= today)
    return left(`the list of people says that they left on ${row.left_on}`, dayOf(row.left_on))
  if (row.off && row.speaks !== null)
    return left(`${list(row.speaks)} says that they are out of force`, dayOf(row.said_left))
  if (row.speaks === null && row.status === null && row.ended !== null && row.removed === false) {
    if (row.ended_spoke || row.described === null)
      return left(`${row.ended} lists them no more`, row.ended_at === null ? null : iso(row.ended_at))
  }
  const here = (because: string): Presence => ({ state: 'active', because, since: null, leaves: told })
  if (row.speaks !== null) return here(`${list(row.speaks)} says that they are here`)
  if (row.status !== null) return here('the list of people says that they are here')
  if (row.described !== null) return here(`${list(row.described)} knows them`)
  if (row.answers) return here('they have an account of this Reeve')
  const because =
    row.removed === true
      ? `${row.ended}, which knew them, is read no more`
      : 'no source that is read and no list of people knows them'
  return { state: 'unknown', because, since: null, leaves: null }
}
