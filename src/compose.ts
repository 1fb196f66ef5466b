/** Puts the parts of a server together: settings → database → modules → HTTP. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { migrations as act, assignments, selfProvider } from './act/index.ts'
import { migrations as assess, startAssessor } from './assess/index.ts'
import {
  createConnection,
  createRun,
  type Discovery,
  migrations as discover,
  listConnections,
  requestSync,
  startDiscovery,
} from './discover/index.ts'
import { migrations as graph } from './graph/index.ts'
import { type App, createServer, migrations as http } from './http/index.ts'
import {
  audit,
  type Config,
  createFetch,
  createSealer,
  type Database,
  fingerprinter,
  type InstallationKey,
  type Migrations,
  migrate,
  observeProcess,
  openDatabase,
  openInstallationKey,
  startJobs,
  systemClock,
} from './platform/index.ts'
import { providers } from './providers/index.ts'
import { createScanner } from './scan/index.ts'
import { type Log, messageOf, type Nearby } from './sdk/index.ts'

/** In the order in which their tables may name each other. */
export const modules: readonly Migrations[] = [graph, discover, assess, act, http]

const consoleFolder = fileURLToPath(new URL('../ui/dist/', import.meta.url))
const SELF = 'self'

export interface Composed {
  app: App
  database: Database
  key: InstallationKey
  listen(): Promise<{ url: string; port: number }>
  /** Begins to read what stands nearby, when nothing was ever connected; what it reads, in words. */
  readNearby(folder: string): Promise<string[]>
  stop(): Promise<void>
}

export async function compose(
  config: Config,
  {
    log,
    version,
    folder,
    join = false,
    localToken,
  }: { log: Log; version: string; folder: string; join?: boolean; localToken: string },
): Promise<Composed> {
  const key = openInstallationKey(config)
  const database = await openDatabase(config, log, { join })
  const ending: (() => Promise<unknown>)[] = [() => database.close()]
  try {
    const { db } = database
    await migrate(db, modules)
    await audit.checkpoint(db, key)
    const jobs = await startJobs({
      url: database.url,
      log,
      alone: database.embedded,
      queues: { sync: { concurrency: 2, retries: 2, seconds: 6 * 3600 } },
    })
    ending.push(() => jobs.stop())

    const clock = systemClock
    const fingerprint = fingerprinter(key)
    const parts = { fetch: createFetch(config.outbound, clock, log), log, clock, scanner: createScanner(), fingerprint }
    const assessor = startAssessor({ url: database.url })
    ending.push(() => assessor.stop())
    const judge = async (run?: number): Promise<void> => {
      await assessor.judge({ now: clock.now(), ...(run === undefined ? {} : { run }) })
    }
    const discovery: Discovery = {
      database,
      providers: [...providers, selfProvider(db)],
      sealer: createSealer(key),
      clock,
      log,
      jobs,
      createRun: (signal) => createRun(parts, signal),
      onApplied: async ({ id, connection }) => {
        // What people said of a thing follows it when its source renames it, and lets go when it vanishes.
        if (connection !== SELF && (await assignments(db)).length > 0) await requestSync(discovery, SELF, 'reeve')
        await judge(id)
      },
    }
    await jobs.work('judge', () => judge())
    // Dates pass although nothing is read: keys expire, mutes end.
    await jobs.schedule('judge', '7 * * * *', {})
    await jobs.work('checkpoint', async () => void (await audit.checkpoint(db, key)))
    await jobs.schedule('checkpoint', '13 3 * * *', {})
    await startDiscovery(discovery)
    await connectSelf(discovery)

    const app: App = {
      db,
      databaseUrl: database.url,
      clock,
      log,
      version,
      host: config.http.host,
      port: config.http.port,
      ...(config.http.url === undefined
        ? {}
        : { hostnames: [new URL(config.http.url).hostname], secure: config.http.url.startsWith('https:') }),
      discovery,
      fingerprint,
      installationKey: key,
      folder,
      localToken,
      ...(existsSync(consoleFolder) ? { consoleFolder } : {}),
      notReady: () =>
        database.pool.query('select 1').then(
          () => null,
          (error: unknown) => messageOf(error),
        ),
    }
    const server = await createServer(app)
    ending.push(() => server.close())
    observeProcess()
    return {
      app,
      database,
      key,
      listen: () => server.listen(),
      readNearby: (from) => readNearby(discovery, from),
      stop: () => end(ending, log, () => audit.checkpoint(db, key)),
    }
  } catch (error) {
    await end(ending, log)
    throw error
  }
}

/** Last opened, first closed; what cannot be closed is said and does not keep the rest open. */
async function end(
  ending: readonly (() => Promise<unknown>)[],
  log: Log,
  last?: () => Promise<unknown>,
): Promise<void> {
  const [database, ...others] = ending
  for (const close of [...others.toReversed(), ...(last ? [last] : []), database!]) {
    await close().catch((error: unknown) => log.warn({ error: messageOf(error) }, 'stopping a part failed'))
  }
}

/** Reeve is a source of its own: owners and labels come back in through it. */
async function connectSelf(discovery: Discovery): Promise<void> {
  const known = await listConnections(discovery.database.db)
  if (known.some((one) => one.id === SELF)) return
  await createConnection(discovery, { provider: SELF, settings: {}, id: SELF, schedule: null }, 'reeve')
  await requestSync(discovery, SELF, 'reeve')
}

async function readNearby(discovery: Discovery, folder: string): Promise<string[]> {
  const known = await listConnections(discovery.database.db)
  if (known.some((one) => one.id !== SELF)) return []
  const places: Nearby[] = [{ host: true }, { folder }]
  const reading: string[] = []
  for (const place of places) {
    for (const provider of discovery.providers) {
      const settings = (await provider.nearby?.(place)) ?? null
      if (settings === null) continue
      const { id, label } = await createConnection(discovery, { provider: provider.id, settings }, 'reeve')
      await requestSync(discovery, id, 'reeve')
      reading.push(`${provider.title} ${label}`)
    }
  }
  return reading
}
