import { expect, test } from 'vitest'
import { bypasses } from './proxy.ts'

test.each([
  ['https://api.example.com/', ['example.com'], true],
  ['https://api.example.com/', ['.example.com'], true],
  ['https://api.example.com/', ['*.example.com'], true],
  ['https://badexample.com/', ['example.com'], false],
  ['https://EXAMPLE.com/', ['Example.COM'], true],
  ['https://example.com/', ['example.com:8443'], false],
  ['https://example.com:8443/', ['example.com:8443'], true],
  ['http://10.1.2.3/', ['10.0.0.0/8'], true],
  ['http://11.1.2.3/', ['10.0.0.0/8', '10.1.2.3'], false],
  ['http://[::1]:80/', ['::1'], true],
  ['http://anything/', ['*'], true],
  ['http://anything/', [], false],
])('%s with NO_PROXY %j', (url, entries, expected) => {
  expect(bypasses(new URL(url), entries)).toBe(expected)
})
