import { createHash } from 'node:crypto'
import type { Detector } from '../detector.ts'

/**
 * Key stores are protected by a password: in a repository they are a secret that leaked only where everybody knows it. So those that
 * tools make by themselves and documentation uses are tried; what none of them opens is protected, and nothing is said.
 */
const PASSWORDS = [
  'changeit',
  'notasecret',
  '',
  'password',
  'changeme',
  'android',
  'secret',
  'keystore',
  'storepass',
  '123456',
  'test',
  'admin',
] as const

/** Hashes to spend on one store: makers choose how many turns a guess costs, and hostile ones a great many. */
const HASHES = 40_000

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()

interface Der {
  tag: number
  body: Buffer
  /** Where the next one begins. */
  end: number
}

/** One element of definite length (X.690 §8.1); null where the bytes end before it does. */
const der = (bytes: Buffer, at = 0): Der | null => {
  const tag = bytes[at]
  let length = bytes[at + 1]
  if (tag === undefined || length === undefined) return null
  let from = at + 2
  if (length >= 0x80) {
    const count = length & 0x7f
    if (count === 0 || count > 3 || from + count > bytes.length) return null
    length = bytes.readUIntBE(from, count)
    from += count
  }
  const end = from + length
  return end > bytes.length ? null : { tag, body: bytes.subarray(from, end), end }
}

const children = (bytes: Buffer): Der[] => {
  const found: Der[] = []
  for (let at = 0; at < bytes.length && found.length < 16; ) {
    const one = der(bytes, at)
    if (one === null) return []
    found.push(one)
    at = one.end
  }
  return found
}

/** Digests by the last bytes of their object identifiers, with their block size in bytes. */
const DIGESTS: Record<string, { name: string; block: number; size: number }> = {
  '2b0e03021a': { name: 'sha1', block: 64, size: 20 },
  '608648016503040201': { name: 'sha256', block: 64, size: 32 },
  '608648016503040202': { name: 'sha384', block: 128, size: 48 },
  '608648016503040203': { name: 'sha512', block: 128, size: 64 },
}

const filled = (bytes: Buffer, block: number): Buffer =>
  bytes.length === 0 ? bytes : Buffer.alloc(block * Math.ceil(bytes.length / block), bytes)

/** The password that the MAC of a PKCS#12 store (RFC 7292, §4 and appendix B) verifies with. */
const passwordOfPkcs12 = (store: Buffer): string | null => {
  const [, safe, mac] = children(der(store)?.body ?? Buffer.alloc(0))
  if (safe === undefined || mac === undefined) return null
  const content = children(safe.body)[1]
  const data = content === undefined ? null : der(content.body)
  const [info, salt, turns] = children(mac.body)
  if (data === null || info === undefined || salt === undefined) return null
  const [algorithm, expected] = children(info.body)
  const digest = DIGESTS[children(algorithm?.body ?? Buffer.alloc(0))[0]?.body.toString('hex') ?? '']
  if (digest === undefined || expected === undefined || (turns?.body.length ?? 1) > 4) return null
  const count = turns === undefined ? 1 : turns.body.readUIntBE(0, turns.body.length)
  const { name, block, size } = digest
  const hash = (...parts: Buffer[]): Buffer => parts.reduce((all, part) => all.update(part), createHash(name)).digest()
  let left = HASHES
  for (const password of PASSWORDS) {
    left -= count
    if (left < 0) return null
    let key = hash(
      Buffer.alloc(block, 3),
      filled(salt.body, block),
      filled(Buffer.concat([utf16(password), Buffer.alloc(2)]), block),
    )
    for (let turn = 1; turn < count; turn++) key = hash(key)
    const pad = (byte: number): Buffer =>
      Buffer.from(Buffer.concat([key.subarray(0, size)], block).map((one) => one ^ byte))
    if (hash(pad(0x5c), hash(pad(0x36), data.body)).equals(expected.body)) return password
  }
  return null
}

/** The password that the digest at the end of a Java key store verifies with. */
const passwordOfJavaStore = (store: Buffer): string | null => {
  const head = store.subarray(0, -20)
  const expected = store.subarray(-20)
  return (
    PASSWORDS.find((password) =>
      createHash('sha1').update(utf16(password)).update('Mighty Aphrodite').update(head).digest().equals(expected),
    ) ?? null
  )
}

const said = (kind: string, password: string | null) =>
  password === null
    ? null
    : {
        title: `${kind} that ${password === '' ? 'the empty password' : `the well-known password ${password}`} opens`,
        // What the Android tools sign with while developing: everybody has such a one.
        ...(password === 'android' ? { severity: 'low' as const } : {}),
      }

export const keyStores: readonly Detector[] = [
  {
    id: 'pkcs12-key-store',
    provider: 'generic',
    title: 'PKCS#12 key store that a well-known password opens',
    severity: 'high',
    method: 'certificate',
    rank: 3,
    atStart: true,
    anchors: [],
    span: 16_000,
    // SEQUENCE { version 3, SEQUENCE { …
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it reads bytes
    pattern: /(?<value>\x30(?:\x82..|\x83...)\x02\x01\x03\x30[\s\S]{200,15900})/s,
    judge: ({ value }) => said('PKCS#12 key store', passwordOfPkcs12(Buffer.from(value, 'latin1'))),
    cases: { yes: [], no: ['0 and nothing'] },
  },
  {
    id: 'java-key-store',
    provider: 'generic',
    title: 'Java key store that a well-known password opens',
    severity: 'high',
    method: 'certificate',
    rank: 3,
    atStart: true,
    anchors: [],
    span: 16_000,
    // Magic, version, number of entries; the first is a key (1), not a trusted certificate (2).
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it reads bytes
    pattern: /(?<value>\xfe\xed\xfe\xed\0\0\0[\x01\x02]\0\0..\0\0\0\x01[\s\S]{100,15900})/s,
    judge: ({ value }) => said('Java key store', passwordOfJavaStore(Buffer.from(value, 'latin1'))),
    cases: { yes: [], no: ['\xfe\xed'] },
  },
]
