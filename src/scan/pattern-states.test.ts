import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type PatternStates, reached, statesOf } from './pattern-states.ts'

/** Whether the states let a text through: at its end they are undecided. */
const lets = (states: PatternStates, text: string): boolean => {
  let now = reached(states, [states.start])
  for (const byte of Buffer.from(text, 'latin1')) {
    if (now === null) return true
    now = reached(
      states,
      now.filter((id) => states.sets[states.states[id]!.set]![byte] === 1).map((id) => states.states[id]!.next),
    )
    if (now?.length === 0) return false
  }
  return true
}

test('what a pattern matches is let through, and what differs in a letter, a class or a count is not', () => {
  const states = statesOf(/ab(?:c|[d-f]{2,3})\x41(?<n>\d{4})(?!x)/)
  expect(['abcA1234', 'abdeA1234', 'abdefA0000zz', 'ab'].map((text) => lets(states, text))).toEqual([
    true,
    true,
    true,
    true,
  ])
  expect(['abA1234', 'abdA1234', 'abcA123x', 'Abc'].map((text) => lets(states, text))).toEqual([
    false,
    false,
    false,
    false,
  ])
})

test('a pattern that ignores case lets through what the engine of patterns folds, outside ASCII too', () => {
  const states = statesOf(/k\u00e9y/i)
  expect(['k\u00e9y', 'K\u00c9Y', 'key'].map((text) => lets(states, text))).toEqual([true, true, false])
})

test('a part of a pattern may heed case where the rest does not', () => {
  const states = statesOf(/key=(?-i:[a-z][A-Z])x/i)
  expect(['KEY=aBX', 'key=abx', 'key=AbX'].map((text) => lets(states, text))).toEqual([true, false, false])
})

test('nothing that a pattern matches is held back', () => {
  const atom = fc.constantFrom(
    'a',
    'b',
    '.',
    '[ab]',
    '[^a]',
    '\\d',
    '\\w',
    'a',
    '\\b',
    '(?=a)',
    '(?<!b)',
    '(?:a|bc)',
    '(b|a)',
  )
  const count = fc.constantFrom('', '', '?', '*', '+', '{2}', '{1,3}', '{0,9}', '{2,}?', '{3,20}?')
  const piece = fc.tuple(atom, count).map(([one, times]) => (/^\(\?[=<]|^\\b/.test(one) ? one : one + times))
  const pattern = fc.array(
    fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join('')),
    { minLength: 1, maxLength: 3 },
  )
  fc.assert(
    fc.property(pattern, fc.constantFrom('', 'i'), fc.stringMatching(/^[abAB1c\n]{0,14}$/), (choices, flags, text) => {
      const source = choices.join('|')
      if (new RegExp(source, `y${flags}`).test(text))
        expect(lets(statesOf(new RegExp(source, flags)), text), source).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test('a repetition that is too long to write out lets through more, not less', () => {
  const states = statesOf(/(?:abcdefghij){3000}k/)
  expect(lets(states, `${'abcdefghij'.repeat(3000)}k`)).toBe(true)
  expect(lets(states, 'abcdefghik')).toBe(false)
})
