/** Each channel that posts, against a real server, in the form that its other side publishes. */
import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { addressGuard, createFetch, loadConfig, systemClock } from '../../platform/index.ts'
import type { Outlet, Parcel } from '../channel.ts'
import { SECRET } from '../testing/index.ts'
import { alertLine, messageOf } from '../testing/message.ts'
import { pagerduty } from './pagerduty.ts'
import { slack } from './slack.ts'
import { teams } from './teams.ts'
import { signed, webhook } from './webhook.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

interface Got {
  path: string
  headers: IncomingHttpHeaders
  body: string
}

async function serve(
  answer: { status?: number; headers?: Record<string, string>; body?: string } = {},
): Promise<{ url: string; got: Got[] }> {
  const got: Got[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    got.push({ path: request.url!, headers: request.headers, body })
    response.writeHead(answer.status ?? 200, answer.headers).end(answer.body ?? 'ok')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, got }
}

const log = { debug() {}, info() {}, warn() {}, error() {} }
const NOON = new Date('2026-11-24T12:00:00.000Z')
const outlet = (allow = ['127.0.0.1']): Outlet => ({
  fetch: createFetch({ ...loadConfig({ env: {} }).outbound, allow }, systemClock, log),
  now: () => NOON,
  signal: AbortSignal.timeout(10_000),
  guard: addressGuard(allow),
})
const parcel = (more: Partial<Parcel> = {}): Parcel => ({
  id: 'msg-1',
  topic: 'alert-1',
  recipient: null,
  message: messageOf(),
  ...more,
})
const many = () =>
  messageOf({
    what: 'digest',
    title: '500 things end',
    alerts: Array.from({ length: 20 }, () => alertLine({ because: ['b'.repeat(300)] })),
    more: 480,
    closed: Array.from({ length: 20 }, () => alertLine({ closed: 'Gone.' })),
    moreClosed: 7,
  })

// Slack: docs.slack.dev/reference/block-kit — sizes of headers, sections, contexts, and 50 blocks in a message.
const plain = (most: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(most), emoji: z.literal(false) })
const SlackMessage = z.strictObject({
  text: z.string().min(1),
  blocks: z
    .array(
      z.union([
        z.strictObject({ type: z.literal('header'), text: plain(150) }),
        z.strictObject({ type: z.literal('section'), text: plain(3000) }),
        z.strictObject({ type: z.literal('context'), elements: z.array(plain(2000)).min(1).max(10) }),
        z.strictObject({
          type: z.literal('actions'),
          elements: z.array(z.strictObject({ type: z.literal('button'), text: plain(75), url: z.url().max(3000) })),
        }),
      ]),
    )
    .min(1)
    .max(50),
})

test.each(['one', 'many'])('Slack gets blocks in which names are plain text: %s', async (how) => {
  const { url, got } = await serve()
  await slack.send(
    { url: `${url}/services/T/B/x` },
    parcel({ message: how === 'one' ? messageOf() : many() }),
    outlet(),
  )
  const message = SlackMessage.parse(JSON.parse(got[0]!.body))
  expect(message.text).not.toMatch(/[<>]/)
  if (how === 'one') expect(message.text).toContain('&lt;!channel&gt;')
  else expect(JSON.stringify(message.blocks)).toContain('and 482 more.')
})

// Microsoft: a workflow takes { type: message, attachments: [ Adaptive Card ] } of at most 28 kB; adaptivecards.io/schemas, 1.4.
const Run = z.strictObject({
  type: z.literal('TextRun'),
  text: z.string().min(1),
  weight: z.literal('Bolder').optional(),
  size: z.literal('Large').optional(),
  isSubtle: z.boolean().optional(),
})
const Rich = z.strictObject({
  type: z.literal('RichTextBlock'),
  inlines: z.array(Run).min(1),
  spacing: z.enum(['Small', 'Medium']).optional(),
})
const TeamsMessage = z.strictObject({
  type: z.literal('message'),
  attachments: z.tuple([
    z.strictObject({
      contentType: z.literal('application/vnd.microsoft.card.adaptive'),
      contentUrl: z.null(),
      content: z.strictObject({
        $schema: z.literal('http://adaptivecards.io/schemas/adaptive-card.json'),
        type: z.literal('AdaptiveCard'),
        version: z.literal('1.4'),
        fallbackText: z.string(),
        msteams: z.strictObject({ width: z.literal('Full') }),
        body: z.array(
          z.union([
            Rich,
            z.strictObject({
              type: z.literal('Container'),
              separator: z.boolean(),
              spacing: z.literal('Medium'),
              items: z.array(Rich),
            }),
          ]),
        ),
        actions: z
          .array(z.strictObject({ type: z.literal('Action.OpenUrl'), title: z.string(), url: z.url() }))
          .optional(),
      }),
    }),
  ]),
})

test.each(['one', 'many'])('Teams gets an Adaptive Card without any Markdown, within 28 kB: %s', async (how) => {
  const { url, got } = await serve({ status: 202 })
  await teams.send(
    { url: `${url}/workflows/x?sig=y` },
    parcel({ message: how === 'one' ? messageOf() : many() }),
    outlet(),
  )
  expect(Buffer.byteLength(got[0]!.body)).toBeLessThanOrEqual(28_000)
  const { attachments } = TeamsMessage.parse(JSON.parse(got[0]!.body))
  expect(JSON.stringify(attachments[0].content.body)).toContain(
    how === 'one' ? '[click](https://evil.example)' : 'more.',
  )
})

