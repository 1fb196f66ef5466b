import { z } from 'zod'
import { Instant } from '../sdk/index.ts'
import { LedgerBar } from './ledger.ts'

/** What stands around every page. */
export const Frame = z.object({
  user: z.object({ id: z.string(), name: z.string(), role: z.enum(['viewer', 'owner', 'operator', 'admin']) }),
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
  /** True until something was read completely once: the console opens on the first run. */
  firstRun: z.boolean(),
})
export type Frame = z.infer<typeof Frame>
