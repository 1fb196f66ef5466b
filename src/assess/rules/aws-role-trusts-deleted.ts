import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { ROLE, roleOf, trustedBy } from './aws-trust.ts'
import { list, nameOf } from './standing.ts'

export const awsRoleTrustsDeleted = defineRule({
  id: 'aws-role-trusts-deleted',
  title: 'A role still trusts a user or role that was deleted',
  owasp: ['NHI1'],
  severity: 'low',
  why: 'What was offboarded left its name behind. It opens nothing now, hides who really needs the role, and shows that nobody reviewed the trust since.',
  fix: [
    'Remove the id from the trust policy.',
    'If it was the only principal, delete the role after a month without use.',
  ],
  undo: 'The id cannot come back to life; name the successor instead.',
  effort: 5,
  about: { kind: 'identity', types: ['aws_iam_role'] },
  check({ entity }) {
    const trusts = trustedBy(entity)
    if (trusts === undefined) {
      const missing = entity.unknowns?.['trusts']
      return missing
        ? unknown(missing.reason, missing.permission)
        : notApplicable('its source does not report its trust policy')
    }
    const gone = trusts.filter(({ kind }) => kind === 'deleted')
    if (gone.length === 0) return pass
    return fail(
      `${nameOf(entity)} trusts ${gone.length === 1 ? 'somebody' : `${gone.length} principals`} that no longer exists.`,
      [
        `Its trust policy names ${list(gone.map(({ who }) => who))}, which is what AWS leaves of a deleted user or role.`,
        ...(gone.length === trusts.length ? ['It trusts nobody else.'] : []),
      ],
    )
  },
  cases: [
    {
      name: 'a deleted user',
      subject: ROLE,
      entities: [roleOf([{ kind: 'deleted', who: 'AIDAABCDEFGHIJKLMNOP' }])],
      expect: 'fail',
    },
    {
      name: 'a living role',
      subject: ROLE,
      entities: [roleOf([{ kind: 'principal', who: 'arn:aws:iam::111122223333:role/ci' }])],
      expect: 'pass',
    },
    {
      name: 'a trust policy that was not read',
      subject: ROLE,
      entities: [roleOf(undefined)],
      expect: 'not-applicable',
    },
  ],
})
