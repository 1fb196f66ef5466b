/** How long is kept what is not current any more. The audit trail is not asked: it is kept for ever. */
import { sql } from 'kysely'
import { z } from 'zod'
import { expiredAlerts } from '../alert/index.ts'
import { expiredEvents, expiredFindings, expiredJudgements } from '../assess/index.ts'
import { expiredConnections, expiredRuns, nextAt } from '../discover/index.ts'
import { type Expired, expiredHistory, keptFrom } from '../graph/index.ts'
import { audit, type Clock, type Db } from '../platform/index.ts'
import { Retention, RetentionPage } from '../read/index.ts'
import { Instant } from '../sdk/index.ts'
import { route } from './route.ts'
import { decide, putSetting, storedSetting } from './settings-store.ts'

export const RETENTION_CRON = '40 3 * * *'
const NAME = 'retention'
const LAST = 'retention.last'
const DAY = 86_400_000
/** Rows that go in one transaction: nobody waits long for any of them. */
const BATCH = 5_000

/** Years, because an auditor asks in years. */
const DEFAULT: Retention = { runs: 400, findings: 1095, history: 1095, events: 1095 }
const Gone = z.object({ at: Instant, gone: z.record(z.string(), z.number().int()) })

const EXPIRED: Readonly<Record<keyof Retention, (before: Date) => Expired[]>> = {
  runs: expiredRuns,
  findings: expiredFindings,
  history: (before) => [...expiredHistory(before), ...expiredJudgements(before), ...expiredConnections(before)],
  events: (before) => [...expiredEvents(before), ...expiredAlerts(before)],
}
const kinds = Object.keys(EXPIRED) as (keyof Retention)[]

const retentionOf = async (db: Db): Promise<Retention> => (await storedSetting(db, NAME, Retention))?.value ?? DEFAULT

const daysBefore = (now: Date, days: number): Date => new Date(now.getTime() - days * DAY)
const expiredBy = (kind: keyof Retention, days: number | null, now: Date): Expired[] =>
  days === null ? [] : EXPIRED[kind](daysBefore(now, days))

/** How many things would go, by kind. Nothing is written. */
async function countExpired(db: Db, keep: Retention, now: Date): Promise<Record<string, number>> {
  const due: Record<string, number> = {}
  for (const kind of kinds) {
    due[kind] = 0
    for (const { table, where } of expiredBy(kind, keep[kind], now).filter(({ along }) => !along)) {
      const { rows } = await sql<{
        count: number
      }>`select count(*)::int as count from ${sql.table(table)} where ${where}`.execute(db)
      due[kind] += rows[0]!.count
    }
  }
  return due
}

/** Lets go what is older than decided, in small steps; what it was is audited by number. A broken run goes on with the next. */
export async function applyRetention(
  db: Db,
  clock: Clock,
  { by = 'reeve', signal }: { by?: string; signal?: AbortSignal } = {},
): Promise<Record<string, number>> {
  const now = clock.now()
  const keep = await retentionOf(db)
  const gone: Record<string, number> = {}
  if (keep.history !== null) await keptFrom(db, daysBefore(now, keep.history))
  for (const kind of kinds) {
    gone[kind] = 0
    for (const { table, where, along } of expiredBy(kind, keep[kind], now)) {
      for (let deleted = BATCH; deleted === BATCH && !signal?.aborted; ) {
        const done = await sql`delete from ${sql.table(table)} where ctid in
          (select ctid from ${sql.table(table)} where ${where} limit ${sql.lit(BATCH)})`.execute(db)
        deleted = Number(done.numAffectedRows ?? 0)
        if (!along) gone[kind] += deleted
      }
    }
  }
  await db.transaction().execute(async (tx) => {
    await putSetting(tx, { name: LAST, value: { at: now.toISOString(), gone }, by, now })
    if (Object.values(gone).some((rows) => rows > 0))
      await audit.record(tx, { actor: by, action: 'retention.apply', subject: 'estate', after: { keep, gone } })
  })
  return gone
}

async function pageOf(db: Db, clock: Clock, scheduled: boolean, asked?: Retention): Promise<RetentionPage> {
  const now = clock.now()
  const [keep, last] = await Promise.all([asked ?? retentionOf(db), storedSetting(db, LAST, Gone)])
  return {
    keep,
    due: await countExpired(db, keep, now),
    last: last?.value ?? null,
    next: scheduled ? (nextAt(RETENTION_CRON, now)?.toISOString() ?? null) : null,
  }
}

export const retentionRoutes = [
  route({
    method: 'GET',
    path: '/v1/settings/retention',
    can: 'administer',
    says: 'How long runs, closed findings, history and events are kept, and how much would go now.',
    answers: RetentionPage,
    handle: ({ app }) => pageOf(app.db, app.clock, app.discovery.jobs !== undefined),
  }),
  route({
    method: 'POST',
    path: '/v1/settings/retention/dry-run',
    can: 'administer',
    says: 'How much would go with other days. Nothing is changed.',
    body: Retention,
    answers: RetentionPage,
    handle: ({ app, body }) => pageOf(app.db, app.clock, app.discovery.jobs !== undefined, body),
  }),
  route({
    method: 'PUT',
    path: '/v1/settings/retention',
    can: 'administer',
    says: 'Decides how long is kept what is not current any more; it is applied each night. The audit trail is always kept.',
    body: Retention,
    answers: RetentionPage,
    async handle({ app, caller, body }) {
      const before = await retentionOf(app.db)
      await decide(app.db, { name: NAME, value: body, before, by: caller.actor, now: app.clock.now() })
      return pageOf(app.db, app.clock, app.discovery.jobs !== undefined)
    },
  }),
  route({
    method: 'POST',
    path: '/v1/settings/retention/apply',
    can: 'administer',
    says: 'Lets go now what is older than decided, without waiting for the night.',
    body: z.strictObject({}).describe('nothing'),
    answers: RetentionPage,
    async handle({ app, caller, signal }) {
      await applyRetention(app.db, app.clock, { by: caller.actor, signal })
      return pageOf(app.db, app.clock, app.discovery.jobs !== undefined)
    },
  }),
]
