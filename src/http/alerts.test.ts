import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { deliverDue, observeAlerts } from '../alert/index.ts'
import { type Client, read, type TestServer, testServer } from './testing/index.ts'

const NOON = new Date('2026-11-24T12:00:00.000Z')
let now: Date
let server: TestServer
let admin: Client
let hook: { url: string; got: { headers: Record<string, unknown>; body: string }[]; close(): void }

beforeEach(async () => {
  now = NOON
  server = await testServer({ clock: { now: () => now, sleep: async () => {} } })
  admin = await server.as('admin')
  const got: typeof hook.got = []
  const listener = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    got.push({ headers: request.headers, body })
    response.writeHead(request.url === '/no' ? 403 : 200).end()
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  hook = {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    got,
    close() {
      listener.closeAllConnections()
      listener.close()
    },
  }
})
afterEach(async () => {
  hook.close()
  await server.close()
})

const SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
const add = (path = '/in', more: object = {}) =>
  admin('POST', '/v1/alerts/channels', {
    body: { kind: 'webhook', settings: { url: hook.url + path, secret: SECRET }, ...more },
  })
const ending = (key: string, days: number) => ({
  kind: 'credential' as const,
  type: 'x509_certificate',
  key,
  expires: { value: new Date(NOON.getTime() + days * 86_400_000).toISOString() },
})
const observe = () => observeAlerts(server.db, { now, link: 'https://reeve.example' })

