/** The inbox of an owner on a real server with Larkfield: one thing on one screen, one key, the next, and the way back. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type * as read from '../src/read/index.ts'
import { built, launch, look, settled, undoLast, whyNot } from './console-browser.ts'
import { type RealConsole, realConsole } from './console-real.ts'
import { type Session, signIn } from './reeve/command.ts'

/** The page's own world, inside the functions that are sent to it. */
// biome-ignore lint/suspicious/noExplicitAny: the DOM's types would reach the server's code from here
declare const document: any, window: any

const reason = whyNot()
if (reason) console.log(`skipped: the inbox of the console, because ${reason}`)

describe.skipIf(reason !== null)('an owner at their inbox', () => {
  let server: RealConsole
  let browser: Browser
  let admin: Session

  beforeAll(async () => {
    built()
    server = await realConsole()
    await server.readLarkfield()
    admin = await server.as('admin')
    browser = await launch()
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  const open = async (path: string, at: Page) => {
    await at.goto(server.url + path)
    await settled(at)
    await at.evaluate(() => document.getElementById('main')?.focus())
  }
  const owners = () => admin.get<read.OwnersPage>('/v1/owners')
  const queue = async () => (await admin.get<read.OwnersQueue>('/v1/owners/queue?limit=200')).rows
  /** Somebody of the estate with an account of their own, in a browser of their own. */
  const sitAs = async (email: string, role: read.Role) => {
    const { status, body } = await admin.send('POST', '/v1/users', { name: email.split('@')[0], email, role })
    if (status !== 201) throw new Error(JSON.stringify(body))
    const session = await signIn(server.url, server.url + (body as { link: string }).link)
    const seen = await look(browser, server.url)
    const [name, value] = session.cookie.split('=') as [string, string]
    await seen.context.addCookies([{ name, value, url: server.url, httpOnly: true, sameSite: 'Strict' }])
    return { ...seen, session }
  }

  let mine: Awaited<ReturnType<typeof sitAs>>
  let person: read.Person
  const inbox = () => mine.session.get<read.Inbox>('/v1/inbox')
  const answered = () =>
    admin.get<{ rows: { entity: { key: string }; answer: string; note: string | null }[] }>('/v1/certifications')

  beforeAll(async () => {
    const { people } = await owners()
    person = people.find(
      ({ presence, overdue, owned }) => presence.state === 'active' && overdue > 0 && owned > 4,
    )!.person
    // Named anew they are asked to confirm: three things at least.
    for (const { entity } of (await queue()).slice(-3))
      await admin.send('PUT', `/v1/entities/${encodeURIComponent(entity.key)}/owner`, { person: person.key })
    mine = await sitAs(person.key.replace('person:', ''), 'owner')
  }, 60_000)
  afterAll(() => mine?.context.close())

  test('sees the overview, the inventory and the inbox, and g w goes there', async () => {
    const { page } = mine
    await open('/identities', page)
    expect(await page.locator('.side .place').evaluateAll((all) => all.map((at) => at.getAttribute('href')))).toEqual([
      '/',
      '/identities',
      '/inbox',
    ])
    await page.keyboard.press('g')
    await page.keyboard.press('w')
    await page.waitForURL('**/inbox')
  })

  test('answers each thing with one key on one screen; the next comes, and an answer is taken back', {
    timeout: 120_000,
  }, async () => {
    const { page } = mine
    const before = await inbox()
    expect(before.left).toBeGreaterThan(3)
    await open('/inbox', page)
    const asked = () => page.locator('.inbox-item h2').textContent()
    const said = () => page.locator('.answer b').textContent()
    const [first, second] = before.items
    expect(await said()).toBe(String(before.left))
    expect(await page.locator('.inbox-item .inbox-entity').textContent()).toContain(first!.entity.name)
    // All of it on one screen.
    expect(await page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight)).toBeLessThanOrEqual(0)
    expect(await page.locator('.inbox-because li').count()).toBe(first!.because.length)
    expect(first!.because.length).toBeGreaterThan(0)
    const title = await asked()
    await page.keyboard.press('1')
    await page.waitForFunction((was) => document.querySelector('.inbox-item h2').textContent !== was, title)
    expect(await page.locator('.inbox-item .inbox-entity').textContent()).toContain(second!.entity.name)
    expect(await page.evaluate(() => document.activeElement.id)).toBe('asked')
    expect((await answered()).rows[0]).toMatchObject({ entity: { key: first!.entity.key }, answer: 'mine' })
    await undoLast(page)
    await page.waitForFunction((was) => document.querySelector('.inbox-item h2').textContent === was, title)
    expect((await inbox()).left).toBe(before.left)

    await page.getByText('Add a note').click()
    await page.locator('.inbox-item textarea').fill('taken down with the old host')
    await page.locator('#asked').focus()
    await page.keyboard.press('3')
    await page.locator('.toast', { hasText: 'needed no longer' }).waitFor()
    expect((await answered()).rows[0]).toMatchObject({ answer: 'not-needed', note: 'taken down with the old host' })
    await undoLast(page)
    await page.waitForFunction((was) => document.querySelector('.inbox-item h2').textContent === was, title)

    await page.keyboard.press('2')
    await page.locator('dialog[open] h2', { hasText: 'Whose is it' }).waitFor()
    await page.getByRole('button', { name: 'I do not know' }).click()
    await page.locator('.toast', { hasText: 'back in the queue' }).waitFor()
    expect((await answered()).rows[0]).toMatchObject({ entity: { key: first!.entity.key }, answer: 'not-mine' })
    expect((await queue()).map(({ entity }) => entity.key)).toContain(first!.entity.key)
    await undoLast(page)
    expect((await inbox()).left).toBe(before.left)
  })

  test('gives their word on the card too, where a backup is named', { timeout: 60_000 }, async () => {
    const { page } = mine
    const { items } = await inbox()
    const { entity } = items[0]!
    await open(`/identities/${encodeURIComponent(entity.key).replaceAll('.', '%2E')}`, page)
    const facts = page.locator('.facts')
    await facts.getByText('not certified yet').waitFor()
    await facts.getByRole('button', { name: 'Mine, still needed' }).click()
    await facts.getByText(/^certified today/).waitFor()
    await undoLast(page)
    await facts.getByText('not certified yet').waitFor()
    await facts.getByRole('button', { name: 'Backup' }).click()
    await page.locator('dialog[open] h2', { hasText: 'Who is the backup' }).waitFor()
    await page.locator('dialog[open] .choice', { hasNotText: person.name }).first().click()
    await facts.getByText(/^backup: \w+/).waitFor()
    await undoLast(page)
    await facts.getByText('nobody is the backup').waitFor()
  })

  test('puts one off, and has nothing left when all are answered', { timeout: 120_000 }, async () => {
    const { page } = mine
    await open('/inbox', page)
    const before = await inbox()
    const title = await page.locator('.inbox-item h2').textContent()
    await page.keyboard.press('j')
    await page.waitForFunction((was) => document.querySelector('.inbox-item h2').textContent !== was, title)
    await page.keyboard.press('k')
    await page.waitForFunction((was) => document.querySelector('.inbox-item h2').textContent === was, title)
    for (let i = 0; i < before.left; i++) {
      const was = await page.locator('.inbox-item h2').textContent()
      await page.getByRole('button', { name: 'No longer needed' }).click()
      await page.waitForFunction((one) => document.querySelector('.inbox-item h2')?.textContent !== one, was)
      await page.waitForFunction(() => document.querySelector('.inbox-answers button[disabled]') === null)
      if ((await page.locator('.inbox-item').count()) === 0) break
    }
    await page.getByText('All that answers to you has your word').waitFor()
    expect(await page.locator('.state').textContent()).toMatch(/Next review \d+ \w+/)
    expect((await inbox()).left).toBe(0)
  })

  test('no page broke or went against the content policy', () => {
    expect(mine.wrong).toEqual([])
  })
})
