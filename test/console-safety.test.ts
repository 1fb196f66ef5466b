import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStage } from '../src/graph/index.ts'
import { judge } from '../src/http/testing/index.ts'
import { built, launch, look, settled, whyNot } from './console-browser.ts'
import { type RealConsole, realConsole } from './console-real.ts'
import { type Session, scratch, until } from './reeve/command.ts'
import { accessKey, plantedRepository } from './reeve/planted.ts'

/** The page's own world, inside the functions that are sent to it. */
// biome-ignore lint/suspicious/noExplicitAny: the DOM's types would reach the server's code from here
declare const document: any, window: any, localStorage: any, sessionStorage: any, history: any

const reason = whyNot()
if (reason) console.log(`skipped: the safety of the console, because ${reason}`)

/** Put together here, so that no scanner takes this file for a leak. Each is planted in a repository that is really scanned. */
const key = accessKey('console')
const letters = 'q7Rk2Vw9Zx4Lm1Tn8Bp3Hd6Jf5Gs0Yc2Wa4K'
const CANARIES = {
  'aws secret': key.secret,
  'github token': `ghp_${letters}`,
  'slack token': `xoxb-${'123456789012'}-${'123456789012'}-${letters.slice(0, 24)}`,
  'database password': `${letters.slice(3, 19)}`,
  'stripe key': `sk_live_${letters.slice(5, 29)}`,
}

const MARKUP = `<script>document.title='owned'</script><img src=x onerror="document.title='owned'">`
const HOSTILE = {
  markup: `${MARKUP}"'><svg/onload=alert(1)>{{7*7}}\${7*7}`,
  rtl: 'invoice-\u202Egnp.exe\u2066\u2069\u200f-end',
  long: 'long-name-'.repeat(1000),
  newlines: 'first line\nsecond line\r\n\tthird\u0000'.replace('\u0000', ''),
}

/** A host whose names are chosen to break a page, read as any other. */
async function readHostile({ parts: { database } }: RealConsole): Promise<void> {
  const stage = await openStage(database, { connection: 'host-evil', run: 1_000_000 })
  await stage.write('all', {
    kind: 'resource',
    type: 'linux_host',
    key: 'host:evil',
    name: HOSTILE.markup,
    attributes: {},
  })
  for (const [name, text] of Object.entries(HOSTILE)) {
    const key = `host:evil/user/${name}`
    const attributes = { accountKind: 'service', comment: text }
    await stage.write('all', { kind: 'identity', type: 'linux_user', key, name: text, attributes })
    await stage.write('all', {
      kind: 'person',
      type: 'person',
      key: `person:${name}@evil.example`,
      name: text,
      attributes: {},
    })
    await stage.write('all', { from: 'host:evil', verb: 'contains', to: key })
  }
  const at = new Date()
  const yields = ['linux_host', 'linux_user', 'person']
  await stage.apply({ collections: [{ id: 'all', yields, complete: true, lines: [] }], at })
  await judge(database, at)
}

