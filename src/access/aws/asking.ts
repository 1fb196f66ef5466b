import { among, join, meet, nobody, unsure } from '../answers.ts'
import { type Bits, hasBit } from '../bits.ts'
import type { Compiled } from '../compile.ts'
import type { Known } from '../condition.ts'
import { decide } from '../decide.ts'
import { globMatches } from '../glob.ts'
import type { Question } from '../model.ts'
import { type Answer, whoCan } from '../who-can.ts'
import type { ActionBook } from './actions.ts'
import { arnOf } from './arn.ts'
import { witnesses } from './witness.ts'

/** Who can do a thing, and on what it depends for one of them. */
export interface Asked {
  who: Answer
  dependsOn(principal: number): string[]
}

export type Request = ReadonlyMap<string, Known>

/** Questions about one estate, put together from single ones. */
export class Asking {
  readonly compiled: Compiled
  readonly book: ActionBook
  readonly #started = new Map<string, Asked>()

  constructor(compiled: Compiled, book: ActionBook) {
    this.compiled = compiled
    this.book = book
  }

  one(action: string, resource: string, request?: Request, more: Pick<Question, 'openDoor' | 'granted'> = {}): Asked {
    const question: Question = { action, resource, ...(request && { request }), ...more }
    const who = whoCan(this.compiled, question)
    return {
      who,
      dependsOn: (principal) =>
        hasBit(who.sure, principal) ? [] : decide(this.compiled.grants, principal, question).dependsOn,
    }
  }

  /** Names a new object of this kind could have, to try. */
  names(template: string, account: string, actions: readonly string[]): string[] {
    return witnesses(this.compiled, template, account, actions)
  }

  all(parts: readonly Asked[]): Asked {
    return {
      who: parts.map(({ who }) => who).reduce(meet),
      dependsOn: (principal) => [...new Set(parts.flatMap((part) => part.dependsOn(principal)))],
    }
  }

  any(parts: readonly Asked[]): Asked {
    const [first] = parts
    if (first !== undefined && parts.length === 1) return first
    return {
      who: parts.map(({ who }) => who).reduce(join, nobody(this.compiled.size)),
      dependsOn: (principal) => {
        const open = parts.filter(({ who }) => hasBit(who.possible, principal))
        return (open.find(({ who }) => hasBit(who.sure, principal)) ?? open[0])?.dependsOn(principal) ?? []
      },
    }
  }

  within(asked: Asked, members: Bits): Asked {
    return { ...asked, who: among(asked.who, members) }
  }

  /** The same, depending on something more. */
  onlyIf(asked: Asked, reason: string): Asked {
    return { who: unsure(asked.who), dependsOn: (principal) => [reason, ...asked.dependsOn(principal)] }
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

const isOfKind = (template: string, arn: string): boolean =>
  arnOf(template).service === arnOf(arn).service && globMatches(template.replaceAll(/\$\{[^}]*\}/g, '*'), arn)
