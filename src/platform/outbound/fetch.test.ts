import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { Sensitive } from '../../sdk/index.ts'
import type { Clock } from '../clock.ts'
import { loadConfig } from '../config.ts'
import { createFetch, retryAfter } from './fetch.ts'

const log = { debug() {}, info() {}, warn() {}, error() {} }
const NOON = new Date('2026-11-24T12:00:00.000Z')
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A clock that stands still, and remembers how long it was asked to wait. */
const stillClock = (): Clock & { slept: number[] } => {
  const slept: number[] = []
  return { slept, now: () => NOON, sleep: async (milliseconds) => void slept.push(milliseconds) }
}

async function serve(handle: (request: IncomingMessage, response: ServerResponse, count: number) => void) {
  let count = 0
  const server = createServer((request, response) => handle(request, response, ++count))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, port, server, count: () => count }
}

const settings = (over: Partial<ReturnType<typeof loadConfig>['outbound']> = {}) => ({
  ...loadConfig({ env: {} }).outbound,
  allow: ['127.0.0.1'],
  ...over,
})

test('an answer comes through with status, headers, body and address', async () => {
  const { url } = await serve((request, response) =>
    response.writeHead(418, { 'x-method': request.method! }).end('tea'),
  )
  const answer = await createFetch(settings(), stillClock(), log)(`${url}/pot`, { method: 'POST', body: 'leaves' })
  expect([answer.status, answer.headers.get('x-method'), await answer.text(), answer.url]).toEqual([
    418,
    'POST',
    'tea',
    `${url}/pot`,
  ])
})

test.each([429, 502, 503, 504])('%i is tried again until it is well', async (status) => {
  const { url, count } = await serve((_, response, n) => response.writeHead(n < 3 ? status : 200).end())
  const clock = stillClock()
  expect((await createFetch(settings(), clock, log)(url)).status).toBe(200)
  expect(count()).toBe(3)
  expect(clock.slept[0]).toBeGreaterThanOrEqual(250)
  expect(clock.slept[1]).toBeGreaterThanOrEqual(500)
})

test('the last refusal is returned when it never gets well', async () => {
  const { url, count } = await serve((_, response) => response.writeHead(503).end('down'))
  const answer = await createFetch(settings({ attempts: 3 }), stillClock(), log)(url)
  expect([answer.status, await answer.text(), count()]).toEqual([503, 'down', 3])
})

test('a POST is tried once', async () => {
  const { url, count } = await serve((_, response) => response.writeHead(503).end())
  expect((await createFetch(settings(), stillClock(), log)(url, { method: 'POST', body: '{}' })).status).toBe(503)
  expect(count()).toBe(1)
})

test('a body that can be read once is sent once', async () => {
  const { url, count } = await serve((_, response) => response.writeHead(503).end())
  const body = new Blob(['x']).stream()
  await createFetch(settings(), stillClock(), log)(url, { method: 'PUT', body, duplex: 'half' } as RequestInit)
  expect(count()).toBe(1)
})

test('Retry-After is obeyed, in seconds and as a date', async () => {
  const later = new Date(NOON.getTime() + 9000).toUTCString()
  const { url } = await serve((_, response, n) => {
    if (n === 3) response.end()
    else response.writeHead(429, { 'retry-after': n === 1 ? '7' : later }).end()
  })
  const clock = stillClock()
  await createFetch(settings(), clock, log)(url)
  expect(clock.slept).toEqual([7000, 9000])
})

test('a server that asks for more than a minute gets its answer handed on', async () => {
  const { url, count } = await serve((_, response) => response.writeHead(429, { 'retry-after': '3600' }).end())
  expect((await createFetch(settings(), stillClock(), log)(url)).status).toBe(429)
  expect(count()).toBe(1)
})

test('Retry-After that is neither is no answer; one in the past is now', () => {
  expect(retryAfter('soon', NOON)).toBeUndefined()
  expect(retryAfter(null, NOON)).toBeUndefined()
  expect(retryAfter('Tue, 24 Nov 2020 12:00:00 GMT', NOON)).toBe(0)
})

test('a connection that is cut is opened again', async () => {
  const { url, count } = await serve((request, response, n) =>
    n < 3 ? request.socket.destroy() : response.end('here'),
  )
  const answer = await createFetch(settings(), stillClock(), log)(url)
  expect([await answer.text(), count()]).toEqual(['here', 3])
})

test('nobody listening ends in an error that names the host and no more', async () => {
  const { url, server } = await serve(() => {})
  await new Promise((resolve) => server.close(resolve))
  const fetch = createFetch(settings({ attempts: 2 }), stillClock(), log)
  await expect(fetch(`${url}/?token=hunter2`)).rejects.toMatchObject({
    code: 'outbound/unreachable',
    message: expect.not.stringContaining('hunter2'),
  })
})

