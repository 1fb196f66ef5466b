/** The command line's way in: each command loads what it needs, and no more. */
import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { apiAt, type Reeve, runCli } from './cli/index.ts'
import type { Estate } from './graph/index.ts'
import {
  type Checkpoint,
  type Config,
  createLog,
  explainConfig,
  type InstallationKey,
  keyFileOf,
  loadConfig,
  openInstallationKey,
} from './platform/index.ts'
import { type Log, messageOf, ReeveError, Sensitive } from './sdk/index.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
const folder = process.cwd()

/** Where a running server tells commands of the same user how to reach it. */
const doorOf = (config: Config): string => join(config.data, 'server.json')

function settle(overrides: Record<string, unknown> = {}): { config: Config; log: Log } {
  const config = loadConfig({ overrides, env: process.env })
  return { config, log: createLog(config.log) }
}

/** For commands: only what went wrong is worth a line. */
function settleQuietly(): { config: Config; log: Log } {
  const { config } = settle()
  const level = process.env['REEVE_LOG_LEVEL'] === undefined ? 'error' : config.log.level
  return { config, log: createLog({ ...config.log, level }) }
}

async function composed(config: Config, log: Log, join: boolean) {
  const { compose } = await import('./compose.ts')
  const localToken = `reeve_${randomBytes(32).toString('base64url')}`
  return { localToken, ...(await compose(config, { log, version, folder, join, localToken })) }
}

/** Lends the database, and closes it whatever happens. */
async function withDatabase<T>(use: (parts: Awaited<ReturnType<typeof open>>) => Promise<T>): Promise<T> {
  const parts = await open()
  try {
    return await use(parts)
  } finally {
    await parts.database.close()
  }
}

async function open() {
  const { config, log } = settleQuietly()
  const { migrate, openDatabase } = await import('./platform/index.ts')
  const { modules } = await import('./compose.ts')
  const database = await openDatabase(config, log, { join: true })
  await migrate(database.db, modules).catch(async (error: unknown) => {
    await database.close()
    throw error
  })
  return { config, log, database, modules }
}

