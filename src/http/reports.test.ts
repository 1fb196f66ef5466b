import { afterAll, beforeAll, expect, test } from 'vitest'
import { textOfPdf } from '../assess/report/testing/pdf-text.ts'
import { systemClock } from '../platform/index.ts'
import type { Executive } from '../read/index.ts'
import type { Edge, Entity } from '../sdk/index.ts'
import { judge, read } from './testing/estate.ts'
import { type TestServer, testServer } from './testing/index.ts'

const NOW = new Date('2026-11-24T09:00:00.000Z')
const DAY = 86_400_000
let at = NOW
const clock = { ...systemClock, now: () => at }
const before = (days: number): Date => new Date(NOW.getTime() - days * DAY)
let server: TestServer
let token: string

const HOSTILE = '=HYPERLINK("x")\u202E <b>bold</b>'
const account = (name: string, lastUsed: number, more: Partial<Entity> = {}) =>
  ({
    kind: 'identity',
    type: 'demo_user',
    key: `demo:user/${name}`,
    name,
    lastUsed: { value: before(lastUsed).toISOString() },
    ...more,
  }) as const
const people = [
  { kind: 'person', type: 'person', key: 'person:mara@x.org', name: 'Mara Quill' } as const,
  ...['stale', 'mended', 'fresh', 'hostile'].map(
    (name): Edge => ({ from: 'person:mara@x.org', verb: 'owns', to: `demo:user/${name}` }),
  ),
]

