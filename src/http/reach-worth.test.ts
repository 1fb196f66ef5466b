/** Where a copied secret leads, and what the fix of each finding removes, over a real server. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ReachLeaks, ReachTried, ReachWorth } from '../read/index.ts'
import type { Edge } from '../sdk/index.ts'
import { type Client, read, type TestServer, testServer } from './testing/index.ts'

const IDENTITIES = 24
const BUCKETS = 9
const role = (n: number) => `x:role/${n}`
const bucket = (n: number) => `x:bucket/${n}`

/** An estate without pattern: who becomes whom, and who holds which bucket; two in three buckets are sensitive. */
const next = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return seed / 2 ** 32
}
const random = next(41)
const pick = (most: number) => Math.floor(random() * most)
const becomes: [string, string][] = Array.from({ length: 30 }, () => [role(pick(IDENTITIES)), role(pick(IDENTITIES))])
const holds: [string, string][] = Array.from({ length: 12 }, () => [role(pick(IDENTITIES)), bucket(pick(BUCKETS))])
const sensitive = (n: number) => n % 3 !== 0
const leaked: Edge[] = [
  { from: 'x:file/env', verb: 'holds', to: 'x:key/ci' },
  { from: 'x:key/ci', verb: 'authenticates', to: 'x:role/ci' },
  { from: 'x:role/ci', verb: 'controls', to: 'x:bucket/jewel' },
]

let server: TestServer
let viewer: Client
beforeAll(async () => {
  server = await testServer()
  viewer = await server.as('viewer')
  await read(server.database, [
    ...Array.from({ length: IDENTITIES }, (_, n) => ({ kind: 'identity' as const, type: 'x_role', key: role(n) })),
    ...Array.from({ length: BUCKETS }, (_, n) => ({
      kind: 'resource' as const,
      type: 'x_bucket',
      key: bucket(n),
      ...(sensitive(n) && { sensitivity: 'confidential' as const }),
    })),
    ...becomes.filter(([a, b]) => a !== b).map(([from, to]): Edge => ({ from, verb: 'assumes', to })),
    ...holds.map(([from, to]): Edge => ({ from, verb: 'controls', to })),
    { kind: 'secret', type: 'x_file', key: 'x:file/env', name: '.env:3' },
    { kind: 'secret', type: 'x_file', key: 'x:file/riddle', name: 'riddle.txt' },
    { kind: 'credential', type: 'x_key', key: 'x:key/ci', name: 'AKIAEXAMPLE' },
    { kind: 'identity', type: 'x_role', key: 'x:role/ci', name: 'ci' },
    { kind: 'resource', type: 'x_bucket', key: 'x:bucket/jewel', name: 'jewel', sensitivity: 'restricted' },
    ...leaked,
  ])
  await sql`delete from assess.finding`.execute(server.db)
  for (const [rule, effort] of [
    ['quick', 2],
    ['slow', 45],
  ] as const)
    await sql`insert into assess.rule select * from jsonb_populate_record(
      (select r from assess.rule r limit 1), jsonb_build_object('id', ${rule}::text, 'effort', ${effort}::int))`.execute(
      server.db,
    )
  const planted: [string, string][] = Array.from({ length: IDENTITIES }, (_, n) => [
    random() < 0.5 ? 'quick' : 'slow',
    role(n),
  ])
  for (const [rule, subject] of [
    ...planted,
    ['slow', 'x:file/env'],
    ['quick', 'x:nobody'],
    ['retired', 'x:role/ci'],
  ] as const)
    await sql`insert into assess.finding
      (id, number, rule, subject, verdict, state, severity, rank, title, says, owasp, because, fix, places, opened_at, digest)
      values (${`${rule} ${subject}`}, nextval('assess.finding_number'), ${rule}, ${subject}, 'fail', 'open', 'low', 3, 't', 's', '{}', '{}', '{}', '[]', now(), 'd')`.execute(
      server.db,
    )
  await sql`update assess.finding set state = 'muted' where id = ${`${planted[5]![0]} ${role(5)}`}`.execute(server.db)
})
afterAll(() => server.close())

async function get<T>(path: string): Promise<T> {
  const answer = await viewer('GET', path)
  if (answer.status !== 200) throw new Error(`${path}: ${answer.text}\n${String(server.errors.at(-1) ?? '')}`)
  return answer.body
}

/** Pairs of a beginning and a sensitive bucket that stay when one thing is left out, by walking from each beginning. */
function pairsWithout(gone: string | null): number {
  const out = new Map<string, string[]>()
  for (const [from, to] of [...becomes, ...holds, ...leaked.map(({ from, to }): [string, string] => [from, to])])
    out.set(from, [...(out.get(from) ?? []), to])
  const ends = new Set(
    Array.from({ length: BUCKETS }, (_, n) => n)
      .filter(sensitive)
      .map(bucket)
      .concat('x:bucket/jewel'),
  )
  const starts = [...Array.from({ length: IDENTITIES }, (_, n) => role(n)), 'x:role/ci', 'x:file/env']
  let pairs = 0
  for (const start of starts.filter((one) => one !== gone)) {
    const seen = new Set([start])
    for (const node of seen)
      for (const other of out.get(node) ?? []) if (other !== gone && !seen.has(other)) seen.add(other)
    pairs += [...seen].filter((one) => ends.has(one)).length
  }
  return pairs
}

