import { type Detector, named } from '../detector.ts'
import { isSample, looksDrawn } from '../value.ts'
import { made } from './made.ts'

const BARE_KEY = '(?<![A-Za-z0-9])(?<value>0x[0-9a-fA-F]{64})(?![A-Za-z0-9])'

/** Keys of wallets, which have no format of their own: 64 hexadecimal digits. */
export const wallets: readonly Detector[] = [
  named({
    id: 'raw-private-key',
    provider: 'blockchain',
    title: 'Raw 256-bit private key',
    name: [
      'private_key',
      'privatekey',
      'private-key',
      'secret_key',
      'deployer',
      'mnemonic_key',
      'wallet',
      'secp256k1',
      'priv_key',
      'private key',
    ],
    body: '(?:0x[a-fA-F0-9]{64})',
    entropy: 3,
    judge: ({ value }) => (isSample(value.slice(2)) ? null : {}),
    cases: { yes: [made('PRIVATE_KEY=0x{a-f0-9:64}')], no: ['private_key=0x00', made('tx_hash=0x{a-f0-9:64}')] },
  }),
  {
    id: 'wallet-private-key',
    provider: 'blockchain',
    title: 'Private key of a wallet',
    severity: 'high',
    method: 'token',
    rank: 1,
    before: 240,
    anchors: ['wallet', 'private key', 'privkey', 'priv key'].map((literal) => ({ literal, anyCase: true })),
    // Where people tell of a wallet in words: the number stands before it or behind it.
    pattern: new RegExp(
      String.raw`(?<=${BARE_KEY}[^\0]{0,160})(?:wallet|priv(?:ate)? ?key)|(?:wallet|priv(?:ate)? ?key)[^\0]{0,160}?${BARE_KEY}`,
      'i',
    ),
    judge: ({ value, window }) =>
      isSample(value.slice(2)) ||
      !looksDrawn(value.slice(2), 64) ||
      /\b(?:tx|transaction|hash|block|topic|root|digest|checksum)s?\b/i.test(window)
        ? null
        : {},
    cases: {
      yes: [
        made('I left 0x{a-f0-9:64} in it, please do not empty my wallet'),
        made('The wallet we test with is 0x{a-f0-9:64}.'),
      ],
      no: [
        made('the hash of the transaction is 0x{a-f0-9:64}, see it in your wallet'),
        made('wallet address 0x{a-f0-9:40}'),
        made('0x{a-f0-9:64} is the root of the tree'),
      ],
    },
  },
]
