/**
 * O1: a list of owners taken over, beside the obvious way: each line looked up and put in force by itself, as the console does it for
 * one. Exact: on a list with repeats, contradictions, other names and every sort of error, both leave the same assignments. Then a list
 * of a million lines over 200,000 identities: lines a second, and how much memory it took more than a list a tenth as long. Last, the
 * page of owners and a page of the queue over all of them, for the first time.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { migrations as act, assignments, assignOwner, importOwners, OWNER_COLUMNS, openList } from '../src/act/index.ts'
import { migrations as assess } from '../src/assess/index.ts'
import { migrations as discover } from '../src/discover/index.ts'
import { migrations as graph } from '../src/graph/index.ts'
import { migrations as http } from '../src/http/index.ts'
import { kyselyOver, migrate, openPool, startPostgres, type Tx } from '../src/platform/index.ts'
import { Rolls, readOwners, readQueue } from '../src/read/index.ts'
import { claim, finish, quick, timed } from './claims.ts'

const IDENTITIES = quick ? 20_000 : 200_000
const LINES = quick ? 50_000 : 1_000_000
const TWIN = quick ? 500 : 2_000
const NOW = new Date('2026-11-24T12:00:00.000Z')
const silent = { debug() {}, info() {}, warn() {}, error() {} }
const clock = { now: () => NOW, sleep: async () => {} }
const remark = (text: string): void => void process.stderr.write(`${text}\n`)

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
  await fill()
  const twin = await beside()
  const tenth = await taken(LINES / 10)
  await sql`truncate act.assignment`.execute(db)
  const whole = await taken(LINES)
  const again = await taken(LINES)
  remark(
    `${LINES} lines over ${IDENTITIES} identities: ${whole.perSecond} lines/s, ${whole.applied} applied, ${whole.errorCount} told; again ${again.perSecond} lines/s, ${again.applied} applied; at most ${whole.peak} MB, with a tenth of the lines ${tenth.peak} MB`,
  )
  const rolls = new Rolls(db, clock, silent)
  const roll = await rolls.current()
  const look = { db, clock, asOf: null }
  const page = await timed(() => readOwners(look, roll))
  const queue = await timed(() => readQueue(look, roll, { from: 0, limit: 100 }))
  remark(
    `owners of ${page.result.counts.identities}: page ${Math.round(page.ms)} ms, the queue ${Math.round(queue.ms)} ms`,
  )
  claim({
    claim: 'O1',
    what: `lines of a list of owners taken over, beside line by line (${TWIN} lines; ${LINES} by itself)`,
    ours: whole.perSecond,
    theirs: twin.perSecond,
    unit: 'lines/s',
    ratio: whole.perSecond / twin.perSecond,
    floor: 5,
    exact: twin.exact && again.applied === 0 && page.result.coverage.owned === whole.applied,
    more: { peakMegabytes: whole.peak, peakMegabytesOfATenth: tenth.peak, pageMilliseconds: Math.round(page.ms) },
  })
} finally {
  await db.destroy()
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}
finish()

/** Identities with another name each, and people, straight into the tables. */
async function fill(): Promise<void> {
  await sql`insert into graph.key (key) select 'demo:account/' || n from generate_series(1, ${IDENTITIES}::int) n`.execute(
    db,
  )
  await sql`insert into graph.key (key) select 'person:p' || n || '@example.org' from generate_series(1, 500) n`.execute(
    db,
  )
  await sql`insert into graph.node (id, key, kind, type, name, connections, sources, aliases, first_seen, changed_at, body)
    select k.id, k.key, case when k.key like 'person:%' then 'person' else 'identity' end, 'demo_account', split_part(k.key, ':', 2), array['demo'], array[1],
      case when k.key like 'demo:%' then array['arn:' || k.key] else '{}' end, ${NOW}, ${NOW}, '{"attributes": {}}' from graph.key k`.execute(
    db,
  )
  await sql`insert into graph.applied (run, connection, at, counts) values (1, 'demo', ${NOW}, '{}')`.execute(db)
  // The index of other names is in order, as some time after a sync: the twin would else be slowed by it.
  await sql`vacuum analyze`.execute(db)
}

/** Every tenth line is wrong in some way; identities are named by key or by another name, again and again. */
function* lines(count: number): Generator<string> {
  yield 'identity,owner,note\n'
  for (let n = 1; n <= count; n++) {
    const which = ((n * 7_919) % IDENTITIES) + 1
    const key = n % 3 === 0 ? `arn:demo:account/${which}` : `demo:account/${which}`
    const owner = `p${(which % 600) + 1}@example.org`
    if (n % 40 === 0) yield `demo:none/${n},${owner},\n`
    else if (n % 40 === 10) yield `${key},nobody in particular,\n`
    else if (n % 40 === 20) yield `${key}\n`
    else if (n % 40 === 30) yield `"${key}","=HYPERLINK(""x"")",\n`
    else yield `${key},${owner},"from the list"\n`
  }
}

/** In pieces such as a file gives. */
async function* bytes(count: number): AsyncGenerator<Uint8Array> {
  let held = ''
  for (const line of lines(count)) {
    held += line
    if (held.length < 65_536) continue
    yield Buffer.from(held)
    held = ''
  }
  yield Buffer.from(held)
}

async function taken(count: number) {
  let peak = 0
  globalThis.gc?.()
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss)
  }, 50)
  const list = await openList(bytes(count), OWNER_COLUMNS)
  const { ms, result } = await timed(() =>
    db.transaction().execute((tx) => importOwners(tx, { list, by: 'bench', now: new Date(NOW.getTime() + count) })),
  )
  clearInterval(watch)
  return { ...result, perSecond: Math.round((1_000 * count) / ms), peak: Math.round(peak / 1_048_576) }
}

/** The same list both ways; what each leaves. */
async function beside(): Promise<{ perSecond: number; exact: boolean }> {
  const kept = async () => (await assignments(db)).map(({ entity, value, reason }) => `${entity} ${value} ${reason}`)
  await taken(TWIN)
  const ours = await kept()
  await sql`truncate act.assignment`.execute(db)
  const { ms } = await timed(async () => {
    for (const line of [...lines(TWIN)].slice(1)) await db.transaction().execute((tx) => oneLine(tx, line))
  })
  const theirs = await kept()
  await sql`truncate act.assignment`.execute(db)
  return { perSecond: Math.round((1_000 * TWIN) / ms), exact: JSON.stringify(ours) === JSON.stringify(theirs) }
}

/** As somebody would do it by hand. */
async function oneLine(tx: Tx, line: string): Promise<void> {
  const cells = [...line.trimEnd().matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))/g)].map(
    ([, quoted, bare]) => quoted ?? bare ?? '',
  )
  if (cells.length !== 3 || cells[1]!.startsWith('=')) return
  const [identity, owner, reason] = cells as [string, string, string]
  const { rows } = await sql<{
    key: string
  }>`select key from graph.node where key = ${identity} or aliases @> array[${identity}]`.execute(tx)
  if (rows.length !== 1) return
  await assignOwner(tx, { entity: rows[0]!.key, owner, by: 'bench', reason, now: NOW }).catch(() => {})
}
