import { expect, test } from 'vitest'
import { Entity } from '../../sdk/index.ts'
import { evidence, leaksOf, severityOf, standsIn } from './git-places.ts'

const NOW = new Date('2026-11-24T06:00:00.000Z')
const leak = (file: string, attributes: Entity['attributes']) => {
  const key = `git:shop/leak/${file}`
  const entity: Entity = { kind: 'secret', type: 'git_leak', key, name: file, attributes: { file, ...attributes } }
  return { key, entity, edge: { from: key, verb: 'holds' as const, to: 'credential:hmac:1' } }
}
const says = (...leaks: ReturnType<typeof leak>[]): string => standsIn(leaksOf(leaks), NOW)

test('a value in a repository that anybody can read is public, since it was opened', () => {
  const date = '2025-03-02T10:00:00.000Z'
  expect(says(leak('legacy.env', { date, public: true, publicSince: '2026-11-14T06:00:00.000Z' }))).toBe(
    'has been public for 10 days in legacy.env',
  )
  expect(says(leak('legacy.env', { date, public: true }), leak('other.env', { date }))).toBe(
    'has been public in legacy.env',
  )
})

test('a value in another repository stands there since its commit, where that is known', () => {
  expect(says(leak('a.env', { date: '2025-03-02T10:00:00.000Z' }))).toBe('is in a.env since 2 March 2025')
  expect(says(leak('a.env', {}))).toBe('is in a.env')
})

const credential = (live?: string) =>
  Entity.parse({
    kind: 'credential',
    type: 'secret_value',
    key: 'credential:one',
    name: 'Stripe live key',
    attributes: {
      severity: 'high',
      leakPlaces: 1,
      ...(live && { live, liveSays: 'GET api.stripe.com/v1/balance answered so.' }),
    },
  })
const example = [{ place: { file: 'docs/a.md', line: 3 }, repository: 'shop', example: true, open: false }] as never[]

test('what its service says of a key weighs more than where it stands', () => {
  expect(severityOf(credential(), example)).toBe('low')
  expect(severityOf(credential('live'), example)).toBe('critical')
  expect(severityOf(credential('live'), example, 'high')).toBe('critical')
  expect(severityOf(credential('dead'), [])).toBe('low')
  expect(severityOf(credential('indeterminate'), example)).toBe('low')
})

test('and comes first of the evidence', () => {
  expect(evidence(credential('live'), example)[0]).toBe('GET api.stripe.com/v1/balance answered so.')
  expect(evidence(credential('not-asked'), example)[0]).toBe('shop: docs/a.md:3.')
})
