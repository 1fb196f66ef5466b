import { hash } from 'node:crypto'
import { sql } from 'kysely'
import type { Tx } from '../platform/index.ts'
import { type Entity, follow, type JsonValue, type Outcome, type Rule, type Surroundings } from '../sdk/index.ts'
import { day, nameOf } from './rules/standing.ts'

/** A finding that closes: its rule passed or no longer applies (`outcome`), or nothing was judged any more (null). */
export interface Closing {
  id: string
  /** Only the id when the rule is not among those judged. */
  rule: Rule | string
  /** Only the key when the subject is gone. */
  subject: Entity | string
  outcome: Outcome | null
}

/** Why a finding closed. */
export interface Evidence {
  what: 'changed' | 'gone' | 'not-applicable' | 'retired'
  says: string[]
  changes: { of: string; what: string; from: JsonValue; to: JsonValue }[]
  at: string
  connection?: string
  run?: number
}

/** What a rule saw: facts of the subject under '' and of what stood at the ends of its paths. */
export type Saw = Record<string, Record<string, JsonValue>>

const MOST_NEIGHBOURS = 30
const MOST_CHANGES = 20
const MOST_TEXT = 200

/** Kept with the finding while it is open, so that its end can be explained by what changed. */
export function sawOf(rule: Rule, subject: Entity, estate: Surroundings): Saw {
  const saw: Saw = { '': factsOf(subject) }
  for (const name in rule.along) {
    for (const { key, entity } of follow(subject.key, rule.along[name]!, estate).slice(0, MOST_NEIGHBOURS)) {
      saw[`${name} ${key}`] = entity ? factsOf(entity) : {}
    }
  }
  return saw
}

function factsOf({
  name,
  created,
  expires,
  lastUsed,
  environment,
  sensitivity,
  tier,
  method,
  attributes,
}: Entity): Record<string, JsonValue> {
  const facts: Record<string, JsonValue> = { name: name.slice(0, MOST_TEXT) }
  const put = (what: string, value: JsonValue | undefined): void => {
    if (value !== undefined) facts[what] = short(value)
  }
  for (const [what, known] of Object.entries({ created, expires, lastUsed }))
    if (known && 'value' in known) put(what, known.value)
  for (const [what, value] of Object.entries({ environment, sensitivity, tier, method })) put(what, value)
  for (const [what, value] of Object.entries(attributes)) put(what, value)
  return facts
}

/** Two long values that begin alike are told apart by a few digits of their hash. */
const short = (value: JsonValue): JsonValue => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length <= MOST_TEXT ? value : `${text.slice(0, MOST_TEXT)}… #${hash('sha256', text).slice(0, 8)}`
}

export type Gone = ReadonlyMap<string, { at: Date; connection: string; run: number | null }>

/** When, and by which run of which connection, the last description of each key ended. */
export async function goneEvidence(tx: Tx, keys: readonly string[]): Promise<Gone> {
  if (keys.length === 0) return new Map()
  const { rows } = await sql<{ key: string; at: Date; connection: string; run: string | null }>`
    select distinct on (k.key) k.key, e.valid_to as at, s.connection, a.run
    from graph.key k join graph.entity e on e.key_id = k.id join graph.source s on s.id = e.source_id
      left join graph.applied a on a.connection = s.connection and a.at = e.valid_to
    where k.key = any(${[...new Set(keys)]}) and e.valid_to is not null
    order by k.key, e.valid_to desc`.execute(tx)
  return new Map(
    rows.map(({ key, at, connection, run }) => [key, { at, connection, run: run === null ? null : Number(run) }]),
  )
}

export function evidenceOf(
  { rule, subject, outcome }: Closing,
  saw: Saw | null,
  estate: Surroundings,
  gone: Gone,
  now: Date,
): Evidence {
  const at = now.toISOString()
  if (typeof subject === 'string') {
    const end = gone.get(subject)
    if (!end) return { what: 'gone', says: [`No source describes ${subject} any more.`], changes: [], at }
    const run = end.run === null ? '' : `, by run ${end.run} of ${end.connection}`
    return {
      what: 'gone',
      says: [`${subject} is gone from its source: it was no longer there on ${day(end.at.getTime())}${run}.`],
      changes: [],
      at: end.at.toISOString(),
      connection: end.connection,
      ...(end.run !== null && { run: end.run }),
    }
  }
  if (typeof rule === 'string')
    return { what: 'retired', says: [`The rule ${rule} is no longer asked.`], changes: [], at }
  const changes = saw ? changesBetween(saw, sawOf(rule, subject, estate)) : []
  const told = changes.map(sentence)
  if (outcome?.verdict === 'not-applicable' || outcome === null) {
    const reason = outcome
      ? `It does not apply any more: ${outcome.reason}.`
      : `The rule is not about a ${subject.type} like ${nameOf(subject)}.`
    return { what: 'not-applicable', says: [reason, ...told], changes, at }
  }
  return { what: 'changed', says: told.length > 0 ? told : [`${nameOf(subject)} passes now.`], changes, at }
}

function changesBetween(before: Saw, after: Saw): Evidence['changes'] {
  const changes: Evidence['changes'] = []
  for (const place of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const of = place.slice(place.indexOf(' ') + 1)
    const was = before[place]
    const is = after[place]
    if (!was || !is) {
      changes.push({
        of,
        what: `${place.slice(0, place.indexOf(' '))}`,
        from: was ? 'there' : 'not there',
        to: is ? 'there' : 'not there',
      })
      continue
    }
    for (const what of new Set([...Object.keys(was), ...Object.keys(is)])) {
      const from = was[what] ?? null
      const to = is[what] ?? null
      if (JSON.stringify(from) !== JSON.stringify(to)) changes.push({ of, what, from, to })
    }
  }
  return changes.slice(0, MOST_CHANGES)
}

function sentence({ of, what, from, to }: Evidence['changes'][number]): string {
  const whose = of === '' ? '' : ` of ${of}`
  if (to === 'not there') return `${of} is no longer among its ${what}.`
  if (from === 'not there') return `${of} is now among its ${what}.`
  return `${what}${whose} went from ${word(from)} to ${word(to)}.`
}

const word = (value: JsonValue): string =>
  value === null ? 'not reported' : typeof value === 'string' ? `“${value}”` : JSON.stringify(value)
