import { type RawBuilder, sql } from 'kysely'
import type { Db, Tx } from '../platform/index.ts'
import { Environment, Kind, Sensitivity } from '../sdk/index.ts'
import { edgeCode, holdings, mights, reachVerbNumber, UNDESCRIBED } from './conduct.ts'
import { type Pair, RawEdges, sharedU16 } from './csr.ts'
import { kindOf, NO_FACTS } from './facts.ts'

/** What a graph was made from, so that what came since is found. */
export interface Mark {
  /** Runs that were applied. */
  runs: ReadonlySet<number>
  /** Maker → how often what it made has changed. */
  derived: ReadonlyMap<string, number>
  /** What makers settle, as written. */
  settles: string
  derivedAt: Date | null
}

export interface Loaded {
  nodes: number
  facts: Uint16Array
  edges: RawEdges
  mark: Mark
}

/** Room for keys that are new until the graph is made anew. */
const SPARE = 4_096

/** Rows that one fetch brings; each holds the edges of up to 16,384 nodes. */
const FETCH = 50

/** The estate of the database's moment as numbers, in one snapshot; each step of the reading is short. */
export async function loadReach(db: Db): Promise<Loaded> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      const mark = await readMark(tx)
      const last = await sql<{ id: number | null }>`select max(id) as id from graph.key`.execute(tx)
      const count = (last.rows[0]!.id ?? 0) + 1
      const nodes = count + Math.max(SPARE, count >> 3)
      const facts = sharedU16(nodes).fill(NO_FACTS)
      for await (const { ends } of chunks(tx, factsQuery(sql`true`))) {
        for (let at = 0; at < ends.length; at += 6) facts[ends.readInt32BE(at)] = ends.readInt16BE(at + 4)
      }
      const edges = new RawEdges()
      for await (const chunk of chunks(tx, edgesQuery(sql`true`))) pushEdges(chunk, facts, edges)
      for await (const chunk of chunks(tx, derivedQuery(sql`true`))) pushEdges(chunk, facts, edges)
      return { nodes, facts, edges, mark }
    })
}

export async function readMark(tx: Db): Promise<Mark> {
  const runs = await sql<{ run: number }>`select run::int as run from graph.applied`.execute(tx)
  const { rows } = await sql<{
    maker: string
    version: number
    settles: string
    changed_at: Date
  }>`select maker, coalesce(version, 1)::int as version, coalesce(settles, '[]')::text as settles, changed_at from graph.derivation order by maker`.execute(
    tx,
  )
  return {
    runs: new Set(runs.rows.map(({ run }) => run)),
    derived: new Map(rows.map(({ maker, version }) => [maker, version])),
    settles: JSON.stringify(rows.map(({ settles }) => settles)),
    derivedAt: rows.length > 0 ? new Date(Math.max(...rows.map((row) => row.changed_at.getTime()))) : null,
  }
}

/** Edges with the same verb, might and holding, as two integers each. */
interface Chunk {
  verb: string
  might: number
  holding: number
  settled: boolean
  ends: Buffer
}

function pushEdges({ verb, might, holding, settled, ends }: Chunk, facts: Uint16Array, edges: RawEdges): void {
  const number = reachVerbNumber.get(verb)!
  for (let at = 0; at < ends.length; at += 8) {
    const from = ends.readInt32BE(at)
    const to = ends.readInt32BE(at + 4)
    const code = settled
      ? edgeCode(number, UNDESCRIBED, UNDESCRIBED, might, holding)
      : edgeCode(number, kindOf(facts[from] ?? NO_FACTS), kindOf(facts[to] ?? NO_FACTS), might, holding)
    edges.push(from, to, code)
  }
}

const words = (values: readonly string[]) => sql`array[${sql.join(values.map((value) => sql.lit(value)))}]`
const place = (values: readonly string[], column: string) =>
  sql`coalesce(array_position(${words(values)}, ${sql.ref(column)}), 0)`

/** `facts.ts` in SQL. */
const factsQuery = (which: RawBuilder<unknown>) => sql<Chunk>`
  select string_agg(int4send(id) || int2send(facts::int2), ''::bytea) as ends from (
    select id, (coalesce(array_position(${words(Kind.options)}, kind) - 1, ${sql.lit(UNDESCRIBED)})) | (${place(Environment.options, 'environment')} << 3)
      | (${place(Sensitivity.options, 'sensitivity')} << 6) | (coalesce(tier + 1, 0) << 9) as facts
    from graph.node where ${which}) n group by id >> 14`