const reeve: Reeve<Estate> = {
  version,

  async up({ port, data, demo }) {
    const { config, log } = settle({
      ...(port === undefined ? {} : { 'http.port': port }),
      ...(data === undefined ? {} : { data }),
    })
    const server = await composed(config, log, false)
    const stop = async () => {
      rmSync(doorOf(config), { force: true })
      await server.stop()
    }
    try {
      const { firstAdminLink } = await import('./http/index.ts')
      const { url } = await server.listen()
      const address = config.http.url ?? url
      writeFileSync(doorOf(config), JSON.stringify({ url, pid: process.pid, token: server.localToken }), {
        mode: 0o600,
      })
      const { promise: stopped, resolve: sayStopped } = Promise.withResolvers<void>()
      const link = await firstAdminLink(server.app.db, server.app.clock)
      return {
        address,
        link: link === null ? undefined : `${address}${link.path}`,
        reading: demo ? await server.readDemo() : await server.readNearby(folder),
        stopped,
        stop: () => stop().then(sayStopped),
      }
    } catch (error) {
      // The port is taken, or this is no place for the demo: what was started ends, so that the next try finds the folder free.
      await stop()
      throw error
    }
  },

  async api() {
    const { REEVE_URL: url, REEVE_TOKEN: token } = process.env
    if (url !== undefined) {
      if (token === undefined) throw new ReeveError('use/no-token', `asking ${url}: put an API token into REEVE_TOKEN`)
      return apiAt(url, token)
    }
    const { config, log } = settleQuietly()
    const running = await findServer(config)
    if (running) return running
    const server = await composed({ ...config, http: { ...config.http, host: '127.0.0.1', port: 0 } }, log, true)
    const { url: own } = await server.listen()
    return { ...apiAt(own, server.localToken), close: () => server.stop() }
  },

  async scan(options) {
    const { scanOnce } = await import('./once.ts')
    const { config, log } = settleQuietly()
    const key = keyOf(config)
    const known = options.baseline === undefined ? [] : (await knownBefore(options.baseline, key)).readings
    return scanOnce(options, { config, log, key, known })
  },

  async newSince(findings, file) {
    const { isKnown } = await knownBefore(file, keyOf(settleQuietly().config))
    return findings.filter((finding) => !isKnown(finding))
  },

  async importReport(file, format) {
    const { importReport } = await import('./once-import.ts')
    return importReport(file, format, keyOf(settleQuietly().config))
  },

  async explain(file, line) {
    const { detectors, explain } = await import('./scan/index.ts')
    return explain(detectors, readForExplaining(file), { file, line })
  },

  async csv(findings) {
    const { toCsv } = await import('./assess/index.ts')
    return toCsv(findings)
  },

  async sarif({ findings, ledger }) {
    const { rules, toSarif } = await import('./assess/index.ts')
    return toSarif(findings, { version, rules, ledger })
  },

  async html({ findings, ledger, estate }, title) {
    const { postureReport, rules, toHtml } = await import('./assess/index.ts')
    return toHtml(postureReport({ title, asOf: null, findings, estate, rules, ledger }))
  },

  async rules() {
    const [{ describeRules, rules }, { providers }] = await Promise.all([
      import('./assess/index.ts'),
      import('./providers/index.ts'),
    ])
    return describeRules(rules, providers)
  },

  async labels({ size = 300, seed = 1, day }) {
    const [{ demo }, { systemClock }] = await Promise.all([
      import('./providers/index.ts'),
      import('./platform/index.ts'),
    ])
    return demo.labels({ size, seed, day }, systemClock.now())
  },

  verifyAudit: () =>
    withDatabase(async ({ database: { db }, config }) => {
      const [{ audit }, { auditHeadOf }] = await Promise.all([import('./platform/index.ts'), import('./compose.ts')])
      const key = openInstallationKey(config)
      const anchor = readJson<Checkpoint>(auditHeadOf(config))
      const { ok, entries, fault } = await audit.verify(db, { key, ...(anchor === undefined ? {} : { anchor }) })
      const says = ok
        ? `The trail is whole: ${entries} entries, each follows from the one before.`
        : `The trail was tampered with: ${fault?.what}.`
      return { ok, entries, says }
    }),

  backup: (file, passphrase) =>
    withDatabase(async ({ database, config }) => {
      const { backup, systemClock } = await import('./platform/index.ts')
      const key = openInstallationKey(config)
      const made = await backup(database.pool, file, {
        clock: systemClock,
        key,
        ...(passphrase === undefined ? {} : { passphrase: new Sensitive(passphrase) }),
      })
      const apart = made.withKey
        ? 'the installation key is in it, under your passphrase'
        : `the installation key is not in it: keep ${keyFileOf(config)} apart from it, without it sealed settings cannot be opened`
      return { says: `wrote ${made.tables} tables to ${file}; ${apart}` }
    }),

  async restore(file, passphrase) {
    const { config, log } = settleQuietly()
    const { restore } = await import('./platform/index.ts')
    const { modules } = await import('./compose.ts')
    const done = await restore(file, config, {
      modules,
      log,
      ...(passphrase === undefined ? {} : { passphrase: new Sensitive(passphrase) }),
    })
    return { says: `restored ${done.tables} tables as they were at ${done.made}` }
  },

  adminLink: () =>
    withDatabase(async ({ database: { db }, config }) => {
      const [{ adminLink }, { systemClock }] = await Promise.all([
        import('./http/index.ts'),
        import('./platform/index.ts'),
      ])
      const door = readDoor(config)
      const address = config.http.url ?? door?.url ?? `http://${config.http.host}:${config.http.port}`
      return `${address}${(await adminLink(db, systemClock)).path}`
    }),

  async doctor() {
    const { doctor } = await import('./platform/index.ts')
    return doctor(process.env)
  },

  explainConfig: () =>
    explainConfig({ env: process.env }).map((one) => ({
      ...one,
      value: one.value ?? 'not set',
      default: one.default ?? 'none',
    })),
}

const readDoor = (config: Config) => readJson<{ url: string; token: string }>(doorOf(config))

function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T
  } catch {
    return undefined
  }
}

/** The server of this data folder, if it answers; a file left by one that was killed does not count. */
async function findServer(config: Config) {
  const door = readDoor(config)
  if (door === undefined) return undefined
  const answers = await fetch(`${door.url}/healthz`).then(
    (answer) => answer.ok,
    () => false,
  )
  return answers ? apiAt(door.url, door.token) : undefined
}

async function knownBefore(file: string, key: InstallationKey) {
  const { readBaseline } = await import('./once-import.ts')
  return readBaseline(file, key)
}

function readForExplaining(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw new ReeveError('use/no-such-path', `reading ${file}: ${messageOf(cause)}`, { cause })
  }
}

/** Where nothing is installed, fingerprints hold for this one run. */
const passingKey: InstallationKey = {
  root: new Sensitive(randomBytes(32)),
  seal: [{ id: randomBytes(4).toString('hex'), key: new Sensitive(randomBytes(32)) }],
}
const keyOf = (config: Config): InstallationKey => openInstallationKey(config, { create: false }) ?? passingKey

// Whoever reads our output may have seen enough, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})
await runCli(process.argv.slice(2), reeve)
