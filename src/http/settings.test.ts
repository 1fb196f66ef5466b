import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseInstallationKey, systemClock } from '../platform/index.ts'
import { scheduledBackup } from './backups.ts'
import { applyRetention } from './settings-retention.ts'
import { read, type TestServer, testServer } from './testing/index.ts'

let server: TestServer
let folder: string
const now = new Date('2026-11-24T12:00:00.000Z')
const clock = { ...systemClock, now: () => now }
const ago = (days: number): Date => new Date(now.getTime() - days * 86_400_000)
const rows = async (table: string) =>
  (await sql<{ count: number }>`select count(*)::int as count from ${sql.table(table)}`.execute(server.db)).rows[0]!
    .count
const user = (name: string, attributes = {}) => ({
  kind: 'identity' as const,
  type: 'linux_user',
  key: `host:ops/user/${name}`,
  attributes: { accountKind: 'service', ...attributes },
})

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reeve-settings-'))
  server = await testServer({
    clock,
    backupFolder: join(folder, 'backups'),
    installationKey: parseInstallationKey('cd'.repeat(32), 'the test'),
  })
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

describe('retention', () => {
  beforeAll(async () => {
    await read(server.database, [user('web', { shell: '/bin/sh' }), user('gone')], { at: ago(900) })
    await read(server.database, [user('web', { shell: '/bin/bash' })], { at: ago(600) })
    await read(server.database, [user('web', { shell: '/bin/dash' })], { at: ago(300) })
    await read(server.database, [user('web', { shell: '/bin/zsh' })], { at: ago(10) })
    await sql`insert into discover.run (connection, state, requested_at, requested_by, started_at, ended_at)
      select 'host-ops', 'done', ${now}::timestamptz - make_interval(days => 40 * d), 'test', ${now}, ${now}::timestamptz - make_interval(days => 40 * d) from generate_series(30, 1, -1) d`.execute(
      server.db,
    )
    const finding = (id: string, state: string, days: number) =>
      sql`insert into assess.finding
      (id, number, rule, subject, verdict, state, severity, rank, title, says, owasp, because, fix, places, opened_at, resolved_at, digest)
      values (${id}, nextval('assess.finding_number'), 'x', ${id}, 'fail', ${state}, 'low', 3, 't', 's', '{}', '{}', '{}', '[]', ${ago(days + 5)}, ${state === 'resolved' ? ago(days) : null}, 'd')`.execute(
        server.db,
      )
    await finding('old-closed', 'resolved', 500)
    await finding('new-closed', 'resolved', 5)
    await finding('old-open', 'open', 500)
    for (const id of ['old-closed', 'new-closed', 'old-open'])
      await sql`insert into assess.event (finding, at, what, says) values (${id}, ${ago(400)}, 'opened', 'x'), (${id}, ${ago(390)}, 'resolved', 'x')`.execute(
        server.db,
      )
  })

  test('says how much would go, and a dry run with other days changes nothing', async () => {
    const admin = await server.as('admin')
    const before = await rows('graph.entity')
    const dry = await admin('POST', '/v1/settings/retention/dry-run', {
      body: { runs: 100, findings: 100, history: 100, events: null },
    })
    expect(dry.body.due).toMatchObject({ runs: 20, events: 0 })
    expect(dry.body.due.findings).toBeGreaterThanOrEqual(1)
    expect(dry.body.due.history).toBeGreaterThanOrEqual(1)
    expect(await rows('graph.entity')).toBe(before)
    expect((await admin('GET', '/v1/settings/retention')).body.keep.runs).toBe(400)
  })

  test('what is older goes; what is current, the last reads and the audit trail stay', async () => {
    const admin = await server.as('admin')
    const keep = { runs: 100, findings: 100, history: 100, events: 100 }
    expect((await admin('PUT', '/v1/settings/retention', { body: keep })).body.keep).toEqual(keep)
    const audited = await rows('platform.audit')
    const dry = (await admin('GET', '/v1/settings/retention')).body.due
    const gone = await applyRetention(server.db, clock)
    for (const kind of ['runs', 'findings']) expect([kind, gone[kind]]).toEqual([kind, dry[kind]])
    expect(gone['history']).toBeGreaterThan(0)
    const { rows: left } = await sql<{
      id: string
    }>`select id from assess.finding where rule = 'x' order by id`.execute(server.db)
    expect(left.map(({ id }) => id)).toEqual(['new-closed', 'old-open'])
    const { rows: events } = await sql<{
      finding: string
      what: string
    }>`select finding, what from assess.event where finding in ('old-closed', 'new-closed', 'old-open') order by id`.execute(
      server.db,
    )
    expect(events.map(({ finding, what }) => `${finding} ${what}`)).toEqual([
      'new-closed resolved',
      'old-open opened',
      'old-open resolved',
    ])
    expect(await rows('discover.run')).toBe(10)
    const { rows: said } = await sql<{
      shell: string | null
      open: boolean
      key: string
    }>`select k.key, e.body->'attributes'->>'shell' as shell, e.valid_to is null as open
      from graph.entity e join graph.key k on k.id = e.key_id order by k.key, e.valid_from`.execute(server.db)
    expect(said.filter(({ key }) => key.endsWith('/web')).map(({ shell, open }) => `${shell} ${open}`)).toEqual([
      // Says since when it is there.
      '/bin/sh false',
      '/bin/dash false',
      '/bin/zsh true',
    ])
    expect(said.some(({ key }) => key.endsWith('/gone'))).toBe(false)
    expect(await rows('platform.audit')).toBe(audited + 1)
    expect((await admin('GET', '/v1/audit/proof')).body).toMatchObject({ holds: true })
    expect((await admin('GET', '/v1/settings/retention')).body.last).toEqual({ at: now.toISOString(), gone })
  })

  test('nobody is shown a day of which part is gone', async () => {
    const viewer = await server.as('viewer')
    const then = await viewer('GET', '/v1/entities?as-of=2026-06-01')
    expect(then.body).toMatchObject({ status: 404, code: 'past/nothing-read' })
    expect((await viewer('GET', '/v1/entities?as-of=2026-11-20')).status).toBe(200)
  })

  test('once more: nothing is left to go', async () => {
    expect(Object.values(await applyRetention(server.db, clock)).every((count) => count === 0)).toBe(true)
  })

  test('a number of days that is none is refused with its field', async () => {
    const admin = await server.as('admin')
    const answer = await admin('PUT', '/v1/settings/retention', {
      body: { runs: 1, findings: null, history: null, events: null },
    })
    expect(answer.body.fields[0].path).toBe('body.runs')
  })
})

