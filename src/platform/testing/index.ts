import { randomBytes } from 'node:crypto'
import type pg from 'pg'
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
  const server = inject('postgres')
  await onServer(server, `create database ${name}`)
  const url = server.replace('/postgres?', `/${name}?`)
  const pool = openPool(url, { max: 8 })
  const db = kyselyOver(pool)
  await migrate(db, modules)
  return {
    db,
    pool,
    url,
    async close() {
      await db.destroy()
      await onServer(server, `drop database ${name} with (force)`)
    },
  }
}

async function onServer(url: string, statement: string): Promise<void> {
  const pool = openPool(url, { max: 1 })
  try {
    await pool.query(statement)
  } finally {
    await pool.end()
  }
}
