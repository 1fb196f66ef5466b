import { hasBit } from '../bits.ts'
import { Escalation, type Path } from '../escalation.ts'
import { edgeOf, type RisingEdge } from '../rising-rows.ts'
import type { Answering } from './asking.ts'
import type { AwsEstate } from './estate.ts'
import { awsPowers } from './powers.ts'

export interface EscalationRow {
  principal: string
  /** Null when something of it could not be read, so that nobody can say. */
  isAdmin: boolean | null
  paths: RisingEdge[][]
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
        paths: paths.map((path) => path.map((step) => edgeOf(powers.names, step))),
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
