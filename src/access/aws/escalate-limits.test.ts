import { expect, test } from 'vitest'
import {
  ACCOUNT,
  allow,
  arn,
  deny,
  EVERYTHING,
  estateOf,
  type Invented,
  serviceTrust,
  trustOf,
} from '../testing/account.ts'
import { placed, rowsOf, toAdmin } from '../testing/rising.ts'
import { loadActions } from './actions.ts'
import { escalate } from './escalate.ts'
import { POWER_ACTIONS } from './powers.ts'
import type { Resource } from './read-resources.ts'

test('a boundary that lets itself be taken off holds nobody', async () => {
  const within = (boundary: string[]): Invented => ({
    users: { start: { inline: [allow('iam:PutUserPolicy')], boundary: 'bound' } },
    policies: { bound: allow(boundary) },
  })
  expect(await toAdmin(within(['iam:PutUserPolicy', 'iam:DeleteUserPermissionsBoundary']))).toHaveLength(1)
  expect(await toAdmin(within(['iam:PutUserPolicy', 's3:*']))).toEqual([])
  const full: Invented = {
    users: { start: { inline: [EVERYTHING], boundary: 'bound' } },
    policies: { bound: allow('iam:DeleteUserPermissionsBoundary') },
  }
  expect((await toAdmin(full))[0]![0]!.actions).toEqual(['iam:DeleteUserPermissionsBoundary'])
})

test('one with a boundary that is given everything can still do all that is within it', async () => {
  const invented: Invented = {
    users: { start: { inline: [allow('iam:PutUserPolicy')], boundary: 'bound' } },
    roles: { box: { inline: [EVERYTHING], trust: serviceTrust('ec2.amazonaws.com'), profile: 'box' } },
    policies: { bound: allow(['iam:PutUserPolicy', 'iam:PassRole', 'ec2:RunInstances']) },
  }
  const [path] = await toAdmin(invented)
  expect(path!.map(({ actions }) => actions)).toEqual([['iam:PutUserPolicy'], ['iam:PassRole', 'ec2:RunInstances'], []])
})

const PASS = ['iam:PassRole', 'lambda:CreateFunction', 'lambda:InvokeFunction']
const passing = (...held: unknown[]): Invented => ({
  users: { start: { inline: held, tags: { team: 'blue' } } },
  roles: { target: { inline: [EVERYTHING], trust: serviceTrust('lambda.amazonaws.com'), tags: { team: 'red' } } },
})
const making = allow(PASS.slice(1))

test.for<[string, object, boolean]>([
  ['passed to the service that runs it', { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } }, true],
  ['passed to another service', { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } }, false],
  ['passed to any service of the kind', { StringLike: { 'iam:PassedToService': '*.amazonaws.com' } }, true],
  ['a role of another team', { StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } }, false],
  ['a role of that team', { StringEquals: { 'aws:ResourceTag/team': 'red' } }, true],
  ['another name than his', { StringNotEquals: { 'aws:username': 'start' } }, false],
  ['his own account', { StringEquals: { 'aws:ResourceAccount': '${aws:PrincipalAccount}' } }, true],
  ['only for a service in between', { Bool: { 'aws:ViaAWSService': 'true' } }, false],
  ['a session, which keys of a user are not', { Null: { 'aws:TokenIssueTime': 'false' } }, false],
])('passing a role under a condition: %s', async ([, Condition, wanted]) => {
  const paths = await toAdmin(passing(allow('iam:PassRole', '*', { Condition }), making))
  expect(paths.length > 0).toBe(wanted)
  expect(paths.flat().some(({ dependsOn }) => dependsOn)).toBe(false)
})

test('what only the request knows is said, and a sure way comes before it', async () => {
  const Condition = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }
  const [path] = await toAdmin(passing(allow('iam:PassRole', '*', { Condition }), making))
  expect(path![0]!.dependsOn).toEqual(['aws:SourceIp (IpAddress 10.0.0.0/8)'])
  const [denied] = await toAdmin(
    passing(allow(PASS), deny('iam:PassRole', '*', { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } } })),
  )
  expect(denied![0]!.dependsOn).toEqual(['aws:MultiFactorAuthPresent (Bool false)'])
})

