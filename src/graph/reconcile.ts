import { sql } from 'kysely'
import type { Tx } from '../platform/index.ts'
import type { LedgerLine } from '../sdk/index.ts'
import { mergeCredentials } from './merge.ts'
import { project } from './projection.ts'

/** How the read of one collection went. */
export interface CollectionRead {
  id: string
  /** The types it yields; null when whatever it said is meant, as when its connection is removed. */
  yields: readonly string[] | null
  /** Was it read whole? Only then is what it did not say gone. */
  complete: boolean
  /** Its source forgets: nothing is gone because it was not said again. */
  forgets?: boolean
  /** It will not be read again: its connection was removed, or its provider has it no more. */
  removed?: boolean
  lines?: readonly Pick<LedgerLine, 'scope' | 'expected' | 'obtained' | 'refused' | 'reason' | 'permission'>[]
}

export interface Applied {
  at: Date
  entities: { added: number; changed: number; gone: number }
  edges: { added: number; gone: number }
}

interface Reading {
  run: number
  connection: string
  at: Date
  collections: readonly CollectionRead[]
  tables: { items: string; edges: string }
  /** The number under which a collection was staged; undefined when it yielded nothing. */
  numberOf: (collection: string) => number | undefined
}

/** Any constant: one run is applied at a time, so that merges and the projection see a graph that stands still. */
export const APPLY_LOCK = 7373_0201

/**
 * Makes the graph say what was staged: what is new or different opens a range, what is gone or different closes one, and the
 * projection follows. All of it in sets; an estate that did not change writes no row.
 *
 * Time only goes forward for a key: where the clock was set back, a range opens a millisecond after the last one began or ended.
 */
export async function reconcile(tx: Tx, reading: Reading): Promise<Applied> {
  await sql`set local work_mem = '256MB'`.execute(tx)
  await sql`set local jit = off`.execute(tx)
  await sql`select pg_advisory_xact_lock(${APPLY_LOCK}), set_config('reeve.now', ${reading.at.toISOString()}, true)`.execute(
    tx,
  )
  await recordSources(tx, reading)
  await resolveKeys(tx, reading.tables.items)
  const entities = await reconcileEntities(tx, reading)
  const edges = await reconcileEdges(tx, reading)
  await sql`create temp table touched (id int primary key) on commit drop`.execute(tx)
  await sql`insert into touched select distinct coalesce(k.same_as, k.id) from entity_delta d join graph.key k on k.id = d.key_id`.execute(
    tx,
  )
  await mergeCredentials(tx)
  await project(tx, reading.at)
  const applied = { at: reading.at, entities, edges }
  await sql`insert into graph.applied (run, connection, at, counts) values
    (${reading.run}, ${reading.connection}, ${reading.at}, ${JSON.stringify({ entities, edges })})`.execute(tx)
  return applied
}

