/** The console at an earlier day, on a real server: every page says what it said then, keeps the day, and acts on nothing. */
import { sql } from 'kysely'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createConnection, requestSync, runSync } from '../src/discover/index.ts'
import { adminLink } from '../src/http/index.ts'
import { judge } from '../src/http/testing/estate.ts'
import { type TestServer, testServer } from '../src/http/testing/index.ts'
import { systemClock } from '../src/platform/index.ts'
import { defineProvider, type Edge, type Entity } from '../src/sdk/index.ts'
import { axe, built, enter, launch, look, settled, whyNot } from './console-browser.ts'
import { dist } from './console-server.ts'

const reason = whyNot()
if (reason) console.log(`skipped: the console at an earlier day, because ${reason}`)

const DAY = 86_400_000
let items: (Omit<Entity, 'attributes'> | Edge)[] = []
const demo = defineProvider({
  id: 'demo',
  title: 'Demo system',
  summary: 'Reads accounts of the demo system.',
  config: z.strictObject({ host: z.string() }),
  label: ({ host }) => `${host}:1`,
  connect: async (config) => config,
  collections: [
    {
      id: 'all',
      title: 'All',
      yields: ['demo_user', 'demo_host', 'ssh_key', 'person'],
      needs: ['read all'],
      async *read(_, run) {
        run.ledger.expect(items.filter((item) => !('verb' in item)).length)
        for (const item of items) yield 'verb' in item ? item : { attributes: {}, ...item }
      },
    },
  ],
})
const user = (name: string, shown = name) =>
  ({ kind: 'identity', type: 'demo_user', key: `demo:user/${name}`, name: shown }) as const
const dayOf = (at: Date): string => at.toISOString().slice(0, 10)

