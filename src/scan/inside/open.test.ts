import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ScannedFile } from '../../sdk/index.ts'
import { createScanner, type ScannerOptions } from '../index.ts'
import { type Files, tarHeader, tarOf, zipOf } from './testing/archives.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-inside-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const put = (file: string, content: string | Uint8Array): void => {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), content)
}
const scanned = async (path = folder, options: ScannerOptions = {}): Promise<ScannedFile[]> => {
  const files: ScannedFile[] = []
  for await (const file of createScanner({ threads: 0, ...options }).scanFolder(path)) files.push(file)
  return files
}
/** `file:line value` of all that was found, in order. */
const hits = (files: readonly ScannedFile[]): string[] =>
  files
    .flatMap(({ file, detections }) => detections.map(({ value, line }) => `${file}:${line} ${value.reveal()}`))
    .sort()
const skips = (files: readonly ScannedFile[]): string[] =>
  files.flatMap(({ file, skipped }) => (skipped === undefined ? [] : [`${file}: ${skipped}`]))
const inside = async (name: string, content: string | Uint8Array, options: ScannerOptions = {}) => {
  put(name, content)
  return scanned(folder, options)
}

const secret = (word: string): string => `A=1\nDB_PASSWORD=tr0ub4dor-${word}\n`
const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined

/** A tree with everything that makes a reader stumble. */
const TREE: Files = {
  'app.env': secret('a'),
  'conf/deep/er/settings.properties': `db.password=tr0ub4dor-b\n`,
  [`${'long-name-'.repeat(9)}/${'longer-'.repeat(14)}/x.env`]: secret('c'),
  'ünïcode/ключ.env': secret('d'),
  'empty.env': '',
  'big.log': `${'lorem ipsum dolor sit amet\n'.repeat(260_000)}DB_PASSWORD=tr0ub4dor-e\n`,
  'wide.env': Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(secret('f'), 'utf16le')]),
  'node_modules/dep/x.env': secret('left-out'),
  '.git/objects/aa': secret('left-out'),
  '.git/config': '[remote "o"]\n\turl = https://deploy:tr0ub4dor9@git.acme.test/a.git\n',
}
const found = async (): Promise<string[]> => hits(await scanned())
/** What is found in the tree when it lies in a folder. */
const asFolder = async (): Promise<string[]> => {
  for (const [name, content] of Object.entries(TREE)) put(`tree/${name}`, content)
  const lines = hits(await scanned(join(folder, 'tree')))
  expect(lines).toHaveLength(7)
  return lines
}
const below = (archive: string, lines: readonly string[]): string[] => lines.map((line) => `${archive}!/${line}`)

describe('an archive is the folder that it unpacks to', () => {
  const packed = (files: Files): [string, Uint8Array][] => [
    ['t.tar', tarOf(files)],
    ['t.zip', zipOf(files)],
    ['stored.jar', zipOf(files, { stored: true })],
    ['far.zip', zipOf(files, { wide: true })],
    ['t.tgz', gzipSync(tarOf(files))],
    ['t.tar.zst', zstdCompressSync(tarOf(files))],
    ['program', Buffer.concat([Buffer.from('#!/bin/sh\nexec java -jar "$0"\n'), zipOf(files)])],
    ['renamed.png', gzipSync(tarOf(files))],
  ]
  for (const [name] of packed({}))
    test(name, async () => {
      const lines = await asFolder()
      rmSync(join(folder, 'tree'), { recursive: true })
      const files = await inside(name, packed(TREE).find(([one]) => one === name)![1])
      expect(hits(files)).toEqual(below(name, lines))
      expect(skips(files)).toEqual([])
    })

  const tools: [string, string, (from: string, to: string) => string[]][] = [
    ['tar', 'a.tar', (from, to) => ['-C', from, '-cf', to, '.']],
    ['tar', 'pax.tar', (from, to) => ['-C', from, '--format=posix', '-cf', to, '.']],
    ['tar', 'gnu.tar.gz', (from, to) => ['-C', from, '--format=gnu', '-czf', to, '.']],
    ['tar', 'bz.tar.bz2', (from, to) => ['-C', from, '-cjf', to, '.']],
    ['tar', 'xz.tar.xz', (from, to) => ['-C', from, '-cJf', to, '.']],
    ['tar', 'v7.tar', (from, to) => ['-C', from, '--format=v7', '-cf', to, 'app.env', 'conf', 'big.log']],
    ['jar', 'a.war', (from, to) => ['cf', to, '-C', from, '.']],
  ]
  for (const [program, name, args] of tools)
    test.runIf(has(program))(`${name}, made by ${program}`, async () => {
      const lines = await asFolder()
      const to = join(folder, name)
      execFileSync(program, args(join(folder, 'tree'), to), { stdio: 'ignore' })
      rmSync(join(folder, 'tree'), { recursive: true })
      const expected = name === 'v7.tar' ? lines.filter((line) => /^(app|conf|big)/.test(line)) : lines
      expect(await found()).toEqual(below(name, expected))
    })

  test.runIf(has('zip'))('a.zip, made by zip', async () => {
    const lines = await asFolder()
    execFileSync('zip', ['-q', '-r', '../a.zip', '.'], { cwd: join(folder, 'tree') })
    rmSync(join(folder, 'tree'), { recursive: true })
    expect(await found()).toEqual(below('a.zip', lines))
  })

  test('by threads too', async () => {
    for (let at = 0; at < 2100; at++) put(`n/${at}.txt`, 'nothing\n')
    put('z/a.zip', zipOf({ 'x.env': secret('a') }))
    put('z/b.tar', tarOf({ 'y.env': secret('b') }))
    const alone = await scanned()
    expect(hits(alone)).toEqual(['z/a.zip!/x.env:2 tr0ub4dor-a', 'z/b.tar!/y.env:2 tr0ub4dor-b'])
    const shape = (files: ScannedFile[]) => files.map(({ file, bytes, detections }) => [file, bytes, detections.length])
    expect(shape(await scanned(folder, { threads: 2 }))).toEqual(shape(alone))
  })
})

