import { z } from 'zod'
import { Instant } from '../sdk/index.ts'
import { Consumer } from './card.ts'
import { FindingRow } from './findings.ts'
import { Owners, ScorePart } from './owner.ts'
import { EntityRef } from './ref.ts'

/** Numbered evidence: the sentence, and where and when it was read. */
export const Evidence = z.object({
  number: z.number().int(),
  says: z.string(),
  connection: z.string().nullable(),
  /** The listing's line in the ledger of the connection. */
  collection: z.string().nullable(),
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
  /** For `POST /v1/findings/{id}/undo`, while nothing else happened since; null for what nobody can take back. */
  undo: z.string().nullable(),
})
export type FindingEvent = z.infer<typeof FindingEvent>

/** A fact that goes, comes, or becomes another; null for not there. */
export const FieldChange = z.object({
  of: z.string(),
  name: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
})
export type FieldChange = z.infer<typeof FieldChange>

export const FindingPage = z.object({
  finding: FindingRow,
  why: z.string(),
  because: z.array(Evidence),
  cost: z.object({
    /** What is reached if it is used by somebody else; `sensitive` are among `reached`. */
    reached: z.array(EntityRef.extend({ sensitivity: z.string().nullable(), sensitive: z.boolean() })),
    reachedCount: z.number().int(),
    sensitiveCount: z.number().int(),
    /** What would break if it were taken away, and whether it takes a new key by itself. */
    dependents: z.array(EntityRef.extend({ takesNewKey: Consumer.shape.takesNewKey })),
    /** How many of all `dependents` take a new key by themselves; the rest by hand, or it is not known. */
    byItself: z.number().int(),
    dependentCount: z.number().int(),
    /** Why the two lists may be short. */
    unknown: z.array(z.object({ reason: z.string(), permission: z.string().nullable() })),
  }),
  owners: Owners,
  fix: z.array(z.string()),
  /** What the fix would change, as far as it can be told before; nothing has. */
  change: z.array(FieldChange),
  /** What of the fix Reeve does itself when it is asked: the rest is done at the source. */
  reeveDoes: z.enum(['owner']).nullable(),
  effort: z.number().int().nullable(),
  undo: z.string(),
  /** Proofs, all of which must hold. */
  closes: z.array(z.object({ says: z.string(), holds: z.boolean().nullable(), because: z.string().nullable() })),
  alsoCloses: z.array(FindingRow),
  /** Why it weighs what it weighs: the points add up to `score`. */
  severityParts: z.array(ScorePart),
  score: z.number().int(),
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
    /** An acceptance that waits for its second person. */
    asked: z.object({ by: z.string(), until: Instant, reason: z.string(), at: Instant }).nullable(),
    evidence: z.array(z.string()),
    /** Of a closed one: what the read that closed it saw otherwise. */
    changes: z.array(FieldChange),
    closed: z.object({ connection: z.string().nullable(), run: z.number().int().nullable() }).nullable(),
  }),
  history: z.array(FindingEvent),
})
export type FindingPage = z.infer<typeof FindingPage>
