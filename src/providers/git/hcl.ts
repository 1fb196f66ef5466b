/**
 * A tolerant reader of Terraform's language: blocks with labels, attributes with literal values where they are literal. What
 * it does not understand it keeps as text or steps over; it never throws and its work is linear in the length of the text.
 */

/** `reference` is anything that has to be evaluated; its text is kept. */
export type HclValue = string | number | boolean | null | HclValue[] | { [name: string]: HclValue } | HclReference
export interface HclReference {
  reference: string
}

export interface HclBlock {
  type: string
  labels: string[]
  line: number
  attributes: Record<string, { value: HclValue; line: number }>
  blocks: HclBlock[]
}

export const isReference = (value: unknown): value is HclReference =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length === 1 &&
  typeof (value as HclReference).reference === 'string'

const MOST_DEPTH = 60

export function readHcl(text: string): HclBlock[] {
  const reader = new Reader(text)
  const root: HclBlock = { type: '', labels: [], line: 1, attributes: Object.create(null), blocks: [] }
  while (!reader.ended()) {
    reader.body(root, 0)
    // A closing brace too many: go on behind it.
    reader.at++
  }
  return root.blocks
}

const NAME = /[A-Za-z_][\w-]*/y

class Reader {
  at = 0
  #line = 1
  #lineAt = 0
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  ended(): boolean {
    return this.at >= this.#text.length
  }

