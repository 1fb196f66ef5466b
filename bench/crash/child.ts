/**
 * A Reeve that syncs and writes without end, to be killed. Says on standard output, a line of JSON each: `ready` when it serves,
 * with the PostgreSQL it has; `acknowledged` after each write and each sync; `broken` when something that was acknowledged is
 * not there or a run is half applied.
 */
import { sql } from 'kysely'
import { z } from 'zod'
import {
  createConnection,
  type Discovery,
  migrations as discover,
  getConnection,
  requestSync,
  runSync,
  startDiscovery,
  updateConnection,
} from '../../src/discover/index.ts'
import { migrations as graph } from '../../src/graph/index.ts'
import {
  audit,
  createSealer,
  kyselyOver,
  migrate,
  openPool,
  startPostgres,
  systemClock,
} from '../../src/platform/index.ts'
import { type Collection, defineProvider, type Edge, type Entity, Sensitive } from '../../src/sdk/index.ts'
import { testRun } from '../../src/sdk/testing/index.ts'

const [folder, binariesFolder, ...numbers] = process.argv.slice(2)
/** The highest versions whose settings, and whose sync, were acknowledged. */
const promised = { settings: Number(numbers[0]), sync: Number(numbers[1]) }
const THINGS = 400
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)

/** The orchard as of a version: each tree and branch changes every seventh version, one in thirteen is away. */
const versionOf = (n: number, version: number) => version - ((version + n) % 7)
const isAway = (n: number, version: number) => (version + n) % 13 === 0
async function* trees({ version }: { version: number }): AsyncIterable<Entity> {
  yield { kind: 'resource', type: 'tree', key: 'orchard:version', name: 'version', attributes: { version } }
  for (let n = 0; n < THINGS; n++) {
    if (!isAway(n, version))
      yield {
        kind: 'resource',
        type: 'tree',
        key: `orchard:tree-${n}`,
        name: `tree ${n}`,
        attributes: { version: versionOf(n, version) },
      }
  }
}
async function* branches({ version }: { version: number }): AsyncIterable<Edge> {
  yield { from: 'orchard:version', verb: 'contains', to: `orchard:version-${version}` }
  for (let n = 0; n < THINGS * 3; n++) {
    if (!isAway(n, version)) {
      yield {
        from: `orchard:tree-${n % THINGS}`,
        verb: 'contains',
        to: `orchard:branch-${n}`,
        attributes: { version: versionOf(n, version) },
      }
    }
  }
}
const listing = (id: string, read: Collection<{ version: number }>['read']): Collection<{ version: number }> => ({
  id,
  title: id,
  yields: ['tree'],
  needs: [],
  read,
})
const orchard = defineProvider({
  id: 'orchard',
  title: 'Orchard',
  summary: 'An invented source.',
  config: z.strictObject({ version: z.number() }),
  label: () => 'orchard',
  connect: async (config) => config,
  collections: [listing('trees', trees), listing('branches', branches)],
})

const log = { debug() {}, info() {}, warn() {}, error() {} }
const server = await startPostgres({ folder: folder!, binariesFolder: binariesFolder!, log })
const pool = openPool(server.url('postgres'), { max: 8 })
const db = kyselyOver(pool)
await migrate(db, [
  { schema: 'platform', folder: new URL('../../src/platform/migrations/', import.meta.url) },
  graph,
  discover,
])
const key = {
  root: new Sensitive(Buffer.alloc(32, 1)),
  seal: [{ id: '00000001', key: new Sensitive(Buffer.alloc(32, 2)) }],
}
const discovery: Discovery = {
  database: { db, pool },
  providers: [orchard],
  sealer: createSealer(key),
  clock: systemClock,
  log,
  createRun: (signal) => ({ ...testRun(), signal }),
}
await startDiscovery(discovery)
say({ ready: server.pid })

