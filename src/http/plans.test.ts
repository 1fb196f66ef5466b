import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runPlan } from '../act/index.ts'
import { type Ward, ward } from '../act/testing/index.ts'
import { runSync } from '../discover/index.ts'
import type { ActingPage, Card, Plan, PlanItems, Planned, TagDifferences } from '../read/index.ts'
import { plansOf } from './acts.ts'
import { type Client, type TestServer, testServer } from './testing/index.ts'

let server: TestServer
let source: Ward
let admin: Client
let operator: Client
beforeAll(async () => {
  source = ward()
  server = await testServer({ providers: [source.provider] })
  admin = await server.as('admin')
  operator = await server.as('operator')
  for (const name of ['alpha', 'beta', 'gamma', 'delta', 'key-one']) source.tags.set(name, {})
  source.tags.get('gamma')!['owner'] = 'platform-team'
  source.tags.get('delta')!['owner'] = 'bo@x.org'
  await admin('POST', '/v1/connections', { body: { provider: 'ward', settings: {}, id: 'ward' } })
  await readAgain()
  for (const name of ['alpha', 'beta', 'gamma', 'delta', 'key-one'])
    await operator('PUT', `/v1/entities/ward%3A${name}/owner`, { body: { person: 'mara@x.org' } })
})
afterAll(() => server.close())

async function readAgain(): Promise<void> {
  await admin('POST', '/v1/connections/ward/runs')
  const { rows } = await sql<{ id: number }>`select id from discover.run where state = 'waiting'`.execute(server.db)
  for (const { id } of rows) await runSync(server.app.discovery, id)
}
const run = (id: string) =>
  runPlan({ ...plansOf(server.app), clock: { ...server.app.clock, sleep: async () => {} } }, Number(id))
const plan = async (things: object, more: object = {}): Promise<Planned> =>
  (await operator('POST', '/v1/plans', { body: { things, ...more } })).body
const look = async (id: string): Promise<Plan> => (await operator('GET', `/v1/plans/${id}`)).body
const states = async (id: string) => {
  const { rows }: PlanItems = (await operator('GET', `/v1/plans/${id}/items`)).body
  return Object.fromEntries(rows.map(({ name, state }) => [name, state]))
}
const differences = async (): Promise<TagDifferences> => (await operator('GET', '/v1/plans/differences')).body
const GRANT = { settings: { account: 'tagger', password: 'planted-grant-7' } }

test('without a grant a plan can be made and read, names what is wanted, and cannot be applied', async () => {
  const before = structuredClone(source.tags)
  const dry = await plan({ query: '', kind: 'identity' }, { dryRun: true })
  expect(dry).toMatchObject({ id: null, dryRun: true, counts: { total: 5, ready: 2, conflict: 2, cannot: 1 } })
  expect((await operator('GET', '/v1/plans')).body.rows).toEqual([])
  const made = await plan({ query: '', kind: 'identity' }, { conflicts: 'leave' })
  expect(made.connections).toEqual([
    { connection: 'ward', granted: false, things: 4, needs: ['ward:LookAtTags', 'ward:Tag'] },
  ])
  expect(made.items.find(({ name }) => name === 'alpha')).toMatchObject({
    changes: [{ place: 'owner', was: null, to: 'mara@x.org' }],
    byHand: ['ward tag alpha owner=mara@x.org'],
    readAt: expect.stringMatching(/Z$/),
  })
  expect(made.items.find(({ name }) => name === 'key-one')).toMatchObject({
    state: 'cannot',
    says: 'the ward takes no tags on things of this sort',
  })
  await operator('POST', `/v1/plans/${made.id}/approve`, { body: { reason: 'as agreed' } })
  expect((await look(made.id!)).may).toMatchObject({
    approve: 'It is approved',
    apply: 'ward only reads: an admin gives it a grant for changes',
  })
  const refused = await operator('POST', `/v1/plans/${made.id}/apply`)
  expect([refused.status, refused.body.code]).toEqual([409, 'plan/no-grant'])
  expect(source.tags).toEqual(before)
  expect((await operator('DELETE', `/v1/plans/${made.id}`)).status).toBe(204)
  expect((await look(made.id!)).state).toBe('withdrawn')
})

