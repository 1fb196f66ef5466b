import { expect, test } from 'vitest'
import { z } from 'zod'
import { type Action, type Change, defineAction, stillToDo, turned } from '../action.ts'
import type { Entity } from '../model.ts'
import { testAction } from './action.ts'
import { testRun } from './run.ts'

type Labels = Record<string, string>
const thing: Entity = { kind: 'identity', type: 'x_thing', key: 'x:1', name: 'one', attributes: { labels: { a: '1' } } }

const put = (labels: Labels, changes: readonly Change[]) => {
  for (const { place, to } of changes) {
    if (to === null) delete labels[place]
    else labels[place] = to
  }
}
const write = async (labels: Labels, changes: readonly Change[]) => put(labels, stillToDo(changes, labels))

const honest = defineAction<Labels, { labels: Labels }>({
  id: 'labels',
  title: 'Write labels',
  effect: 'reversible',
  types: ['x_thing'],
  attribute: 'labels',
  wants: z.object({ labels: z.record(z.string(), z.string()) }),
  preview: ({ attributes }, { labels }) => {
    const changes = Object.entries(labels).map(([place, to]) => ({
      place,
      was: (attributes['labels'] as Labels)[place] ?? null,
      to,
    }))
    return { changes, says: changes.map(({ place, to }) => `The label ${place} will say ${to}.`) }
  },
  byHand: () => ['x label'],
  needs: () => ['label'],
  look: async (labels, _, places) => Object.fromEntries(places.map((place) => [place, labels[place] ?? null])),
  apply: (labels, _, changes) => write(labels, changes),
  undo: (labels, _, changes) => write(labels, turned(changes)),
})

const tried = (over: Partial<Action<Labels, { labels: Labels }>>) => {
  const labels: Labels = { a: '1' }
  return testAction(
    { ...honest, ...over },
    {
      actor: labels,
      run: testRun(),
      entity: thing,
      wanted: { labels: { a: '2', b: '3' } },
      standing: async () => ({ ...labels }),
      put: async (place, value) => {
        labels[place] = value
      },
    },
  )
}

test('an honest action passes', () => tried({}))

test.for<[string, Partial<Action<Labels, { labels: Labels }>>, RegExp]>([
  [
    'it writes over what somebody changed',
    { apply: async (labels, _, changes) => put(labels, changes) },
    /source\/changed/,
  ],
  [
    'it undoes over what somebody changed',
    { undo: async (labels, _, changes) => put(labels, turned(changes)) },
    /source\/changed/,
  ],
  ['it takes away what it should put back', { undo: async (labels) => void delete labels['a'] }, /after undoing/],
  [
    'it changes something else besides',
    {
      apply: async (labels, _, changes) => {
        await write(labels, changes)
        labels['touched'] = 'yes'
      },
    },
    /nothing else was changed/,
  ],
  ['it does not know what stands there', { look: async () => ({ a: '9' }) }, /is what was read/],
  [
    'it says nothing',
    { preview: () => ({ changes: [{ place: 'a', was: '1', to: '2' }], says: [] }) },
    /says what it would do/,
  ],
])('%s, and is refused', async ([, over, message]) => {
  await expect(tried(over)).rejects.toThrow(message)
})
