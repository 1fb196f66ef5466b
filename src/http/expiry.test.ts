import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../platform/index.ts'
import type { Expiry, Frame, Inventory, Tally } from '../read/index.ts'
import type { Edge, Entity } from '../sdk/index.ts'
import { read } from './testing/estate.ts'
import { type Client, type TestServer, testServer } from './testing/index.ts'

const NOW = new Date('2026-11-24T09:00:00.000Z')
const HOUR = 3_600_000
let server: TestServer
let viewer: Client

const key = (name: string, ends: string | null, more: Partial<Entity> = {}) =>
  ({
    kind: 'credential',
    type: 'demo_key',
    key: `demo:${name}`,
    name,
    ...(ends === null ? {} : { expires: { value: `${ends}.000Z` } }),
    ...more,
  }) as const
const account = (name: string, more: Partial<Entity> = {}) =>
  ({ kind: 'identity', type: 'demo_user', key: `demo:user/${name}`, name, ...more }) as const
const proves = (name: string, who: string): Edge => ({
  from: `demo:${name}`,
  verb: 'authenticates',
  to: `demo:user/${who}`,
})

beforeAll(async () => {
  server = await testServer({ clock: { ...systemClock, now: () => NOW } })
  viewer = await server.as('viewer')
  const mara = { kind: 'person', type: 'person', key: 'person:mara@x.org', name: 'Mara Quill' } as const
  const lasting = [
    mara,
    account('billing'),
    account('nightly', { expires: { value: '2026-12-10T00:00:00.000Z' } }),
    { from: 'person:mara@x.org', verb: 'owns', to: 'demo:user/billing' } as const,
  ]
  await read(
    server.database,
    [
      ...lasting,
      key('partner', '2026-12-04T23:59:59'),
      proves('partner', 'billing'),
      key('gone', '2026-12-05T00:00:00'),
    ],
    { at: new Date(NOW.getTime() - 72 * HOUR) },
  )
  await read(
    server.database,
    [
      ...lasting,
      key('over', '2026-11-23T12:00:00'),
      key('this-morning', '2026-11-24T08:59:00'),
      key('today', '2026-11-24T10:00:00'),
      key('partner', '2026-11-27T12:00:00'),
      proves('partner', 'billing'),
      proves('partner', 'nightly'),
      key('edge', '2026-11-27T13:00:00', { attributes: { autoRenew: true } }),
      key('by-hand', '2027-01-17T23:59:59', { attributes: { autoRenew: false } }),
      key('after', '2027-01-18T00:00:00'),
      ...Array.from({ length: 45 }, (_, i) => key(`fleet-${i}`, '2026-12-31T06:00:00')),
      key('silent', null),
      key('closed', null, { expires: { unknown: 'the file is not readable' } }),
      key('for-ever', null, { expires: { notApplicable: 'it never expires' } }),
      proves('silent', 'nightly'),
      proves('closed', 'nightly'),
      proves('for-ever', 'billing'),
      {
        kind: 'secret',
        type: 'demo_entry',
        key: 'demo:entry',
        expires: { value: '2026-11-30T00:00:00.000Z' },
      } as const,
      { from: 'demo:entry', verb: 'holds', to: 'demo:partner' } as const,
    ],
    { at: new Date(NOW.getTime() - HOUR) },
  )
})
afterAll(() => server.close())

const ask = async (query = ''): Promise<Expiry> => {
  const answer = await viewer('GET', `/v1/expiry?${query}`)
  if (answer.status !== 200) throw server.errors.at(-1) ?? new Error(answer.text)
  return answer.body
}
const at = (expiry: Expiry, day: string) => expiry.days.find((one) => one.day === day)!
const rowsOf = async ({ kind, q }: Tally, asOf: string | null): Promise<number> => {
  const query = new URLSearchParams({ kind, q, ...(asOf === null ? {} : { 'as-of': asOf }) })
  const list: Inventory = (await viewer('GET', `/v1/entities?${query}`)).body
  return list.total.count
}

test('eight whole weeks from Monday hold what ends in them, each on its day in UTC, and nothing of the day after', async () => {
  const expiry = await ask()
  expect(expiry).toMatchObject({ from: '2026-11-23', until: '2027-01-17', today: '2026-11-24', asOf: null })
  expect(expiry.days).toHaveLength(56)
  expect(at(expiry, '2026-11-23').rows.map(({ name }) => name)).toEqual(['over'])
  expect(at(expiry, '2026-11-24').rows.map(({ name }) => name)).toEqual(['this-morning', 'today'])
  expect(at(expiry, '2027-01-17').rows.map(({ name }) => name)).toEqual(['by-hand'])
  expect(expiry.days.flatMap(({ rows }) => rows).map(({ name }) => name)).not.toContain('after')
  expect(expiry.next).toBe('2026-11-24T10:00:00.000Z')
})

