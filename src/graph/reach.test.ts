import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLog } from '../platform/index.ts'
import { type TestDatabase, testDatabase } from '../platform/testing/index.ts'
import type { DerivedEdge, Edge, Entity, Kind } from '../sdk/index.ts'
import {
  AroundAsked,
  BlastAsked,
  ChokesAsked,
  type CollectionRead,
  LeaksAsked,
  migrations,
  openStage,
  PathsAsked,
  type Reach,
  ReachingAsked,
  replaceDerivedEdges,
  SimulateAsked,
  startReach,
  WorthAsked,
} from './index.ts'

let database: TestDatabase
let reach: Reach
let run = 0
beforeEach(async () => {
  database = await testDatabase([migrations])
  reach = startReach({ log: createLog({ level: 'silent', format: 'json' }) })
})
afterEach(async () => {
  await reach.stop()
  await database.close()
})

const hour = (n: number) => new Date(Date.UTC(2026, 10, 24, n))
const a = (kind: Kind, name: string, more: Partial<Entity> = {}): Entity => ({
  kind,
  type: `x_${kind}`,
  key: `x:${name}`,
  name,
  attributes: {},
  ...more,
})
const says = (from: string, verb: Edge['verb'], to: string, attributes?: Edge['attributes']): Edge => ({
  from: `x:${from}`,
  verb,
  to: `x:${to}`,
  ...(attributes && { attributes }),
})
const derived = (
  from: string,
  verb: DerivedEdge['verb'],
  to: string,
  more: Partial<DerivedEdge> = {},
): DerivedEdge => ({
  verb,
  from: `x:${from}`,
  to: `x:${to}`,
  actions: ['iam:PassRole'],
  object: 'x:policy',
  holds: 'yes',
  dependsOn: null,
  says: `${from} may pass ${to}`,
  ...more,
})
async function sync(
  items: (Entity | Edge)[],
  { at = hour(9), connection = 'lab', lines = [] as CollectionRead['lines'], complete = true } = {},
) {
  const stage = await openStage(database, { connection, run: ++run })
  for (const item of items) await stage.write('all', item)
  await stage.apply({ collections: [{ id: 'all', yields: null, complete, lines }], at })
}
const derive = (rows: DerivedEdge[], options: Parameters<typeof replaceDerivedEdges>[3] = { at: hour(9) }) =>
  database.db.transaction().execute((tx) => replaceDerivedEdges(tx, 'access', rows, options))

const now = () => ({ db: database.db, asOf: null })
const paths = (asked: Partial<PathsAsked> & { from: string }) => reach.paths(now(), PathsAsked.parse(asked))
const written = ({ paths }: { paths: { hops: { from: { name: string }; to: { name: string } }[] }[] }) =>
  paths.map(({ hops }) => [hops[0]!.from.name, ...hops.map(({ to }) => to.name)].join(' > '))

/** A key in a repository opens a bot, the bot may become a deployer, who holds a policy that reads the pay bucket. */
const chain: (Entity | Edge)[] = [
  a('resource', 'repository'),
  a('secret', '.env'),
  a('credential', 'AKIA1'),
  a('identity', 'bot'),
  a('identity', 'deployer'),
  a('entitlement', 'pay-reader'),
  a('resource', 'pay', { sensitivity: 'restricted' }),
  a('resource', 'account'),
  a('identity', 'root', { tier: 0 }),
  says('repository', 'contains', '.env'),
  says('.env', 'holds', 'AKIA1'),
  says('AKIA1', 'authenticates', 'bot'),
  says('bot', 'assumes', 'deployer'),
  says('deployer', 'has', 'pay-reader'),
  says('pay-reader', 'allows', 'pay', { privileges: ['s3:read'] }),
  says('pay-reader', 'allows', 'account', { privileges: ['s3:read'], resources: ['arn:aws:s3:::pay*'] }),
  says('account', 'contains', 'root'),
  says('root', 'controls', 'account'),
]

test('a leaked secret leads by its credential and its identity to what is worth most, each step with its proof', async () => {
  await sync(chain)
  const found = await paths({ from: 'x:.env' })
  expect(written(found)).toEqual(['.env > AKIA1 > bot > deployer > pay-reader > pay'])
  expect(found.paths[0]!.hops.map(({ proofs }) => proofs.map(({ says, stolen }) => [says, stolen]))).toEqual([
    [['a copy of AKIA1 lies in .env', true]],
    [['whoever has AKIA1 signs in as bot', false]],
    [['bot may become deployer', false]],
    [['deployer has pay-reader', false]],
    [['pay-reader allows s3:read on pay', false]],
  ])
  expect(found.paths[0]!.hops[4]!.proofs[0]).toMatchObject({
    verb: 'allows',
    actions: ['s3:read'],
    source: 'lab: all',
    read: hour(9).toISOString(),
    since: hour(9).toISOString(),
  })
  const leaks = await reach.leaks(now(), LeaksAsked.parse({}))
  expect(leaks.total).toBe(1)
  expect(written(leaks)).toEqual(written(found))
})

