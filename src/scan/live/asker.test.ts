import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { Sensitive } from '../../sdk/index.ts'
import { detectors } from '../detectors/index.ts'
import { made } from '../detectors/made.ts'
import { createAsker, madeUp } from './asker.ts'
import { contractFaults, type LiveCheck } from './check.ts'
import { checks } from './checks.ts'

const ending: (() => void)[] = []
afterEach(() => {
  for (const end of ending.splice(0)) end()
})
const never = new AbortController().signal
const GOOD = 'svc_live_k7Q2mX9vLp3RtW8a'

/** A service on this machine that stands in for every host; `asked` is what reached it. */
async function service(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const asked: { method: string; host: string; path: string; headers: Record<string, unknown> }[] = []
  const server = createServer((request, response) => {
    const { 'x-real-host': host, ...headers } = request.headers
    asked.push({ method: request.method!, host: String(host), path: request.url!, headers })
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ending.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    asked,
    fetch: (url: string | URL, init: RequestInit = {}) => {
      const real = new URL(url)
      return fetch(`http://127.0.0.1:${port}${real.pathname}${real.search}`, {
        ...init,
        headers: { ...(init.headers as Record<string, string>), 'x-real-host': real.host },
      })
    },
  }
}

const check = (more: Partial<LiveCheck> = {}): LiveCheck => ({
  provider: 'svc',
  detectors: ['svc-key'],
  method: 'GET',
  url: 'https://api.svc.test/v1/me',
  headers: { authorization: 'Bearer {secret}' },
  effects: 'It counts as used.',
  live: [200],
  dead: [401],
  blocked: [403],
  ...more,
})
const slept: number[] = []
const sleep = async (milliseconds: number): Promise<void> => void slept.push(milliseconds)

const askOf = async (
  answer: (good: boolean, response: ServerResponse) => void,
  { secret = GOOD, ...more }: Partial<LiveCheck> & { secret?: string } = {},
) => {
  const { fetch, asked } = await service((request, response) =>
    answer(request.headers.authorization === `Bearer ${GOOD}`, response),
  )
  const asker = createAsker({ fetch, sleep, checks: [check(more)] })
  return { ...(await asker.ask('svc-key', new Sensitive(secret), never)), asked }
}
const status = (good: number, other: number) => (isGood: boolean, response: ServerResponse) =>
  void response.writeHead(isGood ? good : other).end('{}')

describe('what a service says of a key', () => {
  test.each([
    ['live', status(200, 401), GOOD],
    ['dead', status(200, 401), 'svc_live_k7Q2mX9vLp3RtW8b'],
    ['blocked', status(403, 401), GOOD],
    ['indeterminate', status(500, 401), GOOD],
    ['indeterminate', status(429, 401), GOOD],
    ['indeterminate', status(404, 401), GOOD],
    ['indeterminate', status(302, 401), GOOD],
  ] as const)('%s', async (live, answer, secret) => {
    const said = await askOf(answer, { secret })
    expect(said.live).toBe(live)
    expect(said.says).toMatch(/^GET api\.svc\.test\/v1\/me answered \d{3}: /)
    expect(said.says).not.toContain(secret)
  })

  test('"live" of a service that says so of everything says nothing', async () => {
    const said = await askOf(status(200, 200))
    expect(said.live).toBe('indeterminate')
    expect(said.says).toContain('does not refuse a made-up key either')
    expect(said.asked).toHaveLength(2)
  })

  test('nor does "blocked" of one that lets nobody in', async () => {
    expect((await askOf(status(403, 403))).live).toBe('indeterminate')
  })

  test('a service that answers 200 to all is read by what it says', async () => {
    const body = [
      [/"ok":true/, 'live'],
      [/"error":"token_revoked"/, 'dead'],
    ] as const
    const says = (isGood: boolean, response: ServerResponse) =>
      void response.writeHead(200).end(isGood ? '{"ok":true}' : '{"ok":false,"error":"token_revoked"}')
    expect((await askOf(says, { body, live: [], dead: [] })).live).toBe('live')
    expect((await askOf(says, { body, live: [], dead: [], secret: 'svc_live_another0ne' })).live).toBe('dead')
  })

  test('unknown at one of several places is not dead', async () => {
    const said = await askOf(status(200, 401), { elsewhere: true, secret: 'svc_live_k7Q2mX9vLp3RtW8b' })
    expect(said).toMatchObject({ live: 'indeterminate', says: expect.stringContaining('another server or region') })
    expect((await askOf(status(200, 401), { elsewhere: true })).live).toBe('live')
  })

  test('a service that hangs up, floods or sends a broken answer says nothing', async () => {
    expect((await askOf((_, response) => void response.destroy())).live).toBe('indeterminate')
    const flood = await askOf((isGood, response) => {
      if (!isGood) return void response.writeHead(401).end()
      response.writeHead(200)
      const more = (): void => {
        while (response.write('x'.repeat(1 << 16)));
        response.once('drain', more)
      }
      more()
    })
    expect(flood.live).toBe('live')
  })

  test('what cannot stand in a header is not sent', async () => {
    const said = await askOf(status(200, 401), { secret: 'svc_live\r\nx-evil: 1' })
    expect([said.live, said.asked.length]).toEqual(['not-asked', 0])
  })

  test('a value of another form is not sent to this service', async () => {
    const said = await askOf(status(200, 401), { only: /^svc_test_/ })
    expect([said.live, said.asked.length]).toEqual(['not-asked', 0])
  })

  test('an abort ends it', async () => {
    const { fetch } = await service((_, response) => void response.writeHead(200))
    const stop = new AbortController()
    const asking = createAsker({ fetch, sleep, checks: [check()] }).ask('svc-key', new Sensitive(GOOD), stop.signal)
    stop.abort()
    await expect(asking).rejects.toThrow()
  })
})

test('one host is asked one question at a time, with a pause between; the made-up key once', async () => {
  let open = 0
  let most = 0
  const { fetch, asked } = await service((request, response) => {
    most = Math.max(most, ++open)
    setImmediate(() => {
      open--
      response.writeHead(request.headers.authorization?.includes('live_good') ? 200 : 401).end()
    })
  })
  slept.length = 0
  const asker = createAsker({ fetch, sleep, checks: [check()], pause: 40 })
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, n) => asker.ask('svc-key', new Sensitive(`svc_live_good${n}Xq81LmPw`), never)),
  )
  expect(answers.map(({ live }) => live)).toEqual(Array(6).fill('live'))
  expect([most, asked.length]).toEqual([1, 7])
  expect(slept).toEqual(Array(6).fill(40))
})