test('a grant is an admin’s to give, tried before it is kept, sealed, counted, and never shown', async () => {
  expect((await operator('PUT', '/v1/connections/ward/acting', { body: GRANT })).body.code).toBe('access/role')
  const page = async (): Promise<ActingPage> => (await operator('GET', '/v1/connections/ward/acting')).body
  expect(await page()).toMatchObject({
    grant: null,
    actions: [{ effect: 'reversible', needs: ['ward:LookAtTags', 'ward:Tag'] }],
  })
  const wrong = await admin('POST', '/v1/connections/ward/acting/test', {
    body: { settings: { account: 'tagger', password: 'wrong' } },
  })
  expect(wrong.body).toMatchObject({ ok: false, error: { code: 'source/refused' } })
  expect((await admin('PUT', '/v1/connections/ward/acting', { body: { settings: {} } })).body.code).toBe(
    'discover/settings',
  )
  expect((await operator('GET', '/v1/connections')).body.writePermissions).toBe(0)
  expect((await admin('PUT', '/v1/connections/ward/acting', { body: GRANT })).status).toBe(200)
  expect(await page()).toMatchObject({ grant: { settings: { account: 'tagger' }, secrets: ['password'] } })
  expect((await operator('GET', '/v1/connections')).body.writePermissions).toBe(1)
  // What is left out stays.
  await admin('PUT', '/v1/connections/ward/acting', { body: { settings: { account: 'other' } } })
  expect(await page()).toMatchObject({ grant: { settings: { account: 'other' }, secrets: ['password'] } })
  const { rows } = await sql<{
    text: string
  }>`select (select string_agg(a::text, '') from platform.audit a) || (select string_agg(g::text, '') from discover.acting g) as text`.execute(
    server.db,
  )
  expect(rows[0]!.text).toContain('connection.grant')
  expect(rows[0]!.text).not.toContain('planted-grant-7')
})

test('planned, chosen, approved, applied, seen by the next read, and undone', async () => {
  const keys = ['alpha', 'beta', 'gamma'].map((name) => `ward:${name}`)
  const { id } = await plan({ keys })
  expect((await operator('POST', `/v1/plans/${id}/approve`, { body: { reason: 'as agreed' } })).body.code).toBe(
    'plan/undecided',
  )
  await operator('POST', `/v1/plans/${id}/choose`, { body: { choice: 'ours', entities: ['ward:gamma'] } })
  const approved: Plan = (await operator('POST', `/v1/plans/${id}/approve`, { body: { reason: 'as agreed' } })).body
  expect(approved).toMatchObject({ state: 'approved', approved: { reason: 'as agreed', expired: false } })
  source.tags.get('beta')!['owner'] = 'somebody'
  const begun = await operator('POST', `/v1/plans/${id}/apply`)
  expect([begun.status, begun.body.state]).toEqual([202, 'running'])
  await run(id!)
  expect(await look(id!)).toMatchObject({ state: 'done', counts: { done: 2, refused: 1 }, may: { undo: null } })
  expect(await states(id!)).toEqual({ beta: 'refused', alpha: 'done', gamma: 'done' })
  expect(source.tags.get('alpha')).toEqual({ owner: 'mara@x.org' })
  expect(source.tags.get('beta')).toEqual({ owner: 'somebody' })
  await readAgain()
  expect((await differences()).rows.map(({ entity }) => entity.name)).toEqual(['beta', 'delta'])

  await operator('POST', `/v1/plans/${id}/undo`)
  await run(id!)
  expect(await states(id!)).toMatchObject({ alpha: 'undone', gamma: 'undone' })
  expect(source.tags.get('alpha')).toEqual({})
  expect(source.tags.get('gamma')).toEqual({ owner: 'platform-team' })
})

