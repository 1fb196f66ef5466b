import { z } from 'zod'
import { Instant, Owasp, Place, Severity } from '../sdk/index.ts'
import { Suggestion } from './owner.ts'
import { Count, EntityRef, Page, Person } from './ref.ts'

export const FindingState = z.enum(['open', 'muted', 'accepted', 'resolved'])
export type FindingState = z.infer<typeof FindingState>

export const FindingRow = z.object({
  id: z.string(),
  rule: z.string(),
  /** The sentence: a subject and a date where there is one. */
  says: z.string(),
  severity: Severity,
  verdict: z.enum(['fail', 'unknown']),
  state: FindingState,
  /** End of the mute or acceptance. */
  until: Instant.nullable(),
  owasp: z.array(Owasp),
  subject: EntityRef,
  owner: Person.nullable(),
  suggested: Suggestion.nullable(),
  /** The first step. */
  fix: z.string(),
  /** Minutes. */
  effort: z.number().int().nullable(),
  opened: Instant,
  closed: Instant.nullable(),
  places: z.array(Place),
})
export type FindingRow = z.infer<typeof FindingRow>

/** Findings that one fix closes, one identity bears, or one rule made; `by` says which. */
export const FindingGroup = z.object({
  /** A fix sentence, an entity key, or a rule id. */
  id: z.string(),
  title: z.string(),
  subject: EntityRef.nullable(),
  severity: Severity,
  count: z.number().int(),
  effort: z.number().int().nullable(),
  oldest: Instant,
  /** Worst first; at most 20, the rest with `q`. */
  findings: z.array(FindingRow),
})
export type FindingGroup = z.infer<typeof FindingGroup>

export const FindingsPage = Page.extend({
  by: z.enum(['fix', 'identity', 'rule']),
  groups: z.array(FindingGroup),
  total: Count,
  fixes: z.number().int(),
  /** Not findings and not passes: verdicts that could not be reached. */
  unknownVerdicts: z.number().int(),
  muted: z.number().int(),
  accepted: z.number().int(),
  closedThisWeek: z.number().int(),
  query: z.string(),
})
export type FindingsPage = z.infer<typeof FindingsPage>
