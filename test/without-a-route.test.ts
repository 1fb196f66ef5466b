import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const asUser = process.getuid?.() === 0 ? [] : ['--map-current-user', '--keep-caps']

/** A network namespace of our own: loopback and nothing else, so that whatever calls out fails there and then. */
const inside = (command: string, timeout: number) =>
  spawnSync('unshare', [...asUser, '--net', 'sh', '-c', `ip link set lo up && ${command}`], {
    cwd: root,
    encoding: 'utf8',
    timeout,
    env: { ...process.env, NO_COLOR: '1' },
  })

const alone = inside('ip -o route show table main', 10_000)
const reason =
  alone.error?.message ?? (alone.status === 0 ? null : alone.stderr.trim() || `unshare ended with ${alone.status}`)
if (reason) console.log(`skipped: Reeve without a route to anywhere, because ${reason.split('\n')[0]}`)

test.skipIf(reason !== null)(
  'with no route to any other machine it installs nothing, starts, reads, scans and serves as ever',
  { timeout: 300_000 },
  () => {
    expect(alone.stdout).toBe('')
    const run = inside(
      `exec "${process.execPath}" node_modules/vitest/vitest.mjs run --reporter=default test/scan.test.ts test/up.test.ts`,
      280_000,
    )
    expect(run.stdout, run.stderr).toMatch(/Tests\s+\d+ passed/)
    expect(run.status, `${run.stdout}\n${run.stderr}`.slice(-4000)).toBe(0)
  },
)
