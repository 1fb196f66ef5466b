import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { isPinned, ROLE, roleOf, trustedBy } from './aws-trust.ts'
import { list, nameOf, outOfForce } from './standing.ts'

export const awsRoleWithoutExternalId = defineRule({
  id: 'aws-role-without-external-id',
  title: 'A third party can be tricked into using a role for somebody else',
  owasp: ['NHI3'],
  severity: 'medium',
  why: 'A vendor that serves many customers takes the role it is told to. Without an external id, another customer of the vendor can name this role and have the vendor act in it.',
  fix: [
    'Ask the vendor for the external id it uses for you; it must be theirs to choose and unique to you.',
    'Add a condition StringEquals on sts:ExternalId with it to the trust policy.',
  ],
  undo: 'Take the condition out of the trust policy again.',
  effort: 20,
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
    const bare = trusts.filter(
      (one) => (one.kind === 'account' || one.kind === 'principal') && !one.externalId && !isPinned(one),
    )
    const outside = bare.filter(({ foreign }) => foreign === true)
    if (outside.length > 0) {
      return fail(`${nameOf(entity)} lets a third party in without an external id.`, [
        `Its trust policy names ${list(outside.map(({ who }) => who))}, which ${outside.length === 1 ? 'is' : 'are'} not of this organization.`,
        'No condition on sts:ExternalId stands beside it.',
      ])
    }
    const doubtful = bare.filter(({ foreign, kind }) => foreign === null && kind !== 'everybody')
    if (doubtful.length > 0) {
      const missing = entity.unknowns?.['thirdParty']
      return unknown(
        missing?.reason ?? 'which accounts are ours is not known',
        missing?.permission ?? 'organizations:ListAccounts',
      )
    }
    return pass
  },
  cases: [
    {
      name: 'a vendor',
      subject: ROLE,
      entities: [roleOf([{ kind: 'account', who: '999988887777', foreign: true }])],
      expect: 'fail',
    },
    {
      name: 'a vendor with an external id',
      subject: ROLE,
      entities: [roleOf([{ kind: 'account', who: '999988887777', foreign: true, externalId: true }])],
      expect: 'pass',
    },
    {
      name: 'another account of ours',
      subject: ROLE,
      entities: [roleOf([{ kind: 'account', who: '222233334444', foreign: false }])],
      expect: 'pass',
    },
    {
      name: 'an account of which nobody knows whose it is',
      subject: ROLE,
      entities: [roleOf([{ kind: 'account', who: '222233334444', foreign: null }])],
      expect: 'unknown',
    },
  ],
})
