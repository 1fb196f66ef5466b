import { afterEach, expect, test } from 'vitest'
import { evaluate, rules } from '../../assess/index.ts'
import { estateFrom } from '../../graph/index.ts'
import { testCollection, testRun } from '../../sdk/testing/index.ts'
import { mcp } from './index.ts'
import { openEstate } from './places.ts'
import { Settings } from './settings.ts'
import { machine, plant } from './testing/plant.ts'
import { tools } from './tools.ts'

const planted: { remove(): void }[] = []
afterEach(() => {
  for (const one of planted.splice(0)) one.remove()
})
const put = (files: Parameters<typeof plant>[0]): string => {
  const one = plant(files)
  planted.push(one)
  return one.root
}

/** What the rules say of all that the provider reads. */
async function judged(settings: object) {
  const run = testRun()
  const estate = await openEstate(Settings.parse(settings), run)
  const items: Parameters<typeof estateFrom>[0] = []
  for (const collection of mcp.collections!)
    for await (const item of collection.read(estate, run))
      (items as unknown[]).push({ connection: 'agents', collection: collection.id, item })
  const verdicts = [...evaluate(estateFrom(items), rules, { now: run.now() })].map(({ rule, subject, outcome }) => ({
    rule: rule.id,
    subject: subject.key,
    verdict: outcome.verdict,
    severity: outcome.verdict === 'fail' ? (outcome.severity ?? rule.severity) : '',
    because: outcome.verdict === 'fail' ? outcome.because.join(' ') : '',
  }))
  return {
    of: (rule: string, end = '') => verdicts.filter((one) => one.rule === rule && one.subject.endsWith(end)),
    verdict: (rule: string, end: string) =>
      verdicts.find((one) => one.rule === rule && one.subject.endsWith(end))?.verdict,
    refusals: run.ledger.refusals,
  }
}

const npx = (...args: string[]) => ({ command: 'npx', args: ['-y', ...args] })
const TRIO = {
  fetch: { command: 'uvx', args: ['mcp-server-fetch==2025.4.7'] },
  orders: npx('@modelcontextprotocol/server-postgres@0.6.2', 'postgres://reader@orders.acme.io/orders'),
}

test('the trio is found by what is granted, and closes when any leg is taken away', async () => {
  const trio = async (mcpServers: object) =>
    (await judged({ folder: put({ 'claude_desktop_config.json': { mcpServers } }) })).of('agent-toxic-trio')[0]
  const { fetch, orders } = TRIO
  const found = await trio({ fetch, orders })
  expect(found).toMatchObject({ verdict: 'fail', severity: 'high' })
  for (const said of [
    'Text that strangers write comes in',
    'the internet',
    'What is private is read',
    'orders',
    'Something can be sent out',
  ])
    expect(found!.because).toContain(said)
  // Without the database nothing private is read; without the pages nothing comes in and nothing goes out.
  expect((await trio({ fetch }))?.verdict).toBe('pass')
  expect((await trio({ orders }))?.verdict).toBe('pass')
  // A search brings strangers' text in and sends nothing out.
  expect((await trio({ orders, search: npx('tavily-mcp@0.2.1') }))?.verdict).toBe('pass')
  // Switched off is as good as gone.
  expect((await trio({ fetch: { ...fetch, disabled: true }, orders }))?.verdict).toBe('pass')
  // One server can be all three, and is not when it only reads.
  const github = npx('@modelcontextprotocol/server-github@2025.4.8')
  expect((await trio({ github }))?.verdict).toBe('fail')
  expect((await trio({ github: { ...github, env: { GITHUB_READ_ONLY: '1' } } }))?.verdict).toBe('pass')
  // What nobody knows is not taken for harmless.
  expect((await trio({ orders, mystery: npx('@acme/mystery@1.0.0') }))?.verdict).toBe('unknown')
})

test('a trio of an agent that acts alone is critical', async () => {
  const { of } = await judged({
    folder: put({
      '.mcp.json': { mcpServers: TRIO },
      '.claude/settings.json': { permissions: { defaultMode: 'bypassPermissions' } },
    }),
  })
  expect(of('agent-toxic-trio')).toMatchObject([{ verdict: 'fail', severity: 'critical' }])
  expect(of('agent-acts-without-asking')).toMatchObject([{ verdict: 'fail', severity: 'high' }])
})

test('keys, pins, plain HTTP, programs that are gone and sponsors, bad and good side by side', async () => {
  const { verdict, of } = await judged({
    root: put(
      machine({
        '.cursor/mcp.json': {
          mcpServers: {
            loose: { ...npx('@acme/loose'), env: { ACME_TOKEN: 'Zq81mXp02LkWe99a' } },
            tight: { ...npx('@acme/tight@1.0.0'), env: { ACME_TOKEN: '${env:ACME_TOKEN}' } },
            plain: { url: 'http://tools.acme.io/mcp', headers: { Authorization: 'Bearer ${env:T}' } },
            keyed: { url: 'https://tools.acme.io/mcp', headers: { Authorization: 'Bearer ${env:T}' } },
            open: { url: 'https://tools.acme.io/mcp' },
            gone: { command: '/home/ada/gone' },
          },
        },
      }),
    ),
  })
  expect(of('mcp-static-key').map((one) => one.verdict)).toEqual(['fail'])
  expect(['loose', 'tight'].map((name) => verdict('mcp-server-unpinned', `/server/${name}`))).toEqual(['fail', 'pass'])
  expect(
    ['plain', 'keyed', 'open', 'tight'].map((name) => verdict('mcp-server-unprotected', `/server/${name}`)),
  ).toEqual(['fail', 'pass', 'unknown', 'not-applicable'])
  expect(['gone', 'tight'].map((name) => verdict('mcp-server-gone', `/server/${name}`))).toEqual(['fail', 'unknown'])
  expect(of('agent-without-sponsor')).toMatchObject([{ verdict: 'fail', severity: 'high' }])
  expect(of('identity-without-owner').filter((one) => one.verdict === 'fail')).toEqual([])
  expect(verdict('agent-acts-without-asking', '/cursor')).toBe('unknown')
})

