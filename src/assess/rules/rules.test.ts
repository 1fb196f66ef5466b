import { describe, expect, test } from 'vitest'
import { Method, Owasp, type RuleCase } from '../../sdk/index.ts'
import { runCase, testRule } from '../../sdk/testing/index.ts'
import { rules } from './index.ts'

for (const rule of rules) test(`rule ${rule.id} holds its contract`, () => testRule(rule))

test('rule ids are unique, kebab case and in order', () => {
  const ids = rules.map((rule) => rule.id)
  expect(ids).toEqual([...new Set(ids)].sort())
  expect(ids.filter((id) => !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id))).toEqual([])
})

describe('age', () => {
  const DAY = 86_400_000
  const now = '2026-11-24T12:00:00.000Z'
  const ago = (days: number): string => new Date(Date.parse(now) - days * DAY).toISOString()
  const judged = (method: Method, days: number, more: Partial<RuleCase['entities'][number]> = {}, params = {}) =>
    runCase(rules.find(({ id }) => id === 'credential-long-lived')!, {
      name: '',
      subject: 'demo:it',
      entities: [
        {
          kind: 'credential',
          type: 'demo',
          key: 'demo:it',
          name: 'it',
          method,
          created: { value: ago(days) },
          ...more,
        },
      ],
      now,
      params,
      expect: 'pass',
    })

  test('a certificate and an access key of one age are judged by the limit of their class, which the finding names', () => {
    expect(judged('certificate', 200).verdict).toBe('pass')
    expect(judged('access-key', 200)).toMatchObject({
      verdict: 'fail',
      because: ['It is 200 days old; an access key may be 90 days old.', 'No end date is known for it.'],
    })
    const old = [judged('certificate', 500), judged('access-key', 500)]
    expect(old.map((one) => 'because' in one && one.because[0])).toEqual([
      'It is 500 days old; a certificate may be 398 days old.',
      'It is 500 days old; an access key may be 90 days old.',
    ])
  })

  test('an access key of 91 days fails by a limit of 90, and no more once it is replaced', () => {
    expect(judged('access-key', 91, {}, { 'access-key': 90 }).verdict).toBe('fail')
    expect(judged('access-key', 90, {}, { 'access-key': 90 }).verdict).toBe('pass')
    expect(judged('access-key', 91, { attributes: { rotated: ago(1) } }).verdict).toBe('pass')
    expect(judged('access-key', 91, { attributes: { status: 'Inactive' } }).verdict).toBe('not-applicable')
  })

  test('each class has a limit of its own, which an installation may set', () => {
    for (const method of Method.options.filter((one) => one !== 'federation')) {
      expect([method, judged(method, 40, {}, { [method]: 30 }).verdict]).toEqual([method, 'fail'])
      expect([method, judged(method, 40, {}, { [method]: 60 }).verdict]).toEqual([method, 'pass'])
    }
  })
})

test.each(Owasp.options)('%s has a rule with a case that fails and one that passes', (id) => {
  const verdicts = rules
    .filter((rule) => rule.owasp.includes(id))
    .map((rule) => new Set(rule.cases.map((given) => runCase(rule, given).verdict)))
  expect(verdicts.some((seen) => seen.has('fail') && (seen.has('pass') || seen.has('not-applicable')))).toBe(true)
})

test('default settings are complete: a rule with settings works without any given', () => {
  for (const rule of rules) expect(() => rule.params?.parse({})).not.toThrow()
})
