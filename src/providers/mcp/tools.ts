import { homedir } from 'node:os'
import type { Collection, Edge, Entity, Run } from '../../sdk/index.ts'
import type { Leg } from './abilities.ts'
import { type Answer, listTools, NoAnswer, type Reach } from './ask.ts'
import { nameOf } from './describe.ts'
import { type Draft, gather, type PlacedServer } from './gather.ts'
import { internet, legsOf } from './grants.ts'
import { isReference } from './literals.ts'
import { clean, keyed, sha256 } from './names.ts'
import type { Estate } from './places.ts'

const AT_ONCE = 4
const MOST_SERVERS = 300

type Outcome = { answer: Answer } | { error: NoAnswer }

export const tools: Collection<Estate> = {
  id: 'tools',
  title: 'Tools that the servers say they have',
  yields: ['mcp_server', 'mcp_tool', 'internet'],
  needs: [
    'probe=remote to ask servers over HTTP, probe=all to start local ones too; only their lists of tools are asked for',
  ],
  async *read(estate, run) {
    if (estate.probe === 'off') return
    const asked = new Map<string, Promise<Outcome>>()
    const servers = (await gather(estate, run)).flatMap((draft) => draft.servers.map((server) => ({ draft, server })))
    if (servers.length > MOST_SERVERS)
      run.ledger.refuse(`asking servers: there are ${servers.length}; ${MOST_SERVERS} are asked`, {
        count: servers.length - MOST_SERVERS,
      })
    let internetTold = false
    for (let at = 0; at < Math.min(servers.length, MOST_SERVERS); at += AT_ONCE) {
      run.signal.throwIfAborted()
      const group = servers.slice(at, at + AT_ONCE)
      for (const items of await Promise.all(
        group.map(({ draft, server }) => askOne(estate, run, draft, server, asked)),
      ))
        for (const item of items) {
          if ('key' in item && item.key === internet.key) {
            if (internetTold) continue
            internetTold = true
          }
          yield item
        }
    }
  },
}

async function askOne(
  estate: Estate,
  run: Run,
  draft: Draft,
  server: PlacedServer,
  asked: Map<string, Promise<Outcome>>,
): Promise<(Entity | Edge)[]> {
  const { config } = server
  if (
    config.disabled ||
    draft.told.some((one) => one.disabled?.includes(config.name)) ||
    config.transport === 'built-in'
  )
    return []
  const reach = reachOf(estate, draft, server)
  if (reach === null) return []
  const refuse = (why: string, permission?: string) =>
    run.ledger.refuse(`asking ${config.name} of ${nameOf(estate, draft)} for its tools: ${why}`, {
      scope: clean(`${config.name} of ${nameOf(estate, draft)}`, 400),
      ...(permission !== undefined && { permission }),
    })
  if ('why' in reach) {
    refuse(reach.why, reach.permission)
    return []
  }
  // The same server in several clients is asked once.
  const same = run.fingerprint(JSON.stringify(reach))
  let outcome = asked.get(same)
  if (outcome === undefined) {
    outcome = listTools(run, reach, estate.seconds).then(
      (answer) => ({ answer }),
      (error) => {
        run.signal.throwIfAborted()
        return { error: error instanceof NoAnswer ? error : new NoAnswer('it could not be asked') }
      },
    )
    asked.set(same, outcome)
  }
  const got = await outcome
  const unkeyed = 'url' in reach && Object.keys(reach.headers).length === 0 && reach.url.search === ''
  if ('error' in got) {
    const { message, asks } = got.error
    refuse(message, asks === null ? undefined : 'a sign-in that the configuration does not hold')
    return asks === null
      ? []
      : [serverOf(estate, draft, server, { ...(unkeyed && { answersAnybody: false }), signIn: asks })]
  }
  return [...describe(estate, draft, server, got.answer, unkeyed && 'url' in reach)]
}

