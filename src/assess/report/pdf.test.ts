import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { toEvidenceCsv } from './csv-frameworks.ts'
import { toHtml } from './html.ts'
import type { Paper, PaperEvidence } from './paper.ts'
import { toPdf } from './pdf.ts'
import { textOfPdf } from './testing/pdf-text.ts'

const folder = mkdtempSync(join(tmpdir(), 'reeve-pdf-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const AT = '2026-11-24T09:00:00.000Z'
const HOSTILE = '=1+1 \u202Egnp.exe\u0007 <script>alert(1)</script> 名前 Žofie Ωmega Иван'
const LONG = 'x'.repeat(10_000)
const none = { critical: 0, high: 0, medium: 0, low: 0, info: 0 }

const evidence = (id: string, more: Partial<PaperEvidence> = {}): PaperEvidence => ({
  id,
  says: 'A person who is still here answers for it.',
  reads: 'met for 291, not met for 2, unknown for 19',
  state: 'not-met',
  rules: [{ id: 'identity-without-owner', asked: true }],
  facts: [],
  judged: AT,
  read: '2026-11-24T08:00:00.000Z',
  partial: true,
  sources: [
    {
      connection: 'aws',
      collection: 'users',
      read: '2026-11-24T08:00:00.000Z',
      complete: false,
      obtained: 5,
      refused: 1,
      reason: HOSTILE,
      permission: 'iam:ListUsers',
    },
  ],
  findings: { q: 'verdict:fail rule:identity-without-owner', count: 2 },
  open: null,
  ...more,
})

const paper = (more: Partial<Paper> = {}): Paper => ({
  title: 'Posture of non-human identities',
  asOf: AT,
  estate: {
    identities: 312,
    people: 40,
    credentials: 9,
    secrets: 2,
    workloads: 4,
    entitlements: 3,
    resources: 8,
    owned: 250,
  },
  open: { ...none, critical: 1, high: 2 },
  unknown: 19,
  things: [{ says: HOSTILE, because: [LONG], fix: ['Rotate it.'], undo: 'Keep the old one.', owner: null, more: 1 }],
  owasp: [{ id: 'NHI1', title: 'Improper Offboarding', rules: 12, open: { ...none, high: 2 }, unknown: 3 }],
  tenNames: [{ name: 'Orphaned Identities', open: 2 }],
  lost: [{ connection: 'aws', permission: 'iam:ListUsers', reason: 'the account refused it', verdicts: 19 }],
  ledger: [
    {
      connection: 'aws',
      collection: 'users',
      scope: 'eu',
      expected: 6,
      obtained: 5,
      refused: 1,
      reason: '403',
      permission: 'iam:ListUsers',
      since: null,
    },
  ],
  findings: [
    {
      id: 'f1',
      rule: 'identity-without-owner',
      title: 'Nobody answers',
      says: HOSTILE,
      severity: 'critical',
      verdict: 'fail',
      owasp: ['NHI1'],
      subject: `demo:${'k'.repeat(2_000)}`,
      because: [HOSTILE, 'b'],
      fix: ['Find one.'],
      places: [],
    },
  ],
  more: 41,
  rules: [
    {
      id: 'identity-without-owner',
      title: 'Nobody answers',
      severity: 'medium',
      owasp: ['NHI1'],
      why: 'Because.',
      undo: 'None.',
    },
  ],
  executive: {
    bar: { asked: 100, obtained: 95, refused: 5, stale: 0, percent: 95 },
    sources: [
      {
        connection: 'aws',
        title: HOSTILE,
        state: 'partial',
        bar: { asked: 6, obtained: 5, refused: 1, stale: 0 },
        lastRead: AT,
      },
    ],
    volume: [{ says: 'identities', count: 312, of: null, href: '/identities' }],
    risk: [{ says: 'open findings', count: 3, of: null, href: '/findings?q=severity%3Ahigh' }],
    since: '2026-08-26T00:00:00.000Z',
    reduced: [{ says: 'findings closed by proof', count: 7, of: null, href: '/findings?q=state%3Aresolved' }],
    trend: [
      { at: '2026-08-26T00:00:00.000Z', machines: 100, known: 9, severe: 4 },
      { at: AT, machines: 300, known: 3, severe: 3 },
    ],
  },
  frameworks: [
    {
      framework: {
        id: 'pci-dss',
        title: 'PCI DSS',
        version: '4.0.1',
        publisher: 'PCI Security Standards Council',
        url: 'https://example.org/',
        controls: { met: 0, notMet: 1, unknown: 0, notApplicable: 0 },
      },
      controls: [
        {
          id: '8.6.2',
          title: 'No passwords in code',
          asks: 'They stand in no script.',
          beside: 'The risk analysis.',
          state: 'not-met',
          because: 'It is not met for 2.',
          evidence: [evidence('owned'), evidence('=cmd', { says: '=HYPERLINK("x")' })],
        },
      ],
    },
  ],
  ...more,
})

const bytesOf = async (of: Paper): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of await toPdf(of)) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

test('two processes, in other zones and tongues, write the same bytes from the same state', {
  timeout: 60_000,
}, async () => {
  const given = join(folder, 'paper.json')
  writeFileSync(given, JSON.stringify(paper()))
  const module = fileURLToPath(new URL('./pdf.ts', import.meta.url))
  const program = `
    import { readFileSync } from 'node:fs'
    import { pipeline } from 'node:stream/promises'
    const { toPdf } = await import(${JSON.stringify(module)})
    await pipeline(await toPdf(JSON.parse(readFileSync(${JSON.stringify(given)}, 'utf8'))), process.stdout)`
  const written = [
    { TZ: 'Pacific/Auckland', LANG: 'de_DE.UTF-8' },
    { TZ: 'America/Lima', LANG: 'C' },
  ].map((env) =>
    execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      env: { PATH: process.env['PATH'], ...env },
      maxBuffer: 1 << 26,
    }),
  )
  expect(written[0]!.subarray(0, 8).toString('latin1')).toBe('%PDF-1.7')
  expect(written[0]!.equals(written[1]!)).toBe(true)
  expect(written[0]!.equals(await bytesOf(paper()))).toBe(true)
  // The date it bears is that of the state, and a state of another moment is another paper.
  expect(written[0]!.toString('latin1')).toContain('(D:20261124090000Z)')
  expect(written[0]!.equals(await bytesOf(paper({ asOf: '2026-11-24T09:00:01.000Z' })))).toBe(false)
})

