import { type CheckContext, type Neighbour, type Outcome, type Rule, type Step, type Subject, unknown } from './contracts.ts'
import type { Edge, Entity, Verb } from './model.ts'

/** The least that a rule's subject is made from: a graph in memory. */
export interface Surroundings {
  get(key: string): Entity | undefined
  /** Edges that leave the key, or arrive at it, with the verb. */
  edges(key: string, direction: 'out' | 'in', verb: Verb): Iterable<Edge>
  /** Why the type, as far as the subject's sources yield it, was not read completely; undefined when it was. */
  incomplete(type: string, subject: Entity): { reason: string; permission?: string } | undefined
}

/** What a rule says of one subject, completeness included: the only way a rule is ever asked. */
export function judge<Params>(
  rule: Rule<Params>,
  entity: Entity,
  around: Surroundings,
  context: CheckContext<Params>,
): Outcome {
  const outcome = rule.check(subjectOf(rule, entity, around), context)
  const leansOnAbsence = outcome.verdict === 'pass' || (outcome.verdict === 'fail' && rule.failsOnAbsence === true)
  if (!leansOnAbsence || rule.needs === undefined) return outcome
  for (const type of rule.needs) {
    const missing = around.incomplete(type, entity)
    if (missing) return unknown(missing.reason, missing.permission)
  }
  return outcome
}

function subjectOf(rule: Rule, entity: Entity, around: Surroundings): Subject {
  const along: Record<string, Neighbour[]> = {}
  for (const name in rule.along) along[name] = follow(entity.key, rule.along[name]!, around)
  return { entity, along }
}

function follow(start: string, path: readonly Step[], around: Surroundings): Neighbour[] {
  let ends = new Map<string, Edge | undefined>([[start, undefined]])
  for (const step of path) {
    const out = step.startsWith('>')
    const verb = step.slice(1) as Verb
    const next = new Map<string, Edge | undefined>()
    for (const key of ends.keys()) {
      for (const edge of around.edges(key, out ? 'out' : 'in', verb)) {
        const end = out ? edge.to : edge.from
        if (!next.has(end)) next.set(end, edge)
      }
    }
    ends = next
  }
  return [...ends]
    .filter((end): end is [string, Edge] => end[1] !== undefined)
    .map(([key, edge]) => ({ key, entity: around.get(key) ?? null, edge }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
}
