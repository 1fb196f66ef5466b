import { globMatches, hasWildcard, literalPrefix } from './glob.ts'

/**
 * Which of many patterns fit a text. Whole texts and `prefix*` are looked up, once for each length; a pattern with a
 * wildcard inside hangs at its literal prefix and is only tried when the text gets that far.
 */
export class PatternIndex {
  readonly #whole = new Map<string, number[]>()
  readonly #prefixes = new Map<string, number[]>()
  readonly #inner = new Map<string, { pattern: string; ids: number[] }[]>()
  #longest = 0

  add(pattern: string, id: number): void {
    if (!hasWildcard(pattern)) {
      push(this.#whole, pattern, id)
      return
    }
    const prefix = literalPrefix(pattern)
    this.#longest = Math.max(this.#longest, prefix.length)
    if (pattern === `${prefix}*`) {
      push(this.#prefixes, prefix, id)
      return
    }
    const hung = this.#inner.get(prefix) ?? []
    this.#inner.set(prefix, hung)
    const same = hung.find((one) => one.pattern === pattern)
    if (same) same.ids.push(id)
    else hung.push({ pattern, ids: [id] })
  }

  /** Calls with the ids of each pattern that fits; an id comes again when two of its patterns do. */
  find(text: string, call: (ids: readonly number[]) => void): void {
    const whole = this.#whole.get(text)
    if (whole) call(whole)
    for (let length = 0; length <= Math.min(text.length, this.#longest); length++) {
      const prefix = text.slice(0, length)
      const ids = this.#prefixes.get(prefix)
      if (ids) call(ids)
      for (const hung of this.#inner.get(prefix) ?? []) if (globMatches(hung.pattern, text)) call(hung.ids)
    }
  }
}

const push = (map: Map<string, number[]>, key: string, id: number): void => {
  const ids = map.get(key)
  if (ids) ids.push(id)
  else map.set(key, [id])
}
