import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { addressGuard } from '../../platform/index.ts'
import type { Outlet, Parcel } from '../channel.ts'
import { messageOf } from '../testing/message.ts'
import { mail } from './mail.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A certificate for localhost that this process trusts in these tests alone. */
let tls: { key: string; cert: string }
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-mail-'))
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...[
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName=DNS:localhost',
        '-keyout',
        join(folder, 'key'),
        '-out',
        join(folder, 'cert'),
      ],
    ],
    { stdio: 'pipe' },
  )
  tls = { key: readFileSync(join(folder, 'key'), 'utf8'), cert: readFileSync(join(folder, 'cert'), 'utf8') }
})
afterAll(() => rmSync(folder, { recursive: true }))

interface Got {
  raw: string
  to: string[]
  from: string
  secure: boolean
  user: string | undefined
}

/** A real SMTP server, and what it took. */
async function serve(options: SMTPServerOptions = {}): Promise<{ port: number; got: Got[] }> {
  const got: Got[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: options.key ? [] : ['STARTTLS'],
    logger: false,
    onData(stream, session, callback) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        got.push({
          raw: Buffer.concat(parts).toString(),
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          secure: session.secure,
          user: session.user as string | undefined,
        })
        callback()
      })
    },
    ...options,
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => server.close(() => resolve())))
  const address = server.server.address()
  return { port: typeof address === 'object' && address ? address.port : 0, got }
}

const outlet = (allow = ['127.0.0.1', 'localhost', '::1']): Outlet => ({
  fetch: () => Promise.reject(new Error('mail goes by SMTP')),
  now: () => new Date('2026-11-24T12:00:00.000Z'),
  signal: AbortSignal.timeout(20_000),
  guard: addressGuard(allow),
})
const parcel = (more: Partial<Parcel> = {}): Parcel => ({
  id: '0c1d7b0e-1111-4111-8111-111111111111',
  topic: 't',
  recipient: 'ada@example.org',
  message: messageOf(),
  ...more,
})
const config = (port: number, more: object = {}) =>
  mail.config.parse({ host: '127.0.0.1', port, security: 'none', from: 'reeve@example.org', ...more })

test('a mail arrives once, at one person, known by its id, and names in it are text', async () => {
  const { port, got } = await serve()
  await mail.send(config(port), parcel(), outlet())
  expect(got.map(({ from, to }) => [from, to])).toEqual([['reeve@example.org', ['ada@example.org']]])
  const { raw } = got[0]!
  const head = raw.slice(0, raw.indexOf('\r\n\r\n'))
  const names = head
    .replaceAll(/\r\n[ \t]/g, ' ')
    .split('\r\n')
    .map((one) => one.slice(0, one.indexOf(':')).toLowerCase())
  expect(names).not.toContain('bcc')
  expect(names.filter((name) => name === 'subject').length).toBe(1)
  expect(head).toContain('Message-ID: <0c1d7b0e-1111-4111-8111-111111111111@example.org>')
  expect(head).toContain('Auto-Submitted: auto-generated')
  expect(head).toContain('Date: Tue, 24 Nov 2026 12:00:00 +0000')
  const bytes = Buffer.from(
    raw
      .replaceAll(/=\r\n/g, '')
      .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString()
  expect(bytes).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(bytes.slice(bytes.indexOf('text/html'))).not.toContain('<script>')
  expect(bytes).not.toContain('\u202e')
  expect(bytes).toContain('https://reeve.example/expiry')
})

test('a certificate that nobody trusts gets neither the mail nor the password', async () => {
  const { port, got } = await serve({
    ...tls,
    authOptional: false,
    onAuth: ({ username, password }, _, callback) =>
      password === 'correct horse' ? callback(null, { user: username }) : callback(new Error('no')),
  })
  await expect(
    mail.send(
      config(port, { host: 'localhost', security: 'starttls', username: 'reeve', password: 'correct horse' }),
      parcel(),
      outlet(),
    ),
  ).rejects.toMatchObject({
    message: expect.stringContaining('certificate'),
    permanent: false,
  })
  expect(got).toEqual([])
})

test('a certificate that is trusted lets it through, encrypted and signed in; a wrong password is no, and is not said', async () => {
  const options: SMTPServerOptions = {
    ...tls,
    authOptional: false,
    onAuth: ({ username, password }, _, callback) =>
      password === 'correct horse' ? callback(null, { user: username }) : callback(new Error('Authentication failed')),
  }
  const [plain, implicit] = [await serve(options), await serve({ ...options, secure: true })]
  const script = `
    const { mail } = await import(${JSON.stringify(new URL('./mail.ts', import.meta.url).href)})
    const { addressGuard } = await import(${JSON.stringify(new URL('../../platform/index.ts', import.meta.url).href)})
    const outlet = { now: () => new Date(0), signal: AbortSignal.timeout(20000), guard: addressGuard(['localhost']) }
    for (const [port, security, password] of ${JSON.stringify([
      [plain.port, 'starttls', 'correct horse'],
      [implicit.port, 'tls', 'correct horse'],
      [plain.port, 'starttls', 'battery staple'],
    ])}) {
      const config = mail.config.parse({ host: 'localhost', port, security, from: 'reeve@example.org', username: 'reeve', password })
      const says = await mail.send(config, ${JSON.stringify(parcel())}, outlet).then(() => 'sent', (error) => error.permanent + ' ' + error.message)
      console.log(says)
    }`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'cert') },
  })
  const said = stdout.trim().split('\n')
  expect(said.slice(0, 2)).toEqual(['sent', 'sent'])
  expect(said[2]).toMatch(/^true localhost:\d+: Invalid login: 535/)
  expect(stdout).not.toContain('battery staple')
  expect([...plain.got, ...implicit.got].map(({ secure, user }) => [secure, user])).toEqual([
    [true, 'reeve'],
    [true, 'reeve'],
  ])
})

test('a server without STARTTLS gets nothing where it is asked for', async () => {
  const { port, got } = await serve()
  await expect(
    mail.send(config(port, { security: 'starttls', username: 'u', password: 'p' }), parcel(), outlet()),
  ).rejects.toThrow()
  expect(got).toEqual([])
})

test.each([
  [450, 'greylisted', false],
  [421, 'try later', false],
  [550, 'no such user', true],
  [554, 'refused', true],
])('%i for the recipient is tried again: not %s', async (responseCode, message, permanent) => {
  const { port } = await serve({
    onRcptTo: (_, __, callback) => callback(Object.assign(new Error(message), { responseCode })),
  })
  await expect(mail.send(config(port), parcel(), outlet())).rejects.toMatchObject({
    code: 'alert/undelivered',
    permanent,
    message: expect.stringContaining(message),
  })
})

test('nobody listening, or nobody answering, may be well later', async () => {
  const { port } = await serve()
  for (const close of closing.splice(0)) await close()
  await expect(mail.send(config(port), parcel(), outlet())).rejects.toMatchObject({ permanent: false })
})

test('an address that is not allowed is not reached, by name or number', async () => {
  const { port, got } = await serve()
  for (const host of ['127.0.0.1', 'localhost']) {
    await expect(mail.send(config(port, { host }), parcel(), outlet([]))).rejects.toMatchObject({
      permanent: true,
      message: expect.stringContaining('outbound.allow'),
    })
  }
  expect(got).toEqual([])
})

test.each(['a b@example.org', 'x@y, z@w', '<x@example.org>', 'x@example.org\r\nBcc: y@example.org', 'nobody'])(
  '%j is no address',
  (from) => {
    expect(mail.config.safeParse({ host: 'h', from }).success).toBe(false)
  },
)
