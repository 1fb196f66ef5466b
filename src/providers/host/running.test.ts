import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { testCollection } from '../../sdk/testing/index.ts'
import { certificates } from './certificates.ts'
import { containers } from './containers.ts'
import { listeners } from './listeners.ts'
import { parseListening } from './listening.ts'
import { openLocal } from './local.ts'
import { refused } from './machine.ts'
import { privateKeys } from './private-keys.ts'
import { processSecrets } from './process-secrets.ts'
import { makeCertificate, serve } from './testing/certificate.ts'
import { DEBIAN, fingerprint, hostAt, type Planted, plant, scanningRun } from './testing/machine.ts'
import { units } from './units.ts'

const undo: (() => void)[] = []
afterEach(() => {
  for (const one of undo.splice(0)) one()
})
const rootWith = (files: Record<string, Planted>, users = 'orders:x:1010:1010::/srv/orders:/usr/sbin/nologin\n') => {
  const one = plant({ '/etc/passwd': `${DEBIAN['/etc/passwd']}${users}`, ...files })
  undo.push(one.remove)
  return one.root
}
const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0')
const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const socket = (address: string, port: number, uid: number, inode: number) =>
  `   0: ${address}:${hex(port)} 00000000:0000 0A 00000000:00000000 00:00000000 00000000 ${String(uid).padStart(5)}        0 ${inode} 1 0 100 0 0 10 0\n`
const process = (
  pid: number,
  uid: number,
  argv: string[],
  {
    exe = argv[0]!,
    cgroup = '0::/user.slice/session-1.scope',
    environment = 'PATH=/bin',
    sockets = [] as number[],
  } = {},
): Record<string, Planted> => ({
  [`/proc/${pid}/cmdline`]: `${argv.join('\0')}\0`,
  [`/proc/${pid}/status`]: `Name:\tx\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\n`,
  [`/proc/${pid}/cgroup`]: `${cgroup}\n`,
  [`/proc/${pid}/environ`]: `${environment.replaceAll('\n', '\0')}\0`,
  [`/proc/${pid}/exe`]: { link: exe },
  [`/proc/${pid}/fd/0`]: { link: '/dev/null' },
  ...Object.fromEntries(sockets.map((inode, at) => [`/proc/${pid}/fd/${at + 3}`, { link: `socket:[${inode}]` }])),
})

describe('services that listen', () => {
  test('addresses of both families', () => {
    const text = `${HEAD}${socket('0100007F', 8080, 0, 1)}${socket('00000000', 22, 0, 2)}${socket('00000000000000000000000000000000', 443, 33, 3)}${socket('00000000000000000000000001000000', 631, 0, 4)}${socket('0000000000000000FFFF00000101A8C0', 9, 0, 5)}${socket('B80D0120000000000000000001000000', 80, 0, 6)}`
    expect(parseListening(text).map((one) => `${one.address} ${one.port}`)).toEqual([
      '127.0.0.1 8080',
      '0.0.0.0 22',
      ':: 443',
      '::1 631',
      '192.168.1.1 9',
      '2001:db8::1 80',
    ])
    expect(parseListening('rubbish\n   0: zz\n1: 0100007F:1F90 0 01 x\n')).toEqual([])
  })
  test('each is told with its unit and with the account that serves it', async () => {
    const root = rootWith({
      '/proc/net/tcp': `${HEAD}${socket('00000000', 80, 0, 100)}${socket('00000000', 8080, 0, 101)}${socket('0100007F', 5432, 1010, 102)}`,
      ...process(10, 0, ['nginx: master process /usr/sbin/nginx'], {
        exe: '/usr/sbin/nginx',
        cgroup: '0::/system.slice/nginx.service',
        sockets: [100],
      }),
      ...process(11, 33, ['nginx: worker process'], {
        exe: '/usr/sbin/nginx',
        cgroup: '0::/system.slice/nginx.service',
        sockets: [100],
      }),
      ...process(12, 0, ['/opt/orders/orders'], { cgroup: '0::/system.slice/orders.service', sockets: [101] }),
      ...process(13, 1010, ['/usr/bin/python3', '/srv/orders/db.py'], { sockets: [102] }),
      ...process(2, 0, [''], { exe: '/none' }),
    })
    const read = await testCollection(listeners, hostAt(root), scanningRun())
    expect(read.entity('host:web-1/unit/nginx.service').attributes).toMatchObject({
      listensAs: 'www-data',
      listens: ['0.0.0.0:80'],
      listensBeyondLoopback: true,
    })
    expect(read.entity('host:web-1/unit/orders.service').attributes).toMatchObject({ listensAs: 'root' })
    const python = read.entities.find((one) => one.type === 'linux_process')!
    expect(python).toMatchObject({
      name: 'db.py@web-1',
      attributes: { listensBeyondLoopback: false, listensAs: 'orders' },
    })
    expect(read.sentences).toContain(`${python.key} runs-as host:web-1/user/orders`)
    expect(read.entity('host:web-1/listen/tcp/0.0.0.0:8080').attributes).toMatchObject({
      unit: 'orders.service',
      loopbackOnly: false,
    })
  })
  test('without CAP_SYS_PTRACE the programs are unknown, the sockets are not', async () => {
    const host = hostAt(
      rootWith({
        '/proc/net/tcp': `${HEAD}${socket('00000000', 8080, 1010, 101)}`,
        ...process(12, 0, ['/opt/orders/orders'], { sockets: [101] }),
      }),
      {},
      { links: (folder) => Promise.reject(refused(folder)) },
    )
    const read = await testCollection(listeners, host, scanningRun())
    expect(read.entities.map((one) => [one.type, one.attributes['account']])).toEqual([['host_listener', 'orders']])
    expect(read.ledger.refusals).toMatchObject([
      {
        count: 1,
        permission: 'read /proc/<pid>/fd of all processes: run as root or give CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH',
      },
    ])
  })
})

