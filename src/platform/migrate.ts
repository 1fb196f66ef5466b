import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import { messageOf, ReeveError } from '../sdk/index.ts'
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
      await makeRegister(connection)
      for (const module of [platform, ...modules]) {
        for (const step of await pending(connection, module))
          await connection.transaction().execute((tx) => apply(tx, module, step))
      }
    } finally {
      await sql`select pg_advisory_unlock(${LOCK})`.execute(connection)
    }
  })
}

/** One applied file. */
export interface Applied {
  schema: string
  number: number
  name: string
  checksum: string
}

/**
 * Builds an empty database up to where another one stood, in the caller's transaction. Throws as `migrate` does when that
 * one knew files that we do not, or knew them otherwise.
 */
export async function migrateTo(tx: Db, modules: readonly Migrations[], level: readonly Applied[]): Promise<void> {
  await sql`select pg_advisory_xact_lock(${LOCK})`.execute(tx)
  await makeRegister(tx)
  const all = [platform, ...modules]
  const stranger = level.find(({ schema }) => !all.some((module) => module.schema === schema))
  if (stranger) throw newer(stranger.schema, stranger.name)
  for (const module of all) {
    const wanted = level.filter(({ schema }) => schema === module.schema)
    const steps = await readSteps(module)
    compare(module.schema, steps, wanted)
    for (const step of steps.slice(0, wanted.length)) await apply(tx, module, step)
  }
}

/** The files that were applied to the database, in order; null for a database that no Reeve has used. */
export async function appliedMigrations(db: Db): Promise<Applied[] | null> {
  const { rows: found } = await sql<{
    there: boolean
  }>`select to_regclass('platform.migration') is not null as there`.execute(db)
  if (!found[0]!.there) return null
  return (
    await sql<Applied>`select schema, number, name, checksum from platform.migration order by schema, number`.execute(
      db,
    )
  ).rows
}

async function makeRegister(db: Db): Promise<void> {
  await sql`create schema if not exists platform`.execute(db)
  await sql`create table if not exists platform.migration (
    schema text, number int, name text not null, checksum text not null, applied timestamptz not null default now(),
    primary key (schema, number))`.execute(db)
}

/** The files of the module that the database has not had. */
async function pending(db: Db, module: Migrations): Promise<Step[]> {
  const steps = await readSteps(module)
  const { rows } = await sql<Applied>`
    select schema, number, name, checksum from platform.migration where schema = ${module.schema} order by number`.execute(
    db,
  )
  compare(module.schema, steps, rows)
  return steps.slice(rows.length)
}

function compare(schema: string, steps: readonly Step[], applied: readonly Applied[]): void {
  for (const done of applied) {
    const step = steps[done.number - 1]
    if (!step) throw newer(schema, done.name)
    if (step.checksum !== done.checksum) {
      throw new ReeveError(
        'migrate/edited',
        `${schema}/${step.name} was changed after it was applied: put it back and add a new file`,
      )
    }
  }
}

const newer = (schema: string, name: string) =>
  new ReeveError(
    'migrate/newer',
    `the database was last used by a newer reeve (${schema}/${name}): start that version, or restore an older backup`,
  )

async function apply(tx: Db, { schema }: Migrations, step: Step): Promise<void> {
  try {
    await sql`create schema if not exists ${sql.id(schema)}`.execute(tx)
    await sql`set local search_path to ${sql.id(schema)}, public`.execute(tx)
    await sql.raw(step.text).execute(tx)
    await sql`insert into platform.migration (schema, number, name, checksum)
      values (${schema}, ${step.number}, ${step.name}, ${step.checksum})`.execute(tx)
  } catch (error) {
    throw new ReeveError('migrate/failed', `applying ${schema}/${step.name} failed: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

async function readSteps({ schema, folder }: Migrations): Promise<Step[]> {
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