test('a made-up key has the form of the real one, and another value', () => {
  for (const secret of [
    GOOD,
    made('ghp_{A-Za-z0-9:36}'),
    made('{a-f0-9:32}'),
    made('sk-ant-api03-{A-Za-z0-9_-:95}'),
    made('{0-9:10}:{A-Za-z0-9_-:35}'),
  ]) {
    const other = madeUp(secret)
    expect(other).not.toBe(secret)
    expect(other.length).toBe(secret.length)
    expect(other.replaceAll(/[a-z]/g, 'a').replaceAll(/[A-Z]/g, 'A').replaceAll(/\d/g, '0')).toBe(
      secret.replaceAll(/[a-z]/g, 'a').replaceAll(/[A-Z]/g, 'A').replaceAll(/\d/g, '0'),
    )
  }
})

describe('the contract of checks', () => {
  test('is kept by all of them, for sixty systems and more', () => {
    expect(checks.flatMap((one) => contractFaults(one).map((fault) => `${one.url}: ${fault}`))).toEqual([])
    expect(new Set(checks.map(({ provider }) => provider)).size).toBeGreaterThanOrEqual(60)
  })

  test('each names detectors that are there, of its own system', () => {
    const systems = new Map(detectors.map(({ id, provider }) => [id, provider]))
    expect(
      checks.flatMap((one) =>
        one.detectors.filter((id) => systems.get(id) !== one.provider).map((id) => `${id}: ${one.provider}`),
      ),
    ).toEqual([])
  })

  test.each([
    ['what can change something', { method: 'POST' as 'GET' }, /can change something/],
    ['another method that changes', { method: 'DELETE' as 'GET' }, /can change something/],
    ['a host that is not written out', { url: 'https://{secret}.svc.test/v1' }, /host that is written out/],
    ['plain HTTP', { url: 'http://api.svc.test/v1' }, /https/],
    ['a secret in the query', { url: 'https://api.svc.test/v1?key={secret}' }, /query/],
    ['silence about what it leaves behind', { effects: ' ' }, /leaves behind/],
    ['a question without the secret', { headers: {} }, /does not send the secret/],
    ['no word for a live key', { live: [] }, /live/],
    ['no word for a dead key', { dead: [] }, /dead/],
    ['one status with two meanings', { blocked: [401] }, /two things/],
    ['a limit taken for an answer', { blocked: [429] }, /say nothing/],
  ])('refuses %s', (_, more, fault) => {
    expect(contractFaults(check(more)).join('; ')).toMatch(fault)
    expect(() => createAsker({ fetch, sleep, checks: [check(more)] })).toThrow(/asking svc whether a key is live/)
  })
})

test.each(checks.map((one) => [`${one.provider} ${new URL(one.url.replace('{secret}', 'x')).host}`, one] as const))(
  'as declared, one question by reading: %s',
  async (_, one) => {
    const { fetch, asked } = await service((request, response) => {
      const sent = JSON.stringify([request.url, request.headers])
      const good = sent.includes(GOOD) || sent.includes(Buffer.from(`${GOOD}:`).toString('base64'))
      const [live, dead] = (['live', 'dead'] as const).map(
        (answer) => one.body?.find(([, means]) => means === answer)?.[0].source,
      )
      const say = (source: string | undefined): string =>
        (source ?? '')
          .replaceAll('\\s*', '')
          .replaceAll('\\', '')
          .replace(/\(\?:([^|)]*)[^)]*\)/g, '$1')
          .replace(/\|.*$/, '')
      response
        .writeHead(good ? (one.live[0] ?? 200) : (one.dead[0] ?? 200))
        .end(good ? say(one.live.length ? undefined : live) : say(dead))
    })
    const asker = createAsker({ fetch, sleep, checks: [{ ...one, only: /./ }] })
    expect((await asker.ask(one.detectors[0]!, new Sensitive(GOOD), never)).live).toBe('live')
    expect(asked[0]!.method).toBe('GET')
    expect(asked[0]!.host).toBe(new URL(one.url.replace('{secret}', 'x')).host)
    const dead = await asker.ask(one.detectors[0]!, new Sensitive('svc_live_Zz81kQpLm4VtXw72'), never)
    expect(dead.live).toBe(one.elsewhere ? 'indeterminate' : 'dead')
  },
)
