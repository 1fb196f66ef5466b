import { setTimeout as sleep } from 'node:timers/promises'
import { inspect, isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { runSync } from '../discover/index.ts'
import { type Clock, systemClock } from '../platform/index.ts'
import type { Card, FindingsPage, Inventory, Overview } from '../read/index.ts'
import { defineProvider, type Edge, type Entity } from '../sdk/index.ts'
import { routes } from './routes.ts'
import { judge } from './testing/estate.ts'
import { type Client, type TestServer, testServer } from './testing/index.ts'

type Item = Omit<Entity, 'attributes'> | Edge
/** What the demo system says when it is read next. */
let items: Item[] = []
let refused: string | null = null

const demo = defineProvider({
  id: 'demo',
  title: 'Demo system',
  summary: 'Reads accounts of the demo system.',
  config: z.strictObject({ host: z.string() }),
  label: ({ host }) => `${host}:1`,
  connect: async (config) => config,
  collections: [
    {
      id: 'all',
      title: 'All',
      yields: ['demo_user', 'demo_role', 'demo_host', 'ssh_key', 'person', 'demo_job'],
      needs: ['read all'],
      async *read(_, run) {
        run.ledger.expect(items.filter((item) => !('verb' in item)).length + (refused === null ? 0 : 1))
        for (const item of items) yield 'verb' in item ? item : { attributes: {}, ...item }
        if (refused !== null) run.ledger.refuse(refused, { permission: 'GRANT see ON all' })
      },
    },
  ],
})

let server: TestServer
let admin: Client
/** While a moment is recorded the clock stands still. */
let still: Date | null = null
const clock: Clock = { now: () => still ?? systemClock.now(), sleep: systemClock.sleep }
beforeAll(async () => {
  server = await testServer({ providers: [demo], clock })
  admin = await server.as('admin')
})
afterAll(() => server.close())

const user = (name: string, more: Partial<Entity> = {}): Item => ({
  kind: 'identity',
  type: 'demo_user',
  key: `demo:user/${name}`,
  name,
  lastUsed: { value: '2026-10-01T00:00:00.000Z' },
  ...more,
})
const key = (name: string, created: string, fingerprint?: string): Item => ({
  kind: 'credential',
  type: 'ssh_key',
  key: `ssh:${name}`,
  name,
  method: 'ssh-key',
  created: { value: created },
  ...(fingerprint === undefined ? {} : { fingerprint }),
})
const person = (name: string): Item => ({ kind: 'person', type: 'person', key: `person:${name}@x.org`, name })
const edge = (from: string, verb: Edge['verb'], to: string, attributes?: Edge['attributes']): Edge => ({
  from,
  verb,
  to,
  ...(attributes === undefined ? {} : { attributes }),
})
const lasting: Item[] = [
  person('ann'),
  person('bo'),
  { kind: 'resource', type: 'demo_host', key: 'demo:host', name: 'the host', environment: 'production', tier: 0 },
  { kind: 'entitlement', type: 'demo_role', key: 'demo:role', name: 'root of it' },
  { kind: 'workload', type: 'demo_job', key: 'demo:job', name: 'nightly' },
  edge('demo:host', 'contains', 'demo:user/ci'),
  edge('demo:role', 'allows', 'demo:host', { privileges: ['root'] }),
]

async function reading(next: Item[], gap: string | null = null): Promise<void> {
  items = [...lasting, ...next]
  refused = gap
  await admin('POST', '/v1/connections/demo-db/runs')
  const { rows } = await sql<{ id: number }>`select id from discover.run where state = 'waiting'`.execute(server.db)
  for (const { id } of rows) await runSync(server.app.discovery, id)
  await judge(server.database, systemClock.now())
}

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
const get = async (path: string): Promise<any> => {
  const answer = await admin('GET', path)
  if (answer.status !== 200) throw new Error(`${path}: ${answer.text}\n${String(server.errors.at(-1) ?? '')}`)
  return answer.body ?? answer.text
}

/** How one asked, and not what one was told. */
const TRANSIENT = new Set(['asOf', 'snapshot'])
// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
const steady = (value: any): any =>
  Array.isArray(value)
    ? value.map(steady)
    : value !== null && typeof value === 'object'
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([name]) => !TRANSIENT.has(name))
            .map(([name, inner]) => [name, steady(inner)]),
        )
      : value

