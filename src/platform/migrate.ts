import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import { ReeveError } from '../sdk/index.ts'
import type { Db } from './database.ts'

/** The tables of one module: a Postgres schema of its own, and the folder of `0001-….sql` files that build it. */
export interface Migrations {
  schema: string
  folder: URL
}

interface Step {
  number: number
  name: string
  text: string
  checksum: string
}

const platform: Migrations = { schema: 'platform', folder: new URL('./migrations/', import.meta.url) }

/** Any constant; the same in every Reeve that shares the database. */
const LOCK = 7373_0001

/**
 * Brings each module's schema up to date: forward only, each file in a transaction of its own, one process at a time. Throws
 * `migrate/edited` when a file that was applied has changed since, `migrate/newer` when the database knows a migration that we
 * do not.
 */
export async function migrate(db: Db, modules: readonly Migrations[]): Promise<void> {
  await db.connection().execute(async (connection) => {
    await sql`select pg_advisory_lock(${LOCK})`.execute(connection)
    try {
      await sql`create schema if not exists platform`.execute(connection)
      await sql`create table if not exists platform.migration (
        schema text, number int, name text not null, checksum text not null, applied timestamptz not null default now(),
        primary key (schema, number))`.execute(connection)
      for (const module of [platform, ...modules]) await migrateModule(connection, module)
    } finally {
      await sql`select pg_advisory_unlock(${LOCK})`.execute(connection)
    }
  })
}

async function migrateModule(db: Db, { schema, folder }: Migrations): Promise<void> {
  const steps = await readSteps(schema, folder)
  const { rows } = await sql<{ number: number; name: string; checksum: string }>`
    select number, name, checksum from platform.migration where schema = ${schema} order by number`.execute(db)
  for (const done of rows) {
    const step = steps[done.number - 1]
    if (!step) {
      throw new ReeveError(
        'migrate/newer',
        `the database was last used by a newer reeve (${schema}/${done.name}): start that version, or restore an older backup`,
      )
    }
    if (step.checksum !== done.checksum) {
      throw new ReeveError(
        'migrate/edited',
        `${schema}/${step.name} was changed after it was applied: put it back and add a new file`,
      )
    }
  }
  for (const step of steps.slice(rows.length)) {
    await db
      .transaction()
      .execute(async (tx) => {
        await sql`create schema if not exists ${sql.id(schema)}`.execute(tx)
        await sql`set local search_path to ${sql.id(schema)}, public`.execute(tx)
        await sql.raw(step.text).execute(tx)
        await sql`insert into platform.migration (schema, number, name, checksum)
          values (${schema}, ${step.number}, ${step.name}, ${step.checksum})`.execute(tx)
      })
      .catch((error) => {
        throw new ReeveError('migrate/failed', `applying ${schema}/${step.name} failed: ${(error as Error).message}`, {
          cause: error,
        })
      })
  }
}

async function readSteps(schema: string, folder: URL): Promise<Step[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name, index) => {
      const number = Number(/^(\d{4})-[a-z0-9-]+\.sql$/.exec(name)?.[1])
      if (number !== index + 1) {
        throw new ReeveError(
          'migrate/order',
          `${schema}/${name} is out of order: files are 0001-what.sql, 0002-what.sql and so on, without gaps`,
        )
      }
      const text = await readFile(new URL(name, folder), 'utf8')
      return { number, name, text, checksum: createHash('sha256').update(text).digest('hex') }
    }),
  )
}
