import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { Finding } from '../../sdk/index.ts'
import { toSarif } from '../report/sarif.ts'
import { importFindings, knownToReport } from './findings.ts'

const parts = {
  fingerprint: (value: string) => `hmac:${createHmac('sha256', 'a key').update(value).digest('hex').slice(0, 32)}`,
  clean: (text: string) => text,
}
const read = (text: string, format?: Parameters<typeof importFindings>[2]) =>
  importFindings(text, 'report.json', format, parts)
const value = `AKIA${'QZ7WXEDC4RFVTGB6'}`
const password = 'correct-horse-9Battery'

const leak = (over: object = {}) => ({
  RuleID: 'aws-access-token',
  Description: 'AWS access token',
  StartLine: 12,
  EndLine: 12,
  StartColumn: 7,
  EndColumn: 26,
  Match: `id = "${value}"`,
  Secret: value,
  File: 'conf/app one.py',
  Commit: 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00',
  Author: 'Ann Other',
  Email: 'ann@acme.example',
  Date: '2024-01-02T03:04:05Z',
  Message: `add ${value}`,
  Tags: [],
  Fingerprint: 'c0ffee:conf/app one.py:aws-access-token:12',
  ...over,
})
const place = {
  file: 'conf/app one.py',
  line: 12,
  column: 7,
  commit: 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00',
  author: 'Ann Other <ann@acme.example>',
  date: '2024-01-02T03:04:05.000Z',
}
const hog = (over: object = {}, data: object = {}) => ({
  SourceMetadata: {
    Data: {
      Git: {
        commit: 'beef',
        file: 'keys',
        email: 'Bo <bo@acme.example>',
        repository: 'https://git.example/a',
        timestamp: '2022-06-16 10:17:40 -0700 PDT',
        line: 4,
        ...data,
      },
    },
  },
  DetectorName: 'AWS',
  Verified: true,
  Raw: value,
  RawV2: `${value}:${password}`,
  Redacted: value,
  ...over,
})
const king = (over: object = {}) => ({
  rule: { name: 'AWS key', id: 'kingfisher.aws.1' },
  finding: {
    snippet: value,
    fingerprint: '123',
    confidence: 'medium',
    entropy: '4.1',
    validation: { status: 'Inactive Credential', response: '' },
    language: 'Python',
    line: 12,
    column_start: 7,
    column_end: 26,
    path: 'conf/app one.py',
    git_metadata: {
      commit: {
        id: place.commit,
        date: '2024-01-02T03:04:05Z',
        committer: { name: 'Ann Other', email: 'ann@acme.example' },
      },
      file: { path: 'conf/app one.py' },
    },
    ...over,
  },
})
const sarif = (results: object[], tool = 'Other Scanner', rules: object[] = []) =>
  JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: tool, rules } }, results }] })
const at = (uri: string, startLine: number, text?: string) => ({
  physicalLocation: {
    artifactLocation: { uri },
    region: { startLine, startColumn: 3, ...(text === undefined ? {} : { snippet: { text } }) },
  },
})

test('gitleaks: place, author, date; the value is nowhere, its fingerprint is there', () => {
  const { findings, items, taken, left, format } = read(JSON.stringify([leak()]))
  expect({ format, items, taken, left }).toEqual({ format: 'gitleaks', items: 1, taken: 1, left: [] })
  expect(Finding.parse(findings[0])).toMatchObject({
    rule: 'gitleaks/aws-access-token',
    provider: 'aws',
    redacted: 'AKIA…',
    fingerprint: parts.fingerprint(value),
    places: [place],
  })
  expect(JSON.stringify(findings)).not.toContain(value)
})

test('one secret in many places is one finding, and another secret in the same file is another', () => {
  const { findings, taken } = read(
    JSON.stringify([leak(), leak({ File: 'b.py', StartLine: 3 }), leak({ Secret: `${value.slice(0, -1)}X` })]),
  )
  expect(taken).toBe(3)
  expect(findings.map((one) => one.places.length).sort()).toEqual([1, 2])
  expect(new Set(findings.map((one) => one.id)).size).toBe(2)
})

