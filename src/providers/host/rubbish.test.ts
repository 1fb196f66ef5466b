import { createHash } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { createScanner } from '../../scan/index.ts'
import { Edge, Entity, isEdge } from '../../sdk/index.ts'
import { testRun } from '../../sdk/testing/index.ts'
import { host } from './index.ts'
import { DEBIAN, hostAt, type Planted, plant } from './testing/machine.ts'

const planted: ReturnType<typeof plant>[] = []
afterEach(() => {
  for (const one of planted.splice(0)) one.remove()
})

const READ = [
  '/etc/passwd',
  '/etc/shadow',
  '/etc/group',
  '/etc/login.defs',
  '/etc/nsswitch.conf',
  '/etc/os-release',
  '/etc/sudoers',
  '/etc/sudoers.d/one',
  '/etc/ssh/sshd_config',
  '/etc/ssh/ssh_host_rsa_key',
  '/etc/ssh/ssh_host_rsa_key.pub',
  '/etc/crontab',
  '/etc/cron.d/one',
  '/etc/cron.daily/one',
  '/var/spool/cron/crontabs/alice',
  '/etc/systemd/system/one.service',
  '/etc/systemd/system/one.service.d/a.conf',
  '/etc/systemd/system/one.timer',
  '/proc/net/tcp',
  '/proc/net/tcp6',
  '/proc/77/cmdline',
  '/proc/77/status',
  '/proc/77/environ',
  '/proc/77/cgroup',
  '/etc/ssl/private/one.pem',
  '/etc/nginx/one.crt',
  '/home/alice/.ssh/authorized_keys',
  '/home/alice/.ssh/id_rsa',
  '/home/alice/.ssh/id_rsa-cert.pub',
  '/home/alice/.aws/credentials',
  '/home/alice/.kube/config',
  '/home/alice/.docker/config.json',
  '/home/alice/.npmrc',
  '/home/alice/.netrc',
  '/home/alice/.pgpass',
  '/home/alice/.config/gh/hosts.yml',
  '/home/alice/.cargo/credentials.toml',
  '/home/alice/.config/gcloud/application_default_credentials.json',
  '/home/alice/.bash_history',
  '/var/log/wtmp',
  '/var/log/btmp',
  '/var/log/lastlog',
  '/var/log/auth.log',
  '/run/utmp',
]

/** Bytes that are the same at every run. */
function noise(seed: string, length: number): Buffer {
  const blocks: Buffer[] = []
  for (let at = 0; at * 32 < length; at++) blocks.push(createHash('sha256').update(`${seed}${at}`).digest())
  return Buffer.concat(blocks).subarray(0, length)
}

const rubbish: Record<string, (path: string) => Planted> = {
  'random bytes': (path) => ({ text: noise(path, 5000), mode: 0o755 }),
  'nothing but NUL': () => ({ text: Buffer.alloc(4000), mode: 0o755 }),
  'one line of three million characters': () => ({ text: 'a:= |"('.repeat(430_000), mode: 0o755 }),
  'nested brackets': () => ({ text: `${'['.repeat(20_000)}${'{"a":'.repeat(20_000)}`, mode: 0o755 }),
  'control characters and half letters in names': () => ({
    text: 'al\u0000ice\u0007:x:1000:1000:\u001b[31m\ud800:/home/al\u0000ice:/bin/sh\n* * * * * \u0007 /bin/\u0000x\n[Service]\nUser=\u0000\nExecStart=/bin/\u001b\n',
    mode: 0o755,
  }),
}

describe.each(Object.keys(rubbish))('a machine whose files hold %s', (kind) => {
  test.each([true, false])('with its real accounts: %s', async (realAccounts) => {
    const files = Object.fromEntries(READ.map((path) => [path, rubbish[kind]!(path)]))
    if (realAccounts) for (const path of ['/etc/passwd', '/etc/shadow', '/etc/group']) files[path] = DEBIAN[path]!
    const one = plant(files)
    planted.push(one)
    const run = testRun({ scan: createScanner().scan })
    const client = hostAt(one.root)
    for (const collection of host.collections!) {
      const seen = new Set<string>()
      for await (const item of collection.read(client, run)) {
        const id = isEdge(item) ? `${Edge.parse(item).from} ${item.verb} ${item.to}` : Entity.parse(item).key
        expect(seen.has(id), `${collection.id}: ${id} twice`).toBe(false)
        seen.add(id)
        // PostgreSQL takes neither NUL nor half of a surrogate pair.
        expect(/\\u0000|\\ud[89a-f]/i.test(JSON.stringify(item)), `${collection.id}: ${JSON.stringify(item)}`).toBe(
          false,
        )
      }
    }
  })
})

test('files that are listed and gone when they are read, and processes that end meanwhile, are simply not there', async () => {
  const one = plant({})
  planted.push(one)
  const ghosts = [
    { name: 'ghost.service', kind: 'file' as const },
    { name: 'ghost.wants', kind: 'folder' as const },
    { name: 'ghost.pem', kind: 'file' as const },
    { name: 'id_ghost', kind: 'file' as const },
    { name: 'ghost', kind: 'file' as const },
    { name: '4242', kind: 'folder' as const },
  ]
  const run = testRun({ scan: createScanner().scan })
  const client = hostAt(one.root, {}, { list: async (folder) => (folder.split('/').length > 6 ? [] : ghosts) })
  for (const collection of host.collections!) {
    for await (const item of collection.read(client, run)) {
      if (!isEdge(item)) expect(item.name).not.toContain('ghost')
    }
  }
  expect(run.ledger.refusals).toEqual([])
})
