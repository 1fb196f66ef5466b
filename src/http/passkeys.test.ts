import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../platform/index.ts'
import { createUser, issueLink } from './accounts.ts'
import { Authenticator } from './testing/authenticator.ts'
import { type Client, type TestServer, testServer } from './testing/index.ts'

let server: TestServer
let now = Date.now()
const clock = { ...systemClock, now: () => new Date(now) }
let origin: string
let host: string
beforeAll(async () => {
  server = await testServer({ clock })
  host = `localhost:${new URL(server.url).port}`
  origin = `http://${host}`
})
afterAll(() => server.close())

const admin = {
  id: 'test',
  actor: 'test',
  name: 'test',
  role: 'admin' as const,
  scopes: null,
  csrf: null,
  hash: Buffer.alloc(0),
  expires: null,
}

/** Somebody who signed in by link, and asks by the server's name. */
async function person(name: string): Promise<{ id: string; ask: Client; cookie: string }> {
  const id = await createUser(server.db, clock, admin, { name, role: 'viewer' })
  const { secret } = await issueLink(server.db, clock, { account: id, by: 'test' })
  const entered = await server.anyone('POST', '/v1/session', { body: { link: secret } })
  const cookie = entered.headers.get('set-cookie')!.split(';')[0]!
  const always = { cookie, 'x-reeve-csrf': entered.body.csrf }
  return {
    id,
    cookie,
    ask: (method, path, { body, headers } = {}) => byName(method, path, { body, headers: { ...always, ...headers } }),
  }
}

