/** Pages as an admin sees them, and what holds for all of them in every theme and at every width. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import { adminLink } from '../src/http/index.ts'
import type { TestServer } from '../src/http/testing/index.ts'
import type { Clock } from '../src/platform/index.ts'
import { axe, enter, type Look, look, settled } from './console-browser.ts'

export type Seen = { page: Page; wrong: string[]; context: BrowserContext }

/** A page of the server in a browser of its own, signed in by the admin's link. */
export async function openAsAdmin(
  browser: Browser,
  server: TestServer,
  clock: Clock,
  path: string,
  at: Look = {},
): Promise<Seen> {
  const seen = await look(browser, server.url, at)
  await enter(seen.page, server.url + (await adminLink(server.db, clock)).path)
  await seen.page.goto(server.url + path)
  await settled(seen.page)
  return seen
}

/**
 * Both themes, wide and narrow: one h1, no sideways scrolling, no name that became markup. Gives what axe and the browser found wrong.
 * `prepare`: what is done to each page before it is looked at.
 */
export async function wrongAnywhere(
  open: (path: string, at: Look) => Promise<Seen>,
  server: TestServer,
  paths: readonly string[],
  prepare: (page: Page) => Promise<void> = async () => {},
): Promise<string[]> {
  const found: string[] = []
  for (const theme of ['light', 'dark'] as const) {
    for (const width of [1440, 390]) {
      const { page, wrong, context } = await open(paths[0]!, { theme, width })
      for (const path of paths) {
        await page.goto(server.url + path)
        await settled(page)
        await prepare(page)
        for (const line of await axe(page)) found.push(`${path} ${theme} ${width}: ${line}`)
        expect(await page.locator('h1').count()).toBe(1)
        expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThanOrEqual(0)
      }
      expect(await page.title()).not.toBe('owned')
      await context.close()
      found.push(...wrong)
    }
  }
  return found
}
