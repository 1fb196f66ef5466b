import { readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { axe, built, launch, look, settled, whyNot } from './console-browser.ts'
import { type RealConsole, realConsole } from './console-real.ts'

/** The page's own world, inside the functions that are sent to it. */
// biome-ignore lint/suspicious/noExplicitAny: the DOM's types would reach the server's code from here
declare const document: any, window: any

const reason = whyNot()
if (reason) console.log(`skipped: the states of the console, because ${reason}`)

/** A page, and what its main part must say in the state. */
type Said = readonly (readonly [path: string, ...says: RegExp[]])[]

describe.skipIf(reason !== null)('the states of the console, on a real server', () => {
  let server: RealConsole
  let browser: Browser
  let admin: BrowserContext
  let wrong: string[]

  beforeAll(async () => {
    built()
    server = await realConsole()
    browser = await launch()
    const seen = await look(browser, server.url)
    admin = seen.context
    wrong = seen.wrong
    await server.sit(admin, 'admin')
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  const open = async (context: BrowserContext, path: string): Promise<Page> => {
    const page = await context.newPage()
    await page.goto(server.url + path)
    await settled(page)
    return page
  }

  /** Every page says what it should, in both themes without a violation that axe finds, and at 390 px too. */
  const expectSaid = async (context: BrowserContext, said: Said): Promise<void> => {
    const found: string[] = []
    const waiting = [...said]
    const readNext = async (): Promise<void> => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
        const [path, ...says] = one
        const page = await open(context, path)
        const main = page.locator('main')
        for (const words of says) {
          const there = await main
            .filter({ hasText: words })
            .waitFor({ timeout: 15_000 })
            .then(
              () => true,
              () => false,
            )
          if (!there) found.push(`${path} does not say ${words}, but: ${(await main.textContent())?.slice(0, 600)}`)
        }
        await page.close()
      }
    }
    // Each open page listens to the server, and a browser keeps six connections to one.
    await Promise.all([readNext(), readNext(), readNext()])
    // One after the other: axe reads the whole page.
    const page = await context.newPage()
    for (const [path, first] of said) {
      await page.goto(server.url + path)
      // One page may lead to another: what is looked through is the one that says it.
      await page.locator('main', { hasText: first }).waitFor()
      await settled(page)
      for (const [theme, width] of [
        ['light', 1440],
        ['dark', 390],
      ] as const) {
        await page.emulateMedia({ colorScheme: theme })
        await page.setViewportSize({ width, height: 900 })
        for (const line of await axe(page)) found.push(`${path} ${theme} ${width}: ${line}`)
        const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
        if (over > 0) found.push(`${path} ${width}: ${over} px wider than the window`)
      }
      await page.setViewportSize({ width: 1440, height: 900 })
    }
    await page.close()
    expect(found).toEqual([])
  }

  test('empty: nothing was read yet, and each page says what to do', { timeout: 120_000 }, async () => {
    await expectSaid(admin, [
      ['/', /Let us see who works here/, /0\s*write permissions granted/],
      [
        '/identities',
        /Nothing has been read yet/,
        /Reading this host takes about 20 seconds and needs no permission beyond your own/,
        /Scan this host/,
      ],
      ['/findings', /No finding is open/, /were judged by \d+ rules/],
      ['/reach', /Nothing has been read yet/],
      ['/expiry', /Nothing has been read yet/],
      ['/owners', /Nothing has been read yet/],
      ['/reports', /Nothing has been read yet/],
      ['/connections', /Connect a source/],
      ['/audit', /The chain holds/],
    ])
  })

  describe('when Larkfield was read, with what its systems refuse', () => {
    beforeAll(() => server.readLarkfield(), 240_000)

    test('loading: the title stands at once, rows of true height come after 150 ms, and no count that we do not have', {
      timeout: 120_000,
    }, async () => {
      const page = await admin.newPage()
      const held: (() => void)[] = []
      await page.route(
        /\/v1\/(?!frame|session|events)/,
        (route) => void held.push(() => void route.continue().catch(() => {})),
      )
      const found: string[] = []
      for (const path of [
        '/',
        '/identities',
        '/findings',
        '/reach',
        '/expiry',
        '/connections',
        '/reports',
        '/rules',
        '/audit',
      ]) {
        await page.goto(server.url + path)
        await page.locator('main .skeleton i').first().waitFor()
        const seen = await page.evaluate(() => {
          const skeleton = document.querySelector('main .skeleton')
          const style = window.getComputedStyle(skeleton)
          const row = skeleton.querySelector('i')
          return {
            title: document.querySelector('main h1')?.textContent ?? '',
            delay: style.animationDelay,
            name: style.animationName,
            height: row.getBoundingClientRect().height,
            wanted: Number.parseFloat(window.getComputedStyle(document.documentElement).getPropertyValue('--row')),
            status: skeleton.getAttribute('role'),
            numbers: document.querySelector('main .answer')?.textContent.match(/\d+/g) ?? [],
          }
        })
        if (seen.title === '') found.push(`${path}: no title`)
        if (seen.delay !== '0.15s' || seen.name !== 'wait') found.push(`${path}: ${seen.name} after ${seen.delay}`)
        if (seen.height !== seen.wanted) found.push(`${path}: rows of ${seen.height} px, not ${seen.wanted}`)
        if (seen.status !== 'status') found.push(`${path}: nobody is told that it is being read`)
        if (seen.numbers.length > 0) found.push(`${path}: says ${seen.numbers} before it knows`)
        for (const go of held.splice(0)) go()
      }
      await page.close()
      expect(found).toEqual([])
    })

    test('partial: a list that is not whole says what part of it is there and what is missing', {
      timeout: 180_000,
    }, async () => {
      const notice =
        /This list is [\d.]+\s% of what we asked for\. [\s\S]*(was|were) refused[\s\S]* Nothing was removed\./
      await expectSaid(admin, [
        ['/', /This is what we know from [\d.]+\s% of what we asked for/],
        ['/identities', notice],
        ['/identities?kind=credential', notice],
        ['/findings', notice],
        ['/reach', /There may be more than this/, /listings were not read whole/],
        ['/expiry', notice],
        ['/owners', notice],
        ['/reports', notice],
        ['/connections', /obtained/, /refused/, /verdicts? (is |are )?unknown/i],
      ])
      const page = await open(admin, '/identities')
      const hatch = await page
        .locator('main .partial')
        .first()
        .evaluate((at) => window.getComputedStyle(at).backgroundImage)
      expect(hatch).toContain('repeating-linear-gradient')
      await page.getByRole('link', { name: 'See why' }).first().click()
      await page.waitForURL('**/connections')
      await page.close()
    })

    test('no match: nothing fits, which is true for what could be read', { timeout: 120_000 }, async () => {
      const nothing = /Nothing fits zzz\. That is true for the [\d.]+\s% we could read; [\d\s]+ verdicts are unknown\./
      await expectSaid(admin, [
        ['/identities?q=zzz', nothing],
        ['/identities?kind=resource&q=zzz', nothing],
        ['/findings?q=zzz', nothing],
        ['/audit?q=zzz', /Nothing fits/],
        ['/identities?q=onwer%3Anone', /onwer is not a field/],
        ['/findings?q=onwer%3Anone', /onwer is not a field/],
      ])
    })

    test('gone: what was deleted at its source shows its last state, and what never was says so', {
      timeout: 120_000,
    }, async () => {
      const session = await server.as('admin')
      const keys = async (words: string): Promise<Map<string, string>> => {
        const { rows } = await session.get<{ rows: { key: string; name: string }[] }>(
          `/v1/entities?limit=500&kind=credential&${words}`,
        )
        return new Map(rows.map(({ key, name }) => [key, name]))
      }
      const before = new Date(server.parts.app.clock.now().getTime() - 13 * 86_400_000).toISOString()
      const [now, then] = [await keys(''), await keys(`as-of=${before}`)]
      const gone = [...then.keys()].find((key) => !now.has(key))
      expect(gone).toBeDefined()
      const id = encodeURIComponent(gone!).replaceAll('.', '%2E')
      await expectSaid(admin, [
        [
          `/identities/${id}`,
          /Deleted at its source on \d+ \w+; last known state below/,
          /What we know|Attributes|Accountable owner/,
        ],
        ['/identities/aws%3Anever', /is not there/, /The history keeps what was deleted at its source/],
        ['/findings/F-99999', /is not there/],
        ['/connections/never', /is not there/],
        ['/rules/never', /is not there/],
        ['/k/AKIAIOSFODNN7EXAMPLE', /We have never seen this key/, /Not in any source now, nor in the past/],
        ['/nowhere', /This address leads nowhere/],
      ])
      const page = await open(admin, `/k/${id}`)
      await page.waitForURL((url) => url.pathname.startsWith('/identities/'))
      await page.close()
    })

    test('no right: which role may, and whom to ask', { timeout: 180_000 }, async () => {
      const { context } = await look(browser, server.url)
      await server.sit(context, 'owner')
      const session = await server.as('admin')
      const { rows } = await session.get<{ rows: { name: string; role: string }[] }>('/v1/users')
      const name = rows.find((row) => row.role === 'admin')!.name
      const refused = new RegExp(
        `You may see this page as viewer, operator or admin\\. Ask ${name} or another admin\\.`,
      )
      await expectSaid(context, [
        ['/connections', refused],
        ['/connections/aws', refused],
        ['/rules', refused],
        ['/rules/git-private-key', refused],
        ['/audit', refused],
        ['/connections/new', /You may see this page as admin\. Ask an admin/],
      ])
      // What an owner may see, they see.
      await expectSaid(context, [
        ['/', /What is yours is unknown|you answer for/i],
        ['/identities', /identities/],
        ['/settings', /owner of this installation/],
      ])
      await context.close()
      const viewer = await look(browser, server.url)
      await server.sit(viewer.context, 'viewer')
      await expectSaid(viewer.context, [['/connections/new', /You may see this page as admin\. Ask an admin/]])
      await viewer.context.close()
    })

    test('error: the database is stopped, every page says what failed and what was not harmed, and comes back by itself', {
      timeout: 240_000,
    }, async () => {
      const session = await server.as('admin')
      const finding = (await session.get<{ groups: { findings: { id: string }[] }[] }>('/v1/findings')).groups[0]!
        .findings[0]!.id
      const cluster = join(server.data, 'postgres')
      const pid = Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0])
      // Out of its way, so that it is not started again before we say so.
      renameSync(cluster, `${cluster}-away`)
      try {
        process.kill(pid, 'SIGINT')
        const failed = (what: string) => [
          new RegExp(`${what} could not be read`),
          /\(store\/unavailable, request [\w-]+\)\. Nothing was changed and no sync was lost; syncs wait and go on by themselves\./,
          /Try again/,
        ]
        await expectSaid(admin, [
          ['/', ...failed('The overview')],
          ['/identities', ...failed('The (list|inventory|identities)')],
          ['/identities/aws%3Anever', ...failed('This card')],
          ['/findings', ...failed('The findings')],
          [`/findings/${finding}`, ...failed('This finding')],
          ['/reach', ...failed('Reach')],
          ['/expiry', ...failed('[\\w ]+')],
          ['/owners', ...failed('The owners')],
          ['/inbox', ...failed('The inbox')],
          ['/connections', ...failed('[\\w ]+')],
          ['/connections/aws', ...failed('[\\w ]+')],
          ['/rules', ...failed('[\\w ]+')],
          ['/rules/git-private-key', ...failed('[\\w ]+')],
          ['/audit', ...failed('[\\w ]+')],
        ])
      } finally {
        renameSync(`${cluster}-away`, cluster)
      }
      const page = await open(admin, '/findings')
      const again = page.getByRole('button', { name: 'Try again' })
      for (let tries = 0; tries < 60 && (await page.locator('.finding-group').count()) === 0; tries++) {
        if (await again.isVisible()) await again.click()
        await page.waitForTimeout(500)
      }
      await page.waitForSelector('.finding-group')
      await page.close()
    })
  })

  test('no state broke a page or went against the content policy', () => {
    expect(wrong).toEqual([])
  })
})
