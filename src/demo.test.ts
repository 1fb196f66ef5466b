import { sql } from 'kysely'
import { afterEach, describe, expect, test } from 'vitest'
import { type Assessor, startAssessor } from './assess/index.ts'
import { openDemo } from './demo.ts'
import { createConnection, listConnections, requestSync, runSync } from './discover/index.ts'
import type { DemoDesk } from './http/index.ts'
import { type Client, type TestServer, testServer } from './http/testing/index.ts'
import type { Job, Jobs } from './platform/index.ts'
import { demo, providers } from './providers/index.ts'

/** One queue in the hands of the test: what is sent is worked off when it says so. */
function queue() {
  let handle: ((job: Job<object>) => Promise<void>) | undefined
  const sent: string[] = []
  const jobs: Pick<Jobs, 'work' | 'send'> = {
    async work(_, handler) {
      handle = handler as typeof handle
    },
    async send(name) {
      sent.push(name)
      return name
    },
  }
  const work = (signal = new AbortController().signal) => handle!({ id: 'one', data: {}, signal })
  return { jobs, sent, work }
}

interface Placed {
  server: TestServer
  admin: Client
  work(signal?: AbortSignal): Promise<void>
  sent: string[]
  /** As the next start would. */
  again(): Promise<void>
}

const ending: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end()
})

async function place({
  moments = [-300, -30],
  judge,
}: {
  moments?: number[]
  judge?: () => void
} = {}): Promise<Placed> {
  let desk: DemoDesk | undefined
  const server = await testServer({
    providers: [...providers, ...demo.providers.map(({ provider }) => provider)],
    demo: { state: () => desk!.state(), load: (asked, actor) => desk!.load(asked, actor) },
  })
  ending.push(() => server.close())
  await createConnection(server.app.discovery, { provider: 'self', settings: {}, id: 'self', schedule: null }, 'reeve')
  const real = startAssessor({ url: server.database.url })
  ending.push(() => real.stop())
  const assessor: Pick<Assessor, 'judge'> = {
    judge: (asked) => {
      judge?.()
      return real.judge(asked)
    },
  }
  const { jobs, sent, work } = queue()
  const again = async () => {
    desk = await openDemo(server.app.discovery, assessor, jobs, () => moments)
  }
  await again()
  return { server, admin: await server.as('admin'), work, sent, again }
}

