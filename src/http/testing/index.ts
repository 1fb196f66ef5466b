import { migrations as act, selfProvider } from '../../act/index.ts'
import { type Alerts, migrations as alert } from '../../alert/index.ts'
import { migrations as assess } from '../../assess/index.ts'
import { createRun, type Discovery, migrations as discover } from '../../discover/index.ts'
import { migrations as graph, startReach } from '../../graph/index.ts'
import type { Db } from '../../platform/index.ts'
import {
  addressGuard,
  type Clock,
  createFetch,
  createSealer,
  fingerprinter,
  loadConfig,
  parseInstallationKey,
  systemClock,
  watchOutbound,
} from '../../platform/index.ts'
import { type TestDatabase, testDatabase } from '../../platform/testing/index.ts'
import type { Role, Scope } from '../../read/index.ts'
import type { Provider } from '../../sdk/index.ts'
import { createToken, createUser, issueLink } from '../accounts.ts'
import type { App } from '../app.ts'
import { adminLink, createServer, migrations } from '../index.ts'
import type { Route } from '../route.ts'
import { routes } from '../routes.ts'

export { judge, read } from './estate.ts'

export interface Answer {
  status: number
  headers: Headers
  body: any
  text: string
}

export type Client = (
  method: string,
  path: string,
  options?: { body?: unknown; headers?: Record<string, string> },
) => Promise<Answer>

export interface TestServer {
  app: App
  db: Db
  database: TestDatabase
  /** What the log was told of failures. */
  errors: unknown[]
  url: string
  /** Without credentials. */
  anyone: Client
  /** A browser session of the role, CSRF header included. */
  as(role: Role): Promise<Client>
  /** An API token of an admin, or of the role. */
  token(scopes: Scope[], role?: Role): Promise<Client>
  close(): Promise<void>
}

/** A server that listens, on a database of its own. */
export async function testServer({
  list = routes,
  providers = [],
  clock = systemClock,
  ...overrides
}: Partial<App> & { list?: readonly Route[]; providers?: readonly Provider[] } = {}): Promise<TestServer> {
  const platform = { schema: 'platform', folder: new URL('../../platform/migrations/', import.meta.url) }
  const database = await testDatabase([platform, graph, discover, assess, act, alert, migrations])
  const errors: unknown[] = []
  const app: App = {
    db: database.db,
    databaseUrl: database.url,
    clock,
    log: { debug() {}, info() {}, warn() {}, error: (fields) => errors.push(fields['err']) },
    version: '0.0.0-test',
    host: '127.0.0.1',
    port: 0,
    discovery: discoveryOf(database, clock, providers),
    alerts: alertsOf(database, clock),
    reach: startReach({ log: silent }),
    fingerprint: fingerprinter(key),
    notReady: async () => null,
    outbound: watchOutbound(clock),
    ...overrides,
  }
  const server = await createServer(app, list)
  const { url } = await server.listen()
  const { db } = app
  const anyone = clientOf(url, {})
  const sessions = new Map<Role, Promise<Client>>()

  const signIn = async (secret: string): Promise<Client> => {
    const answer = await anyone('POST', '/v1/session', { body: { link: secret } })
    if (answer.status !== 201) throw new Error(`signing in: ${answer.text}`)
    return clientOf(url, { cookie: answer.headers.get('set-cookie')!.split(';')[0]!, 'x-reeve-csrf': answer.body.csrf })
  }
  const admin = async () => signIn((await adminLink(db, clock)).secret)
  const maker = {
    id: 'test',
    actor: 'test',
    name: 'test',
    role: 'admin' as const,
    scopes: null,
    csrf: null,
    hash: Buffer.alloc(0),
    expires: null,
  }
  const user = (role: Role) => createUser(db, clock, maker, { name: `${role} of the test`, role })
  const made = async (role: Role) =>
    signIn((await issueLink(db, clock, { account: await user(role), by: 'test' })).secret)

  return {
    app,
    db,
    database,
    errors,
    url,
    anyone,
    as(role) {
      const session = sessions.get(role) ?? (role === 'admin' ? admin() : made(role))
      sessions.set(role, session)
      return session
    },
    async token(scopes, role = 'admin') {
      const { value } = await createToken(
        db,
        clock,
        { ...maker, id: await user(role) },
        { name: 'test', scopes, days: 1 },
      )
      return clientOf(url, { authorization: `Bearer ${value}` })
    },
    async close() {
      await server.close()
      await app.reach.stop()
      await database.close()
    },
  }
}

function clientOf(url: string, always: Record<string, string>): Client {
  return async (method, path, { body, headers } = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: { ...always, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      redirect: 'manual',
    })
    const text = await response.text()
    const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '')
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text ? JSON.parse(text) : undefined,
    }
  }
}

const key = parseInstallationKey('ab'.repeat(32), 'the test')
const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** Alerts go out when a test asks, and to this machine alone. */
function alertsOf({ db }: TestDatabase, clock: Clock): Alerts {
  const outbound = { ...loadConfig({ env: {} }).outbound, allow: ['127.0.0.1', 'localhost'], timeout: 5_000 }
  return {
    db,
    sealer: createSealer(key),
    clock,
    log: silent,
    fetch: createFetch(outbound, clock, silent),
    guard: addressGuard(outbound.allow),
    link: 'https://reeve.example',
  }
}

/** Syncs run when a test calls `runSync`: there is no queue. */
function discoveryOf(database: TestDatabase, clock: Clock, providers: readonly Provider[]): Discovery {
  const scanner = { scan: () => [], async *scanFolder() {}, async *scanHistory() {} }
  const fetch = () => Promise.reject(new Error('a test reached out'))
  return {
    database,
    providers: [selfProvider(database.db), ...providers],
    sealer: createSealer(key),
    clock,
    log: silent,
    createRun: (signal) => createRun({ fetch, log: silent, clock, scanner, fingerprint: fingerprinter(key) }, signal),
  }
}
