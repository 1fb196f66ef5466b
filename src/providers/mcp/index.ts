import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { defineProvider } from '../../sdk/index.ts'
import { agents } from './agents.ts'
import { type Estate, openEstate } from './places.ts'
import { Settings } from './settings.ts'
import { tools } from './tools.ts'

export const mcp = defineProvider<Settings, Estate>({
  id: 'mcp',
  title: 'AI agents',
  summary:
    'Reads the configurations of AI clients and agent frameworks on a machine or in a repository: agents, MCP servers, keys, what may be done without asking. Starts and asks nothing unless told to.',
  config: Settings,
  label: ({ folder, root, name }) =>
    name ?? (folder === undefined ? (root ?? 'this host') : basename(resolve(folder)) || folder),
  connect: openEstate,
  collections: [agents, tools],
  async nearby(place) {
    // Who asks for it waits for it: programs that are fetched first take their time.
    const probe = place.probe === undefined ? {} : { probe: place.probe, timeout: 30 }
    if ('host' in place)
      return process.platform === 'linux' || process.platform === 'darwin' ? Settings.parse(probe) : null
    const there = await stat(place.folder).catch(() => null)
    return there?.isDirectory() ? Settings.parse({ folder: resolve(place.folder), ...probe }) : null
  },
})
