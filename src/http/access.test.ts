import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Role, Scope } from '../read/index.ts'
import type { Can } from './may.ts'
import { routes } from './routes.ts'
import { type Client, type TestServer, testServer } from './testing/index.ts'

/** The committed reference, not the code: what it promises is what is tried. */
const document = JSON.parse(readFileSync(new URL('../../docs/reference/openapi.json', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>
}
interface Operation {
  'x-can': Can
  responses: Record<string, unknown>
  requestBody?: unknown
  parameters?: { in: string; required?: boolean }[]
}
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    path,
    method: method.toUpperCase(),
    can: operation['x-can'],
    operation,
  })),
)

/** Written out here, so that a slip in the code's own table shows. */
const ROLES: Record<Exclude<Can, 'anyone'>, Role[]> = {
  see: ['viewer', 'owner', 'operator', 'admin'],
  own: ['viewer', 'owner', 'operator', 'admin'],
  oversee: ['viewer', 'operator', 'admin'],
  answer: ['owner', 'operator', 'admin'],
  operate: ['operator', 'admin'],
  administer: ['admin'],
}
const SCOPE: Record<Exclude<Can, 'anyone'>, Scope> = {
  see: 'read',
  own: 'admin',
  oversee: 'read',
  answer: 'write',
  operate: 'write',
  administer: 'admin',
}

let server: TestServer
const sessions = new Map<Role, Client>()
const tokens = new Map<Scope, Client>()
beforeAll(async () => {
  server = await testServer()
  for (const role of ['viewer', 'owner', 'operator', 'admin'] as const) sessions.set(role, await server.as(role))
  for (const scope of ['read', 'write', 'admin'] as const) tokens.set(scope, await server.token([scope]))
})
afterAll(() => server.close())

/** An address with ids of things that are not there; a body that is refused, so that nothing is changed. */
const ask = (client: Client, { path, method }: (typeof operations)[number]) =>
  client(
    method,
    path
      .replaceAll('{key}', encodeURIComponent('none:x'))
      .replaceAll('{label}', 'accountKind')
      .replaceAll('{id}', '999999'),
    {
      ...(method === 'GET' || method === 'DELETE' ? {} : { body: { wrong: true } }),
    },
  )

test('the reference has every route', () => {
  expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(
    routes.map(({ method, path }) => `${method} ${path}`).sort(),
  )
})

const walked = operations.filter(
  ({ path, method }) => path !== '/v1/events' && !(path === '/v1/session' && method === 'DELETE'),
)

describe.each(walked)('$method $path wants $can', (operation) => {
  const { can } = operation
  test('without credentials', async () => {
    const answer = await ask(server.anyone, operation)
    if (can !== 'anyone') expect([answer.status, answer.body.code]).toEqual([401, 'session/none'])
    // A calendar's address bears a token of its own.
    else if (operation.path === '/v1/expiry.ics')
      expect([answer.status, answer.body.code]).toEqual([401, 'session/feed'])
    else expect(answer.status).toBe(operation.operation.requestBody ? 400 : 200)
  })
  if (can === 'anyone') return

  test.each(['viewer', 'owner', 'operator', 'admin'] as const)('as %s', async (role) => {
    const answer = await ask(sessions.get(role)!, operation)
    if (ROLES[can].includes(role)) expect(allowedStatus(operation, answer.status)).toBe(true)
    else expect([answer.status, answer.body.code]).toEqual([403, 'access/role'])
  })
  test.each(['read', 'write', 'admin'] as const)('with a token of an admin and the scope %s', async (scope) => {
    const answer = await ask(tokens.get(scope)!, operation)
    if (SCOPE[can] === scope) expect(allowedStatus(operation, answer.status)).toBe(true)
    else expect([answer.status, answer.body.code]).toEqual([403, 'access/scope'])
  })
  if (operation.method === 'GET') return
  test('without the CSRF header', async () => {
    const admin = sessions.get('admin')!
    const answer = await admin(operation.method, operation.path.replaceAll(/\{\w+\}/g, '999999'), {
      body: {},
      headers: { 'x-reeve-csrf': 'x' },
    })
    expect(answer.body.code).toBe('http/csrf')
  })
})

/** Let in: answered, or told that the body or query is wrong or the thing is not there, never that one may not. */
function allowedStatus({ path, method, operation }: (typeof operations)[number], status: number): boolean {
  const wants = operation.parameters?.some((one) => one.in === 'query' && one.required)
  if (operation.requestBody || wants) return status === 400
  if (path === '/v1/undo/{id}') return status === 409
  // There is no demo to remove.
  if (path.includes('{') || (path === '/v1/demo' && method === 'DELETE')) return status === 404
  return status === (path === '/v1/find' ? 400 : method === 'GET' ? 200 : 204)
}

test('a token never may more than its account', async () => {
  const viewer = await server.token(['read', 'write', 'admin'], 'viewer')
  expect((await viewer('GET', '/v1/users')).body.code).toBe('access/role')
  expect((await viewer('GET', '/v1/frame')).status).toBe(200)
})

test('who is refused for their role is told which roles may, and which admin to ask', async () => {
  const owner = await server.as('owner')
  const { body } = await owner('GET', '/v1/connections')
  expect(body.roles).toEqual(['viewer', 'operator', 'admin'])
  const { rows } = (await (await server.as('admin'))('GET', '/v1/users')).body
  const admins = rows.filter((row: { role: string }) => row.role === 'admin').map((row: { name: string }) => row.name)
  expect(admins).toContain(body.ask)
  expect(body.detail).toContain(`Ask ${body.ask}`)
})
