import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { list, nameOf } from './standing.ts'

const SSHD = 'host:web-1/sshd'
const sshd = (attributes: Record<string, string | boolean | string[] | null>) => ({
  kind: 'resource' as const,
  type: 'ssh_server',
  key: SSHD,
  name: 'sshd on web-1',
  attributes: {
    passwordAuthentication: true,
    keyboardInteractive: false,
    permitRootLogin: 'prohibit-password',
    passwordAccounts: ['alice'],
    ...attributes,
  },
})
const hidden = {
  ...sshd({ passwordAccounts: null }),
  unknowns: { passwordAccounts: { reason: '/etc/shadow could not be read', permission: 'read /etc/shadow' } },
}

export const hostSshPasswordLogin = defineRule({
  id: 'host-ssh-password-login',
  title: 'SSH lets accounts in with a password',
  owasp: ['NHI4'],
  severity: 'medium',
  why: 'Passwords are guessed from the whole internet, reused elsewhere and typed into the wrong window; a key or certificate is none of that.',
  fix: [
    'See that each account named here has a key or certificate.',
    'Set PasswordAuthentication no and KbdInteractiveAuthentication no in /etc/ssh/sshd_config.d/, check with sshd -t, reload ssh.',
  ],
  undo: 'Take the lines away and reload ssh; keep one session open while you try.',
  effort: 20,
  about: { kind: 'resource', types: ['ssh_server'] },
  check({ entity }) {
    if (entity.attributes['started'] === false) return notApplicable('the SSH server is not started')
    const { passwordAuthentication, keyboardInteractive, passwordAccounts, authenticationMethods } = entity.attributes
    if (passwordAuthentication !== true && keyboardInteractive !== true) return pass
    if (
      typeof authenticationMethods === 'string' &&
      authenticationMethods.split(/\s+/).every((chain) => chain.startsWith('publickey'))
    )
      return pass
    if (!Array.isArray(passwordAccounts)) {
      const why = entity.unknowns?.['passwordAccounts']
      return unknown(why?.reason ?? 'which accounts have a password is not known', why?.permission)
    }
    if (passwordAccounts.length === 0) return pass
    const asked = passwordAuthentication === true ? 'PasswordAuthentication' : 'KbdInteractiveAuthentication'
    return fail(`${nameOf(entity)} lets ${list(passwordAccounts.map(String))} in with a password.`, [
      `${asked} is yes (which is also what sshd does when nothing is said).`,
      `${passwordAccounts.length} ${passwordAccounts.length === 1 ? 'account has' : 'accounts have'} a usable password and a login shell.`,
    ])
  },
  cases: [
    {
      name: 'installed, but never started',
      subject: SSHD,
      entities: [sshd({ started: false })],
      expect: 'not-applicable',
    },
    { name: 'on, and an account has a password', subject: SSHD, entities: [sshd({})], expect: 'fail' },
    {
      name: 'on, but no account has a password',
      subject: SSHD,
      entities: [sshd({ passwordAccounts: [] })],
      expect: 'pass',
    },
    { name: 'off', subject: SSHD, entities: [sshd({ passwordAuthentication: false })], expect: 'pass' },
    {
      name: 'only as a second factor after a key',
      subject: SSHD,
      entities: [sshd({ authenticationMethods: 'publickey,password' })],
      expect: 'pass',
    },
    { name: 'shadow is refused', subject: SSHD, entities: [hidden], expect: 'unknown' },
  ],
})
