import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { doctor } from './doctor.ts'
import { openKeyFile } from './installation-key.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-doctor-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const look = async (env: Record<string, string>) => {
  const checks = await doctor({ REEVE_DATA: join(folder, 'data'), REEVE_PORT: '0', ...env })
  return (what: string) => checks.find((check) => check.what === what)!
}

test('a fresh machine is well, and stays as it was', async () => {
  const of = await look({})
  for (const what of ['node', 'packages', 'settings', 'data folder', 'disk', 'installation key', 'port', 'database']) {
    expect(of(what), what).toMatchObject({ ok: true })
  }
  expect(existsSync(join(folder, 'data'))).toBe(false)
})

test('a wrong setting is told in its words', async () => {
  const of = await look({ REEVE_PROT: '1' })
  expect(of('settings')).toMatchObject({ ok: false, detail: expect.stringContaining('REEVE_PORT') })
})

test('a port that is taken', async () => {
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const of = await look({ REEVE_PORT: String((server.address() as AddressInfo).port) })
  expect(of('port')).toMatchObject({
    ok: false,
    detail: expect.stringContaining('another program'),
    fix: expect.stringContaining('--port'),
  })
  server.close()
})

test('a key file that others may read, and one that is none', async () => {
  openKeyFile(join(folder, 'data/key'))
  chmodSync(join(folder, 'data/key'), 0o644)
  expect((await look({}))('installation key')).toMatchObject({
    ok: false,
    detail: expect.stringContaining('chmod 600'),
  })
  writeFileSync(join(folder, 'data/key'), 'x', { mode: 0o600 })
  chmodSync(join(folder, 'data/key'), 0o600)
  expect((await look({}))('installation key')).toMatchObject({ ok: false })
})

test('a database that answers and one that does not', async () => {
  expect((await look({ DATABASE_URL: inject('postgres') }))('database')).toMatchObject({
    ok: true,
    detail: expect.stringContaining('PostgreSQL 18'),
  })
  expect((await look({ DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:9/d' }))('database')).toMatchObject({
    ok: false,
    detail: expect.not.stringContaining('hunter2'),
  })
})

test('a data folder that is a file', async () => {
  writeFileSync(join(folder, 'file'), '')
  const of = await look({ REEVE_DATA: join(folder, 'file') })
  expect(of('data folder')).toMatchObject({ ok: false, detail: expect.stringContaining('not a folder') })
})
