import { z } from 'zod'
import { Instant } from '../sdk/index.ts'

/**
 * What was asked and what came, as one bar: `asked = obtained + refused + stale`. `refused` was asked for and not given,
 * `stale` is shown as it was at an earlier read. Where a source does not say how many things it has, what came counts as
 * asked, and `untold` says how many listings that concerns.
 */
export const LedgerBar = z.object({
  asked: z.number().int().nonnegative(),
  obtained: z.number().int().nonnegative(),
  refused: z.number().int().nonnegative(),
  stale: z.number().int().nonnegative(),
  untold: z.number().int().nonnegative(),
  /** obtained / asked, rounded down to a tenth of a percent, so that 100 means all; null when nothing was asked yet. */
  percent: z.number().nullable(),
  /** The oldest read among what is stale. */
  staleSince: Instant.nullable(),
})
export type LedgerBar = z.infer<typeof LedgerBar>

/** One source in a picture of how much is seen. */
export const SourceSeen = z.object({
  connection: z.string(),
  provider: z.string(),
  title: z.string(),
  state: z.enum(['complete', 'partial', 'stale', 'failed', 'running', 'never']),
  bar: LedgerBar,
  lastRead: Instant.nullable(),
})
export type SourceSeen = z.infer<typeof SourceSeen>
