import { hash } from 'node:crypto'
import { type Entity, type Finding, Live, type Outcome, type Place, type Rule, type Severity } from '../sdk/index.ts'
import type { Evaluated } from './evaluate.ts'
import { nameOf } from './rules/standing.ts'

type Told = Extract<Outcome, { verdict: 'fail' | 'unknown' }>
type Secret = NonNullable<Extract<Outcome, { verdict: 'fail' }>['secret']>

/**
 * One verdict as a finding. The id is sixteen hex digits of SHA-256 and says which fault it is, not where on the page it
 * stands: for a credential that was found as text it is made from rule, detector, redacted value and the first file (by
 * name), so that it is the same on machines with other fingerprint keys and after the line moved; for all else from rule
 * and subject. Two secrets that look alike in one file have the same id here: `toFindings` tells them apart.
 */
export function toFinding(rule: Rule, subject: Entity, outcome: Told): Finding {
  const secret = secretOf(subject, outcome)
  const places = [...((outcome.verdict === 'fail' && outcome.places) || [])].sort(byPlace)
  const identity = secret ? [rule.id, secret.detector, secret.redacted, places[0]?.file ?? ''] : [rule.id, subject.key]
  const live = Live.safeParse(subject.attributes['live'])
  return {
    id: hash('sha256', JSON.stringify(identity)).slice(0, 16),
    rule: rule.id,
    title: rule.title,
    ...(outcome.verdict === 'fail'
      ? { says: outcome.says, severity: outcome.severity ?? rule.severity, verdict: 'fail' as const }
      : {
          says: `Not known for ${nameOf(subject)}: ${outcome.reason}.`,
          severity: rule.severity,
          verdict: 'unknown' as const,
        }),
    owasp: rule.owasp as Finding['owasp'],
    subject: subject.key,
    because: outcome.verdict === 'fail' ? outcome.because : [outcome.reason],
    fix: outcome.verdict === 'fail' ? (outcome.fix ?? (rule.fix as string[])) : unlock(outcome),
    places,
    ...(secret && { detector: secret.detector, provider: secret.provider, redacted: secret.redacted }),
    ...(secret?.keyId !== undefined && { keyId: secret.keyId }),
    ...((secret?.fingerprint ?? subject.fingerprint) !== undefined && {
      fingerprint: secret?.fingerprint ?? subject.fingerprint,
    }),
    ...(live.success && { live: live.data }),
    ...(outcome.verdict === 'unknown' && outcome.permission !== undefined && { permission: outcome.permission }),
  }
}

/** All fails and unknowns as findings, worst first. Ids are unique: of look-alikes the second in order gets `-2`, and so on. */
export function toFindings(evaluated: Iterable<Evaluated>): Finding[] {
  const findings: Finding[] = []
  for (const { rule, subject, outcome } of evaluated) {
    if (outcome.verdict === 'fail' || outcome.verdict === 'unknown') findings.push(toFinding(rule, subject, outcome))
  }
  return numbered(findings).sort(worstFirst)
}

/** Look-alikes are told apart by their order of place, which survives lines put in above both. */
export function numbered(findings: Finding[]): Finding[] {
  const alike = Map.groupBy(findings, (finding) => finding.id)
  for (const same of alike.values()) {
    if (same.length === 1) continue
    same.sort((a, b) => byPlace(a.places[0] ?? {}, b.places[0] ?? {}) || order(a.subject, b.subject))
    for (const [index, finding] of same.entries()) if (index > 0) finding.id += `-${index + 1}`
  }
  return findings
}

/**
 * What was known before: a finding is old when the baseline has its id, or its fingerprint under the same rule, or the same
 * rule, detector and redacted value with a place in the same file.
 */
export function baseline(known: Iterable<Finding>): (finding: Finding) => boolean {
  const marks = new Set<string>()
  for (const finding of known) for (const mark of marksOf(finding)) marks.add(mark)
  return (finding) => marksOf(finding).some((mark) => marks.has(mark))
}

function marksOf(finding: Finding): string[] {
  const marks = [`id ${finding.id}`]
  if (finding.fingerprint) marks.push(`fingerprint ${finding.rule} ${finding.fingerprint}`)
  if (finding.detector === undefined) return marks
  for (const { file } of finding.places)
    if (file !== undefined) marks.push(JSON.stringify([finding.rule, finding.detector, finding.redacted, file]))
  return marks
}

export const RANK: Readonly<Record<Severity, number>> = { critical: 0, high: 1, medium: 2, low: 3, info: 4 }

/** Fails before unknowns, the severest first, then by rule and subject: the same order on every machine. */
export const worstFirst = (a: Finding, b: Finding): number =>
  order(a.verdict, b.verdict) ||
  RANK[a.severity] - RANK[b.severity] ||
  order(a.rule, b.rule) ||
  order(a.subject, b.subject)

/** What the entity itself says of the credential where the rule says nothing. */
function secretOf(subject: Entity, outcome: Told): Secret | undefined {
  if (outcome.verdict === 'fail' && outcome.secret) return outcome.secret
  const { detector, redacted, provider, keyId } = subject.attributes
  if (subject.kind !== 'credential' || typeof detector !== 'string' || typeof redacted !== 'string') return undefined
  return {
    detector,
    redacted,
    provider: typeof provider === 'string' ? provider : 'generic',
    ...(typeof keyId === 'string' && { keyId }),
  }
}

const unlock = ({ permission }: { permission?: string }): string[] =>
  permission === undefined
    ? ['Make it known, at its source or by a label, then sync again.']
    : [`Grant ${permission.replace(/^grant /i, '')}, then sync again.`]

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const byPlace = (a: Place, b: Place): number =>
  order(a.file ?? '', b.file ?? '') ||
  (a.line ?? 0) - (b.line ?? 0) ||
  (a.column ?? 0) - (b.column ?? 0) ||
  order(a.commit ?? '', b.commit ?? '')
