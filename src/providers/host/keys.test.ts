import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { testCollection } from '../../sdk/testing/index.ts'
import { authorizedKeys } from './authorized-keys.ts'
import { cron } from './cron.ts'
import { refused } from './machine.ts'
import { privateKeys } from './private-keys.ts'
import { blobOf, parseBlob } from './ssh-key.ts'
import { sshServer } from './ssh-server.ts'
import { DEBIAN, hostAt, plant, scanningRun } from './testing/machine.ts'

const planted: ReturnType<typeof plant>[] = []
afterEach(() => {
  for (const one of planted.splice(0)) one.remove()
})
const hostWith = (files: Parameters<typeof plant>[0], users = '') => {
  const one = plant({ '/etc/passwd': `${DEBIAN['/etc/passwd']}${users}`, ...files })
  planted.push(one)
  return hostAt(one.root)
}
const pair = () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const blob = blobOf(publicKey)!
  return {
    line: `ssh-rsa ${blob.toString('base64')}`,
    key: `ssh:${parseBlob(blob)!.fingerprint}`,
    pem: privateKey.export({ type: 'pkcs1', format: 'pem' }) as string,
  }
}
const DEPLOY = 'deploy:x:1002:1002::/home/deploy:/bin/bash\n'

describe('SSH keys that accounts accept', () => {
  test('three keys of an sshd host are three credentials, each opening its accounts', async () => {
    const [a, b, c] = [pair(), pair(), pair()]
    const host = hostWith(
      {
        '/root/.ssh/authorized_keys': `${a.line} alice@laptop\n`,
        '/home/deploy/.ssh/authorized_keys': {
          text: `from="10.0.0.1",command="/opt/deploy" ${b.line} ci\n${a.line} alice@laptop\n${b.line} again\n`,
          modified: '2024-01-01T00:00:00Z',
        },
        '/home/deploy/.ssh/authorized_keys2': `${c.line}\n`,
      },
      DEPLOY,
    )
    const read = await testCollection(authorizedKeys, host, scanningRun())
    expect(read.entities.map((one) => one.key).sort()).toEqual([a.key, b.key, c.key].sort())
    expect(read.sentences).toEqual(
      [
        `${a.key} authenticates host:web-1/user/deploy`,
        `${a.key} authenticates host:web-1/user/root`,
        `${b.key} authenticates host:web-1/user/deploy`,
        `${c.key} authenticates host:web-1/user/deploy`,
      ].sort(),
    )
    expect(read.edges.find((edge) => edge.from === b.key)?.attributes).toMatchObject({
      from: '10.0.0.1',
      command: '/opt/deploy',
      unchangedSince: '2024-01-01T00:00:00.000Z',
      places: [
        { file: '/home/deploy/.ssh/authorized_keys', line: 1 },
        { file: '/home/deploy/.ssh/authorized_keys', line: 3 },
      ],
    })
    expect(read.entity(a.key)).toMatchObject({
      name: 'alice@laptop',
      method: 'ssh-key',
      aliases: [a.key.slice(4)],
      attributes: { keyType: 'ssh-rsa', bits: 2048 },
    })
  })
  test('AuthorizedKeysFile and Match User are followed, AuthorizedKeysCommand is told', async () => {
    const [a, b] = [pair(), pair()]
    const host = hostWith(
      {
        '/etc/ssh/sshd_config':
          'Include /etc/ssh/sshd_config.d/*.conf\nAuthorizedKeysFile /etc/ssh/keys/%u\nAuthorizedKeysCommand /usr/bin/sss_ssh_authorizedkeys\nMatch User deploy\n  AuthorizedKeysFile .keys\n',
        '/etc/ssh/keys/root': a.line,
        '/etc/ssh/keys/deploy': a.line,
        '/home/deploy/.keys': b.line,
      },
      DEPLOY,
    )
    const read = await testCollection(authorizedKeys, host, scanningRun())
    expect(read.sentences).toEqual(
      [`${a.key} authenticates host:web-1/user/root`, `${b.key} authenticates host:web-1/user/deploy`].sort(),
    )
    expect(read.ledger.refusals.map((line) => line.reason)).toEqual([
      'asking /usr/bin/sss_ssh_authorizedkeys for keys: sshd takes further keys from it, and it is not run',
    ])
  })
  test('an authority is trusted for its principals, and is no key of the account', async () => {
    const a = pair()
    const read = await testCollection(
      authorizedKeys,
      hostWith(
        { '/home/deploy/.ssh/authorized_keys': `cert-authority,principals="ci,release" ${a.line} build authority\n` },
        DEPLOY,
      ),
      scanningRun(),
    )
    expect(read.entity(a.key).attributes).toMatchObject({ authority: true })
    const trust = read.entities.find((one) => one.type === 'ssh_authority_trust')!
    expect(trust.attributes).toMatchObject({
      issuer: a.key.slice(4),
      subject: ['ci', 'release'],
      via: 'cert-authority',
      line: 1,
    })
    expect(read.sentences).toEqual([`${trust.key} authenticates host:web-1/user/deploy`])
  })
  test('a folder that may not be entered is one refusal', async () => {
    const host = hostWith({ '/home/deploy/.ssh/authorized_keys': pair().line }, DEPLOY)
    const real = host.machine.lstat
    host.machine.lstat = (path) => (path.startsWith('/home/deploy/.ssh/') ? Promise.reject(refused(path)) : real(path))
    const read = await testCollection(authorizedKeys, host, scanningRun())
    expect(read.entities).toEqual([])
    expect(read.ledger.refusals.map((line) => line.permission)).toEqual([
      'read /home/deploy/.ssh: run as root or give CAP_DAC_READ_SEARCH',
    ])
  })
  test('a link out of the home is not followed and is told', async () => {
    const a = pair()
    const read = await testCollection(
      authorizedKeys,
      hostWith({ '/srv/keys': a.line, '/home/deploy/.ssh/authorized_keys': { link: '/srv/keys' } }, DEPLOY),
      scanningRun(),
    )
    expect(read.entities).toEqual([])
    expect(read.ledger.refusals[0]!.reason).toContain('leads out of /home/deploy')
  })
})