test('a server that never answers, or stops in the middle, is given up', async () => {
  const { url } = await serve((request, response) => {
    if (request.url === '/half') response.write('x')
  })
  const fetch = createFetch(settings({ timeout: 300, attempts: 1 }), stillClock(), log)
  await expect(fetch(url)).rejects.toMatchObject({ code: 'outbound/timeout' })
  await expect(fetch(`${url}/half`).then((answer) => answer.text())).rejects.toThrow()
})

test("the caller's abort is thrown as it is, also while waiting", async () => {
  const { url } = await serve((_, response) => response.writeHead(503).end())
  const control = new AbortController()
  const clock: Clock = { now: () => NOON, sleep: async () => control.abort(new Error('cancelled by ann')) }
  await expect(createFetch(settings(), clock, log)(url, { signal: control.signal })).rejects.toThrow('cancelled by ann')
})

test.each([
  'http://127.0.0.1:8099/',
  'http://[::1]:8099/',
  'http://169.254.169.254/latest/meta-data',
  'http://10.1.2.3/',
  'http://192.168.0.1/',
  'http://172.16.0.1/',
  'http://100.64.0.1/',
  'http://[fd00::1]/',
  'http://[fe80::1]/',
  'http://[::ffff:10.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://0.0.0.0/',
  'http://[::]/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://[64:ff9b::7f00:1]/',
  'http://[2002:7f00:1::]/',
  'http://224.0.0.1/',
  'http://255.255.255.255/',
  'http://localhost:8099/',
])('%s is refused', async (url) => {
  await expect(createFetch(settings({ allow: [] }), stillClock(), log)(url)).rejects.toMatchObject({
    code: 'outbound/refused-address',
  })
})

test('an allowed address, range or name is reached', async () => {
  const { url, port } = await serve((_, response) => response.end('in'))
  for (const [allow, address] of [
    ['127.0.0.1', url],
    ['127.0.0.0/8', url],
    ['localhost', `http://localhost:${port}`],
  ] as const) {
    expect(await (await createFetch(settings({ allow: [allow] }), stillClock(), log)(address)).text()).toBe('in')
  }
  await expect(createFetch(settings({ allow: ['10.0.0.0/8'] }), stillClock(), log)(url)).rejects.toMatchObject({
    code: 'outbound/refused-address',
  })
})

test('a redirect to a refused address is refused', async () => {
  const { url } = await serve((_, response) => response.writeHead(302, { location: 'http://127.0.0.2:8099/' }).end())
  await expect(createFetch(settings(), stillClock(), log)(url)).rejects.toMatchObject({
    code: 'outbound/refused-address',
  })
})

test('other schemes do not go out', async () => {
  await expect(createFetch(settings(), stillClock(), log)('file:///etc/passwd')).rejects.toMatchObject({
    code: 'outbound/scheme',
  })
})

test('an answer that is too large is not read: by its header, by its bytes, or unpacked', async () => {
  const { url } = await serve((request, response) => {
    if (request.url === '/said') response.writeHead(200, { 'content-length': '5000' }).end('x'.repeat(5000))
    else if (request.url === '/packed')
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(5000)))
    else for (let i = 0; i < 5; i++) response.write('x'.repeat(1000))
    response.end()
  })
  const fetch = createFetch(settings({ maxBytes: 4096 }), stillClock(), log)
  for (const path of ['/said', '/streamed', '/packed']) {
    await expect(fetch(url + path).then((answer) => answer.text())).rejects.toMatchObject({
      code: 'outbound/too-large',
    })
  }
})

test('requests go through the proxy, by CONNECT for https, and past it where NO_PROXY says so', async () => {
  const seen: string[] = []
  const proxy = await serve((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    const onward = httpRequest(request.url!, (answer) => answer.pipe(response))
    request.pipe(onward)
  })
  proxy.server.on('connect', (request, socket) => {
    seen.push(`CONNECT ${request.url}`)
    const [host, port] = request.url!.split(':')
    const onward = connect(Number(port), host!, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    onward.on('error', () => socket.destroy())
  })
  const { url, port } = await serve((_, response) => response.end('through'))
  const through = createFetch(settings({ proxy: new Sensitive(proxy.url) }), stillClock(), log)
  expect(await (await through(url)).text()).toBe('through')
  expect(seen.at(-1)).toContain(String(port))
  await through(`https://127.0.0.1:${port}/`).catch(() => {})
  expect(seen.at(-1)).toBe(`CONNECT 127.0.0.1:${port}`)
  const count = seen.length
  const past = createFetch(settings({ proxy: new Sensitive(proxy.url), noProxy: ['127.0.0.0/8'] }), stillClock(), log)
  expect(await (await past(url)).text()).toBe('through')
  expect(seen.length).toBe(count)
  const closed = createFetch(settings({ proxy: new Sensitive(proxy.url), allow: [] }), stillClock(), log)
  await expect(closed(url)).rejects.toMatchObject({ code: 'outbound/refused-address' })
})
