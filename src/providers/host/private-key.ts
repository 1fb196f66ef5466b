import { createPrivateKey, type KeyObject } from 'node:crypto'
import { blobOf, type PublicKey, parseBlob, spkiOf } from './ssh-key.ts'

export interface PrivateKey {
  format: 'openssh' | 'pem' | 'pkcs8' | 'putty'
  encrypted: boolean
  /** What opens it, where that is said: `aes256-ctr`. */
  cipher: string | null
  /** Null where an encrypted key hides even its public half. */
  publicKey: PublicKey | null
  /** SubjectPublicKeyInfo in base64, to tell which certificate it belongs to. */
  spki: string | null
  line: number
}

const BLOCK = /-----BEGIN ((?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY)-----([\s\S]{1,200000}?)-----END \1-----/g

/** All private keys in a text; never throws, and keeps nothing but their public halves. */
export function privateKeysIn(text: string): PrivateKey[] {
  const putty = /^PuTTY-User-Key-File-[123]: /.test(text) ? readPutty(text) : null
  if (putty) return [putty]
  const keys: PrivateKey[] = []
  for (const block of text.matchAll(BLOCK)) {
    const line = text.slice(0, block.index).split('\n').length
    const key = block[1] === 'OPENSSH PRIVATE KEY' ? readOpenSsh(block[2]!) : readPem(block[0], block[1]!)
    if (key) keys.push({ ...key, line })
    if (keys.length === 64) break
  }
  return keys
}

type Read = Omit<PrivateKey, 'line'>

/** PROTOCOL.key: the public half stands in clear even when the rest is encrypted. */
function readOpenSsh(base64: string): Read | null {
  const bytes = Buffer.from(base64, 'base64')
  const magic = 'openssh-key-v1\0'
  if (bytes.subarray(0, magic.length).toString('latin1') !== magic) return null
  let at = magic.length
  const string = () => {
    if (at + 4 > bytes.length) return Buffer.alloc(0)
    const length = bytes.readUInt32BE(at)
    const value = bytes.subarray(at + 4, at + 4 + length)
    at += 4 + length
    return value
  }
  const cipher = string().toString('latin1')
  string()
  string()
  at += 4
  const publicKey = parseBlob(string())
  const encrypted = cipher !== 'none'
  return (
    publicKey && { format: 'openssh', encrypted, cipher: encrypted ? cipher.slice(0, 60) : null, publicKey, spki: null }
  )
}

function readPem(pem: string, label: string): Read | null {
  const format = label === 'PRIVATE KEY' || label === 'ENCRYPTED PRIVATE KEY' ? 'pkcs8' : 'pem'
  const legacy = /^DEK-Info: ([A-Z0-9-]{1,40}),/m.exec(pem)?.[1]
  if (label === 'ENCRYPTED PRIVATE KEY' || legacy !== undefined)
    return { format, encrypted: true, cipher: legacy ?? null, publicKey: null, spki: null }
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    return null
  }
  const blob = blobOf(key)
  return { format, encrypted: false, cipher: null, publicKey: blob && parseBlob(blob), spki: spkiOf(key) }
}

function readPutty(text: string): PrivateKey | null {
  const cipher = /^Encryption: (\S{1,40})\s*$/m.exec(text)?.[1]
  const count = Number(/^Public-Lines: (\d{1,4})\s*$/m.exec(text)?.[1] ?? 0)
  const lines = text.split(/\r?\n/)
  const from = lines.findIndex((line) => line.startsWith('Public-Lines:')) + 1
  if (cipher === undefined || from === 0) return null
  const publicKey = parseBlob(Buffer.from(lines.slice(from, from + count).join(''), 'base64'))
  return {
    format: 'putty',
    encrypted: cipher !== 'none',
    cipher: cipher === 'none' ? null : cipher,
    publicKey,
    spki: null,
    line: 1,
  }
}
