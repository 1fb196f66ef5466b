import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, type TestServer, testServer } from './testing/index.ts'

let server: TestServer
let admin: Client
let operator: Client
let owner: Client
let viewer: Client

beforeAll(async () => {
  server = await testServer()
  ;[admin, operator, owner, viewer] = await Promise.all([
    server.as('admin'),
    server.as('operator'),
    server.as('owner'),
    server.as('viewer'),
  ])
})
afterAll(() => server.close())

const save = async (client: Client, name: string, more: object = {}) =>
  client('POST', '/v1/views', { body: { name, kind: 'identity', q: 'owner:none', ...more } })
const names = async (client: Client): Promise<string[]> =>
  (await client('GET', '/v1/views')).body.rows.map((view: { name: string }) => view.name)

test('a private view is its maker’s alone, a shared one everybody’s', async () => {
  expect((await save(owner, 'mine alone')).status).toBe(201)
  const shared = await save(operator, 'for all', { shared: true, columns: 'name:320,owner', sort: 'name' })
  expect(shared.body).toMatchObject({
    shared: true,
    mine: true,
    mayChange: true,
    columns: 'name:320,owner',
    sort: 'name',
  })
  expect(await names(owner)).toEqual(['for all', 'mine alone'])
  expect(await names(viewer)).toEqual(['for all'])
  expect(await names(admin)).toEqual(['for all'])
})

test('an owner shares nothing, and changes nothing that is not theirs', async () => {
  expect((await save(owner, 'to share', { shared: true })).body.code).toBe('access/role')
  const { id } = (await save(operator, 'of the operator', { shared: true })).body
  for (const refused of [
    await owner('PATCH', `/v1/views/${id}`, { body: { name: 'taken' } }),
    await viewer('DELETE', `/v1/views/${id}`),
  ])
    expect([refused.status, refused.body.code]).toEqual([403, 'access/role'])
  expect((await owner('GET', '/v1/views')).body.rows.find((view: { id: string }) => view.id === id)).toMatchObject({
    name: 'of the operator',
    mine: false,
    mayChange: false,
  })
  const own = (await save(viewer, 'of the viewer')).body.id
  expect((await admin('PATCH', `/v1/views/${own}`, { body: { name: 'x' } })).status).toBe(404)
  expect((await viewer('PATCH', `/v1/views/${own}`, { body: { shared: true } })).body.code).toBe('access/role')
  expect((await admin('DELETE', `/v1/views/${id}`)).status).toBe(204)
})

test('a view is renamed, deleted and brought back, each on the record', async () => {
  const { id } = (await save(operator, 'before')).body
  expect((await operator('PATCH', `/v1/views/${id}`, { body: { name: 'after' } })).body).toMatchObject({
    name: 'after',
    q: 'owner:none',
  })
  expect((await operator('DELETE', `/v1/views/${id}`)).status).toBe(204)
  expect(await names(operator)).not.toContain('after')
  expect((await operator('PATCH', `/v1/views/${id}`, { body: { name: 'again' } })).status).toBe(404)
  expect((await operator('POST', `/v1/views/${id}/restore`)).body.name).toBe('after')
  expect(await names(operator)).toContain('after')
  const { rows } = await sql<{ action: string }>`
    select action from platform.audit where subject = ${`view:${id}`} order by id`.execute(server.db)
  expect(rows.map(({ action }) => action)).toEqual(['view.save', 'view.change', 'view.delete', 'view.restore'])
})

test.each([
  ['no name', { name: ' ' }],
  ['an order there is not', { sort: 'loudest' }],
  ['columns that are none', { columns: 'name:wide' }],
  ['a kind there is not', { kind: 'ghost' }],
])('%s is refused', async (_, wrong) => {
  expect((await save(operator, 'fine', wrong)).status).toBe(400)
})
