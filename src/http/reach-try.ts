import type { z } from 'zod'
import type { Aim, Removal, Simulated, Switches } from '../graph/index.ts'
import { callsOf, type ReachTried, reachThings, type SeenCall, silentOf } from '../read/index.ts'
import type { Serving } from './app.ts'
import { unjudged, woven } from './reach-answer.ts'

/** Identities that lose something, so far as their calls are looked at. */
const LOOKED_AT = 200
/** Calls, and what they call, that are tried again without what is taken away. */
const CALLS = 1_000
const CALLED = 40
const SHOWN = 20

interface Trial {
  remove: Removal[]
  to: Aim
  switches: Switches
}

/** What would be no more, and which calls that were seen could not be made any more. */
export async function tried(app: Serving, { remove, to, switches }: Trial): Promise<z.input<typeof ReachTried>> {
  const moment = { db: app.db, asOf: app.asOf }
  const found = await app.reach.simulate(moment, { remove, to, most: LOOKED_AT, switches })
  const losers = found.freed.filter(({ node }) => node.kind === 'identity').map(({ node }) => node.key)
  const touched = await usersOf(app, remove)
  const callers = [...new Set([...losers, ...touched])]
  const [{ calls, more }, silent] = await Promise.all([callsOf(app.db, callers, CALLS), silentOf(app.db, callers)])
  const { broken, untried } = await brokenOf(calls, (target) =>
    app.reach.simulate(moment, {
      remove,
      to: target,
      most: LOOKED_AT,
      switches: { without: [], within: [], avoid: [] },
    }),
  )
  const shown = broken.slice(0, SHOWN)
  const named = await namesOf(app, shown)
  const thingOf = await reachThings(app.db, [...found.freed.map(({ node }) => node), ...named.values()])
  return {
    before: found.before,
    after: found.after,
    freed: found.freed.slice(0, SHOWN).map(({ node, before, after }) => ({ thing: thingOf(node.key), before, after })),
    freedTotal: found.freedTotal,
    ...(await woven(app.db, found.paths.slice(0, SHOWN))),
    calls: {
      breaks: broken.length,
      rows: shown.flatMap(({ from, to: called, last }) =>
        named.has(from) && named.has(called) ? [{ from: thingOf(from), to: thingOf(called), last }] : [],
      ),
      unknown: new Set([...silent, ...untried]).size + more,
    },
    unjudged: await unjudged(app.db, found.gaps),
    asOf: null,
  }
}

/** Identities by which the removal is used: what stands at its beginning, and who comes there. */
async function usersOf(app: Serving, remove: readonly Removal[]): Promise<string[]> {
  const users = new Set<string>()
  for (const one of remove.slice(0, 10)) {
    const found = await app.reach.reaching(
      { db: app.db, asOf: app.asOf },
      {
        to: 'key' in one ? one.key : one.from,
        kinds: ['identity'],
        skip: 0,
        most: LOOKED_AT,
        switches: { without: ['stolen'], within: [], avoid: [] },
      },
    )
    for (const { node } of found.rows) users.add(node.key)
  }
  return [...users].slice(0, LOOKED_AT)
}

/** A call is broken where its caller came to what it calls, and does not any more; what is called by most is tried, the rest is not known. */
async function brokenOf(
  calls: readonly SeenCall[],
  without: (target: string) => Promise<Simulated>,
): Promise<{ broken: SeenCall[]; untried: string[] }> {
  const byTarget = [...Map.groupBy(calls, ({ to }) => to)].sort(([, a], [, b]) => b.length - a.length)
  const broken: SeenCall[] = []
  for (const [target, group] of byTarget.slice(0, CALLED)) {
    const { freed } = await without(target)
    const lost = new Set(freed.filter(({ after }) => after === 0).map(({ node }) => node.key))
    broken.push(...group.filter(({ from }) => lost.has(from)))
  }
  return { broken, untried: byTarget.slice(CALLED).flatMap(([, group]) => group.map(({ from }) => from)) }
}

async function namesOf(app: Serving, calls: readonly SeenCall[]) {
  const keys = [...new Set(calls.flatMap(({ from, to }) => [from, to]))]
  if (keys.length === 0) return new Map<string, Simulated['freed'][number]['node']>()
  const { nodes } = await app.reach.around(
    { db: app.db, asOf: app.asOf },
    { keys, steps: 1, most: keys.length, sentences: 'all', switches: { without: [], within: [], avoid: [] } },
  )
  return new Map(nodes.map((node) => [node.key, node]))
}
