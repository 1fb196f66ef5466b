import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../platform/index.ts'

/** Rows that may go: what is in the table and for which the condition holds. */
export interface Expired {
  table: string
  where: RawBuilder<unknown>
  /** Belongs to another thing that goes, and is not counted beside it. */
  along?: true
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
  { table: 'graph.derived_edge', where: sql`valid_to < ${before}` },
  { table: 'graph.node_was', where: sql`valid_to < ${before}` },
  { table: 'graph.key_was', where: sql`valid_to < ${before}` },
  { table: 'graph.edge_was', where: sql`until < ${before}` },
  { table: 'graph.kept', where: sql`valid_to < ${before}` },
]

/** From now on nobody is shown the estate as it was before this moment: part of what it was is gone. */
export async function keptFrom(db: Db, before: Date): Promise<void> {
  await sql`with raised as (update graph.kept_since set at = ${before} where at < ${before} returning 1)
    insert into graph.kept_since select ${before} where not exists (select from graph.kept_since)`.execute(db)
}
