import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Card, FindingPage, FindingsPage, Frame, Inventory, Overview } from '../read/index.ts'
import { read } from './testing/estate.ts'
import { type Client, type TestServer, testServer } from './testing/index.ts'

const DAY = 86_400_000
const ago = (days: number) => ({ value: new Date(Date.now() - days * DAY).toISOString() })
let server: TestServer
let operator: Client
const hmac = `hmac:${'a1'.repeat(16)}`

beforeAll(async () => {
  server = await testServer()
  operator = await server.as('operator')
  await sql`insert into discover.connection (id, provider, label, settings, version, shown, secrets, created_at, created_by, changed_at)
    values ('host-ops', 'host', 'ops', ''::bytea, 1, '{}', '{}', now(), 'test', now())`.execute(server.db)
  await read(
    server.database,
    [
      { kind: 'resource', type: 'linux_host', key: 'host:ops', environment: 'production' },
      { kind: 'resource', type: 'demo_table', key: 'demo:cards', name: 'cards', sensitivity: 'restricted' },
      { kind: 'person', type: 'person', key: 'person:mara@x.org', name: 'Mara Quill' },
      {
        kind: 'identity',
        type: 'demo_user',
        key: 'demo:deployer',
        name: 'deployer',
        created: ago(900),
        lastUsed: ago(0.1),
        lastUsedBy: { value: 'deploy.yml' },
        aliases: ['AKIAIOSFODNN7EXAMPLE'],
        attributes: { accountKind: 'service' },
      },
      {
        kind: 'identity',
        type: 'demo_user',
        key: 'demo:idle',
        name: 'idle',
        lastUsed: { unknown: 'the log is closed', permission: 'GRANT pg_monitor' },
      },
      { kind: 'entitlement', type: 'demo_role', key: 'demo:role/writer', name: 'writer' },
      {
        kind: 'credential',
        type: 'demo_key',
        key: 'demo:key/1',
        name: 'key 1',
        method: 'access-key',
        created: ago(800),
        fingerprint: hmac,
      },
      {
        kind: 'secret',
        type: 'host_secret_file',
        key: 'host:ops/file/1',
        name: 's3.env',
        fingerprint: hmac,
        attributes: { file: '/etc/backup/s3.env', line: 3 },
      },
      { kind: 'workload', type: 'systemd_unit', key: 'host:ops/unit/backup', name: 'backup.timer' },
      { from: 'host:ops', verb: 'contains', to: 'host:ops/file/1' },
      { from: 'demo:key/1', verb: 'authenticates', to: 'demo:deployer' },
      { from: 'host:ops/file/1', verb: 'holds', to: 'demo:key/1' },
      { from: 'host:ops/unit/backup', verb: 'uses', to: 'host:ops/file/1' },
      { from: 'demo:deployer', verb: 'has', to: 'demo:role/writer' },
      { from: 'demo:role/writer', verb: 'allows', to: 'demo:cards', attributes: { privileges: ['insert', 'update'] } },
      { from: 'person:mara@x.org', verb: 'controls', to: 'demo:deployer' },
    ],
    {
      lines: [
        {
          scope: '',
          expected: 12,
          obtained: 9,
          refused: 3,
          reason: 'three were refused',
          permission: 'GRANT pg_monitor',
        },
      ],
    },
  )
})
afterAll(() => server.close())

const get = async <T>(path: string): Promise<T> => {
  const answer = await operator('GET', path)
  if (answer.status !== 200) throw server.errors.at(-1) ?? new Error(answer.text)
  return answer.body
}
const count = async (q: string) => (await get<Inventory>(`/v1/entities?q=${encodeURIComponent(q)}`)).total.count

test('the card answers whether it may be touched, from what is seen', async () => {
  const card = await get<Card>(`/v1/entities/${encodeURIComponent('demo:deployer')}`)
  expect(card.touch.rotate).toMatchObject({ answer: 'with-care', reason: expect.stringContaining('backup.timer') })
  expect(card.touch.disable).toMatchObject({
    answer: 'no',
    reason: 'No: it was used within the last day by deploy.yml.',
  })
  expect(card.touch.delete.answer).toBe('no')
  expect(card.touch.narrow.answer).toBe('unknown')
  expect(card.usedBy.consumers).toMatchObject([
    { entity: { key: 'host:ops/unit/backup' }, through: { key: 'host:ops/file/1' }, takesNewKey: 'by-hand' },
  ])
  expect(card.credentials).toMatchObject([
    { entity: { key: 'demo:key/1' }, copyCount: 1, copies: [{ where: '/etc/backup/s3.env:3 in ops' }] },
  ])
  expect(card.grants.rows).toMatchObject([
    {
      entitlement: { name: 'writer' },
      resource: { key: 'demo:cards' },
      actions: ['insert', 'update'],
      sensitive: true,
    },
  ])
  expect(card.owners).toMatchObject({ accountable: null, directory: { value: [{ key: 'person:mara@x.org' }] } })
  expect(card.neighbourhood.nodes.map(({ key, side }) => [key, side]).sort()).toEqual([
    ['demo:deployer', 'self'],
    ['demo:key/1', 'in'],
    ['demo:role/writer', 'out'],
    ['person:mara@x.org', 'in'],
  ])
  expect(card.history.map(({ what }) => what)).toContain('appeared')
})

