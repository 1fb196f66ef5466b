import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Bulk, Inventory } from '../read/index.ts'
import { runBulk } from './bulk-run.ts'
import { read } from './testing/estate.ts'
import { type Client, type TestServer, testServer } from './testing/index.ts'

let server: TestServer
let operator: Client
let owner: Client

const user = (n: number) =>
  ({ kind: 'identity', type: 'linux_user', key: `host:ops/user/u${n}`, name: `u${n}`, attributes: {} }) as const
/** Long-lived keys: each of their identities has an open finding. */
const estate = (identities: number) => [
  { kind: 'person', type: 'person', key: 'person:mara@x.org', name: 'Mara Quill' } as const,
  ...Array.from({ length: identities }, (_, n) => user(n)),
]
beforeAll(async () => {
  server = await testServer()
  operator = await server.as('operator')
  owner = await server.as('owner')
  await read(server.database, estate(60))
})
afterAll(() => server.close())

const list = async (q = '', sort = 'name'): Promise<Inventory> =>
  (await operator('GET', `/v1/entities?q=${encodeURIComponent(q)}&sort=${sort}&limit=10`)).body
const run = async (id: string): Promise<Bulk> => {
  await runBulk(server.app, id)
  return (await operator('GET', `/v1/bulk/${id}`)).body
}
const begin = async (client: Client, what: string, body: object) => client('POST', `/v1/bulk/${what}`, { body })

test('all that match are those of the list as it was shown, but the ones taken out', async () => {
  const shown = await list('owner:none')
  expect(shown.total.count).toBe(60)
  // What comes after it was shown is not meant.
  await read(server.database, estate(62))
  const started = await begin(operator, 'owner', {
    chosen: { list: shown.snapshot, except: ['host:ops/user/u3'] },
    person: 'person:mara@x.org',
    name: 'Mara Quill',
  })
  expect([started.status, started.body.state, started.body.total]).toEqual([202, 'running', 59])
  const done = await run(started.body.id)
  expect(done).toMatchObject({
    state: 'done',
    done: 59,
    refused: 0,
    undoable: true,
    says: 'Mara Quill answers for them',
  })
  expect((await list('owner:none')).rows.map(({ name }) => name)).toEqual(['u3', 'u60', 'u61'])
  expect((await list('owner:mara')).total.count).toBe(59)

  const undoing = (await operator('POST', `/v1/bulk/${done.id}/undo`)).body
  expect(await run(undoing.id)).toMatchObject({ what: 'undo', done: 59, refused: 0, undoable: false })
  expect((await list('owner:none')).total.count).toBe(62)
  expect((await operator('POST', `/v1/bulk/${done.id}/undo`)).status).toBe(409)
})

test('each refused row says why, and the others are done', async () => {
  const { body } = await begin(owner, 'label', {
    chosen: { keys: ['host:ops/user/u1', 'host:ops/user/none', 'host:ops/user/u2', 'host:ops/user/u1'] },
    label: 'accountKind',
    value: 'service',
  })
  await runBulk(server.app, body.id)
  const done: Bulk = (await owner('GET', `/v1/bulk/${body.id}`)).body
  expect(done).toMatchObject({ total: 3, done: 2, refused: 1, state: 'done' })
  expect(done.reasons).toEqual([{ says: 'nothing describes that key now', count: 1, first: 'host:ops/user/none' }])
  const { rows } = (await owner('GET', `/v1/bulk/${body.id}/rows`)).body
  expect(rows.map((row: { entity: string; state: string }) => [row.entity, row.state])).toEqual([
    ['host:ops/user/none', 'refused'],
    ['host:ops/user/u1', 'done'],
    ['host:ops/user/u2', 'done'],
  ])
  expect((await list('account:service')).total.count).toBe(2)
  // Each row is on the record by itself, and the act as a whole.
  const { rows: audited } = await sql<{ action: string; n: number }>`
    select action, count(*)::int as n from platform.audit where action in ('label.set', 'bulk.label') group by 1 order by 1`.execute(
    server.db,
  )
  expect(audited).toEqual([
    { action: 'bulk.label', n: 1 },
    { action: 'label.set', n: 2 },
  ])
  expect((await (await server.as('viewer'))('GET', `/v1/bulk/${body.id}`)).status).toBe(403)
})

