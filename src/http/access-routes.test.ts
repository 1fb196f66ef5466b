import { afterAll, beforeAll, expect, test } from 'vitest'
import { allow, arn, deny, EVERYTHING, type Invented, trustOf } from '../access/testing/account.ts'
import { describedAccount } from '../access/testing/described.ts'
import { type Client, read, type TestServer, testServer } from './testing/index.ts'

const ACCOUNT = '222233334444'
const key = (kind: string, name: string) => `aws:${arn(kind, name)}`
const BUCKET = 'arn:aws:s3:::payroll'
const DAY = 86_400_000
const at = (days: number) => new Date(Date.now() - days * DAY)

const ESTATE: Invented = {
  users: {
    ana: {
      inline: [
        allow(['s3:GetObject', 's3:ListBucket'], [`${BUCKET}`, `${BUCKET}/*`]),
        deny('s3:GetObject', `${BUCKET}/secret/*`),
      ],
    },
    bob: { inline: [allow('iam:CreateAccessKey', arn('user', 'root'))] },
    root: { inline: [EVERYTHING] },
    cyd: { inline: [allow('s3:GetObject', '*', { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } })] },
  },
  roles: {
    'app-backup': { inline: [allow(['s3:PutObject', 's3:GetObject', 'sqs:SendMessage'])] },
    'db-backup': { inline: [allow(['s3:PutObject', 's3:ListBucket', 'ec2:DescribeInstances'])] },
    ci: {
      inline: [allow('ecr:PutImage')],
      trust: {
        Statement: {
          Effect: 'Allow',
          Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com` },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: { StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:acme*' } },
        },
      },
    },
    lent: { inline: [allow('s3:ListAllMyBuckets')], trust: trustOf({ AWS: '999988887777' }) },
  },
}

let server: TestServer
let admin: Client
beforeAll(async () => {
  server = await testServer()
  const before = describedAccount({
    ...ESTATE,
    users: { ...ESTATE.users, ana: { inline: [allow('s3:ListBucket', BUCKET)] } },
  })
  await read(server.database, before, { connection: 'aws-main', at: at(20) })
  await read(
    server.database,
    [
      ...describedAccount(ESTATE),
      { kind: 'resource', type: 'aws_s3_bucket', key: `aws:${BUCKET}`, attributes: { account: ACCOUNT } },
      {
        kind: 'entitlement',
        type: 'aws_resource_policy',
        key: `aws:${BUCKET}#policy`,
        attributes: {
          document: {
            Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `${BUCKET}/public/*` }],
          },
        },
      },
      { kind: 'resource', type: 'aws_s3_bucket', key: 'aws:arn:aws:s3:::hidden', attributes: { account: ACCOUNT } },
      {
        kind: 'entitlement',
        type: 'aws_resource_policy',
        key: 'aws:arn:aws:s3:::hidden#policy',
        unknowns: { document: { reason: 'access denied', permission: 's3:GetBucketPolicy' } },
      },
    ],
    {
      connection: 'aws-main',
      at: at(10),
      lines: [
        { scope: ACCOUNT, expected: null, obtained: 9, refused: 0, reason: null, permission: null },
        {
          scope: `${ACCOUNT} s3:GetBucketPolicy`,
          expected: null,
          obtained: 0,
          refused: 1,
          reason: 'access denied',
          permission: 's3:GetBucketPolicy',
        },
      ],
    },
  )
  const used = (name: string, services: [string, string][], never: string[]): Parameters<typeof read>[1][number] => ({
    kind: 'identity',
    type: 'aws_iam_role',
    key: key('role', name),
    attributes: {
      servicesAccessed: services.map(([service, when]) => ({ service, at: when, region: null })),
      servicesNotAccessed: never,
    },
  })
  await read(
    server.database,
    [
      used('app-backup', [['s3', '2026-11-01T00:00:00.000Z']], ['sqs']),
      used('db-backup', [['s3', '2026-11-02T00:00:00.000Z']], ['ec2']),
      { from: key('user', 'ana'), verb: 'called', to: `aws:${BUCKET}`, attributes: { actions: ['s3:ListBucket'] } },
    ],
    { connection: 'aws-main', collection: 'last-accessed', at: at(9) },
  )
  admin = await server.as('viewer')
})
afterAll(() => server.close())

const ask = async (path: string, query: Record<string, string>) => {
  const { status, body } = await admin('GET', `/v1/access/${path}?${new URLSearchParams(query)}`)
  return { status, ...body }
}
const who = ({ rows }: { rows: { subject: { name: string }; verdict: string }[] }) =>
  rows.map(({ subject, verdict }) => `${subject.name} ${verdict}`).sort()

