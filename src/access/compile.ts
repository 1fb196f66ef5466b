import { type Bits, bitsOf, emptyBits, fullBits } from './bits.ts'
import type { Ceiling, Door, Grants, Policy } from './model.ts'
import { membersOf, type Rule, RuleSet, ruleOf } from './rules.ts'

/** `sure`: whatever the request says; the same set as `possible` where nothing depends on it. `possible`: those too for whom it depends on the request. */
export interface Answer {
  sure: Bits
  possible: Bits
}

export const emptyAnswer = (size: number): Answer => ({ sure: emptyBits(size), possible: emptyBits(size) })

export interface CompiledCeiling {
  kind: Ceiling['kind']
  members: Bits
  rules: RuleSet
}

export interface CompiledDoor {
  door: Door
  rules: readonly Rule[]
}

/** Grants, ready to be asked who can do what. */
export interface Compiled {
  grants: Grants
  size: number
  everyone: Bits
  nobody: Answer
  /** Sets that one question fills and the next one empties: there are many questions. */
  scratch: Record<'held' | 'named' | 'scoped' | 'denied' | 'allowed', Answer>
  indexOf: ReadonlyMap<string, number>
  byScope: ReadonlyMap<string, Bits>
  /** Those whom a door that names them lets in though their own ceiling is silent. */
  passing: Bits
  held: RuleSet
  ceilings: readonly CompiledCeiling[]
  doors: ReadonlyMap<string, readonly CompiledDoor[]>
  /** Doors of many objects at once: what an organization says of all its buckets. */
  wideDoors: readonly CompiledDoor[]
}

export function compile(grants: Grants): Compiled {
  const { principals } = grants
  const size = principals.length
  const scopes = Map.groupBy(principals.keys(), (index) => principals[index]!.scope)
  const none = emptyBits(size)
  const doors = grants.doors.map((door) => ({ door, rules: rulesOf(door.policies, []) }))
  return {
    grants,
    size,
    everyone: fullBits(size),
    nobody: { sure: none, possible: none },
    scratch: {
      held: emptyAnswer(size),
      named: emptyAnswer(size),
      scoped: emptyAnswer(size),
      denied: emptyAnswer(size),
      allowed: emptyAnswer(size),
    },
    indexOf: new Map(principals.map(({ id }, index) => [id, index])),
    byScope: new Map([...scopes].map(([scope, members]) => [scope, bitsOf(size, members)])),
    passing: bitsOf(
      size,
      principals.keys().filter((index) => principals[index]!.passesOwnCeiling),
    ),
    held: new RuleSet(
      size,
      grants.held.flatMap(({ policy, holders }) => rulesOf([policy], membersOf(size, holders))),
    ),
    ceilings: grants.ceilings.map(({ kind, members, policies }) => {
      const bits = bitsOf(size, members)
      return { kind, members: bits, rules: new RuleSet(size, rulesOf(policies, bits)) }
    }),
    doors: Map.groupBy(
      doors.filter(({ door }) => door.object !== '*'),
      ({ door }) => door.object,
    ),
    wideDoors: doors.filter(({ door }) => door.object === '*'),
  }
}

const rulesOf = (policies: readonly Policy[], members: Rule['members']): Rule[] =>
  policies.flatMap(({ statements }) => statements.map((statement) => ruleOf(statement, members)))
