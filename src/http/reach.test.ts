import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Reach, ReachAround, ReachBlast, ReachChokePoints, ReachTierZero, ReachTried } from '../read/index.ts'
import type { Edge, Entity } from '../sdk/index.ts'
import { type Client, read, type TestServer, testServer } from './testing/index.ts'

type Item = (Partial<Entity> & Pick<Entity, 'kind' | 'type' | 'key'>) | Edge
const HOSTILE = '<img src=x onerror=alert(1)> \u202Egnp.exe'

const says = (from: string, verb: Edge['verb'], to: string, attributes?: Edge['attributes']): Edge => ({
  from,
  verb,
  to,
  ...(attributes === undefined ? {} : { attributes }),
})

/** A repository, whose workflow becomes a role of the cloud, which reads a bucket; and beside it what leads nowhere. */
const company: Item[] = [
  { kind: 'resource', type: 'github_repository', key: 'github:repo/shop', name: 'acme/shop' },
  { kind: 'workload', type: 'github_workflow', key: 'github:flow/deploy', name: 'deploy.yml' },
  { kind: 'identity', type: 'aws_iam_role', key: 'aws:role/deploy', name: 'deploy' },
  { kind: 'entitlement', type: 'aws_iam_policy', key: 'aws:policy/exports', name: 'exports-read' },
  {
    kind: 'resource',
    type: 'aws_s3_bucket',
    key: 'aws:bucket/exports',
    name: 'cardholder-exports',
    sensitivity: 'restricted',
    environment: 'production',
  },
  says('github:repo/shop', 'contains', 'github:flow/deploy'),
  says('github:flow/deploy', 'assumes', 'aws:role/deploy'),
  says('aws:role/deploy', 'has', 'aws:policy/exports'),
  says('aws:policy/exports', 'allows', 'aws:bucket/exports', { actions: ['s3:GetObject'] }),
  // Two ways to the account, one shorter than the other.
  { kind: 'workload', type: 'github_workflow', key: 'github:flow/release', name: 'release.yml' },
  { kind: 'workload', type: 'github_workflow', key: 'github:flow/other', name: 'other.yml' },
  { kind: 'identity', type: 'aws_iam_role', key: 'aws:role/release', name: 'release' },
  { kind: 'identity', type: 'aws_iam_role', key: 'aws:role/backdoor', name: 'backdoor' },
  says('github:repo/shop', 'contains', 'github:flow/release'),
  says('github:repo/shop', 'contains', 'github:flow/other'),
  says('github:flow/release', 'assumes', 'aws:role/release'),
  says('aws:role/release', 'allows', 'aws:account', { actions: ['*'] }),
  says('github:flow/other', 'assumes', 'aws:role/backdoor'),
  says('aws:role/backdoor', 'has', 'aws:policy/admin'),
  // The account itself, and who comes to it.
  { kind: 'resource', type: 'aws_account', key: 'aws:account', name: 'production', tier: 0, environment: 'production' },
  { kind: 'entitlement', type: 'aws_iam_policy', key: 'aws:policy/admin', name: 'admin' },
  { kind: 'identity', type: 'aws_iam_role', key: 'aws:role/admin', name: 'admin' },
  {
    kind: 'identity',
    type: 'aws_iam_user',
    key: 'aws:user/ci',
    name: 'ci',
    lastUsed: { value: '2026-11-20T00:00:00.000Z' },
  },
  { kind: 'identity', type: 'aws_iam_user', key: 'aws:user/maybe', name: HOSTILE },
  { kind: 'identity', type: 'aws_iam_user', key: 'aws:user/bystander', name: 'bystander' },
  { kind: 'credential', type: 'aws_access_key', key: 'aws:key/ci', name: 'AKIAEXAMPLE', method: 'access-key' },
  { kind: 'secret', type: 'file_secret', key: 'git:file/env', name: 'deploy/.env:14' },
  says('aws:policy/admin', 'allows', 'aws:account', { actions: ['*'] }),
  says('aws:role/admin', 'has', 'aws:policy/admin'),
  says('aws:user/ci', 'assumes', 'aws:role/admin'),
  says('aws:user/maybe', 'assumes', 'aws:role/admin', { conditions: ['aws:SourceVpc is vpc-1'] }),
  says('aws:key/ci', 'authenticates', 'aws:user/ci'),
  says('git:file/env', 'holds', 'aws:key/ci'),
  { kind: 'workload', type: 'systemd_unit', key: 'host:unit/nightly', name: 'nightly.timer' },
  says('host:unit/nightly', 'uses', 'git:file/env'),
  says('aws:user/ci', 'called', 'aws:account', { last: '2026-11-20T00:00:00.000Z' }),
  says('aws:user/bystander', 'called', 'aws:bucket/exports', { last: '2026-11-20T00:00:00.000Z' }),
]

