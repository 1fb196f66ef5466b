import * as claim from './claims.ts'
import type { Framework } from './framework.ts'

export const nist80053: Framework = {
  id: 'nist-sp-800-53',
  title: 'NIST SP 800-53, security and privacy controls',
  version: 'Revision 5, release 5.2.0',
  publisher: 'National Institute of Standards and Technology',
  url: 'https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final',
  controls: [
    {
      id: 'AC-2',
      title: 'Account management',
      asks: 'Accounts have a manager, are made, changed and ended by a process, and are looked at again as often as you say.',
      evidence: [claim.owned, claim.purpose, claim.reviewedThisYear],
    },
    {
      id: 'AC-2(3)',
      title: 'Disabling accounts',
      asks: 'Accounts that expired, answer to nobody, break policy or were long unused are disabled.',
      evidence: [claim.inUse, claim.ended],
    },
    {
      id: 'AC-3',
      title: 'Enforced access',
      asks: 'What was approved is what can be reached, and nothing else.',
      evidence: [claim.notOpen, claim.trustBound],
    },
    {
      id: 'AC-6',
      title: 'Least privilege',
      asks: 'Processes, as people, hold only what their task needs.',
      evidence: [claim.leastPrivilege],
    },
    {
      id: 'AC-6(5)',
      title: 'Privileged accounts',
      asks: 'All-powerful accounts are few and held by those who need them.',
      evidence: [claim.noAdministrator],
    },
    {
      id: 'IA-4',
      title: 'Identifiers',
      asks: 'Each individual, service and device has an identifier of its own, which is not given to another.',
      evidence: [claim.ownName],
    },
    {
      id: 'IA-5',
      title: 'Authenticators',
      asks: 'What proves an identity is strong enough, changed in time and when it may be known, and kept from others.',
      evidence: [claim.rotated, claim.fewCredentials, claim.replacedWhenKnown, claim.strongProof],
    },
    {
      id: 'IA-5(7)',
      title: 'No static authenticators built in',
      asks: 'No program or other static store carries an unencrypted secret.',
      evidence: [claim.notInCode],
    },
    {
      id: 'IA-9',
      title: 'Services prove themselves',
      asks: 'A service identifies and proves itself before it talks to another.',
      evidence: [claim.authenticated, claim.federated],
    },
    {
      id: 'SC-12',
      title: 'Keys are made and managed',
      asks: 'Cryptographic keys are made, given out, stored and destroyed as you require.',
      evidence: [claim.strongKeys, claim.renewed],
    },
    {
      id: 'SA-9',
      title: 'Services of outsiders',
      asks: 'What outsiders provide keeps to your requirements, and somebody watches that it does.',
      evidence: [claim.suppliers],
    },
    {
      id: 'AU-2',
      title: 'Events that are recorded',
      asks: 'What identities do is recorded where it matters.',
      evidence: [claim.useRecorded],
    },
  ],
}
