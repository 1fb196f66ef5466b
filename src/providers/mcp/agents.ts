import { type Collection, type Edge, type Entity, isEdge } from '../../sdk/index.ts'
import { describe } from './describe.ts'
import { gather } from './gather.ts'
import type { Estate } from './places.ts'

export const agents: Collection<Estate> = {
  id: 'agents',
  title: 'AI agents, their servers and keys',
  yields: [
    'ai_agent',
    'mcp_server',
    'mcp_server_tools',
    'agent_tools',
    'agent_config_secret',
    'secret_value',
    'internet',
    'mcp_endpoint',
    'agent_folder',
    'agent_machine',
    'agent_database',
    'postgres_database',
    'mysql_database',
    'mongodb_database',
    'redis_database',
  ],
  needs: [
    'read the configurations of AI clients in the homes or the folder; of each secret a keyed fingerprint is kept, never its value',
  ],
  async *read(estate, run) {
    const fresh = novel()
    const drafts = await gather(estate, run)
    for (const draft of drafts) {
      run.signal.throwIfAborted()
      for (const item of await describe(estate, run, draft)) if (fresh(item)) yield item
    }
  },
}

/** Lets each entity key and each edge through once; the first description wins. */
export function novel(): (item: Entity | Edge) => boolean {
  const seen = new Set<string>()
  return (item) => {
    const id = isEdge(item) ? `${item.from}\0${item.verb}\0${item.to}` : item.key
    return !seen.has(id) && seen.add(id) !== undefined
  }
}
