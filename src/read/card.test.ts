import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrations as act } from '../act/index.ts'
import { migrations as assess } from '../assess/index.ts'
import { migrations as discover } from '../discover/index.ts'
import { migrations as graph, openStage } from '../graph/index.ts'
import { migrations as http } from '../http/index.ts'
import { testDatabase } from '../platform/testing/index.ts'
import type { Edge, Entity, LedgerLine } from '../sdk/index.ts'
import { readCard } from './card-read.ts'
import { recordOf } from './card-use.ts'

const DAY = 86_400_000
const now = new Date('2026-11-24T12:00:00.000Z')
const past = (days: number) => new Date(now.getTime() - days * DAY)
const ago = (days: number) => ({ value: past(days).toISOString() })

let database: Awaited<ReturnType<typeof testDatabase>>
let run = 0
beforeAll(async () => {
  database = await testDatabase([graph, discover, assess, act, http])
})
afterAll(() => database.close())

type Item = (Partial<Entity> & Pick<Entity, 'kind' | 'type' | 'key'>) | Edge
/** One read of one listing. */
async function read(
  connection: string,
  items: readonly Item[],
  { at = now, collection = 'all', refused }: { at?: Date; collection?: string; refused?: Partial<LedgerLine> } = {},
): Promise<void> {
  const stage = await openStage(database, { connection, run: ++run })
  const yields = new Set<string>()
  for (const item of items) {
    if (!('verb' in item)) yields.add(item.type)
    await stage.write(collection, {
      ...('verb' in item ? {} : { name: item.key.split(/[:/]/).at(-1), attributes: {} }),
      ...item,
    } as Entity | Edge)
  }
  const lines = refused
    ? [{ scope: '', expected: 2, obtained: 1, refused: 1, reason: 'refused', permission: 'adm', ...refused }]
    : []
  await stage.apply({ collections: [{ id: collection, yields: [...yields], complete: !refused, lines }], at })
}
const card = (key: string, at = now) => readCard(database.db, key, at)
const account = (key: string, over: Partial<Entity> = {}): Item => ({
  kind: 'identity',
  type: 'demo_user',
  key,
  ...over,
})

describe('the record of use', () => {
  test('days used, days seen without use, and days nobody looked, from what each read said', async () => {
    const say = (days: number, at: number) =>
      read(
        'use',
        [account('use:job', { lastUsed: ago(days), lastUsedBy: { value: `host ${days > 10 ? 'a' : 'b'}` } })],
        {
          at: past(at),
        },
      )
    await say(26, 25)
    for (const at of [24, 23, 22, 21, 20, 19]) await say(26, at)
    // Nobody looked for five days; then it was used on the eighth day before, and quiet since.
    await say(8, 7)
    for (const at of [6, 5, 4, 3, 2, 1, 0]) await say(8, at)
    const { usedBy, attributes, history } = await card('use:job')
    const { days, by, recorded } = usedBy.record
    expect(days).toHaveLength(30)
    expect(days[29 - 26]).toBe(1)
    expect(days.slice(29 - 25, 29 - 18)).toEqual([0, 0, 0, 0, 0, 0, null])
    expect(days.slice(29 - 18, 29 - 8)).toEqual(Array(10).fill(null))
    expect(days.slice(29 - 8)).toEqual([1, ...Array(8).fill(0)])
    expect(recorded).toEqual(ago(8))
    expect(by).toEqual([
      { who: 'host b', first: ago(8).value, last: ago(8).value, days: 1 },
      { who: 'host a', first: ago(26).value, last: ago(26).value, days: 1 },
    ])
    expect(attributes.lastUsed).toEqual(ago(8))
    expect(history.map(({ what }) => what)).toEqual(['appeared'])
  })

  test('a use that only its key or a call tells of counts as use of the account', async () => {
    await read('key', [
      account('key:svc', { lastUsed: ago(300), attributes: { usageSince: past(400).toISOString() } }),
      {
        kind: 'credential',
        type: 'demo_key',
        key: 'key:k1',
        method: 'access-key',
        lastUsed: ago(3),
        lastUsedBy: { value: 'ci' },
      },
      { from: 'key:k1', verb: 'authenticates', to: 'key:svc' },
    ])
    const { touch, usedBy } = await card('key:svc')
    expect(touch.disable).toMatchObject({ answer: 'no', reason: 'No: it was used 3 days ago by ci.' })
    expect(usedBy.record.days[26]).toBe(1)
  })

  test('a job of each quarter is known by its history, and holds the delete back', async () => {
    for (const [used, at] of [
      [260, 259],
      [260, 171],
      [169, 168],
      [169, 79],
      [78, 77],
      [78, 0],
    ] as const)
      await read('quarter', [account('quarter:job', { lastUsed: ago(used) })], { at: past(at) })
    const { touch, usedBy } = await card('quarter:job')
    expect(usedBy.record.quiet).toMatchObject({ days: 91, times: 2 })
    expect(touch.delete).toMatchObject({ answer: 'unknown', reason: expect.stringContaining('91 quiet days') })
    expect(touch.disable.answer).toBe('with-care')
  })

  test('a record that begins somewhere and names no use is one without use; a refused one is none', async () => {
    const since = { usageSince: past(200).toISOString() }
    await read('none', [
      account('none:a', { lastUsed: { unknown: 'no login is on record' }, attributes: since }),
      account('none:b', { lastUsed: { unknown: 'refused', permission: 'adm' }, attributes: since }),
    ])
    const [a, b] = [await card('none:a'), await card('none:b')]
    expect(a.usedBy.record.days).toEqual(Array(30).fill(0))
    expect(a.usedBy.seeing).toEqual({ value: since.usageSince })
    expect(a.touch.disable.answer).toBe('yes')
    expect(b.usedBy.record.days).toEqual(Array(30).fill(null))
    expect(b.touch.disable).toMatchObject({ answer: 'unknown', permission: 'adm' })
  })

  test('no use of a thing can be told of the days before its record began, whatever its source says of older ones', () => {
    const { record } = recordOf([], [{ from: now.getTime() - 5 * DAY, until: now.getTime() }], {
      now: now.getTime(),
      lastUsed: { unknown: 'x' },
    })
    expect(record.days.slice(0, 25)).toEqual(Array(25).fill(null))
    expect(record.days.slice(25)).toEqual(Array(5).fill(0))
  })
})