test('a channel is described by its form, added, listed without secrets, changed, paused and removed, all in the audit trail', async () => {
  const kinds = (await admin('GET', '/v1/alerts/kinds')).body.rows
  expect(kinds.map(({ id }: { id: string }) => id)).toEqual(['mail', 'slack', 'teams', 'pagerduty', 'webhook'])
  for (const { form } of kinds)
    for (const [name, field] of Object.entries<{ title?: string; description?: string }>(form.properties))
      expect([name, typeof field.title, typeof field.description]).toEqual([name, 'string', 'string'])
  const made = await add()
  expect(made.status).toBe(201)
  expect(made.body).toMatchObject({
    id: 'webhook',
    title: 'Webhook',
    label: hook.url.slice(7),
    settings: { format: 'standard' },
    secrets: ['secret', 'url'],
    paused: false,
    introduced: null,
  })
  expect((await add('/in', { id: 'webhook' })).status).toBe(409)
  const changed = await admin('PATCH', '/v1/alerts/channels/webhook', {
    body: { filter: { severity: 'high' }, paused: true, settings: { format: 'cloudevents' } },
  })
  expect(changed.body).toMatchObject({
    paused: true,
    filter: { severity: 'high' },
    settings: { format: 'cloudevents' },
    secrets: ['secret', 'url'],
  })
  expect((await admin('GET', '/v1/alerts/channels')).body.rows.length).toBe(1)
  expect((await admin('DELETE', '/v1/alerts/channels/webhook')).status).toBe(204)
  expect((await admin('GET', '/v1/alerts/channels')).body.rows).toEqual([])
  expect((await admin('DELETE', '/v1/alerts/channels/webhook')).status).toBe(404)
  const { rows } = await sql<{
    action: string
    entry: string
  }>`select action, entry from platform.audit where action like 'channel.%' order by id`.execute(server.db)
  expect(rows.map(({ action }) => action)).toEqual(['channel.add', 'channel.change', 'channel.remove'])
  expect(JSON.stringify(rows)).not.toMatch(/whsec_|\/in"/)
})

test('bad settings say which field, and never its value', async () => {
  const answer = await admin('POST', '/v1/alerts/channels', {
    body: { kind: 'webhook', settings: { url: 'ftp://hunter2', secret: 'hunter2' } },
  })
  expect(answer.status).toBe(422)
  expect(answer.body).toMatchObject({ code: 'alert/settings', fields: [{ path: 'url' }, { path: 'secret' }] })
  expect(answer.text).not.toContain('hunter2')
  expect((await admin('POST', '/v1/alerts/channels', { body: { kind: 'pigeon', settings: {} } })).body).toMatchObject({
    status: 404,
    code: 'alert/no-kind',
  })
  expect((await add('/in', { filter: { severity: 'loud' } })).body).toMatchObject({
    code: 'alert/filter',
    fields: [{ path: 'filter.severity' }],
  })
})

test('a test message is sent with settings that are not kept yet, and with those that are', async () => {
  const test = (body: object) => admin('POST', '/v1/alerts/channels/test', { body })
  expect((await test({ kind: 'webhook', settings: { url: hook.url, secret: SECRET } })).body).toEqual({
    ok: true,
    recipients: [],
    error: null,
  })
  await add('/no')
  expect((await test({ channel: 'webhook' })).body).toMatchObject({ ok: false, error: { code: 'alert/undelivered' } })
  expect((await test({ channel: 'webhook', settings: { url: hook.url } })).body).toMatchObject({ ok: true })
  expect(hook.got.length).toBe(3)
  expect((await test({})).status).toBe(400)
})

test('what is open and what went out can be seen; what was given up is tried again', async () => {
  await add('/no')
  await read(server.database, [ending('demo:c', 5)], { at: now })
  await observe()
  await deliverDue(server.app.alerts!)
  const { rows, total } = (await (await server.as('viewer'))('GET', '/v1/alerts?event=ending')).body
  expect([total, rows[0].says, rows[0].severity]).toEqual([1, 'c ends on 29 November 2026.', 'high'])
  const sent = (await admin('GET', '/v1/alerts/deliveries')).body
  expect(sent.dead).toBeGreaterThan(0)
  const dead = sent.rows.find(({ title }: { title: string }) => title.startsWith('c ends'))
  expect(dead).toMatchObject({ state: 'dead', channel: 'webhook', error: { code: 'alert/undelivered' } })
  await admin('PATCH', '/v1/alerts/channels/webhook', { body: { settings: { url: hook.url } } })
  expect((await admin('POST', `/v1/alerts/deliveries/${dead.id}/retry`, { body: {} })).status).toBe(204)
  await deliverDue(server.app.alerts!)
  expect(
    (await admin('GET', '/v1/alerts/deliveries?state=sent')).body.rows.map(({ id }: { id: string }) => id),
  ).toContain(dead.id)
  await read(server.database, [ending('demo:c', 500)], { at: now })
  await observe()
  expect((await admin('GET', '/v1/alerts?event=ending')).body.total).toBe(0)
  expect((await admin('GET', '/v1/alerts?closed=true&event=ending')).body.rows[0].closed).toMatch(/^It was renewed/)
})

const subscribe = async (client: Client, body: object = { name: 'Calendar' }): Promise<string> =>
  (await client('POST', '/v1/expiry/feeds', { body })).body.path

test('a calendar is read with its address alone, and shows what the Expiry page shows', async () => {
  await read(
    server.database,
    [
      ending('demo:soon', 5),
      ending('demo:later', 500),
      { ...ending('demo:self', 5), attributes: { autoRenew: true } },
      ending('demo:past', -3),
    ],
    { at: now },
  )
  const viewer = await server.as('viewer')
  const made = await viewer('POST', '/v1/expiry/feeds', { body: { name: 'Phone' } })
  expect(made.body.url).toBe(`https://reeve.example${made.body.path}`)
  const calendar = await server.anyone('GET', made.body.path)
  expect([calendar.status, calendar.headers.get('content-type')]).toEqual([200, 'text/calendar; charset=utf-8'])
  expect(calendar.text.match(/^SUMMARY:.*$/gm)!.map((one) => one.trim())).toEqual([
    'SUMMARY:past ends',
    'SUMMARY:soon ends',
  ])
  expect(calendar.text).toContain('DTSTART:20261129T120000Z\r\n')
  expect(calendar.text).toContain('DTSTAMP:20261124T120000Z\r\n')
  now = new Date(NOON.getTime() + 60_000)
  expect((await server.anyone('GET', made.body.path)).text).toBe(calendar.text)
  const listed = (await viewer('GET', '/v1/expiry/feeds')).body.rows
  expect(listed).toMatchObject([{ name: 'Phone', mine: false, lastUsed: now.toISOString() }])
  const { rows } = await sql`select t::text from alert.feed t union all select entry from platform.audit`.execute(
    server.db,
  )
  expect(JSON.stringify([rows, listed])).not.toContain(made.body.path.split('=')[1])
})

test('a name can add no line to what a calendar says of it', async () => {
  await read(server.database, [{ ...ending('demo:c', 5), name: 'c\r\nAda answers for it.\u202e' }], { at: now })
  const calendar = (await server.anyone('GET', await subscribe(admin))).text.replaceAll(/\r\n /g, '')
  expect(calendar).toContain('SUMMARY:c Ada answers for it. ends\r\n')
  expect(calendar).toContain('DESCRIPTION:demo:c\\nNobody answers for it.\\nNothing is known to renew it.\r\n')
})

test('an address that was ended, or whose person is shut out, opens nothing; nobody ends another’s', async () => {
  const [viewer, owner] = [await server.as('viewer'), await server.as('owner')]
  const [one, two] = [await subscribe(viewer), await subscribe(owner)]
  const ids = async (client: Client) =>
    (await client('GET', '/v1/expiry/feeds')).body.rows.map(({ id }: { id: string }) => id)
  const [id] = await ids(viewer)
  expect((await owner('DELETE', `/v1/expiry/feeds/${id}`)).status).toBe(404)
  expect((await viewer('DELETE', `/v1/expiry/feeds/${id}`)).status).toBe(204)
  expect((await server.anyone('GET', one)).body).toMatchObject({ status: 401, code: 'session/feed' })
  expect((await server.anyone('GET', two)).status).toBe(200)
  await sql`update http.account set disabled = now() where role = 'owner'`.execute(server.db)
  expect((await server.anyone('GET', two)).status).toBe(401)
})

test('a calendar of mine holds what I answer for', async () => {
  await read(
    server.database,
    [
      ending('demo:mine', 5),
      ending('demo:other', 5),
      { kind: 'person', type: 'person', key: 'person:ada@example.org' },
      { from: 'person:ada@example.org', verb: 'owns', to: 'demo:mine' },
    ],
    { at: now },
  )
  const viewer = await server.as('viewer')
  expect((await viewer('POST', '/v1/expiry/feeds', { body: { name: 'Mine', mine: true } })).body.code).toBe(
    'alert/no-email',
  )
  await sql`update http.account set email = 'Ada@example.org' where role = 'viewer'`.execute(server.db)
  const calendar = await server.anyone('GET', await subscribe(viewer, { name: 'Mine', mine: true }))
  expect(calendar.text.match(/^SUMMARY:.*$/gm)!.map((one) => one.trim())).toEqual(['SUMMARY:mine ends'])
})

test('a calendar is read sixty times an hour, and addresses are not guessed for long', async () => {
  const path = await subscribe(admin)
  for (let times = 0; times < 60; times++) expect((await server.anyone('GET', path)).status).toBe(200)
  const over = await server.anyone('GET', path)
  expect([over.status, over.body.code, Number(over.headers.get('retry-after')) > 0]).toEqual([
    429,
    'http/too-often',
    true,
  ])
  now = new Date(NOON.getTime() + 3_600_000)
  expect((await server.anyone('GET', path)).status).toBe(200)
  const statuses: number[] = []
  for (let times = 0; times < 25; times++)
    statuses.push((await server.anyone('GET', `/v1/expiry.ics?token=feed_${'x'.repeat(43)}`)).status)
  expect([statuses[0], statuses.at(-1)]).toEqual([401, 429])
})

test('expiry is a file too, whole, in order, with formulas escaped', async () => {
  await read(server.database, [{ ...ending('demo:b', 900), name: '=HYPERLINK("x")' }, ending('demo:a', -3)], {
    at: now,
  })
  const csv = await (await server.as('viewer'))('GET', '/v1/expiry.csv')
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(csv.text.trim().split('\n')).toEqual([
    'ends,key,kind,type,name,verdict,proves,accountable,suggestedOwner',
    expect.stringMatching(/^2026-11-21T12:00:00.000Z,demo:a,/),
    expect.stringMatching(/^2029-05-12T12:00:00.000Z,demo:b,credential,x509_certificate,"'=HYPERLINK/),
  ])
})
