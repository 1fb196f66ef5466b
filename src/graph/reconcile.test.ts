import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../platform/testing/index.ts'
import type { Edge, Entity, LedgerLine } from '../sdk/index.ts'
import { type CollectionRead, changesBetween, entityAt, historyOf, loadEstate, migrations, openStage } from './index.ts'

let database: TestDatabase
let run = 0
beforeEach(async () => {
  database = await testDatabase([migrations])
})
afterEach(() => database.close())

const hour = (n: number) => new Date(Date.UTC(2026, 10, 24, n))
const user = (name: string, more: Partial<Entity> = {}): Entity => ({
  kind: 'identity',
  type: 'linux_user',
  key: `host:a/user/${name}`,
  name,
  attributes: {},
  ...more,
})
const host = (name: string, more: Partial<Entity> = {}): Entity => ({
  kind: 'resource',
  type: 'linux_host',
  key: `host:${name}`,
  name,
  attributes: {},
  ...more,
})
const key = (key: string, print: string, more: Partial<Entity> = {}): Entity => ({
  kind: 'credential',
  type: 'secret_value',
  key,
  name: key,
  fingerprint: `hmac:${print.repeat(32)}`,
  attributes: {},
  ...more,
})
const says = (from: string, verb: Edge['verb'], to: string): Edge => ({ from, verb, to })

interface Given {
  connection?: string
  at?: Date
  partial?: string[]
  yields?: string[] | null
  lines?: CollectionRead['lines']
}
async function sync(
  items: Record<string, (Entity | Edge)[]>,
  { connection = 'host-a', at = hour(12), partial = [], yields = null, lines = [] }: Given = {},
) {
  const stage = await openStage(database, { connection, run: ++run })
  const collections: CollectionRead[] = []
  for (const [id, list] of Object.entries(items)) {
    for (const item of list) await stage.write(id, item)
    collections.push({ id, yields, complete: !partial.includes(id), lines })
  }
  return stage.apply({ collections, at })
}

const names = async () => [...(await loadEstate(database.db)).entities()].map((entity) => entity.name).sort()

test('what a whole read does not say any more is gone, with its edges', async () => {
  await sync({ users: [user('ann'), user('bob'), says('host:a', 'contains', 'host:a/user/ann')] })
  const applied = await sync({ users: [user('ann', { name: 'Ann' })] })
  expect(applied).toMatchObject({ entities: { added: 0, changed: 1, gone: 1 }, edges: { added: 0, gone: 1 } })
  expect(await names()).toEqual(['Ann'])
})

test('a partial read deletes nothing', async () => {
  await sync({ users: [user('ann'), says('host:a', 'contains', 'host:a/user/ann')] })
  expect(await sync({ users: [] }, { partial: ['users'] })).toMatchObject({ entities: { gone: 0 }, edges: { gone: 0 } })
  expect(await names()).toEqual(['ann'])
})

test('what a source that forgets does not say again stays, until its connection is removed', async () => {
  const made = says('host:a/user/ann', 'created', 'host:a/user/bob')
  const read = async (items: (Entity | Edge)[], more: Partial<CollectionRead>) => {
    const stage = await openStage(database, { connection: 'trail', run: ++run })
    for (const item of items) await stage.write('made', item)
    return stage.apply({ collections: [{ id: 'made', yields: ['person'], complete: true, ...more }], at: hour(run) })
  }
  const person: Entity = { kind: 'person', type: 'person', key: 'person:ann', name: 'ann', attributes: {} }
  await read([person, made], { forgets: true })
  expect((await read([], { forgets: true })).edges).toEqual({ added: 0, gone: 0 })
  let estate = await loadEstate(database.db)
  expect([...estate.edges('host:a/user/ann', 'out', 'created')]).toEqual([made])
  expect(estate.get('person:ann')).toBeDefined()
  // The read itself was whole: nothing is unknown for it.
  expect(estate.sources.map(({ complete }) => complete)).toEqual([true])
  await read([], { yields: null, removed: true })
  estate = await loadEstate(database.db)
  expect([...estate.edges('host:a/user/ann', 'out', 'created'), estate.get('person:ann')]).toEqual([undefined])
})

