import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Entity, Owasp, Severity } from '../sdk/index.ts'
import { score } from './score.ts'

const resource = (over: object = {}) =>
  Entity.parse({ kind: 'resource', type: 'demo_bucket', key: 'demo:bucket', name: 'bucket', ...over })
const finding = fc.record({
  severity: fc.constantFrom(...Severity.options),
  owasp: fc.uniqueArray(fc.constantFrom(...Owasp.options), { minLength: 1, maxLength: 3 }),
  title: fc.constant('A fault'),
})

test('whatever is found, the parts are whole numbers within their bounds and add up to the total', () => {
  fc.assert(
    fc.property(
      fc.array(finding, { maxLength: 12 }),
      fc.nat(200),
      fc.constantFrom(undefined, resource(), resource({ sensitivity: 'restricted' }), resource({ tier: 1 })),
      (findings, reached, mostSensitive) => {
        const { total, parts } = score({ findings, reached, mostSensitive })
        expect(parts.every(({ points, most }) => Number.isInteger(points) && points >= 0 && points <= most)).toBe(true)
        expect(parts.reduce((sum, { points }) => sum + points, 0)).toBe(total)
        expect(parts.reduce((sum, { most }) => sum + most, 0)).toBe(100)
        expect(parts.every(({ says, points, most }) => says.startsWith(`${points} of ${most}: `))).toBe(true)
      },
    ),
  )
})

test('more findings, or what it reaches becoming more sensitive, never lower the score', () => {
  fc.assert(
    fc.property(fc.array(finding, { maxLength: 6 }), finding, fc.nat(120), (findings, more, reached) => {
      const before = score({ findings, reached, mostSensitive: resource({ sensitivity: 'internal' }) }).total
      expect(
        score({ findings: [...findings, more], reached, mostSensitive: resource({ sensitivity: 'internal' }) }).total,
      ).toBeGreaterThanOrEqual(before)
      expect(
        score({ findings, reached, mostSensitive: resource({ sensitivity: 'restricted' }) }).total,
      ).toBeGreaterThan(before)
    }),
  )
})

test('nothing wrong and nothing reached is zero, and says so', () => {
  const { total, parts } = score({ findings: [], reached: 0, mostSensitive: undefined })
  expect(total).toBe(0)
  expect(parts[0]!.says).toBe('0 of 20: no finding is open.')
})
