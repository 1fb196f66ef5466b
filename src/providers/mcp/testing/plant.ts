import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { isEdge, type Run } from '../../../sdk/index.ts'
import { testCollection, testRun } from '../../../sdk/testing/index.ts'
import { agents } from '../agents.ts'
import { openEstate } from '../places.ts'
import { Settings } from '../settings.ts'

/** Files in a folder of their own, below the system's folder for such. */
export function plant(files: Record<string, string | object>): { root: string; remove(): void } {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'reeve-mcp-')))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content, null, 2))
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) }
}

/** A machine with one account: its home holds the files. */
export const machine = (files: Record<string, string | object>): Record<string, string | object> => ({
  'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nada:x:1000:1000:Ada Lovelace:/home/ada:/bin/bash\n',
  'etc/hostname': 'box1\n',
  ...Object.fromEntries(Object.entries(files).map(([path, content]) => [`home/ada/${path}`, content])),
})

/** Reads once under the contract of collections; `secrets` may stand nowhere in what is told. */
export async function readAgents(settings: object, { secrets = [] as string[], run = testRun() as Run } = {}) {
  const estate = await openEstate(Settings.parse(settings), run)
  const read = await testCollection(agents, estate, run, { secrets })
  return {
    ...read,
    estate,
    /** The one entity whose key ends so. */
    ending: (end: string) => {
      const found = read.entities.filter((entity) => entity.key.endsWith(end))
      if (found.length !== 1)
        throw new Error(`${found.length} keys end in ${end}: ${read.entities.map((one) => one.key).join(' ')}`)
      return found[0]!
    },
    allowed: (agent: string) => {
      const held = new Set(
        read.edges.filter((edge) => edge.verb === 'has' && edge.from.endsWith(agent)).map((edge) => edge.to),
      )
      return read.edges.filter((edge) => isEdge(edge) && edge.verb === 'allows' && held.has(edge.from))
    },
  }
}
