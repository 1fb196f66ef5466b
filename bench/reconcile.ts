/**
 * R1: the first reconcile of an estate beside bare COPY of the rows that it makes into the same tables and indexes. R2: the same
 * estate again, unchanged and with 1 % changed, beside the same COPY. Exact: after each run every row of the tables is what the
 * estate says, told from its items one by one. The node process must not grow with the estate.
 */

import { hash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import Cursor from 'pg-cursor'
import { type Applied, loadEstate, migrations, openStage } from '../src/graph/index.ts'
import { kyselyOver, migrate, openPool, startPostgres } from '../src/platform/index.ts'
import type { Edge, Entity } from '../src/sdk/index.ts'
import { claim, finish, quick, timed } from './claims.ts'

const ENTITIES = quick ? 30_000 : 200_000
const EDGES = ENTITIES * 5
const HOSTS = ENTITIES / 100
const PEOPLE = ENTITIES / 50
const GROUPS = ENTITIES / 20
const CREDENTIALS = ENTITIES / 4
const USERS = ENTITIES - HOSTS - PEOPLE - GROUPS - CREDENTIALS
const TABLES = ['key', 'source', 'entity', 'edge', 'node']
const TYPES = ['linux_host', 'person', 'linux_group', 'ssh_key', 'linux_user']
const say = (text: string): void => void process.stderr.write(`${text}\n`)

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`
const mega = (bytes: number) => Math.round(bytes / 1e6)
const wrote = ({ entities: e, edges: s }: Pick<Applied, 'entities' | 'edges'>) =>
  e.added + e.changed + e.gone + s.added + s.gone

const hostKey = (n: number) => `host:node-${n}.eu-west-1.example`
const userKey = (n: number) => `${hostKey(n % HOSTS)}/user/svc-${n}`
const groupKey = (n: number) => `${hostKey(n % HOSTS)}/group/team-${n}`
const personKey = (n: number) => `person:p${n}@example.org`
const credentialKey = (n: number) => `ssh:SHA256:${hash('sha256', `${n}`, 'base64').slice(0, 43)}`
const environmentOf = (host: number) => (host % 3 === 0 ? 'production' : host % 3 === 1 ? 'staging' : undefined)
const day = (n: number) => new Date(Date.UTC(2020, 0, 1 + (n % 2500), n % 24)).toISOString()

/** The estate as its `version`: in version 2, one in a hundred entities and edges is another. */
function* entities(version: number): Generator<Entity> {
  const is = (n: number) => (version === 2 && n % 100 === 7 ? ' (moved)' : '')
  for (let n = 0; n < HOSTS; n++) {
    const environment = environmentOf(n)
    yield {
      kind: 'resource',
      type: 'linux_host',
      key: hostKey(n),
      name: `node-${n}`,
      ...(environment && { environment }),
      ...(n % 7 === 0 && { tier: 1 as const }),
      attributes: { kernel: `6.1.${n % 90}`, distribution: 'Debian GNU/Linux 12', cores: n % 64 },
    }
  }
  for (let n = 0; n < PEOPLE; n++) {
    yield {
      kind: 'person',
      type: 'person',
      key: personKey(n),
      name: `Person ${n}`,
      aliases: [`p${n}`],
      attributes: { department: `d${n % 40}` },
    }
  }
  for (let n = 0; n < GROUPS; n++) {
    yield {
      kind: 'entitlement',
      type: 'linux_group',
      key: groupKey(n),
      name: `team-${n}`,
      attributes: { gid: n + 1000, note: `members by ticket${is(n)}` },
    }
  }
  for (let n = 0; n < CREDENTIALS; n++) {
    yield {
      kind: 'credential',
      type: 'ssh_key',
      key: credentialKey(n),
      name: `svc-${n}@deploy`,
      method: 'ssh-key',
      created: { value: day(n) },
      expires: { notApplicable: 'SSH keys do not expire' },
      lastUsed: { unknown: 'auth.log is not readable', permission: 'group adm' },
      attributes: { algorithm: 'ssh-ed25519', bits: 256, comment: `svc-${n}@deploy${is(n)}`, options: [] },
    }
  }
  for (let n = 0; n < USERS; n++) {
    yield {
      kind: 'identity',
      type: 'linux_user',
      key: userKey(n),
      name: `svc-${n}`,
      created: { unknown: 'not recorded by passwd' },
      lastUsed: { value: day(n * 3) },
      lastUsedBy: { value: `pts/0 from 10.0.${n % 250}.${n % 199}` },
      attributes: {
        uid: n + 1000,
        gid: n + 1000,
        home: `/home/svc-${n}`,
        shell: n % 5 ? '/usr/sbin/nologin' : '/bin/bash',
        locked: n % 9 === 0,
        accountKind: n % 4 ? 'service' : 'unknown',
        accountKindReasons: ['the shell is nologin', `the name begins with svc${is(n)}`],
      },
    }
  }
}

function* edges(version: number): Generator<Edge> {
  for (let n = 0; n < USERS; n++) yield { from: hostKey(n % HOSTS), verb: 'contains', to: userKey(n) }
  for (let n = 0; n < CREDENTIALS; n++) yield { from: credentialKey(n), verb: 'authenticates', to: userKey(n) }
  for (let n = 0; n < PEOPLE * 5; n++) yield { from: personKey(n % PEOPLE), verb: 'owns', to: userKey(n) }
  const calls = EDGES - USERS - CREDENTIALS - PEOPLE * 5
  for (let n = 0; n < calls; n++) {
    const user = (n * 7919) % USERS
    const to = hostKey((user + Math.floor(n / USERS) * 31) % HOSTS)
    const last = version === 2 && n % 100 === 8 ? day(n + 1) : day(n)
    if (n % 8 === 0) yield { from: userKey(user), verb: 'called', to, attributes: { port: 22 + (n % 3), last } }
    else if (n % 2) yield { from: userKey(user), verb: 'has', to: groupKey((user + n) % GROUPS) }
    else yield { from: userKey(user), verb: 'called', to, attributes: n % 100 === 8 ? { last } : { port: 22 } }
  }
}

setFlagsFromString('--expose-gc')
const folder = await mkdtemp(join(tmpdir(), 'reeve-bench-'))
const server = await startPostgres({
  folder,
  binariesFolder: fileURLToPath(new URL('../.runtime', import.meta.url)),
  log: { debug() {}, info() {}, warn() {}, error() {} },
})
const pools: pg.Pool[] = []
try {
  const ours = await database('ours')
  const bare = await database('bare')
  let peak = 0
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, 50)
  const small = await timed(() => reconcile(ours, 90, 1, ENTITIES / 10))
  const early = peak
  await ours.pool.query(`truncate graph.${TABLES.join(', graph.')}, graph.ledger, graph.applied`)
  say(`a tenth of the estate: ${seconds(small.ms)}`)

  const first = await timed(() => reconcile(ours, 1, 1))
  const late = peak
  clearInterval(watch)
  const firstExact = await differences(ours, 1)
  const bytes = await exportTables(ours)
  const copied = await timed(() => copyTables(bare))
  const again = await timed(() => reconcile(ours, 2, 1))
  const againExact = (await differences(ours, 1)) && wrote(again.result) === 0
  const changed = await timed(() => reconcile(ours, 3, 2))
  const changedExact = await differences(ours, 2)

  say(
    `${ENTITIES} entities and ${EDGES} edges, ${(bytes / 1e6).toFixed(0)} MB of rows; bare COPY ${seconds(copied.ms)}`,
  )
  say(`first ${seconds(first.ms)} ${JSON.stringify(first.result)}`)
  say(`unchanged ${seconds(again.ms)} ${JSON.stringify(again.result)}`)
  say(`1 % changed ${seconds(changed.ms)} ${JSON.stringify(changed.result)}`)
  say(`peak memory of this process: ${mega(early)} MB after a tenth of the estate, ${mega(late)} MB after the whole`)
  const collect = runInNewContext('gc') as () => void
  collect()
  const heap = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers
  const loaded = await timed(() => loadEstate(ours.db))
  collect()
  const grown = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers - heap
  const all = [...loaded.result.ofKind('identity')].length
  say(`the estate loaded in ${seconds(loaded.ms)}, ${mega(grown)} MB of memory, ${all} identities`)
  const beside = (what: string, ms: number, floor: number, exact: boolean, id: string) =>
    claim({
      claim: id,
      what,
      ours: ms / 1000,
      theirs: copied.ms / 1000,
      unit: 's',
      ratio: copied.ms / ms,
      floor,
      exact,
    })
  const size = `${ENTITIES / 1000}k entities, ${EDGES / 1000}k edges`
  beside(`first reconcile of ${size}, beside bare COPY of the same rows`, first.ms, 0.33, firstExact, 'R1')
  beside('the same estate again, unchanged', again.ms, 0.5, againExact, 'R2')
  beside('the same estate again, 1 % changed', changed.ms, 0.45, changedExact, 'R2')
} finally {
  for (const pool of pools) await pool.end()
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}
finish()

interface Place {
  db: ReturnType<typeof kyselyOver>
  pool: pg.Pool
}

async function database(name: string): Promise<Place> {
  const admin = openPool(server.url('postgres'), { max: 1 })
  await admin.query(`create database ${name}`)
  await admin.end()
  const pool = openPool(server.url(name), { max: 6 })
  pools.push(pool)
  const db = kyselyOver(pool)
  await migrate(db, [migrations])
  return { db, pool }
}

async function reconcile(place: Place, run: number, version: number, limit = Number.POSITIVE_INFINITY) {
  const stage = await openStage(place, { connection: 'bench', run })
  for (const [collection, items] of [
    ['things', entities(version)],
    ['sentences', edges(version)],
  ] as const) {
    let count = 0
    for (const item of items) {
      if (++count > limit) break
      const wait = stage.write(collection, item)
      if (wait) await wait
    }
  }
  const collections = [
    { id: 'things', yields: TYPES, complete: true },
    { id: 'sentences', yields: [], complete: true },
  ]
  const { entities: nodes, edges: sentences } = await stage.apply({
    collections,
    at: new Date(Date.UTC(2026, 10, 24, 6, run)),
  })
  return { entities: nodes, edges: sentences }
}

/** The rows as PostgreSQL itself writes them, to files. */
async function exportTables({ pool }: Place): Promise<number> {
  let bytes = 0
  const client = await pool.connect()
  for (const table of TABLES) {
    const rows = client.query(copyTo(`copy graph.${table} to stdout`))
    rows.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    await pipeline(rows, createWriteStream(join(folder, table)))
  }
  client.release()
  return bytes
}

async function copyTables({ pool }: Place): Promise<void> {
  const client = await pool.connect()
  await client.query('begin')
  for (const table of TABLES) {
    await pipeline(createReadStream(join(folder, table)), client.query(copyFrom(`copy graph.${table} from stdin`)))
  }
  await client.query('commit')
  client.release()
}

/** Is every open row what the items say, and every node their union? Compared as sums of digests, so that memory stays flat. */
async function differences({ pool }: Place, version: number): Promise<boolean> {
  const said = { entities: sums(), edges: sums(), nodes: sums() }
  const seen = new Set<string>()
  for (const item of entities(version)) {
    said.entities.add(`${item.key} ${stable(item)}`)
    said.nodes.add(nodeOf(item))
  }
  for (const item of edges(version)) {
    const sentence = `${item.from} ${item.verb} ${item.to} ${stable(item.attributes ?? null)}`
    const digest = hash('md5', sentence, 'base64').slice(0, 12)
    if (seen.has(digest)) continue
    seen.add(digest)
    said.edges.add(sentence)
  }
  const kept = { entities: sums(), edges: sums(), nodes: sums() }
  await each(
    pool,
    `select k.key, e.body from graph.entity e join graph.key k on k.id = e.key_id where valid_to is null`,
    (row) => kept.entities.add(`${row.key} ${stable({ key: row.key, ...row.body })}`),
  )
  await each(
    pool,
    `select f.key as "from", e.verb, t.key as "to", e.attributes from graph.edge e join graph.key f on f.id = e.from_id
      join graph.key t on t.id = e.to_id where valid_to is null`,
    (row) => kept.edges.add(`${row.from} ${row.verb} ${row.to} ${stable(row.attributes)}`),
  )
  await each(
    pool,
    `select n.key, n.kind, n.type, n.name, n.environment, n.tier, n.credentials, c.key as container, n.last_used,
      array(select k.key from graph.key k where k.id = any(n.owners) order by 1) as owners
      from graph.node n left join graph.key c on c.id = n.container`,
    (row) =>
      kept.nodes.add(
        [
          row.key,
          row.kind,
          row.type,
          row.name,
          row.environment,
          row.tier,
          row.credentials,
          row.container,
          row.last_used?.toISOString() ?? null,
          row.owners,
        ].join('|'),
      ),
  )
  const same = (['entities', 'edges', 'nodes'] as const).filter((what) => `${said[what]}` === `${kept[what]}`)
  if (same.length < 3)
    say(
      `differs: ${['entities', 'edges', 'nodes'].filter((what) => !same.includes(what as 'nodes'))} ${said.nodes} ${kept.nodes}`,
    )
  return same.length === 3
}

function nodeOf(item: Entity): string {
  const lastUsed = item.lastUsed && 'value' in item.lastUsed ? item.lastUsed.value : null
  const n = Number(/\d+$/.exec(item.name)?.[0])
  const isUser = item.type === 'linux_user'
  const host = isUser ? n % HOSTS : item.type === 'linux_host' ? n : -1
  const owners = isUser && n < PEOPLE * 5 ? [personKey(n % PEOPLE)] : []
  const environment = host < 0 ? undefined : environmentOf(host)
  const tier = host >= 0 && host % 7 === 0 ? 1 : undefined
  const credentials = isUser && n < CREDENTIALS ? 1 : 0
  return [
    item.key,
    item.kind,
    item.type,
    item.name,
    environment,
    tier,
    credentials,
    isUser ? hostKey(host) : null,
    lastUsed,
    owners,
  ].join('|')
}

function sums() {
  let count = 0
  let sum = 0n
  return {
    add(text: string) {
      count++
      sum = BigInt.asUintN(64, sum + hash('md5', text, 'buffer').readBigUInt64LE())
    },
    toString: () => `${count}:${sum}`,
  }
}

interface Row {
  [column: string]: unknown
  body?: object
  last_used?: Date | null
}

async function each(pool: pg.Pool, query: string, take: (row: Row) => void): Promise<void> {
  const client = await pool.connect()
  const cursor = client.query(new Cursor(query))
  for (;;) {
    const rows = await cursor.read(5000)
    if (rows.length === 0) break
    for (const row of rows) take(row)
  }
  await cursor.close()
  client.release()
}

function stable(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
