import { generateKeyPairSync } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { evaluate, rules } from '../../assess/index.ts'
import { estateFrom } from '../../graph/index.ts'
import { createScanner } from '../../scan/index.ts'
import { isEdge } from '../../sdk/index.ts'
import { testRun } from '../../sdk/testing/index.ts'
import { host } from './index.ts'
import { Settings } from './settings.ts'
import { blobOf } from './ssh-key.ts'
import { DEBIAN, type Planted, plant } from './testing/machine.ts'

const planted: ReturnType<typeof plant>[] = []
afterEach(() => {
  for (const one of planted.splice(0)) one.remove()
})

const NOW = new Date('2026-11-24T06:00:00.000Z')
const scanner = createScanner()

/** All that the provider reads of machines, and what the rules say of it. */
async function judged(
  machines: Record<string, { files: Record<string, Planted>; environment?: 'production' | 'staging' }>,
) {
  const items: Parameters<typeof estateFrom>[0] = []
  const refusals: string[] = []
  for (const [name, { files, environment }] of Object.entries(machines)) {
    const one = plant(files)
    planted.push(one)
    const run = testRun({ scan: scanner.scan, now: () => NOW })
    const client = await host.connect(Settings.parse({ root: one.root, name, environment }), run)
    for (const collection of host.collections!) {
      for await (const item of collection.read(client, run)) {
        if (!isEdge(item)) expect(collection.yields, `${collection.id} yields ${item.type}`).toContain(item.type)
        ;(items as unknown[]).push({ connection: name, collection: collection.id, item })
      }
    }
    refusals.push(...run.ledger.refusals.map((line) => line.reason))
  }
  const verdicts = [...evaluate(estateFrom(items), rules, { now: NOW })].map(({ rule, subject, outcome }) => ({
    rule: rule.id,
    subject: subject.key,
    verdict: outcome.verdict,
    says: outcome.verdict === 'fail' ? outcome.says : '',
    severity: outcome.verdict === 'fail' ? (outcome.severity ?? rule.severity) : '',
  }))
  const failed = verdicts.filter((one) => one.verdict === 'fail')
  return { items, verdicts, failed, refusals, sentences: failed.map((one) => `${one.rule}: ${one.says}`) }
}

const key = (bits = 3072) => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: bits })
  return {
    line: `ssh-rsa ${blobOf(publicKey)!.toString('base64')}`,
    pem: privateKey.export({ type: 'pkcs1', format: 'pem' }) as string,
  }
}
const wtmp = (...rows: [number, string, string, string, string][]) =>
  Buffer.concat(
    rows.map(([type, user, line, from, at]) => {
      const row = Buffer.alloc(384)
      row.writeInt16LE(type, 0)
      row.write(line, 8)
      row.write(user, 44)
      row.write(from, 76)
      row.writeUInt32LE(Date.parse(at) / 1000, 340)
      return row
    }),
  )
const HEAD = '  sl  local_address rem_address   st\n'
const listening = (port: string, uid: number, inode: number) =>
  `   0: 00000000:${port} 00000000:0000 0A 00000000:00000000 00:00000000 00000000 ${uid} 0 ${inode} 1\n`
const process = (
  pid: number,
  uid: number,
  program: string,
  unit: string,
  inode: number,
  argv: string[] = [],
): Record<string, Planted> => ({
  [`/proc/${pid}/cmdline`]: `${[program, ...argv].join('\0')}\0`,
  [`/proc/${pid}/status`]: `Uid:\t${uid}\t${uid}\t${uid}\t${uid}\n`,
  [`/proc/${pid}/cgroup`]: `0::/system.slice/${unit}\n`,
  [`/proc/${pid}/environ`]: 'PATH=/bin\0',
  [`/proc/${pid}/exe`]: { link: program },
  [`/proc/${pid}/fd/3`]: { link: `socket:[${inode}]` },
})

