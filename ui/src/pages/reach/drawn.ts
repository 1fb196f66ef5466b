/** The answer of the server as a picture, with the neighbours that were asked for; hops of the answer keep their places. */
import type { Kind, Reach, ReachAround, ReachChokePoints, ReachHop, ReachThing } from '../../nouns.ts'
import type { Picture } from '../../parts/reach-picture.ts'

/** Nodes a picture has at most. */
export const MOST = 2_000
/** From this share of the listed paths on, a thing on the way is a choke point of them. */
const NEARLY_ALL = 0.5

export interface Drawn extends Picture {
  listed: readonly ReachThing[]
  joined: readonly ReachHop[]
}

export function drawnOf(reach: Reach, around: ReachAround | undefined, chokes: ReachChokePoints | undefined): Drawn {
  const listed = [...reach.things]
  const joined = [...reach.hops]
  const places = new Map(listed.map(({ key }, at) => [key, at]))
  const known = new Set(joined.map(({ from, to }) => `${from} ${to}`))
  if (around) {
    const place = (at: number): number | undefined => {
      const thing = around.things[at]!
      if (!places.has(thing.key) && listed.length < MOST) {
        places.set(thing.key, listed.length)
        listed.push(thing)
      }
      return places.get(thing.key)
    }
    for (const hop of around.hops) {
      const [from, to] = [place(hop.from), place(hop.to)]
      if (from === undefined || to === undefined || known.has(`${from} ${to}`)) continue
      known.add(`${from} ${to}`)
      joined.push({ ...hop, from, to })
    }
  }
  const choking = chokesOf(reach, chokes)
  const end = (key: string): boolean => key !== reach.from?.key && (reach.to.thing?.key === key || endsPath(reach, key))
  return {
    listed,
    joined,
    things: listed.map(({ key, kind, type, name, sensitive }) => ({
      key,
      kind,
      type,
      name,
      sensitive,
      end: end(key),
      choke: choking.has(key),
    })),
    hops: joined.map(({ from, to, verb, depends }) => ({ from, to, verb: verb ?? '', unknown: depends })),
  }
}

/** Things that most of the listed paths go through; of a picture without paths, the worst choke points of all. */
function chokesOf({ paths, hops, things }: Reach, chokes: ReachChokePoints | undefined): Set<string> {
  if (paths.length < 2) return new Set(chokes?.things.slice(0, 5).map(({ thing }) => thing.key))
  const times = new Map<number, number>()
  for (const { hops: of } of paths) {
    const inner = new Set(of.slice(1).map((at) => hops[at]!.from))
    for (const thing of inner) times.set(thing, (times.get(thing) ?? 0) + 1)
  }
  return new Set(
    [...times].filter(([, many]) => many > 1 && many >= NEARLY_ALL * paths.length).map(([at]) => things[at]!.key),
  )
}

const endsPath = ({ paths, hops, things }: Reach, key: string): boolean =>
  paths.some(({ hops: of }) => of.length > 0 && things[hops[of.at(-1)!]!.to]!.key === key)

/** Places of things of the kinds that are left out; what a listed path goes through stays. */
export function hiddenOf({ listed, joined }: Drawn, hide: readonly Kind[], path: readonly number[]): Set<number> {
  const on = new Set(path.flatMap((at) => [joined[at]!.from, joined[at]!.to]))
  return new Set(listed.flatMap(({ kind }, at) => (kind !== null && hide.includes(kind) && !on.has(at) ? [at] : [])))
}

/** A line for each hop of each path, for a spreadsheet. */
export function csvOf({ things, hops, paths }: Reach): string[][] {
  const head = [
    'path',
    'hop',
    'from',
    'from name',
    'verb',
    'to',
    'to name',
    'proof',
    'permissions',
    'object',
    'depends on',
    'source',
    'read at',
  ]
  const line = (path: string, place: string, at: number): string[] => {
    const { from, to, verb, proofs } = hops[at]!
    const proof = proofs[0]
    return [
      path,
      place,
      things[from]!.key,
      things[from]!.name,
      verb ?? '',
      things[to]!.key,
      things[to]!.name,
      proof?.says ?? '',
      proof?.actions.join(' ') ?? '',
      proof?.object?.key ?? proof?.objectSays ?? '',
      proof?.dependsOn ?? '',
      proof?.source ?? '',
      proof?.readAt ?? '',
    ]
  }
  if (paths.length === 0) return [head, ...hops.map((_, at) => line('', String(at + 1), at))]
  return [
    head,
    ...paths.flatMap(({ hops: of }, path) => of.map((at, place) => line(String(path + 1), String(place + 1), at))),
  ]
}
