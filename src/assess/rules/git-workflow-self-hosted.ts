import { defineRule, fail, pass } from '../../sdk/index.ts'
import { at, rows, words } from './git-places.ts'
import { list } from './standing.ts'

export const gitWorkflowSelfHosted = defineRule({
  id: 'git-workflow-self-hosted',
  title: 'Pull requests run on a machine of your own',
  owasp: ['NHI6'],
  severity: 'medium',
  why: 'A pull request brings the code that the runner executes. What it leaves on the machine (a process, a changed tool) meets the next job, which may hold secrets; and the machine stands in your network.',
  fix: [
    'Run pull requests on hosted machines.',
    'If it has to be your own, use runners that live for one job, in a network of their own.',
    'Ask for approval of first-time contributors.',
  ],
  undo: 'Name the runner again.',
  effort: 30,
  about: { kind: 'workload', types: ['github_workflow'] },
  check({ entity }) {
    const jobs = rows(entity.attributes['selfHosted'])
    const triggers = words(entity.attributes['triggers']).filter(
      (trigger) => trigger === 'pull_request' || trigger === 'pull_request_target',
    )
    if (jobs.length === 0 || triggers.length === 0) return pass
    return fail(
      `${list(jobs.map((row) => String(row['job'])))} of ${entity.name} ${jobs.length === 1 ? 'runs' : 'run'} pull requests on a self-hosted machine.`,
      [
        ...jobs
          .slice(0, 10)
          .map((row) => `${at(entity, row['line']).said}: runs on ${list(words(row['labels']))} by ${list(triggers)}.`),
        'If the repository is public, anybody can propose what runs there.',
      ],
      {
        places: jobs.map((row) => at(entity, row['line']).place),
        ...(triggers.includes('pull_request_target') ? { severity: 'high' as const } : {}),
      },
    )
  },
  cases: [
    {
      name: 'pull requests on an own machine',
      subject: 'git:a/workflow/ci.yml',
      entities: [
        {
          kind: 'workload',
          type: 'github_workflow',
          key: 'git:a/workflow/ci.yml',
          name: 'ci',
          attributes: {
            file: '.github/workflows/ci.yml',
            triggers: ['pull_request'],
            selfHosted: [{ job: 'build', line: 5, labels: ['self-hosted', 'linux'] }],
          },
        },
      ],
      expect: 'fail',
    },
    {
      name: 'only pushes',
      subject: 'git:a/workflow/ci.yml',
      entities: [
        {
          kind: 'workload',
          type: 'github_workflow',
          key: 'git:a/workflow/ci.yml',
          name: 'ci',
          attributes: {
            file: '.github/workflows/ci.yml',
            triggers: ['push'],
            selfHosted: [{ job: 'build', line: 5, labels: ['self-hosted'] }],
          },
        },
      ],
      expect: 'pass',
    },
  ],
})