test('what somebody changed since is not taken back with the rest', async () => {
  const keys = ['host:ops/user/u10', 'host:ops/user/u11']
  const { body } = await begin(operator, 'owner', { chosen: { keys }, person: 'bo@x.org' })
  await run(body.id)
  await operator('PUT', `/v1/entities/${encodeURIComponent(keys[0]!)}/owner`, { body: { person: 'person:mara@x.org' } })
  const undone = await run((await operator('POST', `/v1/bulk/${body.id}/undo`)).body.id)
  expect(undone).toMatchObject({ done: 1, refused: 1 })
  expect((await list('owner:mara')).rows.map(({ key }) => key)).toEqual([keys[0]])
})

test('what was so already stays when the act is taken back', async () => {
  const key = 'host:ops/user/u20'
  await operator('PUT', `/v1/entities/${encodeURIComponent(key)}/owner`, { body: { person: 'person:mara@x.org' } })
  const { body } = await begin(operator, 'owner', { chosen: { keys: [key] }, person: 'person:mara@x.org' })
  expect(await run(body.id)).toMatchObject({ done: 1, undoable: false })
})

test('open findings are muted and opened again; a row without one is refused; an owner may not', async () => {
  const { rows } = await sql<{ subject: string; n: number }>`
    select subject, count(*)::int as n from assess.finding where state = 'open' and verdict = 'fail' group by 1 order by 1 limit 3`.execute(
    server.db,
  )
  expect(rows.length).toBeGreaterThan(0)
  const chosen = { keys: [...rows.map(({ subject }) => subject), 'person:mara@x.org'] }
  const until = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10)
  expect((await begin(owner, 'mute', { chosen, until, reason: 'moving house' })).body.code).toBe('access/role')
  const { body } = await begin(operator, 'mute', { chosen, until, reason: 'moving house' })
  const done = await run(body.id)
  expect(done).toMatchObject({ done: rows.length, refused: 1 })
  expect(done.reasons[0]!.says).toBe('no finding of it is open')
  const muted = async () =>
    (await sql<{ n: number }>`select count(*)::int as n from assess.finding where state = 'muted'`.execute(server.db))
      .rows[0]!.n
  expect(await muted()).toBe(rows.reduce((sum, { n }) => sum + n, 0))
  await run((await operator('POST', `/v1/bulk/${done.id}/undo`)).body.id)
  expect(await muted()).toBe(0)
})

test('an act that is stopped keeps what was done, and a list that is forgotten is refused', async () => {
  const shown = await list('')
  const { body } = await begin(operator, 'label', {
    chosen: { list: shown.snapshot },
    label: 'accountKind',
    value: 'system',
  })
  await operator('POST', `/v1/bulk/${body.id}/stop`)
  expect(await run(body.id)).toMatchObject({ state: 'stopped', done: 0, undoable: false })
  const gone = await begin(operator, 'label', {
    chosen: { list: 'AAAAAAAAAAAA' },
    label: 'accountKind',
    value: 'system',
  })
  expect([gone.status, gone.body.code]).toEqual([404, 'list/gone'])
})

test('a process that dies between two batches leaves each row done once', async () => {
  const { body } = await begin(operator, 'label', {
    chosen: { list: (await list('')).snapshot },
    label: 'accountKind',
    value: 'human',
  })
  const stop = new AbortController()
  const before = server.app.clock.now
  let looks = 0
  const dying = { now: () => (++looks > 1 && stop.abort(), before()), sleep: server.app.clock.sleep }
  await runBulk({ ...server.app, clock: dying }, body.id, stop.signal)
  const half: Bulk = (await operator('GET', `/v1/bulk/${body.id}`)).body
  expect(half.state).toBe('running')
  expect(half.done).toBeGreaterThan(0)
  expect(half.done).toBeLessThan(half.total)
  expect(await run(body.id)).toMatchObject({ state: 'done', done: half.total, refused: 0 })
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from act.assignment where value = 'human' and ended_at is null`.execute(server.db)
  expect(rows[0]!.n).toBe(half.total)
})
