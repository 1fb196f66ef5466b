import type { Detector } from '../detector.ts'
import { token } from '../token-format.ts'
import { isSample, looksDrawn } from '../value.ts'
import { isBech32, jsonIn } from './checksum.ts'
import { made } from './made.ts'

const dashes = '-----'
/** Bodies come with real newlines, written as `\n` in JSON and code, quoted line by line, or all on one line. */
const armour = (kind: string): RegExp =>
  new RegExp(
    String.raw`-----BEGIN (?<kind>${kind})-----(?<body>(?:[A-Za-z0-9+/=:,. \t\r\n\\"'()*#>_|&;]|-(?!-{4})){16,15000}?)(?:-----END [A-Z0-9 ]{0,30}-{1,5}|(?=["'\x60<]{1,3}[ \t]{0,4}[;,)\n]))`,
  )

/** The base64 of the body, without headers, quotes and line ends. */
const bodyOf = (body: string): string =>
  body
    .replace(/\\[nrt]/g, '\n')
    .replace(/^[A-Za-z-]{2,20}: .*$/gm, '')
    .replace(/[^A-Za-z0-9+/=]/g, '')

/** What protects the key: null for nothing. OpenSSH keys say it inside, the others in their armour. */
const protectionOf = (kind: string, body: string): string | null => {
  if (/ENCRYPTED/.test(kind)) return 'PKCS#8 encryption'
  const cipher = /DEK-Info: ?([A-Z0-9-]{3,20})/.exec(body)
  if (/Proc-Type: ?4,ENCRYPTED/.test(body)) return cipher?.[1] ?? 'PEM encryption'
  if (!kind.startsWith('OPENSSH')) return null
  const bytes = Buffer.from(bodyOf(body).slice(0, 88), 'base64')
  if (bytes.subarray(0, 14).toString('latin1') !== 'openssh-key-v1' || bytes.length < 30) return null
  const name = bytes.subarray(19, 19 + Math.min(32, bytes.readUInt32BE(15))).toString('latin1')
  return name === 'none' || !/^[a-z0-9@.-]+$/.test(name) ? null : name
}

const pemCase = (kind: string, head = ''): string =>
  `${dashes}BEGIN ${kind}${dashes}\n${head}${made('{A-Za-z0-9+/:64}')}\n${made('{A-Za-z0-9+/:63}')}\n${dashes}END ${kind}${dashes}\n`

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

