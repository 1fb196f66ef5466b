/** Alerts in a real browser on a real server that sends to real ones: channels, tests, deliveries, subscriptions. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deliverDue, observeAlerts } from '../src/alert/index.ts'
import { adminLink } from '../src/http/index.ts'
import { read, type TestServer, testServer } from '../src/http/testing/index.ts'
import { systemClock } from '../src/platform/index.ts'
import { axe, built, launch, look, settled, whyNot } from './console-browser.ts'
import { dist } from './console-server.ts'

const reason = whyNot()
if (reason) console.log(`skipped: alerts in the console, because ${reason}`)

describe.skipIf(reason !== null)('alerts', { timeout: 120_000 }, () => {
  let server: TestServer
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let wrong: string[]
  let hook: { url: string; refuses: boolean; got: string[] }
  let smtp: { port: number; to: string[] }
  const closing: (() => unknown)[] = []

  beforeAll(async () => {
    built()
    server = await testServer({ consoleFolder: dist })
    closing.push(() => server.close())
    hook = { url: '', refuses: false, got: [] }
    const listener = createServer(async (request, response) => {
      let body = ''
      for await (const part of request) body += part
      hook.got.push(body)
      response.writeHead(hook.refuses ? 403 : 200).end(hook.refuses ? 'no_service' : 'ok')
    })
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    hook.url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`
    closing.push(() => {
      listener.closeAllConnections()
      listener.close()
    })
    smtp = { port: 0, to: [] }
    const mail = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData(stream, session, callback) {
        stream.resume().on('end', () => {
          smtp.to.push(...session.envelope.rcptTo.map(({ address }) => address))
          callback()
        })
      },
    })
    await new Promise<void>((resolve) => mail.listen(0, '127.0.0.1', resolve))
    smtp.port = (mail.server.address() as AddressInfo).port
    closing.push(() => new Promise((resolve) => mail.close(() => resolve(null))))
    await read(server.database, [
      ...Array.from({ length: 3 }, (_, i) => ({
        kind: 'credential' as const,
        type: 'x509_certificate',
        key: `demo:cert-${i}`,
        name: i === 0 ? '<img src=x onerror=alert(1)> \u202ecert' : `cert-${i}`,
        expires: { value: new Date(Date.now() + (i + 0.5) * 86_400_000).toISOString() },
      })),
    ])
    browser = await launch()
    closing.push(() => browser.close())
    ;({ page, context, wrong } = await look(browser, server.url))
    const link = await adminLink(server.db, systemClock)
    await page.goto(server.url + link.path)
    await page.waitForURL((address) => address.pathname !== '/sign-in')
  }, 180_000)
  afterAll(async () => {
    for (const close of closing.toReversed()) await close()
  })

  const open = async (path: string) => {
    await page.goto(server.url + path)
    await settled(page)
  }
  const work = async () => {
    await observeAlerts(server.db, { now: new Date(), link: null })
    return deliverDue(server.app.alerts!)
  }

  test('a channel is drawn from its form, tried before it is kept, and kept with its secret out of sight', async () => {
    await open('/settings?part=alerts')
    await page.getByText('alerts go nowhere yet').waitFor()
    await page.getByRole('button', { name: 'Add a channel' }).click()
    await page.getByRole('button', { name: /^Slack/ }).click()
    await page.getByLabel('Webhook address').fill(`${hook.url}/services/T0/B0/secretsecret`)
    await page.getByRole('button', { name: 'Send a test' }).click()
    await page.getByText('The other side took it').waitFor()
    await page.getByRole('checkbox', { name: 'Ends' }).check()
    await page.getByRole('button', { name: 'Add the channel' }).click()
    await page.getByText('Ends from medium up').waitFor()
    await page.getByLabel('Webhook address').waitFor({ state: 'detached' })
    expect(await page.content()).not.toContain('secretsecret')
    expect(JSON.parse(hook.got[0]!).blocks[0].text.text).toContain('asked for this test')
    expect(await work()).toMatchObject({ sent: 1, dead: 0 })
  })

  test('what was refused is shown with why, and goes when it is tried again', async () => {
    hook.refuses = true
    await page.getByRole('button', { name: 'Test… slack' }).click()
    await page.getByRole('button', { name: 'Send it' }).click()
    await page.getByText('It was not taken.').waitFor()
    await page.keyboard.press('Escape')
    await read(
      server.database,
      [
        {
          kind: 'credential',
          type: 'x509_certificate',
          key: 'demo:new',
          expires: { value: new Date(Date.now() + 3 * 86_400_000).toISOString() },
        },
      ],
      { connection: 'other' },
    )
    expect(await work()).toMatchObject({ dead: 1 })
    await open('/settings?part=alerts')
    await page.getByText('1 given up').waitFor()
    await page.getByText(/answered 403: no_service/).waitFor()
    hook.refuses = false
    await page.getByRole('button', { name: /^Try again/ }).click()
    await page.getByText('It goes again at the next chance.').waitFor()
    expect(await work()).toMatchObject({ sent: 1 })
    await open('/settings?part=alerts')
    await page.getByText('given up').waitFor({ state: 'detached' })
  })

  test('mail is tested at an address that is asked for; a wrong field is said beside it', async () => {
    await page.getByRole('button', { name: 'Add a channel' }).click()
    await page.getByRole('button', { name: /^Mail/ }).click()
    await page.getByLabel('Mail server').fill('127.0.0.1')
    await page.getByLabel('Port').fill(String(smtp.port))
    await page.getByLabel('Security').selectOption('none')
    await page.getByLabel('From').fill('nobody')
    await page.getByRole('button', { name: 'Add the channel' }).click()
    await page.locator('.refusal', { hasText: 'an e-mail address such as' }).first().waitFor()
    await page.getByLabel('From').fill('reeve@example.org')
    await page.getByRole('button', { name: 'Add the channel' }).click()
    await page.getByText('reeve@example.org through 127.0.0.1').waitFor()
    await page.getByRole('button', { name: 'Test… mail' }).click()
    await page.getByLabel('To (optional)').fill('ann@example.org')
    await page.getByRole('button', { name: 'Send it' }).click()
    await page.getByText('for ann@example.org').waitFor()
    expect(smtp.to).toEqual(['ann@example.org'])
    await page.keyboard.press('Escape')
  })

  test('a channel is paused, changed and removed', async () => {
    await page.getByRole('button', { name: 'Pause slack' }).click()
    await page.getByText('paused: what comes meanwhile is not told there').waitFor()
    await page.getByRole('button', { name: 'Resume slack' }).click()
    await page.getByRole('button', { name: 'Change… slack' }).click()
    expect(await page.getByLabel('Webhook address').getAttribute('placeholder')).toBe('kept; fill in to replace')
    await page.getByRole('checkbox', { name: 'production' }).check()
    await page.getByRole('button', { name: 'Keep it so' }).click()
    await page.getByText('Ends from medium up, in production').waitFor()
    await page.getByRole('button', { name: 'Remove… slack' }).click()
    await page.getByRole('button', { name: 'Remove the channel' }).click()
    await page.getByText('alerts go to 1 place').waitFor()
  })

  test('Subscribe shows an address once; it opens a calendar until it is ended', async () => {
    await open('/expiry')
    await page.getByRole('button', { name: 'Subscribe' }).click()
    await page.getByRole('button', { name: 'Make the address' }).click()
    const address = new URL((await page.locator('dialog[open] pre').textContent())!)
    await page.getByRole('button', { name: 'I have it' }).click()
    expect(await page.content()).not.toContain(address.searchParams.get('token')!)
    const calendar = () => fetch(server.url + address.pathname + address.search)
    expect(await (await calendar()).text()).toContain('SUMMARY:cert-1 ends')
    await page.getByRole('button', { name: 'Subscribe' }).click()
    await page.getByRole('button', { name: /^End it/ }).click()
    await page.getByText('The address opens nothing any more.').waitFor()
    expect((await calendar()).status).toBe(401)
    await page.keyboard.press('Escape')
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()])
    expect(file.suggestedFilename()).toBe('expiry.csv')
  })

  test('axe finds nothing in any theme and width, and nothing went wrong in the page', async () => {
    const found: string[] = []
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 844 })
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        for (const [path, layer] of [
          ['/settings?part=alerts', null],
          ['/settings?part=alerts', 'Change… mail'],
          ['/settings?part=alerts', 'Add a channel'],
          ['/expiry', null],
          ['/expiry', 'Subscribe'],
        ] as const) {
          await open(path)
          if (layer) {
            await page.getByRole('button', { name: layer }).click()
            await page.locator('dialog[open]').waitFor()
          }
          for (const line of await axe(page)) found.push(`${path} ${layer ?? ''} ${width} ${colorScheme}: ${line}`)
          const over = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          )
          if (over > 0) found.push(`${path} ${width}: ${over} px too wide`)
          if (process.env['REEVE_SHOTS'])
            await page.screenshot({
              path: `${process.env['REEVE_SHOTS']}/${path.replaceAll(/\W+/g, '_')}_${layer?.replaceAll(/\W+/g, '') ?? 'page'}_${width}_${colorScheme}.png`,
              fullPage: layer === null,
            })
        }
      }
    }
    expect([...found, ...wrong]).toEqual([])
    await context.close()
  })
})

// biome-ignore lint/suspicious/noExplicitAny: the DOM's types would reach the server's code from here
declare const document: any
