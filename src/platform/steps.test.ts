import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { forgetSteps, steps } from './steps.ts'
import { type TestDatabase, testDatabase } from './testing/index.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await testDatabase()
  await sql`create table public.apple (n int)`.execute(database.db)
})
afterEach(() => database.close())

const apples = async () =>
  (await sql<{ n: number }>`select n from public.apple order by n`.execute(database.db)).rows.map((row) => row.n)

test('a step that was done is not done again, and gives its result', async () => {
  for (let attempt = 0; attempt < 3; attempt++) {
    const journal = await steps(database.db, 'run-1')
    const result = await journal.once('pick', async (tx) => {
      await sql`insert into public.apple values (1)`.execute(tx)
      return { picked: 1, by: null }
    })
    expect(result).toEqual({ picked: 1, by: null })
    expect(await journal.once('nothing', async () => undefined)).toBeFalsy()
  }
  expect(await apples()).toEqual([1])
})

test('a step that failed left nothing and is done next time', async () => {
  const first = await steps(database.db, 'run-1')
  await expect(
    first.once('pick', async (tx) => {
      await sql`insert into public.apple values (1)`.execute(tx)
      throw new Error('the branch broke')
    }),
  ).rejects.toThrow('the branch broke')
  expect(await apples()).toEqual([])
  await (await steps(database.db, 'run-1')).once(
    'pick',
    async (tx) => void (await sql`insert into public.apple values (2)`.execute(tx)),
  )
  expect(await apples()).toEqual([2])
})

test('who lost the run to another cannot write any more', async () => {
  const slow = await steps(database.db, 'run-1')
  const quick = await steps(database.db, 'run-1')
  await expect(
    slow.once('pick', async (tx) => void (await sql`insert into public.apple values (1)`.execute(tx))),
  ).rejects.toMatchObject({ code: 'jobs/taken-over' })
  await quick.once('pick', async (tx) => void (await sql`insert into public.apple values (2)`.execute(tx)))
  expect(await apples()).toEqual([2])
})

test('an outside step whose note was lost runs again; one that was noted does not', async () => {
  let calls = 0
  const slow = await steps(database.db, 'run-1')
  const quick = await steps(database.db, 'run-1')
  await expect(slow.outside('call', async () => ++calls)).rejects.toMatchObject({ code: 'jobs/taken-over' })
  expect(await quick.outside('call', async () => ++calls)).toBe(2)
  expect(await quick.outside('call', async () => ++calls)).toBe(2)
})

test('runs do not share steps, and a forgotten run starts anew', async () => {
  const one = await (await steps(database.db, 'a')).once('n', async () => 1)
  const two = await (await steps(database.db, 'b')).once('n', async () => 2)
  await forgetSteps(database.db, 'a')
  const three = await (await steps(database.db, 'a')).once('n', async () => 3)
  expect([one, two, three]).toEqual([1, 2, 3])
})
