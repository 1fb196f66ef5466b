import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '../platform/index.ts'
import { Instant, Kind } from '../sdk/index.ts'
import { fields } from './inventory-fields.ts'
import { LedgerBar } from './ledger.ts'
import { connectionStates, sumOf } from './ledger-bars.ts'
import { parseQuery } from './query.ts'
import { EntityRef, Person } from './ref.ts'
import { accountableOf, iso, isoOrNull, markOf, refOr, refsOf, suggestionsOf } from './refs.ts'
import type { Roll } from './roll.ts'
import { Due } from './thing.ts'

/** A number, and the inventory query whose rows it counts. */
export const Tally = z.object({ kind: Kind, q: z.string(), count: z.number().int() })
export type Tally = z.infer<typeof Tally>

/** One line of the agenda: what ends, and who would have to renew it. */
export const Ending = Due.extend({
  /** What it proves; of several the first, and how many more there are. */
  proves: EntityRef.nullable(),
  more: z.number().int(),
  /** Who answers for it, else for what it proves. */
  owner: Person.nullable(),
  suggested: Person.nullable(),
})
export type Ending = z.infer<typeof Ending>

const Day = z.object({
  day: z.iso.date(),
  /** Kinds of which something ends on that day. */
  counts: z.array(Tally),
  /** The first of them, in order of their moment. */
  rows: z.array(Ending),
})

/** Eight weeks of what ends and is not known to renew itself. Every number is that of the rows its query finds. */
export const Expiry = z.object({
  from: z.iso.date().meta({ description: 'a Monday' }),
  until: z.iso.date().meta({ description: 'the last day shown, a Sunday' }),
  today: z.iso.date(),
  asOf: Instant.nullable(),
  /** Everything that is known, of any kind: nothing was read while it is 0. */
  entities: z.number().int(),
  days: z.array(Day),
  /** Within 30 and within 90 days. */
  soon: z.array(Tally),
  later: z.array(Tally),
  /** Over already, and still there. */
  ended: z.array(Tally),
  /** Left out, because their source says that they renew themselves. */
  renewing: z.array(Tally),
  /** With an end date, and the source says whether they renew themselves. */
  told: z.array(Tally),
  /** Credentials whose end no source tells, the identities that hold such, and why. */
  undated: z.object({
    credentials: Tally,
    identities: Tally,
    why: z.array(z.object({ reason: z.string(), count: z.number().int() })),
  }),
  /** The first end that lies ahead. */
  next: Instant.nullable(),
  ledger: LedgerBar,
})
export type Expiry = z.infer<typeof Expiry>

const DAY = 86_400_000
const WEEKS = 8
/** So many lines are told of a day, and of all days; the rest are counted and have a link. */
const MOST_OF_A_DAY = 40
const MOST = 400
/** What can end: a resource does not, and a person leaves. */
const KINDS = ['credential', 'identity', 'secret'] as const
/** What nothing is known to renew. */
const ALONE = '-renews:yes'

const dayOf = (at: number): string => iso(new Date(at)).slice(0, 10)
const mondayOf = (at: number): number => {
  const day = Math.floor(at / DAY)
  // 1 January 1970 was a Thursday.
  return (day - ((day + 3) % 7)) * DAY
}

function tally(roll: Roll, now: number, q: string, kinds: readonly Kind[] = KINDS): Tally[] {
  return kinds.map((kind) => ({ kind, q, count: roll.countOf(kind, q, now) })).filter(({ count }) => count > 0)
}

/** What ends within 30 days and nothing is known to renew: the number of the calendar and of the place that leads there. */
export const endingSoon = (roll: Roll, now: Date): Tally[] => tally(roll, now.getTime(), `expires:<30d ${ALONE}`)

/** When an estate is looked at; `asOf` when that is the past. */
export interface Looking {
  db: Db
  clock: { now(): Date }
  asOf: Date | null
}

