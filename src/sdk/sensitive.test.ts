import { inspect } from 'node:util'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { Sensitive } from './sensitive.ts'

const VALUE = 'a-value-nobody-may-see'
const sensitive = new Sensitive(VALUE)

test.for<[string, () => unknown]>([
  ['a template', () => `it is ${sensitive}`],
  ['concatenation', () => `x${String(sensitive)}`],
  ['JSON', () => JSON.stringify({ sensitive, list: [sensitive] })],
  ['inspect', () => inspect({ sensitive }, { depth: 9, showHidden: true })],
  ['an error message', () => new Error(`failed with ${sensitive}`).message],
  ['its own properties', () => JSON.stringify(Object.entries(sensitive))],
  ['a structured clone', () => inspect(structuredClone(sensitive), { showHidden: true })],
  [
    'a log line',
    () => {
      const written: string[] = []
      pino({}, { write: (line: string) => void written.push(line) }).info({ sensitive }, 'said')
      return written.join('')
    },
  ],
])('%s does not show the value', ([, show]) => {
  expect(String(show())).not.toContain(VALUE)
})

test('reveal gives the value', () => {
  expect(sensitive.reveal()).toBe(VALUE)
})
