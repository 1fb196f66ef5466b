import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ScanHistoryOptions, ScannedBlob } from '../sdk/index.ts'
import { createScanner } from './index.ts'

let root: string
let clock: number
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'reeve-history-'))
  clock = 1_700_000_000
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const git = (at: string, ...args: string[]): string => {
  const date = `${clock} +0200`
  return execFileSync(
    'git',
    [
      '-C',
      at,
      '-c',
      'user.name=Ada',
      '-c',
      'user.email=ada@acme.test',
      '-c',
      'init.defaultBranch=main',
      '-c',
      'commit.gpgSign=false',
      '-c',
      'protocol.file.allow=always',
      ...args,
    ],
    {
      encoding: 'utf8',
      env: {
        ...process.env,
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_DATE: date,
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CONFIG_NOSYSTEM: '1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  ).trim()
}
const repository = (name = 'repo', ...options: string[]): string => {
  const at = join(root, name)
  mkdirSync(at, { recursive: true })
  git(at, 'init', '-q', ...options)
  return at
}
const write = (at: string, file: string, content: string | Uint8Array): void => {
  mkdirSync(join(at, file, '..'), { recursive: true })
  writeFileSync(join(at, file), content)
}
const commit = (at: string, ...options: string[]): string => {
  clock += 3600
  git(at, 'add', '-A')
  git(at, 'commit', '-q', '--allow-empty', '-m', 'a change', ...options)
  return git(at, 'rev-parse', 'HEAD')
}
const history = async (at: string, options: ScanHistoryOptions = {}): Promise<ScannedBlob[]> => {
  const blobs: ScannedBlob[] = []
  for await (const blob of createScanner().scanHistory(at, options)) blobs.push(blob)
  return blobs
}
const values = (blobs: readonly ScannedBlob[]): string[] =>
  blobs.flatMap(({ detections }) => detections.map(({ value }) => value.reveal())).sort()
const at = (hours: number): string => new Date((1_700_000_000 + hours * 3600) * 1000).toISOString()

test('a secret that was removed is found with who brought it, when, and when it was last there', async () => {
  const repo = repository()
  write(repo, 'config/a.env', 'DB_PASSWORD=tr0ub4dor\n')
  const first = commit(repo)
  write(repo, 'config/a.env', 'DB_PASSWORD=$DB\n')
  commit(repo)
  const [blob, ...more] = await history(repo)
  expect(more).toEqual([])
  expect(blob!.detections).toMatchObject([{ detector: 'password', line: 1, column: 13 }])
  expect(blob!.appearances).toEqual([
    { file: 'config/a.env', commit: first, author: 'Ada <ada@acme.test>', date: at(1), atHead: false, lastSeen: at(2) },
  ])
})

test('each way a blob came in is told, the oldest first', async () => {
  const repo = repository()
  write(repo, 'a.env', 'DB_PASSWORD=tr0ub4dor\n')
  const first = commit(repo)
  git(repo, 'rm', '-q', 'a.env')
  commit(repo)
  write(repo, 'name with\ttab \u00e9.env', 'DB_PASSWORD=tr0ub4dor\n')
  const third = commit(repo)
  const [blob] = await history(repo)
  expect(blob!.appearances).toMatchObject([
    { file: 'a.env', commit: first, atHead: false, lastSeen: at(2) },
    { file: 'name with\ttab \u00e9.env', commit: third, atHead: true, lastSeen: null },
  ])
})

test('a secret made in a merge commit is found, and what a merge only takes over is not told again', async () => {
  const repo = repository()
  write(repo, 'a.env', 'A=1\n')
  commit(repo)
  git(repo, 'checkout', '-q', '-b', 'side')
  write(repo, 'side.env', 'SIDE_PASSWORD=s1deways\n')
  const side = commit(repo)
  git(repo, 'checkout', '-q', 'main')
  write(repo, 'main.env', 'A=2\n')
  commit(repo)
  git(repo, 'merge', '-q', '--no-ff', '--no-commit', 'side')
  write(repo, 'merged.env', 'MERGE_PASSWORD=m3rgeMade\n')
  const merge = commit(repo)
  const blobs = await history(repo)
  expect(values(blobs)).toEqual(['m3rgeMade', 's1deways'])
  expect(
    Object.fromEntries(blobs.map((blob) => [blob.appearances[0]!.file, blob.appearances.map((one) => one.commit)])),
  ).toEqual({ 'merged.env': [merge], 'side.env': [side] })
})

test('since leaves out what its commit reaches', async () => {
  const repo = repository()
  write(repo, 'old.env', 'DB_PASSWORD=0ldPassw\n')
  const old = commit(repo)
  write(repo, 'new.env', 'DB_PASSWORD=n3wPassw\n')
  commit(repo)
  expect(values(await history(repo, { since: old }))).toEqual(['n3wPassw'])
  await expect(history(repo, { since: '--output=/tmp/x' })).rejects.toMatchObject({ code: 'scan/no-such-revision' })
})

describe('kinds of repositories', () => {
  test('bare, linked work tree, SHA-256, empty, branch that is not HEAD', async () => {
    const repo = repository('one')
    write(repo, 'a.env', 'DB_PASSWORD=tr0ub4dor\n')
    commit(repo)
    git(root, 'clone', '-q', '--bare', repo, join(root, 'bare'))
    git(repo, 'worktree', 'add', '-q', '-b', 'linked', join(root, 'linked'))
    const sha256 = repository('two', '--object-format=sha256')
    write(sha256, 'a.env', 'DB_PASSWORD=tr0ub4dor\n')
    commit(sha256)
    git(repo, 'checkout', '-q', '--orphan', 'unborn')
    for (const path of [join(root, 'bare'), join(root, 'linked'), sha256, repo])
      expect(values(await history(path)), path).toEqual(['tr0ub4dor'])
    expect(await history(repository('empty'))).toEqual([])
  })

  test('a shallow clone gives what it has, and says that it is one', async () => {
    const repo = repository('deep')
    write(repo, 'a.env', 'DB_PASSWORD=tr0ub4dor\n')
    commit(repo)
    write(repo, 'a.env', 'DB_PASSWORD=an0therOne\n')
    commit(repo)
    git(root, 'clone', '-q', '--depth=1', `file://${repo}`, join(root, 'shallow'))
    const blobs = await history(join(root, 'shallow'))
    expect(values(blobs)).toEqual(['an0therOne'])
    expect(blobs[0]!.skipped).toBe('the clone is shallow: what its history held before is not in it')
    expect((await history(repo))[0]!.skipped).toBeUndefined()
  })

  test('a partial clone says how many blobs are missing and fetches none', async () => {
    const repo = repository('origin')
    git(repo, 'config', 'uploadpack.allowFilter', 'true')
    write(repo, 'a.env', 'DB_PASSWORD=tr0ub4dor\n')
    commit(repo)
    write(repo, 'a.env', 'DB_PASSWORD=an0therOne\n')
    commit(repo)
    git(root, 'clone', '-q', '--filter=blob:none', '--no-checkout', `file://${repo}`, join(root, 'partial'))
    const blobs = await history(join(root, 'partial'))
    expect(values(blobs)).toEqual([])
    expect(blobs[0]?.skipped).toMatch(/^2 blobs are not in the repository/)
  })

  test('an index of many packs changes nothing, and a pack without its own index is no history without findings', async () => {
    const repo = repository('packs')
    for (const word of ['f1rstOne', 's3condOne']) {
      write(repo, `${word}.env`, `DB_PASSWORD=${word}\n`)
      commit(repo)
      git(repo, 'repack', '-dq')
    }
    git(repo, 'multi-pack-index', 'write')
    expect(values(await history(repo))).toEqual(['f1rstOne', 's3condOne'])
    const packed = join(repo, '.git/objects/pack')
    for (const file of readdirSync(packed)) if (file.endsWith('.idx')) rmSync(join(packed, file), { force: true })
    await expect(history(repo)).rejects.toMatchObject({ code: 'scan/git' })
  })

  test('no repository at all is refused', async () => {
    await expect(history(root)).rejects.toMatchObject({ code: 'scan/not-a-repository' })
  })
})

test('a hostile configuration runs nothing', async () => {
  const repo = repository()
  write(repo, 'a.env', 'DB_PASSWORD=tr0ub4dor\n')
  write(repo, '.gitattributes', '* filter=evil diff=evil\n')
  commit(repo)
  const marker = join(root, 'ran')
  const script = join(root, 'evil.sh')
  writeFileSync(script, `#!/bin/sh\ntouch '${marker}'\ncat\n`)
  chmodSync(script, 0o755)
  const included = join(root, 'included')
  writeFileSync(included, `[core]\n\tfsmonitor = ${script}\n\tpager = ${script}\n`)
  const settings = {
    'core.fsmonitor': script,
    'core.pager': script,
    'core.sshCommand': script,
    'core.hooksPath': root,
    'core.alternateRefsCommand': script,
    'filter.evil.smudge': script,
    'filter.evil.clean': script,
    'filter.evil.process': script,
    'diff.evil.textconv': script,
    'diff.evil.command': script,
    'diff.external': script,
    'gpg.program': script,
    'log.showSignature': 'true',
    'pager.log': script,
    'credential.helper': `!${script}`,
    'include.path': included,
    'alias.log': `!${script}`,
    'alias.cat-file': `!${script}`,
    'diff.orderFile': join(root, 'nowhere'),
    'core.worktree': '/',
  }
  for (const [name, value] of Object.entries(settings)) git(repo, 'config', name, value)
  expect(values(await history(repo))).toEqual(['tr0ub4dor'])
  for await (const _ of createScanner().scanStaged(repo));
  expect(existsSync(marker)).toBe(false)
})

test('what is staged is scanned as it would be committed', async () => {
  const repo = repository()
  const staged = async () => {
    const files: [string, string[]][] = []
    for await (const { file, detections } of createScanner().scanStaged(repo))
      files.push([file, detections.map(({ value }) => value.reveal())])
    return files
  }
  write(repo, 'first.env', 'DB_PASSWORD=f1rstOne\n')
  git(repo, 'add', '-A')
  expect(await staged()).toEqual([['first.env', ['f1rstOne']]])
  commit(repo)
  write(repo, 'second.env', 'DB_PASSWORD=s3condOne\n')
  git(repo, 'add', '-A')
  write(repo, 'second.env', 'DB_PASSWORD=n0tStaged\n')
  write(repo, 'third.env', 'DB_PASSWORD=n0tAdded\n')
  expect(await staged()).toEqual([['second.env', ['s3condOne']]])
})

test('a blob of 60 MB is read in pieces', async () => {
  const repo = repository()
  write(
    repo,
    'big.env',
    Buffer.concat([Buffer.alloc(60_000_000, 'lorem ipsum dolor\n'), Buffer.from('\nDB_PASSWORD=tr0ub4dor\n')]),
  )
  commit(repo)
  const before = process.memoryUsage().rss
  expect(values(await history(repo))).toEqual(['tr0ub4dor'])
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20)
})

test('paths of the .reeveignore in HEAD are left out', async () => {
  const repo = repository()
  write(repo, '.reeveignore', 'tests/\n')
  write(repo, 'tests/a.env', 'DB_PASSWORD=tr0ub4dor\n')
  write(repo, 'b.env', 'DB_PASSWORD=an0therOne\n')
  commit(repo)
  expect(values(await history(repo))).toEqual(['an0therOne'])
})

test('a signal ends it', async () => {
  await expect(history(repository(), { signal: AbortSignal.abort() })).rejects.toThrow()
})
