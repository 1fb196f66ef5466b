import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { migrations as graph, openStage } from '../graph/index.ts'
import { audit, type Db, type Tx } from '../platform/index.ts'
import { testDatabase } from '../platform/testing/index.ts'
import {
  type Action,
  type Change,
  defineAction,
  type Entity,
  OWNER_TAGS,
  ReeveError,
  Refused,
  stillToDo,
  turned,
  WantedTags,
} from '../sdk/index.ts'
import { testRun } from '../sdk/testing/index.ts'
import {
  approve,
  assignBackup,
  assignOwner,
  beginApply,
  beginUndo,
  type Changing,
  choose,
  makePlan,
  migrations,
  PLAN_DEFAULTS,
  type Plans,
  runPlan,
  stopPlan,
  withdrawPlan,
} from './index.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
let db: Db
let run = 0
/** The source: a thing's tags by key. */
let source: Map<string, Record<string, string>>
/** What happens at the source before it answers a write; may throw. */
let before: (key: string) => void
let writes: string[]
let read: string[]

beforeAll(async () => {
  database = await testDatabase([graph, migrations])
  db = database.db
})
afterAll(() => database.close())
beforeEach(async () => {
  await sql`truncate act.assignment, act.plan, act.plan_item, act.written`.execute(db)
  source = new Map()
  before = () => {}
  writes = []
  read = []
})

const now = new Date('2026-11-24T12:00:00.000Z')
const thingsOf = (rows: [string, Record<string, string>][]) => new Map(rows)
const transact = <T>(change: (tx: Tx) => Promise<T>) => db.transaction().execute(change)

const tagsAt = (key: string): Record<string, string> => {
  const tags = source.get(key)
  if (!tags) throw new ReeveError('source/gone', `asking for ${key}: it is not there any more`)
  return tags
}
const write = (key: string, changes: readonly Change[]) => {
  const left = stillToDo(changes, tagsAt(key))
  for (const { place, to } of left) {
    writes.push(key)
    before(key)
    if (to === null) delete tagsAt(key)[place]
    else tagsAt(key)[place] = to
  }
}
const action: Action = defineAction<null, WantedTags>({
  id: OWNER_TAGS,
  title: 'Write tags',
  effect: 'reversible',
  types: ['demo_account'],
  attribute: 'tags',
  wants: WantedTags,
  preview({ type, attributes }, { tags }) {
    if (type !== 'demo_account') return { cannot: 'it takes no tags' }
    const present = attributes['tags'] as Record<string, string> | undefined
    const changes = Object.entries(tags)
      .map(([place, to]) => ({ place, was: present?.[place] ?? null, to }))
      .filter(({ was, to }) => was !== to)
    return { changes, says: [] }
  },
  byHand: () => [],
  needs: () => ['demo:tag'],
  look: async (_, { key }, places) => Object.fromEntries(places.map((place) => [place, tagsAt(key)[place] ?? null])),
  apply: async (_, { key }, changes) => write(key, changes),
  undo: async (_, { key }, changes) => write(key, turned(changes)),
})

const granted: Changing = { connection: 'demo', action, granted: true }
const clock = { now: () => now, sleep: async () => {} }
const silent = { debug() {}, info() {}, warn() {}, error() {} }
const plans = (over: Partial<Plans> = {}): Plans => ({
  db,
  clock,
  log: silent,
  open: async () => ({ action, actor: null, run: testRun(), close: async () => {} }),
  readAgain: async (connection) => void read.push(connection),
  ...over,
})

