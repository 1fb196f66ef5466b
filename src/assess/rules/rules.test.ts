import { expect, test } from 'vitest'
import { Owasp } from '../../sdk/index.ts'
import { runCase, testRule } from '../../sdk/testing/index.ts'
import { rules } from './index.ts'

for (const rule of rules) test(`rule ${rule.id} holds its contract`, () => testRule(rule))

test('rule ids are unique, kebab case and in order', () => {
  const ids = rules.map((rule) => rule.id)
  expect(ids).toEqual([...new Set(ids)].sort())
  expect(ids.filter((id) => !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id))).toEqual([])
})

test('there are at least thirty rules', () => {
  expect(rules.length).toBeGreaterThanOrEqual(30)
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