describe('what fixing removes', () => {
  test('findings stand in the order that trying each alone gives', async () => {
    const all = pairsWithout(null)
    const { rows } = await sql<{ number: string; subject: string; effort: number | null; state: string }>`
      select f.number, f.subject, f.state, r.effort from assess.finding f left join assess.rule r on r.id = f.rule`.execute(
      server.db,
    )
    const tried = rows
      .filter(({ state, subject }) => state === 'open' && subject !== 'x:nobody')
      .map(({ number, subject, effort }) => ({ id: `F-${number}`, pairs: all - pairsWithout(subject), effort }))
    const best = tried.filter(({ pairs, effort }) => pairs > 0 && effort !== null)
    const perMinute = best.map(({ pairs, effort }) => pairs / effort!).sort((a, b) => b - a)
    const page = await get<ReachWorth>('/v1/reach/worth')
    expect(page.pairs).toBe(all)
    expect(page.rows.map((row) => row.perMinute)).toEqual([...perMinute, null])
    for (const { finding, pairs, perMinute } of page.rows) {
      const one = tried.find(({ id }) => id === finding.id)!
      expect([finding.id, pairs, perMinute]).toEqual([one.id, one.pairs, one.effort && one.pairs / one.effort])
    }
    // The first three differ, so that their order is an order.
    expect(new Set(perMinute.slice(0, 3)).size).toBe(3)
    expect([page.total, page.nothing]).toEqual([best.length + 1, tried.length - best.length - 1])
    expect(page.nothing).toBeGreaterThan(0)
  })

  test('what could not be judged is counted', async () => {
    const { unjudged, rows } = await get<ReachWorth>('/v1/reach/worth')
    expect(unjudged.findings).toEqual({ unknown: 0, unplaced: 1, beyond: 0, withoutEffort: 1 })
    expect(rows.at(-1)).toMatchObject({ finding: { rule: 'retired', effort: null }, pairs: 2, perMinute: null })
  })

  test('it comes in pages, each finding once', async () => {
    const whole = await get<ReachWorth>('/v1/reach/worth')
    const seen: string[] = []
    for (let cursor: string | null = '0'; cursor !== null; ) {
      const page: ReachWorth = await get(`/v1/reach/worth?limit=2&cursor=${cursor}`)
      seen.push(...page.rows.map(({ finding }) => finding.id))
      cursor = page.next
    }
    expect(seen).toEqual(whole.rows.map(({ finding }) => finding.id))
  })

  test('a query and a thing narrow it, to nothing too', async () => {
    const about = await get<ReachWorth>('/v1/reach/worth?about=x%3Afile%2Fenv')
    expect(about.rows.map(({ finding, pairs }) => [finding.subject.key, pairs])).toEqual([['x:file/env', 1]])
    const muted = await get<ReachWorth>('/v1/reach/worth?q=state%3Amuted')
    expect(muted.total + muted.nothing).toBe(1)
    const none = await get<ReachWorth>('/v1/reach/worth?q=rule%3Anever')
    expect(none).toMatchObject({ rows: [], total: 0, nothing: 0, pairs: about.pairs, to: about.to })
  })

  test('without taking secrets the file is worth nothing', async () => {
    const page = await get<ReachWorth>('/v1/reach/worth?about=x%3Afile%2Fenv&without=stolen')
    expect(page).toMatchObject({ rows: [], nothing: 1 })
  })
})

describe('a leaked secret', () => {
  test('is followed by its credential and identity to the crown jewel, each hop with its proof', async () => {
    const page = await get<ReachLeaks>('/v1/reach/leaks')
    expect(page).toMatchObject({ total: 1, next: null, to: { aim: 'crown-jewels', ends: 1 } })
    const [row] = page.rows
    const keyOf = (at: number | null) => page.things[at!]!.key
    expect([row!.secret, row!.credential, row!.identity, row!.end].map(keyOf)).toEqual([
      'x:file/env',
      'x:key/ci',
      'x:role/ci',
      'x:bucket/jewel',
    ])
    const hops = row!.hops.map((at) => page.hops[at]!)
    expect(hops.map(({ verb }) => verb)).toEqual(['holds', 'authenticates', 'controls'])
    for (const { proofs } of hops)
      expect(proofs).toMatchObject([{ connection: 'host-ops', collection: 'all', dependsOn: null }])
    expect(hops[0]!.proofs[0]!.stolen).toBe(true)
  })

  test('of which nothing tells what it opens is counted, not passed over', async () => {
    expect((await get<ReachLeaks>('/v1/reach/leaks')).unjudged.unmatched).toBe(1)
  })

  test('leads nowhere where no secret is taken', async () => {
    expect(await get<ReachLeaks>('/v1/reach/leaks?without=stolen')).toMatchObject({ total: 0, rows: [] })
  })
})

test('a trial tells the paths that go, each hop with its proof', async () => {
  const answer = await viewer('POST', '/v1/reach/try', { body: { remove: [{ key: 'x:key/ci' }] } })
  const tried = answer.body as ReachTried
  expect(tried.paths).toHaveLength(1)
  const hops = tried.paths[0]!.hops.map((at) => tried.hops[at]!)
  expect(hops.map(({ from }) => tried.things[from]!.key)).toEqual(['x:file/env', 'x:key/ci', 'x:role/ci'])
  for (const { proofs } of hops) expect(proofs.length).toBeGreaterThan(0)
  const nothing = await viewer('POST', '/v1/reach/try', { body: { remove: [{ key: 'x:file/riddle' }] } })
  expect(nothing.body).toMatchObject({ paths: [], hops: [], things: [] })
})