/** What the source says when it is read: things with their tags of now. */
async function sync(extra: Entity[] = []): Promise<void> {
  const stage = await openStage(database, { connection: 'demo', run: ++run })
  for (const [key, tags] of source)
    await stage.write('all', {
      kind: 'identity',
      type: 'demo_account',
      key,
      name: key.slice(5),
      attributes: { ...(Object.keys(tags).length > 0 && { tags: { ...tags } }) },
    })
  for (const item of [
    { kind: 'person' as const, type: 'person', key: 'person:bo@x.org', name: 'Bo Berg', attributes: {} },
    { kind: 'person' as const, type: 'person', key: 'person:ann@x.org', name: 'Ann Ask', attributes: {} },
    ...extra,
  ])
    await stage.write('all', item)
  await stage.apply({
    collections: [{ id: 'all', yields: ['demo_account', 'demo_key', 'person'], complete: true }],
    at: new Date(now.getTime() + run * 1000),
  })
}
const own = (key: string, person: string) =>
  transact((tx) => assignOwner(tx, { entity: key, owner: person, by: 'user:x', now: new Date(now.getTime() + ++run) }))
const plan = async (keys: string[], over: Partial<Parameters<typeof makePlan>[1]> = {}) =>
  (
    await transact((tx) =>
      makePlan(tx, {
        chosen: sql`select place, entity from unnest(${keys}::text[]) with ordinality k(entity, place)`,
        changing: [granted],
        settings: PLAN_DEFAULTS,
        by: 'user:ann',
        now,
        ...over,
      }),
    )
  ).plan
const approved = async (id: number, by = 'user:bo') => {
  await transact((tx) => approve(tx, { plan: id, reason: 'as agreed', by, now }))
  await transact((tx) => beginApply(tx, { plan: id, changing: [granted], by, now }))
  return id
}
const items = async (id: number) =>
  (
    await sql<{ entity: string; state: string; code: string | null; says: string | null; permission: string | null }>`
      select entity, state, code, says, permission from act.plan_item where plan = ${id} order by place`.execute(db)
  ).rows
const states = async (id: number) => (await items(id)).map(({ state }) => state)
const stateOf = async (id: number) =>
  (await sql<{ state: string }>`select state from act.plan where id = ${id}`.execute(db)).rows[0]!.state
const undo = async (id: number) => {
  await transact((tx) => beginUndo(tx, { plan: id, by: 'user:bo' }))
  await runPlan(plans(), id)
}

test('a plan says for each thing what would be done, and does nothing', async () => {
  source = thingsOf([
    ['demo:new', {}],
    ['demo:agrees', { owner: 'Bo Berg' }],
    ['demo:ours', {}],
    ['demo:theirs', { owner: 'platform-team' }],
    ['demo:hers', { owner: 'ANN@x.org' }],
    ['demo:nobody', {}],
  ])
  await sync([{ kind: 'identity', type: 'demo_key', key: 'demo:key', name: 'key', attributes: {} }])
  const keys = [...source.keys(), 'demo:key', 'demo:none']
  for (const key of keys.filter((one) => one !== 'demo:nobody' && one !== 'demo:none')) await own(key, 'bo@x.org')
  const at = structuredClone(source)
  const id = await plan(keys)
  expect(await items(id)).toMatchObject([
    { entity: 'demo:new', state: 'ready' },
    { entity: 'demo:agrees', state: 'agrees' },
    { entity: 'demo:ours', state: 'ready' },
    { entity: 'demo:theirs', state: 'conflict', says: 'its tag owner says platform-team, which Reeve did not write' },
    { entity: 'demo:hers', state: 'conflict' },
    { entity: 'demo:nobody', state: 'cannot', code: 'plan/no-owner' },
    { entity: 'demo:key', state: 'cannot', says: 'it takes no tags' },
    { entity: 'demo:none', state: 'cannot', code: 'act/no-entity' },
  ])
  const { rows } = await sql<{ entity: string; names: string | null; changes: Change[]; read_at: Date | null }>`
    select entity, names, changes, read_at from act.plan_item where plan = ${id} and entity in ('demo:theirs', 'demo:hers', 'demo:new') order by entity`.execute(
    db,
  )
  expect(rows.map(({ names }) => names)).toEqual(['person:ann@x.org', null, null])
  expect(rows[1]!.changes).toEqual([{ place: 'owner', was: null, to: 'bo@x.org' }])
  expect(rows[1]!.read_at).not.toBeNull()
  expect(source).toEqual(at)
  expect(writes).toEqual([])
})

