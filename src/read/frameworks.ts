import { z } from 'zod'
import { Instant, Severity } from '../sdk/index.ts'
import { EntityRef, Page, Person } from './ref.ts'

/** Unknown is a state of its own and never counts as met. */
export const EvidenceState = z.enum(['met', 'not-met', 'unknown', 'not-applicable'])
export type EvidenceState = z.infer<typeof EvidenceState>

export const EvidenceTally = z.object({
  met: z.number().int(),
  notMet: z.number().int(),
  unknown: z.number().int(),
  notApplicable: z.number().int(),
})
export type EvidenceTally = z.infer<typeof EvidenceTally>

/** A listing that evidence leans on: what was asked, what came, and when it was read. */
export const EvidenceSource = z.object({
  connection: z.string(),
  collection: z.string(),
  read: Instant,
  /** The last whole read; null for never. */
  whole: Instant.nullable(),
  complete: z.boolean(),
  obtained: z.number().int(),
  refused: z.number().int(),
  /** Of the worst line: why, and the grant that would answer it. */
  reason: z.string().nullable(),
  permission: z.string().nullable(),
})
export type EvidenceSource = z.infer<typeof EvidenceSource>

/** A query of findings and how many it finds. */
export const FindingsQuery = z.object({ q: z.string(), count: z.number().int() })

export const EvidenceItem = z.object({
  id: z.string(),
  /** What is so of whatever meets it. */
  says: z.string(),
  /** The same with its numbers: "met for 291, not met for 2, unknown for 19". */
  reads: z.string(),
  state: EvidenceState,
  identities: EvidenceTally,
  /** Things that belong to no identity that is known: a leaked secret, a host's settings. */
  others: EvidenceTally,
  /** Rules that judge it; `asked` is false for those that are switched off or were not asked yet. */
  rules: z.array(z.object({ id: z.string(), title: z.string(), asked: z.boolean() })),
  facts: z.array(z.string()),
  /** When it was judged; null for never. */
  judged: Instant.nullable(),
  /** The oldest read among what it leans on. */
  read: Instant.nullable(),
  /** Something of what it leans on was not read whole. */
  partial: z.boolean(),
  sources: z.array(EvidenceSource),
  /** What refutes it, and what leaves it open, as findings; null where no rule judges. */
  findings: FindingsQuery.nullable(),
  open: FindingsQuery.nullable(),
})
export type EvidenceItem = z.infer<typeof EvidenceItem>

export const ControlView = z.object({
  id: z.string(),
  title: z.string(),
  asks: z.string(),
  /** What no machine can show. */
  beside: z.string().nullable(),
  state: EvidenceState,
  /** Why it is in this state, a sentence. */
  because: z.string(),
  identities: EvidenceTally,
  others: EvidenceTally,
  evidence: z.array(EvidenceItem),
})
export type ControlView = z.infer<typeof ControlView>

export const FrameworkRow = z.object({
  id: z.string(),
  title: z.string(),
  version: z.string(),
  publisher: z.string(),
  url: z.string(),
  /** How many controls are in each state. */
  controls: EvidenceTally,
  /** How many identities meet all that concerns them, fail some of it, or are not known to. */
  meets: EvidenceTally,
})
export type FrameworkRow = z.infer<typeof FrameworkRow>

export const Frameworks = z.object({
  judged: Instant.nullable(),
  identities: z.number().int(),
  /** False until something of the estate is known. */
  read: z.boolean(),
  rows: z.array(FrameworkRow),
})
export type Frameworks = z.infer<typeof Frameworks>

export const FrameworkPage = z.object({
  framework: FrameworkRow,
  judged: Instant.nullable(),
  identities: z.number().int(),
  controls: z.array(ControlView),
})
export type FrameworkPage = z.infer<typeof FrameworkPage>

export const EvidenceRow = z.object({
  entity: EntityRef,
  owner: Person.nullable(),
  /** Why it stands so: at most five, the worst first. */
  because: z.array(
    z.object({ says: z.string(), finding: z.string().nullable(), severity: Severity.nullable(), state: z.string() }),
  ),
})
export type EvidenceRow = z.infer<typeof EvidenceRow>

export const EvidenceRows = Page.extend({
  /** How many there are in all: the number that led here. */
  total: z.number().int(),
  rows: z.array(EvidenceRow),
})
export type EvidenceRows = z.infer<typeof EvidenceRows>
