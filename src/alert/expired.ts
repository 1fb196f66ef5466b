import { sql } from 'kysely'
import type { Expired } from '../graph/index.ts'

/** Alerts that closed before a moment, and what went out before it. */
export const expiredAlerts = (before: Date): Expired[] => [
  { table: 'alert.alert', where: sql`closed_at < ${before}` },
  { table: 'alert.delivery', along: true, where: sql`ended_at < ${before}` },
  { table: 'alert.feed', along: true, where: sql`revoked < ${before}` },
]
