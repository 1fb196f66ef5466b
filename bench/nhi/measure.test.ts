import { describe, expect, test } from 'vitest'
import { estateFrom } from '../../src/graph/index.ts'
import { demo } from '../../src/providers/index.ts'
import { type Edge, Entity, Owasp } from '../../src/sdk/index.ts'
import { labelledEstate, NOON } from './labelled-estate.ts'
import { emptyOwnerTally, emptyTally, floorOf, tally, tallyOwners } from './measure.ts'

type Truth = ReturnType<typeof demo.labels>['identities'][number]
const some = demo.labels({ size: 120, seed: 1 }, NOON).identities[0]!
const nothing = Object.fromEntries(Owasp.options.map((risk) => [risk, []])) as unknown as Truth['labels']
const truth = (name: string, over: Partial<Truth> = {}): Truth => ({
  ...some,
  identity: `demo:${name}`,
  machine: true,
  labels: nothing,
  unseen: [],
  hard: null,
  owner: { person: null, recorded: false, evidence: [] },
  ...over,
})
const identity = (name: string, lastUsed: object) =>
  Entity.parse({ kind: 'identity', type: 'demo_account', key: `demo:${name}`, name, lastUsed })
const estateOf = (items: (Entity | Edge)[]) =>
  estateFrom(items.map((item) => ({ connection: 'x', collection: 'y', item })))

const IDLE = { value: '2025-01-01T00:00:00.000Z' }
const BUSY = { value: '2026-11-24T00:00:00.000Z' }
const stale: Truth['labels'] = { ...nothing, NHI1: ['stale'] }

test('right, wrong, missed, unknown and what nothing shows are told apart, and people are counted by themselves', () => {
  const estate = estateOf([
    identity('right', IDLE),
    identity('wrong', IDLE),
    identity('missed', BUSY),
    identity('dark', { unknown: 'the log may not be read' }),
    identity('hidden', BUSY),
    identity('person', BUSY),
  ])
  const truths = [
    truth('right', { labels: stale }),
    truth('wrong', { hard: 'once a year' }),
    truth('missed', { labels: stale }),
    truth('dark', { labels: stale }),
    truth('hidden', { labels: stale, unseen: ['stale'] }),
    truth('person', { labels: stale, machine: false }),
  ]
  const machines = new Map([['NHI1' as const, emptyTally()]])
  tally({ estate, truths }, machines, true)
  expect(machines.get('NHI1')).toMatchObject({ right: 1, wrong: 1, missed: 1, unknown: 1, leftOut: 1, hard: 1 })
  expect([...machines.get('NHI1')!.wrongBy]).toEqual([['identity-dormant', 1]])
  expect(machines.get('NHI1')!.labels.get('stale')).toEqual({ found: 1, unknown: 1, of: 3 })
  const people = new Map([['NHI1' as const, emptyTally()]])
  tally({ estate, truths }, people, false)
  expect(people.get('NHI1')).toMatchObject({ right: 0, missed: 1 })
})

test('a finding about a credential or a copy of it counts for the identity that it proves', () => {
  const credential = Entity.parse({
    kind: 'credential',
    type: 'demo_key',
    key: 'demo:key',
    name: 'key',
    method: 'access-key',
    created: IDLE,
  })
  const place = Entity.parse({
    kind: 'secret',
    type: 'demo_page',
    key: 'demo:page',
    name: 'page',
    attributes: { public: true },
  })
  const estate = estateOf([
    identity('svc', BUSY),
    credential,
    place,
    { from: 'demo:key', verb: 'authenticates', to: 'demo:svc' },
    { from: 'demo:page', verb: 'holds', to: 'demo:key' },
  ])
  const counts = new Map((['NHI2', 'NHI7'] as const).map((risk) => [risk, emptyTally()]))
  tally(
    { estate, truths: [truth('svc', { labels: { ...nothing, NHI2: ['leaked'], NHI7: ['long-lived'] } })] },
    counts,
    true,
  )
  expect([...counts.values()].map(({ right }) => right)).toEqual([1, 1])
})

test('an owner is asked for only where nobody is recorded and somebody answers', () => {
  const ada = Entity.parse({ kind: 'person', type: 'person', key: 'person:ada@x.test', name: 'Ada' })
  const estate = estateOf([
    ada,
    ...['a', 'b', 'c', 'd'].map((name) => identity(name, BUSY)),
    ...['a', 'b'].map((name): Edge => ({ from: ada.key, verb: 'created', to: `demo:${name}` })),
  ])
  const answers = (person: string, recorded = false) => ({ owner: { person, recorded, evidence: [] } })
  const counts = emptyOwnerTally()
  tallyOwners(
    {
      estate,
      truths: [
        truth('a', answers(ada.key)),
        truth('b', answers('person:bo@x.test')),
        truth('c', answers(ada.key)),
        truth('d', answers(ada.key, true)),
      ],
    },
    counts,
  )
  expect(counts).toMatchObject({ right: 1, wrong: 1, silent: 1 })
  expect(counts.sorts.get('creator')).toEqual({ right: 1, of: 2 })
})

describe('on the invented estate', async () => {
  const machines = new Map(Owasp.options.map((risk) => [risk, emptyTally()]))
  const owners = emptyOwnerTally()
  for (const seed of [1, 2]) {
    const labelled = await labelledEstate(300, seed)
    tally(labelled, machines, true)
    tallyOwners(labelled, owners)
  }

  test.for(Owasp.options)('%s is told as precisely and as wholly as is claimed', (risk) => {
    const { right, wrong, missed } = machines.get(risk)!
    expect(right / (right + wrong)).toBeGreaterThanOrEqual(floorOf(risk))
    expect(right / (right + missed)).toBeGreaterThanOrEqual(floorOf(risk))
  })

  test('each label is found where it can be seen', () => {
    for (const { labels } of machines.values())
      for (const [label, { found }] of labels) expect([label, found > 0]).toEqual([label, true])
  })

  test('seven of ten suggestions are right, and those that are sure nearly always', () => {
    const { right, wrong, silent, confidence } = owners
    expect(right / (right + wrong + silent)).toBeGreaterThanOrEqual(0.7)
    const sure = confidence.get('high')!
    expect(sure.right / sure.of).toBeGreaterThanOrEqual(0.95)
  })
})
