import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../platform/index.ts'
import { adminLink, firstAdminLink } from './accounts.ts'
import { type TestServer, testServer } from './testing/index.ts'

let server: TestServer
let now = Date.now()
const clock = { ...systemClock, now: () => new Date(now) }
beforeAll(async () => {
  server = await testServer({ clock })
})
afterAll(() => server.close())

test('the first link makes the admin, works once, and is not offered again once somebody may sign in', async () => {
  const link = await firstAdminLink(server.db, clock)
  expect(link!.path).toMatch(/^\/sign-in#link_[\w-]{43}$/)
  const first = await server.anyone('POST', '/v1/session', { body: { link: link!.secret, name: 'Noor Easton' } })
  expect(first.status).toBe(201)
  expect(first.body.user).toMatchObject({ name: 'Noor Easton', role: 'admin' })
  const cookie = first.headers.get('set-cookie')!
  expect(cookie).toMatch(/^reeve_session=[\w-]{43};.*HttpOnly;.*SameSite=Strict/)
  expect((await server.anyone('POST', '/v1/session', { body: { link: link!.secret } })).body.code).toBe('session/link')
  expect(await firstAdminLink(server.db, clock)).toBeNull()
})

test('a link that is too old, voided by a newer one, or invented does not sign in', async () => {
  const voided = await adminLink(server.db, clock)
  const link = await adminLink(server.db, clock)
  expect((await server.anyone('POST', '/v1/session', { body: { link: voided.secret } })).status).toBe(401)
  now += 3_600_001
  expect((await server.anyone('POST', '/v1/session', { body: { link: link.secret } })).status).toBe(401)
  const invented = await server.anyone('POST', '/v1/session', { body: { link: `link_${'A'.repeat(43)}` } })
  expect(invented.body).toMatchObject({ status: 401, code: 'session/link' })
})

test('two who use one link at once: one is in', async () => {
  const link = await adminLink(server.db, clock)
  const answers = await Promise.all(
    [1, 2, 3, 4].map(() => server.anyone('POST', '/v1/session', { body: { link: link.secret } })),
  )
  expect(answers.map((answer) => answer.status).sort()).toEqual([201, 401, 401, 401])
})

test('the secrets of links, sessions and tokens are not in the database', async () => {
  const link = await adminLink(server.db, clock)
  const signedIn = await server.anyone('POST', '/v1/session', { body: { link: link.secret } })
  const cookie = signedIn.headers.get('set-cookie')!.split(/[=;]/)[1]!
  const headers = { cookie: `reeve_session=${cookie}`, 'x-reeve-csrf': signedIn.body.csrf }
  const token = await server.anyone('POST', '/v1/tokens', { headers, body: { name: 'ci', scopes: ['read'] } })
  expect(token.body.value).toMatch(/^reeve_/)
  const { rows } = await sql<{ all: string }>`select
    (select string_agg(t::text, '') from http.link t) || (select string_agg(t::text, '') from http.session t) ||
    (select string_agg(t::text, '') from http.token t) || (select string_agg(t::text, '') from platform.audit t) as all`.execute(
    server.db,
  )
  for (const secret of [link.secret, cookie, token.body.value]) {
    expect(rows[0]!.all).not.toContain(secret)
    expect(rows[0]!.all).not.toContain(Buffer.from(secret).toString('hex'))
  }
})

test('a session ends by signing out, by age, by idleness, and when its user is disabled', async () => {
  const enter = async (): Promise<Record<string, string>> => {
    const signedIn = await server.anyone('POST', '/v1/session', {
      body: { link: (await adminLink(server.db, clock)).secret },
    })
    return { cookie: signedIn.headers.get('set-cookie')!.split(';')[0]!, 'x-reeve-csrf': signedIn.body.csrf }
  }
  const status = async (headers: Record<string, string>) =>
    (await server.anyone('GET', '/v1/session', { headers })).status
  const out = await enter()
  expect(await status(out)).toBe(200)
  expect((await server.anyone('DELETE', '/v1/session', { headers: out })).status).toBe(204)
  expect(await status(out)).toBe(401)

  const idle = await enter()
  now += 23 * 3_600_000
  expect(await status(idle)).toBe(200)
  now += 23 * 3_600_000
  expect(await status(idle)).toBe(200)
  now += 25 * 3_600_000
  expect(await status(idle)).toBe(401)

  const old = await enter()
  for (let day = 0; day < 7; day++) {
    now += 23 * 3_600_000
    await status(old)
  }
  now += 8 * 3_600_000
  expect(await status(old)).toBe(401)
})

describe('a change from a browser', () => {
  test('without the CSRF header, or with another session’s, is refused', async () => {
    const operator = await server.as('operator')
    const body = { name: 'x', scopes: ['read'] }
    expect((await operator('POST', '/v1/tokens', { body, headers: { 'x-reeve-csrf': '' } })).body.code).toBe(
      'http/csrf',
    )
    expect((await operator('POST', '/v1/tokens', { body, headers: { 'x-reeve-csrf': 'a'.repeat(32) } })).status).toBe(
      403,
    )
    expect((await operator('POST', '/v1/tokens', { body })).status).toBe(201)
  })
  test.each<Record<string, string>>([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('at the bidding of another site is refused: %o', async (headers) => {
    const operator = await server.as('operator')
    expect((await operator('POST', '/v1/tokens', { body: { name: 'x', scopes: ['read'] }, headers })).body.code).toBe(
      'http/origin',
    )
  })
  test('from our own origin is taken', async () => {
    const operator = await server.as('operator')
    const answer = await operator('POST', '/v1/tokens', {
      body: { name: 'x', scopes: ['read'] },
      headers: { origin: server.url, 'sec-fetch-site': 'same-origin' },
    })
    expect(answer.status).toBe(201)
  })
})

test('a token never makes a token with more than it has, and a revoked or disabled one is dead at once', async () => {
  const narrow = await server.token(['admin'])
  expect((await narrow('POST', '/v1/tokens', { body: { name: 'more', scopes: ['admin', 'write'] } })).body.code).toBe(
    'token/scope',
  )
  const made = await narrow('POST', '/v1/tokens', { body: { name: 'same', scopes: ['admin'] } })
  const headers = { authorization: `Bearer ${made.body.value}` }
  expect((await server.anyone('GET', '/v1/tokens', { headers })).status).toBe(200)
  expect((await narrow('DELETE', `/v1/tokens/${made.body.id}`)).status).toBe(204)
  expect((await server.anyone('GET', '/v1/tokens', { headers })).status).toBe(401)
  expect((await narrow('DELETE', `/v1/tokens/${made.body.id}`)).status).toBe(404)
})

test('somebody else’s token cannot be revoked, except by an admin', async () => {
  const viewer = await server.as('viewer')
  const owner = await server.as('owner')
  const token = await viewer('POST', '/v1/tokens', { body: { name: 'mine', scopes: ['read'] } })
  expect((await owner('DELETE', `/v1/tokens/${token.body.id}`)).status).toBe(404)
  expect((await owner('GET', '/v1/tokens')).text).not.toContain(token.body.id)
  const admin = await server.as('admin')
  expect((await admin('GET', '/v1/tokens')).text).toContain(token.body.id)
  expect((await admin('DELETE', `/v1/tokens/${token.body.id}`)).status).toBe(204)
})

test('a user is made with a one-time link, gets the new role at once, and loses the session when disabled', async () => {
  const admin = await server.as('admin')
  const made = await admin('POST', '/v1/users', { body: { name: 'Kenji', email: 'Kenji@Example.org', role: 'viewer' } })
  expect(made.status).toBe(201)
  expect(
    (await admin('POST', '/v1/users', { body: { name: 'Again', email: 'kenji@example.org', role: 'viewer' } })).body
      .code,
  ).toBe('user/exists')
  const signedIn = await server.anyone('POST', '/v1/session', { body: { link: made.body.link.split('#')[1] } })
  const headers = { cookie: signedIn.headers.get('set-cookie')!.split(';')[0]!, 'x-reeve-csrf': signedIn.body.csrf }
  expect((await server.anyone('GET', '/v1/users', { headers })).body.code).toBe('access/role')
  await admin('PATCH', `/v1/users/${made.body.id}`, { body: { role: 'admin' } })
  expect((await server.anyone('GET', '/v1/users', { headers })).status).toBe(200)
  expect((await admin('PATCH', `/v1/users/${made.body.id}`, { body: { disabled: true } })).status).toBe(204)
  expect((await server.anyone('GET', '/v1/users', { headers })).status).toBe(401)
})

test('the last admin can neither be disabled nor made less', async () => {
  const admin = await server.as('admin')
  const { rows } = (await admin('GET', '/v1/users')).body as { rows: { id: string; role: string }[] }
  const { user } = (await admin('GET', '/v1/session')).body
  for (const other of rows.filter(({ id, role }) => role === 'admin' && id !== user.id)) {
    await admin('PATCH', `/v1/users/${other.id}`, { body: { role: 'viewer' } })
  }
  expect((await admin('PATCH', `/v1/users/${user.id}`, { body: { role: 'viewer' } })).body.code).toBe('user/last-admin')
  expect((await admin('PATCH', `/v1/users/${user.id}`, { body: { disabled: true } })).body.code).toBe('user/last-admin')
})

test('an address that fails ten times waits', async () => {
  now += 16 * 60_000
  const statuses: number[] = []
  for (let i = 0; i < 11; i++) {
    statuses.push((await server.anyone('POST', '/v1/session', { body: { link: `link_${'B'.repeat(43)}` } })).status)
  }
  expect(statuses).toEqual([...Array(10).fill(401), 429])
  const waits = await server.anyone('POST', '/v1/session', { body: { link: `link_${'B'.repeat(43)}` } })
  expect(Number(waits.headers.get('retry-after'))).toBeGreaterThan(800)
  now += 16 * 60_000
  expect((await server.anyone('POST', '/v1/session', { body: { link: `link_${'B'.repeat(43)}` } })).status).toBe(401)
})
