import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { Edge, Entity, Instant } from '../sdk/index.ts'
import { type Description, sameCredentials, unite } from './unite.ts'

/** A thing as it was at one instant: the union of what was said of it then, without what flows down from its containers. */
export interface EntityAt {
  entity: Entity
  sources: { connection: string; collection: string }[]
}

/** One moment at which what is known of a thing changed. */
export interface HistoryEntry {
  at: Instant
  /** Null before it was first described, and after it was gone. */
  before: Entity | null
  after: Entity | null
  edgesAdded: Edge[]
  edgesGone: Edge[]
}

/** The net change of one thing between two instants. */
export interface Change {
  key: string
  change: 'added' | 'changed' | 'gone' | 'edges'
  before: Entity | null
  after: Entity | null
  edgesAdded: number
  edgesGone: number
}

interface Row {
  own_key: string
  connection: string
  collection: string
  body: Omit<Entity, 'key'>
  valid_from: Date
  valid_to: Date | null
}

/** Null when nothing described it then. A merged credential is found under each of its keys. */
export async function entityAt(db: Db, key: string, asOf: Date): Promise<EntityAt | null> {
  const found = await descriptionsOf(db, key)
  if (!found) return null
  const { key: stands, held } = thingAt(key, found.rows, asOf)
  if (held.length === 0) return null
  return {
    entity: unite(stands, held.map(descriptionOf)),
    sources: held.map(({ connection, collection }) => ({ connection, collection })),
  }
}

/** What happened to the thing and to the edges at it, oldest first. */
export async function historyOf(db: Db, key: string): Promise<HistoryEntry[]> {
  const found = await descriptionsOf(db, key)
  if (!found) return []
  const edges = await edgesAt(db, found.ids)
  const moments = new Set<number>()
  for (const { valid_from, valid_to } of [...found.rows, ...edges]) {
    moments.add(valid_from.getTime())
    if (valid_to) moments.add(valid_to.getTime())
  }
  let before: Entity | null = null
  return [...moments]
    .sort((a, b) => a - b)
    .map((moment) => {
      const at = new Date(moment)
      const { key: stands, held } = thingAt(key, found.rows, at)
      const after = held.length === 0 ? null : unite(stands, held.map(descriptionOf))
      const entry = {
        at: at.toISOString(),
        before,
        after,
        edgesAdded: edges.filter((one) => one.valid_from.getTime() === moment).map((one) => one.edge),
        edgesGone: edges.filter((one) => one.valid_to?.getTime() === moment).map((one) => one.edge),
      }
      before = after
      return entry
    })
}

/**
 * What is different at `to` from what was at `from`, one entry per thing, in order of first appearance. Page on with `next` as the
 * cursor; null when that was all.
 */
export async function changesBetween(
  db: Db,
  from: Date,
  to: Date,
  { cursor = 0, limit = 200 }: { cursor?: number; limit?: number } = {},
): Promise<{ changes: Change[]; next: number | null }> {
  const moved = sql`(valid_from > ${from} and valid_from <= ${to} or valid_to > ${from} and valid_to <= ${to})`
  const { rows } = await sql<{ id: number; key: string; rows: Row[] | null; added: number; gone: number }>`
    with touched as (
      select coalesce(k.same_as, k.id) as id from graph.entity e join graph.key k on k.id = e.key_id where ${moved}
      union select from_id from graph.edge where ${moved}
      union select to_id from graph.edge where ${moved}),
    page as (select id from touched where id > ${cursor} order by id limit ${limit})
    select p.id, k.key,
      (select count(*)::int from graph.edge e where (e.from_id = p.id or e.to_id = p.id)
        and valid_from > ${from} and valid_from <= ${to} and (valid_to is null or valid_to > ${to})) as added,
      (select count(*)::int from graph.edge e where (e.from_id = p.id or e.to_id = p.id)
        and valid_from <= ${from} and valid_to > ${from} and valid_to <= ${to}) as gone,
      (select jsonb_agg(jsonb_build_object('own_key', o.key, 'connection', s.connection, 'collection', s.collection, 'body', e.body,
        'valid_from', extract(epoch from e.valid_from) * 1000, 'valid_to', extract(epoch from e.valid_to) * 1000))
        from graph.key o join graph.entity e on e.key_id = o.id join graph.source s on s.id = e.source_id
        where (o.id = p.id or o.same_as = p.id) and e.valid_from <= ${to} and (e.valid_to is null or e.valid_to > ${from})) as rows
    from page p join graph.key k on k.id = p.id order by p.id`.execute(db)
  const changes = rows.flatMap(({ key, rows: said, added, gone }): Change[] => {
    const all = (said ?? []).map((row) => ({
      ...row,
      valid_from: new Date(row.valid_from),
      valid_to: row.valid_to === null ? null : new Date(row.valid_to),
    }))
    const [before, after] = [from, to].map((at) => {
      const held = heldAt(all, at)
      return held.length === 0 ? null : unite(key, held.map(descriptionOf))
    }) as [Entity | null, Entity | null]
    const edges = { edgesAdded: added, edgesGone: gone }
    if (before === null && after !== null) return [{ key, change: 'added', before, after, ...edges }]
    if (before !== null && after === null) return [{ key, change: 'gone', before, after, ...edges }]
    if (JSON.stringify(before) !== JSON.stringify(after)) return [{ key, change: 'changed', before, after, ...edges }]
    return added + gone > 0 ? [{ key, change: 'edges', before, after, ...edges }] : []
  })
  return { changes, next: rows.length < limit ? null : rows.at(-1)!.id }
}

