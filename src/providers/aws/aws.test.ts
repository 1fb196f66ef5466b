import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testCollection, testRun } from '../../sdk/testing/index.ts'
import { createSplitter } from './authorization-file.ts'
import { readReport } from './credential-report.ts'
import { aws } from './index.ts'
import { principals } from './principals.ts'
import { Settings } from './settings.ts'
import { userCredentials } from './user-credentials.ts'

/** Shapes made by hand after AWS's documentation of `get-account-authorization-details`. */
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reeve-aws-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const arn = (rest: string) => `arn:aws:iam::111122223333:${rest}`
const allow = (Action: unknown, Resource: unknown, more: object = {}) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource, ...more }],
})
const role = (name: string, trust: unknown, more: object = {}) => ({
  Path: '/',
  RoleName: name,
  RoleId: `AROA${name.toUpperCase()}`,
  Arn: arn(`role/${name}`),
  CreateDate: '2025-01-01T00:00:00+00:00',
  AssumeRolePolicyDocument: trust,
  RolePolicyList: [],
  AttachedManagedPolicies: [],
  RoleLastUsed: {},
  ...more,
})
const trusts = (Principal: unknown, Condition?: unknown, Action = 'sts:AssumeRole') => ({
  Statement: [{ Effect: 'Allow', Action, Principal, ...(Condition !== undefined && { Condition }) }],
})

async function imported(details: object | string, more: object = {}) {
  const path = join(folder, `${Math.random().toString(36).slice(2)}.json`)
  await writeFile(path, typeof details === 'string' ? details : JSON.stringify(details))
  const run = testRun()
  const client = await aws.connect(Settings.parse({ files: [path], ...more }), run)
  return { client, run, read: await testCollection(principals, client, run) }
}

