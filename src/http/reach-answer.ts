import type { Gap, Hop, Path, ReachNode } from '../graph/index.ts'
import type { Db } from '../platform/index.ts'
import {
  type ReachCut,
  type ReachHop,
  type ReachProof,
  type ReachThing,
  type ReachUnjudged,
  reachGaps,
  reachObjects,
  reachThings,
} from '../read/index.ts'

/** Hops and things of some paths, each once, and the paths as places in them. */
export interface Woven {
  things: ReachThing[]
  hops: ReachHop[]
  paths: { hops: number[]; dependsOn: string[] }[]
}

export async function woven(db: Db, paths: readonly Path[], alone: readonly ReachNode[] = []): Promise<Woven> {
  const hops = paths.flatMap((path) => path.hops)
  const nodes = [...alone, ...hops.flatMap(({ from, to }) => [from, to])]
  const [thingOf, objectOf] = await Promise.all([
    reachThings(db, nodes),
    reachObjects(
      db,
      hops.flatMap(({ proofs }) => proofs.map(({ object }) => object)),
    ),
  ])
  const places = new Map<string, number>()
  const placeOf = ({ key }: ReachNode): number => {
    if (!places.has(key)) places.set(key, places.size)
    return places.get(key)!
  }
  for (const node of nodes) placeOf(node)
  const told: ReachHop[] = []
  const known = new Map<string, number>()
  const hopOf = (hop: Hop): number => {
    const name = `${placeOf(hop.from)} ${placeOf(hop.to)}`
    if (!known.has(name)) {
      known.set(name, told.length)
      told.push({
        from: placeOf(hop.from),
        to: placeOf(hop.to),
        verb: hop.proofs[0]?.verb ?? null,
        depends: hop.proofs.every(({ dependsOn }) => dependsOn !== null),
        proofs: hop.proofs.map(({ object, read, source, ...proof }) => proofOf(proof, objectOf(object), source, read)),
      })
    }
    return known.get(name)!
  }
  const listed = paths.map(({ hops: of, dependsOn }) => ({ hops: of.map(hopOf), dependsOn }))
  return { things: [...places.keys()].map(thingOf), hops: told, paths: listed }
}

/** A source is `connection: collection`, or `worked out: ` and by what. */
function proofOf(
  proof: Pick<ReachProof, 'verb' | 'says' | 'actions' | 'dependsOn' | 'stolen' | 'mfa' | 'since'>,
  object: Pick<ReachProof, 'object' | 'objectSays'>,
  source: string,
  readAt: string,
): ReachProof {
  const at = source.indexOf(': ')
  const [by, what] = [source.slice(0, at), source.slice(at + 2)]
  const listing = at > 0 && by !== 'worked out'
  return { ...proof, ...object, source, connection: listing ? by : null, collection: listing ? what : null, readAt }
}

/**
 * Hops of the picture without which ends are not reached any more, those that part most ends first: they lie on every way to them. That a container
 * contains a thing is not taken away.
 */
export function cutsOf({ things, hops }: Woven, ways: readonly Path[], most = 5): ReachCut[] {
  const placeOf = new Map(hops.map(({ from, to }, at) => [`${things[from]!.key} ${things[to]!.key}`, at]))
  const parted = new Map<number, number>()
  for (const group of Map.groupBy(ways, ({ hops: of }) => of.at(-1)?.to.key ?? '').values()) {
    const times = new Map<string, number>()
    for (const { hops: of } of group)
      for (const { from, to } of of) times.set(`${from.key} ${to.key}`, (times.get(`${from.key} ${to.key}`) ?? 0) + 1)
    for (const [name, many] of times) {
      const hop = many === group.length ? placeOf.get(name) : undefined
      if (hop !== undefined) parted.set(hop, (parted.get(hop) ?? 0) + 1)
    }
  }
  return [...parted]
    .filter(([hop]) => hops[hop]!.verb !== 'contains')
    .sort(([a, many], [b, more]) => more - many || a - b)
    .slice(0, most)
    .map(([hop, ends]) => ({ hop, ends }))
}

export async function unjudged(
  db: Db,
  gaps: readonly Gap[],
  { depends = 0, undescribed = 0 } = {},
): Promise<ReachUnjudged> {
  return { gaps: await reachGaps(db, gaps), depends, undescribed }
}