describe('backup', () => {
  const wait = async (id: string) => {
    const admin = await server.as('admin')
    for (;;) {
      const row = (await admin('GET', '/v1/backups')).body.rows.find((one: { id: string }) => one.id === id)
      if (row.state !== 'running') return row
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  test('is made now, told while it is written, and comes as a file; with a passphrase it bears the key, and the passphrase is nowhere', async () => {
    const admin = await server.as('admin')
    const passphrase = 'correct horse battery'
    const begun = await admin('POST', '/v1/backups', { body: { passphrase } })
    expect(begun.status).toBe(202)
    const row = await wait(begun.body.id)
    expect(row).toMatchObject({ state: 'done', there: true, withKey: true, error: null })
    expect(row.tables).toBe(row.of)
    expect(row.bytes).toBeGreaterThan(1000)
    const file = await admin('GET', `/v1/backups/${row.id}/file`)
    expect(file.headers.get('content-disposition')).toMatch(
      /^attachment; filename="reeve-2026-11-24-12-00-00-\w+\.backup"$/,
    )
    expect(file.text.startsWith('reeve backup 1\n')).toBe(true)
    const { rows: trail } = await sql<{
      entry: string
    }>`select entry from platform.audit where subject = ${`backup:${row.id}`} order by id`.execute(server.db)
    expect(trail).toHaveLength(2)
    const { rows: everything } = await sql<{
      all: string
    }>`select (select string_agg(t::text, '') from http.backup t) || (select string_agg(t::text, '') from platform.audit t) as all`.execute(
      server.db,
    )
    expect(everything[0]!.all).not.toContain(passphrase)
    expect((await admin('DELETE', `/v1/backups/${row.id}`)).status).toBe(204)
    expect(await readdir(join(folder, 'backups'))).toEqual([])
    expect((await admin('GET', `/v1/backups/${row.id}/file`)).status).toBe(404)
  })

  test('a second one waits for the first, and one whose writer died is told as failed', async () => {
    const admin = await server.as('admin')
    await sql`insert into http.backup (id, by, started, seen, file, with_key, scheduled) values ('live', 'test', ${now}, ${now}, '/nowhere', false, false)`.execute(
      server.db,
    )
    expect((await admin('POST', '/v1/backups', { body: {} })).body).toMatchObject({
      status: 409,
      code: 'backup/running',
    })
    await sql`update http.backup set seen = ${ago(1)} where id = 'live'`.execute(server.db)
    const [row] = (await admin('GET', '/v1/backups')).body.rows
    expect(row).toMatchObject({ id: 'live', state: 'failed', error: { code: 'backup/cut-short' } })
    await admin('DELETE', '/v1/backups/live')
  })

  test('scheduled ones make room for the newest', async () => {
    const admin = await server.as('admin')
    for (let i = 0; i < 3; i++) await scheduledBackup(server.app, 2)
    const { rows: made } = (await admin('GET', '/v1/backups')).body
    expect(made).toHaveLength(2)
    expect(await readdir(join(folder, 'backups'))).toHaveLength(2)
    const put = await admin('PUT', '/v1/backups/schedule', { body: { cron: '30 2 * * *', keep: 5 } })
    expect(put.body).toMatchObject({ schedule: { cron: '30 2 * * *', keep: 5 }, next: '2026-11-25T02:30:00.000Z' })
    expect((await admin('PUT', '/v1/backups/schedule', { body: { cron: 'daily', keep: 5 } })).status).toBe(422)
  })
})

describe('the audit trail', () => {
  test('is walked when asked, and what was found is kept with its time', async () => {
    const operator = await server.as('operator')
    const proof = (await operator('POST', '/v1/audit/proof', { body: {} })).body
    expect(proof).toMatchObject({ holds: true, broken: null, at: now.toISOString() })
    await operator('PATCH', '/v1/session/liking', { body: { density: 'compact' } })
    expect((await operator('GET', '/v1/audit/proof')).body).toEqual(proof)
  })
  test('comes as lines of JSON that anybody can verify', async () => {
    const viewer = await server.as('viewer')
    const { text } = await viewer('GET', '/v1/audit/export')
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: number; previous: string; hash: string })
    expect(lines).toHaveLength(await rows('platform.audit'))
    for (const [index, line] of lines.entries()) {
      expect(line.id).toBe(index + 1)
      if (index > 0) expect(line.previous).toBe(lines[index - 1]!.hash)
    }
    const some = await viewer('GET', '/v1/audit/export?q=action%3Abackup.begin')
    expect(
      some.text
        .trim()
        .split('\n')
        .every((line) => JSON.parse(line).entry.action === 'backup.begin'),
    ).toBe(true)
  })
})

