import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '../platform/index.ts'
import { Instant, type Kind, type Severity } from '../sdk/index.ts'
import { findingName } from './findings.ts'
import { LedgerBar, SourceSeen } from './ledger.ts'
import { connectionStates, countUnknownVerdicts, sumOf } from './ledger-bars.ts'
import { iso, isoOrNull, markOf, refOr, refsOf } from './refs.ts'
import type { Roll } from './roll.ts'
import { Due, Thing } from './thing.ts'

/** Ages of the oldest credential of each identity. The unknown bar is a bar, with its own number. */
export const AgeHistogram = z.object({
  bars: z.array(
    z.object({
      /** `<30d`, `30d..90d`, … `>5y`: behind `age:` it is the query whose rows are counted. */
      age: z.string(),
      count: z.number().int(),
      /** Older than a credential should be (one year). */
      overPolicy: z.boolean(),
    }),
  ),
  unknown: z.number().int(),
  none: z.number().int(),
})
export type AgeHistogram = z.infer<typeof AgeHistogram>

export const Overview = z.object({
  answer: z.object({
    identities: z.number().int(),
    people: z.number().int(),
    /** Machine identities for each person; null while no person is known. */
    perPerson: z.number().nullable(),
    unowned: z.number().int(),
    /** Since `since`: identities first seen, findings closed, sources that went quiet. */
    since: Instant,
    new: z.number().int(),
    closed: z.number().int(),
    quiet: z.number().int(),
    openFindings: z.number().int(),
    unknownVerdicts: z.number().int(),
  }),
  lastRead: Instant.nullable(),
  rules: z.number().int(),
  ledger: LedgerBar,
  things: z.array(Thing),
  seen: z.array(SourceSeen),
  expiring: z.array(Due),
  nextExpiry: Instant.nullable(),
  ages: AgeHistogram,
  /** One point for each day on which something was read; the last is now. */
  trend: z.array(
    z.object({ at: Instant, machines: z.number().int(), people: z.number().int(), perPerson: z.number().nullable() }),
  ),
})
export type Overview = z.infer<typeof Overview>

const DAY = 86_400_000
const WEEK = 7
/** The bars, each a query of its own, so that a bar and its rows are one number. */
const AGES = ['<30d', '30d..90d', '90d..180d', '180d..1y', '1y..2y', '2y..5y', '>5y']
const OVER_POLICY = new Set(['1y..2y', '2y..5y', '>5y'])

export async function readOverview(db: Db, roll: Roll, now: Date): Promise<Overview> {
  const at = now.getTime()
  const since = new Date(at - WEEK * DAY)
  const count = (query: string) => roll.countOf('identity', query, at)
  const [states, unknownVerdicts, things, expiring, trend, totals] = await Promise.all([
    connectionStates(db),
    countUnknownVerdicts(db),
    readThings(db),
    nextToExpire(db, now),
    trendOf(db, roll, now),
    sql<{ open: number; closed: number; rules: number }>`select
      (select count(*)::int from assess.finding where state = 'open' and verdict = 'fail') as open,
      (select count(*)::int from assess.finding where resolved_at > ${since} and number is not null) as closed,
      (select count(*)::int from assess.rule) as rules`.execute(db),
  ])
  const last = trend.at(-1)!
  return {
    answer: {
      identities: roll.count('identity'),
      people: last.people,
      perPerson: last.perPerson,
      unowned: count('owner:none'),
      since: iso(since),
      new: count(`seen:<${WEEK}d`),
      closed: totals.rows[0]!.closed,
      quiet: states.filter(({ state }) => state === 'stale' || state === 'failed').length,
      openFindings: totals.rows[0]!.open,
      unknownVerdicts,
    },
    lastRead:
      states
        .flatMap(({ lastRead }) => lastRead ?? [])
        .sort()
        .at(-1) ?? null,
    rules: totals.rows[0]!.rules,
    ledger: sumOf(states.map(({ bar }) => bar)),
    things,
    seen: states,
    expiring,
    nextExpiry: expiring[0]?.ends ?? null,
    ages: {
      bars: AGES.map((age) => ({ age, count: count(`age:${age}`), overPolicy: OVER_POLICY.has(age) })),
      unknown: count('age:unknown'),
      none: count('age:none'),
    },
    trend,
  }
}