test('to read one thing of an account is not to hold the account', async () => {
  await sync(chain)
  expect(
    (await reach.reaching(now(), ReachingAsked.parse({ to: 'tier-zero' }))).rows.map(({ node }) => node.name),
  ).toEqual(['root'])
  await sync([...chain, says('pay-reader', 'allows', 'account', { privileges: ['*'] })], { at: hour(10) })
  const held = await reach.reaching(now(), ReachingAsked.parse({ to: 'tier-zero' }))
  expect(held.rows.map(({ node, distance, next, end }) => [node.name, distance, next?.name, end.name])).toEqual([
    ['root', 0, undefined, 'root'],
    ['deployer', 3, 'pay-reader', 'root'],
    ['bot', 4, 'deployer', 'root'],
  ])
})

test('switches take away what they name and nothing else', async () => {
  await sync([
    ...chain.filter((item) => !('verb' in item && item.verb === 'assumes')),
    a('resource', 'copy', { sensitivity: 'restricted', environment: 'staging' }),
    says('bot', 'assumes', 'deployer', { conditions: ['aws:MultiFactorAuthPresent is true'] }),
    says('pay-reader', 'allows', 'copy', { privileges: ['s3:read'] }),
  ])
  const ends = async (from: string, switches: object) => written(await paths({ from, switches: switches as never }))
  expect(await ends('x:bot', {})).toHaveLength(2)
  expect(await ends('x:bot', { without: ['mfa'] })).toEqual([])
  expect(await ends('x:bot', { without: ['depends'] })).toEqual([])
  expect(await ends('x:bot', { without: ['stolen'] })).toHaveLength(2)
  expect(await ends('x:repository', { without: ['stolen'] })).toEqual([])
  expect(await ends('x:deployer', { within: ['production'] })).toEqual(['deployer > pay-reader > pay'])
  expect(await ends('x:deployer', { avoid: ['x:pay-reader'] })).toEqual([])
  const conditional = await paths({ from: 'x:bot' })
  expect(conditional.paths[0]!.dependsOn).toEqual(['aws:MultiFactorAuthPresent is true'])
  const who = await reach.reaching(now(), ReachingAsked.parse({ to: 'crown-jewels' }))
  expect(who.rows.map(({ node, sure }) => [node.name, sure])).toEqual([
    ['root', true],
    ['deployer', true],
    ['bot', false],
  ])
  expect([who.total, who.sure]).toEqual([3, 2])
})

test('what was worked out leads on with its own proof, and stands in place of what it settles', async () => {
  await sync(chain)
  expect(written(await paths({ from: 'x:bot' }))).toHaveLength(1)
  await derive([derived('bot', 'escalates-to', 'root')], {
    at: hour(10),
    settles: [{ connection: 'lab', verbs: ['assumes', 'allows'] }],
  })
  const found = await paths({ from: 'x:bot' })
  expect(written(found)).toEqual(['bot > root'])
  expect(found.paths[0]!.hops[0]!.proofs).toEqual([
    {
      verb: 'escalates-to',
      says: 'bot may pass root',
      actions: ['iam:PassRole'],
      object: 'x:policy',
      dependsOn: null,
      stolen: false,
      mfa: false,
      source: 'worked out: access',
      read: hour(10).toISOString(),
      since: hour(10).toISOString(),
    },
  ])
  expect(written(await paths({ from: 'x:bot', switches: { without: ['derived'], within: [], avoid: [] } }))).toEqual([])
})

test('every path is told shortest first, and when there are more it is said why', async () => {
  await sync([
    a('identity', 'start'),
    a('identity', 'end', { tier: 0 }),
    ...['one', 'two', 'three'].flatMap((name) => [
      a('identity', name),
      says('start', 'assumes', name),
      says(name, 'assumes', 'end'),
    ]),
    says('one', 'assumes', 'two'),
  ])
  const every = await paths({ from: 'x:start', all: true })
  expect(written(every).slice(0, 3).sort()).toEqual(['start > one > end', 'start > three > end', 'start > two > end'])
  expect(written(every).slice(3)).toEqual(['start > one > two > end'])
  expect(every.more).toBeNull()
  expect((await paths({ from: 'x:start', all: true, most: 2 })).more).toMatch(/more than 2 paths/)
  const short = await paths({ from: 'x:start', all: true, longest: 2 })
  expect(short.paths).toHaveLength(3)
  expect(short.more).toBe('paths of more than 2 steps were not looked for')
})

