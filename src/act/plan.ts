import { type RawBuilder, sql } from 'kysely'
import { audit, type Tx } from '../platform/index.ts'
import { OWNER_TAGS, ReeveError } from '../sdk/index.ts'
import { type Changing, itemsOf, type PlannedItem } from './plan-items.ts'
import type { PlanSettings } from './plan-settings.ts'

export type PlanState = 'open' | 'approved' | 'running' | 'done' | 'undoing' | 'undone' | 'withdrawn'

/** What can be done about a thing where the source says something that Reeve did not write. */
export type Choice = 'ours' | 'leave'

const HOUR = 3_600_000

/** Freezes what would be written back for these things, asking no source. Throws `plan/no-rows`. */
export async function makePlan(
  tx: Tx,
  given: {
    /** Gives `place` and `entity`. */
    chosen: RawBuilder<unknown>
    changing: readonly Changing[]
    settings: PlanSettings
    /** What becomes of conflicts; each is left to be chosen when not said. */
    conflicts?: Choice | undefined
    by: string
    now: Date
  },
): Promise<{ plan: number; items: PlannedItem[] }> {
  const { chosen, changing, settings, conflicts, by, now } = given
  const items = await itemsOf(tx, chosen, changing, settings)
  if (items.length === 0) throw new ReeveError('plan/no-rows', 'planning: nothing is left of what was chosen')
  const { rows } = await sql<{ id: string }>`
    insert into act.plan (action, settings, by, at) values (${OWNER_TAGS}, ${JSON.stringify(settings)}::jsonb, ${by}, ${now}) returning id`.execute(
    tx,
  )
  const plan = Number(rows[0]!.id)
  const seen = new Set<string>()
  const listed = items
    .filter(({ entity }) => !seen.has(entity) && seen.add(entity))
    .map((item, place) => ({
      place,
      entity: item.entity,
      type: item.type,
      name: item.name,
      aliases: item.aliases,
      connection: item.connection,
      changes: item.changes,
      read_at: item.readAt,
      state: item.state,
      code: item.code,
      says: item.says,
      names: item.names?.key ?? null,
      names_called: item.names?.name ?? null,
    }))
  await sql`insert into act.plan_item (plan, place, entity, type, name, aliases, connection, changes, read_at, state, code, says, names, names_called)
    select ${plan}, place, entity, type, name, aliases, connection, changes, read_at, state, code, says, names, names_called
    from jsonb_to_recordset(${JSON.stringify(listed)}::jsonb) as r(place int, entity text, type text, name text, aliases text[], connection text,
      changes jsonb, read_at timestamptz, state text, code text, says text, names text, names_called text)`.execute(tx)
  if (conflicts !== undefined) await settle(tx, plan, null, conflicts)
  const counts = await countsOf(tx, plan)
  await audit.record(tx, {
    actor: by,
    action: 'plan.make',
    subject: `plan:${plan}`,
    after: { action: OWNER_TAGS, ...counts },
  })
  return { plan, items }
}

/** Decides about things whose source says something else: what Reeve says is written, or they are left as they are. */
export async function choose(
  tx: Tx,
  given: { plan: number; entities: readonly string[] | null; choice: Choice; by: string },
): Promise<number> {
  await demand(tx, given.plan, ['open'], 'choosing for')
  const changed = await settle(tx, given.plan, given.entities, given.choice)
  await audit.record(tx, {
    actor: given.by,
    action: 'plan.choose',
    subject: `plan:${given.plan}`,
    after: { choice: given.choice, entities: given.entities, changed },
  })
  return changed
}

async function settle(tx: Tx, plan: number, entities: readonly string[] | null, choice: Choice): Promise<number> {
  const { rows } = await sql`
    update act.plan_item set state = ${choice === 'ours' ? 'ready' : 'left-out'}
    where plan = ${plan} and code = 'plan/conflict' and state in ('conflict', 'ready', 'left-out')
      and (${entities === null} and state = 'conflict' or entity = any(${entities ?? []}::text[])) returning 1`.execute(
    tx,
  )
  return rows.length
}

/**
 * Allows a plan to be applied, for so many hours. Throws `plan/second-person` when whoever planned it may not, `plan/undecided` while
 * something is left to choose, `plan/nothing` when there is nothing to do.
 */
export async function approve(
  tx: Tx,
  given: { plan: number; reason: string; by: string; now: Date },
): Promise<{ until: Date }> {
  const { plan, reason, by, now } = given
  const row = await demand(tx, plan, ['open', 'approved', 'done'], 'approving')
  if (row.settings.secondPerson && row.by === by)
    throw new ReeveError(
      'plan/second-person',
      `approving plan ${plan}: you planned it, and here a second person approves; ask another operator or admin`,
    )
  const counts = await countsOf(tx, plan)
  if (counts.conflict > 0)
    throw new ReeveError(
      'plan/undecided',
      `approving plan ${plan}: ${counts.conflict} of its things bear something that Reeve did not write; choose for each whether to write over it or to leave it`,
    )
  if (counts.ready + counts.failed === 0)
    throw new ReeveError('plan/nothing', `approving plan ${plan}: there is nothing to write`)
  const until = new Date(now.getTime() + row.settings.approvalHours * HOUR)
  await sql`update act.plan set state = ${row.state === 'done' ? 'done' : 'approved'}, approved_by = ${by}, approved_at = ${now}, approved_until = ${until}, reason = ${reason}
    where id = ${plan}`.execute(tx)
  await audit.record(tx, {
    actor: by,
    action: 'plan.approve',
    subject: `plan:${plan}`,
    after: { reason, until: until.toISOString(), things: counts.ready + counts.failed },
  })
  return { until }
}

