import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import { Severity } from '../sdk/index.ts'
import { findingsWhere } from './findings-where.ts'
import { lastJudged } from './frameworks-read.ts'
import { connectionStates, sumOf } from './ledger-bars.ts'
import { onceForRoll } from './once-for-roll.ts'
import { iso, isoOrNull } from './refs.ts'
import type { Executive, ReportNumber, ReportPoint } from './reports.ts'
import type { Roll } from './roll.ts'

const DAY = 86_400_000
const LOOKS_BACK = 90
const POINTS = 12

/** Counted at the moment of the last judgement, so that the same state of the estate gives the same page, whenever it is asked for. */
export const readExecutive = (db: Db, roll: Roll): Promise<Executive> =>
  onceForRoll(roll, 'executive', async () => {
    const [judged, states] = await Promise.all([lastJudged(db), connectionStates(db)])
    const at = judged ?? new Date(0)
    const back = new Date(Math.floor(at.getTime() / DAY) * DAY - LOOKS_BACK * DAY)
    const day = iso(back).slice(0, 10)
    const [trend, closed] = await Promise.all([
      judged === null ? [] : trendTo(db, judged),
      sql<{ severity: Severity; count: number }>`select f.severity, count(*)::int as count from assess.finding f
        where f.state = 'resolved' and f.verdict = 'fail' and f.resolved_at >= ${back} group by 1`.execute(db),
    ])
    const identities = roll.count('identity')
    const inventory = (says: string, q: string, of: number | null): ReportNumber => ({
      says,
      count: roll.countOf('identity', q, at.getTime()),
      of,
      href: q === '' ? '/identities' : `/identities?${new URLSearchParams({ q })}`,
    })
    const findings = async (says: string, q: string, of: number | null = null): Promise<ReportNumber> => ({
      says,
      count: await countFindings(db, q, at),
      of,
      href: q === '' ? '/findings' : `/findings?${new URLSearchParams({ q })}`,
    })
    const open = await findings('open findings', '')
    const [risk, reduced] = await Promise.all([
      Promise.all([
        findings('open findings that are critical or high', 'severity:critical severity:high', open.count),
        findings('verdicts that could not be reached', 'verdict:unknown'),
      ]),
      Promise.all([
        findings('findings closed by proof', `state:resolved closed:>=${day}`),
        findings('findings opened', `opened:>=${day} state:open state:muted state:accepted state:resolved`),
        findings('accepted: risk that was taken, not reduced', 'state:accepted'),
        findings('put aside until a date', 'state:muted'),
      ]),
    ])
    return {
      at: isoOrNull(judged),
      bar: sumOf(states.map(({ bar }) => bar)),
      sources: states.toSorted((a, b) => (a.connection < b.connection ? -1 : 1)),
      volume: [
        inventory('identities', '', null),
        inventory('that are not known to be people’s', '-account:human', identities),
        inventory('to which nobody answers', 'owner:none', identities),
      ],
      risk: [open, ...risk],
      since: judged === null ? null : iso(back),
      reduced,
      closed: Object.fromEntries(
        Severity.options.map((severity) => [
          severity,
          closed.rows.find((row) => row.severity === severity)?.count ?? 0,
        ]),
      ) as Executive['closed'],
      trend,
    }
  })

async function countFindings(db: Db, q: string, now: Date): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from assess.finding f
    left join graph.key k on k.key = f.subject left join graph.node n on n.id = k.id where ${findingsWhere(q, now).where}`.execute(
    db,
  )
  return rows[0]!.count
}

/** Twelve steps of equal length from the first read, or a year back, to the moment. */
async function trendTo(db: Db, at: Date): Promise<ReportPoint[]> {
  const { rows: first } = await sql<{ at: Date | null }>`select min(at) as at from graph.applied`.execute(db)
  const from = Math.max(first[0]!.at?.getTime() ?? at.getTime(), at.getTime() - 365 * DAY)
  const span = at.getTime() - from
  const moments =
    span <= 0
      ? [at]
      : Array.from({ length: POINTS + 1 }, (_, step) => new Date(from + Math.round((span * step) / POINTS)))
  const { rows } = await sql<{ at: Date; machines: number; known: number; severe: number }>`
    with moment as (select at from unnest(${moments}::timestamptz[]) m(at)),
    life as (
      select n.first_seen as born, null::timestamptz as died from graph.node n where n.kind = 'identity' and n.account_kind is distinct from 'human'
      union all
      select min(e.valid_from), max(e.valid_to) from graph.entity e
      where e.valid_to is not null and e.body->>'kind' = 'identity' and e.body->'attributes'->>'accountKind' is distinct from 'human'
        and not exists (select from graph.node n where n.id = e.key_id) group by e.key_id
    )
    select m.at, (select count(*)::int from life l where l.born <= m.at and (l.died is null or l.died > m.at)) as machines, f.known, f.severe
    from moment m cross join lateral (
      select count(*)::int as known, (count(*) filter (where f.rank <= 1))::int as severe from assess.finding f
      where f.verdict = 'fail' and f.opened_at <= m.at and (f.resolved_at is null or f.resolved_at > m.at)) f
    order by m.at`.execute(db)
  return rows.map(({ at: moment, ...point }) => ({ at: iso(moment), ...point }))
}
