/** The invented estate of one size and seed, read in by its providers as `reeve up --demo` reads it, with what is true of it. */
import { readProvider } from '../../src/discover/index.ts'
import { type Estate, EstateBuilder, type SourceState } from '../../src/graph/index.ts'
import { demo, type Labels } from '../../src/providers/demo/index.ts'
import { testRun } from '../../src/sdk/testing/index.ts'

const DAY = 86_400_000
export const NOON = new Date('2026-11-24T12:00:00.000Z')

export interface Labelled {
  estate: Estate
  truths: Labels['identities']
}

/**
 * A system that no longer answers stands as it was last told, and its listings count as not read whole: what a server that syncs
 * every day would have.
 */
export async function labelledEstate(size: number, seed: number): Promise<Labelled> {
  const settings = { size, seed, day: NOON.toISOString().slice(0, 10) }
  const builder = new EstateBuilder()
  const sources: SourceState[] = []
  for (const { provider, connection } of demo.providers) {
    for (let back = 0, answered = false; !answered && back < 30; back++) {
      const at = new Date(NOON.getTime() - back * DAY)
      const results = await readProvider(provider, settings, {
        run: testRun({ now: () => at }),
        take: (collection, item) => {
          builder.add(connection, collection, item)
          return undefined
        },
      })
      answered = !results.some(({ state }) => state === 'refused')
      if (!answered) continue
      for (const { id, yields, state, lines } of results)
        sources.push({
          connection,
          collection: id,
          yields,
          complete: state === 'complete' && back === 0,
          completeAt: null,
          lines: lines.map((line) => ({ connection, collection: id, ...line, since: null })),
        })
    }
  }
  return { estate: builder.build(sources), truths: demo.labels(settings, NOON).identities }
}
