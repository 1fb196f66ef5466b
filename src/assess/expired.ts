import { sql } from 'kysely'
import type { Expired } from '../graph/index.ts'

/** Findings that closed before a moment, with all that happened to them: they go together. */
export const expiredFindings = (before: Date): Expired[] => [
  {
    table: 'assess.event',
    along: true,
    where: sql`finding in (select id from assess.finding where state = 'resolved' and resolved_at < ${before})`,
  },
  { table: 'assess.finding', where: sql`state = 'resolved' and resolved_at < ${before}` },
  // What a numbered finding was goes with it: nothing but this takes one away.
  {
    table: 'assess.finding_was',
    along: true,
    where: sql`number is not null and opened_at < ${before} and not exists (select from assess.finding f where f.id = finding_was.id)`,
  },
]

/** What was thought until a moment. */
export const expiredJudgements = (before: Date): Expired[] =>
  ['finding_was', 'standing_was', 'suggestion_was', 'kept'].map((table) => ({
    table: `assess.${table}`,
    where: sql`valid_to < ${before}`,
  }))

/** What happened before a moment to findings that are closed, and what came of each judging but the last. */
export const expiredEvents = (before: Date): Expired[] => [
  {
    table: 'assess.event',
    where: sql`at < ${before} and what <> 'resolved' and finding in (select id from assess.finding where state = 'resolved')`,
  },
  { table: 'assess.evaluation', where: sql`at < ${before} and id < (select max(id) from assess.evaluation)` },
]
