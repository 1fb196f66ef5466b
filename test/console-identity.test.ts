import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminLink } from '../src/http/index.ts'
import { judge, read } from '../src/http/testing/estate.ts'
import { type TestServer, testServer } from '../src/http/testing/index.ts'
import { systemClock } from '../src/platform/index.ts'
import { axe, built, enter, launch, look, settled, whyNot } from './console-browser.ts'
import { dist } from './console-server.ts'

const reason = whyNot()
if (reason) console.log(`skipped: cards in a browser, because ${reason}`)

const DAY = 86_400_000
/** One moment for all reads: what a source says again is the same to the millisecond. */
const NOW = Date.now()
const past = (days: number) => new Date(NOW - days * DAY)
const ago = (days: number) => ({ value: past(days).toISOString() })
const card = (key: string) => `/identities/${encodeURIComponent(key)}`
const SVC = 'demo:svc'

const estate = (used: number, by: string, shell: string): Parameters<typeof read>[1] => [
  { kind: 'person', type: 'person', key: 'person:mara@larkfield.example', name: 'Mara Quill' } as const,
  { kind: 'resource', type: 'demo_table', key: 'demo:orders', name: 'orders', environment: 'production' } as const,
  { kind: 'resource', type: 'demo_table', key: 'demo:cards', name: 'cards', sensitivity: 'restricted' } as const,
  { kind: 'entitlement', type: 'demo_role', key: 'demo:role', name: 'writer' } as const,
  {
    kind: 'identity',
    type: 'demo_user',
    key: SVC,
    name: 'svc-orders',
    created: ago(900),
    lastUsed: ago(used),
    lastUsedBy: { value: by },
    attributes: { accountKind: 'service', shell, usageSince: past(400).toISOString() },
  } as const,
  { kind: 'identity', type: 'demo_user', key: 'demo:root', name: 'svc-breakglass', lastUsed: ago(300) } as const,
  { kind: 'credential', type: 'demo_key', key: 'demo:key', name: 'key 1', method: 'access-key' } as const,
  {
    kind: 'secret',
    type: 'demo_file',
    key: 'demo:file',
    name: '.env',
    attributes: { file: '/srv/.env', line: 3 },
  } as const,
  { kind: 'workload', type: 'demo_job', key: 'demo:job', name: 'backup.timer' } as const,
  { from: 'demo:key', verb: 'authenticates', to: SVC } as const,
  { from: 'demo:file', verb: 'holds', to: 'demo:key' } as const,
  { from: 'demo:job', verb: 'uses', to: 'demo:file' } as const,
  { from: SVC, verb: 'has', to: 'demo:role' } as const,
  { from: 'demo:role', verb: 'allows', to: 'demo:orders', attributes: { actions: ['read', 'write'] } } as const,
  { from: 'demo:role', verb: 'allows', to: 'demo:cards', attributes: { actions: ['read'] } } as const,
  { from: SVC, verb: 'called', to: 'demo:orders', attributes: { actions: ['read'] } } as const,
]

