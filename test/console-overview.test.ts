/** Overview and first run in a real browser on a real server: one noun, numbers equal to their rows, and every state they have. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createConnection, requestSync, runSync } from '../src/discover/index.ts'
import { openStage } from '../src/graph/index.ts'
import { adminLink } from '../src/http/index.ts'
import { judge, read } from '../src/http/testing/estate.ts'
import { type TestServer, testServer } from '../src/http/testing/index.ts'
import { systemClock } from '../src/platform/index.ts'
import { defineProvider, type Edge, type Entity } from '../src/sdk/index.ts'
import { axe, built, enter, launch, look, settled, whyNot } from './console-browser.ts'
import { dist } from './console-server.ts'

const reason = whyNot()
if (reason) console.log(`skipped: the overview in a browser, because ${reason}`)

const DAY = 86_400_000
const now = Date.now()
const ahead = (days: number) => new Date(now + days * DAY).toISOString()
const account = (name: string, accountKind?: string): Entity => ({
  kind: 'identity',
  type: 'linux_user',
  key: `host:ops/user/${name}`,
  name,
  attributes: accountKind === undefined ? {} : { accountKind },
})
const person = (name: string): Entity => ({
  kind: 'person',
  type: 'person',
  key: `person:${name}@larkfield.example`,
  name: `${name} Quill`,
  attributes: {},
})
const token = (name: string, ends: number, attributes: Record<string, boolean> = {}): Entity => ({
  kind: 'credential',
  type: 'api_token',
  key: `demo:${name}`,
  name,
  method: 'token',
  created: { value: ahead(-400) },
  expires: { value: ahead(ends) },
  attributes,
})
const proves = (name: string, who: string): Edge => ({
  from: `demo:${name}`,
  verb: 'authenticates',
  to: `host:ops/user/${who}`,
})
const owns = (who: string, what: string): Edge => ({
  from: `person:${who}@larkfield.example`,
  verb: 'owns',
  to: `host:ops/user/${what}`,
})

const early: (Entity | Edge)[] = [person('mara'), account('billing', 'service'), owns('mara', 'billing')]
const estate: (Entity | Edge)[] = [
  ...early,
  person('jonas'),
  ...['nightly', 'deploy', 'reports'].map((name) => account(name, 'service')),
  account('jonas', 'human'),
  token('first', 3),
  token('second', 12),
  token('renewed', 1, { autoRenew: true }),
  proves('first', 'billing'),
  proves('second', 'nightly'),
]

/** Where two listings describe the same identities, and the second goes on only when it is told to. */
function slow() {
  const gate = Promise.withResolvers<void>()
  const identities = ['root', 'backup', 'web'].map((name) => account(name, 'service'))
  const provider = defineProvider({
    id: 'orchard',
    title: 'Orchard',
    summary: 'Reads trees, for tests.',
    config: z.strictObject({ place: z.string().meta({ title: 'Place' }) }),
    label: ({ place }) => place,
    connect: async () => {},
    collections: [
      {
        id: 'accounts',
        title: 'Accounts',
        yields: ['linux_user'],
        needs: ['read /etc/passwd'],
        async *read() {
          yield* identities
        },
      },
      {
        id: 'jobs',
        title: 'Jobs',
        yields: ['linux_user'],
        needs: ['read /etc/crontab'],
        async *read() {
          yield* identities
          await gate.promise
          yield account('late', 'service')
        },
      },
    ],
  })
  return { provider, open: () => gate.resolve() }
}

