/** What an identity can do exactly, on its page: the way up, the trust, granted and used, why, the smallest policy, what if; and as it was. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allow, arn, EVERYTHING, type Invented } from '../src/access/testing/account.ts'
import { describedAccount } from '../src/access/testing/described.ts'
import { adminLink } from '../src/http/index.ts'
import { read, type TestServer, testServer } from '../src/http/testing/index.ts'
import { axe, built, enter, launch, look, settled, whyNot } from './console-browser.ts'
import { dist } from './console-server.ts'

/** The page's own world, inside the functions that are sent to it. */
// biome-ignore lint/suspicious/noExplicitAny: the DOM's types would reach the server's code from here
declare const document: any, window: any

const reason = whyNot()
if (reason) console.log(`skipped: permissions in the console, because ${reason}`)

const DAY = 86_400_000
const BUCKET = 'arn:aws:s3:::payroll'
const GITHUB = 'token.actions.githubusercontent.com'
const ESTATE: Invented = {
  users: {
    bob: { inline: [allow(['iam:CreateAccessKey'], arn('user', 'root'))] },
    root: { inline: [EVERYTHING] },
  },
  roles: {
    deploy: {
      inline: [
        allow(['s3:GetObject', 's3:PutObject'], `${BUCKET}/*`),
        allow(['sqs:SendMessage', 'sqs:DeleteMessage', 'sqs:ReceiveMessage']),
        allow('ecr:PutImage', '*', { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }),
      ],
      trust: {
        Statement: {
          Effect: 'Allow',
          Principal: { Federated: `arn:aws:iam::222233334444:oidc-provider/${GITHUB}` },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: { StringLike: { [`${GITHUB}:sub`]: 'repo:acme*' } },
        },
      },
    },
  },
}

