import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Inbox, Leaving, OwnersPage, OwnersQueue } from '../read/index.ts'
import { read } from './testing/estate.ts'
import { type Client, type TestServer, testServer } from './testing/index.ts'

let server: TestServer
let admin: Client
beforeAll(async () => {
  server = await testServer()
  admin = await server.as('admin')
})
afterAll(() => server.close())

const get = async <T>(path: string): Promise<T> => {
  const answer = await admin('GET', path)
  if (answer.status !== 200) throw server.errors.at(-1) ?? new Error(answer.text)
  return answer.body
}

test('every part of the owners pages can be read', async () => {
  await read(server.database, [
    { kind: 'person', type: 'person', key: 'person:ada@example.org', name: 'Ada', attributes: { status: 'active' } },
    { kind: 'identity', type: 'demo_account', key: 'demo:a', name: 'a' },
    { kind: 'identity', type: 'demo_account', key: 'demo:b', name: 'b' },
    {
      kind: 'credential',
      type: 'ssh_key',
      key: 'ssh:a',
      name: 'a key',
      method: 'ssh-key',
      expires: { value: '2099-01-01T00:00:00.000Z' },
    },
    { from: 'ssh:a', verb: 'authenticates', to: 'demo:a' },
    { from: 'person:ada@example.org', verb: 'owns', to: 'demo:a' },
  ])
  const page = await get<OwnersPage>('/v1/owners')
  expect(page.counts).toMatchObject({ identities: 2, owned: 1, unowned: 1, orphaned: 0 })
  const queue = await get<OwnersQueue>('/v1/owners/queue')
  expect(queue.rows.map(({ entity }) => entity.key)).toEqual(['demo:b'])
  expect(await get<Leaving>('/v1/owners/people/person%3Aada%40example.org/leaving')).toMatchObject({
    counts: { owned: 1 },
  })
  expect(await get<Inbox>('/v1/inbox?person=ada@example.org')).toMatchObject({ person: { name: 'Ada' } })
  const made = await admin('PUT', '/v1/teams/platform', {
    body: { name: 'Platform', accountable: 'ada@example.org', members: ['bo@example.org'] },
  })
  expect(made.status).toBe(200)
  expect((await admin('PUT', '/v1/entities/demo%3Ab/owner', { body: { person: 'team:platform' } })).status).toBe(200)
  expect((await get<OwnersPage>('/v1/owners')).coverage).toEqual({ owned: 2, of: 2 })
  const answered = await admin('POST', '/v1/inbox/answers', {
    body: { entity: 'demo:b', answer: 'mine', person: 'ada@example.org' },
  })
  expect([answered.status, answered.text]).toEqual([200, expect.anything()])
  expect((await admin('POST', `/v1/undo/${answered.body.undo}`)).status).toBe(200)
})
