import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { Entity, Kind, Known } from '../sdk/index.ts'
import { outOfForce } from './load-roll.ts'
import type { Accountable, Suggestion } from './owner.ts'
import type { EntityRef, Mark } from './ref.ts'

export const iso = (at: Date): string => at.toISOString()
export const isoOrNull = (at: Date | null | undefined): string | null => at?.toISOString() ?? null

export const MARKS: readonly Mark[] = ['critical', 'high', 'medium', 'low', 'info', 'unknown', 'pass']
export const markOf = (worst: number | null | undefined): Mark => (worst === null || worst === undefined ? 'not-judged' : (MARKS[worst] ?? 'not-judged'))

/** What a description leaves out is not known, and that is said: nothing is assumed from silence. */
export function knownOf<T>(said: Known<T> | undefined, by: readonly string[]): Known<T> {
  return said ?? { unknown: `not reported by ${by.length > 0 ? by.join(', ') : 'any source'}` }
}

/** Names for keys: of what is now, else of what was last; a key that nobody ever described is its own name. */
export async function refsOf(db: Db, keys: Iterable<string>): Promise<Map<string, EntityRef>> {
  const wanted = [...new Set(keys)]
  const refs = new Map<string, EntityRef>()
  if (wanted.length === 0) return refs
  const { rows } = await sql<{ asked: string; key: string; kind: Kind | null; type: string | null; name: string | null; gone: Date | null }>`
    select a.key as asked, coalesce(n.key, a.key) as key, coalesce(n.kind, was.kind) as kind, coalesce(n.type, was.type) as type,
      coalesce(n.name, was.name) as name, case when n.id is null then was.valid_to end as gone
    from unnest(${wanted}::text[]) a(key)
    left join graph.key k on k.key = a.key
    left join graph.node n on n.id = coalesce(k.same_as, k.id)
    left join lateral (select e.body->>'kind' as kind, e.type, e.body->>'name' as name, e.valid_to from graph.entity e
      where n.id is null and e.key_id = k.id order by e.valid_to desc nulls first limit 1) was on true`.execute(db)
  for (const { asked, gone, name, ...row } of rows) refs.set(asked, { ...row, name: name ?? row.key, gone: isoOrNull(gone) })
  return refs
}

/** For keys that the list of refs may lack. */
export const refOr = (refs: ReadonlyMap<string, EntityRef>, key: string): EntityRef =>
  refs.get(key) ?? { key, kind: null, type: null, name: key, gone: null }

/** Who answers for each: of several, the one who was named last. */
export async function accountableOf(db: Db, keys: Iterable<string>): Promise<Map<string, Accountable>> {
  const wanted = [...new Set(keys)]
  if (wanted.length === 0) return new Map()
  const { rows } = await sql<{ subject: string; key: string; name: string | null; since: Date; connection: string; by: string | null; gone: boolean }>`
    select distinct on (n.key) n.key as subject, k.key, p.name, e.valid_from as since, s.connection, e.attributes->>'by' as by,
      p.id is null or ${outOfForce('p')} as gone
    from graph.node n join graph.edge e on e.to_id = n.id and e.verb = 'owns' and e.valid_to is null
    join graph.source s on s.id = e.source_id join graph.key k on k.id = e.from_id left join graph.node p on p.id = k.id
    where n.key = any(${wanted}::text[]) order by n.key, e.valid_from desc, k.key`.execute(db)
  return new Map(
    rows.map(({ subject, key, name, since, connection, by, gone }) => [
      subject,
      { key, name: name ?? key.replace(/^person:/, ''), confirmed: iso(since), assignedBy: by ?? connection, left: gone },
    ]),
  )
}

export async function suggestionsOf(db: Db, keys: Iterable<string>): Promise<Map<string, Suggestion>> {
  const wanted = [...new Set(keys)]
  if (wanted.length === 0) return new Map()
  const { rows } = await sql<{ subject: string; person: string; name: string; because: string[] }>`
    select subject, person, name, because from assess.suggestion where subject = any(${wanted}::text[])`.execute(db)
  return new Map(rows.map(({ subject, person, name, because }) => [subject, { person: { key: person, name }, because }]))
}

/** The living entity behind a key, any of its names or a merged credential's. */
export async function nodeOf(db: Db, key: string): Promise<{ id: number; key: string; body: Omit<Entity, 'key'> } | null> {
  const { rows } = await sql<{ id: number; key: string; body: Omit<Entity, 'key'> }>`
    select n.id, n.key, n.body from graph.key k join graph.node n on n.id = coalesce(k.same_as, k.id) where k.key = ${key}`.execute(db)
  return rows[0] ?? null
}
