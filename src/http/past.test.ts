import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Card, Facets, Inventory } from '../read/index.ts'
import { read } from './testing/estate.ts'
import { type Client, type TestServer, testServer } from './testing/index.ts'

let server: TestServer
let viewer: Client
const monday = new Date('2026-11-16T12:00:00Z')
const friday = new Date('2026-11-20T12:00:00Z')

beforeAll(async () => {
  server = await testServer()
  viewer = await server.as('viewer')
  const host = { kind: 'resource' as const, type: 'linux_host', key: 'host:a', environment: 'staging' as const }
  const key = {
    kind: 'credential' as const,
    type: 'ssh_key',
    key: 'ssh:SHA256:x',
    method: 'ssh-key' as const,
    created: { value: '2025-01-01T00:00:00.000Z' },
  }
  const role = { kind: 'entitlement' as const, type: 'demo_role', key: 'demo:role' }
  const links = [
    { from: 'host:a', verb: 'contains' as const, to: 'demo:old' },
    { from: 'ssh:SHA256:x', verb: 'authenticates' as const, to: 'demo:old' },
    { from: 'demo:old', verb: 'has' as const, to: 'demo:role' },
    { from: 'demo:role', verb: 'allows' as const, to: 'host:a', attributes: { privileges: ['root'] } },
    { from: 'person:ann@x.org', verb: 'owns' as const, to: 'demo:old' },
  ]
  const person = { kind: 'person' as const, type: 'person', key: 'person:ann@x.org', name: 'Ann' }
  await read(
    server.database,
    [host, key, role, person, ...links, { kind: 'identity', type: 'demo_user', key: 'demo:old', name: 'old name' }],
    { at: monday },
  )
  await read(
    server.database,
    [
      { ...host, environment: 'production' },
      role,
      person,
      { kind: 'identity', type: 'demo_user', key: 'demo:old', name: 'new name' },
      { kind: 'identity', type: 'demo_user', key: 'demo:late' },
    ],
    { at: friday },
  )
})
afterAll(() => server.close())

const list = async (query: string): Promise<Inventory> => {
  const answer = await viewer('GET', `/v1/entities?sort=name&${query}`)
  if (answer.status !== 200) throw server.errors.at(-1) ?? new Error(answer.text)
  return answer.body
}

test('the inventory of Tuesday has what was there on Tuesday, as it was', async () => {
  const then = await list('as-of=2026-11-17')
  expect(then.asOf).toBe('2026-11-17T23:59:59.999Z')
  expect(then.rows).toMatchObject([
    {
      key: 'demo:old',
      name: 'old name',
      environment: { value: 'staging' },
      owner: { name: 'Ann' },
      credentials: 1,
      where: 'a',
      mark: 'not-judged',
      oldestCredential: { value: '2025-01-01T00:00:00.000Z' },
    },
  ])
  expect((await list('')).rows.map(({ name }) => name)).toEqual(['late', 'new name'])
  expect((await list('as-of=2026-11-17&q=env:staging%20owner:ann')).total.count).toBe(1)
  expect((await list('as-of=2026-11-17&q=env:production')).total.count).toBe(0)
  expect((await list('as-of=2026-11-01')).total.count).toBe(0)
  const facets: Facets = (await viewer('GET', '/v1/facets?as-of=2026-11-17')).body
  expect(facets.facets.find(({ field }) => field === 'env')!.values).toMatchObject([{ value: 'staging', count: 1 }])
})

test('the card of Tuesday has the name, the key and the grants of Tuesday, and no verdict of today', async () => {
  const card: Card = (await viewer('GET', `/v1/entities/demo%3Aold?as-of=2026-11-17`)).body
  expect(card).toMatchObject({
    entity: { name: 'old name' },
    asOf: '2026-11-17T23:59:59.999Z',
    firstSeen: monday.toISOString(),
    attributes: { environment: { value: 'staging' }, methods: { value: ['ssh-key'] } },
    owners: { accountable: { name: 'Ann' } },
    credentials: [{ entity: { key: 'ssh:SHA256:x' } }],
    grants: { rows: [{ entitlement: { key: 'demo:role' }, resource: { key: 'host:a' }, actions: ['root'] }] },
    touch: { rotate: { answer: 'unknown' } },
  })
  expect(card.history.every(({ at }) => at <= card.asOf!)).toBe(true)
  const now: Card = (await viewer('GET', '/v1/entities/demo%3Aold')).body
  expect(now.entity.name).toBe('new name')
  expect(now.history.map(({ says }) => says)).toContain('name: old name → new name')
  expect((await viewer('GET', '/v1/entities/demo%3Alate?as-of=2026-11-17')).status).toBe(404)
})

test.each(['yesterday', '2026-13-01', '2026-11-17T10:00:00', "'--"])('as-of=%s is refused', async (when) => {
  expect((await viewer('GET', `/v1/entities?as-of=${encodeURIComponent(when)}`)).status).toBe(400)
})
