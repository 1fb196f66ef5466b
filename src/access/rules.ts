import { type Bits, bitsOf } from './bits.ts'
import type { Condition, Context } from './condition.ts'
import { holds } from './condition.ts'
import { type Resources, resourceFits, resourcesOf } from './fits.ts'
import { globMatches } from './glob.ts'
import type { Grants, Patterns, Question, Statement, Who } from './model.ts'
import { PatternIndex } from './pattern-index.ts'
import { both, type Verdict } from './verdict.ts'

/** Who a rule is for: a list while they are few, a set when they are many. */
export type Members = Bits | readonly number[]

/** A statement ready to be asked, with those it is for. */
export interface Rule {
  allow: boolean
  actions: Patterns
  resources: Resources
  condition: Condition
  who: Who | undefined
  members: Members
}

export const ruleOf = (statement: Statement, members: Members): Rule => ({
  allow: statement.effect === 'allow',
  actions: { not: statement.actions.not, patterns: statement.actions.patterns.map((one) => one.toLowerCase()) },
  resources: resourcesOf(statement.resources),
  condition: statement.condition,
  who: statement.who,
  members,
})

/** Sets pay off once a list would be longer than they are. */
export const membersOf = (size: number, members: readonly number[]): Members =>
  members.length > size >>> 5 ? bitsOf(size, members) : members

/** Below this many rules a look at each is quicker than an index. */
const FEW = 8
const REMEMBERED = 4096

/** Rules by the action they speak of. */
export class RuleSet {
  readonly rules: readonly Rule[]
  readonly #index: PatternIndex | undefined
  readonly #complements: readonly number[]
  readonly #asked = new Map<string, readonly Rule[]>()

  constructor(rules: readonly Rule[]) {
    this.rules = rules
    this.#complements = []
    if (rules.length <= FEW) return
    this.#index = new PatternIndex()
    const complements: number[] = []
    for (const [id, { actions }] of rules.entries()) {
      if (actions.not) complements.push(id)
      else for (const pattern of new Set(actions.patterns)) this.#index.add(pattern, id)
    }
    this.#complements = complements
  }

  /** The rules that speak of an action, given in lower case. */
  for(action: string): readonly Rule[] {
    if (this.#index === undefined) return this.rules.filter((rule) => actionFits(rule, action))
    const known = this.#asked.get(action)
    if (known) return known
    const ids = new Set<number>()
    this.#index.find(action, (found) => {
      for (const id of found) ids.add(id)
    })
    const rules = [...ids].map((id) => this.rules[id]!)
    for (const id of this.#complements) if (actionFits(this.rules[id]!, action)) rules.push(this.rules[id]!)
    if (this.#asked.size >= REMEMBERED) this.#asked.clear()
    this.#asked.set(action, rules)
    return rules
  }
}

const actionFits = ({ actions }: Rule, action: string): boolean =>
  actions.patterns.some((pattern) => globMatches(pattern, action)) !== actions.not

/** Does the rule apply? Without a principal in the context, as far as that can be said of all alike. */
export const ruleFits = (rule: Rule, resource: string, context: Context): Verdict => {
  const about = resourceFits(rule.resources, resource, context)
  return about === 'no' || rule.condition.length === 0 ? about : both(about, holds(rule.condition, context))
}

/** What is known of a question, first of the request itself, then of every request, the object and the one who asks. */
export const contextOf =
  (grants: Grants, question: Question, principal?: { about: Context }): Context =>
  (key) => {
    const asked = question.request?.get(key)
    if (asked !== undefined) return asked
    const always = grants.always(key)
    if (always !== undefined) return always
    const about = grants.about(question.resource, key)
    return about !== undefined ? about : principal?.about(key)
  }
