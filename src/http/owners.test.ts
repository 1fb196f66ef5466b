import { expect, test } from 'vitest'
import type { Inbox, Leaving, OwnersPage, OwnersQueue } from '../read/index.ts'
import { ownersWorld } from './testing/owners-world.ts'

const { admin, get, send, mail, key, inDays, pass, svc, person, edge, say, own, backup, owners, inbox, csv, now } =
  ownersWorld()

test('coverage is owned of all that somebody must answer for, and the queue empties by real assignment alone', async () => {
  await say('entra', [person('ada')])
  await say('demo', [
    svc('a'),
    svc('b'),
    svc('c'),
    svc('mine', { attributes: { accountKind: 'human' } }),
    svc('daemon', { attributes: { accountKind: 'system' } }),
    svc('off', { attributes: { disabled: true } }),
    svc('declared', { lastUsed: { notApplicable: 'code declares it' } }),
    edge(`person:${mail('ada')}`, 'controls', key('a')),
  ])
  expect(await owners()).toMatchObject({
    counts: { identities: 3, owned: 0, unowned: 3 },
    coverage: { owned: 0, of: 3 },
  })
  const queue = await get<OwnersQueue>('/v1/owners/queue')
  expect(queue.rows.map(({ entity }) => entity.name).sort()).toEqual(['a', 'b', 'c'])
  // Who may change it at its source answers for nothing: it is a suggestion, and no more.
  expect(queue.rows.find(({ entity }) => entity.name === 'a')?.suggestion).toMatchObject({
    person: { key: `person:${mail('ada')}` },
    because: [expect.stringMatching(/change/)],
    confidence: 'medium',
  })
  expect((await get<OwnersQueue>('/v1/owners/queue?suggested=yes')).total).toBe(1)
  expect((await get<OwnersQueue>('/v1/owners/queue?suggested=no')).total).toBe(2)
  await own('a', mail('ada'))
  await send('PUT', `/v1/entities/${encodeURIComponent(key('b'))}/labels/accountKind`, { value: 'service' })
  expect((await owners()).coverage).toEqual({ owned: 1, of: 3 })
  await own('b', mail('ada'))
  const { undo } = await own('c', mail('ada'))
  expect((await owners()).coverage).toEqual({ owned: 3, of: 3 })
  expect((await get<OwnersQueue>('/v1/owners/queue')).total).toBe(0)
  await send('POST', `/v1/undo/${undo}`)
  expect((await owners()).coverage).toEqual({ owned: 2, of: 3 })
})

test('pages of the queue join, the worst first, and a foreign cursor is refused', async () => {
  await say(
    'demo',
    Array.from({ length: 7 }, (_, n) => svc(`s${n}`, n === 5 ? { tier: 0, attributes: { privileged: true } } : {})),
  )
  const first = await get<OwnersQueue>('/v1/owners/queue?limit=4')
  const rest = await get<OwnersQueue>(`/v1/owners/queue?limit=4&cursor=${first.next}`)
  expect([...first.rows, ...rest.rows].map(({ entity }) => entity.name)).toEqual([
    's5',
    's0',
    's1',
    's2',
    's3',
    's4',
    's6',
  ])
  expect(rest.next).toBeNull()
  expect((await admin('GET', '/v1/owners/queue?cursor=x')).body.code).toBe('http/cursor')
})

test('if somebody leaves today: what stops by date, what must move and to whom, with the reason', async () => {
  const at = (days: number) => ({ value: inDays(days).toISOString() })
  await say('entra', [person('ada'), person('bo'), person('cy')])
  await say('demo', [
    svc('backed'),
    svc('made'),
    svc('bot', { attributes: { agent: true } }),
    svc('job'),
    { kind: 'credential', type: 'demo_key', key: key('k1'), name: 'k1', method: 'access-key', expires: at(9) },
    // Late already: no worse for her leaving.
    { kind: 'credential', type: 'demo_key', key: key('k0'), name: 'k0', method: 'token', created: at(-900) },
    edge(key('k0'), 'authenticates', key('made')),
    edge(key('k1'), 'authenticates', key('made')),
    { kind: 'credential', type: 'ssh_key', key: key('own'), name: 'her own key', method: 'ssh-key', expires: at(900) },
    edge(key('own'), 'authenticates', `person:${mail('ada')}`),
    edge(key('own'), 'authenticates', key('job')),
    edge(`person:${mail('cy')}`, 'created', key('made')),
  ])
  for (const name of ['backed', 'made', 'bot']) await own(name, mail('ada'))
  await backup('backed', mail('bo'))
  await csv('/v1/people/import', `email,name,manager\n${mail('ada')},Ada,${mail('dee')}\n${mail('dee')},Dee,\n`)
  const leaving = await get<Leaving>(`/v1/owners/people/${encodeURIComponent(`person:${mail('ada')}`)}/leaving`)
  expect(leaving.counts).toMatchObject({ owned: 3, identities: 3, caught: 1, orphaned: 2, agents: 1 })
  expect(leaving.moves.map(({ entity, to }) => [entity.name, to?.key, to?.as]).sort()).toEqual([
    ['backed', `person:${mail('bo')}`, 'backup'],
    ['bot', `person:${mail('dee')}`, 'manager'],
    ['made', `person:${mail('cy')}`, 'evidence'],
  ])
  expect(leaving.breaks.slice(0, 2).map(({ at, what, entity }) => [at, what, entity.name])).toEqual([
    [now().toISOString(), 'credential-of-person', 'job'],
    [at(9).value, 'credential-ends', 'made'],
  ])
  expect(leaving.breaks.at(-1)).toMatchObject({ what: 'review', at: inDays(182).toISOString() })
  expect(leaving.agents.map(({ name }) => name)).toEqual(['bot'])
  expect((await admin('GET', '/v1/owners/people/person%3Anobody%40nowhere/leaving')).body.code).toBe('owner/no-person')
})

test('a page of owners of an earlier day is what it was', async () => {
  await say('entra', [person('ada')])
  await say('demo', [svc('a')])
  await own('a', mail('ada'))
  const { body: then } = await admin('GET', '/v1/owners')
  const [at, inboxThen] = [now().toISOString(), await inbox(mail('ada'))]
  pass(30)
  await say('entra', [person('ada', { status: 'disabled' })])
  await send('PUT', '/v1/teams/late', { name: 'Late', accountable: mail('zed'), members: [] })
  await send('POST', '/v1/inbox/answers', { entity: key('a'), answer: 'not-needed', person: mail('ada') })
  const again = await get<OwnersPage>(`/v1/owners?as-of=${at}`)
  expect({ ...again, asOf: null, at: null, ledger: null }).toEqual({ ...then, asOf: null, at: null, ledger: null })
  expect((await get<Inbox>(`/v1/inbox?person=${mail('ada')}&as-of=${at}`)).items).toEqual(inboxThen.items)
  expect((await owners()).counts).toMatchObject({ orphaned: 1 })
})
