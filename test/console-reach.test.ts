/** Reach in a real browser on a real server: the picture and the list say the same, the address is the state, a trial changes nothing. */
import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminLink } from '../src/http/index.ts'
import { read } from '../src/http/testing/estate.ts'
import { type TestServer, testServer } from '../src/http/testing/index.ts'
import { systemClock } from '../src/platform/index.ts'
import type { Edge, Entity } from '../src/sdk/index.ts'
import { openAsAdmin, wrongAnywhere } from './console-admin.ts'
import { axe, built, enter, type Look, launch, look, settled, whyNot } from './console-browser.ts'
import { dist } from './console-server.ts'

/** The page's own world, inside the functions that are sent to it. */
// biome-ignore lint/suspicious/noExplicitAny: the DOM's types would reach the server's code from here
declare const document: any, window: any, HTMLCanvasElement: any

const reason = whyNot()
if (reason) console.log(`skipped: reach in a browser, because ${reason}`)

const HOSTILE = `<img src=x onerror="document.title='owned'"> \u202Egnp.exe\n${'long '.repeat(900)}`
const NOW = new Date('2026-11-24T09:00:00.000Z')
const DAY = 86_400_000
const clock = { ...systemClock, now: () => NOW }

type Thing = Pick<Entity, 'kind' | 'type' | 'key' | 'name'> & Partial<Entity>
const thing = (kind: Entity['kind'], type: string, key: string, name: string, more: Partial<Entity> = {}): Thing => ({
  kind,
  type,
  key,
  name,
  ...more,
})
const says = (from: string, verb: Edge['verb'], to: string, attributes?: Edge['attributes']): Edge => ({
  from,
  verb,
  to,
  ...(attributes === undefined ? {} : { attributes }),
})

const estate: (Thing | Edge)[] = [
  thing('resource', 'github_repository', 'github:repo/shop', 'acme/shop'),
  thing('workload', 'github_workflow', 'github:flow/deploy', 'deploy.yml'),
  thing('identity', 'aws_iam_role', 'aws:role/deploy', HOSTILE),
  thing('entitlement', 'aws_iam_policy', 'aws:policy/exports', 'exports-read'),
  thing('resource', 'aws_s3_bucket', 'aws:bucket/exports', 'cardholder-exports', { sensitivity: 'restricted' }),
  says('github:repo/shop', 'contains', 'github:flow/deploy'),
  says('github:flow/deploy', 'assumes', 'aws:role/deploy'),
  says('aws:role/deploy', 'has', 'aws:policy/exports'),
  says('aws:policy/exports', 'allows', 'aws:bucket/exports', { actions: ['s3:GetObject'] }),
  thing('resource', 'aws_account', 'aws:account', 'the account', { tier: 0 }),
  thing('identity', 'aws_iam_role', 'aws:role/admin', 'deploy-admin'),
  thing('identity', 'aws_iam_user', 'aws:user/ci', 'ci'),
  thing('identity', 'aws_iam_user', 'aws:user/maybe', 'maybe'),
  thing('identity', 'aws_iam_user', 'aws:user/bystander', 'bystander'),
  says('aws:role/admin', 'allows', 'aws:account', { actions: ['*'] }),
  says('aws:user/ci', 'assumes', 'aws:role/admin'),
  says('aws:user/ci', 'called', 'aws:account', { last: '2026-11-20T00:00:00.000Z' }),
  says('aws:user/maybe', 'assumes', 'aws:role/admin', { conditions: ['aws:SourceVpc is vpc-1'] }),
]

const REPO = encodeURIComponent('github:repo/shop')
const BUCKET = encodeURIComponent('aws:bucket/exports')
const MAYBE = encodeURIComponent('aws:user/maybe')

