import { defineRule, fail, notApplicable, pass, type RuleCase, unknown } from '../../sdk/index.ts'
import { list, nameOf, outOfForce } from './standing.ts'

const agent = (over: Partial<RuleCase['entities'][number]> = {}): RuleCase['entities'][number] => ({
  kind: 'identity',
  type: 'ai_agent',
  key: 'mcp:demo/agent',
  name: 'coder',
  attributes: { agent: true },
  ...over,
})
const ada = (attributes: Record<string, boolean> = {}): RuleCase['entities'][number] => ({
  kind: 'person',
  type: 'person',
  key: 'person:ada@example.org',
  name: 'Ada',
  attributes,
})
const owns = [{ from: 'person:ada@example.org', verb: 'owns' as const, to: 'mcp:demo/agent' }]

export const agentWithoutSponsor = defineRule({
  id: 'agent-without-sponsor',
  title: 'An AI agent has no sponsor',
  owasp: [],
  severity: 'medium',
  why: 'An agent decides by itself what to do with what it was given. A person has to stand for that: who says what it may reach, looks at what it did, and ends it when its task is over.',
  fix: [
    'Name the person who stands for it (owner of the agent in Reeve).',
    'If nobody does, take its keys away and its configuration out.',
  ],
  undo: 'Take the sponsor away again; every assignment is kept in the history.',
  effort: 2,
  about: { kind: 'identity', types: ['ai_agent', 'aws_bedrock_agent', 'aws_agentcore_runtime'] },
  along: { sponsors: ['<owns'], keys: ['<authenticates'] },
  check({ entity, along }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    if (entity.lastUsed && 'notApplicable' in entity.lastUsed)
      return notApplicable('it is only configured here: it is judged where it runs')
    const sponsors = along.sponsors!
    if (sponsors.some((one) => one.entity !== null && outOfForce(one.entity) === null)) return pass
    if (sponsors.some((one) => one.entity === null))
      return unknown('nothing is known of the person who is named for it')
    const acts = entity.attributes['autonomyLevel'] === 'acts'
    return fail(
      `Nobody stands for ${nameOf(entity)}.`,
      [
        sponsors.length === 0
          ? 'No person is recorded as its sponsor, and its configuration names none.'
          : `${list(sponsors.map(nameOf))} stood for it and ${sponsors.length === 1 ? 'is' : 'are'} gone.`,
        ...(along.keys!.length > 0
          ? [`It holds ${along.keys!.length === 1 ? 'a key' : `${along.keys!.length} keys`}.`]
          : []),
        ...(acts ? ['It acts without asking.'] : []),
      ],
      acts || along.keys!.length > 0 ? { severity: 'high' } : {},
    )
  },
  cases: [
    { name: 'nobody is named', subject: 'mcp:demo/agent', entities: [agent()], expect: 'fail' },
    {
      name: 'a person stands for it',
      subject: 'mcp:demo/agent',
      entities: [agent(), ada()],
      edges: owns,
      expect: 'pass',
    },
    {
      name: 'the person has left',
      subject: 'mcp:demo/agent',
      entities: [agent(), ada({ disabled: true })],
      edges: owns,
      expect: 'fail',
    },
    {
      name: 'the person is not described',
      subject: 'mcp:demo/agent',
      entities: [agent()],
      edges: owns,
      expect: 'unknown',
    },
    {
      name: 'only configured in a repository',
      subject: 'mcp:demo/agent',
      entities: [agent({ lastUsed: { notApplicable: 'a repository configures it' } })],
      expect: 'not-applicable',
    },
    {
      name: 'disabled',
      subject: 'mcp:demo/agent',
      entities: [agent({ attributes: { disabled: true } })],
      expect: 'not-applicable',
    },
  ],
})
