import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../platform/testing/index.ts'
import { type Edge, Entity, follow, type Step, type Surroundings, Verb } from '../sdk/index.ts'
import { type Estate, estateFrom, loadEstate, migrations, openStage } from './index.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase([migrations])
})
afterAll(() => database.close())

/** Beyond the first 65,536 characters the database and this language order keys differently. */
const NAMES = ['a', 'b', 'B', '\u{1f511}', '\uff21', 'a/b', 'a-b', 'é']
const keys = NAMES.map((name) => `demo:${name}`)
const thing = (key: string): Entity => Entity.parse({ kind: 'identity', type: 'demo_thing', key, name: key })
const edge = fc.record({
  from: fc.constantFrom(...keys),
  verb: fc.constantFrom(...Verb.options.slice(0, 3)),
  to: fc.constantFrom(...keys, 'demo:nobody'),
  attributes: fc.option(fc.record({ n: fc.nat(3) }), { nil: undefined }),
})
const step = fc
  .tuple(fc.constantFrom('>', '<'), fc.constantFrom(...Verb.options.slice(0, 3)))
  .map(([way, verb]) => `${way}${verb}` as Step)
const path = fc.array(step, { minLength: 1, maxLength: 4 })

/** The same estate, followed edge by edge. */
const plain = (estate: Estate): Surroundings => ({
  get: (key) => estate.get(key),
  edges: (key, direction, verb) => estate.edges(key, direction, verb),
  incomplete: () => undefined,
})
const ends = (from: Surroundings, start: string, steps: readonly Step[]) =>
  follow(start, steps, from).map(({ key, entity, edge: last }) => ({ key, entity: entity?.key ?? null, last }))

test('the ends of a path by number are those found edge by edge, in order of key, each by the same last edge', () => {
  fc.assert(
    fc.property(fc.array(edge, { maxLength: 60 }), path, (edges, steps) => {
      const items: (Entity | Edge)[] = [...keys.slice(1).map(thing), ...edges]
      const estate = estateFrom(items.map((item) => ({ connection: 'demo', collection: 'all', item })))
      for (const key of keys) expect(ends(estate, key, steps)).toEqual(ends(plain(estate), key, steps))
    }),
    { numRuns: 200 },
  )
})

test('more ends than are put in order by insertion stand in order of key', () => {
  const held = Array.from({ length: 100 }, (_, n) => `demo:held-${(n * 37) % 100}`)
  const edges = held.flatMap((to, n): Edge[] => [
    { from: 'demo:a', verb: 'has', to: `demo:role-${99 - n}` },
    { from: `demo:role-${99 - n}`, verb: 'has', to },
  ])
  const estate = estateFrom(edges.map((item) => ({ connection: 'demo', collection: 'all', item })))
  expect(ends(estate, 'demo:a', ['>has', '>has']).map(({ key }) => key)).toEqual(held.toSorted())
})

test('an estate out of the database has its things and ends in the same order as one in memory', async () => {
  const edges = keys.map((to): Edge => ({ from: 'demo:a', verb: 'has', to }))
  const items = [...keys.map(thing), ...edges]
  const stage = await openStage(database, { connection: 'demo', run: 1 })
  for (const item of items.toReversed()) await stage.write('all', item)
  await stage.apply({
    at: new Date('2026-11-24T12:00:00.000Z'),
    collections: [{ id: 'all', yields: ['demo_thing'], complete: true }],
  })
  const stored = await loadEstate(database.db)
  const built = estateFrom(items.map((item) => ({ connection: 'demo', collection: 'all', item })))
  expect([...stored.entities()]).toEqual([...built.entities()])
  expect([...stored.entities()].map(({ key }) => key)).toEqual(keys.toSorted())
  for (const estate of [stored, built]) {
    expect(ends(estate, 'demo:a', ['>has']).map(({ key }) => key)).toEqual(keys.toSorted())
    expect([...estate.edges('demo:a', 'out', 'has')].map(({ to }) => to)).toEqual(keys.toSorted())
  }
})
