/** The commands about plans over a real server, with a source that keeps tags. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runPlan } from '../act/index.ts'
import { type Ward, ward } from '../act/testing/index.ts'
import { runSync } from '../discover/index.ts'
import { plansOf } from '../http/index.ts'
import { type TestServer, testServer } from '../http/testing/index.ts'
import { apiAt } from './api.ts'
import type { Reeve } from './reeve.ts'
import { runHere } from './testing/run-here.ts'

let server: TestServer
let source: Ward
let reeve: Reeve
let out: string
let err: string
const localToken = `reeve_${'p'.repeat(40)}`

beforeAll(async () => {
  source = ward()
  server = await testServer({ localToken, providers: [source.provider] })
  const clock = { ...server.app.clock, sleep: async () => {} }
  server.app.discovery.jobs = {
    async send(queue: string, { plan }: { plan: number }) {
      if (queue === 'plan') void runPlan({ ...plansOf(server.app), clock }, plan)
      return 'job'
    },
  } as never
  reeve = { version: '1', api: async () => apiAt(server.url, localToken) } as Partial<Reeve> as Reeve
  for (const name of ['alpha', 'beta', 'gamma']) source.tags.set(name, {})
  source.tags.get('gamma')!['owner'] = 'platform-team'
  const admin = await server.as('admin')
  await admin('POST', '/v1/connections', { body: { provider: 'ward', settings: {}, id: 'ward', schedule: null } })
  await admin('POST', '/v1/connections/ward/runs')
  const { rows } = await sql<{ id: number }>`select id from discover.run where state = 'waiting'`.execute(server.db)
  for (const { id } of rows) await runSync(server.app.discovery, id)
  for (const name of source.tags.keys())
    await admin('PUT', `/v1/entities/ward%3A${name}/owner`, { body: { person: 'mara@x.org' } })
})
afterAll(() => server.close())

async function run(...argv: string[]): Promise<number> {
  const ran = await runHere(reeve, argv)
  out = ran.out
  err = ran.err
  return ran.status ?? -1
}

test('a dry run says what would be written and by which commands, and keeps nothing', async () => {
  expect(await run('owners', 'write-back', '--query', 'source:ward', '--dry-run')).toBe(0)
  expect(out).toContain('owner: not there → mara@x.org')
  expect(out).toContain('by hand: ward tag alpha owner=mara@x.org')
  expect(out).toContain('ward only reads; writing wants ward:LookAtTags, ward:Tag: reeve connections grant ward')
  expect(out).toContain('3 things: 1 to be chosen, 2 to be written.')
  expect(await run('plan', 'list')).toBe(0)
  expect(out).toContain('Nothing was planned yet')
})

test('planned, chosen, granted, approved, applied, refused in part, and put back', async () => {
  expect(await run('owners', 'write-back', '--query', 'source:ward', '--json')).toBe(0)
  const { id } = JSON.parse(out)
  expect(await run('plan', 'approve', id, '--reason', 'as agreed')).toBe(3)
  expect(err).toContain('plan/undecided')
  expect(await run('plan', 'choose', id, 'ours')).toBe(0)
  expect(await run('plan', 'approve', id, '--reason', 'as agreed')).toBe(0)
  expect(out).toContain(': as agreed; it holds until')
  expect(await run('plan', 'apply', id)).toBe(3)
  expect(err).toContain('plan/no-grant')
  // A secret stands in no argument.
  expect(await run('connections', 'grant', 'ward', '--set', 'account=tagger', '--set', 'password=hunter')).toBe(2)
  process.env['WARD_PASSWORD'] = 'hunter'
  expect(
    await run('connections', 'grant', 'ward', '--set', 'account=tagger', '--set', 'password=env:WARD_PASSWORD'),
  ).toBe(0)
  source.tags.get('beta')!['owner'] = 'somebody'
  expect(await run('plan', 'apply', id, '--dry-run')).toBe(0)
  expect(source.tags.get('alpha')).toEqual({})
  expect(await run('plan', 'apply', id)).toBe(4)
  expect(out).toContain('2 written, 1 changed since or gone')
  expect(out).toContain('refused (source/changed)')
  expect(source.tags.get('gamma')).toEqual({ owner: 'mara@x.org' })
  expect(await run('plan', 'show', id, '--state', 'done', '--json')).toBe(0)
  expect(JSON.parse(out).items.map(({ entity }: { entity: string }) => entity)).toEqual(['ward:alpha', 'ward:gamma'])
  expect(await run('plan', 'undo', id)).toBe(0)
  expect(source.tags.get('gamma')).toEqual({ owner: 'platform-team' })
  expect(await run('connections', 'revoke', 'ward')).toBe(0)
})

test('settings are shown and changed one by one', async () => {
  expect(await run('plan', 'settings')).toBe(0)
  expect(out).toContain('The address of the owner goes into the tag owner, that of the backup into none.')
  expect(await run('plan', 'settings', '--backup-tag', 'owner-backup', '--second-person', 'yes', '--json')).toBe(0)
  expect(JSON.parse(out)).toMatchObject({
    ownerTag: 'owner',
    backupTag: 'owner-backup',
    secondPerson: true,
    perSecond: 5,
  })
  expect(await run('plan', 'settings', '--second-person', 'maybe')).toBe(2)
  expect(await run('plan', 'settings', '--per-second', 'many')).toBe(3)
  expect(err).toContain('http/invalid')
  expect(await run('plan', 'settings', '--second-person', 'no', '--backup-tag', 'none')).toBe(0)
})

test('what differs is listed; a wrong use says so', async () => {
  expect(await run('plan', 'differences')).toBe(0)
  expect(out).toContain('owner says platform-team, which names nobody we know; here Mara Quill answers')
  expect(await run('owners', 'write-back')).toBe(2)
  expect(err).toContain('use/things')
  expect(await run('owners', 'write-back', 'ward:alpha', '--json')).toBe(0)
  expect(await run('plan', 'withdraw', JSON.parse(out).id)).toBe(0)
  expect(await run('plan', 'show', '999')).toBe(3)
  expect(err).toContain('plan/unknown')
})
