import { expect, test } from 'vitest'
import type { Collection } from '../contracts.ts'
import type { Edge, Entity } from '../model.ts'
import { testCollection } from './collection.ts'
import { testRun } from './run.ts'

const collection = (items: (call: number) => (Entity | Edge)[]): Collection<null> => {
  let calls = 0
  return {
    id: 'things',
    title: 'Things',
    yields: ['x_thing'],
    needs: [],
    async *read() {
      calls += 1
      yield* items(calls)
    },
  }
}
const thing = (over: Partial<Entity> = {}): Entity => ({
  kind: 'identity',
  type: 'x_thing',
  key: 'x:1',
  name: 'one',
  attributes: {},
  ...over,
})

test.for<[string, (call: number) => (Entity | Edge)[], RegExp]>([
  ['a type that is not declared', () => [thing({ type: 'x_other' })], /not declared/],
  ['a key twice', () => [thing(), thing()], /twice/],
  ['another key at the second read', (call) => [thing({ key: `x:${call}` })], /same keys/],
  ['a key without a provider', () => [thing({ key: 'nokey' })], /provider/],
  ['a planted secret in an attribute', () => [thing({ attributes: { note: 'it is planted-1' } })], /secret value/],
])('%s is refused', async ([, items, message]) => {
  await expect(testCollection(collection(items), null, testRun(), { secrets: ['planted-1'] })).rejects.toThrow(message)
})

test('an honest collection passes, and its edges read as sentences', async () => {
  const read = await testCollection(
    collection(() => [thing(), { from: 'x:1', verb: 'controls', to: 'y:2' }]),
    null,
    testRun(),
  )
  expect(read.sentences).toEqual(['x:1 controls y:2'])
  expect(read.entity('x:1').name).toBe('one')
})
