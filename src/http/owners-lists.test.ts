import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { ownersWorld } from './testing/owners-world.ts'

const { admin, send, mail, key, inDays, pass, svc, person, say, syncSelf, own, owners, csv, turn, server } =
  ownersWorld()

test('a list of people orphans what its leavers own, at once and in the rules, on the day it says, and undo brings them back', async () => {
  await say('demo', [svc('a'), svc('b')])
  await own('a', mail('ada'))
  await own('b', mail('bo'))
  const list = `Email,Full Name,Status,Last Day,Manager\n${mail('ada')},Ada,terminated,2026-11-01,${mail('cy')}\n${mail('bo')},Bo,active,${inDays(3).toISOString().slice(0, 10)},\n`
  const came = await csv('/v1/people/import', list)
  expect(came.body).toMatchObject({ lines: 2, applied: 2, errorCount: 0, undo: expect.stringMatching(/^b\d+$/) })
  await syncSelf()
  const page = await owners()
  expect(page.counts).toMatchObject({ owned: 1, orphaned: 1, unknown: 0 })
  expect(page.people.find(({ person: { key } }) => key === `person:${mail('ada')}`)?.presence).toMatchObject({
    state: 'left',
    because: 'the list of people says that they left on 2026-11-01',
  })
  expect(page.people.find(({ person: { key } }) => key === `person:${mail('bo')}`)?.presence).toMatchObject({
    state: 'active',
    leaves: inDays(3).toISOString().slice(0, 10),
  })
  const orphaned = async () =>
    (
      await sql<{
        subject: string
      }>`select subject from assess.finding where rule = 'identity-owner-gone' and state = 'open' and verdict = 'fail' and subject like ${`demo:t${turn()}/%`} order by 1`.execute(
        server().db,
      )
    ).rows.map(({ subject }) => subject)
  expect(await orphaned()).toEqual([key('a')])
  expect((await csv('/v1/people/import', list)).body).toMatchObject({ applied: 0, unchanged: 2, undo: null })
  pass(4)
  await syncSelf()
  expect((await owners()).counts).toMatchObject({ owned: 0, orphaned: 2 })
  expect(await orphaned()).toEqual([key('a'), key('b')])
  await send('POST', `/v1/undo/${came.body.undo}`)
  await syncSelf()
  expect((await owners()).counts).toMatchObject({ owned: 2, orphaned: 0 })
  expect(await orphaned()).toEqual([])
})

test('whoever is missing in a whole list has left; in a list that is not said to be whole, nothing follows', async () => {
  await say('demo', [svc('a')])
  await own('a', mail('ada'))
  await csv('/v1/people/import', `email\n${mail('ada')}\n${mail('bo')}\n`)
  await csv('/v1/people/import', `email\n${mail('bo')}\n`)
  expect((await owners()).counts).toMatchObject({ owned: 1 })
  expect((await csv('/v1/people/import?complete=true', `email\nnone\n${mail('bo')}\n`)).body).toMatchObject({
    missing: 0,
    errorCount: 1,
  })
  expect((await owners()).counts).toMatchObject({ owned: 1 })
  expect((await csv('/v1/people/import?complete=true', `email\n${mail('bo')}\n`)).body).toMatchObject({ missing: 1 })
  expect((await owners()).counts).toMatchObject({ owned: 0, orphaned: 1 })
})

test('owners that are exported come back by import without a change, whatever their names', async () => {
  await say('entra', [person('ada'), person('bo')])
  await say('demo', [svc('a'), svc('=b,"c"'), svc("'@d")])
  await send('PUT', '/v1/teams/ops', { name: 'Ops', accountable: mail('ada'), members: [] })
  await own('a', 'team:ops')
  await send('PUT', `/v1/entities/${encodeURIComponent(key('=b,"c"'))}/owner`, {
    person: mail('bo'),
    reason: '=1+1, "said" so\nand more',
  })
  await send('PUT', `/v1/entities/${encodeURIComponent(key('=b,"c"'))}/backup`, { person: mail('ada') })
  await send('PUT', `/v1/entities/${encodeURIComponent(key("'@d"))}/owner`, { person: mail('bo'), reason: "'=quoted" })
  const { text } = await admin('GET', '/v1/owners/export')
  expect(text).toContain(`"'=1+1, ""said"" so`)
  expect(text).not.toMatch(/(^|,)"?[=+@-]/m)
  expect((await csv('/v1/owners/import', text)).body).toMatchObject({
    lines: 3,
    applied: 0,
    unchanged: 3,
    errorCount: 0,
    undo: null,
  })
  const before = await admin('GET', '/v1/owners/export?format=json')
  await sql`truncate act.assignment`.execute(server().db)
  expect((await csv('/v1/owners/import', text)).body).toMatchObject({ lines: 3, applied: 3, errorCount: 0 })
  const strip = (json: string) => JSON.parse(json).map(({ at, by, ...line }: { at: string; by: string }) => line)
  expect(strip((await admin('GET', '/v1/owners/export?format=json')).text)).toEqual(strip(before.text))
})

test('a list is taken as text/csv by operators alone, and a body of another sort is refused', async () => {
  expect((await admin('POST', '/v1/owners/import', { body: { a: 1 } })).body.code).toBe('http/invalid')
  expect(
    (await admin('POST', '/v1/owners/import', { body: 'x', headers: { 'content-type': 'application/xml' } })).body,
  ).toMatchObject({ code: 'http/media-type' })
  const owner = await server().token(['read', 'write'], 'owner')
  expect((await csv('/v1/owners/import', 'identity,owner\n', owner)).body.code).toBe('access/role')
  expect((await csv('/v1/owners/import', 'what,who\n')).body).toMatchObject({ status: 422, code: 'import/header' })
  expect((await csv('/v1/owners/import', 'identity,owner\n')).body).toMatchObject({
    lines: 0,
    applied: 0,
    errorCount: 0,
    undo: null,
  })
})
