import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Kind } from '../sdk/index.ts'
import { NEVER } from './columns.ts'
import {
  facets as allFacets,
  fields,
  type NumberField,
  numberFields,
  VERDICTS,
  type WordField,
  wordFields,
} from './inventory-fields.ts'
import { fold, type Match, parseQuery, type Term } from './query.ts'
import { Roll } from './roll.ts'
import { type RollEntry, RollTable } from './roll-table.ts'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 24, 9)

function entry(over: Partial<RollEntry> & { key: string }): RollEntry {
  return {
    id: 1,
    kind: 'identity',
    name: over.key,
    aliases: [],
    worst: 7,
    ...(Object.fromEntries(wordFields.map((name) => [name, []])) as unknown as Record<WordField, string[]>),
    ...(Object.fromEntries(numberFields.map((name) => [name, Number.NaN])) as Record<NumberField, number>),
    ...over,
  }
}

function rollOf(entries: readonly RollEntry[]): Roll {
  const table = new RollTable()
  for (const one of entries) table.add(one)
  return new Roll(table)
}

const keysOf = (
  roll: Roll,
  text: string,
  sort: Parameters<Roll['select']>[2] = 'name',
  down = false,
  kind: Kind = 'identity',
) => [...roll.select(kind, parseQuery(text, fields), sort, down, NOW).rows].map((row) => roll.keys[row])

describe('what a query finds', () => {
  const roll = rollOf([
    entry({
      key: 'aws:a',
      name: 'Alpha Job',
      type: ['aws_service_account'],
      source: ['aws-prod'],
      env: ['production'],
      used: NOW - 100 * DAY,
      owner: ['Mara Quill', 'person:mara@x.org'],
      worst: 0,
    }),
    entry({
      key: 'aws:b',
      name: 'beta',
      aliases: ['AKIA123'],
      type: ['service_account'],
      source: ['aws-prod', 'git-x'],
      env: ['staging'],
      used: NOW - 1000,
      worst: 5,
    }),
    entry({
      key: 'host:c',
      name: 'gamma',
      type: ['linux_user'],
      source: ['host-ops'],
      used: Number.NaN,
      expires: NEVER,
      owner: ['Bo', 'person:bo@x.org', 'left'],
      worst: 6,
    }),
    entry({
      key: 'host:d',
      name: 'delta',
      type: ['linux_user'],
      source: ['host-ops'],
      used: NEVER,
      expires: NOW + 5 * DAY,
      worst: 1,
    }),
    entry({ key: 'person:x', kind: 'person', name: 'Alpha' }),
  ])
  test.each([
    ['', ['aws:a', 'aws:b', 'host:c', 'host:d']],
    ['type:service_account', ['aws:a', 'aws:b']],
    ['type:linux_*', ['host:c', 'host:d']],
    ['type:linux_user type:service_account', ['aws:a', 'aws:b', 'host:c', 'host:d']],
    ['source:aws', ['aws:a', 'aws:b']],
    ['source:git', ['aws:b']],
    ['source:aws -env:prod', ['aws:b']],
    ['used:>90d', ['aws:a']],
    ['used:unknown', ['host:c']],
    ['used:none', ['host:d']],
    ['used:<1d used:>90d', ['aws:a', 'aws:b']],
    ['-used:unknown -used:none', ['aws:a', 'aws:b']],
    ['expires:<7d', ['host:d']],
    ['expires:never', ['host:c']],
    ['owner:none', ['aws:b', 'host:d']],
    ['owner:mara', ['aws:a']],
    ['owner:"Mara Quill"', ['aws:a']],
    ['owner:left', ['host:c']],
    ['env:unknown', ['host:c', 'host:d']],
    ['akia123', ['aws:b']],
    ['"alpha job"', ['aws:a']],
    ['a -alpha', ['aws:b', 'host:c', 'host:d']],
    ['name:aws', []],
  ])('%s', (text, keys) => {
    expect(keysOf(roll, text)).toEqual(keys)
  })
  test('worst first; last use with what is unknown at the end in both directions', () => {
    expect(keysOf(roll, '', 'worst')).toEqual(['aws:a', 'host:d', 'aws:b', 'host:c'])
    expect(keysOf(roll, '', 'lastUsed')).toEqual(['aws:a', 'aws:b', 'host:d', 'host:c'])
    expect(keysOf(roll, '', 'lastUsed', true)).toEqual(['aws:b', 'aws:a', 'host:d', 'host:c'])
  })
  test('a cursor goes on after a key, and says so when the key has left the list', () => {
    const selection = roll.select('identity', parseQuery('source:aws', fields), 'name', false, NOW)
    expect(roll.after(selection, 'aws:a')).toBe(1)
    expect(roll.after(selection, 'host:c')).toBeNull()
    expect(roll.after(selection, 'aws:gone')).toBeNull()
  })
})

