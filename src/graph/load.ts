import { sql } from 'kysely'
import type { Db, Tx } from '../platform/index.ts'
import type { Entity, Instant, LedgerLine } from '../sdk/index.ts'
import { type Attributes, EdgeList, verbNumber } from './adjacency.ts'
import { Estate, type SourceState } from './estate.ts'
import { EstateBuilder } from './estate-builder.ts'
import type { Effective } from './flow.ts'
import { loadFormer, type Remembered } from './former.ts'

/** Rows a fetch brings: memory beside the estate itself is bounded by it. */
const BATCH = 10_000

/**
 * The estate as it is now, or as it was at an instant, read in one snapshot. Now comes out of the projection; then is united
 * anew from the descriptions that held. Of the attributes in `remember` it knows the former values too.
 */
export async function loadEstate(
  db: Db,
  { asOf, remember = [] }: { asOf?: Date | undefined; remember?: readonly Remembered[] } = {},
): Promise<Estate> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => (asOf === undefined ? loadNow(tx, remember) : loadAsOf(tx, asOf, remember)))
}

async function loadNow(tx: Tx, remember: readonly Remembered[]): Promise<Estate> {
  const { sources, places } = await loadSources(tx)
  const { keys, aliases, place } = await loadKeys(tx)
  const entities: (Entity | undefined)[] = new Array(keys.length).fill(undefined)
  const effective = new Map<number, Effective>()
  const describedBy: (readonly number[] | undefined)[] = new Array(keys.length).fill(undefined)
  const shared = new Map<string, readonly number[]>()
  for await (const rows of batches<NodeRow>(
    tx,
    sql`select id, key, body, sources::text as sources, flow is not null as flows, environment, environment_from, environment_disputed,
      sensitivity, sensitivity_from, tier, tier_from from graph.node`,
  )) {
    for (const row of rows) {
      const index = place(row.id)
      entities[index] = entityOf(row)
      if (row.flows) effective.set(index, effectiveOf(row, place))
      if (!shared.has(row.sources)) {
        shared.set(
          row.sources,
          row.sources
            .slice(1, -1)
            .split(',')
            .map((source) => places.get(Number(source))!),
        )
      }
      describedBy[index] = shared.get(row.sources)!
    }
  }
  const edges = await loadEdges(tx, place)
  const former = await loadFormer(tx, entities, remember)
  return new Estate({
    keys,
    entities,
    aliases,
    edges,
    effective,
    describedBy: (index) => describedBy[index] ?? [],
    sources,
    former: new Map([...former].map(([index, { values }]) => [index, values])),
    asOf: null,
  })
}

/** Every key in order, and where the key with an id has its place. */
async function loadKeys(tx: Tx) {
  const keys: string[] = []
  const ids: number[] = []
  const others: { key: string; same_as: number }[] = []
  for await (const rows of batches<{ id: number; key: string; same_as: number | null }>(
    tx,
    sql`select id, key, same_as from graph.key order by key collate "C"`,
  )) {
    for (const { id, key, same_as } of rows) {
      if (same_as !== null) others.push({ key, same_as })
      else {
        keys.push(key)
        ids.push(id)
      }
    }
  }
  const order = ids.map((_, at) => at)
  // The database orders by characters, and this language by halves of them: they part beyond the first 65,536.
  if (!keys.every((key, at) => at === 0 || keys[at - 1]! < key)) order.sort((a, b) => (keys[a]! < keys[b]! ? -1 : 1))
  const places = new Int32Array(ids.reduce((most, id) => Math.max(most, id), 0) + 1).fill(-1)
  for (let at = 0; at < order.length; at++) places[ids[order[at]!]!] = at
  const place = (id: number): number => places[id]!
  return {
    keys: order.map((at) => keys[at]!),
    aliases: new Map(others.map(({ key, same_as }) => [key, place(same_as)])),
    place,
  }
}

/** Most edges have no attributes: their ends come as bare integers, tens of thousands in a row. */
async function loadEdges(tx: Tx, place: (id: number) => number): Promise<EdgeList> {
  const edges = new EdgeList()
  for await (const rows of batches<{ verb: string; ends: Buffer }>(
    tx,
    sql`select verb, string_agg(int4send(from_id) || int4send(to_id), ''::bytea) as ends from graph.edge
      where valid_to is null and attributes is null group by verb, from_id >> 14`,
    100,
  )) {
    for (const { verb, ends } of rows) {
      const number = verbNumber.get(verb)!
      for (let at = 0; at < ends.length; at += 8)
        edges.push(place(ends.readInt32BE(at)), number, place(ends.readInt32BE(at + 4)))
    }
  }
  for await (const rows of batches<{ f: number; v: string; t: number; a: Attributes }>(
    tx,
    sql`select from_id as f, verb as v, to_id as t, attributes as a from graph.edge where valid_to is null and attributes is not null`,
  )) {
    for (const { f, v, t, a } of rows) edges.push(place(f), verbNumber.get(v)!, place(t), a)
  }
  return edges
}