describe('nested', () => {
  test('a zip in a tar in a gzip in a zip', async () => {
    const zip = zipOf({ 'x.env': secret('deep') })
    const files = await inside('o.zip', zipOf({ 'b.tar.gz': gzipSync(tarOf({ 'lib/c.zip': zip })) }))
    expect(hits(files)).toEqual(['o.zip!/b.tar.gz!/lib/c.zip!/x.env:2 tr0ub4dor-deep'])
  })

  test('a compressed file that is no archive keeps its name', async () => {
    expect(hits(await inside('app.env.gz', gzipSync(secret('a'))))).toEqual(['app.env.gz!/app.env:2 tr0ub4dor-a'])
  })

  test('deeper than the bound is said, and not opened', async () => {
    let bytes = zipOf({ 'x.env': secret('a') })
    for (let at = 0; at < 4; at++) bytes = zipOf({ 'z.zip': bytes }, { stored: true })
    const files = await inside('a.zip', bytes, { archives: { depth: 3 } })
    expect(hits(files)).toEqual([])
    expect(skips(files)).toEqual(['a.zip!/z.zip!/z.zip!/z.zip: archives are nested more than 3 deep in it'])
  })

  test('a Debian package', async () => {
    const member = (name: string, bytes: Buffer) =>
      Buffer.concat([
        Buffer.from(`${name.padEnd(16)}${'0'.padEnd(12)}0     0     100644  ${String(bytes.length).padEnd(10)}\`\n`),
        bytes,
        Buffer.alloc(bytes.length % 2, 10),
      ])
    const deb = Buffer.concat([
      Buffer.from('!<arch>\n'),
      member('debian-binary', Buffer.from('2.0\n')),
      member('control.tar.gz', gzipSync(tarOf({ './postinst': '#!/bin/sh\n' }))),
      member('data.tar.zst', zstdCompressSync(tarOf({ './etc/app.env': secret('a') }))),
    ])
    expect(hits(await inside('a.deb', deb))).toEqual(['a.deb!/data.tar.zst!/etc/app.env:2 tr0ub4dor-a'])
  })
})

