import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { explainConfig, loadConfig } from './config.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-config-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (text: string) => {
  const file = join(folder, 'reeve.yaml')
  writeFileSync(file, text)
  return file
}
const thrown = (action: () => unknown) => {
  try {
    action()
  } catch (error) {
    return error as { code: string; message: string }
  }
  throw new Error('nothing was thrown')
}

test('nothing set gives the defaults', () => {
  const config = loadConfig({ env: {} })
  expect(config.http).toMatchObject({ host: '127.0.0.1', port: 7373 })
  expect(config.data).toMatch(/\/\.reeve$/)
  expect(config.database.url).toBeUndefined()
})

test('the command line beats the environment, which beats the file', () => {
  write('http:\n  port: 1\n  host: 0.0.0.0\nlog:\n  level: warn\n')
  const env = { REEVE_DATA: folder, REEVE_HTTP_PORT: '2', REEVE_LOG_LEVEL: 'error' }
  const config = loadConfig({ env, overrides: { 'http.port': 3 } })
  expect([config.http.port, config.log.level, config.http.host]).toEqual([3, 'error', '0.0.0.0'])
})

test('REEVE_PORT, DATABASE_URL and NO_PROXY are understood', () => {
  const config = loadConfig({ env: { REEVE_PORT: '81', DATABASE_URL: 'postgres://u:pw@h/d', NO_PROXY: 'a, .b' } })
  expect(config.http.port).toBe(81)
  expect(config.database.url!.reveal()).toBe('postgres://u:pw@h/d')
  expect(config.outbound.noProxy).toEqual(['a', '.b'])
})

test('a misspelt name in the file is refused with the nearest known', () => {
  const file = write('http:\n  prot: 80\n')
  expect(thrown(() => loadConfig({ env: {}, file }))).toMatchObject({
    code: 'config/unknown',
    message: expect.stringContaining('did you mean http.port?'),
  })
})

test('a misspelt environment variable is refused with the nearest known', () => {
  expect(thrown(() => loadConfig({ env: { REEVE_HTTP_PROT: '80' } })).message).toContain(
    'did you mean REEVE_HTTP_PORT?',
  )
})

test('variables of the launcher and the client are left alone', () => {
  expect(loadConfig({ env: { REEVE_TOKEN: 'x', REEVE_URL: 'http://y' } }).http.port).toBe(7373)
})

test('every wrong value is named with where it came from', () => {
  const file = write('outbound:\n  attempts: many\n')
  const error = thrown(() => loadConfig({ env: { REEVE_PORT: 'high' }, file }))
  expect(error.code).toBe('config/invalid')
  expect(error.message).toContain('http.port (from REEVE_PORT)')
  expect(error.message).toContain(`outbound.attempts (from ${file})`)
})

test('a file that was asked for must be there; the usual one need not', () => {
  expect(thrown(() => loadConfig({ env: {}, file: join(folder, 'none.yaml') })).code).toBe('config/unreadable')
  expect(loadConfig({ env: { REEVE_DATA: folder } }).data).toBe(folder)
})

test('a file that is not YAML, or a bomb of aliases, is refused', () => {
  expect(thrown(() => loadConfig({ env: {}, file: write('http: [') })).code).toBe('config/syntax')
  expect(thrown(() => loadConfig({ env: {}, file: write('a: &a [x]\nhttp: *a\n') })).code).toBe('config/syntax')
  expect(thrown(() => loadConfig({ env: {}, file: write('- 1\n') })).code).toMatch(/^config\//)
})

test('a syntax error does not quote the line, which may hold a secret', () => {
  expect(
    thrown(() => loadConfig({ env: {}, file: write('database:\n  url: "postgres://u:hunter2@h/d\n') })).message,
  ).not.toContain('hunter2')
})

test('explaining shows each value, its source and default, and masks secrets', () => {
  const env = { DATABASE_URL: 'postgres://u:hunter2@h/d', REEVE_PORT: '99', HTTPS_PROXY: 'http://u:hunter2@p:1' }
  const settings = explainConfig({ env })
  const of = (key: string) => settings.find((setting) => setting.key === key)
  expect(of('http.port')).toMatchObject({ value: '99', from: 'REEVE_PORT', default: '7373' })
  expect(of('database.url')).toMatchObject({ value: '[set]', from: 'DATABASE_URL', default: null })
  expect(of('database.url')!.env).toEqual(['REEVE_DATABASE_URL', 'DATABASE_URL'])
  expect(JSON.stringify(settings)).not.toContain('hunter2')
  expect(settings.filter((setting) => setting.description === '')).toEqual([])
})
