import { z } from 'zod'
import { Instant } from '../sdk/index.ts'
import { ScorePart } from './card.ts'
import { FindingRow } from './findings.ts'
import { Owners } from './owner.ts'
import { EntityRef } from './ref.ts'

/** Numbered evidence: the sentence, and where and when it was read. */
export const Evidence = z.object({
  number: z.number().int(),
  says: z.string(),
  connection: z.string().nullable(),
  source: z.string().nullable(),
  readAt: Instant.nullable(),
  /** How complete that read was, a sentence: `14 of 14 users read`. */
  ledger: z.string().nullable(),
  complete: z.boolean().nullable(),
})
export type Evidence = z.infer<typeof Evidence>

/** What somebody did or what became of it, newest first. */
export const FindingEvent = z.object({
  at: Instant,
  what: z.enum(['opened', 'changed', 'muted', 'accepted', 'reopened', 'resolved']),
  by: z.string().nullable(),
  says: z.string(),
})
export type FindingEvent = z.infer<typeof FindingEvent>

export const FindingPage = z.object({
  finding: FindingRow,
  why: z.string(),
  because: z.array(Evidence),
  cost: z.object({
    /** What is reached if it is used by somebody else; `sensitive` are among `reached`. */
    reached: z.array(EntityRef.extend({ sensitivity: z.string().nullable() })),
    reachedCount: z.number().int(),
    sensitiveCount: z.number().int(),
    /** What would break if it were taken away. */
    dependents: z.array(EntityRef),
    dependentCount: z.number().int(),
    /** Why the two lists may be short. */
    unknown: z.array(z.object({ reason: z.string(), permission: z.string().nullable() })),
  }),
  owners: Owners,
  fix: z.array(z.string()),
  effort: z.number().int().nullable(),
  undo: z.string(),
  /** Proofs, all of which must hold. */
  closes: z.array(z.object({ says: z.string(), holds: z.boolean().nullable(), because: z.string().nullable() })),
  alsoCloses: z.array(FindingRow),
  severityParts: z.array(ScorePart),
  /** For an unknown verdict: what decides it, and the grant to copy. */
  unknown: z.object({ reason: z.string(), permission: z.string().nullable() }).nullable(),
  secret: z
    .object({
      detector: z.string(),
      provider: z.string(),
      redacted: z.string(),
      keyId: z.string().nullable(),
      fingerprint: z.string().nullable(),
      live: z.string(),
    })
    .nullable(),
  state: z.object({
    by: z.string().nullable(),
    reason: z.string().nullable(),
    since: Instant.nullable(),
    until: Instant.nullable(),
    evidence: z.array(z.string()),
  }),
  history: z.array(FindingEvent),
})
export type FindingPage = z.infer<typeof FindingPage>
