import type { z } from 'zod'
import { findingsById, findingsToWeigh, offsetOf, type ReachWorth, type ToBeWeighed } from '../read/index.ts'
import type { Serving } from './app.ts'
import { unjudged } from './reach-answer.ts'
import { asOfOf, endOf, momentOf, type Switched, switchesOf } from './reach-asked.ts'

interface Asked extends Switched {
  to?: string | undefined
  q: string
  about?: string | undefined
  cursor?: string | undefined
  limit: number
}
type Weighed = ToBeWeighed & { pairs: number; perMinute: number | null }

/** Findings by what their fix removes for each minute that it takes, the most first; those that remove nothing are counted. */
export async function worthOf(app: Serving, query: Asked): Promise<z.input<typeof ReachWorth>> {
  const to = query.to ?? 'sensitive'
  const { findings, ...missing } = await findingsToWeigh(app.db, app.clock.now(), {
    q: query.q,
    about: query.about ?? null,
  })
  const subjects = [...new Set(findings.map(({ subject }) => subject))]
  // Where there is nothing to weigh, it is still said what there is to be reached.
  const found =
    subjects.length > 0
      ? await app.reach.worth(momentOf(app), { keys: subjects, to, switches: switchesOf(query) })
      : { ...(await app.reach.chokes(momentOf(app), { to, most: 1, switches: switchesOf(query) })), rows: [] }
  const pairsOf = new Map(found.rows.map(({ key, pairs }) => [key, pairs]))
  const weighed = findings
    .map((one): Weighed => {
      const pairs = pairsOf.get(one.subject)!
      return { ...one, pairs, perMinute: one.effort === null ? null : pairs / Math.max(1, one.effort) }
    })
    .filter(({ pairs }) => pairs > 0)
    .sort(mostFirst)
  const skip = offsetOf(query.cursor)
  const page = weighed.slice(skip, skip + query.limit)
  const told = await findingsById(
    app.db,
    page.map(({ id }) => id),
  )
  return {
    to: await endOf(app, to, found.ends),
    pairs: found.pairs,
    counted: found.counted,
    rows: page.map(({ pairs, perMinute }, at) => ({ finding: told[at]!, pairs, perMinute })),
    total: weighed.length,
    nothing: findings.length - weighed.length,
    next: skip + page.length < weighed.length ? String(skip + page.length) : null,
    unjudged: {
      ...(await unjudged(app.db, found.gaps)),
      findings: { ...missing, withoutEffort: weighed.filter(({ effort }) => effort === null).length },
    },
    asOf: asOfOf(app.asOf),
  }
}

/** What has no effort stands behind what has; what is equal, by severity. */
const mostFirst = (a: Weighed, b: Weighed): number =>
  Number(a.perMinute === null) - Number(b.perMinute === null) ||
  (b.perMinute ?? b.pairs) - (a.perMinute ?? a.pairs) ||
  a.rank - b.rank ||
  (a.id < b.id ? -1 : 1)
