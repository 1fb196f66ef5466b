import { type Bits, bitsOf, fullBits } from './bits.ts'
import type { Ceiling, Door, Grants, Policy } from './model.ts'
import { membersOf, type Rule, RuleSet, ruleOf } from './rules.ts'

export interface CompiledCeiling {
  kind: Ceiling['kind']
  members: Bits
  rules: RuleSet
}

export interface CompiledDoor {
  door: Door
  rules: RuleSet
}

/** Grants, ready to be asked who can do what. */
export interface Compiled {
  grants: Grants
  size: number
  everyone: Bits
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
  const doors = grants.doors.map((door) => ({ door, rules: new RuleSet(rulesOf(door.policies, [])) }))
  return {
    grants,
    size,
    everyone: fullBits(size),
    indexOf: new Map(principals.map(({ id }, index) => [id, index])),
    byScope: new Map([...scopes].map(([scope, members]) => [scope, bitsOf(size, members)])),
    passing: bitsOf(
      size,
      principals.keys().filter((index) => principals[index]!.passesOwnCeiling),
    ),
    held: new RuleSet(grants.held.flatMap(({ policy, holders }) => rulesOf([policy], membersOf(size, holders)))),
    ceilings: grants.ceilings.map(({ kind, members, policies }) => {
      const bits = bitsOf(size, members)
      return { kind, members: bits, rules: new RuleSet(rulesOf(policies, bits)) }
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
