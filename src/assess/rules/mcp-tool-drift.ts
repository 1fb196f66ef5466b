import {
  defineRule,
  type Entity,
  type Former,
  fail,
  notApplicable,
  pass,
  type RuleCase,
  unknown,
} from '../../sdk/index.ts'
import { day, nameOf, outOfForce } from './standing.ts'

const FIRST = 'a1'.repeat(32)
const SECOND = 'b2'.repeat(32)
const THIRD = 'c3'.repeat(32)
const was = (value: string, from: string, until: string): Former => ({ value, from, until })
const tool = (
  hash: string | null,
  more: Partial<Entity['attributes']> = {},
): Pick<RuleCase, 'subject' | 'entities'> => ({
  subject: 'mcp:demo/tool/send_mail',
  entities: [
    {
      kind: 'entitlement',
      type: 'mcp_tool',
      key: 'mcp:demo/tool/send_mail',
      name: 'send_mail of mail',
      attributes: {
        tool: 'send_mail',
        server: 'mail',
        ...(hash !== null && { hash, descriptionHash: hash }),
        ...(more as Record<string, boolean>),
      },
    },
  ],
})

export const mcpToolDrift = defineRule({
  id: 'mcp-tool-drift',
  title: 'A tool of an MCP server says something else than when it was first read',
  owasp: ['NHI3', 'NHI5'],
  severity: 'high',
  why: 'An agent does what the description of a tool tells it to. A server that was looked at once can put a new sentence there later, and every agent that has the tool obeys it unasked: nobody installs or approves anything.',
  fix: [
    'Read what the tool says now, in the client or with the MCP inspector, and compare it with what was looked at.',
    'If it is meant, accept the finding: it opens again when the tool changes again.',
    'If it is not, switch the server off, and rotate what its agents could reach meanwhile.',
    'Pin the server’s version, so that it changes only when you move the pin.',
  ],
  undo: 'Nothing is changed by looking; switch the server on again in the same configuration.',
  effort: 10,
  about: { kind: 'entitlement', types: ['mcp_tool'] },
  remembers: ['hash', 'descriptionHash'],
  along: { servers: ['<has'] },
  check({ entity, before }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    const { hash, descriptionHash } = entity.attributes
    if (typeof hash !== 'string')
      return unknown('what the tool says was not read', 'connect with probe=remote or probe=all')
    const [first] = before['hash']!
    // What a tool says again as it was first looked at is what was looked at.
    if (first === undefined || first.value === hash) return pass
    const changed = before['hash']!.at(-1)!.until
    const description = before['descriptionHash']![0]
    const worded = description !== undefined && description.value !== descriptionHash
    return fail(
      `${nameOf(entity)} has ${worded ? 'another description' : 'other parameters or hints'} than when it was first read, since ${day(Date.parse(changed))}.`,
      [
        `On ${day(Date.parse(first.from))}, when it was first read, what it says had the hash sha256:${first.value}; now it has sha256:${hash}.`,
        ...(worded
          ? [`The hash of its description was sha256:${description.value} and is sha256:${descriptionHash}.`]
          : ['Its description is the same as then.']),
        ...before['hash']!.slice(1, 6).map(
          ({ value, from, until }) =>
            `Between the two it had sha256:${value}, from ${day(Date.parse(from))} to ${day(Date.parse(until))}.`,
        ),
      ],
      worded ? {} : { severity: 'medium' },
    )
  },
  cases: [
    { name: 'read for the first time', ...tool(FIRST), expect: 'pass' },
    {
      name: 'another description since Monday',
      ...tool(SECOND),
      before: {
        hash: [was(FIRST, '2026-11-02T08:00:00.000Z', '2026-11-23T08:00:00.000Z')],
        descriptionHash: [was(FIRST, '2026-11-02T08:00:00.000Z', '2026-11-23T08:00:00.000Z')],
      },
      expect: 'fail',
    },
    {
      name: 'the same description with another hint',
      ...tool(SECOND, { readOnly: true }),
      before: { hash: [was(FIRST, '2026-11-02T08:00:00.000Z', '2026-11-23T08:00:00.000Z')] },
      expect: 'fail',
    },
    {
      name: 'changed twice',
      ...tool(THIRD),
      before: {
        hash: [
          was(FIRST, '2026-11-02T08:00:00.000Z', '2026-11-20T08:00:00.000Z'),
          was(SECOND, '2026-11-20T08:00:00.000Z', '2026-11-23T08:00:00.000Z'),
        ],
      },
      expect: 'fail',
    },
    {
      name: 'changed and changed back',
      ...tool(FIRST),
      before: {
        hash: [
          was(FIRST, '2026-11-02T08:00:00.000Z', '2026-11-20T08:00:00.000Z'),
          was(SECOND, '2026-11-20T08:00:00.000Z', '2026-11-23T08:00:00.000Z'),
        ],
      },
      expect: 'pass',
    },
    { name: 'what it says was not read', ...tool(null), expect: 'unknown' },
  ],
})
