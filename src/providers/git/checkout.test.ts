import { execFileSync } from 'node:child_process'
import { chmodSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testRun } from '../../sdk/testing/index.ts'
import type { Checkout } from './checkout.ts'
import { git } from './index.ts'
import { commit, folderWith, repositoryWith, runGit, temporaryFolder, write } from './testing/index.ts'

const open = (path: string, settings: Record<string, unknown> = {}): Promise<Checkout> =>
  git.connect(git.config.parse({ path, ...settings }), testRun())
const paths = async (checkout: Checkout) => (await checkout.files()).files.map(({ path }) => path)

test('a folder that is no repository', async () => {
  const folder = folderWith({ 'a.txt': 'x', 'b/c.txt': 'y', 'node_modules/d/e.txt': 'z' })
  const checkout = await open(folder)
  expect(checkout.repository).toBeNull()
  expect(checkout.key).toBe(`git:${folder}`)
  expect(await paths(checkout)).toEqual(['a.txt', 'b/c.txt'])
})

test('a clone is known by its remote, without the credential in it', async () => {
  const folder = repositoryWith({ 'a.txt': 'x' })
  runGit(folder, ['remote', 'add', 'origin', 'https://bot:s3cr3t-T0ken@github.com/Acme/app.git'])
  const checkout = await open(folder)
  expect(checkout.key).toBe('git:github.com/Acme/app')
  expect(checkout.name).toBe('Acme/app')
  expect(checkout.repository?.remotes[0]?.remote.url).toBe('https://github.com/Acme/app.git')
})

test('a bare repository is listed and read from its newest commit', async () => {
  const folder = repositoryWith({ 'a.txt': 'one', 'b/c.bin': Buffer.from([0, 1, 2]), 'd.txt': 'x'.repeat(5000) })
  const bare = join(temporaryFolder(), 'app.git')
  runGit(folder, ['clone', '-q', '--bare', folder, bare])
  const checkout = await open(bare)
  const { files } = await checkout.files()
  expect(checkout.repository?.bare).toBe(true)
  expect(files.map(({ path }) => path)).toEqual(['a.txt', 'b/c.bin', 'd.txt'])
  expect(await checkout.read(files[0]!, 100)).toEqual({ text: 'one' })
  expect(await checkout.read(files[1]!, 100)).toEqual({ skipped: 'it is binary' })
  expect(await checkout.read(files[2]!, 100)).toEqual({ skipped: 'it has 5000 bytes; 100 are read' })
  const both = await Promise.all([checkout.read(files[2]!, 9000), checkout.read(files[0]!, 9000)])
  expect(both.map((read) => 'text' in read && read.text.length)).toEqual([5000, 3])
  await git.disconnect?.(checkout)
})

test('a linked worktree', async () => {
  const folder = repositoryWith({ 'a.txt': 'x' })
  const linked = join(temporaryFolder(), 'linked')
  runGit(folder, ['worktree', 'add', '-q', linked])
  const checkout = await open(linked)
  expect(checkout.repository?.head).toMatch(/^[0-9a-f]{40}$/)
  expect(await paths(checkout)).toEqual(['a.txt'])
})

test('the git directory itself stands for its work tree', async () => {
  const folder = repositoryWith({ 'a.txt': 'x' })
  expect((await open(join(folder, '.git'))).top).toBe(folder)
})

test('a folder inside a repository reads its part, named from the top', async () => {
  const folder = repositoryWith({ 'a.txt': 'x', 'services/pay/b.txt': 'y' })
  const checkout = await open(join(folder, 'services'))
  expect(checkout.top).toBe(folder)
  expect(await paths(checkout)).toEqual(['services/pay/b.txt'])
})

test('one file', async () => {
  const folder = folderWith({ 'a.txt': 'x', 'b.txt': 'y' })
  expect(await paths(await open(join(folder, 'b.txt')))).toEqual(['b.txt'])
})

test('a repository without commits', async () => {
  const folder = folderWith({ 'a.txt': 'x' })
  runGit(folder, ['init', '-q'])
  expect((await open(folder)).repository?.head).toBeNull()
})

