import { sql } from 'kysely'
import type pg from 'pg'
import { type CollectionRead, dropStage, loadSources, openStage, type Stage, stagedRuns } from '../graph/index.ts'
import { codeOf, type LedgerLine, messageOf, ReeveError } from '../sdk/index.ts'
import { type CollectionProgress, type CollectionResult, stateOf } from './collection-result.ts'
import { followSchedule, listConnections, storedSettings } from './connections.ts'
import type { Discovery } from './discovery.ts'
import { readProvider } from './read.ts'
import { announce, type RunState, requestSync } from './runs.ts'
import { parseSettings } from './settings.ts'

/** A run that broke off is taken up again within this time; what it had staged would be too old later. */
const RESUME_MINUTES = 30
/** Half a second each: how long a run waits for its connection to be free. */
const LOCK_ATTEMPTS = 120
/** How often what has come so far is written down, and a wish to cancel is looked for. */
const PROGRESS_MILLISECONDS = 500

/**
 * Works a run off: reads the connection into a stage and makes the graph of it, in one transaction with the end of the run, so
 * that no run is ever half applied. Called again for a run that broke off, it goes on with the collections that were staged whole.
 * A run that has ended is left alone. Whatever goes wrong is in the run's row; it throws when not even that could be written.
 */
export async function runSync(discovery: Discovery, run: number, signal?: AbortSignal): Promise<void> {
  const { clock, log } = discovery
  for (let attempt = 0; attempt < LOCK_ATTEMPTS; attempt++) {
    const asked = await openRun(discovery, run)
    if (!asked) return
    const lock = await lockConnection(discovery, asked.connection)
    if (!lock) {
      // Another process is at it, or its session has not yet noticed that it died.
      await clock.sleep(500, signal)
      continue
    }
    try {
      // It may have ended while we waited.
      const found = await openRun(discovery, run)
      if (found?.fresh) await readAndApply(discovery, run, found.connection, signal)
      else if (found)
        throw new ReeveError(
          'discover/interrupted',
          `the read broke off more than ${RESUME_MINUTES} minutes ago: ask for another`,
        )
    } catch (error) {
      log.warn({ run, connection: asked.connection, error }, 'a sync failed')
      await fail(discovery, run, error)
    } finally {
      await lock.release()
    }
    return
  }
}

/** A run that waits or runs; `fresh` while it did not begin too long ago to be gone on with. */
async function openRun({ database, clock }: Discovery, run: number) {
  const { rows } = await sql<{ connection: string; fresh: boolean }>`select connection,
      coalesce(started_at > ${clock.now()}::timestamptz - make_interval(mins => ${RESUME_MINUTES}), true) as fresh
    from discover.run where id = ${run} and state in ('waiting', 'running')`.execute(database.db)
  return rows[0]
}

async function readAndApply(discovery: Discovery, run: number, connection: string, outer?: AbortSignal): Promise<void> {
  const { database, clock, log } = discovery
  const { db } = database
  await sql`update discover.run set state = 'running', started_at = coalesce(started_at, ${clock.now()}), seen_at = ${clock.now()}
    where id = ${run}`.execute(db)
  await announce(db, { id: run, connection, state: 'running' })
  const { provider, settings } = await storedSettings(discovery, connection)
  const config = parseSettings(provider, settings)

  const cancelling = new AbortController()
  const signal = outer ? AbortSignal.any([outer, cancelling.signal]) : cancelling.signal
  const stage = await openStage(database, { connection, run })
  const kept = [...stage.sealed.values()] as CollectionResult[]
  const journal = keepJournal(discovery, run, connection, kept, () => cancelling.abort(new Error('cancelled')))
  let results: CollectionResult[]
  try {
    results = await readProvider(provider, config, {
      run: discovery.createRun(signal),
      skip: new Set(kept.map((result) => result.id)),
      take: (collection, item) => stage.write(collection, item),
      ended: (result) => (result.state === 'complete' ? stage.seal(result.id, result) : Promise.resolve()),
      progress: journal.note,
      ...(discovery.parallel !== undefined && { parallel: discovery.parallel }),
      ...(discovery.quietSeconds !== undefined && { quietSeconds: discovery.quietSeconds }),
    })
    await journal.stop()
  } catch (error) {
    await journal.stop().catch(() => {})
    await stage.discard().catch(() => {})
    throw error
  }
  // Reeve itself is stopping: the run stays open, and the next start goes on with what is sealed.
  if (outer?.aborted) return stage.leave()
  const applied = await apply(discovery, stage, run, connection, [...kept, ...results], cancelling.signal.aborted)
  if (applied === undefined) return
  await discovery
    .onApplied?.({ id: run, connection, applied })
    .catch((error) => log.error({ run, error }, 'what follows a sync failed'))
}

