/**
 * G1: the shortest way from every identity to tier zero, all in one pass, beside PostgreSQL's recursive query over the same edges with an index (it only
 * says who reaches it, and not how near: less than what we do), and beside the least that any search with switches must do, to look once at
 * the kind and the other end of every edge. Exact: both name the same nodes, and a plain search over lists gives the same distances.
 * G2: bytes for each edge and direction, and the making of both directions out of loose edges.
 * G3: a neighbourhood of 2,000 things, names and sentences included, out of a server's graph of a million, against a second.
 * G4: what a sync changed laid over the graph, beside making it anew. Exact: the distances are those of the graph made anew.
 */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { from as copyFrom } from 'pg-copy-streams'
import { GOES_ON, MAY_END, passOf } from '../src/graph/conduct.ts'
import { bytesPerEdge, type Graph, layerOf, patched, RawEdges } from '../src/graph/csr.ts'
import { AroundAsked, migrations, startReach } from '../src/graph/index.ts'
import { NEVER, SearchRoom, toEnds } from '../src/graph/shortest.ts'
import { kyselyOver, migrate, openPool, startPostgres } from '../src/platform/index.ts'
import { claim, finish, quick, timed } from './claims.ts'
import { dice, type Invented, invented } from './graph/invented.ts'

const NODES = quick ? 500_000 : 1_500_000
const EDGES = quick ? 3_300_000 : 10_000_000
const ROUNDS = 15
const THINGS = quick ? 60_000 : 1_000_000
const silent = { debug() {}, info() {}, warn() {}, error() {} }
const remark = (text: string): void => void process.stderr.write(`${text}\n`)
const size = `${(NODES / 1e6).toFixed(2)} M nodes, ${(EDGES / 1e6).toFixed(1)} M edges`

/** What is added up is kept, so that adding it up is not left out. */
let sink = 0
const estate = invented(NODES, EDGES)
const pass = passOf([])
const graph: Graph = { nodes: NODES, facts: estate.facts, layers: [layerOf(NODES, estate.edges)] }
const building = cpu(() => layerOf(NODES, estate.edges), 1)
const ours = search(graph)
remark(
  `${size}: ${ours.order.length} nodes reach one of ${estate.tierZero.length} of tier zero, the farthest in ${ours.distance[ours.order.at(-1)!]} steps`,
)
const exact = sameAsPlain(estate, ours.distance)

const server = await postgres()
try {
  const theirs = await recursive(estate)
  const room = new SearchRoom(NODES)
  const searching = cpu(() => search(graph, room))
  claim({
    claim: 'G1',
    what: `shortest way of every identity to tier zero, ${size}, beside PostgreSQL's recursive query`,
    ours: searching,
    theirs: theirs.ms,
    unit: 'CPU ms',
    ratio: theirs.ms / searching,
    floor: 60,
    exact: exact && theirs.nodes === ours.order.length,
  })
  const gathering = cpu(() => gather(graph))
  claim({
    claim: 'G1g',
    what: `the same beside looking once at the kind and the other end of every edge (four times is the limit)`,
    ours: searching,
    theirs: gathering,
    unit: 'CPU ms',
    ratio: gathering / searching,
    floor: 0.25,
    exact,
  })
  const bytes = bytesPerEdge(graph)
  claim({
    claim: 'G2',
    what: 'bytes for each edge and direction, against the limit',
    ours: bytes,
    theirs: 6,
    unit: 'bytes',
    ratio: 6 / bytes,
    floor: 1,
    exact: true,
  })
  const limit = (1000 * EDGES) / 10e6
  claim({
    claim: 'G2r',
    what: `both directions made out of ${(EDGES / 1e6).toFixed(1)} M loose edges, against a second for 10 M`,
    ours: building,
    theirs: limit,
    unit: 'CPU ms',
    ratio: limit / building,
    floor: 1,
    exact,
  })
  await overlay()
  await neighbourhoods()
} finally {
  await server.end()
}
if (sink === 0) throw new Error('nothing was added up')
finish()

function search(of: Graph, room = new SearchRoom(NODES)) {
  return toEnds(of, estate.tierZero, { pass, barred: null }, { room })
}

