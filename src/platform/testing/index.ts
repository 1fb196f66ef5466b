import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import { inject } from 'vitest'
import { type Db, kyselyOver, openPool } from '../database.ts'
import { type Migrations, migrate } from '../migrate.ts'

export interface TestDatabase {
  db: Db
  pool: pg.Pool
  url: string
  /** Drops the database. */
  close(): Promise<void>
}

/** A fresh database on the test run's PostgreSQL, with the modules' tables in it. */
export async function testDatabase(modules: readonly Migrations[] = []): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`
  await onServer(async (client) => {
    await client.query(`create database ${name} template ${await template(client, modules)}`)
  })
  const url = urlOf(name)
  const pool = openPool(url, { max: 8 })
  const db = kyselyOver(pool)
  return {
    db,
    pool,
    url,
    async close() {
      await db.destroy()
      await onServer((client) => client.query(`drop database ${name} with (force)`))
    },
  }
}

/** A database is copied in a fraction of the time that migrating takes: one original per set of migrations and test run. */
async function template(client: pg.Client, modules: readonly Migrations[]): Promise<string> {
  const own: Migrations = { schema: 'platform', folder: new URL('../migrations/', import.meta.url) }
  const hash = createHash('sha256')
  for (const { schema, folder } of [own, ...modules]) {
    for (const file of (await readdir(folder)).sort())
      hash.update(`${schema}/${file}\n`).update(await readFile(new URL(file, folder)))
  }
  const name = `template_${hash.digest('hex').slice(0, 16)}`
  await client.query(`select pg_advisory_lock(hashtext($1))`, [name])
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount === 1) return name
    const half = `${name}_${randomBytes(4).toString('hex')}`
    await client.query(`create database ${half}`)
    const db = kyselyOver(openPool(urlOf(half), { max: 2 }))
    try {
      await migrate(db, modules)
    } finally {
      await db.destroy()
    }
    await client.query(`alter database ${half} rename to ${name}`)
    return name
  } finally {
    await client.query(`select pg_advisory_unlock(hashtext($1))`, [name])
  }
}

const urlOf = (database: string): string => inject('postgres').replace('/postgres?', `/${database}?`)

async function onServer(action: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgres') })
  await client.connect()
  try {
    await action(client)
  } finally {
    await client.end()
  }
}
