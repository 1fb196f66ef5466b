import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createScanner } from '../../scan/index.ts'
import { testRun } from '../../sdk/testing/index.ts'
import { mcp } from './index.ts'
import { machine, plant, readAgents } from './testing/plant.ts'

const planted: { remove(): void }[] = []
afterEach(() => {
  for (const one of planted.splice(0)) one.remove()
})
const put = (files: Parameters<typeof plant>[0]) => {
  const one = plant(files)
  planted.push(one)
  return one.root
}
const home = (files: Parameters<typeof plant>[0], options?: Parameters<typeof readAgents>[1]) =>
  readAgents({ root: put(machine(files)) }, options)
const repository = (files: Parameters<typeof plant>[0], options?: Parameters<typeof readAgents>[1]) =>
  readAgents({ folder: put(files), name: 'shop' }, options)

const stdio = { command: 'npx', args: ['-y', '@acme/tickets@1.2.3'] }

const KEYS = {
  env: 'Zq81mXp02LkWe99a',
  header: 'Rt55vBn31QsYd07c',
  argument: 'Hj62cFv90PwTz48e',
  query: 'Lm93xKd17UgRb52f',
  model: 'Wc24nSj68AoEi71h',
  password: 'Nb76yGt43DlVk15j',
}

test('keys in environment, header, argument, address and beside the servers are found, and none is told', async () => {
  const { entities, sentences, ending } = await home(
    {
      '.claude.json': {
        env: { ANTHROPIC_API_KEY: KEYS.model },
        mcpServers: {
          a: { ...stdio, env: { ACME_TOKEN: KEYS.env, LOG_LEVEL: 'debug', ACME_TOKEN_FILE: '/run/secrets/a' } },
          b: { type: 'http', url: 'https://b.acme.io/mcp', headers: { Authorization: `Bearer ${KEYS.header}` } },
          c: { command: 'npx', args: ['acme@1.0.0', '--api-key', KEYS.argument] },
          d: { type: 'sse', url: `https://d.acme.io/sse?token=${KEYS.query}` },
          e: { command: 'npx', args: ['e@1.0.0', `postgres://reader:${KEYS.password}@orders.prod.acme.io/orders`] },
        },
      },
    },
    { secrets: Object.values(KEYS) },
  )
  const agent = 'mcp:box1/user/ada/claude-code'
  const places = entities.filter(({ type }) => type === 'agent_config_secret')
  expect(places.map(({ attributes }) => attributes['spot']).sort()).toEqual([
    'ANTHROPIC_API_KEY',
    'argument --api-key',
    'argument 2',
    'env ACME_TOKEN',
    'header Authorization',
    'query token',
  ])
  for (const place of places) expect(place.attributes['line']).toBeGreaterThan(1)
  expect(sentences.filter((one) => one.endsWith(` authenticates ${agent}`))).toHaveLength(5)
  expect(
    sentences.filter((one) => one.endsWith(' authenticates postgres:orders.prod.acme.io:5432/role/reader')),
  ).toHaveLength(1)
  expect(sentences).toContain(`${agent} assumes postgres:orders.prod.acme.io:5432/role/reader`)
  expect(['a', 'b', 'c', 'd', 'e'].map((name) => ending(`/server/${name}`).attributes['auth'])).toEqual(
    Array(5).fill('static'),
  )
  expect(ending('/database/orders')).toMatchObject({ environment: 'production', type: 'postgres_database' })
})

test('what points at a key elsewhere is no key', async () => {
  const references = [
    '${env:ACME_TOKEN}',
    '${input:token}',
    '${ACME_TOKEN}',
    '$ACME_TOKEN',
    '{env:ACME_TOKEN}',
    '{{ACME_TOKEN}}',
    'op://vault/item/field',
    'keychain:acme-token',
    '<your-token-here>',
    'YOUR_TOKEN_HERE',
    'xxxxxxxxxxxx',
    '********',
  ]
  const { entities, ending } = await home({
    '.cursor/mcp.json': {
      mcpServers: Object.fromEntries(
        references.map((value, at) => [
          `s${at}`,
          {
            type: 'http',
            url: 'https://a.acme.io/mcp',
            headers: { Authorization: `Bearer ${value}` },
            env: { ACME_TOKEN: value },
          },
        ]),
      ),
    },
  })
  expect(entities.filter(({ kind }) => kind === 'secret' || kind === 'credential')).toEqual([])
  expect(ending('/server/s0').attributes['auth']).toBe('env')
})

test('a key that a detector knows is told with its detector', async () => {
  const scanner = createScanner()
  const token = `xoxb-${'123456789012'}-${'1234567890123'}-${'AbCdEfGhIjKlMnOpQrStUvWx'}`
  const run = testRun({ scan: scanner.scan })
  const { entities } = await home(
    { '.cursor/mcp.json': { mcpServers: { s: { ...stdio, env: { SLACK_BOT_TOKEN: token } } } } },
    { run, secrets: [token] },
  )
  expect(entities.filter(({ kind }) => kind === 'credential').map(({ attributes }) => attributes['provider'])).toEqual([
    'slack',
  ])
})

test('copies of one key in several clients are one credential of several agents', async () => {
  const server = { mcpServers: { s: { ...stdio, env: { ACME_TOKEN: KEYS.env } } } }
  const { entities, sentences } = await home({ '.cursor/mcp.json': server, '.lmstudio/mcp.json': server })
  expect(entities.filter(({ kind }) => kind === 'credential')).toHaveLength(1)
  expect(entities.filter(({ kind }) => kind === 'secret')).toHaveLength(2)
  expect(sentences.filter((one) => one.includes(' authenticates '))).toHaveLength(2)
})

