/** The smallest policy that keeps every call that was seen, and the proof: each of them asked again of the smaller one. */
import { decide } from '../decide.ts'
import { globMatches, hasWildcard } from '../glob.ts'
import type { Grants, Statement } from '../model.ts'
import type { Verdict } from '../verdict.ts'
import { readDocument } from './document.ts'
import type { AwsEstate } from './estate.ts'
import type { Call } from './read-used.ts'

interface PolicyStatement {
  Effect: 'Allow'
  Action: string[]
  Resource: string[]
  Condition?: Record<string, Record<string, string[]>>
}

export interface Least {
  policy: { Version: '2012-10-17'; Statement: PolicyStatement[] }
  /** Each call that was seen: could it be done before, and with the smaller policy? */
  replay: { action: string; resource: string; before: Verdict; after: Verdict }[]
  /** Calls that were seen although nothing known grants them: a policy of the object does, or one that is gone. */
  ungranted: string[]
  /** Statements of today that no call needed. */
  unneeded: string[]
}

export function leastPolicy(estate: AwsEstate, principal: number, calls: readonly Call[]): Least {
  const { grants } = estate
  const allowing = estate.holders[principal]!.policies.flatMap((policy) => policy.statements).filter(
    ({ effect }) => effect === 'allow',
  )
  const needed = new Set<Statement>()
  const parts = new Map<string, PolicyStatement>()
  const ungranted: string[] = []
  const kept: { call: Call; resource: string }[] = []
  for (const call of calls) {
    const granting = allowing.filter((statement) => grantsCall(statement, call))
    if (granting.length === 0) ungranted.push(`${call.action} on ${call.resource ?? 'something not recorded'}`)
    // The narrowest statement is enough; its condition goes with it.
    const [narrowest] = granting.toSorted((one, other) => width(one) - width(other))
    if (narrowest === undefined) continue
    needed.add(narrowest)
    const resources =
      call.resource !== undefined
        ? [call.resource]
        : narrowest.resources.not
          ? ['*']
          : [...narrowest.resources.patterns]
    for (const resource of call.resource === undefined ? resources.map(example) : resources)
      kept.push({ call, resource })
    const condition = conditionOf(narrowest)
    const key = JSON.stringify([resources.toSorted(), condition])
    const part = parts.get(key) ?? {
      Effect: 'Allow',
      Action: [],
      Resource: resources.toSorted(),
      ...(condition && { Condition: condition }),
    }
    if (!part.Action.includes(call.action)) part.Action.push(call.action)
    parts.set(key, part)
  }
  const policy = {
    Version: '2012-10-17' as const,
    Statement: [...parts.values()].map((part) => ({ ...part, Action: part.Action.toSorted() })),
  }
  const smaller = holdingOnly(grants, principal, policy)
  return {
    policy,
    replay: kept.map(({ call: { action }, resource }) => ({
      action,
      resource,
      before: decide(grants, principal, { action, resource }).verdict,
      after: decide(smaller, principal, { action, resource }).verdict,
    })),
    ungranted: [...new Set(ungranted)],
    unneeded: allowing.filter((statement) => !needed.has(statement)).map(({ from }) => from),
  }
}

const example = (pattern: string): string =>
  pattern === '*' ? '*' : pattern.replaceAll('*', 'reeve').replaceAll('?', 'r')

const grantsCall = ({ actions, resources }: Statement, { action, resource }: Call): boolean => {
  const fits = (patterns: readonly string[], text: string) => patterns.some((pattern) => globMatches(pattern, text))
  return (
    fits(
      actions.patterns.map((one) => one.toLowerCase()),
      action.toLowerCase(),
    ) !== actions.not &&
    (resource === undefined ||
      fits(
        resources.patterns.map((one) => one.replaceAll(/\$\{[^{}]*\}/g, '*')),
        resource,
      ) !== resources.not)
  )
}

const width = ({ actions, resources }: Statement): number =>
  [actions, resources].reduce(
    (sum, { not, patterns }) =>
      sum + (not ? 1000 : patterns.reduce((all, one) => all + (one === '*' ? 100 : hasWildcard(one) ? 10 : 1), 0)),
    0,
  )

function conditionOf({ condition }: Statement): PolicyStatement['Condition'] {
  if (condition.length === 0) return undefined
  const written: Record<string, Record<string, string[]>> = {}
  for (const {
    written: { operator, key },
    values,
  } of condition)
    written[operator] = { ...written[operator], [key]: [...values] }
  return written
}

/** The same world, in which one holds a policy instead of all he held; what denied him still does. */
function holdingOnly(grants: Grants, principal: number, document: unknown): Grants {
  const read = readDocument('the smaller policy', document)
  const policy = 'policy' in read ? read.policy : { name: '', statements: [] }
  const denying = grants.held
    .filter(({ holders }) => holders.includes(principal))
    .map(({ policy: { name, statements } }) => ({
      policy: { name, statements: statements.filter(({ effect }) => effect === 'deny') },
      holders: [principal],
    }))
  return {
    ...grants,
    held: [
      ...grants.held.map((one) => ({ ...one, holders: one.holders.filter((holder) => holder !== principal) })),
      ...denying,
      { policy, holders: [principal] },
    ],
  }
}
