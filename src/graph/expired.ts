import { type RawBuilder, sql } from 'kysely'

/** Rows that may go: what is in the table and for which the condition holds. */
export interface Expired {
  table: string
  where: RawBuilder<unknown>
}

/**
 * History that ended before a moment. Of what is there still, its first row stays, because it says since when; of what is gone
 * everything goes.
 */
export const expiredHistory = (before: Date): Expired[] => [
  {
    table: 'graph.entity',
    where: sql`valid_to < ${before} and not (
      exists (select from graph.entity o where o.key_id = entity.key_id and o.valid_to is null)
      and valid_from = (select min(f.valid_from) from graph.entity f where f.key_id = entity.key_id))`,
  },
  { table: 'graph.edge', where: sql`valid_to < ${before}` },
]
