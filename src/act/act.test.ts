import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { migrations as graph, loadEstate, openStage } from '../graph/index.ts'
import type { Db, Tx } from '../platform/index.ts'
import { testDatabase } from '../platform/testing/index.ts'
import { type Edge, Entity } from '../sdk/index.ts'
import { testCollection, testRun } from '../sdk/testing/index.ts'
import { assignments, assignOwner, label, migrations, selfProvider, undoAssignment, withdraw } from './index.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
let db: Db
let run = 0
beforeAll(async () => {
  database = await testDatabase([graph, migrations])
  db = database.db
})
afterAll(() => database.close())
beforeEach(() => sql`truncate act.assignment`.execute(db))

const now = new Date('2026-11-24T12:00:00.000Z')
const act = <T>(change: (tx: Tx) => Promise<T>) => db.transaction().execute(change)
const account = (over: object = {}) =>
  Entity.parse({
    kind: 'identity',
    type: 'demo_account',
    key: 'demo:svc',
    name: 'svc',
    aliases: ['uid 1001'],
    attributes: { accountKind: 'unknown' },
    ...over,
  })
const ada = Entity.parse({ kind: 'person', type: 'person', key: 'person:ada@example.org', name: 'Ada Lovelace' })

/** One sync of a connection, as discover does it. */
async function sync(
  connection: string,
  collection: string,
  yields: readonly string[],
  items: (Entity | Edge)[],
): Promise<void> {
  run++
  const stage = await openStage(database, { connection, run })
  for (const item of items) await stage.write(collection, item)
  await stage.seal(collection, null)
  await stage.apply({
    collections: [{ id: collection, yields, complete: true }],
    at: new Date(now.getTime() + run * 1000),
  })
}

async function syncSelf(): Promise<void> {
  const provider = selfProvider(db)
  const client = await provider.connect({}, testRun())
  for (const collection of provider.collections!) {
    const { entities, edges } = await testCollection(collection, client, testRun())
    await sync('self', collection.id, collection.yields, [...entities, ...edges])
  }
}

test('an owner comes back into the graph, and stays when the source is read again', async () => {
  await sync('demo', 'accounts', ['demo_account', 'person'], [account(), ada])
  await act((tx) => assignOwner(tx, { entity: 'demo:svc', owner: 'ada lovelace', by: 'user:bo', now }))
  await syncSelf()
  await sync('demo', 'accounts', ['demo_account', 'person'], [account(), ada])
  const estate = await loadEstate(db)
  expect([...estate.edges('demo:svc', 'in', 'owns')]).toEqual([
    {
      from: 'person:ada@example.org',
      verb: 'owns',
      to: 'demo:svc',
      attributes: { assignedBy: 'user:bo', confirmed: now.toISOString() },
    },
  ])
})

test('somebody whom no source knows is named by address; a name that two people bear is refused', async () => {
  await sync(
    'demo',
    'accounts',
    ['demo_account', 'person'],
    [account(), ada, { ...ada, key: 'person:ada@other.example' }],
  )
  await act((tx) => assignOwner(tx, { entity: 'demo:svc', owner: 'Bo@Example.org', by: 'user:bo', now }))
  expect(await assignments(db)).toMatchObject([{ entity: 'demo:svc', value: 'person:bo@example.org' }])
  await expect(
    act((tx) => assignOwner(tx, { entity: 'demo:svc', owner: 'Ada Lovelace', by: 'user:bo', now })),
  ).rejects.toThrow(/several people/)
  await expect(
    act((tx) => assignOwner(tx, { entity: 'demo:svc', owner: 'somebody', by: 'user:bo', now })),
  ).rejects.toThrow(/nobody is known/)
  await expect(
    act((tx) => assignOwner(tx, { entity: 'demo:none', owner: 'bo@example.org', by: 'user:bo', now })),
  ).rejects.toMatchObject({ code: 'act/no-entity' })
})

