/** One system as questions are asked of it online: its grants compiled, and how they and the keys of the graph name the same things. */
import { forEachBit, hasBit } from './bits.ts'
import { type Answer, type Compiled, compile } from './compile.ts'
import type { Known } from './condition.ts'
import { type Decision, decide } from './decide.ts'
import type { Grants, Question, Statement } from './model.ts'
import { contextOf } from './rules.ts'
import type { Verdict } from './verdict.ts'
import { whoCan } from './who-can.ts'

export interface Subject {
  /** In the graph. */
  key: string
  /** `aws_iam_user`. */
  type: string
  name: string
  /** Not one who asks: a group, a shadow. */
  passive?: boolean
  /** What of it could not be read. */
  unknown: readonly string[]
}

export interface Thing {
  /** As grants name it. */
  id: string
  key: string
  type: string
  name: string
}

export interface World {
  /** What keys begin with: `aws`. */
  system: string
  compiled: Compiled
  /** By the index of the principal. */
  subjects: readonly Subject[]
  things: readonly Thing[]
  /** By the name that grants have for it. */
  thingAt(id: string): Thing | undefined
  /** The name that grants have for what somebody wrote: a key, an ARN, a name. */
  idOf(text: string): string
  keyOf(id: string): string
  /** Actions worth asking about for one subject and one thing, as the system writes them. */
  actionsOf(index: number, id: string): Promise<readonly string[]>
  /** Where a question is more than one of the compiled form: of a column, whose table gives it too. */
  whoCan?(question: Question): Answer
  explain?(index: number, question: Question): Decision
  /** What was not read and could change the answer, each a sentence. */
  notRead(action: string, id: string): string[]
}

export interface Able {
  subject: Subject
  verdict: Exclude<Verdict, 'no'>
  dependsOn: string[]
}

export interface Who {
  rows: Able[]
  /** Who comes from elsewhere: everybody, services, accounts that were not read, federations. */
  outside: Outsider[]
  notRead: string[]
}

export interface Outsider {
  who: string
  kind: 'everybody' | 'service' | 'scope' | 'federation' | 'principal'
  verdict: Exclude<Verdict, 'no'>
  dependsOn: string[]
  from: string
}

export function worldOf(grants: Grants, rest: Omit<World, 'compiled' | 'thingAt'>): World {
  const things = new Map(rest.things.map((thing) => [thing.id, thing]))
  return { ...rest, thingAt: (id) => things.get(id), compiled: compile(grants) }
}

/** What is known of the request; what is known of the principal, the object or every request is not overruled by who asks. */
export function withRequest(
  world: World,
  question: Question,
  index: number | undefined,
  told: ReadonlyMap<string, Known>,
): Question {
  if (told.size === 0) return question
  const { grants } = world.compiled
  const known = contextOf(grants, question, index === undefined ? undefined : grants.principals[index])
  // Asked of everybody, what is known of anybody is told of nobody: fewer are sure then, and none wrongly.
  const ofAnybody = (key: string) =>
    index === undefined && grants.principals.some(({ about }) => about(key) !== undefined)
  return { ...question, request: new Map([...told].filter(([key]) => known(key) === undefined && !ofAnybody(key))) }
}

/** Everybody who can do this. */
export function whoCanIn(
  world: World,
  action: string,
  resource: string,
  told: ReadonlyMap<string, Known> = new Map(),
): Who {
  const { compiled, subjects } = world
  const id = world.idOf(resource)
  const question = withRequest(world, { action, resource: id }, undefined, told)
  // What the answer gave away belongs to the next question.
  const { sure, possible } = world.whoCan?.(question) ?? whoCan(compiled, question)
  const rows: Able[] = []
  forEachBit(possible, (index) => {
    const subject = subjects[index]
    if (subject === undefined || subject.passive) return
    const certain = hasBit(sure, index) && subject.unknown.length === 0
    const why = hasBit(sure, index) ? [] : explained(world, index, question).dependsOn
    rows.push({ subject, verdict: certain ? 'yes' : 'depends', dependsOn: [...why, ...subject.unknown] })
  })
  return { rows, outside: outsidersOf(world, question), notRead: world.notRead(action, id) }
}

const explained = (world: World, index: number, question: Question): Decision =>
  world.explain?.(index, question) ?? decide(world.compiled.grants, index, question)