test('applied, the source bears the owner and each thing is on the record; undone, it is as it was', async () => {
  source = thingsOf([
    ['demo:a', { env: 'prod' }],
    ['demo:b', {}],
  ])
  await sync()
  for (const key of source.keys()) await own(key, 'bo@x.org')
  await transact((tx) => assignBackup(tx, { entity: 'demo:a', person: 'ann@x.org', by: 'user:x', now }))
  const id = await plan([...source.keys()], {
    settings: { ...PLAN_DEFAULTS, backupTag: 'owner-backup', writes: 'name' },
  })
  await approved(id)
  await runPlan(plans(), id)
  expect([...source.values()]).toEqual([
    { env: 'prod', owner: 'Bo Berg', 'owner-backup': 'Ann Ask' },
    { owner: 'Bo Berg' },
  ])
  expect([await stateOf(id), await states(id)]).toEqual(['done', ['done', 'done']])
  expect(read).toEqual(['demo'])
  const trail = async () =>
    (await Array.fromAsync(audit.entries(db))).filter(({ action: what }) => /^(tag|plan)\./.test(what))
  expect((await trail()).filter(({ action: what }) => what === 'tag.write').at(-2)).toMatchObject({
    actor: 'user:bo',
    subject: 'demo:a',
    before: { owner: null, 'owner-backup': null },
    after: { owner: 'Bo Berg', 'owner-backup': 'Ann Ask', plan: id, verified: true },
  })
  // Once more changes nothing.
  await expect(transact((tx) => beginApply(tx, { plan: id, changing: [granted], by: 'user:bo', now }))).rejects.toThrow(
    /nothing left/,
  )
  await undo(id)
  expect([...source.values()]).toEqual([{ env: 'prod' }, {}])
  expect([await stateOf(id), await states(id)]).toEqual(['undone', ['undone', 'undone']])
  expect((await trail()).filter(({ action: what }) => what === 'tag.restore')).toHaveLength(2)
  const { rows } = await sql`select 1 from act.written where ended_at is null`.execute(db)
  expect(rows).toEqual([])
})

test('what another wrote is not written over until somebody chooses to, and may be left', async () => {
  source = thingsOf([
    ['demo:a', { owner: 'platform-team' }],
    ['demo:b', { owner: 'old crew' }],
  ])
  await sync()
  for (const key of source.keys()) await own(key, 'bo@x.org')
  const id = await plan([...source.keys()])
  await expect(transact((tx) => approve(tx, { plan: id, reason: 'x', by: 'user:bo', now }))).rejects.toMatchObject({
    code: 'plan/undecided',
  })
  await transact((tx) => choose(tx, { plan: id, entities: ['demo:a'], choice: 'ours', by: 'user:ann' }))
  await transact((tx) => choose(tx, { plan: id, entities: null, choice: 'leave', by: 'user:ann' }))
  await approved(id)
  await runPlan(plans(), id)
  expect([...source.values()].map(({ owner }) => owner)).toEqual(['bo@x.org', 'old crew'])
  await undo(id)
  expect([...source.values()].map(({ owner }) => owner)).toEqual(['platform-team', 'old crew'])
})

test('what changed since it was planned is refused alone, on the way there and on the way back', async () => {
  source = thingsOf([
    ['demo:a', {}],
    ['demo:b', {}],
    ['demo:c', {}],
  ])
  await sync()
  for (const key of source.keys()) await own(key, 'bo@x.org')
  const id = await approved(await plan([...source.keys()]))
  source.get('demo:b')!['owner'] = 'somebody'
  source.delete('demo:c')
  await runPlan(plans(), id)
  expect(await items(id)).toMatchObject([
    { state: 'done' },
    { state: 'refused', code: 'source/changed', says: expect.stringContaining('says somebody now, and was not there') },
    { state: 'refused', code: 'source/gone' },
  ])
  expect(source.get('demo:b')).toEqual({ owner: 'somebody' })
  source.get('demo:a')!['owner'] = 'somebody else'
  await undo(id)
  expect(await items(id)).toMatchObject([
    { state: 'kept', code: 'source/changed' },
    { state: 'refused' },
    { state: 'refused' },
  ])
  expect(source.get('demo:a')).toEqual({ owner: 'somebody else' })
})

