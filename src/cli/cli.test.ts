import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Finding, ReeveError } from '../sdk/index.ts'
import { apiOver } from './api.ts'
import { runCli } from './index.ts'
import type { Reeve, Scanned, ScanOptions } from './reeve.ts'
import { plain } from './terminal.ts'

let out = ''
let err = ''
let folder = ''

beforeEach(() => {
  out = ''
  err = ''
  process.exitCode = undefined
  folder = mkdtempSync(join(tmpdir(), 'reeve-cli-'))
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += text
    return true
  })
})

afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
  rmSync(folder, { recursive: true })
})

const finding = (over: Partial<Finding> = {}): Finding => ({
  id: 'f1',
  rule: 'leaked',
  title: 'A key is in the code',
  severity: 'high',
  verdict: 'fail',
  owasp: ['NHI2'],
  subject: 'credential:x',
  because: ['it stands in a.txt'],
  fix: ['rotate it'],
  places: [{ file: 'a.txt', line: 3 }],
  ...over,
})

/** A hand-made Reeve: answers what it is told, and remembers what it was asked. */
function fake(
  over: Partial<Reeve> = {},
  scanned: Partial<Scanned> = {},
): Reeve & { asked: ScanOptions[]; requests: string[] } {
  const asked: ScanOptions[] = []
  const requests: string[] = []
  const never = (): never => {
    throw new Error('not asked for in this test')
  }
  return {
    version: '1.2.3',
    up: never,
    api: async () =>
      apiOver(async (method, path) => {
        requests.push(`${method} ${path}`)
        return { status: 404, text: '{"code":"http/not-found","detail":"there is no such page"}' }
      }),
    scan: async (options) => {
      asked.push(options)
      return { findings: [], ledger: [], readings: [], interrupted: false, estate: null, ...scanned }
    },
    newSince: async (findings) => [...findings],
    sarif: async ({ findings }) => ({ version: '2.1.0', count: findings.length }),
    html: async () => '<html></html>',
    csv: async (findings) => `id\r\n${findings.map((one) => one.id).join('\r\n')}`,
    importReport: never,
    explain: never,
    doctor: never,
    explainConfig: never,
    verifyAudit: never,
    backup: never,
    restore: never,
    adminLink: never,
    labels: async () => ({}),
    rules: async () => [],
    ...over,
    asked,
    requests,
  }
}

const line = {
  connection: 'git',
  collection: 'secrets',
  scope: '',
  expected: null,
  obtained: 3,
  refused: 1,
  reason: 'may not',
  permission: 'read',
  since: null,
}

