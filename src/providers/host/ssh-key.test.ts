import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { expiryOf, parseAuthorizedKeys } from './authorized-key.ts'
import { privateKeysIn } from './private-key.ts'
import { blobOf, parseBlob, parsePublicLine } from './ssh-key.ts'

const folder = mkdtempSync(join(tmpdir(), 'reeve-keys-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const keygen = existsSync('/usr/bin/ssh-keygen')
if (!keygen) console.log('skipped: ssh-keygen is not installed; keys are compared with what it prints')
const make = (name: string, ...args: string[]) => {
  const path = join(folder, name)
  execFileSync('ssh-keygen', ['-q', '-f', path, '-C', `${name}@test`, ...args])
  return {
    path,
    secret: readFileSync(path, 'utf8'),
    line: readFileSync(`${path}.pub`, 'utf8').trim(),
    shown: execFileSync('ssh-keygen', ['-lf', `${path}.pub`], { encoding: 'utf8' }).split(' '),
  }
}

describe.runIf(keygen)('beside ssh-keygen', () => {
  test.each([
    ['ed25519', ['-t', 'ed25519', '-N', '']],
    ['rsa2048', ['-t', 'rsa', '-b', '2048', '-N', '']],
    ['rsa1024', ['-t', 'rsa', '-b', '1024', '-N', '']],
    ['ecdsa384', ['-t', 'ecdsa', '-b', '384', '-N', '']],
    ['rsapem', ['-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', '']],
    ['ecpkcs8', ['-t', 'ecdsa', '-b', '256', '-m', 'PKCS8', '-N', '']],
  ])('%s: the public line and the private file give one fingerprint', (name, args) => {
    const { secret, line, shown } = make(name, ...args)
    const fromLine = parsePublicLine(line)!
    expect([String(fromLine.bits), fromLine.fingerprint, fromLine.comment]).toEqual([
      shown[0],
      shown[1],
      `${name}@test`,
    ])
    const [key] = privateKeysIn(secret)
    expect(key).toMatchObject({ encrypted: false, publicKey: { fingerprint: shown[1] } })
  })
  test('an encrypted OpenSSH key shows its public half, an encrypted PEM key does not', () => {
    const open = make('locked', '-t', 'ed25519', '-N', 'a passphrase')
    expect(privateKeysIn(open.secret)[0]).toMatchObject({
      format: 'openssh',
      encrypted: true,
      cipher: 'aes256-ctr',
      publicKey: { fingerprint: open.shown[1] },
    })
    expect(
      privateKeysIn(make('lockedpem', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', 'a passphrase').secret)[0],
    ).toMatchObject({ format: 'pem', encrypted: true, publicKey: null })
    expect(
      privateKeysIn(make('lockedp8', '-t', 'rsa', '-b', '2048', '-m', 'PKCS8', '-N', 'a passphrase').secret)[0],
    ).toMatchObject({ format: 'pkcs8', encrypted: true, publicKey: null })
  })
  test('a certificate: principals, dates, authority', () => {
    const authority = make('ca', '-t', 'ed25519', '-N', '')
    const user = make('user', '-t', 'ed25519', '-N', '')
    execFileSync('ssh-keygen', [
      '-q',
      '-s',
      authority.path,
      '-I',
      'svc-id',
      '-n',
      'root,deploy',
      '-V',
      '20260101000000Z:20270101000000Z',
      '-z',
      '42',
      `${user.path}.pub`,
    ])
    const certificate = parsePublicLine(readFileSync(`${user.path}-cert.pub`, 'utf8').trim())!
    expect(certificate.fingerprint).toBe(user.shown[1])
    expect(certificate.certificate).toMatchObject({
      serial: '42',
      forHost: false,
      keyId: 'svc-id',
      principals: ['root', 'deploy'],
      validFrom: Date.UTC(2026, 0, 1),
      validUntil: Date.UTC(2027, 0, 1),
      authority: authority.shown[1],
    })
  })
})

test('a DSA key, of which OpenSSH no longer makes any', () => {
  const { publicKey, privateKey } = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 })
  const blob = blobOf(publicKey)!
  expect(parseBlob(blob)).toMatchObject({ keyType: 'ssh-dss', bits: 1024 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  expect(privateKeysIn(`text before\n${pem}text after`)[0]).toMatchObject({
    format: 'pkcs8',
    encrypted: false,
    line: 2,
    publicKey: { keyType: 'ssh-dss' },
  })
})

test('PuTTY files, in clear and encrypted', () => {
  const blob = blobOf(generateKeyPairSync('ed25519').publicKey)!
  const putty = (encryption: string) =>
    `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: ${encryption}\nComment: old\nPublic-Lines: 2\n${blob.toString('base64').slice(0, 64)}\n${blob.toString('base64').slice(64)}\nPrivate-Lines: 1\nAAAA\n`
  expect(privateKeysIn(putty('none'))[0]).toMatchObject({
    format: 'putty',
    encrypted: false,
    publicKey: { fingerprint: parseBlob(blob)!.fingerprint },
  })
  expect(privateKeysIn(putty('aes256-cbc'))[0]).toMatchObject({ encrypted: true, cipher: 'aes256-cbc' })
})

const line = () => {
  const blob = blobOf(generateKeyPairSync('ed25519').publicKey)!
  return { blob, text: `ssh-ed25519 ${blob.toString('base64')}` }
}

describe('authorized_keys', () => {
  test('options with blanks and quotes within quotes', () => {
    const { text, blob } = line()
    const [key] = parseAuthorizedKeys(
      `# mine\n\nfrom="10.0.0.0/8,!10.1.1.1",command="echo \\"a b\\" c",no-pty,expiry-time="20261231" ${text} deploy key\n`,
    )
    expect(key).toMatchObject({ line: 3, key: { fingerprint: parseBlob(blob)!.fingerprint, comment: 'deploy key' } })
    expect([...key!.options]).toEqual([
      ['from', '10.0.0.0/8,!10.1.1.1'],
      ['command', 'echo "a b" c'],
      ['no-pty', true],
      ['expiry-time', '20261231'],
    ])
    expect(expiryOf(key!.options)).toBe(Date.UTC(2026, 11, 31))
  })
  test('an authority, and lines that hold no key', () => {
    expect(
      parseAuthorizedKeys(
        `cert-authority,principals="a,b" ${line().text}\nssh-ed25519 AAAA\nnonsense\n1024 35 1234567 old protocol one`,
      ).map((one) => [...one.options]),
    ).toEqual([
      [
        ['cert-authority', true],
        ['principals', 'a,b'],
      ],
    ])
  })
  test('no text makes the parsers throw, and no blob', () => {
    const near = fc
      .array(
        fc.constantFrom(
          line().text,
          '"',
          '\\',
          ' ',
          ',',
          'from=',
          'command="',
          '\n',
          'ssh-rsa',
          '-----BEGIN RSA PRIVATE KEY-----',
          '-----END RSA PRIVATE KEY-----',
          '-----BEGIN OPENSSH PRIVATE KEY-----',
        ),
        { maxLength: 30 },
      )
      .map((all) => all.join(''))
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (text) => {
        for (const { key } of parseAuthorizedKeys(text)) expect(key.fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/)
        privateKeysIn(text)
        privateKeysIn(
          `-----BEGIN OPENSSH PRIVATE KEY-----\n${Buffer.from(`openssh-key-v1\0${text}`).toString('base64')}\n-----END OPENSSH PRIVATE KEY-----`,
        )
      }),
      { numRuns: 500 },
    )
    const { blob } = line()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(blob.length), (noise, cut) => {
        parseBlob(noise)
        parseBlob(Buffer.concat([blob.subarray(0, cut), noise]))
      }),
      { numRuns: 1000 },
    )
  })
})
