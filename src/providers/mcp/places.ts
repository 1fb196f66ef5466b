import { stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { type Environment, ReeveError, type Run } from '../../sdk/index.ts'
import { readText } from './files.ts'
import { clean, keyed } from './names.ts'
import { repositoryOf } from './repository-key.ts'
import type { Settings } from './settings.ts'

interface Machine {
  kind: 'host'
  /** The key of the host, as its own connection has it. */
  key: string
  name: string
  /** Where its files are on this machine. */
  root: string
  /** Is it the machine that we run on? */
  alive: boolean
}

interface Repository {
  kind: 'folder'
  key: string
  name: string
  root: string
  /** Where the folder is in its repository: empty or ending in `/`. */
  inside: string
}

export type Where = Machine | Repository

/** What `connect` gives to the collections. */
export interface Estate {
  where: Where
  environment: Environment | undefined
  probe: Settings['probe']
  seconds: number
}

/** The key of an account, as the connection of its host has it. */
export const userKey = ({ where }: Estate, user: string): string => keyed(`${where.key}/user/${user}`)

export async function openEstate(settings: Settings, run: Run): Promise<Estate> {
  const { environment, probe, timeout, folder } = settings
  if (folder !== undefined && settings.root !== undefined)
    throw new ReeveError('mcp/settings', 'connecting: give a folder or a root folder, not both')
  const root = resolve(folder ?? settings.root ?? '/')
  const there = await stat(root).catch((cause) => {
    throw new ReeveError(
      'mcp/no-folder',
      `opening ${root}: ${cause.code}; give a folder that is there and may be read`,
      { cause },
    )
  })
  if (!there.isDirectory()) throw new ReeveError('mcp/no-folder', `opening ${root}: it is no folder`)
  const estate = { environment, probe, seconds: timeout }
  if (folder !== undefined) {
    const { key, name, inside } = await repositoryOf(run, root)
    return { ...estate, where: { kind: 'folder', key, name: clean(settings.name ?? name), root, inside } }
  }
  const alive = root === '/'
  const said = alive ? hostname() : (await readText(run, join(root, 'etc/hostname'), root))?.text.trim()
  const name = clean(settings.name ?? (said || 'unnamed'), 200).toLowerCase()
  return { ...estate, where: { kind: 'host', key: `host:${name}`, name, root, alive } }
}