/** The eight weeks that hold `from`, by default those that begin now. */
export async function readExpiry({ db, clock, asOf }: Looking, roll: Roll, from?: string): Promise<Expiry> {
  const now = clock.now()
  const at = now.getTime()
  const first = mondayOf(from === undefined ? at : Date.parse(from))
  const last = first + (7 * WEEKS - 1) * DAY
  const query = parseQuery(`expires:${dayOf(first)}..${dayOf(last)} ${ALONE}`, fields)
  const ending = KINDS.flatMap((kind) => {
    const selection = roll.select(kind, query, 'expires', false, at)
    const ends = roll.valuesOf(selection, 'expires')
    return Array.from(selection.rows, (row, i) => ({ kind, row, day: dayOf(ends[i]!), ends: ends[i]! }))
  }).sort((a, b) => a.ends - b.ends || (roll.keys[a.row]! < roll.keys[b.row]! ? -1 : 1))
  const byDay = Map.groupBy(ending, ({ day }) => day)
  const shown = [...byDay.values()].flatMap((rows) => rows.slice(0, MOST_OF_A_DAY)).slice(0, MOST)
  const [told, why, states] = await Promise.all([
    endings(
      db,
      shown.map(({ row }) => roll.ids[row]!),
    ),
    reasonsOf(db, roll),
    connectionStates(db),
  ])
  const rows = Map.groupBy(told, ({ ends }) => ends.slice(0, 10))
  const [nextUp] = nextRows(roll, at, 1)
  const [soon, later] = [endingSoon(roll, now), tally(roll, at, `expires:<90d ${ALONE}`)]
  const none = (kind: Kind, q: string): Tally => tally(roll, at, q, [kind])[0] ?? { kind, q, count: 0 }
  return {
    from: dayOf(first),
    until: dayOf(last),
    today: dayOf(at),
    asOf: isoOrNull(asOf),
    entities: roll.size,
    days: Array.from({ length: 7 * WEEKS }, (_, i) => {
      const day = dayOf(first + i * DAY)
      const counts = KINDS.map((kind) => ({
        kind,
        q: `expires:${day} ${ALONE}`,
        count: (byDay.get(day) ?? []).filter((one) => one.kind === kind).length,
      }))
      return { day, counts: counts.filter(({ count }) => count > 0), rows: rows.get(day) ?? [] }
    }),
    soon,
    later,
    ended: tally(roll, at, `expires:<${iso(new Date(Math.floor(at / 60_000) * 60_000))} ${ALONE}`),
    renewing: tally(roll, at, 'expires:any renews:yes'),
    told: tally(roll, at, 'expires:any renews:any'),
    undated: {
      credentials: none('credential', `expires:unknown ${ALONE}`),
      identities: none('identity', 'undated:>0'),
      why,
    },
    next: nextUp === undefined ? null : iso(new Date(nextUp.ends)),
    ledger: sumOf(states.map(({ bar }) => bar)),
  }
}

/** Rows of what ends next and is not known to renew itself, of all kinds, the first first; `among` these ids where they are given. */
function nextRows(roll: Roll, now: number, most: number, among?: ReadonlySet<number>): { row: number; ends: number }[] {
  const query = parseQuery(`expires:>0m ${ALONE}`, fields)
  return KINDS.flatMap((kind) => {
    const selection = roll.select(kind, query, 'expires', false, now)
    const ends = roll.valuesOf(selection, 'expires')
    const found: { row: number; ends: number }[] = []
    for (let i = 0; i < ends.length && found.length < most; i++) {
      const row = selection.rows[i]!
      if (among === undefined || among.has(roll.ids[row]!)) found.push({ row, ends: ends[i]! })
    }
    return found
  })
    .sort((a, b) => a.ends - b.ends || (roll.keys[a.row]! < roll.keys[b.row]! ? -1 : 1))
    .slice(0, most)
}

/** The next to end; `among` these ids where they are given. */
export const nextEndings = (
  db: Db,
  roll: Roll,
  now: Date,
  most: number,
  among?: ReadonlySet<number>,
): Promise<Ending[]> =>
  endings(
    db,
    nextRows(roll, now.getTime(), most, among).map(({ row }) => roll.ids[row]!),
  )

