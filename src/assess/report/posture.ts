import { z } from 'zod'
import { Finding, Instant, type Kind, LedgerLine, Owasp, type Rule, Severity } from '../../sdk/index.ts'
import { worstFirst } from '../finding.ts'
import { OWASP } from '../frameworks/owasp.ts'
import { underTenNames } from '../frameworks/ten-names.ts'
import { accountable } from '../owner.ts'
import { owaspIds } from '../score.ts'
import { lostVerdicts } from '../store-things.ts'
import { fiveThings, type ThingsEstate } from '../things.ts'

const BySeverity = z.record(Severity, z.number().int())

/** The posture of an estate at one moment. The same snapshot gives the same bytes: no clock, and every list in order. */
export const PostureReport = z.object({
  title: z.string(),
  /** When the newest of it was read; null when nothing was. */
  asOf: Instant.nullable(),
  estate: z.object({
    identities: z.number().int(),
    people: z.number().int(),
    credentials: z.number().int(),
    secrets: z.number().int(),
    workloads: z.number().int(),
    entitlements: z.number().int(),
    resources: z.number().int(),
    /** Identities with a living person who answers for them. */
    owned: z.number().int(),
  }),
  open: BySeverity,
  unknown: z.number().int(),
  /** What most wants doing. */
  things: z.array(
    z.object({
      says: z.string(),
      because: z.array(z.string()),
      fix: z.array(z.string()),
      undo: z.string(),
      owner: z.string().nullable(),
      more: z.number().int(),
    }),
  ),
  owasp: z.array(
    z.object({ id: Owasp, title: z.string(), rules: z.number().int(), open: BySeverity, unknown: z.number().int() }),
  ),
  tenNames: z.array(z.object({ name: z.string(), open: z.number().int() })),
  lost: z.array(
    z.object({
      connection: z.string(),
      permission: z.string().nullable(),
      reason: z.string(),
      verdicts: z.number().int(),
    }),
  ),
  ledger: z.array(LedgerLine),
  findings: z.array(Finding),
  /** Open findings beside those: a large estate's are told in the table of findings. */
  more: z.number().int(),
  /** The rules that have findings here. */
  rules: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      severity: Severity,
      owasp: z.array(Owasp),
      why: z.string(),
      undo: z.string(),
    }),
  ),
})
export type PostureReport = z.infer<typeof PostureReport>

/** From what was found open, with the ledger of the reads it rests on. */
export function postureReport(given: {
  title: string
  asOf: Instant | null
  findings: readonly Finding[]
  estate: ThingsEstate
  rules: readonly Rule[]
  ledger: Iterable<LedgerLine>
}): PostureReport {
  const { title, asOf, estate, rules } = given
  const findings = given.findings.toSorted(worstFirst)
  const fails = findings.filter(({ verdict }) => verdict === 'fail')
  const unknowns = findings.filter(({ verdict }) => verdict === 'unknown')
  const kinds: Record<Kind, number> = {
    identity: 0,
    person: 0,
    workload: 0,
    credential: 0,
    secret: 0,
    entitlement: 0,
    resource: 0,
  }
  let owned = 0
  for (const entity of estate.entities()) {
    kinds[entity.kind]++
    if (entity.kind === 'identity' && accountable(estate, entity.key).length > 0) owned++
  }
  const named = new Set(findings.map(({ rule }) => rule))
  return PostureReport.parse({
    title,
    asOf,
    estate: {
      identities: kinds.identity,
      people: kinds.person,
      credentials: kinds.credential,
      secrets: kinds.secret,
      workloads: kinds.workload,
      entitlements: kinds.entitlement,
      resources: kinds.resource,
      owned,
    },
    open: bySeverity(fails),
    unknown: unknowns.length,
    things: fiveThings(findings, estate, rules).map(({ says, because, fix, undo, owner, more }) => ({
      says,
      because,
      fix,
      undo,
      more,
      owner:
        owner.accountable?.name ??
        (owner.suggested ? `${owner.suggested.name} (suggested: ${owner.suggested.because[0]})` : null),
    })),
    owasp: owaspIds.map((id) => ({
      id,
      title: OWASP[id].title,
      rules: rules.filter(({ owasp }) => owasp.includes(id)).length,
      open: bySeverity(fails.filter(({ owasp }) => owasp.includes(id))),
      unknown: unknowns.filter(({ owasp }) => owasp.includes(id)).length,
    })),
    tenNames: underTenNames(fails).names.map(({ name, findings: under }) => ({ name, open: under.length })),
    lost: lostVerdicts(findings, estate),
    ledger: [...given.ledger].sort(
      (a, b) => order(a.connection, b.connection) || order(a.collection, b.collection) || order(a.scope, b.scope),
    ),
    findings,
    more: 0,
    rules: rules
      .filter(({ id }) => named.has(id))
      .map(({ id, title: says, severity, owasp, why, undo }) => ({ id, title: says, severity, owasp, why, undo }))
      .sort((a, b) => order(a.id, b.id)),
  })
}

/** The report as text, the same bytes for the same report. */
export const toJson = (report: PostureReport): string => `${JSON.stringify(report, null, 2)}\n`

const bySeverity = (findings: readonly Finding[]): Record<Severity, number> => {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 }
  for (const { severity } of findings) counts[severity]++
  return counts
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
