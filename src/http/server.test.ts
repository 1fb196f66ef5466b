import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Server } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ReeveError } from '../sdk/index.ts'
import { type Route, route } from './route.ts'
import { routes } from './routes.ts'
import { createServer } from './server.ts'
import { type TestServer, testServer } from './testing/index.ts'

let server: TestServer
let folder: string
let notReady: string | null = null

const extra: Route[] = [
  route({
    method: 'POST',
    path: '/v1/echo/{word}',
    can: 'anyone',
    says: 'For this test.',
    params: z.object({ word: z.string().max(3000) }),
    query: z.object({ n: z.coerce.number().int().optional() }),
    body: z.strictObject({ text: z.string().max(100) }),
    answers: z.object({ word: z.string(), text: z.string() }),
    handle: ({ params, body }) => ({ ...params, ...body, secret: 'must not leave' }) as { word: string; text: string },
  }),
  route({
    method: 'GET',
    path: '/v1/boom',
    can: 'anyone',
    says: 'Fails.',
    handle: () => {
      throw new Error('password=hunter2 at db.internal')
    },
  }),
  route({
    method: 'GET',
    path: '/v1/lost',
    can: 'anyone',
    says: 'No database.',
    handle: () => {
      throw Object.assign(new Error('terminating'), { code: '57P01' })
    },
  }),
  route({
    method: 'GET',
    path: '/v1/never',
    can: 'anyone',
    says: 'Streams until closed.',
    streams: 'text/plain',
    handle: ({ reply, signal }) => {
      reply.hijack()
      reply.raw.write('begun\n')
      signal.addEventListener('abort', () => reply.raw.end())
    },
  }),
]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reeve-console-'))
  await mkdir(join(folder, 'dist/assets'), { recursive: true })
  await writeFile(join(folder, 'secret.txt'), 'outside the console')
  await writeFile(join(folder, 'dist/index.html'), '<!doctype html><title>Reeve</title>')
  await writeFile(join(folder, 'dist/assets/main-4f2a.js'), 'export {}')
  await writeFile(join(folder, 'dist/assets/main-4f2a.js.gz'), gzipSync('export {}'))
  server = await testServer({
    list: [...routes, ...extra],
    consoleFolder: join(folder, 'dist'),
    hostnames: ['reeve.example'],
    notReady: async () => notReady,
  })
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

/** Bytes as they are, which fetch would tidy up. */
function raw(request: string): Promise<string> {
  const { hostname, port } = new URL(server.url)
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(Number(port), hostname, () => socket.write(request.replaceAll('\n', '\r\n')))
    socket
      .on('data', (data) => (text += data))
      .on('end', () => resolve(text))
      .on('error', reject)
  })
}

test('a route that does not say who may does not start', async () => {
  const bad = { ...extra[0]!, can: undefined } as unknown as Route
  await expect(createServer(server.app, [bad])).rejects.toThrow(ReeveError)
})

test('every answer bears the strict headers', async () => {
  for (const path of ['/', '/healthz', '/v1/none', '/v1/session', '/assets/main-4f2a.js']) {
    const { headers } = await server.anyone('GET', path)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('content-security-policy')).not.toContain('unsafe')
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{12}$/)
    expect(headers.get('access-control-allow-origin')).toBeNull()
  }
})

