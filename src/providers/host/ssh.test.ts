import { execFileSync } from 'node:child_process'
import { createHmac, generateKeyPairSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeOf } from '../../sdk/index.ts'
import { testCollection, testRun } from '../../sdk/testing/index.ts'
import { certificates } from './certificates.ts'
import type { Host } from './host.ts'
import { host } from './index.ts'
import { logins } from './logins.ts'
import { Settings } from './settings.ts'
import { openSsh } from './ssh.ts'
import { fingerprintOf, knownKeys } from './ssh-trust.ts'
import { system } from './system.ts'
import { makeCertificate, serve } from './testing/certificate.ts'
import { hostAt, plant, scanningRun } from './testing/machine.ts'
import { ownAccounts, type Sshd, sshdHere, startSshd } from './testing/sshd.ts'
import { users } from './users.ts'

describe('which host keys are trusted', () => {
  const salt = Buffer.from('0123456789abcdef0123')
  const hashed = (name: string) =>
    `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
  const text = `# x\ndb1,10.0.0.* ssh-ed25519 AAAA\n[db1]:2222 ssh-ed25519 BBBB\n*.prod,!bad.prod ssh-rsa CCCC\n${hashed('secret-host')} ssh-ed25519 DDDD\n@revoked db1 ssh-ed25519 EEEE\n@cert-authority * ssh-ed25519 FFFF\nbroken\n`
  test.each([
    ['db1', 22, ['AAAA']],
    ['10.0.0.7', 22, ['AAAA']],
    ['db1', 2222, ['BBBB']],
    ['a.prod', 22, ['CCCC']],
    ['bad.prod', 22, []],
    ['secret-host', 22, ['DDDD']],
    ['other', 22, []],
  ])('%s:%d', (name, port, keys) => {
    expect(knownKeys(text, name, port).trusted.map((key) => key.toString('base64'))).toEqual(keys)
  })
  test('a revoked key is known as such', () => {
    expect(knownKeys(text, 'db1', 22).revoked.map((key) => key.toString('base64'))).toEqual(['EEEE'])
  })
})

const settings = (over: object) => Settings.parse({ timeout: 5, ...over })

describe.runIf(sshdHere)('over a real sshd', () => {
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd()
  })
  afterAll(() => sshd.stop())
  const reach = (over: object = {}) =>
    settings({
      address: '127.0.0.1',
      port: sshd.port,
      user: sshd.user,
      keyFile: sshd.keyFile,
      hostKey: sshd.hostKey,
      ...over,
    })

  test('what is read is what is read here', async () => {
    const run = testRun()
    const remote = await host.connect(reach({ name: 'here' }), run)
    try {
      const local = await host.connect(settings({ name: 'here' }), run)
      const [there, here] = [
        await testCollection(users, remote, scanningRun()),
        await testCollection(users, local, scanningRun()),
      ]
      expect(there.entities).toEqual(here.entities)
      expect(there.sentences).toEqual(here.sentences)
      expect((await testCollection(system, remote, scanningRun())).entities).toEqual(
        (await testCollection(system, local, scanningRun())).entities,
      )
      expect(await remote.machine.readFile('/none')).toBeNull()
      expect(await remote.machine.readlink('/etc/passwd')).toBeNull()
      expect((await remote.machine.readFile('/etc/passwd', { from: 2, limit: 3 }))!.bytes.toString()).toBe(
        readFileSync('/etc/passwd', 'utf8').slice(2, 5),
      )
      await expect(remote.machine.readFile('/dev/null')).rejects.toMatchObject({ code: 'host/not-a-file' })
    } finally {
      await host.disconnect!(remote)
    }
  })
  test('a certificate served on the far loopback is seen through the connection', async () => {
    const leaf = makeCertificate('far.example')
    const { server, port } = await serve(leaf)
    const client = await host.connect(reach(), testRun())
    try {
      const only = {
        ...client,
        machine: {
          ...client.machine,
          list: async () => [],
          readFile: async (path: string, options = {}) =>
            path === '/proc/net/tcp'
              ? fakeTcp(port)
              : path.startsWith('/proc')
                ? null
                : client.machine.readFile(path, options),
        },
      } as Host
      const read = await testCollection(certificates, only, scanningRun())
      expect(read.entities.map((one) => one.name)).toEqual(['far.example'])
    } finally {
      await host.disconnect!(client)
      server.close()
    }
  })
  test('an unknown or another host key is refused and named', async () => {
    for (const over of [
      { hostKey: 'SHA256:0123456789abcdefghijklmnopqrstuvwxyzABCDEFG' },
      { hostKey: undefined, knownHosts: '/none' },
    ]) {
      const error = await host.connect(reach(over), testRun()).catch((thrown) => thrown)
      expect(codeOf(error)).toBe('host/unknown-key')
      expect(error.message).toContain(sshd.hostKey)
    }
  })
  test('a known_hosts file is enough', async () => {
    const file = join(sshd.folder, 'known')
    writeFileSync(file, `[127.0.0.1]:${sshd.port} ${sshd.hostKeyLine}\n`)
    const client = await host.connect(reach({ hostKey: undefined, knownHosts: file }), testRun())
    expect(client.name.length).toBeGreaterThan(0)
    await host.disconnect!(client)
  })
  test('through a hop host', async () => {
    const client = await host.connect(
      reach({ hop: `${sshd.user}@127.0.0.1:${sshd.port}`, hopHostKey: sshd.hostKey }),
      testRun(),
    )
    expect((await client.machine.stat('/etc/passwd'))?.kind).toBe('file')
    await host.disconnect!(client)
  })
  test('a key that is not accepted is a refusal with what would help', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
      publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
    })
    const error = await host.connect(reach({ keyFile: undefined, privateKey }), testRun()).catch((thrown) => thrown)
    expect(error).toMatchObject({
      code: 'source/refused',
      permission: `let the key or password of this connection log in as ${sshd.user}`,
    })
  })
  test('nothing listens there', async () => {
    const error = await host.connect(reach({ port: 1 }), testRun()).catch((thrown) => thrown)
    expect(codeOf(error)).toBe('host/connect')
  })
})

