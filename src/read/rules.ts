import { z } from 'zod'
import { Instant, Json, Kind, Owasp, Severity } from '../sdk/index.ts'

export const RuleRow = z.object({
  id: z.string(),
  title: z.string(),
  severity: Severity,
  owasp: z.array(Owasp),
  about: z.object({ kind: Kind, types: z.array(z.string()).nullable() }),
  mine: z.boolean(),
  enabled: z.boolean(),
  open: z.number().int(),
  unknown: z.number().int(),
})
export type RuleRow = z.infer<typeof RuleRow>

export const RulePage = z.object({
  rule: RuleRow,
  why: z.string(),
  fix: z.array(z.string()),
  undo: z.string(),
  effort: z.number().int().nullable(),
  needs: z.array(z.string()),
  params: z.record(z.string(), Json).nullable(),
  /** The CEL expression, for user rules. */
  expression: z.string().nullable(),
  cases: z.array(z.object({ name: z.string(), expect: z.string() })),
})
export type RulePage = z.infer<typeof RulePage>

export const DryRun = z.object({
  would: z.object({ fail: z.number().int(), pass: z.number().int(), unknown: z.number().int(), notApplicable: z.number().int() }),
  sample: z.array(z.object({ key: z.string(), name: z.string(), verdict: z.string(), says: z.string() })),
  at: Instant,
})
export type DryRun = z.infer<typeof DryRun>
