import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const launcher = fileURLToPath(new URL('../reeve', import.meta.url))
const isRoot = process.getuid?.() === 0
const npmCli = realpathSync(
  process.env['PATH']!.split(delimiter)
    .map((folder) => join(folder, 'npm'))
    .find(existsSync)!,
)

let folder: string
let checkout: string
let bin: string

/** A checkout with the launcher, one package, a console built by a program of one line, and a main.ts that says how it was called. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-launcher-'))
  chmodSync(folder, 0o755)
  checkout = join(folder, 'a checkout')
  bin = join(folder, 'bin')
  for (const path of [bin, join(checkout, 'src'), join(checkout, 'ui/src')]) mkdirSync(path, { recursive: true })
  copyFileSync(launcher, join(checkout, 'reeve'))
  write(
    'src/main.ts',
    `const said: { args: string[]; node: string } = { args: process.argv.slice(2), node: process.version }
console.log(JSON.stringify(said)); process.exitCode = process.argv.includes('--fail') ? 4 : 0`,
  )
  tool('node', process.execPath)
  tool('npm', npmCli)
  pack('left', { 'index.js': '' })
  pack('vite', {
    'bin/vite.js': `const fs = require('fs'); fs.mkdirSync('dist', { recursive: true }); if (fs.readFileSync('src/app.ts', 'utf8') === 'broken') process.exit(1)
fs.appendFileSync('../builds', 'x'); fs.copyFileSync('src/app.ts', 'dist/index.html')`,
  })
  depend('.', 'left')
  depend('ui', 'vite')
  write('ui/src/app.ts', 'first')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const write = (path: string, text: string) => writeFileSync(join(checkout, path), text)
const read = (path: string) => readFileSync(join(checkout, path), 'utf8')
const tool = (name: string, target: string) => {
  rmSync(join(bin, name), { force: true })
  symlinkSync(target, join(bin, name))
}
const script = (name: string, text: string) => {
  rmSync(join(bin, name), { force: true })
  writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
}
const npm = (cwd: string, ...args: string[]) =>
  execFileSync(process.execPath, [npmCli, ...args, '--offline', '--silent'], { cwd, stdio: 'pipe' })
const pack = (name: string, files: Record<string, string>) => {
  const from = join(folder, 'packages', name)
  mkdirSync(join(from, 'bin'), { recursive: true })
  writeFileSync(join(from, 'package.json'), JSON.stringify({ name, version: '1.0.0' }))
  for (const [path, text] of Object.entries(files)) writeFileSync(join(from, path), text)
  npm(from, 'pack', '--pack-destination', folder)
}
const depend = (path: string, name: string) => {
  write(
    `${path}/package.json`,
    JSON.stringify({
      name: 'checkout',
      version: '0.0.0',
      dependencies: { [name]: `file:${folder}/${name}-1.0.0.tgz` },
    }),
  )
  npm(join(checkout, path), 'install', '--package-lock-only')
}

interface Ran {
  status: number
  out: string
  err: string
  said: { args: string[]; node: string }
}
function run(
  args: string[] = [],
  {
    command = join(checkout, 'reeve'),
    cwd = '/',
    path = `${bin}:/usr/bin:/bin`,
    uid = undefined as number | undefined,
  } = {},
): Promise<Ran> {
  const child = spawn(command, args, {
    cwd,
    env: { PATH: path, HOME: folder, npm_config_cache: join(folder, 'cache'), npm_config_offline: 'true' },
    ...(uid !== undefined && { uid, gid: uid }),
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => (out += chunk))
  child.stderr.on('data', (chunk) => (err += chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) =>
      resolve({ status: status ?? -1, out, err, said: out.startsWith('{') ? JSON.parse(out) : undefined }),
    )
  })
}
/** Only tools of the system, so that neither Node nor npm is found unless the test gives one. */
const bare = () => {
  const sparse = join(folder, 'sparse')
  mkdirSync(sparse, { recursive: true })
  for (const name of [
    'sh',
    'dirname',
    'readlink',
    'uname',
    'id',
    'ln',
    'rm',
    'mkdir',
    'mv',
    'cat',
    'grep',
    'sleep',
    'find',
    'sort',
    'xargs',
    'cksum',
    'env',
  ]) {
    if (!existsSync(join(sparse, name)))
      symlinkSync(execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(), join(sparse, name))
  }
  return `${bin}:${sparse}`
}

test('the first run installs the packages, the next does not; arguments and exit status pass through', async () => {
  const first = await run(['scan', 'a b', '--fail'])
  expect(first).toMatchObject({ status: 4, said: { args: ['scan', 'a b', '--fail'], node: process.version } })
  expect(first.err).toContain('installing the packages')
  expect(await run(['scan'])).toMatchObject({ status: 0, err: '' })
  expect(existsSync(join(checkout, '.runtime/lock'))).toBe(false)
})

test('it runs from any folder and through links', async () => {
  await run()
  mkdirSync(join(folder, 'deep'))
  symlinkSync('../a checkout/reeve', join(folder, 'deep/relative'))
  symlinkSync(join(folder, 'deep/relative'), join(bin, 'reeve'))
  expect(await run(['x'], { command: 'reeve', cwd: tmpdir() })).toMatchObject({
    status: 0,
    said: { args: ['x'] },
    err: '',
  })
  expect(await run(['x'], { command: './relative', cwd: join(folder, 'deep') })).toMatchObject({ status: 0 })
})

