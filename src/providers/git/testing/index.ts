/** Repositories for tests, made by real git in temporary folders that the test's end removes. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Collection, Run } from '../../../sdk/index.ts'
import { type Read, testCollection, testRun } from '../../../sdk/testing/index.ts'
import type { Checkout } from '../checkout.ts'
import { git } from '../index.ts'

const QUIET = {
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada Lovelace',
  GIT_AUTHOR_EMAIL: 'ada@acme.test',
  GIT_COMMITTER_NAME: 'Ada Lovelace',
  GIT_COMMITTER_EMAIL: 'ada@acme.test',
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-git-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Runs git as a user would, with fixed names and dates. */
export const runGit = (folder: string, args: string[], env: Record<string, string> = {}): string =>
  execFileSync('git', ['-C', folder, ...args], {
    env: { ...QUIET, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })

export function write(folder: string, files: Record<string, string | Buffer>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}

export function folderWith(files: Record<string, string | Buffer>): string {
  const folder = temporaryFolder()
  write(folder, files)
  return folder
}

export function commit(
  folder: string,
  message: string,
  { date = '2026-03-05T10:00:00Z', author = 'Ada Lovelace <ada@acme.test>' } = {},
): string {
  runGit(folder, ['add', '-A'])
  runGit(folder, ['commit', '-q', '--allow-empty', '-m', message, `--author=${author}`, `--date=${date}`], {
    GIT_COMMITTER_DATE: date,
  })
  return runGit(folder, ['rev-parse', 'HEAD']).trim()
}

export function repositoryWith(
  files: Record<string, string | Buffer>,
  options: Parameters<typeof commit>[2] = {},
): string {
  const folder = folderWith(files)
  runGit(folder, ['init', '-q', '-b', 'main'])
  commit(folder, 'first', options)
  return folder
}

/** Opens the folder through the provider and reads one collection by its contract. */
export async function readCollection(
  collection: Collection<Checkout>,
  path: string,
  {
    run = testRun() as Run,
    secrets = [] as string[],
    ...settings
  }: { run?: Run; secrets?: string[] } & Record<string, unknown> = {},
): Promise<Read> {
  const checkout = await git.connect(git.config.parse({ path, ...settings }), run)
  try {
    return await testCollection(collection, checkout, run, { secrets })
  } finally {
    await git.disconnect?.(checkout)
  }
}
