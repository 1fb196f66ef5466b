/** The commands over a real server, which sends to a real one. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { deliverDue, observeAlerts } from '../alert/index.ts'
import { createToken } from '../http/accounts.ts'
import { read, type TestServer, testServer } from '../http/testing/index.ts'
import { apiAt } from './api.ts'
import { runCli } from './index.ts'
import type { Reeve } from './reeve.ts'

let server: TestServer
let reeve: Reeve
let out: string
let err: string
let url: string
let close: () => void
const got: string[] = []

beforeEach(async () => {
  server = await testServer()
  const admin = await server.as('admin')
  const { id } = (await admin('GET', '/v1/session')).body.user
  const caller = {
    id,
    actor: 'test',
    name: 'test',
    role: 'admin' as const,
    scopes: null,
    csrf: null,
    hash: Buffer.alloc(0),
    expires: null,
  }
  const { value } = await createToken(server.db, server.app.clock, caller, {
    name: 'cli',
    scopes: ['read', 'write', 'admin'],
    days: 1,
  })
  reeve = { version: '1', api: async () => apiAt(server.url, value) } as Partial<Reeve> as Reeve
  got.splice(0)
  const listener = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    got.push(body)
    response.writeHead(request.url === '/no' ? 403 : 200).end()
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`
  close = () => {
    listener.closeAllConnections()
    listener.close()
  }
  process.env['SLACK_TEST'] = `${url}/services/T0/B0/xyzxyzxyz`
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += text
    return true
  })
})
afterEach(async () => {
  vi.restoreAllMocks()
  delete process.env['SLACK_TEST']
  process.exitCode = undefined
  close()
  await server.close()
})

async function run(...argv: string[]): Promise<{ status: typeof process.exitCode; out: string; err: string }> {
  out = ''
  err = ''
  process.exitCode = undefined
  await runCli(['alerts', ...argv], reeve)
  return { status: process.exitCode, out, err }
}

test('a channel is added with its secret from the environment, tried, paused, resumed and removed', async () => {
  expect((await run('channels')).out).toContain('Alerts go nowhere yet.')
  const added = await run(
    'channels',
    'add',
    'slack',
    '--set',
    'url=env:SLACK_TEST',
    '--severity',
    'high',
    '--events',
    'ending,privilege',
  )
  expect([added.status, added.out]).toEqual([0, expect.stringContaining('reeve alerts test slack')])
  expect(JSON.parse((await run('channels', '--json')).out).rows).toMatchObject([
    { id: 'slack', secrets: ['url'], filter: { severity: 'high', events: ['ending', 'privilege'] } },
  ])
  expect((await run('test', 'slack')).out).toContain('The test was taken')
  expect(got.length).toBe(1)
  await run('channels', 'pause', 'slack')
  expect((await run('channels')).out).toContain('paused')
  expect((await run('channels', 'resume', 'slack')).out).toContain('gets alerts again')
  expect((await run('channels', 'remove', 'slack')).status).toBe(0)
  expect((await run('test', 'slack')).status).toBe(3)
})

test('a secret in the arguments is refused, a setting that is missing or wrong is named', async () => {
  expect(await run('channels', 'add', 'slack', '--set', 'url=https://hooks.slack.com/x')).toMatchObject({
    status: 2,
    err: expect.stringContaining('use/secret-in-arguments'),
  })
  expect((await run('channels', 'add', 'mail', '--set', 'host=h')).err).toContain("'from' is missing")
  expect((await run('channels', 'add', 'mail', '--set', 'host=h', '--set', 'from=nobody')).err).toContain(
    'from: an e-mail address',
  )
  expect((await run('channels', 'add', 'pigeon')).err).toContain('mail, slack, teams, pagerduty, webhook')
})

test('what is open, what went out and why not, and another try', async () => {
  process.env['SLACK_TEST'] = `${url}/no`
  await run('channels', 'add', 'slack', '--set', 'url=env:SLACK_TEST')
  const failed = await run('test', 'slack')
  expect([failed.status, failed.err]).toEqual([3, expect.stringContaining('answered 403')])
  await read(server.database, [
    {
      kind: 'credential',
      type: 'cert',
      key: 'demo:\u001b[31mc',
      expires: { value: new Date(Date.now() + 86_400_000 * 5).toISOString() },
    },
  ])
  await observeAlerts(server.db, { now: new Date(), link: null })
  await deliverDue(server.app.alerts!)
  const open = (await run('list', '--event', 'ending')).out
  expect(open).toContain('nobody')
  expect(open).not.toContain('\u001b[31m')
  expect((await run('deliveries', '--state', 'dead')).out).toContain('0 wait, 1 were given up.')
  const { rows } = JSON.parse((await run('deliveries', '--json')).out)
  expect((await run('retry', rows[0].id)).status).toBe(0)
  expect((await run('deliveries')).out).toContain('1 wait, 0 were given up.')
})