/** Everything ever said of the key, and of keys that ever had a fingerprint in common with it. */
async function descriptionsOf(db: Db, key: string): Promise<{ key: string; ids: number[]; rows: Row[] } | null> {
  const { rows: named } = await sql<{ id: number }>`select id from graph.key where key = ${key}`.execute(db)
  if (named.length === 0) return null
  const { rows } = await sql<Row & { key_id: number }>`
    with together as (select ${named[0]!.id}::int as key_id union select o.key_id from graph.entity e join graph.entity o using (fingerprint)
      where e.key_id = ${named[0]!.id})
    select e.key_id, k.key as own_key, s.connection, s.collection, e.body, e.valid_from, e.valid_to
    from together join graph.entity e using (key_id) join graph.source s on s.id = e.source_id join graph.key k on k.id = e.key_id
    order by e.valid_from`.execute(db)
  return { key, ids: [...new Set([named[0]!.id, ...rows.map((row) => row.key_id)])], rows }
}

/** The key that stood for the given one at the instant, and what was said of that thing then. */
function thingAt(key: string, rows: readonly Row[], at: Date): { key: string; held: Row[] } {
  const held = heldAt(rows, at)
  const credentials = held.flatMap(({ own_key, body }) =>
    body.kind === 'credential' && body.fingerprint !== undefined
      ? [{ key: own_key, fingerprint: body.fingerprint }]
      : [],
  )
  const same = sameCredentials(credentials)
  const stands = same.get(key) ?? key
  return { key: stands, held: held.filter((row) => (same.get(row.own_key) ?? row.own_key) === stands) }
}

async function edgesAt(db: Db, ids: number[]): Promise<{ edge: Edge; valid_from: Date; valid_to: Date | null }[]> {
  const { rows } = await sql<{
    from: string
    verb: Edge['verb']
    to: string
    attributes: NonNullable<Edge['attributes']> | null
    valid_from: Date
    valid_to: Date | null
  }>`
    select f.key as "from", e.verb, t.key as "to", e.attributes, e.valid_from, e.valid_to
    from graph.edge e join graph.key f on f.id = e.from_key join graph.key t on t.id = e.to_key
    where e.from_id = any(${ids}) or e.to_id = any(${ids}) order by e.valid_from, f.key, e.verb, t.key`.execute(db)
  return rows.map(({ from, verb, to, attributes, valid_from, valid_to }) => ({
    edge: attributes === null ? { from, verb, to } : { from, verb, to, attributes },
    valid_from,
    valid_to,
  }))
}

const heldAt = (rows: readonly Row[], at: Date): Row[] =>
  rows.filter((row) => row.valid_from <= at && (row.valid_to === null || row.valid_to > at))

const descriptionOf = ({ own_key, connection, collection, body }: Row): Description => ({
  connection,
  collection,
  entity: { key: own_key, ...body },
})
