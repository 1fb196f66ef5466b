import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Finding } from '../src/sdk/index.ts'
import { main, reeve, scratch } from './reeve/command.ts'
import { accessKey, type Planted, plantedRepository } from './reeve/planted.ts'

let place: ReturnType<typeof scratch>
let repository: Planted
const key = accessKey('reports')
const env = () => ({ REEVE_DATA: join(place.folder, 'data') })

beforeEach(() => {
  place = scratch()
  repository = plantedRepository(join(place.folder, 'shop'))
  repository.write('app.env', `AWS_ACCESS_KEY_ID=${key.id}\nAWS_SECRET_ACCESS_KEY=${key.secret}\n`)
  repository.commit('Add settings')
})
afterEach(() => place.remove())

const run = (...args: string[]) => reeve(args, { cwd: repository.folder, env: env() })
const at = (name: string): string => join(place.folder, name)
const gitleaks = (secret: string, more: object = {}): string =>
  JSON.stringify([
    { RuleID: 'aws-key', Description: 'AWS', File: 'app.env', StartLine: 2, Secret: secret, Match: secret, ...more },
  ])

test.each([
  ['the secret', () => gitleaks(key.secret), 0],
  ['the public id, as gitleaks reports it', () => gitleaks(key.id), 0],
  ['another secret on the same line', () => gitleaks(accessKey('other').secret), 1],
  ['nothing', () => '[]', 1],
])('a gitleaks report as baseline, with %s', async (_, text, status) => {
  writeFileSync(at('gitleaks.json'), text())
  const scanned = await run('scan', '.', '--only', 'secrets', '--fail-on', 'low', '--baseline', at('gitleaks.json'))
  expect(scanned).toMatchObject({ status, err: '' })
})

test('the planted key is one SARIF result with its commit, and green against itself in each form', async () => {
  const [json, sarif] = [at('one.json'), at('one.sarif')]
  const { out } = await run('scan', '.', '--only', 'secrets', '--history', '--json', '--sarif', sarif)
  writeFileSync(json, out)
  const [result, ...more] = JSON.parse(readFileSync(sarif, 'utf8')).runs[0].results
  expect(more).toEqual([])
  expect(result.locations[0]).toMatchObject({
    physicalLocation: { artifactLocation: { uri: 'app.env' } },
    properties: { commit: repository.git('rev-parse', 'HEAD').trim(), author: expect.stringContaining('ada@planted') },
  })
  for (const baseline of [json, sarif])
    expect(
      (await run('scan', '.', '--only', 'secrets', '--history', '--fail-on', 'info', '--baseline', baseline)).status,
    ).toBe(0)
})

test('reports that lie in the folder are no findings of their own', async () => {
  const files = ['--sarif', 'reeve.sarif', '--csv', 'reeve.csv', '--html', 'reeve.html']
  const { out } = await run('scan', '.', '--only', 'secrets', '--json', ...files)
  writeFileSync(join(repository.folder, 'known.json'), out)
  const idsOf = (text: string) => (JSON.parse(text) as { findings: Finding[] }).findings.map(({ id }) => id)
  expect(idsOf(out)).toHaveLength(1)
  expect(idsOf((await run('scan', '.', '--only', 'secrets', '--json')).out)).toEqual(idsOf(out))
})

