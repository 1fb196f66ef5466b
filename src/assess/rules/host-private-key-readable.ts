import { defineRule, fail, pass, unknown } from '../../sdk/index.ts'
import { list } from './standing.ts'

const KEY = 'host:web-1/file/home/deploy/.ssh/id_ed25519'
const file = (attributes: Record<string, string | boolean | null | string[]>) => ({
  kind: 'secret' as const,
  type: 'host_private_key_file',
  key: KEY,
  name: '/home/deploy/.ssh/id_ed25519 on web-1',
  attributes: {
    file: '/home/deploy/.ssh/id_ed25519',
    mode: '0600',
    owner: 'deploy',
    group: 'deploy',
    readableByAll: false,
    readableByGroup: false,
    groupMembers: [],
    encrypted: false,
    forTls: false,
    ...attributes,
  },
})

export const hostPrivateKeyReadable = defineRule({
  id: 'host-private-key-readable',
  title: 'A private key can be read by accounts other than its owner',
  owasp: ['NHI2'],
  severity: 'high',
  why: 'Whoever can read the file is whoever the key proves, on this host and on every other that accepts it.',
  fix: ['Close the file: chmod 600 and the path named here.', 'Replace the key: who read it before is not recorded.'],
  undo: 'Set the former mode again; the evidence names it.',
  effort: 10,
  about: { kind: 'secret', types: ['host_private_key_file'] },
  check({ entity }) {
    const { file, mode, owner, group, readableByAll, readableByGroup, groupMembers, encrypted, forTls } =
      entity.attributes
    const others = Array.isArray(groupMembers) ? groupMembers.map(String) : []
    const where = { places: typeof file === 'string' ? [{ file }] : [] }
    const eased = encrypted === true ? { severity: 'medium' as const } : {}
    const closed =
      encrypted === true
        ? ['It is encrypted, so a reader still has to guess its passphrase.']
        : ['It is not encrypted.']
    if (readableByAll === true) {
      return fail(
        `Any account on the host can read the private key ${file}.`,
        [`Its mode is ${mode}, owner ${owner}, and every folder above it lets others in.`, ...closed],
        { ...where, ...eased },
      )
    }
    // A TLS key shared through a group of its own (ssl-cert) is how Debian means it to be.
    if (readableByGroup === true && others.length > 0 && forTls !== true) {
      return fail(
        `The group ${group} can read the private key ${file}.`,
        [`Its mode is ${mode}; besides ${owner} it lets in ${list(others)}.`, ...closed],
        { ...where, severity: 'medium' },
      )
    }
    if (readableByAll === null)
      return unknown(`its mode is ${mode}, and whether the folders above it let others in could not be read`)
    return pass
  },
  cases: [
    { name: 'world-readable', subject: KEY, entities: [file({ mode: '0644', readableByAll: true })], expect: 'fail' },
    {
      name: 'world-readable inside a closed folder',
      subject: KEY,
      entities: [file({ mode: '0644', readableByAll: false })],
      expect: 'pass',
    },
    {
      name: 'group-readable with another member',
      subject: KEY,
      entities: [file({ mode: '0640', readableByGroup: true, groupMembers: ['ci'] })],
      expect: 'fail',
    },
    {
      name: 'TLS key of the ssl-cert group',
      subject: KEY,
      entities: [file({ mode: '0640', readableByGroup: true, groupMembers: ['postgres'], forTls: true })],
      expect: 'pass',
    },
    { name: 'owner only', subject: KEY, entities: [file({})], expect: 'pass' },
    {
      name: 'folders above unreadable',
      subject: KEY,
      entities: [file({ mode: '0644', readableByAll: null })],
      expect: 'unknown',
    },
  ],
})
