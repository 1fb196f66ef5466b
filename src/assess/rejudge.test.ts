import fc from 'fast-check'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { estateFrom, migrations as graph, type SourceState } from '../graph/index.ts'
import { type TestDatabase, testDatabase } from '../platform/testing/index.ts'
import { type Edge, Entity, Verb } from '../sdk/index.ts'
import { migrations as assess, judgements, rules, storedFindings, storeEvaluation } from './index.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await testDatabase([graph, assess])
})
afterEach(() => database.close())

const FIRST = Date.UTC(2026, 10, 24, 12)
const DAY = 86_400_000
const at = (day: number) => ({ value: new Date(FIRST + day * DAY).toISOString() })

const key = fc.integer({ min: 0, max: 9 }).map((n) => `demo:${n}`)
const moment = fc.oneof(
  fc.constant(undefined),
  fc.integer({ min: -400, max: 400 }).map(at),
  fc.constant({ unknown: 'refused', permission: 'usage.read' }),
  fc.constant({ notApplicable: 'there is none' }),
)
const thing = fc.record({
  kind: fc.constantFrom('identity', 'identity', 'credential', 'workload', 'person', 'resource', 'entitlement'),
  type: fc.constant('demo_thing'),
  key,
  name: fc.constantFrom('svc-orders', 'svc-billing', 'ada lovelace', 'break glass'),
  method: fc.constantFrom('password', 'access-key', 'federation', undefined),
  environment: fc.constantFrom('production', 'staging', undefined),
  sensitivity: fc.constantFrom('restricted', 'public', undefined),
  created: moment,
  expires: moment,
  lastUsed: moment,
  attributes: fc.constantFrom({}, { disabled: true }, { accountKind: 'service' }, { admin: true }, { owner: 'ada' }),
})
const edge = fc.record({ from: key, verb: fc.constantFrom(...Verb.options), to: key })
/** What one sync finds, and how many days after the one before. */
const sync = fc.record({
  things: fc.array(thing, { minLength: 2, maxLength: 10 }),
  edges: fc.array(edge, { maxLength: 16 }),
  whole: fc.boolean(),
  days: fc.integer({ min: 0, max: 200 }),
  /** Nothing changed but the time. */
  again: fc.boolean(),
})

function estateOf({ things, edges, whole }: { things: readonly unknown[]; edges: readonly Edge[]; whole: boolean }) {
  const unique = new Map(
    things.map((one) => Entity.parse(JSON.parse(JSON.stringify(one)))).map((one) => [one.key, one]),
  )
  const line = {
    connection: 'demo',
    collection: 'all',
    scope: '',
    expected: null,
    obtained: 0,
    refused: 1,
    reason: 'refused',
    permission: 'all.read',
    since: null,
  }
  const source: SourceState = {
    connection: 'demo',
    collection: 'all',
    yields: ['demo_thing'],
    complete: whole,
    completeAt: null,
    lines: whole ? [] : [line],
  }
  return estateFrom(
    [...unique.values(), ...edges].map((item) => ({ connection: 'demo', collection: 'all', item })),
    [source],
  )
}

async function judge(estate: ReturnType<typeof estateOf>, now: Date, run: number) {
  return database.db
    .transaction()
    .execute((tx) => storeEvaluation(tx, { estate, rules, judgements: judgements(estate, rules, { now }), now, run }))
}

/** All that screens read of an evaluation. */
async function stored() {
  const of = async (table: string) =>
    (
      await sql<{
        row: string
      }>`select (to_jsonb(t) - '{since,digest,passes}'::text[])::text as row from assess.${sql.id(table)} t order by 1`.execute(
        database.db,
      )
    ).rows.map(({ row }) => row)
  const passes = await sql<{ subject: string; rules: string[] }>`
    select s.subject, p.rules from assess.standing s join assess.pass_set p on p.id = s.passes order by 1`.execute(
    database.db,
  )
  return {
    findings: (await storedFindings(database.db)).map(({ number: _, ...finding }) => finding),
    standing: await of('standing'),
    suggestion: await of('suggestion'),
    thing: await of('thing'),
    lost: await of('lost'),
    rule: await of('rule'),
    passes: passes.rows,
  }
}

async function rowsOfThePast(): Promise<number> {
  const { rows } = await sql<{ count: number }>`select ((select count(*) from assess.standing_was)
    + (select count(*) from assess.suggestion_was) + (select count(*) from assess.finding_was))::int as count`.execute(
    database.db,
  )
  return rows[0]!.count
}

test('after any syncs and any time, what is stored is what judging all of it anew stores, and nothing is written that stands', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(sync, { minLength: 1, maxLength: 4 }), async (syncs) => {
      await sql`truncate assess.finding, assess.finding_was, assess.standing, assess.standing_was, assess.suggestion, assess.suggestion_was,
        assess.thing, assess.lost, assess.rule, assess.event, assess.evaluation`.execute(database.db)
      let estate = estateOf(syncs[0]!)
      let now = FIRST
      let run = 0
      for (const found of syncs) {
        if (!found.again) estate = estateOf(found)
        now += found.days * DAY
        await judge(estate, new Date(now), ++run)
        const before = await stored()
        const past = await rowsOfThePast()
        // Without what was remembered of the rows each of them is sent, and compared by the database.
        await sql`update assess.standing set digest = null`.execute(database.db)
        await sql`update assess.suggestion set digest = null`.execute(database.db)
        expect(await judge(estate, new Date(now), ++run)).toMatchObject({ opened: 0, resolved: 0, reopened: 0 })
        expect(await stored()).toEqual(before)
        // Nor does a third, a minute later, write a row that says what it said.
        const { rows } = await sql<{ n: string }>`select pg_current_xact_id()::text as n`.execute(database.db)
        await judge(estate, new Date(now), ++run)
        const written = await sql<{
          count: number
        }>`select ((select count(*) from assess.standing where xmin::text::bigint > ${rows[0]!.n}::bigint)
          + (select count(*) from assess.suggestion where xmin::text::bigint > ${rows[0]!.n}::bigint)
          + (select count(*) from assess.finding where xmin::text::bigint > ${rows[0]!.n}::bigint))::int as count`.execute(
          database.db,
        )
        expect([written.rows[0]!.count, await rowsOfThePast()]).toEqual([0, past])
        // What is open is what the rules say of the estate, and nothing else.
        const said = [...judgements(estate, rules, { now: new Date(now) })].flatMap(
          ({ subject, rules: asked, outcomes }) =>
            outcomes.flatMap(({ verdict }, n) => (verdict === 'fail' ? [`${asked[n]!.id} ${subject.key}`] : [])),
        )
        const failing = await sql<{ rule: string; subject: string }>`select rule, subject from assess.finding
          where state = 'open' and verdict = 'fail' and unverified_since is null`.execute(database.db)
        expect(failing.rows.map(({ rule, subject }) => `${rule} ${subject}`).sort()).toEqual(said.sort())
      }
    }),
    { numRuns: 12 },
  )
}, 120_000)
