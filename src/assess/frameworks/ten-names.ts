import type { Finding, Owasp } from '../../sdk/index.ts'
import * as claim from './claims.ts'
import type { Claim, Framework } from './framework.ts'

/**
 * The ten plain names by which SOCRadar speaks of the same risks, each with its ids in OWASP's list of 2025, the nearest
 * first. Two names have no id there; rules cannot bear one, and facts alone stand under them.
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

/** What shows each risk. */
const SHOWN: Readonly<Record<Owasp, Claim>> = {
  NHI1: claim.offboarded,
  NHI2: claim.leaked,
  NHI3: claim.suppliers,
  NHI4: claim.authenticated,
  NHI5: claim.leastPrivilege,
  NHI6: claim.deployed,
  NHI7: claim.shortLived,
  NHI8: claim.apart,
  NHI9: claim.notShared,
  NHI10: claim.noPersonUsesIt,
}
const OWN: Readonly<Record<'X-LOG' | 'X-POL', Claim>> = { 'X-LOG': claim.useRecorded, 'X-POL': claim.reviewedThisYear }

/** What shows a name besides its risks. */
const BESIDE: Readonly<Record<string, readonly Claim[]>> = { 'Orphaned Identities': [claim.owned] }

const ASKS: readonly string[] = [
  'Identities hold no more than their work needs.',
  'Secrets stand in no code, and in no setting of a pipeline or cloud.',
  'Identities begin, change and end by a process.',
  'It can be seen what identities do.',
  'Identities prove themselves, and what they may do is checked.',
  'What outsiders connect is known and bounded.',
  'Somebody answers for each identity.',
  'Environments and applications do not share identities.',
  'Credentials do not stay the same for ever.',
  'What was decided about identities is written down and kept to.',
]

/** The ten names as a view over the same evidence as OWASP's. */
export const tenNames: Framework = {
  id: 'ten-names',
  title: 'The same risks by their ten plain names',
  version: 'its list of ten',
  publisher: 'SOCRadar',
  url: 'https://socradar.io/',
  controls: TEN_NAMES.map(({ name, owasp, own }, index) => ({
    id: name.toLowerCase().replaceAll(/[^a-z]+/g, '-'),
    title: name,
    asks: ASKS[index]!,
    evidence: [...owasp.map((id) => SHOWN[id]), ...(own ? [OWN[own]] : []), ...(BESIDE[name] ?? [])],
  })),
}
