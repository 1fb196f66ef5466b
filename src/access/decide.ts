/**
 * One principal, one question, every statement read one by one: what `why` shows, and the twin that the sets of `who-can.ts` are
 * held against. It shares the meaning of conditions with them, and nothing of how they find their rules.
 */
import { holds as conditionHolds, withVariables } from './condition.ts'
import { LITERAL_MARK, LITERAL_STAR } from './glob.ts'
import type { Door, Grants, Patterns, Policy, Question, Statement } from './model.ts'
import { contextOf } from './rules.ts'
import { both, either, not, type Verdict, verdictOf } from './verdict.ts'

export interface Layer {
  layer: 'held' | 'door' | 'ceiling'
  name: string
  /** What the layer says by itself. */
  verdict: Verdict
  /** The statements that apply, and how surely. */
  statements: { effect: 'allow' | 'deny'; from: string; applies: Verdict; dependsOn: string[] }[]
}

export interface Decision {
  verdict: Verdict
  /** In a sentence. */
  because: string
  dependsOn: string[]
  layers: Layer[]
}

export function decide(grants: Grants, index: number, question: Question): Decision {
  const principal = grants.principals[index]!
  const layers: Layer[] = []
  let denied: Verdict = 'no'
  let deniedBy = ''

  const read = (layer: Layer['layer'], name: string, policies: readonly Policy[], filter = (_: Statement) => true) => {
    let allowed: Verdict = 'no'
    const statements: Layer['statements'] = []
    for (const statement of policies.flatMap((policy) => policy.statements).filter(filter)) {
      const { applies, dependsOn } = appliesTo(grants, index, question, statement)
      if (applies === 'no') continue
      statements.push({ effect: statement.effect, from: statement.from, applies, dependsOn })
      if (statement.effect === 'allow') allowed = either(allowed, applies)
      else {
        if (denied === 'no' || (denied === 'depends' && applies === 'yes')) deniedBy = statement.from
        denied = either(denied, applies)
      }
    }
    if (name !== '') layers.push({ layer, name, verdict: allowed, statements })
    return allowed
  }

  const { heldBy, doorsOf } = sortedOf(grants)
  const holds = read('held', 'what it holds', heldBy.get(index) ?? [])
  const held = question.granted ? 'yes' : holds
  const object = grants.objectOf(question.resource)
  const own = object === '*' ? [] : (doorsOf.get(object) ?? [])
  const scope = own[0]?.scope ?? grants.scopeOf(question.resource)
  const wide = (doorsOf.get('*') ?? []).filter((door) => door.scope === scope)
  const [service = ''] = question.action.toLowerCase().split(':')
  const doors = [...own, ...wide].filter(({ services }) => services === undefined || services.has(service))
  const home = scope === undefined || scope === principal.scope
  let named: Verdict = question.openDoor && home ? 'yes' : 'no'
  let whole: Verdict = 'no'
  for (const { object: guarded, policies } of doors) {
    const names = (statement: Statement) => {
      const { who } = statement
      return (
        who !== undefined && (who.not ? !who.ids.includes(principal.id) : who.anyone || who.ids.includes(principal.id))
      )
    }
    named = either(named, read('door', `the policy of ${guarded}`, policies, names))
    const scopes = ({ who }: Statement) => who !== undefined && !who.not && who.scopes.includes(principal.scope)
    whole = either(
      whole,
      read('door', `the policy of ${guarded}, for the whole of ${principal.scope}`, policies, scopes),
    )
  }
  const mandatory = doors.some((door) => door.mandatory)
  const granted = home ? either(named, mandatory ? both(whole, held) : held) : both(either(named, whole), held)
  let verdict = granted
  let capped = ''
  for (const { name, kind, members, policies } of grants.ceilings) {
    if (!members.includes(index)) continue
    const passes = kind === 'own' && home && principal.passesOwnCeiling ? named : 'no'
    const allowed = either(read('ceiling', name, policies), passes)
    if (allowed !== 'yes' && capped === '') capped = name
    verdict = both(verdict, allowed)
  }
  verdict = both(verdict, not(denied))
  const dependsOn = [...new Set(layers.flatMap((one) => one.statements.flatMap((statement) => statement.dependsOn)))]
  return { verdict, because: because(verdict), dependsOn: verdict === 'depends' ? dependsOn : [], layers }

  function because(said: Verdict): string {
    if (denied === 'yes') return `${deniedBy} denies it`
    if (granted === 'no') {
      if (!home && held !== 'no') return `the object is of another account (${scope}), whose policy does not let it in`
      if (mandatory && held !== 'no') return `the policy of ${question.resource} does not let it in`
      return 'nothing it holds allows it'
    }
    if (said === 'no') return `${capped} does not allow it`
    const [first] = layers.flatMap(({ statements }) => statements.filter(({ effect }) => effect === 'allow'))
    const by = first?.from ?? 'the rewritten policy of the object'
    return said === 'yes' ? `${by} allows it` : `${by} allows it, depending on ${dependsOn.join('; ') || deniedBy}`
  }
}

