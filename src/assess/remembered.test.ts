import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrations as graph, openStage } from '../graph/index.ts'
import { type TestDatabase, testDatabase } from '../platform/testing/index.ts'
import type { Entity } from '../sdk/index.ts'
import { approveAcceptance, askAcceptance, migrations as assess, mute } from './index.ts'
import { judgeEstate } from './judge-estate.ts'

const minute = (n: number) => new Date(Date.UTC(2026, 10, 24, 12, n))
const later = new Date('2026-12-24T12:00:00.000Z')
const TOOL = 'mcp:box/server/mail/tool/send'

let database: TestDatabase
let run = 0
beforeEach(async () => {
  database = await testDatabase([graph, assess])
})
afterEach(() => database.close())

/** One read of the server, and what is judged of it. */
async function read(at: number, tools: Record<string, string> | null, complete = true) {
  const names = Object.keys(tools ?? {}).sort()
  const items: Entity[] = [
    {
      kind: 'workload',
      type: 'mcp_server',
      key: 'mcp:box/server/mail',
      name: 'mail',
      attributes: { transport: 'http', toolNames: names },
    },
    ...names.map(
      (name): Entity => ({
        kind: 'entitlement',
        type: 'mcp_tool',
        key: `mcp:box/server/mail/tool/${name}`,
        name: `${name} of mail`,
        attributes: { tool: name, hash: tools![name]!, descriptionHash: tools![name]! },
      }),
    ),
  ]
  const stage = await openStage(database, { connection: 'mcp', run: ++run })
  if (tools !== null) for (const item of items) await stage.write('tools', item)
  await stage.apply({
    at: minute(at),
    collections: [{ id: 'tools', yields: ['mcp_server', 'mcp_tool'], complete }],
  })
  return judgeEstate(database.db, { now: minute(at) })
}
const findings = async (rule = 'mcp-tool-drift', subject = TOOL) => {
  const { rows } = await sql<{ id: string; state: string; because: string[]; asked: unknown; says: string }>`
    select id, state, because, asked, says from assess.finding where rule = ${rule} and subject = ${subject} and verdict = 'fail'`.execute(
    database.db,
  )
  return rows
}
const only = async () => (await findings())[0]!
const told = async () => {
  const { rows } = await sql<{ what: string; says: string }>`select what, says from assess.event order by id`.execute(
    database.db,
  )
  return rows.map(({ what, says }) => `${what}: ${says}`)
}

test('a first reading is no drift, another text is, and the former text again closes it with evidence', async () => {
  await read(0, { send: 'aaa' })
  expect(await findings()).toEqual([])
  await read(1, { send: 'bbb' })
  const drift = await only()
  expect(drift.state).toBe('open')
  expect(drift.because.join(' ')).toContain('sha256:aaa')
  expect(drift.because.join(' ')).toContain('sha256:bbb')
  await read(2, { send: 'bbb' })
  expect((await only()).state).toBe('open')
  await read(3, { send: 'aaa' })
  expect((await only()).state).toBe('resolved')
  expect((await told()).at(-1)).toContain('hash went from “bbb” to “aaa”')
  await read(4, { send: 'bbb' })
  expect((await only()).state).toBe('open')
})

test('of several changes the first reading stays the measure, and those between are told', async () => {
  for (const [at, text] of ['aaa', 'bbb', 'ccc'].entries()) await read(at, { send: text })
  const { because } = await only()
  expect(because[0]).toMatch(/first read.*sha256:aaa; now it has sha256:ccc/)
  expect(because.some((one) => one.includes('Between the two it had sha256:bbb'))).toBe(true)
})

test.each(['muted', 'accepted'] as const)(
  'a finding that is %s covers the text that was looked at and no other',
  async (state) => {
    await read(0, { send: 'aaa' })
    await read(1, { send: 'bbb' })
    const { id } = await only()
    await database.db.transaction().execute(async (tx) => {
      const given = { finding: id, until: later, reason: 'read and meant', by: 'ada', now: minute(2) }
      if (state === 'muted') await mute(tx, given)
      else {
        await askAcceptance(tx, given)
        await approveAcceptance(tx, { finding: id, by: 'bob', now: minute(2) })
      }
    })
    await read(3, { send: 'bbb' })
    expect((await only()).state).toBe(state)
    await read(4, { send: 'ccc' })
    expect((await only()).state).toBe('open')
    expect((await told()).at(-1)).toMatch(/^reopened: Opened again, for it is not what was set aside any more/)
  },
)

test('what was asked of one text is not approved of the next', async () => {
  await read(0, { send: 'aaa' })
  await read(1, { send: 'bbb' })
  const { id } = await only()
  await database.db
    .transaction()
    .execute((tx) =>
      askAcceptance(tx, { finding: id, until: later, reason: 'read and meant', by: 'ada', now: minute(2) }),
    )
  await read(3, { send: 'ccc' })
  expect((await only()).asked).toBeNull()
  await expect(
    database.db.transaction().execute((tx) => approveAcceptance(tx, { finding: id, by: 'bob', now: minute(4) })),
  ).rejects.toMatchObject({ code: 'assess/not-asked' })
})

test('a tool that comes or goes is told of the server; forty that came and one that is swapped open it again', async () => {
  const many = (last: string) =>
    Object.fromEntries(
      ['send', ...Array.from({ length: 40 }, (_, at) => `tool-with-a-long-name-${at + 10}`), last].map((name) => [
        name,
        'x',
      ]),
    )
  const of = async () => (await findings('mcp-server-tools-changed', 'mcp:box/server/mail'))[0]
  await read(0, { send: 'x' })
  expect(await of()).toBeUndefined()
  await read(1, many('zz-one'))
  const { id, state } = (await of())!
  expect(state).toBe('open')
  await database.db
    .transaction()
    .execute((tx) => mute(tx, { finding: id, until: later, reason: 'looked at', by: 'ada', now: minute(2) }))
  await read(3, many('zz-one'))
  expect((await of())!.state).toBe('muted')
  await read(4, many('zz-two'))
  expect((await of())!.state).toBe('open')
  await read(5, { send: 'x' })
  expect((await of())!.state).toBe('resolved')
})

test('a server that did not answer changes nothing, and a tool that is gone takes its finding along', async () => {
  await read(0, { send: 'aaa' })
  await read(1, { send: 'bbb' })
  await read(2, null, false)
  expect((await only()).state).toBe('open')
  await read(3, {})
  expect((await only()).state).toBe('resolved')
  // It comes back with what it said when it was last seen: still not what was first read.
  await read(4, { send: 'bbb' })
  expect((await only()).state).toBe('open')
})
