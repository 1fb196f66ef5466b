import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decide } from '../decide.ts'
import {
  ACCOUNT,
  type Around,
  allow,
  arn,
  deny,
  EVERYTHING,
  estateOf,
  type Invented,
  trustOf,
} from '../testing/account.ts'
import { whoCanDo, why } from './inquire.ts'
import { readOrganization } from './read-organization.ts'

const OTHER = '555566667777'
const BUCKET = 'arn:aws:s3:::payroll'

const ableOn = (invented: Invented | Invented[], action: string, resource: string, around: Around = {}) =>
  whoCanDo(estateOf(invented, around), action, resource).map(
    ({ principal, verdict }) => `${principal.split(':').slice(4).join(':')} ${verdict}`,
  )
const bucket = (policy: unknown, more: object[] = []) => ({
  resources: [
    { type: 'aws_s3_bucket', arn: BUCKET, bucket: 'payroll', account: ACCOUNT },
    {
      type: 'aws_s3_bucket_policy',
      arn: 'arn:aws:s3-bucket-policy:::payroll',
      bucket: 'payroll',
      policy: JSON.stringify(policy),
    },
    ...(more as []),
  ],
})
const policyFor = (principal: unknown, more: object = {}) => ({
  Statement: { Effect: 'Allow', Principal: principal, Action: 's3:GetObject', Resource: `${BUCKET}/*`, ...more },
})
const two: Invented[] = [
  { users: { ana: { inline: [allow('s3:*')] }, bob: {} } },
  { account: OTHER, users: { ana: { inline: [allow('s3:*')] }, bob: {} } },
]
const HOME = `${ACCOUNT}:user`
const AWAY = `${OTHER}:user`

test.for<[string, unknown, string[]]>([
  ['no policy: what his account gives', { Statement: [] }, [`${HOME}/ana yes`]],
  ['one named', policyFor({ AWS: arn('user', 'bob') }), [`${HOME}/ana yes`, `${HOME}/bob yes`]],
  ['everybody', policyFor('*'), [`${HOME}/ana yes`, `${HOME}/bob yes`, `${AWAY}/ana yes`]],
  ['everybody, in the long form', policyFor({ AWS: '*' }), [`${HOME}/ana yes`, `${HOME}/bob yes`, `${AWAY}/ana yes`]],
  ['another account, which must allow it too', policyFor({ AWS: OTHER }), [`${HOME}/ana yes`, `${AWAY}/ana yes`]],
  ['one of another account, who must hold it too', policyFor({ AWS: arn('user', 'bob', OTHER) }), [`${HOME}/ana yes`]],
  ['a denial of everybody', { Statement: { ...policyFor('*').Statement, Effect: 'Deny' } }, []],
  [
    'a denial of everybody but one',
    {
      Statement: {
        Effect: 'Deny',
        NotPrincipal: { AWS: [arn('user', 'ana'), arn('root', '')] },
        Action: 's3:*',
        Resource: '*',
      },
    },
    [`${HOME}/ana yes`],
  ],
  [
    'a denial of whoever is not of the account',
    {
      Statement: [
        policyFor('*').Statement,
        {
          Effect: 'Deny',
          Principal: '*',
          Action: '*',
          Resource: '*',
          Condition: { StringNotEquals: { 'aws:PrincipalAccount': ACCOUNT } },
        },
      ],
    },
    [`${HOME}/ana yes`, `${HOME}/bob yes`],
  ],
  ['a service', policyFor({ Service: 'logging.s3.amazonaws.com' }), [`${HOME}/ana yes`]],
])('the policy of a bucket lets in %s', ([, policy, wanted]) => {
  expect(ableOn(two, 's3:GetObject', `${BUCKET}/2026.csv`, bucket(policy))).toEqual(wanted)
})

test('a bucket that restricts public policies keeps everybody else out', () => {
  const block = {
    type: 'aws_s3_bucket_public_access_block',
    arn: 'arn:aws:block:::payroll',
    bucket: 'payroll',
    restrict_public_buckets: true,
  }
  expect(ableOn(two, 's3:GetObject', `${BUCKET}/x`, bucket(policyFor('*'), [block]))).toEqual([`${HOME}/ana yes`])
})