test('what is not of the types that a listing yields is not gone by it', async () => {
  await sync({ users: [user('ann'), host('a')] })
  await sync({ users: [] }, { yields: ['linux_user'] })
  expect(await names()).toEqual(['a'])
})

test('a thing that two sources describe is there until neither does', async () => {
  await sync({ users: [user('ann', { attributes: { uid: 1 } })] })
  await sync(
    { users: [user('ann', { attributes: { uid: 2, shell: '/bin/sh' }, lastUsed: { value: '2026-01-01T00:00:00Z' } })] },
    { connection: 'host-b' },
  )
  expect((await loadEstate(database.db)).get('host:a/user/ann')).toMatchObject({
    attributes: { uid: 1, shell: '/bin/sh' },
    lastUsed: { value: '2026-01-01T00:00:00Z' },
  })
  await sync({ users: [] })
  expect((await loadEstate(database.db)).get('host:a/user/ann')).toMatchObject({ attributes: { uid: 2 } })
  await sync({ users: [] }, { connection: 'host-b' })
  expect(await names()).toEqual([])
})

test('a dangling edge resolves when its other end appears', async () => {
  await sync({ users: [says('person:ann@example.org', 'owns', 'host:a/user/backup'), user('backup')] })
  let estate = await loadEstate(database.db)
  expect([...estate.edges('host:a/user/backup', 'in', 'owns')]).toHaveLength(1)
  expect(estate.get('person:ann@example.org')).toBeUndefined()
  await sync(
    { people: [{ kind: 'person', type: 'person', key: 'person:ann@example.org', name: 'Ann', attributes: {} }] },
    { connection: 'git' },
  )
  estate = await loadEstate(database.db)
  expect(estate.get('person:ann@example.org')?.name).toBe('Ann')
})

test('credentials with one fingerprint are one, under the native key, and part when the evidence goes', async () => {
  const bare = `credential:hmac:${'a'.repeat(32)}`
  await sync({ leaks: [key(bare, 'a'), says('git:r/leak/1', 'holds', bare)] }, { connection: 'git' })
  await sync(
    {
      keys: [
        key('aws:AKIA1', 'a', { type: 'aws_access_key', aliases: ['AKIA1'] }),
        says('aws:AKIA1', 'authenticates', 'aws:user/x'),
      ],
    },
    { connection: 'aws' },
  )
  let estate = await loadEstate(database.db)
  expect(estate.get(bare)).toMatchObject({ key: 'aws:AKIA1', type: 'aws_access_key', aliases: ['AKIA1', bare] })
  expect([...estate.edges('aws:AKIA1', 'in', 'holds')]).toEqual([says('git:r/leak/1', 'holds', 'aws:AKIA1')])
  expect([...estate.entities()]).toHaveLength(1)
  await sync({ keys: [key('aws:AKIA1', 'b', { type: 'aws_access_key' })] }, { connection: 'aws' })
  estate = await loadEstate(database.db)
  expect([...estate.entities()].map((entity) => entity.key).sort()).toEqual(['aws:AKIA1', bare])
  expect([...estate.edges(bare, 'in', 'holds')]).toEqual([says('git:r/leak/1', 'holds', bare)])
})

