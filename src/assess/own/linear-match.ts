import { ReeveError } from '../../sdk/index.ts'

/** Instructions of a pattern may not be more; so the time for a text is at most this times its length. */
const MOST_STATES = 1_000
const MOST_TEXT = 10_000

type Node =
  | { is: 'one'; accepts: (code: number) => boolean }
  | { is: 'start' | 'end' | 'empty' }
  | { is: 'both' | 'either'; parts: Node[] }
  | { is: 'repeat'; node: Node; least: number; most: number }

/** An instruction: take one character, be at an edge of the text, fork, go on elsewhere, or be done. */
type State =
  | { take: (code: number) => boolean }
  | { edge: 'start' | 'end' }
  | { fork: [number, number] }
  | { goto: number }
  | { done: true }

/**
 * Whether a pattern occurs in a text, in time that grows with the length of the text alone, whatever the pattern: all ways to
 * match are followed at once (Thompson). Has literals, `.`, `[…]`, `\d \w \s` and their negations, groups, `|`, `* + ? {n,m}`, `^`,
 * `$` and a leading `(?i)`. Throws `assess/pattern` with the position for anything else: there is nothing that goes back.
 */
export function linearMatcher(pattern: string): (text: string) => boolean {
  const folded = pattern.startsWith('(?i)')
  const states: State[] = []
  emit(new Parser(folded ? pattern.slice(4).toLowerCase() : pattern, folded ? 4 : 0).parse(), states, pattern)
  states.push({ done: true })
  return (text) => {
    if (text.length > MOST_TEXT)
      throw new ReeveError('assess/too-large', `matching a text of ${text.length} characters: at most ${MOST_TEXT}`)
    return run(states, folded ? text.toLowerCase() : text)
  }
}

function run(states: readonly State[], text: string): boolean {
  let now = new Set<number>()
  for (let at = 0; ; at++) {
    if (enter(0, at, now)) return true
    if (at >= text.length) return false
    const next = new Set<number>()
    const code = text.charCodeAt(at)
    for (const number of now) {
      const state = states[number]!
      if ('take' in state && state.take(code) && enter(number + 1, at + 1, next)) return true
    }
    now = next
  }

  /** Goes on as far as no character is needed; true when that is the end. */
  function enter(first: number, at: number, into: Set<number>): boolean {
    const pending = [first]
    for (let number = pending.pop(); number !== undefined; number = pending.pop()) {
      if (into.has(number)) continue
      into.add(number)
      const state = states[number]!
      if ('done' in state) return true
      if ('fork' in state) pending.push(...state.fork)
      else if ('goto' in state) pending.push(state.goto)
      else if ('edge' in state && at === (state.edge === 'start' ? 0 : text.length)) pending.push(number + 1)
    }
    return false
  }
}

function emit(node: Node, states: State[], pattern: string): void {
  const put = (state: State): number => {
    if (states.length >= MOST_STATES)
      throw new ReeveError('assess/pattern', `reading the pattern ${pattern.slice(0, 80)}: it is too large`)
    return states.push(state) - 1
  }
  switch (node.is) {
    case 'one':
      put({ take: node.accepts })
      return
    case 'start':
    case 'end':
      put({ edge: node.is })
      return
    case 'both':
      for (const part of node.parts) emit(part, states, pattern)
      return
    case 'either': {
      const ends: number[] = []
      for (const [index, part] of node.parts.entries()) {
        const fork = index < node.parts.length - 1 ? put({ fork: [states.length + 1, -1] }) : -1
        emit(part, states, pattern)
        if (fork < 0) break
        ends.push(put({ goto: -1 }))
        states[fork] = { fork: [fork + 1, states.length] }
      }
      for (const end of ends) states[end] = { goto: states.length }
      return
    }
    case 'repeat': {
      for (let time = 0; time < node.least; time++) emit(node.node, states, pattern)
      if (node.most === Infinity) {
        const fork = put({ fork: [states.length + 1, -1] })
        emit(node.node, states, pattern)
        put({ goto: fork })
        states[fork] = { fork: [fork + 1, states.length] }
        return
      }
      const forks: number[] = []
      for (let time = node.least; time < node.most; time++) {
        forks.push(put({ fork: [states.length + 1, -1] }))
        emit(node.node, states, pattern)
      }
      for (const fork of forks) states[fork] = { fork: [fork + 1, states.length] }
    }
  }
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57
const isWord = (code: number): boolean =>
  isDigit(code) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122)
