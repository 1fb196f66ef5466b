import { z } from 'zod'
import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { accountKind, day, days, daysBetween, momentOf, nameOf, outOfForce, whyUnknown } from './standing.ts'

const subject = 'aws:arn:aws:iam::111122223333:role/old'
const role = (attributes: Record<string, boolean | string>, created = '2024-01-01T00:00:00.000Z') => ({
  kind: 'identity' as const,
  type: 'aws_iam_role',
  key: subject,
  name: 'old',
  created: { value: created },
  attributes,
})

export const awsNeverUsed = defineRule({
  id: 'aws-never-used',
  title: 'An AWS user or role was made long ago and AWS has seen no use of it',
  owasp: ['NHI1'],
  severity: 'medium',
  why: 'It was made for something that never came or ended more than a year ago. Nobody misses it, and whoever finds a way to it has its rights.',
  fix: [
    'Ask its owner whether a yearly job needs it.',
    'Attach a policy that denies everything, and wait a month.',
    'Then delete it.',
  ],
  undo: 'Detach the denying policy within the month.',
  effort: 10,
  about: { kind: 'identity', types: ['aws_iam_user', 'aws_iam_role'] },
  along: { workloads: ['<runs-as'] },
  params: z.strictObject({ days: z.number().int().positive().default(90) }),
  check({ entity, along }, { now, params }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    const kind = accountKind(entity)
    if (kind === 'human' || kind === 'system')
      return notApplicable(kind === 'human' ? 'people use it' : 'it belongs to a service of AWS')
    if (entity.attributes['noUseRecorded'] !== true && entity.attributes['neverUsed'] !== true)
      return notApplicable('its use is recorded, or could not be read')
    if (along.workloads!.length > 0) return pass
    const made = momentOf(entity.created)
    if (made === null) {
      const { reason, permission } = whyUnknown('when it was made', entity.created)
      return unknown(reason, permission)
    }
    const age = daysBetween(made, now.getTime())
    if (age <= params.days) return pass
    return fail(`${nameOf(entity)} was made on ${day(made)} and AWS has seen no use of it.`, [
      `That is ${days(age)} ago; the limit is ${days(params.days)}.`,
      entity.attributes['neverUsed'] === true
        ? 'Neither its password nor a key of it was ever used.'
        : 'AWS looks back 400 days at roles.',
    ])
  },
  cases: [
    { name: 'an old role without use', subject, entities: [role({ noUseRecorded: true })], expect: 'fail' },
    {
      name: 'a role made last week',
      subject,
      entities: [role({ noUseRecorded: true }, '2026-11-17T00:00:00.000Z')],
      expect: 'pass',
    },
    {
      name: 'a role that a function has',
      subject,
      entities: [
        role({ noUseRecorded: true }),
        { kind: 'workload', type: 'aws_lambda_function', key: 'aws:f', name: 'f', attributes: {} },
      ],
      edges: [{ from: 'aws:f', verb: 'runs-as', to: subject }],
      expect: 'pass',
    },
    {
      name: 'a role of people',
      subject,
      entities: [role({ noUseRecorded: true, accountKind: 'human' })],
      expect: 'not-applicable',
    },
  ],
})
