import { afterEach, expect, test } from 'vitest'
import { testCollection } from '../../sdk/testing/index.ts'
import { groups } from './groups.ts'
import { refused } from './machine.ts'
import { DEBIAN, hostAt, plant, scanningRun } from './testing/machine.ts'
import { users } from './users.ts'

const planted: ReturnType<typeof plant>[] = []
const machine = (files: Parameters<typeof plant>[0] = {}) => {
  const one = plant(files)
  planted.push(one)
  return one.root
}
afterEach(() => {
  for (const one of planted.splice(0)) one.remove()
})

const HASH = '$6$averysaltysalt$0123456789abcdefghijklmnopqrstuvwxyz'

test('accounts, their locks, passwords and groups; never a hash', async () => {
  const root = machine({
    '/etc/passwd': `${DEBIAN['/etc/passwd']}bob:x:1001:1001::/home/bob:/bin/bash\nold:x:1002:1002::/home/old:/bin/bash\ntoor:x:0:0::/root:/bin/sh\n`,
    '/etc/shadow': `root:*:19700:0:99999:7:::\nbob:!${HASH}:19700:0:99999:7:::\nold:${HASH}:20700:0:90:7::20701:\n`,
    '/etc/group': 'sudo:x:27:bob\ndocker:x:120:bob\nbob:x:1001:\n',
  })
  const read = await testCollection(users, hostAt(root), scanningRun(), { secrets: [HASH, 'averysaltysalt'] })
  expect(read.entity('host:web-1/user/bob').attributes).toMatchObject({
    uid: 1001,
    password: 'locked',
    passwordMethod: 'sha512',
    loginShell: true,
  })
  expect(read.entity('host:web-1/user/old')).toMatchObject({
    expires: { value: '2026-09-05T00:00:00.000Z' },
    attributes: { status: 'expired', password: 'usable' },
  })
  expect(read.entity('host:web-1/user/toor').attributes).toMatchObject({
    uid: 0,
    sameUidAs: ['root'],
    privileged: true,
  })
  expect(read.entity('host:web-1/user/old/password')).toMatchObject({
    method: 'password',
    created: { value: '2026-09-04T00:00:00.000Z' },
    expires: { value: '2026-12-03T00:00:00.000Z' },
  })
  expect(read.sentences).toContain('host:web-1/user/bob has host:web-1/group/docker')
  expect(read.sentences).toContain('host:web-1 contains host:web-1/user/bob')
  expect(read.sentences).toContain('host:web-1/user/old/password authenticates host:web-1/user/old')
  expect(read.sentences.filter((sentence) => sentence.includes('bob/password'))).toEqual([])
})

test('without shadow the passwords are unknown, and the ledger says what would tell', async () => {
  const root = machine()
  const host = hostAt(root)
  const real = host.machine.readFile
  host.machine.readFile = (path, options) =>
    path === '/etc/shadow' ? Promise.reject(refused(path)) : real(path, options)
  const read = await testCollection(users, host, scanningRun())
  const alice = read.entity('host:web-1/user/alice')
  expect(alice.attributes).not.toHaveProperty('password')
  expect(alice.unknowns?.['password']).toEqual({
    reason: '/etc/shadow could not be read',
    permission: 'read /etc/shadow: run as root or give CAP_DAC_READ_SEARCH',
  })
  expect(alice.expires).toHaveProperty('unknown')
  expect(read.ledger.refusals).toEqual([
    {
      reason: 'reading /etc/shadow was refused',
      scope: '',
      permission: 'read /etc/shadow: run as root or give CAP_DAC_READ_SEARCH',
      count: 1,
    },
  ])
})

test('groups, and which of them are root by another name', async () => {
  const read = await testCollection(
    groups,
    hostAt(machine({ '/etc/group': 'docker:x:120:ci\nsudo:x:27:alice\nusers:x:100:\n' })),
    scanningRun(),
  )
  expect(read.entity('host:web-1/group/docker').attributes).toMatchObject({ rootEquivalent: true, members: 1 })
  expect(read.entity('host:web-1/group/sudo').attributes).toMatchObject({ rootEquivalent: false })
  expect(read.sentences).toEqual(['host:web-1/group/docker allows host:web-1'])
})

test('a passwd file full of rubbish gives no accounts and no error', async () => {
  const read = await testCollection(
    users,
    hostAt(machine({ '/etc/passwd': new Uint8Array(5000).map((_, at) => (at * 7) % 256) })),
    scanningRun(),
  )
  expect(read.entities).toEqual([])
})