const fakeTcp = (port: number) => {
  const text = `head\n0: 0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A 0:0 0:0 0 33 0 9 1\n`
  return {
    bytes: Buffer.from(text),
    info: { kind: 'file' as const, size: 0, mode: 0o444, uid: 0, gid: 0, modified: 0 },
    path: '/proc/net/tcp',
    truncated: false,
  }
}

describe.runIf(ownAccounts)('who logged in, by a real sshd', () => {
  test('ssh -t with a service account is told, a command without terminal is not, and the key knows its last use', async () => {
    const accounts = 'svc-deploy:x:4001:4001::/tmp:/bin/sh\nsvc-rsync:x:4002:4002::/tmp:/bin/sh\n'
    const sshd = await startSshd({ accounts })
    try {
      const login = (account: string, ...argv: string[]) =>
        execFileSync(
          'ssh',
          [
            '-F',
            'none',
            '-i',
            sshd.keyFile,
            '-o',
            'StrictHostKeyChecking=no',
            '-o',
            'UserKnownHostsFile=/dev/null',
            '-o',
            'LogLevel=ERROR',
            '-p',
            String(sshd.port),
            ...argv.slice(0, -1),
            `${account}@127.0.0.1`,
            argv.at(-1)!,
          ],
          { stdio: 'ignore', timeout: 20_000 },
        )
      login('svc-deploy', '-tt', 'true')
      login('svc-rsync', 'true')
      const fingerprint = execFileSync('ssh-keygen', ['-lf', `${sshd.keyFile}.pub`], { encoding: 'utf8' }).split(
        ' ',
      )[1]!
      const stamp = new Date(Date.now()).toISOString()
      const log = sshd
        .log()
        .split(/\r?\n/)
        .map((line) => `${stamp.slice(0, 19)}Z web-1 sshd[1]: ${line}`)
        .join('\n')
      const planted = plant({
        '/etc/passwd': readFileSync(join(sshd.folder, 'passwd'), 'utf8'),
        '/var/log/wtmp': readFileSync(join(sshd.folder, 'wtmp')),
        '/var/log/auth.log': log,
      })
      try {
        const read = await testCollection(
          logins,
          hostAt(planted.root),
          scanningRun({ now: () => new Date(Date.now()) }),
        )
        const person = read.entity('host:web-1/user/svc-deploy')
        expect(person.attributes['interactiveLogins']).toBeGreaterThan(0)
        expect(person.attributes['lastInteractive']).toMatchObject({ from: expect.stringContaining('127.0.0.1') })
        expect(read.entity('host:web-1/user/svc-rsync').attributes['interactiveLogins']).toBe(0)
        expect(read.entity('host:web-1/user/svc-rsync').lastUsed).toHaveProperty('value')
        expect(read.entity(`ssh:${fingerprint}`).lastUsedBy).toMatchObject({
          value: expect.stringContaining('on web-1 from 127.0.0.1'),
        })
        const wtmpAlone = plant({
          '/etc/passwd': readFileSync(join(sshd.folder, 'passwd'), 'utf8'),
          '/var/log/wtmp': readFileSync(join(sshd.folder, 'wtmp')),
        })
        const byWtmp = await testCollection(
          logins,
          hostAt(wtmpAlone.root),
          scanningRun({ now: () => new Date(Date.now()) }),
        )
        wtmpAlone.remove()
        expect(byWtmp.entity('host:web-1/user/svc-deploy').attributes['interactiveLogins']).toBe(1)
      } finally {
        planted.remove()
      }
    } finally {
      await sshd.stop()
    }
  })
})