/** The parts of two answers that differ. */
// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
function differenceOf(was: any, is: any): unknown {
  if (isDeepStrictEqual(was, is)) return undefined
  if (typeof was !== 'object' || typeof is !== 'object' || was === null || is === null) return { was, is }
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  return Object.fromEntries(
    names.map((name) => [name, differenceOf(was[name], is[name])]).filter(([, part]) => part !== undefined),
  )
}

interface Moment {
  at: string
  said: Map<string, unknown>
}

/** Everything that every page says at this moment. */
async function record(): Promise<Moment> {
  await sleep(10)
  still = systemClock.now()
  const keys: string[] = []
  for (const kind of ['identity', 'credential', 'person', 'workload', 'resource', 'entitlement'])
    keys.push(...(await get(`/v1/entities?kind=${kind}`)).rows.map((row: { key: string }) => row.key))
  const findings: string[] = (
    await get('/v1/findings?by=identity&q=state:open%20state:muted%20state:accepted%20state:resolved')
  ).groups
    .flatMap((group: FindingsPage['groups'][number]) => group.findings)
    .map((finding: { id: string }) => finding.id)
  const unknown: string[] = (await get('/v1/findings.json')).findings.map(({ id }: { id: string }) => id)
  const runs: string[] = (await get('/v1/runs')).rows.map(({ id }: { id: string }) => id)
  const paths = [
    '/v1/frame',
    '/v1/overview',
    '/v1/expiry',
    '/v1/reach',
    '/v1/reach?from=demo:user/ci&to=demo:host',
    '/v1/reach/tier-zero',
    '/v1/reach/choke-points?to=sensitive',
    '/v1/reach/leaks?to=sensitive',
    '/v1/reach/worth',
    '/v1/reach/around?key=demo:user/ci',
    ...keys.map((one) => `/v1/reach/blast/${encodeURIComponent(one)}`),
    ...['identity', 'credential', 'person', 'workload', 'resource', 'entitlement'].flatMap((kind) => [
      `/v1/entities?kind=${kind}`,
      `/v1/facets?kind=${kind}`,
    ]),
    '/v1/entities?q=owner:none&sort=-findings',
    '/v1/entities?q=env:production',
    '/v1/entities.csv',
    ...keys.map((one) => `/v1/entities/${encodeURIComponent(one)}`),
    ...keys.map((one) => `/v1/find?q=${encodeURIComponent(one)}`),
    '/v1/find?q=ann',
    ...['fix', 'identity', 'rule'].map((by) => `/v1/findings?by=${by}`),
    '/v1/findings?q=state:muted',
    '/v1/findings?q=state:resolved',
    '/v1/findings.json',
    '/v1/findings.sarif',
    ...new Set([...findings, ...unknown].map((id) => `/v1/findings/${id}`)),
    '/v1/connections',
    '/v1/connections/demo-db',
    '/v1/runs',
    ...runs.map((id) => `/v1/runs/${id}`),
    '/v1/rules',
    '/v1/rules/identity-without-owner',
    '/v1/frameworks',
    '/v1/frameworks/cis-controls',
    '/v1/frameworks/cis-controls/rows?control=5.3&state=not-met',
    '/v1/plans/differences',
    '/v1/reports/executive',
    '/v1/reports/posture?format=html',
    '/v1/audit',
  ]
  const said = new Map<string, unknown>()
  for (const path of paths) said.set(path, steady(await get(path)))
  const at = still.toISOString()
  still = null
  await sleep(10)
  return { at, said }
}

const then = (path: string, at: string): string =>
  `${path}${path.includes('?') ? '&' : '?'}as-of=${encodeURIComponent(at)}`
const open = async (): Promise<string[]> =>
  (await get('/v1/findings?by=identity&limit=500')).groups.flatMap((group: FindingsPage['groups'][number]) =>
    group.findings.map(({ id }) => id),
  )

