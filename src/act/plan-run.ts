import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { audit, type Clock, type Db, type Jobs, type Tx } from '../platform/index.ts'
import {
  type Action,
  type Change,
  codeOf,
  type Log,
  messageOf,
  Refused,
  type Run,
  type Thing,
  turned,
} from '../sdk/index.ts'
import type { PlanSettings } from './plan-settings.ts'

/** A connection that was opened for changes. */
export interface OpenConnection {
  action: Action
  actor: unknown
  run: Run
  close(): Promise<void>
}

/** What applying needs of the rest of Reeve. */
export interface Plans {
  db: Db
  clock: Clock
  log: Log
  jobs?: Jobs | undefined
  /** Opens a connection with its grant for changes, for the action of this id; throws what is to be done about it. */
  open(connection: string, action: string, signal: AbortSignal): Promise<OpenConnection>
  /** Has a connection read again, so that what was written is seen. */
  readAgain(connection: string): Promise<void>
}

/** Read back so often, each time after twice as long: sources that are many machines show a change a little later. */
const LOOKS = 5
const FIRST_PAUSE = 200

/** Works plans off, those first that an earlier process left. */
export async function startPlans(plans: Plans): Promise<void> {
  const { db, jobs } = plans
  await jobs?.work<{ plan: number }>('plan', ({ data, signal }) => runPlan(plans, data.plan, signal))
  const { rows } = await sql<{
    id: string
  }>`select id from act.plan where state in ('running', 'undoing') order by id`.execute(db)
  for (const { id } of rows) await jobs?.send('plan', { plan: Number(id) })
}

interface Work {
  action: string
  state: 'running' | 'undoing'
  settings: PlanSettings
  by: string
}

interface Item extends Thing {
  place: number
  entity: string
  connection: string
  changes: Change[]
}

/**
 * Goes on with a plan until nothing of it waits or somebody stops it: thing by thing, each looked at right before it is written and read
 * back after. Killed at any moment it goes on where it stood: what is written already is seen, and not written again.
 */
export async function runPlan(
  plans: Plans,
  plan: number,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const { db, clock, log } = plans
  const runner = randomUUID()
  await sql`update act.plan set runner = ${runner} where id = ${plan} and state in ('running', 'undoing')`.execute(db)
  const opened = new Map<string, Promise<OpenConnection>>()
  const touched = new Set<string>()
  try {
    for (let last = -1; ; ) {
      if (signal.aborted) return
      const work = await workOf(db, plan, runner)
      if (work === null) return
      const item = await nextItem(db, plan, work.state, last)
      if (item === null) {
        await finish(plans, plan, runner, work)
        break
      }
      last = item.place
      const came = await one(plans, work, item, opened, signal)
      if (came === null) return
      if (!(await db.transaction().execute((tx) => note(tx, { plan, runner, work, item, came, now: clock.now() }))))
        return
      if (came.state === 'done' || came.state === 'undone') touched.add(item.connection)
      await clock.sleep(1000 / work.settings.perSecond, signal).catch(() => {})
    }
  } finally {
    for (const one of opened.values())
      await one.then((connection) => connection.close()).catch((error) => log.debug({ error }, 'closing failed'))
  }
  for (const connection of touched)
    await plans
      .readAgain(connection)
      .catch((error) => log.warn({ connection, error: messageOf(error) }, 'reading again after a change failed'))
}

/** Null when it is done, stopped, or another process took it over. */
async function workOf(db: Db, plan: number, runner: string): Promise<Work | null> {
  const { rows } = await sql<Work & { stopped: boolean }>`
    select action, state, settings, coalesce(applied_by, by) as by, stopped from act.plan where id = ${plan} and runner = ${runner} and state in ('running', 'undoing')`.execute(
    db,
  )
  return rows[0] ?? null
}

/** Things are taken in order, each once in a run; a plan that was stopped has none left. */
async function nextItem(db: Db, plan: number, state: Work['state'], last: number): Promise<Item | null> {
  const waiting = state === 'running' ? 'ready' : 'done'
  const { rows } = await sql<Item>`
    select i.place, i.entity, i.entity as key, i.type, i.aliases, i.connection, i.changes from act.plan_item i join act.plan p on p.id = i.plan
    where i.plan = ${plan} and i.state = ${waiting} and i.place > ${last} and not p.stopped order by i.place limit 1`.execute(
    db,
  )
  return rows[0] ?? null
}

interface Came {
  state: 'done' | 'refused' | 'failed' | 'undone' | 'kept'
  code: string | null
  says: string | null
  permission: string | null
  verified: boolean | null
}

