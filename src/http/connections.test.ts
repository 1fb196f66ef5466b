import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { runSync } from '../discover/index.ts'
import type { ConnectionPage, Connections, FirstRun } from '../read/index.ts'
import { defineProvider, ReeveError } from '../sdk/index.ts'
import { judge } from './testing/estate.ts'
import { type Client, type TestServer, testServer } from './testing/index.ts'

const demo = defineProvider({
  id: 'demo',
  title: 'Demo system',
  summary: 'Reads accounts of the demo system.',
  config: z.strictObject({
    host: z.string().min(1).meta({ title: 'Host', description: 'where it is' }),
    password: z.string().meta({ title: 'Password', description: 'of the reader', secret: true }),
  }),
  label: ({ host }) => `${host}:1`,
  async connect(config) {
    if (config.password !== 'opensesame') throw new ReeveError('demo/refused', 'the demo system refuses the password')
    return config
  },
  async nearby(place) {
    return 'host' in place ? { host: 'here', password: 'opensesame' } : null
  },
  collections: [
    {
      id: 'users',
      title: 'Users',
      yields: ['demo_user'],
      needs: ['read users'],
      async *read(_, run) {
        run.ledger.expect(3)
        yield { kind: 'identity', type: 'demo_user', key: 'demo:user/a', name: 'a', attributes: {} }
        yield { kind: 'identity', type: 'demo_user', key: 'demo:user/b', name: 'b', attributes: {} }
        run.ledger.refuse('user c is closed to us', { permission: 'GRANT see ON c' })
      },
    },
  ],
})

let server: TestServer
let admin: Client
let operator: Client
beforeAll(async () => {
  server = await testServer({ providers: [demo] })
  admin = await server.as('admin')
  operator = await server.as('operator')
})
afterAll(() => server.close())

const work = async () => {
  const { rows } = await sql<{ id: number }>`select id from discover.run where state = 'waiting'`.execute(server.db)
  for (const { id } of rows) await runSync(server.app.discovery, id)
  await judge(server.database)
}

test('a source is described, tested, connected, read, changed, and never gives its secret back', async () => {
  const form = await operator('GET', '/v1/providers/demo')
  expect(form.body).toMatchObject({
    needs: ['read users'],
    writes: false,
    form: { properties: { password: { secret: true, title: 'Password' } }, required: ['host', 'password'] },
  })
  expect((await operator('GET', '/v1/providers')).body.rows.map((row: { id: string }) => row.id)).toEqual([
    'self',
    'demo',
  ])

  const wrong = await admin('POST', '/v1/connections/test', {
    body: { provider: 'demo', settings: { host: 'db', password: 'wrong' } },
  })
  expect(wrong.body).toMatchObject({ ok: false, error: { code: 'demo/refused' } })
  const settings = { host: 'db', password: 'opensesame' }
  expect((await admin('POST', '/v1/connections/test', { body: { provider: 'demo', settings } })).body).toEqual({
    ok: true,
    label: 'db:1',
    error: null,
  })
  expect(
    (await admin('POST', '/v1/connections', { body: { provider: 'demo', settings: { host: '' } } })).body,
  ).toMatchObject({ status: 422, code: 'discover/settings', fields: [{ path: 'host' }, { path: 'password' }] })

  const made = await admin('POST', '/v1/connections', { body: { provider: 'demo', settings, id: 'demo-db' } })
  expect(made.status).toBe(201)
  expect(made.body).toMatchObject({
    settings: { host: 'db' },
    secrets: ['password'],
    connection: { state: 'never', bar: { percent: null } },
  })
  expect((await admin('POST', '/v1/connections', { body: { provider: 'demo', settings, id: 'demo-db' } })).status).toBe(
    409,
  )

  const { body } = await operator('POST', '/v1/connections/demo-db/runs')
  expect((await operator('GET', '/v1/connections/demo-db')).body.connection).toMatchObject({
    state: 'running',
    run: body.run,
  })
  await work()
  const run = (await operator('GET', `/v1/runs/${body.run}`)).body
  expect(run).toMatchObject({
    run: { state: 'partial', entities: 2, added: 2, by: 'operator of the test' },
    progress: { collections: [{ obtained: 2, expected: 3, refused: 1 }] },
  })

  const page: ConnectionPage = (await operator('GET', '/v1/connections/demo-db')).body
  expect(page.connection).toMatchObject({
    state: 'partial',
    identities: 2,
    bar: { asked: 3, obtained: 2, refused: 1, percent: 66.6 },
  })
  expect(page.ledger).toMatchObject([
    { collection: 'users', title: 'Users', refused: 1, reason: 'user c is closed to us', permission: 'GRANT see ON c' },
  ])
  const list: Connections = (await operator('GET', '/v1/connections')).body
  expect(list.rows.map((row) => row.connection)).toEqual(['demo-db'])
  expect(list.bar).toMatchObject({ asked: 3, obtained: 2 })

  const moved = await admin('PATCH', '/v1/connections/demo-db', { body: { settings: { host: 'db2' } } })
  expect(moved.body).toMatchObject({ settings: { host: 'db2' }, secrets: ['password'], connection: { title: 'db2:1' } })
  expect(
    (
      await admin('POST', '/v1/connections/test', {
        body: { provider: 'demo', settings: { host: 'db2' }, connection: 'demo-db' },
      })
    ).body.ok,
  ).toBe(true)
  for (const path of [
    '/v1/connections',
    '/v1/connections/demo-db',
    '/v1/runs',
    `/v1/runs/${body.run}`,
    '/v1/audit',
    '/v1/first-run',
    '/v1/providers',
  ]) {
    expect((await admin('GET', path)).text).not.toContain('opensesame')
  }
  expect((await admin('DELETE', '/v1/connections/demo-db')).status).toBe(204)
  expect((await operator('GET', '/v1/connections/demo-db')).status).toBe(404)
  expect((await operator('GET', '/v1/entities')).body.total.count).toBe(0)
})