const granted = sql`(coalesce(e.attributes->'privileges', '[]') || coalesce(e.attributes->'actions', '[]'))`

/** What the attributes of a sentence say of it, as places in `mights` and `holdings`. */
export const mightOf = sql<number>`case when e.verb <> 'allows' or e.attributes is null then ${sql.lit(mights.indexOf('some'))}
  when ${granted} ?| array['*', 'admin', 'all', 'ALL', 'owner', 'full']
    and (not e.attributes ? 'resources' or e.attributes->'resources' ? '*') then ${sql.lit(mights.indexOf('all'))}
  when ${granted}::text ~* '"([a-z0-9-]+:)?(read|get|select|all|[*])' then ${sql.lit(mights.indexOf('reads'))}
  else ${sql.lit(mights.indexOf('some'))} end`

const asksSecond = (text: RawBuilder<unknown>) => sql`${text} ~* 'multi-?factor|(^|[^a-z])mfa([^a-z]|$)'`

export const holdingOf = sql<number>`case when e.attributes is null then 0
  when coalesce(e.attributes->'conditions', '[]') in ('[]', '{}', 'null', '""') and coalesce(e.attributes->>'conditional', 'false') = 'false' then ${sql.lit(holdings.indexOf('holds'))}
  when ${asksSecond(sql`(e.attributes->'conditions')::text`)} then ${sql.lit(holdings.indexOf('mfa'))}
  else ${sql.lit(holdings.indexOf('depends'))} end`

/** Was what the sentence suggests weighed by a maker of derived edges? The list of what is settled is short, and made once. */
export const settledOf = sql<boolean>`(e.source_id, e.verb::text) in (select s.id, settled.name
  from graph.derivation d, jsonb_array_elements(coalesce(d.settles, '[]')) w, jsonb_array_elements_text(w->'verbs') as settled(name), graph.source s
  where s.connection = w->>'connection')`

export const derivedHoldingOf = sql<number>`case when d.depends_on is null then ${sql.lit(holdings.indexOf('holds'))}
  when ${asksSecond(sql`d.depends_on`)} then ${sql.lit(holdings.indexOf('mfa'))} else ${sql.lit(holdings.indexOf('depends'))} end`

const ends = sql`string_agg(int4send(f) || int4send(t), ''::bytea) as ends`

const edgesQuery = (which: RawBuilder<unknown>) => sql<Chunk>`
  select verb, might, holding, settled, ${ends} from (
    select e.verb, e.from_id as f, e.to_id as t, ${mightOf} as might, ${holdingOf} as holding, ${settledOf} as settled
    from graph.edge e where e.valid_to is null and ${which}) said group by verb, might, holding, settled, f >> 14`

const derivedQuery = (which: RawBuilder<unknown>) => sql<Chunk>`
  select verb, 0 as might, holding, false as settled, ${ends} from (
    select d.verb, coalesce(kf.same_as, kf.id) as f, coalesce(kt.same_as, kt.id) as t, ${derivedHoldingOf} as holding
    from graph.derived_edge d join graph.key kf on kf.id = d.from_key join graph.key kt on kt.id = d.to_key
    where d.valid_to is null) derived where ${which} group by verb, holding, f >> 14`

async function* chunks(tx: Tx, query: RawBuilder<Chunk>): AsyncGenerator<Chunk> {
  await sql`declare reader no scroll cursor for ${query}`.execute(tx)
  for (;;) {
    const { rows } = await sql<Chunk>`fetch ${sql.lit(FETCH)} from reader`.execute(tx)
    if (rows.length === 0) break
    yield* rows
  }
  await sql`close reader`.execute(tx)
}

/** More pairs than this are not worth patching. */
const MANY = 50_000

export interface Since {
  mark: Mark
  facts: Map<number, number>
  pairs: Pair[]
  edges: RawEdges
}

/**
 * What changed since the mark: nodes with their facts, and every pair of nodes between which something did, with all that is between them now. Null when
 * nothing did; `anew` when so much did, or of such a kind, that the graph had better be made anew.
 */
