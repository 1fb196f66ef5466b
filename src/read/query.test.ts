import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ReeveError } from '../sdk/index.ts'
import { type Field, parseQuery } from './query.ts'

const fields: Field[] = [
  { name: 'type', as: 'word' },
  { name: 'owner', as: 'word' },
  { name: 'env', also: ['environment'], as: 'word', short: { prod: 'production' } },
  { name: 'used', also: ['lastUsed'], as: 'time' },
  { name: 'expires', as: 'time', ahead: true },
  { name: 'reach', as: 'number' },
  { name: 'name', as: 'text' },
]
const DAY = 86_400_000
const parse = (text: string) => parseQuery(text, fields, (name) => name === 'mfa')
const matches = (text: string) =>
  parse(text).terms.map(({ field, not, match }) => ({ field: field?.name ?? null, not, match }))

function refusal(text: string): { code: string; message: string; fields: unknown } {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof ReeveError) return { code: error.code, message: error.message, fields: error.fields }
    throw error
  }
  throw new Error(`${text} was not refused`)
}

describe('what the words mean', () => {
  test.each([
    ['type:service_account', { field: 'type', not: false, match: { is: 'service_account' } }],
    ['type:aws_*', { field: 'type', not: false, match: { begins: 'aws_' } }],
    ['owner:none', { field: 'owner', not: false, match: { special: 'none' } }],
    ['owner:"none"', { field: 'owner', not: false, match: { is: 'none' } }],
    ['owner:"Mara Quill"', { field: 'owner', not: false, match: { is: 'mara quill' } }],
    ['-env:prod', { field: 'env', not: true, match: { is: 'production' } }],
    ['Environment:prod', { field: 'env', not: false, match: { is: 'production' } }],
    [
      'lastUsed:>90d',
      { field: 'used', not: false, match: { from: 90 * DAY + 1, to: Number.POSITIVE_INFINITY, ago: true } },
    ],
    ['used:<1d', { field: 'used', not: false, match: { from: Number.NEGATIVE_INFINITY, to: DAY, ago: true } }],
    ['used:30d..90d', { field: 'used', not: false, match: { from: 30 * DAY, to: 90 * DAY, ago: true } }],
    ['used:unknown', { field: 'used', not: false, match: { special: 'unknown' } }],
    [
      'expires:2026-12-01',
      { field: 'expires', not: false, match: { from: Date.UTC(2026, 11, 1), to: Date.UTC(2026, 11, 2), ago: false } },
    ],
    [
      'expires:>2026-12-01',
      {
        field: 'expires',
        not: false,
        match: { from: Date.UTC(2026, 11, 2), to: Number.POSITIVE_INFINITY, ago: false },
      },
    ],
    ['reach:>10', { field: 'reach', not: false, match: { from: 11, to: Number.POSITIVE_INFINITY, ago: false } }],
    ['reach:10', { field: 'reach', not: false, match: { from: 10, to: 11, ago: false } }],
    ['name:Back', { field: 'name', not: false, match: { contains: 'back' } }],
    ['mfa:false', { field: 'mfa', not: false, match: { is: 'false' } }],
    ['CI-Deployer', { field: null, not: false, match: { contains: 'ci-deployer' } }],
    ['"nightly job"', { field: null, not: false, match: { contains: 'nightly job' } }],
    ['-"nightly job"', { field: null, not: true, match: { contains: 'nightly job' } }],
  ])('%s', (text, meaning) => {
    expect(matches(text)).toEqual([meaning])
  })

  test('a key with colons is a word when quoted', () => {
    expect(matches('"arn:aws:iam::1:user/x"')).toEqual([
      { field: null, not: false, match: { contains: 'arn:aws:iam::1:user/x' } },
    ])
  })

  test('the canonical spelling means the same', () => {
    const text = 'Environment:prod  lastUsed:>90d "a \\"b" -owner:"Mara Quill"'
    const canonical = parse(text).text
    expect(canonical).toBe('env:production used:>90d "a \\"b" -owner:"Mara Quill"')
    expect(parse(canonical)).toEqual(parse(text))
  })

  test('an empty query has no terms', () => {
    expect(parse('   ').terms).toEqual([])
  })
})

describe('what is refused', () => {
  test('a misspelt field, with the field that was meant', () => {
    expect(refusal('onwer:none')).toEqual({
      code: 'query/unknown-field',
      message: '`onwer` is not a field. Did you mean `owner`?',
      fields: { field: 'onwer', suggestion: 'owner' },
    })
  })
  test('a field like none of ours, with the list', () => {
    expect(refusal('zzzzzz:1').message).toContain('Fields are type, owner')
  })
  test.each([
    ['used:90d', 'query/value'],
    ['used:soon', 'query/value'],
    ['used:>2026-13-45', 'query/value'],
    ['used:90d..30d', 'query/value'],
    ['reach:>many', 'query/value'],
    ['owner:""', 'query/value'],
    [`name:${'x'.repeat(3000)}`, 'query/too-long'],
  ])('%s', (text, code) => {
    expect(refusal(text).code).toBe(code)
  })
})

test('no text makes the parser fail but by a ReeveError, and what it reads it reads again the same', () => {
  const word = fc.constantFrom(
    'type:',
    'owner:',
    '-',
    '"',
    'used:>',
    '90d',
    ':',
    '\\',
    ' ',
    "';drop table",
    'ß',
    '𝒳',
    '\u202e',
    '..',
    'reach:',
    '<',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.array(word).map((parts) => parts.join('')),
      ),
      (text) => {
        let query: ReturnType<typeof parse>
        try {
          query = parse(text)
        } catch (error) {
          expect(error).toBeInstanceOf(ReeveError)
          return
        }
        expect(parse(query.text).terms.map(({ match, not }) => ({ match, not }))).toEqual(
          query.terms.map(({ match, not }) => ({ match, not })),
        )
      },
    ),
    { numRuns: 2000 },
  )
})
