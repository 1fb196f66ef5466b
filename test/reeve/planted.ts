import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Made when it is asked for, so that no token stands in this repository. Right in form, never issued. */
export function accessKey(seed: string): { id: string; secret: string } {
  const letters = createHash('sha512').update(seed).digest('hex').toUpperCase()
  const id = [...letters]
    .map((one) => 'ABCDEFGHIJKLMNOP'['0123456789ABCDEF'.indexOf(one)])
    .join('')
    .slice(0, 16)
  return {
    id: `AKIA${id}`,
    secret: createHash('sha256').update(`secret of ${seed}`).digest('base64').replaceAll(/[=]/g, '').slice(0, 40),
  }
}

export interface Planted {
  folder: string
  write(file: string, text: string): void
  git(...args: string[]): string
  commit(message: string, author?: string): void
}

/** A repository to plant things in. */
export function plantedRepository(folder: string): Planted {
  mkdirSync(folder, { recursive: true })
  const git = (...args: string[]): string =>
    execFileSync(
      'git',
      ['-c', 'user.name=Ada Planter', '-c', 'user.email=ada@planted.example', '-c', 'commit.gpgsign=false', ...args],
      {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: process.env['PATH'] ?? '', HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
  git('init', '-q', '-b', 'main')
  return {
    folder,
    git,
    write(file, text) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), text)
    },
    commit(message, author = 'Ada Planter <ada@planted.example>') {
      git('add', '-A')
      git('commit', '-q', '--allow-empty', '-m', message, '--author', author)
    },
  }
}
