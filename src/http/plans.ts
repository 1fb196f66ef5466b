import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import {
  approve,
  beginApply,
  beginUndo,
  choose,
  makePlan,
  type PlanSettings,
  stopPlan,
  withdrawPlan,
} from '../act/index.ts'
import {
  countTagDifferences,
  Plan,
  PlanItemState,
  PlanItems,
  Planned,
  Plans,
  planConnections,
  readPlan,
  readPlanItems,
  readPlans,
  readTagDifferences,
  selectRows,
  TagDifferences,
} from '../read/index.ts'
import { Key, Kind, ReeveError } from '../sdk/index.ts'
import { changingOf, wordsOf } from './acts.ts'
import type { Serving } from './app.ts'
import { Chosen, rowsOf } from './bulk.ts'
import { type Caller, personOf, refusalOf } from './may.ts'
import { placeOf } from './owners.ts'
import { AsOfQuery, Cursor, Limit } from './parameters.ts'
import { planSettings } from './plans-settings.ts'
import { route } from './route.ts'

/** Of one plan; a larger one is two. */
const MOST = 20_000
const SHOWN = 200
const PlanId = z.object({ id: z.string().regex(/^\d{1,15}$/) })
const Choice = z.enum(['ours', 'leave'])

/** What is planned for: as in any act on many, or what a query finds now, or all that differs at its source. */
const Things = z.union([
  Chosen,
  z.strictObject({ query: z.string().max(2_000), kind: Kind.default('identity') }),
  z.strictObject({ differences: z.literal(true) }),
])

async function chosenOf(app: Serving, things: z.output<typeof Things>): Promise<RawBuilder<unknown>> {
  if ('differences' in things) {
    const changing = await changingOf(app)
    const { rows } = await readTagDifferences(
      app.db,
      changing.map(({ connection }) => connection),
      MOST + 1,
    )
    const keys = rows.map(({ entity }) => entity.key)
    return sql`select place, entity from unnest(${keys}::text[]) with ordinality k(entity, place)`
  }
  if (!('query' in things)) return rowsOf(app, things)
  const { query: q, kind } = things
  const { roll, selection } = await selectRows(app.db, app.rolls, app.clock.now().getTime(), {
    kind,
    q,
    sort: 'name',
    down: false,
  })
  const ids = Array.from(selection.rows, (row) => roll.ids[row]!)
  return sql`select c.place, k.key as entity from unnest(${ids}::int[]) with ordinality as c(id, place) join graph.key k using (id)`
}

async function plan(
  app: Serving,
  caller: Caller,
  {
    things,
    conflicts,
    dryRun,
  }: { things: z.output<typeof Things>; conflicts?: 'ours' | 'leave' | undefined; dryRun: boolean },
): Promise<z.input<typeof Planned>> {
  const [changing, settings, chosen] = await Promise.all([changingOf(app), planSettings(app.db), chosenOf(app, things)])
  const words = wordsOf(changing)
  const { rows: counted } = await sql<{ n: number }>`select count(*)::int as n from (${chosen}) chosen`.execute(app.db)
  if (counted[0]!.n > MOST)
    throw new ReeveError(
      'plan/too-many',
      `planning for ${counted[0]!.n} things: a plan has ${MOST} at most; choose fewer`,
    )
  return app.db.transaction().execute(async (tx) => {
    await sql`savepoint as_if`.execute(tx)
    const made = await makePlan(tx, {
      chosen,
      changing,
      settings,
      conflicts,
      by: personOf(caller),
      now: app.clock.now(),
    })
    const id = String(made.plan)
    const [items, connections, { row }] = [
      await readPlanItems(tx, id, { from: 0, limit: SHOWN }, words),
      await planConnections(tx, id, words),
      await readPlan(tx, id, app.clock.now()),
    ]
    if (dryRun) await sql`rollback to savepoint as_if`.execute(tx)
    return { dryRun, id: dryRun ? null : id, counts: row.counts, connections, items: items.rows }
  })
}

