/** Takes the pictures of README and docs: Larkfield, the invented company of `reeve up --demo`, in both themes. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { scratch, signIn, up } from '../../test/reeve/command.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const BROWSERS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium']
const CI_DEPLOYER = 'aws:arn:aws:iam::441000000001:user/ci-deployer'
const LONGEST_LOAD = 10 * 60_000

const browserPath = BROWSERS.find((file) => existsSync(file))
if (!browserPath) throw new Error(`no browser: one of ${BROWSERS.join(', ')} is needed`)

const place = scratch()
const server = await up(join(place.folder, 'data'), place.folder, {}, '--demo')
try {
  const session = await signIn(server.address, server.link!)
  for (const begun = performance.now(); ; ) {
    const { demo } = await session.get<{ demo: { loading: boolean } | null }>('/v1/demo')
    if (demo?.loading === false) break
    if (performance.now() - begun > LONGEST_LOAD) throw new Error('Larkfield was not read in within ten minutes')
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  const { groups } = await session.get<{ groups: { findings: { id: string; says: string }[] }[] }>(
    '/v1/findings?by=rule',
  )
  const leak = groups.flatMap(({ findings }) => findings).find(({ says }) => says.includes('deploy/legacy.env'))!
  const PAGES = {
    overview: '/',
    inventory: '/identities',
    identity: `/identities/${encodeURIComponent(CI_DEPLOYER)}`,
    findings: '/findings',
    finding: `/findings/${leak.id}`,
    connections: '/connections',
    expiry: '/expiry',
    reach: `/reach?from=${encodeURIComponent(CI_DEPLOYER)}`,
    owners: '/owners',
    reports: '/reports',
  }

  const browser = await chromium.launch({
    executablePath: browserPath,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
  for (const theme of ['light', 'dark'] as const) {
    const page = await browser.newPage({
      viewport: { width: 1440, height: 900 },
      colorScheme: theme,
      deviceScaleFactor: 1,
    })
    await page
      .context()
      .addCookies([{ name: 'reeve_session', value: session.cookie.split('=')[1]!, url: server.address }])
    for (const [name, path] of Object.entries(PAGES)) {
      // Live changes keep a connection open, so the network never falls silent: the page is there when it has its title.
      await page.goto(server.address + path)
      await page.locator('main h1').waitFor()
      await page.waitForTimeout(1_000)
      await page.screenshot({ path: join(here, `${name}-${theme}.png`) })
    }
  }
  await browser.close()
} finally {
  await server.end('SIGTERM')
  place.remove()
}