describe('a host that stops answering', () => {
  const key = ssh2.utils.generateKeyPairSync('ed25519')
  const hostKey = fingerprintOf(
    ssh2.utils.parseKey(key.public) instanceof Error
      ? Buffer.alloc(0)
      : (ssh2.utils.parseKey(key.public) as ssh2.ParsedKey).getPublicSSH(),
  )
  test('in the middle of a listing: the listing ends within its time, and nothing more is asked', async () => {
    let asked = 0
    const server = new ssh2.Server({ hostKeys: [key.private] }, (client) => {
      client.on('error', () => {})
      client.on('authentication', (context) => context.accept())
      client.on('ready', () =>
        client.on('session', (accept) => {
          accept().on('sftp', (open) => {
            const sftp = open()
            sftp.on('REALPATH', (id: number, path: string) =>
              sftp.name(id, [{ filename: path, longname: path, attrs: {} as any }]),
            )
            sftp.on('OPENDIR', (id: number) => sftp.handle(id, Buffer.from('d')))
            // One page of names, then silence.
            sftp.on('READDIR', (id: number) => {
              asked++
              if (asked === 1)
                sftp.name(id, [
                  {
                    filename: 'a',
                    longname: 'a',
                    attrs: { mode: 0o100644, size: 1, uid: 0, gid: 0, atime: 0, mtime: 0 } as any,
                  },
                ])
            })
          })
        }),
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const run = testRun()
      const machine = await openSsh(
        settings({
          address: '127.0.0.1',
          port: (server.address() as { port: number }).port,
          user: 'x',
          password: 'y',
          hostKey,
          timeout: 0.5,
        }),
        run,
      )
      await expect(machine.list('/etc')).rejects.toMatchObject({ code: 'host/silent' })
      await expect(machine.list('/var')).rejects.toMatchObject({ code: 'host/silent' })
      expect(asked).toBe(2)
      machine.close()
    } finally {
      server.close()
    }
  })
  test('before it even greets', async () => {
    const { createServer } = await import('node:net')
    const server = createServer(() => {}).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const error = await openSsh(
      settings({
        address: '127.0.0.1',
        port: (server.address() as { port: number }).port,
        user: 'x',
        password: 'y',
        hostKey,
        timeout: 0.5,
      }),
      testRun(),
    ).catch((thrown) => thrown)
    expect(['host/silent', 'host/connect']).toContain(codeOf(error))
    server.close()
  })
})

test('settings: every field is titled, secrets are marked, wrong ones are refused', () => {
  expect(() => Settings.parse({ addres: 'x' })).toThrow()
  expect(() => Settings.parse({ port: 99_999 })).toThrow()
  const shape = Settings.shape as Record<
    string,
    { meta(): { title?: string; description?: string; secret?: boolean } | undefined }
  >
  for (const [name, field] of Object.entries(shape))
    expect([name, Boolean(field.meta()?.title && field.meta()?.description)]).toEqual([name, true])
  expect(Object.keys(shape).filter((name) => shape[name]!.meta()?.secret)).toEqual([
    'privateKey',
    'passphrase',
    'password',
  ])
})

test('what stands at hand', async () => {
  expect(await host.nearby!({ folder: '/x' })).toBeNull()
  expect(host.label(Settings.parse({ address: 'db1' }))).toBe('db1')
  if (process.platform === 'linux') expect(host.label((await host.nearby!({ host: true }))!)).toBe('this host')
  await expect(host.connect(Settings.parse({ root: '/tmp' }), testRun())).rejects.toMatchObject({
    code: 'host/not-linux',
  })
  await expect(host.connect(Settings.parse({ root: '/tmp', address: 'x' }), testRun())).rejects.toMatchObject({
    code: 'host/settings',
  })
})

describe.runIf(sshdHere)('an sshd that forwards nothing', () => {
  test('the certificates on its loopback are refused, not absent', async () => {
    const sshd = await startSshd({ settings: 'DisableForwarding yes\n' })
    try {
      const over = {
        address: '127.0.0.1',
        port: sshd.port,
        user: sshd.user,
        keyFile: sshd.keyFile,
        hostKey: sshd.hostKey,
      }
      const client = await host.connect(settings(over), testRun())
      await expect(client.machine.dial({ address: '127.0.0.1', port: sshd.port })).rejects.toMatchObject({
        code: 'source/refused',
        permission: expect.stringContaining('AllowTcpForwarding'),
      })
      await host.disconnect!(client)
    } finally {
      await sshd.stop()
    }
  })
})