describe.skipIf(reason !== null)('cards in a browser on a real server', () => {
  let server: TestServer
  let browser: Browser
  let page: Page
  let wrong: string[]

  beforeAll(async () => {
    built()
    server = await testServer({ consoleFolder: dist })
    const gone = { kind: 'identity' as const, type: 'demo_user', key: 'demo:gone', name: 'svc-gone' }
    await read(server.database, [...estate(26, '10.0.0.7', '/bin/sh'), gone], { connection: 'demo', at: past(20) })
    await read(server.database, estate(26, '10.0.0.7', '/bin/sh'), { connection: 'demo', at: past(12) })
    await read(server.database, estate(10, '10.0.0.9', '/bin/false'), { connection: 'demo', at: past(9) })
    await read(server.database, estate(10, '10.0.0.9', '/bin/false'), { connection: 'demo', at: past(0) })
    await read(server.database, [{ kind: 'workload', type: 'demo_unit', key: 'web:unit', name: 'unit' }], {
      connection: 'web',
      collection: 'units',
      lines: [
        { scope: '', expected: 2, obtained: 1, refused: 1, reason: 'not as root', permission: 'sudo -l as reeve' },
      ],
    })
    browser = await launch()
    ;({ page, wrong } = await look(browser, server.url))
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
  const verdict = (verb: string) => page.locator(`[data-verb="${verb}"]`)

  test('four verdicts with their reason; the argument names what was not read and the grant that answers it', async () => {
    await open(card(SVC))
    expect(await verdict('rotate').locator('h3').textContent()).toBe('Rotate: With care')
    expect(await verdict('rotate').locator('p').textContent()).toContain('backup.timer (demo job)')
    expect(await verdict('disable').locator('p').textContent()).toBe('No: it was used 10 days ago by 10.0.0.9.')
    expect(await verdict('delete').locator('h3').textContent()).toBe('Delete: No')
    await verdict('delete')
      .getByRole('button', { name: /checks?, \d+ not known for delete/ })
      .click()
    const argument = page.getByRole('region', { name: 'What was checked for delete' })
    expect(await argument.locator('li').first().textContent()).toContain('would fail')
    const open_ = argument.locator('li', { hasText: 'web, units' })
    expect(await open_.textContent()).toContain('sudo -l as reeve')
    expect(await open_.getByRole('link', { name: 'See the read' }).getAttribute('href')).toBe('/connections/web')
    await open(card('demo:root'))
    expect(await verdict('disable').locator('p').textContent()).toContain('kept for emergencies')
  })

  test('thirty days of use, the same as numbers, and two who act as one account are two', async () => {
    await open(card(SVC))
    const days = page.locator('#use .strip i')
    expect(await days.count()).toBe(30)
    const drawn = await days.evaluateAll((all: { className: string }[]) => all.map(({ className }) => className))
    const used = drawn.filter((name: string) => /^l\d/.test(name)).length
    const unseen = drawn.filter((name: string) => name === 'not-read').length
    expect([drawn.at(-11), drawn.at(-27)]).toEqual(['l3', 'l3'])
    const said = (await page.locator('#use .days .facets-line').textContent()) ?? ''
    expect(said).toContain(`used on ${used} of 30 days`)
    expect(said).toContain(`${30 - used - unseen} without`)
    expect(said).toContain(`${unseen} that nobody saw`)
    const rows = page.locator('#use table', { hasText: 'Seen as it' }).locator('tbody tr')
    expect(await rows.locator('td:first-child').allTextContents()).toEqual(['10.0.0.9', '10.0.0.7'])
    expect(await rows.first().locator('time').count()).toBe(1)
    expect(await page.locator('#use').textContent()).toContain('by hand')
  })

  test('each copy has its place, who reads it, and that nobody asked whether the key works', async () => {
    await open(card(SVC))
    const text = (await page.locator('#credentials').textContent()) ?? ''
    expect(text).toContain('/srv/.env:3')
    expect(text).toContain('read by 1 workload')
    expect(text).toContain('whether it works was not asked')
  })

  test('what is granted and what is used, with what was never called', async () => {
    await open(card(SVC))
    const text = (await page.locator('#access').textContent()) ?? ''
    expect(await page.locator('#access .granted-bar').getAttribute('aria-label')).toBe(
      'Of 2 granted 1 are used, 0 were never used, of 1 it is unknown',
    )
    expect(text).toContain('1 used')
    expect(text).toContain('1 unknown')
  })

  test('the whole attribute set stands on every kind of card, known or unknown with why', async () => {
    for (const key of [
      'demo:svc',
      'demo:key',
      'demo:file',
      'demo:job',
      'demo:role',
      'demo:orders',
      'person:mara@larkfield.example',
    ]) {
      await open(card(key))
      const facts = page.locator('.aside .facts > div')
      for (const name of ['Distinct id', 'Type', 'Created', 'Expires', 'Last used', 'Permissions', 'Credentials']) {
        const fact = facts.filter({ has: page.locator('dt', { hasText: new RegExp(`^${name}$`) }) })
        expect(await fact.count(), `${key}: ${name}`).toBe(1)
        const said = ((await fact.locator('dd').textContent()) ?? '').trim()
        expect(said.length, `${key}: ${name}`).toBeGreaterThan(1)
        if (/^(Unknown|Not applicable)/.test(said))
          expect(await fact.locator('.known-why').first().textContent(), `${key}: ${name}`).not.toBe('')
      }
    }
  })

  test('what changed is shown before and after, with the read that told it', async () => {
    await open(card(SVC))
    const change = page.locator('#history li', { hasText: 'Changed: shell' })
    expect(await change.locator('.goes bdi').textContent()).toBe('shell: /bin/sh')
    expect(await change.locator('.comes bdi').textContent()).toBe('shell: /bin/false')
    expect(await change.getByRole('link', { name: 'demo' }).getAttribute('href')).toBe('/connections/demo')
  })

  test('a person says who acts through it; it can be undone, holds over a judgement, and is taken back', async () => {
    await open(card(SVC))
    const fact = page.locator('.facts > div', { hasText: 'Who acts through it' })
    await fact.getByRole('button', { name: 'A person' }).click()
    await fact.getByText('said by a person').waitFor()
    expect(await fact.textContent()).toContain('A person uses it')
    await page.getByRole('button', { name: 'Undo' }).click()
    await fact.getByText('as its source tells').waitFor()
    expect(await fact.textContent()).toContain('Machines use it')

    await fact.getByRole('button', { name: 'A person' }).click()
    await fact.getByText('said by a person').waitFor()
    await judge(server.database)
    await page.reload()
    await settled(page)
    expect(await fact.textContent()).toContain('A person uses it')
    await fact.getByRole('button', { name: 'Take it back' }).click()
    await fact.getByText('as its source tells').waitFor()
  })

  test('what is gone is shown as it was last', async () => {
    await open(card('demo:gone'))
    expect(await page.locator('.gone-notice').textContent()).toContain('Deleted at its source')
    expect(await verdict('delete').textContent()).toContain('gone from its source already')
  })

  test('nothing for axe on any kind of card, in both themes, wide and narrow, argument and all', {
    timeout: 180_000,
  }, async () => {
    const found: string[] = []
    for (const key of ['demo:svc', 'demo:key', 'demo:file', 'demo:job', 'demo:role', 'demo:orders', 'demo:gone']) {
      await page.setViewportSize({ width: 1440, height: 900 })
      await open(card(key))
      await page
        .locator('.argue')
        .last()
        .click({ timeout: 1_000 })
        .catch(() => undefined)
      for (const [width, colorScheme] of [
        [1440, 'light'],
        [390, 'dark'],
      ] as const) {
        await page.setViewportSize({ width, height: 900 })
        await page.emulateMedia({ colorScheme })
        for (const line of await axe(page)) found.push(`${key} ${width} ${colorScheme}: ${line}`)
        const over = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
        if (Number(over) > 0) found.push(`${key} ${width}: ${over} px wider than the window`)
      }
    }
    await page.setViewportSize({ width: 1440, height: 900 })
    expect([...found, ...wrong]).toEqual([])
  })
})
