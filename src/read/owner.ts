import { z } from 'zod'
import { Instant, known } from '../sdk/index.ts'
import { EntityRef, Person, TeamRef } from './ref.ts'

/** The person we review with. `confirmed` is when they (or who assigned them) last said so. */
export const Accountable = Person.extend({
  confirmed: Instant,
  assignedBy: z.string(),
  /** They have left: their person is gone from the source, or is said to be disabled there. */
  left: z.boolean(),
})
export type Accountable = z.infer<typeof Accountable>

/** Inferred, and says so: a person and the evidence, strongest first. */
export const Suggestion = z.object({
  person: Person,
  because: z.array(z.string()),
  /** high: much speaks for them and little for anybody else; low: nearly as much for another. Left out where it is not kept. */
  confidence: z.enum(['high', 'medium', 'low']).optional(),
})
export type Suggestion = z.infer<typeof Suggestion>

/** Two owners, never one: who answers for it, and who can change it at its source. */
export const Owners = z.object({
  accountable: Accountable.nullable(),
  /** For which the accountable person stands. */
  team: TeamRef.nullable(),
  /** A second person, who gets what the first leaves undone; never accountable. */
  backup: Person.nullable(),
  /** Who said last that it is theirs and still needed. */
  certified: z.object({ person: Person, at: Instant }).nullable(),
  /** Only where nobody is accountable. */
  suggested: Suggestion.nullable(),
  /** An escalation edge, not accountability. */
  directory: known(z.array(EntityRef.extend({ how: z.string().nullable() }))),
})
export type Owners = z.infer<typeof Owners>

/** A part of a score; the parts add up to what is shown. */
export const ScorePart = z.object({ says: z.string(), points: z.number(), factor: z.string(), most: z.number() })
export type ScorePart = z.infer<typeof ScorePart>