describe('scan', () => {
  test.for<[string, string[], Partial<Scanned>, number]>([
    ['nothing found', ['scan', '.'], {}, 0],
    ['findings without a threshold', ['scan', '.'], { findings: [finding()] }, 0],
    ['a finding at the threshold', ['scan', '.', '--fail-on', 'high'], { findings: [finding()] }, 1],
    ['a finding below the threshold', ['scan', '.', '--fail-on', 'critical'], { findings: [finding()] }, 0],
    [
      'an unknown verdict never counts as a fail',
      ['scan', '.', '--fail-on', 'low'],
      { findings: [finding({ verdict: 'unknown' })] },
      0,
    ],
    ['a partial read', ['scan', '.'], { ledger: [line] }, 4],
    ['a finding in a partial read', ['scan', '.', '--fail-on', 'high'], { findings: [finding()], ledger: [line] }, 1],
    ['an interrupted read', ['scan', '.', '--fail-on', 'high'], { findings: [finding()], interrupted: true }, 130],
    ['a flag that is not one', ['scan', '.', '--nonsense'], {}, 2],
    ['a severity that is not one', ['scan', '.', '--fail-on', 'awful'], {}, 2],
    ['a severity that is not one, of what is open', ['findings', '--fail-on', 'awful'], {}, 2],
    ['something else than secrets and posture', ['scan', '.', '--only', 'dreams'], {}, 2],
  ])('%s', async ([, argv, scanned, status]) => {
    await runCli(argv, fake({}, scanned))
    expect(process.exitCode).toBe(status)
  })

  test('--json is one document on stdout, wherever the flag stands', async () => {
    for (const argv of [
      ['--json', 'scan', '.'],
      ['scan', '.', '--json'],
      ['scan', '--json', '.'],
    ]) {
      out = ''
      await runCli(argv, fake({}, { findings: [finding()], ledger: [line] }))
      const document = JSON.parse(out)
      expect(Object.keys(document)).toEqual(['findings', 'ledger', 'readings', 'summary'])
      expect(document.findings[0].id).toBe('f1')
      expect(document.summary).toMatchObject({ high: 1, unknown: 0, complete: false })
    }
  })

  test('what the baseline knows neither counts nor shows', async () => {
    const reeve = fake({ newSince: async () => [] }, { findings: [finding()] })
    await runCli(['scan', '.', '--fail-on', 'low', '--baseline', 'old.json'], reeve)
    expect(process.exitCode).toBe(0)
    expect(out).toContain('1 that the baseline knows')
  })

  test('SARIF and HTML are written where asked', async () => {
    await runCli(
      ['scan', '.', '--sarif', join(folder, 'a.sarif'), '--html', join(folder, 'a.html')],
      fake({}, { findings: [finding()] }),
    )
    expect(JSON.parse(readFileSync(join(folder, 'a.sarif'), 'utf8'))).toEqual({ version: '2.1.0', count: 1 })
    expect(readFileSync(join(folder, 'a.html'), 'utf8')).toContain('<html>')
  })

  test('a file that cannot be written is wrong use', async () => {
    await runCli(['scan', '.', '--sarif', join(folder, 'no', 'such', 'folder')], fake())
    expect(process.exitCode).toBe(2)
    expect(err).toContain('use/output')
  })

  test.each([
    ['use/bytes', ['--max-archive-bytes', 'much']],
    ['use/diff', ['--diff', 'main', '--staged']],
    ['use/diff', ['--diff', 'main', '--since', 'v1']],
  ])('%s: %j', async (code, flags) => {
    await runCli(['scan', '.', ...flags], fake())
    expect(process.exitCode).toBe(2)
    expect(err).toContain(code)
  })

  test('flags reach the reader', async () => {
    const reeve = fake()
    await runCli(['scan', 'src', '--since', 'v1', '--only', 'secrets', '--staged'], reeve)
    expect(reeve.asked[0]).toMatchObject({ path: 'src', since: 'v1', history: true, staged: true })
    expect([...reeve.asked[0]!.only]).toEqual(['secrets'])
    expect(reeve.asked[0]).toMatchObject({ diff: undefined, archives: true, maxArchiveBytes: undefined })
    await runCli(['scan', '--diff', 'main..topic', '--no-archives', '--max-archive-bytes', '1.5GiB'], reeve)
    expect(reeve.asked[1]).toMatchObject({ diff: 'main..topic', archives: false, maxArchiveBytes: 1.5 * 2 ** 30 })
  })
})

test('a failure says its code, ends with 3, and shows no stack', async () => {
  await runCli(
    ['admin-link'],
    fake({
      adminLink: () => Promise.reject(new ReeveError('store/unreachable', 'opening the database: nobody answers')),
    }),
  )
  expect(process.exitCode).toBe(3)
  expect(err).toBe('reeve: opening the database: nobody answers (store/unreachable)\n')
})

test('a problem of the server keeps its code', async () => {
  await runCli(['findings'], fake())
  expect(err).toContain('there is no such page (http/not-found)')
})

test('a secret in the arguments of connect is refused before anything is sent', async () => {
  const form = {
    properties: { host: { type: 'string' }, password: { type: 'string', secret: true } },
    required: ['host'],
  }
  const requests: string[] = []
  const api = async () =>
    apiOver(async (method, path) => {
      requests.push(`${method} ${path}`)
      return { status: 200, text: JSON.stringify({ form }) }
    })
  await runCli(['connect', 'postgres', '--set', 'host=db', '--set', 'password=open-sesame'], fake({ api }))
  expect(process.exitCode).toBe(2)
  expect(err).toContain('use/secret-in-arguments')
  expect(err + out).not.toContain('open-sesame')
  expect(requests).toEqual(['GET /v1/providers/postgres'])
})

test('help groups the commands by job, and each has an example', async () => {
  await runCli(['help'], fake())
  for (const job of ['See what there is:', 'Read more systems:', 'Ask:', 'Keep it well:']) expect(out).toContain(job)
  for (const command of [
    'up',
    'scan',
    'connect',
    'sync',
    'connections',
    'find',
    'show',
    'findings',
    'rules',
    'report',
    'frameworks',
    'backup',
    'restore',
    'doctor',
  ]) {
    out = ''
    await runCli([command, '--help'], fake())
    expect(out).toMatch(/Example:\n {2}\$ .*reeve/)
  }
})

test('names from other systems cannot move the cursor or turn the text', () => {
  expect(plain('a\x1b[2Jb\u202ec\nd\u0007')).toBe('a [2Jb c d ')
})
