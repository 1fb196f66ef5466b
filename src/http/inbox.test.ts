import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { Acted, Answered, Inbox, OwnersQueue } from '../read/index.ts'
import { ownersWorld } from './testing/owners-world.ts'

type Item = Parameters<ReturnType<typeof ownersWorld>['say']>[1][number]
const {
  admin,
  get,
  send,
  mail,
  key,
  inDays,
  pass,
  svc,
  person,
  edge,
  say,
  judge,
  own,
  backup,
  owners,
  inbox,
  signedIn,
  server,
} = ownersWorld()

test('duties have days: confirm in 14, escalated to the backup 7 later, closed by doing it; then review after 182', async () => {
  await say('entra', [person('ada'), person('bo')])
  await say('demo', [svc('a')])
  await own('a', mail('ada'))
  await backup('a', mail('bo'))
  const ada = await signedIn('ada', 'owner')
  const bo = await signedIn('bo', 'owner')
  const asked = await inbox('me', ada)
  expect(asked).toMatchObject({
    left: 1,
    overdue: 0,
    items: [{ duty: 'confirm', due: inDays(14).toISOString(), overdue: false, escalatedFrom: null }],
  })
  expect(asked.items[0]!.because[0]).toMatch(/named you on/)
  pass(20)
  expect(await inbox('me', ada)).toMatchObject({ overdue: 1, items: [{ overdue: true }] })
  expect((await inbox('me', bo)).left).toBe(0)
  pass(2)
  expect(await inbox('me', bo)).toMatchObject({
    left: 1,
    items: [{ duty: 'confirm', escalatedFrom: { key: `person:${mail('ada')}` } }],
  })
  expect(await inbox('me', ada)).toMatchObject({ left: 1 })
  expect(await owners()).toMatchObject({ counts: { overdue: 1 } })
  const answered = await send<Answered>('POST', '/v1/inbox/answers', { entity: key('a'), answer: 'mine' }, ada)
  expect(answered).toMatchObject({ left: 0, next: null })
  expect((await inbox('me', bo)).left).toBe(0)
  expect(await inbox('me', ada)).toMatchObject({ left: 0, nextAt: inDays(182).toISOString() })
  expect(await owners()).toMatchObject({ counts: { overdue: 0 }, nextReview: inDays(182).toISOString() })
  pass(160)
  expect((await inbox('me', ada)).items[0]).toMatchObject({
    duty: 'review',
    says: expect.stringMatching(/last said on .* that a is still needed/),
  })
})

test('how often owners are asked is settable', async () => {
  await say('entra', [person('ada')])
  await say('demo', [svc('a'), edge(`person:${mail('ada')}`, 'owns', key('a'))])
  expect((await owners()).nextReview).toBe(inDays(182).toISOString())
  await send('PUT', '/v1/settings/owners', { reviewDays: 90 })
  expect(await owners()).toMatchObject({ reviewDays: 90, nextReview: inDays(90).toISOString() })
  await send('PUT', '/v1/settings/owners', { reviewDays: 182 })
  expect((await admin('PUT', '/v1/settings/owners', { body: { reviewDays: 1 } })).status).toBe(400)
})

test('a rotation is due when a credential ends or is too old, whichever comes first, and closes by a new one', async () => {
  const at = (days: number) => ({ value: inDays(days).toISOString() })
  await say('entra', [person('ada')])
  const cred = (name: string, over: object): Item => ({
    kind: 'credential',
    type: 'demo_key',
    key: key(name),
    name,
    method: 'access-key',
    ...over,
  })
  const world = (keys: Item[]) => [
    ...['ends', 'old', 'renews'].map((name) => svc(name)),
    ...['ends', 'old', 'renews'].map((name) => edge(`person:${mail('ada')}`, 'owns', key(name))),
    ...keys,
  ]
  await say(
    'demo',
    world([
      cred('k1', { created: at(-10), expires: at(12) }),
      edge(key('k1'), 'authenticates', key('ends')),
      cred('k2', { created: at(-80), expires: at(300) }),
      edge(key('k2'), 'authenticates', key('old')),
      cred('k3', { expires: at(5), attributes: { autoRenew: true } }),
      edge(key('k3'), 'authenticates', key('renews')),
    ]),
  )
  const { items } = await inbox(mail('ada'))
  expect(items.map(({ duty, entity, due }) => [duty, entity.name, due])).toEqual([
    ['rotate', 'old', at(10).value],
    ['rotate', 'ends', at(12).value],
  ])
  expect(items[0]).toMatchObject({
    credentialCount: 1,
    credentials: [{ entity: { name: 'k2' }, rotate: at(10).value }],
  })
  expect(items[0]!.says).toMatch(/^k2 of old must be replaced by /)
  await say('demo', world([cred('k4', { created: at(0) }), edge(key('k4'), 'authenticates', key('old'))]))
  expect((await inbox(mail('ada'))).items).toEqual([])
})

