import { createHmac } from 'node:crypto'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Detection, type Run, Sensitive } from '../../../sdk/index.ts'
import { testRun } from '../../../sdk/testing/index.ts'
import type { Host } from '../host.ts'
import { openLocal } from '../local.ts'
import type { Machine } from '../machine.ts'

export type Planted =
  | string
  | Uint8Array
  | { text?: string | Uint8Array; mode?: number; link?: string; modified?: string; owner?: [number, number] }

/** A folder that looks like the root of a Debian machine, with what a test plants in it. */
export function plant(files: Record<string, Planted>): { root: string; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), 'reeve-host-'))
  for (const [path, planted] of Object.entries({ ...DEBIAN, ...files })) {
    const given = typeof planted === 'string' || planted instanceof Uint8Array ? { text: planted } : planted
    const at = join(root, path)
    mkdirSync(dirname(at), { recursive: true })
    if (given.link !== undefined) {
      symlinkSync(given.link, at)
      continue
    }
    writeFileSync(at, given.text ?? '')
    chmodSync(at, given.mode ?? 0o644)
    if (given.owner && process.getuid?.() === 0) chownSync(at, ...given.owner)
    if (given.modified !== undefined) utimesSync(at, new Date(given.modified), new Date(given.modified))
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) }
}

export const hostAt = (
  root: string,
  over: Partial<Host> = {},
  machine: Partial<Machine> = {},
  signal: AbortSignal = new AbortController().signal,
): Host => ({
  machine: { ...openLocal({ root, seconds: 5, signal }), ...machine },
  name: 'web-1',
  environment: undefined,
  folders: [],
  memory: new Map(),
  ...over,
})

/** A run that finds words of the form `planted-secret-…`, as a scanner would. */
export const scanningRun = (over: Partial<Run> = {}) =>
  testRun({
    scan: (bytes): Detection[] => {
      const text = Buffer.from(bytes).toString('latin1')
      return [...text.matchAll(/planted-secret-([\w]+)/g)].map((match) => ({
        detector: 'planted',
        provider: 'test',
        title: 'planted secret',
        severity: 'high',
        method: 'token',
        value: new Sensitive(match[0]),
        redacted: 'plan****',
        start: match.index,
        end: match.index + match[0].length,
        line: text.slice(0, match.index).split('\n').length,
        column: 1,
      }))
    },
    ...over,
  })

export const fingerprint = (value: string): string =>
  `hmac:${createHmac('sha256', 'a key for tests').update(value).digest('hex').slice(0, 32)}`

export const DEBIAN: Record<string, Planted> = {
  '/etc/hostname': 'web-1\n',
  '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nID=debian\n',
  '/etc/login.defs': 'UID_MIN\t\t\t 1000\nUID_MAX\t\t\t60000\n',
  '/etc/passwd': `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:x:2:2:bin:/bin:/usr/sbin/nologin
sys:x:3:3:sys:/dev:/usr/sbin/nologin
sync:x:4:65534:sync:/bin:/bin/sync
games:x:5:60:games:/usr/games:/usr/sbin/nologin
man:x:6:12:man:/var/cache/man:/usr/sbin/nologin
mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
backup:x:34:34:backup:/var/backups:/usr/sbin/nologin
_apt:x:42:65534::/nonexistent:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
systemd-network:x:998:998:systemd Network Management:/:/usr/sbin/nologin
messagebus:x:100:107::/nonexistent:/usr/sbin/nologin
sshd:x:101:65534::/run/sshd:/usr/sbin/nologin
alice:x:1000:1000:Alice Example,,,:/home/alice:/bin/bash
`,
  '/etc/shadow': {
    text: `root:*:19700:0:99999:7:::
daemon:*:19700:0:99999:7:::
bin:*:19700:0:99999:7:::
sys:*:19700:0:99999:7:::
sync:*:19700:0:99999:7:::
games:*:19700:0:99999:7:::
man:*:19700:0:99999:7:::
mail:*:19700:0:99999:7:::
www-data:*:19700:0:99999:7:::
backup:*:19700:0:99999:7:::
_apt:*:19700:0:99999:7:::
nobody:*:19700:0:99999:7:::
systemd-network:!*:19700::::::
messagebus:!:19700::::::
sshd:!:19700::::::
alice:$y$j9T$abcdefghijklmnop$0123456789abcdefghijklmnopqrstuvwxyzABCDEFG:20700:0:99999:7:::
`,
    mode: 0o640,
  },
  '/etc/group': `root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:
disk:x:6:
mail:x:8:
sudo:x:27:alice
shadow:x:42:
www-data:x:33:
ssl-cert:x:110:
nogroup:x:65534:
alice:x:1000:
`,
}
