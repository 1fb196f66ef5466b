import { defineRule, fail, notApplicable, pass, type RuleCase, unknown } from '../../sdk/index.ts'
import { words } from './git-places.ts'
import { list, nameOf, outOfForce } from './standing.ts'

const agent = (attributes: Record<string, string | boolean | string[]>): Pick<RuleCase, 'subject' | 'entities'> => ({
  subject: 'mcp:demo/agent',
  entities: [
    {
      kind: 'identity',
      type: 'ai_agent',
      key: 'mcp:demo/agent',
      name: 'coder',
      attributes: { agent: true, clientTitle: 'Claude Code', file: '.claude/settings.json', ...attributes },
    },
  ],
})

export const agentActsWithoutAsking = defineRule({
  id: 'agent-acts-without-asking',
  title: 'An AI agent runs commands or changes files without asking',
  owasp: ['NHI5'],
  severity: 'high',
  why: 'What an agent reads can tell it what to do next. With a shell and nobody asked, a sentence in an issue or a web page runs commands with everything that the account may do.',
  fix: [
    'Let it ask before it runs commands: take the setting back that the evidence names.',
    'Allow single commands (such as the tests) instead of all of them.',
    'Where it must act alone, run it in a sandbox or container with keys of its own and no way to production.',
  ],
  undo: 'Write the setting again; the finding names it.',
  effort: 10,
  about: { kind: 'identity', types: ['ai_agent'] },
  along: { held: ['>has'], runsAs: ['>assumes'] },
  check({ entity, along }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    const { shellAlone, writeAlone, autonomy, file, example } = entity.attributes
    const servers = along.held!.filter(({ entity: tools }) => tools?.attributes['withoutAsking'] === true)
    const shells = servers.filter(({ entity: tools }) => tools?.attributes['shell'] === true)
    const places = typeof file === 'string' ? [{ file }] : []
    const because = [
      ...words(entity.attributes['autonomyBecause']).map((one) => `It ${autonomy}: ${one}.`),
      ...(servers.length > 0 ? [`All ${list(servers.map(nameOf))} run without asking.`] : []),
      ...along.runsAs!.flatMap(({ key, edge }) =>
        edge.attributes?.['how'] === 'it runs as this account'
          ? [`It runs as ${key.split('/').at(-1)}, with all that this account may do.`]
          : [],
      ),
    ]
    const low = example === true ? ({ severity: 'low' } as const) : {}
    if (shellAlone === true || shells.length > 0)
      return fail(
        `${nameOf(entity)} runs commands without asking.`,
        because.length > 0 ? because : ['Its settings allow every command.'],
        { places, ...low },
      )
    if (writeAlone === true)
      return fail(
        `${nameOf(entity)} changes files without asking.`,
        because.length > 0 ? because : ['Its settings allow every change.'],
        { places, severity: 'medium', ...low },
      )
    return autonomy === undefined
      ? unknown(`no configuration that was read says whether ${nameOf(entity)} asks before it acts`)
      : pass
  },
  cases: [
    {
      name: 'permissions are bypassed',
      ...agent({
        shellAlone: true,
        writeAlone: true,
        autonomy: 'acts without asking',
        autonomyBecause: ['permissions.defaultMode is bypassPermissions'],
      }),
      expect: 'fail',
    },
    {
      name: 'edits are accepted',
      ...agent({
        shellAlone: false,
        writeAlone: true,
        autonomy: 'changes files without asking',
        autonomyBecause: ['permissions.defaultMode is acceptEdits'],
      }),
      expect: 'fail',
    },
    {
      name: 'it asks',
      ...agent({ shellAlone: false, writeAlone: false, autonomy: 'asks before it acts' }),
      expect: 'pass',
    },
    { name: 'nothing says', ...agent({ shellAlone: false, writeAlone: false }), expect: 'unknown' },
    {
      name: 'a trusted server has a shell',
      subject: 'mcp:demo/agent',
      entities: [
        ...agent({ shellAlone: false, writeAlone: false, autonomy: 'asks before it acts' }).entities,
        {
          kind: 'entitlement',
          type: 'mcp_server_tools',
          key: 'mcp:demo/tools',
          name: 'tools of shell',
          attributes: { shell: true, withoutAsking: true },
        },
      ],
      edges: [{ from: 'mcp:demo/agent', verb: 'has', to: 'mcp:demo/tools' }],
      expect: 'fail',
    },
    { name: 'disabled', ...agent({ shellAlone: true, disabled: true }), expect: 'not-applicable' },
  ],
})
