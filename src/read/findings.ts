import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '../platform/index.ts'
import { Instant, Owasp, Place, ReeveError, Severity } from '../sdk/index.ts'
import { findingsWhere } from './findings-where.ts'
import { isLost } from './ledger-lost.ts'
import { Suggestion } from './owner.ts'
import { Count, EntityRef, Page, Person } from './ref.ts'
import { accountableOf, iso, isoOrNull, refOr, refsOf, suggestionsOf } from './refs.ts'

export const FindingState = z.enum(['open', 'muted', 'accepted', 'resolved'])
export type FindingState = z.infer<typeof FindingState>

export const FindingRow = z.object({
  id: z.string(),
  rule: z.string(),
  /** The sentence: a subject and a date where there is one. */
  says: z.string(),
  severity: Severity,
  verdict: z.enum(['fail', 'unknown']),
  state: FindingState,
  /** End of the mute or acceptance. */
  until: Instant.nullable(),
  owasp: z.array(Owasp),
  subject: EntityRef,
  owner: Person.nullable(),
  suggested: Suggestion.nullable(),
  /** The first step. */
  fix: z.string(),
  /** Minutes. */
  effort: z.number().int().nullable(),
  opened: Instant,
  closed: Instant.nullable(),
  places: z.array(Place),
})
export type FindingRow = z.infer<typeof FindingRow>

/** Findings that one fix closes, one identity bears, or one rule made; `by` says which. */
export const FindingGroup = z.object({
  /** A fix sentence, an entity key, or a rule id. */
  id: z.string(),
  title: z.string(),
  subject: EntityRef.nullable(),
  severity: Severity,
  count: z.number().int(),
  effort: z.number().int().nullable(),
  oldest: Instant,
  /** Worst first; at most 20, the rest with `q`. */
  findings: z.array(FindingRow),
})
export type FindingGroup = z.infer<typeof FindingGroup>

export const FindingsPage = Page.extend({
  by: z.enum(['fix', 'identity', 'rule']),
  groups: z.array(FindingGroup),
  total: Count,
  fixes: z.number().int(),
  /** Not findings and not passes: verdicts that could not be reached. */
  unknownVerdicts: z.number().int(),
  muted: z.number().int(),
  accepted: z.number().int(),
  closedThisWeek: z.number().int(),
  query: z.string(),
})
export type FindingsPage = z.infer<typeof FindingsPage>

export interface StoredFinding {
  id: string
  number: string | null
  rule: string
  subject: string
  verdict: 'fail' | 'unknown'
  state: FindingState
  severity: Severity
  says: string
  owasp: Owasp[]
  fix: string[]
  places: Place[]
  until: Date | null
  opened_at: Date
  resolved_at: Date | null
  effort: number | null
}

export const findingColumns = sql`f.id, f.number, f.rule, f.subject, f.verdict, f.state, f.severity, f.says, f.owasp, f.fix, f.places, f.until,
  f.opened_at, f.resolved_at, r.effort`

/** What a person calls it: `F-1043` once it failed; before that its id. */
export const findingName = ({ id, number }: Pick<StoredFinding, 'id' | 'number'>): string =>
  number === null ? id : `F-${number}`

export async function findingRows(db: Db, rows: readonly StoredFinding[]): Promise<FindingRow[]> {
  const subjects = rows.map(({ subject }) => subject)
  const [refs, owners, suggested] = await Promise.all([
    refsOf(db, subjects),
    accountableOf(db, subjects),
    suggestionsOf(db, subjects),
  ])
  return rows.map((row) => {
    const owner = owners.get(row.subject)
    return {
      id: findingName(row),
      rule: row.rule,
      says: row.says,
      severity: row.severity,
      verdict: row.verdict,
      state: row.state,
      until: isoOrNull(row.until),
      owasp: row.owasp,
      subject: refOr(refs, row.subject),
      owner: owner ? { key: owner.key, name: owner.name } : null,
      suggested: owner ? null : (suggested.get(row.subject) ?? null),
      fix: row.fix[0] ?? '',
      effort: row.effort,
      opened: iso(row.opened_at),
      closed: isoOrNull(row.resolved_at),
      places: row.places,
    }
  })
}