test('TruffleHog: JSON lines, its own times, verified is live, log lines and broken lines are accounted for', () => {
  const text = [JSON.stringify({ level: 'info-0', msg: 'running' }), JSON.stringify(hog()), '', '{"DetectorName": "AW']
  const { findings, items, taken, left, whole } = read(text.join('\n'))
  expect({ items, taken, whole }).toEqual({ items: 3, taken: 1, whole: false })
  expect(left).toEqual([
    { at: 'line 1', why: 'it is a line of the tool’s log' },
    { at: 'line 4', why: 'it is no JSON' },
  ])
  expect(findings[0]).toMatchObject({
    live: 'live',
    severity: 'critical',
    provider: 'aws',
    places: [
      { file: 'keys', line: 4, commit: 'beef', author: 'Bo <bo@acme.example>', date: '2022-06-16T17:17:40.000Z' },
    ],
  })
  expect(JSON.stringify(findings)).not.toMatch(new RegExp(`${value}|${password}`))
})

test('TruffleHog: a place without a file is told with its line', () => {
  const lines = [JSON.stringify(hog()), JSON.stringify(hog({ SourceMetadata: { Data: { Postman: {} } } }))]
  expect(read(lines.join('\n')).left).toEqual([{ at: 'line 2', why: 'it says of no file where it was found' }])
})

test.each([
  ['in an envelope', JSON.stringify({ findings: [king()], metadata: {} })],
  ['line by line', `${JSON.stringify(king())}\n${JSON.stringify({ access_map: [] })}\n`],
  ['as a list', JSON.stringify([king()])],
  [
    'in an envelope for each repository',
    `${JSON.stringify({ findings: [king()] })}\n${JSON.stringify({ findings: [] })}\n`,
  ],
])('Kingfisher %s', (_, text) => {
  const { format, findings, taken } = read(text)
  expect({ format, taken }).toEqual({ format: 'kingfisher', taken: 1 })
  expect(findings[0]).toMatchObject({
    rule: 'kingfisher/kingfisher.aws.1',
    provider: 'aws',
    live: 'dead',
    places: [place],
  })
  expect(JSON.stringify(findings)).not.toContain(value)
})

test('SARIF of any tool: level, kind, suppressions, and a message without what the snippet shows', () => {
  const results = [
    {
      ruleId: 'hardcoded-secret',
      level: 'error',
      message: { text: `found ${password} here` },
      locations: [at('a%20b.js', 9, password)],
    },
    { ruleIndex: 0, message: { text: 'weak' }, locations: [at('file:///x/y.js', 2)] },
    { ruleId: 'r', kind: 'pass', message: { text: 'fine' } },
    { ruleId: 'r', suppressions: [{ kind: 'inSource' }], message: { text: 'known' } },
    { message: { text: 'of no rule' } },
  ]
  const rules = [{ id: 'weak-hash', shortDescription: { text: 'A weak hash' }, help: { text: 'Use SHA-256.' } }]
  const { findings, items, taken, left, whole } = read(sarif(results, 'Other Scanner', rules))
  expect({ items, taken, whole }).toEqual({ items: 5, taken: 2, whole: false })
  expect(left).toEqual([
    { at: 'run 1, result 3', why: 'its kind is pass, which is no fault' },
    { at: 'run 1, result 4', why: 'it was put aside in the tool' },
    { at: 'run 1, result 5', why: 'it names no rule' },
  ])
  expect(findings[0]).toMatchObject({
    rule: 'other-scanner/hardcoded-secret',
    severity: 'high',
    says: 'found … here',
    owasp: ['NHI2'],
    places: [{ file: 'a b.js', line: 9, column: 3 }],
  })
  expect(findings[1]).toMatchObject({
    rule: 'other-scanner/weak-hash',
    severity: 'medium',
    owasp: [],
    fix: ['Use SHA-256.'],
  })
  expect(findings[1]!.places[0]!.file).toBe('/x/y.js')
  expect(JSON.stringify(findings)).not.toContain(password)
})

test('gitleaks in SARIF: the commit and its author come from where gitleaks puts them, the value from the snippet', () => {
  const one = {
    ruleId: 'aws-access-token',
    message: { text: 'aws-access-token has detected secret for file x.' },
    locations: [at('conf/app one.py', 12, value)],
    partialFingerprints: {
      commitSha: place.commit,
      author: 'Ann Other',
      email: 'ann@acme.example',
      date: '2024-01-02T03:04:05Z',
    },
  }
  expect(read(sarif([one], 'gitleaks')).findings).toMatchObject([
    { fingerprint: parts.fingerprint(value), places: [{ ...place, column: 3 }] },
  ])
})

