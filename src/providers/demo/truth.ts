import { z } from 'zod'
import { Instant, Key, Owasp } from '../../sdk/index.ts'

/**
 * What is true of an invented identity, one list for each risk of OWASP's Non-Human Identities Top 10 (2025). They come from how the
 * estate was made up and never from a rule: docs/demo.md says what each word means.
 */
export const Fault = z.enum([
  'stale',
  'orphaned',
  'unrevoked',
  'leaked',
  'vendor-excess',
  'weak-authentication',
  'over-privileged',
  'open-trust',
  'long-lived',
  'environment-mixing',
  'reused',
  'human-use',
])
export type Fault = z.infer<typeof Fault>

/** Which risk a fault belongs to. */
export const RISK: Readonly<Record<Fault, Owasp>> = {
  stale: 'NHI1',
  orphaned: 'NHI1',
  unrevoked: 'NHI1',
  leaked: 'NHI2',
  'vendor-excess': 'NHI3',
  'weak-authentication': 'NHI4',
  'over-privileged': 'NHI5',
  'open-trust': 'NHI6',
  'long-lived': 'NHI7',
  'environment-mixing': 'NHI8',
  reused: 'NHI9',
  'human-use': 'NHI10',
}

/** What in the estate would lead a person to the true owner, where nobody is recorded. */
export const Evidence = z.enum([
  'created',
  'tags',
  'commits',
  'controls',
  'contains',
  'runs',
  'logins',
  'names',
  'none',
])
export type Evidence = z.infer<typeof Evidence>

const lists = z.strictObject(
  Object.fromEntries(Owasp.options.map((risk) => [risk, z.array(Fault)])) as Record<Owasp, z.ZodArray<typeof Fault>>,
)

export const Truth = z.strictObject({
  identity: Key,
  name: z.string(),
  type: z.string(),
  connection: z.string(),
  /** False for a person's own account, which `size` does not count. */
  machine: z.boolean(),
  owner: z.strictObject({
    /** Who answers for it in truth; null where nobody who is still here does. */
    person: Key.nullable(),
    /** Does a source say so? */
    recorded: z.boolean(),
    evidence: z.array(Evidence),
  }),
  labels: lists,
  /** Faults it does not have and looks as if it had, with why. */
  near: z.array(z.strictObject({ fault: Fault, why: z.string() })),
  /** Why it is hard to judge, where it is. */
  hard: z.string().nullable(),
  /** Faults of it that nothing in the estate shows: no reading of it could tell. */
  unseen: z.array(Fault),
})
export type Truth = z.infer<typeof Truth>

/** What `reeve demo --labels --json` prints. */
export const Labels = z.strictObject({
  size: z.number().int(),
  seed: z.number().int(),
  day: z.iso.date(),
  at: Instant,
  identities: z.array(Truth),
})
export type Labels = z.infer<typeof Labels>

export function labelled(faults: readonly Fault[]): Truth['labels'] {
  const labels = Object.fromEntries(Owasp.options.map((risk) => [risk, [] as Fault[]])) as Truth['labels']
  for (const fault of new Set(faults)) labels[RISK[fault]].push(fault)
  return labels
}
