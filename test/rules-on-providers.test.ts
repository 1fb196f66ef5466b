import { describe, expect, test } from 'vitest'
import { describeRules, rules } from '../src/assess/index.ts'
import { providers } from '../src/providers/index.ts'
import { Owasp } from '../src/sdk/index.ts'

const described = describeRules(rules, providers)
const ids = providers.map(({ id }) => id)

test('eighty rules and more ship, and each has a case that fails and one that does not', () => {
  expect(described.length).toBeGreaterThanOrEqual(80)
  for (const { id, cases } of described) {
    expect([id, cases.some(({ expect: verdict }) => verdict === 'fail')]).toEqual([id, true])
    expect([id, cases.some(({ expect: verdict }) => verdict === 'pass' || verdict === 'not-applicable')]).toEqual([
      id,
      true,
    ])
  }
})

describe.for(Owasp.options)('%s', (risk) => {
  const of = described.filter(({ owasp }) => owasp.includes(risk))

  test('is judged on three systems at least', () => {
    const systems = new Set(of.flatMap((one) => one.providers))
    expect(
      systems.size,
      `${risk}: ${[...systems].join(', ')} by ${of.map(({ id }) => id).join(', ')}`,
    ).toBeGreaterThanOrEqual(3)
    expect([...systems].every((id) => ids.includes(id))).toBe(true)
  })
})

test('what a provider yields as an identity or a credential is judged by some rule', () => {
  const silent = ids.filter((id) => !described.some((one) => one.providers.includes(id)))
  expect(silent).toEqual([])
})