describe('what a deletion would need to know', () => {
  test('a user that nothing describes, a shared key and an unread copy are found', async () => {
    await read('edges', [
      account('edges:svc', {
        lastUsed: ago(200),
        attributes: { disabled: true, disabledAt: ago(60).value, failedLogins: 0 },
      }),
      account('edges:other'),
      { kind: 'credential', type: 'demo_key', key: 'edges:k', method: 'access-key', lastUsed: ago(200) },
      {
        kind: 'secret',
        type: 'demo_file',
        key: 'edges:file',
        name: '.env',
        attributes: { file: '/srv/.env', line: 2 },
      },
      { from: 'edges:k', verb: 'authenticates', to: 'edges:svc' },
      { from: 'edges:k', verb: 'authenticates', to: 'edges:other' },
      { from: 'edges:file', verb: 'holds', to: 'edges:k' },
    ])
    expect((await card('edges:svc')).touch.delete).toMatchObject({
      answer: 'unknown',
      reason: expect.stringContaining('/srv/.env'),
    })
    expect((await card('edges:svc')).touch.delete.checks).toContainEqual(
      expect.objectContaining({ says: 'A credential of it opens other as well, and would be changed for both.' }),
    )
    expect((await card('edges:k')).touch.disable.checks).toContainEqual(
      expect.objectContaining({ says: 'It opens other and svc as well, and would be changed for both.' }),
    )
    await read('edges-host', [{ from: 'host:never/read', verb: 'uses', to: 'edges:file' }])
    const { touch, usedBy, credentials } = await card('edges:svc')
    expect(usedBy).toMatchObject({
      more: 0,
      consumers: [{ entity: { key: 'host:never/read', kind: null }, through: { key: 'edges:file' } }],
    })
    expect(touch.delete).toMatchObject({ answer: 'no', reason: 'No: host:never/read (never read itself) would fail.' })
    expect(credentials).toMatchObject([{ live: 'not-asked', copies: [{ where: '/srv/.env:2', readers: 1 }] }])
  })

  test('an account that is off, watched, unused, read whole: yes; one refused listing of another host: not provable', async () => {
    const quiet = { lastUsed: ago(200), attributes: { disabled: true, failedLogins: 0 } }
    await read('ends', [account('ends:svc', { lastUsed: ago(200), attributes: { failedLogins: 0 } })], {
      at: past(60),
    })
    for (const at of [50, 20, 0]) await read('ends', [account('ends:svc', quiet)], { at: past(at) })
    expect((await card('ends:svc')).touch.delete).toMatchObject({ answer: 'yes' })
    await read('web', [{ kind: 'workload', type: 'demo_unit', key: 'web:unit/x' }], {
      collection: 'units',
      refused: { reason: 'not as root', permission: 'root' },
    })
    const { delete: remove, disable } = (await card('ends:svc')).touch
    expect(remove).toMatchObject({
      answer: 'unknown',
      permission: 'root',
      reason: expect.stringContaining('web, units'),
    })
    expect(disable.answer).toBe('not-applicable')
    // Two weeks later nobody has read it again: what was whole is old.
    expect((await card('ends:svc', new Date(now.getTime() + 14 * DAY))).touch.delete.checks).toContainEqual(
      expect.objectContaining({
        holds: null,
        says: 'ends, all, was last read 14 days ago and may say otherwise today.',
      }),
    )
    await read('web', [{ kind: 'workload', type: 'demo_unit', key: 'web:unit/x' }], { collection: 'units' })
  })

  test('a key of which no source tells the use holds a deletion back, unless all use of the account is recorded', async () => {
    const items = (attributes: Entity['attributes']): Item[] => [
      account('keys:svc', { lastUsed: ago(200), attributes }),
      { kind: 'credential', type: 'demo_key', key: 'keys:k', method: 'access-key' },
      { from: 'keys:k', verb: 'authenticates', to: 'keys:svc' },
    ]
    await read('keys', items({}))
    expect((await card('keys:svc')).touch).toMatchObject({
      disable: { answer: 'with-care', reason: expect.stringContaining('When k was last used is not known') },
      delete: { answer: 'unknown' },
    })
    await read('keys', items({ usageSince: past(300).toISOString() }))
    expect((await card('keys:svc')).touch.disable.answer).toBe('yes')
  })

  test('the last administrator stays; a second one in force lets it go, a disabled one does not', async () => {
    const admin = (key: string, attributes: Entity['attributes'] = {}): Item =>
      account(key, { lastUsed: ago(200), attributes: { usageSince: past(400).toISOString(), ...attributes } })
    const root: Item = { kind: 'entitlement', type: 'demo_group', key: 'adm:wheel', attributes: { privileged: true } }
    const has = (from: string): Edge => ({ from, verb: 'has', to: 'adm:wheel' })
    await read('adm', [admin('adm:a'), admin('adm:b', { disabled: true }), root, has('adm:a'), has('adm:b')])
    expect((await card('adm:a')).touch.disable).toMatchObject({
      answer: 'no',
      reason: expect.stringContaining('last administrator'),
    })
    await read('adm', [admin('adm:a'), admin('adm:b'), root, has('adm:a'), has('adm:b')])
    expect((await card('adm:a')).touch.disable.answer).toBe('yes')
  })

  test('what is kept for emergencies and what belongs to the system stay, however quiet', async () => {
    const quiet = { lastUsed: ago(300) }
    await read('stays', [
      account('stays:x', { ...quiet, name: 'svc-breakglass-eu' }),
      account('stays:daemon', { ...quiet, attributes: { accountKind: 'system' } }),
    ])
    expect((await card('stays:x')).touch.disable).toMatchObject({
      answer: 'no',
      reason: expect.stringContaining('emergencies'),
    })
    expect((await card('stays:daemon')).touch).toMatchObject({ disable: { answer: 'no' }, delete: { answer: 'no' } })
  })

  test('a permission was never used only where calls are told, recorded for a quarter, and none reached it', async () => {
    const table = (name: string): Item => ({ kind: 'resource', type: 'demo_table', key: `gr:${name}` })
    const items = (since: number): Item[] => [
      account('gr:svc', { lastUsed: ago(150), attributes: { usageSince: past(since).toISOString() } }),
      { kind: 'resource', type: 'demo_schema', key: 'gr:schema' },
      table('orders'),
      table('cards'),
      { kind: 'resource', type: 'demo_queue', key: 'gr:queue' },
      { kind: 'entitlement', type: 'demo_role', key: 'gr:role' },
      { from: 'gr:schema', verb: 'contains', to: 'gr:orders' },
      { from: 'gr:svc', verb: 'has', to: 'gr:role' },
      ...['orders', 'cards', 'schema', 'queue'].map(
        (to): Edge => ({
          from: 'gr:role',
          verb: 'allows',
          to: `gr:${to}`,
          attributes: { privileges: ['select', 'delete'] },
        }),
      ),
      {
        from: 'gr:svc',
        verb: 'called',
        to: 'gr:orders',
        attributes: { last: ago(1).value, by: '10.0.0.7', actions: ['select'] },
      },
    ]
    await read('gr', items(200))
    const { grants, touch } = await card('gr:svc')
    expect(grants).toMatchObject({ used: 2, partly: 1, notUsed: 1, unknown: 1 })
    expect(grants.rows.find(({ resource }) => resource!.name === 'orders')!.unusedActions).toEqual(['delete'])
    expect(Object.fromEntries(grants.rows.map(({ resource, used }) => [resource!.name, used]))).toMatchObject({
      orders: { value: expect.any(String) },
      schema: { value: expect.any(String) },
      cards: { value: null },
      queue: { unknown: expect.any(String) },
    })
    expect(touch.narrow).toMatchObject({ answer: 'yes', reason: expect.stringContaining('1 of 4') })
  })
})

