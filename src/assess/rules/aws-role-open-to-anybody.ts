import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { isPinned, ROLE, roleOf, trustedBy } from './aws-trust.ts'
import { list, nameOf, outOfForce } from './standing.ts'

export const awsRoleOpenToAnybody = defineRule({
  id: 'aws-role-open-to-anybody',
  title: 'Anybody with an AWS account can take a role',
  owasp: ['NHI6', 'NHI3'],
  severity: 'critical',
  why: 'A trust policy that names * lets every account in the world in; only a condition that names who may come can close it.',
  fix: [
    'Name the accounts or roles that need it as principals.',
    'Or add a condition on aws:PrincipalOrgID with the id of your organization.',
    'Look in CloudTrail for AssumeRole calls on it from accounts that are not yours.',
  ],
  undo: 'Put the former trust policy back; it stands in the role’s attributes here.',
  effort: 10,
  about: { kind: 'identity', types: ['aws_iam_role'] },
  check({ entity }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    const trusts = trustedBy(entity)
    if (trusts === undefined) {
      const missing = entity.unknowns?.['trusts']
      return missing
        ? unknown(missing.reason, missing.permission)
        : notApplicable('its source does not report its trust policy')
    }
    const open = trusts.filter((one) => one.kind === 'everybody' && !isPinned(one))
    if (open.length === 0) return pass
    const conditions = open.flatMap((one) => [...one.conditions, ...(one.externalId ? ['sts:ExternalId'] : [])])
    return fail(
      `Anybody can take ${nameOf(entity)}.`,
      [
        'Its trust policy names the principal *.',
        conditions.length === 0
          ? 'No condition stands in the way.'
          : `The condition on ${list([...new Set(conditions)])} does not name who may come.`,
      ],
      conditions.length === 0 ? {} : { severity: 'high' },
    )
  },
  cases: [
    { name: 'everybody', subject: ROLE, entities: [roleOf([{ kind: 'everybody', who: '*' }])], expect: 'fail' },
    {
      name: 'everybody who knows a word',
      subject: ROLE,
      entities: [roleOf([{ kind: 'everybody', who: '*', externalId: true }])],
      expect: 'fail',
    },
    {
      name: 'everybody of the organization',
      subject: ROLE,
      entities: [roleOf([{ kind: 'everybody', who: '*', conditions: ['aws:PrincipalOrgID'] }])],
      expect: 'pass',
    },
    {
      name: 'a service',
      subject: ROLE,
      entities: [roleOf([{ kind: 'service', who: 'lambda.amazonaws.com' }])],
      expect: 'pass',
    },
    {
      name: 'a trust policy that is not JSON',
      subject: ROLE,
      entities: [roleOf(undefined, { unknowns: { trusts: { reason: 'its document is not JSON' } } })],
      expect: 'unknown',
    },
  ],
})