test('users, groups by their path, inline and managed policies stand in the graph as sentences', async () => {
  const { read } = await imported({
    UserDetailList: [
      {
        UserName: 'ci',
        UserId: 'AIDACI',
        Arn: arn('user/bots/ci'),
        Path: '/bots/',
        CreateDate: '2025-01-01T00:00:00+00:00',
        GroupList: ['deployers'],
        UserPolicyList: [{ PolicyName: 'own', PolicyDocument: allow('s3:GetObject', 'arn:aws:s3:::shop/*') }],
        AttachedManagedPolicies: [
          { PolicyName: 'AdministratorAccess', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
        ],
        PermissionsBoundary: { PermissionsBoundaryArn: arn('policy/edge') },
        Tags: [{ Key: 'Environment', Value: 'prod' }],
      },
    ],
    GroupDetailList: [{ GroupName: 'deployers', GroupId: 'AGPA1', Arn: arn('group/team/deployers'), Path: '/team/' }],
    Policies: [
      {
        PolicyName: 'AdministratorAccess',
        Arn: 'arn:aws:iam::aws:policy/AdministratorAccess',
        AttachmentCount: 1,
        DefaultVersionId: 'v1',
        PolicyVersionList: [{ VersionId: 'v1', IsDefaultVersion: true, Document: allow('*', '*') }],
      },
      {
        PolicyName: 'unused by anybody',
        Arn: 'arn:aws:iam::aws:policy/Unused',
        AttachmentCount: 0,
        PolicyVersionList: [{ VersionId: 'v1', IsDefaultVersion: true, Document: allow('*', '*') }],
      },
    ],
  })
  const key = `aws:${arn('user/bots/ci')}`
  expect(read.sentences).toEqual(
    [
      `aws:account/111122223333 contains aws:${arn('group/team/deployers')}`,
      `aws:account/111122223333 contains ${key}`,
      `${key} has ${key}#own`,
      `${key} has aws:${arn('group/team/deployers')}`,
      `${key} has aws:arn:aws:iam::aws:policy/AdministratorAccess`,
      // What a policy of AWS allows depends on the account of its holder, so the holder has the sentence.
      `${key} allows aws:account/111122223333`,
      `${key}#own allows aws:arn:aws:s3:::shop`,
    ].sort(),
  )
  expect(read.entity(key)).toMatchObject({
    environment: 'production',
    aliases: [arn('user/bots/ci'), 'AIDACI'],
    attributes: { accountKind: 'unknown', boundary: `aws:${arn('policy/edge')}`, tags: { Environment: 'prod' } },
    unknowns: { consolePassword: { permission: 'iam:GetCredentialReport' } },
  })
  expect(read.entity('aws:arn:aws:iam::aws:policy/AdministratorAccess').attributes).toMatchObject({
    privileged: true,
    ofAws: true,
  })
  expect(read.entities.some(({ key }) => key.endsWith('/Unused'))).toBe(false)
})

test('a document encoded for an address is read, one that is not JSON is unknown, and neither hides anything', async () => {
  const { read } = await imported({
    RoleDetailList: [
      role('encoded', encodeURIComponent(JSON.stringify(trusts({ Service: 'ec2.amazonaws.com' })))),
      role('broken', '%7B%22Statement', { RolePolicyList: [{ PolicyName: 'p', PolicyDocument: 'not json' }] }),
    ],
  })
  expect(read.sentences).toContain(`aws:service/ec2.amazonaws.com assumes aws:${arn('role/encoded')}`)
  expect(read.entity(`aws:${arn('role/encoded')}`).attributes['accountKind']).toBe('service')
  expect(read.entity(`aws:${arn('role/broken')}`).unknowns?.['trusts']?.reason).toBe('its document is not JSON')
  const policy = read.entity(`aws:${arn('role/broken')}#p`)
  expect(policy.unknowns?.['document']?.reason).toBe('its document is not JSON')
  expect(policy.attributes['privileged']).toBeUndefined()
})

test('who may take a role: other accounts, anybody, the deleted, sessions, federations', async () => {
  const github = arn('oidc-provider/token.actions.githubusercontent.com')
  const claim = 'token.actions.githubusercontent.com'
  const { read } = await imported(
    {
      RoleDetailList: [
        role('vendor', trusts({ AWS: '999988887777' }, { StringEquals: { 'sts:ExternalId': 'x' } })),
        role('open', trusts('*')),
        role('left', trusts({ AWS: ['AIDAABCDEFGHIJKLMNOP', 'arn:aws:sts::111122223333:assumed-role/web/session'] })),
        role(
          'gh',
          trusts(
            { Federated: github },
            { StringLike: { [`${claim}:sub`]: 'repo:acme/*' } },
            'sts:AssumeRoleWithWebIdentity',
          ),
        ),
        role('people', trusts({ Federated: arn('saml-provider/Okta') }, undefined, 'sts:AssumeRoleWithSAML')),
        role('both', {
          Statement: [
            trusts(
              { Federated: github },
              { StringEquals: { [`${claim}:sub`]: 'repo:acme/a' } },
              'sts:AssumeRoleWithWebIdentity',
            ).Statement[0],
            trusts({ Federated: github }, undefined, 'sts:AssumeRoleWithWebIdentity').Statement[0],
          ],
        }),
      ],
    },
    { ownAccounts: ['111122223333'] },
  )
  const at = (name: string) => read.entity(`aws:${arn(`role/${name}`)}`)
  expect(at('vendor').attributes['trusts']).toEqual([
    { kind: 'account', who: '999988887777', foreign: null, externalId: true, conditions: [] },
  ])
  expect(at('vendor').unknowns?.['thirdParty']?.permission).toContain('organizations:ListAccounts')
  expect(read.sentences).toContain(`aws:arn:aws:iam::999988887777:root assumes aws:${arn('role/vendor')}`)
  expect(read.sentences).toContain(`aws:everybody assumes aws:${arn('role/open')}`)
  expect(at('left').attributes['trusts']).toMatchObject([
    { kind: 'deleted', who: 'AIDAABCDEFGHIJKLMNOP' },
    { kind: 'principal' },
  ])
  expect(read.sentences).toContain(`aws:${arn('role/web')} assumes aws:${arn('role/left')}`)
  const trust = (name: string, issuer: string) => read.entity(`aws:${arn(`role/${name}`)}#trust/${issuer}`)
  expect(trust('gh', claim)).toMatchObject({
    method: 'federation',
    attributes: { subject: ['repo:acme/*'], issuer: `https://${claim}` },
  })
  expect(trust('people', 'Okta').attributes['subject']).toEqual(['saml:Okta'])
  // A second statement without a condition opens what the first one closes.
  expect(trust('both', claim).attributes['subject']).toEqual([])
  expect(at('people').attributes['accountKind']).toBe('human')
  expect(at('gh').attributes['accountKind']).toBe('service')
})

test('of several pages in one file all are read, and a page without the next is partial', async () => {
  const page = (name: string, more: boolean) =>
    JSON.stringify({
      IsTruncated: more,
      ...(more && { Marker: 'm' }),
      RoleDetailList: [role(name, trusts({ Service: 'x.amazonaws.com' }))],
    })
  const whole = (await imported(`${page('a', true)}\n${page('b', false)}`)).read
  expect(whole.entities.filter(({ type }) => type === 'aws_iam_role').length).toBe(2)
  expect(whole.ledger.refusals).toEqual([])
  const half = (await imported(page('a', true))).read
  expect(half.entities.filter(({ type }) => type === 'aws_iam_role').length).toBe(1)
  expect(half.ledger.refusals[0]?.reason).toContain('one page of several')
})

test.each([
  ['cut off', '{"RoleDetailList": [{"RoleName": "a", "Arn": "arn:aws:iam::1', /ends in the middle, after 0 details/],
  ['another thing', '{"Reservations": [{"a": 1}]}', /none of the lists/],
  ['no JSON', 'Unable to locate credentials', /no JSON object/],
  [
    'one detail that is not JSON',
    '{"UserDetailList": [{"Arn": tru}, {"Arn": "arn:aws:iam::111122223333:user/b"}]}',
    /detail 1 of the file: it is not JSON/,
  ],
  ['a detail without an ARN', '{"UserDetailList": [{"UserName": "a"}]}', /detail 1 of the file: it has no ARN/],
])('a file that is %s says so in the ledger', async (_, text, reason) => {
  const { read } = await imported(text)
  expect(read.ledger.refusals.map((one) => one.reason).join()).toMatch(reason)
  expect(read.entities.filter(({ type }) => type === 'aws_iam_user').length).toBe(text.includes('user/b') ? 1 : 0)
})

test('a file of PowerShell is told from one that is empty', async () => {
  const path = join(folder, 'wide.json')
  await writeFile(path, Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('{"UserDetailList": []}', 'utf16le')]))
  const run = testRun()
  const read = await testCollection(principals, await aws.connect(Settings.parse({ files: [path] }), run), run)
  expect(read.ledger.refusals[0]?.reason).toContain('UTF-16')
  await expect(
    testCollection(principals, await aws.connect(Settings.parse({ files: [`${path}.not`] }), run), run),
  ).rejects.toMatchObject({ code: 'aws/file' })
})

