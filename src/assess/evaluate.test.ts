import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EstateBuilder, estateFrom } from '../graph/index.ts'
import { defineRule, type Edge, Entity, fail, judge, pass, type Rule, Verb } from '../sdk/index.ts'
import { evaluate } from './evaluate.ts'
import { rules } from './rules/index.ts'

const now = new Date('2026-11-24T12:00:00.000Z')
const identity = (key: string, attributes = {}): Entity =>
  Entity.parse({ kind: 'identity', type: 'demo_account', key, name: key, attributes })
const estateOf = (items: (Entity | Edge)[]) =>
  estateFrom(items.map((item) => ({ connection: 'demo', collection: 'all', item })))

const hasOwner: Rule = defineRule({
  id: 'demo-owner',
  title: 'Nobody answers for it',
  owasp: ['NHI1'],
  severity: 'low',
  why: 'Somebody has to answer for it.',
  fix: ['Name one.'],
  undo: 'Take the name away.',
  effort: 1,
  about: { kind: 'identity' },
  along: { owners: ['<owns'] },
  check: ({ entity, along }) => {
    if (entity.attributes['hostile']) throw new TypeError(`cannot read\n${entity.name}`)
    return along.owners!.length > 0 ? pass : fail('Nobody answers for it.', ['No owner.'])
  },
  cases: [],
})

test('a verdict for each subject, and a subject on which the rule throws is unknown with the reason', () => {
  const estate = estateOf([
    identity('demo:a'),
    identity('demo:b'),
    identity('demo:c', { hostile: true }),
    { from: 'person:x', verb: 'owns', to: 'demo:b' },
  ])
  const verdicts = [...evaluate(estate, [hasOwner], { now })].map(({ subject, outcome }) => [subject.key, outcome])
  expect(verdicts).toEqual([
    ['demo:a', expect.objectContaining({ verdict: 'fail' })],
    ['demo:b', { verdict: 'pass' }],
    ['demo:c', { verdict: 'unknown', reason: 'the rule could not judge this: cannot read demo:c' }],
  ])
})

test('only the named subjects are judged, and a key that nothing describes is none', () => {
  const estate = estateOf([identity('demo:a'), identity('demo:b')])
  const judged = [...evaluate(estate, [hasOwner], { now, only: new Set(['demo:b', 'demo:gone']) })]
  expect(judged.map(({ subject }) => subject.key)).toEqual(['demo:b'])
})

test('a rule is given the former values that it remembers, in an estate in memory too, and no others', () => {
  const asked: unknown[] = []
  const remembering: Rule = {
    ...hasOwner,
    remembers: ['shell'],
    check: ({ before }) => {
      asked.push({ ...before })
      return pass
    },
  }
  const builder = new EstateBuilder()
  for (const key of ['demo:a', 'demo:b']) builder.add('demo', 'all', identity(key, { shell: '/bin/sh', uid: 1 }))
  const was = [{ value: '/bin/false', from: '2026-01-01T00:00:00.000Z', until: '2026-02-01T00:00:00.000Z' }]
  builder.remember('demo:a', 'shell', was)
  builder.remember('demo:a', 'uid', was)
  builder.remember('demo:gone', 'shell', was)
  const estate = builder.build()
  const context = { now, params: {} }
  for (const _ of evaluate(estate, [remembering, { ...remembering, id: 'other' }], { now }));
  for (const entity of estate.entities()) judge(remembering, entity, estate, context)
  expect(asked).toEqual([{ shell: was }, { shell: was }, { shell: [] }, { shell: [] }, { shell: was }, { shell: [] }])
})

test('settings that the rule refuses are an error that names the rule', () => {
  const dormant = rules.find(({ id }) => id === 'identity-dormant')!
  expect(() => [
    ...evaluate(estateOf([identity('demo:a')]), [dormant], { now, params: { 'identity-dormant': { days: -1 } } }),
  ]).toThrow(/identity-dormant: days/)
})

test('a listing that was not read whole turns a pass that leans on it into unknown', () => {
  const leaning: Rule = { ...hasOwner, needs: ['demo_owner_list'] }
  const estate = estateFrom(
    [
      { connection: 'demo', collection: 'all', item: identity('demo:a') },
      { connection: 'demo', collection: 'all', item: { from: 'person:x', verb: 'owns', to: 'demo:a' } },
    ],
    [
      {
        connection: 'demo',
        collection: 'owners',
        yields: ['demo_owner_list'],
        complete: false,
        completeAt: null,
        lines: [
          {
            connection: 'demo',
            collection: 'owners',
            scope: '',
            expected: null,
            obtained: 0,
            refused: 1,
            reason: '403',
            permission: 'owners.read',
            since: null,
          },
        ],
      },
    ],
  )
  const [only] = evaluate(estate, [leaning], { now })
  expect(only!.outcome).toEqual({
    verdict: 'unknown',
    reason: expect.stringContaining('403'),
    permission: 'owners.read',
  })
})

test('shared paths give the same verdicts as asking each rule alone', () => {
  const key = fc.integer({ min: 0, max: 7 }).map((n) => `demo:${n}`)
  const entity = fc.record({
    kind: fc.constantFrom('identity', 'credential', 'secret', 'workload', 'person', 'resource', 'entitlement'),
    type: fc.constant('demo_thing'),
    key,
    name: fc.string({ minLength: 1 }),
    method: fc.constantFrom('password', 'federation', 'access-key', undefined),
    environment: fc.constantFrom('production', 'staging', undefined),
    created: fc.constantFrom(undefined, { value: '2020-01-01T00:00:00.000Z' }, { unknown: 'refused' }),
    lastUsed: fc.constantFrom(undefined, { value: '2020-01-01T00:00:00.000Z' }, { notApplicable: 'never used' }),
    attributes: fc.constantFrom(
      {},
      { disabled: true },
      { accountKind: 'human' },
      { accountKind: 'service' },
      { admin: true },
    ),
  })
  const edge = fc.record({ from: key, verb: fc.constantFrom(...Verb.options), to: key })
  fc.assert(
    fc.property(fc.array(entity, { maxLength: 12 }), fc.array(edge, { maxLength: 30 }), (entities, edges) => {
      const unique = [
        ...new Map(entities.map((one) => [one.key, Entity.parse(JSON.parse(JSON.stringify(one)))])).values(),
      ]
      const estate = estateOf([...unique, ...edges])
      for (const { rule, subject, outcome } of evaluate(estate, rules, { now })) {
        expect(outcome).toEqual(judge(rule, subject, estate, { now, params: rule.params?.parse({}) ?? {} }))
      }
    }),
    { numRuns: 150 },
  )
})
