/** Vitest's global set-up: one embedded PostgreSQL for the whole run. Durable it need not be; it is thrown away. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { systemClock } from '../clock.ts'
import { runningPostgres, startPostgres } from '../postgres/server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgres: string
  }
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await sweep()
  const folder = await mkdtemp(join(tmpdir(), 'reeve-test-'))
  const server = await startPostgres({
    folder,
    binariesFolder: fileURLToPath(new URL('../../../.runtime', import.meta.url)),
    settings: { fsync: 'off', max_connections: '200' },
    log: silent,
  })
  project.provide('postgres', server.url('postgres'))
  return async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** What runs that were killed have left, 40 MB each. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const folder = join(tmpdir(), name)
    if (!name.startsWith('reeve-test-') || runningPostgres(folder)) continue
    const age = await stat(folder).then(
      ({ mtimeMs }) => systemClock.now().getTime() - mtimeMs,
      () => 0,
    )
    if (age > 10 * 60_000) await rm(folder, { recursive: true, force: true }).catch(() => {})
  }
}
