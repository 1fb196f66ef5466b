import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ScannedBlob, ScannedFile } from '../../sdk/index.ts'
import { createScanner, type ScannerOptions } from '../index.ts'
import { tarOf, zipOf } from './testing/archives.ts'

let repo: string
beforeEach(() => {
  repo = mkdtempSync(join(tmpdir(), 'reeve-inside-'))
  git('init', '-q', '-b', 'main')
})
afterEach(() => rmSync(repo, { recursive: true, force: true }))

const git = (...args: string[]): string =>
  execFileSync('git', ['-C', repo, '-c', 'user.name=Ada', '-c', 'user.email=ada@acme.test', ...args], {
    encoding: 'utf8',
  }).trim()
const write = (file: string, content: string | Uint8Array): void => writeFileSync(join(repo, file), content)
const commit = (): string => {
  git('add', '-A')
  git('commit', '-q', '--allow-empty', '-m', 'x')
  return git('rev-parse', 'HEAD')
}
const secret = (word: string): string => `A=1\nDB_PASSWORD=tr0ub4dor-${word}\n`
const gather = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
const history = async (options: ScannerOptions = {}): Promise<ScannedBlob[]> =>
  gather(createScanner(options).scanHistory(repo))
const places = (blobs: readonly ScannedBlob[]): string[] =>
  blobs
    .flatMap(({ detections, appearances }) =>
      detections.flatMap(({ value, line }) =>
        appearances.map(({ file, atHead }) => `${file}:${line} ${value.reveal()} ${atHead}`),
      ),
    )
    .sort()
const hits = (files: readonly ScannedFile[]): string[] =>
  files.flatMap(({ file, detections }) => detections.map(({ value }) => `${file} ${value.reveal()}`)).sort()

describe('archives in a history', () => {
  const fill = (): void => {
    write('a.zip', zipOf({ 'conf/app.env': secret('old') }))
    commit()
    write('a.zip', zipOf({ 'conf/app.env': secret('new'), 'b.tgz': gzipSync(tarOf({ 'c.env': secret('deep') })) }))
    write('plain.env', secret('plain'))
    commit()
  }
  const expected = [
    'a.zip!/b.tgz!/c.env:2 tr0ub4dor-deep true',
    'a.zip!/conf/app.env:2 tr0ub4dor-new true',
    'a.zip!/conf/app.env:2 tr0ub4dor-old false',
    'plain.env:2 tr0ub4dor-plain true',
  ]

  test('loose, packed, and since a revision', async () => {
    fill()
    expect(places(await history())).toEqual(expected)
    git('gc', '-q')
    expect(places(await history())).toEqual(expected)
    const later = await gather(createScanner().scanHistory(repo, { since: 'HEAD~1' }))
    expect(places(later)).toEqual(expected.filter((line) => !line.includes('old')))
  })

  test('what cannot be read is said', async () => {
    write('a.zip', zipOf({ 'a.env': secret('a') }, { flags: 1 }))
    commit()
    expect((await history())[0]?.skipped).toBe('a.zip: a.env: it is encrypted')
  })

  test('not when archives are left out', async () => {
    fill()
    expect(places(await history({ archives: false }))).toEqual(expected.filter((line) => line.startsWith('plain')))
  })

  test('staged', async () => {
    fill()
    write('b.zip', zipOf({ 'x.env': secret('staged') }))
    git('add', '-A')
    expect(hits(await gather(createScanner().scanStaged(repo)))).toEqual(['b.zip!/x.env tr0ub4dor-staged'])
  })
})

