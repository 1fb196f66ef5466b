import { createHash, createPublicKey } from 'node:crypto'

export interface SshPublicKey {
  /** `SHA256:…`, as ssh-keygen -l prints it. */
  fingerprint: string
  /** `ssh-ed25519`. */
  keyType: string
  bits: number | null
}

/**
 * The public half of a private key in PEM or OpenSSH form, so that the same key is recognised in authorized_keys and on
 * hosts. OpenSSH keys tell it even when encrypted; null where only the pass phrase would.
 */
export function publicKeyOf(pem: string): SshPublicKey | null {
  const body = pem.replaceAll('\\n', '\n').replaceAll('\\r', '')
  const open = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)(?:-----END|$)/.exec(body)
  try {
    const blob = open ? publicBlob(Buffer.from(open[1]!.replace(/[^A-Za-z0-9+/=]/g, ''), 'base64')) : blobOfPem(body)
    return blob && describeBlob(blob)
  } catch {
    return null
  }
}

/** A public key in SSH's wire form, described; null when it is none. */
export function describeBlob(blob: Buffer): SshPublicKey | null {
  const fields = fieldsOf(blob)
  const keyType = fields[0]?.toString('latin1')
  if (!keyType || !/^[a-z][a-z0-9@.-]{2,60}$/.test(keyType)) return null
  return {
    fingerprint: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`,
    keyType,
    bits:
      keyType === 'ssh-rsa'
        ? bitsOf(fields[2])
        : keyType === 'ssh-dss'
          ? bitsOf(fields[1])
          : keyType === 'ssh-ed25519'
            ? 256
            : Number(/nistp(\d+)/.exec(keyType)?.[1]) || null,
  }
}

function fieldsOf(blob: Buffer): Buffer[] {
  const fields: Buffer[] = []
  for (let at = 0; at + 4 <= blob.length && fields.length < 8; ) {
    const length = blob.readUInt32BE(at)
    if (at + 4 + length > blob.length) break
    fields.push(blob.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return fields
}

function bitsOf(number: Buffer | undefined): number | null {
  const from = number?.findIndex((byte) => byte !== 0) ?? -1
  return from < 0 ? null : (number!.length - from - 1) * 8 + (32 - Math.clz32(number![from]!))
}

/** openssh-key-v1: magic, cipher, kdf, kdf options, number of keys, public key, encrypted part. */
function publicBlob(bytes: Buffer): Buffer | null {
  if (bytes.subarray(0, 15).toString('latin1') !== 'openssh-key-v1\0') return null
  let at = 15
  for (let skip = 0; skip < 3; skip++) at += 4 + bytes.readUInt32BE(at)
  if (bytes.readUInt32BE(at) !== 1) return null
  at += 4
  const length = bytes.readUInt32BE(at)
  return length > 0 && length < 10_000 && at + 4 + length <= bytes.length
    ? bytes.subarray(at + 4, at + 4 + length)
    : null
}

const CURVES: Record<string, string> = { 'P-256': 'nistp256', 'P-384': 'nistp384', 'P-521': 'nistp521' }

function blobOfPem(pem: string): Buffer | null {
  const key = /-----BEGIN (RSA|EC|DSA) PRIVATE KEY-----[\s\S]*?-----END \1 PRIVATE KEY-----/.exec(pem)
  if (!key || /ENCRYPTED/.test(key[0])) return null
  const jwk = createPublicKey(key[0]).export({ format: 'jwk' })
  if (jwk.kty === 'RSA') return parts(['ssh-rsa', positive(jwk.e!), positive(jwk.n!)])
  const curve = jwk.kty === 'EC' ? CURVES[jwk.crv!] : undefined
  if (!curve) return null
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(jwk.x!, 'base64url'), Buffer.from(jwk.y!, 'base64url')])
  return parts([`ecdsa-sha2-${curve}`, curve, point])
}

const positive = (value: string): Buffer => {
  const bytes = Buffer.from(value, 'base64url')
  return bytes[0]! & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes
}

const parts = (values: (string | Buffer)[]): Buffer =>
  Buffer.concat(
    values.flatMap((value) => {
      const bytes = Buffer.from(value as string)
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      return [length, bytes]
    }),
  )
