import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { accountKind, nameOf } from './standing.ts'

const USER = 'host:web-1/user/svc-report'
const user = (attributes: Record<string, string | boolean>) => ({
  kind: 'identity' as const,
  type: 'linux_user',
  key: USER,
  name: 'svc-report@web-1',
  attributes: {
    account: 'svc-report',
    uid: 1006,
    accountKind: 'service',
    shell: '/bin/bash',
    loginShell: true,
    password: 'usable',
    ...attributes,
  },
})
const { password: _, ...withoutPassword } = user({}).attributes
const hidden = {
  ...user({}),
  attributes: withoutPassword,
  unknowns: { password: { reason: '/etc/shadow could not be read', permission: 'read /etc/shadow' } },
}

export const hostServiceAccountCanLogin = defineRule({
  id: 'host-service-account-can-login',
  title: 'A service account has a password and a login shell',
  owasp: ['NHI10', 'NHI4'],
  severity: 'medium',
  why: 'A service needs neither. Somebody knows the password, types it now and then, and nobody changes it when they leave.',
  fix: [
    'Take the password away: passwd -l, or usermod -p "*".',
    'If nothing logs in as it, take the shell as well: usermod -s /usr/sbin/nologin.',
  ],
  undo: 'passwd -u and usermod -s with the shell named here.',
  effort: 10,
  about: { kind: 'identity', types: ['linux_user'] },
  check({ entity }) {
    const { uid, shell, loginShell, password } = entity.attributes
    if (uid === 0) return notApplicable('it is root')
    const kind = accountKind(entity)
    if (kind !== 'service')
      return notApplicable(kind === 'human' ? 'a person uses it' : 'it is not known as a service account')
    if (entity.attributes['status'] === 'expired') return notApplicable('it has expired')
    if (loginShell === false) return pass
    if (typeof password !== 'string') {
      const why = entity.unknowns?.['password']
      return unknown(why?.reason ?? 'whether it has a password is not known', why?.permission)
    }
    if (password !== 'usable' && password !== 'empty') return pass
    return fail(
      `${nameOf(entity)} is a service account that a person can log in to with a password.`,
      [`It has ${password === 'empty' ? 'an empty password' : 'a usable password'} and the shell ${shell}.`],
      password === 'empty' ? { severity: 'critical' } : {},
    )
  },
  cases: [
    { name: 'password and shell', subject: USER, entities: [user({})], expect: 'fail' },
    {
      name: 'no password, as PostgreSQL has it on Debian',
      subject: USER,
      entities: [user({ password: 'none' })],
      expect: 'pass',
    },
    { name: 'a password, but no shell', subject: USER, entities: [user({ loginShell: false })], expect: 'pass' },
    { name: 'a person', subject: USER, entities: [user({ accountKind: 'human' })], expect: 'not-applicable' },
    { name: 'shadow is refused', subject: USER, entities: [hidden], expect: 'unknown' },
  ],
})