test('a refused permission is named, holds nothing else up, and is tried again once it is granted', async () => {
  source = thingsOf([
    ['demo:a', {}],
    ['demo:b', {}],
  ])
  await sync()
  for (const key of source.keys()) await own(key, 'bo@x.org')
  const id = await approved(await plan([...source.keys()]))
  before = (key) => {
    if (key === 'demo:a') throw new Refused('demo:tag is denied', { permission: 'demo:tag' })
  }
  await runPlan(plans(), id)
  expect(await items(id)).toMatchObject([{ state: 'failed', permission: 'demo:tag' }, { state: 'done' }])
  before = () => {}
  await transact((tx) => beginApply(tx, { plan: id, changing: [granted], by: 'user:bo', now }))
  await runPlan(plans(), id)
  expect(await states(id)).toEqual(['done', 'done'])
  // What could not be taken back for that reason is tried again too.
  before = () => {
    throw new Refused('demo:tag is denied', { permission: 'demo:tag' })
  }
  await undo(id)
  expect(await states(id)).toEqual(['kept', 'kept'])
  before = () => {}
  await undo(id)
  expect(await states(id)).toEqual(['undone', 'undone'])
})

test('killed after the source was written and before that was noted, it goes on and writes nothing twice', async () => {
  source = new Map(Array.from({ length: 5 }, (_, at) => [`demo:k${at}`, {}]))
  await sync()
  for (const key of source.keys()) await own(key, 'bo@x.org')
  const id = await approved(await plan([...source.keys()]))
  const dying = new AbortController()
  const look = action.look
  const half = {
    ...action,
    look: async (...given: Parameters<typeof look>) => {
      if (given[1].key === 'demo:k2') {
        dying.abort()
        throw new Error('killed')
      }
      return look(...given)
    },
  }
  await runPlan(
    plans({ open: async () => ({ action: half, actor: null, run: testRun(), close: async () => {} }) }),
    id,
    dying.signal,
  )
  expect([await stateOf(id), writes.length]).toEqual(['running', 3])
  expect(await states(id)).toEqual(['done', 'done', 'done', 'ready', 'ready'])
  await runPlan(plans(), id)
  expect([await stateOf(id), await states(id)]).toEqual(['done', Array(5).fill('done')])
  expect(writes).toEqual([...source.keys()])
})

test('a process that was taken over notes nothing more', async () => {
  source = thingsOf([
    ['demo:a', {}],
    ['demo:b', {}],
  ])
  await sync()
  for (const key of source.keys()) await own(key, 'bo@x.org')
  const id = await approved(await plan([...source.keys()]))
  let first = true
  before = () => {
    if (first) {
      first = false
      taken = runPlan(plans(), id)
    }
  }
  let taken: Promise<void> = Promise.resolve()
  await runPlan(
    plans({
      open: async () => ({
        action: {
          ...action,
          apply: async (...given) => {
            await action.apply(...given)
            await taken
          },
        },
        actor: null,
        run: testRun(),
        close: async () => {},
      }),
    }),
    id,
  )
  expect(await states(id)).toEqual(['done', 'done'])
  const { rows } = await sql<{ entity: string }>`select entity from act.written order by 1`.execute(db)
  expect(rows).toEqual([{ entity: 'demo:a' }, { entity: 'demo:b' }])
})

