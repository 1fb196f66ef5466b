import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { frameworks } from '../assess/index.ts'
import { systemClock } from '../platform/index.ts'
import type { ControlView, EvidenceItem, EvidenceRows, FrameworkPage, Frameworks } from '../read/index.ts'
import type { Edge, Entity } from '../sdk/index.ts'
import { judge, read } from './testing/estate.ts'
import { type Client, type TestServer, testServer } from './testing/index.ts'

const NOW = new Date('2026-11-24T09:00:00.000Z')
const DAY = 86_400_000
const ago = (days: number): { value: string } => ({ value: new Date(NOW.getTime() - days * DAY).toISOString() })
let server: TestServer
let viewer: Client

const account = (name: string, more: Partial<Entity> = {}) =>
  ({ kind: 'identity', type: 'demo_user', key: `demo:user/${name}`, name, ...more }) as const
const key = (name: string, who: string, more: Partial<Entity> = {}): (Edge | ReturnType<typeof keyed>)[] => [
  keyed(name, more),
  { from: `demo:${name}`, verb: 'authenticates', to: `demo:user/${who}` },
]
const keyed = (name: string, more: Partial<Entity>) =>
  ({ kind: 'credential', type: 'demo_key', key: `demo:${name}`, name, method: 'access-key', ...more }) as const

const people = [{ kind: 'person', type: 'person', key: 'person:mara@x.org', name: 'Mara Quill' } as const]
const estate = [
  ...people,
  account('fresh', { lastUsed: ago(1), attributes: { purpose: 'sends invoices' } }),
  account('stale', { lastUsed: ago(400), attributes: { tags: { team: 'billing' } } }),
  account('dark', { lastUsed: { unknown: 'the log is refused', permission: 'logs.read' } }),
  account('off', { attributes: { disabled: true } }),
  { from: 'person:mara@x.org', verb: 'owns', to: 'demo:user/fresh' } as const,
  ...key('new', 'fresh', { created: ago(10) }),
  ...key('old', 'stale', { created: ago(900) }),
  ...key('undated', 'dark'),
  ...key('off', 'off', { created: ago(900), attributes: { disabled: true } }),
  keyed('of-nobody', { created: ago(800) }),
]

const pageOf = async (id: string, query = ''): Promise<FrameworkPage> =>
  (await viewer('GET', `/v1/frameworks/${id}${query}`)).body
const controlOf = async (framework: string, id: string): Promise<ControlView> =>
  (await pageOf(framework)).controls.find((one) => one.id === id)!
const itemOf = async (framework: string, id: string, evidence: string): Promise<EvidenceItem> =>
  (await controlOf(framework, id)).evidence.find((one) => one.id === evidence)!
const rowsOf = async (framework: string, query: Record<string, string>): Promise<EvidenceRows> =>
  (await viewer('GET', `/v1/frameworks/${framework}/rows?${new URLSearchParams(query)}`)).body

beforeAll(async () => {
  server = await testServer({ clock: { ...systemClock, now: () => NOW } })
  viewer = await server.as('viewer')
})
afterAll(() => server?.close())

test('before anything is judged no control is met', async () => {
  const { rows, judged } = (await viewer('GET', '/v1/frameworks')).body as Frameworks
  expect(judged).toBeNull()
  expect(rows.map(({ id }) => id)).toEqual(frameworks.map(({ id }) => id))
  for (const { controls } of rows) expect(controls).toMatchObject({ met: 0, notMet: 0, notApplicable: 0 })
})

