import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { estateFrom, migrations as graph } from '../graph/index.ts'
import { testDatabase } from '../platform/testing/index.ts'
import { type Edge, Entity } from '../sdk/index.ts'
import { migrations } from './index.ts'
import { storeEvaluation } from './store.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
beforeAll(async () => {
  database = await testDatabase([graph, migrations])
})
afterAll(() => database.close())

const account = (over: object = {}) =>
  Entity.parse({ kind: 'identity', type: 'demo_account', key: 'demo:svc', name: 'svc', ...over })
const ada = Entity.parse({ kind: 'person', type: 'person', key: 'person:ada@example.org', name: 'Ada' })
const bo = Entity.parse({ kind: 'person', type: 'person', key: 'person:bo@example.org', name: 'Bo' })
const made: Edge = { from: ada.key, verb: 'created', to: 'demo:svc' }
const may: Edge = { from: bo.key, verb: 'controls', to: 'demo:svc' }

async function suggestedAfter(day: number, items: (Entity | Edge)[]) {
  const estate = estateFrom(items.map((item) => ({ connection: 'demo', collection: 'accounts', item })))
  const now = new Date(`2026-11-${day}T12:00:00.000Z`)
  await database.db
    .transaction()
    .execute((tx) => storeEvaluation(tx, { estate, rules: [], judgements: [], now, run: day }))
  const { rows } = await sql<{
    person: string
    because: string[]
    evidence: { sort: string; says: string }[]
    confidence: string
  }>`select person, because, evidence, confidence from assess.suggestion`.execute(database.db)
  return rows
}

test('a suggestion is kept with what it was read from and how sure it is, and follows what is known', async () => {
  expect(await suggestedAfter(20, [account(), ada, bo, made, may])).toEqual([
    {
      person: ada.key,
      because: ['Made it.'],
      evidence: [{ sort: 'creator', says: 'Made it.' }],
      confidence: 'medium',
    },
  ])
  const declined = account({ attributes: { declinedBy: [ada.key] } })
  expect(await suggestedAfter(21, [declined, ada, bo, made, may])).toMatchObject([{ person: bo.key }])
  const { rows } = await sql<{
    person: string
    confidence: string
  }>`select person, confidence from assess.suggestion_was`.execute(database.db)
  expect(rows).toEqual([{ person: ada.key, confidence: 'medium' }])
  expect(await suggestedAfter(22, [account(), ada, made, { from: bo.key, verb: 'owns', to: 'demo:svc' }, bo])).toEqual(
    [],
  )
})
