import { z } from 'zod'
import { Instant, Json, LedgerLine } from '../sdk/index.ts'
import { SourceProgress } from './first-run.ts'
import { LedgerBar, SourceSeen } from './ledger.ts'

export const ConnectionRow = SourceSeen.extend({
  identities: z.number().int(),
  entities: z.number().int(),
  /** Verdicts that its reads lost, and the query that lists them. */
  unknownVerdicts: z.number().int(),
  query: z.string(),
  next: Instant.nullable(),
  schedule: z.string().nullable(),
  run: z.string().nullable(),
})
export type ConnectionRow = z.infer<typeof ConnectionRow>

export const Connections = z.object({
  bar: LedgerBar,
  unknownVerdicts: z.number().int(),
  writePermissions: z.number().int(),
  /** Worst first. */
  rows: z.array(ConnectionRow),
})
export type Connections = z.infer<typeof Connections>

export const RunRow = z.object({
  id: z.string(),
  connection: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'partial', 'failed', 'cancelled']),
  started: Instant.nullable(),
  ended: Instant.nullable(),
  seconds: z.number().nullable(),
  added: z.number().int(),
  changed: z.number().int(),
  gone: z.number().int(),
  entities: z.number().int(),
  by: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
})
export type RunRow = z.infer<typeof RunRow>

/** Something the provider asks for, the smallest that its listings do with, and whether it was refused. */
export const Need = z.object({
  need: z.string(),
  /** The listings that want it. */
  listings: z.array(z.string()),
  refused: z.boolean(),
})
export type Need = z.infer<typeof Need>

/** A ledger line with what hangs on it. */
export const LedgerRow = LedgerLine.extend({
  title: z.string(),
  complete: z.boolean(),
  stale: z.number().int(),
  /** Verdicts for which this line is the cause, and the query that lists them; null for none. */
  verdictsLost: z.number().int(),
  query: z.string().nullable(),
})
export type LedgerRow = z.infer<typeof LedgerRow>

export const ConnectionPage = z.object({
  connection: ConnectionRow,
  summary: z.string(),
  /** Off: the schedule is kept and not followed. */
  enabled: z.boolean(),
  created: Instant,
  createdBy: z.string().nullable(),
  /** Without the secret fields; `secrets` names those that are set. */
  settings: z.record(z.string(), Json),
  secrets: z.array(z.string()),
  ledger: z.array(LedgerRow),
  /** Lost verdicts for which no listing is the cause: a source that does not say, for one. With the lines' they are all. */
  elsewhere: z.array(z.object({ reason: z.string(), verdicts: z.number().int(), query: z.string() })),
  /** The exact grants that answer unknown verdicts, to copy; the one that answers most first. */
  grants: z.array(
    z.object({
      permission: z.string(),
      reason: z.string(),
      verdicts: z.number().int(),
      query: z.string().nullable(),
    }),
  ),
  /** All that the account Reeve uses there needs. */
  policy: z.array(Need),
  progress: SourceProgress.nullable(),
  runs: z.array(RunRow),
})
export type ConnectionPage = z.infer<typeof ConnectionPage>

/** A provider, its permissions first, and the JSON Schema of its form; secret fields bear `"secret": true`. */
export const ProviderPage = z.object({
  id: z.string(),
  title: z.string(),
  summary: z.string(),
  collections: z.array(
    z.object({ id: z.string(), title: z.string(), yields: z.array(z.string()), needs: z.array(z.string()) }),
  ),
  needs: z.array(z.string()),
  writes: z.boolean(),
  form: z.record(z.string(), Json),
})
export type ProviderPage = z.infer<typeof ProviderPage>

/** What `Test` answers: it connected, or the code and what to do. */
export const TestResult = z.object({
  ok: z.boolean(),
  label: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string(), permission: z.string().nullable() }).nullable(),
})
export type TestResult = z.infer<typeof TestResult>