test('environment, sensitivity and tier flow down, say whence, and follow when a container changes', async () => {
  const inside = [says('host:cloud', 'contains', 'host:a'), says('host:a', 'contains', 'host:a/user/ann')]
  await sync({
    all: [
      host('cloud', { environment: 'staging', sensitivity: 'restricted' }),
      host('a', { tier: 1, sensitivity: 'internal' }),
      user('ann'),
      ...inside,
    ],
  })
  let estate = await loadEstate(database.db)
  expect(estate.get('host:a/user/ann')).toMatchObject({ environment: 'staging', sensitivity: 'restricted', tier: 1 })
  expect(
    ['environment', 'sensitivity', 'tier'].map((name) => estate.origin('host:a/user/ann', name as 'tier')),
  ).toEqual(['host:cloud', 'host:cloud', 'host:a'])
  await sync({
    all: [
      host('cloud', { environment: 'staging' }),
      host('a', { environment: 'test' }),
      host('b', { environment: 'production' }),
      user('ann'),
      ...inside,
      says('host:b', 'contains', 'host:a/user/ann'),
    ],
  })
  estate = await loadEstate(database.db)
  expect(estate.get('host:a/user/ann')).toMatchObject({ environment: 'production' })
  expect(estate.disputed('host:a/user/ann')).toBe('test')
  expect(estate.get('host:a/user/ann')?.sensitivity).toBeUndefined()
})

test('containers that contain each other end', async () => {
  await sync({
    all: [
      host('a', { environment: 'test' }),
      host('b'),
      host('c'),
      says('host:a', 'contains', 'host:b'),
      says('host:b', 'contains', 'host:c'),
      says('host:c', 'contains', 'host:a'),
    ],
  })
  expect((await loadEstate(database.db)).get('host:c')?.environment).toBe('test')
})

test('people who answer for a thing stand apart from those who may change it at its source', async () => {
  await sync({
    all: [user('ann'), says('person:p', 'owns', 'host:a/user/ann'), says('person:q', 'controls', 'host:a/user/ann')],
  })
  const { rows } =
    await sql`select (select key from graph.key where id = owners[1]) as owner, (select key from graph.key where id = controllers[1]) as controller,
    cardinality(owners) as owners from graph.node`.execute(database.db)
  expect(rows).toEqual([{ owner: 'person:p', controller: 'person:q', owners: 1 }])
})

test('a clock that was set back makes no range end before it began', async () => {
  await sync({ users: [user('ann')] }, { at: hour(12) })
  await sync({ users: [user('ann', { name: 'Ann' })] }, { at: hour(9) })
  await sync({ users: [] }, { at: hour(8) })
  await sync({ users: [user('ann')] }, { at: hour(7) })
  const history = await historyOf(database.db, 'host:a/user/ann')
  expect(history.map((entry) => [entry.at, entry.after?.name])).toEqual([
    ['2026-11-24T12:00:00.000Z', 'ann'],
    ['2026-11-24T12:00:00.001Z', 'Ann'],
    ['2026-11-24T12:00:00.002Z', 'ann'],
  ])
})

test('the past is as it was', async () => {
  await sync({ users: [user('ann'), says('person:p', 'owns', 'host:a/user/ann')] }, { at: hour(8) })
  await sync({ users: [user('ann', { name: 'Ann' }), user('bob')] }, { at: hour(10) })
  await sync({ users: [user('bob')] }, { at: hour(12) })
  expect((await entityAt(database.db, 'host:a/user/ann', hour(9)))?.entity.name).toBe('ann')
  expect((await entityAt(database.db, 'host:a/user/ann', hour(11)))?.entity.name).toBe('Ann')
  expect(await entityAt(database.db, 'host:a/user/ann', hour(13))).toBeNull()
  expect(await entityAt(database.db, 'host:a/user/ann', hour(7))).toBeNull()
  const history = await historyOf(database.db, 'host:a/user/ann')
  expect(
    history.map(({ before, after, edgesAdded, edgesGone }) => [
      before?.name,
      after?.name,
      edgesAdded.length,
      edgesGone.length,
    ]),
  ).toEqual([
    [undefined, 'ann', 1, 0],
    ['ann', 'Ann', 0, 1],
    ['Ann', undefined, 0, 0],
  ])
})