test('there and back: what is written as SARIF and as JSON comes back the same', () => {
  const texts = [
    JSON.stringify([leak(), leak({ File: 'a.zip!/deep/b%c.py', Commit: '', Author: '', Email: '', Date: '' })]),
    JSON.stringify(hog()),
    JSON.stringify({ findings: [king()] }),
    sarif([{ ruleId: 'secret', message: { text: 'a secret' }, locations: [at('x.js', 4)] }]),
  ]
  for (const text of texts) {
    const { findings } = read(text)
    expect(findings.length).toBeGreaterThan(0)
    const log = toSarif(findings, { version: '1.0.0', rules: [] })
    expect(read(JSON.stringify(log)).findings).toEqual(findings)
    expect(read(JSON.stringify({ findings, ledger: [], readings: [] })).findings).toEqual(findings)
  }
})

test.each([
  ['nothing', '', 'use/import-empty'],
  ['no JSON', 'hello', 'use/import-not-json'],
  ['half a file', JSON.stringify([leak(), leak()], null, 1).slice(0, -200), 'use/import-not-json'],
  ['other JSON', '{"name": "package"}', 'use/import-unknown-format'],
  ['a number', '42', 'use/import-unknown-format'],
  ['another SARIF', JSON.stringify({ version: '2.0.0', runs: [] }), 'use/import-sarif-version'],
])('%s is refused by its code, and nothing of it is shown', (_, text, code) => {
  const error = (() => {
    try {
      read(text)
    } catch (thrown) {
      return thrown as { code: string; message: string }
    }
    return undefined
  })()
  expect(error?.code).toBe(code)
  expect(error?.message).not.toContain(value)
})

test('another tool’s report than was said is refused; nothing found is no mistake', () => {
  expect(() => read(JSON.stringify(hog()), 'gitleaks')).toThrow(/it is of trufflehog/)
  expect(read('[]', 'kingfisher')).toMatchObject({ format: 'kingfisher', items: 0, whole: true })
  expect(read('', 'trufflehog')).toMatchObject({ items: 0, whole: true })
})

test('a hidden value has no fingerprint', () => {
  const [found] = read(JSON.stringify([leak({ Secret: 'REDACTED', Match: 'REDACTED' })])).findings
  expect(found!.fingerprint).toBeUndefined()
  expect(found!.redacted).toBe('…')
})

const ours = (over: Partial<Finding> = {}): Finding => ({
  id: '0123456789abcdef',
  rule: 'git-secret-in-code',
  title: 'A secret',
  severity: 'high',
  verdict: 'fail',
  owasp: ['NHI2'],
  subject: 'credential:hmac:1',
  because: [],
  fix: [],
  places: [{ file: 'conf/app one.py', line: 12 }],
  detector: 'aws-access-key',
  fingerprint: parts.fingerprint(password),
  ...over,
})
const known = (text: string, finding: Finding) => knownToReport(text, 'report.json', parts)(finding)

test('as a baseline: known by value, by a part of it, by the public id; not another value on the same line', () => {
  const text = JSON.stringify([leak()])
  expect(known(text, ours({ keyId: value }))).toBe(true)
  expect(known(text, ours({ fingerprint: parts.fingerprint(value) }))).toBe(true)
  expect(known(text, ours())).toBe(false)
  const url = JSON.stringify([leak({ Secret: `postgres://app:${password}@db/x`, Match: '' })])
  expect(known(url, ours())).toBe(true)
  expect(known(url, ours({ fingerprint: parts.fingerprint('another-9Value') }))).toBe(false)
})

test('as a baseline without values: known by file and line, and what was put aside is known', () => {
  const text = sarif([
    { ruleId: 'secret', message: { text: 'x' }, suppressions: [{}], locations: [at('./conf/app%20one.py', 12)] },
  ])
  expect(known(text, ours())).toBe(true)
  expect(known(text, ours({ places: [{ file: 'conf/app one.py', line: 13 }] }))).toBe(false)
})

test('as a baseline after import --json: the fingerprint holds', () => {
  const { findings } = read(JSON.stringify([leak()]))
  const text = JSON.stringify({ findings, ledger: [], readings: [] })
  expect(known(text, ours({ fingerprint: parts.fingerprint(value) }))).toBe(true)
  expect(known(text, ours())).toBe(false)
})
