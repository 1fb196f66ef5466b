/** Reach: how something could become more, and what cuts it. All of it only asks; a trial changes nothing. */
import { z } from 'zod'
import type { PathsFound, Switches } from '../graph/index.ts'
import {
  offsetOf,
  Reach,
  ReachAim,
  ReachAround,
  ReachBlast,
  ReachChokePoints,
  ReachLeaks,
  ReachRemoval,
  type ReachRow,
  ReachTierZero,
  ReachTried,
  ReachWithout,
  ReachWorth,
  reachThings,
} from '../read/index.ts'
import { Environment, Key, Kind } from '../sdk/index.ts'
import type { Serving } from './app.ts'
import { Cursor, KeyParam, QueryText } from './parameters.ts'
import { cutsOf, unjudged, woven } from './reach-answer.ts'
import { asOfOf, endOf, isKey, momentOf, Switched, switchesOf, To } from './reach-asked.ts'
import { leaksOf } from './reach-leaks.ts'
import { tried } from './reach-try.ts'
import { worthOf } from './reach-worth.ts'
import { route } from './route.ts'

const Rows = z.coerce.number().int().min(1).max(500).default(50)
const Page = z.coerce.number().int().min(1).max(200).default(50)
/** Things that a picture without a beginning shows: the nearest. */
const DRAWN = 300
/** Hops of the longest way that is looked at, and ways that are looked at for what all of them need. */
const LONGEST = 8
const WAYS = 500
/** All that is of tier 0, so far as a page names it. */
const NAMED = 200

