import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { list, nameOf } from './standing.ts'

const USER = 'host:web-1/user/bob'
const user = (password: string | undefined) => ({
  kind: 'identity' as const,
  type: 'linux_user',
  key: USER,
  name: 'bob@web-1',
  attributes: { account: 'bob', uid: 1002, loginShell: true, ...(password !== undefined && { password }) },
  ...(password === undefined && {
    unknowns: { password: { reason: '/etc/shadow could not be read', permission: 'read /etc/shadow' } },
  }),
})
const key = {
  kind: 'credential' as const,
  type: 'ssh_key',
  key: 'ssh:SHA256:abc',
  name: 'bob@laptop',
  method: 'ssh-key' as const,
}
const accepts = {
  from: key.key,
  verb: 'authenticates' as const,
  to: USER,
  attributes: { places: [{ file: '/home/bob/.ssh/authorized_keys', line: 1 }] },
}

export const hostLockedAccountAcceptsKey = defineRule({
  id: 'host-locked-account-accepts-key',
  title: 'An account was locked but still lets in its SSH keys',
  owasp: ['NHI1'],
  severity: 'high',
  why: 'usermod -L and passwd -l stop the password and nothing else: with PAM, sshd goes on accepting the keys of the account. Whoever was locked out still gets in.',
  fix: [
    'Remove the keys from the authorized_keys files named here, or move the files away.',
    'Give the account an end date as well: usermod --expiredate 1, which sshd obeys.',
  ],
  undo: 'Put the file back and take the end date away with usermod --expiredate "".',
  effort: 10,
  about: { kind: 'identity', types: ['linux_user'] },
  along: { keys: ['<authenticates'] },
  needs: ['ssh_key'],
  check({ entity, along }) {
    const { password, loginShell } = entity.attributes
    const keys = along.keys!.filter(({ entity: one }) => one === null || one.type === 'ssh_key')
    if (keys.length === 0) return pass
    if (typeof password !== 'string') {
      const why = entity.unknowns?.['password']
      return unknown(why?.reason ?? 'whether the account is locked is not known', why?.permission)
    }
    if (password !== 'locked') return pass
    if (loginShell === false) return notApplicable('its shell lets nobody in')
    return fail(
      `${nameOf(entity)} is locked, and ${keys.length === 1 ? 'an SSH key still opens' : `${keys.length} SSH keys still open`} it.`,
      [`Its password was made unusable by locking; a hash is still there.`, `It accepts ${list(keys.map(nameOf))}.`],
      {
        places: keys.flatMap(({ edge }) => {
          const places = edge.attributes?.['places']
          return Array.isArray(places) ? (places as { file: string; line: number }[]) : []
        }),
      },
    )
  },
  cases: [
    {
      name: 'locked with usermod -L, key left',
      subject: USER,
      entities: [user('locked'), key],
      edges: [accepts],
      expect: 'fail',
    },
    {
      name: 'never had a password: the usual way for a key account',
      subject: USER,
      entities: [user('none'), key],
      edges: [accepts],
      expect: 'pass',
    },
    { name: 'locked, no keys', subject: USER, entities: [user('locked')], expect: 'pass' },
    { name: 'shadow is refused', subject: USER, entities: [user(undefined), key], edges: [accepts], expect: 'unknown' },
    {
      name: 'locked, but the keys could not be read',
      subject: USER,
      entities: [user('locked')],
      incomplete: ['ssh_key'],
      expect: 'unknown',
    },
  ],
})
