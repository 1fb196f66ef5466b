import { generateKeyPairSync, sign } from 'node:crypto'
import { createServer, type Server } from 'node:tls'

const der = (tag: number, ...parts: (Uint8Array | string)[]): Buffer => {
  const content = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
  const length =
    content.length < 128 ? Buffer.of(content.length) : Buffer.of(0x82, content.length >> 8, content.length & 255)
  return Buffer.concat([Buffer.of(tag), length, content])
}
const sequence = (...parts: Uint8Array[]) => der(0x30, ...parts)
const ECDSA_SHA256 = sequence(der(0x06, Buffer.from('2a8648ce3d040302', 'hex')))
const COMMON_NAME = Buffer.from('550403', 'hex')
const ALTERNATIVE_NAMES = Buffer.from('551d11', 'hex')
const CONSTRAINTS = Buffer.from('551d13', 'hex')
const time = (instant: string) => der(0x17, `${instant.replace(/\D/g, '').slice(2, 14)}Z`)
const pem = (label: string, bytes: Uint8Array) =>
  `-----BEGIN ${label}-----\n${Buffer.from(bytes)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`

/** A self-signed certificate for tests, with its key in PKCS#8. */
export function makeCertificate(
  name: string,
  {
    from = '2026-06-01T00:00:00Z',
    until = '2027-06-01T00:00:00Z',
    email,
    authority = false,
  }: { from?: string; until?: string; email?: string; authority?: boolean } = {},
) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const names = sequence(der(0x82, name), ...(email === undefined ? [] : [der(0x81, email)]))
  const subject = sequence(der(0x31, sequence(der(0x06, COMMON_NAME), der(0x0c, name))))
  const extensions = sequence(
    sequence(der(0x06, ALTERNATIVE_NAMES), der(0x04, names)),
    ...(authority
      ? [sequence(der(0x06, CONSTRAINTS), der(0x01, Buffer.of(0xff)), der(0x04, sequence(der(0x01, Buffer.of(0xff)))))]
      : []),
  )
  const body = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.from('0badcafe', 'hex')),
    ECDSA_SHA256,
    subject,
    sequence(time(from), time(until)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  )
  const signature = sign('sha256', body, privateKey)
  return {
    certificate: pem('CERTIFICATE', sequence(body, ECDSA_SHA256, der(0x03, Buffer.of(0), signature))),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  }
}

/** A TLS server on a loopback port of its own. */
export function serve(given: { certificate: string; key: string }): Promise<{ server: Server; port: number }> {
  const server = createServer({ cert: given.certificate, key: given.key }, (socket) => socket.end())
  server.on('tlsClientError', () => {})
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve({ server, port: (server.address() as { port: number }).port })),
  )
}