  /** The line of the current position; positions only grow. */
  line(): number {
    for (; this.#lineAt < this.at; this.#lineAt++) if (this.#text.charCodeAt(this.#lineAt) === 10) this.#line++
    return this.#line
  }

  /** Attributes and blocks up to the closing brace or the end. */
  body(into: HclBlock, depth: number): void {
    for (;;) {
      this.space()
      if (this.ended() || this.peek() === '}') return
      const line = this.line()
      const name = this.name() ?? (this.peek() === '"' ? this.quoted() : null)
      if (name === null) {
        this.at++
        continue
      }
      this.blanks()
      if (this.peek() === '=' && this.#text[this.at + 1] !== '=') {
        this.at++
        into.attributes[name] = { value: this.expression(depth), line }
        continue
      }
      const labels: string[] = []
      for (;;) {
        this.blanks()
        const label = this.peek() === '"' ? this.quoted() : this.name()
        if (label === null) break
        labels.push(label)
      }
      if (this.peek() !== '{') continue
      this.at++
      const block: HclBlock = { type: name, labels, line, attributes: Object.create(null), blocks: [] }
      if (depth < MOST_DEPTH) this.body(block, depth + 1)
      else this.skip()
      if (this.peek() === '}') this.at++
      into.blocks.push(block)
    }
  }

  /** One expression; at its end only what ends an attribute may stand, else the whole is a reference. */
  expression(depth: number): HclValue {
    this.blanks()
    const from = this.at
    const value = depth < MOST_DEPTH ? this.value(depth) : undefined
    const end = this.at
    this.blanks()
    if (
      value !== undefined &&
      (this.ended() || /[\n,}\]#)\r]/.test(this.peek()) || this.#text.startsWith('//', this.at))
    )
      return value
    this.at = Math.max(end, from)
    this.skip()
    return { reference: this.#text.slice(from, Math.min(this.at, from + 2000)).trim() }
  }

  private value(depth: number): HclValue | undefined {
    const first = this.peek()
    if (first === '"') return this.quoted() ?? undefined
    if (first === '<' && this.#text[this.at + 1] === '<') return this.here()
    if (first === '[') return this.array(depth)
    if (first === '{') return this.object(depth)
    const number = /-?\d+(?:\.\d+)?/y
    number.lastIndex = this.at
    const digits = number.exec(this.#text)
    if (digits) {
      this.at += digits[0].length
      return Number(digits[0])
    }
    const from = this.at
    const name = this.name()
    if (name === null) return undefined
    if (name === 'true' || name === 'false') return name === 'true'
    if (name === 'null') return null
    if (name === 'jsonencode' && this.peek() === '(') {
      this.at++
      this.space()
      const inner = this.expression(depth + 1)
      this.space()
      if (this.peek() === ')') this.at++
      return inner
    }
    while (this.peek() === '.' || this.peek() === '[') {
      if (this.peek() === '[') {
        const close = this.#text.indexOf(']', this.at)
        if (close < 0 || close - this.at > 200) return undefined
        this.at = close + 1
      } else {
        this.at++
        if (this.name() === null && !/[\d*]/.test(this.peek())) return undefined
        while (/[\d*]/.test(this.peek())) this.at++
      }
    }
    return { reference: this.#text.slice(from, this.at) }
  }

  private array(depth: number): HclValue | undefined {
    this.at++
    const items: HclValue[] = []
    for (;;) {
      this.space()
      if (this.ended()) return undefined
      if (this.peek() === ']') {
        this.at++
        return items
      }
      if (this.peek() === ',') {
        this.at++
        continue
      }
      const from = this.at
      items.push(this.expression(depth + 1))
      if (this.at === from) this.at++
    }
  }

  private object(depth: number): HclValue | undefined {
    this.at++
    const object: { [name: string]: HclValue } = Object.create(null)
    for (;;) {
      this.space()
      if (this.ended()) return undefined
      const next = this.peek()
      if (next === '}') {
        this.at++
        return object
      }
      if (next === ',') {
        this.at++
        continue
      }
      const name = next === '"' ? this.quoted() : this.name()
      this.blanks()
      if (name !== null && (this.peek() === '=' || this.peek() === ':')) {
        this.at++
        object[name] = this.expression(depth + 1)
      } else {
        const from = this.at
        this.skip()
        if (this.at === from) this.at++
      }
    }
  }

  private name(): string | null {
    NAME.lastIndex = this.at
    const match = NAME.exec(this.#text)
    if (!match) return null
    this.at += match[0].length
    return match[0]
  }

  /** A quoted string; one with `${…}` in it is a string still, since its fixed part tells most. */
  private quoted(): string | null {
    let depth = 0
    let value = ''
    let at = this.at + 1
    for (; at < this.#text.length; at++) {
      const char = this.#text[at]!
      if (depth === 0 && char === '"') {
        this.at = at + 1
        return value
      }
      if (char === '\n' && depth === 0) break
      if (char === '\\') {
        const next = this.#text[++at] ?? ''
        value += next === 'n' ? '\n' : next === 't' ? '\t' : next
        continue
      }
      if (depth > 0 && char === '"') {
        // A string inside of `${…}`; its braces do not count.
        const from = at++
        while (at < this.#text.length && this.#text[at] !== '"' && this.#text[at] !== '\n')
          at += this.#text[at] === '\\' ? 2 : 1
        value += this.#text.slice(from, at + 1)
        continue
      }
      if (depth > 0 ? char === '{' : (char === '$' || char === '%') && this.#text[at + 1] === '{') {
        depth++
        if (depth === 1) value += this.#text[at++]
        value += '{'
        continue
      }
      if (char === '}' && depth > 0) depth--
      value += char
    }
    // What does not end is passed over once, never looked through again.
    this.at = at
    return null
  }

  private here(): string | undefined {
    const start = /<<-?([A-Za-z_]\w*)[ \t]*\r?\n/y
    start.lastIndex = this.at
    const match = start.exec(this.#text)
    if (!match) return undefined
    const from = this.at + match[0].length
    const end = new RegExp(`^[ \\t]*${match[1]}[ \\t]*\\r?$`, 'gm')
    end.lastIndex = from
    const found = end.exec(this.#text)
    const body = this.#text.slice(from, found ? found.index : this.#text.length)
    this.at = found ? found.index + found[0].length : this.#text.length
    return body
  }

  /** Over an expression that is not understood, to the end of its line outside of brackets and strings. */
  private skip(): void {
    let depth = 0
    while (!this.ended()) {
      const char = this.peek()
      if (char === '"') {
        if (this.quoted() === null) this.at = Math.min(this.at, this.#text.length)
        continue
      }
      if (char === '#' || this.#text.startsWith('//', this.at) || this.#text.startsWith('/*', this.at)) {
        if (depth === 0) return
        this.space()
        continue
      }
      if (char === '<' && this.#text[this.at + 1] === '<' && this.here() !== undefined) continue
      if (char === '(' || char === '[' || char === '{') depth++
      else if (char === ')' || char === ']' || char === '}') {
        if (depth === 0) return
        depth--
      } else if (depth === 0 && (char === '\n' || char === ',')) return
      this.at++
    }
  }

  private peek(): string {
    return this.#text[this.at] ?? ''
  }

  private blanks(): void {
    while (this.peek() === ' ' || this.peek() === '\t' || this.peek() === '\r') this.at++
  }

  /** White space, line ends and comments. */
  private space(): void {
    for (;;) {
      const char = this.peek()
      if (char === ' ' || char === '\n' || char === '\t' || char === '\r') this.at++
      else if (char === '#' || this.#text.startsWith('//', this.at)) {
        const end = this.#text.indexOf('\n', this.at)
        this.at = end < 0 ? this.#text.length : end + 1
      } else if (this.#text.startsWith('/*', this.at)) {
        const end = this.#text.indexOf('*/', this.at + 2)
        this.at = end < 0 ? this.#text.length : end + 2
      } else return
    }
  }
}
