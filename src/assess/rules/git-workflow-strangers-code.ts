import { defineRule, fail, pass } from '../../sdk/index.ts'
import { at, rows, words } from './git-places.ts'
import { list } from './standing.ts'

const mayWrite = (permissions: unknown): boolean =>
  permissions === 'write-all' ||
  permissions === 'missing' ||
  (typeof permissions === 'object' && permissions !== null && Object.values(permissions).includes('write'))

export const gitWorkflowStrangersCode = defineRule({
  id: 'git-workflow-strangers-code',
  title: 'A workflow runs a stranger’s code with the repository’s secrets',
  owasp: ['NHI6'],
  severity: 'critical',
  why: 'pull_request_target, workflow_run and issue_comment run with the secrets and the write token of the repository. Checking out the proposed code and building it hands both to whoever opens a pull request.',
  fix: [
    'Build proposed code under pull_request, which gets no secrets.',
    'Where results are needed, hand them on as an artifact to a second workflow that runs nothing of it.',
    'Rotate the secrets that such a run could have read.',
  ],
  undo: 'Restore the trigger; keep it behind an environment with reviewers meanwhile.',
  effort: 40,
  about: { kind: 'workload', types: ['github_workflow'] },
  check({ entity }) {
    const checkouts = rows(entity.attributes['strangerCheckouts'])
    if (checkouts.length === 0) return pass
    const rich = checkouts.filter((row) => words(row['secrets']).length > 0 || mayWrite(row['permissions']))
    const open = rich.filter((row) => row['gate'] === null)
    return fail(
      `${entity.name} builds code that anybody may propose, ${rich.length > 0 ? 'with secrets or a write token' : 'in a trusted context'}.`,
      checkouts.slice(0, 10).map((row) => {
        const secrets = words(row['secrets'])
        const holds =
          secrets.length > 0
            ? `with ${list(secrets)}`
            : mayWrite(row['permissions'])
              ? 'with a token that may write'
              : 'with a token that may read'
        return `${at(entity, row['line']).said}: job ${row['job']} checks out ${String(row['ref']).slice(0, 120)} ${holds}${row['gate'] ? `, ${row['gate']}` : ''}.`
      }),
      {
        severity: open.length > 0 ? 'critical' : rich.length > 0 ? 'high' : 'medium',
        places: checkouts.map((row) => at(entity, row['line']).place),
      },
    )
  },
  cases: [
    {
      name: 'pull_request_target that builds the head',
      subject: 'git:a/workflow/pr.yml',
      entities: [
        {
          kind: 'workload',
          type: 'github_workflow',
          key: 'git:a/workflow/pr.yml',
          name: 'pr',
          attributes: {
            file: '.github/workflows/pr.yml',
            strangerCheckouts: [
              {
                line: 9,
                job: 'build',
                ref: 'refs/pull/1/head',
                secrets: ['NPM_TOKEN'],
                permissions: 'missing',
                gate: null,
              },
            ],
          },
        },
      ],
      expect: 'fail',
    },
    {
      name: 'no such checkout',
      subject: 'git:a/workflow/pr.yml',
      entities: [
        {
          kind: 'workload',
          type: 'github_workflow',
          key: 'git:a/workflow/pr.yml',
          name: 'pr',
          attributes: { file: '.github/workflows/pr.yml', strangerCheckouts: [] },
        },
      ],
      expect: 'pass',
    },
  ],
})
