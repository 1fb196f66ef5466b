/** What is open or was, and what went out. */
import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { Instant } from '../sdk/index.ts'
import { type AlertRow, lineOf } from './line-of.ts'
import type { AlertEvent, AlertLine } from './message.ts'

export type ListedAlert = AlertLine & { raised: Instant; closedAt: Instant | null }

/** Open ones, the worst first; with `closed` those that closed, the last first. */
export async function listAlerts(
  db: Db,
  { now, closed, event, most }: { now: Date; closed: boolean; event?: AlertEvent | undefined; most: number },
): Promise<{ rows: ListedAlert[]; total: number }> {
  const where = sql`(closed_at is not null) = ${closed} and (${event ?? null}::text is null or event = ${event ?? null})`
  const { rows } = await sql<AlertRow & { total: string }>`
    select *, count(*) over () as total from alert.alert where ${where}
    order by case when ${closed} then closed_at end desc, rank, raised_at desc, condition limit ${most}`.execute(db)
  return {
    rows: rows.map((row) => ({
      ...lineOf(row, now),
      raised: row.raised_at.toISOString(),
      closedAt: row.closed_at?.toISOString() ?? null,
    })),
    total: Number(rows[0]?.total ?? 0),
  }
}

export interface Delivery {
  id: string
  channel: string
  recipient: string | null
  what: 'opened' | 'closed' | 'digest' | 'overdue' | 'test'
  title: string
  alerts: number
  state: 'waiting' | 'sending' | 'sent' | 'dead'
  attempts: number
  /** When it is tried next; null when it is over. */
  next: Instant | null
  error: { code: string; message: string } | null
  created: Instant
  ended: Instant | null
}

/** What went out or waits, the last first. */
export async function listDeliveries(
  db: Db,
  { channel, state, most }: { channel?: string | undefined; state?: Delivery['state'] | undefined; most: number },
): Promise<{ rows: Delivery[]; waiting: number; dead: number }> {
  const [{ rows }, { rows: counted }] = await Promise.all([
    sql<{
      id: string
      channel: string
      recipient: string | null
      what: Delivery['what']
      title: string
      alerts: number
      state: Delivery['state']
      attempts: number
      next_at: Date
      error: string | null
      error_code: string | null
      created_at: Date
      ended_at: Date | null
    }>`select id, channel, recipient, what, message->>'title' as title, cardinality(alerts) as alerts, state, attempts, next_at, error, error_code, created_at, ended_at
      from alert.delivery where (${channel ?? null}::text is null or channel = ${channel ?? null}) and (${state ?? null}::text is null or state = ${state ?? null})
      order by number desc limit ${most}`.execute(db),
    sql<{ waiting: number; dead: number }>`
      select count(*) filter (where state in ('waiting', 'sending'))::int as waiting, count(*) filter (where state = 'dead')::int as dead from alert.delivery`.execute(
      db,
    ),
  ])
  return {
    rows: rows.map(({ next_at, error, error_code, created_at, ended_at, ...row }) => ({
      ...row,
      next: ended_at === null ? next_at.toISOString() : null,
      error: error === null ? null : { code: error_code ?? 'internal', message: error },
      created: created_at.toISOString(),
      ended: ended_at?.toISOString() ?? null,
    })),
    ...counted[0]!,
  }
}
