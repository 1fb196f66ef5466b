import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Counts, Facets, Inventory, ListChanges } from '../read/index.ts'
import { read } from './testing/estate.ts'
import { type Client, type TestServer, testServer } from './testing/index.ts'

const DAY = 86_400_000
const ago = (days: number) => ({ value: new Date(Date.now() - days * DAY).toISOString() })
let server: TestServer
let client: Client

const user = (n: number): Parameters<typeof read>[1][number] => ({
  kind: 'identity',
  type: n % 3 === 0 ? 'demo_service_account' : 'linux_user',
  key: `demo:${n}`,
  name: `user ${String(n).padStart(3, '0')}`,
  lastUsed: n % 7 === 0 ? { unknown: 'the log is closed' } : ago(n * 2),
  attributes: n % 2 === 0 ? { accountKind: 'service', mfa: false } : { mfa: true },
})
const estate = (numbers: readonly number[]): Parameters<typeof read>[1] => [
  { kind: 'person', type: 'person', key: 'person:mara@x.org', name: 'Mara Quill' } as const,
  ...numbers.map(user),
  ...numbers
    .filter((n) => n % 5 === 0)
    .map((n) => ({ from: 'person:mara@x.org', verb: 'owns' as const, to: `demo:${n}` })),
]
const hoursAgo = (hours: number) => ({ at: new Date(Date.now() - hours * 3_600_000) })
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)

beforeAll(async () => {
  server = await testServer()
  client = await server.as('viewer')
})
afterAll(() => server.close())

const get = async <T>(path: string): Promise<T> => {
  const answer = await client('GET', path)
  if (answer.status !== 200) throw server.errors.at(-1) ?? new Error(answer.text)
  return answer.body
}
const list = (query: string) => get<Inventory>(`/v1/entities?sort=name&limit=10&${query}`)

test('pages of a list join although rows come, go and change meanwhile; what went is told as gone', async () => {
  await read(server.database, estate(upTo(40)), hoursAgo(3))
  const first = await list('')
  await read(
    server.database,
    estate([...upTo(60).slice(20), 1000]).map((one) =>
      'name' in one && one.key === 'demo:30' ? { ...one, name: 'renamed' } : one,
    ),
    hoursAgo(2),
  )
  const rest = await Promise.all(
    [1, 2, 3].map((page) => get<Inventory>(`/v1/lists/${first.snapshot}?limit=10&position=${page * 10}`)),
  )
  const rows = [...first.rows, ...rest.flatMap((page) => page.rows)]
  expect(rows.map(({ key }) => key)).toEqual(upTo(40).map((n) => `demo:${n}`))
  expect(rest[0]!.rows.every(({ gone }) => gone !== null)).toBe(true)
  expect(rows[12]).toMatchObject({ name: 'user 012', lastUsed: { unknown: expect.any(String) }, mark: 'not-judged' })
  expect(rest[2]!.rows[0]).toMatchObject({ key: 'demo:30', name: 'renamed', gone: null })
  expect(new Set([first, ...rest].map(({ snapshot, total }) => `${snapshot} ${total.count}`)).size).toBe(1)

  expect(await get<ListChanges>(`/v1/lists/${first.snapshot}/changes`)).toMatchObject({ came: 21, went: 20 })
  const fresh = await list('')
  expect(fresh.snapshot).not.toBe(first.snapshot)
  expect(await get<ListChanges>(`/v1/lists/${fresh.snapshot}/changes`)).toMatchObject({ came: 0, went: 0 })
})

test('a list that is forgotten says so', async () => {
  for (const path of ['/v1/lists/AAAAAAAAAAAA', '/v1/lists/AAAAAAAAAAAA/changes']) {
    const answer = await client('GET', path)
    expect([answer.status, answer.body.code]).toEqual([404, 'list/gone'])
  }
})

test('every count that is shown is the count of its rows: totals, facets, kinds, tabs and what a selection of all means', async () => {
  const queries = [
    '',
    'owner:none',
    'used:unknown',
    'used:>30d -account:service',
    'type:service_account',
    'mfa:false',
    '"user 03"',
    'verdict:unknown',
    'name:renamed',
  ]
  for (const q of queries) {
    const word = encodeURIComponent(q)
    const rows: string[] = []
    const first = await list(`q=${word}`)
    for (let position = 0; position < first.total.count; position += 10)
      rows.push(
        ...(await get<Inventory>(`/v1/lists/${first.snapshot}?limit=10&position=${position}`)).rows.map(
          ({ key }) => key,
        ),
      )
    expect([q, new Set(rows).size, rows.length]).toEqual([q, first.total.count, first.total.count])
    const owned = await list(`q=${encodeURIComponent(`${q} owner:none`)}`)
    expect([q, first.unowned]).toEqual([q, q.includes('owner') ? first.total.count : owned.total.count])
    const facets = await get<Facets>(`/v1/facets?q=${word}`)
    expect(facets.total.count).toBe(first.total.count)
    for (const { kind, count } of facets.kinds) expect(count).toBe((await list(`kind=${kind}&q=${word}`)).total.count)
    for (const { field, values } of facets.facets) {
      const others = q.split(/ (?!0)/).filter((word) => !word.replace('-', '').startsWith(`${field}:`))
      for (const { word, count } of values)
        expect([q, word, count]).toEqual([
          q,
          word,
          (await list(`q=${encodeURIComponent([...others, word].join(' '))}`)).total.count,
        ])
    }
  }
  const counts = await get<Counts>(`/v1/counts?${queries.map((q) => `q=${encodeURIComponent(q)}`).join('&')}`)
  expect(counts.rows).toHaveLength(queries.length)
  for (const { q, count } of counts.rows)
    expect([q, count]).toEqual([q, (await list(`q=${encodeURIComponent(q)}`)).total.count])
})

test('a query that cannot be asked any more says so beside those that can', async () => {
  const { rows } = await get<Counts>('/v1/counts?q=onwer%3Anone&q=owner%3Anone')
  expect(rows[0]).toMatchObject({
    q: 'onwer:none',
    count: null,
    says: expect.stringContaining('Did you mean `owner`?'),
  })
  expect(rows[1]!.count).toBeGreaterThan(0)
  expect((await get<Counts>('/v1/counts?q=')).rows).toHaveLength(1)
})

test('the file has the columns of the view in its order, and the lines of the ledger that each row came by', async () => {
  const { text } = await client(
    'GET',
    `/v1/entities.csv?q=owner:mara&sort=name&columns=${encodeURIComponent('lastUsed:120,name,owner')}`,
  )
  const lines = text.trim().split('\n')
  expect(lines[0]).toBe('key,kind,lastUsed,lastUsedBy,name,accountable,suggestedOwner,ledger')
  expect(lines).toHaveLength(1 + (await list('q=owner:mara')).total.count)
  expect(lines[1]).toMatch(/^demo:30,identity,20.*,renamed,Mara Quill,,host-ops\/all$/)
})

test('the file of an earlier day has the rows of that day', async () => {
  const then = hoursAgo(1).at.toISOString()
  await read(server.database, estate([20, 21]))
  const lines = async (more: string) =>
    (await client('GET', `/v1/entities.csv?sort=name${more}`)).text.trim().split('\n').length - 1
  expect(await lines('')).toBe(2)
  expect(await lines(`&as-of=${then}`)).toBe(41)
})
