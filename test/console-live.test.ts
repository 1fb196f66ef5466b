import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminLink } from '../src/http/index.ts'
import { read } from '../src/http/testing/estate.ts'
import { type TestServer, testServer } from '../src/http/testing/index.ts'
import { systemClock } from '../src/platform/index.ts'
import { providers } from '../src/providers/index.ts'
import { axe, built, enter, launch, look, settled, whyNot } from './console-browser.ts'
import { dist } from './console-server.ts'

const reason = whyNot()
if (reason) console.log(`skipped: the console on a real server, because ${reason}`)

const HOSTILE = `<script>document.title='owned'</script> \u202Egnp.exe ${'long '.repeat(1500)}`
const user = (name: string, attributes: Record<string, string | boolean> = {}) =>
  ({ kind: 'identity', type: 'linux_user', key: `host:ops/user/${name}`, name, attributes }) as const

describe.skipIf(reason !== null)('the console on a real server', () => {
  let server: TestServer
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let wrong: string[]

  beforeAll(async () => {
    built()
    server = await testServer({ consoleFolder: dist, providers })
    await read(server.database, [
      { kind: 'resource', type: 'linux_host', key: 'host:ops', name: 'ops', environment: 'production' },
      ...Array.from({ length: 130 }, (_, i) => user(`service-${i}`, { accountKind: 'service' })),
      { ...user('hostile'), name: HOSTILE },
      ...Array.from({ length: 130 }, (_, i) => ({
        from: 'host:ops',
        verb: 'contains' as const,
        to: `host:ops/user/service-${i}`,
      })),
      { kind: 'person', type: 'person', key: 'person:mara@larkfield.example', name: 'Mara Quill' },
      {
        kind: 'credential',
        type: 'ssh_key',
        key: 'ssh:SHA256:ohD8VZEXGWo6Ez8GSEJQ9WpafgLFsOfLOtGGQCQo6Og',
        name: 'deploy@laptop',
        method: 'ssh-key',
      },
      {
        from: 'ssh:SHA256:ohD8VZEXGWo6Ez8GSEJQ9WpafgLFsOfLOtGGQCQo6Og',
        verb: 'authenticates',
        to: 'host:ops/user/service-1',
      },
    ])
    browser = await launch()
    const seen = await look(browser, server.url)
    ;({ page, context, wrong } = seen)
    await enter(page, server.url + (await adminLink(server.db, systemClock)).path)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  const open = async (path: string) => {
    await page.goto(server.url + path)
    await settled(page)
  }

  test('every page of the estate: nothing for axe in both themes, no error, nothing refused by the content policy', {
    timeout: 180_000,
  }, async () => {
    await open('/findings')
    const finding = await page.locator('.finding-group h2 a').first().getAttribute('href')
    const found: string[] = []
    for (const path of [
      '/',
      '/welcome',
      '/identities',
      '/identities?kind=person',
      '/identities/host%3Aops%2Fuser%2Fservice-1',
      '/identities/host%3Aops%2Fuser%2Fhostile',
      '/findings',
      finding!,
      '/connections',
      '/connections/new',
      '/connections/new/postgres',
      '/connections/new/host',
      '/rules',
      '/audit',
      '/settings',
    ]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        if (colorScheme === 'light') await open(path)
        for (const line of await axe(page)) found.push(`${path} ${colorScheme}: ${line}`)
      }
    }
    expect([...found, ...wrong]).toEqual([])
    expect(await page.title()).not.toBe('owned')
  })

  test('the counts that are said are the counts of the rows', async () => {
    await open('/identities')
    const said = Number(await page.locator('.answer b').first().textContent())
    expect(said).toBe(131)
    expect(await page.locator('table.roll').getAttribute('aria-rowcount')).toBe(String(said + 1))
    await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight)')
    await page.waitForSelector(`tr[data-index="${said - 1}"] .title`)
    expect(await page.locator('.side .place[href="/identities"] .count').textContent()).toBe(String(said))
    await open('/findings')
    const findings = Number(await page.locator('.answer b').first().textContent())
    const { body } = await (await server.as('admin'))('GET', '/v1/findings.json')
    expect(body.findings.filter((finding: { verdict: string }) => finding.verdict === 'fail')).toHaveLength(findings)
  })

  test('a misspelt word of the filter is mended with one press', async () => {
    await open('/identities?q=onwer%3Anone')
    await page.getByRole('button', { name: 'Use owner' }).click()
    await page.waitForURL('**/identities?q=owner%3Anone')
    await page.waitForSelector('table.roll .title')
  })

  test('an owner is assigned and the assignment taken back', async () => {
    await open('/identities/host%3Aops%2Fuser%2Fservice-7')
    await page.getByRole('button', { name: 'Assign' }).click()
    await page.getByLabel('A person of the estate').fill('Mara')
    await page.getByRole('button', { name: /Mara Quill/ }).click()
    await page.waitForSelector('.facts >> text=Mara Quill')
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.waitForSelector('.facts .high >> text=Nobody')
  })

  test('a pasted fingerprint opens its card', async () => {
    await open('/')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill('SHA256:ohD8VZEXGWo6Ez8GSEJQ9WpafgLFsOfLOtGGQCQo6Og')
    await page.waitForSelector('.option[aria-selected="true"] >> text=deploy@laptop')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/identities/ssh*')
    await page.waitForSelector('h1 >> text=deploy@laptop')
  })

  test('a token is shown once and leaves nothing in the page afterwards', async () => {
    await open('/settings')
    await page.getByRole('button', { name: 'Make a token' }).click()
    await page.getByLabel('What it is for').fill('a pipeline')
    await page.getByRole('button', { name: 'Make the token' }).click()
    const value = await page.locator('dialog[open] pre').textContent()
    expect(value).toMatch(/^reeve_/)
    await page.getByRole('button', { name: 'I have it' }).click()
    await page.waitForSelector('td >> text=a pipeline')
    expect(await page.content()).not.toContain(value!)
  })

  test('signing out shuts the door, and the door remembers where one wanted to go', async () => {
    await open('/settings')
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.waitForURL('**/sign-in')
    await page.goto(`${server.url}/findings?by=rule`)
    await page.waitForURL((url) => url.searchParams.get('to') === '/findings?by=rule')
    await context.close()
  })
})
