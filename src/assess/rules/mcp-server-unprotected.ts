import { defineRule, fail, notApplicable, pass, type RuleCase, unknown } from '../../sdk/index.ts'
import { nameOf, outOfForce } from './standing.ts'

const server = (attributes: Record<string, string | boolean>): Pick<RuleCase, 'subject' | 'entities'> => ({
  subject: 'mcp:demo/server',
  entities: [
    {
      kind: 'workload',
      type: 'mcp_server',
      key: 'mcp:demo/server',
      name: 'tickets',
      attributes: {
        transport: 'http',
        host: 'tickets.acme.io',
        encrypted: true,
        local: false,
        file: '.mcp.json',
        ...attributes,
      },
    },
  ],
})

export const mcpServerUnprotected = defineRule({
  id: 'mcp-server-unprotected',
  title: 'A remote MCP server is reached without encryption or without authentication',
  owasp: ['NHI4'],
  severity: 'high',
  why: 'Over plain HTTP anybody on the way reads the key and writes the tools that the agent believes in. A server that asks nobody who they are serves everybody, and its log cannot tell one agent from another.',
  fix: [
    'Use the https address of the server.',
    'Let the server ask for a sign-in: OAuth with tokens made out to it, short-lived, one for each agent.',
    'If it must stay open, bind it to 127.0.0.1.',
  ],
  undo: 'Write the former address again.',
  effort: 30,
  about: { kind: 'workload', types: ['mcp_server'] },
  check({ entity }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    const { transport, encrypted, local, auth, host, file, answersAnybody, example } = entity.attributes
    if (transport !== 'http' && transport !== 'sse') return notApplicable('it is not reached over a network')
    if (local === true) return notApplicable('it is reached on the same machine only')
    if (host === undefined) return unknown('its address holds a variable')
    const places = typeof file === 'string' ? [{ file }] : []
    const low = example === true ? ({ severity: 'low' } as const) : {}
    const keyed = auth === 'static' || auth === 'env'
    if (encrypted === false)
      return fail(
        `${nameOf(entity)} is reached over plain HTTP${keyed ? ', and a key goes with every request' : ''}.`,
        [
          `${file}: its address is http://${host}.`,
          ...(answersAnybody === true ? ['It listed its tools to somebody without a key.'] : []),
        ],
        { places, ...(keyed ? {} : { severity: 'medium' }), ...low },
      )
    if (answersAnybody === true)
      return fail(`${nameOf(entity)} serves everybody.`, [`Asked without a key, ${host} listed its tools.`], {
        places,
        ...low,
      })
    if (answersAnybody === false || keyed || auth === 'oauth') return pass
    return unknown(
      `its configuration names no key; ${host} may ask for a sign-in, or serve everybody`,
      'connect with probe=remote',
    )
  },
  cases: [
    { name: 'plain HTTP with a key', ...server({ encrypted: false, auth: 'static' }), expect: 'fail' },
    { name: 'plain HTTP without a key', ...server({ encrypted: false, auth: 'none' }), expect: 'fail' },
    {
      name: 'it listed its tools to somebody without a key',
      ...server({ auth: 'none', answersAnybody: true }),
      expect: 'fail',
    },
    { name: 'it refused somebody without a key', ...server({ auth: 'none', answersAnybody: false }), expect: 'pass' },
    { name: 'encrypted, with a key from a variable', ...server({ auth: 'env' }), expect: 'pass' },
    { name: 'no key is configured and nobody asked', ...server({ auth: 'none' }), expect: 'unknown' },
    {
      name: 'on the same machine',
      ...server({ encrypted: false, local: true, auth: 'none' }),
      expect: 'not-applicable',
    },
    { name: 'a local program', ...server({ transport: 'stdio' }), expect: 'not-applicable' },
  ],
})
