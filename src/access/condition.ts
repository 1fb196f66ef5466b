import { literal } from './glob.ts'
import { operators } from './operators.ts'
import { both, either, not, type Verdict, verdictOf } from './verdict.ts'

/** What is known of a condition key: its values; null, it is not in the request; undefined, nobody here can know. */
export type Known = readonly string[] | null | undefined
export type Context = (key: string) => Known

/** One line of a condition: `ForAllValues:StringLikeIfExists`, a key, and what it is held against. */
export interface Test {
  operator: string
  /** A set qualifier: all values of the request, or any of them. */
  over: 'all' | 'any' | undefined
  ifExists: boolean
  key: string
  values: readonly string[]
  /** As the policy writes it. */
  written: { operator: string; key: string }
}
/** A test of what was not read, so that nobody knows how it comes out; `what` says what that is, for people. */
export const notRead = (key: string, value: string, what: string): Test => ({
  operator: 'stringequals',
  over: undefined,
  ifExists: false,
  key,
  values: [value],
  written: { operator: 'was not read:', key: what },
})

/** Every test must hold. None: no condition. */
export type Condition = readonly Test[]

export function holds(condition: Condition, context: Context): Verdict {
  let verdict: Verdict = 'yes'
  for (const test of condition) {
    verdict = both(verdict, testHolds(test, context))
    if (verdict === 'no') return verdict
  }
  return verdict
}

export function testHolds({ operator, over, ifExists, key, values }: Test, context: Context): Verdict {
  const known = context(key)
  if (operator === 'null') {
    if (known === undefined) return 'depends'
    return verdictOf(
      values.some((value) => (value.toLowerCase() === 'true') === (known === null || known.length === 0)),
    )
  }
  const how = operators.get(operator)
  // A word that is no operator: the source would have refused the policy, so nothing is known of what it does.
  if (how === undefined || known === undefined) return 'depends'
  if (known === null || known.length === 0) {
    if (over !== undefined) return verdictOf(over === 'all' || (ifExists && known === null))
    return verdictOf(ifExists || how.negated)
  }
  const each = known.map((value) => {
    const found = anyOf(values.map((wanted) => compare(how.matches, value, wanted, context)))
    return how.negated ? not(found) : found
  })
  const all = over === 'all' || (over === undefined && how.negated)
  return all ? each.reduce(both, 'yes') : anyOf(each)
}

const anyOf = (verdicts: readonly Verdict[]): Verdict => verdicts.reduce(either, 'no')

function compare(
  matches: (value: string, wanted: string) => boolean,
  value: string,
  wanted: string,
  context: Context,
): Verdict {
  const text = withVariables(wanted, context)
  return text === undefined ? 'depends' : verdictOf(text !== null && matches(value, text))
}

const VARIABLE = /\$\{([^{}]*)\}/g

export const hasVariable = (text: string): boolean => text.includes('${')

/**
 * The text with `${aws:username}` and its like filled in, `${key, 'default'}` too. Null when a key is not in the request (nothing can
 * match then), undefined when its value is not known.
 */
export function withVariables(text: string, context: Context): string | null | undefined {
  if (!hasVariable(text)) return text
  let absent = false
  let unknown = false
  const filled = text.replaceAll(VARIABLE, (_, inner: string) => {
    if (inner === '*' || inner === '?' || inner === '$') return literal(inner)
    const [, key = '', fallback] = /^\s*([^,\s]+)\s*(?:,\s*'([^']*)'\s*)?$/.exec(inner) ?? []
    const known = context(key.toLowerCase())
    if (known === undefined) unknown = true
    const value = known?.length === 1 ? known[0] : fallback
    if (value === undefined) absent = true
    return literal(value ?? '')
  })
  return unknown ? undefined : absent ? null : filled
}
