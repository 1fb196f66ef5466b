import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Facets, Inventory } from '../read/index.ts'
import { read } from './testing/estate.ts'
import { type Client, type TestServer, testServer } from './testing/index.ts'

const DAY = 86_400_000
const ago = (days: number) => ({ value: new Date(Date.now() - days * DAY).toISOString() })
let server: TestServer
let viewer: Client

beforeAll(async () => {
  server = await testServer()
  viewer = await server.as('viewer')
  await read(server.database, [
    { kind: 'resource', type: 'linux_host', key: 'host:ops', environment: 'production' },
    { kind: 'person', type: 'person', key: 'person:mara@x.org', name: 'Mara Quill' },
    { kind: 'person', type: 'person', key: 'person:bo@x.org', name: 'Bo', attributes: { disabled: true } },
    ...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name, index) => ({
      kind: 'identity' as const,
      type: 'demo_service_account',
      key: `demo:${name}`,
      name: `seeded ${name}`,
      lastUsed: ago(91 + index),
      attributes: { mfa: false, accountKind: 'service' },
    })),
    {
      kind: 'identity',
      type: 'demo_service_account',
      key: 'demo:recent',
      lastUsed: ago(3),
      attributes: { mfa: false },
    },
    { kind: 'identity', type: 'demo_service_account', key: 'demo:mfa', lastUsed: ago(200), attributes: { mfa: true } },
    { kind: 'identity', type: 'demo_role', key: 'demo:role', lastUsed: ago(200), attributes: { mfa: false } },
    {
      kind: 'identity',
      type: 'linux_user',
      key: 'host:ops/user/=cmd',
      name: '=HYPERLINK("x")',
      lastUsed: { unknown: 'logs are closed to us', permission: 'adm' },
    },
    { kind: 'credential', type: 'ssh_key', key: 'ssh:SHA256:abc', method: 'ssh-key', created: ago(800) },
    { from: 'host:ops', verb: 'contains', to: 'host:ops/user/=cmd' },
    { from: 'ssh:SHA256:abc', verb: 'authenticates', to: 'demo:a' },
    { from: 'person:mara@x.org', verb: 'owns', to: 'demo:a' },
    { from: 'person:bo@x.org', verb: 'owns', to: 'demo:b' },
  ])
})
afterAll(() => server.close())

const page = async (query: string): Promise<Inventory> => {
  const answer = await viewer('GET', `/v1/entities?${query}`)
  if (answer.status !== 200) throw server.errors.at(-1) ?? new Error(answer.text)
  return answer.body
}
const keys = async (q: string, more = '') =>
  (await page(`q=${encodeURIComponent(q)}&sort=name${more}`)).rows.map((row) => row.key)

test('type:service_account mfa:false lastUsed:>90d finds the seeded seven and nothing else', async () => {
  expect(await keys('type:service_account mfa:false lastUsed:>90d')).toEqual(
    ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `demo:${name}`),
  )
})

test('what is not known says why, and what would answer it', async () => {
  const [row] = (await page(`q=${encodeURIComponent('used:unknown')}`)).rows
  expect(row).toMatchObject({
    key: 'host:ops/user/=cmd',
    lastUsed: { unknown: 'logs are closed to us', permission: 'adm' },
    created: { unknown: 'not reported by host-ops' },
    environment: { value: 'production' },
    where: 'ops',
    oldestCredential: { notApplicable: 'no credential of its own was found' },
  })
})

test('owners, people who left, and the age of the oldest credential', async () => {
  expect(await keys('owner:mara')).toEqual(['demo:a'])
  expect(await keys('owner:left')).toEqual(['demo:b'])
  expect(await keys('age:>1y')).toEqual(['demo:a'])
  const [row] = (await page(`q=${encodeURIComponent('owner:"Mara Quill"')}`)).rows
  expect(row).toMatchObject({
    owner: { key: 'person:mara@x.org', name: 'Mara Quill', left: false, assignedBy: 'host-ops' },
    credentials: 1,
  })
})

