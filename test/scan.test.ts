import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { made } from '../src/scan/detectors/made.ts'
import { Finding, LedgerLine } from '../src/sdk/index.ts'
import { reeve, scratch } from './reeve/command.ts'
import { accessKey, type Planted, plantedRepository } from './reeve/planted.ts'

let place: ReturnType<typeof scratch>
let repository: Planted
const key = accessKey('scan')

beforeEach(() => {
  place = scratch()
  repository = plantedRepository(join(place.folder, 'shop'))
  repository.write('README.md', '# Shop\n')
  repository.commit('begin')
})
afterEach(() => place.remove())

const plant = (file = 'deploy/settings.py') => {
  repository.write(
    file,
    `REGION = "eu-west-1"\naws_access_key_id = "${key.id}"\naws_secret_access_key = "${key.secret}"\n`,
  )
  repository.commit('Add deploy settings', 'Bo Builder <bo@planted.example>')
}
const scan = (...args: string[]) =>
  reeve(['scan', '.', ...args], { cwd: repository.folder, env: { REEVE_DATA: join(place.folder, 'data') } })
const documentOf = (out: string) =>
  JSON.parse(out) as { findings: Finding[]; ledger: LedgerLine[]; summary: Record<string, unknown> }

test('a clean repository: no finding, status 0, one document', async () => {
  const { status, out, err } = await scan('--json')
  expect(err).toBe('')
  expect(status).toBe(0)
  expect(documentOf(out).findings.filter((one) => one.detector !== undefined)).toEqual([])
})

test('a planted key is one finding with place, author and commit; its value is nowhere', async () => {
  plant()
  const { status, out } = await scan('--json', '--history', '--fail-on', 'high')
  expect(status).toBe(1)
  const { findings, ledger } = documentOf(out)
  for (const line of ledger) LedgerLine.parse(line)
  const secrets = findings.filter((one) => one.detector !== undefined)
  expect(secrets).toHaveLength(1)
  const found = Finding.parse(secrets[0])
  expect(found).toMatchObject({
    provider: 'aws',
    keyId: key.id,
    verdict: 'fail',
    owasp: expect.arrayContaining(['NHI2']),
  })
  // The id of the pair stands a line above its secret: both are places of the one credential.
  expect(found.places.map((one) => one.line)).toEqual([2, 3])
  expect(found.places[1]).toMatchObject({
    file: 'deploy/settings.py',
    line: 3,
    author: expect.stringContaining('bo@planted.example'),
    commit: repository.git('rev-parse', 'HEAD').trim(),
  })
  expect(out).not.toContain(key.secret)
})

test('an agent, its server and its key are found in a repository; the value of the key is nowhere', async () => {
  const value = 'Zq81mXp02LkWe99aRt55'
  repository.write(
    '.mcp.json',
    JSON.stringify({
      mcpServers: {
        tickets: { command: 'npx', args: ['-y', '@acme/tickets'], env: { ACME_TOKEN: value } },
        pages: { command: 'uvx', args: ['mcp-server-fetch==2025.4.7'] },
      },
    }),
  )
  repository.write('.claude/settings.json', JSON.stringify({ permissions: { defaultMode: 'bypassPermissions' } }))
  repository.commit('Let an agent help')
  const { out } = await scan('--json')
  const { findings } = documentOf(out)
  expect(
    new Set(findings.filter((one) => /^(mcp|agent)-/.test(one.rule) && one.verdict === 'fail').map((one) => one.rule)),
  ).toEqual(new Set(['agent-acts-without-asking', 'agent-toxic-trio', 'mcp-server-unpinned', 'mcp-static-key']))
  expect(findings.find((one) => one.rule === 'mcp-static-key')?.places).toMatchObject([{ file: '.mcp.json' }])
  expect(out).not.toContain(value)
})

test('the id survives moves of the line, and a key of another line is another', async () => {
  plant()
  const ids = async () =>
    documentOf((await scan('--json')).out)
      .findings.filter((one) => one.detector !== undefined)
      .map((one) => one.id)
  const before = await ids()
  const text = readFileSync(join(repository.folder, 'deploy/settings.py'), 'utf8')
  repository.write('deploy/settings.py', `# moved\n# down\n\n${text}`)
  expect(await ids()).toEqual(before)
})

test('against a baseline only what is new counts', async () => {
  plant()
  const known = join(place.folder, 'known.json')
  writeFileSync(known, (await scan('--json')).out)
  expect((await scan('--baseline', known, '--fail-on', 'info')).status).toBe(0)
  const other = accessKey('another')
  repository.write('other.env', `AWS_ACCESS_KEY_ID=${other.id}\nAWS_SECRET_ACCESS_KEY=${other.secret}\n`)
  const sarif = join(place.folder, 'out.sarif')
  const again = await scan('--baseline', known, '--fail-on', 'high', '--only', 'secrets', '--sarif', sarif)
  expect(again.status).toBe(1)
  const { runs } = JSON.parse(readFileSync(sarif, 'utf8'))
  expect(runs[0].results).toHaveLength(1)
  expect(runs[0].results[0].partialFingerprints).toBeTruthy()
  expect(runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri).toBe('other.env')
})

