import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ScanFolderOptions, ScannedFile } from '../sdk/index.ts'
import { createScanner, type ScannerOptions } from './index.ts'

const SECRET = 'DB_PASSWORD=tr0ub4dor\n'
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-scan-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const put = (file: string, content: string | Uint8Array = SECRET): void => {
  mkdirSync(join(folder, file, '..'), { recursive: true })
  writeFileSync(join(folder, file), content)
}
const scanned = async (
  path = folder,
  options: ScanFolderOptions = {},
  scanner: ScannerOptions = {},
): Promise<ScannedFile[]> => {
  const files: ScannedFile[] = []
  for await (const file of createScanner(scanner).scanFolder(path, options)) files.push(file)
  return files
}
const hits = (files: readonly ScannedFile[]): string[] =>
  files.filter(({ detections }) => detections.length > 0).map(({ file }) => file)

test('files come in order with their size, and detections with their place', async () => {
  put('b/z.env')
  put('a.env', `A=1\n${SECRET}`)
  put('c.txt', 'nothing')
  const files = await scanned()
  expect(files.map(({ file, bytes }) => [file, bytes])).toEqual([
    ['a.env', 26],
    ['b/z.env', 22],
    ['c.txt', 7],
  ])
  expect(files[0]!.detections[0]).toMatchObject({ detector: 'password', line: 2, column: 13 })
})

test('one file may be named instead of a folder', async () => {
  put('a.env')
  expect(hits(await scanned(join(folder, 'a.env')))).toEqual(['a.env'])
})

test('a path that is not there is refused with what to do', async () => {
  await expect(scanned(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'scan/no-such-path' })
})

describe('what is left out', () => {
  test('links, loops of links, pipes and sockets', async () => {
    put('real/a.env')
    symlinkSync(join(folder, 'real/a.env'), join(folder, 'link.env'))
    symlinkSync(folder, join(folder, 'real/loop'))
    execFileSync('mkfifo', [join(folder, 'pipe.env')])
    const server = createServer()
    await new Promise<void>((done) => void server.listen(join(folder, 'socket.env'), done))
    expect((await scanned()).map(({ file }) => file)).toEqual(['real/a.env'])
    await new Promise((done) => server.close(done))
  })

  test('a pipe named as the root ends at once', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')])
    expect(await scanned(join(folder, 'pipe'))).toMatchObject([{ skipped: 'neither a file nor a folder' }])
  })

  test('the inside of .git but not its config, and packages unless asked for', async () => {
    put('.git/objects/x.env')
    put('.git/config', '[remote "origin"]\n\turl = https://deploy:tr0ub4dor9@git.acme.test/a.git\n')
    put('node_modules/a/.env')
    put('sub/.venv/lib/site-packages/b.env')
    expect(hits(await scanned())).toEqual(['.git/config'])
    expect(hits(await scanned(folder, {}, { vendored: true }))).toEqual([
      '.git/config',
      'node_modules/a/.env',
      'sub/.venv/lib/site-packages/b.env',
    ])
    expect(hits(await scanned(join(folder, 'node_modules')))).toEqual(['a/.env'])
  })

  test('what the filter or a .reeveignore says, the nearest and last line first', async () => {
    for (const file of ['a.env', 'keep/a.env', 'keep/b.env', 'drop/a.env', 'deep/x/y/fixture.env', 'deep/other.env'])
      put(file)
    put('.reeveignore', '# tests\ndrop/\n*.env\n!keep/*.env\n!/deep/**\n')
    put('keep/.reeveignore', 'b.*\n')
    put('deep/.reeveignore', '**/fixture.env\n!other.env')
    expect(hits(await scanned())).toEqual(['deep/other.env', 'keep/a.env'])
    expect(hits(await scanned(folder, { filter: (path) => !path.startsWith('keep') }))).toEqual(['deep/other.env'])
  })
})

test('what may not be read is said, with the reason', async () => {
  put('closed.env')
  put('shut/a.env')
  chmodSync(folder, 0o755)
  chmodSync(join(folder, 'closed.env'), 0)
  chmodSync(join(folder, 'shut'), 0)
  const user = process.getuid!()
  // Root may read everything: look with the eyes of somebody else.
  if (user === 0) process.seteuid!(65_534)
  const files = await scanned().finally(() => process.seteuid!(user))
  chmodSync(join(folder, 'shut'), 0o700)
  expect(files).toMatchObject([
    { file: 'closed.env', skipped: 'permission denied' },
    { file: 'shut', skipped: 'permission denied' },
  ])
})