test('the first run offers what is near, reads it without settings, and shows what came', async () => {
  const before: FirstRun = (await operator('GET', '/v1/first-run')).body
  expect(before.offers).toMatchObject([{ provider: 'demo', ready: true, needs: ['read users'] }])
  expect(before.writePermissions).toBe(0)
  const started = await admin('POST', '/v1/first-run/read', { body: { provider: 'demo' } })
  expect(started.status).toBe(202)
  expect((await operator('GET', '/v1/frame')).body).toMatchObject({
    firstRun: true,
    running: [{ run: started.body.run, title: 'here:1' }],
  })
  await work()
  const after: FirstRun = (await operator('GET', '/v1/first-run')).body
  expect(after.identities).toBe(2)
  expect(after.sources).toMatchObject([
    { title: 'here:1', state: 'partial', identities: 2, collections: [{ state: 'partial' }] },
  ])
  expect((await operator('GET', '/v1/frame')).body).toMatchObject({ firstRun: false, running: [] })
  expect((await admin('POST', '/v1/first-run/read', { body: { provider: 'nothing' } })).status).toBe(404)
})

test('a waiting run is cancelled; one that is not there cannot be', async () => {
  const [{ connection }] = (await operator('GET', '/v1/connections')).body.rows
  const { run } = (await operator('POST', `/v1/connections/${connection}/runs`)).body
  expect((await operator('POST', `/v1/runs/${run}/cancel`)).body.run.state).toBe('cancelled')
  expect((await operator('POST', '/v1/runs/99999/cancel')).status).toBe(404)
})

test('events tell of runs and of changes, and end with the session', async () => {
  const { secret } = await (await import('./accounts.ts')).issueLink(server.db, server.app.clock, {
    account: null,
    by: 'test',
  })
  const signedIn = await server.anyone('POST', '/v1/session', { body: { link: secret } })
  const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!
  const controller = new AbortController()
  const response = await fetch(`${server.url}/v1/events`, { headers: { cookie }, signal: controller.signal })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const until = async (word: string) => {
    while (!text.includes(word)) {
      const { value, done } = await reader.read()
      if (done) throw new Error(`ended before ${word}: ${text}`)
      text += value
    }
  }
  await until('retry')
  const [{ connection }] = (await operator('GET', '/v1/connections')).body.rows
  await new Promise((resolve) => setTimeout(resolve, 1_200))
  const { run } = (await operator('POST', `/v1/connections/${connection}/runs`)).body
  await until(`"run":${run}`)
  await work()
  await until('event: estate')
  await until('"state":"partial"')
  controller.abort()
})
