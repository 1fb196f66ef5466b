import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrations as graph, loadEstate, openStage } from '../graph/index.ts'
import { startJobs } from '../platform/index.ts'
import { type TestDatabase, testDatabase } from '../platform/testing/index.ts'
import { type Entity, Refused } from '../sdk/index.ts'
import {
  cancelRun,
  createConnection,
  type Discovery,
  getConnection,
  getRun,
  listRuns,
  migrations,
  removeConnection,
  requestSync,
  runSync,
  startDiscovery,
  testConnection,
  updateConnection,
} from './index.ts'
import { discoveryOf, give, handClock, orchard, tree } from './testing/index.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await testDatabase([graph, migrations])
})
afterEach(() => database.close())

const silent = { debug() {}, info() {}, warn() {}, error() {} }
const connect = (discovery: Discovery) =>
  createConnection(
    discovery,
    { provider: 'orchard', settings: { place: 'South Field', token: 'hunter22' } },
    'user:ann',
  )

async function sync(discovery: Discovery, connection = 'orchard-south-field') {
  const id = await requestSync(discovery, connection, 'user:ann')
  await runSync(discovery, id)
  return getRun(database.db, id)
}

const names = async () => [...(await loadEstate(database.db)).entities()].map((entity) => entity.name).sort()

test('a sync brings what the source has into the graph', async () => {
  const discovery = discoveryOf(database, orchard({ trees: () => give(tree('elm'), tree('oak')) }))
  expect((await connect(discovery)).id).toBe('orchard-south-field')
  const run = await sync(discovery)
  expect(run).toMatchObject({ state: 'done', changes: { entities: { added: 2 } }, error: null })
  expect(run.lines).toEqual([
    {
      connection: 'orchard-south-field',
      collection: 'trees',
      scope: '',
      expected: null,
      obtained: 2,
      refused: 0,
      reason: null,
      permission: null,
      since: expect.any(String),
    },
  ])
  expect(await names()).toEqual(['elm', 'oak'])
})

test('a refused listing deletes nothing, says since when it is stale, and turns what leans on it unknown', async () => {
  let refused = false
  const provider = orchard({
    trees: () => give(tree('elm')),
    gates: async function* () {
      if (refused) throw new Refused('403', { permission: 'gates:list' })
      yield tree('gate', { type: 'branch' })
    },
  })
  const discovery = discoveryOf(database, provider)
  await connect(discovery)
  const first = await sync(discovery)
  refused = true
  const second = await sync(discovery)
  expect(second.state).toBe('partial')
  const line = second.lines.find((one) => one.collection === 'gates')!
  expect(line).toMatchObject({ refused: 1, reason: '403', permission: 'gates:list' })
  expect(line.since).toBe(first.lines.find((one) => one.collection === 'gates')!.since)
  expect(await names()).toEqual(['elm', 'gate'])
  const estate = await loadEstate(database.db)
  expect(estate.incomplete('branch', estate.get('orchard:elm')!)).toEqual({
    reason: 'orchard-south-field: gates: 403',
    permission: 'gates:list',
  })
  expect(estate.incomplete('shrub', estate.get('orchard:elm')!)).toBeUndefined()
})

test('a connection that fails leaves the graph as it was', async () => {
  let broken = false
  const provider = orchard({ trees: () => give(tree('elm')) }, async () => {
    if (broken) throw new Error('connection refused')
  })
  const discovery = discoveryOf(database, provider)
  await connect(discovery)
  await sync(discovery)
  broken = true
  expect(await sync(discovery)).toMatchObject({ state: 'failed', error: { message: 'connection refused' } })
  expect(await names()).toEqual(['elm'])
})

test('a cancelled sync keeps what is whole and leaves the rest as it was', async () => {
  let second = false
  const provider = orchard({
    trees: () => (second ? give(tree('ash')) : give(tree('elm'))),
    gates: async function* () {
      yield tree(second ? 'new gate' : 'gate')
      if (second) await new Promise(() => {})
    },
  })
  const discovery = discoveryOf(database, provider)
  await connect(discovery)
  await sync(discovery)
  second = true
  const id = await requestSync(discovery, 'orchard-south-field', 'user:ann')
  const running = runSync(discovery, id)
  await until(async () => (await getRun(database.db, id)).progress.some((one) => one.state === 'complete'))
  await cancelRun(discovery, id)
  await running
  expect((await getRun(database.db, id)).state).toBe('cancelled')
  expect(await names()).toEqual(['ash', 'gate'])
})

