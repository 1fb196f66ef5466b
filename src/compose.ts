/** Puts the parts of a server together: settings → database → modules → HTTP. */
import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrations as act, anythingDecided, selfProvider, startPlans } from './act/index.ts'
import { type Alerts, migrations as alert, lookSoon, startAlerts } from './alert/index.ts'
import { type Assessor, migrations as assess, startAssessor } from './assess/index.ts'
import { isLoading, openDemo } from './demo.ts'
import {
  createConnection,
  createRun,
  type Discovery,
  migrations as discover,
  listConnections,
  requestSync,
  type Settings,
  startDiscovery,
} from './discover/index.ts'
import { migrations as graph, startReach } from './graph/index.ts'
import {
  type AccessDesk,
  type App,
  createServer,
  migrations as http,
  plansOf,
  startAccessDesk,
  startBulks,
  startUpkeep,
} from './http/index.ts'
import {
  addressGuard,
  audit,
  type Clock,
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
  steps,
  systemClock,
  watchOutbound,
} from './platform/index.ts'
import { demo, providers } from './providers/index.ts'
import { createScanner } from './scan/index.ts'
import { type Log, messageOf, type Nearby, type Provider } from './sdk/index.ts'

/** In the order in which their tables may name each other. */
export const modules: readonly Migrations[] = [graph, discover, assess, act, alert, http]

const consoleFolder = fileURLToPath(new URL('../ui/dist/', import.meta.url))
const SELF = 'self'

export interface Composed {
  app: App
  database: Database
  key: InstallationKey
  listen(): Promise<{ url: string; port: number }>
  /** Begins to read what stands nearby, when nothing was ever connected; what it reads, in words. */
  readNearby(folder: string): Promise<string[]>
  /** Begins to read the invented estate in; throws where something real is connected. */
  readDemo(): Promise<string[]>
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
    const signHead = (): Promise<void> => keepHead(db, key, config)
    await signHead()
    const jobs = await startJobs({
      url: database.url,
      log,
      alone: database.embedded,
      queues: { sync: { concurrency: 2, retries: 2, seconds: 6 * 3600 }, demo: { seconds: 6 * 3600 } },
    })
    ending.push(() => jobs.stop())

    const clock = systemClock
    const outbound = watchOutbound(clock)
    const fingerprint = fingerprinter(key)
    const parts = { fetch: createFetch(config.outbound, clock, log), log, clock, scanner: createScanner(), fingerprint }
    const alerts = {
      db,
      sealer: createSealer(key),
      clock,
      log,
      fetch: parts.fetch,
      guard: addressGuard(config.outbound.allow),
      link: addressOf(config),
      isPast: () => isLoading(db),
      jobs,
    }
    const assessor = toldTo(alerts, startAssessor({ url: database.url }))
    ending.push(() => assessor.stop())
    const access = startAccessDesk({ url: database.url })
    ending.push(() => access.stop())
    const derive = deriving(access, parts)
    const judge = async (run?: number): Promise<void> => {
      if (await isLoading(db)) return
      await derive()
      await assessor.judge({ now: clock.now(), ...(run === undefined ? {} : { run }) })
    }
    const reach = startReach({ log })
    ending.push(() => reach.stop())
    const discovery: Discovery = {
      database,
      providers: [...providers, ...demo.providers.map(({ provider }) => provider), selfProvider(db)],
      sealer: alerts.sealer,
      clock,
      log,
      jobs,
      createRun: (signal) => createRun(parts, signal),
      onApplied: async ({ id, connection }) => {
        // What people said of a thing follows it when its source renames it, and lets go when it vanishes.
        if (connection !== SELF && (await anythingDecided(db))) await requestSync(discovery, SELF, 'reeve')
        await judge(id)
      },
    }
    await jobs.work('judge', () => judge())
    // Dates pass although nothing is read: keys expire, mutes end.
    await jobs.schedule('judge', '7 * * * *', {})
    await jobs.work('checkpoint', signHead)
    await jobs.schedule('checkpoint', '13 3 * * *', {})
    const desk = await openDemo(discovery, assessor, jobs)
    await startDiscovery(discovery)
    await startBulks({ db, clock, discovery })
    await startPlans(plansOf({ db, clock, discovery }))
    await startAlerts(alerts)
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
      access,
      reach,
      alerts,
      demo: desk,
      fingerprint,
      installationKey: key,
      folder,
      localToken,
      outbound,
      backupFolder: backupFolderOf(config),
      ...(existsSync(consoleFolder) ? { consoleFolder } : {}),
      notReady: () =>
        database.pool.query('select 1').then(
          () => null,
          (error: unknown) => messageOf(error),
        ),
    }
    await startUpkeep(app)
    const server = await createServer(app)
    ending.push(() => server.close())
    observeProcess()
    return {
      app,
      database,
      key,
      listen: () => server.listen(),
      readNearby: (from) => readNearby(discovery, from),
      readDemo: async () => {
        await desk.load({}, 'reeve')
        return ['Larkfield, an invented company']
      },
      stop: () => end(ending, log, signHead),
    }
  } catch (error) {
    await end(ending, log)
    throw error
  }
}