test('the attribute set is always whole, each known or unknown with why', async () => {
  for (const key of [
    'demo:deployer',
    'demo:idle',
    'demo:role/writer',
    'demo:cards',
    'demo:key/1',
    'host:ops/file/1',
    'host:ops/unit/backup',
    'person:mara@x.org',
  ]) {
    const { attributes } = await get<Card>(`/v1/entities/${encodeURIComponent(key)}`)
    expect(Object.keys(attributes).sort()).toEqual([
      'created',
      'credentials',
      'distinctId',
      'environment',
      'expires',
      'kind',
      'lastUsed',
      'lastUsedBy',
      'methods',
      'permissions',
      'sensitivity',
      'tier',
      'type',
    ])
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === 'string') continue
      const [what] = Object.entries(value).filter(([word]) => word !== 'permission')
      expect([key, name, what![0]]).toEqual([key, name, expect.stringMatching(/^(value|unknown|notApplicable)$/)])
      if (what![0] !== 'value') expect(what![1]).toMatch(/\w/)
    }
  }
  const idle = await get<Card>(`/v1/entities/${encodeURIComponent('demo:idle')}`)
  expect(idle.attributes.lastUsed).toEqual({ unknown: 'the log is closed', permission: 'GRANT pg_monitor' })
  expect(idle.touch.disable).toMatchObject({ answer: 'unknown', permission: 'GRANT pg_monitor' })
})

test('a thing that is gone still has its card, and an invented one has none', async () => {
  await read(server.database, [{ kind: 'identity', type: 'demo_brief', key: 'demo:brief', name: 'brief' }], {
    connection: 'other',
  })
  await read(server.database, [{ kind: 'identity', type: 'demo_brief', key: 'demo:stays' }], { connection: 'other' })
  const card = await get<Card>(`/v1/entities/${encodeURIComponent('demo:brief')}`)
  expect(card.entity).toMatchObject({ name: 'brief', gone: expect.any(String) })
  expect(card.touch.delete.answer).toBe('not-applicable')
  expect(card.history[0]!.what).toBe('vanished')
  expect((await operator('GET', '/v1/entities/demo%3Anever')).body.code).toBe('entity/unknown')
})

test('every number of the overview equals its rows', async () => {
  const overview = await get<Overview>('/v1/overview')
  const { answer, ages } = overview
  expect(answer.identities).toBe(await count(''))
  expect(answer.unowned).toBe(await count('owner:none'))
  expect(answer.new).toBe(await count('seen:<7d'))
  for (const { age, count: bar } of ages.bars) expect([age, bar]).toEqual([age, await count(`age:${age}`)])
  expect(ages.unknown).toBe(await count('age:unknown'))
  expect(ages.none).toBe(await count('age:none'))
  expect(ages.bars.reduce((sum, bar) => sum + bar.count, ages.unknown + ages.none)).toBe(answer.identities)
  const findings = await get<FindingsPage>('/v1/findings?limit=500')
  expect(answer.openFindings).toBe(findings.total.count)
  expect(answer.unknownVerdicts).toBe(findings.unknownVerdicts)
  expect(answer.unknownVerdicts).toBe((await get<FindingsPage>('/v1/findings?q=verdict:unknown')).total.count)
  const frame = await get<Frame>('/v1/frame')
  expect(frame).toMatchObject({
    identities: answer.identities,
    unowned: answer.unowned,
    openFindings: answer.openFindings,
    user: { role: 'operator' },
  })
  expect(overview.ledger).toMatchObject({ asked: 12, obtained: 9, refused: 3, percent: 75 })
  expect(frame.connections.incomplete).toBe(1)
  expect(overview.trend.at(-1)).toMatchObject({ people: 1 })
})