test('secrets in the environment and the arguments of what runs', async () => {
  const root = rootWith({
    ...process(20, 1010, ['/opt/orders/orders', '--api-token', 'tok-planted-0001'], {
      cgroup: '0::/system.slice/orders.service',
      environment: 'PATH=/bin\nDB_PASSWORD=correct-horse-battery\nX=planted-secret-env\nLANG=C',
    }),
    ...process(21, 1010, ['/opt/orders/orders', '--api-token', 'tok-planted-0001'], {
      cgroup: '0::/system.slice/orders.service',
    }),
    ...process(22, 0, ['/bin/quiet', '--verbose']),
  })
  const read = await testCollection(processSecrets, hostAt(root), scanningRun(), {
    secrets: ['correct-horse-battery', 'planted-secret-env', 'tok-planted-0001'],
  })
  expect(read.entities.map((one) => one.type).sort()).toEqual([
    'host_process_argument',
    'host_process_environment',
    'host_process_environment',
    'secret_value',
    'secret_value',
    'secret_value',
    'systemd_unit',
  ])
  expect(read.entity(`credential:${fingerprint('correct-horse-battery')}`)).toMatchObject({
    method: 'password',
    name: 'DB_PASSWORD',
  })
  expect(read.sentences.filter((sentence) => sentence.startsWith('host:web-1/unit/orders.service uses')).length).toBe(3)
  expect(read.ledger.refusals).toEqual([])
})

test('environments of other accounts that may not be read are counted', async () => {
  const host = hostAt(rootWith(process(20, 1010, ['/opt/orders/orders'])))
  const real = host.machine.readFile
  host.machine.readFile = (path, options) =>
    path.endsWith('/environ') ? Promise.reject(refused(path)) : real(path, options)
  const read = await testCollection(processSecrets, host, scanningRun())
  expect(read.ledger.refusals).toMatchObject([
    { count: 1, reason: 'reading the environment of 1 processes was refused' },
  ])
})