test('not mine goes to whom is named or back to the queue, is not suggested again, and undo gives it back', async () => {
  await say('entra', [person('ada'), person('bo')])
  await say('demo', [svc('a'), svc('b'), edge(`person:${mail('ada')}`, 'created', key('a'))])
  expect((await get<OwnersQueue>('/v1/owners/queue?suggested=yes')).total).toBe(1)
  await own('a', mail('ada'))
  await own('b', mail('ada'))
  const ada = await signedIn('ada', 'owner')
  await send('POST', '/v1/inbox/answers', { entity: key('b'), answer: 'not-mine', to: mail('bo') }, ada)
  expect((await owners()).people.find(({ person: p }) => p.key === `person:${mail('bo')}`)?.owned).toBe(1)
  const { undo } = await send<Answered>(
    'POST',
    '/v1/inbox/answers',
    { entity: key('a'), answer: 'not-mine', note: 'I left that team' },
    ada,
  )
  await judge()
  const queue = await get<OwnersQueue>('/v1/owners/queue')
  expect(queue.rows).toMatchObject([
    { entity: { name: 'a' }, suggestion: null, declined: [{ key: `person:${mail('ada')}` }] },
  ])
  expect((await send<Acted>('POST', '/v1/owners/accept', { entities: [key('a')] })).rows[0]).toMatchObject({
    state: 'refused',
    code: 'owner/no-suggestion',
  })
  expect(await get(`/v1/entities/${encodeURIComponent(key('a'))}`)).toMatchObject({ owners: { suggested: null } })
  expect(await get<{ rows: unknown[] }>('/v1/entities?q=name:a')).toMatchObject({
    rows: [{ key: key('a'), suggested: null }],
  })
  await send('POST', `/v1/undo/${undo}`, undefined, ada)
  expect((await owners()).counts).toMatchObject({ owned: 2 })
  expect((await admin('POST', `/v1/undo/${undo}`)).body.code).toBe('act/too-late')
  expect(
    (await ada('POST', '/v1/inbox/answers', { body: { entity: key('a'), answer: 'mine', to: mail('bo') } })).body.code,
  ).toBe('act/answer')
})

test('what a source says is somebody’s and they say is not, nobody answers for', async () => {
  await say('entra', [person('ada')])
  await say('demo', [svc('a'), edge(`person:${mail('ada')}`, 'owns', key('a'))])
  expect((await owners()).counts.owned).toBe(1)
  await send('POST', '/v1/inbox/answers', { entity: key('a'), answer: 'not-mine', person: mail('ada') })
  expect((await owners()).counts).toMatchObject({ owned: 0, unowned: 1 })
  expect(await get(`/v1/entities/${encodeURIComponent(key('a'))}`)).toMatchObject({ owners: { accountable: null } })
})

