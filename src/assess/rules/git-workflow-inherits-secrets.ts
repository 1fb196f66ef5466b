import { defineRule, fail, pass } from '../../sdk/index.ts'
import { at, rows } from './git-places.ts'
import { list } from './standing.ts'

export const gitWorkflowInheritsSecrets = defineRule({
  id: 'git-workflow-inherits-secrets',
  title: 'Another repository’s workflow receives every secret',
  owasp: ['NHI3', 'NHI5'],
  severity: 'medium',
  why: 'secrets: inherit hands over all secrets of the repository and its organisation, those of tomorrow too, to code that others keep.',
  fix: ['Name the secrets that the called workflow needs, one by one.'],
  undo: 'Write secrets: inherit again.',
  effort: 10,
  about: { kind: 'workload', types: ['github_workflow'] },
  check({ entity }) {
    const inherits = rows(entity.attributes['inherits']).filter((row) => !String(row['uses']).startsWith('./'))
    if (inherits.length === 0) return pass
    return fail(
      `${list([...new Set(inherits.map((row) => String(row['uses'])))], 3)} ${inherits.length === 1 ? 'receives' : 'receive'} every secret of the repository.`,
      inherits
        .slice(0, 10)
        .map((row) => `${at(entity, row['line']).said}: job ${row['job']} calls ${row['uses']} with secrets: inherit.`),
      { places: inherits.map((row) => at(entity, row['line']).place) },
    )
  },
  cases: [
    {
      name: 'a workflow of another repository',
      subject: 'git:a/workflow/ci.yml',
      entities: [
        {
          kind: 'workload',
          type: 'github_workflow',
          key: 'git:a/workflow/ci.yml',
          name: 'ci',
          attributes: {
            file: '.github/workflows/ci.yml',
            inherits: [{ uses: 'acme/flows/.github/workflows/release.yml@main', line: 7, job: 'release' }],
          },
        },
      ],
      expect: 'fail',
    },
    {
      name: 'a workflow of the same repository',
      subject: 'git:a/workflow/ci.yml',
      entities: [
        {
          kind: 'workload',
          type: 'github_workflow',
          key: 'git:a/workflow/ci.yml',
          name: 'ci',
          attributes: {
            file: '.github/workflows/ci.yml',
            inherits: [{ uses: './.github/workflows/release.yml', line: 7, job: 'release' }],
          },
        },
      ],
      expect: 'pass',
    },
  ],
})
