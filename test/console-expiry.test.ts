/** The calendar in a real browser on a real server: its numbers against their rows, its keys, its text beside its picture. */
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
if (reason) console.log(`skipped: the calendar in a browser, because ${reason}`)

const HOSTILE = `<img src=x onerror="document.title='owned'"> \u202Egnp.exe\n${'long '.repeat(900)}`
const DAY = 86_400_000
/** Tuesday: the week has days before and after it. */
const NOW = new Date('2026-11-24T09:00:00.000Z')
const clock = { ...systemClock, now: () => NOW }
const ahead = (days: number) => new Date(NOW.getTime() + days * DAY).toISOString()

const key = (name: string, ends: number | null, attributes: Record<string, boolean> = {}) => ({
  kind: 'credential' as const,
  type: 'x509_certificate',
  key: `demo:${name}`,
  name: name === 'hostile' ? HOSTILE : name,
  attributes,
  ...(ends === null ? {} : { expires: { value: ahead(ends) } }),
})
const account = (name: string) =>
  ({ kind: 'identity', type: 'linux_user', key: `host:ops/user/${name}`, name }) as const
const proves = (name: string, who: string) => ({
  from: `demo:${name}`,
  verb: 'authenticates' as const,
  to: `host:ops/user/${who}`,
})

const estate = [
  account('billing'),
  account('nightly'),
  { kind: 'person', type: 'person', key: 'person:mara@larkfield.example', name: 'Mara Quill' } as const,
  { from: 'person:mara@larkfield.example', verb: 'owns' as const, to: 'host:ops/user/billing' },
  key('over', -1),
  key('meter-17', 0.2),
  key('partner', 3),
  key('hostile', 5),
  ...Array.from({ length: 5 }, (_, i) => key(`fleet-${i}`, 9)),
  key('far', 80),
  key('edge', 4, { autoRenew: true }),
  key('silent', null),
  proves('partner', 'billing'),
  proves('silent', 'nightly'),
]

