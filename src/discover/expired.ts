import { sql } from 'kysely'
import type { Expired } from '../graph/index.ts'

/** How many reads of a connection stay, however old they are. */
const LAST = 10

/** Connections as they were until a moment. */
export const expiredConnections = (before: Date): Expired[] => [
  { table: 'discover.connection_was', where: sql`valid_to < ${before}` },
]

/** Reads that ended before a moment, but the last ones of each connection. */
export const expiredRuns = (before: Date): Expired[] => [
  {
    table: 'discover.run',
    where: sql`ended_at < ${before} and state not in ('waiting', 'running')
      and id not in (select id from (select id, row_number() over (partition by connection order by id desc) as place from discover.run) r where place <= ${sql.lit(LAST)})`,
  },
]