let version = await outlast(check)
await outlast(async () => {
  const { rows: open } = await sql<{
    id: number
  }>`select id from discover.run where state in ('waiting', 'running')`.execute(db)
  for (const { id } of open) await runSync(discovery, id)
})
await outlast(check)
await outlast(async () => {
  if ((await sql`select from discover.connection where id = 'orchard'`.execute(db)).rows.length > 0) return
  await createConnection(discovery, { provider: 'orchard', id: 'orchard', settings: { version } }, 'bench')
})
for (;;) {
  try {
    version++
    await updateConnection(discovery, 'orchard', { settings: { version } }, 'bench')
    say({ acknowledged: version, what: 'settings' })
    const run = await requestSync(discovery, 'orchard', 'bench')
    await runSync(discovery, run)
    const { rows } = await sql<{ state: string }>`select state from discover.run where id = ${run}`.execute(db)
    if (rows[0]!.state === 'done') say({ acknowledged: version, what: 'sync' })
  } catch {
    // The database is being started again.
    await systemClock.sleep(50)
  }
}

/** The database may be killed while this program looks at it: then it looks again. */
async function outlast<T>(look: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await look()
    } catch (error) {
      if (tries === 200) throw error
      await systemClock.sleep(50)
    }
  }
}

/** Is what was acknowledged there, and the graph wholly of one version? Gives the highest version the settings have. */
async function check(): Promise<number> {
  const settings = await getConnection(db, 'orchard').then(
    (connection) => Number(connection.settings['version']),
    () => 0,
  )
  const broken = (what: string) => say({ broken: what, promised, settings })
  if (settings < promised.settings) broken('an acknowledged setting is lost')
  const trail = await audit.verify(db)
  if (!trail.ok) broken(`the audit trail is broken: ${trail.fault?.what}`)
  const { rows } = await sql<{
    version: number | null
    trees: number
    branches: number
    treesWrong: number
    branchesWrong: number
    nodes: number
    endless: number
    unmatched: number
  }>`
    with v as (select (body->'attributes'->>'version')::int as version from graph.node where key = 'orchard:version'),
    t as (select substring(k.key from '\\d+')::int as n, (e.body->'attributes'->>'version')::int as version from graph.entity e
      join graph.key k on k.id = e.key_id where e.valid_to is null and k.key like 'orchard:tree-%'),
    b as (select substring(k.key from '\\d+')::int as n, (e.attributes->>'version')::int as version from graph.edge e
      join graph.key k on k.id = e.to_key where e.valid_to is null and k.key like 'orchard:branch-%')
    select v.version, (select count(*)::int from t) as trees, (select count(*)::int from b) as branches,
      (select count(*)::int from t where t.version <> v.version - (v.version + t.n) % 7 or (v.version + t.n) % 13 = 0) as "treesWrong",
      (select count(*)::int from b where b.version <> v.version - (v.version + b.n) % 7 or (v.version + b.n) % 13 = 0) as "branchesWrong",
      (select count(*)::int from graph.node) as nodes,
      (select count(*)::int from graph.entity a join graph.entity b using (key_id, source_id)
        where a.valid_to is null and b.valid_to is null and a.ctid <> b.ctid) as endless,
      (select count(*)::int from discover.run r full join graph.applied a on a.run = r.id
        where (r.state = 'done') is distinct from (a.run is not null)) as unmatched
    from v`.execute(db)
  const found = rows[0]
  if ((found?.version ?? 0) < promised.sync) broken(`an acknowledged sync is lost: ${found?.version}`)
  if (found === undefined) return settings
  const present = (count: number) =>
    Array.from({ length: count }, (_, n) => n).filter((n) => !isAway(n, found.version!)).length
  if (found.trees !== present(THINGS) || found.branches !== present(THINGS * 3))
    broken(`a run is half applied: ${JSON.stringify(found)}`)
  if (found.treesWrong + found.branchesWrong > 0) broken(`a run is half applied: ${JSON.stringify(found)}`)
  if (found.nodes !== found.trees + 1) broken(`the projection is not of the graph: ${JSON.stringify(found)}`)
  if (found.endless > 0) broken('two open ranges for one thing')
  if (found.unmatched > 0) broken('a run is done and not applied, or applied and not done')
  return Math.max(settings, found.version!)
}