test('undo brings back who answered before, and is refused once something else holds', async () => {
  await sync('demo', 'accounts', ['demo_account', 'person'], [account(), ada])
  const first = await act((tx) => assignOwner(tx, { entity: 'demo:svc', owner: 'bo@example.org', by: 'user:bo', now }))
  const second = await act((tx) =>
    assignOwner(tx, { entity: 'demo:svc', owner: 'ada@example.org', by: 'user:bo', now: new Date(now.getTime() + 1) }),
  )
  expect(second.was?.value).toBe('person:bo@example.org')
  await expect(act((tx) => undoAssignment(tx, { assignment: first.assignment!, by: 'user:bo', now }))).rejects.toThrow(
    /not in force/,
  )
  await act((tx) => undoAssignment(tx, { assignment: second.assignment!, by: 'user:bo', now }))
  expect((await assignments(db)).map(({ value }) => value)).toEqual(['person:bo@example.org'])
})

test('taking the first owner back leaves nobody, and withdrawing twice is an error', async () => {
  await sync('demo', 'accounts', ['demo_account', 'person'], [account(), ada])
  const first = await act((tx) => assignOwner(tx, { entity: 'demo:svc', owner: 'ada@example.org', by: 'user:bo', now }))
  await act((tx) => undoAssignment(tx, { assignment: first.assignment!, by: 'user:bo', now }))
  expect(await assignments(db)).toEqual([])
  await expect(
    act((tx) => withdraw(tx, { entity: 'demo:svc', sort: 'owner', by: 'user:bo', now })),
  ).rejects.toMatchObject({ code: 'act/none' })
})

test('a label survives three syncs and a new key at the source', async () => {
  await sync('demo', 'accounts', ['demo_account', 'person'], [account(), ada])
  await act((tx) => label(tx, { entity: 'demo:svc', label: 'accountKind', value: 'service', by: 'user:bo', now }))
  for (let again = 0; again < 3; again++) {
    await syncSelf()
    await sync('demo', 'accounts', ['demo_account', 'person'], [account(), ada])
    expect((await loadEstate(db)).get('demo:svc')?.attributes).toEqual({
      accountKind: 'unknown',
      accountKindConfirmed: 'service',
    })
  }
  await sync('demo', 'accounts', ['demo_account', 'person'], [account({ key: 'demo:renamed', name: 'renamed' }), ada])
  await syncSelf()
  const estate = await loadEstate(db)
  expect(estate.get('demo:renamed')?.attributes['accountKindConfirmed']).toBe('service')
  expect(estate.get('demo:svc')).toBeUndefined()
})

test('a label keeps nothing alive that its source gave up', async () => {
  await sync('demo', 'accounts', ['demo_account', 'person'], [account(), ada])
  await act((tx) => label(tx, { entity: 'demo:svc', label: 'accountKind', value: 'human', by: 'user:bo', now }))
  await syncSelf()
  await sync('demo', 'accounts', ['demo_account', 'person'], [ada])
  await syncSelf()
  expect((await loadEstate(db)).get('demo:svc')).toBeUndefined()
  await expect(
    act((tx) => label(tx, { entity: 'demo:svc', label: 'accountKind', value: 'martian', by: 'user:bo', now })),
  ).rejects.toMatchObject({ code: 'act/label' })
})

test('each decision is audited with what was before', async () => {
  await sync('demo', 'accounts', ['demo_account', 'person'], [account(), ada])
  await act((tx) => assignOwner(tx, { entity: 'demo:svc', owner: 'bo@example.org', by: 'user:bo', now }))
  await act((tx) =>
    assignOwner(tx, { entity: 'demo:svc', owner: 'ada@example.org', by: 'user:bo', reason: 'moved teams', now }),
  )
  const { rows } = await sql<{
    entry: string
  }>`select entry from platform.audit where action = 'owner.assign' order by id desc limit 1`.execute(db)
  expect(JSON.parse(rows[0]!.entry)).toMatchObject({
    subject: 'demo:svc',
    before: { value: 'person:bo@example.org' },
    after: { value: 'person:ada@example.org', reason: 'moved teams' },
  })
})
