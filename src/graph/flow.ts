import type { Environment, Sensitivity, Tier } from '../sdk/index.ts'
import { environments, sensitivities } from './unite.ts'

/** What a node says of itself, and after `flowDown` what holds for it and which node gave it. */
export interface Stated {
  environment?: Environment | undefined
  sensitivity?: Sensitivity | undefined
  tier?: Tier | undefined
}
export interface Effective extends Stated {
  environmentFrom?: number
  /** What another container, as near, says instead. */
  environmentDisputed?: Environment
  sensitivityFrom?: number
  tierFrom?: number
}

/*
 * Each attribute is one number, less is stronger: for environment distance, then severity, then origin; for sensitivity and tier
 * the value, then distance, then origin. A container passes its number on, a step farther. Passing on ends, in cycles too,
 * because a number only falls. `projection-flow.ts` does the same in SQL.
 */
const ORIGINS = 2 ** 32
const FAR = 2 ** 36
const WORTH = 2 ** 50
const NONE = Number.POSITIVE_INFINITY
const steps = [FAR, FAR, ORIGINS, ORIGINS] as const

/**
 * Environment, sensitivity and tier flow down `contains`: the nearest container that says an environment wins over those
 * farther away (the most severe, where several are as near), the highest sensitivity and the lowest tier win over all.
 * A key that nobody describes passes nothing on.
 */
export function flowDown(
  size: number,
  stated: (node: number) => Stated | undefined,
  contained: (node: number) => Iterable<number>,
): Map<number, Effective> {
  const strengths = [0, 1, 2, 3].map(() => new Float64Array(size).fill(NONE))
  const queue: number[] = []
  for (let node = 0; node < size; node++) {
    const own = stated(node)
    if (own === undefined) continue
    const { environment, sensitivity, tier } = own
    if (environment !== undefined) {
      const severity = environments.indexOf(environment)
      strengths[0]![node] = severity * ORIGINS + node
      strengths[1]![node] = (3 - severity) * ORIGINS + node
    }
    if (sensitivity !== undefined) strengths[2]![node] = (3 - sensitivities.indexOf(sensitivity)) * WORTH + node
    if (tier !== undefined) strengths[3]![node] = tier * WORTH + node
    if (environment !== undefined || sensitivity !== undefined || tier !== undefined) queue.push(node)
  }
  const reached = new Set(queue)
  for (let head = 0; head < queue.length; head++) {
    const node = queue[head]!
    for (const child of contained(node)) {
      if (stated(child) === undefined) continue
      let better = false
      for (let which = 0; which < 4; which++) {
        const offered = strengths[which]![node]! + steps[which]!
        if (offered < strengths[which]![child]!) {
          strengths[which]![child] = offered
          better = true
        }
      }
      if (better) {
        queue.push(child)
        reached.add(child)
      }
    }
  }
  return new Map([...reached].map((node) => [node, decode(strengths.map((strength) => strength[node]!))]))
}

function decode([severe, mild, worth, tier]: number[]): Effective {
  const effective: Effective = {}
  if (severe! < NONE) {
    const severity = Math.floor(severe! / ORIGINS) % 16
    const other = 3 - (Math.floor(mild! / ORIGINS) % 16)
    effective.environment = environments[severity]!
    effective.environmentFrom = severe! % ORIGINS
    if (other !== severity) effective.environmentDisputed = environments[other]!
  }
  if (worth! < NONE) {
    effective.sensitivity = sensitivities[3 - Math.floor(worth! / WORTH)]!
    effective.sensitivityFrom = worth! % ORIGINS
  }
  if (tier! < NONE) {
    effective.tier = Math.floor(tier! / WORTH) as Tier
    effective.tierFrom = tier! % ORIGINS
  }
  return effective
}