describe('the console', () => {
  test('is served at its pages, hashed files for ever', async () => {
    for (const path of [
      '/',
      '/identities',
      '/identities/aws%3Aarn%3Aaws%3Aiam%3A%3A1%3Auser%2Fx',
      '/sign-in',
      '/identities/host%3Aa.test',
      '/k/key.pem',
    ]) {
      const page = await server.anyone('GET', path)
      expect(page.status).toBe(200)
      expect(page.text).toContain('<title>Reeve</title>')
      expect(page.headers.get('cache-control')).toBe('no-cache')
    }
    const asset = await server.anyone('GET', '/assets/main-4f2a.js', { headers: { 'accept-encoding': 'gzip' } })
    expect(asset.text).toBe('export {}')
    expect(asset.headers.get('content-encoding')).toBe('gzip')
    expect(asset.headers.get('cache-control')).toContain('immutable')
  })
  test('does not stand in for a file or an address that is not there', async () => {
    for (const path of ['/assets/gone-1234.js', '/favicon.ico', '/v1/none', '/v1', '/openapi.yaml']) {
      const answer = await server.anyone('GET', path)
      expect(answer.status).toBe(404)
      expect(answer.body.code).toBe('http/not-found')
    }
  })
  test.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/..\\secret.txt',
    '//etc/passwd',
    '/%00',
    '/assets/%c0%ae%c0%ae/secret.txt',
  ])('does not lead out of its folder: %s', async (path) => {
    const answer = await raw(`GET ${path} HTTP/1.1\nHost: localhost\nConnection: close\n\n`)
    expect(answer).not.toContain('outside the console')
    expect(answer).not.toContain('root:')
    expect(answer).toMatch(/^HTTP\/1\.1 (200|400|403|404) /)
  })
})

describe('whose name', () => {
  test.each(['localhost', 'localhost:7373', '127.0.0.1:9', '[::1]:80', '10.1.2.3', 'REEVE.example'])(
    '%s is ours',
    async (host) => {
      expect(await raw(`GET /healthz HTTP/1.1\nHost: ${host}\nConnection: close\n\n`)).toMatch(/^HTTP\/1\.1 200 /)
    },
  )
  test.each(['evil.example', 'localhost.evil.example', 'reeve.example@evil.example', '127.0.0.1.nip.io', ''])(
    '"%s" is not',
    async (host) => {
      expect(await raw(`GET /healthz HTTP/1.1\nHost: ${host}\nConnection: close\n\n`)).toMatch(/^HTTP\/1\.1 4(21|00) /)
    },
  )
})

describe('bad requests', () => {
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    server.anyone('POST', '/v1/echo/a', { body, headers })
  test.each([
    ['no JSON', '{"text": ', 400, 'http/json'],
    ['no body', '', 400, 'http/json'],
    ['a number', '1', 400, 'http/invalid'],
    ['null', 'null', 400, 'http/invalid'],
    ['a wrong type', { text: 1 }, 400, 'http/invalid'],
    ['an unknown field', { text: 'a', extra: true }, 400, 'http/invalid'],
    ['a prototype', '{"text":"a","__proto__":{"x":1}}', 400, 'http/json'],
    ['too much', { text: 'x'.repeat(2_000_000) }, 413, 'http/too-large'],
  ])('%s', async (_, body, status, code) => {
    const answer = await post(body)
    expect(answer.body).toMatchObject({ status, code, instance: '/v1/echo/a' })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    expect(answer.body.request).toBe(answer.headers.get('x-request-id'))
  })
  test('name the field that is wrong', async () => {
    expect((await post({ text: 1 })).body.fields).toEqual([
      { path: 'body.text', says: expect.stringContaining('string') },
    ])
    expect((await server.anyone('POST', '/v1/echo/a?n=x', { body: { text: '' } })).body.fields[0].path).toBe('query.n')
  })
  test('another media type, another method, another encoding of the path', async () => {
    expect((await post('text=a', { 'content-type': 'application/x-www-form-urlencoded' })).body.code).toBe(
      'http/media-type',
    )
    const method = await server.anyone('PUT', '/v1/session', { body: {} })
    expect([method.status, method.headers.get('allow')]).toEqual([405, 'POST, GET, HEAD, DELETE, OPTIONS'])
    expect((await server.anyone('POST', '/v1/echo/%E0%A4%A', { body: { text: '' } })).status).toBe(400)
  })
  test('odd text goes through unharmed and unknown fields do not leave', async () => {
    for (const text of [
      "'; drop table http.account; --",
      '\u202e\u0000\ud83d\ude00',
      '${jndi:ldap://x}',
      '<script>alert(1)</script>',
    ]) {
      const answer = await server.anyone('POST', `/v1/echo/${encodeURIComponent('a/b:ü')}`, { body: { text } })
      expect(answer.body).toEqual({ word: 'a/b:ü', text })
    }
  })
})