test('who can: those who surely can, those for whom it depends, and everybody from elsewhere', async () => {
  const seen = await ask('who-can', { action: 's3:GetObject', resource: `${BUCKET}/public/a` })
  expect(who(seen)).toEqual([
    'ana yes',
    'app-backup yes',
    'bob yes',
    'ci yes',
    'cyd yes',
    'db-backup yes',
    'lent yes',
    'root yes',
  ])
  expect(seen.outside).toMatchObject([{ who: 'everybody', kind: 'everybody', verdict: 'yes' }])
  const plain = await ask('who-can', { action: 's3:GetObject', resource: `${BUCKET}/a` })
  expect(who(plain)).toEqual(['ana yes', 'app-backup yes', 'cyd depends', 'root yes'])
  expect(plain.rows.find((row: { verdict: string }) => row.verdict === 'depends').dependsOn).toEqual([
    'aws:SourceIp (IpAddress 10.0.0.0/8)',
  ])
  expect(plain.outside).toEqual([])
  expect(who(await ask('who-can', { action: 's3:GetObject', resource: `${BUCKET}/secret/a` }))).toEqual([
    'app-backup yes',
    'cyd depends',
    'root yes',
  ])
})

test('where the policy of the resource was not read nobody surely can, and what was refused is said', async () => {
  const { rows, notRead } = await ask('who-can', { action: 's3:GetObject', resource: 'arn:aws:s3:::hidden/a' })
  expect(rows.map(({ verdict }: { verdict: string }) => verdict)).toEqual(['depends', 'depends', 'depends'])
  expect(rows[0].dependsOn).toContain('the policy of arn:aws:s3:::hidden (was not read: access denied)')
  expect(notRead).toEqual([
    `aws-main: all of ${ACCOUNT} s3:GetBucketPolicy not read: access denied (s3:GetBucketPolicy)`,
  ])
})

test('why: the statement that decides, of every layer', async () => {
  const yes = await ask('why', { principal: 'ana', action: 's3:GetObject', resource: `${BUCKET}/a` })
  expect(yes).toMatchObject({ verdict: 'yes', because: 'inline-0 of ana, statement 1 allows it' })
  const no = await ask('why', { principal: key('user', 'ana'), action: 's3:GetObject', resource: `${BUCKET}/secret/a` })
  expect(no).toMatchObject({ verdict: 'no', because: 'inline-1 of ana, statement 1 denies it' })
  expect(no.layers.map(({ layer }: { layer: string }) => layer)).toContain('door')
  expect(await ask('why', { principal: 'nobody-here', action: 's3:GetObject', resource: '*' })).toMatchObject({
    status: 404,
    code: 'access/unknown',
  })
})

test('what can: granted beside used, with the way up and who satisfies the trust', async () => {
  const backup = await ask('what-can', { principal: 'app-backup' })
  expect(backup.services.map(({ service, used }: { service: string; used: object }) => [service, used])).toEqual([
    ['s3', { value: '2026-11-01T00:00:00.000Z' }],
    ['sqs', { value: null }],
  ])
  expect(backup).toMatchObject({ isAdmin: false, paths: [], everything: false })
  const bob = await ask('what-can', { principal: 'bob' })
  expect(bob.services[0].used.unknown).toBeDefined()
  expect(bob.paths[0].map(({ to }: { to: string }) => to)).toEqual([arn('user', 'root'), 'admin'])
  expect((await ask('what-can', { principal: 'root' })).isAdmin).toBe(true)
  const ci = await ask('what-can', { principal: 'ci' })
  expect(ci.trust).toMatchObject([{ issuer: 'GitHub', breadth: 'anybody', asksAudience: false }])
})

test('what if: what is gained and lost, which ways up appear, which observed calls break; nothing is changed', async () => {
  const what = async (body: object) => (await admin('POST', '/v1/access/what-if', { body })).body
  const added = await what({ principal: 'ana', policy: allow('iam:CreateAccessKey', arn('user', 'root')), mode: 'add' })
  expect(added.gained).toMatchObject([{ action: 'iam:CreateAccessKey' }])
  expect(added).toMatchObject({ lost: [], vanish: [], broken: [], observed: 1 })
  expect(added.appear.map(({ principal }: { principal: string }) => principal)).toContain(arn('user', 'ana'))
  const less = await what({ principal: 'ana', policy: JSON.stringify(allow('s3:GetObject')), mode: 'replace' })
  expect(less.broken).toEqual([{ action: 's3:ListBucket', resource: BUCKET }])
  expect((await what({ principal: 'root', policy: allow('s3:*'), mode: 'replace' })).isAdmin).toEqual({
    before: true,
    after: false,
  })
  expect((await what({ principal: 'bob', policy: allow('s3:*'), mode: 'replace' })).vanish.length).toBeGreaterThan(0)
  expect(await what({ principal: 'bob', policy: { Statement: [{ Effect: 'Maybe' }] } })).toMatchObject({
    code: 'access/policy',
  })
  expect((await ask('what-can', { principal: 'bob' })).services[0].service).toBe('iam')
})

test('the smallest policy keeps what was used, and every call is asked again', async () => {
  const least = async (body: object) => (await admin('POST', '/v1/access/least', { body })).body
  const used = await least({ principal: 'app-backup' })
  expect(used.policy.Statement).toEqual([
    { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: ['*'] },
  ])
  expect(used.proof).toEqual({ calls: 2, allowed: 2 })
  expect(used.terraform).toContain('resource "aws_iam_policy" "app_backup_least"')
  const given = await least({ principal: 'ana', calls: [{ action: 's3:GetObject', resource: `${BUCKET}/a` }] })
  expect(given.policy.Statement).toEqual([{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: [`${BUCKET}/a`] }])
  const kept = await least({ principal: 'bob' })
  expect(kept.policy.Statement[0].Action).toEqual(['iam:CreateAccessKey'])
  expect(kept.unknown).toEqual(['iam: when it last used each service was not read'])
})

