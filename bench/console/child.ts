import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { migrations as act, selfProvider } from '../../src/act/index.ts'
import { migrations as assess, judgements, rules, storeEvaluation } from '../../src/assess/index.ts'
import {
  createConnection,
  createRun,
  type Discovery,
  migrations as discover,
  startDiscovery,
} from '../../src/discover/index.ts'
import { migrations as graph, loadEstate, startReach } from '../../src/graph/index.ts'
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
import { readEstate } from '../estate-reads.ts'
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
let stopping: AbortController | undefined
let ending = false
let syncing: Promise<number> = Promise.resolve(0)

/** Milliseconds that a source takes over a network to answer with five hundred things. */
const ANSWER = 20

/** As syncs of its connections do, over a network that takes so long. */
function sync(pause: number, signal?: AbortSignal): Promise<number> {
  const breath = () => systemClock.sleep(pause)
  return readEstate({ db, pool }, identities, { at: () => systemClock.now(), breath }, signal)
}

/** All rules over the estate, as after each sync. */
async function judge(run: number): Promise<void> {
  const now = systemClock.now()
  const estate = await loadEstate(db)
  await db
    .transaction()
    .execute((tx) => storeEvaluation(tx, { estate, rules, judgements: judgements(estate, rules, { now }), now, run }))
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
    reach: startReach({ log }),
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
  const judged = await timed(() => judge(filled.result))
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
