import { describe, expect, test } from 'vitest'
import { detectors } from './detectors/index.ts'
import { compile } from './engine.ts'
import { scanBytes } from './reading.ts'

const engine = compile(detectors)

describe('places', () => {
  const password = (content: string | Uint8Array) =>
    scanBytes(engine, typeof content === 'string' ? Buffer.from(content) : content, 'a.env')

  test('count lines and columns from one, columns in UTF-16 code units', () => {
    const [found] = password('A=1\n# \u00e9\u00e9\nX=1 \u00e9 DB_PASSWORD=tr0ub4dor\n')
    expect(found).toMatchObject({ line: 3, column: 19, detector: 'password' })
  })

  test('are those of the bytes in UTF-16, in either order', () => {
    const bytes = Buffer.from('\ufeffA=1\nDB_PASSWORD=tr0ub4dor\n', 'utf16le')
    for (const one of [bytes, Buffer.from(bytes).swap16()]) {
      const [found] = password(one)
      expect(found).toMatchObject({ line: 2, detector: 'password' })
      expect(found!.value.reveal()).toBe('tr0ub4dor')
      expect(found!.start).toBe(2 * '\ufeffA=1\nDB_PASSWORD='.length)
    }
  })

  test('keep a value in UTF-8 as it is', () => {
    expect(password('DB_PASSWORD=schl\u00fcssel99\n')[0]!.value.reveal()).toBe('schl\u00fcssel99')
  })
})

describe('a value is one detection', () => {
  test('of the detector that knows its format best', () => {
    const key = detectors.find(({ id }) => id === 'github-personal-token')!.cases.yes[1]!
    const found = scanBytes(engine, Buffer.from(`GITHUB_TOKEN=${key}`), 'a.env')
    expect(found.map(({ detector }) => detector)).toEqual(['github-personal-token'])
  })

  test('and none where the checksum of its format does not verify', () => {
    const no = detectors.find(({ id }) => id === 'github-personal-token')!.cases.no[0]!
    expect(scanBytes(engine, Buffer.from(`GITHUB_TOKEN=${no}`), 'a.env')).toEqual([])
  })

  test('and none on a line that is allowed, or below one', () => {
    const line = 'DB_PASSWORD=tr0ub4dor'
    expect(scanBytes(engine, Buffer.from(`${line} # reeve:allow\n`), 'a.env')).toEqual([])
    expect(scanBytes(engine, Buffer.from(`# reeve:allow\n${line}\n`), 'a.env')).toEqual([])
    expect(scanBytes(engine, Buffer.from(`# reeve:allow\n\n${line}\n`), 'a.env').length).toBe(1)
  })
})

test('an AWS secret carries the id beside it', () => {
  const pair = detectors.find(({ id }) => id === 'aws-secret-access-key')!.cases.yes[1]!
  const found = scanBytes(engine, Buffer.from(pair), 'a.ts')
  const secret = found.find(({ detector }) => detector === 'aws-secret-access-key')
  expect(secret?.keyId).toMatch(/^AKIA/)
  expect(pair).toContain(secret!.keyId!)
})

test('hostile input ends soon', () => {
  const hostile = [
    'password='.repeat(12_000),
    'a'.repeat(100_000),
    'pass: "'.repeat(15_000),
    `-----BEGIN RSA PRIVATE KEY-----${'A'.repeat(100_000)}`,
    '-----BEGIN RSA PRIVATE KEY-----\n'.repeat(3_000),
    `postgres://${'a:'.repeat(50_000)}`,
    'postgres://a:b@'.repeat(7_000),
    'eyJ'.repeat(35_000),
    `eyJ${'a.eyJ'.repeat(20_000)}`,
    'curl -u '.repeat(12_000),
    `jdbc:mysql://${'?&;'.repeat(30_000)}`,
    'key'.repeat(35_000),
    `secret ${' '.repeat(100_000)}=`,
    `"token"${'"'.repeat(100_000)}`,
    '\n  a: b'.repeat(15_000),
    'machine a login b '.repeat(6_000),
    '$2b$'.repeat(25_000),
    'identified by '.repeat(8_000),
    `AKIA${'A'.repeat(100_000)}`,
    'convertto-securestring '.repeat(5_000),
    'PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\n'.repeat(2_500),
    '"auth": "'.repeat(12_000),
    'mysql -p'.repeat(12_000),
    'twilio '.repeat(15_000),
    'a-'.repeat(50_000),
    '__'.repeat(50_000),
    'password'.repeat(12_000),
    `password${'\\"'.repeat(50_000)}`,
    'Bearer '.repeat(15_000),
  ]
  for (const content of hostile) {
    expect(scanBytes(engine, Buffer.from(content), 'a'), content.slice(0, 40)).toBeInstanceOf(Array)
  }
})
