import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { ReeveError, Sensitive } from '../sdk/index.ts'
import type { InstallationKey } from './installation-key.ts'

export interface Sealer {
  /** `aad` names the place of the value (`connection:host-ops-02/settings`): moved elsewhere, it does not open. */
  seal(plaintext: Sensitive | string, aad: string): Buffer
  /** Throws `seal/unknown-key` when the key is not ours, `seal/broken` when value or place was altered. */
  open(sealed: Uint8Array, aad: string): Sensitive
  /** Was it sealed under a key that has since been rotated? Then `seal(open(…))` wraps it anew. */
  isStale(sealed: Uint8Array): boolean
}

const VERSION = 1
const KEY_ID = 4
const SALT = 24
const TAG = 16
const HEADER = 1 + KEY_ID + SALT

/**
 * AES-256-GCM. A value: version (1 byte), key id (4), salt (24), ciphertext, tag (16). Each record has its own key and nonce,
 * derived from the sealing key and the salt, so that no number of records wears a key out. The header is authenticated too.
 */
export function createSealer(key: InstallationKey): Sealer {
  const current = key.seal[0]!
  return {
    seal(plaintext, aad) {
      const header = Buffer.concat([Buffer.of(VERSION), Buffer.from(current.id, 'hex'), randomBytes(SALT)])
      const record = recordKey(current.key, header)
      const cipher = createCipheriv('aes-256-gcm', record.key, record.nonce)
      cipher.setAAD(Buffer.concat([header, Buffer.from(aad)]))
      const text = plaintext instanceof Sensitive ? plaintext.reveal() : plaintext
      return Buffer.concat([header, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    },
    open(sealed, aad) {
      const bytes = Buffer.from(sealed)
      const header = bytes.subarray(0, HEADER)
      if (bytes.length < HEADER + TAG || header[0] !== VERSION) throw broken(aad)
      const id = header.toString('hex', 1, 1 + KEY_ID)
      const used = key.seal.find((candidate) => candidate.id === id)
      if (!used) {
        throw new ReeveError(
          'seal/unknown-key',
          `opening ${aad}: it was sealed with key ${id}, which this installation does not have; give back the key file it was sealed with`,
        )
      }
      const record = recordKey(used.key, header)
      const decipher = createDecipheriv('aes-256-gcm', record.key, record.nonce)
      decipher.setAAD(Buffer.concat([header, Buffer.from(aad)]))
      decipher.setAuthTag(bytes.subarray(-TAG))
      try {
        return new Sensitive(
          Buffer.concat([decipher.update(bytes.subarray(HEADER, -TAG)), decipher.final()]).toString('utf8'),
        )
      } catch {
        throw broken(aad)
      }
    },
    isStale: (sealed) => Buffer.from(sealed).toString('hex', 1, 1 + KEY_ID) !== current.id,
  }
}

/**
 * Under this every installation recognises a value again and nobody else can: HMAC-SHA-256, 128 bits of it. Its key comes from
 * the installation's root, which never rotates, so that a credential keeps its name for ever.
 */
export function fingerprinter(key: InstallationKey): (value: Sensitive | string) => string {
  const secret = deriveKey(key, 'fingerprint')
  return (value) =>
    `hmac:${createHmac('sha256', secret)
      .update(value instanceof Sensitive ? value.reveal() : value)
      .digest('hex')
      .slice(0, 32)}`
}

/** A key for one purpose, the same for as long as the installation lives. */
export const deriveKey = (key: InstallationKey, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', key.root.reveal(), '', `reeve ${purpose}`, 32))

function recordKey(key: Sensitive<Buffer>, header: Buffer): { key: Buffer; nonce: Buffer } {
  const bytes = Buffer.from(hkdfSync('sha256', key.reveal(), header, 'reeve seal', 44))
  return { key: bytes.subarray(0, 32), nonce: bytes.subarray(32) }
}

const broken = (aad: string) =>
  new ReeveError('seal/broken', `opening ${aad}: the sealed value was altered, or belongs elsewhere`)
