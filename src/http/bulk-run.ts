import { sql } from 'kysely'
import { assignOwner, type LabelName, label, undoAssignment } from '../act/index.ts'
import { mute, undo } from '../assess/index.ts'
import { type Discovery, requestSync } from '../discover/index.ts'
import { type Clock, type Db, notify, type Tx } from '../platform/index.ts'
import { codeOf, ReeveError } from '../sdk/index.ts'

/** What is to be done with each row. */
export type Given =
  | { what: 'owner'; person: string; name: string; reason?: string | undefined }
  | { what: 'label'; label: LabelName; value: string; reason?: string | undefined }
  | { what: 'mute'; until: string; reason: string }
  | { what: 'undo'; bulk: string; of: 'owner' | 'label' | 'mute' }

export interface Running {
  db: Db
  clock: Clock
  discovery: Discovery
}

/** So many rows share a transaction: few enough that whoever else writes to the audit trail waits no longer than a blink. */
const BATCH = 20

/** Works bulk acts off, those first that an earlier process left. */
export async function startBulks(running: Running): Promise<void> {
  const { jobs } = running.discovery
  await jobs?.work<{ bulk: string }>('bulk', ({ data, signal }) => runBulk(running, data.bulk, signal))
  const { rows } = await sql<{ id: string }>`select id from http.bulk where ended is null order by id`.execute(
    running.db,
  )
  for (const { id } of rows) await jobs?.send('bulk', { bulk: id })
}

/** Goes on with a bulk act until no row waits or somebody stops it. Each row is done exactly once, also over a crash. */
export async function runBulk(running: Running, id: string, signal?: AbortSignal): Promise<void> {
  const { db, clock, discovery } = running
  let worked: Worked | null = null
  do {
    if (signal?.aborted) return
    worked = await db.transaction().execute((tx) => workBatch(tx, id, clock.now()))
  } while (worked?.more)
  if (worked === null || worked.of === 'mute') return
  // What was decided shows at once; verdicts follow this read.
  await requestSync(discovery, 'self', worked.by).catch((error) => {
    if (codeOf(error) !== 'discover/no-connection') throw error
  })
}

interface Worked {
  more: boolean
  by: string
  of: 'owner' | 'label' | 'mute'
}

async function workBatch(tx: Tx, id: string, now: Date): Promise<Worked | null> {
  const { rows: held } = await sql<{ by: string; given: Given; stopped: boolean }>`
    select by, given, stopped from http.bulk where id = ${id} and ended is null for update`.execute(tx)
  const bulk = held[0]
  if (!bulk) return null
  const { by, given } = bulk
  const { rows } = await sql<{ place: number; entity: string }>`
    select place, entity from http.bulk_row where bulk = ${id} and state = 'waiting' order by place limit ${BATCH}`.execute(
    tx,
  )
  const todo = bulk.stopped ? [] : rows
  let [done, refused] = [0, 0]
  for (const { place, entity } of todo) {
    const came = await one(tx, given, { entity, by, now })
    if (came.code === null) done++
    else refused++
    await sql`update http.bulk_row set state = ${came.code === null ? 'done' : 'refused'}, code = ${came.code}, says = ${came.says}, undo = ${came.undo}
      where bulk = ${id} and place = ${place}`.execute(tx)
  }
  const more = !bulk.stopped && rows.length === BATCH
  await sql`update http.bulk set done = done + ${done}, refused = refused + ${refused}, ended = ${more ? null : now} where id = ${id}`.execute(
    tx,
  )
  await notify(tx, 'bulk', JSON.stringify({ bulk: id }))
  return { more, by, of: given.what === 'undo' ? given.of : given.what }
}

interface Came {
  code: string | null
  says: string | null
  undo: number[]
}

/** One row: done with its way back, or refused and as it was. */
async function one(tx: Tx, given: Given, row: { entity: string; by: string; now: Date }): Promise<Came> {
  await sql`savepoint one_row`.execute(tx)
  try {
    const done = await act(tx, given, row)
    await sql`release savepoint one_row`.execute(tx)
    return { code: null, ...done }
  } catch (error) {
    if (!(error instanceof ReeveError)) throw error
    await sql`rollback to savepoint one_row`.execute(tx)
    return { code: error.code, says: error.message.replace(/^.{1,300}?: /s, ''), undo: [] }
  }
}

async function act(
  tx: Tx,
  given: Given,
  row: { entity: string; by: string; now: Date },
): Promise<Pick<Came, 'says' | 'undo'>> {
  const reason = 'reason' in given && given.reason !== undefined ? { reason: given.reason } : {}
  switch (given.what) {
    case 'owner':
      return wayBack(await assignOwner(tx, { ...row, ...reason, owner: given.person }))
    case 'label':
      return wayBack(await label(tx, { ...row, ...reason, label: given.label, value: given.value }))
    case 'mute':
      return muteOpen(tx, row, new Date(given.until), given.reason)
    case 'undo':
      return takeBack(tx, given, row)
  }
}

/** What was so already has nothing to take back. */
const wayBack = ({ assignment, was }: { assignment: number | null; was: { id: number } | null }) =>
  assignment === null || was?.id === assignment
    ? { says: 'It was so already', undo: [] }
    : { says: null, undo: [assignment] }

async function muteOpen(
  tx: Tx,
  { entity, by, now }: { entity: string; by: string; now: Date },
  until: Date,
  reason: string,
): Promise<Pick<Came, 'says' | 'undo'>> {
  const { rows } = await sql<{ id: string }>`
    select id from assess.finding where subject = ${entity} and state = 'open' and verdict = 'fail' order by id`.execute(
    tx,
  )
  if (rows.length === 0) throw new ReeveError('bulk/nothing-open', 'muting: no finding of it is open')
  const steps: number[] = []
  for (const { id } of rows) steps.push((await mute(tx, { finding: id, until, reason, by, now })).event)
  return { says: rows.length === 1 ? 'One finding muted' : `${rows.length} findings muted`, undo: steps }
}

async function takeBack(
  tx: Tx,
  given: Extract<Given, { what: 'undo' }>,
  { entity, by, now }: { entity: string; by: string; now: Date },
): Promise<Pick<Came, 'says' | 'undo'>> {
  const { rows } = await sql<{ step: string }>`
    select unnest(undo) as step from http.bulk_row where bulk = ${given.bulk} and entity = ${entity}`.execute(tx)
  for (const { step } of rows) {
    if (given.of === 'mute') await undo(tx, { event: Number(step), by, now })
    else await undoAssignment(tx, { assignment: Number(step), by, now })
  }
  return { says: null, undo: [] }
}
