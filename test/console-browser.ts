/** A real Chromium for the console's tests, the built console, and what a page must not do while it is looked at. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { dist, serveFrom } from './console-server.ts'

/** The page's own world, inside the functions that are sent to it. */
// biome-ignore lint/suspicious/noExplicitAny: the DOM's types would reach the server's code from here
declare const document: any, window: any

const HOUR = 3_600_000
const ui = fileURLToPath(new URL('../ui', import.meta.url))

/** Where a Chromium stands, or null. */
export function chromiumPath(): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/lib/chromium']
  for (const name of ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'headless_shell']) {
    for (const folder of folders) if (folder !== '' && existsSync(join(folder, name))) return join(folder, name)
  }
  return null
}

/** Why the browser tests cannot run here, or null. Printed, so that a skip is never silent. */
export function whyNot(): string | null {
  if (chromiumPath() === null) return 'no chromium or chromium-headless-shell is in PATH or /usr/bin'
  if (!existsSync(join(ui, 'node_modules')) && !existsSync(join(dist, 'index.html')))
    return 'the packages of ui/ are not installed and the console is not built'
  return null
}

/** The console is built. When its sources are newer than ui/dist, into a folder named for their age, so that two test files do not disturb each other. */
export function built(): void {
  const newest = Math.max(
    ...readdirSync(join(ui, 'src'), { recursive: true, encoding: 'utf8' }).map(
      (file) => statSync(join(ui, 'src', file)).mtimeMs,
    ),
  )
  const index = join(dist, 'index.html')
  if (existsSync(index) && (statSync(index).mtimeMs > newest || !existsSync(join(ui, 'node_modules')))) return
  const cache = join(ui, 'node_modules/.cache')
  const folder = join(cache, `console-production-${Math.trunc(newest)}`)
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true })
    const fresh = mkdtempSync(join(cache, 'building-'))
    const vite = join(ui, 'node_modules/vite/bin/vite.js')
    // Of a test's own environment React would be built for its developers, three times as large and as slow.
    const env = { ...process.env, NODE_ENV: 'production' }
    execFileSync(process.execPath, [vite, 'build', '--outDir', fresh, '--emptyOutDir'], { cwd: ui, stdio: 'pipe', env })
    for (const name of readdirSync(cache)) {
      const old = join(cache, name)
      if (name.startsWith('console-') && statSync(old).mtimeMs < newest - HOUR) rmSync(old, { recursive: true })
    }
    try {
      renameSync(fresh, folder)
    } catch {
      // Another test file was quicker.
      rmSync(fresh, { recursive: true })
    }
  }
  serveFrom(folder)
}

/** Chromium's own sandbox needs another user than root. */
export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath()!, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })

export interface Look {
  theme?: 'light' | 'dark'
  width?: number
}

/** A page, and everything that went wrong in it: errors, refusals by the content policy, requests to elsewhere. */
export async function look(
  browser: Browser,
  url: string,
  { theme = 'light', width = 1440 }: Look = {},
): Promise<{ page: Page; wrong: string[]; context: BrowserContext }> {
  const context = await browser.newContext({
    viewport: { width, height: width < 500 ? 844 : 900 },
    colorScheme: theme,
    reducedMotion: 'reduce',
    hasTouch: width < 500,
  })
  const page = await context.newPage()
  const wrong: string[] = []
  page.on('pageerror', (error) => wrong.push(`error: ${error.message}`))
  page.on('console', (message) => {
    // The browser notes every refused answer by itself; a test that provokes one knows.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      wrong.push(`console: ${message.text()}`)
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:') && !request.url().startsWith('blob:'))
      wrong.push(`elsewhere: ${request.url()}`)
  })
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event: { violatedDirective: string; blockedURI: string }) =>
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`),
    )
  })
  return { page, wrong, context }
}

/** The page's data is there: nothing waits any more. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () => document.querySelector('h1') !== null && document.querySelector('.skeleton:not(.stories *)') === null,
  )
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
}

const axeSource = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

/** What axe-core finds, one line for each kind of violation. Its script comes in by the debugger, past the content policy. */
export async function axe(page: Page, { without = [] }: { without?: readonly string[] } = {}): Promise<string[]> {
  await page.evaluate(axeSource)
  return page.evaluate(async (off) => {
    const { axe } = window as unknown as {
      axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
    }
    const { violations } = await axe.run({
      resultTypes: ['violations'],
      rules: Object.fromEntries(off.map((rule) => [rule, { enabled: false }])),
    })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.length} × ${nodes[0]!.html.slice(0, 160)}`)
  }, without)
}

/** Signs in by a one-time link, as the first admin does. */
export async function enter(page: Page, link: string): Promise<void> {
  await page.goto(link)
  await page.waitForURL((url) => url.pathname !== '/sign-in')
}

/** Takes back what was done last, as a person does in its ten seconds. */
export async function undoLast(page: Page): Promise<void> {
  const answer = page.waitForResponse((one) => one.url().includes('/v1/undo/'))
  await page.locator('.toast button', { hasText: 'Undo' }).last().click()
  const { ok, status } = await answer.then((one) => ({ ok: one.ok(), status: one.status() }))
  if (!ok) throw new Error(`taking back was answered with ${status}`)
}