async function recordSources(tx: Tx, { connection, at, collections, numberOf }: Reading): Promise<void> {
  const given = JSON.stringify(
    collections.map(({ id, yields, complete, forgets = false, removed = false, lines }) => ({
      id,
      yields,
      complete,
      forgets,
      removed,
      lines,
      number: numberOf(id) ?? null,
    })),
  )
  await sql`create temp table reading on commit drop as
    select c.* from jsonb_to_recordset(${given}::jsonb) as c(id text, number smallint, yields text[], complete bool, forgets bool, removed bool, lines jsonb)`.execute(
    tx,
  )
  await sql`insert into graph.source (connection, collection, yields, complete, read_at, complete_at, removed_at)
    select ${connection}, id, coalesce(yields, '{}'), complete, ${at}, case when complete then ${at}::timestamptz end,
      case when removed then ${at}::timestamptz end from reading
    on conflict (connection, collection) do update set
      yields = case when excluded.yields = '{}' then source.yields else excluded.yields end, complete = excluded.complete,
      read_at = excluded.read_at, complete_at = coalesce(excluded.complete_at, source.complete_at), removed_at = excluded.removed_at`.execute(
    tx,
  )
  await sql`create temp table said_by on commit drop as
    select s.id, r.number, r.complete and not r.forgets as complete, r.yields from reading r
    join graph.source s on s.connection = ${connection} and s.collection = r.id`.execute(tx)
  await sql`create temp table lines on commit drop as
    select s.id as source_id, l.*, l.refused = 0 and coalesce(l.obtained >= l.expected, true) as whole, s.complete_at
    from reading r join graph.source s on s.connection = ${connection} and s.collection = r.id,
    jsonb_to_recordset(coalesce(r.lines, '[]')) as l(scope text, expected int, obtained int, refused int, reason text, permission text)`.execute(
    tx,
  )
  await sql`delete from graph.ledger l using said_by s where l.source_id = s.id
    and not exists (select from lines n where n.source_id = l.source_id and n.scope = l.scope)`.execute(tx)
  await sql`insert into graph.ledger (source_id, scope, expected, obtained, refused, reason, permission, since)
    select source_id, scope, expected, obtained, refused, reason, permission,
      case when whole then ${at}::timestamptz when scope = '' then complete_at end from lines
    on conflict (source_id, scope) do update set expected = excluded.expected, obtained = excluded.obtained,
      refused = excluded.refused, reason = excluded.reason, permission = excluded.permission,
      since = coalesce(excluded.since, ledger.since)`.execute(tx)
}

/** Interns the keys that are new, and gives each staged number its key (`id`) and the node it stands for now (`node`). */
async function resolveKeys(tx: Tx, items: string): Promise<void> {
  const staged = sql.id('graph', items)
  await sql.raw(`analyze graph.${items} (n, key, collection)`).execute(tx)
  await sql`insert into graph.key (key) select s.key from ${staged} s
    where s.key is not null and not exists (select from graph.key k where k.key = s.key) on conflict do nothing`.execute(
    tx,
  )
  await sql`create temp table named on commit drop as
    select s.n, k.id, coalesce(k.same_as, k.id) as node from ${staged} s join graph.key k on k.key = s.key`.execute(tx)
  await sql`analyze named`.execute(tx)
}

async function reconcileEntities(tx: Tx, { at, tables }: Reading): Promise<Applied['entities']> {
  const incoming = sql`(select n.id as key_id, s.id as source_id, i.type, i.body
    from ${sql.id('graph', tables.items)} i join said_by s on s.number = i.collection join named n on n.n = i.n
    where i.body is not null)`
  await sql`create temp table entity_delta on commit drop as
    select coalesce(i.key_id, e.key_id) as key_id, coalesce(i.source_id, e.source_id) as source_id, i.type, i.body,
      case when i.body->>'kind' = 'credential' then i.body->>'fingerprint' end as fingerprint,
      e.body as old, e.fingerprint as old_fingerprint,
      greatest(${at}::timestamptz, e.valid_from + interval '1 ms') as at
    from ${incoming} i
    full join (select key_id, source_id, type, fingerprint, body, valid_from from graph.entity
      where valid_to is null and source_id in (select id from said_by)) e
      on e.key_id = i.key_id and e.source_id = i.source_id
    where e.key_id is null or i.body <> e.body or (i.key_id is null
      and exists (select from said_by s where s.id = e.source_id and s.complete and (s.yields is null or e.type = any(s.yields))))`.execute(
    tx,
  )
  // A key described twice by one source: it is as it was, if one of the two says so.
  await sql`delete from entity_delta d using ${incoming} i
    where d.old is not null and i.key_id = d.key_id and i.source_id = d.source_id and i.body = d.old`.execute(tx)
  await sql`update entity_delta d set at = greatest(d.at, e.ended)
    from (select key_id, source_id, max(valid_to) as ended from graph.entity where valid_to > ${at} group by 1, 2) e
    where d.old is null and e.key_id = d.key_id and e.source_id = d.source_id`.execute(tx)
  await sql`analyze entity_delta (key_id, source_id, at)`.execute(tx)
  const closed = await sql`update graph.entity e set valid_to = d.at from entity_delta d
    where d.old is not null and e.key_id = d.key_id and e.source_id = d.source_id and e.valid_to is null`.execute(tx)
  const opened = await sql`insert into graph.entity (key_id, source_id, type, fingerprint, body, valid_from)
    select key_id, source_id, type, fingerprint, body, at from entity_delta where body is not null
    on conflict (source_id, key_id) where valid_to is null do nothing`.execute(tx)
  const { rows } = await sql<{
    changed: number
  }>`select count(distinct (key_id, source_id))::int as changed from entity_delta
    where body is not null and old is not null`.execute(tx)
  const changed = rows[0]!.changed
  return { added: Number(opened.numAffectedRows) - changed, changed, gone: Number(closed.numAffectedRows) - changed }
}

