import { expect, test } from 'vitest'
import { type Edge, type Entity, Refused } from '../sdk/index.ts'
import { testRun } from '../sdk/testing/index.ts'
import type { CollectionProgress } from './collection-result.ts'
import { type ReadOptions, readProvider } from './read.ts'
import { give, orchard, tree } from './testing/index.ts'

async function read(provider: ReturnType<typeof orchard>, options: Partial<ReadOptions> = {}) {
  const items: [string, Entity | Edge][] = []
  const results = await readProvider(
    provider,
    { place: 'south' },
    {
      run: testRun(),
      take: (collection, item) => void items.push([collection, item]),
      ...options,
    },
  )
  return { items, results }
}

/** A listing that throws at its first item. */
const refuse = (error: Error): AsyncIterable<Entity> => ({
  [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }),
})

const never = new Promise<never>(() => {})

test('a listing read to its end is complete, with what it counted', async () => {
  const { items, results } = await read(orchard({ trees: () => give(tree('elm'), tree('oak')) }))
  expect(items.map(([collection]) => collection)).toEqual(['trees', 'trees'])
  expect(results).toMatchObject([
    {
      id: 'trees',
      state: 'complete',
      entities: 2,
      lines: [{ scope: '', expected: null, obtained: 2, refused: 0, reason: null, permission: null }],
    },
  ])
})

test('a refused listing says which permission would answer it, and stops no other', async () => {
  const { results } = await read(
    orchard({
      gates: () => refuse(new Refused('403 on /gates', { permission: 'gates:list' })),
      trees: () => give(tree('elm')),
    }),
  )
  expect(results.map((result) => result.state)).toEqual(['refused', 'complete'])
  expect(results[0]!.lines).toEqual([
    { scope: '', expected: null, obtained: 0, refused: 1, reason: '403 on /gates', permission: 'gates:list' },
  ])
})

test('one of two regions refused: the other counts, and the listing is partial', async () => {
  const { results } = await read(
    orchard({
      trees: async function* ({ ledger }) {
        ledger.expect(1, 'north')
        yield tree('elm')
        ledger.obtain(1, 'north')
        ledger.refuse('403', { scope: 'south', permission: 'trees:list south', count: 3 })
      },
    }),
  )
  expect(results[0]!.state).toBe('partial')
  expect(results[0]!.lines).toEqual([
    { scope: 'north', expected: 1, obtained: 1, refused: 0, reason: null, permission: null },
    { scope: 'south', expected: null, obtained: 0, refused: 3, reason: '403', permission: 'trees:list south' },
  ])
})

test('an identity that two listings describe counts once', async () => {
  const both = tree('elm', { kind: 'identity' })
  const { results } = await read(
    orchard({
      trees: () => give(both, tree('oak', { kind: 'identity' })),
      gates: () => give(both),
    }),
    { parallel: 1 },
  )
  expect(results.reduce((sum, { identities }) => sum + identities, 0)).toBe(2)
  expect(results.reduce((sum, { entities }) => sum + entities, 0)).toBe(3)
})

test('fewer than the source said there are is not complete', async () => {
  const { results } = await read(
    orchard({
      trees: async function* ({ ledger }) {
        ledger.expect(3)
        yield tree('elm')
      },
    }),
  )
  expect(results[0]).toMatchObject({ state: 'partial', lines: [{ expected: 3, obtained: 1 }] })
})

test('a listing that breaks off keeps what it gave', async () => {
  const { items, results } = await read(
    orchard({
      trees: async function* () {
        yield tree('elm')
        throw new Error('connection reset\n  by peer')
      },
    }),
  )
  expect(items).toHaveLength(1)
  expect(results[0]).toMatchObject({
    state: 'failed',
    lines: [{ obtained: 1, refused: 1, reason: 'connection reset by peer' }],
  })
})

