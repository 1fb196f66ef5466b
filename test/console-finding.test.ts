import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminLink } from '../src/http/index.ts'
import { read } from '../src/http/testing/estate.ts'
import { type Client, type TestServer, testServer } from '../src/http/testing/index.ts'
import { systemClock } from '../src/platform/index.ts'
import type { FindingsPage } from '../src/read/index.ts'
import { axe, built, enter, launch, look, settled, whyNot } from './console-browser.ts'
import { dist } from './console-server.ts'

const reason = whyNot()
if (reason) console.log(`skipped: findings in a browser, because ${reason}`)

const DAY = 86_400_000
const NOW = Date.now()
const past = (days: number) => new Date(NOW - days * DAY)
const ago = (days: number) => ({ value: past(days).toISOString() })

type Items = Parameters<typeof read>[1]
/** Six that nobody answers for, of which one was idle for half a year; and one whose use may not be read. */
const estate = (idle: boolean): Items => [
  { kind: 'person', type: 'person', key: 'person:mara@larkfield.example', name: 'Mara Quill' },
  { kind: 'resource', type: 'demo_table', key: 'demo:cards', name: 'cards', sensitivity: 'restricted' },
  ...Array.from({ length: 6 }, (_, i) => ({
    kind: 'identity' as const,
    type: 'demo_user',
    key: `demo:svc-${i}`,
    name: `svc-${i}`,
    lastUsed: i === 0 && idle ? ago(200) : ago(1),
    attributes: { accountKind: 'service' },
  })),
  {
    kind: 'identity',
    type: 'demo_user',
    key: 'demo:hidden',
    name: 'svc-hidden',
    lastUsed: { unknown: 'the log is closed', permission: 'GRANT pg_monitor TO reeve' },
    attributes: { accountKind: 'service' },
  },
  { kind: 'credential', type: 'demo_key', key: 'demo:key', name: 'key 1', method: 'access-key', created: ago(900) },
  { kind: 'secret', type: 'demo_file', key: 'demo:file', name: '.env', attributes: { file: '/srv/.env' } },
  { kind: 'workload', type: 'demo_job', key: 'demo:job', name: 'backup.timer' },
  { from: 'demo:key', verb: 'authenticates', to: 'demo:svc-1' },
  { from: 'demo:file', verb: 'holds', to: 'demo:key' },
  { from: 'demo:job', verb: 'uses', to: 'demo:file' },
  { from: 'demo:svc-1', verb: 'allows', to: 'demo:cards' },
]

