import { z } from 'zod'
import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { accountKind, day, days, daysBetween, list, nameOf } from './standing.ts'

const USER = 'host:web-1/user/svc-old'
const user = (
  attributes: Record<string, string>,
  lastUsed: { unknown: string } | { value: string } = { unknown: 'no login is on record' },
) => ({
  kind: 'identity' as const,
  type: 'linux_user',
  key: USER,
  name: 'svc-old@web-1',
  lastUsed,
  attributes: { account: 'svc-old', accountKind: 'service', ...attributes },
})
const key = {
  kind: 'credential' as const,
  type: 'ssh_key',
  key: 'ssh:SHA256:abc',
  name: 'old key',
  method: 'ssh-key' as const,
}
const opens = { from: key.key, verb: 'authenticates' as const, to: USER }
const since = { usageSince: '2026-01-01T00:00:00.000Z' }

export const hostNeverUsedAccount = defineRule({
  id: 'host-never-used-account',
  title: 'A service account that can be logged in to has not been used as far back as the records go',
  owasp: ['NHI1'],
  severity: 'medium',
  why: 'Its key or password opens the host and nobody would notice its use or its loss.',
  fix: [
    'Ask its owner whether anything still needs it.',
    'Lock it with an end date: usermod --expiredate 1.',
    'Delete it with its keys after a quiet month.',
  ],
  undo: 'Take the end date away with usermod --expiredate "".',
  effort: 15,
  about: { kind: 'identity', types: ['linux_user'] },
  along: { credentials: ['<authenticates'], jobs: ['<runs-as'] },
  params: z.strictObject({ days: z.number().int().positive().default(90) }),
  needs: ['linux_user', 'systemd_unit', 'cron_job'],
  failsOnAbsence: true,
  check({ entity, along }, { now, params }) {
    const kind = accountKind(entity)
    if (kind === 'human' || kind === 'system')
      return notApplicable(kind === 'human' ? 'a person uses it' : 'it belongs to the operating system')
    if (entity.attributes['status'] === 'expired') return notApplicable('it has expired')
    if (along.credentials!.length === 0) return notApplicable('nothing opens it')
    if (along.jobs!.length > 0) return pass
    if (entity.lastUsed && 'value' in entity.lastUsed) return notApplicable('it has been used; see its last use')
    const since = Date.parse(String(entity.attributes['usageSince'] ?? ''))
    if (Number.isNaN(since))
      return unknown(
        entity.unknowns?.['usageSince']?.reason ?? 'no login records were read',
        entity.unknowns?.['usageSince']?.permission,
      )
    const watched = daysBetween(since, now.getTime())
    if (watched < params.days) return unknown(`the login records only reach back to ${day(since)}`)
    return fail(`Nobody has used ${nameOf(entity)} since the records begin on ${day(since)}.`, [
      `That is ${days(watched)} of records without one login, service or cron job of it.`,
      `It can be opened with ${list(along.credentials!.map(nameOf))}.`,
    ])
  },
  cases: [
    {
      name: 'a key, eleven months of records, no use',
      subject: USER,
      entities: [user(since), key],
      edges: [opens],
      expect: 'fail',
    },
    {
      name: 'a timer runs as it',
      subject: USER,
      entities: [
        user(since),
        key,
        { kind: 'workload', type: 'systemd_unit', key: 'host:web-1/unit/a.service', name: 'a.service' },
      ],
      edges: [opens, { from: 'host:web-1/unit/a.service', verb: 'runs-as', to: USER }],
      expect: 'pass',
    },
    {
      name: 'the records reach back two weeks',
      subject: USER,
      entities: [user({ usageSince: '2026-11-10T00:00:00.000Z' }), key],
      edges: [opens],
      expect: 'unknown',
    },
    { name: 'nothing opens it', subject: USER, entities: [user(since)], expect: 'not-applicable' },
    {
      name: 'cron could not be read',
      subject: USER,
      entities: [user(since), key],
      edges: [opens],
      incomplete: ['cron_job'],
      expect: 'unknown',
    },
  ],
})
