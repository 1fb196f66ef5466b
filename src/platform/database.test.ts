import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { Sensitive } from '../sdk/index.ts'
import { openDatabase, openPool } from './database.ts'
import { migrate } from './migrate.ts'

const log = { debug() {}, info() {}, warn() {}, error() {} }
/** A server as Debian has it: the outside world. */
const bin = existsSync('/usr/lib/postgresql')
  ? readdirSync('/usr/lib/postgresql')
      .map((version) => `/usr/lib/postgresql/${version}/bin`)
      .find((path) => existsSync(join(path, 'initdb')))
  : undefined
const usable = bin !== undefined && process.getuid?.() === 0
if (!usable) console.log('skipped: DATABASE_URL against an outside server needs the postgresql package and root')

let folder: string
let port: number
const asPostgres = (program: string, args: string[], input?: string) =>
  execFileSync('setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', join(bin!, program), ...args], {
    stdio: [input === undefined ? 'ignore' : 'pipe', 'ignore', 'ignore'],
    cwd: '/',
    input,
  })
const control = (...args: string[]) =>
  asPostgres('pg_ctl', [
    '-D',
    join(folder, 'd'),
    '-l',
    join(folder, 'log'),
    '-w',
    '-o',
    `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1`,
    ...args,
  ])
const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
const address = (user = 'boss', password = 'hunter2', database = 'postgres') =>
  `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`
const open = (url: string) =>
  openDatabase({ data: '/nonexistent', database: { url: new Sensitive(url), connections: 5 } }, log)
const asBoss = async (...statements: string[]) => {
  const pool = openPool(address(), { max: 1 })
  for (const statement of statements) await pool.query(statement)
  await pool.end()
}

beforeAll(async () => {
  if (!usable) return
  folder = mkdtempSync(join(tmpdir(), 'reeve-outside-'))
  execFileSync('chown', ['postgres', folder])
  port = await freePort()
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, 'hunter2')
  asPostgres('initdb', [
    '-D',
    join(folder, 'd'),
    '-U',
    'boss',
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--locale=C',
    '-N',
  ])
  control('start')
  await asBoss(
    `create role guest login password 'guest'`,
    `create database latin encoding 'LATIN1' template template0`,
    'revoke create on database postgres from public',
  )
}, 60_000)
afterAll(() => {
  if (!usable) return
  control('-m', 'immediate', 'stop')
  rmSync(folder, { recursive: true, force: true })
})

test('without DATABASE_URL the embedded server is started, and everything is there after a restart', async () => {
  const data = mkdtempSync(join(tmpdir(), 'reeve-data-'))
  try {
    const first = await openDatabase({ data, database: { connections: 5 } }, log)
    expect(first.embedded).toBe(true)
    await migrate(first.db, [])
    await sql`create table public.kept as select 7 as n`.execute(first.db)
    await first.close()
    const second = await openDatabase({ data, database: { connections: 5 } }, log)
    await migrate(second.db, [])
    expect((await sql`select n from public.kept`.execute(second.db)).rows).toEqual([{ n: 7 }])
    await second.close()
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
})

test('a command may join the embedded server of another process, and leaves it running', async () => {
  const data = mkdtempSync(join(tmpdir(), 'reeve-data-'))
  try {
    const settings = { data, database: { connections: 5 } }
    const first = await openDatabase(settings, log)
    await expect(openDatabase(settings, log)).rejects.toMatchObject({ code: 'store/in-use' })
    const joined = await openDatabase(settings, log, { join: true })
    expect((await joined.pool.query('select 1 as n')).rows).toEqual([{ n: 1 }])
    await joined.close()
    expect((await first.pool.query('select 1 as n')).rows).toEqual([{ n: 1 }])
    await first.close()
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
})

test('an address that is none is refused without showing the password', async () => {
  for (const url of ['mysql://u:hunter2@h/d', 'hunter2', 'postgres://u:hunter2@[::/d']) {
    await expect(open(url)).rejects.toMatchObject({
      code: 'database/address',
      message: expect.not.stringContaining('hunter2'),
    })
  }
})

test('a host that is not there, and a port nobody listens on, are told apart', async () => {
  await expect(open('postgres://u:hunter2@no-such-host.invalid/d')).rejects.toMatchObject({
    code: 'database/unknown-host',
    message: expect.not.stringContaining('hunter2'),
  })
  await expect(open(`postgres://u:hunter2@127.0.0.1:${await freePort()}/d`)).rejects.toMatchObject({
    code: 'database/unreachable',
    message: expect.not.stringContaining('hunter2'),
  })
})

test('something that listens and is no PostgreSQL is an error, not a hang', async () => {
  const server = createServer((socket) => socket.end('220 mail.example.com\r\n'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await expect(open(`postgres://u@127.0.0.1:${(server.address() as AddressInfo).port}/d`)).rejects.toMatchObject({
    code: expect.stringMatching(/^database\//),
  })
  server.close()
})

test.runIf(usable)('an outside server is migrated and used', async () => {
  const database = await open(address())
  expect(database.embedded).toBe(false)
  await migrate(database.db, [])
  expect((await sql<{ n: string }>`select count(*) as n from platform.audit`.execute(database.db)).rows).toEqual([
    { n: '0' },
  ])
  await database.close()
})

test.runIf(usable)('a wrong password, no password, and a database that is not there', async () => {
  await expect(open(address('boss', 'wrong'))).rejects.toMatchObject({
    code: 'database/wrong-password',
    message: expect.not.stringContaining('wrong@'),
  })
  await expect(open(`postgresql://boss@127.0.0.1:${port}/postgres`)).rejects.toMatchObject({
    code: 'database/wrong-password',
  })
  await expect(open(address('boss', 'hunter2', 'reeve'))).rejects.toMatchObject({
    code: 'database/missing',
    message: expect.stringContaining('create database "reeve"'),
  })
})

test.runIf(usable)('a role without rights is refused with the grant to run, and served once it was run', async () => {
  await expect(open(address('guest', 'guest'))).rejects.toMatchObject({
    code: 'database/no-rights',
    message: expect.stringContaining('grant create on database "postgres" to "guest"'),
  })
  await asBoss('grant create on database "postgres" to "guest"')
  const database = await open(address('guest', 'guest'))
  await database.close()
})

test.runIf(usable)('another encoding, and a database that cannot be written, are refused', async () => {
  await expect(open(address('boss', 'hunter2', 'latin'))).rejects.toMatchObject({ code: 'database/encoding' })
  await asBoss('alter role guest set default_transaction_read_only = on')
  await expect(open(address('guest', 'guest'))).rejects.toMatchObject({ code: 'database/read-only' })
})

test.runIf(usable)('an outside server that is restarted does not end us, and is used again', async () => {
  const database = await open(address())
  await Promise.all([1, 2, 3].map(() => database.pool.query('select 1')))
  control('-m', 'immediate', 'restart')
  await vi.waitFor(async () => expect((await database.pool.query('select 1 as n')).rows).toEqual([{ n: 1 }]), 30_000)
  await database.close()
})
