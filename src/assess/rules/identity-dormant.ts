import { z } from 'zod'
import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { onTypes } from './on-types.ts'
import {
  accountKind,
  day,
  days,
  daysBetween,
  forEmergencies,
  momentOf,
  nameOf,
  outOfForce,
  whyUnknown,
} from './standing.ts'

export const identityDormant = defineRule({
  id: 'identity-dormant',
  title: 'An identity has not been used for months and still works',
  owasp: ['NHI1'],
  severity: 'medium',
  why: 'What nobody uses nobody misses when it is abused, and it keeps every right it ever had.',
  fix: [
    'Ask its owner whether a yearly or quarterly job still needs it.',
    'Disable it at its source and watch for refused logins for a month.',
    'Then delete it with its credentials.',
  ],
  undo: 'Enable it again at its source; nothing is lost before the delete.',
  effort: 10,
  about: { kind: 'identity' },
  params: z.strictObject({ days: z.number().int().positive().default(90) }),
  along: { users: ['<runs-as'] },
  check({ entity, along }, { now, params }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    const kind = accountKind(entity)
    if (kind === 'human' || kind === 'system')
      return notApplicable(kind === 'human' ? 'a person uses it' : 'it belongs to the operating system')
    if (along.users!.length > 0) return pass
    const { lastUsed } = entity
    if (lastUsed && 'notApplicable' in lastUsed) return notApplicable(lastUsed.notApplicable)
    const used = momentOf(lastUsed)
    if (used === null) {
      const { reason, permission } = whyUnknown('when it was last used', lastUsed)
      return unknown(reason, permission)
    }
    const idle = daysBetween(used, now.getTime())
    if (idle <= params.days) return pass
    if (forEmergencies(entity)) return notApplicable('it is kept for emergencies')
    const seen = Date.parse(String(entity.attributes['usageSince'] ?? ''))
    if (seen > now.getTime() - params.days * 86_400_000) return unknown(`its use is only recorded since ${day(seen)}`)
    return fail(`${nameOf(entity)} was last used on ${day(used)}.`, [
      `That is ${days(idle)} ago; the limit is ${days(params.days)}.`,
      ...(entity.lastUsedBy && 'value' in entity.lastUsedBy ? [`It was used by ${entity.lastUsedBy.value}.`] : []),
      'No workload is known to run as it.',
    ])
  },
  cases: onTypes(
    ['aws_iam_user', 'linux_user', 'postgres_role', 'aws_iot_thing'],
    [
      {
        name: 'a day over the limit',
        subject: 'demo:svc',
        entities: [
          {
            kind: 'identity',
            type: 'demo_account',
            key: 'demo:svc',
            name: 'svc',
            lastUsed: { value: '2026-08-25T12:00:00.000Z' },
          },
        ],
        expect: 'fail',
      },
      {
        name: 'on the limit',
        subject: 'demo:svc',
        entities: [
          {
            kind: 'identity',
            type: 'demo_account',
            key: 'demo:svc',
            name: 'svc',
            lastUsed: { value: '2026-08-26T12:00:00.000Z' },
          },
        ],
        expect: 'pass',
      },
      {
        name: 'idle by its log, but a workload runs as it',
        subject: 'demo:svc',
        entities: [
          {
            kind: 'identity',
            type: 'demo_account',
            key: 'demo:svc',
            name: 'svc',
            lastUsed: { value: '2020-01-01T00:00:00.000Z' },
          },
          { kind: 'workload', type: 'demo_job', key: 'demo:job', name: 'job' },
        ],
        edges: [{ from: 'demo:job', verb: 'runs-as', to: 'demo:svc' }],
        expect: 'pass',
      },
      {
        name: 'the usage source is not healthy',
        subject: 'demo:svc',
        entities: [
          {
            kind: 'identity',
            type: 'demo_account',
            key: 'demo:svc',
            name: 'svc',
            lastUsed: { unknown: 'the log cannot be read', permission: 'logs.read' },
          },
        ],
        expect: 'unknown',
      },
      {
        name: 'usage is recorded for two weeks only',
        subject: 'demo:svc',
        entities: [
          {
            kind: 'identity',
            type: 'demo_account',
            key: 'demo:svc',
            name: 'svc',
            lastUsed: { value: '2020-01-01T00:00:00.000Z' },
            attributes: { usageSince: '2026-11-10T00:00:00.000Z' },
          },
        ],
        expect: 'unknown',
      },
      {
        name: 'idle, and tagged as kept for emergencies',
        subject: 'demo:svc',
        entities: [
          {
            kind: 'identity',
            type: 'demo_account',
            key: 'demo:svc',
            name: 'svc',
            lastUsed: { value: '2020-01-01T00:00:00.000Z' },
            attributes: { tags: { Purpose: 'Break glass' } },
          },
        ],
        expect: 'not-applicable',
      },
      {
        name: 'disabled after it was found idle',
        subject: 'demo:svc',
        entities: [
          {
            kind: 'identity',
            type: 'demo_account',
            key: 'demo:svc',
            name: 'svc',
            lastUsed: { value: '2020-01-01T00:00:00.000Z' },
            attributes: { disabled: true },
          },
        ],
        expect: 'not-applicable',
      },
    ],
  ),
})
