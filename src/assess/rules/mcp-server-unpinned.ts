import { defineRule, fail, notApplicable, pass, type RuleCase, unknown } from '../../sdk/index.ts'
import { nameOf, outOfForce } from './standing.ts'

const FROM: Record<string, string> = { npm: 'npm', pypi: 'PyPI', image: 'its registry', url: 'its repository' }

const server = (attributes: Record<string, string | boolean | null>): Pick<RuleCase, 'subject' | 'entities'> => ({
  subject: 'mcp:demo/server',
  entities: [
    {
      kind: 'workload',
      type: 'mcp_server',
      key: 'mcp:demo/server',
      name: 'tickets',
      attributes: { transport: 'stdio', file: '.mcp.json', ...attributes },
    },
  ],
})

export const mcpServerUnpinned = defineRule({
  id: 'mcp-server-unpinned',
  title: 'An MCP server is fetched anew without a fixed version',
  owasp: ['NHI3'],
  severity: 'medium',
  why: 'The next start runs whatever was published last under that name, with the agent’s keys and files. A taken-over package, or one whose tools say something else since yesterday, is let in without anybody looking.',
  fix: [
    'Write the exact version: name@1.2.3 for npm, name==1.2.3 for PyPI, a digest (@sha256:…) for an image, a whole commit for a repository.',
    'Move the pin on purpose, after reading what changed.',
  ],
  undo: 'Take the version out again.',
  effort: 5,
  about: { kind: 'workload', types: ['mcp_server'] },
  along: { secrets: ['>uses'] },
  check({ entity, along }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    const { transport, package: name, packageFrom, packageVersion, pinned, file, example } = entity.attributes
    if (transport !== 'stdio') return notApplicable('nothing is fetched to run it')
    if (pinned === true) return pass
    if (pinned === null) return notApplicable('it is a program of this machine or repository')
    if (pinned === undefined) return unknown('its configuration does not tell what it runs')
    // A tag of a version can be moved, and seldom is.
    const tagged = packageFrom === 'image' && typeof packageVersion === 'string' && /^v?\d+\.\d/.test(packageVersion)
    const version =
      typeof packageVersion === 'string' ? `“${packageVersion}” names no fixed version` : 'no version is given'
    return fail(
      `${nameOf(entity)} runs ${name} in whatever version comes.`,
      [
        `${file}: it is fetched from ${FROM[String(packageFrom)] ?? 'elsewhere'}, and ${version}.`,
        ...(along.secrets!.length > 0 ? ['It is given a key that stands in the same file.'] : []),
      ],
      {
        places: typeof file === 'string' ? [{ file }] : [],
        ...(example === true || tagged
          ? { severity: 'low' as const }
          : along.secrets!.length > 0
            ? { severity: 'high' as const }
            : {}),
      },
    )
  },
  cases: [
    {
      name: 'npx without a version',
      ...server({ package: '@acme/tickets', packageFrom: 'npm', packageVersion: null, pinned: false }),
      expect: 'fail',
    },
    {
      name: 'the latest',
      ...server({ package: '@acme/tickets', packageFrom: 'npm', packageVersion: 'latest', pinned: false }),
      expect: 'fail',
    },
    {
      name: 'an image by a tag that can be moved',
      ...server({ package: 'ghcr.io/acme/tickets', packageFrom: 'image', packageVersion: '1.4.2', pinned: false }),
      expect: 'fail',
    },
    {
      name: 'an exact version',
      ...server({ package: '@acme/tickets', packageFrom: 'npm', packageVersion: '1.2.3', pinned: true }),
      expect: 'pass',
    },
    {
      name: 'a program of the machine',
      ...server({ package: '/opt/tickets', packageFrom: 'program', packageVersion: null, pinned: null }),
      expect: 'not-applicable',
    },
    {
      name: 'switched off',
      ...server({ package: '@acme/tickets', packageFrom: 'npm', packageVersion: null, pinned: false, disabled: true }),
      expect: 'not-applicable',
    },
    { name: 'no command is told', ...server({}), expect: 'unknown' },
  ],
})
