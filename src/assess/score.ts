import type { Entity, Finding, Owasp, Severity } from '../sdk/index.ts'
import { OWASP, RATING, type Weights } from './frameworks/owasp.ts'
import { levelOf } from './reach.ts'

export interface ScorePart {
  factor: 'exploitability' | 'prevalence' | 'detectability' | 'impact' | 'breadth' | 'reach' | 'sensitivity'
  /** Whole points. */
  points: number
  most: number
  /** Where the points come from, a sentence. */
  says: string
}

/** From 0, nothing is known to be wrong, to 100. The total is the sum of the parts, each a whole number. */
export interface Score {
  total: number
  parts: ScorePart[]
}

export interface Scored {
  /** Open failed findings about the identity, its credentials, their copies and the workloads that run as it. */
  findings: readonly Pick<Finding, 'severity' | 'owasp' | 'title'>[]
  /** Resources it reaches; counted to 100. */
  reached: number
  /** The most sensitive of them. */
  mostSensitive: Entity | undefined
}

const GRAVITY: Readonly<Record<Severity, number>> = { critical: 1, high: 0.8, medium: 0.5, low: 0.25, info: 0.1 }
const MOST = {
  exploitability: 20,
  prevalence: 10,
  detectability: 10,
  impact: 20,
  breadth: 10,
  reach: 15,
  sensitivity: 15,
} as const
const LEVEL_WORD = [
  'public, or of unknown sensitivity',
  'internal',
  'confidential or in production',
  'restricted or of tier 0',
] as const

/**
 * One number for an identity. OWASP's four ratings of a risk each give their share of points, lessened by how severe the
 * worst finding with that rating is; the number of findings, what is reached and how sensitive it is give the rest.
 */
export function score({ findings, reached, mostSensitive }: Scored): Score {
  const parts: ScorePart[] = [
    ...(['exploitability', 'prevalence', 'detectability', 'impact'] as const).map((factor) => rated(factor, findings)),
    breadth(findings.length),
    reach(reached),
    sensitivity(mostSensitive),
  ]
  return { total: parts.reduce((sum, part) => sum + part.points, 0), parts }
}

function rated(factor: keyof Weights, findings: Scored['findings']): ScorePart {
  const most = MOST[factor]
  let best: { points: number; says: string } | undefined
  for (const { severity, owasp, title } of findings) {
    for (const id of owasp) {
      const weight = OWASP[id].weights[factor]
      const points = Math.round(most * (weight / 3) * GRAVITY[severity])
      if (best === undefined || points > best.points)
        best = {
          points,
          says: `${points} of ${most}: ${id}, ${RATING[factor][weight]}, by a finding of severity ${severity}: ${title}.`,
        }
    }
  }
  return { factor, most, ...(best ?? { points: 0, says: `0 of ${most}: no finding is open.` }) }
}

function breadth(count: number): ScorePart {
  const most = MOST.breadth
  const points = Math.min(most, 2 * Math.max(0, count - 1))
  const says =
    count < 2
      ? `${points} of ${most}: ${count === 0 ? 'no finding is' : 'one finding alone is'} open.`
      : `${points} of ${most}: ${count} findings are open at once.`
  return { factor: 'breadth', points, most, says }
}

function reach(count: number): ScorePart {
  const most = MOST.reach
  const points = Math.min(most, Math.round((most * Math.log10(1 + count)) / 2))
  const says = `${points} of ${most}: it reaches ${count === 0 ? 'no resource that was read' : count === 1 ? 'one resource' : `${count >= 100 ? '100 or more' : count} resources`}.`
  return { factor: 'reach', points, most, says }
}

function sensitivity(entity: Entity | undefined): ScorePart {
  const most = MOST.sensitivity
  const level = entity ? levelOf(entity) : 0
  const points = (most / 3) * level
  const says = entity
    ? `${points} of ${most}: ${entity.name.slice(0, 80)}, which it reaches, is ${LEVEL_WORD[level]}.`
    : `0 of ${most}: nothing sensitive is known among what it reaches.`
  return { factor: 'sensitivity', points, most, says }
}

/** The OWASP ids that have a title, in their order. */
export const owaspIds = Object.keys(OWASP) as Owasp[]
