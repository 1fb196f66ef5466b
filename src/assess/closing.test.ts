import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrations as graph, loadEstate, openStage } from '../graph/index.ts'
import { testDatabase } from '../platform/testing/index.ts'
import { type Edge, Entity } from '../sdk/index.ts'
import type { Evidence } from './closing.ts'
import { judgements } from './evaluate.ts'
import { migrations } from './index.ts'
import { rules } from './rules/index.ts'
import { storeEvaluation } from './store.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
beforeAll(async () => {
  database = await testDatabase([graph, migrations])
})
afterAll(() => database.close())

const at = (day: number) => new Date(`2026-11-${String(day).padStart(2, '0')}T12:00:00.000Z`)
const asked = rules.filter(({ id }) =>
  ['identity-dormant', 'identity-without-owner', 'credential-outlives-identity'].includes(id),
)
const idle = (name: string) =>
  Entity.parse({
    kind: 'identity',
    type: 'demo_account',
    key: `demo:${name}`,
    name,
    lastUsed: { value: '2026-01-01T00:00:00.000Z' },
    attributes: { accountKind: 'service' },
  })

/** One sync, as complete as said, and the evaluation that follows it. */
async function syncAndJudge(run: number, items: (Entity | Edge)[], complete = true) {
  const stage = await openStage(database, { connection: 'demo', run })
  for (const item of items) await stage.write('accounts', item)
  await stage.seal('accounts', null)
  const lines = complete
    ? []
    : [{ scope: 'eu', expected: null, obtained: 0, refused: 1, reason: '403 on eu', permission: 'accounts.read' }]
  await stage.apply({ collections: [{ id: 'accounts', yields: ['demo_account'], complete, lines }], at: at(run) })
  const estate = await loadEstate(database.db)
  return database.db.transaction().execute((tx) =>
    storeEvaluation(tx, {
      estate,
      rules: asked,
      judgements: judgements(estate, asked, { now: at(run) }),
      now: at(run),
      run,
    }),
  )
}

const evidence = async (subject: string) =>
  (
    await sql<{
      evidence: Evidence | null
      state: string
    }>`select state, evidence from assess.finding where subject = ${subject} order by rule`.execute(database.db)
  ).rows

test('a partial read closes nothing; a complete one that lacks the subject closes with when and by which run', async () => {
  await syncAndJudge(1, [idle('a'), idle('b')])
  expect(await syncAndJudge(2, [idle('b')], false)).toMatchObject({ resolved: 0 })
  expect((await evidence('demo:a')).map(({ state }) => state)).toEqual(['open', 'open'])

  expect(await syncAndJudge(3, [idle('b')])).toMatchObject({ resolved: 2 })
  expect((await evidence('demo:a'))[0]).toEqual({
    state: 'resolved',
    evidence: {
      what: 'gone',
      says: ['demo:a is gone from its source: it was no longer there on 3 November 2026, by run 3 of demo.'],
      changes: [],
      at: at(3).toISOString(),
      connection: 'demo',
      run: 3,
    },
  })
  expect((await evidence('demo:b')).every(({ state }) => state === 'open')).toBe(true)
})

test('it comes back with its number when the source has it again', async () => {
  const numbers = async () =>
    (
      await sql<{ number: string }>`select number from assess.finding where subject = 'demo:a' order by rule`.execute(
        database.db,
      )
    ).rows
  const before = await numbers()
  expect(await syncAndJudge(4, [idle('a'), idle('b')])).toMatchObject({ reopened: 2, opened: 0 })
  expect(await numbers()).toEqual(before)
})

test('what changed on a neighbour is evidence too, with from and to', async () => {
  const key = Entity.parse({ kind: 'credential', type: 'demo_key', key: 'demo:key', name: 'key', method: 'access-key' })
  const proves: Edge = { from: 'demo:key', verb: 'authenticates', to: 'demo:c' }
  const off = { ...idle('c'), attributes: { accountKind: 'service', disabled: true } }
  const kept = [idle('a'), idle('b'), key, proves]
  await syncAndJudge(5, [...kept, off])
  expect(
    await syncAndJudge(6, [...kept, { ...off, attributes: { accountKind: 'service', disabled: false } }]),
  ).toMatchObject({ resolved: 1 })
  expect((await evidence('demo:key'))[0]!.evidence).toMatchObject({
    what: 'changed',
    says: ['disabled of demo:c went from true to false.'],
    changes: [{ of: 'demo:c', what: 'disabled', from: true, to: false }],
  })
})
