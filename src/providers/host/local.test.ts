import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Refused } from '../../sdk/index.ts'
import { testRun } from '../../sdk/testing/index.ts'
import { openLocal } from './local.ts'
import { type Machine, part, within } from './machine.ts'
import { plant } from './testing/machine.ts'

const signal = new AbortController().signal
let planted: ReturnType<typeof plant>
let machine: Machine

beforeAll(() => {
  planted = plant({
    '/etc/plain': 'hello\n',
    '/home/eve/.ssh/authorized_keys': { link: '/etc/shadow' },
    '/home/eve/inside': { link: 'real' },
    '/home/eve/real': 'mine',
    '/loop/a': { link: 'b' },
    '/loop/b': { link: 'a' },
    '/etc/absolute': { link: '/etc/plain' },
    '/etc/up': { link: '../../../../../../etc/plain' },
    '/etc/rubbish': new Uint8Array([0, 255, 254, 10, 0, 13]),
  })
  machine = openLocal({ root: planted.root, seconds: 5, signal })
  execFileSync('mkfifo', [join(planted.root, 'etc/fifo')])
  writeFileSync(join(planted.root, 'sparse'), 'begin')
  truncateSync(join(planted.root, 'sparse'), 10 * 2 ** 30)
  mkdirSync(join(planted.root, 'endless'), { recursive: true })
  symlinkSync('.', join(planted.root, 'endless/again'))
})
afterAll(() => planted.remove())

const read = async (path: string, options = {}) => {
  const file = await machine.readFile(path, options)
  return file && Buffer.from(file.bytes).toString('latin1')
}

describe('reading files of a machine', () => {
  test('a plain file, with what is known of it', async () => {
    const file = await machine.readFile('/etc/plain')
    expect(file).toMatchObject({ path: '/etc/plain', truncated: false, info: { kind: 'file', mode: 0o644, size: 6 } })
  })
  test('what is not there is null, also below a file', async () => {
    expect(await machine.readFile('/etc/none')).toBeNull()
    expect(await machine.readFile('/etc/plain/below')).toBeNull()
    expect(await machine.list('/none')).toBeNull()
    expect(await machine.stat('/none')).toBeNull()
    expect(await machine.readlink('/etc/plain')).toBeNull()
  })
  test('a link to an absolute path stays below the root', async () => {
    expect(await read('/etc/absolute')).toBe('hello\n')
    expect(await read('/etc/up')).toBe('hello\n')
  })
  test('links in a circle are told, not followed for ever', async () => {
    await expect(machine.readFile('/loop/a')).rejects.toMatchObject({ code: 'host/link-loop' })
    expect((await machine.stat('/endless/again/again/again'))?.kind).toBe('folder')
  })
  test('a link out of a home is not followed', async () => {
    await expect(read('/home/eve/.ssh/authorized_keys', { within: '/home/eve' })).rejects.toMatchObject({
      code: 'host/link-outside',
    })
    expect(await read('/home/eve/inside', { within: '/home/eve' })).toBe('mine')
  })
  test('a FIFO and a folder are left closed, at once', async () => {
    await expect(machine.readFile('/etc/fifo')).rejects.toMatchObject({ code: 'host/not-a-file' })
    await expect(machine.readFile('/etc')).rejects.toMatchObject({ code: 'host/not-a-file' })
  })
  test('of a sparse file of 10 GiB only the beginning is read', async () => {
    const file = await machine.readFile('/sparse', { limit: 1000 })
    expect(file).toMatchObject({ truncated: true })
    expect(file!.bytes.length).toBe(1000)
    const row = await machine.readFile('/sparse', { from: 5 * 2 ** 30, limit: 16 })
    expect([...row!.bytes]).toEqual(new Array(16).fill(0))
  })
  test('a file as long as the limit is whole', async () => {
    expect(await machine.readFile('/etc/plain', { limit: 6 })).toMatchObject({ truncated: false })
    expect(await machine.readFile('/etc/plain', { limit: 5 })).toMatchObject({ truncated: true })
  })
  test('binary rubbish comes as it is', async () => {
    expect([...(await machine.readFile('/etc/rubbish'))!.bytes]).toEqual([0, 255, 254, 10, 0, 13])
  })
  test('nothing is asked of running programs when the root is a folder', async () => {
    expect(await machine.run('auth-journal')).toBeNull()
    expect(await machine.dial({ address: '127.0.0.1', port: 1 })).toBeNull()
    expect(await machine.hostname()).toBe('web-1')
  })
})

describe('what may not be read', () => {
  test('names the permission', async () => {
    const closed = join(planted.root, 'etc/closed')
    writeFileSync(closed, 'secret', { mode: 0o600 })
    chmodSync(planted.root, 0o755)
    const asRoot = process.getuid?.() === 0
    if (!asRoot) chmodSync(closed, 0)
    else process.seteuid!(65_534)
    try {
      const error = await machine.readFile('/etc/closed').catch((thrown) => thrown)
      expect(error).toBeInstanceOf(Refused)
      expect(error.permission).toBe('read /etc/closed: run as root or give CAP_DAC_READ_SEARCH')
    } finally {
      if (asRoot) process.seteuid!(0)
    }
  })
  test('becomes a ledger line of the part, and the rest goes on', async () => {
    const run = testRun()
    const nothing = await part(run, () => machine.readFile('/etc/fifo'))
    expect(nothing).toBeNull()
    expect(run.ledger.refusals).toEqual([
      {
        reason: 'reading /etc/fifo: it is not a regular file, so it is left closed',
        scope: '',
        permission: undefined,
        count: 1,
      },
    ])
  })
  test('a host that falls silent ends the listing: it is not a part', async () => {
    const run = testRun()
    await expect(part(run, () => within(new Promise(() => {}), 10, run.signal, 'reading /slow'))).rejects.toMatchObject(
      { code: 'host/silent' },
    )
    expect(run.ledger.refusals).toEqual([])
  })
  test('a cancelled run stops at once', async () => {
    const stop = new AbortController()
    const waiting = within(new Promise(() => {}), 60_000, stop.signal, 'reading')
    stop.abort(new Error('cancelled'))
    await expect(waiting).rejects.toThrow('cancelled')
    await expect(part(testRun({ signal: stop.signal }), async () => 1)).rejects.toThrow('cancelled')
  })
})

test('work that fails after the run was cancelled fails unheard, and does not end the process', async () => {
  const unheard: unknown[] = []
  const listen = (reason: unknown) => void unheard.push(reason)
  process.on('unhandledRejection', listen)
  try {
    const stopping = AbortSignal.abort(new Error('reeve is stopping'))
    const work = Promise.withResolvers<never>()
    await expect(within(work.promise, 1000, stopping, 'reading /proc/1/cmdline')).rejects.toThrow('reeve is stopping')
    work.reject(new Error('too late'))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(unheard).toEqual([])
  } finally {
    process.off('unhandledRejection', listen)
  }
})