test('a run that broke off goes on with the listings that were staged whole', async () => {
  const reads: string[] = []
  let die = true
  const leaving = new AbortController()
  const provider = orchard({
    trees: async function* () {
      reads.push('trees')
      yield tree('elm')
      yield { from: 'orchard:elm', verb: 'contains', to: 'orchard:nest' }
    },
    gates: async function* () {
      reads.push('gates')
      yield tree('gate')
      if (!die) return
      die = false
      leaving.abort()
      await new Promise(() => {})
    },
  })
  const discovery = discoveryOf(database, provider, { parallel: 1 })
  await connect(discovery)
  const id = await requestSync(discovery, 'orchard-south-field', 'user:ann')
  await runSync(discovery, id, leaving.signal)
  expect((await getRun(database.db, id)).state).toBe('running')
  expect(await names()).toEqual([])
  await runSync(discovery, id)
  expect(reads).toEqual(['trees', 'gates', 'gates'])
  expect(await getRun(database.db, id)).toMatchObject({
    state: 'done',
    changes: { entities: { added: 2 }, edges: { added: 1 } },
  })
  expect(await names()).toEqual(['elm', 'gate'])
})

test('a run that broke off too long ago is closed as failed, and its stage goes', async () => {
  const discovery = discoveryOf(database, orchard({ trees: () => give(tree('elm')) }))
  await connect(discovery)
  const id = await requestSync(discovery, 'orchard-south-field', 'user:ann')
  await sql`update discover.run set state = 'running', started_at = ${new Date(Date.UTC(2026, 10, 24, 11))} where id = ${id}`.execute(
    database.db,
  )
  await (await openStage(database, { connection: 'orchard-south-field', run: id })).leave()
  await runSync(discovery, id)
  expect(await getRun(database.db, id)).toMatchObject({ state: 'failed', error: { code: 'discover/interrupted' } })
  expect((await sql`select from pg_class where relname = ${`staged_item_${id}`}`.execute(database.db)).rows).toEqual([])
})

test('stages that no run needs are dropped at a start', async () => {
  const discovery = discoveryOf(database, orchard({}))
  await (await openStage(database, { connection: 'x', run: 77 })).leave()
  await startDiscovery(discovery)
  expect((await sql`select from pg_class where relname = 'staged_item_77'`.execute(database.db)).rows).toEqual([])
})

test('one run of a connection waits or runs at a time', async () => {
  const discovery = discoveryOf(database, orchard({ trees: () => give(tree('elm')) }))
  await connect(discovery)
  const ids = await Promise.all([1, 2, 3, 4].map(() => requestSync(discovery, 'orchard-south-field', 'user:ann')))
  expect(new Set(ids).size).toBe(1)
  const id = ids[0]!
  await Promise.all([runSync(discovery, id), runSync(discovery, id)])
  expect(await listRuns(database.db)).toMatchObject([{ state: 'done' }])
  const applied = await sql`select run from graph.applied`.execute(database.db)
  expect(applied.rows).toHaveLength(1)
})

test('a database that goes away mid-sync ends the run with the reason, and nothing is half written', async () => {
  let cut = true
  const provider = orchard({
    trees: async function* () {
      for (let n = 0; n < 3000; n++) yield tree(`tree ${n}`, { attributes: { note: 'x'.repeat(200) } })
      if (cut) {
        cut = false
        await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.execute(
          database.db,
        )
      }
      for (let n = 0; n < 3000; n++) yield tree(`more ${n}`, { attributes: { note: 'x'.repeat(200) } })
    },
  })
  const discovery = discoveryOf(database, provider)
  await connect(discovery)
  const run = await sync(discovery)
  expect(run.state).toBe('failed')
  expect(run.error?.message).toMatch(/^the database did not take what was read: /)
  expect(await names()).toEqual([])
  expect((await sync(discovery)).changes).toMatchObject({ entities: { added: 6000 } })
})

test('through the queue: asked for, worked off, and what follows is told', async () => {
  const jobs = await startJobs({ url: database.url, log: silent })
  try {
    const followed: number[] = []
    const discovery = discoveryOf(database, orchard({ trees: () => give(tree('elm')) }), {
      jobs,
      onApplied: async ({ id, applied }) => void followed.push(id, applied.entities.added),
    })
    await startDiscovery(discovery)
    await connect(discovery)
    const id = await requestSync(discovery, 'orchard-south-field', 'user:ann')
    await until(async () => (await getRun(database.db, id)).state === 'done')
    await until(async () => followed.length > 0)
    expect(followed).toEqual([id, 1])
  } finally {
    await jobs.stop()
  }
})

test('a connection removed while it is read leaves nothing behind', async () => {
  let started = () => {}
  const begun = new Promise<void>((resolve) => {
    started = resolve
  })
  const provider = orchard({
    trees: async function* () {
      yield tree('elm')
      started()
      await new Promise((resolve) => setTimeout(resolve, 300))
    },
  })
  const discovery = discoveryOf(database, provider)
  await connect(discovery)
  const id = await requestSync(discovery, 'orchard-south-field', 'user:ann')
  const running = runSync(discovery, id)
  await begun
  await removeConnection(discovery, 'orchard-south-field', 'user:ann')
  await running
  expect((await getRun(database.db, id)).state).toBe('failed')
  expect(await names()).toEqual([])
})