test('findings in groups add up, by fix, identity and rule', async () => {
  for (const by of ['fix', 'identity', 'rule']) {
    const { groups, total } = await get<FindingsPage>(`/v1/findings?by=${by}&limit=500`)
    expect(groups.reduce((sum, group) => sum + group.count, 0)).toBe(total.count)
    expect(total.count).toBeGreaterThan(0)
    for (const group of groups) expect(group.findings.length).toBe(Math.min(20, group.count))
    for (const group of groups.filter(() => by === 'rule')) {
      expect((await get<FindingsPage>(`/v1/findings?q=rule:${group.id}`)).total.count).toBe(group.count)
    }
  }
  const paged = await get<FindingsPage>('/v1/findings?by=rule&limit=1')
  const next = await get<FindingsPage>(`/v1/findings?by=rule&limit=1&cursor=${paged.next}`)
  expect(next.groups[0]!.id).not.toBe(paged.groups[0]!.id)
})

test.each([
  'severity:high',
  'owner:none',
  'source:host-ops',
  'type:user',
  'env:prod -rule:x',
  'opened:<1d',
  'owasp:NHI7',
  'state:muted',
  'kind:credential deployer',
  'fix:rotate',
  "'; drop",
])('findings can be asked for by %s', async (q) => {
  expect((await operator('GET', `/v1/findings?q=${encodeURIComponent(q)}`)).status).toBe(200)
})

test('a finding has its evidence, cost, fix and way back; it is muted, undone, accepted by a second person, opened again', async () => {
  const { groups } = await get<FindingsPage>('/v1/findings?by=identity&q=kind:credential')
  const { id } = groups[0]!.findings[0]!
  expect(id).toMatch(/^F-\d+$/)
  const page = await get<FindingPage>(`/v1/findings/${id}`)
  expect(page.because[0]).toMatchObject({
    number: 1,
    connection: 'host-ops',
    complete: false,
    ledger: '9 of 12 read, 3 refused',
  })
  expect(page.cost).toMatchObject({ reachedCount: 1, sensitiveCount: 1, dependentCount: 1 })
  expect(page.fix.length).toBeGreaterThan(0)
  expect(page.closes[0]!.says).toContain('A complete read of ops')

  const until = new Date(Date.now() + 30 * DAY).toISOString().slice(0, 10)
  const muted = await operator('POST', `/v1/findings/${id}/mute`, {
    body: { until, reason: 'in the plan for December' },
  })
  expect(muted.body.finding).toMatchObject({ state: 'muted', until: `${until}T23:59:59.999Z` })
  expect(muted.body.history[0]).toMatchObject({ what: 'muted', by: 'operator of the test' })
  const undone = await operator('POST', `/v1/findings/${id}/undo`, { body: { undo: muted.body.history[0].undo } })
  expect(undone.body.finding.state).toBe('open')

  expect(
    (await operator('POST', `/v1/findings/${id}/accept`, { body: { until, reason: 'known and small' } })).body.state
      .asked.reason,
  ).toBe('known and small')
  expect((await operator('POST', `/v1/findings/${id}/approve`)).body.code).toBe('assess/second-person')
  const admin = await server.as('admin')
  expect((await admin('POST', `/v1/findings/${id}/approve`)).body.finding.state).toBe('accepted')
  expect((await operator('POST', `/v1/findings/${id}/reopen`)).body.finding.state).toBe('open')

  const late = { until: new Date(Date.now() + 100 * DAY).toISOString(), reason: 'too long' }
  expect((await operator('POST', `/v1/findings/${id}/mute`, { body: late })).status).toBe(422)
  expect((await operator('POST', '/v1/findings/F-99999/mute', { body: late })).status).toBe(404)
})

test('whoever is named as owner answers at once, and it can be taken back', async () => {
  const owner = await server.as('owner')
  const path = `/v1/entities/${encodeURIComponent('demo:idle')}/owner`
  const named = await owner('PUT', path, { body: { person: 'mara@x.org', reason: 'she wrote it' } })
  expect(named.status).toBe(200)
  expect((await get<Card>(`/v1/entities/${encodeURIComponent('demo:idle')}`)).owners.accountable).toMatchObject({
    key: 'person:mara@x.org',
    name: 'Mara Quill',
    assignedBy: 'owner of the test',
  })
  expect(await count('owner:mara')).toBe(1)
  expect((await owner('POST', `/v1/undo/${named.body.undo}`)).status).toBe(200)
  expect(await count('owner:mara')).toBe(0)
  const label = await owner('PUT', `/v1/entities/${encodeURIComponent('demo:idle')}/labels/accountKind`, {
    body: { value: 'service' },
  })
  expect(label.status).toBe(200)
  expect(await count('label:service')).toBe(1)
  expect((await owner('PUT', path, { body: { person: 'nobody at all' } })).status).toBe(422)
})

