import { ReeveError } from '../sdk/index.ts'

/**
 * The words of a query: `type:service_account owner:none used:>90d -env:production "nightly job"`. The same field again widens,
 * another field narrows, `-` takes away. A bare word must occur in the name, the key or another name. Words are facets: what
 * a facet's choice says and what a person types is one text.
 */
export interface Field {
  name: string
  also?: readonly string[]
  /**
   * `word`: equals, or begins with (`aws_*`). `text`: contains. `time`: an instant in the past (`used:>90d` is longer ago) or,
   * with `ahead`, in the future (`expires:<30d` is sooner). `number`: compares.
   */
  as: 'word' | 'text' | 'time' | 'number'
  ahead?: boolean
  /** Short for a value: `prod` for `production`. */
  short?: Readonly<Record<string, string>>
}

export type Match =
  | { is: string }
  | { begins: string }
  | { contains: string }
  /** Bounds in milliseconds for durations (`ago`), epoch milliseconds for dates, plain for numbers; `from` ≤ x < `to`. */
  | { from: number; to: number; ago: boolean }
  | { special: 'unknown' | 'none' | 'any' }

export interface Term {
  /** Null for a bare word. */
  field: Field | null
  not: boolean
  match: Match
  /** The term in canonical spelling. */
  text: string
}

export interface Query {
  terms: Term[]
  /** Canonical spelling of the whole. */
  text: string
}

const MAX_QUERY = 2_000
const DAY = 86_400_000
const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: DAY, w: 7 * DAY, mo: 30 * DAY, y: 365 * DAY }
const SPECIAL: Record<string, 'unknown' | 'none' | 'any'> = {
  unknown: 'unknown',
  none: 'none',
  never: 'none',
  nobody: 'none',
  any: 'any',
  '*': 'any',
}

/** Throws `query/unknown-field`, `query/value` or `query/too-long`. `attribute` says whether a name is an attribute of the estate. */
export function parseQuery(
  text: string,
  fields: readonly Field[],
  attribute: (name: string) => boolean = () => false,
): Query {
  if (text.length > MAX_QUERY)
    throw new ReeveError('query/too-long', `a query has at most ${MAX_QUERY} characters; this one has ${text.length}`)
  const terms = [...tokens(text)].map((token) => termOf(token, fields, attribute))
  return { terms, text: terms.map((term) => term.text).join(' ') }
}

interface Token {
  not: boolean
  field: string | null
  value: string
  quoted: boolean
}

function* tokens(text: string): Iterable<Token> {
  const token = /(-?)(?:([\p{L}\p{N}_.]+):)?(?:"((?:[^"\\]|\\.)*)"?|(\S+))|\S/gu
  for (const [whole, minus, field, quoted, bare] of text.matchAll(token)) {
    const value = quoted === undefined ? (bare ?? whole) : quoted.replaceAll(/\\(.)/gu, '$1')
    if (value === '' && field === undefined) continue
    yield { not: minus === '-', field: field ?? null, value, quoted: quoted !== undefined }
  }
}

function termOf(token: Token, fields: readonly Field[], attribute: (name: string) => boolean): Term {
  if (token.field === null) {
    return {
      field: null,
      not: token.not,
      match: { contains: fold(token.value) },
      text: `${token.not ? '-' : ''}${spell(token.value, token.quoted)}`,
    }
  }
  const field = fieldNamed(token.field, fields, attribute)
  if (token.value === '') {
    throw new ReeveError('query/value', `\`${field.name}:\` needs a value, such as \`${field.name}:unknown\``)
  }
  const value = field.short?.[token.value.toLowerCase()] ?? token.value
  const match = matchOf(field, value, token.quoted)
  return { field, not: token.not, match, text: `${token.not ? '-' : ''}${field.name}:${spell(value, token.quoted)}` }
}

