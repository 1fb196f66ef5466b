import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../platform/testing/index.ts'
import type { Edge, Entity } from '../sdk/index.ts'
import { type CollectionRead, migrations, openStage } from './index.ts'

let database: TestDatabase
let run = 0
beforeEach(async () => {
  database = await testDatabase([migrations])
})
afterEach(() => database.close())

const noon = new Date('2026-11-24T12:00:00Z')
const user = (name: string, more: Partial<Entity> = {}): Entity => ({
  kind: 'identity',
  type: 'linux_user',
  key: `host:a/user/${name}`,
  name,
  attributes: {},
  ...more,
})

async function sync(
  items: Record<string, (Entity | Edge)[]>,
  { connection = 'host-a', at = noon, partial = [] as string[], yields = ['linux_user'] } = {},
) {
  const stage = await openStage(database, { connection, run: ++run })
  const collections: CollectionRead[] = []
  for (const [id, list] of Object.entries(items)) {
    for (const item of list) await stage.write(id, item)
    collections.push({ id, yields, complete: !partial.includes(id) })
  }
  return stage.apply({ collections, at })
}

const nodes = async () =>
  (
    await sql<
      Record<string, unknown>
    >`select key, name, environment, tier, owners, credentials from graph.node order by key`.execute(database.db)
  ).rows

test('what a whole read does not say any more is gone, with its edges', async () => {
  await sync({ users: [user('ann'), user('bob'), { from: 'host:a', verb: 'contains', to: 'host:a/user/ann' }] })
  const applied = await sync({ users: [user('ann', { name: 'Ann' })] })
  expect(applied).toMatchObject({ entities: { added: 0, changed: 1, gone: 1 }, edges: { added: 0, gone: 1 } })
  expect((await nodes()).map((row) => row.name)).toEqual(['Ann'])
})
