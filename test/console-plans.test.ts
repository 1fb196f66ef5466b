/** Plans in the console, on a real server with a source that keeps tags: planned, chosen, approved, applied, put back, and what is refused. */
import { sql } from 'kysely'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runPlan } from '../src/act/index.ts'
import { type Ward, ward } from '../src/act/testing/index.ts'
import { runSync } from '../src/discover/index.ts'
import { createUser, issueLink } from '../src/http/accounts.ts'
import { adminLink, plansOf } from '../src/http/index.ts'
import { type Client, type TestServer, testServer } from '../src/http/testing/index.ts'
import type { Role } from '../src/read/index.ts'
import { axe, built, enter, launch, look, settled, whyNot } from './console-browser.ts'
import { dist } from './console-server.ts'

/** The page's own world, inside the functions that are sent to it. */
// biome-ignore lint/suspicious/noExplicitAny: the DOM's types would reach the server's code from here
declare const document: any

const reason = whyNot()
if (reason) console.log(`skipped: plans in the console, because ${reason}`)

describe.skipIf(reason !== null)('plans in the console', () => {
  let server: TestServer
  let source: Ward
  let operator: Client
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let wrong: string[]
  /** What applying waits for, so that its course can be seen. */
  let gate: Promise<void> = Promise.resolve()
  const running: Promise<void>[] = []

  const sit = async (role: Role, at: Page) => {
    const { db, clock } = server.app
    const maker = {
      id: 'test',
      actor: 'test',
      name: 'test',
      role: 'admin' as const,
      scopes: null,
      csrf: null,
      hash: Buffer.alloc(0),
      expires: null,
    }
    const secret =
      role === 'admin'
        ? (await adminLink(db, clock)).path
        : `/sign-in#${(await issueLink(db, clock, { account: await createUser(db, clock, maker, { name: `${role} of the test`, role }), by: 'test' })).secret}`
    await enter(at, server.url + secret)
  }

  beforeAll(async () => {
    built()
    source = ward()
    server = await testServer({ providers: [source.provider], consoleFolder: dist })
    const plans = () => ({
      ...plansOf(server.app),
      clock: { ...server.app.clock, sleep: async () => gate },
    })
    server.app.discovery.jobs = {
      send: async (queue: string, data: { plan?: number }) => {
        if (queue === 'plan') running.push(runPlan(plans(), data.plan!))
        return 'job'
      },
    } as never
    operator = await server.as('operator')
    const admin = await server.as('admin')
    for (const name of ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'key-one']) source.tags.set(name, {})
    source.tags.get('gamma')!['owner'] = 'platform-team'
    source.tags.get('delta')!['owner'] = 'bo@x.org'
    await admin('POST', '/v1/connections', { body: { provider: 'ward', settings: {}, id: 'ward', schedule: null } })
    await readAgain()
    for (const name of source.tags.keys())
      await operator('PUT', `/v1/entities/ward%3A${name}/owner`, { body: { person: 'mara@x.org' } })
    browser = await launch()
    ;({ page, context, wrong } = await look(browser, server.url))
    await sit('admin', page)
  }, 300_000)
  afterAll(async () => {
    await Promise.allSettled(running)
    await browser?.close()
    await server?.close()
  })
  beforeEach(() => wrong.splice(0))

  async function readAgain(): Promise<void> {
    const admin = await server.as('admin')
    await admin('POST', '/v1/connections/ward/runs')
    const { rows } = await sql<{ id: number }>`select id from discover.run where state = 'waiting'`.execute(server.db)
    for (const { id } of rows) await runSync(server.app.discovery, id)
  }
  const open = async (path: string, at = page) => {
    await at.goto(server.url + path)
    await settled(at)
    await at.evaluate(() => document.getElementById('main')?.focus())
  }
  const says = (at = page) => at.locator('.answer').first().innerText()
  const button = (name: string | RegExp) => page.getByRole('button', { name })
  const clean = async (at = page) => expect(await axe(at)).toEqual([])

  test('nothing is planned yet: it says what a plan does and leads to choosing; what differs stands above', async () => {
    await open('/plans')
    expect(await page.locator('h1').innerText()).toBe('Plans')
    await page.getByText('Nothing was planned yet').waitFor()
    expect(await says()).toContain('2 things bear another owner at the source than here')
    const lines = await page.locator('#differences').locator('..').locator('..').locator('li').allInnerTexts()
    expect(lines.map((line) => line.replaceAll(/\s+/g, ' '))).toEqual([
      expect.stringContaining('delta Its tag owner says bo@x.org, who is known. Here Mara Quill answers for it.'),
      expect.stringContaining(
        'gamma Its tag owner says platform-team, which names nobody we know. Here Mara Quill answers for it.',
      ),
    ])
    await clean()
    expect(wrong).toEqual([])
  })

  test('chosen in the inventory, planned tag by tag; without a grant it says what is wanted and how to do it by hand', async () => {
    await open('/identities')
    await page.getByRole('checkbox').nth(1).check()
    await page.getByRole('button', { name: /Select all 6 that match/ }).click()
    await button('Write back').click()
    await button('Plan it').click()
    await page.waitForURL(/\/plans\/\d+$/)
    await settled(page)
    expect(await says()).toMatch(
      /2 things bear something that Reeve did not write.*3 things would be written\. Nothing has been changed/s,
    )
    await page.getByText('ward only reads', { exact: false }).first().waitFor()
    expect(await page.locator('.aside').innerText()).toContain('ward:LookAtTags ward:Tag')
    const alpha = page.locator('.plan-list > li').filter({ hasText: 'alpha' })
    expect((await alpha.innerText()).replaceAll(/\s+/g, ' ')).toContain('owner is not there → becomes mara@x.org')
    await alpha.getByText('By hand').click()
    await alpha.getByText('ward tag alpha owner=mara@x.org').waitFor()
    expect(await page.locator('.plan-list > li').filter({ hasText: 'key-one' }).innerText()).toContain(
      'takes no tags on things of this sort',
    )
    expect(await button('Approve…').count()).toBe(0)
    await clean()
    expect([...source.tags.values()].filter((tags) => tags['owner'] === 'mara@x.org')).toEqual([])
    expect(wrong).toEqual([])
  })

  test('conflicts are chosen one by one or all at once, then it is approved with a reason', async () => {
    const gamma = page.locator('.plan-list > li').filter({ hasText: 'gamma' })
    await gamma.getByRole('button', { name: 'Write over it' }).click()
    await gamma.getByText('to be written').waitFor()
    await button('Leave all of them').click()
    await button('Approve…').click()
    await clean()
    expect(await button('Approve it').isDisabled()).toBe(true)
    await page.getByLabel('Why (it stays on the record)').fill('agreed on Tuesday')
    await button('Approve it').click()
    await page.locator('.aside').getByText('agreed on Tuesday').waitFor()
    expect(await button(/^Write \d/).count()).toBe(0)
    expect(await page.locator('.plan-why').innerText()).toContain('ward only reads')
    expect(wrong).toEqual([])
  })

  test('an admin gives the source a grant for changes, tried first; the password is never shown', async () => {
    const plan = page.url()
    await open('/connections/ward')
    await page.getByText('None: it only reads.').waitFor()
    await button('Give one…').click()
    await page.getByLabel('Account for changes').fill('tagger')
    await page.getByLabel('Its password').fill('wrong')
    await page.getByRole('dialog').getByRole('button', { name: 'Test' }).click()
    await page.getByText('does not know this password', { exact: false }).waitFor()
    await page.getByLabel('Its password').fill('planted-grant-8')
    await page.getByRole('dialog').getByRole('button', { name: 'Test' }).click()
    await page.getByText('It opens. Nothing was changed.').waitFor()
    await button('Keep it').click()
    await page.getByText('It may be changed', { exact: false }).waitFor()
    expect(await page.content()).not.toContain('planted-grant-8')
    await clean()
    await page.goto(plan)
    await settled(page)
    expect(wrong).toEqual([])
  })

  test('applied thing by thing with its course shown; what changed since is refused alone, and the rest is put back', async () => {
    source.tags.get('beta')!['owner'] = 'somebody'
    source.closed.add('epsilon')
    const { promise, resolve } = Promise.withResolvers<void>()
    gate = promise
    await button(/^Write 4 tags/).click()
    await page.getByRole('progressbar').waitFor()
    await button('Stop; what is done stays').waitFor()
    await clean()
    resolve()
    await page
      .getByText(/2 things bear their owner at the source now; 1 changed since, or gone, and left alone; 1 failed/)
      .waitFor()
    expect(source.tags.get('alpha')).toEqual({ owner: 'mara@x.org' })
    expect(source.tags.get('gamma')).toEqual({ owner: 'mara@x.org' })
    expect(source.tags.get('beta')).toEqual({ owner: 'somebody' })
    const item = (name: string) => page.locator('.plan-list > li').filter({ hasText: name })
    // The counts come by one answer and the things by another.
    await item('beta').filter({ hasText: 'says somebody now, and was not there' }).waitFor()
    await item('epsilon').filter({ hasText: 'ward:Tag' }).waitFor()
    await item('alpha').filter({ hasText: 'written and read back' }).waitFor()
    await clean()
    source.closed.clear()
    await button('Write the other 1').click()
    await page.getByText(/3 things bear their owner/).waitFor()
    await button('Put back what was there').click()
    await page.getByText(/3 are as before/).waitFor()
    expect(source.tags.get('alpha')).toEqual({})
    expect(source.tags.get('gamma')).toEqual({ owner: 'platform-team' })
    expect(wrong).toEqual([])
  })

  test('what differs shows on the card and among the owners, and the source’s word can be taken over', async () => {
    await open('/identities/ward%3Adelta')
    await page.getByText(/Its tag owner says bo@x\.org, who is known/).waitFor()
    await clean()
    await button('Take over Bo Berg').click()
    await page.getByText(/Its tag owner says/).waitFor({ state: 'detached' })
    await open('/owners')
    await page.getByRole('heading', { name: /bear(s)? another owner at the source/ }).waitFor()
    await button('Plan to write it again').first().click()
    await page.waitForURL(/\/plans\/\d+$/)
    expect(wrong).toEqual([])
  })

  test('who may not is told; a failure says what was not harmed; a plan that is not there is said to be so', async () => {
    for (const [role, path, text] of [
      ['viewer', '/plans/1', 'Approving and applying needs the role operator or admin'],
      ['owner', '/plans', 'You may see this page as'],
    ] as const) {
      const other = await look(browser, server.url)
      await sit(role, other.page)
      await open(path, other.page)
      await other.page.getByText(text, { exact: false }).first().waitFor()
      expect(await other.page.getByRole('button', { name: /Approve|Write over|Put back/ }).count()).toBe(0)
      await clean(other.page)
      await other.context.close()
    }
    await open('/plans/999999')
    await page.getByText('This plan is not there').waitFor()
    await context.route('**/v1/plans?**', (route) =>
      route.fulfill({
        status: 500,
        contentType: 'application/problem+json',
        body: '{"code":"store/timeout","detail":"the database did not answer"}',
      }),
    )
    await open('/plans')
    await page.getByText('The plans could not be read').waitFor()
    await clean()
    await context.unroute('**/v1/plans?**')
  })

  test.each([
    ['light', 390],
    ['dark', 390],
    ['dark', 1440],
  ] as const)('in %s at %i nothing is wider than the window, and axe finds nothing', async (theme, width) => {
    const other = await look(browser, server.url, { theme, width })
    await sit('operator', other.page)
    for (const path of ['/plans', '/plans/1', '/plans/2', '/connections/ward']) {
      await open(path, other.page)
      await clean(other.page)
      const wide = await other.page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect([path, wide]).toEqual([path, 0])
      if (process.env['PICTURES'])
        await other.page.screenshot({
          path: `${process.env['PICTURES']}/${path.replaceAll('/', '_')}-${theme}-${width}.png`,
          fullPage: true,
        })
    }
    await other.context.close()
  })
})
