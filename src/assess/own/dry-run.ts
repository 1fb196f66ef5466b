import type { Rule, Verdict } from '../../sdk/index.ts'
import { evaluate, type View } from '../evaluate.ts'
import { nameOf } from '../rules/standing.ts'

export interface DryRun {
  would: { fail: number; pass: number; unknown: number; notApplicable: number }
  /** Fails first, then unknowns; at most 50. */
  sample: { key: string; name: string; verdict: Verdict; says: string }[]
}

const SAMPLE = 50

/** What a rule would say of an estate. Nothing is written. */
export function dryRun(estate: View, rule: Rule, { now, params }: { now: Date; params?: unknown }): DryRun {
  const would = { fail: 0, pass: 0, unknown: 0, notApplicable: 0 }
  const fails: DryRun['sample'] = []
  const unknowns: DryRun['sample'] = []
  for (const { subject, outcome } of evaluate(estate, [rule], { now, params: { [rule.id]: params } })) {
    would[outcome.verdict === 'not-applicable' ? 'notApplicable' : outcome.verdict]++
    if (outcome.verdict === 'fail' && fails.length < SAMPLE)
      fails.push({ key: subject.key, name: nameOf(subject), verdict: 'fail', says: outcome.says })
    if (outcome.verdict === 'unknown' && unknowns.length < SAMPLE)
      unknowns.push({ key: subject.key, name: nameOf(subject), verdict: 'unknown', says: outcome.reason })
  }
  return { would, sample: [...fails, ...unknowns].slice(0, SAMPLE) }
}
