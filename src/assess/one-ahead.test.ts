import { expect, test } from 'vitest'
import { oneAhead } from './one-ahead.ts'

test('one batch is written while the next is made, and never two at once', async () => {
  const ahead = oneAhead()
  const told: string[] = []
  const write = (name: string) => async () => {
    told.push(`${name} begins`)
    await new Promise((resolve) => setImmediate(resolve))
    told.push(`${name} ends`)
  }
  for (const name of ['a', 'b']) {
    told.push(`${name} is made`)
    await ahead.send(write(name))
  }
  await ahead.end()
  expect(told).toEqual(['a is made', 'a begins', 'b is made', 'a ends', 'b begins', 'b ends'])
})

test('a batch that fails is told of by the next, or at the end', async () => {
  const failing = () => Promise.reject(new Error('refused'))
  const one = oneAhead()
  await one.send(failing)
  await expect(one.send(async () => undefined)).rejects.toThrow('refused')
  const other = oneAhead()
  await other.send(failing)
  await expect(other.end()).rejects.toThrow('refused')
})