async function page(app: Serving, caller: Caller, id: string): Promise<z.input<typeof Plan>> {
  const words = wordsOf(await changingOf(app))
  const [{ row, settings, maker }, connections] = await Promise.all([
    readPlan(app.db, id, app.clock.now()),
    planConnections(app.db, id, words),
  ])
  const { ownerTag, backupTag, writes, secondPerson } = settings
  return {
    ...row,
    ownerTag,
    backupTag,
    writes,
    secondPerson,
    effect: 'reversible',
    connections,
    may: mayOf(row, { secondPerson, own: maker === personOf(caller), caller, connections }),
  }
}

/** Why the caller cannot go on with it now: said before they try. */
function mayOf(
  { state, counts, approved }: Pick<z.input<typeof Plan>, 'state' | 'counts' | 'approved'>,
  about: Pick<PlanSettings, 'secondPerson'> & {
    own: boolean
    caller: Caller
    connections: readonly { granted: boolean; connection: string }[]
  },
): z.input<typeof Plan>['may'] {
  const left = counts.ready + counts.failed
  const busy = state === 'running' ? 'It is being applied' : state === 'undoing' ? 'It is being taken back' : null
  const over = state === 'withdrawn' ? 'It was withdrawn' : state === 'undone' ? 'It was taken back' : null
  const role = refusalOf('operate', about.caller) === null ? null : 'Operators and admins do this'
  const valid = approved !== null && !approved.expired
  const none = left === 0 ? (state === 'done' ? 'It is done' : 'There is nothing to write') : null
  return {
    approve:
      role ??
      busy ??
      over ??
      (counts.conflict > 0 ? 'Something is left to choose' : null) ??
      none ??
      (valid ? 'It is approved' : null) ??
      (about.secondPerson && about.own ? 'You planned it, and here a second person approves' : null),
    apply:
      role ??
      busy ??
      over ??
      (counts.conflict > 0 ? 'Something is left to choose' : null) ??
      none ??
      (approved === null ? 'Nobody has approved it yet' : approved.expired ? 'Its approval has ended' : null) ??
      (about.connections.some(({ granted }) => granted)
        ? null
        : `${about.connections.map(({ connection }) => connection).join(', ')} only reads: an admin gives it a grant for changes`),
    undo:
      role ??
      busy ??
      (counts.done + counts.kept === 0 ? 'Nothing of it is written' : null) ??
      (state === 'open' || state === 'approved' ? 'It was not applied yet' : null),
    withdraw: role ?? busy ?? over ?? (state === 'done' ? 'It was applied already' : null),
  }
}

