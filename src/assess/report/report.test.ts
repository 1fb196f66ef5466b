import { expect, test } from 'vitest'
import { type Estate, estateFrom } from '../../graph/index.ts'
import { type Edge, Entity, type Finding, type LedgerLine } from '../../sdk/index.ts'
import { evaluate } from '../evaluate.ts'
import { toFindings } from '../finding.ts'
import { rules } from '../rules/index.ts'
import { toCsv } from './csv.ts'
import { toHtml } from './html.ts'
import { postureReport, toJson } from './posture.ts'
import { toSarif } from './sarif.ts'

const now = new Date('2026-11-24T12:00:00.000Z')
const hostile = '"><script>alert(1)</script>\u202e\0 =1+1'
const ledger: LedgerLine[] = [
  {
    connection: 'demo',
    collection: 'logs',
    scope: 'eu',
    expected: 3,
    obtained: 1,
    refused: 2,
    reason: '403',
    permission: 'logs.read',
    since: null,
  },
  {
    connection: 'demo',
    collection: 'accounts',
    scope: '',
    expected: 2,
    obtained: 2,
    refused: 0,
    reason: null,
    permission: null,
    since: null,
  },
]
const items: (Entity | Edge)[] = [
  Entity.parse({
    kind: 'identity',
    type: 'demo_account',
    key: 'demo:svc',
    name: hostile,
    lastUsed: { value: '2026-01-01T00:00:00.000Z' },
  }),
  Entity.parse({
    kind: 'identity',
    type: 'demo_account',
    key: 'demo:blind',
    name: 'blind',
    lastUsed: { unknown: 'the log is refused', permission: 'logs.read' },
  }),
  Entity.parse({
    kind: 'credential',
    type: 'secret_value',
    key: 'credential:hmac:1',
    name: 'token',
    method: 'token',
    fingerprint: `hmac:${'1'.repeat(32)}`,
    attributes: { detector: 'demo-token', provider: 'demo', redacted: 'dm_abcd' },
  }),
  Entity.parse({
    kind: 'secret',
    type: 'git_leak',
    key: 'git:shop/1',
    name: 'a',
    attributes: { file: 'dir with space/=x.env', line: 3, author: 'ada@example.org' },
  }),
  Entity.parse({
    kind: 'secret',
    type: 'host_secret_file',
    key: 'host:web/1',
    name: 'b',
    attributes: { file: '/etc/shop.env', line: 1 },
  }),
  { from: 'git:shop/1', verb: 'holds', to: 'credential:hmac:1' },
  { from: 'host:web/1', verb: 'holds', to: 'credential:hmac:1' },
]
const estateOf = (given: (Entity | Edge)[]): Estate =>
  estateFrom(given.map((item) => ({ connection: 'demo', collection: 'all', item })))
const findingsOf = (estate: Estate): Finding[] => toFindings(evaluate(estate, rules, { now }))
const reportOf = (estate: Estate) =>
  postureReport({
    title: 'This host',
    asOf: '2026-11-24T06:00:00.000Z',
    findings: findingsOf(estate),
    estate,
    rules,
    ledger,
  })

test('the same snapshot gives the same bytes, whatever the order in which it was read', () => {
  const one = reportOf(estateOf(items))
  const other = reportOf(estateOf(items.toReversed()))
  expect(toJson(other)).toBe(toJson(one))
  expect(toHtml(other)).toBe(toHtml(one))
  expect(toCsv(other.findings)).toBe(toCsv(one.findings))
})

test('the totals of the report are those of its findings', () => {
  const report = reportOf(estateOf(items))
  const fails = report.findings.filter(({ verdict }) => verdict === 'fail')
  expect(Object.values(report.open).reduce((a, b) => a + b)).toBe(fails.length)
  expect(report.unknown).toBe(report.findings.length - fails.length)
  expect(report.lost.reduce((sum, { verdicts }) => sum + verdicts, 0)).toBe(report.unknown)
  expect(report.estate).toMatchObject({ identities: 2, credentials: 1, secrets: 2, owned: 0 })
  for (const { id, open } of report.owasp) {
    expect(Object.values(open).reduce((a, b) => a + b)).toBe(fails.filter(({ owasp }) => owasp.includes(id)).length)
  }
})

test('the page is one file without script, and names from sources are text in it', () => {
  const page = toHtml(reportOf(estateOf(items)))
  expect(page).not.toMatch(/<script|<img|<link|https?:\/\//)
  expect(page).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(page).not.toMatch(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/u)
  expect(page).toContain('not counted as passed')
  expect(page).toContain('logs.read')
})

test('an empty estate does not say that all is well', () => {
  const page = toHtml(
    postureReport({ title: 'Nothing', asOf: null, findings: [], estate: estateOf([]), rules, ledger: [] }),
  )
  expect(page).toContain('Nothing was read.')
  expect(page).not.toMatch(/all good|is secure/i)
})

test('a cell that a spreadsheet would take for a formula is escaped', () => {
  const [finding] = findingsOf(estateOf(items))
  const csv = toCsv(['=1+1', '+1', '-1', '@x', '\tx'].map((says) => ({ ...finding!, says })))
  for (const cell of ["'=1+1", "'+1", "'-1", "'@x", "'\tx"]) expect(csv).toContain(`,${cell},`)
})

test('a leak is one result with all its places, the first by name', () => {
  const findings = findingsOf(estateOf(items)).filter(({ rule }) => rule === 'credential-in-several-systems')
  const { runs } = toSarif(findings, { version: '1.2.3', rules, ledger })
  const [result] = runs[0]!.results
  expect(runs[0]!.results).toHaveLength(1)
  expect(result).toMatchObject({
    ruleId: 'credential-in-several-systems',
    ruleIndex: 0,
    locations: [{ physicalLocation: { artifactLocation: { uri: 'file:///etc/shop.env' }, region: { startLine: 1 } } }],
    relatedLocations: [{ physicalLocation: { artifactLocation: { uri: 'dir%20with%20space/%3Dx.env' } } }],
    partialFingerprints: { 'reeveFinding/v1': findings[0]!.id },
  })
  expect(runs[0]!.invocations[0]!.toolExecutionNotifications).toEqual([
    { level: 'warning', message: { text: 'demo: logs of eu: 2 refused, 1 of 3 read: 403. Grant logs.read' } },
  ])
})

test('what was muted is suppressed with its reason, and what is unknown or closed is no result', () => {
  const findings = findingsOf(estateOf(items))
  const fails = findings.filter(({ verdict }) => verdict === 'fail')
  const { runs } = toSarif(
    findings.map((finding, index) => ({
      ...finding,
      ...(finding === fails[0] && { state: 'muted' as const, reason: 'a yearly job' }),
      ...(index === findings.indexOf(fails[1]!) && { state: 'resolved' as const }),
    })),
    { version: '1.2.3', rules },
  )
  expect(runs[0]!.results).toHaveLength(fails.length - 1)
  expect(runs[0]!.results[0]!.suppressions).toEqual([
    { kind: 'external', status: 'accepted', justification: 'a yearly job' },
  ])
})
