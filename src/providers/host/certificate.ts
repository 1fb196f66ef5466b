import { createHash, type X509Certificate } from 'node:crypto'
import type { Edge, Entity } from '../../sdk/index.ts'
import { clean, instant } from './host.ts'

export const certificateKey = (certificate: X509Certificate): string =>
  `cert:sha256:${createHash('sha256').update(certificate.raw).digest('hex')}`

/** The same for a certificate wherever it is seen: on disk, on a socket, on another host. */
export function certificateEntity(certificate: X509Certificate): Entity {
  const from = instant(Date.parse(certificate.validFrom))
  const until = instant(Date.parse(certificate.validTo))
  const names = (certificate.subjectAltName ?? '')
    .split(/, (?=[A-Za-z ]+:)/)
    .filter(Boolean)
    .map((name) => clean(name.replace(/^(DNS|URI|email|IP Address):/, ''), 300))
  const common = /(?:^|\n)CN=([^\n]+)/.exec(certificate.subject ?? '')?.[1]
  const issuer = /(?:^|\n)(?:CN|O)=([^\n]+)/.exec(certificate.issuer ?? '')?.[1]
  const key = certificate.publicKey
  return {
    kind: 'credential',
    type: 'x509_certificate',
    key: certificateKey(certificate),
    name: clean(common ?? names[0] ?? certificate.serialNumber, 300),
    method: 'certificate',
    created: from === null ? { unknown: 'its first day is not a date' } : { value: from },
    expires: until === null ? { unknown: 'its last day is not a date' } : { value: until },
    aliases: [...new Set([certificate.serialNumber, certificate.fingerprint256, ...names.slice(0, 20)])].filter(
      Boolean,
    ),
    attributes: {
      subject: clean((certificate.subject ?? '').replaceAll('\n', ', '), 500),
      issuer: clean(issuer ?? certificate.issuer ?? '', 300),
      selfSigned: certificate.subject === certificate.issuer,
      authority: certificate.ca,
      names: names.slice(0, 50),
      keyType: key.asymmetricKeyType ?? 'unknown',
      bits: key.asymmetricKeyDetails?.modulusLength ?? null,
      signature: (certificate as { signatureAlgorithm?: string }).signatureAlgorithm ?? null,
    },
  }
}

/** The people a certificate names: an e-mail address among its names. */
export function* subjectsOf(certificate: X509Certificate): Iterable<Edge> {
  for (const found of (certificate.subjectAltName ?? '').matchAll(/email:([^\s,"]{1,100}@[^\s,"]{1,150})/g)) {
    yield { from: certificateKey(certificate), verb: 'authenticates', to: `person:${found[1]!.toLowerCase()}` }
  }
}