// PagerDuty: developer.pagerduty.com/docs/send-alert-event.
const PagerDutyEvent = z.union([
  z.strictObject({
    routing_key: z.string().length(32),
    event_action: z.literal('resolve'),
    dedup_key: z.string().min(1).max(255),
  }),
  z.strictObject({
    routing_key: z.string().length(32),
    event_action: z.literal('trigger'),
    dedup_key: z.string().min(1).max(255),
    client: z.string(),
    client_url: z.url().optional(),
    links: z.array(z.strictObject({ href: z.url(), text: z.string() })).optional(),
    payload: z.strictObject({
      summary: z.string().min(1).max(1024),
      source: z.string().min(1),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      timestamp: z.iso.datetime(),
      class: z.string(),
      component: z.string().optional(),
      custom_details: z.record(z.string(), z.unknown()),
    }),
  }),
])

test('PagerDuty opens an incident and resolves the same; a test leaves none open', async () => {
  const { url, got } = await serve({ status: 202, body: '{"status":"success"}' })
  const config = pagerduty.config.parse({ routingKey: 'a'.repeat(32), address: url })
  await pagerduty.send(config, parcel(), outlet())
  await pagerduty.send(
    config,
    parcel({
      id: 'msg-2',
      message: messageOf({ what: 'closed', alerts: [], closed: [alertLine({ closed: 'Renewed.' })] }),
    }),
    outlet(),
  )
  await pagerduty.send(config, parcel({ topic: 'test-1', message: messageOf({ what: 'test', alerts: [] }) }), outlet())
  const events = got.map(({ body }) => PagerDutyEvent.parse(JSON.parse(body)))
  expect(events.map(({ event_action, dedup_key }) => [event_action, dedup_key])).toEqual([
    ['trigger', 'alert-1'],
    ['resolve', 'alert-1'],
    ['trigger', 'test-1'],
    ['resolve', 'test-1'],
  ])
  expect(events[0]).toMatchObject({ payload: { severity: 'error', source: 'aws-prod' } })
})

test('a webhook is signed as Standard Webhooks has it, over the bytes that are sent', async () => {
  const { url, got } = await serve({ status: 204, body: '' })
  await webhook.send(
    webhook.config.parse({ url: `${url}/in`, secret: SECRET, authorization: 'Bearer t' }),
    parcel(),
    outlet(),
  )
  const { headers, body } = got[0]!
  const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64')
  expect(headers).toMatchObject({
    'webhook-id': 'msg-1',
    'webhook-timestamp': String(NOON.getTime() / 1000),
    'webhook-signature': `v1,${createHmac('sha256', key)
      .update(`msg-1.${NOON.getTime() / 1000}.${body}`)
      .digest('base64')}`,
    authorization: 'Bearer t',
    'content-type': 'application/json',
  })
  expect(JSON.parse(body)).toMatchObject({
    type: 'alert.opened',
    timestamp: '2026-11-24T12:00:00.000Z',
    data: { topic: 'alert-1' },
  })
})

// The published example of Standard Webhooks.
test('the signature is that of the specification’s own example', () => {
  expect(
    signed({
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      body: '{"test": 2432232314}',
      secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      at: new Date(1_614_265_330_000),
    })['webhook-signature'],
  ).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
})

// cloudevents/spec v1.0.2, formats/cloudevents.json.
const CloudEvent = z.strictObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  source: z.string().min(1),
  type: z.string().min(1),
  time: z.iso.datetime(),
  subject: z.string().min(1),
  datacontenttype: z.literal('application/json'),
  data: z.record(z.string(), z.unknown()),
})

test('or is a CloudEvent in structured mode, signed all the same', async () => {
  const { url, got } = await serve()
  await webhook.send(webhook.config.parse({ url, secret: SECRET, format: 'cloudevents' }), parcel(), outlet())
  expect(got[0]!.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8')
  expect(got[0]!.headers['webhook-signature']).toMatch(/^v1,/)
  expect(CloudEvent.parse(JSON.parse(got[0]!.body))).toMatchObject({
    id: 'msg-1',
    type: 'reeve.alert.opened',
    source: 'https://reeve.example/',
  })
})

test.each(['short', 'whsec_c2hvcnQ=', `whsec_${Buffer.alloc(65).toString('base64')}`, 'whsec_!!!!'])(
  '%s is no signing secret',
  (secret) => {
    expect(webhook.config.safeParse({ url: 'https://x.example', secret }).success).toBe(false)
  },
)

test.each<[number, Record<string, string>, boolean, number | undefined]>([
  [400, {}, true, undefined],
  [401, {}, true, undefined],
  [404, {}, true, undefined],
  [410, {}, true, undefined],
  [302, { location: 'https://elsewhere.example' }, true, undefined],
  [408, {}, false, undefined],
  [429, { 'retry-after': '120' }, false, 120],
  [503, { 'retry-after': 'Tue, 24 Nov 2026 12:01:00 GMT' }, false, 60],
  [500, {}, false, undefined],
])('the answer %i %j is for ever: %j', async (status, headers, permanent, after) => {
  const { url, got } = await serve({ status, headers, body: 'no_service' })
  await expect(slack.send({ url: `${url}/services/secret-part` }, parcel(), outlet())).rejects.toMatchObject({
    permanent,
    after,
    message: expect.stringMatching(`answered ${status}: no_service`),
  })
  expect(got.length).toBe(1)
})

test('an address that is not allowed is refused before anything is sent', async () => {
  const { url, got } = await serve()
  await expect(slack.send({ url }, parcel(), outlet([]))).rejects.toMatchObject({ code: 'outbound/refused-address' })
  expect(got).toEqual([])
})
