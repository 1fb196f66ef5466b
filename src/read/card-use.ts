import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { Known } from '../sdk/index.ts'
import type { Quiet, SeenUser, UseRecord } from './card.ts'

const DAY = 86_400_000
const STRIP = 30
/** Between two reads a source keeps only the latest use: a hole of less than this is between reads, not a hole. */
const BETWEEN = 2 * DAY
/** A gap shorter than this is a rhythm, not a quiet. */
const SPELL = 20 * DAY
const MOST = 3_000

/** One use that something tells of. */
export interface Sighting {
  at: number
  by: string | null
}

/** From just after `from` until `until` a use of the thing itself would have been seen, and none was. */
export interface Watch {
  from: number
  until: number
}

export interface Use {
  record: UseRecord
  latest: Sighting | null
}

/** What history tells of the use of a thing: its own dates, those of its credentials, and its calls. */
export async function useOf(
  db: Db,
  id: number,
  credentials: readonly number[],
  { now, lastUsed }: { now: number; lastUsed: Known<string> },
): Promise<Use> {
  const ids = [id, ...credentials]
  const [told, calls, users] = await Promise.all([toldOf(db, ids), callsOf(db, id), usersOf(db, ids)])
  const reads = await readsOf(db, [...new Set(told.map(({ connection }) => connection))])
  const sightings: Sighting[] = [...calls, ...users]
  const watched: Watch[] = []
  for (const row of told) {
    if ('value' in row.used) sightings.push({ at: Date.parse(row.used.value), by: row.by })
    // What a credential was not used for says nothing of the others.
    if (row.of !== id) continue
    const until = lastRead(row, reads.get(row.connection) ?? [])
    const since = row.since === null ? Number.NaN : Date.parse(row.since)
    const from = 'value' in row.used ? Math.max(Date.parse(row.used.value), since || -Infinity) : since
    // A record that begins somewhere and names no use was looked through and held none; a refused one was not.
    if ('unknown' in row.used && row.used.permission !== undefined) continue
    if (from <= until) watched.push({ from, until })
  }
  return recordOf(sightings, watched, { now, lastUsed })
}

/** The record that sightings and watches come to. */
export function recordOf(
  sightings: readonly Sighting[],
  watched: readonly Watch[],
  { now, lastUsed }: { now: number; lastUsed: Known<string> },
): Use {
  const seen = sightings.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at)
  const today = Math.floor(now / DAY) * DAY
  const days = Array.from({ length: STRIP }, (_, index) => {
    const from = today - (STRIP - 1 - index) * DAY
    const used = new Set(seen.filter(({ at }) => at >= from && at < from + DAY).map(({ at }) => at)).size
    if (used > 0) return used
    // Of today nobody saw the end yet.
    return watched.some((one) => one.from <= from && one.until >= (from === today ? from : from + DAY)) ? 0 : null
  })
  return {
    latest: latestOf(seen),
    record: {
      days,
      until: new Date(today).toISOString(),
      recorded: recordedSince(watched, now, lastUsed),
      quiet: longestQuiet(seen, watched),
      by: whoOf(seen),
    },
  }
}

/** The latest use; who it was is also told by another sighting of that day. */
function latestOf(seen: readonly Sighting[]): Sighting | null {
  const last = seen.at(-1)
  if (!last || last.by !== null) return last ?? null
  return { at: last.at, by: seen.findLast(({ at, by }) => by !== null && last.at - at < DAY)?.by ?? null }
}

/** How far back the watches reach without a hole, from the last read on. */
function recordedSince(watched: readonly Watch[], now: number, lastUsed: Known<string>): Known<string> {
  // Refused today, whatever was told before.
  if ('unknown' in lastUsed && lastUsed.permission !== undefined) return lastUsed
  const byEnd = [...watched].sort((a, b) => b.until - a.until)
  const last = byEnd[0]
  if (!last) {
    if ('unknown' in lastUsed) return lastUsed
    if ('notApplicable' in lastUsed) return { unknown: `no source records its use: ${lastUsed.notApplicable}` }
    return { unknown: 'its last use is told, but no source records when it is not used' }
  }
  if (now - last.until > 7 * DAY)
    return { unknown: `its use was last asked for ${Math.floor((now - last.until) / DAY)} days ago` }
  let from = last.from
  for (const one of byEnd) if (one.until >= from - BETWEEN && one.from < from) from = one.from
  return { value: new Date(from).toISOString() }
}

/** The longest time without use after which it was used again, and how often one nearly as long was seen. */
function longestQuiet(seen: readonly Sighting[], watched: readonly Watch[]): Quiet | null {
  const spells: { days: number; from: number; until: number }[] = []
  for (const [index, { at: until }] of seen.entries()) {
    const from = seen[index - 1]?.at
    if (from === undefined || until - from < SPELL) continue
    // Was anybody looking? A hole in the record is not a quiet.
    const looked = Math.max(
      0,
      ...watched.filter((one) => one.from <= from + DAY && one.until > from).map((one) => one.until),
    )
    const length = looked >= until - BETWEEN ? until - from : looked - from
    if (length >= SPELL) spells.push({ days: Math.round(length / DAY), from, until })
  }
  const longest = spells.reduce<(typeof spells)[number] | null>(
    (best, one) => (best && best.days >= one.days ? best : one),
    null,
  )
  if (!longest) return null
  return {
    days: longest.days,
    from: new Date(longest.from).toISOString(),
    until: new Date(longest.until).toISOString(),
    times: spells.filter(({ days }) => days >= 0.75 * longest.days).length,
  }
}