/** As the installer leaves it, with an administrator who has a key, and nginx and PostgreSQL from packages. */
const ordinary: Record<string, Planted> = {
  '/etc/passwd': `${DEBIAN['/etc/passwd']}postgres:x:105:113:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash\n`,
  '/etc/sudoers': {
    text: 'Defaults env_reset\nroot ALL=(ALL:ALL) ALL\n%sudo ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n',
    mode: 0o440,
  },
  '/etc/ssh/sshd_config': 'Include /etc/ssh/sshd_config.d/*.conf\nKbdInteractiveAuthentication no\nUsePAM yes\n',
  '/etc/ssh/sshd_config.d/10-keys.conf': 'PasswordAuthentication no\n',
  '/home/alice/.ssh/authorized_keys': { text: `${key().line} alice@laptop\n`, modified: '2026-10-01T00:00:00Z' },
  '/etc/crontab': 'SHELL=/bin/sh\n17 * * * * root cd / && run-parts --report /etc/cron.hourly\n',
  '/etc/cron.d/e2scrub_all':
    '30 3 * * 0 root test -e /run/systemd/system || SERVICE_MODE=1 /usr/lib/x86_64-linux-gnu/e2fsprogs/e2scrub_all_cron\n',
  '/etc/cron.daily/apt-compat': {
    text: '#!/bin/sh\nset -e\n[ -d /run/systemd/system ] && exit 0\nexec /usr/lib/apt/apt.systemd.daily\n',
    mode: 0o755,
  },
  '/usr/lib/systemd/system/nginx.service':
    '[Unit]\nDescription=A high performance web server\n[Service]\nType=forking\nExecStart=/usr/sbin/nginx -g "daemon on; master_process on;"\n[Install]\nWantedBy=multi-user.target\n',
  '/etc/systemd/system/multi-user.target.wants/nginx.service': { link: '/usr/lib/systemd/system/nginx.service' },
  '/usr/lib/systemd/system/ssh.service':
    '[Service]\nEnvironmentFile=-/etc/default/ssh\nExecStart=/usr/sbin/sshd -D $SSHD_OPTS\n',
  '/etc/systemd/system/multi-user.target.wants/ssh.service': { link: '/usr/lib/systemd/system/ssh.service' },
  '/etc/default/ssh': 'SSHD_OPTS=\n',
  '/usr/lib/systemd/system/postgresql@.service':
    '[Service]\nUser=postgres\nExecStart=/usr/bin/pg_ctlcluster %i start\n',
  '/etc/systemd/system/multi-user.target.wants/postgresql@15-main.service': {
    link: '/usr/lib/systemd/system/postgresql@.service',
  },
  '/proc/net/tcp': HEAD + listening('0016', 0, 1) + listening('0050', 0, 2),
  ...process(500, 0, '/usr/sbin/sshd', 'ssh.service', 1),
  ...process(501, 0, '/usr/sbin/nginx', 'nginx.service', 2),
  ...process(502, 33, '/usr/sbin/nginx', 'nginx.service', 2),
  '/var/log/wtmp': wtmp(
    [2, 'reboot', '~', '6.1', '2026-01-01T00:00:00Z'],
    [7, 'alice', 'pts/0', '10.0.0.7', '2026-11-20T08:00:00Z'],
  ),
  '/home/alice/.bash_history': {
    text: 'ls\nsudo apt update\ncurl -s https://example.org | less\nssh db1\nmkdir -p /tmp/x\n',
    mode: 0o600,
  },
  '/etc/environment': 'PATH="/usr/local/sbin:/usr/local/bin"\n',
  '/etc/default/grub': 'GRUB_DEFAULT=0\nGRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX=""\n',
}

test('an ordinary Debian machine: no rule about hosts fails, nothing is refused', async () => {
  const { sentences, refusals, failed } = await judged({ 'web-1': { files: ordinary } })
  expect(failed.filter((one) => one.rule.startsWith('host-')).map((one) => `${one.rule}: ${one.says}`)).toEqual([])
  expect(refusals).toEqual([])
  // What is said at all is about things a person put there.
  expect(
    sentences.filter((sentence) => /root@|sync|daemon@|nobody|www-data|games|backup@|alice|_apt/.test(sentence)),
  ).toEqual([])
})

