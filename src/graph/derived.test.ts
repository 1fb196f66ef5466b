import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../platform/testing/index.ts'
import type { DerivedEdge } from '../sdk/index.ts'
import { migrations, replaceDerivedEdges } from './index.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await testDatabase([migrations])
})
afterEach(() => database.close())

const hour = (n: number) => new Date(Date.UTC(2026, 10, 24, n))
const row = (from: string, to: string, more: Partial<DerivedEdge> = {}): DerivedEdge => ({
  verb: 'escalates-to',
  from: `aws:${from}`,
  to: `aws:${to}`,
  actions: ['iam:AttachUserPolicy'],
  object: `aws:policy/${from}`,
  holds: 'yes',
  dependsOn: null,
  says: `${from} may attach any policy to ${to}`,
  ...more,
})
const replace = (maker: string, rows: DerivedEdge[], at: Date) =>
  database.db.transaction().execute((tx) => replaceDerivedEdges(tx, maker, rows, { at }))
const now = async () =>
  (
    await sql<{
      said: string
    }>`select maker || ': ' || f.key || ' ' || verb || ' ' || t.key || ' ' || says || coalesce(' if ' || depends_on, '')
      || ' since ' || extract(hour from valid_from at time zone 'utc') as said
    from graph.derived_edge d join graph.key f on f.id = from_key join graph.key t on t.id = to_key
    where valid_to is null order by 1`.execute(database.db)
  ).rows.map(({ said }) => said)

test('what a maker says again keeps its beginning, what it says no more ends, and other makers are left alone', async () => {
  expect(await replace('access', [row('a', 'b'), row('a', 'c')], hour(9))).toEqual({ added: 2, gone: 0 })
  expect(await replace('sudo', [row('x', 'y')], hour(10))).toEqual({ added: 1, gone: 0 })
  expect(await replace('access', [row('a', 'c'), row('a', 'd')], hour(11))).toEqual({ added: 1, gone: 1 })
  expect(await now()).toEqual([
    'access: aws:a escalates-to aws:c a may attach any policy to c since 9',
    'access: aws:a escalates-to aws:d a may attach any policy to d since 11',
    'sudo: aws:x escalates-to aws:y x may attach any policy to y since 10',
  ])
})

test('nothing that changed writes nothing, but the time of the work moves on', async () => {
  await replace('access', [row('a', 'b')], hour(9))
  expect(await replace('access', [row('a', 'b'), row('a', 'b')], hour(10))).toEqual({ added: 0, gone: 0 })
  const { rows } = await sql`select at, changed_at from graph.derivation`.execute(database.db)
  expect(rows).toEqual([{ at: hour(10), changed_at: hour(9) }])
})

test('two ways between two keys are two rows, a condition is kept, and text that PostgreSQL cannot store is made storable', async () => {
  await replace(
    'access',
    [
      row('a', 'b', { says: 'one\0way' }),
      row('a', 'b', { holds: 'depends', dependsOn: 'the address of who asks', says: 'another \ud800 way' }),
    ],
    hour(9),
  )
  expect(await now()).toEqual([
    'access: aws:a escalates-to aws:b another \ufffd way if the address of who asks since 9',
    'access: aws:a escalates-to aws:b one\ufffdway since 9',
  ])
})

test('a row that is none is refused with its number, and nothing is written', async () => {
  await replace('access', [row('a', 'b')], hour(9))
  await expect(replace('access', [row('a', 'c'), { ...row('a', 'd'), to: 'nowhere' }], hour(10))).rejects.toMatchObject(
    {
      code: 'graph/derived',
      message: expect.stringContaining('row 2: to: a key is'),
    },
  )
  await expect(replace('access', [row('a', 'c', { holds: 'depends' })], hour(10))).rejects.toThrow('says on what')
  expect(await now()).toEqual(['access: aws:a escalates-to aws:b a may attach any policy to b since 9'])
})

test('one transaction may replace what several makers say, however many rows there are', async () => {
  const many = Array.from({ length: 12_000 }, (_, n) => row(`r${n}`, 'admin'))
  await database.db.transaction().execute(async (tx) => {
    expect(await replaceDerivedEdges(tx, 'access', many, { at: hour(9) })).toEqual({ added: 12_000, gone: 0 })
    expect(await replaceDerivedEdges(tx, 'sudo', [row('a', 'b')], { at: hour(9) })).toEqual({ added: 1, gone: 0 })
  })
  expect(await replace('access', [], hour(10))).toEqual({ added: 0, gone: 12_000 })
})