test('stopped, what was done stays done and the rest can be gone on with', async () => {
  source = thingsOf([
    ['demo:a', {}],
    ['demo:b', {}],
  ])
  await sync()
  for (const key of source.keys()) await own(key, 'bo@x.org')
  const id = await approved(await plan([...source.keys()]))
  const stopping = {
    ...clock,
    sleep: () => transact((tx) => stopPlan(tx, { plan: id, by: 'user:ann' })).catch(() => {}),
  }
  await runPlan(plans({ clock: stopping as never }), id)
  expect([await stateOf(id), await states(id)]).toEqual(['done', ['done', 'ready']])
  await transact((tx) => beginApply(tx, { plan: id, changing: [granted], by: 'user:bo', now }))
  await runPlan(plans(), id)
  expect(await states(id)).toEqual(['done', 'done'])
})

test('what the source does not show after it was written is done and said to be unverified', async () => {
  source = thingsOf([['demo:a', {}]])
  await sync()
  await own('demo:a', 'bo@x.org')
  const id = await approved(await plan(['demo:a']))
  const slow = { ...action, look: async () => ({ owner: null }) }
  await runPlan(plans({ open: async () => ({ action: slow, actor: null, run: testRun(), close: async () => {} }) }), id)
  expect(await items(id)).toMatchObject([{ state: 'done', says: expect.stringContaining('does not show it yet') }])
})

test('only another person approves where two are asked for; an approval ends; what is withdrawn stays so', async () => {
  source = thingsOf([['demo:a', {}]])
  await sync()
  await own('demo:a', 'bo@x.org')
  const id = await plan(['demo:a'], { settings: { ...PLAN_DEFAULTS, secondPerson: true, approvalHours: 1 } })
  await expect(transact((tx) => approve(tx, { plan: id, reason: 'x', by: 'user:ann', now }))).rejects.toMatchObject({
    code: 'plan/second-person',
  })
  const begin = (at: Date, changing = [granted]) =>
    transact((tx) => beginApply(tx, { plan: id, changing, by: 'user:bo', now: at }))
  await expect(begin(now)).rejects.toMatchObject({ code: 'plan/not-approved' })
  await transact((tx) => approve(tx, { plan: id, reason: 'seen', by: 'user:bo', now }))
  await expect(begin(new Date(now.getTime() + 3_600_001))).rejects.toMatchObject({ code: 'plan/expired' })
  await expect(begin(now, [{ ...granted, granted: false }])).rejects.toMatchObject({ code: 'plan/no-grant' })
  await transact((tx) => withdrawPlan(tx, { plan: id, by: 'user:ann', now }))
  await expect(begin(now)).rejects.toMatchObject({ code: 'plan/state' })
  await expect(begin(now)).rejects.toThrow(/withdrawn/)
  expect(writes).toEqual([])
})

test('who answers now instead of whom Reeve wrote before is no conflict, and undoing brings the former back', async () => {
  source = thingsOf([['demo:a', {}]])
  await sync()
  await own('demo:a', 'bo@x.org')
  await runPlan(plans(), await approved(await plan(['demo:a'])))
  await sync()
  await own('demo:a', 'ann@x.org')
  const second = await plan(['demo:a'])
  expect(await states(second)).toEqual(['ready'])
  await runPlan(plans(), await approved(second))
  expect(source.get('demo:a')).toEqual({ owner: 'ann@x.org' })
  await undo(second)
  expect(source.get('demo:a')).toEqual({ owner: 'bo@x.org' })
  // What stands there now is Reeve's own again, and in nobody's way.
  await sync()
  expect(await states(await plan(['demo:a']))).toEqual(['ready'])
})

test('a connection that cannot be opened fails its things with why, and the plan ends', async () => {
  source = thingsOf([['demo:a', {}]])
  await sync()
  await own('demo:a', 'bo@x.org')
  const id = await approved(await plan(['demo:a']))
  await runPlan(
    plans({
      open: async () => {
        throw new ReeveError('aws/login', 'logging in to AWS: the session has ended')
      },
    }),
    id,
  )
  expect([await stateOf(id), await items(id)]).toMatchObject(['done', [{ state: 'failed', code: 'aws/login' }]])
})
