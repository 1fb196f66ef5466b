import { z } from 'zod'
import { Instant } from '../sdk/index.ts'
import { Presence } from './owners.ts'
import { EntityRef, Mark, Person, TeamRef } from './ref.ts'

/** Something that stops, or is not done any more, when the person is gone. `at` is null where nobody knows the day. */
export const Break = z.object({
  at: Instant.nullable(),
  what: z.enum(['credential-ends', 'credential-of-person', 'rotation', 'review', 'token-of-person']),
  entity: EntityRef,
  credential: EntityRef.nullable(),
  says: z.string(),
  because: z.string(),
})
export type Break = z.infer<typeof Break>

/** One thing that must go to somebody else, and who should have it. */
export const Move = z.object({
  entity: EntityRef,
  mark: Mark,
  /** A team answers for it: the team stays, and needs another accountable person. */
  team: TeamRef.nullable(),
  to: Person.extend({ as: z.enum(['backup', 'team', 'evidence', 'manager']), because: z.string() }).nullable(),
})
export type Move = z.infer<typeof Move>

/** If this person leaves today. */
export const Leaving = z.object({
  person: Person,
  presence: Presence,
  manager: Person.nullable(),
  at: Instant,
  asOf: Instant.nullable(),
  counts: z.object({
    /** What they answer for, of any kind, and the identities among it. */
    owned: z.number().int(),
    identities: z.number().int(),
    /** Nobody would answer for these. */
    orphaned: z.number().int(),
    /** A backup or a team has these. */
    caught: z.number().int(),
    /** AI agents they stand for. */
    agents: z.number().int(),
    /** Where they are the backup. */
    backup: z.number().int(),
    breaks: z.number().int(),
  }),
  /** The first by date, then those of which nobody knows the day. At most 500. */
  breaks: z.array(Break),
  /** At most 500; a hand-over moves all. */
  moves: z.array(Move),
  agents: z.array(EntityRef),
  /** Teams for which they stand: each needs another accountable person. */
  teams: z.array(TeamRef.extend({ members: z.array(Person) })),
})
export type Leaving = z.infer<typeof Leaving>
