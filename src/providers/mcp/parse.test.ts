import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clients } from './clients.ts'
import { parse } from './parse.ts'
import { serversOf } from './server-config.ts'

test('comments, trailing commas and a byte order mark are taken as clients take them', () => {
  expect(parse('\uFEFF{ // a\n "a": [1, /* b */ 2,], }', 'jsonc')).toEqual({ a: [1, 2] })
})

test.each([
  ['jsonc', '{"a": ', 'not JSON'],
  ['jsonc', '{"a": "\0"}', 'NUL'],
  ['jsonc', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'deeper'],
  ['toml', 'a = ', ''],
  ['toml', `a = ${'['.repeat(5000)}${']'.repeat(5000)}`, 'deeper'],
  ['yaml', `a: ${'['.repeat(5000)}${']'.repeat(5000)}`, 'deeper'],
  ['yaml', Array.from({ length: 200 }, (_, depth) => `${'  '.repeat(depth)}a:`).join('\n'), 'deeper'],
  [
    'yaml',
    'a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]',
    '',
  ],
] as const)('%s that is rubbish or a bomb ends in a sentence: %#', (format, text, says) => {
  expect(() => parse(text, format)).toThrow(says)
})

test('prototype names are names like any other, and change nothing', () => {
  const text =
    '{"mcpServers": {"__proto__": {"command": "a"}, "constructor": {"command": "b"}}, "__proto__": {"polluted": true}}'
  const code = clients.find(({ id }) => id === 'claude-code')!
  expect(serversOf(code, parse(text, 'jsonc')).map(({ name }) => name)).toContain('constructor')
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})

test('whatever a file holds, reading servers from it does not throw', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(...clients), (value, client) => {
      const [path = ['mcpServers']] = client.servers
      const tree = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), { a: value, b: [value] })
      for (const one of serversOf(client, tree as Record<string, unknown>)) expect(typeof one.name).toBe('string')
      for (const place of [...client.home, ...client.folder]) place.reader(tree as Record<string, unknown>)
      for (const place of client.folder)
        place.reader(
          value !== null && typeof value === 'object' && !Array.isArray(value)
            ? (value as Record<string, unknown>)
            : {},
        )
    }),
    { numRuns: 300 },
  )
})

test('any text is a tree or a sentence, soon', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom(
          '{',
          '}',
          '[',
          ']',
          ':',
          '-',
          ' ',
          '\n',
          '"',
          "'",
          '&a',
          '*a',
          '!',
          '?',
          '=',
          '#',
          'a',
          '1',
          '<<',
          '|',
        ),
      }),
      fc.constantFrom('jsonc', 'toml', 'yaml', 'markdown'),
      (text, format) => {
        try {
          expect(parse(text, format)).toBeTypeOf('object')
        } catch (error) {
          expect((error as Error).message).not.toBe('')
        }
      },
    ),
    { numRuns: 500 },
  )
  expect(() => parse('a: 1\n'.repeat(300_000), 'yaml')).toThrow('characters')
})
