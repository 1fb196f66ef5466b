import { among, isNobody, join, meet, unsure } from '../answers.ts'
import { type Bits, dropBits } from '../bits.ts'
import type { Answer, Compiled } from '../compile.ts'
import type { Known } from '../condition.ts'
import { decide } from '../decide.ts'
import { globMatches } from '../glob.ts'
import type { Question } from '../model.ts'
import { both, type Verdict } from '../verdict.ts'
import { whoCan } from '../who-can.ts'
import type { ActionBook } from './actions.ts'
import { arnOf } from './arn.ts'
import { witnesses } from './witness.ts'

/** Who can do a thing; and of one of them how surely, and on what it depends. */
export interface Asked {
  who: Answer
  of(principal: number): { verdict: Verdict; dependsOn: string[] }
}

/** Something done, and what to, where that is there already. */
export interface Begun {
  asked: Asked
  object?: string
}

/** How one question is answered for everybody; tests put the twin in its place. */
export type Answering = (compiled: Compiled, question: Question) => Answer

export type Request = ReadonlyMap<string, Known>

/** Questions about one estate, put together from single ones. */
export class Asking {
  readonly compiled: Compiled
  readonly book: ActionBook
  readonly #started = new Map<string, Asked>()
  readonly #once = new Map<string, Begun>()
  readonly #answer: Answering
  readonly #nobody: Asked
  readonly #ignored: Bits

  /** `ignored`: those of whom nothing is asked, as administrators, who can do everything anyway. */
  constructor(compiled: Compiled, book: ActionBook, ignored: Bits, answer: Answering = whoCan) {
    this.compiled = compiled
    this.#ignored = ignored
    this.book = book
    this.#answer = answer
    this.#nobody = { who: compiled.nobody, of: () => ({ verdict: 'no', dependsOn: [] }) }
  }

  one(action: string, resource: string, request?: Request, more: Pick<Question, 'openDoor' | 'granted'> = {}): Asked {
    const question: Question = { action, resource, ...(request && { request }), ...more }
    const { compiled } = this
    // Sets are many: what is kept for explaining must not hold on to them.
    const who = this.#answer(compiled, question)
    dropBits(who.sure, this.#ignored)
    dropBits(who.possible, this.#ignored)
    return { who, of: (principal) => decide(compiled.grants, principal, question) }
  }

  /** Something that is asked for many, and worked out once. */
  once(key: string, work: () => Begun): Begun {
    const known = this.#once.get(key) ?? work()
    this.#once.set(key, known)
    return known
  }

  /** Everybody who might, also those of whom nothing else is asked. */
  everybody(action: string, resource: string): Bits {
    return this.#answer(this.compiled, { action, resource }).possible
  }

  /** Names a new object of this kind could have, to try. */
  names(template: string, account: string, actions: readonly string[]): string[] {
    return witnesses(this.compiled, template, account, actions)
  }

  all(parts: readonly Asked[]): Asked {
    const [first, ...rest] = parts.map(({ who }) => who)
    if (first === undefined || parts.some(({ who }) => isNobody(who))) return this.#nobody
    return rest.length === 0 ? parts[0]! : { who: meet(first, ...rest), of: ofAll(parts.map((part) => part.of)) }
  }

  any(parts: readonly Asked[]): Asked {
    const open = parts.filter(({ who }) => !isNobody(who))
    const [first, ...rest] = open.map(({ who }) => who)
    if (first === undefined || rest.length === 0) return open[0] ?? this.#nobody
    return { who: join(first, ...rest), of: ofAny(open.map((part) => part.of)) }
  }

  within({ who, of }: Asked, members: Bits): Asked {
    return isNobody(who) ? this.#nobody : { who: among(who, members), of }
  }

  /** The same, depending on something more. */
  onlyIf({ who, of }: Asked, reason: string): Asked {
    return {
      who: unsure(who),
      of: (principal) => ({ verdict: 'depends', dependsOn: [reason, ...of(principal).dependsOn] }),
    }
  }

  /**
   * Actions on objects that do not exist yet, in one account: on the same new object where they name the same kind. An action that
   * AWS does not list is asked of everything. `there`, when given, is acted on where a call can name it. What `opens` names is asked
   * as of an object whose own policy was opened for it.
   */
  on(work: { actions: readonly string[]; opens?: string | undefined }, account: string, there?: string): Asked {
    const { opens } = work
    const actions = opens === undefined ? work.actions : [...work.actions, opens]
    const ask = (action: string, resource: string) =>
      this.one(action, resource, undefined, action === opens ? { openDoor: true } : {})
    const key = `${account} ${there ?? ''} ${actions.join(' ')} ${opens ?? ''}`
    const known = this.#started.get(key)
    if (known) return known
    const parts: Asked[] = []
    const kinds = new Map<string, string[]>()
    for (const action of actions) {
      const named = there !== undefined && this.book.namedBy(action).some((template) => isOfKind(template, there))
      if (named) parts.push(ask(action, there))
      const objects = (this.book.objectsOf(action) ?? []).filter((template) => !(named && isOfKind(template, there)))
      for (const template of objects) kinds.set(template, [...(kinds.get(template) ?? []), action])
      if (!named && objects.length === 0) parts.push(ask(action, '*'))
    }
    for (const [template, ofKind] of kinds)
      parts.push(
        this.any(
          witnesses(this.compiled, template, account, ofKind).map((name) =>
            this.all(ofKind.map((action) => ask(action, name))),
          ),
        ),
      )
    const asked = this.all(parts)
    this.#started.set(key, asked)
    return asked
  }
}

const ofAll =
  (parts: readonly Asked['of'][]): Asked['of'] =>
  (principal) => {
    const said = parts.map((of) => of(principal))
    return {
      verdict: said.map(({ verdict }) => verdict).reduce(both),
      dependsOn: [...new Set(said.flatMap(({ dependsOn }) => dependsOn))],
    }
  }

const ofAny =
  (parts: readonly Asked['of'][]): Asked['of'] =>
  (principal) => {
    const said = parts.map((of) => of(principal)).filter(({ verdict }) => verdict !== 'no')
    return said.find(({ verdict }) => verdict === 'yes') ?? said[0] ?? { verdict: 'no', dependsOn: [] }
  }

const isOfKind = (template: string, arn: string): boolean =>
  arnOf(template).service === arnOf(arn).service && globMatches(template.replaceAll(/\$\{[^}]*\}/g, '*'), arn)