test('what is encoded is found in every version of a file, whatever version it is kept as a difference of', async () => {
  const scanner = createScanner()
  const encoded = (word: string): string => Buffer.from(`DB_PASSWORD=tr0ub4dor-${word}`).toString('base64')
  const lines = Array.from({ length: 300 }, (_, at) => `line ${at} of some words, which say little; value${at}`)
  const wrapped = Buffer.from(`${'lorem ipsum '.repeat(20)}\nDB_PASSWORD=tr0ub4dor-wrapped\n`)
    .toString('base64')
    .match(/.{1,64}/g)!
  const changes: ((at: number) => void)[] = [
    () => lines.splice(20, 0, `a: ${encoded('one')}`),
    () => lines.splice(100, 1),
    () => lines.splice(5, 0, 'a new line'),
    () => lines.splice(200, 0, ...wrapped),
    () =>
      lines.splice(
        203,
        1,
        wrapped[3]!.replace(/^./, (letter) => (letter === 'Y' ? 'Z' : 'Y')),
      ),
    () => lines.splice(20, 2, `b: ${encoded('two')}`, `c: ${encodeURIComponent('{"password":"tr0ub4dor-p"}')}`),
    () => lines.splice(0, 10),
    // A run comes about where two pieces of the base meet.
    () => lines.push(`x: ${encoded('seam').slice(0, 20)} `, `${encoded('seam').slice(20)}`),
    () => lines.splice(lines.length - 2, 2, `x: ${encoded('seam')}`),
    () => lines.splice(150, 30),
  ]
  for (const [at, change] of changes.entries()) {
    change(at)
    write('a.txt', `${lines.join('\n')}\n`)
    commit()
  }
  const expected = new Map<string, string[]>()
  for (const line of git('rev-list', '--objects', '--all').split('\n')) {
    const [blob = '', path] = line.split(' ')
    if (path !== 'a.txt') continue
    const bytes = execFileSync('git', ['-C', repo, 'cat-file', 'blob', blob])
    const values = scanner
      .scan(bytes, { file: path })
      .map(({ value, line, column }) => `${line}:${column} ${value.reveal()}`)
    if (values.length > 0) expected.set(blob, values)
  }
  expect(expected.size).toBe(changes.length)
  const told = async () =>
    new Map(
      (await history()).map(({ blob, detections }) => [
        blob,
        detections.map(({ value, line, column }) => `${line}:${column} ${value.reveal()}`),
      ]),
    )
  expect(new Map([...(await told())].sort())).toEqual(new Map([...expected].sort()))
  git('gc', '-q', '--aggressive')
  expect(new Map([...(await told())].sort())).toEqual(new Map([...expected].sort()))
})

describe('what a change brings in', () => {
  const diff = async (range: string): Promise<string[]> => hits(await gather(createScanner().scanDiff(repo, range)))

  test('added lines only, of changed and of new files', async () => {
    write('a.env', secret('old'))
    commit()
    git('switch', '-q', '-c', 'topic')
    write('a.env', `${secret('old')}B=2\nAPI_PASSWORD=tr0ub4dor-added\n`)
    write('b.env', secret('new'))
    commit()
    expect(await diff('main..topic')).toEqual(['a.env tr0ub4dor-added', 'b.env tr0ub4dor-new'])
    expect(await diff('main')).toEqual(['a.env tr0ub4dor-added', 'b.env tr0ub4dor-new'])
    expect(await diff('topic..topic')).toEqual([])
  })

  test('what a merge made itself, and not what it brought from the base', async () => {
    write('a.env', 'A=1\n')
    commit()
    git('switch', '-q', '-c', 'topic')
    write('t.txt', 'topic\n')
    commit()
    git('switch', '-q', 'main')
    write('base.env', secret('of-the-base'))
    commit()
    git('switch', '-q', 'topic')
    git('merge', '-q', '--no-commit', 'main')
    write('a.env', secret('evil'))
    commit()
    expect(await diff('main..topic')).toEqual(['a.env tr0ub4dor-evil'])
  })

  test('a key of several lines whose middle changed', async () => {
    const key = (body: string): string =>
      `-----BEGIN PRIVATE KEY-----\n${body.match(/.{64}/g)!.join('\n')}\n-----END PRIVATE KEY-----\n`
    const body =
      'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj'.repeat(1) +
      'b4TQx9zLmK2pVnR7sWqYcE5uHgF0dJ8aX3iTzN6kBvM1rSoPlCyUeGwIhDfA4jQ2'.repeat(5)
    write('a.pem', key(body))
    commit()
    write('a.pem', key(body.replace(/b4TQx/, 'c4TQx')))
    commit()
    expect(await diff('HEAD~1..HEAD')).toHaveLength(1)
  })

  test('in an archive: what was not in it before', async () => {
    write('a.zip', zipOf({ 'x.env': secret('old') }))
    commit()
    write('a.zip', zipOf({ 'x.env': secret('old'), 'y.env': secret('new') }))
    commit()
    expect(await diff('HEAD~1..HEAD')).toEqual(['a.zip!/y.env tr0ub4dor-new'])
  })

  test('ends that are not there are refused', async () => {
    write('a.env', 'A=1\n')
    commit()
    await expect(diff('nowhere..HEAD')).rejects.toMatchObject({ code: 'scan/no-such-revision' })
    await expect(diff('--output=x..HEAD')).rejects.toMatchObject({ code: 'scan/no-such-revision' })
    git('switch', '-q', '--orphan', 'other')
    commit()
    await expect(diff('main..other')).rejects.toMatchObject({ code: 'scan/no-common-commit' })
  })
})
