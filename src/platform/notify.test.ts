import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { listen, notify } from './notify.ts'
import { type TestDatabase, testDatabase } from './testing/index.ts'

let database: TestDatabase
const log = { debug() {}, info() {}, warn() {}, error() {} }
beforeEach(async () => {
  database = await testDatabase()
})
afterEach(() => database.close())

test('a notice is heard after commit, and not when the transaction failed', async () => {
  const heard: string[] = []
  const listener = await listen(database.url, 'estate', (payload) => heard.push(payload), { log })
  await database.db
    .transaction()
    .execute(async (tx) => {
      await notify(tx, 'estate', 'undone')
      throw new Error('no')
    })
    .catch(() => {})
  await database.db.transaction().execute((tx) => notify(tx, 'estate', 'done'))
  await vi.waitFor(() => expect(heard).toEqual(['done']), 10_000)
  await listener.stop()
})

test('a lost connection is opened again and the gap is told', async () => {
  const heard: string[] = []
  let gaps = 0
  const listener = await listen(database.url, 'estate', (payload) => heard.push(payload), { log, missed: () => gaps++ })
  await database.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'reeve listening%'`,
  )
  await vi.waitFor(() => expect(gaps).toBe(1), 20_000)
  await notify(database.db, 'estate', 'after')
  await vi.waitFor(() => expect(heard).toEqual(['after']), 10_000)
  await listener.stop()
})

test('a wrong address is an error at once', async () => {
  await expect(listen(`${database.url}x&dbname=none`, 'estate', () => {}, { log })).rejects.toThrow()
})
