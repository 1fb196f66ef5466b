import {
  type CheckContext,
  type Entity,
  follow,
  judge,
  type Kind,
  messageOf,
  type Neighbour,
  type Outcome,
  ReeveError,
  type Rule,
  type Step,
  type Surroundings,
  unknown,
} from '../sdk/index.ts'

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

/** A rule with what does not change from subject to subject. */
interface Ready {
  rule: Rule
  context: CheckContext<unknown>
}

/**
 * Every verdict of every rule about every subject, subjects in the estate's order, rules in the given order. Pure: it reads
 * no clock and no database. A rule that throws on a subject leaves that verdict unknown, with what was thrown.
 */
export function* evaluate(estate: View, rules: readonly Rule[], options: EvaluateOptions): Generator<Evaluated> {
  const rulesFor = byType(ready(rules, options))
  const walk = sharedWalk(rules, estate)
  for (const subject of options.only ? picked(estate, options.only) : estate.entities()) {
    const asked = rulesFor(subject.kind, subject.type)
    if (asked.length === 0) continue
    const ends = walk(subject.key)
    for (const { rule, context } of asked) {
      yield { rule, subject, outcome: ask(rule, subject, estate, context, ends) }
    }
  }
}

function ask(
  rule: Rule,
  subject: Entity,
  estate: View,
  context: CheckContext<unknown>,
  ends: (path: readonly Step[]) => readonly Neighbour[],
): Outcome {
  try {
    return judge(rule, subject, estate, context, ends)
  } catch (error) {
    return unknown(`the rule could not judge this: ${messageOf(error).slice(0, 200)}`)
  }
}

function ready(rules: readonly Rule[], { now, params = {} }: EvaluateOptions): Ready[] {
  return rules.map((rule) => ({ rule, context: { now, params: paramsOf(rule, params[rule.id]) } }))
}

function paramsOf(rule: Rule, given: unknown): unknown {
  if (rule.params === undefined) return {}
  const parsed = rule.params.safeParse(given ?? {})
  if (parsed.success) return parsed.data
  throw new ReeveError(
    'assess/params',
    `setting up rule ${rule.id}: ${parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
    {
      fields: { rule: rule.id },
    },
  )
}

/** The rules about a type, worked out once for each type that occurs. */
function byType(rules: readonly Ready[]): (kind: Kind, type: string) => readonly Ready[] {
  const known = new Map<string, readonly Ready[]>()
  return (kind, type) => {
    const name = `${kind} ${type}`
    const seen = known.get(name)
    if (seen) return seen
    const asked = rules.filter(({ rule: { about } }) => about.kind === kind && (about.types?.includes(type) ?? true))
    known.set(name, asked)
    return asked
  }
}

/** Rules often follow the same paths: each is walked at most once for a subject. Paths are numbered by what they say. */
function sharedWalk(
  rules: readonly Rule[],
  estate: View,
): (key: string) => (path: readonly Step[]) => readonly Neighbour[] {
  const numbers = new Map<readonly Step[], number>()
  const texts = new Map<string, number>()
  for (const path of rules.flatMap((rule) => Object.values(rule.along ?? {}))) {
    const text = path.join(' ')
    if (!texts.has(text)) texts.set(text, texts.size)
    numbers.set(path, texts.get(text)!)
  }
  const ends: (readonly Neighbour[] | undefined)[] = new Array(texts.size).fill(undefined)
  let subject = ''
  const walk = (path: readonly Step[]): readonly Neighbour[] => {
    const number = numbers.get(path)!
    ends[number] ??= follow(subject, path, estate)
    return ends[number]
  }
  return (key) => {
    subject = key
    ends.fill(undefined)
    return walk
  }
}

function* picked(estate: View, keys: ReadonlySet<string>): Generator<Entity> {
  for (const key of keys) {
    const entity = estate.get(key)
    if (entity) yield entity
  }
}
