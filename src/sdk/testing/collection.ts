import assert from 'node:assert/strict'
import type { Collection, Run } from '../contracts.ts'
import { Edge, Entity, isEdge } from '../model.ts'
import { type RecordedLedger, recordingLedger } from './run.ts'

export interface Read {
  entities: Entity[]
  edges: Edge[]
  ledger: RecordedLedger
  /** The one entity with the key; fails the test when there is none. */
  entity(key: string): Entity
  /** `from verb to` sentences, sorted: the shortest way to assert on edges. */
  sentences: string[]
}

/**
 * The contract of a collection, checked on one read: each item passes its schema, every type is declared in `yields`, no
 * key is described twice, a second read gives the same keys and edges, and none of `secrets` (values planted by the test)
 * stands anywhere in what was yielded or put in the ledger.
 */
export async function testCollection<Client>(
  collection: Collection<Client>,
  client: Client,
  run: Run,
  { secrets = [] as string[] } = {},
): Promise<Read> {
  const first = await readOnce(collection, client, run)
  const second = await readOnce(collection, client, run)
  assert.deepEqual(
    second.entities.map((entity) => entity.key).sort(),
    first.entities.map((entity) => entity.key).sort(),
    `${collection.id}: a second read must give the same keys`,
  )
  assert.deepEqual(second.sentences, first.sentences, `${collection.id}: a second read must give the same edges`)
  const said = JSON.stringify([first.entities, first.edges, first.ledger.refusals])
  for (const secret of secrets) {
    assert.ok(secret.length > 0 && !said.includes(secret), `${collection.id}: a secret value was yielded`)
  }
  return first
}

async function readOnce<Client>(collection: Collection<Client>, client: Client, run: Run): Promise<Read> {
  const ledger = recordingLedger()
  const entities: Entity[] = []
  const edges: Edge[] = []
  const seen = new Set<string>()
  for await (const item of collection.read(client, { ...run, ledger })) {
    if (isEdge(item)) {
      edges.push(Edge.parse(item))
      continue
    }
    const entity = Entity.parse(item)
    assert.ok(collection.yields.includes(entity.type), `${collection.id}: ${entity.type} is not declared in yields`)
    assert.ok(!seen.has(entity.key), `${collection.id}: ${entity.key} is described twice`)
    seen.add(entity.key)
    entities.push(entity)
  }
  return {
    entities,
    edges,
    ledger,
    entity: (key) => {
      const found = entities.find((entity) => entity.key === key)
      assert.ok(found, `${collection.id}: nothing described ${key}; there are ${entities.map((e) => e.key).join(', ')}`)
      return found
    },
    sentences: edges.map((edge) => `${edge.from} ${edge.verb} ${edge.to}`).sort(),
  }
}
