import * as claim from './claims.ts'
import type { Framework } from './framework.ts'

/**
 * The periods are those that Part 1 suggests for the key types which credentials of machines are. Passwords are no keys, and
 * federation has none: neither stands here.
 */
export const nist80057: Framework = {
  id: 'nist-sp-800-57',
  title: 'NIST SP 800-57 Part 1, key management',
  version: 'Revision 5 (May 2020)',
  publisher: 'National Institute of Standards and Technology',
  url: 'https://csrc.nist.gov/pubs/sp/800/57/pt1/r5/final',
  controls: [
    {
      id: '5.3.6-3',
      title: 'Symmetric authentication keys: two years',
      asks: 'A key that both sides share to prove who speaks is used for at most two years. Access keys and client secrets are of this kind.',
      evidence: [
        claim.cryptoperiod('access-key', 'No access key of it is used for more than two years.'),
        claim.cryptoperiod('client-secret', 'No client secret of it is used for more than two years.'),
      ],
    },
    {
      id: '5.3.6-4',
      title: 'Private authentication keys: two years',
      asks: 'A private key that proves who speaks is used for one to two years. SSH keys and the keys of certificates are of this kind.',
      evidence: [
        claim.cryptoperiod('ssh-key', 'No SSH key of it is used for more than two years.'),
        claim.cryptoperiod('certificate', 'No certificate’s key of it is used for more than two years.'),
      ],
    },
    {
      id: '5.3.6-17',
      title: 'Symmetric authorization keys: two years',
      asks: 'A key that grants rights to whoever shows it is used for at most two years. Tokens are of this kind.',
      evidence: [claim.cryptoperiod('token', 'No token of it is used for more than two years.')],
    },
    {
      id: '5.6',
      title: 'Algorithms and lengths',
      asks: 'Keys are of an algorithm and a length that hold for as long as they protect something.',
      evidence: [claim.strongKeys],
    },
    {
      id: '6.2',
      title: 'Protection of keys',
      asks: 'Secret and private keys are kept from everybody but those who use them.',
      evidence: [claim.keptClose, claim.notInCode],
    },
    {
      id: '8.3',
      title: 'After use: revoked and destroyed',
      asks: 'A key that is no longer wanted, or that others may have, is revoked and its copies are destroyed.',
      evidence: [claim.ended, claim.replacedWhenKnown],
    },
  ],
}