test('what was imported goes out as SARIF, CSV, HTML and JSON, and no value goes with it', async () => {
  const formula = '=HYPERLINK("http://x.example")'
  writeFileSync(
    at('g.json'),
    gitleaks(key.secret, { Description: formula, File: 'in a.zip!/b%c.env', Commit: 'c0ffee' }),
  )
  const files = ['sarif', 'csv', 'html'].map((kind) => at(`out.${kind}`))
  const { status, out } = await run(
    'import',
    at('g.json'),
    '--json',
    '--sarif',
    files[0]!,
    '--csv',
    files[1]!,
    '--html',
    files[2]!,
  )
  expect(status).toBe(0)
  const document = JSON.parse(out) as { findings: Finding[]; imported: object }
  expect(document.imported).toEqual({ format: 'gitleaks', items: 1, taken: 1, left: [] })
  const [sarif, csv, html] = files.map((file) => readFileSync(file, 'utf8'))
  for (const text of [out, sarif, csv, html]) expect(text).not.toContain(key.secret)
  const { uri } = JSON.parse(sarif!).runs[0].results[0].locations[0].physicalLocation.artifactLocation
  expect(new URL(uri, 'file:///base/').pathname).toBe('/base/in%20a.zip!/b%25c.env')
  expect(csv).toContain(`"'=HYPERLINK(`)
  expect(csv).not.toMatch(/(^|[,"])=HYPERLINK/m)
  const back = JSON.parse((await run('import', files[0]!, '--json')).out) as { findings: Finding[] }
  expect(back.findings).toEqual(document.findings)
})

test('what could not be taken is told by its place, and the status says so', async () => {
  writeFileSync(at('g.json'), `[${gitleaks(key.secret).slice(1, -1)}, {"File": "x"}]`)
  const { status, out } = await run('import', at('g.json'))
  expect(status).toBe(4)
  expect(out).toContain('Of 2 items of gitleaks, 1 taken as 1 finding, 1 not:\n  item 2: it has no RuleID')
  const broken = await run('import', at('nowhere.json'))
  expect(broken).toMatchObject({ status: 2, err: expect.stringContaining('use/import-unreadable') })
})

test('explain says of each thing on the line what became of it', async () => {
  repository.write('more.env', 'DB_PASSWORD=${DB_PASSWORD}\n')
  const found = await run('scan', '--explain', 'app.env:2')
  expect(found.status).toBe(0)
  expect(found.out).toMatch(/finding +2:23 +aws-/)
  expect(found.out).not.toContain(key.secret)
  expect((await run('scan', '--explain', 'more.env:1')).out).toContain('stands for another value')
  expect((await run('scan', '--explain', 'more.env', '--json')).out).toContain('"isFinding": false')
  expect((await run('scan', '--explain', 'nowhere.env')).err).toContain('use/no-such-path')
})

const started = (...args: string[]) => {
  const bare = { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), LANG: 'C.UTF-8', NO_COLOR: '1' }
  const child = spawn(process.execPath, [main, ...args], { cwd: repository.folder, env: { ...bare, ...env() } })
  let out = ''
  child.stdout.on('data', (bytes) => (out += bytes))
  return {
    child,
    ended: new Promise<{ status: number | null; out: string }>((resolve) =>
      child.on('close', (status) => resolve({ status, out })),
    ),
  }
}

test('killed in the middle, a scan leaves the older files as they were', async () => {
  const older = ['sarif', 'csv', 'html'].map((kind) => at(`older.${kind}`))
  for (const file of older) writeFileSync(file, 'the older one')
  const { child, ended } = started('scan', '-', '--sarif', older[0]!, '--csv', older[1]!, '--html', older[2]!)
  // More than a pipe holds: when it is written, the scan is reading.
  await new Promise((done) => child.stdin.write('x = 1\n'.repeat(200_000), done))
  child.kill('SIGKILL')
  expect((await ended).status).toBe(null)
  for (const file of older) expect(readFileSync(file, 'utf8')).toBe('the older one')
  expect(readdirSync(place.folder).filter((name) => name.endsWith('.part'))).toEqual([])
})

test('stopped by hand, a scan prints one whole document, says that it was stopped, and ends with 130', async () => {
  const { child, ended } = started('scan', '-', '--json', '--sarif', at('stopped.sarif'))
  await new Promise((done) => child.stdin.write('x = 1\n'.repeat(200_000), done))
  child.kill('SIGINT')
  child.stdin.end()
  const { status, out } = await ended
  expect(status).toBe(130)
  expect(JSON.parse(out)).toMatchObject({ summary: { complete: false } })
  expect(JSON.parse(readFileSync(at('stopped.sarif'), 'utf8')).runs).toHaveLength(1)
})