/** The first five things to know. */
export async function readThings(db: Db): Promise<Thing[]> {
  const { rows } = await sql<StoredThing>`
    select t.*, f.number, f.opened_at from assess.thing t left join assess.finding f on f.id = t.finding where t.finding is null or f.state = 'open' order by t.rank limit 5`.execute(
    db,
  )
  const refs = await refsOf(
    db,
    rows.flatMap(({ subject }) => subject ?? []),
  )
  return rows.map((row) => ({
    opens:
      row.finding === null
        ? { what: 'unlock' as const, connection: row.connection ?? '' }
        : { what: 'finding' as const, id: findingName({ id: row.finding, number: row.number }) },
    mark: row.what === 'unlock' ? 'unknown' : (row.severity ?? 'info'),
    says: row.says,
    because: row.because,
    subject: row.subject === null ? null : refOr(refs, row.subject),
    more: row.more,
    owner: {
      accountable: row.owner === null ? null : { key: row.owner, name: row.owner_name ?? row.owner },
      suggested:
        row.suggested === null
          ? null
          : {
              person: { key: row.suggested, name: row.suggested_name ?? row.suggested },
              because: row.suggested_because ?? [],
            },
    },
    fix: row.fix,
    undo: row.undo,
    effort: row.effort,
    cost: row.cost,
    owasp: row.owasp,
    opened: isoOrNull(row.opened_at),
    value: row.value,
  }))
}

interface StoredThing extends Pick<Thing, 'says' | 'because' | 'more' | 'fix' | 'undo' | 'cost' | 'owasp' | 'value'> {
  what: 'finding' | 'unlock'
  finding: string | null
  number: string | null
  connection: string | null
  severity: Severity | null
  subject: string | null
  owner: string | null
  owner_name: string | null
  suggested: string | null
  suggested_name: string | null
  suggested_because: string[] | null
  effort: number
  opened_at: Date | null
}

async function nextToExpire(db: Db, now: Date): Promise<Due[]> {
  const { rows } = await sql<{
    key: string
    name: string
    kind: Kind
    type: string
    ends: Date
    worst: number | null
  }>`
    select n.key, n.name, n.kind, n.type, n.expires as ends, s.worst from graph.node n left join assess.standing s on s.subject = n.key
    where n.expires > ${now} and n.kind in ('credential', 'identity', 'secret') and coalesce(n.body->'attributes'->>'autoRenews', 'false') <> 'true'
    order by n.expires, n.key limit 5`.execute(db)
  return rows.map(({ worst, ends, ...row }) => ({ ...row, ends: iso(ends), mark: markOf(worst) }))
}

const trends = new WeakMap<Roll, Promise<Overview['trend']>>()

/** Machines and people on each day on which their number changed, of the last year at most; worked out once for each roll. */
function trendOf(db: Db, roll: Roll, now: Date): Promise<Overview['trend']> {
  let trend = trends.get(roll)
  if (!trend) {
    trend = countByDay(db, now)
    trends.set(roll, trend)
    trend.catch(() => trends.delete(roll))
  }
  return trend
}

async function countByDay(db: Db, now: Date): Promise<Overview['trend']> {
  const { rows } = await sql<{ day: Date; machines: number; people: number }>`
    with life as (
      select n.kind, n.account_kind, n.first_seen as born, null::timestamptz as died from graph.node n where n.kind in ('identity', 'person')
      union all
      select e.body->>'kind', e.body->'attributes'->>'accountKind', min(e.valid_from), max(e.valid_to) from graph.entity e
      where e.valid_to is not null and e.body->>'kind' in ('identity', 'person') and not exists (select from graph.node n where n.id = e.key_id)
      group by e.key_id, 1, 2
    ), step as (
      select date_trunc('day', at, 'UTC') as day, sum(step) filter (where kind = 'identity' and account_kind is distinct from 'human') as machines,
        sum(step) filter (where kind = 'person') as people
      from (select kind, account_kind, born as at, 1 as step from life union all select kind, account_kind, died, -1 from life where died is not null) x group by 1
    )
    select day, (sum(coalesce(machines, 0)) over (order by day))::int as machines, (sum(coalesce(people, 0)) over (order by day))::int as people
    from step order by day`.execute(db)
  const year = now.getTime() - 365 * DAY
  const points = rows.map(({ day, machines, people }) => ({ at: day, machines, people }))
  const last = points.at(-1) ?? { machines: 0, people: 0 }
  const shown = [...points.slice(0, -1).filter(({ at }) => at.getTime() > year), { ...last, at: now }]
  return shown.map(({ at, machines, people }) => ({
    at: iso(at),
    machines,
    people,
    perPerson: people === 0 ? null : Math.round((10 * machines) / people) / 10,
  }))
}