export const keys: readonly Detector[] = [
  {
    id: 'private-key',
    provider: 'generic',
    title: 'Private key',
    severity: 'critical',
    method: 'ssh-key',
    rank: 3,
    span: 16_000,
    prefix: 0,
    anchors: [{ literal: '-----BEGIN ' }],
    pattern: armour('(?:RSA |EC |DSA |OPENSSH |ENCRYPTED |ANY |SSH2 (?:ENCRYPTED )?)?PRIVATE KEY(?: BLOCK)?'),
    judge: ({ groups, window, at }) => {
      const kind = groups['kind']!
      const base64 = bodyOf(groups['body']!)
      if (base64.length < 48 || new Set(base64).size < 12) return 'veto'
      const format = kind === 'PRIVATE KEY' || kind.startsWith('ENCRYPTED') ? 'PKCS#8' : kind.split(' ')[0]!
      const protection = protectionOf(kind, groups['body']!)
      const method =
        kind.startsWith('OPENSSH') || kind.startsWith('SSH2') || kind.startsWith('DSA') ? 'ssh-key' : 'certificate'
      const google = /"private_key":[ \t]{0,4}"$/.test(window.slice(0, at))
      const keyId = google ? /"private_key_id":[ \t]{0,4}"([0-9a-f]{40})"/.exec(window)?.[1] : undefined
      return protection === null
        ? {
            title: google ? 'Google Cloud service account key' : `Private key (${format}), not encrypted`,
            method: google ? 'access-key' : method,
            ...(google ? { provider: 'gcp', keyId } : {}),
          }
        : { title: `Private key (${format}), encrypted with ${protection}`, severity: 'low', method }
    },
    before: 300,
    cases: {
      yes: [
        pemCase('RSA PRIVATE KEY'),
        pemCase('EC PRIVATE KEY'),
        pemCase('PRIVATE KEY'),
        pemCase('OPENSSH PRIVATE KEY'),
        pemCase('ENCRYPTED PRIVATE KEY'),
        pemCase('RSA PRIVATE KEY', 'Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,1F77CE6D2B\n\n'),
        `{"type": "service_account", "private_key_id": "${made('{0-9a-f:40}')}", "private_key": "${pemCase('PRIVATE KEY').replaceAll('\n', '\\n')}"}`,
      ],
      no: [
        `if (text.startsWith('${dashes}BEGIN RSA PRIVATE KEY${dashes}')) return`,
        pemCase('PUBLIC KEY'),
        pemCase('CERTIFICATE'),
        `${dashes}BEGIN RSA PRIVATE KEY${dashes}\n...\n${dashes}END RSA PRIVATE KEY${dashes}`,
      ],
    },
  },
  {
    id: 'private-key-base64',
    provider: 'generic',
    title: 'Private key in base64',
    severity: 'critical',
    method: 'certificate',
    rank: 3,
    span: 16_000,
    anchors: [{ literal: 'LS0tLS1CRUdJTi' }, { literal: '0tLS0tQkVHSU4g' }],
    pattern: /(?<value>(?:LS0tLS1CRUdJTi|0tLS0tQkVHSU4g)[A-Za-z0-9+/_-]{40,14000}={0,2})/,
    judge: ({ value, window, at }) => {
      const text = Buffer.from(value.startsWith('L') ? value : `LS${value}`, 'base64').toString('latin1')
      if (!/^-----BEGIN [A-Z ]{0,20}PRIV/.test(text)) return null
      const encrypted = /ENCRYPTED/.test(text.slice(0, 120))
      const client = /client-key-data["']?:[ \t]*["']?$/.test(window.slice(0, at))
      return {
        ...(client ? { title: 'Client key in a kubeconfig', provider: 'kubernetes' } : {}),
        ...(encrypted ? { severity: 'low', title: 'Private key in base64, encrypted' } : {}),
      }
    },
    cases: {
      yes: [`client-key-data: ${Buffer.from(pemCase('RSA PRIVATE KEY')).toString('base64')}`],
      no: [`client-certificate-data: ${Buffer.from(pemCase('CERTIFICATE')).toString('base64')}`],
    },
  },
  {
    id: 'pgp-private-key',
    provider: 'pgp',
    title: 'PGP private key',
    severity: 'critical',
    method: 'certificate',
    rank: 3,
    span: 16_000,
    anchors: [{ literal: '-----BEGIN PGP PRIVATE' }],
    pattern: armour('PGP PRIVATE KEY BLOCK'),
    judge: ({ groups }) => (bodyOf(groups['body']!).length >= 60 ? {} : null),
    cases: { yes: [pemCase('PGP PRIVATE KEY BLOCK', 'Version: GnuPG v2\n\n')], no: [pemCase('PGP PUBLIC KEY BLOCK')] },
  },
  {
    id: 'putty-private-key',
    provider: 'generic',
    title: 'PuTTY private key',
    severity: 'critical',
    method: 'ssh-key',
    rank: 3,
    span: 16_000,
    anchors: [{ literal: 'PuTTY-User-Key-File-' }],
    pattern:
      /PuTTY-User-Key-File-[23]: (?<kind>[a-z0-9-]{3,30})\r?\nEncryption: (?<cipher>[a-z0-9-]{3,20})\r?\n[^\0]{0,9000}?Private-Lines: \d{1,3}\r?\n(?<value>(?:[A-Za-z0-9+/=]{4,76}\r?\n){1,120})/,
    judge: ({ groups }) =>
      groups['cipher'] === 'none'
        ? {}
        : { severity: 'low', title: `PuTTY private key, encrypted with ${groups['cipher']}` },
    cases: {
      yes: [
        made(
          'PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nComment: a\nPublic-Lines: 1\n{A-Za-z0-9+/:64}\nPrivate-Lines: 1\n{A-Za-z0-9+/:64}\nPrivate-MAC: 00\n',
        ),
      ],
      no: ['PuTTY-User-Key-File-2: ssh-rsa\n'],
    },
  },
  {
    ...token('age-secret-key', 'age', 'age secret key', 'AGE-SECRET-KEY-1{QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L:58}'),
    severity: 'critical',
    judge: ({ value }) =>
      isBech32(value)
        ? {}
        : isSample(value.slice(16))
          ? 'veto'
          : { severity: 'medium', title: 'age secret key (its checksum does not verify)' },
  },
  {
    id: 'wireguard-key',
    provider: 'wireguard',
    title: 'WireGuard key',
    severity: 'high',
    method: 'token',
    rank: 2,
    boundary: true,
    anchors: ['PrivateKey', 'PresharedKey', 'private_key', 'preshared_key', 'wireguard'].map((literal) => ({
      literal,
      anyCase: true,
    })),
    pattern:
      /(?:private_?key|preshared_?key|wireguard[\w-]{0,30})["']?[ \t]{0,4}[=:][ \t]{0,4}["']?(?<value>[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)(?![A-Za-z0-9+/=])/i,
    cases: {
      yes: [made('[Interface]\nPrivateKey = {A-Za-z0-9+/:42}A=\n')],
      no: [made('PublicKey = {A-Za-z0-9+/:42}A='), 'PrivateKey = key='],
    },
  },
  {
    id: 'nats-seed',
    provider: 'nats',
    title: 'NATS NKEY seed',
    severity: 'high',
    method: 'token',
    rank: 3,
    boundary: true,
    prefix: 2,
    anchors: ['SA', 'SC', 'SN', 'SO', 'SU', 'SX'].map((literal) => ({ literal, next: 'A-Z2-7' })),
    pattern: /(?<value>S[ACNOUX][A-Z2-7]{56})(?![A-Za-z0-9=])/,
    judge: ({ value }) => {
      if (!isNkey(value)) return null
      return {}
    },
    cases: { yes: [nkeyCase()], no: [made('SU{A-Z2-7:56}'), 'SUMMARY'] },
  },
  {
    id: 'jwt',
    provider: 'jwt',
    title: 'JSON Web Token',
    severity: 'medium',
    method: 'token',
    rank: 2,
    span: 8_000,
    boundary: true,
    anchors: [{ literal: 'eyJ' }],
    pattern: /(?<value>eyJ[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{16,1500})(?![A-Za-z0-9_-])/,
    judge: ({ value }) => {
      const [head, body] = value.split('.')
      const header = jsonIn(head!)
      const claims = jsonIn(body!)
      if (header === null || typeof header['alg'] !== 'string' || header['alg'] === 'none') return null
      const text = (claim: unknown): string | undefined => (typeof claim === 'string' ? claim : undefined)
      const keyId = text(header['kid']) ?? text(claims?.['sub'])
      const issuer = text(claims?.['iss']) ?? ''
      const provider =
        issuer === 'supabase'
          ? 'supabase'
          : /kubernetes\/serviceaccount/.test(issuer)
            ? 'kubernetes'
            : /sts\.windows\.net|login\.microsoftonline/.test(issuer)
              ? 'azure'
              : undefined
      // A token from a page of documentation: the sample of jwt.io.
      if (claims?.['name'] === 'John Doe' && claims['sub'] === '1234567890') return 'veto'
      const lives =
        typeof claims?.['exp'] === 'number' && typeof claims['iat'] === 'number'
          ? claims['exp'] - claims['iat']
          : Infinity
      return {
        keyId,
        ...(provider === undefined ? {} : { provider }),
        ...(claims?.['role'] === 'anon'
          ? { severity: 'info', title: 'Supabase public (anon) key' }
          : claims?.['role'] === 'service_role' || provider === 'kubernetes'
            ? { severity: 'critical' }
            : {}),
        ...(lives <= 3600 * 24 ? { severity: 'low', title: 'JSON Web Token, made to live a day or less' } : {}),
      }
    },
    cases: {
      yes: [
        `${base64url({ alg: 'RS256', kid: 'k1' })}.${base64url({ iss: 'https://idp.acme.test', sub: 'svc' })}.${made('{A-Za-z0-9_-:86}')}`,
      ],
      no: [
        `${base64url({ alg: 'none' })}.${base64url({ sub: 'a' })}.${made('{A-Za-z0-9_-:86}')}`,
        made('eyJ{A-Za-z0-9:30}.eyJ{A-Za-z0-9:30}.{A-Za-z0-9:30}'),
      ],
    },
  },
  {
    id: 'jwk-private-key',
    provider: 'generic',
    title: 'Private key as JSON Web Key',
    severity: 'critical',
    method: 'certificate',
    rank: 2,
    before: 3000,
    span: 3000,
    anchors: [{ literal: '"d"' }, { literal: '"k"' }, { literal: "'d'" }, { literal: "'k'" }],
    pattern: /["'][dk]["'][ \t]{0,4}:[ \t]{0,4}["'](?<value>[A-Za-z0-9_-]{22,2800})={0,2}["']/,
    judge: ({ window }) => {
      const keyType = /["']kty["'][ \t]{0,4}:[ \t]{0,4}["'](RSA|EC|OKP|oct)["']/.exec(window)
      return keyType === null
        ? null
        : {
            title: `Private key as JSON Web Key (${keyType[1]})`,
            keyId: /["']kid["'][ \t]{0,4}:[ \t]{0,4}["']([^"'\n]{1,80})["']/.exec(window)?.[1],
          }
    },
    cases: {
      yes: [made('{"kty":"EC","crv":"P-256","kid":"a1","d":"{A-Za-z0-9_-:43}"}')],
      no: [made('{"d":"{A-Za-z0-9_-:43}"}'), made('{"kty":"EC","x":"{A-Za-z0-9_-:43}"}')],
    },
  },
  {
    id: 'private-key-der-base64',
    provider: 'generic',
    title: 'Private key in base64 (DER)',
    severity: 'critical',
    method: 'certificate',
    rank: 1,
    span: 6000,
    boundary: true,
    anchors: [{ literal: 'MII' }, { literal: 'MIG' }, { literal: 'MC4CAQAwBQYDK2V' }],
    pattern:
      /(?<value>(?:MII[A-Za-z0-9+/]{2}[wQg]IBA[A-Za-z0-9+/]{300,5000}|MIGHAgEAMBMGByqGSM49[A-Za-z0-9+/]{100,200}|MC4CAQAwBQYDK2V[A-Za-z0-9+/]{49})={0,2})(?![A-Za-z0-9+/=])/,
    judge: ({ value }) => (looksDrawn(value) ? {} : null),
    cases: { yes: [made('key = "MIGHAgEAMBMGByqGSM49{A-Za-z0-9+/:164}"')], no: [made('MIIB{A-Za-z0-9+/:100}')] },
  },
  {
    id: 'ansible-vault',
    provider: 'ansible',
    title: 'Ansible vault (encrypted)',
    severity: 'info',
    method: 'password',
    rank: 3,
    span: 4000,
    anchors: [{ literal: '$ANSIBLE_VAULT;' }],
    pattern: /\$ANSIBLE_VAULT;1\.\d;AES256(?:;[\w.-]{1,60})?[\r\n \t]{1,40}(?:[0-9a-f]{2,80}[\r\n \t]{0,40}){1,40}/,
    // Protected already: nothing to report, and nothing in it is a secret.
    judge: () => 'veto',
    cases: { yes: [], no: [made('$ANSIBLE_VAULT;1.1;AES256\n{0-9a-f:80}\n')] },
  },
]

/** Base32 of prefix byte, type, 32 bytes and their CRC-16 (XMODEM). */
function isNkey(seed: string): boolean {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bytes: number[] = []
  let bits = 0
  let held = 0
  for (const c of seed) {
    held = ((held << 5) | alphabet.indexOf(c)) & 0xffff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((held >> bits) & 0xff)
    }
  }
  const end = bytes.length - 2
  return crc16(bytes.slice(0, end)) === (bytes[end]! | (bytes[end + 1]! << 8))
}

function crc16(bytes: readonly number[]): number {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte << 8
    for (let i = 0; i < 8; i++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff
  }
  return crc
}

function nkeyCase(): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bytes = [0x90 | (0xa0 >> 5), (0xa0 & 31) << 3, ...Buffer.from(made('{a-zA-Z0-9:32}'), 'latin1')]
  const crc = crc16(bytes)
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of [...bytes, crc & 0xff, crc >> 8]) {
    held = ((held << 8) | byte) & 0xfffff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet[(held >> bits) & 31]
    }
  }
  if (bits > 0) text += alphabet[(held << (5 - bits)) & 31]
  return text
}
