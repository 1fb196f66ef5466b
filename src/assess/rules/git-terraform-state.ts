import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { at, words } from './git-places.ts'
import { list } from './standing.ts'

export const gitTerraformState = defineRule({
  id: 'git-terraform-state',
  title: 'A Terraform state file lies in the repository',
  owasp: ['NHI2'],
  severity: 'high',
  why: 'The state holds every generated password and key in plain text, and a map of the whole estate.',
  fix: [
    'Move the state to a backend with encryption and access control, and delete the file.',
    'Rotate what Terraform had made, since the history keeps the file.',
    'Put *.tfstate* into .gitignore.',
  ],
  undo: 'Pull the state from the backend again.',
  effort: 60,
  about: { kind: 'secret', types: ['terraform_state'] },
  check({ entity }) {
    const { resources, tracked, sample, secretTypes } = entity.attributes
    if (sample === true) return notApplicable('it is an example or a test')
    if (resources === 0) return pass
    const secret = words(secretTypes)
    return fail(
      `${entity.name} ${tracked === true ? 'is committed' : 'lies in the folder'} with ${typeof resources === 'number' ? resources : 'all'} resources.`,
      [
        `${at(entity).said}: ${secret.length > 0 ? `it holds the values of ${list(secret)}` : 'it describes what Terraform made'}.`,
      ],
      { places: [at(entity).place], severity: secret.length === 0 ? 'medium' : tracked === true ? 'high' : 'medium' },
    )
  },
  cases: [
    {
      name: 'a committed state with a generated password',
      subject: 'git:a/terraform-state/terraform.tfstate',
      entities: [
        {
          kind: 'secret',
          type: 'terraform_state',
          key: 'git:a/terraform-state/terraform.tfstate',
          name: 'terraform.tfstate',
          attributes: {
            file: 'terraform.tfstate',
            line: 1,
            tracked: true,
            resources: 4,
            secretTypes: ['random_password'],
          },
        },
      ],
      expect: 'fail',
    },
    {
      name: 'an empty state',
      subject: 'git:a/terraform-state/terraform.tfstate',
      entities: [
        {
          kind: 'secret',
          type: 'terraform_state',
          key: 'git:a/terraform-state/terraform.tfstate',
          name: 'terraform.tfstate',
          attributes: { file: 'terraform.tfstate', tracked: true, resources: 0 },
        },
      ],
      expect: 'pass',
    },
  ],
})
