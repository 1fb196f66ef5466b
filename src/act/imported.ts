import { createHash } from 'node:crypto'
import type { LineFault } from './list-lines.ts'

/** What came of a list. `applied + unchanged + errorCount` is `lines`. */
export interface Imported {
  lines: number
  applied: number
  unchanged: number
  errorCount: number
  /** The first 1,000, by line. */
  errors: LineFault[]
  ignored: string[]
  /** With which it is taken back; null when nothing was changed. */
  batch: number | null
}

const MOST = 1_000

/** Counts what is wrong with a list, and keeps the first of it, so that a list that is wrong from end to end takes no room. */
export class Faults {
  count = 0
  readonly #kept: LineFault[] = []
  readonly #hash = createHash('sha256')

  add(fault: LineFault): void {
    this.count++
    this.#kept.push(fault)
    if (this.#kept.length >= 2 * MOST) this.#cut()
  }

  get first(): LineFault[] {
    this.#cut()
    return this.#kept
  }

  /** Adds the digest of a part to that of the whole. */
  digest(part: string): void {
    this.#hash.update(part)
  }

  sum(): string {
    return this.#hash.digest('hex')
  }

  #cut(): void {
    this.#kept.sort((a, b) => a.line - b.line)
    this.#kept.length = Math.min(this.#kept.length, MOST)
  }
}
