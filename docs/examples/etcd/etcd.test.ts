import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Refused } from 'reeve/sdk'
import { testCollection, testRun } from 'reeve/sdk/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { etcd } from './index.ts'

const binary = [...(process.env['PATH'] ?? '').split(':'), '/usr/bin', '/usr/local/bin']
  .map((folder) => join(folder, 'etcd'))
  .find((file) => existsSync(file))
const passwords = { root: 'planted-Iron-41', app: 'planted-Oak-42', backup: 'planted-Elm-43' }
const run = testRun({ fetch: globalThis.fetch })
const [users, roles] = [etcd.collections![0]!, etcd.collections![1]!]
const base64 = (text: string) => Buffer.from(text).toString('base64')

let server: Awaited<ReturnType<typeof startEtcd>>
beforeEach((context) => {
  if (binary === undefined) context.skip('there is no etcd here (Debian: etcd-server)')
})
beforeAll(async () => {
  if (binary === undefined) return
  server = await startEtcd(binary)
  await plant()
})
afterAll(() => server?.stop())

const connect = (user: keyof typeof passwords, password = passwords[user]) =>
  etcd.connect({ url: server.url, user, password }, run)
const secrets = Object.values(passwords)

test('users have passwords and roles; only the known password has a fingerprint', async () => {
  const read = await testCollection(users, await connect('root'), run, { secrets })
  expect(read.entity(`${server.key}/user/root`).attributes).toEqual({ privileged: true })
  expect(read.entity(`${server.key}/user/app`).attributes).toEqual({ privileged: false })
  expect(read.entity(`${server.key}/user/root/password`).fingerprint).toBe(run.fingerprint(passwords.root))
  expect(read.entity(`${server.key}/user/app/password`).fingerprint).toBeUndefined()
  expect(read.sentences).toEqual(
    [
      ...['app', 'backup', 'root', 'web%2Fby-certificate'].map(
        (name) => `${server.key}/user/${name}/password authenticates ${server.key}/user/${name}`,
      ),
      `${server.key}/user/app has ${server.key}/role/app-rw`,
      `${server.key}/user/backup has ${server.key}/role/reads-all`,
      `${server.key}/user/root has ${server.key}/role/root`,
    ].sort(),
  )
})

test('roles allow ranges of keys, and two roles may share one', async () => {
  const read = await testCollection(roles, await connect('root'), run, { secrets })
  expect(read.entity(server.key).attributes['authentication']).toBe(true)
  expect(read.entities.filter(({ type }) => type === 'etcd_range')).toHaveLength(3)
  const privileges = Object.fromEntries(
    read.edges
      .filter(({ verb }) => verb === 'allows')
      .map(({ from, to, attributes }) => [
        `${read.entity(from).name}: ${read.entity(to).name}`,
        attributes?.['privileges'],
      ]),
  )
  expect(privileges).toEqual({
    'app-rw: keys from /app/ to before /app0': ['READWRITE'],
    'app-rw: key /shared/ü': ['WRITE'],
    'reads-all: key /shared/ü': ['READ'],
    'reads-all: keys from \0 on': ['READ'],
    [`root: ${server.key.slice('etcd:'.length)}`]: ['everything'],
  })
})

test('a user without the role root is refused, with what to grant', async () => {
  const client = await connect('app')
  for (const collection of [users, roles]) {
    const refusal: unknown = await testCollection(collection, client, run, { secrets }).catch((error) => error)
    expect(refusal).toBeInstanceOf(Refused)
    expect(refusal).toMatchObject({ permission: 'etcdctl user grant-role app root' })
  }
})

test('a wrong password is refused and not repeated', async () => {
  const refusal = await connect('app', 'planted-Ash-44').catch((error: Error) => error)
  expect(refusal).toMatchObject({ code: 'source/refused', permission: 'the password of app' })
  expect(String(refusal)).not.toContain('planted')
})

test('a cluster whose authentication is switched off is read, and says so', async () => {
  const { headers } = await connect('root')
  await server.ask('auth/disable', {}, headers)
  const read = await testCollection(roles, await connect('root'), run, { secrets })
  expect(read.entity(server.key).attributes).toEqual({ authentication: false, tls: false })
})

async function plant(): Promise<void> {
  for (const name of ['root', 'app', 'backup'] as const)
    await server.ask('auth/user/add', { name, password: passwords[name] })
  await server.ask('auth/user/add', { name: 'web/by-certificate', options: { no_password: true } })
  for (const name of ['root', 'app-rw', 'reads-all']) await server.ask('auth/role/add', { name })
  const allow = (name: string, permType: string, key: string, end = '') =>
    server.ask('auth/role/grant', { name, perm: { permType, key: base64(key), range_end: base64(end) } })
  await allow('app-rw', 'READWRITE', '/app/', '/app0')
  await allow('app-rw', 'WRITE', '/shared/ü')
  await allow('reads-all', 'READ', '/shared/ü')
  await allow('reads-all', 'READ', '\0', '\0')
  for (const [user, role] of [
    ['root', 'root'],
    ['app', 'app-rw'],
    ['backup', 'reads-all'],
  ])
    await server.ask('auth/user/grant', { user, role })
  await server.ask('auth/enable')
}

async function startEtcd(file: string) {
  const folder = await mkdtemp(join(tmpdir(), 'reeve-etcd-'))
  const url = `http://127.0.0.1:${await freePort()}`
  const peers = `http://127.0.0.1:${await freePort()}`
  const settings = {
    'data-dir': join(folder, 'data'),
    'listen-client-urls': url,
    'advertise-client-urls': url,
    'listen-peer-urls': peers,
    'initial-advertise-peer-urls': peers,
    'initial-cluster': `default=${peers}`,
    'bcrypt-cost': '4',
  }
  const argv = Object.entries(settings).map(([name, value]) => `--${name}=${value}`)
  // etcd 3.4 starts on arm64 only when it is told so.
  const child = spawn(file, argv, {
    cwd: folder,
    env: { ETCD_UNSUPPORTED_ARCH: process.arch },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  child.stderr.on('data', (chunk) => {
    log += chunk
  })
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const stop = async () => {
    child.kill('SIGKILL')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  const ask = async (method: string, body = {}, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${url}/v3/${method}`, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${method}: ${await answer.text()}`)
  }
  for (const end = Date.now() + 60_000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    if (
      await ask('maintenance/status').then(
        () => true,
        () => false,
      )
    )
      break
    if (Date.now() < end && child.exitCode === null) continue
    await stop()
    throw new Error(`etcd did not start: ${log.slice(-2000)}`)
  }
  return { url, key: `etcd:${new URL(url).host}`, ask, stop }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as { port: number }
  await new Promise((resolve) => probe.close(resolve))
  return port
}
