/** Invented AWS accounts of any size, the same for the same seed: shared policies, chains of trust, boundaries, denials, machines. */

const ACCOUNT = '333344445555'
const SERVICES = ['lambda', 'ec2', 'ecs-tasks', 'glue', 'codebuild', 'sagemaker', 'cloudformation']

/** Numbers from 0 to 1 that are the same each time. */
export function dice(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement })
const allow = (Action: string | string[], Resource: string | string[] = '*', more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
})
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`
const policy = (name: string) => `arn:aws:iam::${ACCOUNT}:policy/${name}`

/** The answer of get-account-authorization-details for an account of so many roles, and its resources. */
export function inventedAccount(roles: number, seed = 7): { details: object; resources: object } {
  const roll = dice(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(roll() * list.length)]!
  const name = (at: number) => `app-${at}`
  const other = () => role(name(Math.floor(roll() * roles)))
  const shared: [string, object][] = Array.from({ length: Math.max(12, roles >> 4) }, (_, at) => [
    `shared-${at}`,
    document(
      allow(['s3:GetObject', 's3:ListBucket'], [`arn:aws:s3:::data-${at}`, `arn:aws:s3:::data-${at}/*`]),
      allow(
        pick([
          ['logs:*'],
          ['sqs:SendMessage', 'sqs:Receive*'],
          ['dynamodb:*Item'],
          ['kms:Decrypt'],
          ['ecs:*'],
          ['ssm:StartSession'],
        ]),
      ),
      allow(['ec2:Describe*', 'iam:Get*', 'iam:List*']),
    ),
  ])
  const powers = (): object[] => {
    const chance = roll()
    if (chance < 0.04)
      return [
        allow(['iam:PassRole'], other()),
        allow(
          ['lambda:CreateFunction', 'lambda:InvokeFunction'],
          `arn:aws:lambda:*:${ACCOUNT}:function:${pick(['a', 'b', 'c'])}-*`,
        ),
      ]
    if (chance < 0.08)
      return [
        allow(['iam:PassRole'], '*', { Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } } }),
        allow('ec2:RunInstances'),
      ]
    if (chance < 0.1) return [allow(['iam:PutRolePolicy', 'iam:AttachRolePolicy'], other())]
    if (chance < 0.12) return [allow('iam:UpdateAssumeRolePolicy', other())]
    if (chance < 0.14) return [allow('iam:CreatePolicyVersion', policy(`shared-${Math.floor(roll() * shared.length)}`))]
    if (chance < 0.2) return [allow('sts:AssumeRole', [other(), other()])]
    if (chance < 0.22)
      return [allow('sts:AssumeRole', '*', { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } })]
    if (chance < 0.23) return [allow('*')]
    return [allow('cloudwatch:PutMetricData')]
  }
  const trust = () => {
    const chance = roll()
    if (chance < 0.6) return { Service: `${pick(SERVICES)}.amazonaws.com` }
    return chance < 0.85 ? { AWS: [other(), other()] } : { AWS: `arn:aws:iam::${ACCOUNT}:root` }
  }
  const RoleDetailList = Array.from({ length: roles }, (_, at) => ({
    Arn: role(name(at)),
    RoleName: name(at),
    AssumeRolePolicyDocument: document({ Effect: 'Allow', Principal: trust(), Action: 'sts:AssumeRole' }),
    RolePolicyList: [
      {
        PolicyName: 'own',
        PolicyDocument: document(
          allow(['s3:GetObject', 's3:PutObject'], `arn:aws:s3:::own-${at}/*`),
          ...powers(),
          ...(roll() < 0.1
            ? [{ Effect: 'Deny', Action: pick(['iam:*', 'iam:PassRole', 's3:Delete*']), Resource: '*' }]
            : []),
        ),
      },
    ],
    AttachedManagedPolicies: [0, 1, 2]
      .map(() => pick(shared)[0])
      .map((one) => ({ PolicyName: one, PolicyArn: policy(one) })),
    InstanceProfileList:
      roll() < 0.3
        ? [{ InstanceProfileName: name(at), Arn: `arn:aws:iam::${ACCOUNT}:instance-profile/${name(at)}` }]
        : [],
    ...(roll() < 0.1 && { PermissionsBoundary: { PermissionsBoundaryArn: policy('bound') } }),
  }))
  return {
    details: {
      UserDetailList: Array.from({ length: roles >> 4 }, (_, at) => ({
        Arn: `arn:aws:iam::${ACCOUNT}:user/user-${at}`,
        UserName: `user-${at}`,
        UserPolicyList: [{ PolicyName: 'own', PolicyDocument: document(...powers()) }],
        GroupList: [`group-${at % 5}`],
      })),
      GroupDetailList: Array.from({ length: 5 }, (_, at) => ({
        Arn: `arn:aws:iam::${ACCOUNT}:group/group-${at}`,
        GroupName: `group-${at}`,
        GroupPolicyList: [{ PolicyName: 'own', PolicyDocument: document(allow('s3:ListAllMyBuckets'), ...powers()) }],
      })),
      RoleDetailList,
      Policies: [
        ...shared,
        ['bound', document(allow(['s3:*', 'ec2:*', 'iam:PassRole', 'sts:AssumeRole']))] as const,
      ].map(([one, Document]) => ({
        Arn: policy(one as string),
        PolicyName: one,
        DefaultVersionId: 'v1',
        PolicyVersionList: [{ VersionId: 'v1', IsDefaultVersion: true, Document }],
      })),
    },
    resources: {
      resources: Array.from({ length: roles >> 3 }, (_, at) => {
        const runs = Math.floor(roll() * roles)
        return at % 2 === 0
          ? {
              type: 'aws_lambda_function',
              arn: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:a-${at}`,
              role: role(name(runs)),
            }
          : {
              type: 'aws_instance',
              arn: `arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/i-${at}`,
              iam_instance_profile: name(runs),
            }
      }),
    },
  }
}
