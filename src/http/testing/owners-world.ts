import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { createConnection, runSync } from '../../discover/index.ts'
import type { Inbox, OwnersPage } from '../../read/index.ts'
import { createToken, createUser } from '../accounts.ts'
import { judge, read } from './estate.ts'
import { type Client, type TestServer, testServer } from './index.ts'

const DAY = 86_400_000
type Item = Parameters<typeof read>[1][number]

/**
 * A server whose clock stands until a test moves it, and an estate in which each test has people and things of its own: answers of
 * owners can never be emptied.
 */
export function ownersWorld() {
  let server: TestServer
  let now = new Date('2026-11-24T12:00:00.000Z')
  let turn = 0
  const clock = { now: () => new Date(now), sleep: async () => {} }
  // The command line of this machine is an admin whose way in never ends.
  const localToken = `reeve_${'l'.repeat(40)}`
  const clientWith =
    (token: string): Client =>
    (method, path, options = {}) =>
      server.anyone(method, path, { ...options, headers: { authorization: `Bearer ${token}`, ...options.headers } })
  const admin = clientWith(localToken)

  beforeAll(async () => {
    server = await testServer({ clock, localToken })
    // `read` numbers its runs from 1.
    await sql`alter table discover.run alter column id restart with 1000000`.execute(server.db)
    await createConnection(
      server.app.discovery,
      { provider: 'self', settings: {}, id: 'self', schedule: null },
      'reeve',
    )
  })
  afterAll(() => server.close())
  beforeEach(async () => {
    await sql`truncate act.assignment, act.team, act.person, discover.run`.execute(server.db)
    now = new Date(now.getTime() + DAY)
    turn++
  })

  const mail = (name: string) => `${name}.t${turn}@example.org`
  const key = (name: string) => `demo:t${turn}/${name}`
  const get = async <T>(path: string, as: Client = admin): Promise<T> => {
    const answer = await as('GET', path)
    if (answer.status !== 200) throw server.errors.at(-1) ?? new Error(answer.text)
    return answer.body
  }
  const send = async <T>(method: string, path: string, body?: unknown, as: Client = admin): Promise<T> => {
    const answer = await as(method, path, body === undefined ? {} : { body })
    if (answer.status >= 300) throw answer.status >= 500 ? server.errors.at(-1) : new Error(answer.text)
    return answer.body
  }
  return {
    admin,
    get,
    send,
    mail,
    key,
    server: () => server,
    now: () => now,
    turn: () => turn,
    inDays: (days: number) => new Date(now.getTime() + days * DAY),
    pass: (days: number) => {
      now = new Date(now.getTime() + days * DAY)
    },
    svc: (name: string, over: object = {}): Item => ({
      kind: 'identity',
      type: 'demo_account',
      key: key(name),
      name,
      ...over,
    }),
    person: (name: string, attributes: object = { status: 'active' }): Item => ({
      kind: 'person',
      type: 'person',
      key: `person:${mail(name)}`,
      name: `${name} of test ${turn}`,
      attributes: attributes as never,
    }),
    edge: (from: string, verb: 'owns' | 'created' | 'controls' | 'authenticates' | 'uses', to: string): Item => ({
      from,
      verb,
      to,
    }),
    say: (connection: string, items: Item[]) => read(server.database, items, { connection, at: now }),
    judge: () => judge(server.database, now),
    /** What people decided comes into the graph, as it does after each decision. */
    async syncSelf(): Promise<void> {
      const { rows } = await sql<{ id: number }>`
        insert into discover.run (connection, state, requested_at, requested_by) values ('self', 'waiting', now(), 'test')
        on conflict (connection) where state in ('waiting', 'running') do update set requested_by = 'test' returning id`.execute(
        server.db,
      )
      await runSync(server.app.discovery, rows[0]!.id)
      await judge(server.database, now)
    },
    own: (name: string, who: string) =>
      send<{ undo: string }>('PUT', `/v1/entities/${encodeURIComponent(key(name))}/owner`, { person: who }),
    backup: (name: string, who: string) =>
      send<{ undo: string }>('PUT', `/v1/entities/${encodeURIComponent(key(name))}/backup`, { person: who }),
    owners: () => get<OwnersPage>('/v1/owners'),
    inbox: (who: string, as?: Client) => get<Inbox>(`/v1/inbox?person=${encodeURIComponent(who)}`, as),
    async csv(path: string, text: string, as: Client = admin) {
      const answer = await as('POST', path, { body: text, headers: { 'content-type': 'text/csv' } })
      if (answer.status >= 500) throw server.errors.at(-1)
      return answer
    },
    /** Somebody with an account and an address. */
    async signedIn(name: string, role: 'owner' | 'operator'): Promise<Client> {
      const maker = {
        id: 'test',
        actor: 'test',
        name: 'test',
        role: 'admin',
        scopes: null,
        csrf: null,
        hash: Buffer.alloc(0),
        expires: null,
      } as const
      const id = await createUser(server.db, clock, maker, { name: `${name} of test ${turn}`, email: mail(name), role })
      const given = { name: 'test', scopes: ['read', 'write'], days: 1_000 } as const
      return clientWith((await createToken(server.db, clock, { ...maker, id }, given)).value)
    },
  }
}