test('each line says what it proves and who would have to renew it', async () => {
  const [line] = at(await ask(), '2026-11-27').rows
  expect(line).toMatchObject({
    name: 'partner',
    proves: { key: 'demo:user/billing', name: 'billing', kind: 'identity' },
    more: 1,
    owner: { key: 'person:mara@x.org', name: 'Mara Quill' },
  })
  expect(at(await ask(), '2026-11-30').rows[0]).toMatchObject({ kind: 'secret', proves: { name: 'partner' } })
  expect(at(await ask(), '2026-11-24').rows[1]).toMatchObject({ proves: null, owner: null })
})

test('what its source says renews itself is left out and counted; what no source tells of is not taken for renewing', async () => {
  const expiry = await ask()
  expect(at(expiry, '2026-11-27').rows.map(({ name }) => name)).toEqual(['partner'])
  expect(expiry.renewing).toEqual([{ kind: 'credential', q: 'expires:any renews:yes', count: 1 }])
  expect(expiry.told).toMatchObject([{ kind: 'credential', count: 2 }])
})

test('what has no end date that was read is counted with its reasons; what never ends is not', async () => {
  const { undated } = await ask()
  expect(undated.credentials.count).toBe(2)
  expect(undated.identities.count).toBe(1)
  expect(undated.why).toEqual([
    { reason: 'not reported by host-ops', count: 1 },
    { reason: 'the file is not readable', count: 1 },
  ])
})

test.each(['', 'from=2026-12-30', 'from=2027-05-01', 'as-of=2026-11-22'])(
  'every number of the calendar is that of the rows it leads to: %s',
  async (query) => {
    const expiry = await ask(query)
    const tallies = [
      ...[expiry.soon, expiry.later, expiry.ended, expiry.renewing, expiry.told].flat(),
      ...[expiry.undated.credentials, expiry.undated.identities],
      ...expiry.days.flatMap(({ counts }) => counts),
    ]
    expect(tallies.length).toBeGreaterThan(2)
    for (const tally of tallies) expect({ ...tally, count: await rowsOf(tally, expiry.asOf) }).toEqual(tally)
  },
)

test('of a crowded day the first lines come, and the count is of all', async () => {
  const day = at(await ask(), '2026-12-31')
  expect(day.counts).toEqual([{ kind: 'credential', q: 'expires:2026-12-31 -renews:yes', count: 45 }])
  expect(day.rows).toHaveLength(40)
})

test('any day of a week opens that week', async () => {
  expect(await ask('from=2026-12-30')).toMatchObject({ from: '2026-12-28', until: '2027-02-21', today: '2026-11-24' })
  expect(await ask('from=2026-12-28')).toMatchObject({ from: '2026-12-28' })
})

test.each(['yesterday', '2026-13-01', '0001-01-01', '9999-12-31'])('from=%s is refused', async (from) => {
  expect((await viewer('GET', `/v1/expiry?from=${from}`)).status).toBe(400)
})

test('the calendar of an earlier day has what was to end then, and what has begun to end since is not in it', async () => {
  const then = await ask('as-of=2026-11-22')
  expect(then).toMatchObject({
    today: '2026-11-22',
    asOf: '2026-11-22T23:59:59.999Z',
    from: '2026-11-16',
  })
  expect(then.days.flatMap(({ rows }) => rows).map(({ name }) => name)).toEqual(['partner', 'gone', 'nightly'])
  expect(at(then, '2026-12-04').rows[0]).toMatchObject({
    proves: { name: 'billing' },
    owner: { name: 'Mara Quill' },
  })
})

test('the place that leads there says the number that stands there', async () => {
  const frame: Frame = (await viewer('GET', '/v1/frame')).body
  const { soon } = await ask()
  expect(frame.expiringSoon).toBe(soon.reduce((sum, { count }) => sum + count, 0))
  expect(soon).toMatchObject([
    { kind: 'credential', count: 2 },
    { kind: 'identity', count: 1 },
    { kind: 'secret', count: 1 },
  ])
})
