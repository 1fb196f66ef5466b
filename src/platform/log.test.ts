import { expect, test } from 'vitest'
import { ReeveError, Sensitive } from '../sdk/index.ts'
import { createLog } from './log.ts'

const lines = (format: 'text' | 'json', level: 'debug' | 'info' = 'info') => {
  const out: string[] = []
  return { out, log: createLog({ level, format }, { write: (line) => out.push(line) }) }
}

test('a secret is not written by name, by type, or in an error', () => {
  const { out, log } = lines('json')
  log.info({ password: 'hunter2', nested: { token: 'hunter2' }, value: new Sensitive('hunter2') }, 'connected')
  expect(out.join('')).not.toContain('hunter2')
  expect(JSON.parse(out[0]!)).toMatchObject({
    level: 'info',
    msg: 'connected',
    password: '[hidden]',
    value: '[sensitive]',
  })
})

test('a foreseen error is its code, an unforeseen one has its stack', () => {
  const { out, log } = lines('json')
  log.error({ error: new ReeveError('a/b', 'doing it', { fields: { port: 1 } }) }, 'failed')
  log.error({ error: new TypeError('x') }, 'failed')
  expect(JSON.parse(out[0]!).error).toEqual({ code: 'a/b', port: 1, message: 'doing it' })
  expect(JSON.parse(out[1]!).error.stack).toContain('TypeError')
})

test('a line below the level is not written; text has one line each', () => {
  const { out, log } = lines('text')
  log.debug({}, 'quiet')
  log.warn({ port: 1, why: 'two\nlines' }, 'loud')
  expect(out).toHaveLength(1)
  expect(out[0]).toMatch(/^\d\d:\d\d:\d\d warn {2}loud {2}port=1/)
})
