import { afterAll, beforeAll, expect, test } from 'vitest'
import { judgeEstate } from '../assess/judge-estate.ts'
import type { DryRun, FindingsPage, RulePage, RuleRow } from '../read/index.ts'
import { type Client, read, type TestServer, testServer } from './testing/index.ts'

const now = new Date()
const OWN = `
id: shell-for-service
title: A service account has a login shell
owasp: [NHI10]
severity: medium
about: { kind: identity, types: [linux_user] }
when: entity.attributes.shell.matches("(ba|z)?sh$")
why: Nobody logs in as a service, so it needs no shell.
fix: Set its shell to /usr/sbin/nologin.
`
const user = (name: string, attributes = {}) => ({
  kind: 'identity' as const,
  type: 'linux_user',
  key: `host:ops/user/${name}`,
  attributes: { accountKind: 'service', ...attributes },
  lastUsed: { value: new Date(now.getTime() - 100 * 86_400_000).toISOString() },
  created: { value: new Date(now.getTime() - 900 * 86_400_000).toISOString() },
})

let server: TestServer
let admin: Client
let operator: Client
beforeAll(async () => {
  server = await testServer()
  admin = await server.as('admin')
  operator = await server.as('operator')
  await read(server.database, [
    { kind: 'resource', type: 'linux_host', key: 'host:ops' },
    user('web', { shell: '/bin/bash' }),
    user('db', { shell: '/usr/sbin/nologin' }),
    user('dark'),
    ...['web', 'db', 'dark'].map((name) => ({
      from: 'host:ops',
      verb: 'contains' as const,
      to: `host:ops/user/${name}`,
    })),
  ])
})
afterAll(() => server.close())

const judge = () => judgeEstate(server.db, { now: new Date() })
const rowsOf = async (q: string): Promise<number> =>
  ((await admin('GET', `/v1/findings?${new URLSearchParams({ q })}`)).body as FindingsPage).total.count
const list = async () => (await admin('GET', '/v1/rules')).body as { rows: RuleRow[]; broken: { id: string }[] }

test('what each rule counts is what its links list', async () => {
  await judge()
  const { rows } = await list()
  expect(rows.some(({ open }) => open > 0)).toBe(true)
  expect(rows.some(({ unknown }) => unknown > 0)).toBe(true)
  for (const { id, open, unknown } of rows) {
    if (open + unknown === 0) continue
    expect([id, await rowsOf(`rule:${id}`), await rowsOf(`verdict:unknown rule:${id}`)]).toEqual([id, open, unknown])
  }
})

test('a rule that is off stays in the list, says so, finds nothing, and can be switched on again; both are audited', async () => {
  const { rows } = await list()
  const { id } = rows.find(({ open }) => open > 0)!
  expect((await admin('PATCH', `/v1/rules/${id}`, { body: { enabled: false } })).status).toBe(204)
  await judge()
  expect((await list()).rows.find((one) => one.id === id)).toMatchObject({ enabled: false, judged: false, open: 0 })
  expect((await admin('GET', `/v1/rules/${id}`)).body).toMatchObject({ rule: { enabled: false }, verdicts: null })
  expect(await rowsOf(`rule:${id}`)).toBe(0)
  await admin('PATCH', `/v1/rules/${id}`, { body: { enabled: true } })
  await judge()
  expect((await list()).rows.find((one) => one.id === id)).toMatchObject({ enabled: true, judged: true })
  const trail = (await admin('GET', `/v1/audit?q=action:rule.set subject:${id}`)).body.entries
  expect(trail.map((entry: { after: { enabled: boolean } }) => entry.after.enabled)).toEqual([true, false])
  expect((await operator('PATCH', `/v1/rules/${id}`, { body: { enabled: false } })).status).toBe(403)
})

test('a dry run with other settings counts what they would find; a setting that is wrong or unknown is named', async () => {
  const run = (params: object) => operator('POST', '/v1/rules/identity-dormant/dry-run', { body: { params } })
  const page = (await admin('GET', '/v1/rules/identity-dormant')).body as RulePage
  const [name] = Object.keys((page.params!['properties'] as object) ?? {})
  const loose = ((await run({ [name!]: 3650 })).body as DryRun).would.fail
  const strict = ((await run({ [name!]: 1 })).body as DryRun).would.fail
  expect([loose, strict]).toEqual([0, 3])
  const wrong = await run({ [name!]: 'soon' })
  expect(wrong.body).toMatchObject({ status: 422, code: 'assess/params', fields: [{ path: name }] })
  expect(wrong.body.detail).toMatch(new RegExp(`^setting up rule identity-dormant: ${name}: `))
  const unknown = await run({ nonsense: 1 })
  expect(unknown.body.fields).toEqual([{ path: 'nonsense', says: 'there is no such setting' }])
  expect(unknown.body.detail).not.toContain(': :')
  const refused = await admin('PATCH', '/v1/rules/identity-dormant', { body: { params: { [name!]: -1 } } })
  expect(refused.body.fields[0].path).toBe(name)
  await admin('PATCH', '/v1/rules/identity-dormant', { body: { params: { [name!]: 45 } } })
  await judge()
  expect((await admin('GET', '/v1/rules/identity-dormant')).body).toMatchObject({
    settings: { [name!]: 45 },
    changed: { by: 'Admin' },
  })
})

test('a rule of one’s own: checked with its place, tried, saved, there before it is judged, judged, and taken away', async () => {
  const broken = await operator('POST', '/v1/rules/dry-run', { body: { source: OWN.replace('matches(', 'matches((') } })
  expect(broken.body).toMatchObject({
    status: 422,
    code: 'assess/expression',
    detail: expect.stringMatching(/line 1, column/),
  })
  const tried = (await operator('POST', '/v1/rules/dry-run', { body: { source: OWN } })).body as DryRun
  expect(tried.would).toEqual({ fail: 1, pass: 1, unknown: 1, notApplicable: 0 })
  expect(tried.sample.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['web', 'fail'],
    ['dark', 'unknown'],
  ])
  expect((await list()).rows.some(({ id }) => id === 'shell-for-service')).toBe(false)
  await admin('POST', '/v1/rules', { body: { source: OWN } })
  const fresh = (await admin('GET', '/v1/rules/shell-for-service')).body as RulePage
  expect(fresh).toMatchObject({ rule: { mine: true, enabled: true, judged: false }, source: OWN })
  await judge()
  const page = (await admin('GET', '/v1/rules/shell-for-service')).body as RulePage
  expect(page).toMatchObject({
    rule: { judged: true, open: 1, unknown: 1 },
    verdicts: { pass: 1, notApplicable: 0 },
    source: OWN,
    expression: 'entity.attributes.shell.matches("(ba|z)?sh$")',
  })
  expect(await rowsOf('rule:shell-for-service')).toBe(1)
  expect((await admin('DELETE', '/v1/rules/shell-for-service')).status).toBe(204)
  expect((await admin('GET', '/v1/rules/shell-for-service')).status).toBe(404)
  expect((await list()).rows.some(({ id }) => id === 'shell-for-service')).toBe(false)
  await judge()
  expect(await rowsOf('rule:shell-for-service')).toBe(0)
})