/** The policies of each, and the doors of each object, put together once for many questions. */
const sorted = new WeakMap<Grants, { heldBy: Map<number, Policy[]>; doorsOf: Map<string, Door[]> }>()

function sortedOf(grants: Grants): { heldBy: Map<number, Policy[]>; doorsOf: Map<string, Door[]> } {
  let ready = sorted.get(grants)
  if (ready === undefined) {
    const heldBy = new Map<number, Policy[]>()
    for (const { policy, holders } of grants.held)
      for (const holder of new Set(holders)) {
        const list = heldBy.get(holder)
        if (list) list.push(policy)
        else heldBy.set(holder, [policy])
      }
    ready = { heldBy, doorsOf: Map.groupBy(grants.doors, ({ object }) => object) }
    sorted.set(grants, ready)
  }
  return ready
}

function appliesTo(
  grants: Grants,
  index: number,
  question: Question,
  statement: Statement,
): { applies: Verdict; dependsOn: string[] } {
  const context = contextOf(grants, question, grants.principals[index]!)
  const speaks = fitsAny(statement.actions, (pattern) =>
    verdictOf(matches(pattern.toLowerCase(), question.action.toLowerCase())),
  )
  if (speaks === 'no') return { applies: 'no', dependsOn: [] }
  const about = fitsAny(statement.resources, (pattern) => {
    const text = withVariables(pattern, context)
    if (text !== undefined) return verdictOf(text !== null && matches(text, question.resource))
    return matches(pattern.replaceAll(/\$\{[^{}]*\}/g, '*'), question.resource) ? 'depends' : 'no'
  })
  const applies = both(about, conditionHolds(statement.condition, context))
  const dependsOn =
    applies === 'depends'
      ? [...unknown(statement, context), ...(about === 'depends' ? ['a variable in its resource'] : [])]
      : []
  return { applies, dependsOn }
}

const unknown = (statement: Statement, context: ReturnType<typeof contextOf>): string[] =>
  statement.condition
    .filter((test) => conditionHolds([test], context) === 'depends')
    .map(({ written: { operator, key }, values }) => `${key} (${operator} ${values.join(', ')})`)

const fitsAny = ({ not: turned, patterns }: Patterns, fits: (pattern: string) => Verdict): Verdict => {
  const found = patterns.map(fits).reduce(either, 'no')
  return turned ? not(found) : found
}

const expressions = new Map<string, RegExp>()

/** The same as `globMatches`, by way of a regular expression. */
function matches(pattern: string, text: string): boolean {
  let expression = expressions.get(pattern)
  if (expression === undefined) {
    const source = pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')
      .replaceAll(LITERAL_STAR, '\\*')
      .replaceAll(LITERAL_MARK, '\\?')
    expression = new RegExp(`^${source}$`, 's')
    if (expressions.size > 20_000) expressions.clear()
    expressions.set(pattern, expression)
  }
  return expression.test(text)
}