const GROUPED = { fix: sql`coalesce(f.fix[1], f.rule)`, identity: sql`f.subject`, rule: sql`f.rule` } as const
const IN_GROUP = 20

/** Findings in groups, the worst group first. Throws `query/…`. */
export async function readFindings(
  db: Db,
  now: Date,
  { q, by, cursor, limit }: { q: string; by: FindingsPage['by']; cursor?: string | undefined; limit: number },
): Promise<FindingsPage> {
  const { query, where } = findingsWhere(q, now)
  const from = offsetOf(cursor)
  const [groups, verdicts] = await Promise.all([
    sql<{
      grp: string
      title: string
      count: number
      rank: number
      effort: number | null
      oldest: Date
      groups: number
      total: number
      fixes: number
      members: string[]
    }>`
      with hit as materialized (select ${GROUPED[by]} as grp, ${GROUPED.fix} as fix, f.id, f.rule, f.verdict, f.rank, f.opened_at
        from assess.finding f left join graph.key k on k.key = f.subject left join graph.node n on n.id = k.id where ${where}),
      grouped as (select grp, count(*)::int as count, min(hit.rank) as rank, max(r.effort) as effort, min(opened_at) as oldest, min(r.title) as rule_title
        from hit left join assess.rule r on r.id = hit.rule group by grp),
      page as (select * from grouped order by rank, count desc, grp limit ${limit} offset ${from}),
      shown as (select grp, array_agg(id order by place) as members from
        (select grp, id, row_number() over (partition by grp order by verdict, rank, opened_at, id) as place from hit where grp in (select grp from page)) placed
        where place <= ${sql.lit(IN_GROUP)} group by grp),
      sums as (select (select count(*)::int from grouped) as groups, count(*)::int as fixes, coalesce(sum(count), 0)::int as total from (select count(*) from hit group by fix) f)
      select page.grp, case when ${by} = 'rule' then coalesce(page.rule_title, page.grp) else page.grp end as title, page.count, page.rank, page.effort, page.oldest, shown.members, sums.*
      from sums left join page on true left join shown using (grp) order by page.rank, page.count desc, page.grp`.execute(
      db,
    ),
    sql<{ unknown: number; muted: number; accepted: number; closed: number }>`select
      count(*) filter (where state = 'open' and ${isLost})::int as unknown, count(*) filter (where state = 'muted')::int as muted,
      count(*) filter (where state = 'accepted')::int as accepted,
      count(*) filter (where resolved_at > ${new Date(now.getTime() - 7 * 86_400_000)} and number is not null)::int as closed from assess.finding f`.execute(
      db,
    ),
  ])
  const { groups: most, total, fixes } = groups.rows[0]!
  // Sums come even where the page is empty, beside a group of nulls.
  const paged = groups.rows.filter(({ grp }) => grp !== null)
  const ids = paged.flatMap(({ members }) => members)
  const { rows } =
    await sql<StoredFinding>`select ${findingColumns} from assess.finding f left join assess.rule r on r.id = f.rule
    where f.id = any(${ids}::text[])`.execute(db)
  const shown = new Map((await findingRows(db, rows)).map((row, index) => [rows[index]!.id, row]))
  const refs =
    by === 'identity'
      ? await refsOf(
          db,
          paged.map(({ grp }) => grp),
        )
      : new Map()
  const end = from + paged.length
  return {
    by,
    groups: paged.map((group) => ({
      id: group.grp,
      title: by === 'identity' ? refOr(refs, group.grp).name : group.title,
      subject: by === 'identity' ? refOr(refs, group.grp) : null,
      severity: Severity.options[group.rank]!,
      count: group.count,
      effort: group.effort,
      oldest: iso(group.oldest),
      findings: group.members.flatMap((id) => shown.get(id) ?? []),
    })),
    next: end < most ? String(end) : null,
    total: { count: total, exact: true },
    fixes,
    unknownVerdicts: verdicts.rows[0]!.unknown,
    muted: verdicts.rows[0]!.muted,
    accepted: verdicts.rows[0]!.accepted,
    closedThisWeek: verdicts.rows[0]!.closed,
    query: query.text,
  }
}

/** For lists whose order does not move under the reader: how many rows were shown. */
export function offsetOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor)
  throw new ReeveError('http/cursor', 'this cursor is none of ours: begin again without one')
}
