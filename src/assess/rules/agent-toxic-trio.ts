import { defineRule, fail, type Neighbour, notApplicable, pass, type RuleCase, unknown } from '../../sdk/index.ts'
import { list, nameOf, outOfForce } from './standing.ts'

const LEGS = {
  'untrusted-input': 'Text that strangers write comes in',
  'private-data': 'What is private is read',
  outbound: 'Something can be sent out',
} as const
type Leg = keyof typeof LEGS
const ALL = Object.keys(LEGS) as Leg[]

/** The legs of one grant: what its source says of it, and what the resource's own worth says. */
function legsOf({ edge, entity }: Neighbour): Leg[] {
  const legs = edge.attributes?.['legs']
  const said = typeof legs === 'object' && legs !== null ? ALL.filter((leg) => Object.hasOwn(legs, leg)) : []
  const worth = entity?.sensitivity === 'confidential' || entity?.sensitivity === 'restricted'
  return worth && !said.includes('private-data') ? [...said, 'private-data'] : said
}

const agent = (attributes: Record<string, string> = {}): RuleCase['entities'][number] => ({
  kind: 'identity',
  type: 'ai_agent',
  key: 'mcp:demo/agent',
  name: 'coder',
  attributes: { agent: true, ...attributes },
})
const tools = (name: string, known = true): RuleCase['entities'][number] => ({
  kind: 'entitlement',
  type: 'mcp_server_tools',
  key: `mcp:demo/${name}`,
  name: `tools of ${name}`,
  attributes: { known },
})
const resource = (key: string, name: string): RuleCase['entities'][number] => ({
  kind: 'resource',
  type: 'demo_thing',
  key,
  name,
})
const given = (without?: Leg): Pick<RuleCase, 'subject' | 'entities' | 'edges'> => {
  const legs: readonly [Leg, string, string][] = [
    ['untrusted-input', 'pages', 'demo:web'],
    ['private-data', 'orders', 'demo:orders'],
    ['outbound', 'mail', 'demo:mail'],
  ]
  const left = legs.filter(([leg]) => leg !== without)
  return {
    subject: 'mcp:demo/agent',
    entities: [agent(), ...left.flatMap(([, name, key]) => [tools(name), resource(key, name)])],
    edges: left.flatMap(([leg, name, key]) => [
      { from: 'mcp:demo/agent', verb: 'has' as const, to: `mcp:demo/${name}` },
      { from: `mcp:demo/${name}`, verb: 'allows' as const, to: key, attributes: { legs: { [leg]: true } } },
    ]),
  }
}

export const agentToxicTrio = defineRule({
  id: 'agent-toxic-trio',
  title: 'An AI agent reads strangers’ text and private data, and can send out',
  owasp: ['NHI5'],
  severity: 'high',
  why: 'Each of the three is harmless alone. Together, a sentence that a stranger leaves in a page, an issue or a mail can make the agent read what is private and send it away. No filter of words closes that; taking one of the three away does.',
  fix: [
    'Take one of the three away from this agent: give the reading of strangers’ text to another agent, or close the way out.',
    'Give the server that reads private data a key that reads less, or only what may be public.',
    'Use the read-only mode of servers that can write where strangers read.',
  ],
  undo: 'Configure the server again; the finding names each grant.',
  effort: 30,
  about: { kind: 'identity', types: ['ai_agent'] },
  along: {
    held: ['>has'],
    granted: ['>has', '>allows'],
    single: ['>has', '>has', '>allows'],
    delegated: ['>assumes', '>has', '>allows'],
    listed: ['>has', '>has'],
  },
  check({ entity, along }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    const grants = [...along.granted!, ...along.single!, ...along.delegated!]
    const through = new Map([...along.held!, ...along.listed!].map((one) => [one.key, one]))
    const by = (leg: Leg) => grants.filter((grant) => legsOf(grant).includes(leg))
    const missing = ALL.filter((leg) => by(leg).length === 0)
    if (missing.length > 0) {
      const unlisted = along.held!.filter(
        ({ key, entity: one }) =>
          one?.attributes['known'] === false && !along.listed!.some((tool) => tool.edge.from === key),
      )
      return unlisted.length === 0
        ? pass
        : unknown(`it is not known what ${list(unlisted.map(nameOf))} do`, 'connect with probe=remote or probe=all')
    }
    const acts = entity.attributes['autonomyLevel'] === 'acts'
    // What an agent works on is private too, but a database or a mailbox weighs more.
    const deep = by('private-data').some((grant) => through.get(grant.edge.from)?.entity?.type !== 'agent_tools')
    return fail(
      `${nameOf(entity)} reads what strangers write and what is private, and can send it out.`,
      [
        ...ALL.map(
          (leg) =>
            `${LEGS[leg]}: ${list([...new Set(by(leg).map((grant) => `${nameOf(through.get(grant.edge.from) ?? { ...grant, entity: null, key: grant.edge.from })} → ${nameOf(grant)}`))], 3)}.`,
        ),
        acts
          ? 'Nobody is asked before it acts.'
          : 'Somebody may be asked before a tool runs; what is asked often is agreed to.',
      ],
      {
        severity: acts && deep ? 'critical' : acts || deep ? 'high' : 'medium',
        places: typeof entity.attributes['file'] === 'string' ? [{ file: entity.attributes['file'] }] : [],
      },
    )
  },
  cases: [
    { name: 'all three', ...given(), expect: 'fail' },
    { name: 'no stranger’s text comes in', ...given('untrusted-input'), expect: 'pass' },
    { name: 'nothing private is read', ...given('private-data'), expect: 'pass' },
    { name: 'nothing can be sent out', ...given('outbound'), expect: 'pass' },
    {
      name: 'two of three, and a server that nobody knows',
      ...given('outbound'),
      entities: [...given('outbound').entities, tools('mystery', false)],
      edges: [...given('outbound').edges!, { from: 'mcp:demo/agent', verb: 'has', to: 'mcp:demo/mystery' }],
      expect: 'unknown',
    },
    {
      name: 'what is private is told by the worth of the resource',
      ...given('private-data'),
      entities: [
        ...given('private-data').entities,
        tools('records'),
        { ...resource('demo:records', 'records'), sensitivity: 'restricted' },
      ],
      edges: [
        ...given('private-data').edges!,
        { from: 'mcp:demo/agent', verb: 'has', to: 'mcp:demo/records' },
        { from: 'mcp:demo/records', verb: 'allows', to: 'demo:records' },
      ],
      expect: 'fail',
    },
    {
      name: 'the way out is an agent that it starts',
      ...given('outbound'),
      entities: [
        ...given('outbound').entities,
        { ...agent(), key: 'mcp:demo/helper', name: 'helper' },
        tools('mail'),
        resource('demo:mail', 'mail'),
      ],
      edges: [
        ...given('outbound').edges!,
        { from: 'mcp:demo/agent', verb: 'assumes', to: 'mcp:demo/helper' },
        { from: 'mcp:demo/helper', verb: 'has', to: 'mcp:demo/mail' },
        { from: 'mcp:demo/mail', verb: 'allows', to: 'demo:mail', attributes: { legs: { outbound: true } } },
      ],
      expect: 'fail',
    },
  ],
})
