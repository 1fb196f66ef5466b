import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import { ReeveError } from '../sdk/index.ts'
import type { PlanConnection, PlanCounts, PlanItem, PlanItemState, PlanItems, PlanRow, PlanState } from './plans.ts'
import { actorName, iso, isoOrNull } from './refs.ts'

/** What a provider says of a change: the commands for a person, and the grants that it needs. */
export interface PlanWords {
  byHand(connection: string, item: Pick<PlanItem, 'type' | 'changes'> & { key: string; aliases: string[] }): string[]
  needs(connection: string, types: readonly string[]): string[]
  granted: ReadonlySet<string>
}

export interface StoredSettings {
  ownerTag: string
  backupTag: string | null
  writes: 'address' | 'name'
  secondPerson: boolean
}

interface Row {
  id: string
  state: PlanState
  /** Who acted, as the trail has it. */
  by_id: string
  by: string
  at: Date
  settings: StoredSettings
  approver: string | null
  approved_at: Date | null
  approved_until: Date | null
  reason: string | null
  ended_at: Date | null
  stopped: boolean
  counts: Record<string, number> | null
}

const plansWhere = (where: RawBuilder<unknown>) => sql<Row>`
  select p.id, p.state, p.by as by_id, ${actorName(sql`p.by`)} as by, p.at, p.settings, ${actorName(sql`p.approved_by`)} as approver, p.approved_at, p.approved_until,
    p.reason, p.ended_at, p.stopped, (select jsonb_object_agg(c.state, c.n) from (select state, count(*) as n from act.plan_item where plan = p.id group by 1) c) as counts
  from act.plan p where ${where}`

export function countsOf(counts: Record<string, number> | null): PlanCounts {
  const of = (state: PlanItemState) => counts?.[state] ?? 0
  return {
    total: Object.values(counts ?? {}).reduce((sum, count) => sum + count, 0),
    agrees: of('agrees'),
    cannot: of('cannot'),
    conflict: of('conflict'),
    leftOut: of('left-out'),
    ready: of('ready'),
    done: of('done'),
    refused: of('refused'),
    failed: of('failed'),
    undone: of('undone'),
    kept: of('kept'),
  }
}

const rowOf = (row: Row, now: Date): PlanRow => ({
  id: row.id,
  state: row.state,
  by: row.by,
  at: iso(row.at),
  approved:
    row.approved_until === null
      ? null
      : {
          by: row.approver!,
          at: iso(row.approved_at!),
          until: iso(row.approved_until),
          reason: row.reason!,
          expired: row.approved_until < now,
        },
  ended: isoOrNull(row.ended_at),
  stopped: row.stopped,
  counts: countsOf(row.counts),
})

/** Plans, the newest first. */
export async function readPlans(
  db: Db,
  { from, limit, now }: { from: number; limit: number; now: Date },
): Promise<{ rows: PlanRow[]; total: number; next: string | null }> {
  const { rows: counted } = await sql<{ total: number }>`select count(*)::int as total from act.plan`.execute(db)
  const { rows } =
    await sql<Row>`${plansWhere(sql`true`)} order by p.id desc offset ${from} limit ${limit + 1}`.execute(db)
  return {
    rows: rows.slice(0, limit).map((row) => rowOf(row, now)),
    total: counted[0]!.total,
    next: rows.length > limit ? String(from + limit) : null,
  }
}

/** One plan, with who made it as the trail has it. Throws `plan/unknown`. */
export async function readPlan(
  db: Db,
  id: string,
  now: Date,
): Promise<{ row: PlanRow; settings: StoredSettings; maker: string }> {
  const { rows } = await plansWhere(sql`p.id = ${id}`).execute(db)
  if (!rows[0]) throw new ReeveError('plan/unknown', `there is no plan ${id}`)
  return { row: rowOf(rows[0], now), settings: rows[0].settings, maker: rows[0].by_id }
}

/** Through which connections a plan changes something. */
export async function planConnections(db: Db, id: string, words: PlanWords): Promise<PlanConnection[]> {
  const { rows } = await sql<{ connection: string; things: number; types: string[] }>`
    select connection, count(*)::int as things, array_agg(distinct type) as types from act.plan_item
    where plan = ${id} and state not in ('cannot', 'agrees') and connection is not null group by 1 order by 1`.execute(
    db,
  )
  return rows.map(({ connection, things, types }) => ({
    connection,
    things,
    granted: words.granted.has(connection),
    needs: words.needs(connection, types),
  }))
}

interface ItemRow {
  entity: string
  name: string
  type: string
  aliases: string[]
  connection: string | null
  state: PlanItemState
  changes: PlanItem['changes']
  read_at: Date | null
  code: string | null
  says: string | null
  permission: string | null
  names: string | null
  names_called: string | null
  verified: boolean | null
  at: Date | null
}

/** What asks for somebody comes first, then what is to be written, then what came, then what needs nothing. */
const ORDER: readonly PlanItemState[] = [
  'conflict',
  'failed',
  'refused',
  'kept',
  'ready',
  'done',
  'undone',
  'left-out',
  'cannot',
  'agrees',
]

export async function readPlanItems(
  db: Db,
  id: string,
  { state, from, limit }: { state?: PlanItemState | undefined; from: number; limit: number },
  words: PlanWords,
): Promise<PlanItems> {
  const where = sql`plan = ${id} ${state === undefined ? sql`` : sql`and state = ${state}`}`
  const [counted, found] = await Promise.all([
    sql<{ total: number }>`select count(*)::int as total from act.plan_item where ${where}`.execute(db),
    sql<ItemRow>`select * from act.plan_item where ${where}
      order by array_position(${ORDER}::text[], state), place offset ${from} limit ${limit + 1}`.execute(db),
  ])
  return {
    rows: found.rows.slice(0, limit).map((row) => itemOf(row, words)),
    total: counted.rows[0]!.total,
    next: found.rows.length > limit ? String(from + limit) : null,
  }
}

function itemOf(row: ItemRow, words: PlanWords): PlanItem {
  const { entity, name, type, connection, state, changes, code, says, permission, verified } = row
  const open = state === 'ready' || state === 'failed' || state === 'conflict'
  return {
    entity,
    name,
    type,
    connection,
    state,
    changes,
    readAt: isoOrNull(row.read_at),
    code,
    says,
    permission,
    names: row.names === null ? null : { key: row.names, name: row.names_called ?? row.names },
    verified,
    at: isoOrNull(row.at),
    byHand:
      open && connection !== null ? words.byHand(connection, { key: entity, type, aliases: row.aliases, changes }) : [],
  }
}