test('a baseline that is no baseline is refused', async () => {
  const file = join(place.folder, 'broken.json')
  writeFileSync(file, '{"findings": "none"}')
  const { status, err } = await scan('--baseline', file)
  expect(status).toBe(2)
  expect(err).toContain('use/baseline')
})

test('only what is staged is read with --staged', async () => {
  plant()
  const other = accessKey('staged')
  repository.write('staged.env', `AWS_ACCESS_KEY_ID=${other.id}\nAWS_SECRET_ACCESS_KEY=${other.secret}\n`)
  repository.git('add', 'staged.env')
  repository.write('staged.env', 'nothing here any more\n')
  const { status, out } = await scan('--json', '--staged', '--fail-on', 'low')
  expect(status).toBe(1)
  expect(documentOf(out).findings.map((one) => one.keyId)).toEqual([other.id])
})

test('a key that was removed is found in the history alone', async () => {
  plant()
  repository.write('deploy/settings.py', 'REGION = "eu-west-1"\n')
  repository.commit('Take the key out')
  const secrets = async (...args: string[]) =>
    documentOf((await scan('--json', ...args)).out).findings.filter((one) => one.keyId === key.id)
  expect(await secrets()).toEqual([])
  const [found] = await secrets('--history')
  expect(found?.places[0]).toMatchObject({ file: 'deploy/settings.py', atHead: false })
  expect(await secrets('--since', 'HEAD~1')).toEqual([])
})

test('standard input is read', async () => {
  const { out, status } = await reeve(['scan', '-', '--json', '--fail-on', 'high'], {
    cwd: place.folder,
    env: { REEVE_DATA: join(place.folder, 'data') },
    input: `x = 1\nAWS_ACCESS_KEY_ID=${key.id}\nAWS_SECRET_ACCESS_KEY=${key.secret}\n`,
  })
  expect(status).toBe(1)
  expect(documentOf(out).findings[0]?.places).toMatchObject([
    { file: 'stdin', line: 2 },
    { file: 'stdin', line: 3 },
  ])
})

test('a report to look at is written, without the value and without scripts', async () => {
  plant()
  const file = join(place.folder, 'report.html')
  await scan('--html', file)
  const html = readFileSync(file, 'utf8')
  expect(html).toContain('deploy/settings.py')
  expect(html).not.toContain(key.secret)
  expect(html).not.toMatch(/<script/i)
})

test('a path that is not there is wrong use', async () => {
  const { status, err } = await reeve(['scan', 'nowhere'], { cwd: place.folder })
  expect(status).toBe(2)
  expect(err).toContain('use/no-such-path')
})

test('services are asked only with --validate, each about its own keys; one that cannot be reached says nothing', async () => {
  repository.write('.env', `STRIPE_KEY=${made('sk_live_{A-Za-z0-9:24}')}\nDB_PASSWORD=harbour-9-Quay\n`)
  repository.commit('Add settings')
  const wanted: string[] = []
  const proxy = createServer().on('connect', (request, socket) => {
    wanted.push(request.url!)
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const env = {
    REEVE_DATA: join(place.folder, 'data'),
    REEVE_OUTBOUND_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
  }
  const run = async (...args: string[]) =>
    documentOf((await reeve(['scan', '.', '--json', ...args], { cwd: repository.folder, env })).out)
  try {
    const silent = (await run()).findings.filter((one) => one.detector !== undefined)
    expect([wanted, silent.map(({ live }) => live)]).toEqual([[], [undefined, undefined]])
    const { findings, ledger } = await run('--validate')
    expect(new Set(wanted)).toEqual(new Set(['api.stripe.com:443']))
    const live = new Map(findings.map((one) => [one.detector, one]))
    expect(live.get('stripe-live-key')).toMatchObject({
      live: 'indeterminate',
      severity: silent.find((one) => one.detector === 'stripe-live-key')!.severity,
      because: expect.arrayContaining([expect.stringMatching(/^GET api\.stripe\.com\/v1\/balance /)]),
    })
    expect(live.get('password')).toMatchObject({ live: 'not-asked' })
    expect(ledger).toContainEqual(
      expect.objectContaining({ collection: 'validation', expected: 1, obtained: 1, refused: 0 }),
    )
    for (const line of ledger) LedgerLine.parse(line)
  } finally {
    proxy.close()
  }
})
