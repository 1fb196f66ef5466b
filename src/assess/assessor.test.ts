import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrations as graph, openStage } from '../graph/index.ts'
import { testDatabase } from '../platform/testing/index.ts'
import { Entity } from '../sdk/index.ts'
import { startAssessor } from './assessor.ts'
import { setRule } from './catalogue.ts'
import { migrations } from './index.ts'
import { judgeEstate } from './judge-estate.ts'
import { saveUserRule } from './own/store-user-rules.ts'
import { rules } from './rules/index.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
beforeAll(async () => {
  database = await testDatabase([graph, migrations])
  const stage = await openStage(database, { connection: 'demo', run: 1 })
  await stage.write(
    'accounts',
    Entity.parse({
      kind: 'identity',
      type: 'demo_account',
      key: 'demo:a',
      name: 'a',
      lastUsed: { value: '2026-01-01T00:00:00.000Z' },
    }),
  )
  await stage.seal('accounts', null)
  await stage.apply({
    collections: [{ id: 'accounts', yields: ['demo_account'], complete: true }],
    at: new Date('2026-11-24T06:00:00.000Z'),
  })
})
afterAll(() => database.close())

const now = new Date('2026-11-24T12:00:00.000Z')
const open = async () =>
  (
    await sql<{
      rule: string
    }>`select rule from assess.finding where state = 'open' and verdict = 'fail' order by rule`.execute(database.db)
  ).rows.map(({ rule }) => rule)

test('a thread judges the graph; requests that wait share one evaluation', async () => {
  const assessor = startAssessor({ url: database.url })
  try {
    const [first, second, third] = await Promise.all([
      assessor.judge({ now, run: 1 }),
      assessor.judge({ now, run: 2 }),
      assessor.judge({ now, run: 3 }),
    ])
    expect(first).toMatchObject({ opened: 2 })
    expect(second).toMatchObject({ opened: 0 })
    expect(third).toBe(second)
    const { rows } = await sql<{ run: string }>`select run from assess.evaluation order by id`.execute(database.db)
    expect(rows.map(({ run }) => Number(run))).toEqual([1, 3])
  } finally {
    await assessor.stop()
  }
  await expect(assessor.judge({ now })).rejects.toMatchObject({ code: 'assess/stopped' })
})

test('a database that refuses is an error of that evaluation, and the next one works', async () => {
  const assessor = startAssessor({ url: database.url })
  try {
    await sql`alter table assess.rule rename to rule_away`.execute(database.db)
    await expect(assessor.judge({ now })).rejects.toThrow(/assess\.rule/)
    await sql`alter table assess.rule_away rename to rule`.execute(database.db)
    await expect(assessor.judge({ now })).resolves.toMatchObject({ opened: 0 })
  } finally {
    await assessor.stop()
  }
})

test('rules of the installation and its settings count', async () => {
  const { db } = database
  await judgeEstate(db, { now })
  expect(await open()).toEqual(['identity-dormant', 'identity-without-owner'])
  await db.transaction().execute(async (tx) => {
    await setRule(tx, { rule: rules.find(({ id }) => id === 'identity-dormant')!, enabled: false, by: 'user:ada', now })
    await saveUserRule(tx, {
      source:
        'id: named-a\ntitle: It is called a\nowasp: [NHI1]\nseverity: low\nabout: { kind: identity }\nwhen: entity.name == "a"\nwhy: Names should speak.\nfix: Rename it.\n',
      by: 'user:ada',
      now,
    })
  })
  await judgeEstate(db, { now })
  expect(await open()).toEqual(['identity-without-owner', 'named-a'])
  const { rows } = await sql`select expression from assess.rule where mine`.execute(db)
  expect(rows).toEqual([{ expression: 'entity.name == "a"' }])
})