/** What follows from what was read, worked out before it is judged. Where that fails, what followed before stands, and the log says so. */
function deriving(access: AccessDesk, { clock, log }: { clock: Clock; log: Log }): () => Promise<void> {
  let done: Readonly<Record<string, string>> = {}
  return async () => {
    try {
      ;({ done } = await access.ask('derive', { done }, { now: clock.now(), asOf: null }))
    } catch (error) {
      log.error({ error: messageOf(error) }, 'working out who can become whom failed')
    }
  }
}

/** How people reach the console; null where only the start will tell. */
const addressOf = ({ http: { url, host, port } }: Config): string | null =>
  url?.replace(/\/+$/, '') ?? (port === 0 ? null : `http://${host.includes(':') ? `[${host}]` : host}:${port}`)

/** After every judgement, whoever is to be told of it is. */
const toldTo = (alerts: Alerts, assessor: Assessor): Assessor => ({
  ...assessor,
  async judge(asked) {
    const stored = await assessor.judge(asked)
    await lookSoon(alerts)
    return stored
  },
})

/** Signs where the trail ends, and keeps a copy beside the database: who cuts the trail's tail there does not cut it here. */
async function keepHead(db: Database['db'], key: InstallationKey, config: Config): Promise<void> {
  const head = await audit.checkpoint(db, key)
  if (head === null) return
  const file = auditHeadOf(config)
  writeFileSync(`${file}.new`, `${JSON.stringify(head)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

export const auditHeadOf = (config: Config): string => join(config.data, 'audit-head.json')

const backupFolderOf = (config: Config): string => join(config.data, 'backups')

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

/**
 * The first start, in steps: killed on the way, the next start goes on with what was left. A place is connected at most once; who
 * removes the connection has said that it shall not be read.
 */
async function readNearby(discovery: Discovery, folder: string): Promise<string[]> {
  const { db } = discovery.database
  const journal = await steps(db, 'first start')
  const from = await journal.once('begin', async () => {
    const known = await listConnections(db)
    return known.some((one) => one.id !== SELF) ? null : folder
  })
  if (from === null) return []
  const reading: string[] = []
  for (const place of [{ host: true }, { folder: from }] satisfies Nearby[]) {
    for (const provider of discovery.providers) {
      const settings = (await provider.nearby?.(place)) ?? null
      if (settings === null) continue
      const name = `${provider.id} ${Object.keys(place)[0]}`
      const { id, label } = await journal.outside(`connect ${name}`, () => connectOnce(discovery, provider, settings))
      await journal.outside(`read ${name}`, async () => {
        reading.push(`${provider.title} ${label}`)
        return requestSync(discovery, id, 'reeve')
      })
    }
  }
  return reading
}

/** What a start that was killed had connected already is not connected again. */
async function connectOnce(discovery: Discovery, provider: Provider, settings: Settings) {
  const { id } = provider
  const label = provider.label(settings)
  const known = await listConnections(discovery.database.db)
  const same = known.find((one) => one.provider === id && one.label === label)
  return same ?? createConnection(discovery, { provider: id, settings }, 'reeve')
}
