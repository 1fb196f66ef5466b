import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { built, launch, look, settled, whyNot } from './console-browser.ts'
import { type RealConsole, realConsole } from './console-real.ts'
import type { Session } from './reeve/command.ts'

/** The page's own world, inside the functions that are sent to it. */
// biome-ignore lint/suspicious/noExplicitAny: the DOM's types would reach the server's code from here
declare const document: any

const reason = whyNot()
if (reason) console.log(`skipped: the counts of the console, because ${reason}`)

interface Counted {
  /** The page it stands on. */
  on: string
  href: string
  text: string
  says: number
  /** A choice beside others that are chosen: the number is of this one alone. */
  choice: boolean
}

/** Leads to a list of which the number in the link is the length. */
const LIST = /^\/(identities|findings)(\?|$)/
/** Numbers that are bounds, and not counts of what is behind. */
const BOUND = /^(within \d+ days|Unused \d+ days)$/

describe.skipIf(reason !== null)('the counts of the console', () => {
  let server: RealConsole
  let browser: Browser
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
    ;({ page, wrong } = seen)
    await server.sit(seen.context, 'admin')
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  const open = async (path: string) => {
    await page.goto(server.url + path)
    await settled(page)
    // Facets arrive after the rows.
    if (path.startsWith('/identities?') || path === '/identities') await page.waitForSelector('.facets .choice-line')
  }

  /** Every link to a list that says a number, with the number: what stands apart in it, or else the first in its text. */
  const collect = async (on: string): Promise<Counted[]> => {
    const links: { href: string; choice: boolean; text: string; apart: string | null }[] = await page.evaluate(() =>
      [...document.querySelectorAll('a[href^="/identities"], a[href^="/findings"]')].map((link) => ({
        href: link.dataset.rows ?? link.getAttribute('href'),
        choice: 'rows' in link.dataset,
        text: link.textContent.trim(),
        apart:
          [...link.querySelectorAll('b, .n, .count, .meta')]
            .map((part) => part.textContent.trim())
            .find((text) => /^[\d,\u2009]+$/.test(text)) ?? null,
      })),
    )
    return links.flatMap(({ href, choice, text, apart }) => {
      const number = apart ?? /\d[\d,\u2009]*/.exec(text)?.[0]
      if (!LIST.test(href) || BOUND.test(text) || number === undefined) return []
      return [{ on, href, choice, text, says: Number(number.replaceAll(/[,\u2009]/g, '')) }]
    })
  }

  /** The rows behind an address of the console, counted one by one, page after page. */
  const rowsBehind = async (href: string): Promise<number> => {
    const { pathname, searchParams: words } = new URL(href, server.url)
    const keys = new Set<string>()
    for (let cursor: string | null = ''; cursor !== null; ) {
      words.set('limit', '200')
      if (cursor !== '') words.set('cursor', cursor)
      if (pathname === '/findings') {
        words.set('by', 'identity')
        const at = await admin.get<Findings>(`/v1/findings?${words}`)
        for (const { count, findings } of at.groups) {
          if (findings.length !== count)
            throw new Error(`a group of ${count} lists ${findings.length}; count it otherwise`)
          for (const { id } of findings) keys.add(id)
        }
        cursor = at.next
      } else {
        const at = await admin.get<Entities>(`/v1/entities?${words}`)
        for (const { key } of at.rows) keys.add(key)
        cursor = at.next
      }
    }
    return keys.size
  }

  /** What the page behind the link says that it holds. */
  const saidBehind = async (href: string): Promise<number> => {
    await open(href)
    return page.evaluate(() => {
      const roll = document.querySelector('table.roll')
      if (roll) return Number(roll.getAttribute('aria-rowcount')) - 1
      const said = document.querySelector('.answer b')
      return said === null ? 0 : Number(said.textContent.replaceAll(/[^\d]/g, ''))
    })
  }

  test('every number that links to a list is the number of rows behind it, on every page', {
    timeout: 600_000,
  }, async () => {
    const { rows: sources } = await admin.get<{ rows: { connection: string }[] }>('/v1/connections')
    const { groups } = await admin.get<Findings>('/v1/findings?by=rule')
    const cards: string[] = []
    for (const kind of ['identity', 'credential', 'secret', 'workload', 'person', 'resource']) {
      const { rows } = await admin.get<Entities>(`/v1/entities?kind=${kind}&limit=1`)
      for (const { key } of rows) cards.push(`/identities/${encodeURIComponent(key).replaceAll('.', '%2E')}`)
    }
    expect(cards).toHaveLength(6)
    const start = [
      '/',
      '/identities',
      '/identities?kind=credential',
      '/identities?q=owner%3Anone',
      '/identities?q=verdict%3Aunknown',
      '/findings',
      '/findings?by=identity',
      '/findings?q=severity%3Acritical',
      '/reach',
      '/expiry',
      '/owners',
      '/connections',
      '/reports',
      '/reports/pci-dss',
      '/rules',
      '/audit',
      '/settings',
      '/welcome',
      ...cards,
      ...sources.slice(0, 4).map(({ connection }) => `/connections/${connection}`),
      ...groups.slice(0, 3).map(({ id }) => `/rules/${id}`),
      ...groups.slice(0, 3).map(({ findings }) => `/findings/${findings[0]!.id}`),
    ]
    const counted: Counted[] = []
    for (const path of start) {
      await open(path)
      counted.push(...(await collect(path)))
    }
    // Enough that a page which stopped saying numbers would be missed.
    expect(new Set(counted.map(({ on }) => on)).size).toBe(start.length)
    expect(new Set(counted.map(({ href }) => href)).size).toBeGreaterThan(60)
    const behind = new Map<string, { rows: number; said: number }>()
    let choices = 0
    for (const { href, choice } of counted) {
      if (behind.has(href)) continue
      const rows = await rowsBehind(href)
      // All are counted; of the many choices every sixteenth is followed in the browser too.
      behind.set(href, { rows, said: choice && choices++ % 16 > 0 ? rows : await saidBehind(href) })
    }
    const differ = new Set<string>()
    for (const { on, href, text, says } of counted) {
      const { rows, said } = behind.get(href)!
      if (says !== rows || said !== rows)
        differ.add(`${on}: “${text.slice(0, 60)}” says ${says}; ${href} says ${said} and has ${rows} rows`)
    }
    console.log(`${counted.length} numbers of ${behind.size} lists on ${start.length} pages`)
    expect([...differ]).toEqual([])
    expect(wrong).toEqual([])
  })
})

interface Findings {
  next: string | null
  groups: { id: string; count: number; findings: { id: string }[] }[]
}
interface Entities {
  next: string | null
  rows: { key: string }[]
}
