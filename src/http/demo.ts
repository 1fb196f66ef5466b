import { sql } from 'kysely'
import { z } from 'zod'
import { EVALUATION_LOCK } from '../assess/index.ts'
import { isOutside, listConnections, providerOf, requestSync } from '../discover/index.ts'
import { APPLY_LOCK } from '../graph/index.ts'
import { audit, forgetSteps, type Tx } from '../platform/index.ts'
import { ReeveError } from '../sdk/index.ts'
import type { Serving } from './app.ts'
import { route } from './route.ts'

export const DemoState = z.object({
  size: z.number().int(),
  seed: z.number().int(),
  /** The day on which the stories are told. */
  day: z.string(),
  loading: z.boolean(),
  /** Moments of the year that were read so far, of so many. */
  read: z.number().int(),
  moments: z.number().int(),
})
export type DemoState = z.infer<typeof DemoState>

/** Where the demo is asked for. */
export interface DemoDesk {
  state(): Promise<DemoState | null>
  /** Throws `demo/not-alone` beside real connections, `demo/there` when another one is there. */
  load(asked: { size?: number; seed?: number }, actor: string): Promise<void>
}

const Demo = z.object({ demo: DemoState.nullable() })

/** Tables that say what people decided of Reeve itself, and not of the estate. */
const KEPT = [
  'assess.rule',
  'assess.rule_setting',
  'assess.user_rule',
  'assess.kept',
  'discover.connection',
  'discover.run',
]

export const demoRoutes = [
  route({
    method: 'GET',
    path: '/v1/demo',
    can: 'see',
    says: 'Is the invented estate here, and how far is it read in?',
    answers: Demo,
    handle: async ({ app }) => ({ demo: (await app.demo?.state()) ?? null }),
  }),
  route({
    method: 'POST',
    path: '/v1/demo',
    can: 'administer',
    says: 'Loads the invented estate: only where nothing real is connected.',
    body: z.strictObject({ size: z.number().int().optional(), seed: z.number().int().optional() }),
    answers: Demo,
    status: 202,
    async handle({ app, caller, body }) {
      if (!app.demo) throw new ReeveError('demo/none', 'loading the demo: this server cannot')
      const { size, seed } = body
      await app.demo.load({ ...(size !== undefined && { size }), ...(seed !== undefined && { seed }) }, caller.actor)
      return { demo: await app.demo.state() }
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/demo',
    can: 'administer',
    says: 'Removes the invented estate whole: connections, history, findings and what was decided about it.',
    handle: ({ app, caller }) => removeDemo(app, caller.actor),
  }),
]

/**
 * Leaves the installation as a new one. Nothing real can stand beside what is invented, so all that was read is of it; the people of
 * this installation, their settings and rules, and the audit trail stay.
 */
async function removeDemo(app: Serving, actor: string): Promise<void> {
  const { db, discovery } = app
  const invented = (await listConnections(db)).filter(({ provider }) => providerOf(discovery, provider).invented)
  if (invented.length === 0 && !(await app.demo?.state()))
    throw new ReeveError('demo/none', 'removing the demo: it is not here')
  // A load that is under way ends by this, and a read when it finds its connection gone.
  await forgetSteps(db, 'demo')
  await db.transaction().execute(async (tx) => {
    // Whatever judges or applies a read holds these until its end, and reads tables that are emptied here.
    await sql`select pg_advisory_xact_lock(${EVALUATION_LOCK})`.execute(tx)
    await sql`select pg_advisory_xact_lock(${APPLY_LOCK})`.execute(tx)
    await sql`lock table discover.connection in share row exclusive mode`.execute(tx)
    const there = (await listConnections(tx)).map(({ id, provider }) => ({
      id,
      provider: providerOf(discovery, provider),
    }))
    if (there.some(({ provider }) => isOutside(provider) && !provider.invented))
      throw new ReeveError('demo/not-alone', 'removing the demo: something real is connected beside it')
    const ids = there.flatMap(({ id, provider }) => (provider.invented ? [id] : []))
    await empty(tx)
    await sql`delete from discover.run where connection = any(${ids})`.execute(tx)
    await sql`delete from discover.connection where id = any(${ids})`.execute(tx)
    await sql`truncate discover.connection_was`.execute(tx)
    await audit.record(tx, { actor, action: 'demo.remove', subject: 'larkfield', before: { connections: ids } })
  })
  for (const { id } of invented) await discovery.jobs?.unschedule('sync', id)
  // Reeve's own connection is read again, as at a first start, and with it all is judged anew.
  for (const { id } of await listConnections(db)) await requestSync(discovery, id, 'reeve')
}

async function empty(tx: Tx): Promise<void> {
  const { rows } = await sql<{ name: string }>`select schemaname || '.' || tablename as name from pg_tables
    where schemaname in ('graph', 'assess', 'act', 'discover') and tablename not like 'staged%'`.execute(tx)
  const tables = rows.map(({ name }) => name).filter((name) => !KEPT.includes(name))
  // What was certified of an invented estate goes with it; nothing else takes a certification away.
  await sql`alter table act.certification disable trigger stays_whole`.execute(tx)
  await sql`truncate ${sql.join(tables.map((name) => sql.table(name)))} restart identity`.execute(tx)
  await sql`alter table act.certification enable trigger stays_whole`.execute(tx)
  await sql`delete from assess.kept where of in ('thing', 'lost')`.execute(tx)
  await sql`alter sequence assess.finding_number restart`.execute(tx)
  await sql`truncate http.bulk, http.bulk_row restart identity`.execute(tx)
}
