import { sql } from 'kysely'
import type { Applied } from '../graph/index.ts'
import { type Db, notify } from '../platform/index.ts'
import { type Instant, type LedgerLine, ReeveError } from '../sdk/index.ts'
import type { CollectionProgress } from './collection-result.ts'
import type { Discovery } from './discovery.ts'

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
export async function requestSync(discovery: Discovery, connection: string, actor: string): Promise<number> {
  const { database, clock, jobs } = discovery
  const { rows: made } = await sql<{
    id: number
  }>`insert into discover.run (connection, state, requested_at, requested_by)
    select id, 'waiting', ${clock.now()}, ${actor} from discover.connection where id = ${connection}
    on conflict (connection) where state in ('waiting', 'running') do nothing returning id`.execute(database.db)
  const { rows: open } = await sql<{ id: number | null }>`select (select id from discover.run
    where connection = c.id and state in ('waiting', 'running')) as id from discover.connection c where c.id = ${connection}`.execute(
    database.db,
  )
  if (!open[0])
    throw new ReeveError('discover/no-connection', `there is no connection ${connection}: see \`reeve connections\``)
  const id = made[0]?.id ?? open[0].id
  // The one that was open has ended in between.
  if (id === null) return requestSync(discovery, connection, actor)
  await jobs?.send('sync', { run: id }, { singletonKey: `run ${id}` })
  if (made[0]) await announce(database.db, { id, connection, state: 'waiting' })
  return id
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
