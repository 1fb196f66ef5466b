import { chownSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { codeOf, type Log, messageOf, ReeveError } from '../../sdk/index.ts'
import { type Account, accountFor } from './account.ts'
import { type Binaries, installBinaries } from './binaries.ts'
import { ensureCluster } from './cluster.ts'
import { type Hold, takeHold } from './hold.ts'
import { disownPidFile, isPostmaster, type PidFile, readPidFile } from './pid-file.ts'
import { failure, runProgram } from './process.ts'
import { settings as ours, sharedMemory } from './settings.ts'
import { watchOver } from './watcher.ts'

export interface PostgresOptions {
  /** Holds the cluster (`postgres/`), its log, and the binaries; made when missing. */
  folder: string
  /** Where the binaries are copied to; the same folder unless given. */
  binariesFolder?: string
  /** Over the defaults. */
  settings?: Record<string, string>
  /** Under root: the user that PostgreSQL runs as. */
  user?: string
  log: Log
}

export interface PostgresServer {
  /** Changes when the server was started again. */
  readonly pid: number
  /** It was running already: a former Reeve was killed and left it. */
  readonly adopted: boolean
  /** Stays the same when the server is started again. */
  url(database?: string): string
  stop(): Promise<void>
}

/** How long another Reeve that is ending, or a recovery, is waited for. */
const PATIENCE = 60_000
/**
 * Complaints that are gone at the next try: another server is still ending; or a server was killed between dropping an unlogged
 * table that was never committed and writing down that it did, whose recovery makes room for the table only at its second try.
 */
const PASSING =
  /lock file "postmaster.pid" already exists|shared memory block .* still in use|could not create file "base\/.*": File exists/

/**
 * Starts the embedded server, or adopts the one that a killed Reeve left, and keeps it running until `stop`: when it dies, it
 * is started again under the same address. One Reeve has it at a time; another gets `store/in-use`. It ends with this process,
 * even when that is killed.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { folder, log } = options
  makeFolder(folder)
  const cluster = join(realpathSync(folder), 'postgres')
  const account = accountFor(cluster, options.user)
  const binaries = await installBinaries(options.binariesFolder ?? folder, account)
  await ensureCluster(cluster, binaries, account)
  const place: Place = { ...options, cluster, account, binaries, logFile: join(folder, 'postgres.log') }

  let running = await attach(place)
  let stopping = false
  let recovery: Promise<void> | undefined
  const recover = async (): Promise<void> => {
    log.warn({ pid: running.pid }, 'postgresql went away; starting it again')
    running.dismiss()
    for (let pause = 100; !stopping; pause = Math.min(pause * 2, 5000)) {
      try {
        running = await attach(place, running.socketFolder)
        return supervise()
      } catch (error) {
        log.error({ error }, 'postgresql could not be started again')
        await wait(pause)
      }
    }
  }
  const supervise = (): void => {
    void running.hold.lost.then(() => {
      if (!stopping) recovery = recover()
    })
  }
  supervise()

  return {
    get pid() {
      return running.pid
    },
    adopted: running.adopted,
    url: (database = 'reeve') => urlOf(running.socketFolder, database),
    async stop() {
      stopping = true
      await recovery
      await end(running, cluster)
    },
  }
}

/** The address of the server that another Reeve has running in the folder; undefined when none has. */
export function runningPostgres(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined
  const cluster = join(realpathSync(folder), 'postgres')
  const found = readPidFile(cluster)
  return found && isPostmaster(found.pid, cluster) ? urlOf(found.socketFolder, 'reeve') : undefined
}

interface Place extends PostgresOptions {
  cluster: string
  account: Account | undefined
  binaries: Binaries
  logFile: string
}

interface Running {
  pid: number
  adopted: boolean
  socketFolder: string
  hold: Hold
  dismiss(): void
}

/** Comes to hold a running server: ours, or one that is there. */
async function attach(place: Place, before?: string): Promise<Running> {
  const { cluster, account, log, folder } = place
  const until = performance.now() + PATIENCE
  for (;;) {
    const found = readPidFile(cluster)
    const alive = found !== undefined && isPostmaster(found.pid, cluster)
    if (
      found &&
      (found.pid === 0 || (alive && found.socketFolder === '')) &&
      performance.now() < until - PATIENCE + 2000
    ) {
      // It is being written this moment.
      await wait(20)
      continue
    }
    const started = alive ? undefined : start(place, before ?? makeSocketFolder(), found)
    const { pid, socketFolder } = started ?? found!
    // Ours from its first moment on: recovery may take a while, and we may be killed meanwhile.
    const early = started && watchOver(pid, cluster, socketFolder, account)
    const abandon = async (): Promise<void> => {
      early?.dismiss()
      started?.child.kill('SIGINT')
      await started?.ended
      if (started && !before) rmSync(socketFolder, { recursive: true, force: true })
    }
    const taken = takeHold(urlOf(socketFolder, 'postgres'), folder, until, started !== undefined, () =>
      isPostmaster(pid, cluster),
    )
    const hold = await (started ? Promise.race([taken, started.ended.then(() => null)]) : taken).catch(
      async (error) => {
        // Another Reeve found the server that we started, and took it first: it is that one's now.
        if (codeOf(error) === 'store/in-use') early?.dismiss()
        else await abandon()
        throw error
      },
    )
    if (hold) {
      const watcher = early ?? watchOver(pid, cluster, socketFolder, account)
      log.debug({ pid, folder, adopted: !started }, 'postgresql runs')
      return { pid, adopted: !started, socketFolder, hold, dismiss: watcher.dismiss }
    }
    await abandon()
    // Somebody else's server was first, or one that was there has ended: look again. All else is a failure.
    const complaint = started?.complaint() ?? ''
    if (performance.now() > until || (started && !PASSING.test(complaint))) {
      throw failure(
        'store/start',
        `starting PostgreSQL in ${folder}`,
        complaint || `process ${pid} is PostgreSQL's and does not answer; end it and start again`,
        folder,
      )
    }
    await wait(100)
  }
}

function start(place: Place, socketFolder: string, stale: PidFile | undefined) {
  const { cluster, account, binaries, logFile } = place
  if (stale?.pid === 0) rmSync(join(cluster, 'postmaster.pid'))
  else if (stale) disownPidFile(cluster, stale)
  if (stale && stale.socketFolder !== socketFolder && basename(stale.socketFolder).startsWith('reeve-')) {
    rmSync(stale.socketFolder, { recursive: true, force: true })
  }
  if (!existsSync(socketFolder)) mkdirSync(socketFolder, { mode: 0o700 })
  for (const file of ['.s.PGSQL.5432', '.s.PGSQL.5432.lock']) rmSync(join(socketFolder, file), { force: true })
  if (account) chownSync(socketFolder, account.uid, account.gid)
  const flags = Object.entries({ ...ours, dynamic_shared_memory_type: sharedMemory(), ...place.settings }).flatMap(
    ([name, value]) => ['-c', `${name}=${value}`],
  )
  const program = runProgram(binaries.postgres, cluster, ['-k', socketFolder, ...flags], { binaries, account, logFile })
  return { ...program, pid: program.child.pid ?? 0, socketFolder }
}

/** Fast shutdown; at once after 8 seconds, which costs a recovery at the next start and no data. */
async function end(running: Running, cluster: string): Promise<void> {
  running.dismiss()
  await running.hold.release()
  for (const [signal, patience] of [
    ['SIGINT', 8000],
    ['SIGQUIT', 1500],
    ['SIGKILL', 500],
  ] as const) {
    if (!isPostmaster(running.pid, cluster)) break
    try {
      process.kill(running.pid, signal)
    } catch {
      break
    }
    for (const until = performance.now() + patience; performance.now() < until && isPostmaster(running.pid, cluster); )
      await wait(20)
  }
  rmSync(running.socketFolder, { recursive: true, force: true })
}

const urlOf = (socketFolder: string, database: string): string =>
  `postgresql://reeve@localhost/${encodeURIComponent(database)}?host=${encodeURIComponent(socketFolder)}`

/** A socket's path may have 107 bytes, so it stands in the folder for temporary files. Open to its user and root alone. */
function makeSocketFolder(): string {
  const base = tmpdir().length < 60 ? tmpdir() : '/tmp'
  return mkdtempSync(join(base, 'reeve-'))
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o711 })
  } catch (error) {
    throw new ReeveError(
      'store/folder',
      `making the data folder ${folder}: ${messageOf(error)}; give another with --data`,
      { cause: error },
    )
  }
}