/** One thing: written and read back, or left with why. Null when Reeve itself is stopping. */
async function one(
  { clock, open }: Plans,
  { action: id, state, settings: _ }: Work,
  item: Item,
  opened: Map<string, Promise<OpenConnection>>,
  signal: AbortSignal,
): Promise<Came | null> {
  const undoing = state === 'undoing'
  try {
    let connection = opened.get(item.connection)
    if (connection === undefined) {
      connection = open(item.connection, id, signal)
      opened.set(item.connection, connection)
    }
    const { action, actor, run } = await connection
    const thing: Thing = { key: item.key, type: item.type, aliases: item.aliases }
    if (undoing) await action.undo(actor, thing, item.changes, run)
    else await action.apply(actor, thing, item.changes, run)
    const wanted = undoing ? turned(item.changes) : item.changes
    const verified = await readBack(clock, { action, actor, run }, thing, wanted)
    const says = verified ? null : 'it was written, and the source does not show it yet; the next read will tell'
    return { state: undoing ? 'undone' : 'done', code: null, says, permission: null, verified }
  } catch (error) {
    if (signal.aborted) return null
    const code = codeOf(error)
    const lasting = code === 'source/changed' || code === 'source/gone'
    return {
      state: undoing ? 'kept' : lasting ? 'refused' : 'failed',
      code,
      says: messageOf(error).slice(0, 1_000),
      permission: error instanceof Refused ? (error.permission ?? null) : null,
      verified: null,
    }
  }
}

async function readBack(
  clock: Clock,
  { action, actor, run }: Pick<OpenConnection, 'action' | 'actor' | 'run'>,
  thing: Thing,
  wanted: readonly Change[],
): Promise<boolean> {
  for (let look = 0, pause = FIRST_PAUSE; look < LOOKS; look++, pause *= 2) {
    const found = await action
      .look(
        actor,
        thing,
        wanted.map(({ place }) => place),
        run,
      )
      .catch(() => null)
    if (found !== null && wanted.every(({ place, to }) => (found[place] ?? null) === to)) return true
    if (look < LOOKS - 1) await clock.sleep(pause, run.signal).catch(() => {})
  }
  return false
}

interface Noted {
  plan: number
  runner: string
  work: Work
  item: Item
  came: Came
  now: Date
}

/** Writes down what came of a thing, with the audit entry of it; false when another process has the plan. */
async function note(tx: Tx, { plan, runner, work, item, came, now }: Noted): Promise<boolean> {
  const { rows: mine } = await sql`select 1 from act.plan where id = ${plan} and runner = ${runner} for update`.execute(
    tx,
  )
  if (mine.length === 0) return false
  const undoing = work.state === 'undoing'
  await sql`update act.plan_item set state = ${came.state}, code = ${came.code}, says = ${came.says}, permission = ${came.permission},
    verified = ${came.verified}, at = ${now} where plan = ${plan} and place = ${item.place}`.execute(tx)
  if (came.state === 'done' || came.state === 'undone') {
    for (const { place, was, to } of item.changes) {
      const { entity } = item
      const standing = undoing ? was : to
      await sql`update act.written set ended_at = ${now} where entity = ${entity} and place = ${place} and ended_at is null`.execute(
        tx,
      )
      // What stood there before is Reeve's own only if Reeve had written it.
      if (standing !== null)
        await sql`insert into act.written (entity, place, value, plan, at) select ${entity}, ${place}, ${standing}, ${plan}, ${now}
          where ${!undoing} or exists (select from act.written where entity = ${entity} and place = ${place} and value = ${standing} and plan <> ${plan})`.execute(
          tx,
        )
    }
  }
  const [before, after] = (undoing ? turned(item.changes) : item.changes).reduce<Record<string, string | null>[]>(
    ([was, is], change) => [
      { ...was, [change.place]: change.was },
      { ...is, [change.place]: change.to },
    ],
    [{}, {}],
  )
  const written = came.state === 'done' || came.state === 'undone'
  await audit.record(tx, {
    actor: work.by,
    action: written ? (undoing ? 'tag.restore' : 'tag.write') : undoing ? 'tag.keep' : 'tag.refuse',
    subject: item.entity,
    ...(written
      ? { before, after: { ...after, plan, verified: came.verified } }
      : { after: { plan, code: came.code, says: came.says } }),
  })
  return true
}

async function finish({ db, clock }: Plans, plan: number, runner: string, work: Work): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: string }>`
      update act.plan set state = ${work.state === 'running' ? 'done' : 'undone'}, ended_at = ${clock.now()}, runner = null
      where id = ${plan} and runner = ${runner} returning id`.execute(tx)
    if (!rows[0]) return
    const { rows: counted } = await sql<{ state: string; count: number }>`
      select state, count(*)::int as count from act.plan_item where plan = ${plan} group by 1 order by 1`.execute(tx)
    await audit.record(tx, {
      actor: work.by,
      action: work.state === 'running' ? 'plan.applied' : 'plan.undone',
      subject: `plan:${plan}`,
      after: Object.fromEntries(counted.map(({ state, count }) => [state, count])),
    })
  })
}