/** Exactly those who come to the account. */
const ALL = ['aws:role/admin', 'aws:role/backdoor', 'aws:role/release', 'aws:user/ci', 'aws:user/maybe']

let server: TestServer
let viewer: Client
beforeAll(async () => {
  server = await testServer()
  viewer = await server.as('viewer')
  await read(server.database, company, { connection: 'acme', collection: 'all' })
})
afterAll(() => server.close())

const get = async <T>(path: string): Promise<T> => {
  const answer = await viewer('GET', path)
  if (answer.status !== 200) throw new Error(`${path}: ${answer.text}\n${String(server.errors.at(-1) ?? '')}`)
  return answer.body
}
const of = (key: string) => encodeURIComponent(key)
const names = ({ things, hops, paths }: Reach): string[] =>
  paths.map(({ hops: path }) =>
    [things[hops[path[0]!]!.from]!.name, ...path.map((at) => things[hops[at]!.to]!.name)].join(' > '),
  )

describe('paths', () => {
  test('one that crosses repository, CI, cloud role and bucket is found, each hop with its proof', async () => {
    const reach = await get<Reach>(`/v1/reach?from=${of('github:repo/shop')}&to=${of('aws:bucket/exports')}`)
    expect(names(reach)).toEqual(['acme/shop > deploy.yml > deploy > exports-read > cardholder-exports'])
    expect(reach.more).toBeNull()
    expect(reach.to).toMatchObject({ aim: null, thing: { key: 'aws:bucket/exports', sensitive: true }, ends: 1 })
    const hops = reach.paths[0]!.hops.map((at) => reach.hops[at]!)
    expect(hops.map(({ verb }) => verb)).toEqual(['contains', 'assumes', 'has', 'allows'])
    expect(hops.at(-1)!.proofs).toMatchObject([
      { actions: ['s3:GetObject'], connection: 'acme', collection: 'all', dependsOn: null },
    ])
    for (const { proofs } of hops) {
      expect(proofs.length).toBeGreaterThan(0)
      for (const proof of proofs) expect(Date.parse(proof.readAt)).not.toBeNaN()
    }
  })

  test('what contains is no cut, everything else on the only path is', async () => {
    const { cuts, hops } = await get<Reach>(`/v1/reach?from=${of('github:repo/shop')}&to=${of('aws:bucket/exports')}`)
    expect(cuts.map(({ hop, ends }) => [hops[hop]!.verb, ends])).toEqual([
      ['assumes', 1],
      ['has', 1],
      ['allows', 1],
    ])
  })

  test('a hop beside which there is another way is no cut, though the shortest path takes it', async () => {
    const reach = await get<Reach>(`/v1/reach?from=${of('github:repo/shop')}&to=tier-zero`)
    expect(names(reach)).toEqual(['acme/shop > release.yml > release > production'])
    expect(reach.cuts).toEqual([])
    expect(reach.cutsWhole).toBe(true)
  })

  test('a stolen copy is a way, and none where nothing is stolen', async () => {
    const path = `/v1/reach?from=${of('git:file/env')}&to=tier-zero`
    expect(names(await get<Reach>(path))).toEqual(['deploy/.env:14 > AKIAEXAMPLE > ci > admin > admin > production'])
    expect((await get<Reach>(`${path}&without=stolen`)).paths).toEqual([])
  })

  test('what turns on a condition is said so, and counted where it is left out', async () => {
    const path = `/v1/reach?from=${of('aws:user/maybe')}&to=tier-zero`
    const with_ = await get<Reach>(path)
    expect(with_.paths).toMatchObject([{ dependsOn: [expect.stringContaining('vpc-1')] }])
    expect(with_.unjudged.depends).toBe(1)
    const without = await get<Reach>(`${path}&without=depends`)
    expect(without).toMatchObject({ paths: [], unjudged: { depends: 1 } })
  })

  test('a thing that is left out is gone round, or nothing is left', async () => {
    const path = `/v1/reach?from=${of('aws:user/ci')}&to=tier-zero`
    expect((await get<Reach>(path)).paths).toHaveLength(1)
    expect((await get<Reach>(`${path}&avoid=${of('aws:role/admin')}`)).paths).toEqual([])
  })

  test('without a beginning, who comes there, and their first steps as a picture', async () => {
    const reach = await get<Reach>('/v1/reach')
    const rows = reach.who!.rows.map(({ thing, distance, sure }) => [thing.key, distance, sure])
    expect(rows.map(([, distance]) => distance)).toEqual([1, 2, 2, 3, 3])
    expect(rows.sort()).toEqual([
      ['aws:role/admin', 2, true],
      ['aws:role/backdoor', 2, true],
      ['aws:role/release', 1, true],
      ['aws:user/ci', 3, true],
      ['aws:user/maybe', 3, false],
    ])
    expect(reach.who).toMatchObject({ total: 5, sure: 4, next: null })
    expect(reach.hops.map(({ from, to }) => `${reach.things[from]!.key} ${reach.things[to]!.key}`)).toContain(
      'aws:user/ci aws:role/admin',
    )
    expect(reach.things.some(({ key }) => key === 'aws:user/bystander')).toBe(false)
  })

  test('rows come in pages, each once', async () => {
    const seen: string[] = []
    let cursor: string | null = ''
    for (let pages = 0; cursor !== null && pages < 9; pages++) {
      const { who }: Reach = await get(`/v1/reach?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`)
      seen.push(...who!.rows.map(({ thing }) => thing.key))
      cursor = who!.next
    }
    expect(seen.sort()).toEqual(ALL)
  })
})

