import { defineRule, fail, pass } from '../../sdk/index.ts'
import { at } from './git-places.ts'
import { list, nameOf } from './standing.ts'

export const gitStaticKeyDeclared = defineRule({
  id: 'git-static-key-declared',
  title: 'Code makes a cloud key that never expires',
  owasp: ['NHI7', 'NHI4'],
  severity: 'medium',
  why: 'The key lives until somebody taints it, and its value lies in plain text in the state file that everybody who plans can read.',
  fix: [
    'Let the workload take a role instead: by its platform, or by federation.',
    'Where a key has to be, let a vault make and rotate it, outside of the state.',
    'Remove the resource and rotate what it had made.',
  ],
  undo: 'Apply the former code; it makes a new key.',
  effort: 60,
  about: {
    kind: 'credential',
    types: [
      'terraform_aws_iam_access_key',
      'terraform_aws_iam_service_specific_credential',
      'terraform_google_service_account_key',
      'terraform_azuread_application_password',
      'terraform_azuread_service_principal_password',
      'cloudformation_iam_access_key',
    ],
  },
  along: { identities: ['>authenticates'] },
  check({ entity, along }) {
    const { address, encrypted, tool } = entity.attributes
    if (typeof address !== 'string') return pass
    const { said, place } = at(entity)
    const whose =
      along.identities!.length > 0 ? list(along.identities!.map(nameOf)) : 'an identity that is declared elsewhere'
    return fail(
      `${address} is a static key of ${whose}.`,
      [
        `${said}: it is made by ${tool === 'cloudformation' ? 'a template' : 'Terraform'} and has no end.`,
        encrypted === true
          ? 'Its value is encrypted in the state.'
          : 'Its value lies in plain text in the state or in the outputs.',
      ],
      { places: [place] },
    )
  },
  cases: [
    {
      name: 'an access key for a user',
      subject: 'git:a/terraform/./aws_iam_access_key.ci',
      entities: [
        {
          kind: 'credential',
          type: 'terraform_aws_iam_access_key',
          key: 'git:a/terraform/./aws_iam_access_key.ci',
          name: 'ci',
          method: 'access-key',
          attributes: {
            file: 'main.tf',
            line: 4,
            address: 'aws_iam_access_key.ci',
            tool: 'terraform',
            encrypted: false,
          },
        },
        { kind: 'identity', type: 'terraform_aws_iam_user', key: 'git:a/terraform/./aws_iam_user.ci', name: 'ci' },
      ],
      edges: [
        {
          from: 'git:a/terraform/./aws_iam_access_key.ci',
          verb: 'authenticates',
          to: 'git:a/terraform/./aws_iam_user.ci',
        },
      ],
      expect: 'fail',
    },
    {
      name: 'a key that only an outside state knows',
      subject: 'git:a/terraform/./aws_iam_access_key.old',
      entities: [
        {
          kind: 'credential',
          type: 'terraform_aws_iam_access_key',
          key: 'git:a/terraform/./aws_iam_access_key.old',
          name: 'old',
          method: 'access-key',
        },
      ],
      expect: 'pass',
    },
  ],
})
