import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '../platform/index.ts'
import { Instant, type Kind, type Severity } from '../sdk/index.ts'
import { concerning } from './concerning.ts'
import { nextEndings } from './expiry.ts'
import type { Weigh } from './finding-read.ts'
import { findingName } from './findings.ts'
import { findingFields, findingsWhere } from './findings-where.ts'
import { fields } from './inventory-fields.ts'
import { LedgerBar, SourceSeen } from './ledger.ts'
import { connectionStates, sumOf } from './ledger-bars.ts'
import { Mine, readThingsOf } from './mine.ts'
import { onceForRoll } from './once-for-roll.ts'
import { parseQuery } from './query.ts'
import { iso, isoOrNull, refOr, refsOf } from './refs.ts'
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
  /** When this was so, by the server's clock. */
  at: Instant,
  /** Of whoever has the role owner: what they answer for alone is counted and told, and this says by which queries. Null for the whole estate. */
  mine: Mine.nullable(),
  answer: z.object({
    identities: z.number().int(),
    /** Identities that are not known to be people's accounts: `-account:human`. */
    machines: z.number().int(),
    people: z.number().int(),
    /** Machines for each person; null while no person is known. */
    perPerson: z.number().nullable(),
    unowned: z.number().int(),
    /** Since `since`: identities first seen, findings closed, sources that went quiet. */
    since: Instant,
    new: z.number().int(),
    closed: z.number().int(),
    quiet: z.number().int(),
    openFindings: z.number().int(),
    /** Verdicts that could not be reached; the rows of `verdict:unknown`. */
    unknownVerdicts: z.number().int(),
  }),
  /** When the estate was last judged; null for never. `judging`: more was read since. */
  judged: Instant.nullable(),
  judging: z.boolean(),
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

/** Where and when it is looked, and how a finding is weighed. */
export interface Overlooking {
  db: Db
  roll: Roll
  now: Date
  weigh: Weigh
}

const DAY = 86_400_000
const WEEK = 7
/** The bars, each a query of its own, so that a bar and its rows are one number. */
const AGES = ['<30d', '30d..90d', '90d..180d', '180d..1y', '1y..2y', '2y..5y', '>5y']
const OVER_POLICY = new Set(['1y..2y', '2y..5y', '>5y'])

/** The same numbers as queries of the inventory and of findings: what the console links them to. */
const MACHINES = '-account:human'
const CLOSED = `state:resolved closed:<${WEEK}d`

/** The overview of the whole estate, or of what one person answers for. */
export async function readOverview({ db, roll, now, weigh }: Overlooking, mine: Mine | null = null): Promise<Overview> {
  const at = now.getTime()
  const inQuery = (scope: string | undefined, words: string) => (scope ? `${scope} ${words}`.trim() : words)
  // Nobody is known to have it: then there is nothing to count.
  const nothing = mine !== null && mine.person === null
  const count = (words: string, kind: Kind = 'identity') =>
    nothing ? 0 : roll.countOf(kind, inQuery(mine?.identities, words), at)
  const findings = async (words: string) => (nothing ? 0 : countFindings(db, roll, inQuery(mine?.findings, words), now))
  const scope = mine === null ? null : await whatConcerns(db, roll, mine, now)
  const [all, things, expiring, past, judged, open, unknown, closed, rules] = await Promise.all([
    connectionStates(db),
    mine === null ? readThings(db) : nothing ? [] : readThingsOf(db, mine.findings, now, weigh),
    nextEndings(db, roll, now, 5, scope?.ids),
    mine === null ? onceForRoll(roll, 'trend', () => countByDay(db, now)) : [],
    lastJudged(db),
    findings(''),
    findings('verdict:unknown'),
    findings(CLOSED),
    sql<{ count: number }>`select count(*)::int as count from assess.rule`.execute(db),
  ])
  const states = scope === null ? all : all.filter(({ connection }) => scope.connections.has(connection))
  const [identities, machines, people] = [count(''), count(MACHINES), count('', 'person')]
  const last = pointOf(now, machines, people)
  return {
    at: iso(now),
    mine,
    answer: {
      identities,
      machines,
      people,
      perPerson: mine === null ? last.perPerson : null,
      unowned: mine === null ? count('owner:none') : 0,
      since: iso(new Date(at - WEEK * DAY)),
      new: count(`seen:<${WEEK}d`),
      closed,
      quiet: states.filter(({ state }) => state === 'stale' || state === 'failed').length,
      openFindings: open,
      unknownVerdicts: unknown,
    },
    ...judged,
    lastRead:
      states
        .flatMap(({ lastRead }) => lastRead ?? [])
        .sort()
        .at(-1) ?? null,
    rules: rules.rows[0]!.count,
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
    // Of one person's things a number for each person says nothing.
    trend: mine === null ? [...past, last] : [],
  }
}

/** What ends is told of these ids, what is seen of these connections. */
async function whatConcerns(
  db: Db,
  roll: Roll,
  { person, identities, findings }: Mine,
  now: Date,
): Promise<{ ids: ReadonlySet<number>; connections: ReadonlySet<string> }> {
  if (person === null) return { ids: new Set(), connections: new Set() }
  const own = roll.select('identity', parseQuery(identities, fields), 'name', false, now.getTime())
  const keys = parseQuery(findings, findingFields).terms.flatMap(({ match }) => ('is' in match ? match.is : []))
  const ids = await onceForRoll(roll, `concerning ${findings}`, () =>
    sql<{ id: number }>`${concerning(keys)}`.execute(db),
  )
  return { ids: new Set(ids.rows.map(({ id }) => id)), connections: roll.connectionsOf(own) }
}

/** How many findings a query finds: what a link with the same words shows. */
function countFindings(db: Db, roll: Roll, q: string, now: Date): Promise<number> {
  // Some of it counts back from now.
  const minute = Math.floor(now.getTime() / 60_000)
  return onceForRoll(roll, `findings ${q} ${minute}`, () => countNow(db, q, now))
}

async function countNow(db: Db, q: string, now: Date): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from assess.finding f
    left join graph.key k on k.key = f.subject left join graph.node n on n.id = k.id where ${findingsWhere(q, now).where}`.execute(
    db,
  )
  return rows[0]!.count
}

async function lastJudged(db: Db): Promise<Pick<Overview, 'judged' | 'judging'>> {
  const { rows } = await sql<{ judged: Date | null; read: Date | null }>`select
    (select max(at) from assess.evaluation) as judged, (select max(at) from graph.applied) as read`.execute(db)
  const { judged, read } = rows[0]!
  return { judged: isoOrNull(judged), judging: read !== null && (judged === null || read > judged) }
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

/** Machines and people on each earlier day on which their number changed, of the last year at most. */
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
  const today = Math.floor(now.getTime() / DAY) * DAY
  return rows
    .filter(({ day }) => day.getTime() > year && day.getTime() < today)
    .map(({ day, machines, people }) => pointOf(day, machines, people))
}

const pointOf = (at: Date, machines: number, people: number): Overview['trend'][number] => ({
  at: iso(at),
  machines,
  people,
  perPerson: people === 0 ? null : Math.round((10 * machines) / people) / 10,
})