describe('hostile', () => {
  const zip = zipOf({ 'a.env': secret('a'), 'b.env': secret('b') })

  test('a bomb is stopped and said, and what is beside it is read', async () => {
    const files = await inside('a.tar', tarOf({ '1.gz': gzipSync(Buffer.alloc(200 << 20)), 'b.env': secret('b') }))
    expect(hits(files)).toEqual(['a.tar!/b.env:2 tr0ub4dor-b'])
    expect(skips(files)).toEqual([expect.stringMatching(/^a.tar!\/1.gz.*: it grows more than 300 times/)])
  })

  test('a bomb of many is bounded over all of them', async () => {
    const one = gzipSync(Buffer.alloc(8 << 20))
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`${at}.gz`, one]))
    const files = await inside('a.zip', zipOf(many, { stored: true }), { archives: { bytes: 100 << 20 } })
    expect(skips(files)).toEqual([
      'a.zip: more than 100 MiB come out of it; the rest was not read (--max-archive-bytes)',
    ])
  })

  test('more entries than the bound', async () => {
    const files = await inside('a.zip', zip, { archives: { entries: 1 } })
    expect(skips(files)).toEqual(['a.zip: it has more than 1 entries; the rest was not read'])
  })

  test('entries that lie over each other', async () => {
    const kernel = Buffer.from(zip)
    const second = kernel.lastIndexOf('PK\x01\x02')
    kernel.writeUInt32LE(0, second + 42)
    const files = await inside('a.zip', kernel)
    expect(hits(files)).toEqual(['a.zip!/a.env:2 tr0ub4dor-a'])
    expect(skips(files)).toContainEqual(expect.stringMatching(/b.env: it overlaps another entry/))
  })

  test('encrypted, and compressed in a way that is not read', async () => {
    put('a.zip', zipOf({ 'a.env': secret('a') }, { flags: 1 }))
    put('b.zip', zipOf({ 'a.env': secret('a') }, { method: 98 }))
    expect(skips(await scanned())).toEqual([
      'a.zip!/a.env: it is encrypted',
      'b.zip!/a.env: it is compressed by method 98, which is not read',
    ])
  })

  test('sizes and checksums that are not true are said, and the content is read', async () => {
    put('long.zip', zipOf({ 'a.env': secret('a') }, { size: 5 }))
    put('short.zip', zipOf({ 'a.env': secret('a') }, { size: 5000 }))
    put('sum.zip', zipOf({ 'a.env': secret('a') }, { crc: 1 }))
    const files = await scanned()
    expect(hits(files)).toHaveLength(3)
    expect(skips(files)).toEqual([
      'long.zip!/a.env: it has 28 bytes where 5 are stated',
      'short.zip!/a.env: it has 28 bytes where 5000 are stated',
      'sum.zip!/a.env: it is damaged: its checksum is another',
    ])
  })

  test('a zip without its directory is read by its entries', async () => {
    const files = await inside('a.zip', zip.subarray(0, zip.indexOf('PK\x01\x02')))
    expect(hits(files)).toEqual(['a.zip!/a.env:2 tr0ub4dor-a', 'a.zip!/b.env:2 tr0ub4dor-b'])
    expect(skips(files)).toEqual(['a.zip: it is cut: its directory is missing'])
  })

  test('names that point elsewhere are told of, and stay inside', async () => {
    put('a.tar', tarOf({ '../../etc/x.env': secret('a'), '/abs.env': secret('b'), 'a\u202e\nb.env': secret('c') }))
    put('b.zip', zipOf({ '..\\..\\nothing.txt': 'nothing', 'C:\\x\\y.env': secret('d') }))
    const files = await scanned()
    expect(hits(files)).toEqual(
      [
        'a.tar!/abs.env:2 tr0ub4dor-b',
        'a.tar!/a\ufffd\ufffdb.env:2 tr0ub4dor-c',
        'a.tar!/etc/x.env:2 tr0ub4dor-a',
        'b.zip!/C:/x/y.env:2 tr0ub4dor-d',
      ].sort(),
    )
    expect(skips(files)).toEqual([
      'a.tar!/etc/x.env: its name points out of the archive; it was read all the same',
      'b.zip!/nothing.txt: its name points out of the archive; it was read all the same',
    ])
  })

  test.each([
    [
      'a.tar',
      tarOf({ 'a.env': secret('a'), 'b.env': secret('b') }).subarray(0, 1540),
      'a.tar: it is cut: its last entry is not whole',
    ],
    [
      'b.tar.gz',
      gzipSync(tarOf({ 'a.env': secret('a'), 'b.txt': Buffer.alloc(9000, 'xyz') })).subarray(0, -20),
      'b.tar.gz: it is cut: its end is missing',
    ],
    [
      'c.tar',
      Buffer.concat([
        tarHeader('a.env', 27),
        Buffer.from(secret('a')).subarray(0, 27),
        Buffer.alloc(485),
        Buffer.alloc(512, 'x'),
      ]),
      'c.tar: it is damaged or cut; the rest was not read',
    ],
  ])('what is cut is said, and read up to there: %s', async (name, bytes, says) => {
    const files = await inside(name, bytes)
    expect(hits(files)).toContain(`${name}!/a.env:2 tr0ub4dor-a`)
    expect(skips(files).at(-1)).toBe(says)
  })

  test('what only begins like an archive is read as it lies there', async () => {
    put('a.env', `PK\x03\x04\n${secret('a')}`)
    put('b.env', Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.from(`\n${secret('b')}`)]))
    const files = await scanned()
    expect(hits(files)).toEqual(['a.env:3 tr0ub4dor-a', 'b.env:3 tr0ub4dor-b'])
    expect(skips(files).map((line) => line.split(':')[0])).toEqual(expect.arrayContaining(['a.env', 'b.env']))
  })

  test('archives that are not opened are said', async () => {
    put('a.7z', Buffer.from('7z\xbc\xaf\x27\x1c....', 'latin1'))
    put('a.rar', Buffer.from('Rar!\x1a\x07\x01\x00', 'latin1'))
    expect(skips(await scanned())).toEqual([
      'a.7z: it is a 7-Zip archive, which is not opened here',
      'a.rar: it is a RAR archive, which is not opened here',
    ])
  })

  test('thousands of bad entries are counted, not listed', async () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`${at}.env`, 'A=1']))
    const said = skips(await inside('a.zip', zipOf(many, { flags: 1 })))
    expect(said).toHaveLength(201)
    expect(said.at(-1)).toBe('a.zip: 800 more of its parts could not be read')
  })
})