test('what a server that is known may reach is granted; read-only takes the way out', async () => {
  const { allowed } = await repository({
    '.mcp.json': {
      mcpServers: {
        gh: { command: 'npx', args: ['@modelcontextprotocol/server-github'] },
        files: { command: 'npx', args: ['@modelcontextprotocol/server-filesystem', '/data/prod'] },
      },
    },
    '.cursor/mcp.json': {
      mcpServers: {
        gh: { url: 'https://api.githubcopilot.com/mcp/readonly' },
        mystery: { url: 'https://m.acme.io/mcp' },
      },
    },
  })
  const legs = (agent: string, to: string) =>
    Object.keys(allowed(agent).find((edge) => edge.to.endsWith(to))?.attributes?.['legs'] ?? {})
  expect(legs('claude-code', 'api.github.com')).toEqual(['untrusted-input', 'private-data', 'outbound'])
  expect(legs('claude-code', '/folder/data/prod')).toEqual(['private-data'])
  expect(legs('cursor', 'api.github.com')).toEqual(['untrusted-input', 'private-data'])
  expect(legs('cursor', 'm.acme.io')).toEqual([])
})

test('a server that is switched off is told of, and grants nothing', async () => {
  const { ending, sentences } = await home({
    '.cursor/mcp.json': { mcpServers: { fetch: { command: 'uvx', args: ['mcp-server-fetch'], disabled: true } } },
  })
  expect(ending('/server/fetch').attributes['disabled']).toBe(true)
  expect(sentences.filter((one) => one.includes('/server/fetch/tools'))).toEqual([])
})

test('a program that is gone is told from one that is there', async () => {
  const { ending } = await home({
    'bin/here.js': '',
    '.cursor/mcp.json': {
      mcpServers: {
        here: { command: 'node', args: ['/home/ada/bin/here.js'] },
        gone: { command: 'node', args: ['/home/ada/bin/gone.js'] },
        fetched: stdio,
      },
    },
  })
  expect(['here', 'gone', 'fetched'].map((name) => ending(`/server/${name}`).attributes['programGone'])).toEqual([
    false,
    true,
    undefined,
  ])
})

test('when an agent was last used is told where it keeps a record', async () => {
  const { entity } = await home({
    '.codex/config.toml': 'model = "x"',
    '.codex/history.jsonl': '{}',
    '.cursor/mcp.json': { mcpServers: { s: stdio } },
  })
  expect(entity('mcp:box1/user/ada/codex').lastUsed).toHaveProperty('value')
  expect(entity('mcp:box1/user/ada/cursor').lastUsed).toHaveProperty('unknown')
})

test('a repository with a remote goes by it, as its own connection does', async () => {
  const files = {
    '.git/config': '[remote "origin"]\n\turl = git@github.com:acme/shop.git\n',
    '.mcp.json': { mcpServers: { s: stdio } },
  }
  const { entity, sentences } = await repository(files)
  entity('mcp:github.com/acme/shop/claude-code')
  expect(sentences).toContain('git:github.com/acme/shop contains mcp:github.com/acme/shop/claude-code')
})

test('rubbish, large files, special files and links that lead out are lines of the ledger, and hide nothing', async () => {
  const root = put(
    machine({
      '.cursor/mcp.json': '{"mcpServers": ',
      '.codex/config.toml': 'a = = b',
      '.gemini/settings.json': { mcpServers: { s: stdio } },
      '.lmstudio/mcp.json': '',
    }),
  )
  truncateSync(join(root, 'home/ada/.lmstudio/mcp.json'), 100 << 20)
  writeFileSync(join(root, 'etc/outside.json'), '{"mcpServers": {}}')
  mkdirSync(join(root, 'home/ada/.junie/mcp'), { recursive: true })
  symlinkSync(join(root, 'etc/outside.json'), join(root, 'home/ada/.junie/mcp/mcp.json'))
  mkdirSync(join(root, 'home/ada/.claude.json'))
  const { entities, ledger } = await readAgents({ root })
  expect(entities.filter(({ type }) => type === 'ai_agent').map(({ key }) => key)).toEqual([
    'mcp:box1/user/ada/gemini-cli',
  ])
  const reasons = ledger.refusals.map(({ reason }) => reason).join('\n')
  for (const said of [
    '.cursor/mcp.json: line 1 is not JSON',
    '.codex/config.toml: ',
    'has 104857600 bytes',
    'a link that leads out',
    'no regular file',
  ])
    expect(reasons).toContain(said)
})

test('names of servers are text, whatever they hold', async () => {
  const { entities } = await home({
    '.cursor/mcp.json': { mcpServers: { ['a\0b\n<img src=x>'.padEnd(5000, 'x')]: stdio, ['__proto__']: stdio } },
  })
  for (const { name, key } of entities) {
    expect(name).not.toMatch(/\p{Cc}/u)
    expect(key.length).toBeLessThan(1200)
  }
})

test('it offers itself for this machine and for folders, and asks no server by itself', async () => {
  const folder = put({ '.mcp.json': {} })
  expect(await mcp.nearby!({ folder })).toMatchObject({ folder, probe: 'off' })
  expect(await mcp.nearby!({ host: true })).toMatchObject({ probe: 'off' })
  expect(await mcp.nearby!({ folder: join(folder, '.mcp.json') })).toBeNull()
})
