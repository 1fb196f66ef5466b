/**
 * Q1: the first page of an inventory query with its facet counts, beside the bare indexed select of that page (no total, no
 * facets, no owners). Every query is asked for the first time, so that nothing is remembered. Exact: rows, totals and counts are
 * those of obvious SQL. Then over HTTP while the estate is read again in the same process: p95 of a page with facets, and of a
 * card.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type RawBuilder, sql } from 'kysely'
import { migrations as act } from '../src/act/index.ts'
import { migrations as assess } from '../src/assess/index.ts'
import { createRun, migrations as discover } from '../src/discover/index.ts'
import { migrations as graph, startReach } from '../src/graph/index.ts'
import { createServer, migrations as http } from '../src/http/index.ts'
import {
  createSealer,
  fingerprinter,
  kyselyOver,
  migrate,
  openPool,
  parseInstallationKey,
  startPostgres,
} from '../src/platform/index.ts'
import { Rolls, readFacets, readInventory, selectRows } from '../src/read/index.ts'
import { claim, finish, median, quick, timed } from './claims.ts'
import { NOW } from './estate.ts'
import { readEstate } from './estate-reads.ts'

const IDENTITIES = quick ? 10_000 : 200_000
const ROUNDS = quick ? 15 : 40
const SECONDS_UNDER_SYNC = quick ? 8 : 30
const DAY = 86_400_000
const remark = (text: string): void => void process.stderr.write(`${text}\n`)
const silent = { debug() {}, info() {}, warn() {}, error() {} }
const clock = {
  now: () => NOW,
  sleep: (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
}

const folder = await mkdtemp(join(tmpdir(), 'reeve-bench-'))
const server = await startPostgres({
  folder,
  binariesFolder: fileURLToPath(new URL('../.runtime', import.meta.url)),
  log: silent,
})
const pool = openPool(server.url('postgres'), { max: 10 })
const db = kyselyOver(pool)
try {
  await migrate(db, [graph, discover, assess, act, http])
  const filled = await timed(() => sync())
  const judged = await timed(judge)
  const rolls = new Rolls(db, clock, silent)
  const loaded = await timed(() => rolls.current())
  remark(
    `${IDENTITIES} identities of ${loaded.result.size} entities: read in ${seconds(filled.ms)}, judged in ${seconds(judged.ms)}, the roll made in ${seconds(loaded.ms)}`,
  )
  const exact = await isExact(rolls)
  await pages(rolls, exact)
  await underSync(exact)
} finally {
  await pool.end()
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}
finish()

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

/** A source answers over a network: the loop is let go now and then. */
function sync(signal?: AbortSignal): Promise<number> {
  const breath = () => new Promise((resolve) => setImmediate(resolve))
  return readEstate({ db, pool }, IDENTITIES, { at: () => NOW, breath }, signal)
}

/** A standing for each entity and one owner suggested in five, in the shape that an evaluation leaves. */
async function judge(): Promise<void> {
  await sql`insert into assess.standing (subject, worst, open, unknown, judged, score, score_parts, reach)
    select key, id % 7, case when id % 7 < 5 then 1 + id % 3 else 0 end, case when id % 7 = 5 then 1 else 0 end, 12, id % 100, '[]', id % 101
    from graph.node where id % 50 > 0`.execute(db)
  await sql`insert into assess.suggestion select n.key, p.key, p.name, '{"Made it."}' from graph.node n
    join (select key, name, row_number() over (order by id) - 1 as place, count(*) over () as people from graph.node where kind = 'person') p on p.place = n.id % p.people
    where n.kind = 'identity' and n.id % 5 = 0`.execute(db)
  // As autovacuum does a minute after.
  await sql`analyze`.execute(db)
}

/** A query in our words and in SQL. */
interface Question {
  q: string
  where: RawBuilder<unknown>
}

/** What people ask, with a number in it that nobody asked for before. */
function questions(n: number): Question[] {
  const since = (days: number) => new Date(NOW.getTime() - days * DAY)
  return [
    { q: `used:>${30 + n}d`, where: sql`n.last_used <= ${since(30 + n)}::timestamptz - interval '1 millisecond'` },
    {
      q: `source:aws owner:none used:>${60 + n}d`,
      where: sql`'aws' = any(n.connections) and n.owners = '{}' and n.last_used <= ${since(60 + n)}::timestamptz - interval '1 millisecond'`,
    },
    {
      q: `type:linux_user created:>${200 + n}d`,
      where: sql`n.type = 'linux_user' and n.created <= ${since(200 + n)}::timestamptz - interval '1 millisecond'`,
    },
    {
      q: `-${70 + n}`,
      where: sql`position(${String(70 + n)} in lower(n.name || E'\n' || n.key || E'\n' || array_to_string(n.aliases, E'\n'))) = 0`,
    },
  ]
}