/** fetch sets Host by the address: the request is made by the name. */
const byName: Client = async (method, path, { body, headers } = {}) => {
  const response = await fetch(origin + path, {
    method,
    headers: { origin, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: text ? JSON.parse(text) : undefined }
}

async function withPasskey(name: string, device = new Authenticator()) {
  const one = await person(name)
  const { body } = await one.ask('POST', '/v1/passkeys/options', { body: {} })
  const made = await one.ask('POST', '/v1/passkeys', {
    body: { name: 'Laptop', response: device.create(body.options, { origin }) },
  })
  expect(made.status).toBe(201)
  return { ...one, device, passkey: made.body.id as string }
}

const begin = async () => (await byName('POST', '/v1/session/passkey/options', { body: {} })).body.options
const enter = (response: unknown) => byName('POST', '/v1/session/passkey', { body: { response } })

describe('with a passkey', () => {
  test('its person signs in, without saying who they are', async () => {
    const { device, ask, id } = await withPasskey('Mara Quill')
    const entered = await enter(device.sign(await begin(), { origin }))
    expect(entered.status).toBe(201)
    expect(entered.body.user).toMatchObject({ id, name: 'Mara Quill', role: 'viewer' })
    const cookie = entered.headers.get('set-cookie')!
    expect(cookie).toMatch(/HttpOnly;.*SameSite=Strict/)
    const sessions = (await ask('GET', '/v1/sessions')).body.rows as { means: string; here: boolean }[]
    expect(sessions.map(({ means, here }) => `${means} ${here}`).sort()).toEqual(['link true', 'passkey false'])
    const [row] = (await ask('GET', '/v1/passkeys')).body.rows
    expect(row).toMatchObject({ name: 'Laptop', site: 'localhost', lastUsed: new Date(now).toISOString() })
  })

  test('a challenge signs in once, within five minutes, and only if we made it', async () => {
    const { device } = await withPasskey('Once Only')
    const options = await begin()
    expect((await enter(device.sign(options, { origin }))).status).toBe(201)
    expect((await enter(device.sign(options, { origin }))).body).toMatchObject({ status: 401, code: 'session/passkey' })
    const old = await begin()
    now += 5 * 60_000 + 1
    expect((await enter(device.sign(old, { origin }))).status).toBe(401)
    const invented = { ...(await begin()), challenge: Buffer.alloc(32, 7).toString('base64url') }
    expect((await enter(device.sign(invented, { origin }))).status).toBe(401)
  })

  test.each([
    ['for another origin', { origin: 'https://evil.example' }],
    ['for another site', { site: 'evil.example' }],
    ['without its person’s proof', { verified: false }],
    ['with a counter that went back', { counter: 1 }],
  ])('what is signed %s does not sign in', async (_, wrong) => {
    const { device } = await withPasskey('Wrong')
    expect((await enter(device.sign(await begin(), { origin, counter: 50 }))).status).toBe(201)
    expect((await enter(device.sign(await begin(), { origin, counter: 60, ...wrong }))).status).toBe(401)
    expect((await enter(device.sign(await begin(), { origin, counter: 70 }))).status).toBe(201)
  })

  test('another device with the same credential id does not sign in', async () => {
    const { device } = await withPasskey('Copied')
    const copy = new Authenticator()
    Object.defineProperty(copy, 'id', { value: device.id })
    expect((await enter(copy.sign(await begin(), { origin }))).status).toBe(401)
  })

  test('a person who was shut out does not sign in, and does again when they are let in', async () => {
    const { device, id } = await withPasskey('Shut Out')
    const boss = await server.as('admin')
    await boss('PATCH', `/v1/users/${id}`, { body: { disabled: true } })
    expect((await enter(device.sign(await begin(), { origin }))).status).toBe(401)
    await boss('PATCH', `/v1/users/${id}`, { body: { disabled: false } })
    expect((await enter(device.sign(await begin(), { origin }))).status).toBe(201)
  })
})

test('several belong to one person; one that is removed signs in no more, and the link is the way back in', async () => {
  const first = await withPasskey('Two Keys')
  const second = new Authenticator()
  const { body } = await first.ask('POST', '/v1/passkeys/options', { body: {} })
  expect(body.options.excludeCredentials.map((one: { id: string }) => one.id)).toEqual([first.device.id])
  const made = await first.ask('POST', '/v1/passkeys', {
    body: { name: 'Phone', response: second.create(body.options, { origin }) },
  })
  expect(made.status).toBe(201)
  const other = await person('Somebody Else')
  expect((await other.ask('DELETE', `/v1/passkeys/${made.body.id}`)).status).toBe(404)
  expect((await first.ask('DELETE', `/v1/passkeys/${first.passkey}`)).status).toBe(204)
  expect((await enter(first.device.sign(await begin(), { origin }))).status).toBe(401)
  expect((await enter(second.sign(await begin(), { origin }))).status).toBe(201)
  const { secret } = await issueLink(server.db, clock, { account: first.id, by: 'test' })
  expect((await server.anyone('POST', '/v1/session', { body: { link: secret } })).status).toBe(201)
})

test('a passkey that was asked for by one person is not kept for another, nor twice', async () => {
  const asked = await person('Asker')
  const thief = await person('Thief')
  const device = new Authenticator()
  const { options } = (await asked.ask('POST', '/v1/passkeys/options', { body: {} })).body
  const response = device.create(options, { origin })
  const stolen = await thief.ask('POST', '/v1/passkeys', { body: { name: 'Mine', response } })
  expect(stolen.body).toMatchObject({ status: 422, code: 'passkey/refused' })
  expect((await asked.ask('POST', '/v1/passkeys', { body: { name: 'Mine', response } })).status).toBe(201)
  expect((await asked.ask('POST', '/v1/passkeys', { body: { name: 'Again', response } })).status).toBe(422)
})

test('a token makes no passkey, and a number or a name without TLS has none', async () => {
  const token = await server.token(['admin'])
  expect((await token('POST', '/v1/passkeys/options', { body: {} })).body.code).toMatch(/^passkey\/(session|address)$/)
  const viewer = await server.as('viewer')
  expect((await viewer('POST', '/v1/passkeys/options', { body: {} })).body).toMatchObject({
    code: 'passkey/address',
    detail: expect.stringContaining('localhost'),
  })
})

test('what is made and taken away is audited, and no key or challenge is in the trail', async () => {
  const { device, ask, passkey, id } = await withPasskey('Audited')
  await enter(device.sign(await begin(), { origin }))
  await ask('DELETE', `/v1/passkeys/${passkey}`)
  const { rows } = await sql<{ action: string; entry: string }>`select action, entry from platform.audit
    where subject in (${`passkey:${passkey}`}, ${`user:${id}`}) order by id`.execute(server.db)
  expect(rows.map(({ action }) => action)).toEqual([
    'user.create',
    'link.issue',
    'session.start',
    'passkey.add',
    'session.start',
    'passkey.remove',
  ])
  expect(JSON.stringify(rows)).not.toContain(device.id)
  expect(rows[4]!.entry).toContain('"means":"passkey"')
})