test('archives are left as they are when it is asked for', async () => {
  put('a.zip', zipOf({ 'a.env': secret('a') }))
  put('b.tar', tarOf({ 'a.env': secret('b') }))
  expect(hits(await scanned(folder, { archives: false }))).toEqual(['b.tar:2 tr0ub4dor-b'])
})

test('a script before a zip and words about it are read', async () => {
  const files = await inside(
    'run',
    Buffer.concat([
      Buffer.from(`#!/bin/sh\nexport ${secret('a').slice(4)}`),
      zipOf({ x: '1' }, { comment: 'DB_PASSWORD=tr0ub4dor-b' }),
    ]),
  )
  expect(hits(files).map((line) => line.split(' ')[1])).toEqual(['tr0ub4dor-a', 'tr0ub4dor-b'])
})

test('a large tar in zstd takes little memory', async () => {
  const hole = tarHeader('zeros.bin', 2 ** 28)
  put('a.tar', hole)
  const parts = [
    hole,
    ...Array.from({ length: 64 }, () => Buffer.alloc(4 << 20, 'lorem ipsum dolor sit amet consectetur\n')),
    tarOf({ 'x.env': secret('end') }),
  ]
  const packed = Buffer.concat(parts.map((part) => zstdCompressSync(part)))
  put('a.tar', packed)
  const before = process.memoryUsage().rss
  expect(hits(await scanned(folder, { archives: { ratio: 1e9 } }))).toEqual(['a.tar!/x.env:2 tr0ub4dor-end'])
  expect(process.memoryUsage().rss - before).toBeLessThan(150 * 2 ** 20)
})

test('what is encoded in a file that is too large to be read at once', async () => {
  const line = 'lorem ipsum dolor sit amet\n'
  const encoded = Buffer.from('DB_PASSWORD=tr0ub4dor-b64').toString('base64')
  put(
    'big.log',
    `${line.repeat(300_000)}x: ${encoded}\n${line.repeat(100_000)}u=%7B%22password%22:%22tr0ub4dor-pct%22%7D\n`,
  )
  put('b.tgz', gzipSync(tarOf({ 'big.log': `${line.repeat(300_000)}x: ${encoded}\n` })))
  expect(hits(await scanned())).toEqual([
    'b.tgz!/big.log:300001 tr0ub4dor-b64',
    'big.log:300001 tr0ub4dor-b64',
    'big.log:400002 tr0ub4dor-pct',
  ])
})

test('an empty zip, an empty tar and an empty gzip hold nothing', async () => {
  put('a.zip', zipOf({}))
  put('b.tar.gz', gzipSync(Buffer.alloc(1024)))
  put('c.gz', gzipSync(''))
  put('d.zz', deflateRawSync(''))
  expect(skips(await scanned())).toEqual([])
  expect(readdirSync(folder)).toHaveLength(4)
  expect(readFileSync(join(folder, 'a.zip'))).toHaveLength(22)
})