test('what is unused is counted apart from what nobody knows', async () => {
  const { rows } = await ask('unused', {})
  const row = (name: string) => rows.find(({ subject }: { subject: { name: string } }) => subject.name === name)
  expect(row('app-backup')).toMatchObject({ used: 2, unused: 1, unknown: 0, unusedServices: ['sqs'], days: 400 })
  expect(row('bob')).toMatchObject({ used: 0, unused: 0, unknown: 1 })
  expect(rows[0]).toMatchObject({ subject: { name: 'root' }, everything: true })
})

test('what is open to others is listed with the statement', async () => {
  const { rows } = await ask('exposure', {})
  expect(rows.map(({ object, kind, who }: Record<string, string>) => `${object} ${kind} ${who}`).sort()).toEqual([
    `${key('role', 'ci')} federation arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`,
    `${key('role', 'lent')} account 999988887777`,
    `aws:${BUCKET} everybody *`,
  ])
})

test('what one can do more than before, and what it could then', async () => {
  const day = (days: number) => at(days).toISOString()
  const changed = await ask('changes', { principal: 'ana', since: day(15) })
  expect(changed.gained).toMatchObject([
    { action: 's3:GetObject', on: [BUCKET, `${BUCKET}/*`] },
    { action: 's3:ListBucket', on: [`${BUCKET}/*`] },
  ])
  expect(changed).toMatchObject({ lost: [], wasThere: true })
  expect(
    changed.told.map(({ what, name, at: when }: Record<string, string>) => [what, name, when!.slice(0, 10)]).sort(),
  ).toEqual([
    ['added', 'ana#inline-1', at(10).toISOString().slice(0, 10)],
    ['rewritten', 'ana#inline-0', at(10).toISOString().slice(0, 10)],
  ])
  const then = await ask('why', { principal: 'ana', action: 's3:GetObject', resource: `${BUCKET}/a`, 'as-of': day(15) })
  expect(then.verdict).toBe('no')
  expect(await ask('changes', { principal: 'ana', since: day(100) })).toMatchObject({
    status: 404,
    code: 'past/nothing-read',
  })
})

test('a template is what all alike used, and names them', async () => {
  const { peers, policy } = await ask('template', { like: 'backup' })
  expect(peers.map(({ name }: { name: string }) => name).sort()).toEqual(['app-backup', 'db-backup'])
  expect(policy.Statement).toEqual([{ Effect: 'Allow', Action: ['s3:PutObject'], Resource: ['*'] }])
})

test('derived rows are written once, and tell what they stand on', async () => {
  const now = { now: new Date(), asOf: null }
  const { access } = { access: (await import('./access-desk.ts')).startAccessDesk({ url: server.database.url }) }
  try {
    const first = await access.ask('derive', { done: {} }, now)
    expect(first.added).toBeGreaterThan(0)
    expect(await access.ask('derive', { done: first.done }, { now: at(-1), asOf: null })).toMatchObject({
      added: 0,
      gone: 0,
    })
    const { rows: worked } = await server.database.pool.query(`select at from graph.derivation where maker = 'access'`)
    expect(worked[0].at.toISOString()).toBe(now.now.toISOString())
    expect(await access.ask('derive', { done: {} }, now)).toMatchObject({ added: 0, gone: 0 })
  } finally {
    await access.stop()
  }
  const { rows } =
    await server.database.pool.query(`select f.key as f, t.key as t, verb, actions, depends_on, says from graph.derived_edge d
    join graph.key f on f.id = from_key join graph.key t on t.id = to_key where valid_to is null order by f.key, t.key`)
  const sentence = ({ f, verb, t }: Record<string, string>) =>
    `${f!.split('/').at(-1)} ${verb} ${t!.split('/').at(-1)!.replace('aws:arn:aws:s3:::', '')}`
  const said = rows.map(sentence)
  expect(said).toEqual(
    expect.arrayContaining([
      `root escalates-to ${ACCOUNT}`,
      'bob escalates-to root',
      'ana reaches payroll',
      'aws:arn:aws:iam::999988887777:root escalates-to lent',
      'aws:everybody escalates-to ci',
    ]),
  )
  expect(said).not.toContain('ana escalates-to root')
  expect(rows.find((row) => sentence(row) === 'bob escalates-to root')).toMatchObject({
    actions: ['iam:CreateAccessKey'],
    depends_on: null,
  })
  expect(rows.find((row) => sentence(row).startsWith('cyd reaches payroll')).depends_on).toContain('aws:SourceIp')
})

test('who may not see is refused', async () => {
  expect((await server.anyone('GET', '/v1/access/exposure')).status).toBe(401)
})