async function endings(db: Db, ids: readonly number[]): Promise<Ending[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<{
    key: string
    name: string
    kind: Kind
    type: string
    ends: Date
    worst: number | null
    proves: string | null
    proven: number | null
  }>`
    select n.key, n.name, n.kind, n.type, n.expires as ends, s.worst, p.key as proves, p.proven
    from unnest(${ids}::int[]) with ordinality as asked(id, place) join graph.node n on n.id = asked.id and n.expires is not null
    left join assess.standing s on s.subject = n.key
    left join lateral (select min(k.key) as key, count(distinct k.key)::int as proven from graph.edge e join graph.key k on k.id = e.to_id
      where e.from_id = n.id and e.verb in ('authenticates', 'holds') and e.valid_to is null) p on true
    order by asked.place`.execute(db)
  const keys = rows.flatMap(({ key, proves }) => (proves === null ? [key] : [key, proves]))
  const [refs, owners, suggestions] = await Promise.all([
    refsOf(
      db,
      rows.flatMap(({ proves }) => proves ?? []),
    ),
    accountableOf(db, keys),
    suggestionsOf(db, keys),
  ])
  return rows.map(({ worst, ends, proves, proven, ...row }) => {
    const of = proves === null ? row.key : proves
    const owner = owners.get(row.key) ?? owners.get(of)
    const suggested = owner ? undefined : (suggestions.get(row.key) ?? suggestions.get(of))
    return {
      ...row,
      ends: iso(ends),
      mark: markOf(worst),
      proves: proves === null ? null : refOr(refs, proves),
      more: Math.max(0, (proven ?? 0) - 1),
      owner: owner ? { key: owner.key, name: owner.name } : null,
      suggested: suggested?.person ?? null,
    }
  })
}

const reasons = new WeakMap<Roll, Promise<Expiry['undated']['why']>>()

/** Worked out once for each roll: it looks at every credential. */
function reasonsOf(db: Db, roll: Roll): Promise<Expiry['undated']['why']> {
  let why = reasons.get(roll)
  if (!why) {
    why = sql<Expiry['undated']['why'][number]>`
      select coalesce(body->'expires'->>'unknown', 'not reported by ' || array_to_string(connections, ', ')) as reason, count(*)::int as count
      from graph.node where kind = 'credential' and expires is null and not coalesce(body->'expires' ? 'notApplicable', false)
      group by 1 order by 2 desc, 1 limit 5`
      .execute(db)
      .then(({ rows }) => rows)
    reasons.set(roll, why)
    why.catch(() => reasons.delete(roll))
  }
  return why
}

const AT_ONCE = 500

/** All that ends and is not known to renew itself, in order of its moment, some hundreds at a time; `within`: in milliseconds. */
export async function* eachEnding(
  db: Db,
  roll: Roll,
  now: Date,
  within: { from: number; until: number } = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY },
): AsyncGenerator<Ending[]> {
  const query = parseQuery(`expires:any ${ALONE}`, fields)
  const rows = KINDS.flatMap((kind) => {
    const selection = roll.select(kind, query, 'expires', false, now.getTime())
    const ends = roll.valuesOf(selection, 'expires')
    return Array.from(selection.rows, (row, i) => ({ row, ends: ends[i]! }))
  })
    .filter(({ ends }) => ends >= within.from && ends <= within.until)
    .sort((a, b) => a.ends - b.ends || (roll.keys[a.row]! < roll.keys[b.row]! ? -1 : 1))
  for (let from = 0; from < rows.length; from += AT_ONCE)
    yield await endings(
      db,
      rows.slice(from, from + AT_ONCE).map(({ row }) => roll.ids[row]!),
    )
}

/** When each was first seen. */
export async function firstSeen(db: Db, keys: readonly string[]): Promise<Map<string, Date>> {
  const { rows } = await sql<{
    key: string
    first_seen: Date
  }>`select key, first_seen from graph.node where key = any(${keys}::text[])`.execute(db)
  return new Map(rows.map(({ key, first_seen }) => [key, first_seen]))
}
