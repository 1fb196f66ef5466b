import { z } from 'zod'
import { Instant, Key, Kind, Owasp } from '../sdk/index.ts'
import { Suggestion } from './owner.ts'
import { EntityRef, Mark, Person } from './ref.ts'

/** One of five things to know: a sentence, and all that lets a person act on it. */
export const Thing = z.object({
  /** `finding` opens its finding; `unlock` opens the connection whose grant answers most unknown verdicts. */
  opens: z.discriminatedUnion('what', [
    z.object({ what: z.literal('finding'), id: z.string() }),
    z.object({ what: z.literal('unlock'), connection: z.string() }),
  ]),
  mark: Mark,
  says: z.string(),
  because: z.array(z.string()),
  subject: EntityRef.nullable(),
  /** Other findings of the same rule that the same fix closes. */
  more: z.number().int(),
  owner: z.object({ accountable: Person.nullable(), suggested: Suggestion.nullable() }),
  fix: z.array(z.string()),
  undo: z.string(),
  /** Minutes. */
  effort: z.number().int().nullable(),
  cost: z.object({
    reached: z.number().int(),
    sensitive: z.number().int(),
    dependents: z.number().int(),
    unknown: z.number().int(),
  }),
  owasp: z.array(Owasp),
  opened: Instant.nullable(),
  /** Rank among all: what it could cost for each minute of effort. */
  value: z.number(),
})
export type Thing = z.infer<typeof Thing>

export const Due = z.object({
  key: Key,
  name: z.string(),
  kind: Kind,
  type: z.string(),
  ends: Instant,
  mark: Mark,
})
export type Due = z.infer<typeof Due>