async function reconcileEdges(tx: Tx, { at, tables }: Reading): Promise<Applied['edges']> {
  const staged = sql.id('graph', tables.edges)
  await sql.raw(`analyze graph.${tables.edges} (collection, from_n, verb, to_n)`).execute(tx)
  await sql`create temp table edge_delta on commit drop as
    select coalesce(i.source_id, e.source_id) as source_id, coalesce(i.from_key, e.from_key) as from_key,
      coalesce(i.to_key, e.to_key) as to_key, coalesce(i.verb, e.verb) as verb, coalesce(i.digest, e.digest) as digest,
      coalesce(i.from_id, e.from_id) as from_id, coalesce(i.to_id, e.to_id) as to_id, i.attributes, e.from_key is not null as gone,
      greatest(${at}::timestamptz, e.valid_from + interval '1 ms') as at
    from (select s.id as source_id, f.id as from_key, f.node as from_id, g.verb, t.id as to_key, t.node as to_id, g.attributes,
        case when g.attributes is null then '00000000-0000-0000-0000-000000000000' else md5(g.attributes::text)::uuid end as digest
      from ${staged} g join said_by s on s.number = g.collection join named f on f.n = g.from_n join named t on t.n = g.to_n) i
    full join (select source_id, from_key, to_key, from_id, to_id, verb, digest, valid_from from graph.edge
      where valid_to is null and source_id in (select id from said_by)) e
      on e.from_key = i.from_key and e.to_key = i.to_key and e.verb = i.verb and e.source_id = i.source_id and e.digest = i.digest
    where e.from_key is null or (i.from_key is null and exists (select from said_by s where s.id = e.source_id and s.complete))`.execute(
    tx,
  )
  await sql`update edge_delta d set at = greatest(d.at, e.ended) from (select source_id, from_key, to_key, verb, digest,
      max(valid_to) as ended from graph.edge where valid_to > ${at} group by 1, 2, 3, 4, 5) e
    where not d.gone and e.source_id = d.source_id and e.from_key = d.from_key and e.to_key = d.to_key and e.verb = d.verb
      and e.digest = d.digest`.execute(tx)
  await sql`analyze edge_delta (source_id, from_key, to_key, verb, digest, from_id, to_id, gone, at)`.execute(tx)
  const closed = await sql`update graph.edge e set valid_to = d.at from edge_delta d where d.gone and e.valid_to is null
    and e.source_id = d.source_id and e.from_key = d.from_key and e.to_key = d.to_key and e.verb = d.verb and e.digest = d.digest`.execute(
    tx,
  )
  const opened = await sql`insert into graph.edge
      (from_id, to_id, from_key, to_key, source_id, verb, digest, attributes, valid_from)
    select from_id, to_id, from_key, to_key, source_id, verb, digest, attributes, at from edge_delta where not gone
    on conflict (source_id, from_key, to_key, verb, digest) where valid_to is null do nothing`.execute(tx)
  return { added: Number(opened.numAffectedRows), gone: Number(closed.numAffectedRows) }
}