describe('a machine on which everything is wrong', () => {
  const old = key(1024)
  const shared = key()
  const files: Record<string, Planted> = {
    ...ordinary,
    '/etc/passwd': `${ordinary['/etc/passwd']}bob:x:1001:1001:Bob Example:/home/bob:/bin/bash\ndeploy:x:1002:1002::/home/deploy:/bin/bash\nsvc-report:x:1003:1003::/home/svc-report:/bin/bash\nsvc-old:x:1004:1004::/home/svc-old:/bin/bash\nrunner:x:1005:1005::/home/runner:/bin/bash\nsupport:x:0:0::/root:/bin/bash\n`,
    '/etc/shadow': `root:$6$a$b:19700:0:99999:7:::\nalice:$y$j9T$a$b:20700:0:99999:7:::\nbob:!$6$a$b:19700:0:99999:7:::\nsvc-report:$6$a$b:19000:0:99999:7:::\ndeploy:!:19000::::::\n`,
    '/etc/group': `${DEBIAN['/etc/group']}docker:x:120:runner\n`,
    '/etc/sudoers.d/deploy': 'deploy ALL=(ALL) NOPASSWD: ALL\n',
    '/etc/ssh/sshd_config': 'PermitRootLogin yes\nUsePAM yes\n',
    '/home/bob/.ssh/authorized_keys': `${shared.line} bob@laptop\n`,
    '/home/bob/.ssh/id_rsa': { text: shared.pem, mode: 0o644 },
    '/home/alice/.ssh/id_rsa': { text: key().pem, mode: 0o600, owner: [1000, 1000] },
    '/home/deploy/.ssh/authorized_keys': { text: `${old.line} deploy@old-laptop\n`, modified: '2023-01-01T00:00:00Z' },
    '/home/svc-old/.ssh/authorized_keys': `${key().line} nobody knows\n`,
    '/etc/systemd/system/orders.service':
      '[Service]\nExecStart=/opt/orders/orders\nEnvironment=DB_PASSWORD=correct-horse-battery-staple\n[Install]\nWantedBy=multi-user.target\n',
    '/etc/systemd/system/multi-user.target.wants/orders.service': { link: '/etc/systemd/system/orders.service' },
    '/etc/systemd/system/gone.service': '[Service]\nUser=departed\nExecStart=/opt/gone\n',
    '/etc/systemd/system/multi-user.target.wants/gone.service': { link: '/etc/systemd/system/gone.service' },
    '/etc/systemd/system/actions.runner.acme.web-1.service': '[Service]\nUser=runner\nExecStart=/home/runner/run.sh\n',
    '/etc/systemd/system/multi-user.target.wants/actions.runner.acme.web-1.service': {
      link: '/etc/systemd/system/actions.runner.acme.web-1.service',
    },
    '/usr/lib/systemd/system/datadog-agent.service': '[Service]\nExecStart=/opt/datadog-agent/bin/agent\n',
    '/etc/systemd/system/multi-user.target.wants/datadog-agent.service': {
      link: '/usr/lib/systemd/system/datadog-agent.service',
    },
    ...Object.fromEntries(
      ['billing', 'search', 'mailer'].flatMap((name): [string, Planted][] => [
        [`/etc/systemd/system/${name}.service`, `[Service]\nUser=svc-report\nExecStart=/opt/${name}\n`],
        [
          `/etc/systemd/system/multi-user.target.wants/${name}.service`,
          { link: `/etc/systemd/system/${name}.service` },
        ],
      ]),
    ),
    '/etc/cron.d/agent': '*/10 * * * * root curl -fsSL https://get.vendor.example/agent.sh | sh\n',
    '/proc/net/tcp': `${ordinary['/proc/net/tcp']}${listening('1F90', 0, 9)}`,
    ...process(700, 0, '/opt/orders/orders', 'orders.service', 9, ['--admin-token', 'tok_0123456789abcdefghij']),
    '/var/log/wtmp': wtmp(
      [2, 'reboot', '~', '6.1', '2026-01-01T00:00:00Z'],
      [7, 'svc-report', 'pts/0', '10.0.0.7', '2026-11-23T22:10:00Z'],
    ),
    '/opt/app/.env': 'STRIPE_WEBHOOK_SECRET=whsec_0123456789abcdefghijABCDEFGHIJ01\n',
    '/home/deploy/.aws/credentials': {
      text: '[default]\naws_access_key_id = AKIAQYLPMN5HHHFPZAM2\naws_secret_access_key = 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\n',
      mode: 0o600,
    },
    '/home/alice/.bash_history': { text: 'mysql -u root -pS3cretOfAlice99 orders\n', mode: 0o600 },
  }

  test('each thing is told once, in a sentence that can be acted on', async () => {
    const { failed, items } = await judged({ 'web-1': { files } })
    const about = failed.filter((one) => one.rule.startsWith('host-'))
    expect([...new Set(about.map((one) => one.rule))].sort()).toEqual([
      'host-account-runs-many-services',
      'host-job-runs-download',
      'host-job-without-account',
      'host-locked-account-accepts-key',
      'host-network-service-as-root',
      'host-never-used-account',
      'host-private-key-readable',
      'host-private-key-without-passphrase',
      'host-root-equivalent-group',
      'host-runner-can-become-root',
      'host-secret-in-arguments',
      'host-secret-in-history',
      'host-secret-in-job',
      'host-secret-readable',
      'host-service-account-can-login',
      'host-service-account-interactive',
      'host-shared-uid',
      'host-ssh-key-without-end',
      'host-ssh-password-login',
      'host-ssh-root-password',
      'host-static-cloud-key',
      'host-sudo-without-password',
      'host-vendor-agent-as-root',
      'host-weak-ssh-key',
    ])
    const says = Object.fromEntries(about.map((one) => [one.rule, one.says]))
    expect(says['host-sudo-without-password']).toBe('deploy@web-1 may become root without a password.')
    expect(says['host-locked-account-accepts-key']).toBe('bob@web-1 is locked, and an SSH key still opens it.')
    expect(says['host-service-account-interactive']).toBe('Somebody worked as svc-report@web-1 on 23 November 2026.')
    expect(says['host-network-service-as-root']).toBe('orders.service@web-1 runs as root and listens on 0.0.0.0:8080.')
    expect(says['host-job-without-account']).toBe(
      'gone.service@web-1 runs as departed, an account this host does not have.',
    )
    expect(says['host-static-cloud-key']).toContain('AKIAQYLPMN5HHHFPZAM2')
    expect(says['host-ssh-password-login']).toContain('alice')
    expect(about.filter((one) => one.rule === 'host-job-runs-download').map((one) => one.severity)).toEqual([
      'critical',
    ])
    const printed = JSON.stringify([items, failed])
    for (const secret of [
      'correct-horse-battery-staple',
      'tok_0123456789abcdefghij',
      'whsec_0123456789abcdefghij',
      '1tUm636uS1yOEcfP5pvfqJ',
      'S3cretOfAlice99',
      ...shared.pem.split('\n').slice(1, 4),
      '$6$a$b',
      '$y$j9T',
    ])
      expect(printed.includes(secret), secret).toBe(false)
  })
})