const count = async ({ db }: TestServer, table: string): Promise<number> => {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`.execute(db)
  return rows[0]!.n
}

const tablesOf = async ({ db }: TestServer): Promise<string[]> => {
  const { rows } = await sql<{ name: string }>`select schemaname || '.' || tablename as name from pg_tables
    where schemaname in ('graph', 'assess', 'act', 'discover') order by 1`.execute(db)
  return rows.map(({ name }) => name)
}

const counts = async (server: TestServer) => {
  const tables = await tablesOf(server)
  return Object.fromEntries(
    await Promise.all(tables.map(async (table) => [table, await count(server, table)] as const)),
  )
}

describe('a year is read in', () => {
  test('with history and judgements of their own days, as of which it can be seen, and a note on every page', async () => {
    const { server, admin, work, sent } = await place()
    const asked = await admin('POST', '/v1/demo', { body: { size: 120 } })
    expect([asked.status, asked.body.demo.loading, sent]).toEqual([202, true, ['demo']])
    await work()
    expect((await admin('GET', '/v1/demo')).body.demo).toMatchObject({ size: 120, seed: 1, loading: false, read: 3 })

    const frame = (await admin('GET', '/v1/frame')).body
    expect(frame.demo).toEqual({ loading: false, read: 3, moments: 3 })
    expect(frame.firstRun).toBe(false)
    const { answer, trend } = (await admin('GET', '/v1/overview')).body
    const people = demo.labels({ size: 120, seed: 1 }, new Date()).identities.filter(({ machine }) => !machine)
    expect(answer.identities - people.length).toBeGreaterThan(115)
    expect(trend.length).toBeGreaterThan(2)
    expect(trend[0].machines).toBeLessThan(trend.at(-1).machines)

    const then = new Date(Date.now() - 60 * 86_400_000).toISOString().slice(0, 10)
    const before = (await admin('GET', `/v1/overview?as-of=${then}`)).body.answer
    expect(before.identities).toBeGreaterThan(20)
    expect(before.identities).toBeLessThan(answer.identities)
    const { rows } = await sql<{ opened: number; closed: number; days: number }>`select
      count(*) filter (where what = 'opened')::int as opened, count(*) filter (where what = 'resolved')::int as closed,
      count(distinct at::date)::int as days from assess.event`.execute(server.db)
    expect(rows[0]!.opened).toBeGreaterThan(50)
    expect(rows[0]!.closed).toBeGreaterThan(3)
    expect(rows[0]!.days).toBe(3)
    expect((await listConnections(server.db)).filter(({ schedule }) => schedule !== null)).toHaveLength(17)

    // What is scheduled goes on as for any other connection.
    const run = await requestSync(server.app.discovery, 'aws', 'test')
    await runSync(server.app.discovery, run)
    const { rows: ran } = await sql<{ state: string }>`select state from discover.run where id = ${run}`.execute(
      server.db,
    )
    expect(ran[0]!.state).toBe('partial')
  }, 240_000)

  test('one that was cut short goes on at the next start, and comes to the same', async () => {
    let judged = 0
    const stop = new AbortController()
    const placed = await place({
      moments: [-30],
      judge: () => {
        if (++judged === 1) stop.abort(new Error('killed'))
      },
    })
    const { server, admin, work, again } = placed
    await admin('POST', '/v1/demo', { body: { size: 120 } })
    await expect(work(stop.signal)).rejects.toThrow()
    expect((await admin('GET', '/v1/demo')).body.demo).toMatchObject({ loading: true, read: 1 })
    // A run that a killed process left behind.
    await sql`insert into discover.run (connection, state, requested_at, requested_by, started_at)
      values ('aws', 'running', now(), 'reeve', now())`.execute(server.db)
    await again()
    const { rows } = await sql`select from discover.run where state in ('waiting', 'running')`.execute(server.db)
    expect(rows).toHaveLength(0)
    await work()
    expect((await admin('GET', '/v1/demo')).body.demo).toMatchObject({ loading: false, read: 2 })
    const whole = await place({ moments: [-30] })
    await whole.admin('POST', '/v1/demo', { body: { size: 120 } })
    await whole.work()
    for (const table of ['graph.entity', 'graph.edge', 'graph.node'])
      expect([table, await count(server, table)]).toEqual([table, await count(whole.server, table)])
  }, 240_000)
})

describe('what is invented and what is real', () => {
  test('do not stand beside each other, whichever comes first', async () => {
    const { server, admin, work } = await place({ moments: [] })
    const folder = { provider: 'git', settings: { path: '/nowhere' } }
    const created = await admin('POST', '/v1/connections', { body: folder })
    expect(created.status).toBe(201)
    const refused = await admin('POST', '/v1/demo', { body: {} })
    expect([refused.status, refused.body.code]).toEqual([422, 'demo/not-alone'])
    expect(refused.body.detail).toMatch(/--data/)
    expect(await count(server, 'discover.connection')).toBe(2)

    await admin('DELETE', `/v1/connections/${created.body.connection.connection}`)
    await admin('POST', '/v1/demo', { body: { size: 120 } })
    await work()
    const real = await admin('POST', '/v1/connections', { body: folder })
    expect([real.status, real.body.code]).toEqual([422, 'demo/invented'])
    expect(real.body.detail).toMatch(/demo --remove/)
    const apart = await admin('PATCH', '/v1/connections/aws', { body: { settings: { size: 500, day: '2026-01-01' } } })
    expect(apart.body.code).toBe('demo/by-hand')
    const other = await admin('POST', '/v1/demo', { body: { size: 200 } })
    expect([other.status, other.body.code]).toEqual([422, 'demo/there'])
    expect((await admin('POST', '/v1/demo', { body: { size: 120 } })).status).toBe(202)
  }, 120_000)

  test('an invented system is offered nowhere, and is not connected by hand', async () => {
    const { admin } = await place()
    const offered = (await admin('GET', '/v1/providers')).body.rows.map(({ id }: { id: string }) => id)
    expect(offered).toEqual(expect.arrayContaining(['git', 'host', 'postgres']))
    expect(offered.filter((id: string) => id.startsWith('demo'))).toEqual([])
    const { offers } = (await admin('GET', '/v1/first-run')).body
    expect(offers.filter(({ provider }: { provider: string }) => provider.startsWith('demo'))).toEqual([])
    const byHand = { provider: 'demo-aws', settings: { day: '2026-11-24' } }
    expect((await admin('POST', '/v1/connections', { body: byHand })).body.code).toBe('demo/by-hand')
  })

  test('a size beyond what there is, and whoever is no admin, is refused', async () => {
    const { server, admin } = await place()
    for (const size of [0, 119, 200_001])
      expect((await admin('POST', '/v1/demo', { body: { size } })).body.code).toBe('use/size')
    const operator = await server.as('operator')
    expect((await operator('POST', '/v1/demo', { body: {} })).status).toBe(403)
    expect((await operator('DELETE', '/v1/demo')).status).toBe(403)
  })
})

describe('it is removed', () => {
  test('whole: no row of it is left, and it can be loaded again', async () => {
    const { server, admin, work } = await place({ moments: [-30] })
    const fresh = await counts(server)
    await admin('POST', '/v1/demo', { body: { size: 120 } })
    await work()
    const key = encodeURIComponent('aws:arn:aws:iam::441000000001:role/campaign-2024')
    await admin('PUT', `/v1/entities/${key}/owner`, { body: { person: 'person:greta.voss@larkfield.example' } })
    expect(await count(server, 'act.assignment')).toBe(1)
    expect((await admin('DELETE', '/v1/demo')).status).toBe(204)
    const left = await counts(server)
    // What is there at a first start too: Reeve's own connection waits to be read, and the rules are the rules.
    const own = ['assess.rule', 'assess.kept', 'discover.run']
    for (const [table, rows] of Object.entries(left))
      if (!own.includes(table)) expect([table, rows]).toEqual([table, fresh[table]])
    const { rows } = await sql<{ connection: string }>`select connection from discover.run`.execute(server.db)
    expect(rows.map(({ connection }) => connection)).toEqual(['self'])
    const { rows: audited } = await sql<{
      action: string
    }>`select action from platform.audit where action like 'demo.%' order by id`.execute(server.db)
    expect(audited.map(({ action }) => action)).toEqual(['demo.load', 'demo.remove'])
    const frame = (await admin('GET', '/v1/frame')).body
    expect([frame.demo, frame.firstRun, frame.identities]).toEqual([null, true, 0])
    expect((await admin('DELETE', '/v1/demo')).body.code).toBe('demo/none')
    await admin('POST', '/v1/demo', { body: { size: 120 } })
    await work()
    expect((await admin('GET', '/v1/frame')).body.identities).toBeGreaterThan(100)
  }, 240_000)

  test('also while it is being read in, which ends', async () => {
    let remove: (() => Promise<unknown>) | undefined
    let removed: Promise<unknown> | undefined
    const { server, admin, work } = await place({ judge: () => (removed ??= remove?.()) })
    remove = () => admin('DELETE', '/v1/demo')
    await admin('POST', '/v1/demo', { body: { size: 120 } })
    await expect(work()).rejects.toThrow()
    expect(await removed).toMatchObject({ status: 204 })
    expect(await count(server, 'graph.node')).toBe(0)
    expect(await count(server, 'discover.connection')).toBe(1)
  }, 120_000)
})