/** The bare select of one page: the rows and columns, through the index that orders them. */
function bare({ where }: Question) {
  return sql`select n.id, n.key, n.kind, n.type, n.name, n.connections, n.environment, n.sensitivity, n.tier, n.account_kind, n.credentials, n.oldest_credential,
    n.first_seen, n.body->'created' as created, n.body->'expires' as expires, n.body->'lastUsed' as last_used, n.body->'lastUsedBy' as last_used_by
    from graph.node n where n.kind = 'identity' and ${where} order by lower(left(n.name, 100)), n.id limit 100`.execute(
    db,
  )
}

async function ask(rolls: Rolls, q: string) {
  const selected = await selectRows(db, rolls, NOW.getTime(), { kind: 'identity', q, sort: 'name', down: false })
  const page = await readInventory(db, selected, { limit: 100 })
  return { page, facets: await readFacets(db, selected) }
}

async function pages(rolls: Rolls, exact: boolean): Promise<void> {
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    for (const question of questions(round)) {
      theirs.push((await timed(() => bare(question))).ms)
      ours.push((await timed(() => ask(rolls, question.q))).ms)
    }
  }
  remark(
    `a page with its facets: median ${median(ours).toFixed(2)} ms, worst ${Math.max(...ours).toFixed(1)} ms; the bare select: ${median(theirs).toFixed(2)} ms`,
  )
  claim({
    claim: 'Q1',
    what: `first page of an inventory query with facet counts at ${IDENTITIES} identities, against the bare indexed select of that page`,
    ours: median(ours),
    theirs: median(theirs),
    unit: 'ms',
    ratio: median(theirs) / median(ours),
    floor: 0.1,
    exact,
  })
}

/** Rows, totals and every count of every word facet, told by SQL. */
async function isExact(rolls: Rolls): Promise<boolean> {
  const count = async (where: RawBuilder<unknown>): Promise<number> =>
    (
      await sql<{
        n: number
      }>`select count(*)::int as n from graph.node n left join assess.standing s on s.subject = n.key where n.kind = 'identity' and ${where}`.execute(
        db,
      )
    ).rows[0]!.n
  let differences = 0
  const same = (what: string, ours: unknown, theirs: unknown): void => {
    if (JSON.stringify(ours) === JSON.stringify(theirs)) return
    differences++
    remark(`differs: ${what}: ${JSON.stringify(ours)?.slice(0, 200)} is not ${JSON.stringify(theirs)?.slice(0, 200)}`)
  }
  for (const question of questions(7)) {
    const { page } = await ask(rolls, question.q)
    const rows = (await bare(question)).rows as { key: string }[]
    same(
      `rows of ${question.q}`,
      page.rows.map(({ key }) => key),
      rows.map(({ key }) => key),
    )
    same(`total of ${question.q}`, page.total.count, await count(question.where))
  }
  // Facets that ignore their own choice, so that it is left out of the SQL.
  const { facets } = await ask(rolls, 'source:aws env:production owner:none')
  const inAws = sql`'aws' = any(n.connections)`
  const inProduction = sql`n.environment = 'production'`
  const unowned = sql`n.owners = '{}'`
  const columns: Record<string, [RawBuilder<unknown>, RawBuilder<unknown>]> = {
    source: [sql`unnest(n.connections)`, sql`${inProduction} and ${unowned}`],
    env: [sql`coalesce(n.environment, '')`, sql`${inAws} and ${unowned}`],
    type: [sql`n.type`, sql`${inAws} and ${inProduction} and ${unowned}`],
    verdict: [
      sql`coalesce((array['critical','high','medium','low','info','unknown','pass'])[s.worst + 1], 'not-judged')`,
      sql`${inAws} and ${inProduction} and ${unowned}`,
    ],
  }
  for (const [field, [value, where]] of Object.entries(columns)) {
    const { rows } = await sql<{ value: string; count: number }>`select value, count(*)::int as count from (
      select ${value} as value from graph.node n left join assess.standing s on s.subject = n.key where n.kind = 'identity' and ${where}) x group by 1 order by 1`.execute(
      db,
    )
    const facet = facets.facets.find((one) => one.field === field)!
    const ours = facet.values.map(({ value, count }) => ({ value, count })).sort((a, b) => (a.value < b.value ? -1 : 1))
    if (facet.more === 0)
      same(
        `facet ${field}`,
        ours,
        rows.filter((row) => row.count > 0 && row.value !== null).sort((a, b) => (a.value < b.value ? -1 : 1)),
      )
  }
  const owners = facets.facets.find(({ field }) => field === 'owner')!.values
  same(
    'facet owner',
    owners.find(({ value }) => value === 'none')?.count,
    await count(sql`${inAws} and ${inProduction} and ${unowned}`),
  )
  return differences === 0
}

