import { defineRule, fail, notApplicable, type RuleCase } from '../../sdk/index.ts'
import { evidenceOf, whatOf } from './host-place.ts'
import { list, nameOf, outOfForce } from './standing.ts'

const secret = (attributes: Record<string, string | number | boolean>): Pick<RuleCase, 'subject' | 'entities'> => ({
  subject: 'mcp:demo/key',
  entities: [
    {
      kind: 'secret',
      type: 'agent_config_secret',
      key: 'mcp:demo/key',
      name: 'GITHUB_TOKEN in .mcp.json',
      fingerprint: `hmac:${'0'.repeat(32)}`,
      attributes: {
        title: 'GITHUB_TOKEN',
        file: '.mcp.json',
        line: 5,
        spot: 'env GITHUB_TOKEN',
        clientTitle: 'Claude Code',
        ...attributes,
      },
    },
    { kind: 'credential', type: 'secret_value', key: 'credential:demo', name: 'GITHUB_TOKEN' },
  ],
})

export const mcpStaticKey = defineRule({
  id: 'mcp-static-key',
  title: 'A key stands in the configuration of an AI agent',
  owasp: ['NHI2', 'NHI7'],
  severity: 'high',
  why: 'Whoever reads the file has the key, and the agent itself can read it: a sentence in a page it visits is enough to have the key sent away. Such files are copied between machines and committed.',
  fix: [
    'Revoke the key at its source and make a new one with the least scopes that the server needs.',
    'Keep the new one outside the file: an input of the client, a variable that a vault sets, or a server that signs in with OAuth.',
    'Give each agent a key of its own.',
  ],
  undo: 'Put the former value back, as long as it is not revoked.',
  effort: 20,
  about: { kind: 'secret', types: ['agent_config_secret'] },
  along: { credentials: ['>holds'], copies: ['>holds', '<holds'], servers: ['<uses'] },
  check({ entity, along }) {
    const off = [entity, ...along.credentials!.flatMap((one) => one.entity ?? [])]
      .map(outOfForce)
      .find((one) => one !== null)
    if (off) return notApplicable(`the key is ${off}`)
    const { spot, clientTitle, file, line, example } = entity.attributes
    const copies = along.copies!.filter((one) => one.key !== entity.key)
    const where = `${file}${typeof line === 'number' ? `:${line}` : ''}`
    return fail(
      `${whatOf(entity)} stands in ${file} of ${clientTitle}.`,
      [
        `It is written at ${where} (${spot}).`,
        ...(along.servers!.length > 0 ? [`It is given to ${list(along.servers!.map(nameOf))}.`] : []),
        ...(copies.length > 0 ? [`The same value also stands in ${list(copies.map(nameOf))}.`] : []),
        ...(example === true
          ? ['The file is an example, a test or documentation; look whether the value is real.']
          : []),
      ],
      { ...evidenceOf(entity), ...(example === true && { severity: 'low' }) },
    )
  },
  cases: [
    {
      name: 'a token in the environment of a server',
      ...secret({}),
      edges: [{ from: 'mcp:demo/key', verb: 'holds', to: 'credential:demo' }],
      expect: 'fail',
    },
    { name: 'in an example', ...secret({ example: true, file: 'docs/mcp.json' }), expect: 'fail' },
    {
      name: 'the copy that is left after the value was revoked',
      ...secret({ revoked: true }),
      expect: 'not-applicable',
    },
  ],
})
