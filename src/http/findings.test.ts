import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FindingPage, FindingsPage } from '../read/index.ts'
import { read } from './testing/estate.ts'
import { type Client, type TestServer, testServer } from './testing/index.ts'

const DAY = 86_400_000
const ago = (days: number) => ({ value: new Date(Date.now() - days * DAY).toISOString() })
let server: TestServer
let operator: Client

beforeAll(async () => {
  server = await testServer()
  operator = await server.as('operator')
  await read(
    server.database,
    [
      ...['a', 'b', 'c'].map((name) => ({
        kind: 'identity' as const,
        type: 'demo_user',
        key: `demo:${name}`,
        name: `svc-${name}`,
        lastUsed: ago(1),
        attributes: { accountKind: 'service' },
      })),
      { kind: 'resource', type: 'demo_table', key: 'demo:orders', name: 'orders', environment: 'production' },
      { kind: 'credential', type: 'demo_key', key: 'demo:key', name: 'key 1', method: 'access-key', created: ago(900) },
      { from: 'demo:key', verb: 'authenticates', to: 'demo:a' },
      { from: 'demo:a', verb: 'allows', to: 'demo:orders' },
    ],
    { connection: 'demo', collection: 'users' },
  )
  // The jobs that use the key stand in another listing, which was read in part.
  await read(
    server.database,
    [
      { kind: 'workload', type: 'demo_job', key: 'jobs:nightly', name: 'nightly.timer' },
      { kind: 'workload', type: 'demo_job', key: 'jobs:export', name: 'export.timer' },
      { from: 'jobs:nightly', verb: 'uses', to: 'demo:key' },
      { from: 'jobs:export', verb: 'uses', to: 'demo:key' },
    ],
    {
      connection: 'jobs',
      collection: 'units',
      lines: [{ scope: '', expected: 3, obtained: 2, refused: 1, reason: 'refused', permission: 'root' }],
    },
  )
})
afterAll(() => server.close())

const ids = async (q: string): Promise<string[]> => {
  const { body } = await operator('GET', `/v1/findings?${new URLSearchParams({ q, by: 'rule' })}`)
  return (body as FindingsPage).groups.flatMap(({ findings }) => findings.map(({ id }) => id))
}
const page = async (id: string): Promise<FindingPage> => (await operator('GET', `/v1/findings/${id}`)).body

test('several are muted each for itself: one that is refused holds no other back, and each has its way back', async () => {
  const [first, second] = await ids('rule:identity-without-owner')
  const until = new Date(Date.now() + 30 * DAY).toISOString().slice(0, 10)
  const body = { ids: [first, 'F-99999', second, first], until, reason: 'they meet on Monday' }
  const { status, body: answer } = await operator('POST', '/v1/findings/mute', { body })
  expect(status).toBe(200)
  expect(answer.rows).toEqual([
    { id: first, undo: expect.stringMatching(/^\d+$/), refused: null },
    { id: 'F-99999', undo: null, refused: expect.stringContaining('there is none') },
    { id: second, undo: expect.stringMatching(/^\d+$/), refused: null },
  ])
  expect((await ids('state:muted')).sort()).toEqual([first, second].sort())
  for (const { id, undo } of answer.rows)
    if (undo) expect((await operator('POST', `/v1/findings/${id}/undo`, { body: { undo } })).status).toBe(200)
  expect(await ids('state:muted')).toEqual([])
})

test('a mute of many beyond 90 days mutes none; without the right, or of nothing, it is refused as a whole', async () => {
  const [first] = await ids('rule:identity-without-owner')
  const body = { ids: [first], until: new Date(Date.now() + 120 * DAY).toISOString(), reason: 'too long' }
  const late = await operator('POST', '/v1/findings/mute', { body })
  expect(late.body.rows).toEqual([{ id: first, undo: null, refused: expect.stringContaining('90 days') }])
  const viewer = await server.as('viewer')
  expect((await viewer('POST', '/v1/findings/mute', { body })).status).toBe(403)
  expect((await operator('POST', '/v1/findings/mute', { body: { ...body, ids: [] } })).status).toBe(400)
})

test('a piece of evidence names the listing that told it, with how whole that was', async () => {
  const [id] = await ids('rule:credential-reused')
  const { because } = await page(id!)
  const told = because.find(({ says }) => says.includes('nightly.timer'))
  expect(told).toMatchObject({
    connection: 'jobs',
    collection: 'units',
    source: 'jobs, units',
    complete: false,
    ledger: '2 of 3 read, 1 refused',
  })
  const [old] = await ids('rule:credential-long-lived')
  expect((await page(old!)).because[0]).toMatchObject({ connection: 'demo', collection: 'users', complete: true })
})

test('the parts of what a finding weighs add up, whatever it is about', async () => {
  for (const id of [...(await ids('')), ...(await ids('kind:credential'))]) {
    const { severityParts, score } = await page(id)
    expect(severityParts.reduce((sum, { points }) => sum + points, 0)).toBe(score)
    expect(new Set(severityParts.map(({ factor }) => factor)).size).toBe(severityParts.length)
  }
})

test('what depends on it says whether it takes a new key by itself', async () => {
  const [id] = await ids('rule:credential-long-lived')
  const { cost } = await page(id!)
  expect(cost.dependents.map(({ name, takesNewKey }) => [name, takesNewKey])).toEqual([
    ['export.timer', 'unknown'],
    ['nightly.timer', 'unknown'],
  ])
  expect(cost).toMatchObject({ byItself: 0, dependentCount: 2, reachedCount: 1, sensitiveCount: 1 })
  expect(cost.reached[0]).toMatchObject({ name: 'orders', sensitive: true })
})