describe('TLS certificates', () => {
  test('the same leaf on disk and on a socket is one certificate in two places', async () => {
    const leaf = await makeCertificate('shop.example', { email: 'Ann@Example.org' })
    const { server, port } = await serve(leaf)
    undo.push(() => server.close())
    const plain = createTcpServer((open) => open.end('220 not TLS\r\n')).listen(0, '127.0.0.1')
    await new Promise((resolve) => plain.once('listening', resolve))
    undo.push(() => plain.close())
    const other = (plain.address() as { port: number }).port
    const root = rootWith({
      '/etc/ssl/private/shop.pem': { text: `${leaf.key}`, mode: 0o640 },
      '/etc/nginx/tls/shop.crt': leaf.certificate,
      '/etc/nginx/tls/broken.crt': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      '/proc/net/tcp': `${HEAD}${socket('0100007F', port, 33, 500)}${socket('00000000', other, 33, 501)}${socket('0A00000A', 443, 33, 502)}`,
    })
    const signal = new AbortController().signal
    const host = hostAt(root, {}, { dial: openLocal({ seconds: 3, signal }).dial })
    const read = await testCollection(certificates, host, scanningRun())
    const found = read.entities.filter((one) => one.type === 'x509_certificate')
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({
      name: 'shop.example',
      method: 'certificate',
      created: { value: '2026-06-01T00:00:00.000Z' },
      expires: { value: '2027-06-01T00:00:00.000Z' },
      attributes: { selfSigned: true, keyType: 'ec' },
    })
    const key = found[0]!.key
    expect(key).toMatch(/^cert:sha256:[0-9a-f]{64}$/)
    expect(read.sentences).toEqual(
      [
        `${key} authenticates person:ann@example.org`,
        'host:web-1 contains host:web-1/file/etc/nginx/tls/shop.crt#certificate',
        `host:web-1/file/etc/nginx/tls/shop.crt#certificate contains ${key}`,
        `host:web-1/listen/tcp/127.0.0.1:${port} contains ${key}`,
      ].sort(),
    )
    const keys = await testCollection(privateKeys, host, scanningRun(), { secrets: [leaf.key.split('\n')[1]!] })
    expect(keys.sentences).toContain(`host:web-1/file/etc/ssl/private/shop.pem holds ${key}`)
    expect(keys.entity('host:web-1/file/etc/ssl/private/shop.pem').attributes).toMatchObject({
      forTls: true,
      format: 'pkcs8',
    })
  })
})

describe('systemd units', () => {
  const files: Record<string, Planted> = {
    '/usr/lib/systemd/system/orders.service':
      '[Unit]\nDescription=Orders\n[Service]\nUser=orders\nEnvironment="DB_PASSWORD=correct-horse-battery" MODE=fast\nEnvironmentFile=-/etc/default/orders\nLoadCredential=api:/etc/orders/api-token\nExecStart=/opt/orders/run --token planted-secret-cmd\n',
    '/etc/systemd/system/orders.service.d/10-more.conf': '[Service]\nExecStart=\nExecStart=/opt/orders/start.sh\n',
    '/opt/orders/start.sh': {
      text: '#!/bin/sh\ncurl -s https://get.example/agent | sh\nssh -i /opt/orders/id_orders sync@db\n',
      mode: 0o755,
    },
    '/etc/default/orders': { text: 'ORDERS_API_KEY=abcdefgh12345678\n', mode: 0o600 },
    '/etc/orders/api-token': { text: 'opaque-credential-value\n', mode: 0o600 },
    '/etc/systemd/system/multi-user.target.wants/orders.service': { link: '/usr/lib/systemd/system/orders.service' },
    '/usr/lib/systemd/system/report.service':
      '[Service]\nType=oneshot\nDynamicUser=yes\nUser=report\nExecStart=/usr/bin/report %i\n',
    '/usr/lib/systemd/system/report.timer': '[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n',
    '/etc/systemd/system/timers.target.wants/report.timer': { link: '/usr/lib/systemd/system/report.timer' },
    '/usr/lib/systemd/system/quiet.service': '[Service]\nExecStart=/usr/bin/quiet\n',
    '/usr/lib/systemd/system/off.service': '[Service]\nUser=orders\nExecStart=/usr/bin/off\n',
    '/etc/systemd/system/off.service': { link: '/dev/null' },
    '/usr/lib/systemd/system/worker@.service': '[Service]\nUser=orders\nExecStart=/usr/bin/worker %i\n',
    '/etc/systemd/system/multi-user.target.wants/worker@7.service': { link: '/usr/lib/systemd/system/worker@.service' },
  }
  test('drop-ins, timers, templates, masks, accounts and secrets', async () => {
    const secrets = ['correct-horse-battery', 'abcdefgh12345678', 'opaque-credential-value']
    const read = await testCollection(units, hostAt(rootWith(files)), scanningRun(), { secrets })
    expect(read.entities.flatMap((one) => (one.type === 'systemd_unit' ? [one.name] : [])).sort()).toEqual([
      'orders.service@web-1',
      'report.service@web-1',
      'worker@7.service@web-1',
    ])
    expect(read.entity('host:web-1/unit/orders.service').attributes).toMatchObject({
      state: 'enabled',
      account: 'orders',
      commands: ['/opt/orders/start.sh'],
      loadsCredentials: 1,
      fetchesAndRuns: [{ file: '/opt/orders/start.sh', line: 2, from: 'https://get.example/agent' }],
    })
    expect(read.entity('host:web-1/unit/report.service').attributes).toMatchObject({
      dynamicUser: true,
      account: null,
      state: 'enabled',
      startedBy: ['report.timer'],
      schedule: ['OnCalendar=daily'],
    })
    expect(read.entity('host:web-1/unit/worker@7.service').attributes).toMatchObject({
      commands: ['/usr/bin/worker 7'],
    })
    expect(read.sentences).toContain('host:web-1/unit/orders.service runs-as host:web-1/user/orders')
    expect(read.sentences).toContain('host:web-1/unit/orders.service uses host:web-1/file/opt/orders/id_orders')
    for (const secret of secrets) {
      const held = read.edges.find((edge) => edge.verb === 'holds' && edge.to === `credential:${fingerprint(secret)}`)!
      expect(read.sentences).toContain(`host:web-1/unit/orders.service uses ${held.from}`)
    }
  })
})