describe.skipIf(reason !== null)('the safety of the console', () => {
  let server: RealConsole
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let wrong: string[]
  let admin: Session
  const place = scratch()
  /** Every address that was asked for, with what was sent to it; and every answer. */
  const asked: string[] = []
  const answers: { url: string; text: string }[] = []
  const addresses: string[] = []

  beforeAll(async () => {
    built()
    const repository = plantedRepository(join(place.folder, 'shop'))
    repository.write(
      'deploy.py',
      `aws_access_key_id = "${key.id}"\naws_secret_access_key = "${CANARIES['aws secret']}"\n`,
    )
    repository.write('.env', `GITHUB_TOKEN=${CANARIES['github token']}\nSTRIPE_KEY=${CANARIES['stripe key']}\n`)
    repository.write('chat.yaml', `slack:\n  token: ${CANARIES['slack token']}\n`)
    repository.write(
      'app.ini',
      `[db]\nurl = postgres://orders:${CANARIES['database password']}@db.internal:5432/orders\n`,
    )
    repository.commit('Everything at once')
    repository.write('.env', 'GITHUB_TOKEN=\n')
    repository.commit('Take them out again', 'Mallory "onerror=alert(1)" {{7*7}} <mallory@planted.example>')

    server = await realConsole()
    admin = await server.as('admin')
    const made = await admin.send('POST', '/v1/connections', { provider: 'git', settings: { path: repository.folder } })
    expect([made.status, made.body]).toEqual([201, made.body])
    expect((await admin.send('POST', '/v1/connections/git-shop/runs')).status).toBe(202)
    await until(
      () => admin.get<{ rows: { provider: string; state: string; lastRead: string | null }[] }>('/v1/connections'),
      ({ rows }) => rows.some((row) => row.provider === 'git' && row.lastRead !== null && row.state !== 'running'),
    )
    await until(
      () => admin.get<{ total: { count: number } }>('/v1/findings?q=rule:git-secret-in-code'),
      ({ total }) => total.count > 0,
    )
    await readHostile(server)
    browser = await launch()
    const seen = await look(browser, server.url)
    ;({ page, context, wrong } = seen)
    await server.sit(context, 'admin')
    page.on('request', (request) => void asked.push(`${request.method()} ${request.url()} ${request.postData() ?? ''}`))
    page.on('response', (response) => {
      if (response.url().includes('/v1/') && !response.url().endsWith('/v1/events'))
        void response.text().then(
          (text) => answers.push({ url: response.url(), text }),
          () => undefined,
        )
    })
    page.on('framenavigated', (frame) => void addresses.push(frame.url()))
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    place.remove()
  })

  const open = async (path: string) => {
    await page.goto(server.url + path)
    await settled(page)
  }
  const id = (text: string) => encodeURIComponent(text).replaceAll('.', '%2E')

  /** All that the browser holds of the page: what is in it, where it is, what it keeps. */
  const held = (): Promise<string> =>
    page.evaluate(() =>
      [
        document.documentElement.outerHTML,
        [...document.querySelectorAll('input, textarea')].map((field) => field.value).join(),
        window.location.href,
        document.title,
        JSON.stringify({ ...localStorage }),
        JSON.stringify({ ...sessionStorage }),
        JSON.stringify(history.state),
        document.cookie,
      ].join('\n'),
    )
  const leaks = (text: string, where: string): string[] =>
    Object.entries(CANARIES).flatMap(([name, value]) => (text.includes(value) ? [`${where} holds the ${name}`] : []))

  const everyPage = async (): Promise<string[]> => {
    const paths = [
      '/',
      '/welcome',
      '/identities',
      '/reach',
      '/expiry',
      '/findings',
      '/findings?by=identity',
      '/findings?by=rule',
      '/connections',
      '/connections/new',
      '/connections/new/git',
      '/reports',
      '/reports/pci-dss',
      '/rules',
      '/audit',
      '/settings',
    ]
    for (const kind of ['identity', 'credential', 'secret', 'workload', 'person', 'resource', 'entitlement']) {
      paths.push(`/identities?kind=${kind}`)
      const { rows } = await admin.get<{ rows: { key: string }[] }>(`/v1/entities?kind=${kind}&limit=500`)
      // All that has to do with secrets, and some of the rest.
      for (const row of rows.slice(0, ['credential', 'secret', 'identity', 'person'].includes(kind) ? 14 : 3))
        paths.push(`/identities/${id(row.key)}`)
    }
    const { groups } = await admin.get<{ groups: { findings: { id: string }[] }[] }>(
      '/v1/findings?by=rule&q=rule:git-secret-in-code',
    )
    const more = await admin.get<{ groups: { findings: { id: string }[] }[] }>('/v1/findings?by=rule')
    for (const group of [...groups, ...more.groups])
      for (const finding of group.findings.slice(0, 3)) paths.push(`/findings/${finding.id}`)
    const { rows } = await admin.get<{ rows: { connection: string }[] }>('/v1/connections')
    for (const { connection } of rows) paths.push(`/connections/${connection}`, `/connections/${connection}/settings`)
    return [...new Set(paths)]
  }

  test('no secret that was found stands in a page, an answer, an address, the storage or the history of the browser; no name becomes markup', {
    timeout: 600_000,
  }, async () => {
    const paths = await everyPage()
    expect(paths.length).toBeGreaterThan(50)
    const found: string[] = []
    for (const path of paths) {
      await open(path)
      const text = await held()
      found.push(...leaks(text, path))
      const state = await page.evaluate(() => ({
        over: document.documentElement.scrollWidth - window.innerWidth,
        made: document.querySelectorAll('#app img, #app script, #app iframe, #app svg[onload], #app [onerror]').length,
        title: document.title,
        longest: Math.max(
          ...[...document.querySelectorAll('main a, main td, main h1')].map((one) => one.textContent.length),
        ),
      }))
      if (state.over > 0) found.push(`${path}: a name makes it ${state.over} px wider than the window`)
      if (state.made > 0 || state.title === 'owned') found.push(`${path}: a name became markup`)
      if (/[\n\r\u202E]/.test(state.title)) found.push(`${path}: a name turns the title of the window round`)
      if (state.longest > 4_000) found.push(`${path}: a name of ${state.longest} characters is not cut`)
    }
    // The findings are there, so that what was hunted for could have been met.
    expect(answers.some(({ text }) => text.includes('deploy.py'))).toBe(true)
    expect(answers.some(({ text }) => text.includes(key.id))).toBe(true)
    for (const { url, text } of answers) found.push(...leaks(text, `the answer of ${url}`))
    for (const address of [...addresses, ...asked]) found.push(...leaks(address, 'an address'))
    expect([...new Set(found)]).toEqual([])
    expect(wrong).toEqual([])
    const narrow = await look(browser, server.url, { width: 390 })
    await server.sit(narrow.context, 'admin')
    for (const name of Object.keys(HOSTILE)) {
      await narrow.page.goto(`${server.url}/identities/${id(`host:evil/user/${name}`)}`)
      await settled(narrow.page)
      expect([
        name,
        await narrow.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
      ]).toEqual([name, 0])
    }
    await narrow.context.close()
  })

  test('the pages asked nobody but their own server, and changed nothing by being looked at', () => {
    const { origin } = new URL(server.url)
    expect(asked.filter((line) => !line.split(' ')[1]!.startsWith(origin))).toEqual([])
    expect(asked.filter((line) => !line.startsWith('GET '))).toEqual([])
  })

  test('the content policy lets in what is its own and nothing written into the page', async () => {
    for (const path of ['/', '/identities', '/sign-in', '/stories.html']) {
      const answer = await fetch(server.url + path)
      const policy = new Map(
        answer.headers
          .get('content-security-policy')!
          .split(';')
          .map((line) => line.trim().split(/\s+/))
          .map(([name, ...from]) => [name!, from]),
      )
      expect(policy.get('default-src')).toEqual(["'none'"])
      expect(policy.get('script-src')).toEqual(["'self'"])
      expect(policy.get('style-src')).toEqual(["'self'"])
      expect(policy.get('connect-src')).toEqual(["'self'"])
      for (const name of ['base-uri', 'form-action', 'frame-ancestors'])
        expect([name, policy.get(name)]).toEqual([name, ["'none'"]])
      expect([...policy.values()].flat().filter((from) => !["'none'", "'self'", 'data:'].includes(from))).toEqual([])
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
      const html = await answer.text()
      expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:/i)
    }
    await open('/')
    const refused = await page.evaluate(async () => {
      const element = document.createElement('script')
      element.textContent = "document.title = 'owned'"
      document.body.append(element)
      const elsewhere = await window.fetch('https://elsewhere.example/').then(
        () => 'let through',
        () => 'refused',
      )
      return [document.title === 'owned', elsewhere]
    })
    expect(refused).toEqual([false, 'refused'])
    // Both were tried on purpose, and the page noticed.
    expect(
      wrong.splice(0).filter((line) => /policy|Content Security Policy|elsewhere/.test(line)).length,
    ).toBeGreaterThan(0)
  })

  test('the session is a cookie that no script reads and no other site sends; a change without the token is refused', async () => {
    const link = await admin.send('POST', '/v1/users', { name: 'A second admin', role: 'admin' })
    const secret = new URL((link.body as { link: string }).link, server.url).hash.slice(1)
    const answer = await fetch(`${server.url}/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ link: secret }),
    })
    const cookie = answer.headers.get('set-cookie')!
    for (const word of ['HttpOnly', 'SameSite=Strict', 'Path=/']) expect(cookie).toContain(word)
    await open('/settings')
    const tried = await page.evaluate(async () => {
      const change = (headers: Record<string, string>) =>
        window
          .fetch('/v1/tokens', {
            method: 'POST',
            headers: { 'content-type': 'application/json', ...headers },
            body: JSON.stringify({ name: 'forged', scopes: ['read'], days: 1 }),
          })
          .then((got: Response) => got.json())
          .then((body: { code: string }) => body.code)
      return [document.cookie, await change({}), await change({ 'x-reeve-csrf': 'guessed' })]
    })
    expect(tried).toEqual(['', 'http/csrf', 'http/csrf'])
    const foreign = await fetch(`${server.url}/v1/tokens`, {
      method: 'POST',
      headers: { cookie: admin.cookie, origin: 'https://elsewhere.example', 'content-type': 'application/json' },
      body: '{}',
    })
    expect(foreign.status).toBe(403)
    expect((await admin.get<{ rows: { name: string }[] }>('/v1/tokens')).rows.map(({ name }) => name)).not.toContain(
      'forged',
    )
  })

  test('a secret pasted into the finder is held back, sent once when asked for, and is nowhere afterwards', async () => {
    await open('/findings')
    asked.length = 0
    addresses.length = 0
    const value = CANARIES['aws secret']
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill(value)
    await page.waitForSelector('.held >> text=Not sent yet. An id would do and is safer.')
    // Whatever waits to be sent has gone by then: a name is looked up at once.
    await page.getByRole('combobox').fill('orders')
    await page.waitForResponse((answer) => answer.url().includes('/v1/find?'))
    expect(asked.filter((line) => line.includes(value))).toEqual([])
    await page.getByRole('combobox').fill(value)
    await page.getByRole('button', { name: 'Look for its fingerprint' }).click()
    await page.waitForSelector('.palette-list .label >> text=Exactly this')
    expect(await page.getByRole('combobox').inputValue()).toBe('')
    const sent = asked.filter((line) => line.includes(value))
    expect(sent).toHaveLength(1)
    expect(sent[0]!.split(' ').slice(0, 2)).toEqual(['POST', `${server.url}/v1/find/secret`])
    expect(leaks(await held(), 'the page')).toEqual([])
    await page.keyboard.press('Enter')
    await page.waitForURL('**/identities/**')
    await settled(page)
    await page.keyboard.press('Control+k')
    await page.waitForSelector('.palette [role=option]')
    expect(leaks(await held(), 'the page')).toEqual([])
    expect(addresses.flatMap((address) => leaks(address, 'an address'))).toEqual([])
    const trail = JSON.stringify(await admin.get('/v1/audit'))
    expect(trail).toContain('secret.look-up')
    expect(leaks(trail, 'the audit trail')).toEqual([])
  })

  test('a secret in an address leaves it at once and is not sent on', async () => {
    asked.length = 0
    await page.goto(`${server.url}/k/${CANARIES['github token']}`)
    await page.waitForURL('**/k/held')
    expect(asked.filter((line) => line.includes('/v1/') && line.includes(CANARIES['github token']))).toEqual([])
    expect(leaks(await held(), 'the page')).toEqual([])
  })
})
