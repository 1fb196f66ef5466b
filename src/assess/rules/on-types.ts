import type { RuleCase } from '../../sdk/index.ts'

/**
 * Cases of a rule about a whole kind, and of each type one that fails and one that does not: the types are those that providers
 * yield, so that for each of them it is written down, and tried, what the rule says of it.
 */
export function onTypes(types: readonly string[], cases: readonly RuleCase[]): RuleCase[] {
  const fails = cases.find(({ expect }) => expect === 'fail')
  const holds = cases.find(({ expect }) => expect === 'pass') ?? cases.find(({ expect }) => expect === 'not-applicable')
  const both = [fails, holds].filter((one) => one !== undefined)
  return [...cases, ...types.flatMap((type) => both.map((given) => ofType(type, given)))]
}

const ofType = (type: string, { name, entities, ...given }: RuleCase): RuleCase => ({
  ...given,
  name: `${name}, of type ${type}`,
  entities: entities.map((one) => (one.key === given.subject ? { ...one, type } : one)),
})
