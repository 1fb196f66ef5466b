import { addBits, type Bits, bitsOf, emptyBits, setBit } from './bits.ts'
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

/** So many actions are kept in mind; each takes two sets. */
const REMEMBERED = 512

/** What rules say of one action: whom they allow or deny everything, what they say of named objects, and the rest to look at. */
export interface Spoken {
  allowed: Bits
  denied: Bits
  named: ReadonlyMap<string, readonly Rule[]>
  rest: readonly Rule[]
  /** All of them. */
  rules: readonly Rule[]
}

/** Rules by the action, and then by the object, they speak of. */
export class RuleSet {
  readonly rules: readonly Rule[]
  readonly #size: number
  readonly #index = new PatternIndex()
  readonly #complements: number[] = []
  readonly #asked = new Map<string, Spoken>()

  constructor(size: number, rules: readonly Rule[]) {
    this.rules = rules
    this.#size = size
    for (const [id, { actions }] of rules.entries()) {
      if (actions.not) this.#complements.push(id)
      else for (const pattern of new Set(actions.patterns)) this.#index.add(pattern, id)
    }
  }

  /** Of an action in lower case. */
  for(action: string): Spoken {
    const known = this.#asked.get(action)
    if (known) return known
    const ids = new Set<number>()
    this.#index.find(action, (found) => {
      for (const id of found) ids.add(id)
    })
    for (const id of this.#complements) if (actionFits(this.rules[id]!, action)) ids.add(id)
    const spoken = this.#sorted([...ids].map((id) => this.rules[id]!))
    if (this.#asked.size >= REMEMBERED) this.#asked.clear()
    this.#asked.set(action, spoken)
    return spoken
  }

  #sorted(rules: readonly Rule[]): Spoken {
    const [allowed, denied] = [emptyBits(this.#size), emptyBits(this.#size)]
    const named = new Map<string, Rule[]>()
    const rest: Rule[] = []
    for (const rule of rules) {
      const { not, everything, whole, globs, variable } = rule.resources
      if (everything && !not && rule.condition.length === 0) addMembers(rule.allow ? allowed : denied, rule.members)
      else if (not || everything || globs.length > 0 || variable.length > 0) rest.push(rule)
      else
        for (const resource of whole) {
          const list = named.get(resource)
          if (list) list.push(rule)
          else named.set(resource, [rule])
        }
    }
    return { allowed, denied, named, rest, rules }
  }
}

export function addMembers(into: Bits, members: Members): void {
  if (members instanceof Uint32Array) addBits(into, members)
  else for (const member of members) setBit(into, member)
}

export const actionFits = ({ actions }: Pick<Rule, 'actions'>, action: string): boolean =>
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
