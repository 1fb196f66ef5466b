import { expect, test } from 'vitest'
import type { Neighbour } from '../../sdk/index.ts'
import { list, listOf, momentOf, nameOf } from './standing.ts'

const ends = (count: number): Neighbour[] =>
  Array.from({ length: count }, (_, n) => ({
    key: `demo:${n}`,
    entity: { kind: 'identity', type: 'demo_thing', key: `demo:${n}`, name: `thing\n${n}`, attributes: {} },
    edge: { from: 'demo:a', verb: 'has', to: `demo:${n}` },
  }))

test('what is at the ends is told as a list of all its names would tell it, though few are looked at', () => {
  for (let count = 0; count < 8; count++) {
    expect(listOf(ends(count))).toBe(list(ends(count).map(nameOf)))
    const called = (end: Neighbour) => `<${nameOf(end)}>`
    expect(listOf(ends(count), called, 6)).toBe(list(ends(count).map(called), 6))
  }
  let asked = 0
  listOf(ends(1_000), () => `${++asked}`)
  expect(asked).toBe(3)
})

test('a moment is known only of a date', () => {
  expect(momentOf({ value: '2026-11-24T05:37:00.000Z' })).toBe(Date.UTC(2026, 10, 24, 5, 37))
  expect([momentOf(undefined), momentOf({ unknown: 'refused' }), momentOf({ value: 'soon' })]).toEqual([
    null,
    null,
    null,
  ])
})
