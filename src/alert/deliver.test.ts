import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'kysely'
import { SMTPServer } from 'smtp-server'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addressGuard, createFetch, loadConfig, systemClock } from '../platform/index.ts'
import { pauseAfter } from './deliver.ts'
import {
  addChannel,
  changeChannel,
  deliverDue,
  listChannels,
  removeChannel,
  retryDelivery,
  testChannel,
} from './index.ts'
import { type AlertBench, alertBench, certificate, inDays, SECRET } from './testing/index.ts'

let bench: AlertBench
let answer: (request: IncomingMessage, response: ServerResponse, body: string) => void
let asked: { path: string; id: string; timestamp: string; body: string }[]
let url: string
let close: () => void
const logged: unknown[] = []

beforeEach(async () => {
  bench = await alertBench()
  asked = []
  logged.splice(0)
  answer = (_, response) => response.end('ok')
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    asked.push({
      path: request.url!,
      id: String(request.headers['webhook-id']),
      timestamp: String(request.headers['webhook-timestamp']),
      body,
    })
    answer(request, response, body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  close = () => {
    server.closeAllConnections()
    server.close()
  }
})
afterEach(async () => {
  close()
  await bench.close()
})

const write = (fields: object, message: string) => void logged.push(JSON.stringify(fields), message)
const log = { debug: write, info: write, warn: write, error: write }
const sending = () => ({
  db: bench.database.db,
  sealer: bench.sealer,
  clock: bench.clock,
  log,
  fetch: createFetch({ ...loadConfig({ env: {} }).outbound, allow: ['127.0.0.1'] }, systemClock, log),
  guard: addressGuard(['127.0.0.1']),
  random: () => 0,
})
const deliver = () => deliverDue(sending())
const hook = (id = 'hook', more: object = {}) =>
  addChannel(
    sending(),
    {
      kind: 'webhook',
      id,
      filter: { events: ['ending'] },
      settings: { url: `${url}/secret-path-${id}`, secret: SECRET, ...more },
    },
    'user:ann',
  )
const rows = async () =>
  (
    await sql<{ state: string; attempts: number; error: string | null; error_code: string | null; next_at: Date }>`
      select state, attempts, error, error_code, next_at from alert.delivery order by number`.execute(bench.database.db)
  ).rows
const seconds = (count: number) => bench.pass(count / 86_400)

test('what is taken is sent once', async () => {
  await hook()
  await bench.say([certificate('demo:c', inDays(5))])
  await bench.observe()
  expect(await deliver()).toEqual({ sent: 1, later: 0, dead: 0 })
  expect(await deliver()).toEqual({ sent: 0, later: 0, dead: 0 })
  expect(asked.length).toBe(1)
})

test('what is not taken comes again after a pause that grows, with the same id and a new time, until it is taken', async () => {
  await hook()
  await bench.say([certificate('demo:c', inDays(5))])
  await bench.observe()
  answer = (_, response) => response.writeHead(asked.length < 4 ? 503 : 200).end()
  expect(await deliver()).toEqual({ sent: 0, later: 1, dead: 0 })
  const pauses: number[] = []
  for (let tries = 1; tries < 4; tries++) {
    const next = (await rows())[0]!.next_at
    pauses.push((next.getTime() - bench.clock.now().getTime()) / 1000)
    seconds(pauses.at(-1)! - 1)
    expect(await deliver()).toEqual({ sent: 0, later: 0, dead: 0 })
    seconds(1)
    await deliver()
  }
  expect(pauses).toEqual([30, 60, 120])
  expect((await rows())[0]).toMatchObject({ state: 'sent', attempts: 4, error: null })
  expect(new Set(asked.map(({ id }) => id)).size).toBe(1)
  expect(new Set(asked.map(({ timestamp }) => timestamp)).size).toBe(4)
})

test('pauses grow to six hours, vary by a fifth, and never pass a day', () => {
  expect([1, 2, 3, 9, 30].map((tries) => pauseAfter(tries, undefined, () => 0))).toEqual([30, 60, 120, 7680, 21_600])
  expect(pauseAfter(1, undefined, () => 0.5)).toBe(33)
  expect(pauseAfter(1, 120, () => 0)).toBe(120)
  expect(pauseAfter(3, 0, () => 0)).toBe(1)
  expect(pauseAfter(1, 9_999_999, () => 0)).toBe(86_400)
})

test('Retry-After gives the whole channel a rest, and no other', async () => {
  await hook('a')
  await hook('b')
  await bench.say([certificate('demo:c', inDays(5)), certificate('demo:d', inDays(5))])
  await bench.observe()
  answer = (request, response) =>
    request.url!.endsWith('-a') && asked.length < 4
      ? response.writeHead(429, { 'retry-after': '600' }).end()
      : response.end()
  await deliver()
  const to = (name: string) => asked.filter(({ path }) => path.endsWith(name)).length
  expect([to('-a'), to('-b')]).toEqual([1, 2])
  seconds(599)
  await deliver()
  expect(to('-a')).toBe(1)
  seconds(1)
  await deliver()
  expect([to('-a'), to('-b')]).toEqual([3, 2])
})

test('what is refused for ever is given up and shown, and goes again when somebody says so', async () => {
  await hook()
  await bench.say([certificate('demo:c', inDays(5))])
  await bench.observe()
  answer = (_, response) => response.writeHead(410).end('gone')
  expect(await deliver()).toEqual({ sent: 0, later: 0, dead: 1 })
  expect((await rows())[0]).toMatchObject({
    state: 'dead',
    error_code: 'alert/undelivered',
    error: expect.stringContaining('answered 410: gone'),
  })
  answer = (_, response) => response.end()
  const { rows: ids } = await sql<{ id: string }>`select id from alert.delivery`.execute(bench.database.db)
  await retryDelivery(sending(), ids[0]!.id)
  expect(await deliver()).toEqual({ sent: 1, later: 0, dead: 0 })
  await expect(retryDelivery(sending(), ids[0]!.id)).rejects.toMatchObject({ code: 'alert/no-delivery' })
})

test('after twelve tries it is given up', async () => {
  await hook()
  await bench.say([certificate('demo:c', inDays(5))])
  await bench.observe()
  answer = (_, response) => response.writeHead(500).end()
  for (let tries = 0; tries < 20; tries++) {
    await deliver()
    bench.pass(0.3)
  }
  expect(asked.length).toBe(12)
  expect((await rows())[0]).toMatchObject({ state: 'dead', attempts: 12 })
})

test('a later word about the same waits for the earlier one; others do not', async () => {
  await hook()
  await bench.say([certificate('demo:c', inDays(5)), certificate('demo:d', inDays(5))])
  await bench.observe()
  await bench.say([certificate('demo:c', inDays(500)), certificate('demo:d', inDays(5))])
  await bench.observe()
  answer = (_, response, body) => response.writeHead(body.includes('demo:c') && asked.length < 3 ? 503 : 200).end()
  await deliver()
  const said = () => asked.map(({ body }) => `${JSON.parse(body).type} ${JSON.parse(body).data.title.slice(0, 9)}`)
  expect(said()).toEqual(['alert.opened c ends on', 'alert.opened d ends on'])
  seconds(60)
  await deliver()
  expect(said().slice(2)).toEqual(['alert.opened c ends on', 'alert.closed Closed: c'])
})

test('what a process that died had taken is sent by the next, with the same id', async () => {
  await hook()
  await bench.say([certificate('demo:c', inDays(5))])
  await bench.observe()
  await sql`update alert.delivery set state = 'sending', attempts = 1, next_at = ${new Date(bench.clock.now().getTime() + 600_000)}`.execute(
    bench.database.db,
  )
  expect(await deliver()).toEqual({ sent: 0, later: 0, dead: 0 })
  seconds(600)
  expect(await deliver()).toEqual({ sent: 1, later: 0, dead: 0 })
})

test('of two processes each takes another one', async () => {
  await hook()
  await bench.say(Array.from({ length: 12 }, (_, i) => certificate(`demo:c${i}`, inDays(5))))
  await bench.observe()
  const done = await Promise.all([deliver(), deliver(), deliver()])
  expect(done.reduce((sum, { sent }) => sum + sent, 0)).toBe(12)
  expect(new Set(asked.map(({ id }) => id)).size).toBe(12)
})

test('a stop in the middle counts as no try', async () => {
  await hook()
  await bench.say([certificate('demo:c', inDays(5))])
  await bench.observe()
  const stop = new AbortController()
  answer = () => stop.abort(new Error('reeve is stopping'))
  expect(await deliverDue(sending(), stop.signal)).toEqual({ sent: 0, later: 1, dead: 0 })
  expect((await rows())[0]).toMatchObject({ state: 'waiting', attempts: 0 })
})

test('a paused channel gets nothing, a removed one forgets what waited', async () => {
  await hook()
  await bench.say([certificate('demo:c', inDays(5))])
  await bench.observe()
  await changeChannel(sending(), 'hook', { paused: true }, 'user:ann')
  expect(await deliver()).toEqual({ sent: 0, later: 0, dead: 0 })
  await removeChannel(sending(), 'hook', 'user:ann')
  expect(await rows()).toEqual([])
})

test('a test goes out at once, past the outbox, and says what came of it', async () => {
  await hook()
  expect(await testChannel(sending(), { channel: 'hook', by: 'Ann', link: null })).toEqual({
    ok: true,
    recipients: [],
    error: null,
  })
  expect(JSON.parse(asked[0]!.body)).toMatchObject({
    type: 'alert.test',
    data: { title: 'Reeve reaches you here: Ann asked for this test.' },
  })
  answer = (_, response) => response.writeHead(403).end('who are you')
  expect(
    await testChannel(sending(), {
      kind: 'slack',
      settings: { url: `${url}/services/T0/B0/abcdefgh` },
      by: 'Ann',
      link: null,
    }),
  ).toEqual({
    ok: false,
    recipients: [],
    error: { code: 'alert/undelivered', message: expect.stringContaining('answered 403: who are you') },
  })
  expect(await rows()).toEqual([])
  await bench.mail()
  await expect(testChannel(sending(), { channel: 'mail', by: 'Ann', link: null })).rejects.toMatchObject({
    code: 'alert/no-recipient',
  })
})

test('a private address is refused for ever, unless it is allowed', async () => {
  await hook()
  await bench.say([certificate('demo:c', inDays(5))])
  await bench.observe()
  const fetch = createFetch(loadConfig({ env: {} }).outbound, systemClock, log)
  expect(await deliverDue({ ...sending(), fetch, guard: addressGuard([]) })).toEqual({ sent: 0, later: 0, dead: 1 })
  expect((await rows())[0]).toMatchObject({ error_code: 'outbound/refused-address' })
})

test('no secret of a channel is in the database, the log, an error, the audit trail or what is shown of it', async () => {
  await hook('hook', { authorization: 'Bearer hunter2-hunter2' })
  await bench.say([certificate('demo:c', inDays(5))])
  await bench.observe()
  // The other side sends back all that it was sent.
  answer = (request, response, body) =>
    response
      .writeHead(400)
      .end(
        `${request.headers.authorization} ${SECRET} ${request.url} ${Buffer.from(SECRET).toString('base64')} ${body.length}`,
      )
  await deliver()
  await testChannel(sending(), { channel: 'hook', by: 'Ann', link: null })
  await changeChannel(sending(), 'hook', { settings: { url: `${url}/secret-path-2` } }, 'user:ann')
  await expect(
    changeChannel(sending(), 'hook', { settings: { secret: 'hunter3-hunter3' } }, 'user:ann'),
  ).rejects.toMatchObject({
    code: 'alert/settings',
    message: expect.not.stringContaining('hunter3'),
  })
  const { rows: tables } = await sql<{
    name: string
  }>`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('alert', 'platform')`.execute(
    bench.database.db,
  )
  const dump: unknown[] = []
  for (const { name } of tables)
    dump.push((await sql`select t::text from ${sql.raw(name)} t`.execute(bench.database.db)).rows)
  const all = JSON.stringify([dump, logged, await listChannels(bench.database.db), await rows()])
  expect(all).toContain('answered 400')
  for (const secret of [
    'hunter2',
    'hunter3',
    SECRET,
    SECRET.slice(6),
    Buffer.from(SECRET).toString('base64'),
    'secret-path',
  ])
    expect([secret, all.includes(secret)]).toEqual([secret, false])
})

test('mail that was greylisted is taken at the next try, and arrives once', async () => {
  const got: string[] = []
  let asks = 0
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: (_, __, callback) =>
      callback(++asks === 1 ? Object.assign(new Error('greylisted, come again'), { responseCode: 451 }) : null),
    async onData(stream, _, callback) {
      let mail = ''
      for await (const part of stream) mail += String(part)
      got.push(mail)
      callback()
    },
  })
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = smtp.server.address() as AddressInfo
    await bench.mail({ host: '127.0.0.1', port, security: 'none', to: ['ops@example.org'] }, { events: ['ending'] })
    await bench.say([certificate('demo:c', inDays(5))])
    await bench.observe()
    expect(await deliver()).toEqual({ sent: 0, later: 1, dead: 0 })
    expect((await rows())[0]!.error).toContain('greylisted')
    seconds(30)
    expect(await deliver()).toEqual({ sent: 1, later: 0, dead: 0 })
    seconds(3600)
    expect(await deliver()).toEqual({ sent: 0, later: 0, dead: 0 })
    expect(got.map((mail) => /^Subject: .*$/m.exec(mail)![0])).toEqual(['Subject: Reeve: c ends on 29 November 2026.'])
  } finally {
    await new Promise<void>((resolve) => smtp.close(() => resolve()))
  }
})

test('a channel whose settings were moved to another does not open', async () => {
  await hook('a')
  await hook('b')
  await bench.say([certificate('demo:c', inDays(5))])
  await bench.observe()
  await sql`update alert.channel set settings = (select settings from alert.channel where id = 'a') where id = 'b'`.execute(
    bench.database.db,
  )
  expect(await deliver()).toEqual({ sent: 1, later: 0, dead: 1 })
})