export const planRoutes = [
  route({
    method: 'GET',
    path: '/v1/plans',
    can: 'oversee',
    says: 'Changes at sources that were planned, the newest first, and how many things bear another owner there.',
    query: z.object({ cursor: Cursor, limit: Limit }),
    answers: Plans,
    async handle({ app, query: { cursor, limit } }) {
      const changing = await changingOf(app)
      const [plans, differences] = await Promise.all([
        readPlans(app.db, { from: placeOf(cursor), limit, now: app.clock.now() }),
        countTagDifferences(
          app.db,
          changing.map(({ connection }) => connection),
        ),
      ])
      return { ...plans, differences }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/plans',
    can: 'operate',
    says: 'Freezes what would be written back for chosen things, tag by tag, and changes nothing; in a dry run nothing is kept.',
    body: z.strictObject({
      things: Things,
      conflicts: Choice.optional().meta({
        description: 'what becomes of tags that Reeve did not write: `ours` is written over them, or they are left',
      }),
      dryRun: z.boolean().default(false),
    }),
    answers: Planned,
    handle: ({ app, caller, body }) => plan(app, caller, body),
  }),
  route({
    method: 'GET',
    path: '/v1/plans/differences',
    can: 'see',
    says: 'Things whose tag at the source says of the owner what Reeve does not, and whom it names.',
    query: AsOfQuery.extend({ limit: Limit }),
    answers: TagDifferences,
    async handle({ app, query: { limit } }) {
      const changing = await changingOf(app)
      const found = await readTagDifferences(
        app.db,
        changing.map(({ connection }) => connection),
        limit,
      )
      return { ...found, asOf: app.asOf?.toISOString() ?? null }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/plans/{id}',
    can: 'oversee',
    says: 'One plan: what it changes through which source, who approved it and until when, and what you can do next.',
    params: PlanId,
    answers: Plan,
    handle: ({ app, caller, params }) => page(app, caller, params.id),
  }),
  route({
    method: 'GET',
    path: '/v1/plans/{id}/items',
    can: 'oversee',
    says: 'The things of a plan: old and new value of each tag, what came of it, and the commands to do it by hand.',
    params: PlanId,
    query: z.object({ state: PlanItemState.optional(), cursor: Cursor, limit: Limit }),
    answers: PlanItems,
    async handle({ app, params, query: { state, cursor, limit } }) {
      await readPlan(app.db, params.id, app.clock.now())
      const words = wordsOf(await changingOf(app))
      return readPlanItems(app.db, params.id, { state, from: placeOf(cursor), limit }, words)
    },
  }),
  route({
    method: 'POST',
    path: '/v1/plans/{id}/choose',
    can: 'operate',
    says: 'Decides about things whose source says what Reeve did not write: it is written over, or left.',
    params: PlanId,
    body: z.strictObject({
      choice: Choice,
      entities: z.array(Key).min(1).max(5_000).optional().meta({ description: 'all that is undecided when left out' }),
    }),
    answers: Plan,
    async handle({ app, caller, params: { id }, body: { choice, entities } }) {
      const by = personOf(caller)
      await app.db
        .transaction()
        .execute((tx) => choose(tx, { plan: Number(id), entities: entities ?? null, choice, by }))
      return page(app, caller, id)
    },
  }),
  route({
    method: 'POST',
    path: '/v1/plans/{id}/approve',
    can: 'operate',
    says: 'Allows a plan to be applied for a while, with a reason that stays on the record.',
    params: PlanId,
    body: z.strictObject({ reason: z.string().trim().min(3).max(2_000) }),
    answers: Plan,
    async handle({ app, caller, params: { id }, body: { reason } }) {
      const given = { plan: Number(id), reason, by: personOf(caller), now: app.clock.now() }
      await app.db.transaction().execute((tx) => approve(tx, given))
      return page(app, caller, id)
    },
  }),
  route({
    method: 'POST',
    path: '/v1/plans/{id}/apply',
    can: 'operate',
    says: 'Begins to write what was approved, thing by thing, or goes on with what failed.',
    params: PlanId,
    answers: Plan,
    status: 202,
    async handle({ app, caller, params: { id } }) {
      const changing = await changingOf(app)
      const given = { plan: Number(id), changing, by: personOf(caller), now: app.clock.now() }
      await app.db.transaction().execute((tx) => beginApply(tx, given))
      await app.discovery.jobs?.send('plan', { plan: Number(id) })
      return page(app, caller, id)
    },
  }),
  route({
    method: 'POST',
    path: '/v1/plans/{id}/stop',
    can: 'operate',
    says: 'Stops applying or taking back; what was done until then stays done.',
    params: PlanId,
    answers: Plan,
    async handle({ app, caller, params: { id } }) {
      await app.db.transaction().execute((tx) => stopPlan(tx, { plan: Number(id), by: personOf(caller) }))
      return page(app, caller, id)
    },
  }),
  route({
    method: 'POST',
    path: '/v1/plans/{id}/undo',
    can: 'operate',
    says: 'Puts back what was there before, where nobody changed it since; thing by thing as well.',
    params: PlanId,
    answers: Plan,
    status: 202,
    async handle({ app, caller, params: { id } }) {
      await app.db.transaction().execute((tx) => beginUndo(tx, { plan: Number(id), by: personOf(caller) }))
      await app.discovery.jobs?.send('plan', { plan: Number(id) })
      return page(app, caller, id)
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/plans/{id}',
    can: 'operate',
    says: 'Withdraws a plan that was not applied.',
    params: PlanId,
    async handle({ app, caller, params: { id } }) {
      const given = { plan: Number(id), by: personOf(caller), now: app.clock.now() }
      await app.db.transaction().execute((tx) => withdrawPlan(tx, given))
    },
  }),
]
