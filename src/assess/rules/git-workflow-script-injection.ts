import { defineRule, fail, pass } from '../../sdk/index.ts'
import { at, rows, words } from './git-places.ts'
import { list } from './standing.ts'

/** With these a stranger's words meet secrets or a token that may write. */
const TRUSTED = new Set([
  'pull_request_target',
  'issue_comment',
  'issues',
  'workflow_run',
  'discussion',
  'discussion_comment',
  'pull_request_review',
  'pull_request_review_comment',
])

export const gitWorkflowScriptInjection = defineRule({
  id: 'git-workflow-script-injection',
  title: 'A workflow pastes a stranger’s words into a script',
  owasp: ['NHI6'],
  severity: 'high',
  why: 'The expression is put into the script before the shell reads it: a branch or issue named $(…) runs as a command, with the job’s token and secrets.',
  fix: ['Hand the value over in env and use it as "$VARIABLE" in the script.', 'Give the job the least permissions.'],
  undo: 'Put the expression back; nothing else depends on it.',
  effort: 10,
  about: { kind: 'workload', types: ['github_workflow'] },
  check({ entity }) {
    const injections = rows(entity.attributes['injections'])
    if (injections.length === 0) return pass
    const triggers = words(entity.attributes['triggers']).filter((trigger) => TRUSTED.has(trigger))
    return fail(
      `${entity.name} runs ${list([...new Set(injections.map((row) => String(row['expression'])))], 3)} as part of a script.`,
      [
        ...injections
          .slice(0, 10)
          .map(
            (row) =>
              `${at(entity, row['line']).said}: job ${row['job']} takes \${{ ${row['expression']} }} into its script.`,
          ),
        triggers.length > 0
          ? `A stranger can start it by ${list(triggers)}, with the repository’s secrets.`
          : 'Started from a fork it has no secrets and may only read.',
      ],
      {
        severity: triggers.length > 0 ? 'critical' : 'medium',
        places: injections.map((row) => at(entity, row['line']).place),
      },
    )
  },
  cases: [
    {
      name: 'the title of an issue in a shell script',
      subject: 'git:a/workflow/issue.yml',
      entities: [
        {
          kind: 'workload',
          type: 'github_workflow',
          key: 'git:a/workflow/issue.yml',
          name: 'issue',
          attributes: {
            file: '.github/workflows/issue.yml',
            triggers: ['issues'],
            injections: [{ expression: 'github.event.issue.title', line: 8, job: 'greet' }],
          },
        },
      ],
      expect: 'fail',
    },
    {
      name: 'values handed over in env',
      subject: 'git:a/workflow/issue.yml',
      entities: [
        {
          kind: 'workload',
          type: 'github_workflow',
          key: 'git:a/workflow/issue.yml',
          name: 'issue',
          attributes: { file: '.github/workflows/issue.yml', triggers: ['issues'], injections: [] },
        },
      ],
      expect: 'pass',
    },
  ],
})