/** CPU milliseconds of one round, the best of five times five; what is not warm yet is not counted. Waiting for a processor is no work of ours. */
function cpu(work: () => unknown, times = 5): number {
  for (let round = 0; round < 3; round++) work()
  const best: number[] = []
  for (let batch = 0; batch < 5; batch++) {
    const before = process.threadCpuUsage()
    for (let round = 0; round < times; round++) work()
    const { user, system } = process.threadCpuUsage(before)
    best.push((user + system) / 1000 / times)
  }
  return Math.min(...best)
}

/** CPU milliseconds of a process so far, in hundredths of a second as Linux counts them. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

function gather({ nodes, layers }: Graph): void {
  const marks = new Uint8Array(nodes).fill(1)
  const { end, kind } = layers[0]!.in
  let sum = 0
  for (let edge = 0; edge < end.length; edge++) if ((pass[kind[edge]!]! & GOES_ON) !== 0) sum += marks[end[edge]!]!
  sink += sum
}

/** Breadth first over lists, one step after the other, as anybody would write it. */
function sameAsPlain({ nodes, edges, tierZero }: Invented, distance: Uint32Array): boolean {
  const into: [number, number][][] = Array.from({ length: nodes }, () => [])
  for (let edge = 0; edge < edges.length; edge++) {
    const bits = pass[edges.kind[edge]!]!
    if ((bits & (GOES_ON | MAY_END)) !== 0) into[edges.to[edge]!]!.push([edges.from[edge]!, bits])
  }
  const plain = new Map(tierZero.map((node) => [node, 0]))
  for (const [node, steps] of plain) {
    const need = steps === 0 ? MAY_END : GOES_ON
    for (const [from, bits] of into[node]!) if ((bits & need) !== 0 && !plain.has(from)) plain.set(from, steps + 1)
  }
  for (let node = 0; node < nodes; node++) if ((plain.get(node) ?? NEVER) !== distance[node]) return false
  return true
}