export const reachRoutes = [
  route({
    method: 'GET',
    path: '/v1/reach',
    can: 'see',
    says: 'How one thing comes to another: paths with the proof of each hop, shortest first, and what cuts most of them; without `from`, who comes there.',
    query: Switched.extend({
      from: Key.optional().meta({ description: 'the key of a thing; without it, whoever reaches the end' }),
      to: To,
      all: z
        .enum(['true', 'false'])
        .optional()
        .meta({ description: 'every path up to 8 hops, or one shortest to each end; `true` to one thing unless said' }),
      cursor: Cursor,
      limit: Rows,
    }),
    answers: Reach,
    handle: ({ app, query }) =>
      query.from === undefined ? whoReaches(app, query) : pathsBetween(app, { ...query, from: query.from }),
  }),
  route({
    method: 'GET',
    path: '/v1/reach/tier-zero',
    can: 'see',
    says: 'What is of tier 0, and exactly which identities reach it, nearest first.',
    query: Switched.extend({ cursor: Cursor, limit: Rows }),
    answers: ReachTierZero,
    async handle({ app, query }) {
      const { rows, next, found } = await rowsOf(app, 'tier-zero', query)
      const all = await app.reach.reaching(momentOf(app), {
        to: 'tier-zero',
        kinds: [...Kind.options],
        skip: 0,
        most: NAMED,
        switches: switchesOf(query),
      })
      const ends = all.rows.filter(({ distance }) => distance === 0).map(({ node }) => node)
      const thingOf = await reachThings(app.db, ends)
      return {
        things: ends.map(({ key }) => thingOf(key)),
        thingCount: found.ends,
        total: found.total,
        sure: found.sure,
        rows,
        next,
        unjudged: await unjudged(app.db, found.gaps),
        asOf: asOfOf(app.asOf),
      }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/reach/choke-points',
    can: 'see',
    says: 'Where one cut helps most: things and single hops, by the pairs of a beginning and an end that nothing would join any more.',
    query: Switched.extend({ to: To, limit: z.coerce.number().int().min(1).max(200).default(25) }),
    answers: ReachChokePoints,
    async handle({ app, query }) {
      const to = query.to ?? 'crown-jewels'
      const found = await app.reach.chokes(momentOf(app), { to, most: query.limit, switches: switchesOf(query) })
      const steps = await woven(
        app.db,
        found.steps.map(({ hop }) => ({ hops: [hop], dependsOn: [] })),
      )
      const thingOf = await reachThings(
        app.db,
        found.nodes.map(({ node }) => node),
      )
      return {
        to: await endOf(app, to, found.ends),
        pairs: found.pairs,
        starts: found.starts,
        counted: found.counted,
        things: found.nodes.map(({ node, pairs }) => ({ thing: thingOf(node.key), pairs })),
        hopThings: steps.things,
        hops: found.steps.map(({ pairs }, at) => ({ ...steps.hops[steps.paths[at]!.hops[0]!]!, pairs })),
        unjudged: await unjudged(app.db, found.gaps),
        asOf: asOfOf(app.asOf),
      }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/reach/leaks',
    can: 'see',
    says: 'Where a copy of a secret lies that leads to an end: the secret, its credential, the identity and the end, each hop with its proof, shortest first.',
    query: Switched.extend({ to: To, cursor: Cursor, limit: Page }),
    answers: ReachLeaks,
    handle: ({ app, query }) => leaksOf(app, query),
  }),
  route({
    method: 'GET',
    path: '/v1/reach/worth',
    can: 'see',
    says: 'What fixing each finding removes: pairs of a beginning and an end that nothing would join any more, the most for each minute of effort first.',
    query: Switched.extend({
      to: To,
      q: QueryText,
      about: Key.optional().meta({ description: 'only findings about this thing' }),
      cursor: Cursor,
      limit: Page,
    }),
    answers: ReachWorth,
    handle: ({ app, query }) => worthOf(app, query),
  }),
  route({
    method: 'GET',
    path: '/v1/reach/blast/{key}',
    can: 'see',
    says: 'What is reached if the thing is taken, and who would notice if it were taken away.',
    params: KeyParam,
    query: Switched.extend({ limit: Rows }),
    answers: ReachBlast,
    async handle({ app, params: { key }, query }) {
      const found = await app.reach.blast(momentOf(app), { of: key, most: query.limit, switches: switchesOf(query) })
      const { reached, rows, breaks } = found
      const thingOf = await reachThings(app.db, [
        found.of,
        ...rows.map(({ node }) => node),
        ...breaks.rows.flatMap(({ node, through }) => [node, through]),
      ])
      const { undescribed, bySensitivity, byKind } = reached
      return {
        of: thingOf(found.of.key),
        reached: { ...reached, resources: byKind.resource ?? 0, bySensitivity, byKind },
        rows: rows.map(({ node, ...row }) => ({ ...row, thing: thingOf(node.key) })),
        breaks: {
          total: breaks.total,
          rows: breaks.rows.map(({ node, through, ...row }) => ({
            ...row,
            thing: thingOf(node.key),
            through: thingOf(through.key),
          })),
        },
        unjudged: await unjudged(app.db, found.gaps, { depends: reached.depends, undescribed }),
        asOf: asOfOf(app.asOf),
      }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/reach/around',
    can: 'see',
    says: 'What stands around some things, nearest first, and which of it an attacker can walk along.',
    query: Switched.extend({
      key: z
        .union([Key, z.array(Key).min(1).max(100)])
        .transform((keys) => (typeof keys === 'string' ? [keys] : keys))
        .meta({ description: 'once for each thing' }),
      steps: z.coerce.number().int().min(1).max(6).default(1),
      limit: z.coerce.number().int().min(1).max(2_000).default(300),
    }),
    answers: ReachAround,
    async handle({ app, query }) {
      const found = await app.reach.around(momentOf(app), {
        keys: query.key,
        steps: query.steps,
        most: query.limit,
        sentences: 'walkable',
        switches: switchesOf(query),
      })
      const thingOf = await reachThings(app.db, found.nodes)
      // The graph in memory has an order of its own, which changes with what was laid over it.
      const nodes = found.nodes.toSorted((a, b) => a.distance - b.distance || (a.key < b.key ? -1 : 1))
      const named = ({ from, verb, to }: (typeof found.edges)[number]) => `${from} ${verb} ${to}`
      const edges = found.edges.toSorted((a, b) => (named(a) < named(b) ? -1 : 1))
      const places = new Map(nodes.map(({ key }, at) => [key, at]))
      return {
        things: nodes.map(({ key }) => thingOf(key)),
        hops: edges.map(({ from, to, verb, depends }) => ({
          from: places.get(from)!,
          to: places.get(to)!,
          verb,
          depends,
          proofs: [],
        })),
        more: found.more,
        unjudged: await unjudged(app.db, found.gaps),
        asOf: asOfOf(app.asOf),
      }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/reach/try',
    can: 'see',
    says: 'What would be no more if something were taken away: paths, and calls that were seen. Nothing is changed.',
    body: z.strictObject({
      remove: z.array(ReachRemoval).min(1).max(100),
      to: z.union([ReachAim, Key]).default('crown-jewels'),
      without: z.array(ReachWithout).max(3).default([]),
      inside: z.array(Environment).max(4).default([]),
      avoid: z.array(Key).max(100).default([]),
    }),
    answers: ReachTried,
    handle: ({ app, body }) => tried(app, { remove: body.remove, to: body.to, switches: switchesOf(body) }),
  }),
]

type Asked = Switched & {
  to?: string | undefined
  all?: 'true' | 'false' | undefined
  cursor?: string | undefined
  limit: number
}

async function pathsBetween(app: Serving, query: Asked & { from: string }): Promise<z.input<typeof Reach>> {
  const to = query.to ?? 'sensitive'
  const all = query.all === undefined ? isKey(to) : query.all === 'true'
  const ask = (switches: Switches, every = all, most = query.limit) =>
    app.reach.paths(momentOf(app), { from: query.from, to, all: every, longest: LONGEST, most, switches })
  const found = await ask(switchesOf(query))
  const ways = all && found.more === null ? found : await ask(switchesOf(query), true, WAYS)
  const picture = await woven(app.db, found.paths, [found.from])
  const last = found.paths[0]?.hops.at(-1)?.to
  return {
    from: picture.things[0]!,
    to: await endOf(app, to, found.ends, isKey(to) ? last : undefined),
    ...picture,
    more: found.more,
    cuts: cutsOf(picture, ways.paths),
    cutsWhole: ways.more === null,
    who: null,
    unjudged: await unjudged(app.db, found.gaps, { depends: await leftOut(found, query, ask) }),
    asOf: asOfOf(app.asOf),
  }
}

/** Hops that turn on unknown conditions: those that are shown, or, where they are left out and nothing is, those that would be. */
async function leftOut(
  found: PathsFound,
  query: Switched,
  ask: (switches: Switches) => Promise<PathsFound>,
): Promise<number> {
  const excluded = query.without.includes('depends')
  if (excluded && found.paths.length > 0) return 0
  const { paths } = excluded
    ? await ask(switchesOf({ ...query, without: query.without.filter((one) => one !== 'depends') }))
    : found
  const hops = paths.flatMap((path) => path.hops).filter(({ proofs }) => proofs.every((one) => one.dependsOn !== null))
  return new Set(hops.map(({ from, to }) => `${from.key} ${to.key}`)).size
}

async function rowsOf(app: Serving, to: string, { cursor, limit, ...query }: Asked) {
  const skip = offsetOf(cursor)
  const found = await app.reach.reaching(momentOf(app), {
    to,
    kinds: ['identity'],
    skip,
    most: limit,
    switches: switchesOf(query),
  })
  const thingOf = await reachThings(
    app.db,
    found.rows.flatMap(({ node, next, end }) => [node, ...(next ? [next] : []), end]),
  )
  const rows = found.rows.map(
    ({ node, next, end, ...row }): ReachRow => ({
      ...row,
      thing: thingOf(node.key),
      next: next ? thingOf(next.key) : null,
      end: thingOf(end.key),
    }),
  )
  const shown = skip + rows.length
  return { found, rows, next: shown < found.total ? String(shown) : null }
}

/** Whoever comes to the end, and the nearest of them with their first steps as a picture. */
async function whoReaches(app: Serving, query: Asked): Promise<z.input<typeof Reach>> {
  const to = query.to ?? 'tier-zero'
  const { found, rows, next } = await rowsOf(app, to, query)
  const near = await app.reach.reaching(momentOf(app), {
    to,
    kinds: [...Kind.options],
    skip: 0,
    most: DRAWN,
    switches: switchesOf(query),
  })
  const thingOf = await reachThings(
    app.db,
    near.rows.flatMap(({ node, next: first }) => [node, ...(first ? [first] : [])]),
  )
  const places = new Map<string, number>()
  for (const { node, next: first } of near.rows)
    for (const one of first ? [node, first] : [node]) if (!places.has(one.key)) places.set(one.key, places.size)
  return {
    from: null,
    to: await endOf(app, to, found.ends),
    things: [...places.keys()].map(thingOf),
    hops: near.rows.flatMap(({ node, next: first, sure }) =>
      first === null
        ? []
        : [{ from: places.get(node.key)!, to: places.get(first.key)!, verb: null, depends: !sure, proofs: [] }],
    ),
    paths: [],
    more: near.total > near.rows.length ? `the nearest ${near.rows.length} of ${near.total} are drawn` : null,
    cuts: [],
    cutsWhole: true,
    who: { total: found.total, sure: found.sure, rows, next },
    unjudged: await unjudged(app.db, found.gaps),
    asOf: asOfOf(app.asOf),
  }
}