interface NodeRow {
  id: number
  key: string
  /** As PostgreSQL writes an array: a few spellings are shared by all rows. */
  sources: string
  environment: Entity['environment'] | null
  environment_from: number | null
  environment_disputed: Entity['environment'] | null
  sensitivity: Entity['sensitivity'] | null
  sensitivity_from: number | null
  tier: Entity['tier'] | null
  tier_from: number | null
  flows: boolean
  body: Omit<Entity, 'key'>
}

/** Always of one shape, what is not said being undefined: rules read millions of them, and one shape is read several times faster than many. */
function entityOf({ key, body, environment, sensitivity, tier }: NodeRow): Entity {
  return {
    kind: body.kind,
    type: body.type,
    key,
    name: body.name,
    created: body.created,
    expires: body.expires,
    lastUsed: body.lastUsed,
    lastUsedBy: body.lastUsedBy,
    environment: environment ?? body.environment,
    sensitivity: sensitivity ?? body.sensitivity,
    tier: tier ?? body.tier,
    method: body.method,
    fingerprint: body.fingerprint,
    aliases: body.aliases,
    attributes: body.attributes,
    unknowns: body.unknowns,
  }
}

function effectiveOf(row: NodeRow, place: (id: number) => number): Effective {
  const effective: Effective = {}
  if (row.environment_from !== null) {
    effective.environment = row.environment!
    effective.environmentFrom = place(row.environment_from)
  }
  if (row.environment_disputed !== null) effective.environmentDisputed = row.environment_disputed!
  if (row.sensitivity_from !== null) {
    effective.sensitivity = row.sensitivity!
    effective.sensitivityFrom = place(row.sensitivity_from)
  }
  if (row.tier_from !== null) {
    effective.tier = row.tier!
    effective.tierFrom = place(row.tier_from)
  }
  return effective
}

async function loadAsOf(tx: Tx, asOf: Date, remember: readonly Remembered[]): Promise<Estate> {
  const { sources, sourceIds } = await loadSources(tx)
  const builder = new EstateBuilder()
  const held = sql`valid_from <= ${asOf} and (valid_to is null or valid_to > ${asOf})`
  for await (const rows of batches<{ key: string; source_id: number; body: Omit<Entity, 'key'> }>(
    tx,
    sql`select k.key, e.source_id, e.body from graph.entity e join graph.key k on k.id = e.key_id where ${held}`,
  )) {
    for (const { key, source_id, body } of rows) {
      const { connection, collection } = sourceIds.get(source_id)!
      builder.add(connection, collection, { key, ...body })
    }
  }
  for await (const rows of batches<{ from: string; verb: string; to: string; attributes: Attributes | null }>(
    tx,
    sql`select f.key as "from", e.verb, t.key as "to", e.attributes from graph.edge e
      join graph.key f on f.id = e.from_key join graph.key t on t.id = e.to_key where ${held}`,
  )) {
    for (const { from, verb, to, attributes } of rows) {
      builder.addEdge(from, verbNumber.get(verb)!, to, attributes ?? undefined)
    }
  }
  if (remember.length > 0) {
    const entities = [...builder.build().entities()]
    for (const { key, values } of (await loadFormer(tx, entities, remember, asOf)).values())
      for (const [attribute, before] of values) builder.remember(key, attribute, before)
  }
  return builder.build(sources, asOf.toISOString())
}

/** Every source that is still read, with the lines of its last read; `sourceIds` has those of the past too. */
export async function loadSources(db: Db) {
  const { rows } = await sql<{
    id: number
    connection: string
    collection: string
    yields: string[]
    complete: boolean
    complete_at: Date | null
    removed: boolean
    lines: (Omit<LedgerLine, 'connection' | 'collection' | 'since'> & { since: Instant | null })[]
  }>`select s.id, s.connection, s.collection, s.yields, s.complete, s.complete_at, s.removed_at is not null as removed, coalesce((select jsonb_agg(jsonb_build_object(
      'scope', scope, 'expected', expected, 'obtained', obtained, 'refused', refused, 'reason', reason, 'permission', permission,
      'since', to_char(since at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by scope)
      from graph.ledger l where l.source_id = s.id), '[]') as lines
    from graph.source s order by s.connection collate "C", s.collection collate "C"`.execute(db)
  const read = rows.filter((row) => !row.removed)
  const sources = read.map(
    (row): SourceState => ({
      connection: row.connection,
      collection: row.collection,
      yields: row.yields,
      complete: row.complete,
      completeAt: row.complete_at?.toISOString() ?? null,
      lines: row.lines.map((line) => ({ connection: row.connection, collection: row.collection, ...line })),
    }),
  )
  return {
    sources,
    places: new Map(read.map((row, place) => [row.id, place])),
    sourceIds: new Map(rows.map((row) => [row.id, row])),
  }
}

async function* batches<Row>(tx: Tx, query: ReturnType<typeof sql>, size = BATCH): AsyncGenerator<Row[]> {
  await sql`declare reader no scroll cursor for ${query}`.execute(tx)
  for (;;) {
    const { rows } = await sql<Row>`fetch ${sql.lit(size)} from reader`.execute(tx)
    if (rows.length === 0) break
    yield rows
  }
  await sql`close reader`.execute(tx)
}