test.for<[string, string, boolean]>([
  ['the role itself', arn('role', 'target'), true],
  ['roles whose names begin so', arn('role', 'tar*'), true],
  ['another role', arn('role', 'other'), false],
  ['a role of another account', arn('role', 'target', '999999999999'), false],
])('passing is scoped to %s', async ([, resource, wanted]) => {
  expect((await toAdmin(passing(allow('iam:PassRole', resource), making))).length > 0).toBe(wanted)
})

test('a new thing must have one name for which everything is allowed', async () => {
  const named = (create: string, invoke: string) =>
    toAdmin(
      passing(
        allow('iam:PassRole'),
        allow('lambda:CreateFunction', `arn:aws:lambda:*:${ACCOUNT}:function:${create}`),
        allow('lambda:InvokeFunction', `arn:aws:lambda:*:${ACCOUNT}:function:${invoke}`),
      ),
    )
  expect(await named('app-*', 'app-*')).not.toEqual([])
  expect(await named('app-*', '*')).not.toEqual([])
  expect(await named('*', 'app-one')).not.toEqual([])
  expect(await named('app-*', 'web-*')).toEqual([])
  const elsewhere = allow('lambda:CreateFunction', 'arn:aws:lambda:*:999999999999:function:*')
  expect(await toAdmin(passing(allow('iam:PassRole'), elsewhere, allow('lambda:InvokeFunction')))).toEqual([])
})

test('a machine needs all that its launch names', async () => {
  const launch = (resource: string | string[]): Invented => ({
    users: { start: { inline: [allow('iam:PassRole'), allow('ec2:RunInstances', resource)] } },
    roles: { box: { inline: [EVERYTHING], trust: serviceTrust('ec2.amazonaws.com'), profile: 'box' } },
  })
  const of = (...kinds: string[]) => kinds.map((kind) => `arn:aws:ec2:*:*:${kind}/*`)
  expect(await toAdmin(launch(of('instance')))).toEqual([])
  const images = 'arn:aws:ec2:*::image/*'
  expect(
    await toAdmin(launch([...of('instance', 'network-interface', 'security-group', 'subnet', 'volume'), images])),
  ).not.toEqual([])
})

test('an instance profile that is missing must be made', async () => {
  const invented = (...held: string[]): Invented => ({
    users: { start: { inline: [allow(held)] } },
    roles: { box: { inline: [EVERYTHING], trust: serviceTrust('ec2.amazonaws.com') } },
  })
  expect(await toAdmin(invented('iam:PassRole', 'ec2:RunInstances'))).toEqual([])
  const all = ['iam:PassRole', 'iam:CreateInstanceProfile', 'iam:AddRoleToInstanceProfile', 'ec2:RunInstances']
  expect((await toAdmin(invented(...all)))[0]![0]!.actions).toEqual(all)
})

