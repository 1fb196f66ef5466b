/** AI agents as their configurations tell of them: the client, the model, what asks, and the MCP servers with their tools. */
import type { Environment, JsonValue } from '../../sdk/index.ts'
import { leafOf } from './places.ts'
import { keyOf, type Scene } from './scene.ts'

const MODELS = ['a hosted model', 'a hosted model, small', 'a model of our own'] as const
const CLIENTS = [
  ['claude-code', 'Claude Code'],
  ['cursor', 'Cursor'],
  ['vscode', 'VS Code'],
] as const

/** What every agent says of itself. Whether it asks is drawn with it: nothing else hangs on it. */
export function agentWords({ world: { chance } }: Scene, name: string): Record<string, JsonValue> {
  const [client, clientTitle] = chance.of(CLIENTS, 'client', name)
  const asks = chance('asks', name) < 0.85
  return {
    agent: true,
    client,
    clientTitle,
    model: chance.of(MODELS, 'model', name),
    autonomyLevel: asks ? 'asks' : 'plans',
    autonomy: asks ? 'asks before it acts' : 'plans and does not act',
    shellAlone: false,
    writeAlone: false,
    webAlone: false,
  }
}

/** The server through which it reaches what it works on. Most are pinned and sign in; some are neither. */
export function serverFor(
  scene: Scene,
  agent: string,
  { name, service, environment, born }: { name: string; service: string; environment: Environment; born: number },
): void {
  const { chance } = scene.world
  const remote = chance('remote', name) < 0.5
  const facts: Record<string, JsonValue> = remote
    ? {
        transport: 'http',
        host: `tools.${service}.larkfield.example`,
        encrypted: true,
        local: false,
        auth: chance('server auth', name) < 0.9 ? 'oauth' : 'none',
      }
    : {
        transport: 'stdio',
        package: `@larkfield/${service}-tools`,
        packageFrom: 'npm',
        ...(chance('pinned', name) < 0.8 ? { packageVersion: '2.4.1', pinned: true } : { pinned: false }),
        auth: 'env',
      }
  const server = scene.workload(['agents', 'mcp_server', `server/${name}/${service}`], `${service} for ${name}`, {
    born,
    environment,
    attributes: { server: service, client: name, ...facts, disabled: false, readOnly: false },
  })
  const tools = scene.entitlement(
    ['agents', 'mcp_server_tools', `server/${name}/${service}/tools`],
    `tools of ${service} for ${name}`,
    { born, attributes: { server: service, known: true, shell: false, withoutAsking: false } },
  )
  scene.say('agents', agent, 'controls', server)
  scene.say('agents', agent, 'has', tools)
  scene.say('agents', tools, 'allows', keyOf('agents', leafOf('agents', service, environment)[2]), {
    actions: ['list', 'read'],
    legs: { 'private-data': true },
  })
}
