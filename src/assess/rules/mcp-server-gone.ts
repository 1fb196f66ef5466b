import { defineRule, fail, notApplicable, pass, type RuleCase, unknown } from '../../sdk/index.ts'
import { list, nameOf, outOfForce } from './standing.ts'

const server = (attributes: Record<string, string | boolean>): RuleCase['entities'][number] => ({
  kind: 'workload',
  type: 'mcp_server',
  key: 'mcp:demo/server',
  name: 'tickets',
  attributes: { transport: 'stdio', file: '.mcp.json', ...attributes },
})

export const mcpServerGone = defineRule({
  id: 'mcp-server-gone',
  title: 'An agent is configured for a server whose program is gone',
  owasp: ['NHI1'],
  severity: 'low',
  why: 'The entry starts whatever is put under that path next. Where it holds a key, the key still works though nothing uses it any more.',
  fix: ['Take the entry out of the configuration.', 'If it held a key, revoke the key at its source.'],
  undo: 'Write the entry again; the finding names the file.',
  effort: 5,
  about: { kind: 'workload', types: ['mcp_server'] },
  along: { secrets: ['>uses'] },
  check({ entity, along }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    const { programGone, programPath, transport, file } = entity.attributes
    if (programGone === false) return pass
    if (programGone !== true)
      return transport === 'stdio'
        ? unknown('its command is looked up or fetched when it starts')
        : notApplicable('it is no program of this machine')
    return fail(
      `${nameOf(entity)} starts ${programPath}, which is not there.`,
      [
        `${file}: nothing stands at ${programPath}.`,
        ...(along.secrets!.length > 0 ? [`Its entry still holds ${list(along.secrets!.map(nameOf))}.`] : []),
      ],
      { places: typeof file === 'string' ? [{ file }] : [], ...(along.secrets!.length > 0 && { severity: 'medium' }) },
    )
  },
  cases: [
    {
      name: 'the program is gone',
      subject: 'mcp:demo/server',
      entities: [server({ programGone: true, programPath: '/opt/tickets' })],
      expect: 'fail',
    },
    {
      name: 'it is gone and its key is left',
      subject: 'mcp:demo/server',
      entities: [
        server({ programGone: true, programPath: '/opt/tickets' }),
        { kind: 'secret', type: 'agent_config_secret', key: 'mcp:demo/key', name: 'TOKEN in .mcp.json' },
      ],
      edges: [{ from: 'mcp:demo/server', verb: 'uses', to: 'mcp:demo/key' }],
      expect: 'fail',
    },
    {
      name: 'it is there',
      subject: 'mcp:demo/server',
      entities: [server({ programGone: false, programPath: '/opt/tickets' })],
      expect: 'pass',
    },
    { name: 'it is fetched', subject: 'mcp:demo/server', entities: [server({})], expect: 'unknown' },
    {
      name: 'it is remote',
      subject: 'mcp:demo/server',
      entities: [server({ transport: 'http' })],
      expect: 'not-applicable',
    },
  ],
})
