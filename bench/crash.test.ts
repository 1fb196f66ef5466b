import { expect, test } from 'vitest'
import { crashRounds } from './crash/rounds.ts'

test('five kills -9 amid syncs and writes lose nothing that was acknowledged and leave no run half applied', async () => {
  const { broken, acknowledged, starts } = await crashRounds(5, Math.random)
  expect(broken).toEqual([])
  expect(acknowledged).toBeGreaterThan(0)
  expect(starts).toHaveLength(5)
}, 120_000)
