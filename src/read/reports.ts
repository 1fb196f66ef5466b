import { z } from 'zod'
import { Instant, Severity } from '../sdk/index.ts'
import { LedgerBar, SourceSeen } from './ledger.ts'

/** A number of a report with the address of the console that lists its rows. */
export const ReportNumber = z.object({
  /** What is counted, with its noun: "machine identities". */
  says: z.string(),
  count: z.number().int(),
  /** What it is a part of; null where it is the whole. */
  of: z.number().int().nullable(),
  href: z.string(),
})
export type ReportNumber = z.infer<typeof ReportNumber>

export const ReportPoint = z.object({
  at: Instant,
  machines: z.number().int(),
  /** Findings that were known and not closed, those put aside among them; `severe` are critical and high. */
  known: z.number().int(),
  severe: z.number().int(),
})
export type ReportPoint = z.infer<typeof ReportPoint>

/** Volume, trend and what was done about it, on one page. Of the moment at which the estate was last judged. */
export const Executive = z.object({
  at: Instant.nullable(),
  bar: LedgerBar,
  sources: z.array(SourceSeen),
  /** How many there are, and of how many somebody answers. */
  volume: z.array(ReportNumber),
  /** What is wrong now. */
  risk: z.array(ReportNumber),
  /** What was closed by proof since then, and what was only accepted or put aside: that reduces nothing. */
  since: Instant.nullable(),
  reduced: z.array(ReportNumber),
  closed: z.record(Severity, z.number().int()),
  trend: z.array(ReportPoint),
})
export type Executive = z.infer<typeof Executive>
