/** Every state of owners and the inbox, on an invented estate: what is said, in both themes, at both widths. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { axe, built, launch, look, settled, whyNot } from './console-browser.ts'
import { type ConsoleServer, consoleServer, type Mood } from './console-server.ts'

/** The page's own world, inside the functions that are sent to it. */
// biome-ignore lint/suspicious/noExplicitAny: the DOM's types would reach the server's code from here
declare const document: any, window: any

const reason = whyNot()
if (reason) console.log(`skipped: the states of owners, because ${reason}`)

const FAILED = (what: string) =>
  new RegExp(
    `${what} could not be read[\\s\\S]*\\(store/timeout, request 7f2c\\)\\. Nothing was changed[\\s\\S]*Try again`,
  )

describe.skipIf(reason !== null)('the states of owners and the inbox, on an invented estate', () => {
  let server: ConsoleServer
  let browser: Browser
  beforeAll(async () => {
    built()
    server = await consoleServer()
    browser = await launch()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  const LOOKS = [
    ['light', 1440],
    ['dark', 1440],
    ['light', 390],
    ['dark', 390],
  ] as const
  const LEAVING = '/owners/people/person%3Ajonas'
  const STATES: readonly (readonly [string, Mood, string, ...RegExp[]])[] = [
    [
      'as it mostly is',
      {},
      '/owners',
      /234 of 312 identities have a person who answers for them; 14 answer to somebody who has left; 64 answer to nobody/,
      /This list is 95\.2\s% of what we asked for\./,
      /Of 9 of the 234 we cannot tell whether that person is still here: no directory and no list/,
      /Unknown whether still here: no directory and no list of people names them/,
      /last used\s*Unknown/,
      /Priya Sandoval said that it is not theirs/,
    ],
    [
      'everything owned',
      { whole: true },
      '/owners',
      /312 of 312 identities have a person who answers for them\./,
      /Everything has a person who answered for it/,
      /Next review 2 March 2027/,
    ],
    ['nothing read', { empty: true }, '/owners', /Nothing has been read yet/, /Read something/],
    [
      'an error',
      { fails: { path: '/v1/owners', status: 500, code: 'store/timeout' } },
      '/owners',
      FAILED('The owners'),
    ],
    [
      'no right',
      { fails: { path: '/v1/owners', status: 403, code: 'access/role' } },
      '/owners',
      /You may see this page as operator or admin/,
    ],
    [
      'the queue alone fails',
      { fails: { path: '/v1/owners/queue', status: 500, code: 'store/timeout' } },
      '/owners',
      /234 of 312/,
      FAILED('The queue'),
    ],
    [
      'as it mostly is',
      {},
      LEAVING,
      /Jonas Reyk has left/,
      /They left on 18 November/,
      /Day unknown/,
      /Hand over 5 of 6/,
    ],
    ['nothing to move', { empty: true }, LEAVING, /Nothing that we could read breaks with them/, /nothing has to move/],
    ['an error', { fails: { path: '/v1/owners', status: 500, code: 'store/timeout' } }, LEAVING, FAILED('This person')],
    [
      'nobody of that name',
      { fails: { path: '/v1/owners', status: 404, code: 'http/not-found' } },
      LEAVING,
      /This person is not there/,
    ],
    [
      'as it mostly is',
      {},
      '/inbox',
      /4 wait for you; 2 are overdue/,
      /Overdue since 15 November\. It came to Jonas Reyk first, who has not answered/,
      /Why this came to you/,
      /Mine, still needed/,
    ],
    [
      'nothing waits',
      { whole: true },
      '/inbox',
      /Everything has a person who answered for it/,
      /Next review 2 March 2027/,
    ],
    ['an error', { fails: { path: '/v1/inbox', status: 500, code: 'store/timeout' } }, '/inbox', FAILED('The inbox')],
    [
      'no right',
      { fails: { path: '/v1/inbox', status: 403, code: 'access/role' } },
      '/inbox',
      /You may see this page as operator or admin/,
    ],
  ]

  for (const [name, mood, path, ...says] of STATES)
    test(`${path}, ${name}: said, nothing for axe, and nothing wider`, async () => {
      server.mood = mood
      const found: string[] = []
      for (const [theme, width] of Object.keys(mood).length === 0 ? LOOKS : [LOOKS[0], LOOKS[3]]) {
        const { page, wrong, context } = await look(browser, server.url, { theme, width })
        await page.goto(server.url + path)
        await settled(page)
        const main = page.locator('main')
        for (const words of says) {
          await main
            .filter({ hasText: words })
            .waitFor({ timeout: 5_000 })
            .catch(async () => {
              found.push(`${theme} ${width} does not say ${words}, but: ${(await main.textContent())?.slice(0, 900)}`)
            })
        }
        for (const line of await axe(page)) found.push(`${theme} ${width}: ${line}`)
        const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
        if (over > 0) found.push(`${width}: ${over} px wider than the window`)
        if ((await page.title()) === 'owned') found.push('a name became markup')
        found.push(...wrong)
        await context.close()
      }
      expect(found).toEqual([])
    })

  test('the title stands while the rest comes, without a number', async () => {
    server.mood = {}
    const { page, context } = await look(browser, server.url)
    const held: (() => void)[] = []
    await page.route(/\/v1\/(owners|inbox)/, (route) => void held.push(() => void route.continue().catch(() => {})))
    for (const path of ['/owners', LEAVING, '/inbox']) {
      await page.goto(server.url + path)
      await page.locator('main .skeleton i').first().waitFor()
      expect(await page.locator('main h1').textContent()).toMatch(/^(Owners|Inbox|If this person leaves today)$/)
      expect(await page.locator('main .answer').count()).toBe(0)
      for (const go of held.splice(0)) go()
    }
    await context.close()
  })

  test('layers: naming somebody, a team, a list and a hand-over have nothing for axe and close on esc', async () => {
    server.mood = {}
    const found: string[] = []
    for (const [path, button] of [
      ['/owners', 'Import…'],
      ['/owners', 'Add a team'],
      ['/owners', 'Change'],
      ['/owners', 'Other…'],
      [LEAVING, 'Hand over 5 of 6…'],
      ['/inbox', /^Not mine/],
    ] as const) {
      for (const [theme, width] of [
        ['light', 1440],
        ['dark', 390],
      ] as const) {
        const { page, wrong, context } = await look(browser, server.url, { theme, width })
        await page.goto(server.url + path)
        await settled(page)
        const opener = page.locator('main').getByRole('button', { name: button }).first()
        await opener.click()
        await page.waitForSelector('dialog[open] h2')
        for (const line of await axe(page)) found.push(`${path} ${button} ${theme} ${width}: ${line}`)
        await page.keyboard.press('Escape')
        await page.waitForSelector('dialog[open]', { state: 'detached' })
        if (!(await opener.evaluate((at) => at === document.activeElement))) found.push(`${button}: focus is lost`)
        found.push(...wrong)
        await context.close()
      }
    }
    expect(found).toEqual([])
  })
})
