import { once } from 'node:events'
import { createWriteStream } from 'node:fs'

/** How many of each an invented account has. */
export interface Size {
  users: number
  groups: number
  roles: number
  policies: number
}

const ACCOUNT = '123456789012'
const arn = (what: string): string => `arn:aws:iam::${ACCOUNT}:${what}`
const DATE = '2024-03-01T12:00:00+00:00'
const SERVICES = ['lambda', 'ecs-tasks', 'ec2', 'codebuild', 'states', 'glue']
const ACTIONS = ['s3:GetObject', 's3:PutObject', 'sqs:SendMessage', 'dynamodb:Query', 'kms:Decrypt', 'sns:Publish']

const document = (...statements: object[]) => ({ Version: '2012-10-17', Statement: statements })
const allow = (n: number) => ({
  Sid: `Read${n}`,
  Effect: 'Allow',
  Action: [ACTIONS[n % ACTIONS.length], ACTIONS[(n + 1) % ACTIONS.length]],
  Resource: [`arn:aws:s3:::team-${n % 700}-data/*`, `arn:aws:sqs:eu-west-1:${ACCOUNT}:queue-${n % 900}`],
  ...(n % 4 === 0 && { Condition: { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } } }),
})
const attached = (n: number, of: number, count: number) =>
  Array.from({ length: count }, (_, k) => {
    const name = `policy-${(n * 7 + k * 13) % of}`
    return { PolicyName: name, PolicyArn: arn(`policy/${name}`) }
  })
const inline = (n: number) => [{ PolicyName: 'own', PolicyDocument: document(allow(n), allow(n + 5)) }]
const tags = (n: number) => [
  { Key: 'team', Value: `team-${n % 40}` },
  { Key: 'env', Value: n % 3 === 0 ? 'prod' : 'dev' },
]

const user = (n: number, { groups, policies }: Size) => ({
  Path: '/',
  UserName: `user-${n}`,
  UserId: `AIDA${String(n).padStart(16, '0')}`,
  Arn: arn(`user/user-${n}`),
  CreateDate: DATE,
  UserPolicyList: n % 5 === 0 ? inline(n) : [],
  GroupList: [`group-${n % groups}`, `group-${(n + 1) % groups}`],
  AttachedManagedPolicies: attached(n, policies, n % 3),
  Tags: tags(n),
})
const group = (n: number, { policies }: Size) => ({
  Path: '/',
  GroupName: `group-${n}`,
  GroupId: `AGPA${String(n).padStart(16, '0')}`,
  Arn: arn(`group/group-${n}`),
  CreateDate: DATE,
  GroupPolicyList: inline(n),
  AttachedManagedPolicies: attached(n, policies, 2),
})
const role = (n: number, { policies }: Size) => ({
  Path: '/service/',
  RoleName: `role-${n}`,
  RoleId: `AROA${String(n).padStart(16, '0')}`,
  Arn: arn(`role/service/role-${n}`),
  CreateDate: DATE,
  AssumeRolePolicyDocument: document({
    Effect: 'Allow',
    Principal:
      n % 10 === 0
        ? { AWS: `arn:aws:iam::${200_000_000_000 + (n % 50)}:root` }
        : { Service: `${SERVICES[n % SERVICES.length]}.amazonaws.com` },
    Action: 'sts:AssumeRole',
  }),
  InstanceProfileList: [],
  RolePolicyList: inline(n),
  AttachedManagedPolicies: attached(n, policies, 1 + (n % 3)),
  Tags: tags(n),
  RoleLastUsed: n % 4 === 0 ? {} : { LastUsedDate: '2026-11-20T08:00:00+00:00', Region: 'eu-west-1' },
})
const policy = (n: number) => ({
  PolicyName: `policy-${n}`,
  PolicyId: `ANPA${String(n).padStart(16, '0')}`,
  Arn: arn(`policy/policy-${n}`),
  Path: '/',
  DefaultVersionId: 'v2',
  AttachmentCount: 3,
  PermissionsBoundaryUsageCount: 0,
  IsAttachable: true,
  CreateDate: DATE,
  UpdateDate: DATE,
  PolicyVersionList: ['v2', 'v1'].map((VersionId, at) => ({
    Document: document(...Array.from({ length: 4 }, (_, k) => allow(n * 4 + k + at))),
    VersionId,
    IsDefaultVersion: at === 0,
    CreateDate: DATE,
  })),
})

/** Writes what `get-account-authorization-details` says of an account of that size, laid out as the AWS CLI does. */
export async function writeAccount(path: string, size: Size): Promise<void> {
  const file = createWriteStream(path)
  const write = async (text: string) => {
    if (!file.write(text)) await once(file, 'drain')
  }
  const lists: [string, number, (n: number, size: Size) => object][] = [
    ['UserDetailList', size.users, user],
    ['GroupDetailList', size.groups, group],
    ['RoleDetailList', size.roles, role],
    ['Policies', size.policies, policy],
  ]
  await write('{\n')
  for (const [at, [name, count, make]] of lists.entries()) {
    await write(`${at > 0 ? ',\n' : ''}    "${name}": [`)
    for (let n = 0; n < count; n++) await write(`${n > 0 ? ',' : ''}\n        ${indented(make(n, size))}`)
    await write('\n    ]')
  }
  await write('\n}\n')
  file.end()
  await once(file, 'finish')
}

const indented = (value: object): string => JSON.stringify(value, null, 4).replaceAll('\n', '\n        ')