test('a key lets in whom its policy lets in, and his account only where it says so', () => {
  const key = (Principal: object) => ({
    resources: [
      {
        type: 'aws_kms_key',
        arn: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`,
        policy: { Statement: { Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' } },
      },
    ],
  })
  const invented: Invented = { users: { ana: { inline: [allow('kms:Decrypt')] }, bob: {} } }
  const decrypt = (principal: object) =>
    ableOn(invented, 'kms:Decrypt', `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`, key(principal))
  expect(decrypt({ AWS: arn('user', 'bob') })).toEqual([`${HOME}/bob yes`])
  expect(decrypt({ AWS: `arn:aws:iam::${ACCOUNT}:root` })).toEqual([`${HOME}/ana yes`])
})

test.for<[string, object | string, string[]]>([
  ['a user by name', { AWS: arn('user', 'bob') }, ['user/bob']],
  ['the account: those who hold it', { AWS: ACCOUNT }, ['user/ana']],
  ['a role by its session', { AWS: `arn:aws:sts::${ACCOUNT}:assumed-role/app/any` }, ['role/app']],
  ['nobody', { Service: 'ec2.amazonaws.com' }, []],
])('a trust lets in %s', ([, principal, wanted]) => {
  const invented: Invented = {
    users: { ana: { inline: [allow('sts:AssumeRole')] }, bob: {} },
    roles: { app: {}, boss: { trust: trustOf(principal) } },
  }
  expect(ableOn(invented, 'sts:AssumeRole', arn('role', 'boss'))).toEqual(wanted.map((one) => `${ACCOUNT}:${one} yes`))
})

test('a trust that names a user lets him in past his boundary; a role is held by its own', () => {
  const bounded = { boundary: 'bound' }
  const invented: Invented = {
    users: { ana: bounded },
    roles: { app: bounded, boss: { trust: trustOf({ AWS: [arn('user', 'ana'), arn('role', 'app')] }) } },
    policies: { bound: allow('s3:*') },
  }
  expect(ableOn(invented, 'sts:AssumeRole', arn('role', 'boss'))).toEqual([`${HOME}/ana yes`])
  invented.policies = { bound: { Statement: [allow('s3:*').Statement, deny('sts:*').Statement] } }
  expect(ableOn(invented, 'sts:AssumeRole', arn('role', 'boss'))).toEqual([])
})

test('a boundary whose text is not in the file may hold or not', () => {
  expect(
    ableOn({ users: { ana: { inline: [EVERYTHING], boundary: 'elsewhere' } } }, 's3:GetObject', `${BUCKET}/x`),
  ).toEqual([`${HOME}/ana depends`])
})

test('variables, NotAction and NotResource', () => {
  const invented: Invented = {
    users: {
      ana: { inline: [allow('s3:GetObject', `${BUCKET}/home/\${aws:username}/*`)] },
      bob: { inline: [{ Statement: { Effect: 'Allow', NotAction: 's3:Put*', NotResource: `${BUCKET}/home/*` } }] },
      eve: {
        inline: [
          allow('s3:Get*'),
          { Statement: { Effect: 'Deny', NotAction: 's3:List*', Resource: `${BUCKET}/home/*` } },
        ],
      },
    },
  }
  expect(ableOn(invented, 's3:GetObject', `${BUCKET}/home/ana/1`)).toEqual([`${HOME}/ana yes`])
  expect(ableOn(invented, 's3:GetObject', `${BUCKET}/home/bob/1`)).toEqual([])
  expect(ableOn(invented, 's3:GetObject', `${BUCKET}/shared`)).toEqual([`${HOME}/bob yes`, `${HOME}/eve yes`])
  expect(ableOn(invented, 's3:PutObject', `${BUCKET}/shared`)).toEqual([])
})

async function organization(content: unknown) {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-scp-'))
  try {
    writeFileSync(join(folder, 'scp.json'), JSON.stringify(content))
    return await readOrganization(join(folder, 'scp.json'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test.for<[string, unknown, string[]]>([
  ['a document of denials', deny('s3:Get*'), []],
  ['a document that allows something else', allow('ec2:*'), []],
  ['a document that allows it', allow('s3:*'), [`${HOME}/ana yes`, `${AWAY}/ana yes`]],
  ['denials of one account', [{ name: 'x', document: deny('s3:*'), targets: [ACCOUNT] }], [`${AWAY}/ana yes`]],
  [
    'levels, each of which must allow',
    [
      { name: 'root', Content: JSON.stringify(EVERYTHING), targets: ['r-1'] },
      { name: 'account', Content: JSON.stringify(allow('ec2:*')), targets: [OTHER] },
    ],
    [`${HOME}/ana yes`],
  ],
  [
    'as AWS describes a policy',
    { Policy: { PolicySummary: { Name: 'x', Type: 'SERVICE_CONTROL_POLICY' }, Content: JSON.stringify(deny('s3:*')) } },
    [],
  ],
  [
    'a policy of resources',
    {
      type: 'RESOURCE_CONTROL_POLICY',
      document: { Statement: { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' } },
      targets: [ACCOUNT],
    },
    [],
  ],
  [
    'a policy of resources of another account',
    {
      type: 'RESOURCE_CONTROL_POLICY',
      document: { Statement: { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' } },
      targets: [OTHER],
    },
    [`${HOME}/ana yes`, `${AWAY}/ana yes`],
  ],
])('an organization bounds its accounts: %s', async ([, content, wanted]) => {
  const around = { ...bucket(policyFor({ AWS: OTHER })), organization: await organization(content) }
  expect(ableOn(two, 's3:GetObject', `${BUCKET}/x`, around)).toEqual(wanted)
})

test.for<[string, unknown]>([
  ['no document at all', { Policies: [] }],
  ['text that is no JSON', { policies: [{ name: 'x', Content: '{"Statement' }] }],
  ['a statement without an effect', [{ name: 'x', document: { Statement: [{ Action: '*' }] } }]],
])('bounds that cannot be read are refused, not skipped: %s', async ([, content]) => {
  await expect(organization(content)).rejects.toMatchObject({ code: 'access/shape' })
})

test('roles of services are bound by no organization', async () => {
  const roles = { 'aws-service-role/support.amazonaws.com/AWSServiceRoleForSupport': { inline: [allow('s3:*')] } }
  const around = { organization: await organization(deny('*')) }
  expect(ableOn({ roles, users: { ana: { inline: [EVERYTHING] } } }, 's3:ListAllMyBuckets', '*', around)).toHaveLength(
    1,
  )
})

test('why shows every layer and the statement that decided', () => {
  const estate = estateOf({
    users: { ana: { inline: [allow('s3:*'), deny('s3:GetObject', `${BUCKET}/secret/*`)], boundary: 'bound' } },
    policies: { bound: allow('s3:Get*') },
  })
  const denied = why(estate, 0, 's3:GetObject', `${BUCKET}/secret/x`)
  expect(denied).toMatchObject({ verdict: 'no', because: 'inline-2 of ana, statement 1 denies it' })
  expect(denied.layers.map(({ layer }) => layer)).toEqual(['held', 'ceiling'])
  expect(why(estate, 0, 's3:PutObject', `${BUCKET}/x`).because).toBe('the boundary bound does not allow it')
  expect(why(estate, 0, 'ec2:RunInstances', '*').because).toBe('nothing it holds allows it')
  expect(decide(estate.grants, 0, { action: 's3:GetObject', resource: `${BUCKET}/x` }).because).toBe(
    'inline-1 of ana, statement 1 allows it',
  )
})

test('documents that are no policies are unknown, with the place', () => {
  const broken = (...inline: unknown[]) => estateOf({ users: { ana: { inline } } }).holders[0]!.unknown
  expect(
    broken(
      'not JSON',
      [],
      { Statement: { Action: '*' } },
      { Statement: { Effect: 'Allow' } },
      { Statement: { Effect: 'Allow', Action: [{}] } },
      { Statement: { Effect: 'Allow', Action: '*', Condition: [] } },
    ),
  ).toEqual([
    'inline-1 of ana: its document is not JSON',
    'inline-2 of ana: it is not a policy document',
    'inline-3 of ana: statement 1 has no Effect of Allow or Deny',
    'inline-4 of ana: statement 1 has no Action',
    'inline-5 of ana: statement 1: Action holds something that is not text',
    'inline-6 of ana: statement 1: its Condition is not an object',
  ])
  expect(broken(JSON.stringify(EVERYTHING), encodeURIComponent(JSON.stringify(EVERYTHING)))).toEqual([])
})
