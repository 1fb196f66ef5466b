import { Environment, type Kind, Sensitivity, type Tier } from '../sdk/index.ts'
import { kinds, UNDESCRIBED } from './conduct.ts'

/** What the search knows of a node: kind, environment, sensitivity and tier in eleven bits; zero in the last three is not known. */
export interface Facts {
  kind: Kind | null
  environment: Environment | null
  sensitivity: Sensitivity | null
  tier: Tier | null
}

const ENVIRONMENT = 3
const SENSITIVITY = 6
const TIER = 9

const placeIn = (list: readonly unknown[], value: unknown): number => list.indexOf(value) + 1

export const factsOf = ({ kind, environment, sensitivity, tier }: Facts): number =>
  (kind === null ? UNDESCRIBED : kinds.indexOf(kind)) |
  (placeIn(Environment.options, environment) << ENVIRONMENT) |
  (placeIn(Sensitivity.options, sensitivity) << SENSITIVITY) |
  ((tier === null ? 0 : tier + 1) << TIER)

/** Nothing describes it. */
export const NO_FACTS = factsOf({ kind: null, environment: null, sensitivity: null, tier: null })

export const kindOf = (facts: number): number => facts & 7
export const sensitivityOf = (facts: number): Sensitivity | null =>
  Sensitivity.options[((facts >> SENSITIVITY) & 7) - 1] ?? null
export const tierOf = (facts: number): Tier | null => ([null, 0, 1, 2] as const)[(facts >> TIER) & 3]!
export const environmentOf = (facts: number): Environment | null =>
  Environment.options[((facts >> ENVIRONMENT) & 7) - 1] ?? null

const isResource = (facts: number): boolean => kinds[kindOf(facts)] === 'resource'

/** The sets a path may aim at, the first three each part of the next. Tier 0 may be of any kind; what only its content makes worth is a resource. */
export const aims = {
  'tier-zero': (facts: number): boolean => tierOf(facts) === 0,
  'crown-jewels': (facts: number): boolean =>
    tierOf(facts) === 0 || (isResource(facts) && sensitivityOf(facts) === 'restricted'),
  sensitive: (facts: number): boolean =>
    tierOf(facts) === 0 ||
    (isResource(facts) &&
      (['restricted', 'confidential'].includes(sensitivityOf(facts) ?? '') ||
        tierOf(facts) === 1 ||
        environmentOf(facts) === 'production')),
  /** What everybody sees, and what is changed there everybody gets. Not a part of the others. */
  public: (facts: number): boolean => isResource(facts) && sensitivityOf(facts) === 'public',
} as const

/** What is worth most first: tier 0, then by sensitivity, then tier 1, then production. */
export const worthOf = (facts: number): number =>
  (tierOf(facts) === 0 ? 100 : 0) +
  placeIn(Sensitivity.options, sensitivityOf(facts)) * 10 +
  (tierOf(facts) === 1 ? 5 : 0) +
  (environmentOf(facts) === 'production' ? 3 : 0)
