import { sql } from 'kysely'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runBulk } from '../src/http/bulk-run.ts'
import { adminLink } from '../src/http/index.ts'
import { read } from '../src/http/testing/estate.ts'
import { type TestServer, testServer } from '../src/http/testing/index.ts'
import { systemClock } from '../src/platform/index.ts'
import { axe, built, enter, launch, look, settled, whyNot } from './console-browser.ts'
import { dist } from './console-server.ts'

const reason = whyNot()
if (reason) console.log(`skipped: the inventory on a real server, because ${reason}`)

/** The page's own world, inside the functions that are sent to it. */
// biome-ignore lint/suspicious/noExplicitAny: the DOM's types would reach the server's code from here
declare const document: any, window: any

const USERS = 730
const user = (n: number) =>
  ({
    kind: 'identity',
    type: n % 2 === 0 ? 'linux_user' : 'demo_role',
    key: `host:ops/user/u${n}`,
    name: `user ${String(n).padStart(4, '0')}`,
    attributes: {},
  }) as const
const estate = (numbers: readonly number[]): Parameters<typeof read>[1] => [
  { kind: 'resource', type: 'linux_host', key: 'host:ops', name: 'ops', environment: 'production' },
  { kind: 'person', type: 'person', key: 'person:mara@larkfield.example', name: 'Mara Quill' },
  { kind: 'workload', type: 'systemd_unit', key: 'host:ops/unit/backup', name: 'backup.timer' },
  { kind: 'credential', type: 'ssh_key', key: 'ssh:SHA256:abc', name: 'deploy@laptop', method: 'ssh-key' },
  { kind: 'secret', type: 'host_secret_file', key: 'host:ops/file/1', name: 's3.env' },
  { kind: 'entitlement', type: 'demo_policy', key: 'demo:policy/1', name: 'writer' },
  ...numbers.map(user),
]
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)

