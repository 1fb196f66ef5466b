/** Connections, rules and the audit trail in a real browser on a real server: what a person does with them. */
import { sql } from 'kysely'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { judgeEstate } from '../src/assess/judge-estate.ts'
import { runSync } from '../src/discover/index.ts'
import { adminLink } from '../src/http/index.ts'
import { type TestServer, testServer } from '../src/http/testing/index.ts'
import { systemClock } from '../src/platform/index.ts'
import { defineProvider, type Entity, ReeveError, type Run } from '../src/sdk/index.ts'
import { axe, built, enter, launch, look, settled, whyNot } from './console-browser.ts'
import { dist } from './console-server.ts'

const reason = whyNot()
if (reason) console.log(`skipped: connections in the console, because ${reason}`)

/** What the invented source does next. */
let mood: 'partial' | 'gone' = 'partial'
let gate: { at: Promise<void>; open(): void } | null = null
const shut = () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  gate = { at: promise, open: resolve }
}

const account = (name: string): Entity => ({
  kind: 'identity',
  type: 'linux_user',
  key: `host:depot/user/${name}`,
  name,
  attributes: { accountKind: 'service', uid: 990, shell: '/bin/bash', locked: true },
})
const depot = defineProvider({
  id: 'depot',
  title: 'Depot',
  summary: 'Reads the accounts of the depot.',
  config: z.strictObject({
    host: z.string().min(1).meta({ title: 'Host', description: 'where it is' }),
    password: z.string().min(1).meta({ title: 'Password', description: 'of the reader', secret: true }),
  }),
  label: ({ host }) => `depot at ${host}`,
  async connect(config) {
    if (config.password !== 'opensesame') throw new ReeveError('depot/refused', 'the depot refuses the password')
    if (mood === 'gone') throw new ReeveError('depot/away', 'the depot does not answer')
    return config
  },
  collections: [
    {
      id: 'accounts',
      title: 'Accounts',
      yields: ['linux_user', 'linux_host'],
      needs: ['list accounts'],
      async *read(_, run) {
        run.ledger.expect(4)
        yield { kind: 'resource', type: 'linux_host', key: 'host:depot', name: 'depot', attributes: {} }
        for (const name of ['web', 'db', 'mail']) yield account(name)
      },
    },
    {
      id: 'keys',
      title: 'Keys',
      yields: ['ssh_key'],
      needs: ['GRANT read ON keys'],
      // biome-ignore lint/correctness/useYield: the listing is refused whole
      async *read(_: unknown, run: Run): AsyncIterable<Entity> {
        await gate?.at
        if (run.signal.aborted) throw run.signal.reason
        run.ledger.refuse('the keys are closed to us', { permission: 'GRANT read ON keys' })
      },
    },
  ],
})