export function indexOfSubject(world: World, named: string): number | undefined {
  const at = world.compiled.indexOf.get(world.idOf(named))
  if (at !== undefined && world.subjects[at] !== undefined && !world.subjects[at].passive) return at
  const found = [...world.subjects.keys()].filter(
    (one) => world.subjects[one]!.name === named && !world.subjects[one]!.passive,
  )
  return found.length === 1 ? found[0] : undefined
}

export interface Why extends Decision {
  subject: Subject
  action: string
  resource: string
  unknown: readonly string[]
  notRead: string[]
}

/** Every layer's word on one question; what could not be read of the subject makes a no and a yes uncertain. */
export function whyIn(
  world: World,
  index: number,
  action: string,
  resource: string,
  told: ReadonlyMap<string, Known> = new Map(),
): Why {
  const subject = world.subjects[index]!
  const id = world.idOf(resource)
  const question = withRequest(world, { action, resource: id }, index, told)
  const decision = explained(world, index, question)
  const unsure = subject.unknown.length > 0
  return {
    ...decision,
    verdict: unsure ? 'depends' : decision.verdict,
    because: unsure ? `not all that it holds was read; of what was, ${decision.because}` : decision.because,
    dependsOn: unsure ? [...decision.dependsOn, ...subject.unknown] : decision.dependsOn,
    subject,
    action,
    resource: id,
    unknown: subject.unknown,
    notRead: world.notRead(action, id),
  }
}

/** Whom the object itself lets in from elsewhere, and no denial keeps out altogether. */
export function outsidersOf(world: World, question: Question): Outsider[] {
  const { grants } = world.compiled
  const object = grants.objectOf(question.resource)
  const doors = (world.compiled.doors.get(object) ?? []).filter(
    ({ door }) => door.services?.has(question.action.toLowerCase().split(':')[0]!) ?? true,
  )
  const scopes = new Set(grants.principals.map(({ scope }) => scope))
  const found = new Map<string, Outsider>()
  const add = (kind: Outsider['kind'], who: string, applies: Verdict, dependsOn: string[], from: string) => {
    const known = found.get(`${kind} ${who}`)
    if (applies === 'no' || (known && (known.verdict === 'yes' || applies === 'depends'))) return
    found.set(`${kind} ${who}`, { who, kind, verdict: applies, dependsOn: applies === 'yes' ? [] : dependsOn, from })
  }
  for (const { door } of doors)
    for (const statement of door.policies.flatMap(({ statements }) => statements)) {
      if (statement.effect !== 'allow' || statement.who === undefined) continue
      const one = alone(world, [{ ...statement }])
      const { verdict, dependsOn } = decide(one, 0, question)
      const denied = deniedAltogether(world, door.policies, question)
      const applies: Verdict = denied ? 'no' : verdict
      const { who, from } = statement
      if (who.anyone || who.not)
        add('everybody', who.not ? 'everybody but those it names' : 'everybody', applies, dependsOn, from)
      for (const service of who.services) add('service', service, applies, dependsOn, from)
      for (const federation of who.federations) add('federation', federation, applies, dependsOn, from)
      for (const scope of who.scopes) if (!scopes.has(scope)) add('scope', scope, applies, dependsOn, from)
      for (const id of who.ids) if (!world.compiled.indexOf.has(id)) add('principal', id, applies, dependsOn, from)
    }
  return [...found.values()]
}

/** What these statements alone would say to somebody of whom nothing is known. */
const alone = ({ compiled }: World, statements: Statement[]): Grants => ({
  ...compiled.grants,
  principals: [OUTSIDER],
  held: [{ policy: { name: '', statements }, holders: [0] }],
  ceilings: [],
  doors: [],
  scopeOf: () => undefined,
})

const OUTSIDER = { id: '', kind: 'outside', scope: '', about: () => undefined, passesOwnCeiling: false }

function deniedAltogether(world: World, policies: Grants['doors'][number]['policies'], question: Question): boolean {
  const statements = policies
    .flatMap((policy) => policy.statements)
    .filter(({ effect, who }) => effect === 'deny' && who?.anyone === true)
    .map((statement) => ({ ...statement, effect: 'allow' as const }))
  if (statements.length === 0) return false
  const one = alone(world, statements)
  return decide(one, 0, question).verdict === 'yes'
}