test('the paper says all that it has to: the first page, what was read, risks, controls with dated evidence, what is unknown', async () => {
  const { text, pages } = textOfPdf(await bytesOf(paper()))
  expect(pages).toBeGreaterThan(1)
  for (const says of [
    'As judged on 24 November 2026, 09:00 UTC.',
    '3 findings are open; 19 verdicts could not be reached and are not counted as passed.',
    '312 identities. Rows: /identities',
    'Rows: /findings with severity:high',
    'What was done since 26 August 2026',
    '1 was not read whole',
    '19 verdicts: the account refused it Grant iam:ListUsers to aws.',
    'NHI1 Improper Offboarding 0 2 0 0 0 3 12',
    'PCI DSS, 4.0.1',
    '8.6.2 No passwords in code: not met',
    'Met for 291, not met for 2, unknown for 19.',
    'Judged 24 November 2026, 09:00 UTC, on what was read from 24 November 2026, 08:00 UTC on; 1 listing of 1 was not read whole.',
    'Beside it, from you: The risk analysis.',
    'And 41 more',
  ])
    expect(text.replaceAll('\u00a0', ' ')).toContain(says)
})

test('a hostile name is text: turned round by nothing, hiding nothing, cut where it is long, and told by numbers where the font has no letter', async () => {
  const bytes = await bytesOf(paper())
  const { text } = textOfPdf(bytes)
  expect(text).toContain('=1+1 □gnp.exe□ <script>alert(1)</script> <U+540D><U+524D> Žofie Ωmega Иван')
  expect(text.replaceAll('\u00a0', ' ').replaceAll(' ', '')).toContain('…(10000characters)')
  expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/)
  const source = bytes.toString('latin1')
  expect(source).not.toMatch(/\/JavaScript|\/JS\b|\/OpenAction|\/Launch|\/URI/)
})

test('nothing read, nothing listed: the paper says so', async () => {
  const empty = paper({
    asOf: null,
    open: none,
    unknown: 0,
    things: [],
    ledger: [],
    lost: [],
    findings: [],
    more: 0,
    rules: [],
    frameworks: [],
    executive: null,
  })
  const { text } = textOfPdf(await bytesOf(empty))
  expect(text).toContain('Nothing was judged yet.')
  expect(text).not.toMatch(/all good/i)
})

test('the page says the same, without script and with the trend as a picture that has a name', () => {
  const page = toHtml(paper())
  expect(page).not.toMatch(/<script|<img|<link/)
  expect(page).toContain('role="img" aria-label="On 26 August 2026 9 findings were known')
  expect(page).toContain('8.6.2 No passwords in code')
  expect(page).toContain('Met for 291, not met for 2, unknown for 19.')
  expect(page).toContain('And 41 more')
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(toHtml(paper())).toBe(page)
})

test('evidence as a table escapes formulas and says which listings it leans on', () => {
  const csv = toEvidenceCsv(paper().frameworks)
  expect(csv.split('\r\n')[0]).toContain('framework,version,control,title,control state,evidence')
  expect(csv).toContain("'=cmd")
  expect(csv).toContain(`"'=HYPERLINK(""x"")"`)
  expect(csv).toContain('aws users 2026-11-24T08:00:00.000Z partial 5 read 1 refused')
  expect(csv).toContain('/reports/pci-dss?control=8.6.2&evidence=owned')
})
