import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { Entity, Kind, Known } from '../sdk/index.ts'
import { outOfForce } from './in-force.ts'
import type { Accountable, Owners, Suggestion } from './owner.ts'
import type { EntityRef, Mark } from './ref.ts'

export const iso = (at: Date): string => at.toISOString()
export const isoOrNull = (at: Date | null | undefined): string | null => at?.toISOString() ?? null

export const MARKS: readonly Mark[] = ['critical', 'high', 'medium', 'low', 'info', 'unknown', 'pass']
export const markOf = (worst: number | null | undefined): Mark =>
  worst === null || worst === undefined ? 'not-judged' : (MARKS[worst] ?? 'not-judged')

/** What a description leaves out is not known, and that is said: nothing is assumed from silence. */
export function knownOf<T>(said: Known<T> | undefined, by: readonly string[]): Known<T> {
  return said ?? { unknown: `not reported by ${by.length > 0 ? by.join(', ') : 'any source'}` }
}

/** Names for keys: of what is now, else of what was last; a key that nobody ever described is its own name. */
export async function refsOf(db: Db, keys: Iterable<string>): Promise<Map<string, EntityRef>> {
  const wanted = [...new Set(keys)]
  const refs = new Map<string, EntityRef>()
  if (wanted.length === 0) return refs
  const { rows } = await sql<{
    asked: string
    key: string
    kind: Kind | null
    type: string | null
    name: string | null
    gone: Date | null
  }>`
    select a.key as asked, coalesce(n.key, a.key) as key, coalesce(n.kind, was.kind) as kind, coalesce(n.type, was.type) as type,
      coalesce(n.name, was.name) as name, case when n.id is null then was.valid_to end as gone
    from unnest(${wanted}::text[]) a(key)
    left join graph.key k on k.key = a.key
    left join graph.node n on n.id = coalesce(k.same_as, k.id)
    left join lateral (select e.body->>'kind' as kind, e.type, e.body->>'name' as name, e.valid_to from graph.entity e
      where n.id is null and e.key_id = k.id order by e.valid_to desc nulls first limit 1) was on true`.execute(db)
  for (const { asked, gone, name, ...row } of rows)
    refs.set(asked, { ...row, name: name ?? row.key, gone: isoOrNull(gone) })
  return refs
}

/** For keys that the list of refs may lack. */
export const refOr = (refs: ReadonlyMap<string, EntityRef>, key: string): EntityRef =>
  refs.get(key) ?? { key, kind: null, type: null, name: key, gone: null }

/** `user:…` and `token:…` as people know them; anything else as it stands. */
export const actorName = (actor: RawBuilder<unknown>) => sql<string>`coalesce(
  (select acting.name from http.account acting where ${actor} = 'user:' || acting.id),
  (select acting.name || ', by token ' || held.name from http.token held join http.account acting on acting.id = held.account
    where ${actor} = 'token:' || held.id), ${actor})`

export interface OwnerColumns {
  owner: string | null
  owner_name: string | null
  owner_since: Date | null
  owner_by: string | null
  owner_left: boolean | null
}

/** Is the last that the person said of it that it is not theirs? */
export const declined = (entity: string, person: string) => {
  const [of, by] = [sql.raw(entity), sql.raw(person)]
  return sql`coalesce((select d.answer = 'not-mine' from act.certification d where d.entity = ${of} and d.person = ${by} and d.takes_back is null
    and not exists (select from act.certification t where t.takes_back = d.id) order by d.id desc limit 1), false)`
}

/**
 * A join that brings `OwnerColumns` to a node `n`: whom somebody named here, else of those its sources name the latest who is here and has
 * not said that it is not theirs.
 */
export const joinOwner = sql`left join lateral (
    select said.key as owner, coalesce(p.name, said.name) as owner_name, said.since as owner_since, ${actorName(sql`said.by`)} as owner_by,
      case when said.place = 0 then coalesce(p.id is not null and ${outOfForce('p')}, false) else p.id is null or ${outOfForce('p')} end as owner_left
    from (
      select a.value as key, a.name, a.at as since, a.by, 0 as place from act.assignment a
      where a.entity = n.key and a.sort = 'owner' and a.ended_at is null
      union all
      select k.key, null, e.valid_from, s.connection, 1 from graph.edge e
      join graph.source s on s.id = e.source_id and s.connection <> 'self' join graph.key k on k.id = e.from_id
      where e.to_id = n.id and e.verb = 'owns' and e.valid_to is null and not ${declined('n.key', 'k.key')}
    ) said left join graph.key pk on pk.key = said.key left join graph.node p on p.id = pk.id
    order by said.place, owner_left, said.since desc, said.key limit 1) owned on true`

export function accountable({
  owner,
  owner_name,
  owner_since,
  owner_by,
  owner_left,
}: OwnerColumns): Accountable | null {
  if (owner === null) return null
  const name = owner_name ?? owner.replace(/^person:/, '')
  return { key: owner, name, confirmed: iso(owner_since!), assignedBy: owner_by!, left: owner_left! }
}

