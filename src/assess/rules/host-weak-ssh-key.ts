import { z } from 'zod'
import { defineRule, fail, pass, unknown } from '../../sdk/index.ts'
import { list, nameOf } from './standing.ts'

const key = (attributes: Record<string, string | number>) => ({
  kind: 'credential' as const,
  type: 'ssh_key',
  key: 'ssh:SHA256:abc',
  name: 'old@laptop',
  method: 'ssh-key' as const,
  attributes,
})
const SUBJECT = 'ssh:SHA256:abc'

export const hostWeakSshKey = defineRule({
  id: 'host-weak-ssh-key',
  title: 'An SSH key is of a kind or length that can be broken',
  owasp: ['NHI4'],
  severity: 'high',
  why: 'DSA is limited to 1024 bits and OpenSSH has dropped it; RSA below 2048 bits is within reach of well-funded attackers (NIST SP 800-131A).',
  fix: [
    'Make a new key: ssh-keygen -t ed25519.',
    'Put its public half beside the old one, move the users over, remove the old one.',
  ],
  undo: 'Keep the old line, commented out, until every user has moved.',
  effort: 20,
  about: { kind: 'credential', types: ['ssh_key'] },
  along: { accounts: ['>authenticates'], copies: ['<holds'] },
  params: z.strictObject({ rsaBits: z.number().int().positive().default(2048) }),
  check({ entity, along }, { params }) {
    const { keyType, bits } = entity.attributes
    if (typeof keyType !== 'string') return unknown('its kind and length are not known; it was only seen in a log')
    const weak =
      keyType === 'ssh-dss'
        ? 'DSA'
        : keyType === 'ssh-rsa' && typeof bits === 'number' && bits < params.rsaBits
          ? `RSA with ${bits} bits`
          : null
    if (weak === null) return pass
    return fail(`${nameOf(entity)} is ${weak}.`, [
      ...(along.accounts!.length > 0 ? [`It opens ${list(along.accounts!.map(nameOf))}.`] : []),
      ...(along.copies!.length > 0 ? [`It lies in ${list(along.copies!.map(nameOf))}.`] : []),
      `Its fingerprint is ${entity.key.slice(4)}.`,
    ])
  },
  cases: [
    { name: 'RSA 1024', subject: SUBJECT, entities: [key({ keyType: 'ssh-rsa', bits: 1024 })], expect: 'fail' },
    { name: 'RSA on the limit', subject: SUBJECT, entities: [key({ keyType: 'ssh-rsa', bits: 2048 })], expect: 'pass' },
    { name: 'DSA', subject: SUBJECT, entities: [key({ keyType: 'ssh-dss', bits: 1024 })], expect: 'fail' },
    { name: 'Ed25519', subject: SUBJECT, entities: [key({ keyType: 'ssh-ed25519', bits: 256 })], expect: 'pass' },
    { name: 'only seen in a log', subject: SUBJECT, entities: [key({})], expect: 'unknown' },
  ],
})