describe.skipIf(reason !== null)('connections, rules and audit', { timeout: 120_000 }, () => {
  let server: TestServer
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let wrong: string[]

  beforeAll(async () => {
    built()
    server = await testServer({ consoleFolder: dist, providers: [depot] })
    browser = await launch()
    ;({ page, context, wrong } = await look(browser, server.url))
    await enter(page, server.url + (await adminLink(server.db, systemClock)).path)
  }, 180_000)
  afterAll(async () => {
    await context?.close()
    await browser?.close()
    await server?.close()
  })

  const open = async (path: string) => {
    await page.goto(server.url + path)
    await settled(page)
  }
  /** Works off what was asked for, as the queue would. */
  const work = async (): Promise<void> => {
    const { rows } = await sql<{ id: number }>`select id from discover.run where state = 'waiting'`.execute(server.db)
    for (const { id } of rows) await runSync(server.app.discovery, id)
    await judgeEstate(server.db, { now: new Date() })
  }
  const rowsBehind = async (href: string): Promise<number> => {
    const q = new URL(href, server.url).searchParams.get('q')!
    const { body } = await (await server.as('admin'))('GET', `/v1/findings?${new URLSearchParams({ q })}`)
    return body.total.count
  }

  test('a source is connected: permissions first, tested before it is saved, no box to write, its secret nowhere afterwards', async () => {
    await open('/connections/new')
    await page.getByRole('link', { name: /Depot/ }).click()
    await page.getByText('0 write permissions').waitFor()
    const asked = await page.locator('.needs').boundingBox()
    const form = await page.locator('.connect-form').boundingBox()
    expect(asked!.y).toBeLessThan(form!.y)
    expect(await page.getByText('GRANT read ON keys').count()).toBe(1)
    const save = page.getByRole('button', { name: /Save and read it/ })
    expect(await save.isDisabled()).toBe(true)
    await page.getByLabel('Host').fill('depot.example')
    await page.getByLabel('Password').fill('wrong')
    await page.getByRole('button', { name: 'Test', exact: true }).click()
    await page.getByText('the depot refuses the password').waitFor()
    await page.getByLabel('Password').fill('opensesame')
    expect(await save.isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Test', exact: true }).click()
    await page.getByText('depot at depot.example').waitFor()
    await page.getByLabel('Short name (optional)').fill('depot')
    await save.click()
    await page.waitForURL('**/connections/depot')
    await work()
    await open('/connections/depot')
    expect(await page.content()).not.toContain('opensesame')
    await page.getByText('set, sealed, never shown').waitFor()
  })

  test('the ledger says what was asked, came and was lost, and each number leads to as many rows', async () => {
    await open('/connections/depot')
    await page.getByRole('row', { name: /Keys the keys are closed to us/ }).waitFor()
    const numbers = await page
      .locator('main a.link.unknown, main .answer a')
      .evaluateAll((links) =>
        links.map((link) => [link.getAttribute('href'), Number(link.textContent!.match(/\d+/)![0])] as const),
      )
    expect(numbers.length).toBeGreaterThan(1)
    for (const [href, said] of numbers) expect([href, await rowsBehind(href!)]).toEqual([href, said])
    const grants = page.locator('.grants pre')
    expect(await grants.allTextContents()).toContain('GRANT read ON keys')
    await page.getByText('What was not read was').waitFor()
    await open('/connections')
    const lost = page.locator('.sources-table tbody tr', { hasText: 'depot at' }).locator('a.unknown')
    expect(await rowsBehind((await lost.getAttribute('href'))!)).toBe(Number(await lost.textContent()))
    expect(await page.locator('.aside pre').first().textContent()).toBe('GRANT read ON keys')
  })

  test('while it is read the listings count, and a cancelled read keeps what is whole', async () => {
    shut()
    await open('/connections/depot')
    await page.getByRole('button', { name: 'Read again' }).click()
    await page.getByRole('heading', { name: 'Being read now' }).waitFor()
    const working = work()
    await page.locator('.running-list li', { hasText: 'Accounts' }).getByText('4 of 4').waitFor()
    await page.getByRole('button', { name: 'Cancel; keep what is whole' }).click()
    await expect
      .poll(
        async () =>
          (
            await sql<{ asked: boolean }>`select bool_or(cancel_requested) as asked from discover.run`.execute(
              server.db,
            )
          ).rows[0]!.asked,
      )
      .toBe(true)
    gate!.open()
    gate = null
    await working
    await page.getByRole('cell', { name: 'cancelled' }).waitFor()
    const { rows } = await sql<{
      count: number
    }>`select count(*)::int as count from graph.node where type = 'linux_user'`.execute(server.db)
    expect(rows[0]!.count).toBe(3)
  })

  test('a read has an address of its own, with the ledger it ended with', async () => {
    const { rows } = await sql<{
      id: number
    }>`select id from discover.run where connection = 'depot' order by id`.execute(server.db)
    await open(`/connections/depot?run=${rows[0]!.id}`)
    await page.getByRole('heading', { name: `Read ${rows[0]!.id}` }).waitFor()
    await page
      .getByRole('region', { name: `Read ${rows[0]!.id}` })
      .getByText('the keys are closed to us')
      .waitFor()
    await page.getByRole('link', { name: 'To the last read' }).click()
    await page.getByRole('heading', { name: 'Ledger of the last read' }).waitFor()
  })

  test('a source that went away: nothing today, what was known is kept and counted', async () => {
    mood = 'gone'
    await open('/connections/depot')
    await page.getByRole('button', { name: 'Read again' }).click()
    await page.getByRole('button', { name: 'Cancel; keep what is whole' }).waitFor()
    await work()
    await open('/connections')
    await page
      .locator('.sources-table')
      .getByText(/^nothing today; 4 kept from/)
      .waitFor()
    await open('/connections/depot')
    await page.getByText('the depot does not answer').first().waitFor()
    mood = 'partial'
  })

  test('the schedule is changed and paused with a way back', async () => {
    await open('/connections/depot')
    await page.getByRole('combobox', { name: 'Read again' }).selectOption('0 2 * * *')
    await page.getByText('It is read every night at 02:00 UTC.').waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('paused: it is read only when somebody asks').waitFor()
    await page.locator('.toast', { hasText: 'Paused' }).getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('button', { name: 'Pause' }).waitFor()
    const { rows } = await sql`select schedule, enabled from discover.connection where id = 'depot'`.execute(server.db)
    expect(rows).toEqual([{ schedule: '0 2 * * *', enabled: true }])
  })

  test('a rule: its numbers lead to rows, settings are tried before they are kept, off and on have a way back', async () => {
    await open('/rules')
    const links = await page
      .locator('td.number a')
      .evaluateAll((all) => all.map((link) => [link.getAttribute('href'), Number(link.textContent)] as const))
    expect(links.length).toBeGreaterThan(1)
    for (const [href, said] of links) expect([href, await rowsBehind(href!)]).toEqual([href, said])
    await open('/rules/identity-dormant')
    const field = page.locator('.rule-form input')
    await field.fill('0')
    await page.getByRole('button', { name: 'Try it on the estate' }).click()
    // Refused at the field that is wrong.
    await page.locator('.rule-form .field .refusal').waitFor()
    expect(await field.getAttribute('aria-invalid')).toBe('true')
    await field.fill('30')
    const keep = page.getByRole('button', { name: 'Keep these settings' })
    expect(await keep.isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Try it on the estate' }).click()
    await page.getByText(/It would find \d+/).waitFor()
    await keep.click()
    await page.getByText('not the defaults').waitFor()
    await page.getByRole('button', { name: 'Switch it off' }).click()
    await page.getByText('It is switched off: nothing is judged by it.').waitFor()
    await page.locator('.toast', { hasText: 'Switched off' }).getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('button', { name: 'Switch it off' }).waitFor()
  })

  test('a rule of one’s own is refused with its place, tried, kept, judged, and deleted', async () => {
    await open('/rules/new')
    const text = page.getByLabel('The rule, in YAML or JSON')
    const source = await text.inputValue()
    await text.fill(source.replace('== "service"', '=== "service"'))
    await page.getByRole('button', { name: 'Check and try it' }).click()
    await page
      .getByRole('alert')
      .getByText(/line 1, column/)
      .waitFor()
    await text.fill(source)
    await page.getByRole('button', { name: 'Check and try it' }).click()
    await page.getByText('It would find 3').waitFor()
    await page.getByRole('button', { name: 'Keep it and switch it on' }).click()
    await page.waitForURL('**/rules/service-account-with-shell')
    await page.getByText('It has not been judged yet.').waitFor()
    await judgeEstate(server.db, { now: new Date() })
    await open('/rules/service-account-with-shell')
    expect(await page.locator('.answer a').first().textContent()).toBe('3')
    await page.getByRole('button', { name: 'Delete…' }).click()
    await page.getByRole('button', { name: 'Delete the rule' }).click()
    await page.waitForURL((url) => url.pathname === '/rules')
  })

  test('the trail: verified now, filtered, each change field by field, exported, and no secret in it', async () => {
    await open('/audit')
    await page.getByRole('button', { name: 'Verify now' }).click()
    await page.getByText(/The chain holds: verified today \d\d:\d\d/).waitFor()
    await open('/audit?q=action%3Aconnection.update')
    await page.locator('details summary', { hasText: 'schedule' }).last().click()
    expect(await page.locator('.difference').getByText('0 2 * * *').count()).toBeGreaterThan(0)
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /Export/ }).click(),
    ])
    expect(file.suggestedFilename()).toBe('reeve-audit.ndjson')
    const trail = await page.request.get(`${server.url}/v1/audit/export`)
    expect((await trail.text()).trim().split('\n').length).toBeGreaterThan(8)
    expect(await trail.text()).not.toContain('opensesame')
  })

  test('axe finds nothing on any of these pages, in both themes, wide and narrow; none is too wide', async () => {
    const found: string[] = []
    for (const path of [
      '/connections',
      '/connections/depot',
      '/connections/depot?run=1',
      '/connections/new/depot',
      '/rules',
      '/rules/identity-dormant',
      '/rules/new',
      '/audit',
    ]) {
      for (const width of [1440, 390]) {
        await page.setViewportSize({ width, height: 844 })
        await open(path)
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme })
          for (const line of await axe(page)) found.push(`${path} ${width} ${colorScheme}: ${line}`)
        }
        const over = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        )
        if (over > 0) found.push(`${path} ${width}: ${over} px too wide`)
      }
    }
    await page.setViewportSize({ width: 1440, height: 900 })
    expect([...found, ...wrong]).toEqual([])
  })

  test('a connection is removed by whoever types its name', async () => {
    await open('/connections/depot')
    await page.getByRole('button', { name: 'Remove…' }).click()
    const remove = page.getByRole('button', { name: 'Remove the connection' })
    expect(await remove.isDisabled()).toBe(true)
    await page.getByLabel(/^Type depot/).fill('depo')
    expect(await remove.isDisabled()).toBe(true)
    await page.getByLabel(/^Type depot/).fill('depot')
    await remove.click()
    await page.waitForURL((url) => url.pathname === '/connections')
    const { rows } = await sql`select 1 from discover.connection where id = 'depot'`.execute(server.db)
    expect(rows).toEqual([])
  })
})

// biome-ignore lint/suspicious/noExplicitAny: the DOM's types would reach the server's code from here
declare const document: any
