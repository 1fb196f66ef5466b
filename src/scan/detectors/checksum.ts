import { crc32 } from 'node:zlib'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** CRC-32 of the text in base 62, six characters: how GitHub and npm end their tokens. */
export const crcBase62 = (text: string): string => {
  let rest = crc32(text)
  let digits = ''
  for (let i = 0; i < 6; i++) {
    digits = BASE62[rest % 62] + digits
    rest = Math.floor(rest / 62)
  }
  return digits
}

/** A token `prefix_` + body + checksum of the body. */
export const endsInCrc = (token: string): boolean => {
  const body = token.slice(token.lastIndexOf('_') + 1)
  return crcBase62(body.slice(0, -6)) === body.slice(-6)
}

/** The CRC-32 in hex, in either byte order. */
export const isCrcHex = (text: string, hex: string): boolean => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(text))
  return bytes.toString('hex') === hex || bytes.reverse().toString('hex') === hex
}

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'

/** Bech32 (BIP 173), as age writes its keys. */
export const isBech32 = (text: string): boolean => {
  const low = text.toLowerCase()
  const one = low.lastIndexOf('1')
  const head = low.slice(0, one)
  const values = [...head].map((c) => c.charCodeAt(0) >> 5)
  values.push(0, ...[...head].map((c) => c.charCodeAt(0) & 31))
  for (const c of low.slice(one + 1)) {
    const value = BECH32.indexOf(c)
    if (value < 0) return false
    values.push(value)
  }
  const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]
  let sum = 1
  for (const value of values) {
    const top = sum >>> 25
    sum = ((sum & 0x1ffffff) << 5) ^ value
    for (let i = 0; i < 5; i++) if ((top >>> i) & 1) sum ^= generator[i]!
  }
  return sum === 1
}

/** JSON in base64 or base64url; null when it is none. */
export const jsonIn = (base64: string): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64, 'base64').toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}