test('a listing that the provider has no more takes what it said with it', async () => {
  const both = orchard({ trees: () => give(tree('elm')), gates: () => give(tree('gate')) })
  await connect(discoveryOf(database, both))
  await sync(discoveryOf(database, both))
  await sync(discoveryOf(database, orchard({ trees: () => give(tree('elm')) })))
  expect(await names()).toEqual(['elm'])
  expect((await loadEstate(database.db)).sources.map((source) => source.collection)).toEqual(['trees'])
})

test('removing a connection closes what it said and keeps the history', async () => {
  const clock = handClock()
  const discovery = discoveryOf(database, orchard({ trees: () => give(tree('elm')) }), { clock })
  await connect(discovery)
  await sync(discovery)
  const then = clock.now()
  clock.time += 60_000
  await removeConnection(discovery, 'orchard-south-field', 'user:ann')
  expect(await names()).toEqual([])
  expect([...(await loadEstate(database.db, { asOf: then })).entities()].map((entity: Entity) => entity.name)).toEqual([
    'elm',
  ])
  await expect(getConnection(database.db, 'orchard-south-field')).rejects.toMatchObject({
    code: 'discover/no-connection',
  })
})

test('secrets are sealed, never shown, kept when left out, and in no table in the clear', async () => {
  const seen: unknown[] = []
  const provider = orchard({ trees: () => give() })
  const watched = { ...provider, connect: async (config: unknown) => void seen.push(config) }
  const discovery = discoveryOf(database, watched)
  const made = await connect(discovery)
  expect(made).toMatchObject({
    settings: { place: 'South Field' },
    secrets: ['token'],
    schedule: expect.stringMatching(/^\d+ \*\/6 \* \* \*$/),
  })
  await updateConnection(discovery, made.id, { settings: { place: 'North Field' } }, 'user:bob')
  await sync(discovery)
  expect(seen).toEqual([{ place: 'North Field', token: 'hunter22' }])
  expect(
    (await updateConnection(discovery, made.id, { settings: { place: 'North Field', token: '' } }, 'user:bob')).secrets,
  ).toEqual([])
  const everything = await sql<{
    row: string
  }>`select c::text as row from discover.connection c union all select r::text from discover.run r
    union all select a::text from platform.audit a`.execute(database.db)
  expect(JSON.stringify(everything.rows)).not.toContain('hunter22')
  const audited = await sql<{ action: string }>`select action from platform.audit order by id`.execute(database.db)
  expect(audited.rows.map((row) => row.action)).toEqual(['connection.create', 'connection.update', 'connection.update'])
})

test('settings that are wrong are refused, field by field; so are a wrong schedule, id and provider', async () => {
  const discovery = discoveryOf(database, orchard({}))
  const create = (more: object) =>
    createConnection(discovery, { provider: 'orchard', settings: { place: 'x' }, ...more }, 'user:ann')
  await expect(create({ settings: { place: '', tree: 1 } })).rejects.toMatchObject({
    code: 'discover/settings',
    fields: { fields: [{ path: 'place' }, { path: '' }] },
  })
  await expect(create({ schedule: '61 * * * *' })).rejects.toMatchObject({ code: 'discover/schedule' })
  await expect(create({ id: '../etc' })).rejects.toMatchObject({ code: 'discover/connection-id' })
  await expect(create({ provider: 'forge' })).rejects.toMatchObject({ code: 'discover/no-provider' })
  await create({ id: 'mine' })
  await expect(create({ id: 'mine' })).rejects.toMatchObject({ code: 'discover/connection-exists' })
  expect([(await create({})).id, (await create({})).id]).toEqual(['orchard-x', 'orchard-x-2'])
})

test('a test of settings connects and says what is wrong, with the stored secrets', async () => {
  const provider = orchard({})
  const picky = {
    ...provider,
    connect: async (config: { token?: string | undefined }) => {
      if (config.token !== 'hunter22') throw new Refused('the token was not accepted', { permission: 'orchard:read' })
    },
  }
  const discovery = discoveryOf(database, picky)
  const made = await connect(discovery)
  expect(await testConnection(discovery, { provider: 'orchard', settings: { place: 'x', token: 'wrong' } })).toEqual({
    ok: false,
    label: 'x',
    code: 'source/refused',
    message: 'the token was not accepted',
    permission: 'orchard:read',
  })
  expect(
    await testConnection(discovery, { provider: 'orchard', settings: { place: 'x' }, connection: made.id }),
  ).toEqual({ ok: true, label: 'x' })
})

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; !(await holds()); attempt++) {
    if (attempt > 200) throw new Error('it did not come to hold')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