/** Over HTTP, one request after the other, while the same process reads the whole estate again. */
async function underSync(exact: boolean): Promise<void> {
  const key = parseInstallationKey(randomBytes(32).toString('hex'), 'the bench')
  const localToken = `reeve_${randomBytes(32).toString('base64url')}`
  const fingerprint = fingerprinter(key)
  const scanner = { scan: () => [], async *scanFolder() {}, async *scanHistory() {} }
  const parts = {
    fetch: () => Promise.reject(new Error('a bench reaches nothing')),
    log: silent,
    clock,
    scanner,
    fingerprint,
  }
  const served = await createServer({
    db,
    databaseUrl: server.url('postgres'),
    clock,
    log: silent,
    version: 'bench',
    host: '127.0.0.1',
    port: 0,
    reach: startReach({ log: silent }),
    discovery: {
      database: { db, pool },
      providers: [],
      sealer: createSealer(key),
      clock,
      log: silent,
      createRun: (signal) => createRun(parts, signal),
    },
    fingerprint,
    localToken,
    notReady: async () => null,
  })
  const { url } = await served.listen()
  const get = async (path: string): Promise<any> => {
    const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${localToken}` } })
    if (!answer.ok) throw new Error(await answer.text())
    return answer.json()
  }
  try {
    await get('/v1/entities')
    const keys: string[] = (await get('/v1/entities?sort=worst&limit=200')).rows.map((row: { key: string }) => row.key)
    const quiet: number[] = []
    for (let n = 0; n < 20; n++)
      quiet.push((await timed(() => get(`/v1/entities?q=${encodeURIComponent(questions(500 + n)[n % 4]!.q)}`))).ms)
    const stop = new AbortController()
    const syncing = (async () => {
      while (!stop.signal.aborted) await sync(stop.signal)
    })()
    const page: number[] = []
    const card: number[] = []
    const plain: number[] = []
    const overview: number[] = []
    const until = performance.now() + SECONDS_UNDER_SYNC * 1000
    for (let n = 0; performance.now() < until; n++) {
      const q = encodeURIComponent(questions(1_000 + n)[n % 4]!.q)
      page.push((await timed(() => Promise.all([get(`/v1/entities?q=${q}`), get(`/v1/facets?q=${q}`)]))).ms)
      card.push((await timed(() => get(`/v1/entities/${encodeURIComponent(keys[n % keys.length]!)}`))).ms)
      plain.push((await timed(() => bare(questions(1_000 + n)[n % 4]!))).ms)
      if (n % 10 === 0) overview.push((await timed(() => get('/v1/overview'))).ms)
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
    stop.abort()
    await syncing
    remark(
      `quiet: page ${median(quiet).toFixed(1)} ms; under a sync, ${page.length} pages: median ${median(page).toFixed(1)}, p95 ${p95(page).toFixed(1)} ms;`,
    )
    remark(
      `card (limit 150 ms): median ${median(card).toFixed(1)}, p95 ${p95(card).toFixed(1)} ms; overview: median ${median(overview).toFixed(1)}, worst ${Math.max(...overview).toFixed(1)} ms`,
    )
    claim({
      claim: 'Q1',
      what: `p95 of a page with facets over HTTP under a running sync (limit 100 ms), against the bare select at the same moments`,
      ours: p95(page),
      theirs: p95(plain),
      unit: 'ms',
      ratio: p95(plain) / p95(page),
      floor: 0.1,
      exact,
    })
  } finally {
    await served.close()
  }
}

function p95(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.95)]!
}
