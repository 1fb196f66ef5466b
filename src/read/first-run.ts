import { z } from 'zod'
import { Instant } from '../sdk/index.ts'
import { LedgerBar } from './ledger.ts'
import { Thing } from './thing.ts'

/** One source while it is read: named, and how complete it is so far. */
export const SourceProgress = z.object({
  connection: z.string(),
  provider: z.string(),
  title: z.string(),
  run: z.string().nullable(),
  state: z.enum(['waiting', 'running', 'done', 'partial', 'failed', 'cancelled']),
  started: Instant.nullable(),
  ended: Instant.nullable(),
  identities: z.number().int(),
  entities: z.number().int(),
  bar: LedgerBar,
  /** Listings with what they have so far; in order of their provider. */
  collections: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      state: z.enum(['waiting', 'running', 'complete', 'partial', 'refused', 'failed', 'cancelled']),
      obtained: z.number().int(),
      expected: z.number().int().nullable(),
      refused: z.number().int(),
      reason: z.string().nullable(),
    }),
  ),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
})
export type SourceProgress = z.infer<typeof SourceProgress>

/** What can be read next, host first; `fields` of the form come from `/v1/providers/{id}`. */
export const Offer = z.object({
  provider: z.string(),
  title: z.string(),
  summary: z.string(),
  /** Reading can start at once, without any settings. */
  ready: z.boolean(),
  needs: z.array(z.string()),
})
export type Offer = z.infer<typeof Offer>

export const FirstRun = z.object({
  identities: z.number().int(),
  sources: z.array(SourceProgress),
  offers: z.array(Offer),
  /** Reeve asks for none; a number that is counted, not a promise. */
  writePermissions: z.number().int(),
  /** The things to know that are ready, at most five, best first. */
  things: z.array(Thing),
})
export type FirstRun = z.infer<typeof FirstRun>
