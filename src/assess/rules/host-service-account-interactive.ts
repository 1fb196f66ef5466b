import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { accountKind, day, nameOf } from './standing.ts'

const USER = 'host:web-1/user/svc-backup'
const user = (kind: string, attributes: Record<string, number | Record<string, string>>, uid = 1005) => ({
  kind: 'identity' as const,
  type: 'linux_user',
  key: USER,
  name: 'svc-backup@web-1',
  attributes: {
    account: 'svc-backup',
    uid,
    accountKind: kind,
    accountKindReasons: ['its name says so: svc-backup'],
    ...attributes,
  },
})
const closed = {
  kind: 'identity' as const,
  type: 'linux_user',
  key: USER,
  name: 'www-data@web-1',
  attributes: { account: 'www-data', uid: 33, accountKind: 'system', loginShell: false },
}
const terminal = {
  interactiveLogins: 2,
  lastInteractive: { at: '2026-11-23T22:10:00.000Z', from: '10.0.0.7 on pts/0', how: 'login with a terminal' },
}
const sudo = { interactiveLogins: 1, lastInteractive: { at: '2026-11-23T22:10:00.000Z', from: 'alice', how: 'sudo' } }

export const hostServiceAccountInteractive = defineRule({
  id: 'host-service-account-interactive',
  title: 'A person works under a service account',
  owasp: ['NHI10'],
  severity: 'high',
  why: 'What the person does cannot be told from what the service does, and the person holds a credential of the service. It is also what an intruder with a stolen key looks like.',
  fix: [
    'Find out who it was, from the address and the time in the evidence.',
    'Replace the key or password that was used.',
    'Give people accounts of their own, and the service account a shell that lets nobody in: usermod -s /usr/sbin/nologin.',
  ],
  undo: 'Set the former shell again with usermod -s.',
  effort: 20,
  about: { kind: 'identity', types: ['linux_user'] },
  needs: ['linux_user'],
  check({ entity }) {
    const kind = accountKind(entity)
    const { uid, loginShell, interactiveLogins, lastInteractive, accountKindReasons } = entity.attributes
    if (kind === 'human') return notApplicable('it is a person’s account')
    if (uid === 0) return notApplicable('root is for people as well')
    if (kind !== 'service' && kind !== 'system')
      return unknown('it cannot be told whether it is a person’s account or a service’s; label it')
    // Whoever became it by sudo -u is on record all the same.
    if (loginShell === false && !(Number(interactiveLogins) > 0)) return notApplicable('its shell lets nobody in')
    if (typeof interactiveLogins !== 'number') {
      const why = entity.unknowns?.['interactiveLogins']
      return unknown(
        why?.reason ?? 'this host does not record which logins had a terminal',
        why?.permission ?? 'read /var/log/wtmp, or set LogLevel VERBOSE for sshd',
      )
    }
    if (interactiveLogins === 0) return pass
    const last = lastInteractive as { at: string; from: string; how: string } | undefined
    const switched = last?.how === 'sudo' || last?.how === 'su'
    if (kind === 'system' && switched) return notApplicable('an administrator looked after it by su or sudo')
    const reasons = Array.isArray(accountKindReasons) ? accountKindReasons.map(String) : []
    return fail(
      last
        ? `${switched ? last.from : 'Somebody'} worked as ${nameOf(entity)} on ${day(Date.parse(last.at))}.`
        : `Somebody worked as ${nameOf(entity)}.`,
      [
        ...(last
          ? [
              switched
                ? `${last.from} became it by ${last.how} at ${last.at}.`
                : `A login with a terminal came from ${last.from} at ${last.at}.`,
            ]
          : []),
        `${interactiveLogins} such ${interactiveLogins === 1 ? 'login is' : 'logins are'} on record.`,
        ...(reasons.length > 0 ? [`It is taken for a ${kind} account because ${reasons.join(', and ')}.`] : []),
      ],
      switched ? { severity: 'low' } : {},
    )
  },
  cases: [
    { name: 'ssh -t with a service account', subject: USER, entities: [user('service', terminal)], expect: 'fail' },
    { name: 'an administrator by sudo -u', subject: USER, entities: [user('service', sudo)], expect: 'fail' },
    {
      name: 'only cron and rsync',
      subject: USER,
      entities: [user('service', { interactiveLogins: 0 })],
      expect: 'pass',
    },
    {
      name: 'an account of the system whose shell lets nobody in',
      subject: USER,
      entities: [closed],
      expect: 'not-applicable',
    },
    { name: 'a person', subject: USER, entities: [user('human', terminal)], expect: 'not-applicable' },
    { name: 'root', subject: USER, entities: [user('system', terminal, 0)], expect: 'not-applicable' },
    { name: 'terminals are not recorded', subject: USER, entities: [user('service', {})], expect: 'unknown' },
    {
      name: 'logs refused',
      subject: USER,
      entities: [user('service', { interactiveLogins: 0 })],
      incomplete: ['linux_user'],
      expect: 'unknown',
    },
  ],
})
