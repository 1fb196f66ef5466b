/** What goes out, read by libraries of others: a calendar, a mail, a signed webhook, a CloudEvent. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mail } from '../../src/alert/channels/mail.ts'
import { webhook } from '../../src/alert/channels/webhook.ts'
import { calendarOf } from '../../src/alert/index.ts'
import { HOSTILE, messageOf } from '../../src/alert/testing/message.ts'
import { addressGuard, createFetch, loadConfig, systemClock } from '../../src/platform/index.ts'
import { type Environment, environment, run } from './python.ts'

const MINUTES = 5
const script = new URL('./alerts.py', import.meta.url)
const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`
const log = { debug() {}, info() {}, warn() {}, error() {} }

let python: Environment
const closing: (() => void)[] = []
beforeAll(async () => {
  python = await environment('alerts', ['icalendar==7.3.2', 'standardwebhooks==1.1.0', 'cloudevents==2.2.0'])
  if ('missing' in python) console.log(`skipped: what alerts send, read by others, because ${python.missing}`)
}, MINUTES * 60_000)
afterAll(() => {
  for (const close of closing) close()
})

const outlet = (now: Date) => ({
  fetch: createFetch({ ...loadConfig({ env: {} }).outbound, allow: ['127.0.0.1'] }, systemClock, log),
  guard: addressGuard(['127.0.0.1']),
  now: () => now,
  signal: AbortSignal.timeout(20_000),
})

/** A real HTTP server and a real SMTP server, and what each took last. */
async function servers() {
  const taken = { headers: {} as Record<string, unknown>, body: '', mail: '' }
  const http = createServer(async (request, response) => {
    taken.headers = request.headers
    taken.body = ''
    for await (const part of request) taken.body += part
    response.end()
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    async onData(stream, _, callback) {
      taken.mail = ''
      for await (const part of stream) taken.mail += String(part)
      callback()
    },
  })
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve))
  closing.push(
    () => http.close(),
    () => smtp.close(),
  )
  const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port
  return { taken, url: `http://127.0.0.1:${portOf(http)}/in`, port: portOf(smtp.server) }
}

test(
  'a calendar, a mail, a webhook and a CloudEvent are what they say they are, with names that would rather not',
  async ({ skip }) => {
    if ('missing' in python) return skip(python.missing)
    const { taken, url, port } = await servers()
    const parcel = { id: 'msg-1', topic: 'alert-1', recipient: 'ada@example.org', message: messageOf() }
    const post = async (format: string, now: Date) => {
      await webhook.send(webhook.config.parse({ url, secret: SECRET, format }), parcel, outlet(now))
      return { headers: taken.headers, body: taken.body, secret: SECRET }
    }
    await mail.send(
      mail.config.parse({ host: '127.0.0.1', port, security: 'none', from: 'reeve@example.org' }),
      parcel,
      outlet(new Date()),
    )
    const given = {
      ics: calendarOf({
        name: 'Reeve',
        says: HOSTILE,
        entries: ['a', 'b'].map((key) => ({
          key,
          ends: new Date('2026-12-01T10:00:00.000Z'),
          seen: new Date('2026-11-01T00:00:00.000Z'),
          summary: `${'ünï'.repeat(40)} ${HOSTILE}`,
          description: `${HOSTILE}\nsecond line`,
          link: 'https://reeve.example/identities/a',
        })),
      }),
      mail: taken.mail,
      webhook: await post('standard', new Date()),
      old: await post('standard', new Date(Date.now() - 3_600_000)),
      event: await post('cloudevents', new Date()),
    }
    const ran = await run(python.tool('python'), ['-c', readFileSync(script, 'utf8')], { input: JSON.stringify(given) })
    expect(ran.err).toBe('')
    const read = JSON.parse(ran.out)
    expect(read.errors).toEqual([])
    expect(read.events).toMatchObject([{ start: '2026-12-01T10:00:00+00:00' }, { start: '2026-12-01T10:00:00+00:00' }])
    expect(read.events[0].names).toEqual([
      'CLASS',
      'DESCRIPTION',
      'DTSTAMP',
      'DTSTART',
      'SUMMARY',
      'TRANSP',
      'UID',
      'URL',
    ])
    expect(read.events[0].summary).toContain('a,b\\n BEGIN:VEVENT')
    expect(read.events[0].description.split('\n').at(-1)).toBe('second line')
    expect(new Set(read.events.map(({ uid }: { uid: string }) => uid)).size).toBe(2)
    expect(read.mail).toMatchObject({
      to: 'ada@example.org',
      defects: [],
      types: ['multipart/alternative', 'text/plain', 'text/html'],
    })
    expect(read.mail.headers).not.toContain('bcc')
    expect(read.mail.subject).toMatch(/^Reeve: x Bcc: all@example.org <!channel>/)
    expect(read.mail.text).toContain('[click](https://evil.example)')
    expect(read.webhook).toEqual({ 'as sent': true, 'another body': false, 'an old one': false })
    expect(read.event).toEqual({
      id: 'msg-1',
      type: 'reeve.alert.opened',
      source: 'https://reeve.example/',
      time: '2026-11-24T12:00:00+00:00',
    })
  },
  MINUTES * 60_000,
)
