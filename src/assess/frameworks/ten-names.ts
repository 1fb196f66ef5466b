import type { Finding, Owasp } from '../../sdk/index.ts'

/**
 * The ten plain names by which SOCRadar speaks of the same risks, each with its ids in OWASP's list of 2025, the nearest
 * first. Two names have no id there; rules cannot bear one, so nothing stands under them yet.
 */
export const TEN_NAMES: readonly { name: string; owasp: readonly Owasp[]; own?: 'X-LOG' | 'X-POL' }[] = [
  { name: 'Excessive Privileges', owasp: ['NHI5'] },
  { name: 'Hardcoded Secrets', owasp: ['NHI2', 'NHI6'] },
  { name: 'Lack of Lifecycle Management', owasp: ['NHI1'] },
  { name: 'Poor Logging and Monitoring', owasp: [], own: 'X-LOG' },
  { name: 'Weak Authentication and Authorization', owasp: ['NHI4', 'NHI5'] },
  { name: 'Unverified Third-Party Integrations', owasp: ['NHI3'] },
  { name: 'Orphaned Identities', owasp: ['NHI1'] },
  { name: 'Inadequate Segmentation', owasp: ['NHI8', 'NHI9'] },
  { name: 'Static Credentials', owasp: ['NHI7', 'NHI4'] },
  { name: 'Insufficient Policy Enforcement', owasp: [], own: 'X-POL' },
]

/**
 * Findings under the ten names. A finding stands under every name that has one of its ids; those that stand under none
 * are `unnamed`. Distinct findings under names, and the unnamed, make up all that were given.
 */
export function underTenNames<F extends Pick<Finding, 'owasp'>>(
  findings: readonly F[],
): { names: { name: string; findings: F[] }[]; unnamed: F[] } {
  const named = new Set(TEN_NAMES.flatMap(({ owasp }) => owasp))
  return {
    names: TEN_NAMES.map(({ name, owasp }) => ({
      name,
      findings: findings.filter((finding) => finding.owasp.some((id) => owasp.includes(id))),
    })),
    unnamed: findings.filter((finding) => !finding.owasp.some((id) => named.has(id))),
  }
}
