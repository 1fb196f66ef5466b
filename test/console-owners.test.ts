/** Owners and the inbox on a real server with Larkfield: each number is that of its rows, each act has its way back. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type * as read from '../src/read/index.ts'
import { axe, built, launch, look, settled, undoLast, whyNot } from './console-browser.ts'
import { type RealConsole, realConsole } from './console-real.ts'
import type { Session } from './reeve/command.ts'

/** The page's own world, inside the functions that are sent to it. */
// biome-ignore lint/suspicious/noExplicitAny: the DOM's types would reach the server's code from here
declare const document: any, window: any

const reason = whyNot()
if (reason) console.log(`skipped: owners in the console, because ${reason}`)

const number = (text: string | null): number => Number((text ?? '').replaceAll(/[^\d]/g, ''))

describe.skipIf(reason !== null)('owners in the console', () => {
  let server: RealConsole
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let wrong: string[]
  let admin: Session

  beforeAll(async () => {
    built()
    server = await realConsole()
    await server.readLarkfield()
    admin = await server.as('admin')
    browser = await launch()
    const seen = await look(browser, server.url)
    ;({ page, context, wrong } = seen)
    await server.sit(context, 'admin')
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  const open = async (path: string, at = page) => {
    await at.goto(server.url + path)
    await settled(at)
    await at.evaluate(() => document.getElementById('main')?.focus())
  }
  const owners = () => admin.get<read.OwnersPage>('/v1/owners')
  /** What holds at once; suggestions come back with the next judgement. */
  const held = async () => {
    const { suggested, ...counts } = (await owners()).counts
    return counts
  }
  const queue = async (words = ''): Promise<read.QueueRow[]> => {
    const rows: read.QueueRow[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const at: read.OwnersQueue = await admin.get<read.OwnersQueue>(
        `/v1/owners/queue?${words}${cursor === '' ? '' : `&cursor=${cursor}`}`,
      )
      rows.push(...at.rows)
      cursor = at.next
    }
    return rows
  }
  const lines = (at = page) => at.locator('.queue > li')
  const lineOf = (key: string) => page.locator(`.queue > li[data-entity="${key}"]`)
  /** Every line of the view, page after page. */
  const showAll = async () => {
    for (;;) {
      const more = page.getByRole('button', { name: 'Show more' })
      if ((await more.count()) === 0) break
      const before = await lines().count()
      await more.click()
      await page.waitForFunction((n) => document.querySelectorAll('.queue > li').length > n, before)
    }
    return lines().count()
  }

  /** The list once it holds so many: what was judged since is shown when it is asked for. */
  const holds = async (n: number) => {
    const anew = page.getByRole('button', { name: 'Show it' })
    for (let tries = 0; tries < 100 && (await lines().count()) !== n; tries++) {
      await anew.click({ timeout: 300 }).catch(() => {})
      await page.waitForTimeout(200)
    }
    expect(await lines().count()).toBe(n)
  }

  /** What was decided before has been read and judged: suggestions stand as they will. */
  beforeEach(async () => {
    const calm = async () => {
      const [{ judging }, { running }] = await Promise.all([
        admin.get<read.Overview>('/v1/overview'),
        admin.get<read.Frame>('/v1/frame'),
      ])
      return !judging && running.length === 0
    }
    for (let quiet = 0; quiet < 4; quiet = (await calm()) ? quiet + 1 : 0) await page.waitForTimeout(400)
  }, 60_000)

  test('each number at the head is that of its rows, and so is the one of the place', {
    timeout: 120_000,
  }, async () => {
    const { counts, peopleCount } = await owners()
    expect(counts.owned + counts.orphaned + counts.unowned).toBe(counts.identities)
    expect(counts.suggested).toBeGreaterThan(3)
    expect(counts.orphaned).toBeGreaterThan(3)
    await open('/owners')
    const said = await page.locator('.answer').textContent()
    expect(said).toContain(`${counts.owned} of ${counts.identities} identities have a person who answers for them`)
    const links: { href: string; n: number }[] = await page.evaluate(() =>
      [...document.querySelectorAll('.answer a')].map((link) => ({
        href: link.getAttribute('href'),
        n: Number(link.textContent.replaceAll(/[^\d]/g, '')),
      })),
    )
    expect(links.length).toBeGreaterThan(2)
    for (const { href, n } of links) {
      await open(href)
      if (href.startsWith('/owners')) expect([href, await showAll()]).toEqual([href, n])
      else expect([href, number(await page.locator('table.roll').getAttribute('aria-rowcount')) - 1]).toEqual([href, n])
    }
    await open('/owners')
    expect(await page.locator('.side .place[href="/owners"] .count').textContent()).toBe(`${counts.unowned} unowned`)
    for (const view of ['All', 'Nobody', 'Has left', 'With a suggestion']) {
      const tab = page.locator('.owners-queue .tabs a', { hasText: view }).first()
      const n = number(await tab.locator('.meta').textContent())
      await tab.click()
      await page.waitForFunction(
        (text) => document.querySelector('.owners-queue .tabs a[aria-current]')?.textContent.startsWith(text),
        view,
      )
      await settled(page)
      await page.waitForFunction(() => document.querySelector('.queue.dim') === null)
      expect([view, await showAll()]).toEqual([view, n])
    }
    await open('/owners')
    const all = page.getByRole('button', { name: /Show all/ })
    if ((await all.count()) > 0) await all.click()
    await page.waitForFunction((n) => document.querySelectorAll('.owners-people tbody tr').length === n, peopleCount)
  })

  test('by keyboard: a suggestion is accepted with what comes next in focus, and taken back; somebody else is named', {
    timeout: 120_000,
  }, async () => {
    const before = await held()
    const rows = await queue('suggested=yes')
    await open('/owners?queue=suggested')
    expect(await lines().count()).toBe((await owners()).counts.suggested)
    const first = rows[0]!
    await page.keyboard.press('j')
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement.textContent)).toContain('Accept')
    await page.keyboard.press('Enter')
    await lineOf(first.entity.key).waitFor({ state: 'detached' })
    await page.locator('.toast', { hasText: `${first.suggestion!.person.name} now answers for` }).waitFor()
    await page.waitForFunction(
      (key) => document.activeElement?.closest('[data-entity]')?.dataset.entity === key,
      rows[1]!.entity.key,
    )
    expect((await owners()).counts).toMatchObject({ owned: before.owned + 1 })
    await page.waitForFunction((n) => document.querySelector('.answer b').textContent === String(n), before.owned + 1)
    await undoLast(page)
    await holds(rows.length)
    expect(await held()).toEqual(before)

    await lineOf(first.entity.key).locator('.queue-name').focus()
    await page.keyboard.press('a')
    await page.locator('dialog[open] h2', { hasText: 'Who answers for it' }).waitFor()
    const other = (await owners()).people.find(
      ({ person, presence }) => presence.state === 'active' && person.key !== first.suggestion!.person.key,
    )!.person
    await page.locator('dialog[open] input').fill(other.name)
    await page.locator('dialog[open] .choice', { hasText: other.key }).click()
    await lineOf(first.entity.key).waitFor({ state: 'detached' })
    const card = await admin.get<read.Card>(`/v1/entities/${encodeURIComponent(first.entity.key)}`)
    expect(card.owners.accountable?.key).toBe(other.key)
    await undoLast(page)
    await holds(rows.length)
  })

  test('several are selected and accepted at once, and taken back at once', { timeout: 120_000 }, async () => {
    const before = await held()
    const rows = await queue('suggested=yes')
    await open('/owners?queue=suggested')
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    const bar = page.getByRole('region', { name: 'What is selected' })
    expect(await bar.textContent()).toContain('2 suggestions selected')
    await page.getByLabel(/^Select all \d+ that have a suggestion/).check()
    expect(await bar.textContent()).toContain(`${rows.length} suggestions selected`)
    await bar.getByRole('button', { name: 'Accept all' }).click()
    await page.locator('.toast', { hasText: `${rows.length} suggestions accepted` }).waitFor()
    await page.getByText('No suggestion waits').waitFor()
    expect((await owners()).counts.owned).toBe(before.owned + rows.length)
    for (const { entity, suggestion } of rows.slice(0, 3)) {
      const card = await admin.get<read.Card>(`/v1/entities/${encodeURIComponent(entity.key)}`)
      expect(card.owners.accountable?.key).toBe(suggestion!.person.key)
    }
    await undoLast(page)
    await holds(rows.length)
    expect(await held()).toEqual(before)
  })

  test('if somebody leaves: what breaks first by date, all that must move, and the hand-over with one step back', {
    timeout: 120_000,
  }, async () => {
    const { people } = await owners()
    const { person } = people.find(({ presence, owned }) => presence.state === 'active' && owned > 4)!
    const path = `/owners/people/${encodeURIComponent(person.key).replaceAll('.', '%2E')}`
    const answer = () => admin.get<read.Leaving>(`/v1/owners/people/${encodeURIComponent(person.key)}/leaving`)
    const before = await answer()
    await open('/owners')
    await page.locator('.owners-people a.title', { hasText: person.name }).first().click()
    await page.getByRole('heading', { level: 1, name: `If ${person.name} leaves today` }).waitFor()
    expect(new URL(page.url()).pathname).toBe(path)
    await settled(page)
    const all = page.getByRole('button', { name: /^Show all/ })
    if ((await all.count()) > 0) await all.click()
    const days: string[] = await page
      .locator('.breaks > li')
      .evaluateAll((list) => list.map((li) => li.querySelector('time')?.getAttribute('datetime') ?? 'unknown'))
    expect(days).toEqual(before.breaks.map(({ at }) => at ?? 'unknown'))
    const dated = days.filter((at) => at !== 'unknown')
    expect(dated).toEqual([...dated].sort())
    expect(dated.length).toBeGreaterThan(2)
    expect(await page.locator('.moves tbody tr').count()).toBe(before.moves.length)
    expect(await page.locator('.answer').textContent()).toContain(`${before.counts.owned} things`)

    const rest = before.moves.filter(({ to }) => to === null)
    expect(rest.length).toBeGreaterThan(1)
    const taker = people.find((one) => one.presence.state === 'active' && one.person.key !== person.key)!.person
    await page.getByRole('button', { name: `Name one person for these ${rest.length}` }).click()
    await page.locator('dialog[open] input').fill(taker.name)
    await page.locator('dialog[open] .choice', { hasText: taker.key }).click()
    await page.getByRole('button', { name: `Hand over all ${before.moves.length}` }).click()
    const sheet = page.locator('dialog[open]')
    await sheet.getByText('what would change; nothing has').waitFor()
    expect(await sheet.textContent()).toContain('Reversible')
    expect(await sheet.textContent()).toContain(`answers for it: ${person.name}`)
    expect((await answer()).counts).toEqual(before.counts)
    await sheet.getByRole('button', { name: `Hand over ${before.moves.length} things` }).click()
    await page.locator('.toast', { hasText: 'handed over' }).waitFor()
    await page.getByText('Nothing answers to them, so nothing has to move').waitFor()
    expect((await answer()).counts.owned).toBe(0)
    const card = await admin.get<read.Card>(`/v1/entities/${encodeURIComponent(rest[0]!.entity.key)}`)
    expect(card.owners.accountable?.key).toBe(taker.key)
    await undoLast(page)
    await page.waitForFunction((n) => document.querySelectorAll('.moves tbody tr').length === n, before.moves.length)
    expect((await answer()).counts).toEqual(before.counts)
  })

  test('a list of owners is tried first: 47 of 50 lines are good, three are named with line, column and cause, and all is taken back', {
    timeout: 120_000,
  }, async () => {
    const before = await held()
    const { rows } = await admin.get<read.Inventory>('/v1/entities?q=ownership%3Aany&limit=48')
    const email = 'noor.easton@larkfield.example'
    const good = rows.slice(0, 47).map(({ key }) => `"${key}",${email},,,`)
    const bad = [
      `aws:never-there,${email},,,`,
      `"${rows[47]!.key}",not an address,,,`,
      `"${rows[0]!.key}",ada@larkfield.example,,,`,
    ]
    const csv = `\uFEFFidentity,owner,backup,team,note\r\n${[...good.slice(0, 20), bad[0], ...good.slice(20), bad[1], bad[2]].join('\r\n')}\r\n`
    await open('/owners')
    await page.getByRole('button', { name: 'Import…' }).click()
    const sheet = page.locator('dialog[open]')
    await sheet
      .locator('input[type=file]')
      .setInputFiles({ name: 'owners.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
    const result = sheet.locator('.import-result')
    await result.waitFor()
    const said = (await result.locator('p').first().textContent())!
    expect(said).toMatch(
      /^50 lines: \d+ would change something, \d+ says? what holds already, 3 are wrong\. Nothing has been changed yet\./,
    )
    const [applied, same] = [/(\d+) would/, /(\d+) says?/].map((form) => Number(form.exec(said)![1]))
    expect(applied! + same!).toBe(47)
    expect(applied).toBeGreaterThan(20)
    expect(await result.locator('tbody tr td:first-child').allTextContents()).toEqual(['22', '50', '51'])
    for (const text of await result.locator('tbody tr td:last-child').allTextContents())
      expect(text).toMatch(/\w+.*\w+\/[\w-]+$/)
    expect(await axe(page)).toEqual([])
    expect(await held()).toEqual(before)
    await sheet.getByRole('button', { name: `Apply ${applied} lines` }).click()
    await result.getByText(`${applied} applied`).waitFor()
    await page.locator('.toast', { hasText: `${applied} owners are imported; 3 lines were wrong` }).waitFor()
    expect((await owners()).counts.owned).toBeGreaterThan(before.owned)
    const card = await admin.get<read.Card>(`/v1/entities/${encodeURIComponent(rows[5]!.key)}`)
    expect(card.owners.accountable?.key).toBe(`person:${email}`)
    await sheet.getByRole('button', { name: 'Close' }).first().click()
    // The same list again changes nothing.
    await page.getByRole('button', { name: 'Import…' }).click()
    await sheet
      .locator('input[type=file]')
      .setInputFiles({ name: 'owners.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
    await result.getByText('50 lines: 0 would change something, 47 say what holds already').waitFor()
    expect(await sheet.getByRole('button', { name: 'Apply 0 lines' }).isDisabled()).toBe(true)
    await page.keyboard.press('Escape')
    await undoLast(page)
    expect(await held()).toEqual(before)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'CSV' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('reeve-owners.csv')
  })

  test('a file that is no list of owners is refused as a whole, with the reason', async () => {
    await open('/owners')
    await page.getByRole('button', { name: 'Import…' }).click()
    const sheet = page.locator('dialog[open]')
    const send = (text: string) =>
      sheet
        .locator('input[type=file]')
        .setInputFiles({ name: 'x.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
    await send('colour,size\nred,4\n')
    await sheet.locator('.refusal', { hasText: 'Nothing was changed.' }).waitFor()
    expect(await sheet.getByRole('button', { name: 'Apply' }).isDisabled()).toBe(true)
    await page.keyboard.press('Escape')
  })

  test('a team is made with one person who answers, and is offered as an owner', { timeout: 60_000 }, async () => {
    const people = (await owners()).people
      .filter(({ presence }) => presence.state === 'active')
      .map(({ person }) => person)
    const [lead, member] = people as [read.Person, read.Person]
    await open('/owners')
    await page.getByRole('button', { name: 'Add a team' }).click()
    const sheet = page.locator('dialog[open]')
    await sheet.getByLabel('Name', { exact: true }).fill('Plätze & Parcels')
    for (const [field, person] of [
      ['Who answers for it', lead],
      ['Who else belongs to it', member],
    ] as const) {
      await sheet.getByLabel(field).fill(person.name)
      await sheet.locator('.choice', { hasText: person.key }).click()
    }
    expect(await axe(page)).toEqual([])
    await sheet.getByRole('button', { name: 'Add it' }).click()
    const row = page.locator('.owners-teams tbody tr', { hasText: 'Plätze & Parcels' })
    await row.waitFor()
    expect(await row.textContent()).toContain(lead.name)
    const { rows } = await admin.get<read.Teams>('/v1/teams')
    expect(rows).toMatchObject([{ id: 'platze-parcels', accountable: { key: lead.key } }])
    expect(rows[0]!.members.map(({ key }) => key)).toContain(member.key)
    const [first] = await queue()
    await page.locator('.queue-name').first().focus()
    await page.keyboard.press('a')
    await page.locator('dialog[open] .choice', { hasText: 'Team Plätze & Parcels' }).click()
    await lineOf(first!.entity.key).waitFor({ state: 'detached' })
    const card = await admin.get<read.Card>(`/v1/entities/${encodeURIComponent(first!.entity.key)}`)
    expect(card.owners).toMatchObject({ accountable: { key: lead.key }, team: { name: 'Plätze & Parcels' } })
    await undoLast(page)
  })

  test('of an earlier day it shows what was then, and nothing can be pressed', { timeout: 60_000 }, async () => {
    const day = new Date(server.parts.app.clock.now().getTime() - 7 * 86_400_000).toISOString().slice(0, 10)
    const then = await admin.get<read.OwnersPage>(`/v1/owners?as-of=${day}`)
    await open(`/owners?as-of=${day}`)
    await page.locator('.notice.then', { hasText: 'You see' }).waitFor()
    expect(await page.locator('.answer').textContent()).toContain(`${then.counts.owned} of ${then.counts.identities}`)
    expect(then.counts).not.toEqual((await owners()).counts)
    expect(await page.getByRole('button', { name: /Accept|Say who|Other|Import|Add a team/ }).count()).toBe(0)
    await page.locator('.owners-people a.title').first().click()
    await page.waitForURL((url) => url.pathname.startsWith('/owners/people/') && url.searchParams.get('as-of') === day)
    await settled(page)
    expect(await page.getByRole('button', { name: /Hand over|Say who|Other/ }).count()).toBe(0)
  })

  test('no page broke or went against the content policy', () => {
    expect(wrong).toEqual([])
  })
})
