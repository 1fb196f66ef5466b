import { expect, test } from 'vitest'
import { createClock, systemClock } from './clock.ts'

const MINUTE = 60_000
const at = (...times: number[]) => {
  const ahead = [...times]
  const clock = createClock(() => ahead.shift()!)
  return times.map(() => clock.now().getTime())
}

test('time that goes on is given as it is', () => {
  expect(at(1, 2, 2, 1000)).toEqual([1, 2, 2, 1000])
})

test('a step back of a correction stands still until it has caught up', () => {
  expect(at(10 * MINUTE, 9 * MINUTE, 10 * MINUTE - 1, 10 * MINUTE + 1)).toEqual([
    10 * MINUTE,
    10 * MINUTE,
    10 * MINUTE,
    10 * MINUTE + 1,
  ])
})

test('a jump back of an hour, and one forward, are believed', () => {
  expect(at(100 * MINUTE, 40 * MINUTE, 41 * MINUTE, 9000 * MINUTE)).toEqual([
    100 * MINUTE,
    40 * MINUTE,
    41 * MINUTE,
    9000 * MINUTE,
  ])
})

test('a sleep ends at once when it is aborted, before or meanwhile', async () => {
  await systemClock.sleep(10 ** 9, AbortSignal.abort())
  const control = new AbortController()
  const sleeping = systemClock.sleep(10 ** 9, control.signal)
  control.abort()
  await sleeping
})

test('a sleep longer than a timer can be does not end at once', async () => {
  const control = new AbortController()
  let ended = false
  void systemClock.sleep(2 ** 40, control.signal).then(() => {
    ended = true
  })
  await systemClock.sleep(20)
  expect(ended).toBe(false)
  control.abort()
})