const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13)
const CLASSES: Readonly<Record<string, (code: number) => boolean>> = {
  d: isDigit,
  w: isWord,
  s: isSpace,
  D: (code) => !isDigit(code),
  W: (code) => !isWord(code),
  S: (code) => !isSpace(code),
}
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

class Parser {
  readonly #text: string
  readonly #before: number
  #at = 0

  constructor(text: string, before: number) {
    this.#text = text
    this.#before = before
  }

  parse(): Node {
    const node = this.#either(0)
    if (this.#at < this.#text.length) this.#refuse('an unopened )')
    return node
  }

  #either(depth: number): Node {
    if (depth > 20) this.#refuse('groups too deep')
    const parts = [this.#both(depth)]
    while (this.#take('|')) parts.push(this.#both(depth))
    return parts.length === 1 ? parts[0]! : { is: 'either', parts }
  }

  #both(depth: number): Node {
    const parts: Node[] = []
    while (this.#at < this.#text.length && !'|)'.includes(this.#text[this.#at]!)) parts.push(this.#repeated(depth))
    return parts.length === 1 ? parts[0]! : { is: 'both', parts }
  }

  #repeated(depth: number): Node {
    const node = this.#single(depth)
    const counted = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(this.#text.slice(this.#at))
    let times: [number, number] | undefined
    if (this.#take('*')) times = [0, Infinity]
    else if (this.#take('+')) times = [1, Infinity]
    else if (this.#take('?')) times = [0, 1]
    else if (counted) {
      this.#at += counted[0].length
      const least = Number(counted[1])
      times = [least, counted[2] === undefined ? least : counted[3] === '' ? Infinity : Number(counted[3])]
      if (times[1] < least) this.#refuse('a count that goes down')
    }
    if (!times) return node
    this.#take('?')
    if (this.#at < this.#text.length && '*+?{'.includes(this.#text[this.#at]!)) this.#refuse('a count of a count')
    return { is: 'repeat', node, least: times[0], most: times[1] }
  }

  #single(depth: number): Node {
    const character = this.#text[this.#at++]!
    switch (character) {
      case '(': {
        if (this.#take('?') && !this.#take(':')) this.#refuse('a group of a kind that is not known here')
        const node = this.#either(depth + 1)
        if (!this.#take(')')) this.#refuse('a group without its )')
        return node
      }
      case '[':
        return { is: 'one', accepts: this.#class() }
      case '.':
        return { is: 'one', accepts: (code) => code !== 10 }
      case '^':
        return { is: 'start' }
      case '$':
        return { is: 'end' }
      case '\\':
        return { is: 'one', accepts: this.#escape() }
      case '*':
      case '+':
      case '?':
      case '{':
        return this.#refuse('a count of nothing')
      default: {
        const own = character.charCodeAt(0)
        return { is: 'one', accepts: (code) => code === own }
      }
    }
  }

  #escape(): (code: number) => boolean {
    const character = this.#text[this.#at++] ?? this.#refuse('a \\ at the end')
    const known = CLASSES[character]
    if (known) return known
    if (/[a-zA-Z0-9]/.test(character) && !(character in CONTROLS))
      this.#refuse(`\\${character}, which is not known here`)
    const own = (CONTROLS[character] ?? character).charCodeAt(0)
    return (code) => code === own
  }

  #class(): (code: number) => boolean {
    const negated = this.#take('^')
    const accepts: ((code: number) => boolean)[] = []
    for (let first = true; first || this.#text[this.#at] !== ']'; first = false) {
      if (this.#at >= this.#text.length) this.#refuse('a [ without its ]')
      const character = this.#text[this.#at++]!
      if (character === '\\') {
        accepts.push(this.#escape())
        continue
      }
      const from = character.charCodeAt(0)
      let to = from
      if (this.#text[this.#at] === '-' && this.#text[this.#at + 1] !== ']' && this.#at + 1 < this.#text.length) {
        to = this.#text.charCodeAt(this.#at + 1)
        this.#at += 2
        if (to < from) this.#refuse('a range that goes down')
      }
      accepts.push((code) => code >= from && code <= to)
    }
    this.#at++
    return (code) => accepts.some((one) => one(code)) !== negated
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #refuse(what: string): never {
    throw new ReeveError('assess/pattern', `reading the pattern at ${this.#before + this.#at}: ${what}`)
  }
}
