import type { Entity, Place, Surroundings } from '../sdk/index.ts'
import type { View } from './evaluate.ts'
import type { Clue, Sort } from './owner-clue.ts'
import { cluesOf } from './owner-evidence.ts'
import { outOfForce } from './rules/standing.ts'

export interface Suggested {
  person: string
  name: string
  /** Strongest first. */
  because: string[]
  /** The same, each with the sort of evidence it was read from. */
  evidence: { sort: Sort; says: string }[]
  /** high: much speaks for them and little for anybody else; low: something does, and nearly as much for another. */
  confidence: 'high' | 'medium' | 'low'
}

export interface SuggestOptions {
  /** Of the finding at hand: whoever wrote these lines may answer. */
  places?: readonly Place[]
  /** Who said that it is not theirs; besides those whom its attribute `declinedBy` names. */
  declined?: ReadonlySet<string>
}

/** How much must speak for the first, and how many times as much as for the second. */
const SURE = { high: { weight: 5, margin: 1.8 }, medium: { weight: 3, margin: 1.25 } } as const
/** Of one sort the strongest reason counts whole and the others a little: five tags are not five witnesses. */
const FURTHER = 0.2
const MOST_REASONS = 8

/** The living people who answer for it. */
export const accountable = (estate: Surroundings, key: string): Entity[] =>
  [...estate.edges(key, 'in', 'owns')].flatMap((edge) => {
    const person = estate.get(edge.from)
    return person && !outOfForce(person) ? [person] : []
  })

/**
 * The person who most probably answers for a thing, from evidence alone: who is named for it, made it, wrote what declares it, may
 * change it, runs it, answers for what stands beside it. Null where no evidence names somebody who is here. Never an accountable
 * owner by itself.
 */
export function suggestOwner(
  estate: View,
  entity: Entity,
  { places = [], declined }: SuggestOptions = {},
): Suggested | null {
  const refused = entity.attributes['declinedBy']
  const out = (key: string): boolean =>
    declined?.has(key) === true || (Array.isArray(refused) && refused.includes(key)) || isGone(estate.get(key))
  const people = new Map<string, Map<Sort, Clue[]>>()
  for (const clue of cluesOf(estate, entity, places)) {
    if (out(clue.person)) continue
    const sorts = people.get(clue.person) ?? new Map<Sort, Clue[]>()
    people.set(clue.person, sorts)
    const alike = sorts.get(clue.sort) ?? []
    sorts.set(clue.sort, alike)
    if (!alike.some(({ says }) => says === clue.says)) alike.push(clue)
  }
  const weighed = [...people]
    .map(([person, sorts]) => ({ person, sorts, weight: weightOf(sorts) }))
    // To be of the team alone is no reason.
    .filter(({ sorts, weight }) => weight >= 1 || ![...sorts.keys()].every((sort) => sort === 'team'))
    .sort((a, b) => b.weight - a.weight || (a.person < b.person ? -1 : 1))
  const [best, second] = weighed
  if (best === undefined) return null
  const evidence = [...best.sorts.values()]
    .flat()
    .sort((a, b) => b.weight - a.weight || (a.says < b.says ? -1 : 1))
    .slice(0, MOST_REASONS)
    .map(({ sort, says }) => ({ sort, says }))
  const margin = second === undefined ? Number.POSITIVE_INFINITY : best.weight / second.weight
  return {
    person: best.person,
    name: estate.get(best.person)?.name ?? best.person.slice(best.person.indexOf(':') + 1),
    because: evidence.map(({ says }) => says),
    evidence,
    confidence:
      best.weight >= SURE.high.weight && margin >= SURE.high.margin
        ? 'high'
        : best.weight >= SURE.medium.weight && margin >= SURE.medium.margin
          ? 'medium'
          : 'low',
  }
}

function weightOf(sorts: ReadonlyMap<Sort, readonly Clue[]>): number {
  let sum = 0
  for (const alike of sorts.values()) {
    const weights = alike.map(({ weight }) => weight).sort((a, b) => b - a)
    sum += weights[0]! + Math.min(weights[0]!, FURTHER * weights.slice(1).reduce((all, one) => all + one, 0))
  }
  return sum
}

/** Not a person, or one who has left. A person whom nothing describes may be here. */
const isGone = (person: Entity | undefined): boolean =>
  person !== undefined && (person.kind !== 'person' || outOfForce(person) !== null)