test('what every page said at a moment is what it says as of that moment, after changes of every sort', {
  timeout: 300_000,
}, async () => {
  await admin('POST', '/v1/connections', { body: { provider: 'demo', settings: { host: 'db' }, id: 'demo-db' } })
  const moments: Moment[] = []

  await reading([
    user('ci', { name: 'ci-deployer' }),
    user('old', { lastUsed: { value: '2025-01-01T00:00:00.000Z' } }),
    user('leaving'),
    key('first', '2022-01-01T00:00:00.000Z'),
    edge('ssh:first', 'authenticates', 'demo:user/ci'),
    edge('demo:user/ci', 'has', 'demo:role'),
    edge('person:ann@x.org', 'owns', 'demo:user/old'),
    edge('demo:job', 'runs-as', 'demo:user/old'),
  ])
  moments.push(await record())

  // Renamed, rotated, another owner, one gone, one new, the listing refused in part.
  await reading(
    [
      user('ci', { name: 'ci-renamed', environment: 'production' }),
      user('old', { lastUsed: { value: '2026-11-01T00:00:00.000Z' } }),
      user('late'),
      key('second', '2026-10-01T00:00:00.000Z'),
      edge('ssh:second', 'authenticates', 'demo:user/ci'),
      edge('person:bo@x.org', 'owns', 'demo:user/old'),
    ],
    'the rest is closed to us',
  )
  moments.push(await record())
  await reading([
    user('ci', { name: 'ci-renamed', environment: 'production' }),
    user('old', { lastUsed: { value: '2026-11-01T00:00:00.000Z' } }),
    user('late'),
    key('second', '2026-10-01T00:00:00.000Z'),
    edge('ssh:second', 'authenticates', 'demo:user/ci'),
    edge('person:bo@x.org', 'owns', 'demo:user/old'),
  ])
  moments.push(await record())

  // A finding muted, another asked to be accepted, an owner and a label decided here, a rule switched off, the source renamed.
  const [first, second] = await open()
  const until = new Date(systemClock.now().getTime() + 10 * 86_400_000).toISOString()
  expect((await admin('POST', `/v1/findings/${first}/mute`, { body: { until, reason: 'on its way' } })).status).toBe(
    200,
  )
  expect(
    (await admin('POST', `/v1/findings/${second}/accept`, { body: { until, reason: 'we live with it' } })).status,
  ).toBe(200)
  expect((await admin('PUT', '/v1/entities/demo%3Auser%2Fci/owner', { body: { person: 'ann' } })).status).toBe(200)
  expect(
    (await admin('PUT', '/v1/entities/demo%3Auser%2Flate/labels/accountKind', { body: { value: 'service' } })).status,
  ).toBe(200)
  moments.push(await record())
  expect((await admin('PATCH', '/v1/connections/demo-db', { body: { settings: { host: 'db2' } } })).status).toBe(200)
  expect((await admin('PATCH', '/v1/rules/identity-dormant', { body: { enabled: false } })).status).toBe(204)
  moments.push(await record())

  // Opened again, back as it was, two keys found to be one.
  expect((await admin('POST', `/v1/findings/${first}/reopen`)).status).toBe(200)
  await admin('DELETE', '/v1/entities/demo%3Auser%2Fci/owner')
  await reading([
    user('ci', { name: 'ci-deployer' }),
    user('leaving'),
    key('second', '2026-10-01T00:00:00.000Z', 'print:1'),
    key('copy', '2026-10-01T00:00:00.000Z'),
    edge('ssh:second', 'authenticates', 'demo:user/ci'),
    edge('ssh:copy', 'authenticates', 'demo:user/leaving'),
  ])
  moments.push(await record())
  await reading([
    user('ci', { name: 'ci-deployer' }),
    user('leaving'),
    key('second', '2026-10-01T00:00:00.000Z', 'print:1'),
    key('copy', '2026-10-01T00:00:00.000Z', 'print:1'),
    edge('ssh:second', 'authenticates', 'demo:user/ci'),
    edge('ssh:copy', 'authenticates', 'demo:user/leaving'),
  ])
  moments.push(await record())
  await admin('DELETE', '/v1/connections/demo-db')
  await judge(server.database, systemClock.now())

  const wrong: string[] = []
  for (const [index, { at, said }] of moments.entries()) {
    await Promise.all(
      said.entries().map(async ([path, was]) => {
        const is = steady(await get(then(path, at)))
        if (!isDeepStrictEqual(is, was))
          wrong.push(`moment ${index}, ${path}: ${inspect(differenceOf(was, is), { depth: 9 })}`)
      }),
    )
  }
  expect(wrong).toEqual([])

  // The moments do differ, so that their agreement says something.
  const name = async ({ at }: Moment) => ((await get(then('/v1/entities/demo%3Auser%2Fci', at))) as Card).entity.name
  expect(await Promise.all(moments.map(name))).toEqual([
    'ci-deployer',
    'ci-renamed',
    'ci-renamed',
    'ci-renamed',
    'ci-renamed',
    'ci-deployer',
    'ci-deployer',
  ])
  const card: Card = await get(then('/v1/entities/demo%3Auser%2Fci', moments[0]!.at))
  expect(card).toMatchObject({ asOf: moments[0]!.at, credentials: [{ entity: { key: 'ssh:first' } }] })
  expect(card.score).toHaveProperty('value')
  expect(card.mark).not.toBe('not-judged')
  expect((await get('/v1/overview')) as Overview).not.toMatchObject({
    answer: { openFindings: (moments[0]!.said.get('/v1/overview') as Overview).answer.openFindings },
  })
})