describe.skipIf(reason !== null)('the inventory on a real server', () => {
  let server: TestServer
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let wrong: string[]
  const running: Promise<void>[] = []

  beforeAll(async () => {
    built()
    server = await testServer({ consoleFolder: dist })
    // As the queue does, in this process.
    Object.assign(server.app.discovery, {
      jobs: {
        async send(queue: string, data: { bulk: string }) {
          if (queue === 'bulk')
            running.push(runBulk({ ...server.app, discovery: { ...server.app.discovery } }, data.bulk))
          return null
        },
      },
    })
    await read(server.database, estate(upTo(USERS)))
    browser = await launch()
    ;({ page, context, wrong } = await look(browser, server.url))
    await enter(page, server.url + (await adminLink(server.db, systemClock)).path)
  })
  afterAll(async () => {
    await context?.close()
    await browser?.close()
    await Promise.all(running)
    await server?.close()
    expect(wrong).toEqual([])
  })
  beforeEach(() => page.setViewportSize({ width: 1440, height: 900 }))

  const open = async (path: string) => {
    await page.goto(server.url + path)
    await settled(page)
  }
  const rows = () => page.locator('table.roll tbody tr[data-index] .title').allTextContents()
  const selected = () => page.locator('.bulk b').textContent()
  const press = (name: string | RegExp) => page.getByRole('button', { name }).click()
  const toast = (text: string | RegExp) => page.locator('.toast', { hasText: text })

  test('every count of a kind, a facet and a tab is the count of its rows, and the scrollbar reaches the last of them', async () => {
    await open('/identities')
    await page.waitForSelector('.facets .choice-line')
    const kinds = await page.locator('.facets section').first().locator('.choice-line').all()
    const hrefs: [string, number][] = []
    for (const link of [...kinds, ...(await page.locator('.views .tabs a').all())]) {
      const count = Number((await link.locator('.n, .meta').first().textContent())!.replaceAll(/\D/g, ''))
      hrefs.push([(await link.getAttribute('href'))!, count])
    }
    expect(hrefs.length).toBeGreaterThan(10)
    for (const [href, count] of hrefs) {
      await open(href)
      const shown = count === 0 ? 0 : Number(await page.locator('table.roll').getAttribute('aria-rowcount')) - 1
      expect([href, shown]).toEqual([href, count])
    }
    await open('/identities?sort=name')
    await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight)')
    await page.waitForSelector(`tr[data-index="${USERS - 1}"] .title`)
    expect((await rows()).at(-1)).toBe(`user ${String(USERS - 1).padStart(4, '0')}`)
  })

  test('a view is saved with its filter, order and columns, renamed, changed, deleted, and each taken back', async () => {
    await open('/identities?q=type%3Ademo_role&sort=-name&cols=name%2Cowner%2CfirstSeen')
    await press('Save view')
    await page.getByLabel('What it is called').fill('Roles')
    await page.getByRole('checkbox', { name: 'Everybody sees it' }).check()
    await press('Save the view')
    const tab = page.locator('.views .tabs a', { hasText: 'Roles' })
    await tab.waitFor()
    await page.waitForFunction(() =>
      document.querySelector('.views .tabs a[aria-current]')?.textContent.includes('Roles'),
    )
    await page.waitForFunction(() => /365/.test(document.querySelector('.views .tabs a[aria-current]')?.textContent))
    await open('/identities')
    await tab.click()
    await page.waitForFunction(() => document.querySelector('tr[data-index="0"] .title')?.textContent === 'user 0729')
    expect(await page.locator('table.roll thead th').allTextContents()).toEqual([
      'Selected',
      'Identity',
      'Owner',
      'First seen',
    ])

    await press('Edit view')
    await page.getByLabel('What it is called').fill('All roles')
    await press('Change the view')
    await page.locator('.views .tabs a', { hasText: 'All roles' }).waitFor()
    await toast('All roles was changed.').getByRole('button', { name: 'Undo' }).click()
    await page.waitForFunction(() =>
      document.querySelector('.views .tabs a[aria-current]')?.textContent.startsWith('Roles'),
    )

    await page.getByPlaceholder(/^Filter/).fill('type:demo_role 07')
    await press('View changed')
    await press('Keep it in the view')
    await page.getByRole('button', { name: 'Edit view' }).waitFor()
    expect((await (await server.as('viewer'))('GET', '/v1/views')).body.rows).toMatchObject([
      { name: 'Roles', q: 'type:demo_role 07', sort: '-name', columns: 'name,owner,firstSeen', mine: false },
    ])
    await press('Edit view')
    await press('Delete the view')
    await tab.waitFor({ state: 'detached' })
    await toast('Roles was deleted.').getByRole('button', { name: 'Undo' }).click()
    await tab.waitFor()
    await (await server.as('admin'))(
      'DELETE',
      `/v1/views/${new URL((await tab.getAttribute('href'))!, server.url).searchParams.get('view')}`,
    )
  })

  test('columns are chosen, moved and widened by keyboard alone, and the address reproduces them', async () => {
    await open('/identities')
    await page.getByRole('button', { name: 'Columns' }).focus()
    await page.keyboard.press('Enter')
    const act = async (name: string) => {
      await page.getByRole('button', { name }).focus()
      await page.keyboard.press('Enter')
    }
    await act('Owner: further left')
    await act('Owner: wider')
    await page.getByRole('checkbox', { name: 'Where' }).focus()
    await page.keyboard.press('Space')
    await page.getByRole('checkbox', { name: 'First seen' }).focus()
    await page.keyboard.press('Space')
    await page.keyboard.press('Escape')
    const heads = () => page.locator('table.roll thead th').allTextContents()
    const wanted = [
      'Selected',
      'Verdict',
      'Identity',
      'Type',
      'Owner',
      'Last used',
      'Oldest key',
      'Reach',
      'First seen',
    ]
    await expect.poll(heads).toEqual(wanted)
    await expect
      .poll(() => new URL(page.url()).searchParams.get('cols'))
      .toBe('verdict,name,type,owner:200,lastUsed,age,reach,firstSeen')
    await page.reload()
    await settled(page)
    await expect.poll(heads).toEqual(wanted)
    expect(await page.locator('a[download]').getAttribute('href')).toContain(
      'columns=verdict%2Cname%2Ctype%2Cowner%3A200',
    )
    const edge = (await page.locator('th', { hasText: 'Type' }).locator('.edge').boundingBox())!
    await page.mouse.move(edge.x + 4, edge.y + 4)
    await page.mouse.down()
    await page.mouse.move(edge.x + 64, edge.y + 4, { steps: 4 })
    await page.mouse.up()
    await page.waitForURL(/type%3A\d+%2Cowner%3A200/)
  })

  test('a range reaches rows that were never shown; all that match are assigned on the server, row by row, and taken back', async () => {
    await open('/identities?sort=name&q=type%3Alinux_user')
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    expect(await selected()).toBe('1 selected')
    await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight)')
    await page.locator('tr[data-index="350"] input').click({ modifiers: ['Shift'] })
    await page.waitForFunction(() => document.querySelector('.bulk b').textContent === '351 selected')
    await press('Select all 365 that match')
    expect(await selected()).toBe('All 365 that match')
    await page.locator('tr[data-index="360"] input').click()
    expect(await selected()).toBe('364 selected')
    await press('Assign owner')
    await page.getByLabel('A person of the estate').fill('Mara')
    await press(/Mara Quill/)
    await page.locator('.bulk-done b', { hasText: '364 done' }).waitFor()
    const owned = async () =>
      (
        await sql<{ n: number }>`select count(*)::int as n from act.assignment where ended_at is null`.execute(
          server.db,
        )
      ).rows[0]!.n
    expect(await owned()).toBe(364)
    // The rows stay where they are and say what they are now.
    await page.locator('tr[data-index="355"] td.owner', { hasText: 'Mara Quill' }).waitFor()
    await page.locator('.bulk-done').getByRole('button', { name: 'Undo' }).click()
    await page.locator('.bulk-done p', { hasText: '364 done: what was done with them is taken back.' }).waitFor()
    expect(await owned()).toBe(0)
    await press('Put away')
  })

  test('what is refused is said row by row, and the rest is done', async () => {
    await open('/identities?sort=name&q=%22user%20000%22')
    const { rows: open_ } = await sql<{ n: number }>`
      select count(distinct subject)::int as n from assess.finding where state = 'open' and verdict = 'fail' and subject ~ 'user/u[0-9]$'`.execute(
      server.db,
    )
    await sql`update assess.finding set state = 'resolved' where subject in ('host:ops/user/u3', 'host:ops/user/u4')`.execute(
      server.db,
    )
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await press('Select all 10 that match')
    await press('Mute findings')
    await page.getByLabel('Why, for whoever reads it later').fill('moving to another host')
    await press('Mute it')
    await page.locator('.bulk-done b', { hasText: `${open_[0]!.n - 2} done, ${12 - open_[0]!.n} refused` }).waitFor()
    expect(await page.locator('.bulk-done li').allTextContents()).toEqual([
      expect.stringMatching(/no finding of it is open, the first is host:ops\/user\/u\d$/),
    ])
    expect(await axe(page)).toEqual([])
    await press('Put away')
  })

  test('rows that come meanwhile are said and move nothing until they are asked for', async () => {
    await open('/identities?sort=name')
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await press(`Select all ${USERS} that match`)
    await page.evaluate(() => document.querySelector('tr[data-index="0"] .title').focus())
    // The window of drawn rows has followed the bar of what is chosen; and the bell rings for whoever looks.
    await page.waitForTimeout(1_500)
    const before = await rows()
    // One connection more says.
    await read(
      server.database,
      [
        { kind: 'identity', type: 'linux_user', key: 'host:ops/user/aa', name: 'aa, the first of all' },
        { kind: 'identity', type: 'linux_user', key: 'host:ops/user/ab', name: 'ab' },
      ],
      { connection: 'other' },
    )
    await page.locator('.fresh', { hasText: '2 new.' }).waitFor()
    expect(await rows()).toEqual(before)
    expect(await page.evaluate(() => document.activeElement.textContent)).toBe(before[0])
    await press('Show the list of now')
    await page.waitForFunction(
      () => document.querySelector('tr[data-index="0"] .title')?.textContent === 'aa, the first of all',
    )
    expect(await page.locator('.fresh').count()).toBe(0)
    // All of the list as it was shown is not all of another.
    expect(await page.locator('.bulk').count()).toBe(0)
  })

  test('space peeks, j and k go on with the card, enter opens, esc lets go', async () => {
    await open('/identities?sort=name')
    await page.keyboard.press('j')
    await page.keyboard.press('Space')
    await page.locator('.peek h2', { hasText: 'aa, the first of all' }).waitFor()
    await page.keyboard.press('j')
    await page.locator('.peek h2', { hasText: /^ab$/ }).waitFor()
    await page.keyboard.press('Escape')
    await page.locator('.peek').waitFor({ state: 'detached' })
    await page.keyboard.press('Enter')
    await page.waitForURL('**/identities/host%3Aops%2Fuser%2Fab')
    await page.goBack()
    await page.waitForSelector('tr[data-index="0"] .title')
  })

  test('at 390 px facets are in a sheet that narrows the list, and there is no table to scroll sideways', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await open('/identities')
    await press('Filter')
    await page.locator('dialog .choice-line', { hasText: 'Demo role' }).click()
    await page.waitForURL(/q=type%3Ademo_role/)
    await press(/^Show 365/)
    expect(await page.locator('table.roll').getAttribute('aria-rowcount')).toBe('366')
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
    expect(await axe(page)).toEqual([])
  })
})
