import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { Entity } from '../../sdk/index.ts'
import { clean, type Host } from './host.ts'
import { fingerprintOf } from './ssh-trust.ts'

export interface PublicKey {
  /** `SHA256:…`, as ssh-keygen -l prints it; of the key itself where the blob is a certificate. */
  fingerprint: string
  /** `ssh-ed25519`, without `-cert-v01@openssh.com`. */
  keyType: string
  bits: number | null
  certificate: SshCertificate | null
}

interface SshCertificate {
  serial: string
  forHost: boolean
  keyId: string
  principals: string[]
  /** Milliseconds since 1970; null for for ever. */
  validFrom: number | null
  validUntil: number | null
  /** Fingerprint of the authority that signed it. */
  authority: string
  fingerprint: string
}

/** A cursor over an SSH wire blob; past the end everything is empty. */
class Wire {
  #at = 0
  readonly #bytes: Buffer
  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes)
  }
  uint32(): number {
    const value = this.#at + 4 <= this.#bytes.length ? this.#bytes.readUInt32BE(this.#at) : 0
    this.#at += 4
    return value
  }
  uint64(): bigint {
    return (BigInt(this.uint32()) << 32n) | BigInt(this.uint32())
  }
  string(): Buffer {
    const length = this.uint32()
    const value = this.#bytes.subarray(this.#at, this.#at + length)
    this.#at += length
    return value
  }
  get over(): boolean {
    return this.#at > this.#bytes.length
  }
}

const wireString = (bytes: Uint8Array): Buffer => {
  const head = Buffer.alloc(4)
  head.writeUInt32BE(bytes.length)
  return Buffer.concat([head, bytes])
}
const text = (value: string): Buffer => wireString(Buffer.from(value, 'latin1'))
const mpint = (bytes: Uint8Array): Buffer => {
  let from = 0
  while (from < bytes.length - 1 && bytes[from] === 0) from++
  const short = bytes.subarray(from)
  return wireString((short[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.alloc(1), short]) : short)
}

const bitsOf = (number: Uint8Array): number => {
  const from = number.findIndex((byte) => byte !== 0)
  return from < 0 ? 0 : (number.length - from - 1) * 8 + (32 - Math.clz32(number[from]!))
}

/** How many fields of a key type follow its name. */
const FIELDS: Record<string, number> = {
  'ssh-rsa': 2,
  'ssh-dss': 4,
  'ssh-ed25519': 1,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
  'sk-ssh-ed25519@openssh.com': 2,
  'sk-ecdsa-sha2-nistp256@openssh.com': 3,
}

/** A public key blob; null for anything else. */
export function parseBlob(blob: Uint8Array): PublicKey | null {
  const wire = new Wire(blob)
  const named = wire.string().toString('latin1')
  const keyType = named.replace(/-cert-v0[01]@openssh\.com$/, (suffix) =>
    named.startsWith('sk-') && suffix ? '@openssh.com' : '',
  )
  const count = FIELDS[keyType]
  if (count === undefined) return null
  const certified = keyType !== named
  if (certified) wire.string()
  const fields = Array.from({ length: count }, () => Buffer.from(wire.string()))
  if (wire.over || fields.some((field) => field.length === 0)) return null
  const own = Buffer.concat([text(keyType), ...fields.map(wireString)])
  const curve = /nistp(\d+)/.exec(keyType)?.[1]
  const bits =
    keyType === 'ssh-rsa'
      ? bitsOf(fields[1]!)
      : keyType === 'ssh-dss'
        ? bitsOf(fields[0]!)
        : curve
          ? Number(curve)
          : 256
  return { fingerprint: fingerprintOf(own), keyType, bits, certificate: certified ? certificateOf(wire, blob) : null }
}

function certificateOf(wire: Wire, blob: Uint8Array): SshCertificate | null {
  const serial = wire.uint64().toString()
  const kind = wire.uint32()
  const keyId = wire.string().toString('utf8')
  const names = new Wire(wire.string())
  const principals: string[] = []
  while (!names.over && principals.length < 256) {
    const name = names.string().toString('utf8')
    if (name === '') break
    principals.push(clean(name, 200))
  }
  const [after, before] = [wire.uint64(), wire.uint64()]
  wire.string()
  wire.string()
  wire.string()
  const authority = wire.string()
  if (wire.over || authority.length === 0) return null
  const time = (seconds: bigint) => (seconds > 253_402_300_799n ? null : Number(seconds) * 1000)
  return {
    serial,
    forHost: kind === 2,
    keyId: clean(keyId, 500),
    principals,
    validFrom: after === 0n ? null : time(after),
    validUntil: time(before),
    authority: fingerprintOf(authority),
    fingerprint: fingerprintOf(blob),
  }
}