test('find takes any id, exact first, also of what is deleted; a secret value is not looked up that way', async () => {
  const found = async (q: string) => get<any>(`/v1/find?q=${encodeURIComponent(q)}`)
  const key = await found('AKIAIOSFODNN7EXAMPLE')
  expect(key).toMatchObject({
    recognised: 'AWS access key id',
    hits: [
      {
        exact: true,
        by: 'alias',
        entity: { key: 'demo:deployer' },
        preview: { rotate: { answer: 'with-care' }, dependents: 1, copies: 1 },
      },
    ],
  })
  expect((await found('mara@x.org')).hits[0]).toMatchObject({ exact: true, entity: { name: 'Mara Quill' } })
  expect((await found('/etc/backup/s3.env')).hits[0]).toMatchObject({ exact: true, by: 'path' })
  expect((await found('demo:brief')).hits[0]).toMatchObject({ exact: true, entity: { gone: expect.any(String) } })
  expect((await found('deploy')).hits[0]).toMatchObject({ exact: false, entity: { key: 'demo:deployer' } })
  expect(await found(`ghp_${'a1B2'.repeat(9)}`)).toMatchObject({ secret: true, hits: [] })
  const nothing = await found('AKIAZZZZZZZZZZZZZZZZ')
  expect(nothing.hits).toEqual([])
  expect(nothing.unread).toEqual([expect.stringContaining('three were refused')])
})

test('a pasted secret value is found by its fingerprint; the audit trail says that, not what', async () => {
  const value = 'correct-horse-battery-staple'
  await read(
    server.database,
    [
      {
        kind: 'credential',
        type: 'secret_value',
        key: `credential:${server.app.fingerprint(value)}`,
        fingerprint: server.app.fingerprint(value),
        method: 'password',
      },
    ],
    { connection: 'third' },
  )
  const found = await operator('POST', '/v1/find/secret', { body: { value } })
  expect(found.body.hits).toMatchObject([{ exact: true, by: 'fingerprint' }])
  const audit = await operator('GET', '/v1/audit?q=action:look-up')
  expect(audit.body.entries[0]).toMatchObject({ actor: 'operator of the test', action: 'secret.look-up' })
  expect(audit.text).not.toContain(value)
  expect(audit.text).not.toContain(server.app.fingerprint(value).slice(5))
  expect((await operator('GET', '/v1/audit/proof')).body).toMatchObject({ holds: true, broken: null })
})

test('findings leave as JSON and SARIF', async () => {
  const json = await get<any>('/v1/findings.json?q=')
  expect(json.summary.open).toBe((await get<FindingsPage>('/v1/findings')).total.count)
  expect(json.ledger[0]).toMatchObject({ connection: 'host-ops', expected: 12, refused: 3 })
  const sarif = await operator('GET', '/v1/findings.sarif')
  expect(JSON.parse(sarif.text)).toMatchObject({ version: '2.1.0' })
})

test('rules are listed, tried out without writing, added and taken away', async () => {
  const { rows } = await get<any>('/v1/rules')
  expect(rows.length).toBeGreaterThan(30)
  const one = await get<any>(`/v1/rules/${rows[0].id}`)
  expect(one.fix.length).toBeGreaterThan(0)
  const source = `id: demo-named-idle\ntitle: An account is called idle\nowasp: [NHI1]\nseverity: low\nabout: { kind: identity }\nwhen: entity.name == "idle"\nwhy: for the test\nfix: [Rename it.]\n`
  const dry = await operator('POST', '/v1/rules/dry-run', { body: { source } })
  expect(dry.body).toMatchObject({ would: { fail: 1 }, sample: [{ key: 'demo:idle', verdict: 'fail' }] })
  const admin = await server.as('admin')
  expect((await admin('POST', '/v1/rules', { body: { source } })).body).toEqual({ id: 'demo-named-idle' })
  expect((await admin('DELETE', '/v1/rules/demo-named-idle')).status).toBe(204)
  expect((await admin('PATCH', `/v1/rules/${rows[0].id}`, { body: { enabled: false } })).status).toBe(204)
  expect((await get<any>('/v1/rules')).rows[0].enabled).toBe(false)
  expect((await operator('POST', '/v1/rules/dry-run', { body: { source: 'id: [' } })).status).toBe(422)
})
