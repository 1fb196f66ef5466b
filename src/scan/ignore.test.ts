import { expect, test } from 'vitest'
import { isIgnored, parseIgnore } from './ignore.ts'

const CASES: [lines: string, path: string, ignored: boolean][] = [
  ['a.env', 'a.env', true],
  ['a.env', 'deep/er/a.env', true],
  ['/a.env', 'deep/a.env', false],
  ['deep/a.env', 'deep/a.env', true],
  ['deep/a.env', 'x/deep/a.env', false],
  ['*.env', 'x/.env', true],
  ['?.env', 'ab.env', false],
  ['[a-c].env', 'b.env', true],
  ['[!a-c].env', 'b.env', false],
  ['tests/', 'x/tests/a/b.env', true],
  ['tests/', 'tests', false],
  ['**/keys', 'a/b/keys', true],
  ['a/**/z', 'a/b/c/z', true],
  ['a/**/z', 'a/z', true],
  ['a/**', 'a/b/c', true],
  ['a/**', 'a', false],
  ['*.env\n!keep.env', 'keep.env', false],
  ['tests/\n!tests/a.env', 'tests/a.env', true],
  ['# *', 'a.env', false],
  ['\\#a', '#a', true],
  ['a.env   ', 'a.env', true],
  ['', 'a.env', false],
]

test.each(CASES)('%j on %s', (lines, path, ignored) => {
  expect(isIgnored(parseIgnore(lines), path)).toBe(ignored)
})

test('a hostile pattern ends soon', () => {
  expect(
    isIgnored(
      parseIgnore(`${'*a'.repeat(2_000)}b\n${'**/'.repeat(200)}x`),
      `${'a'.repeat(4_000)}/${'a/'.repeat(200)}y`,
    ),
  ).toBe(false)
})
