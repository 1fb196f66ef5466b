import { setImmediate as turn } from 'node:timers/promises'
import { openStage } from '../src/graph/index.ts'
import { type Given, inventedEstate } from './estate.ts'

interface Reads {
  /** When what was read holds. */
  at: () => Date
  /** Waited for after each five hundred things, as for a source that answers over a network. */
  breath?: () => Promise<unknown>
}

const ANSWERED = 500
let runs = 0

/** Reads the whole invented estate into the graph, as syncs of its connections do; the number of the last run. */
export async function readEstate(
  place: Parameters<typeof openStage>[0],
  identities: number,
  { at, breath }: Reads,
  signal?: AbortSignal,
): Promise<number> {
  for (const [connection, given] of await byConnection(identities)) {
    if (signal?.aborted) break
    const stage = await openStage(place, { connection, run: ++runs })
    const types = new Map<string, Set<string>>()
    let written = 0
    for (const { collection, item } of given) {
      const yields = types.get(collection) ?? new Set()
      types.set(collection, yields)
      if ('type' in item) yields.add(item.type)
      await stage.write(collection, item)
      if (breath && ++written % ANSWERED === 0) await breath()
    }
    for (const id of types.keys()) await stage.seal(id, null)
    const collections = [...types].map(([id, yields]) => ({ id, yields: [...yields], complete: true }))
    await stage.apply({ collections, at: at() })
  }
  return runs
}

/** What each connection has. Made a little at a time: no source keeps who asks meanwhile waiting while it invents its estate. */
async function byConnection(identities: number): Promise<Map<string, Given[]>> {
  const all = new Map<string, Given[]>()
  let made = 0
  for (const one of inventedEstate(identities)) {
    const known = all.get(one.connection)
    if (known) known.push(one)
    else all.set(one.connection, [one])
    if (++made % ANSWERED === 0) await turn()
  }
  return all
}