function* describe(
  estate: Estate,
  draft: Draft,
  server: PlacedServer,
  answer: Answer,
  unkeyed: boolean,
): Iterable<Entity | Edge> {
  const entitlement = keyed(`${server.key}/tools`)
  const { only, without } = server.config
  yield serverOf(estate, draft, server, {
    ...(unkeyed && { answersAnybody: true }),
    saysItIs: answer.server,
    saysVersion: answer.version,
    toolCount: answer.tools.length,
    toolsHash: sha256(answer.tools.map((one) => one.hash).join()),
    // All that it offers, whatever the configuration leaves of it: what the server does is remembered, not what we set.
    toolNames: answer.tools.map((one) => one.name),
    ...(only !== null && { toolsNarrowed: true }),
  })
  for (const tool of answer.tools) {
    if ((only !== null && !only.includes(tool.name)) || without.includes(tool.name)) continue
    const key = keyed(`${server.key}/tool/${tool.name}`)
    yield {
      kind: 'entitlement',
      type: 'mcp_tool',
      key,
      name: clean(`${tool.name} of ${server.config.name}`),
      attributes: {
        tool: tool.name,
        server: server.config.name,
        // Hints are the server's own claims.
        ...(tool.readOnly !== null && { readOnly: tool.readOnly }),
        ...(tool.destructive !== null && { destructive: tool.destructive }),
        ...(tool.openWorld !== null && { openWorld: tool.openWorld }),
        hash: tool.hash,
        descriptionHash: tool.descriptionHash,
      },
    }
    yield { from: entitlement, verb: 'has', to: key }
    if (tool.openWorld === true) {
      yield internet
      const legs: Leg[] = tool.readOnly === true ? ['untrusted-input'] : ['untrusted-input', 'outbound']
      yield {
        from: key,
        verb: 'allows',
        to: internet.key,
        attributes: { privileges: [tool.readOnly === true ? 'read' : 'write'], legs: legsOf(legs), claimed: true },
      }
    }
  }
}

const serverOf = (estate: Estate, draft: Draft, server: PlacedServer, attributes: Entity['attributes']): Entity => ({
  kind: 'workload',
  type: 'mcp_server',
  key: server.key,
  name: clean(`${server.config.name} for ${nameOf(estate, draft)}`),
  attributes,
})

type Unreachable = { why: string; permission?: string }

/** How to reach a server; null where it is not to be asked. */
function reachOf(estate: Estate, draft: Draft, { config }: PlacedServer): Reach | Unreachable | null {
  if (config.url !== null) {
    const url = isReference(config.url) ? null : URL.parse(config.url)
    if (url === null || !/^https?:$/.test(url.protocol)) return { why: 'its address holds a variable' }
    const headers = Object.fromEntries(Object.entries(config.headers).filter(([, value]) => !isReference(value)))
    const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)
    if (url.protocol === 'http:' && !loopback && (Object.keys(headers).length > 0 || url.search !== ''))
      return { why: 'its key would go over plain HTTP' }
    return { url, sse: config.transport === 'sse', headers }
  }
  if (config.program === null || estate.probe !== 'all') return null
  const { where } = estate
  if (where.kind === 'host' && !where.alive)
    return { why: 'it would have to be started on the machine whose files these are' }
  // Another account's command, started as this one, would be a way to become this one.
  if (draft.home && draft.home.uid !== process.getuid?.())
    return {
      why: `it is ${draft.home.user}’s, and would run as another account`,
      permission: `run Reeve as ${draft.home.user}`,
    }
  if ([config.program, ...config.args].some(isReference)) return { why: 'its command holds a variable' }
  const env = Object.fromEntries(Object.entries(config.env).filter(([, value]) => !isReference(value)))
  const home = draft.home?.path ?? homedir()
  return {
    command: config.program.replace(/^~(?=\/)/, home),
    args: config.args.map((word) => word.replace(/^~(?=\/)/, home)),
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: home, ...env },
    cwd: where.kind === 'folder' ? where.root : home,
  }
}