test('what differs at the source shows in the list and on the card, and is written again or taken over', async () => {
  source.tags.get('beta')!['owner'] = 'mara@x.org'
  await readAgain()
  const { id } = await plan({ keys: ['ward:alpha'] })
  await operator('POST', `/v1/plans/${id}/approve`, { body: { reason: 'as agreed' } })
  await operator('POST', `/v1/plans/${id}/apply`)
  await run(id!)
  // Written and not read again yet: no difference.
  expect((await differences()).rows.map(({ entity }) => entity.name)).toEqual(['delta', 'gamma'])
  delete source.tags.get('alpha')!['owner']
  await readAgain()
  const { rows, total } = await differences()
  expect(total).toBe(3)
  expect(rows).toMatchObject([
    {
      entity: { name: 'alpha' },
      sort: 'gone',
      stands: null,
      written: { value: 'mara@x.org' },
      owner: { name: 'Mara Quill' },
    },
    {
      entity: { name: 'delta' },
      sort: 'other',
      stands: 'bo@x.org',
      names: { key: 'person:bo@x.org', name: 'Bo Berg' },
    },
    { entity: { name: 'gamma' }, sort: 'other', stands: 'platform-team', names: null },
  ])
  const card = async (name: string): Promise<Card> => (await operator('GET', `/v1/entities/ward%3A${name}`)).body
  expect((await card('delta')).tagDifference).toMatchObject({ stands: 'bo@x.org' })
  expect((await card('beta')).tagDifference).toBeNull()
  expect((await operator('GET', '/v1/plans')).body.differences).toBe(3)
  // Taken over, the source's word holds.
  await operator('PUT', '/v1/entities/ward%3Adelta/owner', {
    body: { person: 'person:bo@x.org', reason: 'its tag says so' },
  })
  expect((await card('delta')).tagDifference).toBeNull()
  // Written again.
  const again = await plan({ differences: true }, { conflicts: 'ours' })
  expect(again.counts).toMatchObject({ total: 2, ready: 2 })
  await operator('POST', `/v1/plans/${again.id}/approve`, { body: { reason: 'as agreed' } })
  await operator('POST', `/v1/plans/${again.id}/apply`)
  await run(again.id!)
  await readAgain()
  expect((await differences()).total).toBe(0)
  // Somebody else answers since it was written.
  await operator('PUT', '/v1/entities/ward%3Aalpha/owner', { body: { person: 'bo@x.org' } })
  expect((await differences()).rows).toMatchObject([{ sort: 'behind', stands: 'mara@x.org' }])
})

test('settings say which tag and who approves; a second person is somebody else', async () => {
  const settings = (await operator('GET', '/v1/settings/plans')).body
  expect(settings).toMatchObject({ ownerTag: 'owner', backupTag: null, secondPerson: false })
  const put = (body: object) => admin('PUT', '/v1/settings/plans', { body })
  expect((await put({ ...settings, ownerTag: 'aws:owner' })).body.code).toBe('http/invalid')
  expect((await put({ ...settings, backupTag: 'Owner' })).body.code).toBe('http/invalid')
  expect((await put({ ...settings, ownerTag: 'team-owner', secondPerson: true, writes: 'name' })).status).toBe(200)
  const { id, items } = await plan({ keys: ['ward:beta'] })
  expect(items[0]!.changes).toEqual([{ place: 'team-owner', was: null, to: 'Mara Quill' }])
  expect((await look(id!)).may.approve).toMatch(/second person/)
  const own = await operator('POST', `/v1/plans/${id}/approve`, { body: { reason: 'as agreed' } })
  expect([own.status, own.body.code]).toEqual([403, 'plan/second-person'])
  expect((await admin('POST', `/v1/plans/${id}/approve`, { body: { reason: 'as agreed' } })).body.state).toBe(
    'approved',
  )
})

test('a viewer sees plans and may do nothing with them; an owner sees what differs', async () => {
  const viewer = await server.as('viewer')
  const { rows } = (await viewer('GET', '/v1/plans')).body
  const seen: Plan = (await viewer('GET', `/v1/plans/${rows[0].id}`)).body
  expect(seen.may).toEqual({
    approve: 'Operators and admins do this',
    apply: 'Operators and admins do this',
    undo: 'Operators and admins do this',
    withdraw: 'Operators and admins do this',
  })
  expect((await viewer('POST', '/v1/plans', { body: { things: { keys: ['ward:beta'] } } })).status).toBe(403)
  const owner = await server.as('owner')
  expect((await owner('GET', '/v1/plans')).status).toBe(403)
  expect((await owner('GET', '/v1/plans/differences')).status).toBe(200)
})

test('the grant that is taken away is gone, with the connection at the latest', async () => {
  expect((await admin('DELETE', '/v1/connections/ward/acting')).status).toBe(204)
  expect((await admin('DELETE', '/v1/connections/ward/acting')).body.code).toBe('discover/no-grant')
  await admin('PUT', '/v1/connections/ward/acting', { body: GRANT })
  await admin('DELETE', '/v1/connections/ward')
  expect((await sql`select 1 from discover.acting`.execute(server.db)).rows).toEqual([])
})
