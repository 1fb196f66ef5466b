import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminLink } from '../src/http/index.ts'
import { read } from '../src/http/testing/estate.ts'
import { type TestServer, testServer } from '../src/http/testing/index.ts'
import { systemClock } from '../src/platform/index.ts'
import { providers } from '../src/providers/index.ts'
import { built, enter, launch, look, settled, whyNot } from './console-browser.ts'
import { dist } from './console-server.ts'

/** The page's own world, inside the functions that are sent to it. */
// biome-ignore lint/suspicious/noExplicitAny: the DOM's types would reach the server's code from here
declare const document: any, window: any, navigator: any

const reason = whyNot()
if (reason) console.log(`skipped: the console by keyboard, because ${reason}`)

const user = (name: string) =>
  ({
    kind: 'identity',
    type: 'linux_user',
    key: `host:ops/user/${name}`,
    name,
    attributes: { accountKind: 'service' },
  }) as const
const INBOX = '/inbox?person=person%3Amara%40larkfield.example'
const CARD = '/identities/host%3Aops%2Fuser%2Fservice-1'

describe.skipIf(reason !== null)('the console by keyboard and without a mouse, colour or motion', () => {
  let server: TestServer
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let wrong: string[]
  let finding: string

  beforeAll(async () => {
    built()
    server = await testServer({ consoleFolder: dist, providers })
    await read(server.database, [
      { kind: 'resource', type: 'linux_host', key: 'host:ops', name: 'ops', environment: 'production' },
      ...Array.from({ length: 60 }, (_, i) => user(`service-${i}`)),
      ...Array.from({ length: 60 }, (_, i) => ({
        from: 'host:ops',
        verb: 'contains' as const,
        to: `host:ops/user/service-${i}`,
      })),
      { kind: 'person', type: 'person', key: 'person:mara@larkfield.example', name: 'Mara Quill' },
    ])
    for (const n of [10, 11, 12])
      await (await server.as('admin'))('PUT', `/v1/entities/host%3Aops%2Fuser%2Fservice-${n}/owner`, {
        body: { person: 'person:mara@larkfield.example' },
      })
    browser = await launch()
    const seen = await look(browser, server.url)
    ;({ page, context, wrong } = seen)
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await enter(page, server.url + (await adminLink(server.db, systemClock)).path)
    await open('/findings')
    finding = (await page.locator('.finding-group h2 a').first().getAttribute('href'))!
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  const open = async (path: string, at = page) => {
    await at.goto(server.url + path)
    await settled(at)
    await at.evaluate(() => document.getElementById('main')?.focus())
  }
  const press = async (keys: string) => {
    for (const key of keys.split(' ')) await page.keyboard.press(key)
  }
  const at = (path: string) => page.waitForURL((url) => url.pathname === path)
  const copied = () => page.evaluate(() => navigator.clipboard.readText())
  const focused = (selector: string) =>
    page.waitForFunction((one) => document.activeElement?.matches(one) === true, selector)
  const title = (text: string) => page.waitForSelector(`dialog[open] h2 >> text=${text}`)

  /** The map of keys: where they are pressed, and what must have happened then. */
  const MAP: readonly (readonly [keys: string, on: string, does: () => Promise<unknown>])[] = [
    ['Control+k', '/findings', () => focused('.palette [role=combobox]')],
    ['Meta+k', '/findings', () => focused('.palette [role=combobox]')],
    ['/', '/identities', () => focused('.query input')],
    ['/', '/findings', () => focused('.query input')],
    ['?', '/settings', () => title('Keys')],
    ['g o', '/identities', () => at('/')],
    ['g i', '/', () => at('/identities')],
    ['g r', '/', () => at('/reach')],
    ['g e', '/', () => at('/expiry')],
    ['g f', '/', () => at('/findings')],
    ['g w', '/', () => at('/owners')],
    ['g c', '/', () => at('/connections')],
    ['j', '/identities', () => focused('.roll tr[data-index="0"] a')],
    ['j j k', '/identities', () => focused('.roll tr[data-index="0"] a')],
    ['j', '/findings', () => focused('.finding-group h2 a')],
    ['j j k', '/findings', () => focused('.finding-group h2 a')],
    ['j Enter', '/identities', () => page.waitForURL('**/identities/host*')],
    ['j Enter', '/findings', () => page.waitForURL('**/findings/F-*')],
    ['j Space', '/identities', () => page.waitForSelector('.peek')],
    ['j x', '/identities', () => page.waitForSelector('.roll tr[data-index="0"][aria-selected="true"]')],
    [
      'j x j j Shift+X',
      '/identities',
      async () => {
        await page.waitForSelector('.roll tr[data-index="2"][aria-selected="true"]')
        expect(await page.locator('.roll tr[aria-selected="true"]').count()).toBe(3)
      },
    ],
    ['a', CARD, () => title('Who answers for it')],
    ['j a', '/findings', () => title('Who answers for it')],
    ['1', INBOX, () => page.waitForSelector('.toast >> text=still needed')],
    ['2', INBOX, () => title('Whose is it')],
    ['3', INBOX, () => page.waitForSelector('.toast >> text=needed no longer')],
    ['m', 'finding', () => title('Mute')],
    ['j m', '/findings', () => title('Mute')],
    ['p', 'finding', () => page.waitForSelector('dialog[open] h2')],
    [
      'c',
      CARD,
      async () => {
        await page.waitForSelector('.toast')
        expect(await copied()).toBe('host:ops/user/service-1')
      },
    ],
    [
      'Shift+C',
      '/findings?by=rule',
      async () => {
        await page.waitForSelector('.toast')
        expect(await copied()).toBe(`${server.url}/findings?by=rule`)
      },
    ],
    ['t', '/settings', () => page.waitForSelector('html[data-theme="dark"]')],
    ['? Escape', '/settings', () => page.waitForSelector('dialog[open]', { state: 'detached' })],
    ['j Space Escape', '/identities', () => page.waitForSelector('.peek', { state: 'detached' })],
    ['j x Escape', '/identities', () => page.waitForSelector('.roll tr[aria-selected="true"]', { state: 'detached' })],
  ]

  test.each(MAP)('%s on %s', async (keys, on, does) => {
    await page.evaluate(() => window.localStorage.clear())
    await open(on === 'finding' ? finding : on)
    await press(keys)
    await does()
    await page.evaluate(() => window.localStorage.clear())
  })

  test('the list of keys names every one of the map, and no other', async () => {
    await open('/settings')
    await press('?')
    const named = new Set(
      (await page.locator('dialog[open] .keys kbd').allTextContents()).map(
        (key) => ({ '⌘K': 'k', K: 'k', '↵': 'enter', '⇧X': 'shift+x', '⇧C': 'shift+c', esc: 'escape' })[key] ?? key,
      ),
    )
    const pressed = new Set(
      MAP.flatMap(([keys]) => keys.split(' ')).map((key) => key.toLowerCase().replace(/^(control|meta)\+/, '')),
    )
    expect([...named].sort()).toEqual([...pressed].sort())
  })

  test('in a field each single key is a letter of it; switched off none does anything', {
    timeout: 120_000,
  }, async () => {
    const state = () =>
      page.evaluate(() => [window.location.href, document.activeElement?.id, document.documentElement.dataset.theme])
    const letters = [...new Set(MAP.flatMap(([keys]) => keys.split(' ')).filter((key) => key.length === 1))]
    await open('/identities')
    const field = page.locator('.query input')
    await field.focus()
    for (const letter of letters) await page.keyboard.press(letter)
    expect(await field.inputValue()).toBe(letters.join(''))
    expect(await page.locator('dialog[open], .peek').count()).toBe(0)

    await open('/settings')
    await page.getByLabel('Single letters act').uncheck()
    for (const path of ['/identities', '/findings', CARD, finding]) {
      await open(path)
      const before = await state()
      for (const letter of [...letters, 'g', 'o', 'Shift+X', 'Shift+C']) await page.keyboard.press(letter)
      expect(await state()).toEqual(before)
      expect(await page.locator('dialog[open], .peek, .toast').count()).toBe(0)
    }
    // What is no letter still goes.
    await press('Control+k')
    await focused('.palette [role=combobox]')
    await page.evaluate(() => window.localStorage.clear())
  })

  test('a page that is gone to has the focus, and so has what opened a layer when that is closed', {
    timeout: 120_000,
  }, async () => {
    await open('/')
    for (const [name, path] of [
      ['Inventory', '/identities'],
      ['Findings', '/findings'],
      ['Owners', '/owners'],
      ['Reach', '/reach'],
      ['Expiry', '/expiry'],
      ['Connections', '/connections'],
      ['Reports', '/reports'],
      ['Rules', '/rules'],
      ['Audit', '/audit'],
    ] as const) {
      await page
        .locator('.side')
        .getByRole('link', { name: new RegExp(`^${name}`) })
        .click()
      await at(path)
      await focused('#main')
    }
    const openers: readonly (readonly [string, string])[] = [
      ['/', '.side .find'],
      [CARD, 'button:has-text("Assign")'],
      [finding, 'button:has-text("Mute until…")'],
      ['/settings', 'button:has-text("Make a token")'],
    ]
    for (const [path, opener] of openers) {
      await open(path)
      const button = page.locator(opener).first()
      await button.focus()
      await page.keyboard.press('Enter')
      await page.waitForSelector('dialog[open]')
      expect(await page.evaluate(() => document.activeElement.closest('dialog[open]') !== null)).toBe(true)
      await page.keyboard.press('Escape')
      await page.waitForSelector('dialog[open]', { state: 'detached' })
      expect([path, await button.evaluate((one) => one === document.activeElement)]).toEqual([path, true])
    }
    const narrow = await look(browser, server.url, { width: 390 })
    await narrow.context.addCookies(await context.cookies())
    for (const [path, opener] of [
      ['/', '.bottom button'],
      ['/identities', 'button.narrow'],
    ] as const) {
      await open(path, narrow.page)
      const button = narrow.page.locator(opener).first()
      await button.click()
      await narrow.page.waitForSelector('dialog[open]')
      await narrow.page.keyboard.press('Escape')
      await narrow.page.waitForSelector('dialog[open]', { state: 'detached' })
      expect([path, await button.evaluate((one) => one === document.activeElement)]).toEqual([path, true])
    }
    await narrow.context.close()
  })

  const PAGES = () => [
    '/',
    '/identities',
    CARD,
    '/findings',
    finding,
    '/reach',
    '/expiry',
    '/connections',
    '/connections/new',
    '/reports',
    '/reports/pci-dss',
    '/rules',
    '/audit',
    '/settings',
  ]

  test('Tab goes in reading order: nothing jumps the queue, and nothing is turned round on screen', {
    timeout: 120_000,
  }, async () => {
    const found: string[] = []
    for (const path of PAGES()) {
      await open(path)
      found.push(
        ...(await page.evaluate((on) => {
          const said: string[] = []
          for (const one of document.querySelectorAll('[tabindex]'))
            if (one.tabIndex > 0) said.push(`${on}: tabindex ${one.tabIndex} on ${one.outerHTML.slice(0, 80)}`)
          for (const one of document.querySelectorAll('body *')) {
            const style = window.getComputedStyle(one)
            if (style.order !== '0' || /reverse/.test(style.flexDirection) || /reverse/.test(style.flexWrap))
              said.push(`${on}: turned round: ${one.outerHTML.slice(0, 80)}`)
          }
          return said
        }, path)),
      )
    }
    expect(found).toEqual([])
  })

  test('what is pressed is 24 px each way at least, and 44 px high for a finger', { timeout: 180_000 }, async () => {
    const found: string[] = []
    for (const [width, least] of [
      [1440, 24],
      [390, 44],
    ] as const) {
      const seen = await look(browser, server.url, { width })
      await seen.context.addCookies(await context.cookies())
      if (width === 390)
        expect(await seen.page.evaluate(() => window.matchMedia('(pointer: coarse)').matches)).toBe(true)
      for (const path of PAGES()) {
        await open(path, seen.page)
        found.push(
          ...(await seen.page.evaluate(
            ([on, px]) => {
              // Links that stand in a sentence, a list or a cell are as high as their line; the rest is pressed.
              const pressed =
                'button, input, select, textarea, summary, .button, .place, .tabs a, .bottom a, .choice-line, .icon-button'
              return [...document.querySelectorAll(pressed)].flatMap((one) => {
                const label = one.closest('label')
                const box = (
                  one.matches('[type=checkbox], [type=radio]') && label ? label : one
                ).getBoundingClientRect()
                // At 390 px the head of a table is for readers of screens alone.
                const inLine =
                  one.matches('.link') ||
                  one.closest('p, .copy-line') !== null ||
                  (px > 24 && one.closest('thead') !== null)
                if (box.width === 0 || inLine || (box.height >= px - 0.5 && box.width >= 23.5)) return []
                return [
                  `${on}: ${Math.round(box.width)} × ${Math.round(box.height)}, not ${px}: ${one.outerHTML.slice(0, 90)}`,
                ]
              })
            },
            [path, least] as const,
          )),
        )
      }
      await seen.context.close()
    }
    expect([...new Set(found)]).toEqual([])
  })

  test('whoever wants no motion gets none', { timeout: 120_000 }, async () => {
    const moving: string[] = []
    for (const path of PAGES()) {
      await open(path)
      moving.push(
        ...(await page.evaluate(
          (on) =>
            [...document.querySelectorAll('body *')].flatMap((one) => {
              const style = window.getComputedStyle(one)
              const longest = Math.max(
                ...`${style.transitionDuration}, ${style.animationDuration}`
                  .split(',')
                  .map((time) => Number.parseFloat(time)),
              )
              return longest > 0 ? [`${on}: ${longest} s: ${one.outerHTML.slice(0, 80)}`] : []
            }),
          path,
        )),
      )
    }
    expect(moving).toEqual([])
    const still = await browser.newContext({ reducedMotion: 'no-preference' })
    await still.addCookies(await context.cookies())
    const other = await still.newPage()
    await open('/findings', other)
    const longest = await other.evaluate(() =>
      Math.max(
        ...[...document.querySelectorAll('body *')].map((one) =>
          Number.parseFloat(window.getComputedStyle(one).transitionDuration),
        ),
      ),
    )
    expect(longest).toBeGreaterThan(0)
    expect(longest).toBeLessThanOrEqual(0.16)
    await still.close()
  })

  test('where colours are forced, marks stay, in the colour of text, and edges of what is pressed are drawn', async () => {
    await open('/findings')
    await page.emulateMedia({ forcedColors: 'active' })
    const seen = await page.evaluate(() => {
      const mark = document.querySelector('.finding-group .mark')
      const text = document.createElement('span')
      text.style.color = 'CanvasText'
      document.body.append(text)
      const button = document.querySelector('main .button')
      return {
        mark: window.getComputedStyle(mark).color,
        text: window.getComputedStyle(text).color,
        size: mark.getBoundingClientRect().width,
        edge: window.getComputedStyle(button).borderTopWidth,
      }
    })
    await page.emulateMedia({ forcedColors: 'none' })
    expect(seen.mark).toBe(seen.text)
    expect(seen.size).toBeGreaterThanOrEqual(16)
    expect(seen.edge).toBe('1px')
  })

  test('the table tells how long it is, where a row stands and how it is ordered', async () => {
    await open('/identities')
    const table = page.locator('table.roll')
    expect(await table.getAttribute('aria-rowcount')).toBe('61')
    const places = await table
      .locator('tbody tr[data-index]')
      .evaluateAll((rows) =>
        rows.map(
          (row: { getAttribute(name: string): string | null }) =>
            Number(row.getAttribute('aria-rowindex')) - Number(row.getAttribute('data-index')),
        ),
      )
    expect(new Set(places)).toEqual(new Set([2]))
    const head = table.locator('th', { has: page.getByRole('button', { name: 'Last used' }) })
    expect(await head.getAttribute('aria-sort')).toBe('none')
    await head.getByRole('button').click()
    await page.waitForURL('**sort=*')
    await page.waitForSelector('th[aria-sort="descending"] >> text=Last used')
    await head.getByRole('button').click()
    await page.waitForSelector('th[aria-sort="ascending"] >> text=Last used')
  })

  test('nothing went wrong meanwhile', () => {
    expect(wrong).toEqual([])
  })
})