/** `ssh-ed25519 AAAA… comment`; null for anything else. */
export function parsePublicLine(line: string): (PublicKey & { comment: string }) | null {
  const found = /^\s*([a-z0-9@.-]{5,60})\s+([A-Za-z0-9+/]{20,40000}={0,3})(?:\s+(.*?))?\s*$/.exec(line)
  const key = found && parseBlob(Buffer.from(found[2]!, 'base64'))
  return key ? { ...key, comment: clean(found[3] ?? '', 300) } : null
}

const CURVES: Record<string, string> = { 'P-256': 'nistp256', 'P-384': 'nistp384', 'P-521': 'nistp521' }

/** The SSH form of a key that node can read; null for kinds SSH does not know. */
export function blobOf(key: KeyObject): Buffer | null {
  const open = key.type === 'private' ? createPublicKey(key) : key
  const part = (value: string | undefined) => Buffer.from(value ?? '', 'base64url')
  if (open.asymmetricKeyType === 'dsa') return dsaBlob(open.export({ type: 'spki', format: 'der' }))
  if (!['rsa', 'ec', 'ed25519'].includes(open.asymmetricKeyType ?? '')) return null
  let jwk: { kty?: string; crv?: string; e?: string; n?: string; x?: string; y?: string }
  try {
    jwk = open.export({ format: 'jwk' }) as typeof jwk
  } catch {
    return null
  }
  if (jwk.kty === 'RSA') return Buffer.concat([text('ssh-rsa'), mpint(part(jwk.e)), mpint(part(jwk.n))])
  if (jwk.kty === 'OKP') return Buffer.concat([text('ssh-ed25519'), wireString(part(jwk.x))])
  const curve = CURVES[jwk.crv ?? '']
  return curve === undefined
    ? null
    : Buffer.concat([
        text(`ecdsa-sha2-${curve}`),
        text(curve),
        wireString(Buffer.concat([Buffer.of(4), part(jwk.x), part(jwk.y)])),
      ])
}

/** SubjectPublicKeyInfo of DSA: SEQ { SEQ { OID, SEQ { p, q, g } }, BIT STRING { INTEGER y } }. */
function dsaBlob(spki: Buffer): Buffer | null {
  const integers: Buffer[] = []
  const visit = (bytes: Buffer) => {
    for (let at = 0; at + 2 <= bytes.length && integers.length < 4; ) {
      const tag = bytes[at]!
      let length = bytes[at + 1]!
      let head = 2
      if (length & 0x80) {
        head += length & 0x7f
        length = head <= 6 ? bytes.readUIntBE(at + 2, head - 2) : 0
      }
      const content = bytes.subarray(at + head, at + head + length)
      if (tag === 0x02) integers.push(content)
      else if (tag === 0x30) visit(content)
      else if (tag === 0x03) visit(content.subarray(1))
      at += head + length
    }
  }
  visit(spki)
  return integers.length === 4 ? Buffer.concat([text('ssh-dss'), ...integers.map(mpint)]) : null
}

/** The entity of an SSH key: the same from every place and every host where it is seen. */
export const sshKeyEntity = (
  key: PublicKey,
  more: { name?: string; attributes?: Entity['attributes']; aliases?: string[] } = {},
): Entity => ({
  kind: 'credential',
  type: 'ssh_key',
  key: `ssh:${key.fingerprint}`,
  name: more.name || key.fingerprint,
  method: 'ssh-key',
  created: { unknown: 'an SSH key carries no date' },
  expires: { notApplicable: 'an SSH key has no end of its own' },
  aliases: [key.fingerprint, ...(more.aliases ?? [])],
  attributes: { keyType: key.keyType, ...(key.bits !== null && { bits: key.bits }), ...more.attributes },
})

/** The same wherever a host key is met: its comment only says who made it. */
export const hostKeyName = (host: Host, key: PublicKey): string =>
  clean(`host key of ${host.name} (${key.keyType})`, 300)

export const spkiOf = (key: KeyObject | X509Certificate): string =>
  (key instanceof X509Certificate ? key.publicKey : key.type === 'private' ? createPublicKey(key) : key)
    .export({ type: 'spki', format: 'der' })
    .toString('base64')