describe.skipIf(reason !== null)('the console at an earlier day', () => {
  let server: TestServer
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let wrong: string[]
  let asked: string[]
  const today = systemClock.now()
  const first = new Date(today.getTime() - 20 * DAY)
  const second = new Date(today.getTime() - 5 * DAY)
  /** Between the two reads. */
  const then = dayOf(new Date(today.getTime() - 10 * DAY))
  const before = dayOf(new Date(today.getTime() - 40 * DAY))
  let at: Date | null = first
  let state: Awaited<ReturnType<BrowserContext['storageState']>>

  const sync = async (when: Date, next: typeof items) => {
    at = when
    items = [
      { kind: 'resource', type: 'demo_host', key: 'demo:host', name: 'the host', environment: 'production' },
      { kind: 'person', type: 'person', key: 'person:mara@x.org', name: 'Mara Quill' },
      ...next,
    ]
    await requestSync(server.app.discovery, 'demo-db', 'test')
    const { rows } = await sql<{ id: number }>`select id from discover.run where state = 'waiting'`.execute(server.db)
    for (const { id } of rows) await runSync(server.app.discovery, id)
    await judge(server.database, when)
    at = null
  }

  beforeAll(async () => {
    built()
    const clock = { now: () => at ?? systemClock.now(), sleep: systemClock.sleep }
    server = await testServer({ consoleFolder: dist, providers: [demo], clock })
    await createConnection(server.app.discovery, { provider: 'demo', settings: { host: 'db' }, id: 'demo-db' }, 'test')
    const key = {
      kind: 'credential',
      type: 'ssh_key',
      key: 'ssh:SHA256:ohD8VZEXGWo6Ez8GSEJQ9WpafgLFsOfLOtGGQCQo6Og',
      name: 'deploy@laptop',
      method: 'ssh-key',
      created: { value: '2021-01-01T00:00:00.000Z' },
    } as const
    await sync(first, [
      user('ci', 'ci-deployer'),
      user('old'),
      key,
      { from: key.key, verb: 'authenticates', to: 'demo:user/ci' },
    ])
    await sync(second, [user('ci', 'ci-renamed'), user('late'), user('later')])
    browser = await launch()
    const seen = await look(browser, server.url)
    ;({ page, context, wrong } = seen)
    await enter(page, server.url + (await adminLink(server.db, systemClock)).path)
    state = await context.storageState()
    asked = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname + new URL(request.url()).search))
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  const open = async (path: string) => {
    await page.goto(server.url + path)
    await settled(page)
  }
  const dated = (path: string): string => `${path}${path.includes('?') ? '&' : '?'}as-of=${then}`
  const notice = () => page.locator('.notice.then')

  test('every page says which day it shows, asks for that day alone, and has nothing for axe at either width in either theme', {
    timeout: 300_000,
  }, async () => {
    const finding = (await (await server.as('admin'))('GET', `/v1/findings?by=identity&as-of=${then}`)).body.groups[0]
      .findings[0].id
    const found: string[] = []
    for (const path of [
      '/',
      '/identities',
      '/identities?kind=person',
      '/identities/demo%3Auser%2Fci',
      '/findings',
      `/findings/${finding}`,
      '/connections',
      '/connections/demo-db',
      '/reports',
      '/reports/pci-dss',
      '/rules',
      '/rules/identity-without-owner',
      '/audit',
      '/reach',
      '/expiry',
    ]) {
      for (const width of [1440, 390]) {
        await page.setViewportSize({ width, height: 900 })
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme })
          if (colorScheme === 'light') {
            asked.length = 0
            await open(dated(path))
            expect(await notice().textContent(), path).toContain('You see ')
            const live = asked.filter((one) =>
              /^\/v1\/(?!session|views|bulk|demo|providers|audit\/proof|settings)/.test(one),
            )
            expect(
              live.filter((one) => !one.includes(`as-of=${then}`)),
              path,
            ).toEqual([])
          }
          for (const line of await axe(page)) found.push(`${path} ${width} ${colorScheme}: ${line}`)
        }
      }
    }
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.emulateMedia({ colorScheme: 'light' })
    expect([...found, ...wrong]).toEqual([])
  })

  test('the names, counts and keys are those of then', async () => {
    await open(dated('/identities'))
    await page.waitForSelector('table.roll .title')
    expect((await page.locator('table.roll .title').allTextContents()).sort()).toEqual(['ci-deployer', 'old'])
    expect(await page.locator('.side .place[href^="/identities"] .count').textContent()).toBe('2')
    // Lengths of time too are those of then.
    await open(dated('/'))
    const words = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })
    expect(await page.locator('main').textContent()).toContain(words.format(new Date(then)))
    await open('/identities')
    expect((await page.locator('table.roll .title').allTextContents()).sort()).toEqual(['ci-renamed', 'late', 'later'])
  })

  test('whoever follows links stays in the day, new tabs and copied links too, until they return to now', async () => {
    await open(dated('/'))
    await page.locator('.side .place[href^="/findings"]').click()
    await page.waitForURL((url) => url.pathname === '/findings' && url.searchParams.get('as-of') === then)
    await page.keyboard.press('g')
    await page.keyboard.press('i')
    await page.waitForURL((url) => url.pathname === '/identities' && url.searchParams.get('as-of') === then)
    const place = page.locator('.side .place[href^="/rules"]')
    await place.focus()
    expect(await place.getAttribute('href')).toBe(`/rules?as-of=${then}`)
    await page.goto(`${server.url}/k/${encodeURIComponent('demo:user/ci')}?as-of=${then}`)
    await page.waitForURL((url) => url.pathname.startsWith('/identities/') && url.searchParams.get('as-of') === then)
    await page.waitForSelector('h1 >> text=ci-deployer')
    await notice().getByRole('link', { name: 'Return to now' }).click()
    await page.waitForURL((url) => !url.searchParams.has('as-of'))
    await page.waitForSelector('h1 >> text=ci-renamed')
    expect(await page.locator('.looking-back').count()).toBe(0)
    expect(await place.getAttribute('href')).toBe('/rules')
  })

  test('nothing is done to an earlier day, and nothing of now comes in', async () => {
    await open('/identities/demo%3Auser%2Fci')
    await page.waitForSelector('button:has-text("Assign")')
    await open(dated('/identities/demo%3Auser%2Fci'))
    expect(await page.getByRole('button', { name: 'Assign' }).count()).toBe(0)
    expect(await notice().textContent()).toContain('Nothing can be changed from here')
    asked.length = 0
    await open(dated('/findings'))
    expect(asked.filter((path) => path.startsWith('/v1/events'))).toEqual([])
    await open('/findings')
    expect(asked.filter((path) => path.startsWith('/v1/events'))).toHaveLength(1)
  })

  test('a day is chosen by keyboard: from the palette, and from the frame', async () => {
    await open('/findings')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill('as of')
    await page.waitForSelector('.option[aria-selected="true"] >> text=See the estate as of')
    await page.keyboard.press('Enter')
    const day = page.getByLabel('Day', { exact: true })
    await day.fill(then)
    await day.press('Enter')
    await page.waitForURL((url) => url.pathname === '/findings' && url.searchParams.get('as-of') === then)
    await notice().getByRole('button', { name: 'Another day' }).press('Enter')
    await page.getByLabel('Day', { exact: true }).fill(before)
    await page.getByRole('button', { name: 'See that day' }).press('Enter')
    await page.waitForSelector('h1 >> text=cannot be shown')
    expect(await page.locator('.state').textContent()).toMatch(/Nothing had been read on .+; the first read was on /)
    expect(await page.locator('.looking-back').count()).toBe(0)
    expect(await axe(page)).toEqual([])
    await page.locator('.state').getByRole('link', { name: 'Return to now' }).click()
    await page.waitForURL((url) => !url.searchParams.has('as-of'))
  })

  test('at 390 px the day is chosen from the head of the page', async () => {
    const small = await look(browser, server.url, { width: 390 })
    await small.context.addCookies(state.cookies)
    await small.page.goto(`${server.url}/`)
    await settled(small.page)
    await small.page.getByRole('button', { name: 'See the estate as of an earlier day' }).click()
    expect(await axe(small.page)).toEqual([])
    await small.page.getByLabel('Day', { exact: true }).fill(then)
    await small.page.getByRole('button', { name: 'See that day' }).click()
    await small.page.waitForURL((url) => url.searchParams.get('as-of') === then)
    await small.page.waitForSelector('.notice.then >> text=You see')
    const wide = await small.page.evaluate('document.documentElement.scrollWidth')
    expect(wide).toBe(390)
    await small.context.close()
  })

  test('pages that are of now say so, and keep the day for the others', async () => {
    await open(dated('/settings'))
    expect(await notice().textContent()).toContain('This page is as it is now')
    await page.locator('.side .place[href="/findings"]').click()
    await page.waitForURL((url) => url.pathname === '/findings' && url.searchParams.get('as-of') === then)
  })
})
