import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tarOf, zipOf } from '../src/scan/inside/testing/archives.ts'
import type { Finding, LedgerLine } from '../src/sdk/index.ts'
import { reeve, scratch } from './reeve/command.ts'
import { accessKey } from './reeve/planted.ts'

let place: ReturnType<typeof scratch>
let folder: string
const key = accessKey('inside')
const env = `# deploy\nAWS_ACCESS_KEY_ID=${key.id}\nAWS_SECRET_ACCESS_KEY=${key.secret}\n`

beforeEach(() => {
  place = scratch()
  folder = join(place.folder, 'shop')
  mkdirSync(folder)
})
afterEach(() => place.remove())

const scan = (args: string[], input?: string | Uint8Array) =>
  reeve(['scan', ...args, '--only', 'secrets', '--json'], {
    cwd: folder,
    env: { REEVE_DATA: join(place.folder, 'data') },
    ...(input === undefined ? {} : { input }),
  })
const documentOf = (out: string) =>
  JSON.parse(out) as { findings: Finding[]; ledger: LedgerLine[]; summary: { complete: boolean } }
const placesOf = (out: string): string[] =>
  documentOf(out)
    .findings.filter((one) => one.keyId === key.id)
    .flatMap((one) => one.places.map(({ file, line }) => `${file}:${line}`))

test('one key in a file, a zip and an image of it is one finding with all its places', async () => {
  writeFileSync(join(folder, 'app.env'), env)
  writeFileSync(join(folder, 'a b.zip'), zipOf({ 'conf/ä p.env': env }))
  writeFileSync(join(folder, 'c.tgz'), gzipSync(tarOf({ 'd.zip': zipOf({ 'x.env': env }) })))
  const sarif = join(place.folder, 'out.sarif')
  const { out, status } = await scan(['.', '--fail-on', 'high', '--sarif', sarif])
  expect(status).toBe(1)
  expect(documentOf(out).findings.filter((one) => one.keyId === key.id)).toHaveLength(1)
  expect(placesOf(out)).toEqual([
    'a b.zip!/conf/ä p.env:2',
    'a b.zip!/conf/ä p.env:3',
    'app.env:2',
    'app.env:3',
    'c.tgz!/d.zip!/x.env:2',
    'c.tgz!/d.zip!/x.env:3',
  ])
  const { runs } = JSON.parse(readFileSync(sarif, 'utf8'))
  const [result] = runs[0].results
  const uris = [...result.locations, ...result.relatedLocations].map(
    (one: { physicalLocation: { artifactLocation: { uri: string } } }) => one.physicalLocation.artifactLocation.uri,
  )
  expect(uris).toContain('a%20b.zip!/conf/%C3%A4%20p.env')
  for (const uri of uris) expect(decodeURI(new URL(uri, 'file:///').pathname)).toBe(`/${decodeURI(uri)}`)
  expect(placesOf((await scan(['.', '--no-archives'])).out)).toEqual(['app.env:2', 'app.env:3'])
})

test('one archive may be named, or come by standard input', async () => {
  const bytes = gzipSync(tarOf({ 'conf/app.env': env }))
  writeFileSync(join(folder, 'a.bin'), bytes)
  expect(placesOf((await scan(['a.bin'])).out)).toEqual(['a.bin!/conf/app.env:2', 'a.bin!/conf/app.env:3'])
  expect(placesOf((await scan(['-'], bytes)).out)).toEqual(['stdin!/conf/app.env:2', 'stdin!/conf/app.env:3'])
})

test('what could not be read is in the ledger, and the scan is not complete', async () => {
  writeFileSync(join(folder, 'a.zip'), zipOf({ 'x.env': env }, { flags: 1 }))
  writeFileSync(join(folder, 'b.zip'), zipOf({ 'x.txt': 'a'.repeat(5000) }))
  const { out, status } = await scan(['.', '--max-archive-bytes', '4k'])
  expect(status).toBe(4)
  expect(documentOf(out).ledger.flatMap(({ reason }) => reason ?? [])).toEqual([
    'a.zip!/x.env: it is encrypted',
    'b.zip: more than 4000 bytes come out of it; the rest was not read (--max-archive-bytes)',
  ])
})

test('--diff reads what a change brings in, wherever it is asked from', async () => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=A', '-c', 'user.email=a@acme.test', ...args])
  git('init', '-q', '-b', 'main')
  mkdirSync(join(folder, 'deploy'))
  writeFileSync(join(folder, 'deploy/old.env'), `DB_PASSWORD=tr0ub4dor-old\n`)
  git('add', '-A')
  git('commit', '-q', '-m', 'begin')
  git('switch', '-q', '-c', 'topic')
  writeFileSync(join(folder, 'deploy/new.env'), env)
  git('add', '-A')
  git('commit', '-q', '-m', 'add')
  for (const path of ['.', 'deploy']) {
    const { out, status } = await scan([path, '--diff', 'main..topic', '--fail-on', 'low'])
    expect(status).toBe(1)
    expect(placesOf(out)).toEqual(['deploy/new.env:2', 'deploy/new.env:3'])
    expect(documentOf(out).findings).toHaveLength(1)
  }
})
