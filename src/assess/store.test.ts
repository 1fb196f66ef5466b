import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { estateFrom, migrations as graph, type SourceState } from '../graph/index.ts'
import { audit, type Db } from '../platform/index.ts'
import { testDatabase } from '../platform/testing/index.ts'
import { type Edge, Entity } from '../sdk/index.ts'
import { judgements } from './evaluate.ts'
import { storedFindings } from './finding-rows.ts'
import { migrations } from './index.ts'
import { mute } from './life.ts'
import { rules } from './rules/index.ts'
import { storeEvaluation } from './store.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
let db: Db
beforeAll(async () => {
  database = await testDatabase([graph, migrations])
  db = database.db
})
afterAll(() => database.close())
beforeEach(() =>
  sql`truncate assess.finding, assess.event, assess.standing, assess.thing, assess.lost, assess.evaluation, assess.suggestion`.execute(
    db,
  ),
)

const T = (day: number) => new Date(`2026-11-${String(day).padStart(2, '0')}T12:00:00.000Z`)
const asked = rules.filter(({ id }) =>
  ['identity-dormant', 'identity-without-owner', 'credential-long-lived'].includes(id),
)

const account = (over: object = {}): Entity =>
  Entity.parse({
    kind: 'identity',
    type: 'demo_account',
    key: 'demo:svc',
    name: 'svc',
    lastUsed: { value: '2026-01-01T00:00:00.000Z' },
    attributes: { accountKind: 'service' },
    ...over,
  })
const owns: Edge = { from: 'person:ada@example.org', verb: 'owns', to: 'demo:svc' }
const ada = Entity.parse({ kind: 'person', type: 'person', key: 'person:ada@example.org', name: 'Ada' })

async function evaluateAt(
  day: number,
  items: (Entity | Edge)[],
  { sources = [] as SourceState[], using = asked } = {},
) {
  const estate = estateFrom(
    items.map((item) => ({ connection: 'demo', collection: 'accounts', item })),
    sources,
  )
  return db.transaction().execute((tx) =>
    storeEvaluation(tx, {
      estate,
      rules: using,
      judgements: judgements(estate, using, { now: T(day) }),
      now: T(day),
      run: day,
    }),
  )
}
const finding = async (rule: string) => (await storedFindings(db, sql`rule = ${rule}`))[0]!
const events = async (rule: string) =>
  (
    await sql<{
      what: string
      says: string
    }>`select e.what, e.says from assess.event e join assess.finding f on f.id = e.finding where f.rule = ${rule} order by e.id`.execute(
      db,
    )
  ).rows

test('a finding opens once with a number, and an unchanged evaluation writes nothing about it', async () => {
  expect(await evaluateAt(1, [account()])).toMatchObject({ opened: 2, resolved: 0 })
  const before = await storedFindings(db)
  expect(before.map(({ rule, number, state }) => [rule, typeof number, state])).toEqual([
    ['identity-dormant', 'number', 'open'],
    ['identity-without-owner', 'number', 'open'],
  ])
  const rows = await sql`select xmin::text from assess.finding order by id`.execute(db)
  expect(await evaluateAt(1, [account()])).toMatchObject({ opened: 0, resolved: 0, reopened: 0 })
  expect((await sql`select xmin::text from assess.finding order by id`.execute(db)).rows).toEqual(rows.rows)
})

test('a fix closes the finding with what changed, and when it comes back it has the same number', async () => {
  await evaluateAt(1, [account()])
  const { number, id } = await finding('identity-without-owner')
  expect(await evaluateAt(2, [account(), ada, owns])).toMatchObject({ resolved: 1 })
  expect(await finding('identity-without-owner')).toMatchObject({ state: 'resolved', number, id })
  const { rows } = await sql<{
    evidence: { says: string[] }
  }>`select evidence from assess.finding where id = ${id}`.execute(db)
  expect(rows[0]!.evidence).toMatchObject({
    what: 'changed',
    says: ['person:ada@example.org is now among its owners.'],
  })
  expect(await evaluateAt(3, [account()])).toMatchObject({ reopened: 1, opened: 0 })
  expect(await finding('identity-without-owner')).toMatchObject({ state: 'open', number, id })
  expect((await events('identity-without-owner')).map(({ what }) => what)).toEqual(['opened', 'resolved', 'reopened'])
})

test('switching the identity off, as advised, closes what was said of it and names the attribute', async () => {
  await evaluateAt(1, [account()])
  expect(await evaluateAt(2, [account({ attributes: { accountKind: 'service', disabled: true } })])).toMatchObject({
    resolved: 2,
  })
  const { rows } = await sql<{
    evidence: { what: string; says: string[] }
  }>`select evidence from assess.finding where rule = 'identity-dormant'`.execute(db)
  expect(rows[0]!.evidence.what).toBe('not-applicable')
  expect(rows[0]!.evidence.says).toContain('disabled went from not reported to true.')
})

test('a verdict that turned unknown leaves the finding open and unverified, until it is judged again', async () => {
  await evaluateAt(1, [account()])
  const blind = account({ lastUsed: { unknown: 'the log is refused', permission: 'logs.read' } })
  expect(await evaluateAt(2, [blind])).toMatchObject({ resolved: 0, unverified: 1 })
  const { rows } =
    await sql`select state, verdict, unverified_since, unverified_permission from assess.finding where rule = 'identity-dormant'`.execute(
      db,
    )
  expect(rows).toEqual([{ state: 'open', verdict: 'fail', unverified_since: T(2), unverified_permission: 'logs.read' }])
  await evaluateAt(3, [blind])
  expect((await events('identity-dormant')).map(({ what }) => what)).toEqual(['opened', 'changed'])
  await evaluateAt(4, [account()])
  expect(
    (await sql`select unverified_since from assess.finding where rule = 'identity-dormant'`.execute(db)).rows,
  ).toEqual([{ unverified_since: null }])
})

