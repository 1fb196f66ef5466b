import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'

/** Any schema: SQL stands in the function that needs it, and rows are checked where they leave. A Tx is a Db too. */
export type Db = Kysely<any>
export type Tx = Transaction<any>

/** A pool that outlives its server: a lost idle connection is dropped, the next query opens another. */
export function openPool(url: string, options: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 20, application_name: 'reeve', ...options })
  pool.on('error', () => {})
  return pool
}

export const kyselyOver = (pool: pg.Pool): Db => new Kysely<any>({ dialect: new PostgresDialect({ pool }) })