test('what changed between two instants is net, in pages', async () => {
  await sync({ users: [user('ann'), user('bob'), user('eve')] }, { at: hour(8) })
  await sync({ users: [user('ann'), user('bob', { name: 'Bob' }), user('tom')] }, { at: hour(10) })
  await sync({ users: [user('ann'), user('bob'), user('tom'), user('zoe')] }, { at: hour(12) })
  const told = async (from: number, to: number, limit = 100) => {
    const all: string[] = []
    for (let cursor: number | null = 0; cursor !== null; ) {
      const page: Awaited<ReturnType<typeof changesBetween>> = await changesBetween(database.db, hour(from), hour(to), {
        cursor,
        limit,
      })
      all.push(...page.changes.map(({ key: changed, change }) => `${changed.slice(12)} ${change}`))
      cursor = page.next
    }
    return all.sort()
  }
  expect(await told(8, 10)).toEqual(['bob changed', 'eve gone', 'tom added'])
  expect(await told(8, 12)).toEqual(['eve gone', 'tom added', 'zoe added'])
  expect(await told(8, 12, 1)).toEqual(await told(8, 12))
  expect(await told(12, 20)).toEqual([])
})

test('the ledger keeps since when a part was last read whole', async () => {
  const line = (
    refused: number,
  ): Pick<LedgerLine, 'scope' | 'expected' | 'obtained' | 'refused' | 'reason' | 'permission'> => ({
    scope: 'eu',
    expected: 2,
    obtained: 2 - refused,
    refused,
    reason: refused ? '403' : null,
    permission: refused ? 'users:list eu' : null,
  })
  await sync({ users: [user('ann')] }, { at: hour(8), lines: [line(0)] })
  await sync({ users: [user('ann')] }, { at: hour(10), lines: [line(1)], partial: ['users'], yields: ['linux_user'] })
  const estate = await loadEstate(database.db)
  expect([...estate.ledger()]).toEqual([
    { connection: 'host-a', collection: 'users', ...line(1), since: hour(8).toISOString() },
  ])
  expect(estate.incomplete('linux_user', estate.get('host:a/user/ann')!)).toEqual({
    reason: 'host-a: users of eu: 403',
    permission: 'users:list eu',
  })
})

test('hostile names are kept as far as PostgreSQL can store them', async () => {
  const name = `tab\t line\n back\\slash \\N quote" 'NUL\0 half \udc00 \u202e <script>`
  await sync({
    users: [user('ann', { name, key: `host:a/user/${name}`, attributes: { [name]: [name, { [name]: '\\u0000' }] } })],
  })
  const kept = name.replace('\0', '\uFFFD').toWellFormed()
  expect((await loadEstate(database.db)).get(`host:a/user/${kept}`)).toMatchObject({
    name: kept,
    attributes: { [kept]: [kept, { [kept]: '\\u0000' }] },
  })
})

test('two runs applied at once come one after the other', async () => {
  const stages = await Promise.all(
    ['a', 'b', 'c'].map(async (connection) => {
      const stage = await openStage(database, { connection, run: ++run })
      for (let n = 0; n < 200; n++)
        await stage.write('users', user(`u${(n * 37) % 200}`, { attributes: { connection } }))
      return stage
    }),
  )
  await Promise.all(
    stages.map((stage) =>
      stage.apply({ at: hour(12), collections: [{ id: 'users', yields: ['linux_user'], complete: true }] }),
    ),
  )
  expect(await names()).toHaveLength(200)
})

test('a run that fails while it is applied changes nothing', async () => {
  await sync({ users: [user('ann')] })
  const stage = await openStage(database, { connection: 'host-a', run: ++run })
  await stage.write('users', user('bob'))
  const also = () => Promise.reject(new Error('no'))
  await expect(
    stage.apply({ at: hour(13), collections: [{ id: 'users', yields: ['linux_user'], complete: true }], also }),
  ).rejects.toThrow('no')
  expect(await names()).toEqual(['ann'])
})
