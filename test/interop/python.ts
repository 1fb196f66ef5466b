import { execFile } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Ran } from '../reeve/command.ts'

const cache = fileURLToPath(new URL('../../.cache/interop/', import.meta.url))

/** Runs a program to its end. `status` is null when it could not be started or was ended for taking too long. */
export function run(
  program: string,
  args: string[],
  { input = '', minutes = 2, cwd }: { input?: string; minutes?: number; cwd?: string } = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      { cwd, timeout: minutes * 60_000, maxBuffer: 64 << 20, encoding: 'utf8' },
      (error, out, err) => {
        const status = error === null ? 0 : typeof error.code === 'number' ? error.code : null
        resolve({ status, out, err: status === null ? `${err}${error?.message ?? ''}` : err })
      },
    )
    // A program that ends before it has read everything says so by its status.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}

/** Why there is no Python, or null. */
export async function noPython(): Promise<string | null> {
  return (await run('python3', ['--version'])).status === 0 ? null : 'there is no python3 on this machine'
}

export type Environment = { tool(name: string): string } | { missing: string }

/**
 * A virtual environment with these packages of PyPI (`name==version`), kept in `.cache/` for the next run; or why it
 * cannot be had.
 */
export async function environment(name: string, packages: readonly string[]): Promise<Environment> {
  const folder = join(cache, name)
  const tool = (program: string) => join(folder, 'bin', program)
  const done = join(folder, 'installed')
  const wanted = packages.join('\n')
  if (existsSync(done) && readFileSync(done, 'utf8') === wanted && (await run(tool('python'), ['-V'])).status === 0)
    return { tool }

  const missing = await noPython()
  if (missing) return { missing }
  rmSync(folder, { recursive: true, force: true })
  for (const [program, ...args] of [
    ['python3', '-m', 'venv', folder],
    [tool('python'), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', ...packages],
  ] as [string, ...string[]][]) {
    const { status, out, err } = await run(program, args, { minutes: 3 })
    if (status !== 0) {
      rmSync(folder, { recursive: true, force: true })
      const said = `${out}\n${err}`.trim().split('\n').at(-1)
      return { missing: `${packages.join(' ')} could not be installed: ${said}` }
    }
  }
  writeFileSync(done, wanted)
  return { tool }
}