describe.skipIf(reason !== null)('the calendar', () => {
  let server: TestServer
  let browser: Browser

  beforeAll(async () => {
    built()
    server = await testServer({ consoleFolder: dist, clock })
    const lines = [
      { scope: '', expected: 21, obtained: 15, refused: 6, reason: 'sudoers was refused', permission: 'read sudoers' },
    ]
    await server.database.pool.query(
      `insert into discover.connection (id, provider, label, settings, version, shown, secrets, created_at, created_by, changed_at)
       values ('host-ops', 'host', 'Host ops', '', 1, '{}', '{}', $1, 'test', $1)`,
      [new Date(NOW.getTime() - 40 * DAY)],
    )
    await read(server.database, [account('billing'), key('partner', 3)], { at: new Date(NOW.getTime() - 30 * DAY) })
    await read(server.database, estate, { at: new Date(NOW.getTime() - 3_600_000), lines })
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  const open = (path: string, at: Look = {}) => openAsAdmin(browser, server, clock, path, at)

  test('in both themes, wide and narrow: nothing for axe, no error, one h1, no sideways scrolling, no name that became markup', {
    timeout: 120_000,
  }, async () => {
    const found = await wrongAnywhere(open, server, [
      '/expiry',
      '/expiry?from=2027-03-01',
      '/expiry?as-of=2026-11-02',
      '/expiry?from=nonsense',
    ])
    expect(found).toEqual([])
  })

  test('every number leads to as many rows', { timeout: 120_000 }, async () => {
    const { page, context } = await open('/expiry')
    const links = await page
      .locator('.page a[href^="/identities?"]')
      .evaluateAll((all) => all.map((a) => [a.textContent, a.getAttribute('href')] as [string, string]))
    expect(links.map(([text]) => text)).toEqual([
      '8 credentials',
      '1 credential',
      '1 credential',
      '1 identity holds',
      '1 credential',
    ])
    for (const [text, href] of links) {
      await page.goto(server.url + href)
      await settled(page)
      expect([href, await page.locator('table.roll').getAttribute('aria-rowcount')]).toEqual([
        href,
        String(1 + Number.parseInt(text, 10)),
      ])
    }
    await context.close()
  })

  test('the sentence, the partial notice and the place say what is so; what renews itself is in neither picture nor list', async () => {
    const { page, context } = await open('/expiry')
    const says = (await page.locator('.answer').textContent()) ?? ''
    expect(says).toContain('8 credentials end within 30 days and nothing is known to renew them.')
    expect(says).toContain('1 credential has ended already and is still there.')
    expect(says).toContain('Another 1 credential renews itself, as its source says, and is left out.')
    expect(await page.locator('.partial').textContent()).toContain('6 were refused')
    expect(await page.locator('.side .place[href="/expiry"] .count').textContent()).toBe('8 in 30 d')
    expect(await page.locator('.undated').textContent()).toContain(
      '1 identity holds credentials without any date that we could read.',
    )
    expect(await page.locator('.undated').textContent()).toContain('1: not reported by host-ops')
    const names = await page.locator('.agenda .ending-name').allTextContents()
    expect(names).toContain('partner')
    expect(names).not.toContain('edge')
    expect(await page.locator('.calendar').textContent()).not.toContain('edge')
    await context.close()
  })

  test('the agenda says all that the calendar shows, and who answers', async () => {
    const { page, context } = await open('/expiry')
    const drawn = await page.locator('.calendar .ending').evaluateAll((all) => all.map((a) => a.getAttribute('href')))
    const listed = await page
      .locator('.agenda .ending-name')
      .evaluateAll((all) => all.map((a) => a.getAttribute('href')))
    expect(drawn.length).toBeGreaterThan(4)
    expect(listed).toEqual(expect.arrayContaining(drawn))
    const partner = page.locator('.agenda li', { hasText: 'partner' })
    expect(await partner.textContent()).toContain('proves billing; Mara Quill answers')
    expect(await page.locator('.agenda li', { hasText: 'meter-17' }).textContent()).toContain('nobody answers')
    expect(await page.locator('.calendar td[aria-current="date"]').textContent()).toContain('24 November')
    await context.close()
  })

  test('by keyboard: g e, arrows from day to day and line to line, +3 opens the agenda at that day, j and k go on there', async () => {
    const { page, context, wrong } = await open('/')
    await page.keyboard.press('g')
    await page.keyboard.press('e')
    await page.waitForURL('**/expiry')
    await page.waitForSelector('.calendar')
    const focused = () => page.evaluate('document.activeElement.textContent') as Promise<string>
    await page.locator('.calendar .ending').first().focus()
    expect(await focused()).toContain('over')
    await page.keyboard.press('ArrowRight')
    expect(await focused()).toContain('meter-17')
    await page.keyboard.press('ArrowRight')
    expect(await focused()).toContain('partner')
    await page.keyboard.press('ArrowLeft')
    expect(await focused()).toContain('meter-17')
    await page.keyboard.press('End')
    expect(await focused()).toContain('+3')
    await page.keyboard.press('ArrowUp')
    expect(await focused()).toContain('fleet-1')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/expiry#ends-2026-12-03')
    await page.waitForSelector('.agenda h3:target >> text=3 December')
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('fleet-0')
    await page.keyboard.press('j')
    expect(await focused()).toBe('fleet-1')
    await page.keyboard.press('k')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/identities/demo*fleet-0')
    expect(wrong).toEqual([])
    await context.close()
  })

  test('earlier and later are addresses: Back returns, and an empty stretch says when the next end is', async () => {
    const { page, context } = await open('/expiry')
    await page.getByRole('link', { name: 'Later', exact: true }).click()
    await page.waitForURL('**/expiry?from=2027-01-11')
    await page.waitForSelector('.agenda >> text=far')
    await page.getByRole('link', { name: 'Later', exact: true }).click()
    await page.waitForURL('**/expiry?from=2027-03-01')
    await page.waitForSelector('h2 >> text=Nothing ends until 25 April 2027')
    await page.getByRole('link', { name: 'Go there' }).click()
    await page.waitForURL('**/expiry?from=2026-11-24')
    await page.waitForSelector('.calendar >> text=meter-17')
    await page.goBack()
    await page.waitForURL('**/expiry?from=2027-03-01')
    await page.getByRole('link', { name: 'This week' }).click()
    await page.waitForURL('**/expiry')
    await page.waitForSelector('.calendar >> text=meter-17')
    await context.close()
  })

  test('at 390 px there is the agenda and no calendar', async () => {
    const { page, context } = await open('/expiry', { width: 390 })
    expect(await page.locator('.calendar').isVisible()).toBe(false)
    expect(await page.locator('.agenda .ending-name').first().isVisible()).toBe(true)
    await context.close()
  })

  test('an earlier day shows what was to end then', async () => {
    const { page, context } = await open('/expiry?as-of=2026-11-02')
    expect(await page.locator('.agenda .ending-name').allTextContents()).toEqual(['partner'])
    expect(await page.locator('.agenda h3').first().textContent()).toContain('in 25 d')
    await context.close()
  })

  test('nothing that ends, and nothing read at all, are told apart', async () => {
    const empty = await testServer({ consoleFolder: dist, clock })
    try {
      const { page, context } = await look(browser, empty.url)
      await enter(page, empty.url + (await adminLink(empty.db, clock)).path)
      await page.goto(`${empty.url}/expiry`)
      await page.waitForSelector('h2 >> text=Nothing has been read yet')
      await read(empty.database, [account('nightly'), key('silent', null), proves('silent', 'nightly')])
      await page.reload()
      await page.waitForSelector('h2 >> text=Nothing ends within 90 days')
      expect(await page.locator('.undated').textContent()).toContain(
        '1 identity holds credentials without any date that we could read.',
      )
      expect(await axe(page)).toEqual([])
      await context.close()
    } finally {
      await empty.close()
    }
  })
})