test('pages join without a gap or a repeat, also when a row leaves in between, and by position', async () => {
  const whole = await keys('')
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const next: Inventory = await page(`sort=name&limit=3${cursor ? `&cursor=${cursor}` : ''}`)
    seen.push(...next.rows.map((row) => row.key))
    cursor = next.next
  }
  expect(seen).toEqual(whole)
  expect((await page('sort=name&limit=2&position=4')).rows.map((row) => row.key)).toEqual(whole.slice(4, 6))
  expect((await page('sort=-name&limit=2')).rows.map((row) => row.key)).toEqual(whole.toReversed().slice(0, 2))
})

test('every count of every facet equals its row query, with and without a query', async () => {
  for (const q of [
    '',
    'type:service_account',
    'used:>90d -owner:mara',
    'mfa:false',
    'env:unknown seeded',
    'verdict:high used:unknown',
  ]) {
    for (const kind of ['identity', 'credential', 'person']) {
      const { facets, total } = (await viewer('GET', `/v1/facets?kind=${kind}&q=${encodeURIComponent(q)}`))
        .body as Facets
      expect(total.count).toBe((await page(`kind=${kind}&q=${encodeURIComponent(q)}`)).total.count)
      for (const { field, values } of facets) {
        // A choice replaces the choices of its own facet.
        const others = q.split(' ').filter((word) => !word.replace('-', '').startsWith(`${field}:`))
        for (const { word, count } of values) {
          const rows = await page(`kind=${kind}&q=${encodeURIComponent([...others, word].join(' '))}`)
          expect([q, kind, word, rows.total.count, rows.rows.length]).toEqual([q, kind, word, count, count])
        }
      }
    }
  }
})

test('the answer sentence counts what its links would show', async () => {
  const all = await page('')
  expect(all.unowned).toBe((await page('q=owner:none')).total.count)
  expect(all.unknownUse).toBe((await page('q=used:unknown')).total.count)
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from graph.node where kind = 'identity'`.execute(
    server.db,
  )
  expect(all.ofAll).toEqual({ count: rows[0]!.n, exact: true })
})

test('the CSV has every row of the query and runs no formula', async () => {
  const { text, headers } = await viewer('GET', '/v1/entities.csv?sort=name')
  expect(headers.get('content-type')).toContain('text/csv')
  const lines = text.trim().split('\n')
  expect(lines).toHaveLength(1 + (await page('')).total.count)
  expect(text).toContain(`"'=HYPERLINK(""x"")"`)
  expect(text).toContain('unknown: logs are closed to us')
})

describe('a query that cannot be', () => {
  test.each([
    ['onwer:none', 'query/unknown-field', 'owner'],
    ['used:soon', 'query/value', undefined],
    [`name:${'x'.repeat(2001)}`, 'http/invalid', undefined],
  ])('%.20s', async (q, code, suggestion) => {
    const answer = await viewer('GET', `/v1/entities?q=${encodeURIComponent(q)}`)
    expect([answer.status, answer.body.code, answer.body.suggestion]).toEqual([400, code, suggestion])
  })
  test.each([
    'cursor=xyz',
    'cursor=W10',
    'limit=0',
    'limit=501',
    'kind=robot',
    'sort=password',
    'position=-1',
    'q=a&q=b',
  ])('%s', async (query) => {
    expect((await viewer('GET', `/v1/entities?${query}`)).status).toBe(400)
  })
  test('hostile words are words', async () => {
    for (const q of ["'; drop table graph.node; --", '%', '_', '\\', "a' or '1'='1", '💥', 'mfa:"\' or true --"']) {
      expect((await viewer('GET', `/v1/entities?q=${encodeURIComponent(q)}`)).status).toBe(200)
    }
    expect((await viewer('GET', '/v1/entities?q=%00')).status).toBe(200)
  })
})

test('a change is seen by the next question', async () => {
  const before = (await page('')).total.count
  await read(server.database, [{ kind: 'identity', type: 'demo_role', key: 'demo:late' }], { connection: 'late' })
  expect((await page('')).total.count).toBe(before + 1)
  expect(await keys('source:late')).toEqual(['demo:late'])
})
