import { chmodSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createScanner } from '../../scan/index.ts'
import { testRun } from '../../sdk/testing/index.ts'
import { git as provider } from './index.ts'
import { git, gitLines, gitRecords } from './run-git.ts'
import { commit, repositoryWith, runGit, temporaryFolder, write } from './testing/index.ts'

const placeOf = (folder: string) => ({ gitDir: join(folder, '.git'), workTree: folder })

/** A repository in which everything that git can be told to run leaves a mark. */
function hostileRepository() {
  const folder = repositoryWith({
    'a.txt': 'one\n',
    '.gitattributes': '*.txt filter=evil diff=evil\n',
    CODEOWNERS: '* ada@acme.test\n',
  })
  const marks = temporaryFolder()
  const program = join(marks, 'program.sh')
  writeFileSync(program, `#!/bin/sh\ntouch ${marks}/ran-"$(basename "$0")"-$$\ncat\n`)
  chmodSync(program, 0o755)
  write(folder, { '.git/more': `[core]\n\tfsmonitor = ${program}\n\tpager = ${program}\n` })
  for (const name of [
    'post-checkout',
    'pre-commit',
    'post-index-change',
    'reference-transaction',
    'fsmonitor-watchman',
  ]) {
    write(folder, { [`.git/hooks/${name}`]: `#!/bin/sh\ntouch ${marks}/hook-${name}\n` })
    chmodSync(join(folder, '.git/hooks', name), 0o755)
  }
  const settings: [string, string][] = [
    ['core.fsmonitor', program],
    ['core.hooksPath', join(folder, '.git/hooks')],
    ['core.sshCommand', program],
    ['core.pager', program],
    ['pager.log', program],
    ['core.editor', program],
    ['core.gitProxy', program],
    ['core.askPass', program],
    ['core.alternateRefsCommand', program],
    ['filter.evil.clean', program],
    ['filter.evil.smudge', program],
    ['filter.evil.process', program],
    ['filter.evil.required', 'true'],
    ['diff.evil.textconv', program],
    ['diff.evil.command', program],
    ['diff.external', program],
    ['gpg.program', program],
    ['gpg.ssh.program', program],
    ['log.showSignature', 'true'],
    ['credential.helper', `!${program}`],
    ['include.path', join(folder, '.git/more')],
    ['remote.origin.url', `ext::${program}`],
    ['remote.origin.promisor', 'true'],
    ['remote.origin.partialclonefilter', 'blob:none'],
    ['extensions.partialClone', 'origin'],
    ['protocol.ext.allow', 'always'],
    ['core.worktree', '/etc'],
    ['alias.log', `!${program}`],
  ]
  // Stale stat data makes git want to run the clean filter.
  write(folder, { 'a.txt': 'two\n' })
  const text = settings.map(([name, value]) => {
    const [section, ...rest] = name.split('.')
    const key = rest.pop()
    return `[${section}${rest.length > 0 ? ` "${rest.join('.')}"` : ''}]\n\t${key} = "${value.replaceAll('"', '\\"')}"\n`
  })
  writeFileSync(join(folder, '.git/config'), `[core]\n\trepositoryformatversion = 1\n${text.join('')}`)
  return { folder, marks }
}

test('a hostile repository runs nothing while every collection reads it', async () => {
  const { folder, marks } = hostileRepository()
  const scanner = createScanner()
  const run = { ...testRun(), scan: scanner.scan, scanFolder: scanner.scanFolder, scanHistory: scanner.scanHistory }
  const checkout = await provider.connect(provider.config.parse({ path: folder }), run)
  for (const collection of provider.collections ?? []) for await (const _ of collection.read(checkout, run)) void _
  await provider.disconnect?.(checkout)
  expect(readdirSync(marks)).toEqual(['program.sh'])
  expect(checkout.repository?.partial).toBe(true)
  const listed = await checkout.files()
  expect(listed.files.map(({ path }) => path)).toEqual(['.gitattributes', 'CODEOWNERS', 'a.txt'])
})

test('the same settings do run something in an unguarded git, so that the test above proves something', () => {
  const { folder, marks } = hostileRepository()
  try {
    runGit(folder, ['--work-tree', folder, 'status'])
  } catch {
    // It may fail after it has run the programs.
  }
  expect(readdirSync(marks).length).toBeGreaterThan(1)
})

test('output beyond the limit stops git', async () => {
  const folder = repositoryWith({ 'a.txt': 'x'.repeat(100_000) })
  await expect(git(placeOf(folder), ['cat-file', 'blob', 'HEAD:a.txt'], { limit: 1000 })).rejects.toMatchObject({
    code: 'git/too-much',
  })
})

test('what git refuses is an error with its words', async () => {
  const folder = repositoryWith({ 'a.txt': 'x' })
  await expect(git(placeOf(folder), ['rev-parse', '--verify', 'no-such-revision'])).rejects.toMatchObject({
    code: 'git/failed',
  })
})

test('an aborted run ends git', async () => {
  const folder = repositoryWith({ 'a.txt': 'x' })
  const stop = new AbortController()
  stop.abort()
  await expect(git(placeOf(folder), ['log'], { signal: stop.signal })).rejects.toThrow()
})

test('records come one by one and a failure at the end is told', async () => {
  const folder = repositoryWith({ 'a.txt': 'x' })
  commit(folder, 'second')
  const subjects: string[] = []
  for await (const record of gitRecords(placeOf(folder), ['log', '-z', '--format=%s'], '\0')) subjects.push(record)
  expect(subjects).toEqual(['second', 'first'])
  await expect(async () => {
    for await (const _ of gitRecords(placeOf(folder), ['log', 'no-such-revision'], '\n')) void _
  }).rejects.toMatchObject({ code: 'git/failed' })
  expect(await gitLines(placeOf(folder), ['ls-files', '-z'])).toEqual(['a.txt'])
})