describe.skipIf(reason !== null)('overview and first run', () => {
  let browser: Browser
  beforeAll(async () => {
    built()
    browser = await launch()
  })
  afterAll(async () => browser?.close())

  interface Seen {
    server: TestServer
    page: Page
    context: BrowserContext
    wrong: string[]
    open(path: string): Promise<void>
  }

  async function at(
    options: Parameters<typeof testServer>[0],
    use: (seen: Seen) => Promise<void>,
    how: Parameters<typeof look>[2] = {},
  ): Promise<void> {
    const server = await testServer({ consoleFolder: dist, ...options })
    const { page, context, wrong } = await look(browser, server.url, how)
    try {
      await enter(page, server.url + (await adminLink(server.db, systemClock)).path)
      const open = async (path: string) => {
        await page.goto(server.url + path)
        await settled(page)
      }
      await use({ server, page, context, wrong, open })
    } finally {
      await context.close()
      await server.close()
    }
  }

  const lines = [
    { scope: '', expected: 20, obtained: 11, refused: 9, reason: 'the log was refused', permission: 'read the log' },
  ]
  async function readIn(server: TestServer): Promise<void> {
    await server.database.pool.query(
      `insert into discover.connection (id, provider, label, settings, version, shown, secrets, created_at, created_by, changed_at)
       values ('host-ops', 'host', 'Host ops', '', 1, '{}', '{}', $1, 'test', $1)`,
      [new Date(now - 40 * DAY)],
    )
    await read(server.database, early, { at: new Date(now - 30 * DAY) })
    await read(server.database, estate, { at: new Date(now - 60_000), lines })
  }
  /** Everything is described in one read without verdicts: as between the end of a read and the end of judging. */
  async function readUnjudged(server: TestServer, items: readonly (Entity | Edge)[]): Promise<void> {
    const stage = await openStage(server.database, { connection: 'host-ops', run: 999_999 })
    for (const item of items) await stage.write('all', item)
    await stage.apply({
      collections: [{ id: 'all', yields: ['linux_user', 'person'], complete: true, lines: [] }],
      at: new Date(now - 60_000),
    })
  }

  test('in both themes, wide and narrow: nothing for axe, no error, no sideways scrolling; narrow: things, seen, expiry, pictures', {
    timeout: 180_000,
  }, async () => {
    for (const theme of ['light', 'dark'] as const) {
      for (const width of [1440, 390]) {
        await at(
          {},
          async ({ server, page, open, wrong }) => {
            await readIn(server)
            for (const path of ['/', '/welcome']) {
              await open(path)
              expect(await axe(page)).toEqual([])
              expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
            }
            await open('/')
            const order = await page.locator('h1, .aside h2').evaluateAll((all) =>
              all
                .map((one) => ({ top: one.getBoundingClientRect().top, says: one.textContent }))
                .sort((a, b) => a.top - b.top)
                .map(({ says }) => says),
            )
            if (width === 390)
              expect(order).toEqual([
                'Five things to know',
                'What we can see',
                'Next to expire',
                'Age of the oldest credential',
                'Machines for each person',
              ])
            expect(wrong).toEqual([])
          },
          { theme, width },
        )
      }
    }
  })

  test('every number of the sentence and of the pictures leads to as many rows, of the same noun', {
    timeout: 120_000,
  }, async () => {
    await at({}, async ({ server, page, open }) => {
      await readIn(server)
      await open('/')
      const answer = (await page.locator('.answer').textContent()) ?? ''
      expect(answer).toContain(
        '5 identities work here, 4 of them machines, 2 for each of 2 people; 4 answer to nobody.',
      )
      expect(await page.locator('.side .place[href="/identities"] .count').textContent()).toBe('5')
      const links = await page
        .locator('.overview a[href^="/identities?"], .overview .answer a[href="/identities"]')
        .evaluateAll((all) => all.map((a) => [a.textContent, a.getAttribute('href')] as [string, string]))
      const counted = links.filter(([text]) => /\d/.test(text))
      expect(counted.length).toBeGreaterThan(10)
      for (const [text, href] of counted) {
        await page.goto(server.url + href)
        await settled(page)
        const rows = await page
          .locator('table.roll')
          .getAttribute('aria-rowcount', { timeout: 2000 })
          .catch(() => '1')
        expect([href, Number(rows) - 1]).toEqual([href, Number.parseInt(text, 10)])
      }
    })
  })

  test('what ends next leaves out what renews itself, and leads to the calendar', async () => {
    await at({}, async ({ server, page, open }) => {
      await readIn(server)
      await open('/')
      expect(await page.locator('.dues a').allTextContents()).toEqual(['first', 'second'])
      await page.getByRole('link', { name: 'calendar' }).click()
      await page.waitForURL('**/expiry')
      await page.waitForSelector('.agenda >> text=first')
    })
  })

  test('a lost verdict stands among the five and opens the grant; j goes from thing to thing', async () => {
    await at({}, async ({ server, page, open }) => {
      await readIn(server)
      await open('/')
      const things = page.locator('.things > li')
      expect(await things.count()).toBeLessThanOrEqual(5)
      const unknown = things.filter({ has: page.locator('.thing-margin [aria-label="Unknown"]') })
      expect(await unknown.count()).toBeGreaterThanOrEqual(1)
      expect(await unknown.first().locator('.thing-title').getAttribute('href')).toMatch(
        /^\/(connections\/host-ops|findings\?q=verdict%3Aunknown)$/,
      )
      await page.keyboard.press('j')
      await page.keyboard.press('j')
      expect(await page.evaluate('document.activeElement.textContent')).toBe(
        await page.locator('.thing-title').nth(1).textContent(),
      )
    })
  })

  test('whoever is suggested is accepted as owner from the first thing, and can be taken back', async () => {
    await at({}, async ({ server, page, open }) => {
      await readIn(server)
      await server.database.pool.query(
        `update assess.thing set owner = null, owner_name = null, suggested = 'person:jonas@larkfield.example',
           suggested_name = 'jonas Quill', suggested_because = '{made it}' where rank = 1`,
      )
      await open('/')
      await page.getByRole('button', { name: 'Accept jonas as owner' }).click()
      await page.waitForSelector('text=jonas Quill now answers for')
      const owners = async () =>
        (await server.database.pool.query(`select value from act.assignment where ended_at is null`)).rows
      expect(await owners()).toEqual([{ value: 'person:jonas@larkfield.example' }])
      await page.getByRole('button', { name: 'Undo' }).click()
      await page.waitForSelector('text=Taken back.')
      expect(await owners()).toEqual([])
    })
  })

  test('when the server fails, the five that were last read stay and say of when they are', async () => {
    await at({}, async ({ server, page, open }) => {
      await readIn(server)
      await page.clock.install()
      await open('/')
      const first = await page.locator('.thing-title').first().textContent()
      await page.route('**/v1/overview', (route) =>
        route.fulfill({
          status: 500,
          contentType: 'application/problem+json',
          body: JSON.stringify({ code: 'store/timeout', detail: 'the database did not answer within 5 seconds' }),
        }),
      )
      // Away and back: the answer is asked again once it is older than ten seconds.
      await page.evaluate(`document.querySelector('.place[href="/identities"]').click()`)
      await page.waitForURL('**/identities')
      await page.clock.fastForward(11_000)
      await page.evaluate(`document.querySelector('.place[href="/"]').click()`)
      await page.waitForSelector('.earlier >> text=This is as of')
      expect(await page.locator('.earlier').textContent()).toContain('store/timeout')
      expect(await page.locator('.thing-title').first().textContent()).toBe(first)
      await page.unroute('**/v1/overview')
      await page.getByRole('button', { name: 'Try again' }).click()
      await page.waitForSelector('.earlier', { state: 'detached' })
    })
  })

  test('without a last answer the failure is said, and what was not harmed', async () => {
    await at({}, async ({ server, page, open }) => {
      await readIn(server)
      await page.route('**/v1/overview', (route) =>
        route.fulfill({ status: 500, contentType: 'application/json', body: '{"code":"store/timeout"}' }),
      )
      await open('/')
      await page.waitForSelector('h2 >> text=The overview could not be read')
      expect(await page.locator('[role="alert"]').textContent()).toContain('no sync was lost')
    })
  })

  test('what was read and not judged is said to be judged, never to be without fault', async () => {
    await at({}, async ({ server, page, open }) => {
      await readUnjudged(server, [account('billing', 'service')])
      await open('/')
      await page.waitForSelector('h2 >> text=Being judged')
      expect(await page.locator('main').textContent()).not.toContain('none is wrong')
    })
  })

  test('judged and nothing wrong: how many, by how many rules, and when the next end is', async () => {
    await at({}, async ({ server, page, open }) => {
      await readUnjudged(server, [account('billing', 'service')])
      await judge(server.database)
      await server.database.pool.query('delete from assess.thing')
      await open('/')
      await page.waitForSelector('h2 >> text=Nothing to know yet')
      expect(await page.locator('.state').textContent()).toMatch(
        /1 identity was read and none is wrong by \d+ rules.*no end date is known\./,
      )
    })
  })

  test('nothing read: the first run opens, can be skipped, and is found again', async () => {
    await at({}, async ({ page, open }) => {
      await page.waitForURL('**/welcome')
      await page.getByRole('button', { name: 'Skip this' }).click()
      await page.waitForSelector('h2 >> text=Nothing has been read yet')
      await page.getByRole('link', { name: 'Read something', exact: true }).click()
      await page.waitForURL('**/welcome')
      await open('/')
      await page.waitForURL('**/welcome')
    })
  })

  test('while a source is read: one number, its name, nothing to wait for, and a banner that follows; when it has ended, the rows', {
    timeout: 120_000,
  }, async () => {
    const { provider, open: goOn } = slow()
    await at({ providers: [provider] }, async ({ server, page, open, wrong }) => {
      try {
        const { discovery } = server.app
        const { id } = await createConnection(
          discovery,
          { provider: 'orchard', settings: { place: 'South field' } },
          'test',
        )
        const run = await requestSync(discovery, id, 'test')
        const ended = runSync(discovery, run)
        await open('/welcome')
        await page.waitForSelector('.big b >> text=/^3$/')
        expect(await page.locator('.big').textContent()).toContain(
          'identities so far, from 1 source.South field is still being read; you need not wait.',
        )
        expect(await page.locator('.arriving > li').textContent()).toContain('3 identities')
        expect(await page.locator('.welcome-side').textContent()).toContain('0write permissions granted')
        expect(await page.locator('.welcome-side').textContent()).toContain('2 read permissions')
        await page.getByRole('button', { name: 'Skip this' }).click()
        await page.waitForSelector('.notice >> text=South field is still being read')
        await open('/welcome')
        goOn()
        await ended
        await judge(server.database)
        await page.waitForSelector('.big a >> text=/^4$/', { timeout: 30_000 })
        expect(await page.locator('.big').textContent()).toContain('identities from 1 source.')
        await page.waitForSelector('.ready .title')
        await page.locator('.big a').click()
        await page.waitForURL('**/identities?q=source%3A*')
        await settled(page)
        expect(await page.locator('table.roll').getAttribute('aria-rowcount')).toBe('5')
        expect(wrong).toEqual([])
      } finally {
        goOn()
      }
    })
  })

  test('an owner sees what is theirs alone, each number with its rows; whom nothing tells from anybody sees why', async () => {
    await at({}, async ({ server, page, open, wrong }) => {
      await readIn(server)
      await server.database.pool.query(`update http.account set role = 'owner', email = 'mara@larkfield.example'`)
      await open('/')
      await page.waitForSelector('.answer >> text=You answer for 1 identity.')
      expect(await page.locator('.answer').textContent()).not.toContain('answer to nobody')
      expect(await page.locator('.dues').textContent()).toContain('first')
      expect(await page.locator('.dues').textContent()).not.toContain('second')
      const links = await page
        .locator('.overview a[href^="/identities?"], .overview a[href^="/findings"]:not([href^="/findings/"])')
        .all()
      for (const href of await Promise.all(links.map((link) => link.getAttribute('href'))))
        expect(new URL(href!, server.url).searchParams.get('q')).toMatch(
          /^(owner|answers):"person:mara@larkfield\.example"/,
        )
      expect(await axe(page)).toEqual([])
      if (process.env['REEVE_PICTURES']) await page.screenshot({ path: `${process.env['REEVE_PICTURES']}/mine.png` })
      await page.locator('.answer a').first().click()
      await page.waitForURL('**/identities?q=owner*')
      await settled(page)
      expect(await page.locator('table.roll').getAttribute('aria-rowcount')).toBe('2')
      await server.database.pool.query(`update http.account set email = null`)
      await open('/')
      await page.waitForSelector('h2 >> text=What is yours is unknown')
      expect(await page.locator('.answer').count()).toBe(0)
      expect(wrong).toEqual([])
    })
  })

  test('an id in the field of the first run is looked up; a secret value is held back', async () => {
    await at({}, async ({ server, page, open }) => {
      await readIn(server)
      await open('/welcome')
      await page.getByLabel('A key id').fill('demo:first')
      await page.getByRole('button', { name: 'Find', exact: true }).click()
      await page.waitForSelector('.option >> text=first')
      await page.keyboard.press('Escape')
      await page.getByLabel('A key id').fill(`ghp_${'a1B2'.repeat(9)}`)
      await page.getByRole('button', { name: 'Find', exact: true }).click()
      await page.waitForSelector('dialog >> text=Not sent yet.')
      expect(await page.getByLabel('A key id').inputValue()).toBe('')
    })
  })
})
