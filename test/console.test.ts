import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { axe, built, launch, look, settled, whyNot } from './console-browser.ts'
import { type ConsoleServer, consoleServer, type Mood } from './console-server.ts'

/** The page's own world, inside the functions that are sent to it. */
// biome-ignore lint/suspicious/noExplicitAny: the DOM's types would reach the server's code from here
declare const document: any, window: any, localStorage: any, sessionStorage: any

const reason = whyNot()
if (reason) console.log(`skipped: the console in a browser, because ${reason}`)

const CARD = '/identities/host%3Aops-02%2Fidentity%2Fci-deployer'
const PAGES: readonly (readonly [name: string, path: string, mood?: Mood])[] = [
  ['overview', '/'],
  ['overview, nothing read', '/welcome', { empty: true }],
  ['overview, all whole', '/', { whole: true }],
  ['first run', '/welcome'],
  ['inventory', '/identities'],
  ['inventory of credentials', '/identities?kind=credential'],
  ['inventory, no match', '/identities?q=zzz'],
  ['inventory, a wrong word', '/identities?q=onwer%3Anone'],
  ['inventory, failed', '/identities', { fails: { path: '/v1/entities', status: 503, code: 'store/timeout' } }],
  ['inventory, nothing read', '/identities', { empty: true }],
  ['card', CARD],
  ['card of a hostile name', '/identities/host%3Aops-02%2Fidentity%2Fhostile'],
  ['card, gone', '/identities/host%3Anever'],
  ['findings', '/findings'],
  ['findings by identity', '/findings?by=identity'],
  ['findings, none', '/findings', { empty: true }],
  ['finding', '/findings/F-1040'],
  ['finding, closed', '/findings/F-1044'],
  ['finding, muted', '/findings/F-1043'],
  ['finding, unknown', '/findings/F-1045'],
  ['finding, asked', '/findings/F-1042'],
  ['connections', '/connections'],
  [
    'connections, no right',
    '/connections',
    { role: 'owner', fails: { path: '/v1/connections', status: 403, code: 'access/role' } },
  ],
  ['connection', '/connections/postgres-orders'],
  ['connection, running', '/connections/git-checkout'],
  ['connect', '/connections/new'],
  ['connect a server', '/connections/new/postgres'],
  ['settings of a connection', '/connections/postgres-orders/settings'],
  ['rules', '/rules'],
  ['rule', '/rules/host-sudo-without-password'],
  ['audit', '/audit'],
  ['settings', '/settings'],
  ['sign in', '/sign-in', { signedOut: true }],
  ['an address that leads nowhere', '/nowhere'],
]