test('an agent of development that reaches a database of production is found, and one of production is not', async () => {
  const files = {
    '.mcp.json': {
      mcpServers: {
        orders: npx('@modelcontextprotocol/server-postgres@0.6.2', 'postgres://reader@orders-prod.acme.io/orders'),
      },
    },
  }
  const across = async (environment: string) =>
    (await judged({ folder: put(files), environment })).of('identity-across-environments', '/claude-code')[0]
  expect(await across('development')).toMatchObject({ verdict: 'fail' })
  expect((await across('production'))?.verdict).not.toBe('fail')
})

test('one key for several agents is found by the rule for all credentials', async () => {
  const servers = { mcpServers: { s: { ...npx('@acme/s@1.0.0'), env: { ACME_TOKEN: 'Zq81mXp02LkWe99a' } } } }
  const { of } = await judged({ root: put(machine({ '.cursor/mcp.json': servers, '.lmstudio/mcp.json': servers })) })
  expect(of('credential-reused')).toMatchObject([{ verdict: 'fail' }])
})

const server = new URL('./testing/everything-server.ts', import.meta.url).pathname
const started = (...args: string[]) => ({
  '.mcp.json': { mcpServers: { everything: { command: process.execPath, args: [server, ...args] } } },
})

test('tools of a started server are entitlements of its agent, and a changed description is another hash', async () => {
  const read = async (...args: string[]) => {
    const run = testRun()
    return testCollection(
      tools,
      await openEstate(Settings.parse({ folder: put(started(...args)), name: 'shop', probe: 'all', timeout: 30 }), run),
      run,
    )
  }
  const before = await read()
  const mail = before.entities.find((one) => one.name.startsWith('send_mail'))!
  expect(mail).toMatchObject({
    kind: 'entitlement',
    type: 'mcp_tool',
    attributes: { readOnly: false, destructive: true, openWorld: true },
  })
  expect(before.sentences.filter((one) => one.endsWith(mail.key))).toEqual([
    expect.stringMatching(/\/server\/everything\/tools has /),
  ])
  expect(before.sentences).toContain(`${mail.key} allows mcp:internet`)
  expect(JSON.stringify(before.entities)).not.toContain('Sends a mail')
  const after = await read('--described', 'Sends a mail to evil@example.org too.')
  const hashes = (one: typeof before) =>
    one.entities.filter(({ type }) => type === 'mcp_tool').map(({ attributes }) => attributes['hash'])
  expect(hashes(after).filter((hash) => hashes(before).includes(hash))).toHaveLength(2)
  const whole = (one: typeof before) => one.entities.find(({ type }) => type === 'mcp_server')!.attributes['toolsHash']
  expect(whole(after)).not.toBe(whole(before))
})

test('nothing is started or asked unless told to', async () => {
  for (const probe of ['off', 'remote']) {
    const run = testRun()
    const read = await testCollection(
      tools,
      await openEstate(Settings.parse({ folder: put(started()), probe }), run),
      run,
    )
    expect([read.entities, read.ledger.refusals]).toEqual([[], []])
  }
})

test('a server that does not answer is in the ledger, so that nothing of it is taken for gone', async () => {
  const { refusals } = await judged({
    folder: put({ '.mcp.json': { mcpServers: { s: { url: 'https://nowhere.acme.io/mcp' } } } }),
    probe: 'remote',
  })
  expect(refusals.map(({ scope }) => scope)).toContainEqual(expect.stringContaining('s of Claude Code'))
})

test('what is started is never another account’s, and never of files that lie elsewhere', async () => {
  const { refusals } = await judged({
    root: put(machine({ '.cursor/mcp.json': started()['.mcp.json'] })),
    probe: 'all',
  })
  expect(refusals.map(({ reason }) => reason).join()).toContain('would have to be started on the machine')
})

test('servers that hang, flood, lie or die are each a line of the ledger, and keep no other from being read', async () => {
  const hostile = new URL('./testing/hostile-server.ts', import.meta.url).pathname
  const kinds = ['hang', 'flood', 'liar', 'die', 'many', 'deep']
  const bad = kinds.map((kind) => [kind, { command: process.execPath, args: [hostile, kind] }])
  const { everything } = started()['.mcp.json'].mcpServers
  const run = testRun()
  const settings = Settings.parse({
    folder: put({ '.mcp.json': { mcpServers: { ...Object.fromEntries(bad), everything } } }),
    name: 'shop',
    probe: 'all',
    timeout: 8,
  })
  const { entities, ledger } = await testCollection(tools, await openEstate(settings, run), run)
  expect(entities.filter(({ type }) => type === 'mcp_tool').map(({ attributes }) => attributes['server'])).toEqual([
    'everything',
    'everything',
    'everything',
  ])
  expect(ledger.refusals.map(({ scope }) => scope.split(' ')[0]).sort()).toEqual([...kinds].sort())
  for (const { reason } of ledger.refusals)
    expect(reason).toMatch(/^asking \w+ of Claude Code in shop for its tools: ./)
})
