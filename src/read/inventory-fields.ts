import { type Field, type Match, parseQuery } from './query.ts'

/** What inventory queries may ask. */
export const fields: readonly Field[] = [
  { name: 'verdict', also: ['severity'], as: 'word' },
  { name: 'source', also: ['connection'], as: 'word' },
  { name: 'type', as: 'word' },
  { name: 'account', also: ['accountKind'], as: 'word' },
  {
    name: 'env',
    also: ['environment'],
    as: 'word',
    short: { prod: 'production', dev: 'development', stage: 'staging' },
  },
  { name: 'sensitivity', as: 'word' },
  { name: 'tier', as: 'word' },
  { name: 'owner', as: 'word' },
  { name: 'ownership', as: 'word' },
  { name: 'method', as: 'word' },
  { name: 'label', as: 'word' },
  { name: 'renews', as: 'word', short: { true: 'yes', false: 'no', itself: 'yes' } },
  { name: 'used', also: ['lastUsed'], as: 'time' },
  { name: 'age', as: 'time' },
  { name: 'created', as: 'time' },
  { name: 'expires', as: 'time', ahead: true },
  { name: 'seen', also: ['firstSeen', 'new'], as: 'time' },
  { name: 'reach', as: 'number' },
  { name: 'findings', as: 'number' },
  { name: 'credentials', as: 'number' },
  { name: 'undated', as: 'number' },
  { name: 'name', as: 'text' },
]

export const wordFields = [
  'verdict',
  'source',
  'type',
  'account',
  'env',
  'sensitivity',
  'tier',
  'owner',
  'ownership',
  'method',
  'label',
  'renews',
] as const
export type WordField = (typeof wordFields)[number]
export const numberFields = [
  'used',
  'age',
  'created',
  'expires',
  'seen',
  'reach',
  'findings',
  'credentials',
  'undated',
] as const
export type NumberField = (typeof numberFields)[number]

const tail = (separator: string) => (value: string, word: string) => value === word || value.endsWith(separator + word)
const head = (separator: string) => (value: string, word: string) =>
  value === word || value.startsWith(word + separator)

/** Where a word means more than its equal: `type:service_account` any system's, `source:host` any host, `owner:mara` Mara Quill. */
export const SAME: Partial<Record<WordField, (value: string, word: string) => boolean>> = {
  type: tail('_'),
  source: head('-'),
  owner: (value, word) => value === word || value.startsWith(`${word} `) || value.startsWith(`person:${word}`),
}

interface Titled {
  /** As its words say: `owner`. */
  field: string
  title: string
}
/** Either the values that occur, or fixed choices. */
export type Facet =
  | (Titled & { words: WordField; order?: readonly string[]; most: number })
  | (Titled & { as: Field; choices: readonly { value: string; title: string; match: Match }[] })

function choices(field: string, title: string, ...list: readonly (readonly [value: string, title: string])[]): Facet {
  const as = fields.find(({ name }) => name === field)!
  return {
    field,
    title,
    as,
    choices: list.map(([value, name]) => ({
      value,
      title: name,
      match: parseQuery(`${field}:${value}`, fields).terms[0]!.match,
    })),
  }
}

export const VERDICTS = ['critical', 'high', 'medium', 'low', 'info', 'unknown', 'pass', 'not-judged'] as const

export const facets: readonly Facet[] = [
  { field: 'verdict', title: 'Verdict', words: 'verdict', order: VERDICTS, most: 8 },
  { field: 'source', title: 'Source', words: 'source', most: 12 },
  { field: 'type', title: 'Type', words: 'type', most: 12 },
  { field: 'account', title: 'Used by', words: 'account', order: ['service', 'system', 'human', 'unknown'], most: 5 },
  {
    field: 'env',
    title: 'Environment',
    words: 'env',
    order: ['production', 'staging', 'development', 'test'],
    most: 5,
  },
  choices('owner', 'Accountable owner', ['any', 'Named'], ['none', 'Nobody'], ['left', 'Has left']),
  choices(
    'used',
    'Last used',
    ['<1d', 'Today'],
    ['1d..30d', 'Under 30 days'],
    ['30d..90d', '30 to 90 days'],
    ['>90d', 'Over 90 days'],
    ['none', 'Cannot be used'],
    ['unknown', 'Unknown'],
  ),
  choices(
    'age',
    'Oldest credential',
    ['<90d', 'Under 90 days'],
    ['90d..1y', '90 days to a year'],
    ['>1y', 'Over a year'],
    ['none', 'None held'],
    ['unknown', 'Unknown'],
  ),
  { field: 'label', title: 'Label', words: 'label', most: 8 },
]
