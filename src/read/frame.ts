import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '../platform/index.ts'
import { Instant, Key } from '../sdk/index.ts'
import { endingSoon } from './expiry.ts'
import { LedgerBar } from './ledger.ts'
import { connectionStates, sumOf } from './ledger-bars.ts'
import { countUnknownVerdicts } from './ledger-lost.ts'
import { onceForRoll } from './once-for-roll.ts'
import { iso } from './refs.ts'
import type { Roll } from './roll.ts'

/** What stands around every page. */
export const Frame = z.object({
  user: z.object({
    id: z.string(),
    name: z.string(),
    role: z.enum(['viewer', 'owner', 'operator', 'admin']),
    /** The person of the estate whose account it is; null where nobody tells. */
    person: Key.nullable(),
  }),
  version: z.string(),
  now: Instant,
  ledger: LedgerBar,
  /** Connections whose last read was partial, stale or failed. */
  connections: z.object({ total: z.number().int(), incomplete: z.number().int(), unknownVerdicts: z.number().int() }),
  identities: z.number().int(),
  openFindings: z.number().int(),
  unowned: z.number().int(),
  expiringSoon: z.number().int(),
  /** What is being read at this moment; the banner that follows to every page. */
  running: z.array(z.object({ run: z.string(), connection: z.string(), title: z.string(), started: Instant })),
  /** The invented estate is shown: how much of its year is read in. Null where what is shown is real. */
  demo: z.object({ loading: z.boolean(), read: z.number().int(), moments: z.number().int() }).nullable(),
  /** True until something of the estate is known: the console opens on the first run. */
  firstRun: z.boolean(),
})
export type Frame = z.infer<typeof Frame>

/** Everything around a page but the user. */
export async function readFrame(db: Db, roll: Roll, now: Date): Promise<Omit<Frame, 'user' | 'version' | 'demo'>> {
  const [states, unknownVerdicts, openFindings, running] = await Promise.all([
    connectionStates(db),
    onceForRoll(roll, 'unknown verdicts', () => countUnknownVerdicts(db)),
    onceForRoll(roll, 'open findings', () => countOpen(db)),
    sql<{ run: string; connection: string; title: string; started: Date }>`
      select r.id::text as run, r.connection, c.label as title, coalesce(r.started_at, r.requested_at) as started
      from discover.run r join discover.connection c on c.id = r.connection where r.state in ('waiting', 'running') order by r.id`.execute(
      db,
    ),
  ])
  return {
    now: iso(now),
    ledger: sumOf(states.map(({ bar }) => bar)),
    connections: {
      total: states.length,
      incomplete: states.filter(({ state }) => state === 'partial' || state === 'stale' || state === 'failed').length,
      unknownVerdicts,
    },
    identities: roll.count('identity'),
    openFindings,
    unowned: roll.countOf('identity', 'ownership:unowned', now.getTime()),
    expiringSoon: endingSoon(roll, now).reduce((sum, { count }) => sum + count, 0),
    running: running.rows.map((row) => ({ ...row, started: iso(row.started) })),
    firstRun: roll.size === 0,
  }
}

async function countOpen(db: Db): Promise<number> {
  const { rows } = await sql<{
    open: number
  }>`select count(*)::int as open from assess.finding where state = 'open' and verdict = 'fail'`.execute(db)
  return rows[0]!.open
}
