import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Jobs, startJobs } from './jobs.ts'
import { type TestDatabase, testDatabase } from './testing/index.ts'

const log = { debug() {}, info() {}, warn() {}, error() {} }
let database: TestDatabase
const started: Jobs[] = []
const start = async (alone = false) => {
  const jobs = await startJobs({ url: database.url, log, alone, queues: { sync: { exclusive: true } } })
  started.push(jobs)
  return jobs
}

beforeEach(async () => {
  database = await testDatabase()
})
afterEach(async () => {
  for (const jobs of started.splice(0)) await jobs.stop()
  await database.close()
})

test('what is sent is handled, once', async () => {
  const jobs = await start()
  const seen: unknown[] = []
  await jobs.work('greet', async (job) => void seen.push(job.data))
  await jobs.send('greet', { name: 'ann' })
  await vi.waitFor(() => expect(seen).toEqual([{ name: 'ann' }]), 20_000)
})

test('a job that fails is tried again', async () => {
  const jobs = await start()
  let tries = 0
  await jobs.work('flaky', async () => {
    if (++tries === 1) throw new Error('not yet')
  })
  await jobs.send('flaky', {})
  await vi.waitFor(() => expect(tries).toBe(2), 30_000)
})

test('an exclusive queue takes one job per key', async () => {
  const jobs = await start()
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await jobs.work('sync', () => held)
  const first = await jobs.send('sync', {}, { singletonKey: 'host' })
  expect(first).not.toBeNull()
  expect(await jobs.send('sync', {}, { singletonKey: 'host' })).toBeNull()
  expect(await jobs.send('sync', {}, { singletonKey: 'git' })).not.toBeNull()
  release()
})

test('a job sent in a transaction that fails was never sent', async () => {
  const jobs = await start()
  const seen: unknown[] = []
  await jobs.work('greet', async (job) => void seen.push(job.data))
  const client = await database.pool.connect()
  await client.query('begin')
  await jobs.send('greet', { undone: true }, { client })
  await client.query('rollback')
  await client.query('begin')
  await jobs.send('greet', { done: true }, { client })
  await client.query('commit')
  client.release()
  await vi.waitFor(() => expect(seen).toEqual([{ done: true }]), 20_000)
})

test('stopping aborts what runs, and the next start does it', async () => {
  const jobs = await start()
  let began = false
  await jobs.work('long', async ({ signal }) => {
    began = true
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  })
  await jobs.send('long', { n: 1 })
  await vi.waitFor(() => expect(began).toBe(true), 20_000)
  await jobs.stop()
  const next = await start()
  let finished = false
  await next.work('long', async () => {
    finished = true
  })
  await vi.waitFor(() => expect(finished).toBe(true), 30_000)
})

test('what a dead process was doing starts again at once when nobody else is there', async () => {
  const jobs = await start()
  await jobs.work('orphan', async () => {})
  await jobs.stop()
  const sender = await start()
  const id = await sender.send('orphan', {})
  await database.pool.query(
    `update pgboss.job set state = 'active', started_on = now(), heartbeat_on = now() where id = $1`,
    [id],
  )
  await sender.stop()
  const next = await start(true)
  let finished = false
  await next.work('orphan', async () => {
    finished = true
  })
  await vi.waitFor(() => expect(finished).toBe(true), 30_000)
})

test('a schedule may be replaced and taken away, and a wrong cron line is refused', async () => {
  const jobs = await start()
  await jobs.schedule('sync', '*/5 * * * *', { connection: 'a' }, { key: 'a' })
  await jobs.schedule('sync', '0 * * * *', { connection: 'a' }, { key: 'a' })
  await expect(jobs.schedule('sync', 'sometimes', {})).rejects.toThrow()
  const { rows } = await database.pool.query('select name, key, cron from pgboss.schedule')
  expect(rows).toEqual([{ name: 'sync', key: 'a', cron: '0 * * * *' }])
  await jobs.unschedule('sync', 'a')
  expect((await database.pool.query('select from pgboss.schedule')).rowCount).toBe(0)
})
