import { z } from 'zod'
import { Instant } from '../sdk/index.ts'
import { LedgerBar, SourceSeen } from './ledger.ts'
import { Due, Thing } from './thing.ts'

/** Ages of the oldest credential of each identity. The unknown bar is a bar, with its own number. */
export const AgeHistogram = z.object({
  bars: z.array(
    z.object({
      /** `<30d`, `<90d`, `<180d`, `<1y`, `<2y`, `<5y`, `>5y`: a word of the query `age:`. */
      age: z.string(),
      count: z.number().int(),
      /** Older than a credential should be (one year). */
      overPolicy: z.boolean(),
    }),
  ),
  unknown: z.number().int(),
  none: z.number().int(),
})
export type AgeHistogram = z.infer<typeof AgeHistogram>

export const Overview = z.object({
  answer: z.object({
    identities: z.number().int(),
    people: z.number().int(),
    /** Machine identities for each person; null while no person is known. */
    perPerson: z.number().nullable(),
    unowned: z.number().int(),
    /** Since `since`: identities first seen, findings closed, sources that went quiet. */
    since: Instant,
    new: z.number().int(),
    closed: z.number().int(),
    quiet: z.number().int(),
    openFindings: z.number().int(),
    unknownVerdicts: z.number().int(),
  }),
  lastRead: Instant.nullable(),
  rules: z.number().int(),
  ledger: LedgerBar,
  things: z.array(Thing),
  seen: z.array(SourceSeen),
  expiring: z.array(Due),
  nextExpiry: Instant.nullable(),
  ages: AgeHistogram,
  /** One point for each day on which something was read; the last is now. */
  trend: z.array(z.object({ at: Instant, machines: z.number().int(), people: z.number().int(), perPerson: z.number().nullable() })),
})
export type Overview = z.infer<typeof Overview>