test.for<[string, object | undefined, boolean]>([
  ['any policy', undefined, true],
  [
    'the administrators policy by name',
    { ArnEquals: { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/AdministratorAccess' } },
    true,
  ],
  ['a policy that only reads', { ArnEquals: { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/ReadOnlyAccess' } }, false],
  ['policies of the account, one of which is strong', { ArnLike: { 'iam:PolicyARN': arn('policy', '*') } }, true],
  ['policies of a path without a strong one', { ArnLike: { 'iam:PolicyARN': arn('policy', 'team/*') } }, false],
  ['users that have a boundary', { StringEquals: { 'iam:PermissionsBoundary': arn('policy', 'bound') } }, false],
])('attaching is limited to %s', async ([, Condition, wanted]) => {
  const invented: Invented = {
    users: { start: { inline: [allow('iam:AttachUserPolicy', '*', Condition && { Condition })] } },
    policies: { strong: EVERYTHING, weak: allow('s3:*') },
  }
  expect((await toAdmin(invented)).length > 0).toBe(wanted)
})

test('policies of AWS cannot be rewritten, and versions that are no stronger bring nothing', async () => {
  const ownText = (managed: string, policies: Invented['policies'], action = 'iam:CreatePolicyVersion'): Invented => ({
    users: { start: { inline: [allow(action)], managed: [managed] } },
    policies,
  })
  const ofAws = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
  expect(await toAdmin(ownText(ofAws, { [ofAws]: allow('s3:Get*') }))).toEqual([])
  expect(
    await toAdmin(ownText('own', { own: [allow('s3:*'), allow('s3:Get*')] }, 'iam:SetDefaultPolicyVersion')),
  ).toEqual([])
  const [path] = await toAdmin(ownText('own', { own: allow('s3:*') }, 'iam:SetDefaultPolicyVersion'))
  expect(path![0]!.dependsOn).toHaveLength(1)
})

test('a user who has two keys must lose one first', async () => {
  const invented = (...held: string[]): Invented => ({
    users: { start: { inline: [allow(held)] }, boss: { inline: [EVERYTHING] } },
  })
  const resources: Resource[] = [1, 2].map((at) => ({
    type: 'aws_iam_access_key',
    arn: `arn:aws:iam-access-key:::${at}`,
    user: 'boss',
  }))
  expect(await toAdmin(invented('iam:CreateAccessKey'), undefined, { resources })).toEqual([])
  expect(await toAdmin(invented('iam:CreateAccessKey'), undefined, { resources: resources.slice(1) })).not.toEqual([])
  expect(await toAdmin(invented('iam:CreateAccessKey', 'iam:DeleteAccessKey'), undefined, { resources })).not.toEqual(
    [],
  )
})

test('an agent on a machine answers only with a role that lets it', async () => {
  const invented = (role: unknown): Invented => ({
    users: { start: { inline: [allow('ssm:StartSession')] } },
    roles: {
      box: { inline: [role], trust: serviceTrust('ec2.amazonaws.com'), profile: 'box' },
      boss: { inline: [EVERYTHING], trust: trustOf({ AWS: ACCOUNT }) },
    },
  })
  const resources = [placed('aws_instance', { iam_instance_profile: 'box' })]
  expect(await toAdmin(invented(allow('sts:AssumeRole')), undefined, { resources })).toEqual([])
  const [path] = await toAdmin(invented(allow(['sts:AssumeRole', 'ssm:UpdateInstanceInformation'])), undefined, {
    resources,
  })
  expect(path!.map(({ to }) => to)).toEqual([arn('role', 'box'), arn('role', 'boss'), 'admin'])
})

test('commands that do nothing of his own are no way in', async () => {
  const invented = (document: string): Invented => ({
    users: {
      start: {
        inline: [allow('ssm:SendCommand', [`arn:aws:ssm:*:*:document/${document}`, 'arn:aws:ec2:*:*:instance/*'])],
      },
    },
    roles: { box: { inline: [EVERYTHING], trust: serviceTrust('ec2.amazonaws.com'), profile: 'box' } },
  })
  const resources = [placed('aws_instance', { iam_instance_profile: 'box' })]
  expect(await toAdmin(invented('AWS-UpdateSSMAgent'), undefined, { resources })).toEqual([])
  expect(await toAdmin(invented('AWS-RunShellScript'), undefined, { resources })).not.toEqual([])
})

test('a stack set lends the role that its own role may take', async () => {
  const NEW = ['cloudformation:CreateStackSet', 'cloudformation:CreateStackInstances']
  const invented = (held: string[], execution: object = trustOf({ AWS: arn('role', 'lender') })): Invented => ({
    users: { start: { inline: [allow(held)] } },
    roles: {
      lender: {
        inline: [allow('sts:AssumeRole', arn('role', 'worker'))],
        trust: serviceTrust('cloudformation.amazonaws.com'),
      },
      worker: { inline: [EVERYTHING], trust: execution },
    },
  })
  const [path] = await toAdmin(invented(['iam:PassRole', ...NEW]))
  expect(path![0]).toMatchObject({ to: arn('role', 'worker'), actions: ['iam:PassRole', ...NEW] })
  for (const action of ['iam:PassRole', ...NEW])
    expect(await toAdmin(invented(['iam:PassRole', ...NEW].filter((one) => one !== action)))).toEqual([])
  expect(await toAdmin(invented(['iam:PassRole', ...NEW], serviceTrust('cloudformation.amazonaws.com')))).toEqual([])
})

test('two branches: one who strengthens, and the one he strengthens', async () => {
  const invented: Invented = {
    users: { start: { inline: [allow('sts:AssumeRole')] } },
    roles: {
      strong: {
        inline: [allow('iam:PutRolePolicy', arn('role', 'weak'))],
        trust: trustOf({ AWS: arn('user', 'start') }),
      },
      weak: { trust: trustOf({ AWS: arn('user', 'start') }) },
    },
  }
  const [path] = await toAdmin(invented)
  expect(path!.map(({ to }) => to)).toEqual([arn('role', 'strong'), arn('role', 'weak'), 'admin'])
  expect(path!.at(-1)).toMatchObject({
    from: arn('role', 'weak'),
    by: arn('role', 'strong'),
    actions: ['iam:PutRolePolicy'],
  })
  invented.roles!['weak']!.trust = serviceTrust('ec2.amazonaws.com')
  expect(await toAdmin(invented)).toEqual([])
})

test('a group does not lift the boundary of who joins it', async () => {
  const invented: Invented = {
    users: { start: { inline: [allow('iam:AddUserToGroup')], boundary: 'bound' } },
    groups: { admins: { inline: [EVERYTHING] } },
    policies: { bound: allow('iam:AddUserToGroup') },
  }
  expect(await toAdmin(invented)).toEqual([])
})

test('an administrator is one now: in one statement or two halves, not with a denial, a condition or a boundary', async () => {
  const held = (...inline: unknown[]) => ({ inline })
  const rows = await rowsOf({
    users: {
      plain: held(EVERYTHING),
      halves: held(allow('iam:*'), { Statement: { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' } }),
      most: held({ Statement: { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' } }),
      denied: held(EVERYTHING, deny('s3:DeleteBucket')),
      sometimes: held(allow('*', '*', { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } })),
      here: held(allow('*', 'arn:aws:s3:::*')),
      bounded: { ...held(EVERYTHING), boundary: 'bound' },
      member: { groups: ['admins'] },
      managed: { managed: ['arn:aws:iam::aws:policy/AdministratorAccess'] },
      becomes: held(allow('iam:PutUserPolicy')),
    },
    groups: { admins: held(EVERYTHING) },
    policies: { bound: EVERYTHING },
  })
  expect(rows.filter(({ isAdmin }) => isAdmin).map(({ principal }) => principal.split('/')[1])).toEqual([
    'halves',
    'managed',
    'member',
    'plain',
  ])
})

test('a policy that is not JSON leaves the answer about its holder unknown, and says so', async () => {
  const rows = await rowsOf({
    users: { start: { inline: ['{"Statement": ['] }, other: { managed: ['elsewhere'] }, third: {} },
  })
  expect(rows.map(({ isAdmin }) => isAdmin)).toEqual([null, null, false])
  expect(rows[0]!.unknown).toEqual([`the text of ${arn('policy', 'elsewhere')} was not read`])
  expect(rows[1]!.unknown).toEqual(['inline-1 of start: its document is not JSON'])
})

test('an action that AWS does not list silences nothing', async () => {
  const estate = estateOf(passing(allow([...PASS, 'lambda:BrandNewThing', 'retired:Gone'])))
  expect((await escalate(estate)).rows[0]!.paths).not.toEqual([])
  const { unlistedActions } = await import('./unlisted.ts')
  expect((await unlistedActions(estate)).map((text) => /: (\S+) is not/.exec(text)?.[1])).toEqual([
    'lambda:BrandNewThing',
    'retired:Gone',
  ])
})

test('a power whose action AWS no longer lists is asked all the same, and the rest as before', async () => {
  const estate = estateOf(passing(allow(PASS)))
  const { awsPowers } = await import('./powers.ts')
  const whole = await loadActions(POWER_ACTIONS)
  const without = (action: string) => ({
    nameOf: (one: string) => (one === action ? undefined : whole.nameOf(one)),
    objectsOf: (one: string) => (one === action ? undefined : whole.objectsOf(one)),
    namedBy: (one: string) => (one === action ? [] : whole.namedBy(one)),
  })
  const powers = await awsPowers(estate, { book: without('lambda:CreateFunction') })
  expect(powers.unlisted).toEqual(['lambda:CreateFunction'])
  expect(powers.become[1]!.map(({ actions }) => actions)).toEqual(
    (await awsPowers(estate, { book: whole })).become[1]!.map(({ actions }) => actions),
  )
})
