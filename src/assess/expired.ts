import { sql } from 'kysely'
import type { Expired } from '../graph/index.ts'

/** Findings that closed before a moment, with all that happened to them: they go together. */
export const expiredFindings = (before: Date): Expired[] => [
  {
    table: 'assess.event',
    where: sql`finding in (select id from assess.finding where state = 'resolved' and resolved_at < ${before})`,
  },
  { table: 'assess.finding', where: sql`state = 'resolved' and resolved_at < ${before}` },
]

/** What happened before a moment to findings that are closed, and what came of each judging but the last. */
export const expiredEvents = (before: Date): Expired[] => [
  {
    table: 'assess.event',
    where: sql`at < ${before} and what <> 'resolved' and finding in (select id from assess.finding where state = 'resolved')`,
  },
  { table: 'assess.evaluation', where: sql`at < ${before} and id < (select max(id) from assess.evaluation)` },
]