describe.skipIf(reason !== null)('permissions in the console', () => {
  let server: TestServer
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let wrong: string[]
  const deploy = `aws:${arn('role', 'deploy')}`
  const at = (days: number) => new Date(Date.now() - days * DAY)
  const open = async (key: string, query = '') => {
    await page.goto(`${server.url}/identities/${encodeURIComponent(key)}${query}`)
    await settled(page)
    return page.locator('#exact-access')
  }

  beforeAll(async () => {
    built()
    server = await testServer({ consoleFolder: dist })
    const before: Invented = {
      ...ESTATE,
      roles: { deploy: { ...ESTATE.roles!['deploy'], inline: [allow('s3:GetObject', `${BUCKET}/*`)] } },
    }
    await read(server.database, describedAccount(before), { connection: 'aws-main', at: at(20) })
    // Of this one a listing told the name, and no policies.
    const lost = { kind: 'identity' as const, type: 'aws_iam_user', key: `aws:${arn('user', 'lost')}` }
    const trust = {
      kind: 'credential' as const,
      type: 'aws_trust',
      key: `${deploy}#trust/${GITHUB}`,
      method: 'federation' as const,
    }
    await read(
      server.database,
      [lost, ...describedAccount(ESTATE), trust, { from: trust.key, verb: 'authenticates', to: deploy }],
      {
        connection: 'aws-main',
        at: at(10),
        lines: [
          { scope: '222233334444', expected: null, obtained: 3, refused: 0, reason: null, permission: null },
          {
            scope: 'policies of the organization',
            expected: null,
            obtained: 0,
            refused: 1,
            reason: 'access denied',
            permission: 'organizations:ListPolicies',
          },
        ],
      },
    )
    await read(
      server.database,
      [
        {
          kind: 'identity',
          type: 'aws_iam_role',
          key: deploy,
          attributes: {
            servicesAccessed: [{ service: 's3', at: at(12).toISOString(), region: null }],
            servicesNotAccessed: ['sqs'],
          },
        },
      ],
      { connection: 'aws-main', collection: 'last-accessed', at: at(9) },
    )
    browser = await launch()
    ;({ page, wrong, context } = await look(browser, server.url))
    await enter(page, server.url + (await adminLink(server.db, server.app.clock)).path)
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  test('granted beside used, the trust with a witness, and what was not read', async () => {
    const section = await open(deploy)
    await section.getByText('nothing that was read lets it become one').waitFor()
    const text = await section.textContent()
    expect(text).toContain('2 actions in services it used')
    expect(text).toContain('3 in services not used in 400 days')
    expect(text).toContain('1 unknown')
    expect(text).toMatch(/GitHub: anybody with an account at GitHub passes, such as repo:acme/)
    expect(text).toContain('organizations:ListPolicies')
    expect(text).toContain('AWS keeps no record of the use of this service')
  })

  test('an action opens the statement that decides', async () => {
    const section = await open(deploy)
    await section.getByRole('button', { name: 's3', exact: true }).click()
    await section.getByRole('button', { name: 's3:GetObject' }).click()
    await section.getByText('inline-0 of deploy, statement 1 allows it').waitFor()
    await section.getByRole('button', { name: 'ecr', exact: true }).click()
    await section.getByRole('button', { name: 'ecr:PutImage' }).click()
    await section.getByText('It depends').waitFor()
  })

  test('the way to an administrator is told step by step', async () => {
    const section = await open(`aws:${arn('user', 'bob')}`)
    await section.getByText('It can become an administrator').waitFor()
    expect(await section.locator('.access-path li').first().textContent()).toBe(
      'user/bob calls iam:CreateAccessKey on user/root and acts as user/root',
    )
    await (await open(`aws:${arn('user', 'root')}`)).getByText('It is an administrator').waitFor()
  })

  test('of whom no policies were read nothing is said but that, and no smaller policy is offered', async () => {
    const section = await open(`aws:${arn('user', 'lost')}`)
    await section.getByText('What it may do is unknown').waitFor()
    await section.getByText('Whether it is an administrator is unknown').waitFor()
    expect(await section.getByRole('button').count()).toBe(0)
  })

  test('the card of a trust says which tokens pass', async () => {
    await (await open(`${deploy}#trust/${GITHUB}`)).getByText('anybody with an account at GitHub passes').waitFor()
  })

  test('the smallest policy is worked out, written two ways, and tried', async () => {
    const section = await open(deploy)
    await section.getByRole('button', { name: 'Work out the smallest policy' }).click()
    await section.getByText(/of 3 observed uses/).waitFor()
    expect(await section.locator('pre').textContent()).toContain('"s3:PutObject"')
    await section.getByRole('button', { name: 'Terraform' }).click()
    expect(await section.locator('pre').textContent()).toContain('aws_iam_policy_document')
    await section.getByRole('button', { name: 'Try it below' }).click()
    await section.getByRole('button', { name: 'Try', exact: true }).click()
    await section.getByText('0 actions more, 3 actions less').waitFor()
    await section.locator('textarea').fill(JSON.stringify(allow('*')))
    await section.getByRole('button', { name: 'Try', exact: true }).click()
    await section.getByText('It would be an administrator.').waitFor()
    await section.locator('textarea').fill('{ "Statement": [ { "Effect": "Maybe" } ] }')
    await section.getByRole('button', { name: 'Try', exact: true }).click()
    await section.getByText('has no Effect of Allow or Deny').waitFor()
  })

  test('an earlier day shows what could be done then, and offers no changes', async () => {
    const section = await open(deploy, `?as-of=${at(15).toISOString().slice(0, 10)}`)
    await section.getByText('are of now').waitFor()
    expect(await section.getByRole('button', { name: 'sqs', exact: true }).count()).toBe(0)
    expect(await section.getByRole('button', { name: 's3', exact: true }).count()).toBe(1)
  })

  test('axe finds nothing at either width in either theme, nothing stands out of the page, and nothing went wrong', async () => {
    const found: string[] = []
    for (const width of [1440, 390])
      for (const theme of ['light', 'dark'] as const) {
        await page.setViewportSize({ width, height: 900 })
        await page.emulateMedia({ colorScheme: theme })
        const section = await open(deploy)
        await section.getByRole('button', { name: 's3', exact: true }).click()
        await section.getByRole('button', { name: 's3:GetObject' }).click()
        await section.locator('.access-why dl').waitFor()
        await section.getByRole('button', { name: 'Work out the smallest policy' }).click()
        await section.locator('pre').waitFor()
        await section.getByRole('button', { name: 'Try it below' }).click()
        await section.getByRole('button', { name: 'Try', exact: true }).click()
        await section.locator('.access-outcome').waitFor()
        for (const line of await axe(page)) found.push(`${width} ${theme}: ${line}`)
        if (await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth))
          found.push(`${width} ${theme}: wider than the window`)
        const pictures = process.env['REEVE_PICTURES']
        if (pictures) await page.screenshot({ path: `${pictures}/access-${width}-${theme}.png`, fullPage: true })
      }
    expect([...found, ...wrong]).toEqual([])
    expect(context.pages().length).toBe(1)
  }, 120_000)
})
