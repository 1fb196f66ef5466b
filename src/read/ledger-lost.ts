/**
 * Verdicts that were lost: an open finding that could not be judged, or not again. One truth for every place that counts them, and
 * for the query (`verdict:unknown`, with `lost:`, `cause:` and `grant:`) behind each count. Over `assess.finding f` with
 * `graph.node n` as its subject.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import { spell } from './query.ts'

export const isLost = sql<boolean>`(f.verdict = 'unknown' or f.unverified_since is not null)`
/** Why; where a listing is the cause it begins with its name. */
export const lostReason = sql<string>`coalesce(f.unverified_reason, f.because[1], '')`
export const lostGrant = sql<string>`case when f.unverified_since is null then f.permission else f.unverified_permission end`
/** Whose read lost it: the connection that the reason names, else the first that describes the subject. */
const lostConnection = sql<string>`coalesce((select c from unnest(n.connections) c where starts_with(${lostReason}, c || ': ') limit 1), n.connections[1])`

/** Lost by a connection (`host-ops`), or by one of its listings (`host-ops: keys of /srv`). */
export const lostBy = (name: string): RawBuilder<boolean> =>
  sql`lower(${lostConnection}) = ${name} or starts_with(lower(${lostReason}), ${`${name}: `})`

/** A listing as reasons name it. */
export const listingName = (connection: string, collection: string, scope: string): string =>
  `${connection}: ${collection}${scope === '' ? '' : ` of ${scope}`}`

/** The query that lists the same verdicts. */
export const lostQuery = (words: { lost?: string; cause?: string; grant?: string }): string =>
  ['verdict:unknown', ...Object.entries(words).map(([name, value]) => `${name}:${spell(value, true)}`)].join(' ')

export interface Cause {
  connection: string | null
  reason: string
  permission: string | null
  verdicts: number
}

/** Lost verdicts by connection, reason and grant; of one connection or of all. */
export async function lostCauses(db: Db, connection?: string): Promise<Cause[]> {
  const { rows } = await sql<Cause>`
    select ${lostConnection} as connection, ${lostReason} as reason, ${lostGrant} as permission, count(*)::int as verdicts
    from assess.finding f left join graph.key k on k.key = f.subject left join graph.node n on n.id = k.id
    where f.state = 'open' and ${isLost} and (${connection ?? null}::text is null or ${lostConnection} = ${connection ?? null})
    group by 1, 2, 3 order by 4 desc, 2`.execute(db)
  return rows
}

/** All of them. */
export async function countUnknownVerdicts(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from assess.finding f where f.state = 'open' and ${isLost}`.execute(db)
  return rows[0]!.count
}
