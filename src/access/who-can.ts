import {
  addBits,
  anyBit,
  type Bits,
  clearBit,
  dropBits,
  emptyBits,
  forEachBit,
  hasBit,
  keepBits,
  sameBits,
  setBit,
} from './bits.ts'
import { type Answer, type Compiled, type CompiledDoor, emptyAnswer } from './compile.ts'
import type { Question, Who } from './model.ts'
import { actionFits, addMembers, contextOf, type Members, type Rule, type RuleSet, ruleFits } from './rules.ts'

/** Everybody who can do this, in one go: sets of principals are joined, met and taken from each other. */
export function whoCan(compiled: Compiled, question: Question): Answer {
  const { size, everyone } = compiled
  const action = question.action.toLowerCase()
  const asked = { compiled, question, action }
  const { held, named, scoped, denied, allowed } = compiled.scratch
  for (const one of [held, named, scoped, denied]) emptied(one)
  gather(asked, compiled.held, held, denied)
  if (question.granted) addTo(held, { sure: everyone, possible: everyone })

  const own = compiled.doors.get(compiled.grants.objectOf(question.resource)) ?? []
  const scope = own[0]?.door.scope ?? compiled.grants.scopeOf(question.resource)
  const doors = [...own, ...compiled.wideDoors.filter(({ door }) => door.scope === scope)].filter(
    ({ door }) => door.services?.has(action.slice(0, action.indexOf(':'))) ?? true,
  )
  const home = scope === undefined ? everyone : (compiled.byScope.get(scope) ?? emptyBits(size))
  for (const door of doors) comeIn(asked, door, named, scoped, denied)
  if (question.openDoor) addTo(named, { sure: home, possible: home })
  // Most questions are of things that few policies speak of.
  if (!anyBit(held.possible) && !anyBit(named.possible) && !anyBit(scoped.possible)) return compiled.nobody
  const mandatory = doors.some(({ door }) => door.mandatory)

  const answer = emptyAnswer(size)
  for (const world of ['sure', 'possible'] as const)
    for (let word = 0; word < everyone.length; word++) {
      const [own, name, whole, here] = [held[world][word]!, named[world][word]!, scoped[world][word]!, home[word]!]
      answer[world][word] = (here & (name | (mandatory ? whole & own : own))) | (~here & (name | whole) & own)
    }
  for (const ceiling of compiled.ceilings) {
    emptied(allowed)
    gather(asked, ceiling.rules, allowed, denied)
    for (const world of ['sure', 'possible'] as const)
      for (let word = 0; word < everyone.length; word++) {
        const passes = ceiling.kind === 'own' ? named[world][word]! & home[word]! & compiled.passing[word]! : 0
        answer[world][word]! &= ~ceiling.members[word]! | allowed[world][word]! | passes
      }
  }
  dropBits(answer.sure, denied.possible)
  dropBits(answer.possible, denied.sure)
  keepBits(answer.sure, everyone)
  keepBits(answer.possible, everyone)
  return sameBits(answer.sure, answer.possible) ? { sure: answer.sure, possible: answer.sure } : answer
}

interface Asked {
  compiled: Compiled
  question: Question
  action: string
}

const emptied = ({ sure, possible }: Answer): void => {
  sure.fill(0)
  possible.fill(0)
}

const addTo = (into: Answer, other: Answer): void => {
  addBits(into.sure, other.sure)
  addBits(into.possible, other.possible)
}

/** Sorts the members of the rules that apply into those allowed and those denied. */
function gather({ compiled, question, action }: Asked, rules: RuleSet, allowed: Answer, denied: Answer): void {
  const spoken = rules.for(action)
  addAll(allowed, spoken.allowed)
  addAll(denied, spoken.denied)
  const context = contextOf(compiled.grants, question)
  for (const list of [spoken.named.get(question.resource) ?? [], spoken.rest])
    for (const rule of list) {
      const fits = ruleFits(rule, question.resource, context)
      if (fits === 'no') continue
      const into = rule.allow ? allowed : denied
      if (fits === 'yes') addAll(into, rule.members)
      else eachMember(rule.members, (member) => addOne(compiled, question, rule, member, into))
    }
}

const addAll = ({ sure, possible }: Answer, members: Members): void => {
  addMembers(sure, members)
  addMembers(possible, members)
}

const eachMember = (members: Members, call: (member: number) => void): void =>
  members instanceof Uint32Array ? forEachBit(members, call) : members.forEach(call)

function addOne(compiled: Compiled, question: Question, rule: Rule, member: number, { sure, possible }: Answer): void {
  const context = contextOf(compiled.grants, question, compiled.grants.principals[member]!)
  const fits = ruleFits(rule, question.resource, context)
  if (fits !== 'no') setBit(possible, member)
  if (fits === 'yes') setBit(sure, member)
}

/** Whom a door names, whole scopes it lets in, and whom it keeps out. */
function comeIn(
  { compiled, question, action }: Asked,
  { rules }: CompiledDoor,
  named: Answer,
  scoped: Answer,
  denied: Answer,
): void {
  const context = contextOf(compiled.grants, question)
  for (const rule of rules) {
    if (rule.who === undefined || !actionFits(rule, action)) continue
    const fits = ruleFits(rule, question.resource, context)
    if (fits === 'no') continue
    const { direct, whole } = whoBits(compiled, rule.who)
    for (const [members, into] of [
      [direct, rule.allow ? named : denied],
      [whole, rule.allow ? scoped : denied],
    ] as const) {
      if (!anyBit(members)) continue
      if (fits === 'yes') addAll(into, members)
      else forEachBit(members, (member) => addOne(compiled, question, rule, member, into))
    }
  }
}

function whoBits(compiled: Compiled, who: Who): { direct: Bits; whole: Bits } {
  const direct = emptyBits(compiled.size)
  const whole = emptyBits(compiled.size)
  if (who.not || who.anyone) addBits(direct, compiled.everyone)
  for (const id of who.ids) {
    const index = compiled.indexOf.get(id)
    if (index === undefined) continue
    if (who.not) clearBit(direct, index)
    else setBit(direct, index)
  }
  for (const scope of who.not ? [] : who.scopes) {
    const members = compiled.byScope.get(scope)
    if (members) addBits(whole, members)
  }
  return { direct, whole }
}

export const can = (answer: Answer, principal: number): 'yes' | 'no' | 'depends' =>
  hasBit(answer.sure, principal) ? 'yes' : hasBit(answer.possible, principal) ? 'depends' : 'no'
