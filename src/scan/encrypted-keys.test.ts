import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { detectors } from './detectors/index.ts'
import { compile } from './engine.ts'
import { scanBytes } from './reading.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const plain = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
const encrypted = String(
  privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'tr0ub4dor' }),
)

/** A value of DER. */
const der = (tag: number, ...parts: (Buffer | string)[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'hex') : part)))
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}
/** A key encrypted after RFC 8018 (PBES2, PBKDF2, AES-256), of which each passphrase tried would cost 2,147,483,647 turns. */
const costly = (): string => {
  const turns = der(0x30, der(0x06, '2a864886f70d01050c'), der(0x30, der(0x04, Buffer.alloc(8, 7)), der(2, '7fffffff')))
  const cipher = der(0x30, der(0x06, '60864801650304012a'), der(0x04, Buffer.alloc(16, 9)))
  const scheme = der(0x30, der(0x06, '2a864886f70d01050d'), der(0x30, turns, cipher))
  const body = der(0x30, scheme, der(0x04, Buffer.alloc(1232, 0xa7))).toString('base64')
  return `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${body.replace(/.{64}/g, '$&\n')}\n-----END ENCRYPTED PRIVATE KEY-----\n`
}

/** How often judges were asked, and about how many bytes, and what came of it. */
const work = (content: string) => {
  let asked = 0
  let bytes = 0
  const engine = compile(
    detectors.map((detector) => ({
      ...detector,
      ...(detector.judge && {
        judge: (match: Parameters<typeof detector.judge>[0]) => {
          asked++
          bytes += match.value.length
          return detector.judge!(match)
        },
      }),
    })),
  )
  const titles = scanBytes(engine, Buffer.from(content), 'id').map(({ title }) => title)
  return { asked, bytes, titles }
}

test('an encrypted private key costs no more than a plain one, however many turns its passphrase takes', () => {
  const [one, other, third] = [work(plain), work(encrypted), work(costly())]
  expect(one.titles).toEqual(['Private key (PKCS#8), not encrypted'])
  for (const work of [other, third]) {
    expect(work.titles).toEqual(['Private key (PKCS#8), encrypted with PKCS#8 encryption'])
    expect(work.asked).toBeLessThanOrEqual(one.asked)
    // The bytes of the envelope: which scheme, which salt.
    expect(work.bytes).toBeLessThanOrEqual(one.bytes + 300)
  }
})
