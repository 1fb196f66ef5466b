import { sql } from 'kysely'
import type { Applied } from '../graph/index.ts'
import { type Db, notify } from '../platform/index.ts'
import { type Instant, type LedgerLine, ReeveError } from '../sdk/index.ts'
import type { Discovery } from './discovery.ts'
import type { CollectionProgress } from './read.ts'

export type RunState = 'waiting' | 'running' | 'done' | 'partial' | 'failed' | 'cancelled'

/** One read of one connection. */
export interface SyncRun {
  id: number
  connection: string
  state: RunState
  requested: Instant
  requestedBy: string
  started: Instant | null
  ended: Instant | null
  /** Live while it runs, at most half a second old. */
  progress: CollectionProgress[]
  /** When it has ended. */
  lines: LedgerLine[]
  changes: Omit<Applied, 'at'> | null
  error: { code: string; message: string } | null
}

interface Row {
  id: number
  connection: string
  state: RunState
  requested_at: Date
  requested_by: string
  started_at: Date | null
  ended_at: Date | null
  progress: CollectionProgress[]
  lines: LedgerLine[]
  changes: Omit<Applied, 'at'> | null
  error: { code: string; message: string } | null
}

const columns = sql`id, connection, state, requested_at, requested_by, started_at, ended_at, progress, lines, changes, error`

const runOf = (row: Row): SyncRun => ({
  id: row.id,
  connection: row.connection,
  state: row.state,
  requested: row.requested_at.toISOString(),
  requestedBy: row.requested_by,
  started: row.started_at?.toISOString() ?? null,
  ended: row.ended_at?.toISOString() ?? null,
  progress: row.progress,
  lines: row.lines,
  changes: row.changes,
  error: row.error,
})

/** Throws `discover/no-run`. */
export async function getRun(db: Db, id: number): Promise<SyncRun> {
  const { rows } = await sql<Row>`select ${columns} from discover.run where id = ${id}`.execute(db)
  if (rows[0]) return runOf(rows[0])
  throw new ReeveError('discover/no-run', `there is no run ${id}`)
}

/** Newest first. */
export async function listRuns(
  db: Db,
  { connection, limit = 50 }: { connection?: string; limit?: number } = {},
): Promise<SyncRun[]> {
  const { rows } = await sql<Row>`select ${columns} from discover.run
    where ${connection ?? null}::text is null or connection = ${connection ?? null} order by id desc limit ${limit}`.execute(
    db,
  )
  return rows.map(runOf)
}

/** Asks for a sync; where one waits or runs already, that is it. */
export async function requestSync(
  { database, clock, jobs }: Discovery,
  connection: string,
  actor: string,
): Promise<number> {
  const { rows } = await sql<{ id: number; fresh: boolean }>`
    with asked as (insert into discover.run (connection, state, requested_at, requested_by)
      select id, 'waiting', ${clock.now()}, ${actor} from discover.connection where id = ${connection}
      on conflict (connection) where state in ('waiting', 'running') do nothing returning id)
    select id, true as fresh from asked
    union all select id, false from discover.run where connection = ${connection} and state in ('waiting', 'running')`.execute(
    database.db,
  )
  const run = rows[0]
  if (!run)
    throw new ReeveError('discover/no-connection', `there is no connection ${connection}: see \`reeve connections\``)
  await jobs?.send('sync', { run: run.id }, { singletonKey: `run ${run.id}` })
  if (run.fresh) await announce(database.db, { id: run.id, connection, state: 'waiting' })
  return run.id
}

/** What is whole by now is kept; the rest stays as it was. */
export async function cancelRun({ database, clock }: Discovery, id: number): Promise<void> {
  const run = await getRun(database.db, id)
  await sql`update discover.run set cancel_requested = true where id = ${id} and state = 'running'`.execute(database.db)
  await sql`update discover.run set state = 'cancelled', ended_at = ${clock.now()} where id = ${id} and state = 'waiting'`.execute(
    database.db,
  )
  await announce(database.db, await getRun(database.db, run.id))
}

/** Tells all processes, on channel `sync`: `{ run, connection, state }`. */
export const announce = (
  db: Db,
  { id, connection, state }: Pick<SyncRun, 'id' | 'connection' | 'state'>,
): Promise<void> => notify(db, 'sync', JSON.stringify({ run: id, connection, state }))