async function apply(
  { database, clock }: Discovery,
  stage: Stage,
  run: number,
  connection: string,
  results: readonly CollectionResult[],
  cancelled: boolean,
) {
  const { sources } = await loadSources(database.db)
  const known = new Set(sources.filter((one) => one.connection === connection).map((one) => one.collection))
  const told = results.filter((result) => result.state !== 'cancelled' || !known.has(result.id))
  const listed = new Set(results.map((result) => result.id))
  const collections = [
    ...told.map(
      (result): CollectionRead => ({
        id: result.id,
        yields: result.yields,
        complete: result.state === 'complete',
        ...(result.forgets && { forgets: true }),
        lines: result.lines,
      }),
    ),
    // What the provider does not list any more will not be heard of again.
    ...[...known]
      .filter((id) => !listed.has(id))
      .map((id): CollectionRead => ({ id, yields: null, complete: true, removed: true })),
  ]
  const state = cancelled ? 'cancelled' : stateOfRun(results)
  return stage.apply({
    collections,
    at: clock.now(),
    also: async (tx, { entities, edges }) => {
      const { rows: still } = await sql`select 1 from discover.connection where id = ${connection} for share`.execute(
        tx,
      )
      if (still.length === 0)
        throw new ReeveError('discover/removed', `the connection ${connection} was removed while it was read`)
      const lines = await ledgerOf(tx, connection, results)
      const error =
        state === 'failed'
          ? { code: 'discover/unread', message: results[0]?.lines[0]?.reason ?? 'nothing could be read' }
          : null
      await sql`update discover.run set state = ${state}, ended_at = ${clock.now()}, seen_at = ${clock.now()},
        progress = ${JSON.stringify(results.map(stateOf))}, lines = ${JSON.stringify(lines)},
        changes = ${JSON.stringify({ entities, edges })}, error = ${error === null ? null : JSON.stringify(error)} where id = ${run}`.execute(
        tx,
      )
      await announce(tx, { id: run, connection, state })
    },
  })
}

const stateOfRun = (results: readonly CollectionResult[]): RunState =>
  results.every((result) => result.state === 'complete')
    ? 'done'
    : results.every((result) => result.state === 'failed' || result.state === 'refused')
      ? 'failed'
      : 'partial'

/** The run's lines, with the time of the last whole read of each. */
async function ledgerOf(
  db: Discovery['database']['db'],
  connection: string,
  results: readonly CollectionResult[],
): Promise<LedgerLine[]> {
  const { sources } = await loadSources(db)
  const since = new Map(
    sources
      .filter((one) => one.connection === connection)
      .flatMap((one) => one.lines.map((line) => [`${one.collection} ${line.scope}`, line.since])),
  )
  return results.flatMap(({ id, lines }) =>
    lines.map((line) => ({ connection, collection: id, ...line, since: since.get(`${id} ${line.scope}`) ?? null })),
  )
}

