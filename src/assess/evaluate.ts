import {
  type CheckContext,
  type Entity,
  type Former,
  follow,
  judgeSubject,
  type Kind,
  messageOf,
  type Neighbour,
  type Outcome,
  type Rule,
  type Step,
  type Subject,
  type Surroundings,
  unknown,
} from '../sdk/index.ts'
import { paramsOf } from './own/params.ts'

/** The estate as assess sees it: what rules see, and all that is in it, always in the same order. */
export interface View extends Surroundings {
  entities(): Iterable<Entity>
}

/** One verdict: a rule about one subject. */
export interface Evaluated {
  rule: Rule
  subject: Entity
  outcome: Outcome
}

export interface EvaluateOptions {
  now: Date
  /** Rule id → settings that differ from the rule's defaults. */
  params?: Readonly<Record<string, unknown>>
  /** Keys of the subjects to judge; all when left out. */
  only?: ReadonlySet<string>
}

/** The verdicts about one subject: that of `rules[n]` is `outcomes[n]`. */
export interface Judged {
  subject: Entity
  rules: readonly Rule[]
  outcomes: readonly Outcome[]
}

/** A rule with what does not change from subject to subject. */
interface Ready {
  rule: Rule
  check: Rule['check']
  needs: readonly string[] | undefined
  context: CheckContext<unknown>
  /** That which is being judged: `along` gives what stands along the rule's paths from it. */
  subject: { entity: Entity; along: Subject['along']; before: Subject['before'] }
}

/** The rules about one type. */
interface Asked {
  ready: readonly Ready[]
  rules: readonly Rule[]
}

/** What `judgements` gives, verdict by verdict. */
export function* evaluate(estate: View, rules: readonly Rule[], options: EvaluateOptions): Generator<Evaluated> {
  for (const { subject, rules: asked, outcomes } of judgements(estate, rules, options))
    for (let n = 0; n < asked.length; n++) yield { rule: asked[n]!, subject, outcome: outcomes[n]! }
}

/**
 * Every verdict of every rule about every subject, subjects in the estate's order, rules in the given order. Pure: it reads
 * no clock and no database. A rule that throws on a subject leaves that verdict unknown, with what was thrown.
 */
export function* judgements(estate: View, rules: readonly Rule[], options: EvaluateOptions): Generator<Judged> {
  const walk = new Walk(estate)
  const rulesFor = byType(ready(rules, options, walk))
  for (const subject of options.only ? picked(estate, options.only) : estate.entities()) {
    const asked = rulesFor(subject.kind, subject.type)
    if (asked.rules.length === 0) continue
    walk.from(subject.key)
    yield { subject, rules: asked.rules, outcomes: askAll(asked.ready, subject, estate) }
  }
}

function askAll(ready: readonly Ready[], subject: Entity, estate: View): Outcome[] {
  const outcomes: Outcome[] = new Array(ready.length)
  for (let n = 0; n < ready.length; n++) outcomes[n] = ask(ready[n]!, subject, estate)
  return outcomes
}

function ask(one: Ready, entity: Entity, estate: View): Outcome {
  const { subject } = one
  subject.entity = entity
  try {
    return one.needs === undefined
      ? one.check.call(one.rule, subject, one.context)
      : judgeSubject(one.rule, subject, estate, one.context)
  } catch (error) {
    return unknown(`the rule could not judge this: ${messageOf(error).slice(0, 200)}`)
  }
}

const nobody = { kind: 'identity', type: 'nobody', key: 'nobody:', name: 'nobody', attributes: {} } satisfies Entity

function ready(rules: readonly Rule[], { now, params = {} }: EvaluateOptions, walk: Walk): Ready[] {
  return rules.map((rule) => ({
    rule,
    check: rule.check,
    needs: rule.needs,
    context: { now, params: paramsOf(rule, params[rule.id]) },
    subject: { entity: nobody, along: walk.along(rule), before: walk.before(rule) },
  }))
}

/**
 * Rules often follow the same paths, and often decide before they look along any: each path is walked when a rule first looks, and
 * once for a subject. Paths are numbered by what they say.
 */
class Walk {
  readonly #estate: View
  readonly #numbers = new Map<string, number>()
  readonly #ends: (readonly Neighbour[] | undefined)[] = []
  #subject = ''

  constructor(estate: View) {
    this.#estate = estate
  }

  from(subject: string): void {
    this.#subject = subject
    this.#ends.fill(undefined)
  }

  /** One object for a rule, whatever the subject: its properties look from the subject of the moment. */
  along(rule: Rule): Subject['along'] {
    const along = {}
    for (const [name, path] of Object.entries(rule.along ?? {})) {
      const number = this.#number(path)
      Object.defineProperty(along, name, { enumerable: true, get: () => this.#walk(number, path) })
    }
    return along
  }

  /** The same for what the rule remembers: nothing is looked up for the many rules that remember nothing. */
  before(rule: Rule): Subject['before'] {
    if (rule.remembers === undefined) return nothing
    const before = {}
    for (const name of rule.remembers)
      Object.defineProperty(before, name, {
        enumerable: true,
        get: () => this.#estate.before?.(this.#subject, name) ?? never,
      })
    return before
  }

  #number(path: readonly Step[]): number {
    const text = path.join(' ')
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    this.#numbers.set(text, this.#ends.length)
    return this.#ends.push(undefined) - 1
  }

  #walk(number: number, path: readonly Step[]): readonly Neighbour[] {
    this.#ends[number] ??= follow(this.#subject, path, this.#estate)
    return this.#ends[number]
  }
}

const nothing: Subject['before'] = Object.freeze({})
const never: readonly Former[] = Object.freeze([])

/** The rules about a type, worked out once for each type that occurs. */
function byType(rules: readonly Ready[]): (kind: Kind, type: string) => Asked {
  const known = new Map<string, Map<string, Asked>>()
  return (kind, type) => {
    let ofKind = known.get(kind)
    if (ofKind === undefined) {
      ofKind = new Map()
      known.set(kind, ofKind)
    }
    let asked = ofKind.get(type)
    if (asked === undefined) {
      const of = rules.filter(({ rule: { about } }) => about.kind === kind && (about.types?.includes(type) ?? true))
      asked = { ready: of, rules: of.map(({ rule }) => rule) }
      ofKind.set(type, asked)
    }
    return asked
  }
}

function* picked(estate: View, keys: ReadonlySet<string>): Generator<Entity> {
  for (const key of keys) {
    const entity = estate.get(key)
    if (entity) yield entity
  }
}
