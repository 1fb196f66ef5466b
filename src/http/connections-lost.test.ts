import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { runSync } from '../discover/index.ts'
import type { ConnectionPage, Connections, FindingsPage, Frame } from '../read/index.ts'
import { defineProvider, type Entity, type Run } from '../sdk/index.ts'
import { judge } from './testing/estate.ts'
import { type Client, type TestServer, testServer } from './testing/index.ts'

let refuse = true
const account = (name: string): Entity => ({
  kind: 'identity',
  type: 'linux_user',
  key: `host:lossy/user/${name}`,
  name,
  attributes: { accountKind: 'service', uid: 990, shell: '/bin/bash', locked: true },
})

/** Two sources of one kind: listings refused as a whole and in part, with a grant, without one, and for the same reason twice. */
const lossy = defineProvider({
  id: 'lossy',
  title: 'Lossy host',
  summary: 'Reads accounts and loses some.',
  config: z.strictObject({ name: z.string() }),
  label: ({ name }) => name,
  connect: async (config) => config,
  collections: [
    {
      id: 'users',
      title: 'Accounts',
      yields: ['linux_user', 'linux_host'],
      needs: ['read /etc/passwd'],
      async *read() {
        yield { kind: 'resource', type: 'linux_host', key: 'host:lossy', name: 'lossy', attributes: {} }
        for (const name of ['web', 'db', 'mail']) yield account(name)
        for (const name of ['web', 'db', 'mail'])
          yield { from: 'host:lossy', verb: 'contains', to: `host:lossy/user/${name}` }
      },
    },
    ...['ssh_key', 'systemd_unit', 'cron_job', 'sudo_rule', 'linux_group'].map((type, index) => ({
      id: `listing-${index}`,
      title: `Listing of ${type}`,
      yields: [type],
      needs: [`read ${type} (root)`],
      async *read(_: unknown, run: Run): AsyncIterable<Entity> {
        yield { kind: 'entitlement', type, key: `lossy:${type}`, name: type, attributes: {} }
        if (refuse && index % 2 === 0)
          run.ledger.refuse('the door is "shut": no', { permission: `read ${type} (root)`, scope: `place ${index}` })
        if (refuse && index % 2 === 1) run.ledger.refuse('the disk is broken')
      },
    })),
  ],
})

let server: TestServer
let admin: Client
beforeAll(async () => {
  server = await testServer({ providers: [lossy] })
  admin = await server.as('admin')
  for (const id of ['lossy', 'lossy-two'])
    await admin('POST', '/v1/connections', { body: { provider: 'lossy', id, settings: { name: id } } })
  await sync()
})
afterAll(() => server.close())

async function sync(): Promise<void> {
  for (const id of ['lossy', 'lossy-two'])
    await runSync(
      server.app.discovery,
      Number((await admin('POST', `/v1/connections/${id}/runs`, { body: {} })).body.run),
    )
  await judge(server.database)
}

const rowsOf = async (query: string): Promise<number> =>
  ((await admin('GET', `/v1/findings?${new URLSearchParams({ q: query })}`)).body as FindingsPage).total.count

test('verdicts lost: list, ledger, grants and frame say the same, and each count is that of the rows it leads to', async () => {
  const list = (await admin('GET', '/v1/connections')).body as Connections
  const frame = (await admin('GET', '/v1/frame')).body as Frame
  expect(list.unknownVerdicts).toBeGreaterThan(3)
  expect(frame.connections.unknownVerdicts).toBe(list.unknownVerdicts)
  expect(await rowsOf('verdict:unknown')).toBe(list.unknownVerdicts)
  expect(list.rows.reduce((sum, row) => sum + row.unknownVerdicts, 0)).toBe(list.unknownVerdicts)
  for (const row of list.rows) {
    expect([row.connection, await rowsOf(row.query)]).toEqual([row.connection, row.unknownVerdicts])
    const page = (await admin('GET', `/v1/connections/${row.connection}`)).body as ConnectionPage
    const atLines = page.ledger.reduce((sum, line) => sum + line.verdictsLost, 0)
    const beside = page.elsewhere.reduce((sum, cause) => sum + cause.verdicts, 0)
    expect(atLines + beside).toBe(row.unknownVerdicts)
    for (const { query, verdictsLost } of page.ledger) expect(query ? await rowsOf(query) : 0).toBe(verdictsLost)
    for (const { query, verdicts } of page.elsewhere) expect(await rowsOf(query)).toBe(verdicts)
    for (const { query, verdicts } of page.grants) expect(query ? await rowsOf(query) : 0).toBe(verdicts)
    if (atLines > 0) expect(page.grants[0]!.verdicts).toBeGreaterThan(0)
  }
})

test('every refused grant is offered, and the policy says which listing wants what and what was refused', async () => {
  const page = (await admin('GET', '/v1/connections/lossy')).body as ConnectionPage
  expect(page.grants.flatMap(({ permission }) => (permission.endsWith('(root)') ? [permission] : [])).sort()).toEqual([
    'read cron_job (root)',
    'read linux_group (root)',
    'read ssh_key (root)',
  ])
  expect(page.policy).toContainEqual({ need: 'read ssh_key (root)', listings: ['Listing of ssh_key'], refused: true })
  expect(page.policy).toContainEqual({ need: 'read /etc/passwd', listings: ['Accounts'], refused: false })
})

test('when all is read again, nothing is lost to a listing and nothing is asked for', async () => {
  refuse = false
  await sync()
  const page = (await admin('GET', '/v1/connections/lossy')).body as ConnectionPage
  expect(page.ledger.every(({ verdictsLost, query }) => verdictsLost === 0 && query === null)).toBe(true)
  // What a source does not record is asked for all the same.
  expect(page.grants.every(({ permission }) => !permission.endsWith('(root)'))).toBe(true)
  expect(page.connection.unknownVerdicts).toBe(page.elsewhere.reduce((sum, cause) => sum + cause.verdicts, 0))
})
