/** The settings in a real browser on a real server: passkeys, sessions, tokens, people, backups, retention, by role. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminLink } from '../src/http/index.ts'
import { type TestServer, testServer } from '../src/http/testing/index.ts'
import { parseInstallationKey, systemClock } from '../src/platform/index.ts'
import { axe, built, launch, look, settled, whyNot } from './console-browser.ts'
import { dist } from './console-server.ts'

const reason = whyNot()
if (reason) console.log(`skipped: the settings of the console, because ${reason}`)

describe.skipIf(reason !== null)('settings', { timeout: 120_000 }, () => {
  let server: TestServer
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let wrong: string[]
  let folder: string
  let url: string

  beforeAll(async () => {
    built()
    folder = await mkdtemp(join(tmpdir(), 'reeve-console-settings-'))
    server = await testServer({
      consoleFolder: dist,
      backupFolder: join(folder, 'backups'),
      installationKey: parseInstallationKey('ef'.repeat(32), 'the test'),
    })
    // Browsers make passkeys for names alone.
    url = server.url.replace('127.0.0.1', 'localhost')
    browser = await launch()
    ;({ page, context, wrong } = await look(browser, url))
    await enter(page)
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    if (folder) await rm(folder, { recursive: true })
  })

  async function enter(at: Page): Promise<void> {
    const link = await adminLink(server.db, systemClock)
    await at.goto(url + link.path)
    await at.waitForURL((address) => address.pathname !== '/sign-in')
  }
  const open = async (path: string) => {
    await page.goto(url + path)
    await settled(page)
  }
  /** A device that says yes, as long as it is there. */
  async function device(): Promise<{ cdp: CDPSession; id: string }> {
    const cdp = await context.newCDPSession(page)
    await cdp.send('WebAuthn.enable')
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
    return { cdp, id: authenticatorId }
  }

  test('a passkey is added, signs in, stands beside another, is removed, and the link is the way back in', async () => {
    const { cdp, id } = await device()
    await open('/settings')
    await page.getByText('You have none; one-time links are your way in.').waitFor()
    const add = async (name: string) => {
      await page.getByRole('button', { name: 'Add a passkey' }).click()
      await page.getByLabel('A name to know it by').fill(name)
      await page.getByRole('button', { name: 'Make the passkey' }).click()
      await page.locator('table td', { hasText: name }).first().waitFor()
    }
    await add('Work laptop')
    const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId: id })
    expect(credentials).toMatchObject([{ rpId: 'localhost', isResidentCredential: true }])

    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.waitForURL('**/sign-in')
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.waitForURL((address) => address.pathname === '/')
    await open('/settings')
    expect(await page.locator('section', { hasText: 'Signed in' }).locator('tbody td').allTextContents()).toContain(
      'passkey',
    )

    // The same device twice is refused in words; another one is a second passkey.
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByLabel('A name to know it by').fill('Again')
    await page.getByRole('button', { name: 'Make the passkey' }).click()
    await page.getByText('This device holds a passkey of yours for this place already.').waitFor()
    await page.keyboard.press('Escape')
    await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: id })
    const phone = await device()
    await add('Phone')
    expect(await page.getByRole('button', { name: /^Remove/ }).count()).toBe(2)

    for (const name of ['Phone', 'Work laptop']) {
      await page.getByRole('button', { name: `Remove ${name}` }).click()
      await page.getByRole('button', { name: 'Remove the passkey' }).click()
      await page.locator('dialog').waitFor({ state: 'detached' })
    }
    await page.getByText('You have none; one-time links are your way in.').waitFor()
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.waitForURL('**/sign-in')
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByRole('alert').getByText('This passkey does not sign in here; ask for a one-time link.').waitFor()
    await phone.cdp.send('WebAuthn.disable')
    await enter(page)
  })

  test('sessions: another browser is seen, and signed out from here', async () => {
    const other = await look(browser, url)
    await enter(other.page)
    await open('/settings')
    const rows = page.locator('section', { hasText: 'Signed in' }).locator('tbody tr')
    await page.getByRole('button', { name: 'Sign out there' }).first().waitFor()
    const before = await rows.count()
    await page.getByRole('button', { name: 'Sign out everywhere else' }).click()
    await page.waitForFunction((most) => document.querySelectorAll('tbody tr').length < most, before)
    expect(await rows.count()).toBe(1)
    await other.page.goto(`${url}/findings`)
    await other.page.waitForURL('**/sign-in**')
    await other.context.close()
  })

  test('people: a link made once signs in with its role, which sees no admin’s part; the last admin is protected', async () => {
    await open('/settings?part=people')
    expect(await page.getByRole('combobox', { name: /^Role of Admin/ }).isDisabled()).toBe(true)
    await page.getByText('the last admin: make another before this one goes').waitFor()
    await page.getByRole('button', { name: 'Add a person' }).click()
    await page.getByLabel('Name').fill('Oda Owner')
    await page.getByRole('combobox', { name: 'Role', exact: true }).selectOption('owner')
    await page.getByRole('button', { name: 'Add and make their link' }).click()
    const link = (await page.locator('dialog[open] pre').textContent())!
    expect(link).toContain('/sign-in#link_')
    await page.getByRole('button', { name: 'I have it' }).click()
    expect(await page.content()).not.toContain(link)

    const owner = await look(browser, url)
    await owner.page.goto(link)
    await owner.page.waitForURL((address) => address.pathname === '/')
    await owner.page.goto(`${url}/settings?part=keeping`)
    await settled(owner.page)
    expect(await owner.page.getByRole('navigation', { name: 'Parts of the settings' }).count()).toBe(0)
    expect(await owner.page.locator('main h2').allTextContents()).toEqual([
      'Passkeys',
      'Signed in',
      'Tokens',
      'How it looks and listens',
    ])
    for (const path of ['/v1/backups', '/v1/users', '/v1/settings/retention', '/v1/settings/outbound'])
      expect([path, (await owner.page.request.get(url + path)).status()]).toEqual([path, 403])
    for (const path of ['/connections', '/rules', '/audit']) {
      await owner.page.goto(url + path)
      await owner.page.getByText('Not with your role').first().waitFor()
    }
    await page.getByRole('button', { name: 'Shut out' }).last().click()
    await page.getByText('may not sign in').first().waitFor()
    await owner.page.goto(`${url}/settings`)
    await owner.page.waitForURL('**/sign-in**')
    await owner.context.close()
  })

  test('how it looks follows the person to another browser', async () => {
    await open('/settings')
    await page.getByRole('radio', { name: 'Compact' }).check()
    await page.getByRole('radio', { name: 'Dark' }).check()
    await expect
      .poll(
        async () =>
          (await sql<{ liking: object }>`select liking from http.account where name = 'Admin'`.execute(server.db))
            .rows[0]!.liking,
      )
      .toEqual({ density: 'compact', theme: 'dark' })
    const other = await look(browser, url)
    await enter(other.page)
    await settled(other.page)
    expect(await other.page.evaluate(() => ({ ...document.documentElement.dataset }))).toMatchObject({
      density: 'compact',
      theme: 'dark',
    })
    await other.context.close()
    await page.getByRole('radio', { name: 'As the system' }).check()
    await page.getByRole('radio', { name: 'Normal' }).check()
  })

  test('a backup is made from here, told while it is written, downloaded, and deleted', async () => {
    await open('/settings?part=keeping')
    await page.getByText('there is none').waitFor()
    await page.getByRole('button', { name: 'Make one now' }).click()
    await page.getByLabel('Passphrase for the installation key (optional)').fill('correct horse battery')
    await page.getByRole('button', { name: 'Make the backup' }).click()
    const download = page.getByRole('link', { name: 'Download' })
    await download.waitFor()
    await page.getByText('bears the installation key under your passphrase').waitFor()
    expect(await readdir(join(folder, 'backups'))).toHaveLength(1)
    const [file] = await Promise.all([page.waitForEvent('download'), download.click()])
    expect(file.suggestedFilename()).toMatch(/^reeve-.*\.backup$/)
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByText('None was made here yet.').waitFor()
    expect(await readdir(join(folder, 'backups'))).toEqual([])
    expect(await page.content()).not.toContain('correct horse')
  })

  test('retention is tried before it is decided, and applied', async () => {
    await sql`insert into discover.run (connection, state, requested_at, requested_by, started_at, ended_at)
      select 'c', 'done', now() - make_interval(days => 100 + d), 'test', now(), now() - make_interval(days => 100 + d) from generate_series(30, 1, -1) d`.execute(
      server.db,
    )
    await open('/settings?part=keeping')
    const due = page.locator('tr', { hasText: 'Reads of sources' }).locator('td.number')
    expect(await due.textContent()).toBe('0')
    await page.getByRole('combobox', { name: 'Reads of sources are kept' }).selectOption('90')
    await expect.poll(() => due.textContent()).toBe('20')
    await page.getByRole('button', { name: 'Keep it so' }).click()
    await page.getByRole('button', { name: 'Let 20 go now' }).click()
    await page.getByText('20 went.').first().waitFor()
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from discover.run`.execute(server.db)
    expect(rows[0]!.count).toBe(10)
  })

  test('axe finds nothing in any part, theme and width, and nothing went wrong in the page', async () => {
    const found: string[] = []
    for (const path of ['/settings', '/settings?part=people', '/settings?part=keeping']) {
      for (const width of [1440, 390]) {
        await page.setViewportSize({ width, height: 844 })
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme })
          await open(path)
          for (const line of await axe(page)) found.push(`${path} ${width} ${colorScheme}: ${line}`)
          const over = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          )
          if (over > 0) found.push(`${path} ${width}: ${over} px too wide`)
        }
      }
    }
    expect([...found, ...wrong]).toEqual([])
  })
})

// biome-ignore lint/suspicious/noExplicitAny: the DOM's types would reach the server's code from here
declare const document: any