function fieldNamed(name: string, fields: readonly Field[], attribute: (name: string) => boolean): Field {
  const folded = name.toLowerCase()
  const found = fields.find((field) =>
    [field.name, ...(field.also ?? [])].some((word) => word.toLowerCase() === folded),
  )
  if (found) return found
  if (attribute(name)) return { name, as: 'word' }
  const names = fields.flatMap((field) => [field.name, ...(field.also ?? [])])
  const near = names
    .map((word) => ({ word, distance: distance(folded, word.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0]
  const meant = near && near.distance <= Math.max(1, Math.floor(name.length / 3)) ? near.word : undefined
  const hint = meant ? ` Did you mean \`${meant}\`?` : ` Fields are ${fields.map((field) => field.name).join(', ')}.`
  throw new ReeveError('query/unknown-field', `\`${name}\` is not a field.${hint}`, {
    fields: meant ? { field: name, suggestion: meant } : { field: name },
  })
}

function matchOf(field: Field, value: string, quoted: boolean): Match {
  const special = quoted ? undefined : SPECIAL[value.toLowerCase()]
  if (special) return { special }
  if (field.as === 'text') return { contains: fold(value) }
  if (field.as === 'word') {
    return !quoted && value.endsWith('*') ? { begins: fold(value.slice(0, -1)) } : { is: fold(value) }
  }
  const range = /^(.+)\.\.(.+)$/.exec(value)
  if (range) return rangeOf(field, value, range[1]!, range[2]!)
  const [, sign = '', operand = ''] = /^([<>]?=?)(.*)$/s.exec(value)!
  const bound = boundOf(field, operand, value)
  const step = field.as === 'number' ? 1 : bound.whole
  if (sign === '<') return { from: Number.NEGATIVE_INFINITY, to: bound.at, ago: bound.ago }
  if (sign === '<=') return { from: Number.NEGATIVE_INFINITY, to: bound.at + step, ago: bound.ago }
  if (sign === '>') return { from: bound.at + step, to: Number.POSITIVE_INFINITY, ago: bound.ago }
  if (sign === '>=') return { from: bound.at, to: Number.POSITIVE_INFINITY, ago: bound.ago }
  if (bound.ago) {
    throw new ReeveError(
      'query/value',
      `\`${field.name}:${value}\` needs a direction: \`${field.name}:>${value}\` or \`${field.name}:<${value}\``,
    )
  }
  return { from: bound.at, to: bound.at + step, ago: false }
}

function rangeOf(field: Field, value: string, low: string, high: string): Match {
  const from = boundOf(field, low, value)
  const to = boundOf(field, high, value)
  if (from.ago !== to.ago || from.at > to.at) {
    throw new ReeveError('query/value', `\`${field.name}:${value}\` is not a range from less to more`)
  }
  return { from: from.at, to: from.ago ? to.at : to.at + (field.as === 'number' ? 1 : to.whole), ago: from.ago }
}

/** A bound: a duration (`90d`, `ago`), a date (a `whole` day long) or a number. */
function boundOf(field: Field, text: string, value: string): { at: number; ago: boolean; whole: number } {
  if (field.as === 'number') {
    if (/^\d{1,12}$/.test(text)) return { at: Number(text), ago: false, whole: 1 }
    throw new ReeveError(
      'query/value',
      `\`${field.name}:${value}\` compares with a whole number, such as \`${field.name}:>10\``,
    )
  }
  const duration = /^(\d{1,5})(mo|[mhdwy])$/.exec(text)
  if (duration) return { at: Number(duration[1]) * UNITS[duration[2]!]!, ago: true, whole: 1 }
  const date = /^\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?$/.exec(text)
  const at = date ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(at)) return { at, ago: false, whole: date![1] ? 1 : DAY }
  throw new ReeveError(
    'query/value',
    `\`${field.name}:${value}\` is neither a time such as \`>90d\` or \`<2w\`, nor a date, nor \`unknown\``,
  )
}

/** One spelling for comparing: no case, composed. */
export const fold = (text: string): string => (/[^\x20-\x7e]/.test(text) ? text.normalize('NFC') : text).toLowerCase()

export const spell = (value: string, quoted = false): string =>
  quoted || /[\s"]/.test(value) || value.startsWith('-') ? `"${value.replaceAll(/["\\]/g, '\\$&')}"` : value

/** Edits (insert, delete, replace, swap neighbours) that turn one word into the other. */
function distance(a: string, b: string): number {
  if (a.length > 40) return a.length
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, rows[i - 2]![j - 2]! + 1)
      row[j] = least
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}
