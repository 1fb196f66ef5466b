import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { nameOf } from './standing.ts'

const SSHD = 'host:web-1/sshd'
const sshd = (attributes: Record<string, string | boolean | string[]>) => ({
  kind: 'resource' as const,
  type: 'ssh_server',
  key: SSHD,
  name: 'sshd on web-1',
  attributes: {
    passwordAuthentication: true,
    keyboardInteractive: false,
    permitRootLogin: 'yes',
    permitEmptyPasswords: false,
    ...attributes,
  },
})

export const hostSshRootPassword = defineRule({
  id: 'host-ssh-root-password',
  title: 'SSH would let root, or an account without a password, in without a key',
  owasp: ['NHI4', 'NHI10'],
  severity: 'high',
  why: 'Every guesser on the internet tries root first, and a login as root cannot be told from any other person who knows the password.',
  fix: [
    'Set PermitRootLogin prohibit-password (or no) and PermitEmptyPasswords no, check with sshd -t, reload ssh.',
    'Let people log in as themselves and use sudo.',
  ],
  undo: 'Take the lines away and reload ssh; keep one session open while you try.',
  effort: 10,
  about: { kind: 'resource', types: ['ssh_server'] },
  check({ entity }) {
    if (entity.attributes['started'] === false) return notApplicable('the SSH server is not started')
    const { passwordAuthentication, keyboardInteractive, permitRootLogin, permitEmptyPasswords } = entity.attributes
    if (passwordAuthentication !== true && keyboardInteractive !== true) return pass
    if (permitEmptyPasswords === true)
      return fail(
        `${nameOf(entity)} lets in accounts that have no password at all.`,
        ['PermitEmptyPasswords is yes.'],
        { severity: 'critical' },
      )
    if (permitRootLogin !== 'yes') return pass
    return fail(`${nameOf(entity)} lets root in with a password.`, [
      'PermitRootLogin is yes, and passwords are accepted.',
    ])
  },
  cases: [
    {
      name: 'installed, but never started',
      subject: SSHD,
      entities: [sshd({ started: false })],
      expect: 'not-applicable',
    },
    { name: 'PermitRootLogin yes', subject: SSHD, entities: [sshd({})], expect: 'fail' },
    {
      name: 'empty passwords',
      subject: SSHD,
      entities: [sshd({ permitRootLogin: 'no', permitEmptyPasswords: true })],
      expect: 'fail',
    },
    { name: 'the default', subject: SSHD, entities: [sshd({ permitRootLogin: 'prohibit-password' })], expect: 'pass' },
    { name: 'yes, but keys only', subject: SSHD, entities: [sshd({ passwordAuthentication: false })], expect: 'pass' },
  ],
})
