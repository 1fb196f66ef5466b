import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { at, rows } from './git-places.ts'
import { list } from './standing.ts'

export const gitSecretInImage = defineRule({
  id: 'git-secret-in-image',
  title: 'An image or compose service carries a secret by value',
  owasp: ['NHI2'],
  severity: 'high',
  why: 'What stands in ENV or ARG can be read from the image’s layers and history by whoever can pull it; what stands in a compose file by whoever can read the repository or inspect the container.',
  fix: [
    'In a build, hand it over with RUN --mount=type=secret; at run time, from a secret store or file.',
    'Rotate the value, since it is in every image built so far.',
  ],
  undo: 'Set the variable again.',
  effort: 30,
  about: { kind: 'workload', types: ['container_image', 'compose_service'] },
  check({ entity }) {
    const literals = rows(entity.attributes['literals']).concat(rows(entity.attributes['secretSettings']))
    const handed = rows(entity.attributes['buildArguments'])
    if (literals.length === 0 && handed.length === 0) return pass
    if (entity.attributes['example'] === true) return notApplicable('it is an example or a test')
    const all = [...literals, ...handed]
    return fail(
      literals.length > 0
        ? `${entity.name} carries ${list(literals.map((row) => String(row['name'])))} by value.`
        : `${entity.name} takes ${list(handed.map((row) => String(row['name'])))} as build arguments, which stay in the image’s history.`,
      all
        .slice(0, 10)
        .map((row) => `${at(entity, row['line']).said}: ${row['how'] ? `${row['how']} ` : ''}${row['name']}.`),
      {
        severity:
          literals.length === 0 || entity.environment === 'development' || entity.environment === 'test'
            ? 'medium'
            : 'high',
        places: all.map((row) => at(entity, row['line']).place),
      },
    )
  },
  cases: [
    {
      name: 'a password in ENV',
      subject: 'git:a/image/Dockerfile',
      entities: [
        {
          kind: 'workload',
          type: 'container_image',
          key: 'git:a/image/Dockerfile',
          name: 'Dockerfile',
          attributes: { file: 'Dockerfile', literals: [{ name: 'DB_PASSWORD', how: 'ENV', line: 4 }] },
        },
      ],
      expect: 'fail',
    },
    {
      name: 'a token as build argument',
      subject: 'git:a/image/Dockerfile',
      entities: [
        {
          kind: 'workload',
          type: 'container_image',
          key: 'git:a/image/Dockerfile',
          name: 'Dockerfile',
          attributes: { file: 'Dockerfile', literals: [], buildArguments: [{ name: 'NPM_TOKEN', line: 2 }] },
        },
      ],
      expect: 'fail',
    },
    {
      name: 'none',
      subject: 'git:a/image/Dockerfile',
      entities: [
        {
          kind: 'workload',
          type: 'container_image',
          key: 'git:a/image/Dockerfile',
          name: 'Dockerfile',
          attributes: { file: 'Dockerfile', literals: [], buildArguments: [] },
        },
      ],
      expect: 'pass',
    },
    {
      name: 'a test set-up',
      subject: 'git:a/compose/test/compose.yml/db',
      entities: [
        {
          kind: 'workload',
          type: 'compose_service',
          key: 'git:a/compose/test/compose.yml/db',
          name: 'db',
          attributes: { file: 'test/compose.yml', example: true, secretSettings: [{ name: 'DB_PASSWORD', line: 4 }] },
        },
      ],
      expect: 'not-applicable',
    },
  ],
})
