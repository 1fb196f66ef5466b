import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { OwnersQueue } from '../read/index.ts'
import { ownersWorld } from './testing/owners-world.ts'

const {
  admin,
  get,
  send,
  mail,
  key,
  pass,
  svc,
  person,
  edge,
  say,
  syncSelf,
  own,
  backup,
  owners,
  inbox,
  signedIn,
  turn,
  server,
} = ownersWorld()

test('an owner who is disabled in the directory: coverage falls in the same sync, and everything of theirs is orphaned', async () => {
  await say('entra', [person('ada'), person('bo')])
  await say('demo', [svc('a'), svc('b'), svc('c'), edge(`person:${mail('bo')}`, 'owns', key('c'))])
  await own('a', mail('ada'))
  await own('b', mail('ada'))
  await syncSelf()
  expect((await owners()).counts).toMatchObject({ owned: 3, orphaned: 0 })
  pass(1)
  await say('entra', [person('ada', { status: 'disabled' }), person('bo')])
  const page = await owners()
  expect(page.coverage).toEqual({ owned: 1, of: 3 })
  expect(page.counts).toMatchObject({ owned: 1, orphaned: 2, unowned: 0 })
  expect(page.people[0]).toMatchObject({
    person: { key: `person:${mail('ada')}` },
    presence: { state: 'left' },
    owned: 2,
  })
  const queue = await get<OwnersQueue>('/v1/owners/queue?state=orphaned')
  expect(queue.rows.map(({ entity, former }) => [entity.name, former?.key])).toEqual([
    ['a', `person:${mail('ada')}`],
    ['b', `person:${mail('ada')}`],
  ])
  const { rows } = await sql<{ subject: string }>`
    select subject from assess.finding where rule = 'identity-owner-gone' and state = 'open' and verdict = 'fail' order by 1`.execute(
    server().db,
  )
  expect(rows.map(({ subject }) => subject)).toEqual([key('a'), key('b')])
  // Back at work: nothing has to be assigned anew.
  pass(1)
  await say('entra', [person('ada'), person('bo')])
  expect((await owners()).coverage).toEqual({ owned: 3, of: 3 })
})

test('an owner whom the directory lists no more has left; one whose directory is read no more is unknown, with why', async () => {
  await say('entra', [person('ada'), person('bo')])
  await say('demo', [svc('a')])
  await own('a', mail('ada'))
  await syncSelf()
  pass(1)
  await say('entra', [person('bo')])
  expect((await owners()).people[0]).toMatchObject({ presence: { state: 'left', because: 'entra lists them no more' } })
  await syncSelf()
  const { rows } =
    await sql`select 1 from assess.finding where rule = 'identity-owner-gone' and state = 'open' and subject = ${key('a')}`.execute(
      server().db,
    )
  expect(rows).toHaveLength(1)
  await sql`update graph.source set removed_at = now() where connection = 'entra'`.execute(server().db)
  pass(1)
  await say('demo', [svc('a')])
  const page = await owners()
  expect(page.counts).toMatchObject({ owned: 1, orphaned: 0, unknown: 1 })
  expect(page.unknownBecause).toEqual([{ reason: 'entra, which knew them, is read no more', identities: 1 }])
  await sql`update graph.source set removed_at = null where connection = 'entra'`.execute(server().db)
})

test('somebody named by address whom nothing knows counts as owner, and is told as unknown', async () => {
  await say('demo', [svc('a')])
  await own('a', 'Nobody.Knows@example.org')
  expect(await owners()).toMatchObject({
    coverage: { owned: 1, of: 1 },
    counts: { unknown: 1 },
    unknownBecause: [{ reason: 'no source that is read and no list of people knows them', identities: 1 }],
    people: [{ presence: { state: 'unknown' }, sole: 1 }],
  })
})

test('of two owners at the source one has left: the other answers', async () => {
  await say('entra', [person('ada', { status: 'disabled' }), person('bo')])
  await say('demo', [
    svc('a'),
    edge(`person:${mail('ada')}`, 'owns', key('a')),
    edge(`person:${mail('bo')}`, 'owns', key('a')),
  ])
  const page = await owners()
  expect(page.counts).toMatchObject({ owned: 1, orphaned: 0 })
  expect(page.people.find(({ owned }) => owned === 1)?.person.key).toBe(`person:${mail('bo')}`)
})

test('a team answers through one person; when that person leaves, the task is on the team and its backup, not in silence', async () => {
  await say('entra', [person('ada'), person('bo'), person('cy')])
  await say('demo', [svc('a'), svc('b')])
  await send('PUT', '/v1/teams/platform', { name: 'Platform', accountable: mail('ada'), members: [mail('bo')] })
  await own('a', 'team:platform')
  await backup('a', mail('cy'))
  await own('b', mail('ada'))
  expect((await inbox(mail('bo'))).items).toEqual([])
  pass(1)
  await say('entra', [person('ada', { enabled: false }), person('bo'), person('cy')])
  for (const one of ['bo', 'cy']) {
    const { items } = await inbox(mail(one))
    expect(items.map(({ duty, entity, overdue }) => [duty, entity.name, overdue])).toEqual([
      ['replace-owner', 'a', true],
    ])
    expect(items[0]!.says).toBe(`ada of test ${turn()}, who answered for a, has left. Nobody answers for it now.`)
  }
  expect((await inbox(mail('bo'))).items[0]!.because[0]).toBe(
    `bo of test ${turn()} is of Platform, which answers for it.`,
  )
  expect((await inbox(mail('cy'))).items[0]!.because[0]).toBe(`cy of test ${turn()} is its backup.`)
  // Another accountable person closes it, for all that the team answers for.
  const { undo } = await send<{ undo: string }>('PUT', '/v1/teams/platform', {
    name: 'Platform',
    accountable: mail('bo'),
    members: [],
  })
  expect((await owners()).counts).toMatchObject({ owned: 1, orphaned: 1 })
  expect((await inbox(mail('cy'))).items).toEqual([])
  expect((await admin('DELETE', '/v1/teams/platform')).body.code).toBe('act/team-in-use')
  await send('POST', `/v1/undo/${undo}`)
  expect((await get<{ accountable: { key: string } }>('/v1/teams/platform')).accountable.key).toBe(
    `person:${mail('ada')}`,
  )
  expect((await owners()).counts).toMatchObject({ owned: 0, orphaned: 2 })
})

test('a member who takes over what the team lost goes on for the team', async () => {
  await say('entra', [person('ada'), person('bo')])
  await say('demo', [svc('a')])
  await send('PUT', '/v1/teams/core', { name: 'Core', accountable: mail('ada'), members: [mail('bo')] })
  await own('a', 'team:core')
  await say('entra', [person('ada', { disabled: true }), person('bo')])
  const bo = await signedIn('bo', 'owner')
  await send('POST', '/v1/inbox/answers', { entity: key('a'), answer: 'mine' }, bo)
  expect(await owners()).toMatchObject({ counts: { owned: 1 }, teams: [{ id: 'core', owned: 1 }] })
  expect((await owners()).people.find(({ owned }) => owned === 1)?.person.key).toBe(`person:${mail('bo')}`)
})