/** Who answers for each. */
export async function accountableOf(db: Db, keys: Iterable<string>): Promise<Map<string, Accountable>> {
  const wanted = [...new Set(keys)]
  if (wanted.length === 0) return new Map()
  const { rows } = await sql<OwnerColumns & { subject: string }>`
    select k.key as subject, owned.* from graph.key k join graph.node n on n.id = coalesce(k.same_as, k.id) ${joinOwner}
    where k.key = any(${wanted}::text[]) and owned.owner is not null`.execute(db)
  return new Map(rows.map((row) => [row.subject, accountable(row)!]))
}

export async function suggestionsOf(db: Db, keys: Iterable<string>): Promise<Map<string, Suggestion>> {
  const wanted = [...new Set(keys)]
  if (wanted.length === 0) return new Map()
  const { rows } = await sql<{
    subject: string
    person: string
    name: string
    because: string[]
    confidence: Suggestion['confidence'] | null
  }>`
    select subject, person, name, because, confidence from assess.suggestion sg
    where subject = any(${wanted}::text[]) and not ${declined('sg.subject', 'sg.person')}`.execute(db)
  return new Map(
    rows.map(({ subject, person, name, because, confidence }) => [
      subject,
      { person: { key: person, name }, because, ...(confidence === null ? {} : { confidence }) },
    ]),
  )
}

/** The living entity behind a key, any of its names or a merged credential's. */
export async function nodeOf(
  db: Db,
  key: string,
): Promise<{ id: number; key: string; body: Omit<Entity, 'key'> } | null> {
  const { rows } = await sql<{ id: number; key: string; body: Omit<Entity, 'key'> }>`
    select n.id, n.key, n.body from graph.key k join graph.node n on n.id = coalesce(k.same_as, k.id) where k.key = ${key}`.execute(
    db,
  )
  return rows[0] ?? null
}

/** Who stands beside the accountable person, and who gave their word last. */
async function besideOf(db: Db, key: string): Promise<Pick<Owners, 'team' | 'backup' | 'certified'>> {
  const { rows } = await sql<{
    team: string | null
    team_name: string | null
    backup: string | null
    backup_name: string | null
    person: string | null
    person_name: string | null
    at: Date | null
  }>`
    select t.id as team, t.name as team_name, b.value as backup, coalesce(bp.name, b.name, b.value) as backup_name, c.person, c.person_name, c.at
    from (select n.key, n.aliases from graph.key k join graph.node n on n.id = coalesce(k.same_as, k.id) where k.key = ${key}) n
    left join act.assignment a on a.entity = n.key and a.sort = 'owner' and a.ended_at is null
    left join act.team t on t.id = a.team and t.ended_at is null
    left join act.assignment b on b.entity = n.key and b.sort = 'backup' and b.ended_at is null
    left join graph.key bk on bk.key = b.value left join graph.node bp on bp.id = bk.id
    left join lateral (select c.person, c.person_name, c.at from act.certification c
      where (c.entity = n.key or c.entity = any(n.aliases)) and c.answer = 'mine' and c.takes_back is null
        and not exists (select from act.certification back where back.takes_back = c.id) order by c.id desc limit 1) c on true`.execute(
    db,
  )
  const row = rows[0]
  return {
    team: row?.team ? { id: row.team, name: row.team_name! } : null,
    backup: row?.backup ? { key: row.backup, name: row.backup_name! } : null,
    certified: row?.person ? { person: { key: row.person, name: row.person_name! }, at: iso(row.at!) } : null,
  }
}

/** Both owners of one entity. */
export async function ownersOf(db: Db, key: string): Promise<Owners> {
  const [accountable, suggested, beside, directory] = await Promise.all([
    accountableOf(db, [key]),
    suggestionsOf(db, [key]),
    besideOf(db, key),
    sql<{ key: string; kind: Kind | null; type: string | null; name: string; how: string | null }>`
      select distinct on (k.key) k.key, o.kind, o.type, coalesce(o.name, k.key) as name, coalesce(e.attributes->>'how', e.attributes->>'privilege') as how
      from graph.key nk join graph.edge e on e.to_id = coalesce(nk.same_as, nk.id) and e.verb = 'controls' and e.valid_to is null
      join graph.key k on k.id = e.from_id left join graph.node o on o.id = e.from_id where nk.key = ${key} order by k.key limit 100`.execute(
      db,
    ),
  ])
  const owner = accountable.get(key) ?? null
  return {
    accountable: owner,
    ...beside,
    suggested: owner ? null : (suggested.get(key) ?? null),
    directory:
      directory.rows.length > 0
        ? { value: directory.rows.map((row) => ({ ...row, gone: null })) }
        : { unknown: 'no source that was read says who may change it there' },
  }
}