test('a file gives the same details however its bytes are cut', () => {
  const text = `{"a": {"b": [1]}, "UserDetailList": [{"Arn": "x\\"}]"}, {"Arn": "ä"}], "Policies": [], "IsTruncated": false}\n`
  const whole = [...cut(Buffer.from(text))]
  expect(whole).toEqual([
    { section: 'UserDetailList', detail: { Arn: 'x"}]' } },
    { section: 'UserDetailList', detail: { Arn: 'ä' } },
    { more: false },
  ])
  for (let size = 1; size < 20; size++) expect([...cut(Buffer.from(text), size)]).toEqual(whole)
})

function* cut(bytes: Buffer, size = bytes.length) {
  const splitter = createSplitter()
  for (let at = 0; at < bytes.length; at += size) yield* splitter.pieces(bytes.subarray(at, at + size))
  yield* splitter.end()
}

const HEAD =
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated'
const line = (name: string, password: boolean, keys: string) =>
  `${name},${name === '<root_account>' ? 'arn:aws:iam::111122223333:root' : arn(`user/${name.replaceAll('"', '')}`)},2025-01-01T00:00:00+00:00,${password},${password ? '2026-10-01T00:00:00+00:00' : 'N/A'},${password ? '2026-01-01T00:00:00+00:00' : 'N/A'},N/A,false,${keys},false,N/A,N/A,N/A,N/A,false,N/A,false,N/A`
const USED = 'true,2026-01-01T00:00:00+00:00,2026-11-01T00:00:00+00:00,eu-west-1,s3'
const NEVER = 'true,2026-01-01T00:00:00+00:00,N/A,N/A,N/A'

test('a credential report with BOM, quotes, line breaks of DOS and a wrong line: the others count, the wrong one has its number', () => {
  const report = readReport(
    `\uFEFF${HEAD}\r\n${line('<root_account>', true, USED)}\r\n"a,b"${line('', false, NEVER).replace(/^,[^,]*,/, `,${arn('user/ab')},`)}\r\nshort,row\r\n${line('=cmd', false, NEVER)}\r\n`,
  )
  expect(report.account).toBe('111122223333')
  expect([...report.users.keys()]).toEqual([arn('user/ab'), arn('user/=cmd')])
  expect(report.users.get(arn('user/ab'))?.user).toBe('a,b')
  expect(report.root?.keys).toMatchObject([{ active: true, used: '2026-11-01T00:00:00.000Z', service: 's3' }])
  expect(report.faults).toEqual([{ line: 4, says: 'it has 2 cells, not 22' }])
})