test('names that are no text are read', async () => {
  const name = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe]), Buffer.from('.env')])
  writeFileSync(name, SECRET)
  const files = await scanned()
  expect(files.map(({ detections }) => detections.length)).toEqual([1])
})

test('a sparse file of 10 GB with a secret at its end takes little memory', async () => {
  const handle = openSync(join(folder, 'sparse.env'), 'w')
  ftruncateSync(handle, 10 * 2 ** 30)
  expect((await scanned())[0]).toMatchObject({ bytes: 10 * 2 ** 30, detections: [] })
  ftruncateSync(handle, 2 ** 30)
  writeSync(handle, `\n${SECRET}`, 2 ** 30)
  const before = process.memoryUsage().rss
  const [file] = await scanned()
  expect(file!.detections[0]).toMatchObject({ line: 2, start: 2 ** 30 + 1 + 'DB_PASSWORD='.length })
  expect(process.memoryUsage().rss - before).toBeLessThan(150 * 2 ** 20)
})

test('a line of 40 MB is read in pieces', async () => {
  put(
    'line.json',
    Buffer.concat([
      Buffer.from('{"a":"'),
      Buffer.alloc(40_000_000, 'ab cd '),
      Buffer.from('","password":"tr0ub4dor9"}'),
    ]),
  )
  const [file] = await scanned()
  expect(file!.detections).toMatchObject([{ line: 1, column: 40_000_000 + 6 + '","password":"'.length + 1 }])
})

describe('a large folder', () => {
  const fill = (): void => {
    for (let at = 0; at < 2700; at++) put(`d${at % 7}/f${at}.env`, at % 3 === 0 ? SECRET : `A=${at}\n`)
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/d3/`), Buffer.from([0xff, 0xfe]), Buffer.from('.env')]), SECRET)
    put('d6/empty.env', '')
    chmodSync(join(folder, 'd5'), 0o755)
  }
  const told = (files: readonly ScannedFile[]) =>
    files.map(({ detections, ...file }) => ({
      ...file,
      detections: detections.map(({ value, ...one }) => ({ ...one, value: value.reveal() })),
    }))

  test('is read by threads with the same results in the same order', async () => {
    fill()
    const alone = told(await scanned(folder, {}, { threads: 0 }))
    expect(alone.length).toBe(2702)
    expect(told(await scanned(folder, {}, { threads: 1 }))).toEqual(alone)
    expect(told(await scanned(folder, {}, { threads: 3 }))).toEqual(alone)
  })

  test('leaves no thread behind when nobody wants the rest', async () => {
    const threads = () => (process.report.getReport() as { workers: unknown[] }).workers.length
    fill()
    const before = threads()
    let files = 0
    let during = 0
    for await (const _ of createScanner({ threads: 2 }).scanFolder(folder))
      if (++files === 2500) {
        during = threads()
        break
      }
    expect(during).toBe(before + 2)
    expect(threads()).toBe(before)
    const end = new AbortController()
    const scan = createScanner({ threads: 2 }).scanFolder(folder, { signal: end.signal })
    await expect(
      (async () => {
        for await (const _ of scan) if (++files === 5000) end.abort()
      })(),
    ).rejects.toThrow()
    expect(threads()).toBe(before)
  })
})

test('a file that vanishes while the folder is read is no failure', async () => {
  put('a.env')
  put('b.env')
  const files: ScannedFile[] = []
  for await (const file of createScanner().scanFolder(folder)) {
    files.push(file)
    if (existsSync(join(folder, 'b.env'))) rmSync(join(folder, 'b.env'))
  }
  expect(files).toMatchObject([{ file: 'a.env' }, { file: 'b.env', skipped: 'gone before it was read' }])
})

test('a signal ends it', async () => {
  put('a.env')
  await expect(scanned(folder, { signal: AbortSignal.abort() })).rejects.toThrow()
})
