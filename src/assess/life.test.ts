import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { estateFrom, migrations as graph } from '../graph/index.ts'
import type { Db, Tx } from '../platform/index.ts'
import { testDatabase } from '../platform/testing/index.ts'
import { Entity } from '../sdk/index.ts'
import { judgements } from './evaluate.ts'
import { storedFindings } from './finding-rows.ts'
import { migrations } from './index.ts'
import { approveAcceptance, askAcceptance, mute, reopen, undo } from './life.ts'
import { rules } from './rules/index.ts'
import { storeEvaluation } from './store.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
let db: Db
beforeAll(async () => {
  database = await testDatabase([graph, migrations])
  db = database.db
})
afterAll(() => database.close())

const now = new Date('2026-11-24T12:00:00.000Z')
const later = (days: number) => new Date(now.getTime() + days * 86_400_000)
const run = <T>(act: (tx: Tx) => Promise<T>) => db.transaction().execute(act)
const current = async () => (await storedFindings(db, sql`true`))[0]!
const reason = 'a yearly job needs it'

beforeEach(async () => {
  await sql`truncate assess.finding, assess.event`.execute(db)
  const asked = rules.filter(({ id }) => id === 'identity-without-owner')
  const estate = estateFrom([
    {
      connection: 'demo',
      collection: 'all',
      item: Entity.parse({ kind: 'identity', type: 'demo_account', key: 'demo:svc', name: 'svc' }),
    },
  ])
  await run((tx) => storeEvaluation(tx, { estate, rules: asked, judgements: judgements(estate, asked, { now }), now }))
})

test('a mute needs a reason and a date at most 90 days off', async () => {
  const { id, number } = await current()
  await expect(run((tx) => mute(tx, { finding: id, until: later(91), reason, by: 'user:ada', now }))).rejects.toThrow(
    /at most 90 days/,
  )
  await expect(run((tx) => mute(tx, { finding: id, until: now, reason, by: 'user:ada', now }))).rejects.toThrow(
    /must lie ahead/,
  )
  await expect(
    run((tx) => mute(tx, { finding: id, until: later(9), reason: ' ', by: 'user:ada', now })),
  ).rejects.toThrow(/say why/)
  await run((tx) => mute(tx, { finding: `F-${number}`, until: later(90), reason, by: 'user:ada', now }))
  expect(await current()).toMatchObject({ state: 'muted', until: later(90), reason })
})

test('a risk is accepted by two people, never by one', async () => {
  const { id } = await current()
  await expect(run((tx) => approveAcceptance(tx, { finding: id, by: 'user:bo', now }))).rejects.toThrow(/nobody asked/)
  await run((tx) => askAcceptance(tx, { finding: id, until: later(200), reason, by: 'user:ada', now }))
  expect((await current()).state).toBe('open')
  await expect(run((tx) => approveAcceptance(tx, { finding: id, by: 'user:ada', now }))).rejects.toThrow(
    /somebody else must approve/,
  )
  await run((tx) => approveAcceptance(tx, { finding: id, by: 'user:bo', now }))
  expect(await current()).toMatchObject({ state: 'accepted', until: later(200) })
  expect((await sql`select by, approved_by from assess.finding`.execute(db)).rows).toEqual([
    { by: 'user:ada', approved_by: 'user:bo' },
  ])
})

test('the last step can be taken back, an older one cannot', async () => {
  const { id } = await current()
  const first = await run((tx) => mute(tx, { finding: id, until: later(9), reason, by: 'user:ada', now }))
  const second = await run((tx) => mute(tx, { finding: id, until: later(20), reason, by: 'user:ada', now }))
  await expect(run((tx) => undo(tx, { event: first.event, by: 'user:ada', now }))).rejects.toThrow(
    /something else happened/,
  )
  await run((tx) => undo(tx, { event: second.event, by: 'user:ada', now }))
  expect(await current()).toMatchObject({ state: 'muted', until: later(9) })
  const third = await run((tx) => reopen(tx, { finding: id, by: 'user:ada', now }))
  expect(await current()).toMatchObject({ state: 'open', until: null, reason: null })
  await run((tx) => undo(tx, { event: third.event, by: 'user:ada', now }))
  expect(await current()).toMatchObject({ state: 'muted', until: later(9) })
})

test('a request to accept can be taken back', async () => {
  const { id } = await current()
  await run((tx) => askAcceptance(tx, { finding: id, until: later(30), reason, by: 'user:ada', now }))
  await run((tx) => reopen(tx, { finding: id, by: 'user:ada', now }))
  await expect(run((tx) => approveAcceptance(tx, { finding: id, by: 'user:bo', now }))).rejects.toThrow(/nobody asked/)
  await expect(run((tx) => reopen(tx, { finding: id, by: 'user:ada', now }))).rejects.toThrow(/it is open/)
})

test('what does not exist is an error with a code', async () => {
  await expect(
    run((tx) => mute(tx, { finding: 'nothing', until: later(1), reason, by: 'user:ada', now })),
  ).rejects.toMatchObject({ code: 'assess/no-finding' })
  await expect(run((tx) => undo(tx, { event: 1, by: 'user:ada', now }))).rejects.toMatchObject({
    code: 'assess/no-undo',
  })
})

test('each step is in the audit trail with what was before and after', async () => {
  const { id } = await current()
  await run((tx) => mute(tx, { finding: id, until: later(9), reason, by: 'user:ada', now }))
  const { rows } = await sql<{
    entry: string
  }>`select entry from platform.audit where action = 'finding.muted' order by id desc limit 1`.execute(db)
  expect(JSON.parse(rows[0]!.entry)).toMatchObject({
    actor: 'user:ada',
    subject: id,
    before: { state: 'open' },
    after: { state: 'muted', reason },
  })
})
