import { expect, test } from 'vitest'
import { estateFrom } from '../graph/index.ts'
import { type Edge, Entity, type Severity } from '../sdk/index.ts'
import { evaluate } from './evaluate.ts'
import { toFindings } from './finding.ts'
import { suggestOwner } from './owner.ts'
import { dependentsOf, mostSensitiveReached, reachOf } from './reach.ts'
import { rules } from './rules/index.ts'
import { fiveThings, thingsToKnow } from './things.ts'

const now = new Date('2026-11-24T12:00:00.000Z')
const estateOf = (items: (Entity | Edge)[], connection = 'demo') =>
  estateFrom(items.map((item) => ({ connection, collection: 'all', item })))
const identity = (name: string, over: object = {}) =>
  Entity.parse({
    kind: 'identity',
    type: 'demo_account',
    key: `demo:${name}`,
    name,
    attributes: { accountKind: 'service' },
    lastUsed: { value: '2026-11-20T00:00:00.000Z' },
    ...over,
  })
const person = (name: string, over: object = {}) =>
  Entity.parse({ kind: 'person', type: 'person', key: `person:${name}@example.org`, name, ...over })

/** Faults of many sorts, and a log that was refused. */
const faulty = (): (Entity | Edge)[] => [
  identity('lonely'),
  identity('idle', { lastUsed: { value: '2026-01-01T00:00:00.000Z' } }),
  identity('blind', { lastUsed: { unknown: 'the log is refused', permission: 'logs.read' } }),
  identity('vendor', { tier: 0, attributes: { accountKind: 'service', vendor: 'Backup Ltd' } }),
  Entity.parse({
    kind: 'credential',
    type: 'demo_trust',
    key: 'demo:trust',
    name: 'trust',
    method: 'federation',
    attributes: { subject: '*' },
  }),
  Entity.parse({
    kind: 'credential',
    type: 'demo_key',
    key: 'demo:key',
    name: 'key',
    method: 'access-key',
    created: { value: '2020-01-01T00:00:00.000Z' },
    expires: { value: '2026-11-26T00:00:00.000Z' },
  }),
  Entity.parse({ kind: 'entitlement', type: 'demo_role', key: 'demo:role', name: 'role' }),
  Entity.parse({
    kind: 'resource',
    type: 'demo_bucket',
    key: 'demo:bucket',
    name: 'bucket',
    sensitivity: 'restricted',
  }),
  person('ada'),
  { from: 'demo:key', verb: 'authenticates', to: 'demo:lonely' },
  { from: 'demo:trust', verb: 'authenticates', to: 'demo:vendor' },
  { from: 'demo:lonely', verb: 'has', to: 'demo:role' },
  { from: 'demo:role', verb: 'allows', to: 'demo:bucket' },
  { from: 'person:ada@example.org', verb: 'created', to: 'demo:lonely' },
]

test('five things are five different fixes, each with what, because, who, fix and way back', () => {
  const estate = estateOf(faulty())
  const five = fiveThings(toFindings(evaluate(estate, rules, { now })), estate, rules)
  expect(five).toHaveLength(5)
  expect(new Set(five.map(({ fix, says }) => JSON.stringify([fix, says]))).size).toBe(5)
  for (const thing of five) {
    expect(thing.because.length).toBeGreaterThan(0)
    expect(thing.fix.length).toBeGreaterThan(0)
    expect(thing.undo.length).toBeGreaterThan(0)
    expect(thing.findings.length).toBe(thing.more + 1)
  }
})

test('when verdicts are lost, one of five says which grant answers how many', () => {
  const estate = estateOf(faulty())
  const unlock = fiveThings(toFindings(evaluate(estate, rules, { now })), estate, rules).find(
    ({ what }) => what === 'unlock',
  )
  expect(unlock).toMatchObject({
    connection: 'demo',
    fix: ['Grant logs.read, then sync again.'],
    says: expect.stringMatching(/^1 verdict on demo waits for one permission: logs\.read\.$/),
  })
})

test('of several permissions that are missing, the one that answers most stands among the five, whatever is graver', () => {
  const estate = estateOf(faulty())
  const findings = toFindings(evaluate(estate, rules, { now }))
  const some = findings.find(({ verdict }) => verdict === 'unknown')!
  const lost = (n: number, severity: Severity, permission: string) =>
    Array.from({ length: n }, (_, i) => ({ ...some, id: `${permission} ${i}`, severity, permission }))
  const five = fiveThings(
    [
      ...findings.filter(({ verdict }) => verdict === 'fail'),
      ...lost(1, 'critical', 'pool.get'),
      ...lost(12, 'low', 'audit.read'),
    ],
    estate,
    rules,
  )
  expect(five.filter(({ what }) => what === 'unlock').map(({ says }) => says)).toEqual([
    '13 verdicts could not be reached. One permission on demo answers 12 of them: audit.read.',
  ])
})

