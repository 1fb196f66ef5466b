/** What escalation found, in names, for providers whose principals are known by one name each. */
import { hasBit } from './bits.ts'
import type { Escalation, Path, Step } from './escalation.ts'

export interface RisingEdge {
  from: string
  /** A principal, what is worth reaching, or `admin`: everything there is. */
  to: string
  /** What it takes, in order, in the system's own words; none when one is an administrator already. */
  actions: string[]
  /** What the actions are done to, and what gives them. */
  object?: string
  /** Who does it, when it is not the one the edge begins at. */
  by?: string
  dependsOn?: string[]
}

/** So many paths to all power, and so many to things reached, are shown of each; the shortest first. */
const MOST_PATHS = 16
const MOST_TO_TARGETS = 50
const MOST_TO_TARGET = 4

/** How one of them could become more: paths to all power; for those who have none, paths to each thing worth reaching. */
export function risingPaths(escalation: Escalation, names: readonly string[], from: number): RisingEdge[][] {
  const paths: Path[] = [...escalation.pathsToPower(from).take(MOST_PATHS)]
  if (paths.length === 0)
    for (const target of escalation.powers.targets) {
      paths.push(...escalation.pathsToTarget(target)(from).take(MOST_TO_TARGET))
      if (paths.length >= MOST_TO_TARGETS) break
    }
  return paths.map((path) => path.map((step) => edgeOf(names, step)))
}

/** A step as it is told. */
export function edgeOf(names: readonly string[], { from, to, way, by = from }: Step): RisingEdge {
  const dependsOn = way === undefined || hasBit(way.who.sure, by) ? [] : way.dependsOn(by)
  return {
    from: names[from]!,
    to: typeof to === 'number' ? names[to]! : to === 'admin' ? to : to.target,
    actions: way === undefined ? [] : [...way.actions, ...(way.besides?.(by) ?? [])],
    ...(way && { object: way.object }),
    ...(by !== from && { by: names[by]! }),
    ...(dependsOn.length > 0 && { dependsOn }),
  }
}
