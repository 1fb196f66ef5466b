import { hash } from 'node:crypto'
import { sql } from 'kysely'
import type { Tx } from '../platform/index.ts'
import { rowText } from './row-text.ts'

interface PassSet {
  rules: readonly string[]
  /** The set with one rule more, by that rule. */
  next: Map<string, number>
}

/**
 * Which rules each subject passes. Most subjects pass what others of their type pass, so each set of rules is kept once and a
 * subject bears its number: a pass is evidence, and costs no more than that.
 */
export class Passes {
  readonly #sets: PassSet[] = [{ rules: [], next: new Map() }]
  readonly #of = new Map<string, number>()

  /** The rules that a subject passes, always in the same order. */
  add(subject: string, rules: readonly string[]): void {
    let at = 0
    for (const rule of rules) {
      const { rules: before, next } = this.#sets[at]!
      let number = next.get(rule)
      if (number === undefined) {
        number = this.#sets.push({ rules: [...before, rule], next: new Map() }) - 1
        next.set(rule, number)
      }
      at = number
    }
    if (at !== 0) this.#of.set(subject, at)
  }

  /** Writes the sets that are not known yet; gives the number under which that of a subject is stored, null when it passes none. */
  async store(tx: Tx): Promise<(subject: string) => number | null> {
    const used = [...new Set(this.#of.values())].map((number) => {
      const rules = this.#sets[number]!.rules.toSorted()
      return { number, rules, digest: hash('sha1', rules.join(' '), 'base64url') }
    })
    if (used.length === 0) return () => null
    const { rows } = await sql<{ number: number; id: number }>`
      with used as (select * from jsonb_to_recordset(${rowText(used)}::jsonb) as x(number int, rules text[], digest text)),
      fresh as (insert into assess.pass_set (rules, digest) select distinct on (digest) rules, digest from used
        on conflict (digest) do nothing returning id, digest)
      select u.number, coalesce(f.id, p.id) as id from used u left join fresh f using (digest) left join assess.pass_set p on p.digest = u.digest`.execute(
      tx,
    )
    const ids = new Map(rows.map(({ number, id }) => [number, id]))
    return (subject) => ids.get(this.#of.get(subject) ?? 0) ?? null
  }
}
