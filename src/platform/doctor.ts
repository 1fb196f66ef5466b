import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Log, messageOf, ReeveError } from '../sdk/index.ts'
import { type Config, loadConfig } from './config.ts'
import { openDatabase } from './database.ts'
import { keyFileOf, openInstallationKey } from './installation-key.ts'
import { accountFor } from './postgres/account.ts'

export interface Check {
  what: string
  ok: boolean
  detail: string
  /** What to do, when it is not well. */
  fix?: string
}

const NODE = 26
const ROOM = 1024 ** 3
const checkout = fileURLToPath(new URL('../..', import.meta.url))
const silent: Log = { debug() {}, info() {}, warn() {}, error() {} }

/** Looks at all that Reeve stands on, and changes nothing. Each check that fails says what to do. */
export async function doctor(env: Record<string, string | undefined> = process.env): Promise<Check[]> {
  const checks = [node(), packages(), consoleBuilt(), await git()]
  let config: Config
  try {
    config = loadConfig({ env })
  } catch (error) {
    return [
      ...checks,
      {
        what: 'settings',
        ok: false,
        detail: messageOf(error),
        fix: 'correct the setting, then run it again; reeve config explain lists them',
      },
    ]
  }
  return [
    ...checks,
    { what: 'settings', ok: true, detail: 'all known and well-formed' },
    dataFolder(config),
    room(config),
    key(config),
    await port(config),
    await database(config),
  ]
}

function node(): Check {
  const ok = Number.parseInt(process.versions.node, 10) >= NODE
  return {
    what: 'node',
    ok,
    detail: process.version,
    ...(!ok && { fix: `start reeve with ./reeve, which brings Node ${NODE}` }),
  }
}

/** Is each package there in the version of the lockfile? */
function packages(): Check {
  const { packages } = JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version?: string; optional?: boolean; dev?: boolean }>
  }
  const missing = Object.entries(packages).filter(([path, wanted]) => {
    if (path === '') return false
    try {
      return (
        (JSON.parse(readFileSync(join(checkout, path, 'package.json'), 'utf8')) as { version: string }).version !==
        wanted.version
      )
    } catch {
      return !wanted.optional && !wanted.dev
    }
  })
  const names = missing.map(([path]) => path.replace(/^.*node_modules\//, ''))
  return names.length === 0
    ? { what: 'packages', ok: true, detail: 'as the lockfile wants them' }
    : {
        what: 'packages',
        ok: false,
        detail: `missing or of another version: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`,
        fix: 'run ./reeve with a network; it installs them',
      }
}

function consoleBuilt(): Check {
  const ok = existsSync(join(checkout, 'ui/dist/index.html'))
  return {
    what: 'console',
    ok,
    detail: ok ? 'built' : 'not built',
    ...(!ok && { fix: 'run ./reeve up once with a network; it builds it' }),
  }
}

async function git(): Promise<Check> {
  try {
    const { stdout } = await promisify(execFile)('git', ['--version'])
    return { what: 'git', ok: true, detail: stdout.trim() }
  } catch {
    return {
      what: 'git',
      ok: false,
      detail: 'not on the PATH',
      fix: 'install git; without it the history of repositories is not read',
    }
  }
}

function dataFolder({ data }: Config): Check {
  const what = 'data folder'
  const there = nearest(data)
  try {
    if (!statSync(there).isDirectory()) throw new ReeveError('store/folder', `${there} is not a folder`)
    accessSync(there, constants.W_OK | constants.X_OK)
    const account = accountFor(join(data, 'postgres'))
    return {
      what,
      ok: true,
      detail: `${data}${there === data ? '' : ' will be made'}${account ? `; PostgreSQL runs as user id ${account.uid}` : ''}`,
    }
  } catch (error) {
    const known = error instanceof ReeveError
    return {
      what,
      ok: false,
      detail: known ? error.message : `${there} may not be written by this user`,
      fix: 'give another with --data or REEVE_DATA, or change its owner',
    }
  }
}

function room({ data }: Config): Check {
  const { bavail, bsize } = statfsSync(nearest(data))
  const free = bavail * bsize
  return {
    what: 'disk',
    ok: free >= ROOM,
    detail: `${(free / 1024 ** 3).toFixed(1)} GB free`,
    ...(free < ROOM && { fix: 'free some space: the database wants at least 1 GB to work with' }),
  }
}

function key(config: Config): Check {
  const what = 'installation key'
  try {
    const found = openInstallationKey(config, { create: false })
    if (!found) return { what, ok: true, detail: `${keyFileOf(config)} will be made at the first start` }
    return {
      what,
      ok: true,
      detail: `${config.key ? 'from REEVE_KEY' : keyFileOf(config)}; keep a copy of it apart from backups`,
    }
  } catch (error) {
    return {
      what,
      ok: false,
      detail: messageOf(error),
      fix: config.key ? 'correct REEVE_KEY' : `look at ${keyFileOf(config)}`,
    }
  }
}

async function port({ http }: Config): Promise<Check> {
  const what = 'port'
  const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const server = createServer()
    server.once('error', resolve)
    server.listen({ port: http.port, host: http.host }, () => server.close(() => resolve(undefined)))
  })
  const where = `${http.host}:${http.port}`
  if (!error) return { what, ok: true, detail: `${where} is free` }
  if (error.code === 'EADDRINUSE' && (await isReeve(`http://${where}`)))
    return { what, ok: true, detail: `reeve serves on ${where}` }
  const why =
    error.code === 'EADDRINUSE'
      ? 'is taken by another program'
      : error.code === 'EACCES'
        ? 'needs more rights than this user has'
        : messageOf(error)
  return { what, ok: false, detail: `${where} ${why}`, fix: 'give another with --port or REEVE_PORT' }
}

async function isReeve(address: string): Promise<boolean> {
  try {
    return (await fetch(`${address}/healthz`, { signal: AbortSignal.timeout(3000) })).ok
  } catch {
    return false
  }
}

/** The embedded database is not made by looking at it. */
async function database(config: Config): Promise<Check> {
  const what = 'database'
  if (!config.database.url && !existsSync(join(config.data, 'postgres')))
    return { what, ok: true, detail: 'embedded; will be made at the first start' }
  try {
    const opened = await openDatabase(config, silent, { join: true })
    const { rows } = await opened.pool.query<{ version: string }>(`select current_setting('server_version') as version`)
    await opened.close()
    return {
      what,
      ok: true,
      detail: `PostgreSQL ${rows[0]!.version}, ${config.database.url ? 'at DATABASE_URL' : 'embedded'}`,
    }
  } catch (error) {
    return {
      what,
      ok: false,
      detail: messageOf(error),
      fix: error instanceof ReeveError ? 'do as it says' : `look at ${join(config.data, 'postgres.log')}`,
    }
  }
}

function nearest(path: string): string {
  return existsSync(path) ? path : nearest(dirname(path))
}
