/** What providers read, through the surfaces that a user has: the pages of one server. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { read, type TestServer, testServer } from '../src/http/testing/index.ts'
import { creationIn } from '../src/providers/aws/creations.ts'
import { providers } from '../src/providers/index.ts'
import type { Card, Inventory, Overview } from '../src/read/index.ts'
import { createScanner } from '../src/scan/index.ts'
import type { Edge, Entity } from '../src/sdk/index.ts'
import { testRun } from '../src/sdk/testing/index.ts'

const DAY = 86_400_000
let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

async function get<T>(path: string): Promise<T> {
  const answer = await (await server.as('admin'))('GET', path)
  if (answer.status !== 200) throw server.errors.at(-1) ?? new Error(`${path}: ${answer.text}`)
  return answer.body
}
const card = (key: string) => get<Card>(`/v1/entities/${encodeURIComponent(key)}`)
const rows = async (q: string, kind = 'identity') =>
  (await get<Inventory>(`/v1/entities?kind=${kind}&q=${encodeURIComponent(q)}`)).rows

/** Everything that a provider tells of the settings, as items. */
async function told(id: string, settings: object): Promise<(Entity | Edge)[]> {
  const scanner = createScanner()
  const run = testRun({ scan: scanner.scan, scanFolder: scanner.scanFolder, scanHistory: scanner.scanHistory })
  const provider = providers.find((one) => one.id === id)!
  const client = await provider.connect(provider.config.parse(settings), run)
  const items: (Entity | Edge)[] = []
  for (const collection of provider.collections!)
    for await (const item of collection.read(client, run)) items.push(item)
  return items
}
const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})
function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-facts-'))
  folders.push(folder)
  for (const [path, text] of Object.entries(files)) put(folder, path, text)
  return folder
}
function put(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

test('an account that alice made through the API is traced to her, with the id of the event', async () => {
  const alice = 'arn:aws:iam::111122223333:user/alice'
  const ci = 'arn:aws:iam::111122223333:user/ci'
  const made = creationIn({
    EventId: 'c0ffee00-1111-2222-3333-444455556666',
    EventName: 'CreateUser',
    CloudTrailEvent: JSON.stringify({
      eventTime: '2026-11-20T09:30:00Z',
      userIdentity: { type: 'IAMUser', arn: alice, accountId: '111122223333' },
      responseElements: { user: { arn: ci } },
    }),
  })
  const user = (arn: string) => ({ kind: 'identity' as const, type: 'aws_iam_user', key: `aws:${arn}` })
  await read(server.database, [user(alice), user(ci), ...(made as Edge[])], { connection: 'aws' })
  const { edges } = (await card(`aws:${ci}`)).neighbourhood
  expect(edges).toEqual([
    {
      from: `aws:${alice}`,
      verb: 'created',
      to: `aws:${ci}`,
      note: expect.stringContaining('c0ffee00-1111-2222-3333-444455556666'),
    },
  ])
})

test('keys of a payment, a mail, an analytics and a monitoring service are told by vendor and fingerprint, and no value is stored', async () => {
  const values = {
    stripe: `sk_live_${'4eC39HqLyjWDarjtT1zdp7dcQ8RvKmXw'.slice(0, 24)}`,
    sendgrid: `SG.${'aB3dE6gH9jK2mN5pQ8sT1v'}.${'xY4zA7bC0dE3fG6hI9jK2lM5nO8pQ1rS4tU7vW0xY3z'}`,
    mailgun: `key-${'3ax6xnjp29jd6fds4gc373sgvjxteol0'}`,
    newrelic: `NRAK-${'A1B2C3D4E5F6G7H8I9J0K1L2M3N'}`,
  }
  const items = await told('git', {
    path: folderWith({
      '.env': Object.entries(values)
        .map(([name, value]) => `${name.toUpperCase()}_API_KEY=${value}`)
        .join('\n'),
    }),
  })
  await read(server.database, items, { connection: 'git-shop' })
  const found = await rows('connection:git-shop', 'credential')
  const cards = await Promise.all(found.map(({ key }) => card(key)))
  const vendors = cards.map(({ other }) => other.find(({ name }) => name === 'provider')?.value)
  expect(vendors.map((said) => said && 'value' in said && said.value).sort()).toEqual([
    'mailgun',
    'newrelic',
    'sendgrid',
    'stripe',
  ])
  for (const { key } of found) expect(key).toMatch(/^credential:hmac:[0-9a-f]{32}$/)
  const { rows: tables } = await sql<{
    name: string
  }>`select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')`.execute(server.db)
  expect(tables.length).toBeGreaterThan(20)
  for (const { name } of tables) {
    const stored = await sql<{ n: number }>`select count(*)::int as n from ${sql.raw(name)} t
      where ${sql.join(
        Object.values(values).map((value) => sql`t::text like ${`%${value}%`}`),
        sql` or `,
      )}`.execute(server.db)
    expect([name, stored.rows[0]!.n]).toEqual([name, 0])
  }
})

test('a credential whose workload goes has nobody left who uses it, and its page says since when', async () => {
  const credential = {
    kind: 'credential' as const,
    type: 'db_password',
    key: 'vm:password',
    method: 'password' as const,
  }
  const vm = { kind: 'workload' as const, type: 'vm', key: 'vm:shop-1', name: 'shop-1' }
  const uses: Edge = { from: vm.key, verb: 'uses', to: credential.key }
  const at = (minutes: number) => new Date(Date.now() - minutes * 60_000)
  await read(server.database, [credential, vm, uses], { connection: 'vm', at: at(20) })
  expect((await card(credential.key)).usedBy.consumers.map(({ entity }) => entity.key)).toEqual([vm.key])
  const gone = at(10)
  await read(server.database, [credential], { connection: 'vm', at: gone })
  const { usedBy, history } = await card(credential.key)
  expect(usedBy).toMatchObject({ consumers: [], more: 0 })
  expect(history[0]).toMatchObject({ what: 'edge-vanished', at: gone.toISOString(), other: { key: vm.key } })
})

test('a tool that changed between two reads fails in a dry run as it does when it is judged', async () => {
  const tool = (hash: string) => ({
    kind: 'entitlement' as const,
    type: 'mcp_tool',
    key: 'drift:tool/send',
    attributes: { tool: 'send', hash, descriptionHash: hash },
  })
  const rule = 'mcp-tool-drift'
  const dry = async () => {
    const answer = await (await server.as('admin'))('POST', `/v1/rules/${rule}/dry-run`, { body: {} })
    return answer.body.would
  }
  const failing = async () => (await card('drift:tool/send')).findings.filter((one) => one.rule === rule).length
  await read(server.database, [tool('one')], { connection: 'drift', at: new Date(Date.now() - 60_000) })
  expect([await failing(), await dry()]).toEqual([0, { fail: 0, pass: 1, unknown: 0, notApplicable: 0 }])
  await read(server.database, [tool('two')], { connection: 'drift' })
  expect([await failing(), await dry()]).toEqual([1, { fail: 1, pass: 0, unknown: 0, notApplicable: 0 }])
})

test('machines for each person are what the database counts, and the trend shows both reads', async () => {
  const machine = (n: number) => ({ kind: 'identity' as const, type: 'bot', key: `trend:bot/${n}` })
  const person = { kind: 'person' as const, type: 'person', key: 'person:trend@x.org' }
  const first = new Date(Date.now() - 3 * DAY)
  await read(server.database, [person, machine(1), machine(2)], { connection: 'trend', at: first })
  await read(server.database, [person, ...[1, 2, 3, 4, 5].map(machine)], { connection: 'trend', at: new Date() })
  const { answer, trend } = await get<Overview>('/v1/overview')
  const { rows: counted } = await sql<{ machines: number; people: number }>`select
    count(*) filter (where kind = 'identity' and account_kind is distinct from 'human')::int as machines,
    count(*) filter (where kind = 'person')::int as people from graph.node`.execute(server.db)
  const { machines, people } = counted[0]!
  expect(answer).toMatchObject({ machines, people, perPerson: Math.round((10 * machines) / people) / 10 })
  const day = (of: Date) => of.toISOString().slice(0, 10)
  const then = trend.find(({ at }) => at.startsWith(day(first)))!
  expect(then).toMatchObject({ machines: 2, people: 1, perPerson: 2 })
  expect(trend.at(-1)).toMatchObject({ machines, people })
  expect(trend.length).toBeGreaterThanOrEqual(2)
})

test('every entity of an import answers the whole attribute set, each known, impossible, or unknown with why', async () => {
  const arn = (what: string) => `arn:aws:iam::444455556666:${what}`
  const account = {
    UserDetailList: [
      { UserName: 'u', Arn: arn('user/u'), CreateDate: '2024-01-01T00:00:00Z', GroupList: ['g'], UserPolicyList: [] },
    ],
    GroupDetailList: [
      { GroupName: 'g', Arn: arn('group/g'), GroupPolicyList: [{ PolicyName: 'p', PolicyDocument: 'not JSON' }] },
    ],
    RoleDetailList: [{ RoleName: 'r', Arn: arn('role/r'), AssumeRolePolicyDocument: { Statement: [] } }],
    Policies: [],
  }
  const folder = folderWith({ 'account.json': JSON.stringify(account) })
  const run = testRun()
  const aws = providers.find(({ id }) => id === 'aws')!
  const client = await aws.connect(aws.config.parse({ files: [join(folder, 'account.json')] }), run)
  const items: (Entity | Edge)[] = []
  for await (const item of aws.collections!.find(({ id }) => id === 'principals')!.read(client, run)) items.push(item)
  await read(server.database, items, { connection: 'import' })
  const kinds = new Set<string>()
  for (const item of items) {
    if ('verb' in item) continue
    const { attributes } = await card(item.key)
    kinds.add(attributes.kind)
    expect(attributes).toMatchObject({ distinctId: item.key, type: item.type })
    for (const name of ['created', 'expires', 'lastUsed', 'permissions', 'credentials', 'methods'] as const) {
      const said = attributes[name] as Record<string, unknown>
      const [how] = ['value', 'unknown', 'notApplicable'].filter((one) => one in said)
      expect([item.key, name, how]).toEqual([item.key, name, expect.any(String)])
      if (how !== 'value') expect(String(said[how!]).length).toBeGreaterThan(8)
    }
  }
  expect([...kinds].sort()).toEqual(['entitlement', 'identity', 'resource'])
})

test('what an asset is worth moves the risk of all that reach it in the judgement that follows, and of nobody else', async () => {
  const item = (kind: Entity['kind'], key: string, more: Partial<Entity> = {}) => ({
    kind,
    type: 'demo_thing',
    key,
    ...more,
  })
  const edge = (from: string, verb: Edge['verb'], to: string): Edge => ({ from, verb, to })
  const items = (sensitivity: Entity['sensitivity']) => [
    item('resource', 'pay:orders', sensitivity === undefined ? {} : { sensitivity }),
    item('resource', 'pay:news'),
    item('entitlement', 'pay:write'),
    item('entitlement', 'pay:read'),
    ...['pay:direct', 'pay:through', 'pay:elsewhere'].map((key) => item('identity', key)),
    edge('pay:direct', 'has', 'pay:write'),
    edge('pay:through', 'assumes', 'pay:direct'),
    edge('pay:write', 'allows', 'pay:orders'),
    edge('pay:elsewhere', 'has', 'pay:read'),
    edge('pay:read', 'allows', 'pay:news'),
  ]
  const scores = async () =>
    Object.fromEntries(
      await Promise.all(
        ['pay:direct', 'pay:through', 'pay:elsewhere'].map(async (key) => {
          const { score } = await card(key)
          return [key, 'value' in score ? score.value.total : null] as const
        }),
      ),
    )
  await read(server.database, items('internal'), { connection: 'pay', at: new Date(Date.now() - 60_000) })
  const before = await scores()
  await read(server.database, items('restricted'), { connection: 'pay' })
  const after = await scores()
  expect(after['pay:direct']).toBeGreaterThan(before['pay:direct']!)
  expect(after['pay:through']).toBeGreaterThan(before['pay:through']!)
  expect(after['pay:elsewhere']).toBe(before['pay:elsewhere'])
})

test('a privileged identity with an accountable owner and nobody who may change it passes; one directory owner is a way up to that human', async () => {
  const app = {
    kind: 'identity' as const,
    type: 'service_principal',
    key: 'dir:app',
    attributes: { accountKind: 'service', privileged: true },
  }
  const person = (key: string) => ({ kind: 'person' as const, type: 'person', key })
  const owns: Edge = { from: 'person:mara@x.org', verb: 'owns', to: app.key }
  const controls: Edge = { from: 'person:bo@x.org', verb: 'controls', to: app.key }
  const people = [person('person:mara@x.org'), person('person:bo@x.org')]
  const failing = async () =>
    (await card(app.key)).findings
      .filter(({ verdict }) => verdict === 'fail')
      .map(({ rule, says }) => [rule, says] as const)
  await read(server.database, [app, ...people, owns], { connection: 'dir', at: new Date(Date.now() - 60_000) })
  const rules = (await failing()).map(([rule]) => rule)
  expect(rules).not.toContain('identity-without-owner')
  expect(rules).not.toContain('identity-taken-over-by-directory-owner')
  await read(server.database, [app, ...people, owns, controls], { connection: 'dir' })
  const [, says] = (await failing()).find(([rule]) => rule === 'identity-taken-over-by-directory-owner')!
  expect(says).toContain('bo@x.org')
  const { owners, neighbourhood } = await card(app.key)
  expect(JSON.stringify(owners)).toContain('mara@x.org')
  expect(neighbourhood.edges.filter(({ verb }) => verb === 'controls').map(({ from }) => from)).toEqual([
    'person:bo@x.org',
  ])
})

const mcpServers = {
  pages: { command: 'uvx', args: ['mcp-server-fetch==2025.4.7'] },
  orders: {
    command: 'npx',
    args: ['-y', '@modelcontextprotocol/server-postgres@0.6.2'],
    env: { DATABASE_URI: 'postgres://reader@orders.acme.io/orders', ORDERS_API_TOKEN: 'Zq81mXp02LkWe99a' },
  },
}
/** A machine with one account, whose home holds the configurations of its agents. */
const machine = folderWith({
  'etc/passwd': 'ada:x:1000:1000:Ada:/home/ada:/bin/bash\n',
  'home/ada/.claude/settings.json': JSON.stringify({
    model: 'opus',
    permissions: { defaultMode: 'bypassPermissions' },
  }),
})
async function readAgents(files: Record<string, object>): Promise<void> {
  for (const [path, mcpServers] of Object.entries(files))
    put(machine, join('home/ada', path), JSON.stringify({ mcpServers }))
  await read(server.database, await told('mcp', { name: 'desk', root: machine }), { connection: 'agents' })
}
const trioOf = async (agent: string) =>
  (await card(agent)).findings.find(({ rule, verdict }) => rule === 'agent-toxic-trio' && verdict === 'fail')

test('an agent is on record with model, servers, autonomy and the credentials it holds; that nobody stands for it is a finding', async () => {
  await readAgents({ '.claude.json': mcpServers })
  const { other, credentials, findings } = await card('mcp:desk/user/ada/claude-code')
  const fact = (name: string) => other.find((one) => one.name === name)?.value
  expect(fact('model')).toEqual({ value: 'opus' })
  expect(fact('autonomyLevel')).toEqual({ value: 'acts' })
  expect(fact('servers')).toEqual({ value: ['pages', 'orders'] })
  expect(fact('sponsor')).toHaveProperty('unknown')
  expect(credentials.map(({ copies }) => copies.map(({ where }) => where).join())).toEqual([
    expect.stringContaining('.claude.json'),
  ])
  expect(findings.map(({ rule }) => rule)).toContain('agent-without-sponsor')
})

test('the trio of an agent is found by its grants, and closes when the grant of any one leg is taken away', async () => {
  const { pages, orders } = mcpServers
  const trio = async (servers: object) => {
    await readAgents({ '.lmstudio/mcp.json': servers })
    return trioOf('mcp:desk/user/ada/lm-studio')
  }
  expect((await trio(mcpServers))?.says).toMatch(/strangers/)
  for (const left of [{ pages }, { orders }]) {
    expect(await trio(left)).toBeUndefined()
    expect(await trio(mcpServers)).toBeDefined()
  }
})