test('tier zero is reached by exactly those who reach it', async () => {
  const page = await get<ReachTierZero>('/v1/reach/tier-zero')
  expect(page.things.map(({ key }) => key)).toEqual(['aws:account'])
  expect(page.rows.map(({ thing }) => thing.key).sort()).toEqual(ALL)
  expect(page).toMatchObject({ thingCount: 1, total: 5, sure: 4, next: null })
  expect(
    (await get<ReachTierZero>('/v1/reach/tier-zero?without=depends')).rows.map(({ thing }) => thing.key).sort(),
  ).toEqual(ALL.filter((key) => key !== 'aws:user/maybe'))
})

test('a choke point is what most pairs need', async () => {
  const page = await get<ReachChokePoints>('/v1/reach/choke-points?to=tier-zero')
  const admin = page.things.find(({ thing }) => thing.key === 'aws:role/admin')
  // The role itself, the two users, and the file in which a key of one lies.
  expect(admin?.pairs).toBe(4)
  expect(page.pairs).toBe(6)
  expect(page.hops.length).toBeGreaterThan(0)
  for (const { from, to, proofs } of page.hops) {
    expect(page.hopThings[from]!.key).not.toBe(page.hopThings[to]!.key)
    expect(proofs.length).toBeGreaterThan(0)
  }
})