describe.skipIf(reason !== null)('reach', () => {
  let server: TestServer
  let browser: Browser

  beforeAll(async () => {
    built()
    server = await testServer({ consoleFolder: dist, clock })
    const lines = [
      { scope: '', expected: 19, obtained: 18, refused: 1, reason: 'one role was refused', permission: 'iam:GetRole' },
    ]
    await server.database.pool.query(
      `insert into discover.connection (id, provider, label, settings, version, shown, secrets, created_at, created_by, changed_at)
       values ('acme', 'aws', 'Acme', '', 1, '{}', '{}', $1, 'test', $1)`,
      [new Date(NOW.getTime() - 40 * DAY)],
    )
    const at = new Date(NOW.getTime() - 30 * DAY)
    await read(server.database, [thing('identity', 'aws_iam_user', 'aws:user/ci', 'ci')], { connection: 'acme', at })
    await read(server.database, estate, { connection: 'acme', at: new Date(NOW.getTime() - 3_600_000), lines })
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  const open = (path: string, at: Look = {}) => openAsAdmin(browser, server, clock, path, at)

  /** Painted by sigma, not the drawing that stands still where there is no WebGL. */
  const painted = (page: Page) => page.waitForSelector('.reach-canvas[data-took] canvas')
  const answer = async (page: Page) => (await page.locator('.page > .head .answer').textContent()) ?? ''

  test('in both themes, wide and narrow: nothing for axe, no error, one h1, no sideways scrolling, no name that became markup', {
    timeout: 180_000,
  }, async () => {
    const found = await wrongAnywhere(open, server, [
      '/reach',
      `/reach?from=${REPO}&to=${BUCKET}&thing=${BUCKET}`,
      `/reach?from=${MAYBE}&without=depends`,
      '/reach?from=aws%3Anobody',
      '/reach?as-of=2026-11-02',
    ])
    expect(found).toEqual([])
  })

  test('a path from a repository by CI and a role of the cloud to a bucket is drawn, and listed with its proof', async () => {
    const { page, context } = await open(`/reach?from=${REPO}&to=${BUCKET}`)
    await painted(page)
    expect(await answer(page)).toMatch(/^1 path leads from acme\/shop to cardholder-exports/)
    const hops = page.locator('.hop-list > li')
    expect(await hops.count()).toBe(4)
    const last = (await hops.last().textContent()) ?? ''
    expect(last).toContain('exports-read')
    expect(last).toContain('s3:GetObject')
    expect(last).toMatch(/acme: all, read today 08:00/)
    // Something is painted where the picture is.
    const drawn = await page.evaluate(() => {
      const nodes = document.querySelector('.reach-canvas canvas.sigma-nodes')
      return nodes instanceof HTMLCanvasElement && nodes.width > 100
    })
    expect(drawn).toBe(true)
    const columns = await page.locator('.reach-headings span').allTextContents()
    expect(columns).toEqual(['Where it starts', 'Who it becomes', 'Through', 'What is reached'])
    await context.close()
  })

  test('the number of the first sentence is that of the rows it leads to, and a bystander is not among them', async () => {
    const { page, context } = await open('/reach')
    expect(await answer(page)).toMatch(
      /^3 identities reach tier zero; 1 of them only where unknown conditions allow it/,
    )
    await page.locator('.answer a').click()
    const rows = await page.locator('#who li').allTextContents()
    expect(rows).toHaveLength(3)
    expect(rows.join('\n')).not.toContain('bystander')
    expect(await page.locator('#choke-points tbody tr').first().textContent()).toContain('deploy-admin')
    await page.locator('#who li', { hasText: 'ci' }).locator('a', { hasText: 'Its path' }).click()
    await page.waitForURL(/from=aws%3Auser%2Fci/)
    await page.waitForSelector('.hop-list li')
    await context.close()
  })

  test('what could not be judged is said where nothing leads there, and one press switches it on', async () => {
    const { page, context } = await open(`/reach?from=${MAYBE}&to=tier-zero&without=depends`)
    await page.waitForSelector('h2 >> text=No path leads there')
    expect(await page.locator('.state').textContent()).toContain('1 hop could not be judged; switch it on')
    await page.locator('.state button').click()
    await page.waitForSelector('.hop-list .depends')
    expect(new URL(page.url()).searchParams.has('without')).toBe(false)
    await page.goBack()
    await page.waitForSelector('h2 >> text=No path leads there')
    await context.close()
  })

  test('switches are words of the address, and copying it shows the same', async () => {
    const { page, context } = await open('/reach')
    await page.locator('label', { hasText: 'without stealing credentials' }).click()
    await page.waitForURL(/without=stolen/)
    await page.locator('label', { hasText: 'inside production only' }).click()
    await page.waitForURL(/inside=production/)
    await page.goto(page.url())
    await settled(page)
    expect(await page.getByLabel('without stealing credentials').isChecked()).toBe(true)
    expect(await page.getByLabel('inside production only').isChecked()).toBe(true)
    expect(await page.getByLabel('without passing a second factor').isChecked()).toBe(false)
    await context.close()
  })

  test('an end is chosen by name or by sort; a secret value stays in the field', async () => {
    const { page, context } = await open('/reach')
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.locator('.pick').first().click()
    await page.locator('dialog input').fill('ghp_0123456789abcdefghijklmnopqrstuvwxyz')
    await page.waitForSelector('dialog .refusal')
    await page.waitForTimeout(300)
    expect(asked.filter((url) => url.includes('ghp_'))).toEqual([])
    await page.locator('dialog input').fill('acme')
    await page.locator('dialog .choice', { hasText: 'acme/shop' }).click()
    await page.waitForURL(/from=github%3Arepo%2Fshop/)
    await page.locator('.pick').nth(1).click()
    await page.locator('dialog .choice', { hasText: 'The crown jewels' }).click()
    await page.waitForURL(/to=crown-jewels/)
    await page.waitForSelector('.hop-list li')
    await context.close()
  })

  test('a trial says what goes, which call breaks and of whom nothing tells, and changes nothing', async () => {
    const { page, context } = await open('/reach?to=tier-zero')
    await page.locator('#choke-points tbody tr', { hasText: 'deploy-admin' }).locator('button').click()
    await page.waitForSelector('.reach-verdict')
    expect(await page.locator('.reach-verdict').textContent()).toBe(
      '3 paths go, 1 observed call breaks, 2 are unknown. Nothing was changed.',
    )
    expect(await page.locator('.reach-outcome').textContent()).toContain('ci called the account')
    expect(await axe(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.waitForSelector('dialog', { state: 'detached' })
    await page.reload()
    await settled(page)
    expect(await answer(page)).toMatch(/^3 identities/)
    await context.close()
  })

  test('the picture is moved by keys, a thing in it is looked at, and its neighbours are drawn', async () => {
    const { page, wrong, context } = await open(`/reach?from=${REPO}&to=${BUCKET}&thing=aws%3Arole%2Fdeploy`)
    await painted(page)
    await page.locator('.reach-canvas').focus()
    const heading = () =>
      page
        .locator('.reach-headings span')
        .first()
        .evaluate((one) => one.style.transform)
    const before = await heading()
    await page.keyboard.press('ArrowRight')
    await page.waitForFunction((was) => document.querySelector('.reach-headings span').style.transform !== was, before)
    await page.keyboard.press('0')
    await page.waitForFunction((was) => document.querySelector('.reach-headings span').style.transform === was, before)
    await page.locator('button', { hasText: 'Draw its neighbours' }).click()
    await page.waitForURL(/around=aws%3Arole%2Fdeploy/)
    await page.waitForSelector('button >> text=Take its neighbours away')
    await page.locator('.reach-kinds label', { hasText: 'Workloads' }).click()
    await page.waitForURL(/hide=workload/)
    await page.locator('button', { hasText: 'Leave it out' }).click()
    await page.waitForSelector('h2 >> text=No path leads there')
    expect(wrong).toEqual([])
    await context.close()
  })

  test('a click on a thing of the picture looks at it', async () => {
    const { page, context } = await open(`/reach?from=${REPO}&to=${BUCKET}`)
    await painted(page)
    const box = (await page.locator('.reach-canvas').boundingBox())!
    const heading = (await page.locator('.reach-headings span').last().boundingBox())!
    // The path is one row: what is reached stands below the heading of its column, in the middle of the height.
    const position = { x: heading.x + heading.width / 2 - box.x, y: box.height / 2 }
    await page.locator('.reach-canvas').click({ position })
    await page.waitForURL(/thing=aws%3Abucket%2Fexports/)
    expect(await page.locator('.reach-looked').textContent()).toContain('cardholder-exports')
    await context.close()
  })

  test('it is saved as a drawing without markup of names, as pixels, and as rows without formulas', async () => {
    const { page, context } = await open(`/reach?from=${REPO}&to=${BUCKET}`)
    const saved = async (as: string) => {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.locator('.reach-save button', { hasText: as }).click(),
      ])
      return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) }
    }
    const svg = await saved('SVG')
    expect(svg.name).toBe('reeve-reach.svg')
    expect(svg.bytes.toString()).toContain('cardholder-exports')
    expect(svg.bytes.toString()).not.toContain('<img')
    const png = await saved('PNG')
    expect(png.bytes.subarray(1, 4).toString()).toBe('PNG')
    const csv = await saved('CSV')
    const rows = csv.bytes.toString().trim().split('\r\n')
    expect(rows[0]).toContain('path,hop,from')
    expect(rows.at(-1)).toContain('s3:GetObject')
    await context.close()
  })

  test('narrow, the list is the page and the picture opens over it', async () => {
    const { page, context } = await open(`/reach?from=${REPO}&to=${BUCKET}`, { width: 390 })
    expect(await page.locator('.reach-canvas').count()).toBe(0)
    expect(await page.locator('.hop-list > li').count()).toBe(4)
    await page.locator('button', { hasText: 'Picture' }).click()
    await painted(page)
    await page.keyboard.press('Escape')
    await page.waitForSelector('dialog', { state: 'detached' })
    await context.close()
  })

  test('where nothing can be painted, the same picture stands as a drawing', async () => {
    const { page, context } = await look(browser, server.url)
    await page.addInitScript(() => {
      const get = HTMLCanvasElement.prototype.getContext
      HTMLCanvasElement.prototype.getContext = function (kind: string, ...more: unknown[]) {
        return kind.startsWith('webgl') || kind.startsWith('experimental') ? null : get.call(this, kind, ...more)
      }
    })
    await enter(page, server.url + (await adminLink(server.db, clock)).path)
    await page.goto(`${server.url}/reach?from=${REPO}&to=${BUCKET}`)
    await page.waitForSelector('.reach-graph.still svg')
    expect(await page.locator('.reach-graph.still').textContent()).toContain('cardholder-exports')
    expect(await page.locator('.reach-graph.still img').count()).toBe(0)
    await context.close()
  })

  test('it is reached from the card, from a pasted id and by keys', async () => {
    const { page, context } = await open('/identities/aws%3Auser%2Fci')
    await page.locator('#around a', { hasText: 'What it leads to' }).click()
    await page.waitForURL(/\/reach\?from=aws%3Auser%2Fci/)
    await page.keyboard.press('Control+k')
    await page.keyboard.type('aws:user/ci')
    await page.locator('[role=option]', { hasText: 'Paths to it' }).click()
    await page.waitForURL(/\/reach\?to=aws%3Auser%2Fci/)
    await page.goto(`${server.url}/`)
    await settled(page)
    await page.evaluate(() => document.getElementById('main')?.focus())
    await page.keyboard.press('g')
    await page.keyboard.press('r')
    await page.waitForURL((url) => url.pathname === '/reach')
    await context.close()
  })
})