/** Writes down now and then what has come so far, for whoever looks on; ends the read when somebody asked for it. */
function keepJournal(
  { database, clock, log }: Discovery,
  run: number,
  connection: string,
  kept: readonly CollectionResult[],
  cancel: () => void,
) {
  let latest: readonly CollectionProgress[] = []
  let writing: Promise<void> | undefined
  let written = ''
  const write = async (): Promise<void> => {
    const progress = JSON.stringify([...kept.map(stateOf), ...latest])
    const changed = progress !== written
    const { rows } = changed
      ? await sql<{ cancel: boolean }>`update discover.run set progress = ${progress}, seen_at = ${clock.now()}
          where id = ${run} returning cancel_requested as cancel`.execute(database.db)
      : await sql<{ cancel: boolean }>`select cancel_requested as cancel from discover.run where id = ${run}`.execute(
          database.db,
        )
    if (rows[0]?.cancel) cancel()
    if (changed) await announce(database.db, { id: run, connection, state: 'running' })
    written = progress
  }
  const timer = setInterval(() => {
    writing ??= write()
      .catch((error) => log.debug({ run, error }, 'writing the progress of a sync failed'))
      .finally(() => {
        writing = undefined
      })
  }, PROGRESS_MILLISECONDS)
  return {
    note: (progress: readonly CollectionProgress[]) => {
      latest = progress
    },
    async stop() {
      clearInterval(timer)
      await writing
      await write()
    },
  }
}

async function fail({ database, clock, log }: Discovery, run: number, error: unknown): Promise<void> {
  const said = JSON.stringify({ code: codeOf(error), message: messageOf(error) })
  for (let attempt = 1; ; attempt++) {
    try {
      const { rows } = await sql<{
        connection: string
      }>`update discover.run set state = 'failed', ended_at = ${clock.now()}, error = ${said}
        where id = ${run} and state in ('waiting', 'running') returning connection`.execute(database.db)
      await dropStage(database.db, run)
      if (rows[0]) await announce(database.db, { id: run, connection: rows[0].connection, state: 'failed' })
      return
    } catch (lost) {
      if (attempt === 10) throw lost
      log.debug({ run, attempt, error: lost }, 'writing down that a sync failed did not succeed')
      await clock.sleep(attempt * 200)
    }
  }
}

/** One sync of a connection at a time, in all processes: the lock goes with the session that took it. Null when it is taken. */
async function lockConnection(
  { database }: Discovery,
  connection: string,
): Promise<{ release(): Promise<void> } | null> {
  const client: pg.PoolClient = await database.pool.connect()
  const ignore = () => {}
  client.on('error', ignore)
  try {
    const { rows } = await client.query('select pg_try_advisory_lock(73730300, hashtext($1)) as got', [connection])
    if (rows[0].got) {
      return {
        release: () =>
          client.query('select pg_advisory_unlock(73730300, hashtext($1))', [connection]).then(
            () => {
              client.off('error', ignore)
              client.release()
            },
            () => client.release(true),
          ),
      }
    }
    client.off('error', ignore)
    client.release()
    return null
  } catch (error) {
    client.release(true)
    throw error
  }
}

/**
 * At a start: runs that broke off are taken up again or closed, stages nobody needs are dropped, schedules are as the connections
 * say, and the queue is worked off.
 */
export async function startDiscovery(discovery: Discovery): Promise<void> {
  const { database, jobs } = discovery
  const { rows: open } = await sql<{ id: number; connection: string; state: RunState }>`
    select id, connection, state from discover.run where state in ('waiting', 'running') order by id`.execute(
    database.db,
  )
  for (const run of await stagedRuns(database.db)) {
    if (!open.some((one) => one.id === run)) await dropStage(database.db, run)
  }
  await jobs?.work<{ run?: number; connection?: string }>('sync', async ({ data, signal }) => {
    const run =
      data.run ??
      (data.connection === undefined
        ? undefined
        : await requestSync({ ...discovery, jobs: undefined }, data.connection, 'schedule'))
    if (run !== undefined) await runSync(discovery, run, signal)
  })
  for (const { id } of open) await jobs?.send('sync', { run: id }, { singletonKey: `run ${id}` })
  for (const connection of await listConnections(database.db)) await followSchedule(discovery, connection)
}
