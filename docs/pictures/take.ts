/** Takes the pictures of README and docs: an invented host and repository, read by a real server, in both themes. */
import { generateKeyPairSync } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { plant } from '../../src/providers/host/testing/machine.ts'
import { scratch, signIn, until, up } from '../../test/reeve/command.ts'
import { accessKey, plantedRepository } from '../../test/reeve/planted.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const PAGES: [name: string, path: (subject: string) => string][] = [
  ['overview', () => '/'],
  ['inventory', () => '/identities'],
  ['identity', (subject) => `/identities/${encodeURIComponent(subject)}`],
  ['findings', () => '/findings'],
]
const BROWSERS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium']
const DEPLOY = 'host:larkfield-web-1/user/deploy'

const browserPath = BROWSERS.find((file) => existsSync(file))
if (!browserPath) throw new Error(`no browser: one of ${BROWSERS.join(', ')} is needed`)

const place = scratch()
const machine = plant(inventedMachine())
const repository = inventedRepository(join(place.folder, 'storefront'))
const server = await up(join(place.folder, 'data'), repository.folder)
try {
  const session = await signIn(server.address, server.link!)
  const connections = () =>
    session.get<{ rows: { connection: string; provider: string; state: string; lastRead: string | null }[] }>(
      '/v1/connections',
    )
  const settled = () =>
    until(connections, ({ rows }) => rows.every((row) => row.lastRead !== null && row.state !== 'running'))
  const { rows } = await settled()
  // Not this machine: it is nobody else's to look at.
  for (const row of rows.filter((one) => one.provider === 'host'))
    await session.send('DELETE', `/v1/connections/${row.connection}`)
  await session.send('POST', '/v1/connections', {
    provider: 'host',
    id: 'larkfield-web-1',
    settings: { root: machine.root, name: 'larkfield-web-1', environment: 'production' },
  })
  await session.send('POST', '/v1/connections/larkfield-web-1/runs')
  await settled()
  await until(
    () => session.get<{ groups: { title: string }[] }>('/v1/findings?by=rule'),
    ({ groups }) => groups.length > 4,
  )

  const browser = await chromium.launch({
    executablePath: browserPath,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
  for (const theme of ['light', 'dark'] as const) {
    const page = await browser.newPage({
      viewport: { width: 1440, height: 900 },
      colorScheme: theme,
      deviceScaleFactor: 1,
    })
    await page
      .context()
      .addCookies([{ name: 'reeve_session', value: session.cookie.split('=')[1]!, url: server.address }])
    for (const [name, path] of PAGES) {
      await page.goto(server.address + path(DEPLOY), { waitUntil: 'networkidle' })
      await page.screenshot({ path: join(here, `${name}-${theme}.png`) })
    }
  }
  await browser.close()
} finally {
  await server.end('SIGTERM')
  machine.remove()
  place.remove()
}

function inventedMachine(): Parameters<typeof plant>[0] {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs1',
    format: 'pem',
  }) as string
  return {
    '/etc/passwd': `root:x:0:0:root:/root:/bin/bash
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
deploy:x:998:998:Deployment account:/srv/deploy:/bin/bash
orders:x:997:997:Orders service:/srv/orders:/usr/sbin/nologin
backup-runner:x:996:996:Backups:/srv/backup:/bin/bash
ines:x:1000:1000:Ines Calloway,,,:/home/ines:/bin/bash
`,
    '/etc/group':
      'root:x:0:\nsudo:x:27:ines\ndocker:x:110:deploy\ndeploy:x:998:\norders:x:997:\nbackup-runner:x:996:\nines:x:1000:\n',
    '/etc/sudoers': {
      text: 'root ALL=(ALL:ALL) ALL\n%sudo ALL=(ALL:ALL) ALL\ndeploy ALL=(ALL) NOPASSWD: ALL\n',
      mode: 0o440,
    },
    '/etc/ssh/sshd_config': 'PermitRootLogin yes\nPasswordAuthentication yes\n',
    '/etc/systemd/system/orders.service':
      '[Unit]\nDescription=Orders\n[Service]\nUser=orders\nExecStart=/srv/orders/bin/orders --listen 0.0.0.0:8443\n[Install]\nWantedBy=multi-user.target\n',
    '/etc/cron.d/refresh': '*/15 * * * * root curl -fsSL https://tools.larkfield.example/refresh.sh | sh\n',
    '/etc/cron.d/backup': '0 2 * * * backup-runner /srv/backup/nightly.sh\n',
    '/srv/backup/nightly.sh': {
      text: '#!/bin/sh\nrsync -e "ssh -i /srv/backup/id_rsa" /srv/orders/data vault.larkfield.example:/backups\n',
      mode: 0o755,
    },
    '/srv/backup/id_rsa': { text: key, mode: 0o644, owner: [996, 996] },
  }
}

function inventedRepository(folder: string) {
  const repository = plantedRepository(folder)
  const key = accessKey('pictures')
  repository.write('deploy/settings.py', `aws_access_key_id = "${key.id}"\naws_secret_access_key = "${key.secret}"\n`)
  repository.write(
    '.github/workflows/release.yml',
    'on: pull_request_target\npermissions: write-all\njobs:\n  release:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with: { ref: "${{ github.event.pull_request.head.sha }}" }\n      - uses: larkfield-tools/publish@main\n        with: { token: "${{ secrets.PUBLISH_TOKEN }}" }\n',
  )
  repository.write('Dockerfile', 'FROM node:latest\nCMD ["node", "server.js"]\n')
  repository.commit('Release from pull requests', 'Mara Quill <mara.quill@larkfield.example>')
  return repository
}
