import { defineRule, fail, pass, unknown } from '../../sdk/index.ts'
import { at, rows } from './git-places.ts'
import { list, nameOf } from './standing.ts'

export const gitCloudPolicyWide = defineRule({
  id: 'git-cloud-policy-wide',
  title: 'Code declares a policy that allows far too much in the cloud',
  owasp: ['NHI5'],
  severity: 'medium',
  why: 'Whoever takes over what holds this policy takes over the account, or a whole service in it.',
  fix: [
    'Name the actions that are called; the cloud’s access advisor lists them.',
    'Name the resources instead of *.',
    'Apply it to one environment first and watch for refusals.',
  ],
  undo: 'Apply the former policy; it is in the history of the repository.',
  effort: 45,
  about: {
    kind: 'entitlement',
    types: [
      'terraform_aws_iam_policy',
      'terraform_aws_iam_user_policy',
      'terraform_aws_iam_role_policy',
      'terraform_aws_iam_group_policy',
      'terraform_managed_policy',
      'terraform_google_role',
      'cloudformation_iam_policy',
      'cloudformation_managed_policy',
    ],
  },
  along: { holders: ['<has'] },
  check({ entity, along }) {
    const excess = rows(entity.attributes['excess'])
    if (excess.length === 0) {
      const missing = entity.unknowns?.['excess']
      return missing ? unknown(missing.reason, 'the policy as the cloud has it') : pass
    }
    const all = excess.some((row) => row['level'] === 'all')
    const holders = along.holders!
    return fail(
      `${entity.name} ${excess[0]!['says']}${holders.length > 0 ? `, for ${list(holders.map(nameOf))}` : ''}.`,
      [
        ...excess
          .slice(0, 10)
          .map((row) => `${at(entity).said}: ${entity.attributes['address'] ?? entity.name} ${row['says']}.`),
        ...(holders.length > 0 ? [`${list(holders.map(nameOf))} ${holders.length === 1 ? 'has' : 'have'} it.`] : []),
      ],
      { severity: all ? 'high' : 'medium', places: [at(entity).place] },
    )
  },
  cases: [
    {
      name: 'every action on every resource',
      subject: 'git:a/terraform/./aws_iam_policy.all',
      entities: [
        {
          kind: 'entitlement',
          type: 'terraform_aws_iam_policy',
          key: 'git:a/terraform/./aws_iam_policy.all',
          name: 'all',
          attributes: {
            file: 'main.tf',
            line: 4,
            address: 'aws_iam_policy.all',
            excess: [{ says: 'allows every action on every resource', level: 'all' }],
          },
        },
      ],
      expect: 'fail',
    },
    {
      name: 'named actions',
      subject: 'git:a/terraform/./aws_iam_policy.read',
      entities: [
        {
          kind: 'entitlement',
          type: 'terraform_aws_iam_policy',
          key: 'git:a/terraform/./aws_iam_policy.read',
          name: 'read',
          attributes: { file: 'main.tf', line: 4, excess: [] },
        },
      ],
      expect: 'pass',
    },
    {
      name: 'a policy that is computed',
      subject: 'git:a/terraform/./aws_iam_policy.made',
      entities: [
        {
          kind: 'entitlement',
          type: 'terraform_aws_iam_policy',
          key: 'git:a/terraform/./aws_iam_policy.made',
          name: 'made',
          attributes: { excess: [] },
          unknowns: { excess: { reason: 'the policy is computed when it is applied' } },
        },
      ],
      expect: 'unknown',
    },
  ],
})