test('what changed is told with before and after and the read that told it; who decides by name', async () => {
  await read('hist', [account('hist:svc', { attributes: { shell: '/bin/sh' } })], { at: past(9) })
  await read('hist', [account('hist:svc', { attributes: { shell: '/bin/false' } })], { at: past(2) })
  await sql`insert into discover.connection (id, provider, label, settings, version, shown, secrets, created_at, created_by, changed_at)
    values ('hist', 'demo', 'Host a', ''::bytea, 1, '{}', '{}', now(), 'test', now())`.execute(database.db)
  expect((await card('hist:svc')).history).toEqual([
    {
      at: past(2).toISOString(),
      what: 'changed',
      says: 'Changed: shell',
      by: null,
      source: { connection: 'hist', title: 'Host a', collection: 'all' },
      other: null,
      fields: [{ name: 'shell', from: '/bin/sh', to: '/bin/false' }],
    },
    expect.objectContaining({ what: 'appeared', says: 'First seen in Host a' }),
  ])
})

test('a key that took the place of another is one change', async () => {
  const key = (name: string): Item => ({ kind: 'credential', type: 'demo_key', key: `rot:${name}` })
  const proves = (name: string): Edge => ({ from: `rot:${name}`, verb: 'authenticates', to: 'rot:svc' })
  await read('rot', [account('rot:svc'), key('old'), proves('old')], { at: past(9) })
  await read('rot', [account('rot:svc'), key('new'), proves('new')], { at: past(2) })
  expect((await card('rot:svc')).history.map(({ says, other }) => [says, other?.name])).toEqual([
    ['Instead of old: it is authenticated by', 'new'],
    ['First seen in rot', undefined],
  ])
})