test('one key in production and in staging is found across connections', async () => {
  const one = key()
  const accepts = {
    '/etc/passwd': `${DEBIAN['/etc/passwd']}deploy:x:1002:1002::/home/deploy:/bin/bash\n`,
    '/home/deploy/.ssh/authorized_keys': `${one.line} deploy\n`,
  }
  const { failed } = await judged({
    'prod-1': { files: accepts, environment: 'production' },
    'stage-1': { files: accepts, environment: 'staging' },
  })
  const across = failed.find((found) => found.rule === 'credential-across-environments')
  expect(across?.subject).toMatch(/^ssh:SHA256:/)
  expect(failed.some((found) => found.rule === 'credential-reused' && found.subject === across?.subject)).toBe(true)
})

test('an account with a password, a key and an authority is known by three credentials', async () => {
  const [own, authority] = [key(), key()]
  const { items } = await judged({
    'web-1': {
      files: {
        '/etc/ssh/sshd_config': 'TrustedUserCAKeys /etc/ssh/ca.pub\n',
        '/etc/ssh/ca.pub': `${authority.line} ssh authority\n`,
        '/home/alice/.ssh/authorized_keys': `${own.line} alice\n`,
      },
    },
  })
  const opens = [...items].flatMap(({ item }) =>
    isEdge(item) && item.verb === 'authenticates' && item.to === 'host:web-1/user/alice' ? [item.from] : [],
  )
  expect(opens.map((from) => from.replace(/SHA256:.*/, '…').replace(/authority\/.*/, 'authority/…')).sort()).toEqual([
    'host:web-1/user/alice/authority/…',
    'host:web-1/user/alice/password',
    'ssh:…',
  ])
})
