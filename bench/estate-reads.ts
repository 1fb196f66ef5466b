import { openStage } from '../src/graph/index.ts'
import { inventedEstate } from './estate.ts'

interface Reads {
  /** When what was read holds. */
  at: () => Date
  /** Waited for after each five hundred things, as for a source that answers over a network. */
  breath?: () => Promise<unknown>
}

let runs = 0

/** Reads the whole invented estate into the graph, as syncs of its connections do; the number of the last run. */
export async function readEstate(
  place: Parameters<typeof openStage>[0],
  identities: number,
  { at, breath }: Reads,
  signal?: AbortSignal,
): Promise<number> {
  for (const [connection, given] of Map.groupBy(inventedEstate(identities), (one) => one.connection)) {
    if (signal?.aborted) break
    const stage = await openStage(place, { connection, run: ++runs })
    let written = 0
    for (const { collection, item } of given) {
      await stage.write(collection, item)
      if (breath && ++written % 500 === 0) await breath()
    }
    const collections = [...Map.groupBy(given, ({ collection }) => collection)].map(([id, items]) => ({
      id,
      yields: [...new Set(items.flatMap(({ item }) => ('type' in item ? [item.type] : [])))],
      complete: true,
    }))
    for (const { id } of collections) await stage.seal(id, null)
    await stage.apply({ collections, at: at() })
  }
  return runs
}