describe.skipIf(reason !== null)('the console in a browser', () => {
  let server: ConsoleServer
  let browser: Browser

  beforeAll(async () => {
    built()
    server = await consoleServer()
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })
  beforeEach(() => {
    server.mood = {}
    server.heard.length = 0
  })

  const open = async (path: string, at: Parameters<typeof look>[2] = {}) => {
    const seen = await look(browser, server.url, at)
    await seen.page.goto(server.url + path)
    await settled(seen.page)
    return seen
  }

  for (const theme of ['light', 'dark'] as const) {
    for (const width of [1440, 390]) {
      test(`every page in ${theme} at ${width}: nothing for axe, no error, nothing from elsewhere, no sideways scrolling, one h1`, {
        timeout: 240_000,
      }, async () => {
        const { page, wrong, context } = await look(browser, server.url, { theme, width })
        const found: string[] = []
        for (const [name, path, mood = {}] of PAGES) {
          server.mood = mood
          await page.goto(server.url + path)
          await settled(page)
          for (const line of await axe(page)) found.push(`${name}: ${line}`)
          const state = await page.evaluate(() => ({
            over: document.documentElement.scrollWidth - window.innerWidth,
            titles: document.querySelectorAll('h1').length,
            owned: document.title === 'owned' || document.querySelector('img') !== null,
          }))
          if (state.over > 0) found.push(`${name}: ${state.over} px wider than the window`)
          if (state.titles !== 1) found.push(`${name}: ${state.titles} h1`)
          if (state.owned) found.push(`${name}: a name became markup`)
        }
        await context.close()
        expect([...found, ...wrong]).toEqual([])
      })
    }
  }

  test('at 320 px and at twice the size of text nothing is lost sideways', { timeout: 120_000 }, async () => {
    const found: string[] = []
    for (const [width, size] of [
      [320, '100%'],
      [1280, '200%'],
    ] as const) {
      const { page, context } = await look(browser, server.url, { width })
      for (const [name, path, mood = {}] of PAGES) {
        server.mood = mood
        await page.goto(server.url + path)
        await settled(page)
        const over = await page.evaluate((fontSize) => {
          document.documentElement.style.fontSize = fontSize
          return document.documentElement.scrollWidth - window.innerWidth
        }, size)
        if (over > 0) found.push(`${name} at ${width} px, text ${size}: ${over} px wider`)
      }
      await context.close()
    }
    expect(found).toEqual([])
  })

  test('the first stop of Tab leads past the places, and focus can be seen', async () => {
    const { page, context } = await open('/findings')
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('To the content')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    const [inMain, outline] = await page.evaluate(() => [
      document.activeElement?.closest('main') !== null,
      window.getComputedStyle(document.activeElement).outlineWidth,
    ])
    expect(inMain).toBe(true)
    expect(outline).toBe('2px')
    await context.close()
  })

  test('a pasted id leads to its card; a pasted secret is held back, then sent once, and is nowhere afterwards', async () => {
    const { page, wrong, context } = await open('/findings')
    await page.keyboard.press('Control+k')
    await page.keyboard.type('AKIAIOSFODNN7EXAMPLE')
    await page.waitForSelector('.palette-card dl')
    expect(await page.locator('.palette-card').textContent()).toContain('With care')
    const secret = `ghp_${'aZ3kP9qLm2Xc7Vb5Nn8RtY4uWs6DfG1hJ0Kl'}`
    await page.getByRole('combobox').fill(secret)
    await page.waitForSelector('.held')
    expect(await page.locator('.held').textContent()).toContain('Not sent yet. An id would do and is safer.')
    await page.waitForTimeout(200)
    expect(server.heard.filter((line) => line.includes(secret))).toEqual([])
    await page.getByRole('button', { name: 'Look for its fingerprint' }).click()
    await page.waitForSelector('text=We have never seen this key')
    expect(server.heard.filter((line) => line.includes(secret))).toEqual([`POST /v1/find/secret {"value":"${secret}"}`])
    const left = await page.evaluate(
      () =>
        document.documentElement.outerHTML +
        window.location.href +
        JSON.stringify({ ...localStorage, ...sessionStorage }) +
        [...document.querySelectorAll('input')].map((field) => field.value).join(),
    )
    expect(left).not.toContain(secret)
    await page.getByRole('combobox').fill('backup')
    await page.waitForSelector('[role=option]')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/identities/host*')
    await context.close()
    expect(wrong).toEqual([])
  })

  test('a one-time link signs in, leaves the address at once, and a used one says what to do', async () => {
    server.mood = { signedOut: true }
    const { page, context } = await look(browser, server.url)
    await page.goto(`${server.url}/findings`)
    await page.waitForURL('**/sign-in?to=%2Ffindings')
    await page.goto(`${server.url}/sign-in?to=%2Ffindings#link_of-a-day-long-gone`)
    await page.waitForSelector('.refusal')
    expect(page.url()).not.toContain('link_')
    expect(await page.locator('.refusal').textContent()).toContain('older than an hour')
    server.mood = {}
    await page.getByLabel('One-time link').fill(`${server.url}/sign-in#link_that-still-is-good`)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL('**/findings')
    expect(server.heard).toContain('POST /v1/session  {"link":"link_that-still-is-good"}'.replace('  ', ' '))
    await context.close()
  })

  test('a source is tested before it can be saved, and its secret is a password field', async () => {
    const { page, context } = await open('/connections/new/postgres')
    const save = page.getByRole('button', { name: /^Save and read it/ })
    expect(await save.isDisabled()).toBe(true)
    await page.getByLabel('Host').fill('nowhere')
    await page.getByLabel('Role').fill('reeve')
    expect(await page.getByLabel('Password').getAttribute('type')).toBe('password')
    await page.getByRole('button', { name: 'Test' }).click()
    await page.waitForSelector('.tested.failed')
    await page.getByLabel('Host').fill('orders-db')
    expect(await save.isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Test' }).click()
    await page.waitForSelector('.tested:not(.failed)')
    await save.click()
    await page.waitForURL('**/connections/postgres-orders')
    expect(
      server.heard.some((line) =>
        line.startsWith(
          'POST /v1/connections {"provider":"postgres","settings":{"host":"orders-db","port":5432,"user":"reeve","tls":"verify"}',
        ),
      ),
    ).toBe(true)
    await context.close()
  })

  test('rows far down are read by their place, and the table says how many there are', async () => {
    const { page, context } = await open('/identities')
    expect(await page.locator('table.roll').getAttribute('aria-rowcount')).toBe('313')
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight))
    await page.waitForSelector('tr[data-index="311"] .title')
    expect(await page.locator('tr[data-index="311"]').getAttribute('aria-rowindex')).toBe('313')
    expect(await page.locator('tbody tr').count()).toBeLessThan(60)
    await context.close()
  })

  test('what an owner may not see is not among the places, and no write is offered to a viewer', async () => {
    server.mood = { role: 'owner' }
    const owner = await open('/')
    expect(await owner.page.locator('.side .place').allTextContents()).toEqual(['Overview', 'Inventory312', 'Inbox'])
    await owner.context.close()
    server.mood = { role: 'viewer' }
    const viewer = await open('/findings/F-1040')
    const offered = await viewer.page.locator('main button:visible').allTextContents()
    // To plan and to copy changes nothing.
    expect(offered.filter((text) => !/^(Plan|Copy)/.test(text))).toEqual([])
    await viewer.context.close()
  })

  test('marks are told apart without colour', async () => {
    const { page, context } = await open('/stories.html')
    await page.emulateMedia({ forcedColors: 'active' })
    const shapes = await page.evaluate(() =>
      [...document.querySelectorAll('[data-part=mark] [data-theme=light] svg.mark')].map((mark) => mark.innerHTML),
    )
    expect(new Set(shapes).size).toBe(8)
    await context.close()
  })
})