test('what is needed no longer becomes a task of the operators until it is gone', async () => {
  await say('entra', [person('ada')])
  await say('demo', [svc('a'), edge(`person:${mail('ada')}`, 'owns', key('a'))])
  const ada = await signedIn('ada', 'owner')
  await send('POST', '/v1/inbox/answers', { entity: key('a'), answer: 'not-needed' }, ada)
  expect((await owners()).counts).toMatchObject({ decommission: 1, owned: 1 })
  expect((await inbox('me', ada)).left).toBe(0)
  const operator = await signedIn('olga', 'operator')
  expect((await inbox('me', operator)).items).toMatchObject([
    { duty: 'decommission', says: expect.stringMatching(/nobody needs a/) },
  ])
  await say('demo', [svc('a', { attributes: { disabled: true } })])
  expect((await inbox('me', operator)).left).toBe(0)
  expect((await owners()).counts).toMatchObject({ decommission: 0, identities: 0 })
})

test('a certification is never changed, holds what was shown, is audited, and is exported whole', async () => {
  await say('entra', [person('ada')])
  await say('demo', [
    svc('a', { name: '=cmd|calc', lastUsed: { value: '2026-11-20T00:00:00.000Z' } }),
    edge(`person:${mail('ada')}`, 'owns', key('a')),
  ])
  const { certification, undo } = await send<Answered>('POST', '/v1/inbox/answers', {
    entity: key('a'),
    answer: 'mine',
    note: '+yes',
    person: mail('ada'),
  })
  for (const change of [
    sql`update act.certification set answer = 'not-mine' where id = ${certification}`,
    sql`delete from act.certification where id = ${certification}`,
    sql`truncate act.certification cascade`,
  ])
    await expect(change.execute(server().db)).rejects.toThrow(/never changed or removed/)
  const { rows, total } = await get<{ rows: { id: string; shown: { lastUsed: unknown } }[]; total: number }>(
    `/v1/certifications?entity=${encodeURIComponent(key('a'))}`,
  )
  expect(total).toBe(1)
  expect(rows[0]).toMatchObject({
    id: certification,
    answer: 'mine',
    note: '+yes',
    person: { key: `person:${mail('ada')}` },
    shown: { lastUsed: { value: '2026-11-20T00:00:00.000Z' } },
    takenBack: null,
  })
  const { rows: audited } = await sql<{
    entry: string
  }>`select entry from platform.audit where action = 'owner.certify' and subject = ${key('a')}`.execute(server().db)
  expect(JSON.parse(audited[0]!.entry).after).toMatchObject({ certification: Number(certification), answer: 'mine' })
  const table = await admin('GET', `/v1/certifications/export?person=${encodeURIComponent(`person:${mail('ada')}`)}`)
  expect(table.text.split('\n')[0]).toMatch(/^number,at,entity,/)
  expect(table.text).toContain("'=cmd|calc")
  expect(table.text).toContain("'+yes")
  const lines = await admin('GET', `/v1/certifications/export?format=json&entity=${encodeURIComponent(key('a'))}`)
  expect(JSON.parse(lines.text.trim())).toMatchObject({ id: certification })
  await send('POST', `/v1/undo/${undo}`)
  expect(
    (await get<{ rows: unknown[] }>(`/v1/certifications?entity=${encodeURIComponent(key('a'))}`)).rows,
  ).toMatchObject([{ id: certification, takenBack: { at: expect.anything() } }])
})

test('an owner sees their own inbox and answers for themselves alone', async () => {
  await say('entra', [person('ada'), person('bo')])
  await say('demo', [svc('a'), edge(`person:${mail('bo')}`, 'owns', key('a'))])
  const ada = await signedIn('ada', 'owner')
  expect((await ada('GET', `/v1/inbox?person=${mail('bo')}`)).body.code).toBe('access/role')
  expect(
    (await ada('POST', '/v1/inbox/answers', { body: { entity: key('a'), answer: 'not-needed', person: mail('bo') } }))
      .body.code,
  ).toBe('access/role')
  const nameless = await server().token(['read', 'write'], 'owner')
  expect(await get<Inbox>('/v1/inbox', nameless)).toMatchObject({
    person: null,
    nobody: expect.stringMatching(/no address/),
    items: [],
  })
  expect((await nameless('POST', '/v1/inbox/answers', { body: { entity: key('a'), answer: 'mine' } })).body.code).toBe(
    'owner/not-a-person',
  )
})
