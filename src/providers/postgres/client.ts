import pg from 'pg'
import Cursor from 'pg-cursor'
import { z } from 'zod'
import { messageOf, ReeveError, Refused, type Run } from '../../sdk/index.ts'

export const Config = z.strictObject({
  host: z
    .string()
    .min(1)
    .meta({ title: 'Host', description: 'Name or address of the server, or the folder of its unix socket' }),
  port: z.coerce.number().int().min(1).max(65_535).default(5432).meta({ title: 'Port', description: 'Usually 5432' }),
  user: z
    .string()
    .min(1)
    .meta({ title: 'Role', description: 'A role that is a member of pg_monitor; no write right is needed' }),
  password: z.string().optional().meta({ title: 'Password', description: 'Of that role; kept sealed', secret: true }),
  database: z
    .string()
    .min(1)
    .default('postgres')
    .meta({ title: 'First database', description: 'Where to log in; the others are found from there' }),
  databases: z
    .array(z.string().min(1))
    .optional()
    .meta({ title: 'Only these databases', description: 'Leave empty for all that the role may connect to' }),
  tls: z
    .enum(['prefer', 'disable', 'require', 'verify-full'])
    .default('prefer')
    .meta({ title: 'TLS', description: 'verify-full also checks the certificate against the system’s authorities' }),
  environment: z
    .enum(['production', 'staging', 'development', 'test'])
    .optional()
    .meta({ title: 'Environment', description: 'What this server is used for' }),
})
export type Config = z.infer<typeof Config>

export interface Postgres {
  config: Config
  /** `postgres:<host>:<port>`, the head of every key. */
  key: string
  /** The databases to read, the first one the one logged in to. */
  databases: string[]
  superuser: boolean
  /** Rows of a query, in batches: a listing may be larger than memory. */
  rows<Row extends Record<string, unknown>>(
    sql: string,
    options?: { database?: string; values?: unknown[] },
  ): AsyncIterable<Row>
  close(): Promise<void>
}

/** One part of a key. Names may hold anything, so the separator is escaped. */
export const part = (name: string): string => name.replaceAll('%', '%25').replaceAll('/', '%2F')

export const serverKey = (config: Pick<Config, 'host' | 'port'>): string =>
  `postgres:${config.host.startsWith('/') ? 'localhost' : config.host.toLowerCase()}:${config.port}`

/** Everybody is a role that no catalogue lists. */
export const PUBLIC = 'PUBLIC'

export const roleKey = (server: string, role: string): string => `${server}/role/${part(role)}`

/** The object names a role gave may be hostile, so nothing is looked up outside the catalogue, and nothing can be written. */
const SESSION =
  '-c search_path=pg_catalog -c default_transaction_read_only=on -c statement_timeout=60000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=120000'

const BATCH = 1000
const SECONDS_TO_CONNECT = 10

export async function connect(config: Config, run: Pick<Run, 'signal'>): Promise<Postgres> {
  const clients = new Map<string, pg.Client>()

  const clientOf = async (database: string): Promise<pg.Client> => {
    run.signal.throwIfAborted()
    const open = clients.get(database)
    if (open) return open
    const client = await login(config, database)
    clients.set(database, client)
    return client
  }

  async function* rows<Row extends Record<string, unknown>>(
    sql: string,
    { database = config.database, values = [] as unknown[] } = {},
  ): AsyncIterable<Row> {
    const client = await clientOf(database)
    const cursor = client.query(new Cursor<Row>(sql, values))
    try {
      for (;;) {
        run.signal.throwIfAborted()
        const batch = await cursor.read(BATCH)
        if (batch.length === 0) return
        yield* batch
      }
    } catch (error) {
      throw explain(error, config, database)
    } finally {
      await cursor.close().catch(() => {})
    }
  }

  const close = async (): Promise<void> => {
    await Promise.all([...clients.values()].map((client) => client.end().catch(() => {})))
    clients.clear()
  }

  try {
    const [facts] = await Array.fromAsync(
      rows<{ super: boolean; version: number }>(
        `select current_setting('server_version_num')::int as version, rolsuper as super from pg_roles where rolname = current_user`,
      ),
    )
    if (facts === undefined || facts.version < 120_000) {
      throw new ReeveError('postgres/too-old', `connecting to ${serverKey(config)}: PostgreSQL 12 or newer is needed`)
    }
    const found = await Array.fromAsync(
      rows<{ datname: string }>(
        `select datname from pg_database
         where datallowconn and not datistemplate and has_database_privilege(oid, 'CONNECT') order by datname`,
      ),
    )
    const readable = found.map((row) => row.datname)
    const wanted = config.databases?.length ? config.databases : readable
    const databases = [config.database, ...wanted.filter((name) => name !== config.database)]
    return { config, key: serverKey(config), databases, superuser: facts.super, rows, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function login(config: Config, database: string): Promise<pg.Client> {
  const attempt = async (tls: boolean): Promise<pg.Client> => {
    const client = new pg.Client({
      host: config.host,
      port: config.port,
      user: config.user,
      password: config.password,
      database,
      application_name: 'reeve',
      connectionTimeoutMillis: SECONDS_TO_CONNECT * 1000,
      query_timeout: 90_000,
      keepAlive: true,
      options: SESSION,
      ssl: tls && !config.host.startsWith('/') ? { rejectUnauthorized: config.tls === 'verify-full' } : false,
    })
    // A server that goes away while nobody waits for it must not end the process: the next query says it.
    client.on('error', () => {})
    await client.connect()
    return client
  }
  try {
    return await attempt(config.tls !== 'disable')
  } catch (error) {
    if (config.tls === 'prefer' && error instanceof Error && /does not support SSL/.test(error.message)) {
      return attempt(false).catch((second: unknown) => {
        throw explain(second, config, database)
      })
    }
    throw explain(error, config, database)
  }
}

/** What a driver's error means, and what to do. The driver's own message can quote nothing secret: we send no literals. */
function explain(error: unknown, config: Config, database: string): unknown {
  if (error instanceof ReeveError || !(error instanceof Error) || error.name === 'AbortError') return error
  const code = (error as { code?: string }).code
  const where = `${serverKey(config)}/${database}`
  if (code === '42501') return new Refused(`reading ${where}: ${error.message}`, { cause: error })
  if (code === '28P01' || code === '28000') {
    return new ReeveError(
      'postgres/login-refused',
      `logging in to ${where} as ${config.user}: ${error.message}; check role, password and pg_hba.conf`,
      { cause: error },
    )
  }
  if (code === '3D000')
    return new ReeveError('postgres/no-database', `logging in to ${where}: there is no such database`, { cause: error })
  if (
    code === 'ECONNREFUSED' ||
    code === 'ENOTFOUND' ||
    code === 'EHOSTUNREACH' ||
    code === 'ENOENT' ||
    /timeout/i.test(error.message)
  ) {
    return new ReeveError(
      'postgres/unreachable',
      `connecting to ${where}: no server answers there; check host, port and firewall`,
      { cause: error },
    )
  }
  return new ReeveError('postgres/failed', `reading ${where}: ${error.message}`, { cause: error })
}

/** One database that cannot be entered does not hide the others: it becomes a line of the ledger. */
export function refuseDatabase(run: Pick<Run, 'ledger' | 'signal'>, database: string, error: unknown): void {
  if (run.signal.aborted) throw error
  run.ledger.refuse(messageOf(error), {
    scope: database,
    permission: `grant connect on database ${quote(database)} to this role`,
  })
}

/** As an identifier in SQL that a person copies. */
export const quote = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
