import { z } from 'zod'
import { Instant, known } from '../sdk/index.ts'
import { Duty } from './owners.ts'
import { EntityRef, Mark, Page, Person, TeamRef } from './ref.ts'

/** One thing an owner is asked for, with what is needed to answer within two minutes. */
export const InboxItem = z.object({
  duty: Duty,
  entity: EntityRef,
  /** What is asked, in a sentence. */
  says: z.string(),
  /** Why it came to this person, the strongest first. */
  because: z.array(z.string()),
  due: Instant,
  overdue: z.boolean(),
  /** It was this person's, was not done, and came here as well. */
  escalatedFrom: Person.nullable(),
  owner: Person.nullable(),
  backup: Person.nullable(),
  team: TeamRef.nullable(),
  /** When the person last said that it is theirs. */
  certified: Instant.nullable(),
  lastUsed: known(Instant),
  lastUsedBy: known(z.string()),
  /** The first of its credentials by their end, with when each must be replaced. */
  credentials: z.array(
    z.object({ entity: EntityRef, method: z.string().nullable(), expires: known(Instant), rotate: Instant.nullable() }),
  ),
  credentialCount: z.number().int(),
  /** How many resources it reaches, counted to 100, and the most sensitive. */
  reach: known(z.object({ resources: z.number().int(), atLeast: z.boolean(), mostSensitive: EntityRef.nullable() })),
  mark: Mark,
  /** The worst of its open findings, a sentence each. */
  findings: z.array(z.object({ mark: Mark, says: z.string() })),
  findingCount: z.number().int(),
})
export type InboxItem = z.infer<typeof InboxItem>

/** What waits for a person, most urgent first: everything overdue, and what is due within 30 days. */
export const Inbox = Page.extend({
  /** Whose it is; null when the caller is no person that is known, and `nobody` says why. */
  person: Person.nullable(),
  nobody: z.string().nullable(),
  items: z.array(InboxItem),
  /** All that waits, with what is not on this page. */
  left: z.number().int(),
  overdue: z.number().int(),
  /** When something is asked of them next, if nothing is now. */
  nextAt: Instant.nullable(),
  asOf: Instant.nullable(),
})
export type Inbox = z.infer<typeof Inbox>

export const Answered = z.object({
  undo: z.string(),
  /** The number under which the answer is recorded. */
  certification: z.string(),
  /** What waits next for the same person. */
  next: InboxItem.nullable(),
  left: z.number().int(),
})
export type Answered = z.infer<typeof Answered>

/** What an owner said of a thing, and what was shown when they said it. Never changed; one that was taken back says when. */
export const Certification = z.object({
  id: z.string(),
  entity: EntityRef,
  person: Person,
  answer: z.enum(['mine', 'not-mine', 'not-needed']),
  to: Person.nullable(),
  note: z.string().nullable(),
  by: z.string(),
  at: Instant,
  shown: z.record(z.string(), z.json()),
  takenBack: z.object({ at: Instant, by: z.string() }).nullable(),
})
export type Certification = z.infer<typeof Certification>

export const Certifications = Page.extend({ rows: z.array(Certification), total: z.number().int() })
export type Certifications = z.infer<typeof Certifications>
