/** The overview of an owner: what they answer for, and nothing of anybody else's; every number that of the rows its query finds. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FindingsPage, Inventory, Overview } from '../read/index.ts'
import type { Edge, Entity } from '../sdk/index.ts'
import { type Client, read, type TestServer, testServer } from './testing/index.ts'

const DAY = 86_400_000
const from = Date.now()
const at = (days: number) => ({ value: new Date(from + days * DAY).toISOString() })
let server: TestServer
let owner: Client
let admin: Client

const account = (name: string, accountKind = 'service'): Entity => ({
  kind: 'identity',
  type: 'demo_user',
  key: `demo:${name}`,
  name,
  attributes: { accountKind },
})
const person = (name: string): Entity => ({
  kind: 'person',
  type: 'person',
  key: `person:${name}@x.org`,
  name,
  attributes: {},
})
const token = (name: string, ends: number): Entity => ({
  kind: 'credential',
  type: 'demo_key',
  key: `demo:key/${name}`,
  name,
  method: 'access-key',
  created: at(-900),
  expires: at(ends),
  attributes: {},
})
const owns = (who: string, what: string): Edge => ({ from: `person:${who}@x.org`, verb: 'owns', to: `demo:${what}` })
const proves = (key: string, what: string): Edge => ({
  from: `demo:key/${key}`,
  verb: 'authenticates',
  to: `demo:${what}`,
})

beforeAll(async () => {
  server = await testServer()
  owner = await server.as('owner')
  admin = await server.as('admin')
  for (const id of ['demo-main', 'other'])
    await sql`insert into discover.connection (id, provider, label, settings, version, shown, secrets, created_at, created_by, changed_at)
      values (${id}, 'demo', ${id}, ''::bytea, 1, '{}', '{}', now(), 'test', now())`.execute(server.db)
  await read(
    server.database,
    [
      ...['bo', 'ann'].map(person),
      ...['billing', 'nightly', 'handed', 'given'].map((name) => account(name)),
      account('bo-himself', 'human'),
      ...[token('of-billing', 20), token('of-nightly', 10), token('of-given', 30)],
      ...[owns('bo', 'billing'), owns('bo', 'bo-himself'), owns('ann', 'nightly')],
      ...[owns('bo', 'handed'), owns('ann', 'given')],
      ...[proves('of-billing', 'billing'), proves('of-nightly', 'nightly'), proves('of-given', 'given')],
    ],
    { connection: 'demo-main' },
  )
  await read(server.database, [{ ...account('elsewhere'), type: 'other_user' }], { connection: 'other' })
  // What is decided here holds before what the source says.
  for (const [key, to] of [
    ['demo:handed', 'ann@x.org'],
    ['demo:given', 'bo@x.org'],
  ] as const) {
    const named = await admin('PUT', `/v1/entities/${encodeURIComponent(key)}/owner`, { body: { person: to } })
    expect(named.status).toBe(200)
  }
})
afterAll(() => server.close())

const get = async <T>(path: string, client = owner): Promise<T> => {
  const answer = await client('GET', path)
  if (answer.status !== 200) throw server.errors.at(-1) ?? new Error(answer.text)
  return answer.body
}
const called = (email: string | null) =>
  sql`update http.account set email = ${email}, name = 'Somebody' where role = 'owner'`.execute(server.db)
const rows = async (q: string) =>
  (await get<Inventory>(`/v1/entities?q=${encodeURIComponent(q)}`)).rows.map(({ key }) => key).sort()
const found = async (q: string) =>
  (await get<FindingsPage>(`/v1/findings?limit=500&by=identity&q=${encodeURIComponent(q)}`)).groups

test('an owner sees what they answer for alone, each number with the rows of its query', async () => {
  await called('bo@x.org')
  const overview = await get<Overview>('/v1/overview')
  const { answer, ages, mine } = overview
  expect(mine).toMatchObject({ person: { key: 'person:bo@x.org' }, nobody: null })
  expect(await rows(mine!.identities)).toEqual(['demo:billing', 'demo:bo-himself', 'demo:given'])
  expect(answer).toMatchObject({ identities: 3, machines: 2, unowned: 0, perPerson: null })
  const count = async (words: string) => (await rows(`${mine!.identities} ${words}`)).length
  expect([answer.machines, answer.new]).toEqual([await count('-account:human'), await count('seen:<7d')])
  for (const { age, count: bar } of ages.bars) expect([age, bar]).toEqual([age, await count(`age:${age}`)])
  expect(ages.bars.reduce((sum, bar) => sum + bar.count, ages.unknown + ages.none)).toBe(3)
  expect(ages.bars.find(({ age }) => age === '2y..5y')!.count).toBe(2)
  const [open, unknown] = await Promise.all([
    found(mine!.findings),
    get<FindingsPage>(`/v1/findings?q=${encodeURIComponent(`${mine!.findings} verdict:unknown`)}`),
  ])
  expect(answer.openFindings).toBe(open.reduce((sum, group) => sum + group.count, 0))
  expect(answer.unknownVerdicts).toBe(unknown.total.count)
  expect(answer.openFindings).toBeGreaterThan(0)
  expect(overview.trend).toEqual([])
  expect(overview.seen.map(({ connection }) => connection)).toEqual(['demo-main'])
})

test('what will bite is theirs: what proves their identities too, and nothing of what was handed over', async () => {
  await called('bo@x.org')
  const { things, expiring, nextExpiry, mine } = await get<Overview>('/v1/overview')
  const theirs = ['demo:billing', 'demo:bo-himself', 'demo:given', 'demo:key/of-billing', 'demo:key/of-given']
  expect((await found(mine!.findings)).every(({ id }) => theirs.includes(id))).toBe(true)
  expect(things.length).toBeGreaterThan(0)
  expect(things.map(({ subject }) => subject!.key).filter((key) => !theirs.includes(key))).toEqual([])
  expect(things.some(({ subject }) => subject!.key.startsWith('demo:key/'))).toBe(true)
  expect(things.map(({ value }) => value)).toEqual(things.map(({ value }) => value).toSorted((a, b) => b - a))
  const [first] = things
  const open = await get<{ finding: { subject: { key: string } }; cost: { reachedCount: number } }>(
    `/v1/findings/${first!.opens.what === 'finding' ? first!.opens.id : ''}`,
  )
  expect(open).toMatchObject({ finding: { subject: { key: first!.subject!.key } } })
  expect(first!.cost.reached).toBe(open.cost.reachedCount)
  expect(expiring.map(({ key }) => key)).toEqual(['demo:key/of-billing', 'demo:key/of-given'])
  expect(nextExpiry).toBe(at(20).value)
})

test('an earlier moment shows what was theirs then', async () => {
  await called('bo@x.org')
  const then = await get<Overview>(`/v1/overview?as-of=${encodeURIComponent(new Date().toISOString())}`)
  expect(then.answer.identities).toBe(3)
})

test('whom nothing tells from anybody sees no numbers of others, and why', async () => {
  await called(null)
  const overview = await get<Overview>('/v1/overview')
  expect(overview.mine).toEqual({
    person: null,
    nobody: 'your account has no address by which a person is known',
    identities: '',
    findings: '',
  })
  const { identities, openFindings, unknownVerdicts, closed } = overview.answer
  expect([identities, openFindings, unknownVerdicts, closed]).toEqual([0, 0, 0, 0])
  expect([overview.things, overview.expiring, overview.seen]).toEqual([[], [], []])
})

test('the other roles see the whole estate, and what a person answers for needs their key', async () => {
  for (const role of ['viewer', 'operator', 'admin'] as const) {
    const { mine, answer, trend } = await get<Overview>('/v1/overview', await server.as(role))
    expect([role, mine, answer.identities, trend.length]).toEqual([role, null, 6, 1])
  }
  expect((await owner('GET', '/v1/findings?q=answers:none')).body.code).toBe('query/value')
})
