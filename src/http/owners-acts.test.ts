import { expect, test } from 'vitest'
import type { Acted } from '../read/index.ts'
import { ownersWorld } from './testing/owners-world.ts'

const { admin, send, mail, key, svc, person, edge, say, own, backup, owners, inbox } = ownersWorld()

test('suggestions are accepted in bulk, told row by row, tried without a change, and taken back in one go', async () => {
  await say('entra', [person('ada'), person('bo')])
  await say('demo', [
    ...['a', 'b', 'c', 'd'].map((name) => svc(name)),
    edge(`person:${mail('ada')}`, 'created', key('a')),
    edge(`person:${mail('bo')}`, 'created', key('b')),
    edge(`person:${mail('bo')}`, 'owns', key('d')),
  ])
  const body = { entities: ['a', 'b', 'c', 'd'].map(key) }
  const tried = await send<Acted>('POST', '/v1/owners/accept', { ...body, dryRun: true })
  expect(tried).toMatchObject({ dryRun: true, done: 2, refused: 2, undo: null })
  expect((await owners()).counts.owned).toBe(1)
  const done = await send<Acted>('POST', '/v1/owners/accept', body)
  expect(done.rows.map(({ entity, state, code, to }) => [entity.slice(-1), state, code, to])).toEqual([
    ['c', 'refused', 'owner/no-suggestion', null],
    ['d', 'refused', 'owner/not-waiting', null],
    ['a', 'done', null, `person:${mail('ada')}`],
    ['b', 'done', null, `person:${mail('bo')}`],
  ])
  expect((await owners()).coverage).toEqual({ owned: 3, of: 4 })
  // Why it was suggested is what the inbox tells of it.
  expect((await inbox(mail('ada'))).items[0]!.because[0]).toMatch(/: Suggested: Made it\./)
  await own('a', mail('bo'))
  expect(await send('POST', `/v1/undo/${done.undo}`)).toMatchObject({ kept: 1 })
  expect((await owners()).coverage).toEqual({ owned: 2, of: 4 })
  expect(await send<Acted>('POST', '/v1/owners/accept', { all: true })).toMatchObject({ done: 1, refused: 0 })
  expect((await admin('POST', '/v1/owners/accept', { body: { all: true, entities: [key('a')] } })).status).toBe(400)
})

test('what somebody answers for is handed over in one step, teams and backups with it, and taken back in one', async () => {
  await say('entra', [person('ada'), person('bo'), person('cy')])
  await say('demo', [
    svc('a'),
    svc('b'),
    svc('c'),
    svc('d'),
    svc('tagged'),
    edge(`person:${mail('ada')}`, 'owns', key('tagged')),
  ])
  await send('PUT', '/v1/teams/ops', { name: 'Ops', accountable: mail('ada'), members: [mail('cy')] })
  await own('a', mail('ada'))
  await own('b', 'team:ops')
  await own('c', mail('cy'))
  await own('d', mail('cy'))
  await backup('c', mail('ada'))
  const path = `/v1/owners/people/${encodeURIComponent(`person:${mail('ada')}`)}/handover`
  const body = {
    to: mail('bo'),
    moves: [
      { entity: key('a'), to: mail('cy') },
      { entity: key('d'), to: mail('bo') },
    ],
  }
  const before = await owners()
  expect(await send('POST', path, { ...body, dryRun: true })).toMatchObject({ done: 3, refused: 1, undo: null })
  expect(await owners()).toEqual(before)
  const done = await send<Acted & { teams: number; backups: number }>('POST', path, body)
  expect(done).toMatchObject({ done: 3, unchanged: 0, refused: 1, teams: 1, backups: 1 })
  expect(done.rows.map(({ entity, state, to }) => [entity.split('/').at(-1), state, to])).toEqual([
    ['d', 'refused', mail('bo')],
    ['a', 'done', `person:${mail('cy')}`],
    ['b', 'done', `person:${mail('bo')}`],
    ['tagged', 'done', `person:${mail('bo')}`],
  ])
  const people = async () =>
    Object.fromEntries(
      (await owners()).people.map(({ person: p, owned, backup }) => [p.key.slice(7, 9), [owned, backup]]),
    )
  expect(await people()).toEqual({ bo: [2, 1], cy: [3, 0] })
  expect((await owners()).teams).toMatchObject([{ accountable: { key: `person:${mail('bo')}` }, owned: 1 }])
  await send('POST', `/v1/undo/${done.undo}`)
  expect(await people()).toMatchObject({ ad: [3, 1], cy: [2, 0] })
  expect((await owners()).teams).toMatchObject([{ accountable: { key: `person:${mail('ada')}` } }])
  expect((await admin('POST', path, { body: { to: mail('ada') } })).body.code).toBe('owner/same')
  expect((await admin('POST', path, { body: {} })).status).toBe(400)
})
