import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Sensitive } from '../sdk/index.ts'
import { openKeyFile, parseInstallationKey, rotateKeyFile } from './installation-key.ts'
import { createSealer, fingerprinter } from './seal.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-key-'))
  file = join(folder, 'key')
})
afterEach(() => rmSync(folder, { recursive: true }))

const code = (action: () => unknown) => {
  try {
    action()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'nothing was thrown'
}

test('what was sealed opens at its own place, and only there', () => {
  const sealer = createSealer(openKeyFile(file))
  const sealed = sealer.seal(new Sensitive('pá55word'), 'connection:a')
  expect(sealed.toString('latin1')).not.toContain('55word')
  expect(sealer.open(sealed, 'connection:a').reveal()).toBe('pá55word')
  expect(code(() => sealer.open(sealed, 'connection:b'))).toBe('seal/broken')
})

test('any changed or missing byte is refused', () => {
  const sealer = createSealer(openKeyFile(file))
  const sealed = sealer.seal('value', 'a')
  for (let index = 0; index < sealed.length; index++) {
    const changed = Buffer.from(sealed)
    changed[index]! ^= 1
    expect(code(() => sealer.open(changed, 'a'))).toMatch(/^seal\//)
    expect(code(() => sealer.open(sealed.subarray(0, index), 'a'))).toMatch(/^seal\//)
  }
})

test('the same value sealed twice looks different', () => {
  const sealer = createSealer(openKeyFile(file))
  expect(sealer.seal('', 'a').equals(sealer.seal('', 'a'))).toBe(false)
})

test('the key file is made once, for its owner alone', () => {
  const first = openKeyFile(file)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(openKeyFile(file).root.reveal().equals(first.root.reveal())).toBe(true)
})

test('a key file that others may read is refused', () => {
  openKeyFile(file)
  chmodSync(file, 0o644)
  expect(code(() => openKeyFile(file))).toBe('key/open-to-others')
})

test('a key file that is not one is refused without quoting it', () => {
  writeFileSync(file, '{"root":"c2hvcnQ="}', { mode: 0o600 })
  try {
    openKeyFile(file)
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({ code: 'key/unusable' })
    expect(String((error as Error).stack)).not.toContain('c2hvcnQ')
  }
})

test('after a rotation old values open, are told as stale, and fingerprints stay', () => {
  const before = openKeyFile(file)
  const sealed = createSealer(before).seal('value', 'a')
  const after = rotateKeyFile(file)
  const sealer = createSealer(openKeyFile(file))
  expect(after.seal).toHaveLength(2)
  expect(sealer.open(sealed, 'a').reveal()).toBe('value')
  expect(sealer.isStale(sealed)).toBe(true)
  expect(sealer.isStale(sealer.seal('value', 'a'))).toBe(false)
  expect(fingerprinter(after)('AKIA')).toBe(fingerprinter(before)('AKIA'))
})

test('another installation can neither open nor recognise', () => {
  const mine = openKeyFile(file)
  const other = openKeyFile(join(folder, 'other'))
  expect(code(() => createSealer(other).open(createSealer(mine).seal('v', 'a'), 'a'))).toBe('seal/unknown-key')
  expect(fingerprinter(other)('v')).not.toBe(fingerprinter(mine)('v'))
  expect(fingerprinter(mine)('v')).toMatch(/^hmac:[0-9a-f]{32}$/)
  expect(fingerprinter(mine)(new Sensitive('v'))).toBe(fingerprinter(mine)('v'))
})

test('32 bare bytes in base64 or hex are a key, and always the same one', () => {
  const bytes = Buffer.alloc(32, 7)
  const sealed = createSealer(parseInstallationKey(bytes.toString('hex'), 'REEVE_KEY')).seal('v', 'a')
  expect(
    createSealer(parseInstallationKey(`${bytes.toString('base64')}\n`, 'REEVE_KEY'))
      .open(sealed, 'a')
      .reveal(),
  ).toBe('v')
  expect(code(() => parseInstallationKey('short', 'REEVE_KEY'))).toBe('key/unusable')
})

test('a key file may be handed over as text', () => {
  const key = openKeyFile(file)
  expect(parseInstallationKey(readFileSync(file, 'utf8'), 'REEVE_KEY').seal[0]!.id).toBe(key.seal[0]!.id)
})