describe('an estate that was judged', () => {
  beforeAll(async () => {
    await read(server.database, estate, { at: new Date(NOW.getTime() - 3_600_000) })
  })

  test('keys are met, not met and unknown by their cryptoperiod, under the identity they prove; what proves nobody stands for itself', async () => {
    const item = await itemOf('nist-sp-800-57', '5.3.6-3', 'cryptoperiod-access-key')
    expect(item.identities).toEqual({ met: 1, notMet: 1, unknown: 1, notApplicable: 1 })
    expect(item.others).toMatchObject({ met: 0, notMet: 1, unknown: 0 })
    expect(item.reads).toBe(
      'met for 1, not met for 1, unknown for 1; of what belongs to no known identity met for 0, not met for 1, unknown for 0',
    )
    expect(item.state).toBe('not-met')
    expect(item).toMatchObject({ judged: '2026-11-24T08:00:00.000Z', read: '2026-11-24T08:00:00.000Z', partial: false })
  })

  test('each number is as many rows, of every item of every control', { timeout: 60_000 }, async () => {
    let checked = 0
    for (const { id } of frameworks) {
      for (const control of (await pageOf(id)).controls) {
        for (const item of control.evidence) {
          for (const [of, tally] of [
            ['identities', item.identities],
            ['others', item.others],
          ] as const) {
            for (const [state, count] of [
              ['met', tally.met],
              ['not-met', tally.notMet],
              ['unknown', tally.unknown],
            ] as const) {
              if (count === 0) continue
              const page = await rowsOf(id, { control: control.id, evidence: item.id, state, of })
              expect([id, control.id, item.id, state, page.total, page.rows.length]).toEqual([
                id,
                control.id,
                item.id,
                state,
                count,
                count,
              ])
              checked++
            }
          }
          if (item.findings !== null) {
            const query = new URLSearchParams({ q: item.findings.q, limit: '1' })
            expect((await viewer('GET', `/v1/findings?${query}`)).body.total.count).toBe(item.findings.count)
          }
          if (item.open !== null) {
            const query = new URLSearchParams({ q: item.open.q, limit: '1' })
            expect((await viewer('GET', `/v1/findings?${query}`)).body.total.count).toBe(item.open.count)
          }
        }
      }
    }
    expect(checked).toBeGreaterThan(40)
  })

  test('a row says why, and names its finding', async () => {
    const stale = await rowsOf('cis-controls', { control: '5.3', state: 'not-met' })
    expect(stale.rows.map(({ entity }) => entity.name)).toEqual(['stale'])
    expect(stale.rows[0]!.because[0]).toMatchObject({ finding: expect.stringMatching(/^F-\d+$/), state: 'open' })
    const undated = await rowsOf('nist-sp-800-57', { control: '5.3.6-3', state: 'unknown' })
    expect(undated.rows.map(({ entity, because }) => [entity.name, because[0]!.says])).toEqual([
      ['dark', 'No source says when it was made.'],
    ])
  })

  test('what is out of force, and what no rule concerns, is neither met nor not met', async () => {
    const item = await itemOf('cis-controls', '5.5', 'purpose')
    expect(item.identities).toEqual({ met: 1, notMet: 2, unknown: 0, notApplicable: 1 })
    const { rows } = await rowsOf('cis-controls', { control: '5.5', evidence: 'purpose', state: 'not-met' })
    expect(rows[0]!.because[0]!.says).toContain('its owner can, in the note of a review')
  })

  test('an owner’s word is evidence for a quarter or a year, and none once it is taken back', async () => {
    const { pool } = server.database
    const before = await itemOf('cis-controls', '5.5', 'reviewed-this-quarter')
    expect(before.identities).toMatchObject({ met: 0, notMet: 3 })
    const certify = async (entity: string, at: Date, takesBack: string | null = null, note: string | null = null) =>
      (
        await pool.query(
          `insert into act.certification (entity, aliases, person, person_name, answer, by, at, shown, takes_back, note)
           values ($1, '{}', 'person:mara@x.org', 'Mara Quill', 'mine', 'test', $2, '{}', $3, $4) returning id`,
          [entity, at, takesBack, note],
        )
      ).rows[0].id as string
    await certify('demo:user/fresh', new Date(NOW.getTime() - 30 * DAY))
    const revoked = await certify('demo:user/stale', new Date(NOW.getTime() - 20 * DAY))
    await certify('demo:user/stale', new Date(NOW.getTime() - 19 * DAY), revoked)
    await certify('demo:user/dark', new Date(NOW.getTime() - 200 * DAY), null, 'keeps the lights on')
    await judge(server.database, new Date(NOW.getTime() - 1_800_000))
    expect((await itemOf('cis-controls', '5.5', 'reviewed-this-quarter')).identities).toMatchObject({
      met: 1,
      notMet: 2,
    })
    expect((await itemOf('pci-dss', '7.2.5.1', 'reviewed-this-year')).identities).toMatchObject({ met: 2, notMet: 1 })
    // What it is for may be said there too.
    expect((await itemOf('cis-controls', '5.5', 'purpose')).identities).toMatchObject({ met: 2, notMet: 1 })
  })

  test('a failure that was accepted is still not met', async () => {
    const before = await itemOf('cis-controls', '5.3', 'in-use')
    const { rows } = (await rowsOf('cis-controls', { control: '5.3', state: 'not-met' })) as EvidenceRows
    const operator = await server.as('operator')
    const until = new Date(NOW.getTime() + 20 * DAY).toISOString()
    const finding = rows[0]!.because[0]!.finding!
    expect(
      (await operator('POST', `/v1/findings/${finding}/mute`, { body: { until, reason: 'a yearly job' } })).status,
    ).toBe(200)
    await judge(server.database, new Date(NOW.getTime() - 900_000))
    const after = await itemOf('cis-controls', '5.3', 'in-use')
    expect(after.identities).toEqual(before.identities)
    expect(after.findings!.count).toBe(before.findings!.count)
    expect((await rowsOf('cis-controls', { control: '5.3', state: 'not-met' })).rows[0]!.because[0]!.state).toBe(
      'muted',
    )
  })

  test('where a listing was refused, what would be met is unknown, and the grant is named', async () => {
    const whole = await controlOf('cis-controls', '16.8')
    expect(whole.state).toBe('met')
    await read(server.database, estate, {
      at: new Date(NOW.getTime() - 600_000),
      lines: [
        { scope: 'eu', expected: 12, obtained: 10, refused: 2, reason: '403 on eu', permission: 'demo.read in eu' },
      ],
    })
    const partial = await controlOf('cis-controls', '16.8')
    expect(partial.state).toBe('unknown')
    expect(partial.because).toContain('not read whole')
    expect(partial.evidence[0]).toMatchObject({ partial: true })
    expect(partial.evidence[0]!.sources[0]).toMatchObject({
      complete: false,
      refused: 2,
      reason: '403 on eu',
      permission: 'demo.read in eu',
    })
    const { controls } = (await pageOf('cis-controls')).framework
    expect(controls.met).toBe(0)
  })

  test('an earlier day is as it was judged then', async () => {
    await read(
      server.database,
      estate.map((one) => ('kind' in one && one.name === 'stale' ? { ...one, lastUsed: ago(0) } : one)),
      { at: new Date(NOW.getTime() - 60_000) },
    )
    expect((await itemOf('cis-controls', '5.3', 'in-use')).identities.notMet).toBe(0)
    const then = await pageOf('cis-controls', `?as-of=${new Date(NOW.getTime() - 3_000_000).toISOString()}`)
    expect(then.judged).toBe('2026-11-24T08:00:00.000Z')
    expect(then.controls.find(({ id }) => id === '5.3')!.evidence[0]!.identities.notMet).toBe(1)
  })
})

test('a framework, control or state that does not exist is a clear refusal', async () => {
  const unknown = await viewer('GET', '/v1/frameworks/pci')
  expect(unknown).toMatchObject({ status: 404, body: { code: 'framework/unknown' } })
  expect(unknown.body.detail).toContain('pci-dss')
  expect(await viewer('GET', '/v1/frameworks/pci-dss/rows?control=9.9&state=met')).toMatchObject({
    status: 404,
    body: { code: 'framework/no-control' },
  })
  expect(await viewer('GET', '/v1/frameworks/pci-dss/rows?control=8.6.2&evidence=x&state=met')).toMatchObject({
    status: 404,
    body: { code: 'framework/no-evidence' },
  })
  expect((await viewer('GET', '/v1/frameworks/pci-dss/rows?control=8.6.2&state=fine')).status).toBe(400)
  const owner = await server.as('owner')
  expect((await owner('GET', '/v1/frameworks')).status).toBe(403)
})
