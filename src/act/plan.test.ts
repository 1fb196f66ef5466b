import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { Change } from '../sdk/index.ts'
import { approve, beginApply, choose, PLAN_DEFAULTS, runPlan, withdrawPlan } from './index.ts'
import {
  approved,
  db,
  granted,
  inItsOwnWorld,
  items,
  now,
  own,
  plan,
  plans,
  states,
  sync,
  thingsOf,
  transact,
  undo,
  world,
} from './testing/tagged.ts'

inItsOwnWorld()

test('a plan says for each thing what would be done, and does nothing', async () => {
  world.source = thingsOf([
    ['demo:new', {}],
    ['demo:agrees', { owner: 'Bo Berg' }],
    ['demo:ours', {}],
    ['demo:theirs', { owner: 'platform-team' }],
    ['demo:hers', { owner: 'ANN@x.org' }],
    ['demo:nobody', {}],
  ])
  await sync([{ kind: 'identity', type: 'demo_key', key: 'demo:key', name: 'key', attributes: {} }])
  const keys = [...world.source.keys(), 'demo:key', 'demo:none']
  for (const key of keys.filter((one) => one !== 'demo:nobody' && one !== 'demo:none')) await own(key, 'bo@x.org')
  const at = structuredClone(world.source)
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
  expect(world.source).toEqual(at)
  expect(world.writes).toEqual([])
})

test('what another wrote is not written over until somebody chooses to, and may be left', async () => {
  world.source = thingsOf([
    ['demo:a', { owner: 'platform-team' }],
    ['demo:b', { owner: 'old crew' }],
  ])
  await sync()
  for (const key of world.source.keys()) await own(key, 'bo@x.org')
  const id = await plan([...world.source.keys()])
  await expect(transact((tx) => approve(tx, { plan: id, reason: 'x', by: 'user:bo', now }))).rejects.toMatchObject({
    code: 'plan/undecided',
  })
  await transact((tx) => choose(tx, { plan: id, entities: ['demo:a'], choice: 'ours', by: 'user:ann' }))
  await transact((tx) => choose(tx, { plan: id, entities: null, choice: 'leave', by: 'user:ann' }))
  await approved(id)
  await runPlan(plans(), id)
  expect([...world.source.values()].map(({ owner }) => owner)).toEqual(['bo@x.org', 'old crew'])
  await undo(id)
  expect([...world.source.values()].map(({ owner }) => owner)).toEqual(['platform-team', 'old crew'])
})

test('only another person approves where two are asked for; an approval ends; what is withdrawn stays so', async () => {
  world.source = thingsOf([['demo:a', {}]])
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
  expect(world.writes).toEqual([])
})

test('who answers now instead of whom Reeve wrote before is no conflict, and undoing brings the former back', async () => {
  world.source = thingsOf([['demo:a', {}]])
  await sync()
  await own('demo:a', 'bo@x.org')
  await runPlan(plans(), await approved(await plan(['demo:a'])))
  await sync()
  await own('demo:a', 'ann@x.org')
  const second = await plan(['demo:a'])
  expect(await states(second)).toEqual(['ready'])
  await runPlan(plans(), await approved(second))
  expect(world.source.get('demo:a')).toEqual({ owner: 'ann@x.org' })
  await undo(second)
  expect(world.source.get('demo:a')).toEqual({ owner: 'bo@x.org' })
  // What stands there now is Reeve's own again, and in nobody's way.
  await sync()
  expect(await states(await plan(['demo:a']))).toEqual(['ready'])
})