async function postgres() {
  const folder = await mkdtemp(join(tmpdir(), 'reeve-bench-'))
  const started = await startPostgres({
    folder,
    binariesFolder: fileURLToPath(new URL('../.runtime', import.meta.url)),
    log: silent,
  })
  const pool = openPool(started.url('postgres'), { max: 4 })
  return {
    pool,
    db: kyselyOver(pool),
    async end() {
      await pool.end()
      await started.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The edges that pass, in a table with an index, and the query that follows them. */
async function recursive({ edges, tierZero }: Invented): Promise<{ ms: number; nodes: number }> {
  const client = await server.pool.connect()
  try {
    await client.query('create unlogged table e (f int not null, t int not null, goes_on boolean not null)')
    await pipeline(rowsOf(edges), client.query(copyFrom('copy e from stdin')))
    await client.query('create index on e (t) include (f, goes_on)')
    await client.query('vacuum analyze e')
    const backend = (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid
    await client.query(`set max_parallel_workers_per_gather = 0; set work_mem = '512MB'; set jit = off`)
    const asked = `with recursive reach(id) as (
        select unnest($1::int[])
        union
        select e.f from reach r join e on e.t = r.id and (e.goes_on or e.t = any($1::int[]))
      ) select count(*)::int as n from reach`
    const times: number[] = []
    let nodes = 0
    for (let round = 0; round < 2; round++) {
      const before = cpuOf(backend)
      nodes = (await client.query<{ n: number }>(asked, [tierZero])).rows[0]!.n
      times.push(cpuOf(backend) - before)
    }
    await client.query('drop table e')
    return { ms: Math.min(...times), nodes }
  } finally {
    client.release()
  }
}

function* rowsOf({ from, to, kind, length }: RawEdges): Generator<Buffer> {
  let text = ''
  for (let edge = 0; edge < length; edge++) {
    const bits = pass[kind[edge]!]!
    if ((bits & MAY_END) === 0) continue
    text += `${from[edge]}\t${to[edge]}\t${(bits & GOES_ON) !== 0 ? 't' : 'f'}\n`
    if (text.length > 65_536) {
      yield Buffer.from(text)
      text = ''
    }
  }
  if (text) yield Buffer.from(text)
}

/** A sync that took away 5,000 edges and brought 5,000. */
async function overlay(): Promise<void> {
  const roll = dice(11)
  const gone = new Set<number>()
  while (gone.size < 5_000) gone.add(Math.floor(roll() * estate.edges.length))
  const { from, to, kind, length } = estate.edges
  const pairs = new Map<string, { from: number; to: number }>()
  const put = (edge: number, target = to[edge]!): void =>
    void pairs.set(`${from[edge]} ${target}`, { from: from[edge]!, to: target })
  const moved = new Map<number, number>()
  for (const edge of gone) {
    put(edge)
    const target = to[Math.floor(roll() * length)]!
    moved.set(edge, target)
    put(edge, target)
  }
  const after = new RawEdges()
  const between = new RawEdges()
  for (let edge = 0; edge < length; edge++) {
    const target = moved.get(edge) ?? to[edge]!
    after.push(from[edge]!, target, kind[edge]!)
    if (pairs.has(`${from[edge]} ${target}`)) between.push(from[edge]!, target, kind[edge]!)
  }
  const over = await timed(() => patched(graph, pairs.values(), between))
  const anew = await timed(() => ({ ...graph, layers: [layerOf(NODES, after)] }))
  const expected = search(anew.result).distance
  const found = search(over.result).distance
  claim({
    claim: 'G4',
    what: '5,000 edges taken away and 5,000 brought, laid over the graph, beside making it anew',
    ours: over.ms,
    theirs: anew.ms,
    unit: 'ms',
    ratio: anew.ms / over.ms,
    floor: 2,
    exact: expected.every((steps, node) => found[node] === steps),
  })
}

/** A server's own tables, filled by statements: a hub for each two thousand things, each thing beside three others. */
async function neighbourhoods(): Promise<void> {
  const { db } = server
  await migrate(db, [migrations])
  const hubs = Math.ceil(THINGS / 2_000)
  await sql`insert into graph.key (key) select 'x:' || n from generate_series(1, ${sql.lit(THINGS)}) n`.execute(db)
  await sql`insert into graph.source (connection, collection, yields, complete, read_at) values ('x', 'all', '{x_thing}', true, now())`.execute(
    db,
  )
  await sql`insert into graph.node (id, key, kind, type, name, connections, sources, aliases, first_seen, changed_at, body)
    select id, key, 'identity', 'x_thing', 'thing ' || id, '{x}', '{1}', '{}', now(), now(), '{}' from graph.key`.execute(
    db,
  )
  await sql`insert into graph.edge (from_id, to_id, from_key, to_key, source_id, verb, digest, valid_from)
    select f, t, f, t, 1, 'assumes', md5(f || ' ' || t)::uuid, now() from (
      select distinct n as f, case k when 0 then 1 + n % ${sql.lit(hubs)} else 1 + (n::bigint * 7919 * k) % ${sql.lit(THINGS)} end::int as t
      from generate_series(1, ${sql.lit(THINGS)}) n, generate_series(0, 1) k) e`.execute(db)
  await sql`insert into graph.applied (run, connection, at, counts) values (1, 'x', now(), '{}')`.execute(db)
  await sql`analyze`.execute(db)
  const reach = startReach({ log: silent })
  try {
    const now = { db, asOf: null }
    const first = await timed(() => reach.around(now, AroundAsked.parse({ keys: ['x:1'], most: 10 })))
    const times: number[] = []
    let whole = true
    for (let round = 0; round < ROUNDS; round++) {
      const asked = AroundAsked.parse({ keys: [`x:${1 + ((round * 37) % hubs)}`], steps: 2, most: 2_000 })
      const { ms, result } = await timed(() => reach.around(now, asked))
      times.push(ms)
      whole &&= result.nodes.length === 2_000 && result.edges.length >= 1_999
    }
    claim({
      claim: 'G3',
      what: `2,000 things around a hub of ${THINGS.toLocaleString('en')}, with names and sentences, slowest of ${ROUNDS}, against a second`,
      ours: Math.max(...times),
      theirs: 1000,
      unit: 'ms',
      ratio: 1000 / Math.max(...times),
      floor: 1,
      exact: whole,
      more: { readIn: Math.round(first.ms) },
    })
  } finally {
    await reach.stop()
  }
}
