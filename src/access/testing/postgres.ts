/** Real servers of several versions to ask, each a cluster of its own: roles are seen by all of a cluster. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { startPostgres } from '../../platform/index.ts'
import { testRun } from '../../sdk/testing/index.ts'
import { type DatabaseRights, Right } from '../postgres/rights.ts'

const DEBIAN = '/usr/lib/postgresql/15/bin'

export interface Server {
  /** A session as the superuser, or as a role, in one of its databases. */
  session(role?: string, database?: string): Promise<pg.Client>
  rights(database?: string): Promise<DatabaseRights>
  /** Of a connection. */
  settings: { host: string; port: number; user: string; password: string | undefined; database: string }
  stop(): Promise<void>
}

/** By version; each says why where it cannot be had. */
export const SERVERS: { version: number; missing: string | null; start(): Promise<Server> }[] = [
  { version: 18, missing: null, start: startEmbedded },
  {
    version: 15,
    missing:
      existsSync(`${DEBIAN}/initdb`) && process.getuid?.() === 0
        ? null
        : `skipped: PostgreSQL 15 is not at ${DEBIAN}, or this is not root`,
    start: startDebian,
  },
]

async function startEmbedded(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'reeve-access-18-'))
  const binariesFolder = fileURLToPath(new URL('../../../.runtime', import.meta.url))
  const cluster = await startPostgres({ folder, binariesFolder, log: testRun().log })
  return serverAt(cluster.url('postgres'), async () => {
    await cluster.stop()
    await rm(folder, { recursive: true, force: true })
  })
}

async function startDebian(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'reeve-access-15-'))
  await chmod(folder, 0o777)
  const asPostgres = (command: string) => execFileSync('su', ['postgres', '-c', command], { stdio: 'ignore' })
  asPostgres(`${DEBIAN}/initdb -D ${folder}/d -A trust -N`)
  asPostgres(
    `${DEBIAN}/pg_ctl -D ${folder}/d -l ${folder}/log -o "-k ${folder} -c listen_addresses= -c fsync=off" -w start`,
  )
  return serverAt(`postgres://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`, async () => {
    asPostgres(`${DEBIAN}/pg_ctl -D ${folder}/d -m immediate -w stop`)
    await rm(folder, { recursive: true, force: true })
  })
}

function serverAt(url: string, stop: () => Promise<void>): Server {
  const open = new Set<pg.Client>()
  const address = new URL(url.replace('postgres:///', 'postgres://localhost/'))
  const settings: Server['settings'] = {
    host: address.searchParams.get('host') ?? address.hostname,
    port: Number(address.searchParams.get('port') ?? (address.port || 5432)),
    user: decodeURIComponent(address.searchParams.get('user') ?? address.username),
    password: decodeURIComponent(address.password) || undefined,
    database: address.pathname.slice(1),
  }
  const session = async (role?: string, database?: string): Promise<pg.Client> => {
    const client = new pg.Client({
      ...settings,
      ...(role !== undefined && { user: role, password: undefined }),
      ...(database !== undefined && { database }),
    })
    client.on('error', () => {})
    await client.connect()
    open.add(client)
    return client
  }
  return {
    session,
    settings,
    async rights(database) {
      const client = await session(undefined, database)
      const { rows: asked } = await client.query<{ version: number }>(
        `select current_setting('server_version_num')::int as version`,
      )
      const { version } = asked[0]!
      const scripts = version >= 150_000 ? ['rights.sql', 'rights-parameters.sql'] : ['rights.sql']
      const lines: Right[] = []
      for (const script of scripts) {
        const text = readFileSync(new URL(`../../providers/postgres/${script}`, import.meta.url), 'utf8')
        const { rows } = await client.query<{ line: unknown }>(text)
        lines.push(...rows.map(({ line }) => Right.parse(line)))
      }
      await client.end()
      open.delete(client)
      return lines
    },
    async stop() {
      await Promise.all([...open].map((client) => client.end().catch(() => {})))
      await stop()
    },
  }
}
