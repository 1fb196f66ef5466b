import { z } from 'zod'
import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { day, days, daysBetween, list, momentOf, nameOf, outOfForce, whyUnknown } from './standing.ts'

const subject = 'aws:access-key/AKIAEXAMPLE'
const key = (attributes: Record<string, boolean | string>, created = '2026-01-01T00:00:00.000Z') => ({
  kind: 'credential' as const,
  type: 'aws_access_key',
  key: subject,
  name: 'AKIAEXAMPLE',
  method: 'access-key' as const,
  created: { value: created },
  attributes,
})

export const awsAccessKeyNeverUsed = defineRule({
  id: 'aws-access-key-never-used',
  title: 'An active AWS access key was never used',
  owasp: ['NHI1', 'NHI7'],
  severity: 'medium',
  why: 'A key that was made and never used was made for nothing, or lies where nobody looks. It works all the same for whoever finds it.',
  fix: ['Deactivate the key.', 'Delete it after a month.'],
  undo: 'Activate the key again within the month.',
  effort: 3,
  about: { kind: 'credential', types: ['aws_access_key'] },
  along: { users: ['>authenticates'] },
  params: z.strictObject({ days: z.number().int().positive().default(30) }),
  check({ entity, along }, { now, params }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    if (entity.attributes['neverUsed'] !== true) {
      if (entity.lastUsed === undefined) return notApplicable('its source does not report use')
      if ('unknown' in entity.lastUsed) {
        const { reason, permission } = whyUnknown('when it was last used', entity.lastUsed)
        return unknown(reason, permission)
      }
      return pass
    }
    const made = momentOf(entity.created)
    if (made === null) {
      const { reason, permission } = whyUnknown('when it was made', entity.created)
      return unknown(reason, permission)
    }
    const age = daysBetween(made, now.getTime())
    if (age <= params.days) return pass
    return fail(`${nameOf(entity)} was made on ${day(made)} and never used.`, [
      `It has been active for ${days(age)} without a single call.`,
      ...(along.users!.length > 0 ? [`It proves ${list(along.users!.map(nameOf))}.`] : []),
    ])
  },
  cases: [
    { name: 'an old key', subject, entities: [key({ status: 'Active', neverUsed: true })], expect: 'fail' },
    {
      name: 'a key made yesterday',
      subject,
      entities: [key({ status: 'Active', neverUsed: true }, '2026-11-23T00:00:00.000Z')],
      expect: 'pass',
    },
    {
      name: 'a key that is used',
      subject,
      entities: [{ ...key({ status: 'Active' }), lastUsed: { value: '2026-11-20T00:00:00.000Z' } }],
      expect: 'pass',
    },
    {
      name: 'a key that is switched off',
      subject,
      entities: [key({ status: 'Inactive', neverUsed: true })],
      expect: 'not-applicable',
    },
    {
      name: 'its use was refused',
      subject,
      entities: [{ ...key({ status: 'Active' }), lastUsed: { unknown: 'iam:GetAccessKeyLastUsed is denied' } }],
      expect: 'unknown',
    },
  ],
})
