import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../platform/testing/index.ts'
import type { Entity } from '../sdk/index.ts'
import { type Estate, expiredHistory, loadEstate, migrations, openStage, type Remembered } from './index.ts'

const minute = (n: number) => new Date(Date.UTC(2026, 10, 24, 12, n))
const remember: Remembered[] = [{ kind: 'entitlement', types: ['mcp_tool'], attributes: ['hash', 'title'] }]

let database: TestDatabase
let run = 0
beforeEach(async () => {
  database = await testDatabase([migrations])
})
afterEach(() => database.close())

type Told = Record<string, Record<string, string>>
const tool = (name: string, attributes: Record<string, string>, type = 'mcp_tool'): Entity => ({
  kind: 'entitlement',
  type,
  key: `mcp:${name}`,
  name,
  attributes,
})
async function sync(told: Told, at: Date, { connection = 'mcp', complete = true, type = 'mcp_tool' } = {}) {
  const stage = await openStage(database, { connection, run: ++run })
  for (const [name, attributes] of Object.entries(told)) await stage.write('tools', tool(name, attributes, type))
  await stage.apply({ at, collections: [{ id: 'tools', yields: ['mcp_tool', 'other_tool'], complete }] })
}
const values = (estate: Estate, name: string, attribute = 'hash') =>
  estate.before(`mcp:${name}`, attribute).map(({ value }) => value)

test('a first reading has no former values, nor has what changed in something else', async () => {
  await sync({ a: { hash: '1', note: 'x' } }, minute(0))
  expect(values(await loadEstate(database.db, { remember }), 'a')).toEqual([])
  await sync({ a: { hash: '1', note: 'y' } }, minute(1))
  const estate = await loadEstate(database.db, { remember })
  expect([values(estate, 'a'), values(estate, 'a', 'note'), values(estate, 'nobody')]).toEqual([[], [], []])
})

test('several changes are told in their order, with their times', async () => {
  for (const [at, hash] of ['1', '2', '2', '3'].entries()) await sync({ a: { hash }, b: { hash: '9' } }, minute(at))
  const estate = await loadEstate(database.db, { remember })
  expect(estate.before('mcp:a', 'hash')).toEqual([
    { value: '1', from: minute(0).toISOString(), until: minute(1).toISOString() },
    { value: '2', from: minute(1).toISOString(), until: minute(3).toISOString() },
  ])
  expect(values(estate, 'b')).toEqual([])
})

test('what went and came back the same never changed; what came back otherwise did', async () => {
  await sync({ a: { hash: '1' }, b: { hash: '1' } }, minute(0))
  await sync({}, minute(1))
  await sync({ a: { hash: '1' }, b: { hash: '2' } }, minute(2))
  const estate = await loadEstate(database.db, { remember })
  expect([values(estate, 'a'), values(estate, 'b')]).toEqual([[], ['1']])
})

test('nobody who asks for nothing is given anything, and other types are not looked up', async () => {
  await sync({ a: { hash: '1' } }, minute(0), { type: 'other_tool' })
  await sync({ a: { hash: '2' } }, minute(1), { type: 'other_tool' })
  expect(values(await loadEstate(database.db, { remember }), 'a')).toEqual([])
  expect(values(await loadEstate(database.db), 'a')).toEqual([])
})

test('the first value is known when the history between was expired', async () => {
  for (const [at, hash] of ['1', '2', '3'].entries()) await sync({ a: { hash } }, minute(at))
  const [entities] = expiredHistory(minute(30))
  const { sql } = await import('kysely')
  await sql`delete from graph.entity where ${entities!.where}`.execute(database.db)
  expect(values(await loadEstate(database.db, { remember }), 'a')).toEqual(['1'])
})

test('after any sequence of reads, now and as of each, former values are what the estates said one after another', async () => {
  const told = fc.dictionary(
    fc.constantFrom('a', 'b'),
    fc.dictionary(fc.constantFrom('hash', 'title'), fc.constantFrom('1', '2', '3'), { noNullPrototype: true }),
    { noNullPrototype: true },
  )
  const read = fc.record({ told, connection: fc.constantFrom('east', 'west'), complete: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(read, { minLength: 1, maxLength: 8 }), fc.nat(), async (reads, pick) => {
      const own = await testDatabase([migrations])
      const outer = database
      database = own
      try {
        const seen: Estate[] = []
        const expected = (name: string, attribute: string, until: number): unknown[] => {
          const runs: string[] = []
          for (const estate of seen.slice(0, until + 1)) {
            const value = estate.get(`mcp:${name}`)?.attributes[attribute]
            if (typeof value === 'string' && value !== runs.at(-1)) runs.push(value)
          }
          return seen[until]!.get(`mcp:${name}`)?.attributes[attribute] === undefined ? [] : runs.slice(0, -1)
        }
        for (const [at, { told, connection, complete }] of reads.entries()) {
          await sync(told, minute(at), { connection, complete })
          const estate = await loadEstate(own.db, { remember })
          seen.push(estate)
          for (const name of ['a', 'b'])
            for (const attribute of ['hash', 'title'])
              expect(values(estate, name, attribute)).toEqual(expected(name, attribute, at))
        }
        const then = pick % reads.length
        const past = await loadEstate(own.db, { asOf: minute(then), remember })
        for (const name of ['a', 'b']) expect(values(past, name)).toEqual(expected(name, 'hash', then))
      } finally {
        database = outer
        await own.close()
      }
    }),
    { numRuns: 20 },
  )
}, 120_000)
