import { defineRule, fail, type Neighbour, notApplicable, pass } from '../../sdk/index.ts'
import { onTypes } from './on-types.ts'
import { list, nameOf, outOfForce } from './standing.ts'

const systemOf = ({ key }: Neighbour): string => key.slice(0, key.indexOf(':'))

export const credentialInSeveralSystems = defineRule({
  id: 'credential-in-several-systems',
  title: 'Copies of one credential lie in several systems',
  owasp: [],
  severity: 'medium',
  why: 'Each copy is guarded by other people in another way, and a rotation that misses one breaks something. What was copied out of its place is as safe as the weakest copy.',
  fix: [
    'Choose the one place that shall hold it.',
    'Let every user read it from there.',
    'Delete the other copies and rotate the value.',
  ],
  undo: 'Keep the former value valid beside the new one until every user has moved.',
  effort: 30,
  about: { kind: 'credential' },
  along: { copies: ['<holds'] },
  check({ entity, along }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    if (along.copies!.length === 0) return notApplicable('no copy of it was found')
    const systems = new Set(along.copies!.map(systemOf))
    if (systems.size < 2) return pass
    return fail(
      `${nameOf(entity)} lies in ${along.copies!.length} places of ${systems.size} systems.`,
      [`Copies: ${list(along.copies!.map(nameOf), 6)}.`],
      {
        places: along.copies!.flatMap(({ entity: copy }) => {
          const { file, line, commit } = copy?.attributes ?? {}
          if (typeof file !== 'string') return []
          return [
            {
              file,
              ...(typeof line === 'number' && line > 0 && { line }),
              ...(typeof commit === 'string' && { commit }),
            },
          ]
        }),
      },
    )
  },
  cases: onTypes(
    ['aws_access_key', 'secret_value', 'postgres_password'],
    [
      {
        name: 'in a repository and on a host',
        subject: 'credential:hmac:0',
        entities: [
          { kind: 'credential', type: 'secret_value', key: 'credential:hmac:0', name: 'API token', method: 'token' },
          {
            kind: 'secret',
            type: 'git_leak',
            key: 'git:shop/leak/1',
            name: 'config.yml',
            attributes: { file: 'config.yml', line: 3 },
          },
          { kind: 'secret', type: 'host_secret_file', key: 'host:web/file/1', name: '/etc/shop.env' },
        ],
        edges: [
          { from: 'git:shop/leak/1', verb: 'holds', to: 'credential:hmac:0' },
          { from: 'host:web/file/1', verb: 'holds', to: 'credential:hmac:0' },
        ],
        expect: 'fail',
      },
      {
        name: 'in one place',
        subject: 'credential:hmac:0',
        entities: [
          { kind: 'credential', type: 'secret_value', key: 'credential:hmac:0', name: 'API token', method: 'token' },
          { kind: 'secret', type: 'host_secret_file', key: 'host:web/file/1', name: '/etc/shop.env' },
        ],
        edges: [{ from: 'host:web/file/1', verb: 'holds', to: 'credential:hmac:0' }],
        expect: 'pass',
      },
    ],
  ),
})
