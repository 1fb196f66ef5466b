import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bitsOf } from './bits.ts'
import { Escalation, type Powers, type Way } from './escalation.ts'

const SIZE = 9
const wayOf = (members: readonly number[]): Way => {
  const who = bitsOf(SIZE, members)
  return { who: { sure: who, possible: who }, actions: ['do'], object: 'it', dependsOn: () => [] }
}
const members = fc.uniqueArray(fc.nat({ max: SIZE - 1 }), { maxLength: 2 })
const rows = fc.array(members, { minLength: SIZE, maxLength: SIZE })

/** Everybody whose place one can come to take, himself included. */
const closure = (become: number[][], from: number): Set<number> => {
  const reached = new Set([from])
  for (const at of reached) for (let to = 0; to < SIZE; to++) if (become[to]!.includes(at)) reached.add(to)
  return reached
}

test('who gets to all power, and by true steps, is what a search from each alone says', () => {
  let some = 0
  fc.assert(
    fc.property(rows, rows, members, members, (become, strengthen, make, admins) => {
      const powers: Powers = {
        size: SIZE,
        become: become.map((list) => [wayOf(list)]),
        strengthen: strengthen.map((list) => [wayOf(list)]),
        make: [wayOf(make)],
        admins: bitsOf(SIZE, admins),
        targets: [],
      }
      const escalation = new Escalation(powers)
      for (let from = 0; from < SIZE; from++) {
        const reached = closure(become, from)
        const gets = [...reached].some(
          (one) =>
            admins.includes(one) ||
            make.includes(one) ||
            strengthen.some((list, weak) => reached.has(weak) && list.includes(one)),
        )
        expect(escalation.distance[from]! >= 0).toBe(gets)
        const paths = [...escalation.pathsToPower(from).take(3)]
        expect(paths.length > 0).toBe(gets)
        for (const path of paths) {
          some++
          expect(path[0]!.from).toBe(from)
          expect(path.at(-1)!.to).toBe('admin')
          for (const { from: at, to } of path) if (typeof to === 'number') expect(become[to]!.includes(at)).toBe(true)
        }
      }
    }),
    { numRuns: 600 },
  )
  expect(some).toBeGreaterThan(1000)
})