export async function loadSince(
  db: Db,
  graph: { nodes: number; facts: Uint16Array; pairsAt: (node: number) => Pair[] },
  mark: Mark,
): Promise<Since | 'anew' | null> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      const now = await readMark(tx)
      const runs = [...now.runs].filter((run) => !mark.runs.has(run))
      const makers = [...now.derived].filter(([maker, version]) => mark.derived.get(maker) !== version)
      if (runs.length === 0 && makers.length === 0) return null
      if (now.settles !== mark.settles) return 'anew'
      const first = await sql<{
        at: Date | null
      }>`select min(at) as at from graph.applied where run = any(${runs})`.execute(tx)
      const at = first.rows[0]!.at ?? new Date(8.64e15)
      const derivedAt = makers.length === 0 ? new Date(8.64e15) : (mark.derivedAt ?? new Date(0))
      const touched = await sql<{ f: number; t: number }>`
        select from_id as f, to_id as t from graph.edge where valid_from >= ${at} or valid_to >= ${at}
        union select from_id, to_id from graph.edge_was where until >= ${at}
        union select e.from_id, e.to_id from graph.edge_was w join graph.edge e on (e.from_key, e.to_key, e.verb, e.source_id, e.digest, e.valid_from)
          = (w.from_key, w.to_key, w.verb, w.source_id, w.digest, w.valid_from) where w.until >= ${at}
        union select coalesce(kf.same_as, kf.id), coalesce(kt.same_as, kt.id) from graph.derived_edge d
          join graph.key kf on kf.id = d.from_key join graph.key kt on kt.id = d.to_key
          where d.valid_from >= ${derivedAt} or d.valid_to >= ${derivedAt}
            or kf.id in (select id from graph.key_was where valid_to >= ${at}) or kt.id in (select id from graph.key_was where valid_to >= ${at})
        limit ${sql.lit(MANY + 1)}`.execute(tx)
      const changed = await sql<{ id: number }>`select id from graph.node where since >= ${at}
        union select id from graph.node_was where valid_to >= ${at} limit ${sql.lit(MANY + 1)}`.execute(tx)
      if (touched.rows.length > MANY || changed.rows.length > MANY) return 'anew'
      const pairs = new Map(touched.rows.map(({ f, t }) => [`${f} ${t}`, { from: f, to: t }]))
      // Where a key stood for itself before it stood under another, its derived edges were there.
      const former = await sql<{ id: number }>`select id from graph.key_was where valid_to >= ${at}`.execute(tx)
      const put = (pair: Pair): void => void pairs.set(`${pair.from} ${pair.to}`, pair)
      for (const { id } of former.rows) if (id < graph.nodes) graph.pairsAt(id).forEach(put)
      const facts = await factsOfNodes(tx, changed.rows)
      for (const [node, now] of facts) {
        if (node < graph.nodes && kindOf(graph.facts[node]!) !== kindOf(now)) graph.pairsAt(node).forEach(put)
      }
      if (pairs.size > MANY) return 'anew'
      for (const { from, to } of pairs.values()) if (from >= graph.nodes || to >= graph.nodes) return 'anew'
      for (const node of facts.keys()) if (node >= graph.nodes) return 'anew'
      const known = graph.facts.slice()
      for (const [node, now] of facts) known[node] = now
      return { mark: now, facts, pairs: [...pairs.values()], edges: await edgesBetween(tx, [...pairs.values()], known) }
    })
}

async function factsOfNodes(tx: Tx, nodes: readonly { id: number }[]): Promise<Map<number, number>> {
  const facts = new Map<number, number>(nodes.map(({ id }) => [id, NO_FACTS]))
  for await (const { ends } of chunks(tx, factsQuery(sql`id = any(${nodes.map(({ id }) => id)}::int[])`))) {
    for (let at = 0; at < ends.length; at += 6) facts.set(ends.readInt32BE(at), ends.readInt16BE(at + 4))
  }
  return facts
}

async function edgesBetween(tx: Tx, pairs: readonly Pair[], facts: Uint16Array): Promise<RawEdges> {
  const edges = new RawEdges()
  const asked = (f: string, t: string) =>
    sql`(${sql.ref(f)}, ${sql.ref(t)}) in (select * from unnest(${pairs.map(({ from }) => from)}::int[], ${pairs.map(({ to }) => to)}::int[]))`
  for await (const chunk of chunks(tx, edgesQuery(asked('e.from_id', 'e.to_id')))) pushEdges(chunk, facts, edges)
  for await (const chunk of chunks(tx, derivedQuery(asked('f', 't')))) pushEdges(chunk, facts, edges)
  return edges
}
