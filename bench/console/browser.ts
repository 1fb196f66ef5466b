/** A Chromium that measures: what the page's own clock says of what a person does. */
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core'

/** The page's own world, inside the functions that are sent to it. */
// biome-ignore lint/suspicious/noExplicitAny: the DOM's types would reach the server's code from here
declare const document: any, window: any, MutationObserver: any, performance: any, requestAnimationFrame: any

export interface Opened {
  page: Page
  cdp: CDPSession
  context: BrowserContext
}

/** A fresh window, signed in, with nothing in its cache. */
export async function open(
  browser: Browser,
  state: Awaited<ReturnType<BrowserContext['storageState']>> | undefined,
): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    // What measures is told to the page as text; that the policy refuses such text is tried by the tests.
    bypassCSP: true,
    ...(state ? { storageState: state } : {}),
  })
  const page = await context.newPage()
  return { page, context, cdp: await context.newCDPSession(page) }
}

/**
 * Milliseconds from the event that `act` causes in the page until `until` (a function of the page, as text) is true and painted.
 * The page's clock is used for both ends, so that the way to the browser is not counted.
 */
export async function untilPainted(
  page: Page,
  event: string,
  act: () => Promise<void>,
  until: string,
): Promise<number> {
  // Listens first: what a person does goes past what a debugger asks for.
  await page.evaluate(
    ({ event, until }) => {
      const holds = new Function(`return (${until})()`) as () => boolean
      window.measured_ = new Promise<number>((resolve, fail) => {
        let start = 0
        let done = false
        const look = () => {
          if (done || start === 0 || !holds()) return
          done = true
          watch.disconnect()
          clearTimeout(late)
          requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - start), 0))
        }
        const watch = new MutationObserver(look)
        watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
        window.addEventListener(
          event,
          (happened: { timeStamp: number }) => {
            start = happened.timeStamp
            setTimeout(look, 0)
          },
          { capture: true, once: true },
        )
        const late = setTimeout(() => fail(new Error(`not painted within 20 seconds: ${until}`)), 20_000)
      })
      window.measured_.catch(() => undefined)
    },
    { event, until },
  )
  await act()
  return page.evaluate(() => {
    const { measured_ } = window
    delete window.measured_
    return measured_
  })
}

/** When it first painted, and when it first stood whole and answered, since it was gone to. */
export async function paints(page: Page, address: string, whole: string): Promise<{ paint: number; usable: number }> {
  await page.goto(address, { waitUntil: 'commit' })
  await page.waitForFunction(whole, undefined, { timeout: 60_000, polling: 'raf' })
  return page.evaluate(
    () =>
      new Promise<{ paint: number; usable: number }>((resolve) =>
        requestAnimationFrame(() =>
          setTimeout(() => {
            const paint = performance
              .getEntriesByType('paint')
              .find((one: { name: string }) => one.name === 'first-contentful-paint')
            resolve({ paint: paint?.startTime ?? performance.now(), usable: performance.now() })
          }, 0),
        ),
      ),
  )
}

/** Frames in a second while the wheel turns for so long, and the longest time between two. */
export async function framesWhileScrolling(
  { page, cdp }: Opened,
  milliseconds: number,
): Promise<{ perSecond: number; longest: number }> {
  await page.evaluate(() => {
    window.frames_ = []
    const frame = (at: number) => {
      window.frames_.push(at)
      if (window.frames_ !== undefined) requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  })
  await cdp.send('Input.synthesizeScrollGesture', {
    x: 700,
    y: 500,
    yDistance: -3 * milliseconds,
    speed: 3_000,
    gestureSourceType: 'mouse',
    preventFling: true,
  })
  return page.evaluate(() => {
    const at: number[] = window.frames_
    const gaps = at.slice(1).map((time, i) => time - at[i]!)
    window.frames_ = []
    return { perSecond: (1000 * gaps.length) / (at.at(-1)! - at[0]!), longest: Math.max(...gaps) }
  })
}

/** Bytes that are alive, after the rest was collected. */
export async function heapOf({ cdp }: Opened): Promise<number> {
  await cdp.send('HeapProfiler.enable')
  for (let n = 0; n < 3; n++) await cdp.send('HeapProfiler.collectGarbage')
  const { usedSize } = await cdp.send('Runtime.getHeapUsage')
  return usedSize
}

/** The value below which so large a part of them lies. */
export const quantile = (values: readonly number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))]!
