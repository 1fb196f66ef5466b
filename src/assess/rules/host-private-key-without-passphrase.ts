import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { accountKind, nameOf } from './standing.ts'

const KEY = 'host:web-1/file/home/alice/.ssh/id_ed25519'
const file = (encrypted: boolean, hostKey = false) => ({
  kind: 'secret' as const,
  type: 'host_private_key_file',
  key: KEY,
  name: '/home/alice/.ssh/id_ed25519 on web-1',
  attributes: { file: '/home/alice/.ssh/id_ed25519', encrypted, hostKey, forTls: false },
})
const owner = (kind: string) => ({
  kind: 'identity' as const,
  type: 'linux_user',
  key: 'host:web-1/user/alice',
  name: 'alice@web-1',
  attributes: { accountKind: kind },
})
const controls = { from: 'host:web-1/user/alice', verb: 'controls' as const, to: KEY }

export const hostPrivateKeyWithoutPassphrase = defineRule({
  id: 'host-private-key-without-passphrase',
  title: 'A person keeps a private key on a host without a passphrase',
  owasp: ['NHI4'],
  severity: 'medium',
  why: 'A copy of the file is the key: root on this host, a backup, a stolen disk. A program has to open its key unattended; a person has not.',
  fix: [
    'Give it a passphrase: ssh-keygen -p -f and the file named here.',
    'Better, keep no key on the host: forward an agent, or use a security key (ssh-keygen -t ed25519-sk).',
  ],
  undo: 'Take the passphrase away with ssh-keygen -p.',
  effort: 5,
  about: { kind: 'secret', types: ['host_private_key_file'] },
  along: { owners: ['<controls'] },
  check({ entity, along }) {
    const { encrypted, hostKey, forTls, file } = entity.attributes
    if (encrypted === true) return pass
    if (hostKey === true || forTls === true) return notApplicable('a server opens it unattended')
    const owner = along.owners![0]
    const kind = owner?.entity ? accountKind(owner.entity) : undefined
    if (kind === 'service' || kind === 'system') return notApplicable('a program opens it unattended')
    if (kind !== 'human') return unknown('it cannot be told whether a person or a program uses it; label its account')
    return fail(
      `${nameOf(owner!)} keeps ${file} without a passphrase.`,
      ['The file is not encrypted, and the account is a person’s.'],
      { places: typeof file === 'string' ? [{ file }] : [] },
    )
  },
  cases: [
    {
      name: 'a person, no passphrase',
      subject: KEY,
      entities: [file(false), owner('human')],
      edges: [controls],
      expect: 'fail',
    },
    {
      name: 'a person, with passphrase',
      subject: KEY,
      entities: [file(true), owner('human')],
      edges: [controls],
      expect: 'pass',
    },
    {
      name: 'a service account',
      subject: KEY,
      entities: [file(false), owner('service')],
      edges: [controls],
      expect: 'not-applicable',
    },
    { name: 'a host key', subject: KEY, entities: [file(false, true)], expect: 'not-applicable' },
    {
      name: 'an account of which nothing is known',
      subject: KEY,
      entities: [file(false), owner('unknown')],
      edges: [controls],
      expect: 'unknown',
    },
  ],
})