describe('containers', () => {
  const answer = (detail: object) => (path: string) =>
    path.startsWith('/containers/json') ? [{ Id: 'a'.repeat(64) }] : path.includes('a'.repeat(64)) ? detail : null
  const runtime = async (reply: (path: string) => unknown, status = 200) => {
    const folder = mkdtempSync(join(tmpdir(), 'reeve-docker-'))
    const at = join(folder, 'docker.sock')
    const seen: string[] = []
    const server: Server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`)
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(typeof reply === 'function' ? JSON.stringify(reply(request.url!)) : '')
    }).listen(at)
    await new Promise((resolve) => server.once('listening', resolve))
    undo.push(
      () => server.close(),
      () => rmSync(folder, { recursive: true, force: true }),
    )
    const signal = new AbortController().signal
    const dial = openLocal({ seconds: 3, signal }).dial
    return { seen, host: hostAt(rootWith({ '/run/docker.sock': '' }), {}, { dial: () => dial({ socket: at }) }) }
  }
  test('image, rights, mounts and the secrets of the environment; only GET is sent', async () => {
    const { host, seen } = await runtime(
      answer({
        Id: 'a'.repeat(64),
        Name: '/ci',
        Created: '2026-11-01T00:00:00Z',
        State: { Running: true },
        Config: {
          Image: 'ci:1',
          User: '',
          Env: ['PATH=/bin', 'REGISTRY_TOKEN=abcdefgh12345678', 'X=planted-secret-box'],
        },
        HostConfig: { Privileged: true, NetworkMode: 'host', CapAdd: ['SYS_ADMIN'] },
        Mounts: [{ Source: '/var/run/docker.sock', Destination: '/var/run/docker.sock' }],
      }),
    )
    const read = await testCollection(containers, host, scanningRun(), {
      secrets: ['abcdefgh12345678', 'planted-secret-box'],
    })
    expect(read.entity('host:web-1/container/ci').attributes).toMatchObject({
      image: 'ci:1',
      privileged: true,
      hostNetwork: true,
      mountsRuntimeSocket: true,
      active: true,
      addedCapabilities: ['SYS_ADMIN'],
    })
    expect(read.entities.filter((one) => one.type === 'host_container_environment')).toHaveLength(2)
    expect(read.sentences).toContain('host:web-1/container/ci runs-as host:web-1/user/root')
    expect(seen.every((one) => one.startsWith('GET /containers/'))).toBe(true)
    expect(read.ledger.obtained.get('docker')).toBe(1)
  })
  test('a runtime that answers 500 is a ledger line, none is nothing', async () => {
    const { host } = await runtime(() => null, 500)
    const read = await testCollection(containers, host, scanningRun())
    expect(read.ledger.refusals.map((line) => line.reason)).toEqual([expect.stringContaining('it answered 500')])
    expect((await testCollection(containers, hostAt(rootWith({})), scanningRun())).ledger.refusals).toEqual([])
  })
})
