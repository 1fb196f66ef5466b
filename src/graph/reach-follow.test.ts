/** Random sequences of syncs and of what is worked out: the graph that follows them against one that is made anew, PostgreSQL's recursive query, and the past. */
import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { modules } from '../compose.ts'
import { createLog, type Db } from '../platform/index.ts'
import { testDatabase } from '../platform/testing/index.ts'
import { PastDatabase } from '../read/past.ts'
import { DerivedVerb, type Edge, type Entity, type Kind, Kind as Kinds, Verb } from '../sdk/index.ts'
import { conducts } from './conduct.ts'
import {
  AroundAsked,
  BlastAsked,
  openStage,
  type Reach,
  ReachingAsked,
  replaceDerivedEdges,
  startReach,
} from './index.ts'

const names = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `x:${letter}`)
const key = fc.constantFrom(...names)
const entity = fc
  .record({
    key,
    kind: fc.constantFrom<Kind>('identity', 'identity', 'credential', 'secret', 'entitlement', 'resource', 'workload'),
    tier: fc.constantFrom(0, undefined, undefined),
    print: fc.constantFrom('a', 'b', undefined),
  })
  .map(
    ({ key, kind, tier, print }): Entity => ({
      kind,
      type: `x_${kind}`,
      key,
      name: key,
      attributes: {},
      ...(tier === 0 && { tier: 0 as const }),
      ...(kind === 'credential' && print !== undefined && { fingerprint: `hmac:${print.repeat(32)}` }),
    }),
  )
const edge: fc.Arbitrary<Edge> = fc.record({
  from: key,
  verb: fc.constantFrom(...Verb.options),
  to: key,
})
const derived = fc.record({
  verb: fc.constantFrom(...DerivedVerb.options),
  from: key,
  to: key,
  actions: fc.constant<string[]>([]),
  object: fc.constant(null),
  holds: fc.constant('yes' as const),
  dependsOn: fc.constant(null),
  says: fc.constantFrom('one way', 'another'),
})
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      connection: fc.constantFrom('p', 'q'),
      items: fc.array(fc.oneof(entity, edge), { maxLength: 14 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ derived: fc.array(derived, { maxLength: 4 }) }) },
)

/** Which verbs lead from which kind to which, of sentences that say nothing more: asked of the table, joined by PostgreSQL. */
const rules = conducts.flatMap(({ verb, from, to, walk }) =>
  [...Kinds.options, null].flatMap((f) =>
    [...Kinds.options, null].flatMap((t) => {
      const fits =
        (from === 'any' || (f !== null && from.includes(f))) && (to === 'any' || t === null || to.includes(t))
      const how = fits ? walk(t ?? undefined, 'some') : 'none'
      return how === 'none' ? [] : [{ verb, f: f ?? '', t: t ?? '', last: how === 'last' }]
    }),
  ),
)

async function reachedBySql(db: Db, start: string): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`with recursive
    said as (select from_id as f, to_id as t, verb::text as verb from graph.edge where valid_to is null
      union select coalesce(kf.same_as, kf.id), coalesce(kt.same_as, kt.id), d.verb::text from graph.derived_edge d
        join graph.key kf on kf.id = d.from_key join graph.key kt on kt.id = d.to_key where d.valid_to is null),
    steps as (select s.f, s.t, r.last from said s left join graph.node nf on nf.id = s.f left join graph.node nt on nt.id = s.t
      join jsonb_to_recordset(${JSON.stringify(rules)}::jsonb) as r(verb text, f text, t text, last bool)
        on r.verb = s.verb and r.f = coalesce(nf.kind, '') and r.t = coalesce(nt.kind, '')),
    had(id) as (select coalesce(same_as, id) from graph.key where key = ${start}
      union select s.t from had h join steps s on s.f = h.id and not s.last)
    select distinct k.key from (select id from had union select s.t from had h join steps s on s.f = h.id) r join graph.key k on k.id = r.id
    where k.id <> (select coalesce(same_as, id) from graph.key where key = ${start}) order by 1`.execute(db)
  return rows.map((row) => row.key)
}

async function everything(reach: Reach, moment: { db: Db; asOf: Date | null }) {
  const known = await sql<{
    key: string
  }>`select key from graph.key where key = any(${names}) and same_as is null`.execute(moment.db)
  const keys = known.rows.map(({ key }) => key)
  if (keys.length === 0) return null
  const { nodes, edges } = await reach.around(moment, AroundAsked.parse({ keys, steps: 2 }))
  // A key that is named only later is known to the past, and stands alone in it.
  const isTold = (key: string): boolean => edges.some(({ from, to }) => from === key || to === key)
  const who = await reach.reaching(moment, ReachingAsked.parse({ to: 'tier-zero', kinds: Kinds.options }))
  return {
    nodes: nodes
      .filter(({ key, kind }) => kind !== null || isTold(key))
      .map(({ distance, degree, ...node }) => node)
      .sort((x, y) => (x.key < y.key ? -1 : 1)),
    edges: edges.map((one) => JSON.stringify(one)).sort(),
    who: who.rows.map(({ node, distance, sure }) => [node.key, distance, sure]).sort(),
  }
}

test('the graph that follows is the graph made anew, says what a recursive query says, and an earlier moment says what it said then', async () => {
  const log = createLog({ level: 'silent', format: 'json' })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 5 }), async (steps) => {
      const database = await testDatabase(modules)
      const past = new PastDatabase(database.url)
      const following = startReach({ log })
      const now = { db: database.db, asOf: null }
      const then: { at: Date; said: unknown }[] = []
      try {
        await everything(following, now)
        for (const [index, step] of steps.entries()) {
          const at = new Date(Date.UTC(2026, 10, 24, 1 + index))
          if ('derived' in step) {
            const made = step.derived
            await database.db.transaction().execute((tx) => replaceDerivedEdges(tx, 'access', made, { at }))
          } else {
            const stage = await openStage(database, { connection: step.connection, run: index + 1 })
            for (const item of step.items) await stage.write('all', item)
            await stage.apply({ collections: [{ id: 'all', yields: null, complete: true, lines: [] }], at })
          }
          const said = await everything(following, now)
          const anew = startReach({ log })
          expect(said).toEqual(await everything(anew, now))
          await anew.stop()
          then.push({ at, said })
          for (const { key } of said?.nodes ?? []) {
            const { reached } = await following.blast(now, BlastAsked.parse({ of: key }))
            expect([key, reached.total + reached.undescribed]).toEqual([
              key,
              (await reachedBySql(database.db, key)).length,
            ])
          }
        }
        for (const { at, said } of then) {
          const asOf = new Date(at.getTime() + 60_000)
          const moment = { db: past.at(asOf), asOf }
          if (said !== null) expect(await everything(following, moment)).toEqual(said)
        }
      } finally {
        await following.stop()
        await past.close()
        await database.close()
      }
    }),
    { numRuns: 5, timeout: 120_000 },
  )
}, 240_000)