/** Nothing will come of it. */
export async function withdrawPlan(tx: Tx, given: { plan: number; by: string; now: Date }): Promise<void> {
  await demand(tx, given.plan, ['open', 'approved'], 'withdrawing')
  await sql`update act.plan set state = 'withdrawn', ended_at = ${given.now} where id = ${given.plan}`.execute(tx)
  await audit.record(tx, { actor: given.by, action: 'plan.withdraw', subject: `plan:${given.plan}` })
}

/**
 * Lets an approved plan begin, or go on with what failed or was not reached. Throws `plan/not-approved`, `plan/expired`, `plan/nothing`,
 * and `plan/no-grant` when no connection of it may change anything.
 */
export async function beginApply(
  tx: Tx,
  given: { plan: number; changing: readonly Changing[]; by: string; now: Date },
): Promise<void> {
  const { plan, by, now } = given
  const row = await demand(tx, plan, ['open', 'approved', 'done'], 'applying')
  if (row.approved_until === null)
    throw new ReeveError('plan/not-approved', `applying plan ${plan}: nobody has approved it yet`)
  if (row.approved_until < now)
    throw new ReeveError(
      'plan/expired',
      `applying plan ${plan}: its approval ended on ${row.approved_until.toISOString()}; approve it again`,
    )
  const { rows } = await sql<{ connection: string }>`
    select distinct connection from act.plan_item where plan = ${plan} and state in ('ready', 'failed') order by 1`.execute(
    tx,
  )
  if (rows.length === 0) throw new ReeveError('plan/nothing', `applying plan ${plan}: there is nothing left to write`)
  const granted = new Set(given.changing.filter((one) => one.granted).map(({ connection }) => connection))
  if (!rows.some(({ connection }) => granted.has(connection)))
    throw new ReeveError(
      'plan/no-grant',
      `applying plan ${plan}: ${rows.map(({ connection }) => connection).join(', ')} only ${rows.length === 1 ? 'reads' : 'read'}; an admin gives a grant for changes: reeve connections grant ${rows[0]!.connection}`,
    )
  await sql`update act.plan_item set state = 'ready', code = null, says = null, permission = null where plan = ${plan} and state = 'failed'`.execute(
    tx,
  )
  await sql`update act.plan set state = 'running', stopped = false, applied_by = ${by}, ended_at = null where id = ${plan}`.execute(
    tx,
  )
  await audit.record(tx, { actor: by, action: 'plan.apply', subject: `plan:${plan}` })
}

/** Lets what was written be taken back. Throws `plan/nothing`. */
export async function beginUndo(tx: Tx, given: { plan: number; by: string }): Promise<void> {
  const { plan, by } = given
  await demand(tx, plan, ['done', 'undone'], 'undoing')
  // What could not be taken back for a reason that may pass is tried again.
  await sql`update act.plan_item set state = 'done' where plan = ${plan} and state = 'kept' and code not in ('source/changed', 'source/gone')`.execute(
    tx,
  )
  const { rows } = await sql`select 1 from act.plan_item where plan = ${plan} and state = 'done' limit 1`.execute(tx)
  if (rows.length === 0) throw new ReeveError('plan/nothing', `undoing plan ${plan}: nothing of it is written`)
  await sql`update act.plan set state = 'undoing', stopped = false, applied_by = ${by}, ended_at = null where id = ${plan}`.execute(
    tx,
  )
  await audit.record(tx, { actor: by, action: 'plan.undo', subject: `plan:${plan}` })
}

/** What was done until now stays done. */
export async function stopPlan(tx: Tx, given: { plan: number; by: string }): Promise<void> {
  await demand(tx, given.plan, ['running', 'undoing'], 'stopping')
  await sql`update act.plan set stopped = true where id = ${given.plan}`.execute(tx)
  await audit.record(tx, { actor: given.by, action: 'plan.stop', subject: `plan:${given.plan}` })
}

interface Row {
  by: string
  state: PlanState
  settings: PlanSettings
  approved_until: Date | null
}

async function demand(tx: Tx, plan: number, states: readonly PlanState[], doing: string): Promise<Row> {
  const { rows } =
    await sql<Row>`select by, state, settings, approved_until from act.plan where id = ${plan} for update`.execute(tx)
  const row = rows[0]
  if (!row) throw new ReeveError('plan/unknown', `${doing} plan ${plan}: there is no such plan`)
  if (states.includes(row.state)) return row
  const why: Record<PlanState, string> = {
    open: 'it was not applied yet',
    approved: 'it was not applied yet',
    running: 'it is being applied',
    done: 'it was applied already',
    undoing: 'it is being taken back',
    undone: 'it was taken back',
    withdrawn: 'it was withdrawn',
  }
  throw new ReeveError('plan/state', `${doing} plan ${plan}: ${why[row.state]}`)
}

export async function countsOf(
  tx: Tx,
  plan: number,
): Promise<Record<PlannedItem['state'] | 'failed' | 'left-out', number>> {
  const { rows } = await sql<{ state: string; count: number }>`
    select state, count(*)::int as count from act.plan_item where plan = ${plan} group by 1`.execute(tx)
  const counts = Object.fromEntries(rows.map(({ state, count }) => [state, count]))
  const of = (state: string) => counts[state] ?? 0
  return {
    agrees: of('agrees'),
    cannot: of('cannot'),
    conflict: of('conflict'),
    ready: of('ready'),
    failed: of('failed'),
    'left-out': of('left-out'),
  }
}