test('a body may be left out where nothing in it is needed, but null is none', async () => {
  const admin = await server.as('admin')
  const dryRun = (body?: unknown) =>
    admin('POST', '/v1/rules/credential-dormant/dry-run', body === undefined ? {} : { body })
  expect((await dryRun()).status).toBe(200)
  expect((await dryRun({})).status).toBe(200)
  expect((await dryRun('null')).body).toMatchObject({ status: 400, code: 'http/invalid' })
})

test('a text that no database can hold is the caller’s to correct', async () => {
  const admin = await server.as('admin')
  const answer = await admin('POST', '/v1/tokens', { body: { name: 'a\0b', scopes: ['read'] } })
  expect(answer.body).toMatchObject({ status: 400, code: 'http/invalid', detail: expect.stringContaining('NUL') })
})

test.each([
  [
    'a head that is too large',
    `GET /v1/find?q=${'x'.repeat(20_000)} HTTP/1.1\nHost: localhost\n\n`,
    431,
    'http/head-too-large',
  ],
  ['what is not HTTP', '\u0016\u0003\u0001 hello\n\n', 400, 'http/malformed'],
])('%s is refused as everything else is', async (_, request, status, code) => {
  const [head = '', body = ''] = (await raw(request)).split('\r\n\r\n')
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  expect(head).toContain('content-type: application/problem+json')
  expect(head).toContain("content-security-policy: default-src 'none'")
  expect(JSON.parse(body)).toMatchObject({ status, code, request: /x-request-id: (\w+)/.exec(head)![1] })
})

test('HEAD and OPTIONS answer without a body, and without letting another site in', async () => {
  const head = await server.anyone('HEAD', '/healthz')
  expect([head.status, head.text]).toEqual([200, ''])
  const options = await server.anyone('OPTIONS', '/v1/session', { headers: { origin: 'https://evil.example' } })
  expect([options.status, options.headers.get('allow'), options.headers.get('access-control-allow-methods')]).toEqual([
    204,
    'POST, GET, HEAD, DELETE, OPTIONS',
    null,
  ])
})

test('a failure of ours says nothing of its cause, a lost database says what to expect', async () => {
  const boom = await server.anyone('GET', '/v1/boom')
  expect(boom.body).toMatchObject({ status: 500, code: 'internal' })
  expect(boom.text).not.toContain('hunter2')
  expect((await server.anyone('GET', '/v1/lost')).body).toMatchObject({ status: 503, code: 'store/unavailable' })
})

test('ready only when it is', async () => {
  expect((await server.anyone('GET', '/readyz')).status).toBe(200)
  notReady = 'the vault is sealed'
  expect((await server.anyone('GET', '/readyz')).body).toMatchObject({ status: 503, detail: 'the vault is sealed' })
  notReady = null
})

test('metrics count by route, and unknown addresses make no series', async () => {
  await server.anyone('GET', '/v1/none-of-ours')
  const reader = await server.token(['read'])
  const { text } = await reader('GET', '/metrics')
  expect(text).toMatch(/reeve_http_seconds_count\{route="\/healthz",method="GET",status="200"\} \d+/)
  expect(text).not.toContain('none-of-ours')
})

test('closing ends streams and does not wait for idle connections', async () => {
  const other = await createServer({ ...server.app, consoleFolder: undefined }, [...routes, ...extra])
  const { url } = await other.listen()
  const stream = await fetch(`${url}/v1/never`)
  const reader = stream.body!.getReader()
  await reader.read()
  await fetch(`${url}/healthz`)
  // What does not end by itself is cut after some seconds: nothing has to be.
  let cut = 0
  const { closeAllConnections } = Server.prototype
  Server.prototype.closeAllConnections = function () {
    cut++
    closeAllConnections.call(this)
  }
  try {
    const [, end] = await Promise.all([other.close(), reader.read()])
    expect([end.done, cut]).toEqual([true, 0])
  } finally {
    Server.prototype.closeAllConnections = closeAllConnections
  }
})
