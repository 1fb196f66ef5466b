/** Vitest's global set-up: one embedded PostgreSQL for the whole run. Durable it need not be; it is thrown away. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { startPostgres } from '../postgres/server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgres: string
  }
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }

export async function setup(project: TestProject): Promise<() => Promise<void>> {
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
