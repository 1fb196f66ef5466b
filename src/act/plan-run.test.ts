import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { audit } from '../platform/index.ts'
import { ReeveError, Refused } from '../sdk/index.ts'
import { testRun } from '../sdk/testing/index.ts'
import { assignBackup, beginApply, PLAN_DEFAULTS, runPlan, stopPlan } from './index.ts'
import {
  action,
  approved,
  clock,
  db,
  granted,
  inItsOwnWorld,
  items,
  now,
  own,
  plan,
  plans,
  stateOf,
  states,
  sync,
  thingsOf,
  transact,
  undo,
  world,
} from './testing/tagged.ts'

inItsOwnWorld()

test('applied, the source bears the owner and each thing is on the record; undone, it is as it was', async () => {
  world.source = thingsOf([
    ['demo:a', { env: 'prod' }],
    ['demo:b', {}],
  ])
  await sync()
  for (const key of world.source.keys()) await own(key, 'bo@x.org')
  await transact((tx) => assignBackup(tx, { entity: 'demo:a', person: 'ann@x.org', by: 'user:x', now }))
  const id = await plan([...world.source.keys()], {
    settings: { ...PLAN_DEFAULTS, backupTag: 'owner-backup', writes: 'name' },
  })
  await approved(id)
  await runPlan(plans(), id)
  expect([...world.source.values()]).toEqual([
    { env: 'prod', owner: 'Bo Berg', 'owner-backup': 'Ann Ask' },
    { owner: 'Bo Berg' },
  ])
  expect([await stateOf(id), await states(id)]).toEqual(['done', ['done', 'done']])
  expect(world.read).toEqual(['demo'])
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
  expect([...world.source.values()]).toEqual([{ env: 'prod' }, {}])
  expect([await stateOf(id), await states(id)]).toEqual(['undone', ['undone', 'undone']])
  expect((await trail()).filter(({ action: what }) => what === 'tag.restore')).toHaveLength(2)
  const { rows } = await sql`select 1 from act.written where ended_at is null`.execute(db)
  expect(rows).toEqual([])
})

test('what changed since it was planned is refused alone, on the way there and on the way back', async () => {
  world.source = thingsOf([
    ['demo:a', {}],
    ['demo:b', {}],
    ['demo:c', {}],
  ])
  await sync()
  for (const key of world.source.keys()) await own(key, 'bo@x.org')
  const id = await approved(await plan([...world.source.keys()]))
  world.source.get('demo:b')!['owner'] = 'somebody'
  world.source.delete('demo:c')
  await runPlan(plans(), id)
  expect(await items(id)).toMatchObject([
    { state: 'done' },
    { state: 'refused', code: 'source/changed', says: expect.stringContaining('says somebody now, and was not there') },
    { state: 'refused', code: 'source/gone' },
  ])
  expect(world.source.get('demo:b')).toEqual({ owner: 'somebody' })
  world.source.get('demo:a')!['owner'] = 'somebody else'
  await undo(id)
  expect(await items(id)).toMatchObject([
    { state: 'kept', code: 'source/changed' },
    { state: 'refused' },
    { state: 'refused' },
  ])
  expect(world.source.get('demo:a')).toEqual({ owner: 'somebody else' })
})

test('a refused permission is named, holds nothing else up, and is tried again once it is granted', async () => {
  world.source = thingsOf([
    ['demo:a', {}],
    ['demo:b', {}],
  ])
  await sync()
  for (const key of world.source.keys()) await own(key, 'bo@x.org')
  const id = await approved(await plan([...world.source.keys()]))
  world.before = (key) => {
    if (key === 'demo:a') throw new Refused('demo:tag is denied', { permission: 'demo:tag' })
  }
  await runPlan(plans(), id)
  expect(await items(id)).toMatchObject([{ state: 'failed', permission: 'demo:tag' }, { state: 'done' }])
  world.before = () => {}
  await transact((tx) => beginApply(tx, { plan: id, changing: [granted], by: 'user:bo', now }))
  await runPlan(plans(), id)
  expect(await states(id)).toEqual(['done', 'done'])
  // What could not be taken back for that reason is tried again too.
  world.before = () => {
    throw new Refused('demo:tag is denied', { permission: 'demo:tag' })
  }
  await undo(id)
  expect(await states(id)).toEqual(['kept', 'kept'])
  world.before = () => {}
  await undo(id)
  expect(await states(id)).toEqual(['undone', 'undone'])
})

test('killed after the source was written and before that was noted, it goes on and writes nothing twice', async () => {
  world.source = new Map(Array.from({ length: 5 }, (_, at) => [`demo:k${at}`, {}]))
  await sync()
  for (const key of world.source.keys()) await own(key, 'bo@x.org')
  const id = await approved(await plan([...world.source.keys()]))
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
  expect([await stateOf(id), world.writes.length]).toEqual(['running', 3])
  expect(await states(id)).toEqual(['done', 'done', 'done', 'ready', 'ready'])
  await runPlan(plans(), id)
  expect([await stateOf(id), await states(id)]).toEqual(['done', Array(5).fill('done')])
  expect(world.writes).toEqual([...world.source.keys()])
})

test('a process that was taken over notes nothing more', async () => {
  world.source = thingsOf([
    ['demo:a', {}],
    ['demo:b', {}],
  ])
  await sync()
  for (const key of world.source.keys()) await own(key, 'bo@x.org')
  const id = await approved(await plan([...world.source.keys()]))
  let first = true
  world.before = () => {
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
  world.source = thingsOf([
    ['demo:a', {}],
    ['demo:b', {}],
  ])
  await sync()
  for (const key of world.source.keys()) await own(key, 'bo@x.org')
  const id = await approved(await plan([...world.source.keys()]))
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
  world.source = thingsOf([['demo:a', {}]])
  await sync()
  await own('demo:a', 'bo@x.org')
  const id = await approved(await plan(['demo:a']))
  const slow = { ...action, look: async () => ({ owner: null }) }
  await runPlan(plans({ open: async () => ({ action: slow, actor: null, run: testRun(), close: async () => {} }) }), id)
  expect(await items(id)).toMatchObject([{ state: 'done', says: expect.stringContaining('does not show it yet') }])
})

test('a connection that cannot be opened fails its things with why, and the plan ends', async () => {
  world.source = thingsOf([['demo:a', {}]])
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