test('the blast radius counts what is reached by worth, and who would notice', async () => {
  await sync([...chain, a('workload', 'nightly'), says('nightly', 'uses', '.env'), says('deployer', 'assumes', 'gone')])
  const blast = await reach.blast(now(), BlastAsked.parse({ of: 'x:bot' }))
  expect(blast.reached).toEqual({
    total: 4,
    byKind: { identity: 1, person: 0, workload: 0, credential: 0, secret: 0, entitlement: 1, resource: 2 },
    bySensitivity: { restricted: 1, confidential: 0, internal: 0, public: 0, unknown: 1 },
    tierZero: 0,
    sensitive: 1,
    undescribed: 1,
    depends: 0,
  })
  expect(blast.rows.map(({ node }) => node.name)).toEqual(['pay', 'account'])
  expect(blast.breaks.rows.map(({ node, verb, through }) => [node.name, verb, through.name])).toEqual([
    ['nightly', 'uses', '.env'],
  ])
})

test('choke points, what a fix is worth, and what it would end agree', async () => {
  await sync([
    ...chain,
    ...['p', 'q', 'r'].flatMap((name) => [a('identity', name), says(name, 'assumes', 'bot')]),
    says('r', 'has', 'pay-reader'),
  ])
  const chokes = await reach.chokes(now(), ChokesAsked.parse({}))
  // .env, bot, deployer, p, q, r → pay, root → pay? root holds the account and not the bucket.
  expect(chokes.pairs).toBe(6)
  expect(chokes.nodes.slice(0, 2).map(({ node, pairs }) => [node.name, pairs])).toEqual([
    ['pay-reader', 6],
    ['deployer', 5],
  ])
  expect(chokes.steps[0]).toMatchObject({ pairs: 6, hop: { from: { name: 'pay-reader' }, to: { name: 'pay' } } })
  const worth = await reach.worth(
    now(),
    WorthAsked.parse({ keys: ['x:.env', 'x:bot', 'x:pay-reader'], to: 'crown-jewels' }),
  )
  for (const { key, pairs } of worth.rows) {
    const without = await reach.simulate(now(), SimulateAsked.parse({ remove: [{ key }] }))
    expect([key, pairs]).toEqual([key, without.before.pairs - without.after.pairs])
  }
  const fixed = await reach.simulate(
    now(),
    SimulateAsked.parse({ remove: [{ from: 'x:bot', to: 'x:deployer', verb: 'assumes' }] }),
  )
  expect([fixed.before.pairs, fixed.after.pairs, fixed.freedTotal]).toEqual([6, 2, 4])
  expect(fixed.freed.map(({ node, before, after }) => [node.name, before, after])).toContainEqual(['bot', 1, 0])
  expect(written(fixed)).toContain('bot > deployer > pay-reader > pay')
})

test('listings that were not read whole are said', async () => {
  const refused = {
    connection: 'lab',
    collection: 'all',
    scope: '',
    expected: 9,
    obtained: 3,
    refused: 6,
    reason: 'AccessDenied',
    permission: 'iam:ListRoles',
    since: null,
  }
  await sync(chain, { complete: false, lines: [refused] })
  expect((await paths({ from: 'x:bot' })).gaps).toEqual([
    { connection: 'lab', collection: 'all', reason: 'AccessDenied', permission: 'iam:ListRoles' },
  ])
})

test('the neighbourhood of a hub is bounded, and says that there is more', async () => {
  const many = Array.from({ length: 500 }, (_, n) => a('identity', `i${n}`))
  await sync([a('entitlement', 'hub'), ...many, ...many.map(({ name }) => says(name, 'has', 'hub'))])
  const around = await reach.around(now(), AroundAsked.parse({ keys: ['x:hub'], most: 100 }))
  expect([around.nodes.length, around.edges.length, around.more]).toEqual([100, 99, true])
  expect(around.nodes[0]).toMatchObject({ name: 'hub', distance: 0, degree: 500 })
  expect(around.edges[0]).toEqual({
    from: around.edges[0]!.from,
    verb: 'has',
    to: 'x:hub',
    walkable: true,
    depends: false,
    stolen: false,
  })
})

test('a key that nothing names is refused', async () => {
  await sync(chain)
  await expect(paths({ from: 'x:nobody' })).rejects.toMatchObject({ code: 'reach/unknown-key' })
})

test('what is asked all at once is answered from what was committed before', async () => {
  await sync(chain)
  const asked = [paths({ from: 'x:bot' }), paths({ from: 'x:.env' })]
  await sync(
    chain.filter((item) => !('verb' in item && item.verb === 'has')),
    { at: hour(10) },
  )
  expect(written(await paths({ from: 'x:bot' }))).toEqual([])
  for (const found of asked) expect((await found).ends).toBeGreaterThanOrEqual(0)
})