describe('private keys on disk', () => {
  test('the same key as the one that is accepted; mode and owner noted, nothing secret kept', async () => {
    const a = pair()
    const host = hostWith(
      {
        '/home/deploy/.ssh/id_rsa': { text: a.pem, mode: 0o644 },
        '/home/deploy/.ssh/id_rsa.pub': `${a.line} deploy@web-1`,
        '/home/deploy/.ssh/known_hosts': 'x',
      },
      DEPLOY,
    )
    const read = await testCollection(privateKeys, host, scanningRun(), {
      secrets: [a.pem.split('\n')[1]!, a.pem.split('\n')[5]!],
    })
    expect(read.entity('host:web-1/file/home/deploy/.ssh/id_rsa')).toMatchObject({
      kind: 'secret',
      attributes: {
        mode: '0644',
        encrypted: false,
        format: 'pem',
        readableByAll: true,
        forTls: false,
        keyType: 'ssh-rsa',
      },
    })
    expect(read.entity(a.key).name).toBe('deploy@web-1')
    expect(read.sentences).toContain(`host:web-1/file/home/deploy/.ssh/id_rsa holds ${a.key}`)
  })
  test.runIf(existsSync('/usr/bin/ssh-keygen'))('host keys, and certificates of people', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'reeve-cert-'))
    try {
      const make = (name: string) =>
        execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(folder, name)])
      for (const name of ['host', 'ca', 'user']) make(name)
      execFileSync('ssh-keygen', [
        '-q',
        '-s',
        join(folder, 'ca'),
        '-I',
        'alice-2026',
        '-n',
        'deploy',
        '-V',
        '20260101000000Z:20270101000000Z',
        join(folder, 'user.pub'),
      ])
      const file = (name: string) => readFileSync(join(folder, name), 'utf8')
      const host = hostWith(
        {
          '/etc/ssh/sshd_config': 'TrustedUserCAKeys /etc/ssh/ca.pub\nPasswordAuthentication no\n',
          '/etc/ssh/ca.pub': file('ca.pub'),
          '/etc/ssh/ssh_host_ed25519_key': { text: file('host'), mode: 0o600 },
          '/etc/ssh/ssh_host_ed25519_key.pub': file('host.pub'),
          '/home/deploy/.ssh/id_ed25519': { text: file('user'), mode: 0o600 },
          '/home/deploy/.ssh/id_ed25519-cert.pub': file('user-cert.pub'),
        },
        DEPLOY,
      )
      const fingerprint = (name: string) =>
        execFileSync('ssh-keygen', ['-lf', join(folder, `${name}.pub`)], { encoding: 'utf8' }).split(' ')[1]!
      const keys = await testCollection(privateKeys, host, scanningRun(), {
        secrets: file('user').split('\n').slice(3, 5),
      })
      expect(keys.entity('host:web-1/file/etc/ssh/ssh_host_ed25519_key').attributes).toMatchObject({
        hostKey: true,
        mode: '0600',
      })
      const certificate = keys.entities.find((one) => one.type === 'ssh_certificate')!
      expect(certificate).toMatchObject({
        name: 'certificate alice-2026',
        method: 'certificate',
        expires: { value: '2027-01-01T00:00:00.000Z' },
        attributes: { principals: ['deploy'], authority: fingerprint('ca'), publicKey: fingerprint('user') },
      })
      const server = await testCollection(sshServer, host, scanningRun())
      expect(server.entity('host:web-1/sshd').attributes).toMatchObject({
        passwordAuthentication: false,
        permitRootLogin: 'prohibit-password',
        trustedAuthorities: '/etc/ssh/ca.pub',
      })
      expect(server.entity(`ssh:${fingerprint('host')}`).attributes).toMatchObject({ hostKey: true })
      const trust = server.entities.find((one) => one.key.startsWith('host:web-1/user/deploy/authority/'))
      expect(trust).toMatchObject({
        method: 'federation',
        aliases: [fingerprint('ca')],
        attributes: { issuer: fingerprint('ca'), subject: ['deploy'], via: 'TrustedUserCAKeys' },
      })
      expect(server.sentences).toContain(`${trust!.key} authenticates host:web-1/user/deploy`)
      expect(
        server.sentences.filter((sentence) => sentence.startsWith(`ssh:${fingerprint('ca')} authenticates`)),
      ).toEqual([])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('the settings of sshd', () => {
  const settingsOf = async (files: Record<string, string>) =>
    (await testCollection(sshServer, hostWith(files), scanningRun())).entities[0]?.attributes
  test('the first value counts, includes are unfolded in their place', async () => {
    expect(
      await settingsOf({
        '/etc/ssh/sshd_config':
          'Include /etc/ssh/sshd_config.d/*.conf\nPasswordAuthentication yes\nPermitRootLogin yes\n',
        '/etc/ssh/sshd_config.d/10-hard.conf': 'PasswordAuthentication no\n',
        '/etc/ssh/sshd_config.d/20-soft.conf': 'passwordauthentication=yes\n',
      }),
    ).toMatchObject({ passwordAuthentication: false, permitRootLogin: 'yes' })
  })
  test('what nobody wrote is what sshd does then', async () => {
    expect(await settingsOf({ '/etc/ssh/sshd_config': '# all defaults\n' })).toMatchObject({
      passwordAuthentication: true,
      permitRootLogin: 'prohibit-password',
      permitEmptyPasswords: false,
      keyboardInteractive: false,
      passwordAccounts: ['alice'],
    })
  })
  test('Match blocks do not change the rest, and are shown', async () => {
    expect(
      await settingsOf({
        '/etc/ssh/sshd_config': 'PasswordAuthentication no\nMatch User alice\n  PasswordAuthentication yes\n',
      }),
    ).toMatchObject({
      passwordAuthentication: false,
      matches: ['Match User alice: passwordauthentication yes'],
      passwordAccounts: ['alice'],
    })
  })
  test('whom the lists shut out has no password to log in with', async () => {
    const shadow = { '/etc/shadow': 'root:$6$a$b:19700::::::\nalice:$6$a$b:19700::::::\n' }
    const accounts = async (config: string) =>
      (await settingsOf({ ...shadow, '/etc/ssh/sshd_config': config }))?.['passwordAccounts']
    expect(await accounts('PasswordAuthentication yes\n')).toEqual(['alice'])
    expect(await accounts('PermitRootLogin yes\n')).toEqual(['root', 'alice'])
    expect(await accounts('AllowGroups ops\n')).toEqual([])
    expect(await accounts('AllowUsers alice bob\n')).toEqual(['alice'])
    expect(await accounts('DenyUsers al*\n')).toEqual([])
  })
  test('no server, nothing to say', async () => {
    expect(await settingsOf({})).toBeUndefined()
  })
})