describe.skipIf(reason !== null)('findings in a browser on a real server', () => {
  let server: TestServer
  let admin: Client
  let browser: Browser
  let page: Page
  let wrong: string[]

  beforeAll(async () => {
    built()
    server = await testServer({ consoleFolder: dist })
    await read(server.database, estate(true), { connection: 'demo', at: past(3) })
    await read(server.database, estate(false), { connection: 'demo', at: past(0) })
    admin = await server.as('admin')
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
  const list = async (q = '', by = 'fix'): Promise<FindingsPage> => {
    const { body } = await admin('GET', `/v1/findings?${new URLSearchParams({ q, by, limit: '50' })}`)
    return body
  }
  const find = async (q: string): Promise<string> => (await list(q)).groups[0]!.findings[0]!.id
  const sheet = () => page.getByRole('dialog')
  const undo = () => page.getByRole('button', { name: 'Undo' }).last().click()

  test('the order of reading never changes: because, cost, fix, way back, what closes it', async () => {
    await open(`/findings/${await find('rule:credential-long-lived')}`)
    expect(await page.locator('.card-body h2').allTextContents()).toEqual([
      'Because',
      'What it could cost',
      'The fix',
      'The way back',
      'What closes this',
      'History',
    ])
    const evidence = page.locator('.because li').first()
    expect(await evidence.locator('.n').textContent()).toBe('1')
    expect(await evidence.locator('a').getAttribute('href')).toBe('/connections/demo#all')
    expect(await page.locator('.ring').getAttribute('aria-label')).toContain('1 of them to be changed by hand')
    expect(await page.locator('.ring-lists').textContent()).toContain('backup.timer')
  })

  test('why it weighs so much adds up to what is shown', async () => {
    await open(`/findings/${await find('rule:credential-long-lived')}`)
    const points = await page.locator('.parts-sum .points').allTextContents()
    const numbers = points.map((text) => Number.parseInt(text, 10))
    expect(numbers.length).toBeGreaterThan(4)
    expect(numbers.slice(0, -1).reduce((sum, n) => sum + n, 0)).toBe(numbers.at(-1))
  })

  test('a fix that Reeve does not do is steps to copy, and nothing is changed', async () => {
    await open(`/findings/${await find('rule:credential-long-lived')}`)
    const before = (await list()).total.count
    await page.keyboard.press('p')
    expect(await sheet().textContent()).toContain('Nothing was changed.')
    expect(await sheet().textContent()).toContain('backup.timer would notice')
    expect(await sheet().locator('.plan-steps li').count()).toBeGreaterThan(1)
    expect(await sheet().getByRole('button').allTextContents()).not.toContain('OK')
    await page.keyboard.press('Escape')
    expect((await list()).total.count).toBe(before)
  })

  test('a fix that Reeve does is one press, with the way back in the toast', async () => {
    const id = await find('rule:identity-without-owner subject:demo:svc-5')
    await open(`/findings/${id}`)
    expect(await page.locator('.diff .goes bdi').textContent()).toBe('accountable owner: nobody')
    await page.getByRole('button', { name: 'Name who answers' }).click()
    await sheet()
      .getByRole('button', { name: /Mara Quill/ })
      .click()
    await page.waitForSelector('.facts >> text=Mara Quill')
    await undo()
    await page.waitForSelector('.facts .high >> text=Nobody')
  })

  test('a mute wants a reason, says what changes and until when, and is taken back', async () => {
    const id = await find('rule:identity-without-owner subject:demo:svc-4')
    await open(`/findings/${id}`)
    await page.keyboard.press('m')
    const press = sheet().getByRole('button', { name: 'Mute it' })
    expect(await press.isDisabled()).toBe(true)
    expect(await sheet().locator('.diff .goes bdi').textContent()).toBe(`${id}: open`)
    expect(await sheet().locator('.plan-terms').textContent()).toContain('Reversible')
    const date = sheet().locator('input[type="date"]')
    const days = (Date.parse((await date.getAttribute('max'))!) - NOW) / DAY
    expect(days).toBeGreaterThan(88)
    expect(days).toBeLessThan(91)
    await sheet().getByLabel('Why, for whoever reads it later').fill('the vendor mends it')
    await press.click()
    await page.getByRole('button', { name: 'Open again' }).waitFor()
    expect(await page.locator('.answer').textContent()).toMatch(/^Muted until .+ “the vendor mends it”\. It comes back/)
    await undo()
    await page.getByRole('button', { name: 'Mute until…' }).waitFor()
    expect((await list(`subject:demo:svc-4 state:muted`)).total.count).toBe(0)
  })

  test('an acceptance takes two: who asked, why and until when stand before the second presses', async () => {
    const id = await find('rule:identity-without-owner subject:demo:svc-3')
    const operator = await server.as('operator')
    const until = new Date(NOW + 60 * DAY).toISOString()
    await operator('POST', `/v1/findings/${id}/accept`, { body: { until, reason: 'retired in January' } })
    await open(`/findings/${id}`)
    await page.getByRole('button', { name: /^Agree to accept until/ }).click()
    expect(await sheet().textContent()).toContain('“retired in January”. You are the second person')
    await sheet()
      .getByRole('button', { name: /^Accept it until/ })
      .click()
    await page.getByRole('button', { name: 'Open again' }).waitFor()
    await page.getByRole('button', { name: 'Open again' }).click()
    await page.getByRole('button', { name: 'Mute until…' }).waitFor()
  })

  test('several are muted at once: as many as were selected, and taken back as a whole', async () => {
    await open('/findings?by=rule&q=rule%3Aidentity-without-owner')
    const group = page.locator('.finding-group', { hasText: 'answers for' }).first()
    const muted = Number((await page.locator('.tabs a', { hasText: 'Muted' }).locator('.meta').textContent()) ?? '')
    await group.getByRole('checkbox').check()
    const said = (await page.locator('.findings-bulk b').textContent()) ?? ''
    const count = Number.parseInt(said, 10)
    expect(count).toBeGreaterThan(5)
    await page.keyboard.press('m')
    await sheet().getByLabel('Why, for whoever reads it later').fill('the owners meet on Monday')
    await sheet()
      .getByRole('button', { name: `Mute ${count} findings` })
      .click()
    await page.getByText(`${count} muted until`).waitFor()
    expect((await list('state:muted')).total.count).toBe(muted + count)
    await undo()
    await page.getByText(`${count} taken back.`).waitFor()
    expect((await list('state:muted')).total.count).toBe(muted)
  })

  test('of what is not known the grant that decides it is the fix', async () => {
    await open(`/findings/${await find('verdict:unknown subject:demo:hidden')}`)
    expect(await page.locator('.answer').textContent()).toContain('Neither found nor passed')
    expect(await page.locator('#fix h2').textContent()).toBe('What decides it')
    expect(await page.locator('#fix .copy').textContent()).toContain('GRANT pg_monitor TO reeve')
    await page.getByRole('button', { name: 'Copy the grant that decides it' }).waitFor()
    expect(await page.getByText('Why it weighs so much').count()).toBe(0)
  })

  test('what is closed is struck, with what the read saw that closed it', async () => {
    await open(`/findings/${await find('state:resolved rule:identity-dormant')}`)
    expect(await page.locator('h1').getAttribute('class')).toContain('struck')
    expect(await page.locator('.answer').textContent()).toMatch(/^Closed on .+, by proof\./)
    expect(await page.locator('.diff .goes').first().textContent()).toContain('last used: ')
    expect(await page.getByRole('button', { name: 'Mute until…' }).count()).toBe(0)
  })

  test('the sentence says what the list holds, in each order, and the address is the state', async () => {
    const { total, fixes } = await list()
    for (const by of ['fix', 'identity', 'rule'] as const) {
      await open(`/findings${by === 'fix' ? '' : `?by=${by}`}`)
      expect(await page.locator('.answer b').first().textContent()).toBe(String(total.count))
      expect(await page.locator('.answer b').nth(1).textContent()).toBe(String(fixes))
      const { groups } = await list('', by)
      expect(groups.reduce((sum, group) => sum + group.count, 0)).toBe(total.count)
      expect(await page.locator('.finding-group').count()).toBe(groups.length)
    }
    await page.getByRole('link', { name: 'By identity' }).click()
    await page.waitForURL('**/findings?by=identity')
    await page.goBack()
    await page.waitForURL('**/findings?by=rule')
  })

  test('a misspelt word of the filter is mended with one press', async () => {
    await open('/findings?q=sevrity%3Ahigh')
    await page.getByRole('button', { name: 'Use severity' }).click()
    await page.waitForURL('**/findings?q=severity%3Ahigh')
  })

  test('nothing for axe on any state of a finding, its sheets, and the list', { timeout: 180_000 }, async () => {
    const found: string[] = []
    const check = async (name: string) => {
      for (const [width, colorScheme] of [
        [1440, 'dark'],
        [390, 'light'],
      ] as const) {
        await page.setViewportSize({ width, height: 900 })
        await page.emulateMedia({ colorScheme })
        for (const line of await axe(page)) found.push(`${name} ${width} ${colorScheme}: ${line}`)
        const over = Number(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'))
        if (over > 0) found.push(`${name} ${width}: ${over} px wider than the window`)
      }
      await page.setViewportSize({ width: 1440, height: 900 })
    }
    await open('/findings?by=identity')
    await page.getByRole('checkbox').first().check()
    await check('list')
    await open(`/findings/${await find('rule:credential-long-lived')}`)
    await check('open')
    await page.keyboard.press('p')
    await check('steps')
    await page.keyboard.press('Escape')
    await page.keyboard.press('m')
    await check('mute')
    await page.keyboard.press('Escape')
    await open(`/findings/${await find('verdict:unknown subject:demo:hidden')}`)
    await check('unknown')
    await open(`/findings/${await find('state:resolved rule:identity-dormant')}`)
    await check('closed')
    expect([...found, ...wrong]).toEqual([])
  })
})
