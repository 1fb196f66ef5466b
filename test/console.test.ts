import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { axe, built, launch, look, settled, whyNot } from './console-browser.ts'
import { type ConsoleServer, consoleServer, dist, HOSTILE, type Mood } from './console-server.ts'

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
  ['stories', '/stories.html'],
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

  test('by keyboard alone: places, rows, peek, open, back, the list of keys', async () => {
    const { page, wrong, context } = await open('/')
    await page.keyboard.press('g')
    await page.keyboard.press('i')
    await page.waitForURL('**/identities')
    await settled(page)
    await page.waitForFunction(
      () => document.activeElement?.id === 'main' && document.querySelector('.roll .title') !== null,
    )
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.waitForFunction(() => document.activeElement?.textContent === 'backup')
    await page.keyboard.press('Space')
    await page.waitForSelector('.peek .touch')
    await page.keyboard.press('j')
    await page.waitForFunction(
      () => document.querySelector('.peek')?.getAttribute('aria-label') === 'Card of orders_app',
    )
    await page.keyboard.press('Escape')
    expect(await page.locator('.peek').count()).toBe(0)
    await page.keyboard.press('x')
    await page.keyboard.press('k')
    await page.keyboard.press('Shift+X')
    expect(await page.locator('.bulk b').textContent()).toBe('2 selected')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/identities/host*')
    await page.goBack()
    await page.waitForURL('**/identities')
    await settled(page)
    await page.keyboard.press('/')
    await page.keyboard.type('owner:none j')
    await page.waitForURL('**/identities?q=owner%3Anone+j')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await page.waitForSelector('dialog[open] .keys')
    await page.keyboard.press('Escape')
    expect(await page.locator('dialog[open]').count()).toBe(0)
    await context.close()
    expect(wrong).toEqual([])
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

  test('single letters switched off do nothing', async () => {
    const { page, context } = await open('/settings')
    await page.getByLabel('Single letters act').uncheck()
    await page.locator('h1').click()
    await page.keyboard.press('g')
    await page.keyboard.press('f')
    await page.keyboard.press('?')
    await page.waitForTimeout(100)
    expect(new URL(page.url()).pathname).toBe('/settings')
    expect(await page.locator('dialog[open]').count()).toBe(0)
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

  test('an id in the address is resolved; a secret in the address is not sent and leaves the address', async () => {
    const { page, context } = await open('/k/AKIAIOSFODNN7EXAMPLE')
    await page.waitForURL('**/identities/host*')
    const secret = `ghp_${'aZ3kP9qLm2Xc7Vb5Nn8RtY4uWs6DfG1hJ0Kl'}`
    await page.goto(`${server.url}/k/${secret}`)
    await page.waitForURL('**/k/held')
    expect(server.heard.filter((line) => line.includes(secret))).toEqual([])
    await context.close()
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

  test('a hostile name stays text in every place it stands', async () => {
    const { page, wrong, context } = await open('/identities')
    const name = await page.locator('tr[data-index="3"] .title').textContent()
    expect(name?.startsWith('<img src=x onerror=')).toBe(true)
    expect(HOSTILE.length).toBe(10_000)
    const height = await page.locator('tr[data-index="3"]').evaluate((row) => row.getBoundingClientRect().height)
    expect(height).toBeLessThan(60)
    await context.close()
    expect(wrong).toEqual([])
  })

  test('a mute asks for a date and a reason, says the act on its button, and can be taken back', async () => {
    const { page, context } = await open('/findings/F-1040')
    await page.getByRole('button', { name: 'Mute until…' }).click()
    const button = page.getByRole('button', { name: 'Mute it' })
    expect(await button.isDisabled()).toBe(true)
    await page.getByLabel('Why, for whoever reads it later').fill('the vendor mends it')
    await button.click()
    await page.waitForSelector('.toast')
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.waitForSelector('text=Open again.')
    expect(server.heard.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'POST /v1/findings/F-1040/mute',
      'POST /v1/findings/F-1040/reopen',
    ])
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

  test('an earlier day is said, kept from list to card, and left with one press', async () => {
    const { page, context } = await open('/identities?as-of=2026-11-17')
    expect(await page.locator('.notice.then').textContent()).toContain('You see 17 November.')
    await page.locator('tr[data-index="1"] .title').click()
    await page.waitForURL('**/identities/host*as-of=2026-11-17')
    await page.getByRole('link', { name: 'Return to now' }).click()
    await page.waitForURL((url) => !url.search.includes('as-of'))
    await page.locator('.notice.then').waitFor({ state: 'detached' })
    await context.close()
  })

  test('what an owner may not see is not among the places, and no write is offered to a viewer', async () => {
    server.mood = { role: 'owner' }
    const owner = await open('/')
    expect(await owner.page.locator('.side .place').allTextContents()).toEqual(['Overview', 'Inventory312'])
    await owner.context.close()
    server.mood = { role: 'viewer' }
    const viewer = await open('/findings/F-1040')
    expect(await viewer.page.locator('main button:visible').allTextContents()).toEqual([])
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

  test('the bytes of the first route stay within their budgets', () => {
    const assets = join(dist, 'assets')
    const gz = (files: readonly string[]) =>
      files.reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file)), { level: 9 }).length, 0)
    const html = readFileSync(join(dist, 'index.html'), 'utf8')
    const first = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => match[1]!)
    const all = readdirSync(assets).map((file) => `assets/${file}`)
    const kb = {
      script: gz(first.filter((file) => file.endsWith('.js'))) / 1000,
      style: gz(all.filter((file) => file.endsWith('.css') && !file.includes('stories'))) / 1000,
      fonts:
        all
          .filter((file) => /-latin-(?!ext).*\.woff2$/.test(file))
          .reduce((sum, file) => sum + readFileSync(join(dist, file)).length, 0) / 1000,
    }
    console.log(
      `first route: ${kb.script.toFixed(1)} kB script, ${kb.style.toFixed(1)} kB style of all pages, ${kb.fonts.toFixed(1)} kB fonts`,
    )
    expect(kb.script).toBeLessThan(120)
    expect(kb.style).toBeLessThan(14)
    expect(kb.fonts).toBeLessThan(46)
  })
})
