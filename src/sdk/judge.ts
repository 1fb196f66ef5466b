import {
  type CheckContext,
  type Former,
  type Neighbour,
  type Outcome,
  type Rule,
  type Step,
  type Subject,
  unknown,
} from './contracts.ts'
import type { Edge, Entity, Verb } from './model.ts'

/** The least that a rule's subject is made from: a graph in memory. */
export interface Surroundings {
  get(key: string): Entity | undefined
  /** Edges that leave the key, or arrive at it, with the verb. */
  edges(key: string, direction: 'out' | 'in', verb: Verb): Iterable<Edge>
  /** Why the type, as far as the subject's sources yield it, was not read completely; undefined when it was. */
  incomplete(type: string, subject: Entity): { reason: string; permission?: string } | undefined
  /** The values that an attribute had before the present one, oldest first; left out by a graph without a past. */
  before?(key: string, attribute: string): readonly Former[]
  /** What `follow` gives, for a graph that finds it faster than edge by edge. */
  follow?(start: string, path: readonly Step[]): readonly Neighbour[]
}

/** What a rule says of one entity, completeness included. */
export function judge<Params>(
  rule: Rule<Params>,
  entity: Entity,
  around: Surroundings,
  context: CheckContext<Params>,
): Outcome {
  const along: Record<string, readonly Neighbour[]> = {}
  for (const name in rule.along) along[name] = follow(entity.key, rule.along[name]!, around)
  const before: Record<string, readonly Former[]> = {}
  for (const name of rule.remembers ?? []) before[name] = around.before?.(entity.key, name) ?? never
  return judgeSubject(rule, { entity, along, before }, around, context)
}

/** The same of a subject at hand, for who asks many rules about one entity and shares what their paths have in common. */
export function judgeSubject<Params>(
  rule: Rule<Params>,
  subject: Subject,
  around: Surroundings,
  context: CheckContext<Params>,
): Outcome {
  const outcome = rule.check(subject, context)
  const leansOnAbsence = outcome.verdict === 'pass' || (outcome.verdict === 'fail' && rule.failsOnAbsence === true)
  if (!leansOnAbsence || rule.needs === undefined) return outcome
  for (const type of rule.needs) {
    const missing = around.incomplete(type, subject.entity)
    if (missing) return unknown(missing.reason, missing.permission)
  }
  return outcome
}

const none: readonly Neighbour[] = Object.freeze([])
const never: readonly Former[] = Object.freeze([])

/** What stands at the end of a path of verbs, each key once, in order of key. */
export function follow(start: string, path: readonly Step[], around: Surroundings): readonly Neighbour[] {
  if (around.follow) return around.follow(start, path)
  let starts: Iterable<string> = [start]
  let ends: Map<string, Edge> | undefined
  for (const step of path) {
    const out = step.startsWith('>')
    const verb = step.slice(1) as Verb
    ends = undefined
    for (const key of starts) {
      for (const edge of around.edges(key, out ? 'out' : 'in', verb)) {
        const end = out ? edge.to : edge.from
        ends ??= new Map()
        if (!ends.has(end)) ends.set(end, edge)
      }
    }
    if (ends === undefined) return none
    starts = ends.keys()
  }
  if (ends === undefined) return none
  const found: Neighbour[] = []
  for (const [key, edge] of ends) found.push({ key, entity: around.get(key) ?? null, edge })
  return found.length === 1 ? found : found.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
}