test('a subject that is gone from its source closes what was said of it', async () => {
  await evaluateAt(1, [account()])
  expect(await evaluateAt(2, [ada])).toMatchObject({ resolved: 2 })
  const { rows } = await sql<{
    evidence: { what: string }
  }>`select evidence from assess.finding where state = 'resolved'`.execute(db)
  expect(rows.map(({ evidence }) => evidence.what)).toEqual(['gone', 'gone'])
})

test('an unknown verdict has no number; an answer makes it vanish, a fault makes it a finding', async () => {
  const blind = account({ lastUsed: { unknown: 'the log is refused', permission: 'logs.read' } })
  await evaluateAt(1, [blind, ada, owns])
  expect(await storedFindings(db)).toMatchObject([
    { rule: 'identity-dormant', verdict: 'unknown', number: null, permission: 'logs.read' },
  ])
  expect((await sql`select connection, permission, verdicts from assess.lost`.execute(db)).rows).toEqual([
    { connection: 'demo', permission: 'logs.read', verdicts: 1 },
  ])
  await evaluateAt(2, [account({ lastUsed: { value: '2026-11-01T00:00:00.000Z' } }), ada, owns])
  expect(await storedFindings(db)).toEqual([])
  await evaluateAt(3, [blind, ada, owns])
  expect(await evaluateAt(4, [account(), ada, owns])).toMatchObject({ opened: 1 })
  expect(await finding('identity-dormant')).toMatchObject({ verdict: 'fail', number: expect.any(Number) })
})

test('a mute ends by itself, and a muted finding that is fixed closes', async () => {
  await evaluateAt(1, [account()])
  const { id } = await finding('identity-dormant')
  await db
    .transaction()
    .execute((tx) => mute(tx, { finding: id, until: T(5), reason: 'yearly job', by: 'user:ada', now: T(1) }))
  await evaluateAt(4, [account()])
  expect(await finding('identity-dormant')).toMatchObject({ state: 'muted' })
  expect((await sql`select rank from assess.thing where finding = ${id}`.execute(db)).rows).toEqual([])
  await evaluateAt(5, [account()])
  expect(await finding('identity-dormant')).toMatchObject({ state: 'open', until: null })
  expect((await events('identity-dormant')).at(-1)).toMatchObject({
    what: 'reopened',
    says: expect.stringContaining('muted'),
  })
})

test('a rule that is no longer asked closes its findings and says so', async () => {
  await evaluateAt(1, [account()])
  await evaluateAt(2, [account()], { using: asked.filter(({ id }) => id !== 'identity-dormant') })
  const { rows } = await sql<{
    evidence: object
  }>`select evidence from assess.finding where rule = 'identity-dormant'`.execute(db)
  expect(rows[0]!.evidence).toMatchObject({ what: 'retired' })
})

test('a credential that is now known by another key keeps its finding', async () => {
  const old = (key: string) =>
    Entity.parse({
      kind: 'credential',
      type: 'demo_key',
      key,
      name: 'key',
      method: 'access-key',
      created: { value: '2020-01-01T00:00:00.000Z' },
      fingerprint: `hmac:${'a'.repeat(32)}`,
    })
  await evaluateAt(1, [old('demo:key-2')])
  const { number } = await finding('credential-long-lived')
  expect(await evaluateAt(2, [old('demo:key-1'), old('demo:key-2')])).toMatchObject({ opened: 0, resolved: 0 })
  expect(await finding('credential-long-lived')).toMatchObject({ number, subject: 'demo:key-1' })
})

test('names that PostgreSQL cannot hold do no harm', async () => {
  await evaluateAt(1, [account({ name: 'a\0b\ud800' })])
  expect((await storedFindings(db)).length).toBe(2)
})

test('a score is the sum of its parts, and withheld while a needed listing is partial', async () => {
  const gap: SourceState = {
    connection: 'demo',
    collection: 'accounts',
    yields: ['demo_account'],
    complete: false,
    completeAt: null,
    lines: [
      {
        connection: 'demo',
        collection: 'accounts',
        scope: 'eu',
        expected: 2,
        obtained: 1,
        refused: 1,
        reason: '403 on eu',
        permission: 'accounts.read',
        since: null,
      },
    ],
  }
  await evaluateAt(1, [account()])
  const whole = await sql<{
    score: number
    score_parts: { points: number; says: string }[]
  }>`select score, score_parts from assess.standing`.execute(db)
  expect(whole.rows[0]!.score).toBeGreaterThan(0)
  expect(whole.rows[0]!.score_parts.reduce((sum, part) => sum + part.points, 0)).toBe(whole.rows[0]!.score)
  await evaluateAt(2, [account()], { sources: [gap] })
  const { rows } = await sql`select score, withheld, withheld_permission from assess.standing`.execute(db)
  expect(rows).toEqual([
    { score: null, withheld: expect.stringContaining('403 on eu'), withheld_permission: 'accounts.read' },
  ])
})

test('every change is in a trail that verifies', async () => {
  await evaluateAt(1, [account()])
  const actions = (await sql<{ action: string }>`select action from platform.audit`.execute(db)).rows.map(
    ({ action }) => action,
  )
  expect(actions).toContain('finding.evaluate')
  expect(await audit.verify(db)).toMatchObject({ ok: true })
})
