import { judgements, remembered, rules, storeEvaluation } from '../../assess/index.ts'
import { loadEstate, openStage } from '../../graph/index.ts'
import type { TestDatabase } from '../../platform/testing/index.ts'
import { type Edge, type Entity, isEdge, type LedgerLine } from '../../sdk/index.ts'

let run = 0

/** What one connection says at one moment: reconciled and judged as a sync would. */
export async function read(
  database: Pick<TestDatabase, 'db' | 'pool'>,
  items: readonly ((Partial<Entity> & Pick<Entity, 'kind' | 'type' | 'key'>) | Edge)[],
  {
    connection = 'host-ops',
    collection = 'all',
    at = new Date(),
    lines = [] as Omit<LedgerLine, 'connection' | 'collection' | 'since'>[],
  } = {},
): Promise<void> {
  const stage = await openStage(database, { connection, run: ++run })
  const yields = new Set<string>()
  for (const item of items) {
    if (!isEdge(item as Edge)) yields.add((item as Entity).type)
    const name = (item as Entity).key?.split(/[:/]/).at(-1)
    await stage.write(collection, { ...(isEdge(item as Edge) ? {} : { name, attributes: {} }), ...item } as
      | Entity
      | Edge)
  }
  const complete = lines.every((line) => line.refused === 0)
  await stage.apply({ collections: [{ id: collection, yields: [...yields], complete, lines }], at })
  await judge(database, at)
}

/** Evaluates all rules over the estate, as after each sync. */
export async function judge({ db }: Pick<TestDatabase, 'db'>, now = new Date()): Promise<void> {
  const estate = await loadEstate(db, { remember: remembered(rules) })
  await db
    .transaction()
    .execute((tx) => storeEvaluation(tx, { estate, rules, judgements: judgements(estate, rules, { now }), now, run }))
}