test('a changed lockfile installs again, a merely touched one does not', async () => {
  await run()
  write('package-lock.json', read('package-lock.json'))
  expect((await run()).err).toBe('')
  pack('right', { 'index.js': '' })
  depend('.', 'right')
  expect((await run()).err).toContain('installing the packages')
  expect(existsSync(join(checkout, 'node_modules/right'))).toBe(true)
  expect((await run()).err).toBe('')
})

test('an installation that was cut short is done again', async () => {
  await run()
  rmSync(join(checkout, 'node_modules/.package-lock.json'))
  rmSync(join(checkout, 'node_modules/left/index.js'))
  expect(await run()).toMatchObject({ status: 0 })
  expect(existsSync(join(checkout, 'node_modules/left/index.js'))).toBe(true)
})

test('of many at once one installs and all run', async () => {
  const all = await Promise.all(Array.from({ length: 4 }, (_, index) => run([String(index)])))
  expect(all.map(({ status, said }) => [status, said.args[0]])).toEqual([
    [0, '0'],
    [0, '1'],
    [0, '2'],
    [0, '3'],
  ])
  expect(all.filter(({ err }) => err.includes('installing the packages'))).toHaveLength(1)
})

test('the lock of a dead process is taken over', async () => {
  mkdirSync(join(checkout, '.runtime'))
  const dead = spawn('true')
  await new Promise((resolve) => dead.once('exit', resolve))
  symlinkSync(String(dead.pid), join(checkout, '.runtime/lock'))
  expect(await run()).toMatchObject({ status: 0 })
})

test('npm may be a shell script of a version manager', async () => {
  script('npm', `exec "${process.execPath}" "${npmCli}" "$@"`)
  expect(await run()).toMatchObject({ status: 0 })
})

test('what is installed runs without npm and network; what is not says what is missing', async () => {
  rmSync(join(bin, 'npm'))
  expect(await run([], { path: bare() })).toMatchObject({ status: 3, err: expect.stringContaining('runtime/no-npm') })
  tool('npm', npmCli)
  await run()
  rmSync(join(bin, 'npm'))
  expect(await run([], { path: bare() })).toMatchObject({ status: 0, err: '' })
})

test("an old Node is passed over for npm's package, which is then used", async () => {
  script('node', 'echo 20')
  script(
    'npm',
    `case "$*" in *node-linux-*|*node-bin-darwin-*) ;; *) exec "${process.execPath}" "${npmCli}" "$@" ;; esac
    for last; do :; done; while [ $# -gt 0 ]; do [ "$1" = --prefix ] && prefix=$2; shift; done
    mkdir -p "$prefix/node_modules/\${last%@*}/bin" && ln -s "${process.execPath}" "$prefix/node_modules/\${last%@*}/bin/node"`,
  )
  const ran = await run([], { path: bare() })
  expect(ran).toMatchObject({ status: 0, said: { node: process.version } })
  expect(ran.err).toContain('installing Node 26')
  rmSync(join(bin, 'npm'))
  expect(await run([], { path: bare() })).toMatchObject({ status: 0, err: '' })
})

test('neither Node nor npm is told', async () => {
  rmSync(join(bin, 'node'))
  rmSync(join(bin, 'npm'))
  expect(await run([], { path: bare() })).toMatchObject({ status: 3, err: expect.stringContaining('runtime/no-npm') })
})

test('the console is built by `up` and `test`, once, and again when a source changed; other commands leave it', async () => {
  expect(existsSync(join(checkout, 'builds'))).toBe(false)
  await run(['doctor'])
  expect(existsSync(join(checkout, 'ui/dist'))).toBe(false)
  await run(['up'])
  await run(['--quiet', 'up', '--port', '0'])
  await run(['test', 'src/graph'])
  expect(read('builds')).toBe('x')
  write('ui/src/app.ts', 'second')
  await run(['up'])
  expect([read('builds'), read('ui/dist/index.html')]).toEqual(['xx', 'second'])
  rmSync(join(checkout, 'ui/dist'), { recursive: true })
  await run(['up'])
  expect(read('builds')).toBe('xxx')
})

test('a console that cannot be built stops `up`, and is tried again', async () => {
  write('ui/src/app.ts', 'broken')
  expect(await run(['up'])).toMatchObject({ status: 3, err: expect.stringContaining('runtime/console') })
  write('ui/src/app.ts', 'mended')
  expect(await run(['up'])).toMatchObject({ status: 0 })
  expect(read('ui/dist/index.html')).toBe('mended')
})

test.runIf(isRoot)("another user's checkout runs when it is installed, and says so when it is not", async () => {
  expect(await run([], { uid: 65_534 })).toMatchObject({
    status: 3,
    err: expect.stringMatching(/runtime\/not-writable: the packages are missing.*nobody may not write/),
  })
  await run(['up'])
  expect(await run(['up'], { uid: 65_534 })).toMatchObject({ status: 0, err: '' })
})