test('how it is used is one change when it changed, and none when it was only used again', async () => {
  const job: Item = { kind: 'workload', type: 'demo_job', key: 'again:job' }
  const uses = (seen: number, as: string): Edge => ({
    from: 'again:job',
    verb: 'uses',
    to: 'again:svc',
    attributes: { lastSeen: ago(seen).value, as },
  })
  await read('again', [account('again:svc'), job, uses(20, 'reader')], { at: past(19) })
  await read('again', [account('again:svc'), job, uses(10, 'reader')], { at: past(9) })
  await read('again', [account('again:svc'), job, uses(3, 'writer')], { at: past(2) })
  const { history, usedBy, touch } = await card('again:svc')
  expect(history.map(({ says, fields }) => [says, fields])).toEqual([
    ['Changed in how it is used by', [{ name: 'as', from: 'reader', to: 'writer' }]],
    ['First seen in again', []],
  ])
  // When its consumers were seen with it is use of it, day by day.
  expect([usedBy.record.days[26], usedBy.record.days[19], usedBy.record.days[9]]).toEqual([1, 1, 1])
  expect(usedBy.record.by).toEqual([{ who: 'job', first: ago(20).value, last: ago(3).value, days: 3 }])
  expect(touch.disable.answer).toBe('no')
})

test('every kind has a card that answers, each attribute known or unknown with why', async () => {
  const kinds: Item[] = [
    account('all:i'),
    { kind: 'person', type: 'person', key: 'person:ada@example.org' },
    { kind: 'workload', type: 'demo_job', key: 'all:w' },
    { kind: 'credential', type: 'demo_key', key: 'all:c' },
    { kind: 'secret', type: 'demo_file', key: 'all:s' },
    { kind: 'entitlement', type: 'demo_role', key: 'all:e' },
    { kind: 'resource', type: 'demo_db', key: 'all:r' },
  ]
  await read('all', kinds)
  for (const item of kinds as Entity[]) {
    const { attributes, touch, account: is } = await card(item.key)
    for (const known of Object.values(attributes).filter((one) => typeof one === 'object'))
      expect(Object.keys(known).some((name) => ['value', 'unknown', 'notApplicable'].includes(name))).toBe(true)
    for (const { answer, reason } of Object.values(touch)) {
      expect(reason).toMatch(/^[A-Z].*\.$/)
      expect(answer).not.toBe('yes')
    }
    expect('notApplicable' in is).toBe(item.kind !== 'identity')
  }
})
