import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { Kind } from '../sdk/index.ts'
import type { TagDifference } from './plans.ts'
import { iso } from './refs.ts'

interface Row {
  key: string
  kind: Kind
  type: string
  name: string
  place: string
  stands: string | null
  owner: string
  owner_name: string
  written: string | null
  written_at: Date | null
  named: string | null
  named_name: string | null
}

/**
 * Things of these connections whose tag at the source says of the owner what Reeve does not. What was never written and is not there is no
 * difference; what Reeve wrote counts only once the source was read again.
 */
const differing = (where: RawBuilder<unknown>, connections: readonly string[]) => sql`
  from (select coalesce((select value->>'ownerTag' from http.setting where name = 'plans'), 'owner') as tag) setting
  cross join act.assignment a join graph.node n on n.key = a.entity and n.connections && ${connections}::text[]
  left join graph.node p on p.key = a.value and p.kind = 'person'
  left join lateral (
    select t.key, t.value from jsonb_each_text(case when jsonb_typeof(n.body->'attributes'->'tags') = 'object' then n.body->'attributes'->'tags' else '{}' end) t
    where lower(t.key) = lower(setting.tag) order by t.key = setting.tag desc, t.key limit 1) t on true
  left join lateral (
    select w.place, w.value, w.at from act.written w where w.entity = n.key and lower(w.place) = lower(setting.tag) and w.ended_at is null limit 1) w on true
  where a.sort = 'owner' and a.ended_at is null and ${where}
    and (t.value is not null and lower(trim(t.value)) <> all (array[lower(a.value), lower(replace(a.value, 'person:', '')), lower(coalesce(a.name, '')), lower(coalesce(p.name, ''))]
        || coalesce((select array_agg(lower(alias)) from unnest(p.aliases) alias), '{}'))
      or t.value is null and w.value is not null)
    and (w.at is null or exists (select from graph.source s where s.id = any(n.sources) and s.connection = any(${connections}::text[]) and s.read_at > w.at))`

async function rowsOf(
  db: Db,
  where: RawBuilder<unknown>,
  connections: readonly string[],
  limit: number,
): Promise<TagDifference[]> {
  const { rows } = await sql<Row>`
    select d.*, person.key as named, person.name as named_name from (
      select n.key, n.kind, n.type, n.name, coalesce(t.key, w.place) as place, t.value as stands, a.value as owner, coalesce(p.name, a.name, a.value) as owner_name,
        w.value as written, w.at as written_at
      ${differing(where, connections)} order by n.name, n.key limit ${limit}) d
    left join lateral (
      select min(o.key) as key, min(o.name) as name from graph.node o where o.kind = 'person' and d.stands is not null
        and (o.key = 'person:' || lower(trim(d.stands)) or o.aliases @> array[lower(trim(d.stands))] or lower(o.name) = lower(trim(d.stands)))
      having count(*) = 1) person on true
    order by d.name, d.key`.execute(db)
  return rows.map((row) => ({
    entity: { key: row.key, kind: row.kind, type: row.type, name: row.name, gone: null },
    place: row.place,
    sort: row.stands === null ? 'gone' : row.stands === row.written ? 'behind' : 'other',
    stands: row.stands,
    names: row.named === null ? null : { key: row.named, name: row.named_name! },
    owner: { key: row.owner, name: row.owner_name },
    written: row.written === null ? null : { value: row.written, at: iso(row.written_at!) },
  }))
}

/** The differences there are, in order of name. */
export async function readTagDifferences(
  db: Db,
  connections: readonly string[],
  limit: number,
): Promise<{ rows: TagDifference[]; total: number }> {
  const [rows, total] = await Promise.all([
    rowsOf(db, sql`true`, connections, limit),
    countTagDifferences(db, connections),
  ])
  return { rows, total }
}

export async function countTagDifferences(db: Db, connections: readonly string[]): Promise<number> {
  if (connections.length === 0) return 0
  const { rows } = await sql<{
    total: number
  }>`select count(*)::int as total ${differing(sql`true`, connections)}`.execute(db)
  return rows[0]!.total
}

/** Of one thing; null where the source and Reeve say the same, or the source nothing. */
export async function tagDifferenceOf(
  db: Db,
  key: string,
  connections: readonly string[],
): Promise<TagDifference | null> {
  return (await rowsOf(db, sql`n.key = ${key}`, connections, 1))[0] ?? null
}
