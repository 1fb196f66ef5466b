/** Reeve as it is installed, in this process: its own PostgreSQL, its queue, its assessor, and the console it was built with. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext } from 'playwright-core'
import { compose } from '../src/compose.ts'
import { createConnection, type Discovery, requestSync, runSync } from '../src/discover/index.ts'
import { createUser, issueLink } from '../src/http/accounts.ts'
import { adminLink, createServer } from '../src/http/index.ts'
import { judge } from '../src/http/testing/index.ts'
import { loadConfig } from '../src/platform/index.ts'
import { demo } from '../src/providers/index.ts'
import type { Role } from '../src/read/index.ts'
import { dist } from './console-server.ts'
import { type Session, signIn } from './reeve/command.ts'

export interface RealConsole {
  url: string
  /** Where its database and key stand. */
  data: string
  parts: Awaited<ReturnType<typeof compose>>
  /** Somebody with this role, signed in. */
  as(role: Role): Promise<Session>
  /** The same person in a browser. */
  sit(context: BrowserContext, role: Role): Promise<void>
  /** Reads every system of Larkfield as it was two weeks ago and as it is now, and judges both. */
  readLarkfield(size?: number): Promise<void>
  close(): Promise<void>
}

/** One moment of another day, without the queue, so that nobody takes its runs up at another time. */
const under = (discovery: Discovery, at: Date): Discovery => ({
  ...discovery,
  clock: { ...discovery.clock, now: () => at },
  jobs: undefined,
  onApplied: undefined,
  createRun: (signal) => ({ ...discovery.createRun(signal), now: () => at }),
})

const DAY = 86_400_000
const silent = { debug() {}, info() {}, warn() {}, error() {} }

export async function realConsole(): Promise<RealConsole> {
  const data = mkdtempSync(join(tmpdir(), 'reeve-console-'))
  const config = loadConfig({ overrides: { data, 'http.port': 0 }, env: {} })
  const parts = await compose(config, {
    log: silent,
    version: '0.0.0-test',
    folder: data,
    localToken: 'reeve_of-the-test',
  })
  const server = await createServer({ ...parts.app, consoleFolder: dist })
  const { url } = await server.listen()
  const { db, clock } = parts.app
  const sessions = new Map<Role, Promise<Session>>()
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
  const enter = async (role: Role): Promise<Session> => {
    if (role === 'admin') return signIn(url, url + (await adminLink(db, clock)).path)
    const account = await createUser(db, clock, maker, { name: `${role} of the test`, role })
    const { secret } = await issueLink(db, clock, { account, by: 'test' })
    return signIn(url, `${url}/sign-in#${secret}`)
  }
  const as = (role: Role): Promise<Session> => {
    const session = sessions.get(role) ?? enter(role)
    sessions.set(role, session)
    return session
  }
  return {
    url,
    data,
    parts,
    as,
    async sit(context, role) {
      const [name, value] = (await as(role)).cookie.split('=') as [string, string]
      await context.addCookies([{ name, value, url, httpOnly: true, sameSite: 'Strict' }])
    },
    async readLarkfield(size = 120) {
      const today = clock.now().toISOString().slice(0, 10)
      for (const days of [14, 0]) {
        const at = new Date(clock.now().getTime() - days * DAY)
        const then = under(parts.app.discovery, at)
        for (const { provider, connection } of demo.providers) {
          const settings = { size, seed: 1, day: today }
          if (days > 0)
            await createConnection(then, { provider: provider.id, id: connection, settings, schedule: null }, 'test')
          await runSync(then, await requestSync(then, connection, 'test'))
        }
        await judge({ db }, at)
      }
    },
    async close() {
      await server.close()
      await parts.stop()
      rmSync(data, { recursive: true, force: true })
    },
  }
}
