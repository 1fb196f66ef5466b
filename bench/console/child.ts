import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { migrations as act, selfProvider } from '../../src/act/index.ts'
import { migrations as assess, evaluate, rules, storeEvaluation } from '../../src/assess/index.ts'
import {
  createConnection,
  createRun,
  type Discovery,
  migrations as discover,
  startDiscovery,
} from '../../src/discover/index.ts'
import { migrations as graph, loadEstate, openStage } from '../../src/graph/index.ts'
import { adminLink, createServer, migrations as http, startBulks } from '../../src/http/index.ts'
import {
  createSealer,
  fingerprinter,
  kyselyOver,
  migrate,
  openPool,
  parseInstallationKey,
  startJobs,
  startPostgres,
  systemClock,
} from '../../src/platform/index.ts'
import { timed } from '../claims.ts'
import { inventedEstate } from '../estate.ts'
import type { Order, Report } from './server.ts'

const [identities, consoleFolder, port] = [Number(process.argv[2]), process.argv[3]!, Number(process.argv[4])]
const tell = (report: Report): void => void process.send!(report)
const log = { debug() {}, info() {}, warn() {}, error: (fields: object) => console.error(fields) }

const folder = await mkdtemp(join(tmpdir(), 'reeve-bench-console-'))
const postgres = await startPostgres({
  folder,
  binariesFolder: fileURLToPath(new URL('../../.runtime', import.meta.url)),
  log,
})
const pool = openPool(postgres.url('postgres'), { max: 10 })
const db = kyselyOver(pool)
let runs = 0
let stopping: AbortController | undefined
let ending = false
let syncing: Promise<number> = Promise.resolve(0)

/** Milliseconds that a source takes over a network to answer with five hundred things. */
const ANSWER = 20

/** Reads the whole estate into the graph, as syncs of its connections do. */
async function sync(pause: number, signal?: AbortSignal): Promise<void> {
  for (const [connection, given] of Map.groupBy(inventedEstate(identities), (one) => one.connection)) {
    if (signal?.aborted) return
    const stage = await openStage({ db, pool }, { connection, run: ++runs })
    let written = 0
    for (const { collection, item } of given) {
      await stage.write(collection, item)
      if (++written % 500 === 0) await systemClock.sleep(pause)
    }
    const collections = [...Map.groupBy(given, ({ collection }) => collection)].map(([id, items]) => ({
      id,
      yields: [...new Set(items.flatMap(({ item }) => ('type' in item ? [item.type] : [])))],
      complete: true,
    }))
    for (const { id } of collections) await stage.seal(id, null)
    await stage.apply({ collections, at: systemClock.now() })
  }
}

/** All rules over the estate, as after each sync. */
async function judge(): Promise<void> {
  const now = systemClock.now()
  const estate = await loadEstate(db)
  const evaluated = evaluate(estate, rules, { now })
  await db.transaction().execute((tx) => storeEvaluation(tx, { estate, rules, evaluated, now, run: runs }))
  // As autovacuum does a minute after.
  await sql`analyze`.execute(db)
}

async function serve() {
  const key = parseInstallationKey(randomBytes(32).toString('hex'), 'the bench')
  const fingerprint = fingerprinter(key)
  const parts = {
    fetch: () => Promise.reject(new Error('a bench reaches nothing')),
    log,
    clock: systemClock,
    scanner: { scan: () => [], async *scanFolder() {}, async *scanHistory() {} },
    fingerprint,
  }
  const jobs = await startJobs({ url: postgres.url('postgres'), log, alone: true })
  const discovery: Discovery = {
    database: { db, pool },
    providers: [selfProvider(db)],
    sealer: createSealer(key),
    clock: systemClock,
    log,
    jobs,
    createRun: (signal) => createRun(parts, signal),
  }
  await createConnection(discovery, { provider: 'self', settings: {}, id: 'self', schedule: null }, 'bench')
  await startDiscovery(discovery)
  await startBulks({ db, clock: systemClock, discovery })
  const server = await createServer({
    db,
    databaseUrl: postgres.url('postgres'),
    clock: systemClock,
    log,
    version: 'bench',
    host: '127.0.0.1',
    port,
    discovery,
    fingerprint,
    consoleFolder,
    notReady: async () => null,
  })
  const { url } = await server.listen()
  return { url, close: () => server.close().then(() => jobs.stop()) }
}

const orders: Record<Order, () => Promise<void>> = {
  async sync() {
    const stop = new AbortController()
    stopping = stop
    syncing = (async () => {
      let done = 0
      for (; !stop.signal.aborted; done++) await sync(ANSWER, stop.signal)
      return done
    })()
  },
  async rest() {
    stopping?.abort()
    tell({ synced: await syncing })
  },
  async stop() {
    if (ending) return
    ending = true
    stopping?.abort()
    await syncing.catch(() => 0)
    await served?.close()
    await pool.end()
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
    process.exit(0)
  },
}

let served: Awaited<ReturnType<typeof serve>> | undefined
process.on('message', (order: Order) => {
  orders[order]().catch((error: unknown) => tell({ failed: String(error) }))
})
// Whoever started it is gone.
process.on('disconnect', () => void orders.stop())
process.on('SIGTERM', () => void orders.stop())
try {
  await migrate(db, [graph, discover, assess, act, http])
  const filled = await timed(() => sync(0))
  const judged = await timed(judge)
  served = await serve()
  const link = await adminLink(db, systemClock)
  tell({
    ready: { url: served.url, link: served.url + link.path },
    filled: `${identities} identities: read in ${(filled.ms / 1000).toFixed(1)} s, judged in ${(judged.ms / 1000).toFixed(1)} s`,
  })
} catch (error) {
  tell({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  await orders.stop()
}