test('the same findings in another order give the same things', () => {
  const one = estateOf(faulty())
  const other = estateOf(faulty().toReversed())
  expect(thingsToKnow(toFindings(evaluate(other, rules, { now })), other, rules)).toEqual(
    thingsToKnow(toFindings(evaluate(one, rules, { now })), one, rules),
  )
})

test('of the same fault, the one that reaches a restricted resource speaks for all', () => {
  const estate = estateOf(faulty().filter((item) => 'verb' in item || item.key !== 'demo:vendor'))
  const things = thingsToKnow(toFindings(evaluate(estate, rules, { now })), estate, rules)
  expect(things.find(({ finding }) => finding?.rule === 'identity-without-owner')).toMatchObject({
    subject: 'demo:lonely',
    more: 2,
    cost: { reached: 1, sensitive: 1 },
  })
})

test('nothing wrong gives nothing to know', () => {
  const estate = estateOf([])
  expect(fiveThings([], estate, rules)).toEqual([])
})

test('the suggested owner is who made it before who may change it, never somebody who left', () => {
  const items: (Entity | Edge)[] = [
    identity('svc'),
    person('ada'),
    person('bo'),
    person('gone', { attributes: { disabled: true } }),
    { from: 'person:bo@example.org', verb: 'controls', to: 'demo:svc' },
    { from: 'person:ada@example.org', verb: 'created', to: 'demo:svc' },
    { from: 'person:gone@example.org', verb: 'created', to: 'demo:svc' },
  ]
  const estate = estateOf(items)
  expect(suggestOwner(estate, estate.get('demo:svc')!)).toEqual({
    person: 'person:ada@example.org',
    name: 'ada',
    because: ['Made it.'],
    evidence: [{ sort: 'creator', says: 'Made it.' }],
    confidence: 'medium',
  })
})

test('whoever committed a leaked line is suggested, with how many', () => {
  const estate = estateOf([
    Entity.parse({ kind: 'credential', type: 'secret_value', key: 'credential:hmac:1', name: 'token' }),
  ])
  const places = [
    { file: 'a', author: 'Ada <ada@example.org>' },
    { file: 'b', author: 'ADA@example.org' },
    { file: 'c', author: 'bo@example.org' },
  ]
  expect(suggestOwner(estate, estate.get('credential:hmac:1')!, { places })).toMatchObject({
    person: 'person:ada@example.org',
    because: ['Committed 2 of the lines that concern it.'],
  })
})

test('no evidence suggests nobody', () => {
  const estate = estateOf([identity('svc'), { from: 'demo:other', verb: 'controls', to: 'demo:svc' }])
  expect(suggestOwner(estate, estate.get('demo:svc')!)).toBeNull()
})

test('reach follows grants, roles and containers, ends in cycles, and says where it is blind', () => {
  const resource = (name: string, over: object = {}) =>
    Entity.parse({ kind: 'resource', type: 'demo_bucket', key: `demo:${name}`, name, ...over })
  const estate = estateOf([
    identity('a'),
    identity('b'),
    Entity.parse({ kind: 'entitlement', type: 'demo_role', key: 'demo:r1', name: 'r1' }),
    Entity.parse({ kind: 'entitlement', type: 'demo_role', key: 'demo:r2', name: 'r2' }),
    resource('account'),
    resource('bucket', { sensitivity: 'restricted' }),
    Entity.parse({ kind: 'workload', type: 'demo_job', key: 'demo:job', name: 'job' }),
    { from: 'demo:a', verb: 'assumes', to: 'demo:b' },
    { from: 'demo:b', verb: 'assumes', to: 'demo:a' },
    { from: 'demo:b', verb: 'has', to: 'demo:r1' },
    { from: 'demo:r1', verb: 'has', to: 'demo:r2' },
    { from: 'demo:r2', verb: 'has', to: 'demo:r1' },
    { from: 'demo:r2', verb: 'allows', to: 'demo:account' },
    { from: 'demo:account', verb: 'contains', to: 'demo:bucket' },
    { from: 'demo:r1', verb: 'allows', to: 'demo:unread' },
    { from: 'demo:job', verb: 'runs-as', to: 'demo:a' },
  ])
  const reach = reachOf(estate, ['demo:a'])
  expect(reach.resources.map(({ name }) => name)).toEqual(['account', 'bucket'])
  expect(reach).toMatchObject({ unknown: 1, more: false, sensitive: [{ name: 'bucket' }] })
  expect(reachOf(estate, ['demo:a'], 1)).toMatchObject({ more: true, resources: [{ name: 'account' }] })
  expect(dependentsOf(estate, 'demo:a').map(({ name }) => name)).toEqual(['job'])
  const sensitive = mostSensitiveReached(estate)
  for (const key of ['demo:a', 'demo:b', 'demo:job', 'demo:account']) expect(sensitive.get(key)?.name).toBe('bucket')
})
