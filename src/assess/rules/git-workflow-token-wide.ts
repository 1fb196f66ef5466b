import { defineRule, fail, pass, unknown } from '../../sdk/index.ts'
import { at, rows } from './git-places.ts'
import { list } from './standing.ts'

export const gitWorkflowTokenWide = defineRule({
  id: 'git-workflow-token-wide',
  title: 'The token of a workflow may change everything in the repository',
  owasp: ['NHI5'],
  severity: 'high',
  why: 'Each step of the job, each action it uses and each package it installs acts with this token: it can push code, publish packages and approve pull requests.',
  fix: [
    'Write permissions: contents: read at the head of the workflow.',
    'Give single jobs what they need beyond that.',
    'Set the repository’s default to read in its Actions settings.',
  ],
  undo: 'Widen the permissions again; a job that lacks one fails with its name.',
  effort: 10,
  about: { kind: 'workload', types: ['github_workflow'] },
  check({ entity }) {
    const jobs = rows(entity.attributes['jobs'])
    const wide = jobs.filter((job) => job['permissions'] === 'write-all')
    if (wide.length > 0) {
      return fail(
        `${entity.name} gives its token every write permission.`,
        [
          `${at(entity, entity.attributes['permissionsLine']).said}: write-all reaches ${list(wide.map((job) => String(job['id'])))}.`,
        ],
        { places: wide.map((job) => at(entity, job['line']).place) },
      )
    }
    const silent = jobs.filter((job) => job['permissions'] === 'missing' && job['uses'] === null)
    if (silent.length === 0) return pass
    return unknown(
      `${list(silent.map((job) => String(job['id'])))} ${silent.length === 1 ? 'says' : 'say'} nothing about permissions, so the repository’s default decides, which may be write`,
      'the repository’s Actions settings (Administration: read)',
    )
  },
  cases: [
    {
      name: 'write-all',
      subject: 'git:a/workflow/ci.yml',
      entities: [
        {
          kind: 'workload',
          type: 'github_workflow',
          key: 'git:a/workflow/ci.yml',
          name: 'ci',
          attributes: {
            file: '.github/workflows/ci.yml',
            permissionsLine: 3,
            jobs: [{ id: 'build', line: 6, permissions: 'write-all', uses: null }],
          },
        },
      ],
      expect: 'fail',
    },
    {
      name: 'nothing said',
      subject: 'git:a/workflow/ci.yml',
      entities: [
        {
          kind: 'workload',
          type: 'github_workflow',
          key: 'git:a/workflow/ci.yml',
          name: 'ci',
          attributes: {
            file: '.github/workflows/ci.yml',
            jobs: [{ id: 'build', line: 6, permissions: 'missing', uses: null }],
          },
        },
      ],
      expect: 'unknown',
    },
    {
      name: 'read',
      subject: 'git:a/workflow/ci.yml',
      entities: [
        {
          kind: 'workload',
          type: 'github_workflow',
          key: 'git:a/workflow/ci.yml',
          name: 'ci',
          attributes: {
            file: '.github/workflows/ci.yml',
            jobs: [{ id: 'build', line: 6, permissions: { contents: 'read' }, uses: null }],
          },
        },
      ],
      expect: 'pass',
    },
  ],
})