test('a cron script that logs in with a key file is the consumer of the key', async () => {
  const a = pair()
  const host = hostWith(
    {
      '/etc/cron.d/backup':
        'MAILTO=ops@example.org\n15 3 * * * deploy /usr/local/bin/backup.sh --quiet > /dev/null 2>&1\n',
      '/usr/local/bin/backup.sh': {
        text: '#!/bin/sh\nrsync -a -e "ssh -i /opt/backup/id_backup" /srv/ store@nas:/backup/\n',
        mode: 0o755,
      },
      '/opt/backup/id_backup': { text: a.pem, mode: 0o600 },
    },
    DEPLOY,
  )
  const jobs = await testCollection(cron, host, scanningRun())
  const job = jobs.entities.find((one) => one.type === 'cron_job')!
  expect(job).toMatchObject({
    kind: 'workload',
    name: '/usr/local/bin/backup.sh@web-1',
    aliases: ['/usr/local/bin/backup.sh'],
    attributes: { schedule: '15 3 * * *', account: 'deploy', keyFiles: ['/opt/backup/id_backup'] },
  })
  expect(jobs.sentences).toContain(`${job.key} uses host:web-1/file/opt/backup/id_backup`)
  expect(jobs.sentences).toContain(`${job.key} runs-as host:web-1/user/deploy`)
  const keys = await testCollection(privateKeys, host, scanningRun())
  expect(keys.sentences).toContain(`host:web-1/file/opt/backup/id_backup holds ${a.key}`)
})
