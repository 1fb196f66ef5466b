import { type ChildProcess, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { chmod, chown, mkdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { type Log, ReeveError } from '../../sdk/index.ts'
import { type Account, accountFor } from './account.ts'
import { type Binaries, installBinaries } from './binaries.ts'
import { isPostmaster, readPidFile } from './pid-file.ts'
import { settings as ours } from './settings.ts'

export interface PostgresServer {
  pid: number
  /** It was running already: a former Reeve was killed and left it. */
  adopted: boolean
  url(database?: string): string
  stop(): Promise<void>
}

export interface PostgresOptions {
  /** Holds the cluster (`postgres/`); made when missing. */
  folder: string
  /** Where the binaries are copied to; the same folder unless given. */
  binariesFolder?: string
  /** Over the defaults. */
  settings?: Record<string, string>
  /** Under root: the user that PostgreSQL runs as. */
  user?: string
  log: Log
}

export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { folder, log } = options
  const cluster = join(folder, 'postgres')
  await mkdir(folder, { recursive: true, mode: 0o711 })
  const account = accountFor(cluster, options.user)
  const binaries = await installBinaries(options.binariesFolder ?? folder, account)
  if (!existsSync(join(cluster, 'PG_VERSION'))) await initialise(cluster, binaries, account, folder)
  const running = readPidFile(cluster)
  if (running && isPostmaster(running.pid, cluster))
    throw new ReeveError('store/in-use', `starting PostgreSQL in ${folder}: it is in use by process ${running.pid}`)
  rmSync(join(cluster, 'postmaster.pid'), { force: true })
  const socketFolder = makeSocketFolder(account)
  const errors = join(folder, 'postgres-start.log')
  const child = run(
    binaries,
    binaries.postgres,
    cluster,
    ['-k', socketFolder, ...flags({ ...ours, ...options.settings })],
    account,
    errors,
  )
  const url = (database = 'reeve') =>
    `postgresql://reeve@localhost/${encodeURIComponent(database)}?host=${encodeURIComponent(socketFolder)}`
  await answering(child, url('postgres'), errors)
  log.debug({ pid: child.pid, folder }, 'postgresql started')
  return {
    pid: child.pid!,
    adopted: false,
    url,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child.once('exit', resolve))
        child.kill('SIGINT')
        await ended
      }
      rmSync(socketFolder, { recursive: true, force: true })
    },
  }
}

async function initialise(
  cluster: string,
  binaries: Binaries,
  account: Account | undefined,
  folder: string,
): Promise<void> {
  const half = `${cluster}.new-${process.pid}`
  const errors = join(folder, 'postgres-start.log')
  await rm(half, { recursive: true, force: true })
  await mkdir(half, { mode: 0o700 })
  if (account) await chown(half, account.uid, account.gid)
  const child = run(
    binaries,
    binaries.initdb,
    half,
    [
      '-U',
      'reeve',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--no-locale',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
    ],
    account,
    errors,
  )
  const status = await new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject))
  if (status !== 0) {
    await rm(half, { recursive: true, force: true })
    throw new ReeveError('store/init', `making the database in ${folder} failed: ${lastLine(errors)}`)
  }
  await rename(half, cluster)
  await chmod(cluster, 0o700)
}

/**
 * Under Linux the cluster is named by where the program stands, for the folders above may be closed to the user it becomes
 * (a checkout in /root).
 */
function run(
  binaries: Binaries,
  program: string,
  cluster: string,
  args: string[],
  account: Account | undefined,
  errors: string,
): ChildProcess {
  const out = openSync(errors, 'w', 0o600)
  return spawn(program, ['-D', process.platform === 'linux' ? '/proc/self/cwd' : cluster, ...args], {
    stdio: ['ignore', out, out],
    detached: true,
    cwd: cluster,
    env: { PATH: '/usr/bin:/bin', LD_LIBRARY_PATH: binaries.lib, LC_ALL: 'C' },
    ...account,
  })
}

const flags = (settings: Record<string, string>) =>
  Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])

/** Short, for a socket's path may have 107 bytes; open to nobody but the server's user and root. */
function makeSocketFolder(account: Account | undefined): string {
  const base = tmpdir().length < 60 ? tmpdir() : '/tmp'
  mkdirSync(base, { recursive: true })
  const folder = mkdtempSync(join(base, 'reeve-'))
  if (account) chownSync(folder, account.uid, account.gid)
  return folder
}

async function answering(child: ChildProcess, url: string, errors: string): Promise<void> {
  let ended: unknown
  child.once('exit', (status, signal) => {
    ended = status ?? signal
  })
  child.once('error', (error) => {
    ended = error
  })
  for (;;) {
    if (ended !== undefined) throw new ReeveError('store/start', `PostgreSQL did not start: ${lastLine(errors)}`)
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.end()
      return
    } catch {
      await wait(20)
    }
  }
}

function lastLine(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? ''
  } catch {
    return ''
  }
}
