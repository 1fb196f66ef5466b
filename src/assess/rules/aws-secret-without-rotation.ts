import { z } from 'zod'
import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { day, days, daysBetween, momentOf, nameOf } from './standing.ts'

const subject = 'aws:arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf'
const secret = (attributes: Record<string, boolean | string>) => ({
  kind: 'secret' as const,
  type: 'aws_secrets_manager_secret',
  key: subject,
  name: 'db',
  created: { value: '2024-01-01T00:00:00.000Z' },
  attributes,
})

export const awsSecretWithoutRotation = defineRule({
  id: 'aws-secret-without-rotation',
  title: 'A secret in Secrets Manager has been the same for long and nothing rotates it',
  owasp: ['NHI7'],
  severity: 'low',
  why: 'A store guards a value from being seen. It does not end the copies that were made in all those months; only a new value does.',
  fix: [
    'Switch on rotation, with the function that AWS has for the kind of secret.',
    'Or put in a new value now, and set a date for the next.',
  ],
  undo: 'Switch rotation off; the former value stays as AWSPREVIOUS.',
  effort: 30,
  about: { kind: 'secret', types: ['aws_secrets_manager_secret'] },
  params: z.strictObject({ days: z.number().int().positive().default(180) }),
  check({ entity }, { now, params }) {
    const { rotation, rotated, changed, owningService, rotationDays, nextRotation } = entity.attributes
    if (typeof owningService === 'string') return notApplicable(`${owningService.slice(0, 60)} manages it`)
    const last = [rotated, changed].map((one) => Date.parse(String(one ?? ''))).filter((one) => !Number.isNaN(one))
    const since = last.length > 0 ? Math.max(...last) : momentOf(entity.created)
    if (since === null) return unknown('when it was last changed is not known', 'secretsmanager:ListSecrets')
    const age = daysBetween(since, now.getTime())
    if (rotation === true) {
      const every = typeof rotationDays === 'number' ? rotationDays : params.days
      const due = Date.parse(String(nextRotation ?? ''))
      if (age <= 2 * every || due > now.getTime()) return pass
      return fail(
        `${nameOf(entity)} should rotate every ${days(every)} and last did on ${day(since)}.`,
        [`That is ${days(age)} ago: the rotation fails.`],
        { severity: 'medium' },
      )
    }
    if (age <= params.days) return pass
    return fail(`${nameOf(entity)} has been the same since ${day(since)}.`, [
      `That is ${days(age)}; the limit is ${days(params.days)}.`,
      'Rotation is switched off.',
    ])
  },
  cases: [
    { name: 'an old secret', subject, entities: [secret({ rotation: false })], expect: 'fail' },
    {
      name: 'a rotation that fails',
      subject,
      entities: [secret({ rotation: true, rotated: '2026-01-01T00:00:00.000Z' })],
      params: { days: 30 },
      expect: 'fail',
    },
    {
      name: 'a rotation that works',
      subject,
      entities: [secret({ rotation: true, rotated: '2026-11-01T00:00:00.000Z' })],
      expect: 'pass',
    },
    {
      name: 'changed by hand last month',
      subject,
      entities: [secret({ rotation: false, changed: '2026-10-20T00:00:00.000Z' })],
      expect: 'pass',
    },
    {
      name: 'managed by RDS',
      subject,
      entities: [secret({ rotation: false, owningService: 'rds' })],
      expect: 'not-applicable',
    },
  ],
})