/** Each who is a consumer of its own: two addresses on one account are two. */
function whoOf(seen: readonly Sighting[]): SeenUser[] {
  const by = Map.groupBy(
    seen.filter((one): one is { at: number; by: string } => one.by !== null),
    (one) => one.by,
  )
  return [...by]
    .map(([who, times]) => ({
      who: who.slice(0, 300),
      first: new Date(times[0]!.at).toISOString(),
      last: new Date(times.at(-1)!.at).toISOString(),
      days: new Set(times.map(({ at }) => Math.floor(at / DAY))).size,
    }))
    .sort((a, b) => (a.last < b.last ? 1 : a.last > b.last ? -1 : a.who < b.who ? -1 : 1))
    .slice(0, 20)
}

interface Told {
  of: number
  connection: string
  used: Known<string>
  by: string | null
  since: string | null
  valid_from: Date
  valid_to: Date | null
  read_at: Date | null
}

/** Each thing that a source said of its use, at any time. */
async function toldOf(db: Db, ids: readonly number[]): Promise<Told[]> {
  const { rows } = await sql<Omit<Told, 'by'> & { by: Known<string> | null }>`
    select k.of, s.connection, coalesce(e.body->'lastUsed', '{"unknown": "not reported"}') as used, e.body->'lastUsedBy' as by,
      e.body->'attributes'->>'usageSince' as since, e.valid_from, e.valid_to, case when s.complete then s.read_at else s.complete_at end as read_at
    from (select i as of, i as id from unnest(${ids}::int[]) i union select same_as, id from graph.key where same_as = any(${ids}::int[])) k
    join graph.entity e on e.key_id = k.id join graph.source s on s.id = e.source_id
    where e.body ? 'lastUsed' or e.body->'attributes' ? 'usageSince'
    order by e.valid_from desc limit ${sql.lit(MOST)}`.execute(db)
  return rows.map(({ by, ...row }) => ({ ...row, by: by && 'value' in by ? by.value : null }))
}

/** Calls that carry the moment of the last of them; one that does not tells that it was used, not when. */
async function callsOf(db: Db, id: number): Promise<Sighting[]> {
  const { rows } = await sql<{ attributes: Record<string, unknown> }>`
    select distinct attributes from graph.edge where from_id = ${id} and verb = 'called' and attributes ? 'last' limit ${sql.lit(MOST)}`.execute(
    db,
  )
  return rows.flatMap(({ attributes: { last, by } }) => {
    const at = typeof last === 'string' ? Date.parse(last) : Number.NaN
    return Number.isNaN(at) ? [] : { at, by: typeof by === 'string' && by !== '' ? by : null }
  })
}

/** What its consumers are told to have done with it, at any time. */
async function usersOf(db: Db, ids: readonly number[]): Promise<Sighting[]> {
  const { rows } = await sql<{ seen: string | null; name: string }>`
    select distinct coalesce(e.attributes->>'lastSeen', e.attributes->>'last') as seen, coalesce(n.name, k.key) as name
    from graph.edge e join graph.key k on k.id = e.from_id left join graph.node n on n.id = e.from_id
    where e.to_id = any(${ids}::int[]) and e.verb in ('uses', 'runs-as') and e.attributes ?| array['lastSeen', 'last'] limit ${sql.lit(MOST)}`.execute(
    db,
  )
  return rows.flatMap(({ seen, name }) => {
    const at = seen === null ? Number.NaN : Date.parse(seen)
    return Number.isNaN(at) ? [] : { at, by: name }
  })
}

/** When each connection was read, latest first; reads that are known to be partial vouch for nothing. */
async function readsOf(db: Db, connections: readonly string[]): Promise<Map<string, number[]>> {
  const { rows } = await sql<{ connection: string; at: Date }>`
    select a.connection, a.at from graph.applied a left join discover.run r on r.id = a.run and r.connection = a.connection
    where a.connection = any(${connections}::text[]) and r.state is distinct from 'partial' order by a.at desc limit ${sql.lit(MOST)}`.execute(
    db,
  )
  const reads = new Map<string, number[]>()
  for (const { connection, at } of rows) {
    const known = reads.get(connection)
    if (known) known.push(at.getTime())
    else reads.set(connection, [at.getTime()])
  }
  return reads
}

/** The last time somebody looked while it was still said. */
function lastRead({ valid_from, valid_to, read_at }: Told, reads: readonly number[]): number {
  if (valid_to === null) return Math.max(valid_from.getTime(), read_at?.getTime() ?? 0)
  const end = valid_to.getTime()
  return Math.max(valid_from.getTime(), reads.find((at) => at < end) ?? 0)
}