describe('against a slow, obvious twin', () => {
  const words: Record<WordField, string[]> = {
    verdict: [...VERDICTS],
    source: ['aws-1', 'aws-2', 'host-1'],
    type: ['aws_user', 'linux_user', 'service_account'],
    account: ['service', 'human', 'unknown'],
    env: ['production', 'test'],
    sensitivity: ['restricted', 'public'],
    tier: ['0', '1'],
    owner: ['Mara Quill', 'Bo', 'left'],
    ownership: ['owned', 'orphaned'],
    method: ['token', 'password'],
    label: ['pci', 'old'],
    renews: ['yes', 'no'],
  }
  const number = fc.constantFrom(Number.NaN, NEVER, NOW - 400 * DAY, NOW - 50 * DAY, NOW - 1000, NOW + 5 * DAY, 3, 12)
  const anyEntry = fc
    .record({
      ...(Object.fromEntries(
        wordFields.map((name) => [name, fc.subarray(words[name], { maxLength: 2 })]),
      ) as unknown as Record<WordField, fc.Arbitrary<string[]>>),
      ...(Object.fromEntries(numberFields.map((name) => [name, number])) as Record<NumberField, typeof number>),
      name: fc.constantFrom('alpha', 'Beta', 'gamma ray'),
      worst: fc.nat(7),
      kind: fc.constantFrom<Kind>('identity', 'identity', 'workload'),
    })
    .map((over) => over as unknown as RollEntry)
  const anyTerm = fc.constantFrom(
    ...[
      'type:user',
      'type:aws_*',
      '-type:linux_user',
      'source:aws',
      'source:host-1',
      '-source:aws',
      'env:prod',
      'env:unknown',
      '-env:test',
      'owner:none',
      'owner:any',
      'owner:left',
      '-owner:mara',
      'used:>90d',
      'used:<1d',
      'used:unknown',
      '-used:unknown',
      'used:30d..90d',
      'age:none',
      'age:>1y',
      'expires:<30d',
      'reach:>10',
      'verdict:critical',
      'verdict:pass',
      'account:human',
      'label:pci',
      'alpha',
      '-beta',
      'name:ray',
    ],
  )

  test('finds the same rows and counts the same facets', () => {
    fc.assert(
      fc.property(
        fc.array(anyEntry, { minLength: 1, maxLength: 40 }),
        fc.array(anyTerm, { maxLength: 5 }),
        (drawn, terms) => {
          const entries = drawn
            .map((one, index) => ({ ...one, key: `t:${index}`, id: index, aliases: [] }))
            .sort((a, b) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : a.id - b.id))
          const roll = rollOf(entries)
          const query = parseQuery(terms.join(' '), fields)
          const selection = roll.select('identity', query, 'name', false, NOW)
          const rows = entries.filter((one) => one.kind === 'identity')
          expect([...selection.rows].map((row) => roll.keys[row])).toEqual(
            rows.filter((one) => matches(one, query.terms)).map((one) => one.key),
          )

          const counted = new Map(roll.facets(selection, NOW).map(({ facet, counts }) => [facet.field, counts]))
          for (const facet of allFacets) {
            const others = query.terms.filter((term) => term.field?.name !== facet.field)
            const pool = rows.filter((one) => matches(one, others))
            const expected =
              'choices' in facet
                ? facet.choices.map(({ value, match }) => ({
                    value,
                    count: pool.filter((one) => matches(one, [{ field: facet.as, not: false, match, text: '' }]))
                      .length,
                  }))
                : countWords(pool.map((one) => one[facet.words] as string[]))
            const sort = (list: { value: string; count: number }[]) =>
              [...list].sort((a, b) => (a.value < b.value ? -1 : 1))
            expect(sort(counted.get(facet.field)!)).toEqual(sort(expected))
          }
        },
      ),
      { numRuns: 400 },
    )
  })

  function countWords(lists: string[][]): { value: string; count: number }[] {
    const counts = new Map<string, number>()
    for (const list of lists)
      for (const value of list.length === 0 ? [''] : list) counts.set(value, (counts.get(value) ?? 0) + 1)
    return [...counts].map(([value, count]) => ({ value, count }))
  }

  function matches(one: RollEntry, terms: readonly Term[]): boolean {
    return [...Map.groupBy(terms, (term) => term.field?.name ?? '')].every(([name, group]) => {
      const is = group.filter((term) => !term.not)
      const not = group.filter((term) => term.not)
      if (not.some((term) => matchesOne(one, term))) return false
      return (
        is.length === 0 ||
        (name === '' ? is.every((term) => matchesOne(one, term)) : is.some((term) => matchesOne(one, term)))
      )
    })
  }

  function matchesOne(one: RollEntry, { field, match }: Term): boolean {
    if (field === null) return 'contains' in match && `${fold(one.name)}\n${one.key}`.includes(match.contains)
    if (field.as === 'text') return 'contains' in match && fold(one.name).includes(match.contains)
    if (field.as === 'word') return matchesWord((one[field.name as WordField] as string[]).map(fold), field.name, match)
    const value = one[field.name as NumberField]
    if ('special' in match)
      return match.special === 'unknown'
        ? Number.isNaN(value)
        : match.special === 'none'
          ? value === NEVER
          : Number.isFinite(value)
    if (!('from' in match) || !Number.isFinite(value)) return false
    if (!match.ago) return value >= match.from && value < match.to
    const span = field.ahead ? value - NOW : NOW - value
    return (field.ahead ? span >= Math.max(0, match.from) : span >= match.from) && span < match.to
  }

  function matchesWord(values: string[], field: string, match: Match): boolean {
    if ('special' in match)
      return match.special === 'any'
        ? values.length > 0
        : values.length === 0 || (match.special === 'unknown' && values.includes('unknown'))
    if ('begins' in match) return values.some((value) => value.startsWith(match.begins))
    if (!('is' in match)) return false
    const more: Record<string, (value: string) => boolean> = {
      type: (value) => value.endsWith(`_${match.is}`),
      source: (value) => value.startsWith(`${match.is}-`),
      owner: (value) => value.startsWith(`${match.is} `) || value.startsWith(`person:${match.is}`),
    }
    return values.some((value) => value === match.is || more[field]?.(value) === true)
  }
})