test('a git directory that is broken leaves the folder readable, with the reason', async () => {
  const folder = repositoryWith({ 'a.txt': 'x' })
  writeFileSync(join(folder, '.git/config'), '[core\nrubbish')
  const checkout = await open(folder)
  expect(checkout.repository).toBeNull()
  expect(checkout.unreadable).toMatch(/bad config/)
  expect(await paths(checkout)).toEqual(['a.txt'])
})

test('ignored folders are not entered, ignored files are read', async () => {
  const folder = repositoryWith({ '.gitignore': 'dist/\n.env\n', 'a.txt': 'x' })
  write(folder, { 'dist/out.js': 'x', '.env': 'A=1' })
  const checkout = await open(folder)
  expect(await paths(checkout)).toEqual(['.env', '.gitignore', 'a.txt'])
  const tracked = await checkout.tracked()
  expect([tracked('a.txt'), tracked('.env')]).toEqual([true, false])
})

test('include and exclude', async () => {
  const folder = folderWith({ 'services/a.txt': 'x', 'services/gen/b.txt': 'y', 'web/c.txt': 'z' })
  expect(await paths(await open(folder, { include: ['services/**'], exclude: ['services/gen'] }))).toEqual([
    'services/a.txt',
  ])
  expect(await paths(await open(folder, { include: ['services'] }))).toEqual(['services/a.txt', 'services/gen/b.txt'])
})

test('links, loops, pipes, sparse giants and unreadable files neither hang nor fail', async () => {
  const folder = folderWith({ 'a.txt': 'x', 'secret.txt': 'y', 'closed/b.txt': 'z', 'big.txt': '' })
  symlinkSync(folder, join(folder, 'loop'))
  symlinkSync('/etc/passwd', join(folder, 'passwd'))
  execFileSync('mkfifo', [join(folder, 'pipe')])
  truncateSync(join(folder, 'big.txt'), 10 * 2 ** 30)
  chmodSync(join(folder, 'secret.txt'), 0)
  const checkout = await open(folder)
  const { files } = await checkout.files()
  expect(files.map(({ path }) => path)).toEqual(['a.txt', 'big.txt', 'closed/b.txt', 'secret.txt'])
  expect(await checkout.read({ path: 'big.txt' }, 1000)).toEqual({
    skipped: `it has ${10 * 2 ** 30} bytes; 1000 are read`,
  })
  expect(await checkout.read({ path: 'pipe' }, 1000)).toEqual({ skipped: 'it is not a regular file' })
  expect(await checkout.read({ path: 'passwd' }, 1000)).toEqual({ skipped: 'ELOOP' })
  if (process.getuid?.() !== 0) expect(await checkout.read({ path: 'secret.txt' }, 1000)).toEqual({ skipped: 'EACCES' })
})

test('an address, a missing folder and a device are refused with a code', async () => {
  await expect(open('https://user:word@github.com/acme/app.git')).rejects.toMatchObject({ code: 'git/remote-path' })
  await expect(open('https://user:word@github.com/acme/app.git')).rejects.not.toThrow(/word/)
  await expect(open('git@github.com:acme/app.git')).rejects.toMatchObject({ code: 'git/remote-path' })
  await expect(open('/no/such/folder')).rejects.toMatchObject({ code: 'git/no-folder' })
  await expect(open('/dev/null')).rejects.toMatchObject({ code: 'git/no-folder' })
})

test('a nearby folder is read at once, the host is not for this provider', async () => {
  const folder = repositoryWith({ 'a.txt': 'x' })
  expect(await git.nearby?.({ folder })).toEqual({ path: folder, history: true })
  expect(await git.nearby?.({ folder: '/no/such/folder' })).toBeNull()
  expect(await git.nearby?.({ host: true })).toBeNull()
  expect(git.label(git.config.parse({ path: folder }))).toBe(folder.split('/').at(-1))
})

test('a revision that is an option is refused', () => {
  expect(git.config.safeParse({ path: '/a', since: '--output=/tmp/x' }).success).toBe(false)
})

test('a shallow clone is known as one', async () => {
  const folder = repositoryWith({ 'a.txt': 'x' })
  commit(folder, 'second')
  const shallow = join(temporaryFolder(), 'shallow')
  runGit(folder, ['clone', '-q', '--depth', '1', `file://${folder}`, shallow])
  expect((await open(shallow)).repository?.shallow).toBe(true)
})
