import { z } from 'zod'
import { Instant, Json } from '../sdk/index.ts'
import { Page } from './ref.ts'

export const AuditEntry = z.object({
  number: z.number().int(),
  at: Instant,
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  before: Json.nullable(),
  after: Json.nullable(),
})
export type AuditEntry = z.infer<typeof AuditEntry>

export const AuditPage = Page.extend({ entries: z.array(AuditEntry), total: z.number().int() })
export type AuditPage = z.infer<typeof AuditPage>

export const AuditProof = z.object({
  holds: z.boolean(),
  entries: z.number().int(),
  at: Instant,
  /** Where the chain breaks first, and how. */
  broken: z.object({ number: z.number().int(), reason: z.string() }).nullable(),
})
export type AuditProof = z.infer<typeof AuditProof>
