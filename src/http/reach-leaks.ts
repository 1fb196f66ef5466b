import type { z } from 'zod'
import { offsetOf, type ReachLeaks, secretsUnmatched } from '../read/index.ts'
import type { Serving } from './app.ts'
import { unjudged, woven } from './reach-answer.ts'
import { asOfOf, endOf, momentOf, type Switched, switchesOf } from './reach-asked.ts'

interface Asked extends Switched {
  to?: string | undefined
  cursor?: string | undefined
  limit: number
}

/** Places where a copy of a secret lies from which an end is reached, each with its shortest path, shortest first. */
export async function leaksOf(app: Serving, query: Asked): Promise<z.input<typeof ReachLeaks>> {
  const to = query.to ?? 'crown-jewels'
  const skip = offsetOf(query.cursor)
  const found = await app.reach.leaks(momentOf(app), { to, skip, most: query.limit, switches: switchesOf(query) })
  const picture = await woven(app.db, found.paths)
  const { things, hops } = picture
  const rows = picture.paths.map((path) => {
    const way = [hops[path.hops[0]!]!.from, ...path.hops.map((at) => hops[at]!.to)]
    const first = (kind: string): number | null => way.find((at) => things[at]!.kind === kind) ?? null
    return {
      ...path,
      secret: way[0]!,
      credential: first('credential'),
      identity: first('identity'),
      end: way.at(-1)!,
    }
  })
  const shown = skip + rows.length
  return {
    to: await endOf(app, to, found.ends),
    total: found.total,
    things,
    hops,
    rows,
    next: shown < found.total ? String(shown) : null,
    unjudged: {
      ...(await unjudged(app.db, found.gaps, {
        depends: hops.filter(({ depends }) => depends).length,
        undescribed: things.filter(({ kind }) => kind === null).length,
      })),
      unmatched: await secretsUnmatched(app.db),
    },
    asOf: asOfOf(app.asOf),
  }
}