/** The answer as bytes: as a program gets it. */
async function bytesOf(query: string): Promise<{ status: number; type: string; name: string; bytes: Buffer }> {
  const answer = await fetch(`${server.url}/v1/reports/posture?${query}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  return {
    status: answer.status,
    type: answer.headers.get('content-type') ?? '',
    name: answer.headers.get('content-disposition') ?? '',
    bytes: Buffer.from(await answer.arrayBuffer()),
  }
}
const executive = async (query = ''): Promise<Executive> =>
  (await (await server.as('viewer'))('GET', `/v1/reports/executive${query}`)).body

beforeAll(async () => {
  token = 'reeve_of-the-test-of-reports'
  server = await testServer({ clock, localToken: token })
  await read(server.database, [...people, account('stale', 300), account('mended', 300)], { at: before(30) })
  await read(
    server.database,
    [
      ...people,
      account('stale', 300),
      account('mended', 1),
      account('fresh', 1),
      account('hostile', 400, { name: HOSTILE }),
    ],
    {
      at: before(1),
      lines: [
        { scope: 'eu', expected: 6, obtained: 4, refused: 2, reason: '403 on eu', permission: 'demo.read in eu' },
      ],
    },
  )
})
afterAll(() => server?.close())

test('the same state gives the same bytes in each form, whatever the clock says', { timeout: 60_000 }, async () => {
  for (const [format, type] of [
    ['pdf', 'application/pdf'],
    ['html', 'text/html; charset=utf-8'],
    ['csv', 'text/csv; charset=utf-8'],
    ['json', 'application/json; charset=utf-8'],
    ['sarif', 'application/sarif+json; charset=utf-8'],
    ['csv&framework=pci-dss', 'text/csv; charset=utf-8'],
  ] as const) {
    at = NOW
    const first = await bytesOf(`format=${format}`)
    at = new Date(NOW.getTime() + 9 * DAY)
    const second = await bytesOf(`format=${format}`)
    at = NOW
    expect([format, first.status, first.type]).toEqual([format, 200, type])
    expect(first.bytes.length).toBeGreaterThan(100)
    expect(first.bytes.equals(second.bytes), format).toBe(true)
  }
  expect((await bytesOf('format=pdf&framework=pci-dss')).name).toBe('attachment; filename="reeve-posture-pci-dss.pdf"')
})

test('as of an earlier moment it is the paper of then, and the same each time', { timeout: 60_000 }, async () => {
  const then = `format=pdf&as-of=${before(20).toISOString()}`
  const [first, second] = [await bytesOf(then), await bytesOf(then)]
  expect(first.bytes.equals(second.bytes)).toBe(true)
  const { text } = textOfPdf(first.bytes)
  expect(text).toContain('As judged on 25 October 2026, 09:00 UTC.')
  expect(text).toContain('2 identities.')
  expect(text).not.toContain('HYPERLINK')
})

test('the paper tells what was refused, the controls, and a hostile name as text', async () => {
  const { text } = textOfPdf((await bytesOf('format=pdf')).bytes)
  const says = text.replaceAll('\u00a0', ' ')
  expect(says).toContain('As judged on 23 November 2026, 09:00 UTC.')
  expect(says).toContain('403 on eu · demo.read in eu')
  expect(says).toContain('PCI DSS, 4.0.1')
  expect(says).toContain('5.5 Inventory of service accounts')
  expect(says).not.toMatch(/[\u202a-\u202e]/)
  const page = (await bytesOf('format=html')).bytes.toString()
  expect(page).toContain('&lt;b&gt;bold&lt;/b&gt;')
  expect(page).not.toMatch(/<b>bold|<script|\u202e/)
})

test('the table of findings has every open one, the worst first, and no cell is a formula', async () => {
  const csv = (await bytesOf('format=csv')).bytes.toString()
  const viewer = await server.as('viewer')
  const { findings } = (await viewer('GET', '/v1/findings.json')).body as { findings: { id: string }[] }
  const ids = [...csv.matchAll(/^([0-9a-f-]{8,}),(?:critical|high|medium|low|info),/gm)].map(([, id]) => id)
  expect(new Set(ids)).toEqual(new Set(findings.map(({ id }) => id)))
  expect(ids.length).toBe(findings.length)
  expect(csv.match(/^id,severity,/gm)).toHaveLength(1)
  expect(csv).not.toMatch(/(^|,)"?[=@]/m)
})

test('each number of the first page is as many rows as its address lists', async () => {
  const { volume, risk, reduced, at: judged, closed } = await executive()
  expect(judged).toBe('2026-11-23T09:00:00.000Z')
  const viewer = await server.as('viewer')
  for (const { href, count, says } of [...volume, ...risk, ...reduced]) {
    const { pathname, searchParams } = new URL(href, 'http://x')
    const q = new URLSearchParams({ q: searchParams.get('q') ?? '', limit: '1' })
    const path = pathname === '/identities' ? '/v1/entities' : '/v1/findings'
    const page = (await viewer('GET', `${path}?${q}`)).body as { total: { count: number } }
    expect([says, count]).toEqual([says, page.total.count])
  }
  expect(volume.map(({ count }) => count)).toEqual([4, 4, 0])
  expect(reduced[0]).toMatchObject({ says: 'findings closed by proof', count: 1 })
  expect(Object.values(closed).reduce((sum, count) => sum + count, 0)).toBe(1)
})

test('the trend tells of each of its moments what was known then, and ends with now', async () => {
  const { trend, risk } = await executive()
  expect(trend).toHaveLength(13)
  expect(trend[0]).toMatchObject({ at: before(30).toISOString(), machines: 2, known: 2 })
  expect(trend.at(-1)).toMatchObject({ at: before(1).toISOString(), machines: 4, known: risk[0]!.count })
  const middle = (await executive(`?as-of=${before(20).toISOString()}`)).trend
  expect(middle.at(-1)).toMatchObject({ machines: 2, known: 2 })
})

test('what was put aside is told apart from what was closed: it reduces nothing', async () => {
  const operator = await server.as('operator')
  const { groups } = (await operator('GET', '/v1/findings')).body as { groups: { findings: { id: string }[] }[] }
  const open = (await executive()).risk[0]!.count
  const { id } = groups[0]!.findings[0]!
  const until = new Date(NOW.getTime() + 9 * DAY).toISOString()
  await operator('POST', `/v1/findings/${id}/mute`, { body: { until, reason: 'a yearly job' } })
  await judge(server.database, new Date(NOW.getTime() - 3_600_000))
  const after = await executive()
  expect(after.risk[0]!.count).toBe(open - 1)
  expect(after.reduced.find(({ says }) => says === 'put aside until a date')!.count).toBe(1)
  expect(after.reduced[0]!.count).toBe(1)
  expect(after.trend.at(-1)!.known).toBe(open)
})

test('an unknown form or standard, and a role that may not, are refused clearly', async () => {
  expect((await bytesOf('format=docx')).status).toBe(400)
  const unknown = await bytesOf('format=pdf&framework=pci')
  expect(unknown.status).toBe(404)
  expect(JSON.parse(unknown.bytes.toString())).toMatchObject({ code: 'framework/unknown' })
  const owner = await server.as('owner')
  expect((await owner('GET', '/v1/reports/posture?format=json')).status).toBe(403)
})

test('before anything was read, a paper says so', async () => {
  const empty = await testServer({ clock, localToken: token })
  try {
    const answer = await fetch(`${empty.url}/v1/reports/posture`, { headers: { authorization: `Bearer ${token}` } })
    const { text } = textOfPdf(Buffer.from(await answer.arrayBuffer()))
    expect(text).toContain('Nothing was judged yet.')
    expect(text).toContain('Nothing was asked of any source yet.')
  } finally {
    await empty.close()
  }
})
