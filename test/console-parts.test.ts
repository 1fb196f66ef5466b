import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { axe, built, launch, look, settled, whyNot } from './console-browser.ts'
import { type ConsoleServer, consoleServer } from './console-server.ts'

/** The page's own world, inside the functions that are sent to it. */
// biome-ignore lint/suspicious/noExplicitAny: the DOM's types would reach the server's code from here
declare const document: any, window: any

const src = fileURLToPath(new URL('../ui/src/', import.meta.url))
const parts = readdirSync(`${src}parts`).filter((file) => file.endsWith('.tsx'))
const text = (file: string): string => readFileSync(src + file, 'utf8')

/** The components that a part gives to pages. */
const componentsOf = (part: string): string[] =>
  [...text(`parts/${part}`).matchAll(/^export (?:const|function) ([A-Z][a-z]\w*)/gm)].map((match) => match[1]!)

/** What only other parts are made of is shown by them. */
const sources = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.tsx') && !/^(parts|stories)[\\/]/.test(file),
)
const outside = sources.map(text).join('\n')
const isPiece = (part: string): boolean => !outside.includes(`/parts/${part}'`)

/** What is missing of the story of a part, one line each. */
function storyless(part: string, components: readonly string[], story: string | null): string[] {
  if (story === null) return [`ui/src/parts/${part} has no ui/src/stories/${part}`]
  return components
    .filter((name) => !new RegExp(`<${name}\\b`).test(story))
    .map((name) => `ui/src/stories/${part} does not show ${name}`)
}

const whole = parts.filter((part) => !isPiece(part) || existsSync(`${src}stories/${part}`))

test('every part has a story that shows each of its components', () => {
  const missing = whole.flatMap((part) =>
    storyless(part, componentsOf(part), existsSync(`${src}stories/${part}`) ? text(`stories/${part}`) : null),
  )
  expect(missing).toEqual([])
  expect(whole.length).toBeGreaterThan(30)
})

test('a part without a story, and a component that no story shows, are both named', () => {
  expect(storyless('new.tsx', ['New'], null)).toEqual(['ui/src/parts/new.tsx has no ui/src/stories/new.tsx'])
  expect(storyless('new.tsx', ['New', 'Newer'], 'export const stories = { a: <Newer /> }')).toEqual([
    'ui/src/stories/new.tsx does not show New',
  ])
})

test('every story is of a part, and every style of a part is taken by one', () => {
  const stories = readdirSync(`${src}stories`).filter((file) => file.endsWith('.tsx'))
  expect(stories.filter((file) => !parts.includes(file))).toEqual([])
  const taken = parts.map((part) => text(`parts/${part}`)).join('\n')
  const styles = readdirSync(`${src}parts`).filter((file) => file.endsWith('.css'))
  expect(styles.filter((file) => !taken.includes(`'./${file}'`))).toEqual([])
})

const reason = whyNot()
if (reason) console.log(`skipped: the stories in a browser, because ${reason}`)

describe.skipIf(reason !== null)('the stories in a browser', () => {
  let server: ConsoleServer
  let browser: Browser
  beforeAll(async () => {
    built()
    server = await consoleServer()
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  test('every story is drawn in both themes, in the colours of its theme, and axe finds nothing', {
    timeout: 120_000,
  }, async () => {
    const { page, wrong, context } = await look(browser, server.url)
    await page.goto(`${server.url}/stories.html`)
    await settled(page)
    const drawn: { part: string; light: boolean; dark: boolean }[] = await page.evaluate(() => {
      const full = (at: typeof document) => at?.children.length > 0 && at.getBoundingClientRect().height > 30
      return [...document.querySelectorAll('.story')].map((story) => ({
        part: story.parentElement.dataset.part,
        light: full(story.querySelector('[data-theme=light]')),
        dark: full(story.querySelector('[data-theme=dark]')),
      }))
    })
    expect(drawn.filter(({ light, dark }) => !light || !dark)).toEqual([])
    expect([...new Set(drawn.map(({ part }) => `${part}.tsx`))].sort()).toEqual([...whole].sort())
    const grounds = await page.evaluate(() =>
      ['light', 'dark'].map(
        (theme) => window.getComputedStyle(document.querySelector(`.story [data-theme=${theme}]`)).backgroundColor,
      ),
    )
    expect(new Set(grounds).size).toBe(2)
    // Each story stands there twice, its landmarks too.
    expect(await axe(page, { without: ['landmark-unique'] })).toEqual([])
    expect(wrong).toEqual([])
    await context.close()
  })

  test('a layer opened from a story closes on esc and gives focus back to what opened it', async () => {
    const { page, context } = await look(browser, server.url)
    await page.goto(`${server.url}/stories.html`)
    await settled(page)
    for (const part of ['layer', 'until-sheet', 'owner-sheet']) {
      const opener = page.locator(`[data-part="${part}"] button`).first()
      await opener.click()
      await page.waitForSelector('dialog[open] h2')
      expect(await page.evaluate(() => document.activeElement.closest('dialog') !== null)).toBe(true)
      await page.keyboard.press('Escape')
      await page.waitForFunction(() => document.querySelector('dialog[open]') === null)
      expect(await opener.evaluate((button) => button === document.activeElement)).toBe(true)
    }
    await context.close()
  })
})
