import { defineRule, type Former, fail, notApplicable, pass, type RuleCase, unknown } from '../../sdk/index.ts'
import { day, list, nameOf, outOfForce } from './standing.ts'

const was = (value: string[], from: string, until: string): Former => ({ value, from, until })
const server = (
  toolNames: string[] | null,
  attributes: Record<string, string | boolean> = {},
): Pick<RuleCase, 'subject' | 'entities'> => ({
  subject: 'mcp:demo/server',
  entities: [
    {
      kind: 'workload',
      type: 'mcp_server',
      key: 'mcp:demo/server',
      name: 'tickets',
      attributes: { transport: 'http', ...(toolNames !== null && { toolNames }), ...attributes },
    },
  ],
})

export const mcpServerToolsChanged = defineRule({
  id: 'mcp-server-tools-changed',
  title: 'An MCP server offers other tools than when it was first read',
  owasp: ['NHI3', 'NHI5'],
  severity: 'medium',
  why: 'Whoever let the server in looked at the tools it had then. A tool that comes later is the agent’s at once, with the server’s keys, and nobody looked at it; one that is gone may be what a workflow leans on.',
  fix: [
    'Look at what each new tool does and which key it uses.',
    'Name the tools that the agent may use in its configuration, so that new ones are not given.',
    'If the change is meant, accept the finding: it opens again when the tools change again.',
  ],
  undo: 'Take the list of tools out of the configuration again.',
  effort: 10,
  about: { kind: 'workload', types: ['mcp_server'] },
  remembers: ['toolNames'],
  check({ entity, before }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    const now = namesIn(entity.attributes['toolNames'])
    if (now === null) return unknown('its tools were not asked for', 'connect with probe=remote or probe=all')
    const past = before['toolNames']!
    const first = namesIn(past[0]?.value)
    if (first === null) return pass
    const added = now.filter((name) => !first.includes(name))
    const removed = first.filter((name) => !now.includes(name))
    if (added.length + removed.length === 0) return pass
    const { saysVersion, file, toolsNarrowed } = entity.attributes
    return fail(
      `${nameOf(entity)} offers ${added.length > 0 ? 'tools' : 'fewer tools'} ${added.length > 0 ? 'that it did not have' : 'than'} when it was first read.`,
      [
        ...(added.length > 0 ? [`New since ${day(Date.parse(past[0]!.from))}: ${list(added, 10)}.`] : []),
        ...(added.length > 0 && toolsNarrowed === true
          ? ['The configuration names the tools that the agent may use, so the new ones are not given to it.']
          : []),
        ...(removed.length > 0 ? [`Gone since then: ${list(removed, 10)}.`] : []),
        `It last changed on ${day(Date.parse(past.at(-1)!.until))}${typeof saysVersion === 'string' ? `; it says that it is version ${saysVersion}` : ''}.`,
      ],
      {
        ...((added.length === 0 || toolsNarrowed === true) && { severity: 'low' as const }),
        places: typeof file === 'string' ? [{ file }] : [],
      },
    )
  },
  cases: [
    { name: 'read for the first time', ...server(['list', 'open']), expect: 'pass' },
    {
      name: 'a tool came',
      ...server(['delete', 'list', 'open']),
      before: { toolNames: [was(['list', 'open'], '2026-11-02T08:00:00.000Z', '2026-11-23T08:00:00.000Z')] },
      expect: 'fail',
    },
    {
      name: 'a tool went',
      ...server(['list']),
      before: { toolNames: [was(['list', 'open'], '2026-11-02T08:00:00.000Z', '2026-11-23T08:00:00.000Z')] },
      expect: 'fail',
    },
    {
      name: 'a tool came and went again',
      ...server(['list']),
      before: {
        toolNames: [
          was(['list'], '2026-11-02T08:00:00.000Z', '2026-11-20T08:00:00.000Z'),
          was(['list', 'open'], '2026-11-20T08:00:00.000Z', '2026-11-23T08:00:00.000Z'),
        ],
      },
      expect: 'pass',
    },
    {
      name: 'switched off',
      ...server(['delete', 'list'], { disabled: true }),
      before: { toolNames: [was(['list'], '2026-11-02T08:00:00.000Z', '2026-11-23T08:00:00.000Z')] },
      expect: 'not-applicable',
    },
    { name: 'it was not asked', ...server(null), expect: 'unknown' },
  ],
})

const namesIn = (value: unknown): string[] | null =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : null
