import { hasBit } from '../bits.ts'
import { Escalation, type Path, type Step } from '../escalation.ts'
import type { Answering } from './asking.ts'
import type { AwsEstate } from './estate.ts'
import { type AwsPowers, awsPowers } from './powers.ts'

export interface Edge {
  from: string
  /** A principal, a resource, or `admin`: everything there is. */
  to: string
  /** What it takes, in order; none when one is an administrator already. */
  actions: string[]
  /** What the actions are done to. */
  object?: string
  /** Who does it, when it is not the one the edge begins at. */
  by?: string
  /** What is not known before there is a request. */
  dependsOn?: string[]
}

export interface EscalationRow {
  principal: string
  /** Null when something of it could not be read, so that nobody can say. */
  isAdmin: boolean | null
  paths: Edge[][]
  /** Resources beyond those that `paths` end at. */
  more?: number
  /** Why the answer is not whole. */
  unknown?: readonly string[]
}

export interface Escalated {
  rows: EscalationRow[]
  warnings: string[]
}

/** So many paths to all power, and so many resources, are shown of each; the shortest, and of those all ways. */
const MOST_PATHS = 16
const MOST_TARGETS = 50
const MOST_TO_TARGET = 4

/** How each user and role could become more. `answer` stands in for the sets where they are held against their twin. */
export async function escalate(estate: AwsEstate, answer?: Answering): Promise<Escalated> {
  const powers = await awsPowers(estate, answer && { answer })
  const escalation = new Escalation(powers)
  const targets = powers.targets.map((target) => escalation.pathsToTarget(target))
  const rows = [...estate.holders.entries()].flatMap(([index, holder]): EscalationRow[] => {
    if (holder.kind === 'group') return []
    const isAdmin = hasBit(powers.admins, index)
    const paths: Path[] = []
    let more = 0
    if (!isAdmin) {
      paths.push(...escalation.pathsToPower(index).take(MOST_PATHS))
      let reached = 0
      for (const pathsTo of targets) {
        const found = [...pathsTo(index).take(MOST_TO_TARGET)]
        if (found.length === 0) continue
        if (++reached > MOST_TARGETS) more++
        else paths.push(...found)
      }
    }
    return [
      {
        principal: holder.arn,
        isAdmin: holder.unknown.length > 0 ? null : isAdmin,
        paths: paths.map((path) => path.map((step) => edgeOf(powers, step))),
        ...(more > 0 && { more }),
        ...(holder.unknown.length > 0 && { unknown: holder.unknown }),
      },
    ]
  })
  return {
    rows,
    warnings: [
      ...estate.warnings,
      ...powers.unlisted.map(
        (action) => `${action} is not among the actions that AWS lists; it is asked of every resource`,
      ),
    ],
  }
}

function edgeOf({ names }: AwsPowers, { from, to, way, by = from }: Step): Edge {
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
