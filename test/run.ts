/** `./reeve test [--interop] [FILTER…]`: brings what only tests need, where it may, and runs the tests. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Debian packages that suites need, and a file that shows each is there. */
const PACKAGES = [
  { name: 'chromium-headless-shell', shown: ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'] },
  { name: 'openssh-server', shown: ['/usr/sbin/sshd'] },
  { name: 'openssh-client', shown: ['/usr/bin/ssh-keygen'] },
  { name: 'etcd-server', shown: ['/usr/bin/etcd'] },
  { name: 'sudo', shown: ['/usr/bin/sudo'] },
]

const args = process.argv.slice(2)
const interop = args.includes('--interop')
const filters = args.filter((arg) => arg !== '--interop')

installPackages()
const vitest = spawn(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=./test/reporter.ts',
    ...(interop ? ['--config', 'vitest.interop.config.ts'] : []),
    ...filters,
  ],
  {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NO_COLOR: process.env['NO_COLOR'] ?? '1' },
  },
)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => vitest.kill(signal))
vitest.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))

function installPackages(): void {
  const missing = PACKAGES.filter((one) => !one.shown.some((file) => existsSync(file))).map((one) => one.name)
  if (missing.length === 0) return
  const say = (line: string) => process.stderr.write(`reeve test: ${line}\n`)
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    say(
      `${missing.join(', ')}: not here, and only root on a Debian machine may install it; the suites that need it skip`,
    )
    return
  }
  say(`installing ${missing.join(', ')} for the suites that need it`)
  // RUNLEVEL=1 keeps a package from starting its server.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const apt = (...words: string[]) =>
    spawnSync('apt-get', words, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0
  apt('-qq', 'update')
  for (const name of missing) {
    if (!apt('-qq', '-y', '--no-install-recommends', 'install', name))
      say(`${name} could not be installed; the suites that need it skip`)
  }
}
