/** Reports in a real browser on a real server: every number against its rows, evidence with its dates, and each state of the pages. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminLink } from '../src/http/index.ts'
import { read } from '../src/http/testing/estate.ts'
import { type TestServer, testServer } from '../src/http/testing/index.ts'
import { systemClock } from '../src/platform/index.ts'
import { openAsAdmin, wrongAnywhere } from './console-admin.ts'
import { axe, built, enter, type Look, launch, look, settled, whyNot } from './console-browser.ts'
import { dist } from './console-server.ts'

const reason = whyNot()
if (reason) console.log(`skipped: reports in a browser, because ${reason}`)

const HOSTILE = `<img src=x onerror="document.title='owned'"> \u202Egnp.exe\n${'long '.repeat(900)}`
const DAY = 86_400_000
const NOW = new Date('2026-11-24T09:00:00.000Z')
const clock = { ...systemClock, now: () => NOW }
const before = (days: number): Date => new Date(NOW.getTime() - days * DAY)

const account = (name: string, lastUsed: number | null) =>
  ({
    kind: 'identity',
    type: 'demo_user',
    key: `demo:user/${name}`,
    name: name === 'hostile' ? HOSTILE : name,
    ...(lastUsed === null
      ? { lastUsed: { unknown: 'the log is refused', permission: 'logs.read' } }
      : { lastUsed: { value: before(lastUsed).toISOString() } }),
  }) as const
const estate = [
  { kind: 'person', type: 'person', key: 'person:mara@larkfield.example', name: 'Mara Quill' } as const,
  account('billing', 1),
  account('hostile', 400),
  account('dark', null),
  { from: 'person:mara@larkfield.example', verb: 'owns' as const, to: 'demo:user/billing' },
]
const lines = [
  { scope: 'eu', expected: 6, obtained: 4, refused: 2, reason: '403 on eu', permission: 'demo.read in eu' },
]
const ROWS = '/reports/cis-controls?control=5.3&evidence=in-use&state=not-met'

describe.skipIf(reason !== null)('reports', () => {
  let server: TestServer
  let browser: Browser

  beforeAll(async () => {
    built()
    server = await testServer({ consoleFolder: dist, clock })
    await server.database.pool.query(
      `insert into discover.connection (id, provider, label, settings, version, shown, secrets, created_at, created_by, changed_at)
       values ('host-ops', 'host', 'Host ops', '', 1, '{}', '{}', $1, 'test', $1)`,
      [before(40)],
    )
    await read(server.database, estate.slice(0, 2), { at: before(30) })
    await read(server.database, estate, { at: new Date(NOW.getTime() - 3_600_000), lines })
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  const open = (path: string, at: Look = {}) => openAsAdmin(browser, server, clock, path, at)

  test('in both themes, wide and narrow: nothing for axe, no error, one h1, no sideways scrolling, no name that became markup', {
    timeout: 180_000,
  }, async () => {
    const found = await wrongAnywhere(
      open,
      server,
      ['/reports', '/reports/cis-controls', '/reports/pci-dss?control=8.6.2', ROWS, '/reports?as-of=2026-11-02'],
      async (page) => {
        for (const details of await page.locator('details').all())
          await details.evaluate((one) => one.setAttribute('open', ''))
      },
    )
    expect(found).toEqual([])
  })

  test('every number of every standard leads to as many rows', { timeout: 240_000 }, async () => {
    const { page, context, wrong } = await open('/reports')
    const standards = await page
      .locator('table a.title')
      .evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''))
    expect(standards).toHaveLength(10)
    const numbers = new Map<string, number>()
    for (const standard of standards) {
      await page.goto(server.url + standard)
      await settled(page)
      const links = await page
        .locator('.evidence-numbers a')
        .evaluateAll((all) => all.map((a) => [a.getAttribute('href') ?? '', a.textContent ?? ''] as [string, string]))
      for (const [href, text] of links) numbers.set(href, Number(text.replaceAll(/\s/g, '')))
    }
    expect(numbers.size).toBeGreaterThan(60)
    // All are compared with what the server lists; some of each standard in the browser too.
    let seen = 0
    const differ: string[] = []
    for (const [href, says] of numbers) {
      const { pathname, searchParams } = new URL(href, server.url)
      const asked = `/v1/frameworks/${pathname.split('/').at(-1)}/rows?${searchParams}&limit=500`
      const { rows, total } = (await page.evaluate((path) => fetch(path).then((answer) => answer.json()), asked)) as {
        rows: unknown[]
        total: number
      }
      if (rows.length !== says || total !== says) differ.push(`${href} says ${says}, has ${rows.length} of ${total}`)
      if (seen++ % 12 > 0) continue
      await page.goto(server.url + href)
      await settled(page)
      const shown = await page.locator('.evidence-rows tbody tr').count()
      const said = await page.locator('.answer b').first().textContent()
      if (shown !== says || Number.parseInt(said ?? '', 10) !== says)
        differ.push(`${href} shows ${shown}, says ${said}`)
    }
    expect(differ).toEqual([])
    expect(wrong).toEqual([])
    await context.close()
  })

  test('the numbers in short lead to their rows', { timeout: 120_000 }, async () => {
    const { page, context } = await open('/reports')
    const links = await page
      .locator('.in-short .numbers a')
      .evaluateAll((all) => all.map((a) => [a.textContent ?? '', a.getAttribute('href') ?? ''] as [string, string]))
    expect(links.length).toBeGreaterThan(8)
    for (const [text, href] of links) {
      const { pathname, searchParams } = new URL(href, server.url)
      const q = new URLSearchParams({ q: searchParams.get('q') ?? '', limit: '1' })
      const path = pathname === '/identities' ? '/v1/entities' : '/v1/findings'
      const total = (await page.evaluate(
        (at) =>
          fetch(at).then((answer) => answer.json().then((body) => (body as { total: { count: number } }).total.count)),
        `${path}?${q}`,
      )) as number
      expect([href, Number(text.replaceAll(/\s/g, ''))]).toEqual([href, total])
    }
    const said = (await page.locator('.over-time figcaption').textContent()) ?? ''
    expect(said).toContain('on 25 October')
    expect(said).toContain('on 24 November')
    await context.close()
  })

  test('evidence has its dates, its findings, its rules and the listings it rests on; what was not read is drawn as unknown', async () => {
    const { page, context } = await open('/reports/cis-controls?control=5.3')
    const item = page.locator('.evidence > li').first()
    const says = ((await item.textContent()) ?? '').replaceAll(/\s+/g, ' ')
    expect(says).toContain('3 identities: met for 1, not met for 1, unknown for 1')
    expect(says).toContain('Judged today 08:00. Read from today 08:00 on.')
    expect(says).toContain('1 finding')
    expect(says).toContain('1 listing of 1 was not read whole')
    await item.locator('summary').click()
    const rests = ((await item.locator('details').textContent()) ?? '').replaceAll(/\s+/g, ' ')
    expect(rests).toContain('An identity has not been used for months and still works')
    expect(rests).toContain('403 on eu; demo.read in eu would answer it')
    await item.getByRole('link', { name: '1 finding', exact: true }).click()
    await page.waitForURL('**/findings?q=*')
    await page.locator('.answer', { hasText: '1' }).waitFor()
    await page.goBack()
    await page.waitForSelector('.evidence')
    await page.locator('.evidence-numbers a', { hasText: '1' }).nth(1).click()
    await page.waitForURL('**/reports/cis-controls?control=5.3&evidence=in-use&state=not-met')
    await page.waitForSelector('.evidence-rows')
    expect(await page.locator('.evidence-rows tbody tr').count()).toBe(1)
    expect(await page.locator('.evidence-rows').textContent()).toContain('<img src=x onerror=')
    expect(await page.locator('.crumb').textContent()).toContain('5.3')
    await context.close()
  })

  test('the page says what is met, not met and unknown, never a percentage alone, and where a list is not whole', async () => {
    const { page, context } = await open('/reports')
    const says = ((await page.locator('.answer').textContent()) ?? '').replaceAll(/\s+/g, ' ')
    expect(says).toMatch(
      /^Of \d+ controls in 10 standards \d+ (is|are) met, \d+ (is|are) not met and \d+ (is|are) unknown/,
    )
    expect(await page.locator('main').textContent()).toContain(
      'No control is called met where a listing that it leans on is missing.',
    )
    expect(await page.locator('.answer').textContent()).not.toContain('%')
    expect(await page.locator('.side .place[href="/reports"]').textContent()).toContain('Reports')
    await context.close()
  })

  test('the paper is a download of the same bytes each time, of one standard or of all, now or as of a day', {
    timeout: 120_000,
  }, async () => {
    const { page, context } = await open('/reports')
    const load = async (): Promise<Buffer> => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'PDF of this snapshot' }).click(),
      ])
      const chunks: Buffer[] = []
      for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
      return Buffer.concat(chunks)
    }
    const [first, second] = [await load(), await load()]
    expect(first.subarray(0, 5).toString()).toBe('%PDF-')
    expect(first.equals(second)).toBe(true)
    await page.goto(`${server.url}/reports/cis-controls`)
    await settled(page)
    const one = await load()
    expect(one.length).toBeLessThan(first.length)
    await page.goto(`${server.url}/reports?as-of=2026-11-02`)
    await settled(page)
    expect((await load()).equals(first)).toBe(false)
    await context.close()
  })

  test('an earlier day shows what was proved then', async () => {
    const { page, context } = await open('/reports?as-of=2026-11-02')
    expect(await page.locator('.answer').textContent()).toContain('1 identity')
    await page.goto(`${server.url}/reports/cis-controls?control=5.3&as-of=2026-11-02`)
    await settled(page)
    const says = ((await page.locator('.evidence > li').first().textContent()) ?? '').replaceAll(/\s+/g, ' ')
    expect(says).toContain('1 identity: met for 1, not met for 0, unknown for 0')
    expect(await page.locator('.evidence-numbers a').first().getAttribute('href')).toContain('state=met')
    await context.close()
  })

  test('loading, failing, not there, nothing read, no right: each says what is so', { timeout: 120_000 }, async () => {
    const { page, context } = await open('/settings')
    const held: (() => void)[] = []
    await page.route(/\/v1\/(frameworks|reports)/, (route) => void held.push(() => void route.continue()))
    await page.goto(`${server.url}/reports`)
    await page.locator('main .skeleton i').first().waitFor()
    expect(await page.locator('main h1').textContent()).toBe('Reports')
    expect((await page.locator('main .answer').textContent())?.match(/\d/)).toBeNull()
    for (const go of held.splice(0)) go()
    await page.unroute(/\/v1\/(frameworks|reports)/)
    const problem = { status: 503, code: 'store/timeout', detail: 'the database did not answer within 5 seconds' }
    await page.route(/\/v1\/frameworks/, (route) =>
      route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
    )
    for (const path of ['/reports', '/reports/pci-dss']) {
      await page.goto(server.url + path)
      await page.waitForSelector('main [role=alert]', { timeout: 20_000 })
      expect(await page.locator('main [role=alert]').textContent()).toContain('store/timeout')
    }
    await page.unroute(/\/v1\/frameworks/)
    await page.goto(`${server.url}/reports/sox`)
    await page.waitForSelector('main .state')
    expect(await page.locator('main').textContent()).toContain('This standard is not there')
    await page.goto(`${server.url}/reports/pci-dss?control=9.9`)
    await page.waitForSelector('main .state')
    expect(await page.locator('main').textContent()).toContain('There is no control 9.9 here')
    await context.close()

    const empty = await testServer({ consoleFolder: dist, clock })
    try {
      const seen = await look(browser, empty.url)
      await enter(seen.page, empty.url + (await adminLink(empty.db, clock)).path)
      await seen.page.goto(`${empty.url}/reports`)
      await seen.page.waitForSelector('h2 >> text=Nothing has been read yet')
      expect(await axe(seen.page)).toEqual([])
      await seen.context.close()
    } finally {
      await empty.close()
    }
  })
})
