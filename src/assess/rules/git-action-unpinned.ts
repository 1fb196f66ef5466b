import { defineRule, fail, pass } from '../../sdk/index.ts'
import { at, rows, words } from './git-places.ts'
import { list } from './standing.ts'

export const gitActionUnpinned = defineRule({
  id: 'git-action-unpinned',
  title: 'An outsider’s action that is not pinned receives secrets',
  owasp: ['NHI3'],
  severity: 'high',
  why: 'A tag can be moved to other code by whoever takes over the action, and that code runs with these secrets at the next run. It has happened to actions that thousands use.',
  fix: [
    'Pin it to the full commit: uses: owner/action@<40 hex digits> # v1.2.3.',
    'Let Dependabot or Renovate move the pin.',
    'Give the step only the secret it needs.',
  ],
  undo: 'Write the tag again.',
  effort: 10,
  about: { kind: 'workload', types: ['github_workflow', 'gitlab_pipeline'] },
  check({ entity }) {
    const unpinned = rows(entity.attributes['unpinned'])
    if (unpinned.length === 0) return pass
    const isOwnToken = (row: Record<string, unknown>) => words(row['secrets']).every((name) => name === 'GITHUB_TOKEN')
    const real = unpinned.filter((row) => !isOwnToken(row) && row['sameServer'] !== true)
    const told = real.length > 0 ? real : unpinned
    const severity = real.length > 0 ? 'high' : 'low'
    return fail(
      `${list([...new Set(told.map((row) => String(row['uses'])))], 3)} ${told.length === 1 ? 'is' : 'are'} not pinned and ${told.length === 1 ? 'receives' : 'receive'} secrets.`,
      told
        .slice(0, 10)
        .map(
          (row) =>
            `${at(entity, row['line']).said}: ${row['uses']} receives ${list(words(row['secrets']).map((name) => (name === '*' ? 'all secrets' : name)))}.`,
        ),
      { severity, places: told.map((row) => at(entity, row['line']).place) },
    )
  },
  cases: [
    {
      name: 'a tag that receives a token',
      subject: 'git:a/workflow/ci.yml',
      entities: [
        {
          kind: 'workload',
          type: 'github_workflow',
          key: 'git:a/workflow/ci.yml',
          name: 'ci',
          attributes: {
            file: '.github/workflows/ci.yml',
            unpinned: [{ uses: 'acme/upload@v1', line: 12, job: 'build', secrets: ['UPLOAD_TOKEN'] }],
          },
        },
      ],
      expect: 'fail',
    },
    {
      name: 'the job’s own token alone',
      subject: 'git:a/workflow/ci.yml',
      entities: [
        {
          kind: 'workload',
          type: 'github_workflow',
          key: 'git:a/workflow/ci.yml',
          name: 'ci',
          attributes: {
            file: '.github/workflows/ci.yml',
            unpinned: [{ uses: 'acme/label@v1', line: 12, job: 'build', secrets: ['GITHUB_TOKEN'] }],
          },
        },
      ],
      expect: 'fail',
    },
    {
      name: 'everything pinned',
      subject: 'git:a/workflow/ci.yml',
      entities: [
        {
          kind: 'workload',
          type: 'github_workflow',
          key: 'git:a/workflow/ci.yml',
          name: 'ci',
          attributes: { file: '.github/workflows/ci.yml', unpinned: [] },
        },
      ],
      expect: 'pass',
    },
  ],
})