test('ten thousand policies of six kilobytes are read one by one, each with its document; one that is not JSON hides none', async () => {
  const names = Array.from({ length: 10_000 }, (_, n) => `p${n}`)
  const sid = 'x'.repeat(5_800)
  const details = names.map((name, n) => ({
    PolicyName: name,
    Arn: arn(`policy/${name}`),
    DefaultVersionId: 'v1',
    AttachmentCount: 1,
    PolicyVersionList: [
      {
        VersionId: 'v1',
        IsDefaultVersion: true,
        Document:
          n === 5_000
            ? '{"Version": '
            : { Statement: [{ Sid: sid, Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::b${n}/*` }] },
      },
    ],
  }))
  const path = join(folder, 'many.json')
  await writeFile(path, JSON.stringify({ Policies: details }))
  const run = testRun()
  const client = await aws.connect(Settings.parse({ files: [path] }), run)
  const seen = { policies: 0, documents: 0, grants: 0 }
  for await (const item of principals.read(client, run)) {
    if ('verb' in item) seen.grants += item.verb === 'allows' ? 1 : 0
    else if (item.type === 'aws_iam_policy') {
      seen.policies++
      if ('document' in item.attributes!) seen.documents++
      else expect([item.name, item.unknowns?.['document']?.reason]).toEqual(['p5000', 'its document is not JSON'])
    }
  }
  expect(seen).toEqual({ policies: 10_000, documents: 9_999, grants: 9_999 })
  expect(run.ledger.refusals).toEqual([])
})

test('with a credential report the import knows people from machines, passwords, keys and the root user', async () => {
  const path = join(folder, 'report.csv')
  await writeFile(
    path,
    [
      HEAD,
      line('<root_account>', true, USED),
      line('anna', true, 'false,N/A,N/A,N/A,N/A'),
      line('ci', false, NEVER),
    ].join('\n'),
  )
  const user = (name: string) => ({
    UserName: name,
    UserId: `AIDA${name}`,
    Arn: arn(`user/${name}`),
    CreateDate: '2025-01-01T00:00:00+00:00',
  })
  const { client, run, read } = await imported(
    { UserDetailList: [user('anna'), user('ci'), user('new')] },
    { credentialReports: [path] },
  )
  const kind = (name: string) => read.entity(`aws:${arn(`user/${name}`)}`).attributes['accountKind']
  expect([kind('anna'), kind('ci'), kind('new')]).toEqual(['human', 'service', 'unknown'])
  const credentials = await testCollection(userCredentials, client, run)
  expect(credentials.sentences).toEqual(
    [
      `aws:${arn('user/anna')}#password authenticates aws:${arn('user/anna')}`,
      `aws:${arn('user/ci')}#access-key/1 authenticates aws:${arn('user/ci')}`,
    ].sort(),
  )
  expect(credentials.entity(`aws:${arn('user/ci')}#access-key/1`)).toMatchObject({
    lastUsed: { notApplicable: 'it has never been used' },
    attributes: { status: 'Active', neverUsed: true },
    unknowns: { keyId: { permission: 'iam:ListAccessKeys' } },
  })
  const roots = await testCollection(aws.collections!.find(({ id }) => id === 'accounts')!, client, run)
  expect(roots.entity('aws:arn:aws:iam::111122223333:root')).toMatchObject({
    tier: 0,
    attributes: { accessKeysPresent: true, mfa: false },
  })
})

test('what no file holds is refused with what would answer it, never empty', async () => {
  const { client, run } = await imported({ UserDetailList: [] })
  const silent = aws.collections!.filter(({ id }) => !['principals', 'user-credentials', 'accounts'].includes(id))
  for (const collection of silent) {
    await expect(testCollection(collection, client, run), collection.id).rejects.toMatchObject({
      code: 'source/refused',
      permission: expect.stringContaining('connect'),
    })
  }
  const { ledger } = await testCollection(userCredentials, client, run)
  expect(ledger.refusals[0]?.permission).toContain('iam:GetCredentialReport')
})

test('the published policy is what the collections need, and nothing that changes anything', () => {
  const file = new URL('../../../docs/policies/aws-read-only.json', import.meta.url)
  const { Statement } = JSON.parse(readFileSync(file, 'utf8')) as { Statement: { Action: string[]; Sid: string }[] }
  const published = Statement.flatMap(({ Action }) => Action).sort()
  const needed = new Set([...aws.collections!.flatMap(({ needs }) => needs), 'sts:GetCallerIdentity', 'sts:AssumeRole'])
  expect(published).toEqual([...needed].sort())
  const changing = published.filter((action) => !/:(Get|List|Describe|BatchGet|Lookup)/.test(action))
  expect(changing).toEqual(['iam:GenerateCredentialReport', 'iam:GenerateServiceLastAccessedDetails', 'sts:AssumeRole'])
})

const LABELLED = new URL(
  '../../../../shared/data/iam/iam-vulnerable/account-authorization-details.json',
  import.meta.url,
)
test('labelled details of a vulnerable account are read whole', async (context) => {
  if (!existsSync(LABELLED)) context.skip('the labelled data is not on this machine')
  const { read } = await imported(readFileSync(LABELLED, 'utf8'))
  const count = (type: string) => read.entities.filter((entity) => entity.type === type).length
  expect([count('aws_iam_user'), count('aws_iam_role'), count('aws_iam_group')]).toEqual([41, 48, 3])
  expect(read.ledger.refusals).toEqual([])
})
