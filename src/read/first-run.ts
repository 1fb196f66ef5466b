import { z } from 'zod'
import { Instant } from '../sdk/index.ts'
import { LedgerBar } from './ledger.ts'
import { spell } from './query.ts'
import type { Roll } from './roll.ts'
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
  /** Found so far by these sources. Once none is being read any more, the rows of `query`. */
  identities: z.number().int(),
  /** Null while something is being read: what has arrived is not in the inventory yet. */
  query: z.string().nullable(),
  sources: z.array(SourceProgress),
  offers: z.array(Offer),
  /** Reeve asks for none; a number that is counted, not a promise. */
  writePermissions: z.number().int(),
  /** The things to know that are ready, at most five, best first. */
  things: z.array(Thing),
})
export type FirstRun = z.infer<typeof FirstRun>

const isRead = ({ run, state }: SourceProgress): boolean => run !== null && (state === 'waiting' || state === 'running')

/** What the sources have given: of a first read that goes on, what has arrived; else what the inventory has of them. */
export function foundBy(
  sources: readonly SourceProgress[],
  roll: Roll,
  now: Date,
): Pick<FirstRun, 'identities' | 'query'> {
  const query = sources.map(({ connection }) => `source:${spell(connection)}`).join(' ')
  const known = sources.length === 0 ? 0 : roll.countOf('identity', query, now.getTime())
  const described = roll.perConnection()
  const arriving = sources.filter((source) => isRead(source) && !described.has(source.connection))
  return {
    identities: known + arriving.reduce((sum, { identities }) => sum + identities, 0),
    query: sources.length === 0 || sources.some(isRead) ? null : query,
  }
}