test('what is reached, and what breaks', async () => {
  const page = await get<ReachBlast>(`/v1/reach/blast/${of('aws:user/ci')}`)
  expect(page.rows.map(({ thing }) => thing.key)).toEqual(['aws:account'])
  expect(page.reached).toMatchObject({ resources: 1, tierZero: 1, sensitive: 1, depends: 0 })
  expect(page.breaks.rows.map(({ thing, verb }) => [thing.key, verb])).toEqual([['host:unit/nightly', 'uses']])
})

test('what stands around something', async () => {
  const { things, hops } = await get<ReachAround>(`/v1/reach/around?key=${of('aws:role/admin')}`)
  expect(things.map(({ key }) => key).sort()).toEqual([
    'aws:policy/admin',
    'aws:role/admin',
    'aws:user/ci',
    'aws:user/maybe',
  ])
  expect(hops.map(({ from, to }) => `${things[from]!.key} ${things[to]!.key}`).sort()).toEqual([
    'aws:role/admin aws:policy/admin',
    'aws:user/ci aws:role/admin',
    'aws:user/maybe aws:role/admin',
  ])
})

describe('a trial', () => {
  const attempt = async (remove: object[], to = 'tier-zero') => {
    const answer = await viewer('POST', '/v1/reach/try', { body: { remove, to } })
    if (answer.status !== 200) throw new Error(`${answer.text}\n${String(server.errors.at(-1) ?? '')}`)
    return answer.body as ReachTried
  }

  test('says what goes, which calls that were seen would fail, and of whom nothing tells', async () => {
    const tried = await attempt([{ key: 'aws:role/admin' }])
    expect(tried.before.pairs - tried.after.pairs).toBe(4)
    expect(tried.calls.rows.map(({ from, to }) => [from.key, to.key])).toEqual([['aws:user/ci', 'aws:account']])
    // Of the role and of the user that nobody ever saw.
    expect(tried.calls).toMatchObject({ breaks: 1, unknown: 2 })
  })

  test('of what nobody needs, nothing goes', async () => {
    const tried = await attempt([{ from: 'aws:role/deploy', to: 'aws:policy/exports' }])
    expect(tried.after).toEqual(tried.before)
    expect(tried.calls.breaks).toBe(0)
  })

  test('changes nothing', async () => {
    const before = await get<Reach>('/v1/reach')
    await attempt([{ key: 'aws:role/admin' }])
    expect(await get<Reach>('/v1/reach')).toEqual(before)
  })
})

describe('what is asked wrongly', () => {
  test.each([
    ['/v1/reach?from=aws%3Anobody&to=tier-zero', 404, 'reach/unknown-key'],
    ['/v1/reach/blast/aws%3Anobody', 404, 'reach/unknown-key'],
    ['/v1/reach?to=nonsense', 400, 'http/invalid'],
    ['/v1/reach?without=everything', 400, 'http/invalid'],
    ['/v1/reach?inside=mars', 400, 'http/invalid'],
    ['/v1/reach?cursor=x', 400, 'http/cursor'],
    ['/v1/reach/around', 400, 'http/invalid'],
  ])('%s is answered with %d %s', async (path, status, code) => {
    const answer = await viewer('GET', path)
    expect([answer.status, answer.body.code]).toEqual([status, code])
  })

  test('a trial of nothing', async () => {
    const answer = await viewer('POST', '/v1/reach/try', { body: { remove: [] } })
    expect([answer.status, answer.body.code]).toEqual([400, 'http/invalid'])
  })
})

test('a listing that was not read whole is named, with what would answer it', async () => {
  await read(server.database, [{ kind: 'identity', type: 'aws_iam_role', key: 'aws:role/other', name: 'other' }], {
    connection: 'acme',
    collection: 'roles',
    lines: [{ scope: '', expected: 2, obtained: 1, refused: 1, reason: 'access denied', permission: 'iam:ListRoles' }],
  })
  const { unjudged } = await get<ReachTierZero>('/v1/reach/tier-zero')
  expect(unjudged.gaps).toMatchObject([{ connection: 'acme', collection: 'roles', permission: 'iam:ListRoles' }])
})
