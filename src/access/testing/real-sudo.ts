/** The real sudo, in a root of its own: it reads /etc/sudoers and nothing else will do. */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const SUDO = '/usr/bin/sudo'
const PLUGINS = '/usr/libexec/sudo'
/** Where Debian and others keep it, by the machine's kind. */
const PERMIT = ['/lib/x86_64-linux-gnu', '/lib/aarch64-linux-gnu', '/lib64', '/lib']
  .map((folder) => `${folder}/security/pam_permit.so`)
  .find((path) => existsSync(path))

export const missingSudo: string | null = !existsSync(SUDO)
  ? `skipped: sudo is not at ${SUDO}; ./reeve test installs it where it may`
  : process.getuid?.() !== 0
    ? 'skipped: a root of its own for sudo takes root'
    : spawnSync('chroot', ['/', '/bin/true']).status === 0
      ? null
      : 'skipped: this machine does not let root change its root'

export interface RealSudo {
  /** Null when it took the policy, else what it said. */
  policy(text: string): string | null
  /** May the user run this as the other? */
  allows(user: string, target: string, command: readonly string[]): boolean
  files: { passwd: string; group: string; sudoers: string }
  host: string
  remove(): void
}

const USERS = ['root:0:0', 'ana:1001:1001', 'bob:1002:1002', 'carol:1003:100', 'deploy:1004:1004', 'db:1005:1005']
const GROUPS = [
  'root:0:',
  'users:100:',
  'wheel:10:ana,deploy',
  'ops:1100:bob',
  'ana:1001:',
  'bob:1002:',
  'deploy:1004:',
  'db:1005:',
]

/** `programs`: paths that are there. */
export function realSudo(programs: readonly string[]): RealSudo {
  const root = mkdtempSync(join(tmpdir(), 'reeve-sudo-'))
  const at = (path: string): string => {
    const full = join(root, path)
    mkdirSync(dirname(full), { recursive: true })
    return full
  }
  const libraries = new Set<string>()
  const take = (path: string): void => {
    copyFileSync(path, at(path))
    for (const [, library] of execFileSync('ldd', [path], { encoding: 'utf8' }).matchAll(/(?:=> )?(\/\S+) \(0x/g))
      libraries.add(library!)
  }
  take(SUDO)
  for (const name of readdirSync(PLUGINS)) if (/\.so(\.|$)/.test(name)) take(join(PLUGINS, name))
  if (PERMIT) take(PERMIT)
  for (const service of ['sudo', 'other'])
    writeFileSync(
      at(`/etc/pam.d/${service}`),
      ['auth', 'account', 'session', 'password'].map((kind) => `${kind} required pam_permit.so\n`).join(''),
    )
  for (const library of libraries) if (!existsSync(join(root, library))) copyFileSync(library, at(library))
  chmodSync(join(root, SUDO), 0o4755)
  writeFileSync(
    at('/etc/passwd'),
    USERS.map((user) => `${user.replace(':', ':x:')}::/:/bin/sh`)
      .join('\n')
      .concat('\n'),
  )
  writeFileSync(
    at('/etc/group'),
    GROUPS.map((group) => group.replace(':', ':x:'))
      .join('\n')
      .concat('\n'),
  )
  writeFileSync(at('/etc/nsswitch.conf'), 'passwd: files\ngroup: files\nsudoers: files\n')
  writeFileSync(at('/etc/hosts'), `127.0.0.1 ${hostname()}\n127.0.0.1 localhost\n`)
  for (const folder of ['/run/sudo', '/var/lib/sudo', '/dev', '/tmp'])
    mkdirSync(join(root, folder), { recursive: true })
  writeFileSync(at('/dev/null'), '')
  for (const program of programs) {
    writeFileSync(at(program), '#!/bin/sh\n')
    chmodSync(at(program), 0o755)
  }
  const sudoers = at('/etc/sudoers')
  const run = (args: readonly string[]) =>
    spawnSync('chroot', [root, SUDO, ...args], { encoding: 'utf8', timeout: 20_000 })
  return {
    policy(text) {
      rmSync(sudoers, { force: true })
      writeFileSync(sudoers, text, { mode: 0o440 })
      const { stderr } = run(['-l', '-U', 'root'])
      return /sudoers:\d+|parse error|syntax error|unable|error/i.test(stderr) ? stderr : null
    },
    allows: (user, target, command) => run(['-l', '-U', user, '-u', target, '--', ...command]).status === 0,
    files: { passwd: join(root, '/etc/passwd'), group: join(root, '/etc/group'), sudoers },
    host: hostname(),
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}
