import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import { type Log, messageOf, ReeveError } from '../sdk/index.ts'
import { systemClock } from './clock.ts'
import type { Config } from './config.ts'
import { runningPostgres, startPostgres } from './postgres/server.ts'

/** Any schema: SQL stands in the function that needs it, and rows are checked where they leave. A Tx is a Db too. */
export type Db = Kysely<any>
export type Tx = Transaction<any>

export interface Database {
  db: Db
  pool: pg.Pool
  /** For connections of one's own: `listen`, `startJobs`. Carries the password. */
  url: string
  /** Is it the embedded server, which this process has to itself? */
  embedded: boolean
  close(): Promise<void>
}

/**
 * Opens the database of the settings: the one of DATABASE_URL, after a look whether it will do, or else the embedded one,
 * which is started; with `join`, one that another Reeve has running is used beside it. Throws `database/…` and `store/…` with what to do about it.
 */
export async function openDatabase(
  config: Pick<Config, 'data' | 'database'>,
  log: Log,
  { join = false } = {},
): Promise<Database> {
  const others = join && !config.database.url ? runningPostgres(config.data) : undefined
  const isOurs = !config.database.url && !others
  const server = isOurs ? await startPostgres({ folder: config.data, log, user: config.database.user }) : undefined
  const url = server?.url() ?? others ?? config.database.url!.reveal()
  try {
    if (server) await createDatabase(server.url('postgres'), 'reeve')
    else await inspect(url)
  } catch (error) {
    await server?.stop()
    throw error
  }
  const pool = openPool(url, { max: config.database.connections })
  const db = kyselyOver(pool)
  return {
    db,
    pool,
    url,
    embedded: server !== undefined,
    async close() {
      await db.destroy()
      await server?.stop()
    },
  }
}

/** A pool that outlives its server: a lost idle connection is dropped, the next query opens another. */
export function openPool(url: string, options: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: 20,
    application_name: 'reeve',
    connectionTimeoutMillis: 30_000,
    keepAlive: true,
    ...options,
  })
  pool.on('error', () => {})
  // A lost database ends what was asked of it, not the process: of a connection in use nobody else hears it.
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

export const kyselyOver = (pool: pg.Pool): Db => new Kysely<any>({ dialect: new PostgresDialect({ pool }) })

/** Through one connection that the caller keeps: what runs on it stands in whatever transaction the caller opened. */
export function kyselyOn(client: pg.ClientBase): Db {
  const lent = { query: client.query.bind(client), release() {} }
  return kyselyOver({ connect: async () => lent, end: async () => {} } as unknown as pg.Pool)
}

async function createDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`)
  } finally {
    await client.end()
  }
}

/** Will the outside server do? */
async function inspect(url: string): Promise<void> {
  const where = placeOf(url)
  const doing = `opening the database ${where.text}`
  const client = await connectPatiently(url, where, doing)
  try {
    const { rows } = await client.query<{
      version: number
      name: string
      encoding: string
      standby: boolean
      may_create: boolean
      role: string
      database: string
    }>(`
      select current_setting('server_version_num')::int as version, current_setting('server_version') as name,
        current_setting('server_encoding') as encoding, current_user as role, current_database() as database,
        pg_is_in_recovery() or current_setting('default_transaction_read_only')::bool as standby,
        has_database_privilege(current_database(), 'create') as may_create`)
    const found = rows[0]!
    if (found.version < 150_000)
      throw new ReeveError('database/too-old', `${doing}: it is PostgreSQL ${found.name}; reeve needs 15 or later`)
    if (found.encoding !== 'UTF8')
      throw new ReeveError(
        'database/encoding',
        `${doing}: its encoding is ${found.encoding}; make one with encoding UTF8`,
      )
    if (found.standby)
      throw new ReeveError(
        'database/read-only',
        `${doing}: it is a standby or read-only; give the address of the primary`,
      )
    if (!found.may_create) {
      const grant = `grant create on database ${pg.escapeIdentifier(found.database)} to ${pg.escapeIdentifier(found.role)}`
      throw new ReeveError('database/no-rights', `${doing}: ${found.role} may not make schemas in it; run: ${grant}`)
    }
  } finally {
    await client.end()
  }
}

async function connectPatiently(url: string, where: Place, doing: string): Promise<pg.Client> {
  for (let attempt = 1; ; attempt++) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, application_name: 'reeve' })
    client.on('error', () => {})
    try {
      await client.connect()
      return client
    } catch (error) {
      await client.end().catch(() => {})
      const { code } = error as { code?: string }
      // It is starting up: give it half a minute.
      if (code !== '57P03' || attempt === 60) throw explained(error, where, doing)
      await systemClock.sleep(500)
    }
  }
}

function explained(error: unknown, where: Place, doing: string): ReeveError {
  const code = (error as { code?: string }).code ?? ''
  const because = (name: string, what: string) =>
    new ReeveError(`database/${name}`, `${doing}: ${what}`, { fields: { code } })
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return because('unknown-host', `there is no host ${where.host}`)
  if (code === 'ECONNREFUSED' || code === 'ENOENT')
    return because('unreachable', `nothing listens on ${where.host} port ${where.port}`)
  if (['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNRESET'].includes(code) || /timeout/i.test(messageOf(error))) {
    return because('unreachable', `${where.host} port ${where.port} does not answer; look at firewalls between`)
  }
  if (code === '28P01') return because('wrong-password', `the password for ${where.user} is wrong`)
  if (code === '28000')
    return because('refused', `the server lets ${where.user} not in from here; look at its pg_hba.conf`)
  if (code === '3D000')
    return because(
      'missing',
      `there is no database ${where.database}; run: create database ${pg.escapeIdentifier(where.database)} encoding 'UTF8'`,
    )
  if (code === '53300') return because('too-many-connections', 'the server takes no more connections')
  if (/SSL|TLS|certificate/i.test(messageOf(error))) return because('tls', messageOf(error))
  // Scram and the like fail before the server has a code for it.
  if (/password must be a string|SASL/i.test(messageOf(error)))
    return because('wrong-password', `the server asks ${where.user} for a password and there is none in the address`)
  return because('failed', messageOf(error))
}

interface Place {
  host: string
  port: number
  database: string
  user: string
  /** Without the password. */
  text: string
}

function placeOf(url: string): Place {
  let found: pg.Client
  try {
    if (!/^postgres(ql)?:\/\//.test(url)) throw new Error('another scheme')
    found = new pg.Client({ connectionString: url })
  } catch {
    // The cause would quote the password.
    throw new ReeveError(
      'database/address',
      'opening the database: DATABASE_URL is not of the form postgresql://user:password@host:5432/name',
    )
  }
  const place = { host: found.host, port: found.port, database: found.database ?? '', user: found.user ?? '' }
  return { ...place, text: `${place.database} on ${place.host}` }
}
