import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isCron, nextAt } from './schedule.ts'

const from = new Date('2026-11-24T12:34:56Z')
const next = (line: string) => nextAt(line, from)?.toISOString() ?? null

test('the next time is the first minute after now that the line names', () => {
  expect(next('* * * * *')).toBe('2026-11-24T12:35:00.000Z')
  expect(next('0 */6 * * *')).toBe('2026-11-24T18:00:00.000Z')
  expect(next('34 12 * * *')).toBe('2026-11-25T12:34:00.000Z')
  expect(next('5,50 12-13 * * *')).toBe('2026-11-24T12:50:00.000Z')
  expect(next('0 0 1 1 *')).toBe('2027-01-01T00:00:00.000Z')
  expect(next('0 0 29 2 *')).toBe('2028-02-29T00:00:00.000Z')
  expect(next('0 3 * * 7')).toBe('2026-11-29T03:00:00.000Z')
  expect(next('0 3 * * 1-5')).toBe('2026-11-25T03:00:00.000Z')
})

test('where both day fields are restricted, either names the day', () => {
  expect(next('0 0 13 * 3')).toBe('2026-11-25T00:00:00.000Z')
})

test('a day that never comes has no next time', () => {
  expect(next('0 0 31 2 *')).toBeNull()
})

test('lines that are no cron are refused', () => {
  for (const line of [
    '',
    '* * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 8',
    '5-2 * * * *',
    '*/0 * * * *',
    'a * * * *',
    '@daily',
    '* * * * * *',
  ]) {
    expect(isCron(line), line).toBe(false)
  }
})

test('the next time is later, whole, and the first of its kind', () => {
  const field = (low: number, high: number) =>
    fc.oneof(
      fc.constant('*'),
      fc.integer({ min: low, max: high }).map(String),
      fc.integer({ min: 1, max: 20 }).map((step) => `*/${step}`),
    )
  fc.assert(
    fc.property(field(0, 59), field(0, 23), field(0, 6), (minute, hour, weekday) => {
      const line = `${minute} ${hour} * * ${weekday}`
      const found = nextAt(line, from)!
      const names = (text: string, value: number) =>
        text === '*' || (text.startsWith('*/') ? value % Number(text.slice(2)) === 0 : Number(text) === value)
      let at = new Date('2026-11-24T12:35:00Z')
      while (!(names(minute, at.getUTCMinutes()) && names(hour, at.getUTCHours()) && names(weekday, at.getUTCDay())))
        at = new Date(at.getTime() + 60_000)
      expect(found).toEqual(at)
    }),
    { numRuns: 60 },
  )
})
