import { inspect } from 'node:util'

const MASK = '[sensitive]'

/**
 * A value that cannot be logged, printed or serialised by accident. `reveal()` is the only way to it, so that
 * `grep -rn 'reveal()'` lists every place where a secret is touched. Structured cloning drops the value.
 */
export class Sensitive<T = string> {
  readonly #value: T

  constructor(value: T) {
    this.#value = value
  }

  reveal(): T {
    return this.#value
  }

  toString(): string {
    return MASK
  }

  toJSON(): string {
    return MASK
  }

  get [Symbol.toStringTag](): string {
    return 'Sensitive'
  }

  [Symbol.toPrimitive](): string {
    return MASK
  }

  [inspect.custom](): string {
    return MASK
  }
}