test('a moment that cannot be shown says why', async () => {
  const refusal = async (when: string) => {
    const { status, body } = await admin('GET', `/v1/findings?as-of=${encodeURIComponent(when)}`)
    return { status, code: body.code, detail: body.detail }
  }
  expect(await refusal('2020-03-03')).toMatchObject({
    status: 404,
    code: 'past/nothing-read',
    detail: expect.stringMatching(/^nothing had been read on 3 March 2020; the first read was on \d+ \w+/i),
  })
  const year = systemClock.now().getUTCFullYear() + 1
  expect(await refusal(`${year}-03-03`)).toMatchObject({
    status: 400,
    code: 'past/ahead',
    detail: expect.stringMatching(/3 March \d+ has not come yet/),
  })
  for (const when of ['yesterday', '2026-13-01', '2026-11-17T10:00:00', "'--", '9999999-01-01'])
    expect(await refusal(when)).toMatchObject({ status: 400, code: 'http/invalid' })
})

test('the end of today is now, and what is looked back at cannot be written', async () => {
  const today = systemClock.now().toISOString().slice(0, 10)
  const [now, then]: Inventory[] = await Promise.all([get('/v1/entities'), get(`/v1/entities?as-of=${today}`)])
  expect(steady(then)).toEqual(steady(now))
  expect(then!.asOf?.slice(0, 10)).toBe(today)
})

test('whatever is told of the estate can be told of a day; the rest is of now, and known by name', () => {
  const ofNow = routes
    .filter((one) => one.method === 'GET' && one.can !== 'anyone')
    .filter((one) => !('as-of' in ((one.query as z.ZodObject | undefined)?.shape ?? {})))
    .map(({ path }) => path)
  expect(ofNow.sort()).toMatchInlineSnapshot(`
    [
      "/metrics",
      "/v1/alerts",
      "/v1/alerts/channels",
      "/v1/alerts/deliveries",
      "/v1/alerts/kinds",
      "/v1/audit/proof",
      "/v1/backups",
      "/v1/backups/{id}/file",
      "/v1/bulk",
      "/v1/bulk/{id}",
      "/v1/bulk/{id}/rows",
      "/v1/connections/{id}/acting",
      "/v1/demo",
      "/v1/events",
      "/v1/expiry/feeds",
      "/v1/first-run",
      "/v1/lists/{id}",
      "/v1/lists/{id}/changes",
      "/v1/passkeys",
      "/v1/plans",
      "/v1/plans/{id}",
      "/v1/plans/{id}/items",
      "/v1/providers",
      "/v1/providers/{id}",
      "/v1/session",
      "/v1/sessions",
      "/v1/settings/outbound",
      "/v1/settings/owners",
      "/v1/settings/plans",
      "/v1/settings/retention",
      "/v1/tokens",
      "/v1/users",
      "/v1/views",
    ]
  `)
})