test('an item that is not as promised is a ledger line that names the field, and the rest goes on', async () => {
  const bad = [
    { ...tree('a'), name: '' },
    { ...tree('b'), colour: 'green' } as unknown as Entity,
    tree('c', { type: 'shrub' }),
    tree('d', { created: { value: 'yesterday' } }),
    tree('e', { created: { value: '0000-01-01T00:00:00Z' } }),
    tree('f', { attributes: { deep: JSON.parse('['.repeat(200) + ']'.repeat(200)) } }),
    tree('g', { attributes: { long: 'x'.repeat(2 << 20) } }),
    tree('ü'.repeat(2000)),
    { from: 'orchard:a', verb: 'eats', to: 'orchard:b' } as unknown as Edge,
    null as unknown as Entity,
  ]
  for (const item of bad) {
    const { items, results } = await read(orchard({ trees: () => give(item, tree('good')) }))
    expect(items).toHaveLength(1)
    expect(results[0]).toMatchObject({ state: 'partial', lines: [{ obtained: 1, refused: 1 }] })
  }
  const { results } = await read(orchard({ trees: () => give(...bad) }))
  expect(results[0]!.lines[0]).toMatchObject({
    refused: bad.length,
    reason: expect.stringMatching(/^an item was not as promised: orchard:a: name: .*; and 9 more$/),
  })
})

test('a source that stops answering mid-listing is given up; the rest goes on', async () => {
  const { items, results } = await read(
    orchard({
      gates: async function* () {
        yield tree('gate')
        await never
      },
      trees: () => give(tree('elm')),
    }),
    { quietSeconds: 0.2 },
  )
  expect(results.map((result) => result.state)).toEqual(['failed', 'complete'])
  expect(results[0]!.lines[0]).toMatchObject({ obtained: 1, refused: 1, reason: 'did not answer in 0.2 s' })
  expect(items).toHaveLength(2)
})

test('a cancelled read ends at once and says what was not read', async () => {
  const cancelling = new AbortController()
  const { results } = await read(
    orchard({
      trees: () => give(tree('elm')),
      gates: async function* () {
        cancelling.abort()
        yield await never
      },
      walls: () => give(tree('wall')),
    }),
    { run: testRun({ signal: cancelling.signal }), parallel: 1 },
  )
  expect(results.map((result) => result.state)).toEqual(['complete', 'cancelled', 'cancelled'])
})

test('a connection that cannot be made leaves every listing unread, with the reason', async () => {
  const { results } = await read(
    orchard({ trees: () => give(), gates: () => give() }, async () => {
      throw new Refused('the token was not accepted', { permission: 'orchard:read' })
    }),
  )
  expect(results.map((result) => [result.state, result.lines[0]!.reason, result.lines[0]!.permission])).toEqual([
    ['refused', 'the token was not accepted', 'orchard:read'],
    ['refused', 'the token was not accepted', 'orchard:read'],
  ])
})

test('what cannot take an item ends the read', async () => {
  const take = () => Promise.reject(new Error('disk full'))
  await expect(
    read(orchard({ trees: () => give(tree('elm')), gates: () => give(tree('gate')) }), { take }),
  ).rejects.toThrow('disk full')
})

test('progress is told from the first moment to the last', async () => {
  const seen: string[] = []
  const progress = (all: readonly CollectionProgress[]) =>
    void seen.push(all.map((one) => `${one.state} ${one.obtained}`).join())
  await read(orchard({ trees: () => give(tree('elm'), tree('oak')) }), { progress })
  expect(seen[0]).toBe('waiting 0')
  expect(seen.at(-1)).toBe('complete 2')
})

test('a parallel read never has more listings open than it may', async () => {
  let open = 0
  let most = 0
  const slow = async function* () {
    most = Math.max(most, ++open)
    await new Promise((resolve) => setTimeout(resolve, 5))
    open--
    yield tree(`t${Math.random()}`)
  }
  const { results } = await read(orchard(Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`l${n}`, slow]))), {
    parallel: 3,
  })
  expect(most).toBe(3)
  expect(results.every((result) => result.state === 'complete')).toBe(true)
})