test('how the console looks is kept with the person, and comes with the session', async () => {
  const operator = await server.as('operator')
  await operator('PATCH', '/v1/session/liking', { body: { density: 'roomy' } })
  await operator('PATCH', '/v1/session/liking', { body: { keys: false } })
  expect((await operator('GET', '/v1/session')).body.liking).toEqual({ density: 'roomy', keys: false })
  expect((await (await server.as('viewer'))('GET', '/v1/session')).body.liking).toEqual({})
  expect((await operator('PATCH', '/v1/session/liking', { body: { colour: 'red' } })).status).toBe(400)
})

test('sessions are seen and ended: one, all others, and somebody else’s by an admin', async () => {
  const admin = await server.as('admin')
  const made = (await admin('POST', '/v1/users', { body: { name: 'Kenji', role: 'viewer' } })).body
  const enter = async () => {
    const { link } = (await admin('POST', `/v1/users/${made.id}/link`, { body: {} })).body
    const entered = await server.anyone('POST', '/v1/session', {
      body: { link: link.split('#')[1] },
      headers: { 'user-agent': 'Browser/1.0' },
    })
    const headers = { cookie: entered.headers.get('set-cookie')!.split(';')[0]!, 'x-reeve-csrf': entered.body.csrf }
    return (method: string, path: string) => server.anyone(method, path, { headers })
  }
  const [one, two, three] = [await enter(), await enter(), await enter()]
  const list = (await one('GET', '/v1/sessions')).body.rows as {
    id: string
    here: boolean
    agent: string
    means: string
  }[]
  expect(list.map(({ here, agent, means }) => `${here} ${agent} ${means}`)).toEqual([
    'true Browser/1.0 link',
    'false Browser/1.0 link',
    'false Browser/1.0 link',
  ])
  expect(JSON.stringify(list)).not.toMatch(/csrf|hash/)
  expect((await two('DELETE', `/v1/sessions/${list.find(({ here }) => here)!.id}`)).status).toBe(204)
  expect((await one('GET', '/v1/session')).status).toBe(401)
  expect((await two('DELETE', '/v1/sessions')).status).toBe(204)
  expect([(await two('GET', '/v1/session')).status, (await three('GET', '/v1/session')).status]).toEqual([200, 401])
  const users = (await admin('GET', '/v1/users')).body.rows as { id: string; sessions: number; passkeys: number }[]
  expect(users.find(({ id }) => id === made.id)).toMatchObject({ sessions: 1, passkeys: 0 })
  expect((await admin('DELETE', `/v1/users/${made.id}/sessions`)).status).toBe(204)
  expect((await two('GET', '/v1/session')).status).toBe(401)
})

test('a connection to elsewhere is told with its host; one over a unix socket is not', async () => {
  const listener = createServer((socket) => socket.end()).listen(0, '127.0.0.1')
  await new Promise((resolve) => listener.once('listening', resolve))
  const { port } = listener.address() as { port: number }
  await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)
  const admin = await server.as('admin')
  const { opened, hosts } = (await admin('GET', '/v1/settings/outbound')).body
  expect(hosts.find((one: { port: number }) => one.port === port)).toMatchObject({ host: '127.0.0.1', opened: 1 })
  expect(opened).toBe(hosts.reduce((sum: number, one: { opened: number }) => sum + one.opened, 0))
  listener.close()
})
