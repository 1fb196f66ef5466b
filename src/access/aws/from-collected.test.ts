import { expect, test } from 'vitest'
import type { Collected, CollectedEdge, CollectedNode } from '../collected.ts'
import { ACCOUNT, allow, arn, deny, EVERYTHING, serviceTrust } from '../testing/account.ts'
import { describedAccount } from '../testing/described.ts'
import { whoCanIn, whyIn } from '../world.ts'
import { awsDerived } from './derived.ts'
import { escalate } from './escalate.ts'
import { awsWorld } from './world.ts'

const OTHER = '555566667777'
const NOW = Date.parse('2026-11-24T12:00:00Z')
const account = (id: string) => `aws:account/${id}`
type Item = Partial<CollectedNode> & { key: string; type: string }
type Given = (Item | CollectedEdge)[]

/** As the server reads it out of the graph. */
function collected(given: readonly (object | CollectedEdge)[], more: Partial<Collected> = {}): Collected {
  const nodes = given.flatMap((one) =>
    'verb' in one
      ? []
      : [
          {
            name: (one as Item).key.split(/[:/]/).at(-1)!,
            aliases: [],
            connections: ['aws'],
            attributes: {},
            unknowns: {},
            ...(one as Item),
          },
        ],
  )
  const edges = given.flatMap((one) => ('verb' in one ? [one as CollectedEdge] : []))
  return { nodes, edges, whole: [], unread: [], ...more }
}
const contains = (from: string, to: string): CollectedEdge => ({ from, verb: 'contains', to, attributes: null })
const has = (from: string, to: string): CollectedEdge => ({ from, verb: 'has', to, attributes: null })
const names = (rows: { subject: { name: string }; verdict: string }[]) =>
  rows.map(({ subject, verdict }) => `${subject.name} ${verdict}`)

test('a policy of the organization bounds the accounts under what it is attached to, and never the management account', async () => {
  const [root, unit, policy] = ['r-1', 'ou-1', 'p-1'].map(
    (id) =>
      `aws:arn:aws:organizations::${OTHER}:${id.startsWith('p') ? 'policy/o-1/service_control_policy/p-1' : `${id.startsWith('ou') ? 'ou' : 'root'}/o-1/${id}`}`,
  ) as [string, string, string]
  const people: Given = [ACCOUNT, OTHER].flatMap((id) => {
    const key = `aws:${arn('user', `of-${id}`, id)}`
    return [
      { key, type: 'aws_iam_user', attributes: { path: '/' } },
      { key: `${key}#all`, type: 'aws_iam_policy', attributes: { document: EVERYTHING } },
      has(key, `${key}#all`),
    ]
  })
  const tree: Given = [
    {
      key: `aws:arn:aws:organizations::${OTHER}:organization/o-1`,
      type: 'aws_organization',
      attributes: { managementAccount: OTHER },
    },
    {
      key: policy,
      type: 'aws_service_control_policy',
      attributes: { document: { Statement: [allow('*').Statement, deny('s3:*').Statement].flat() } },
    },
    contains(root, unit),
    contains(root, account(OTHER)),
    contains(unit, account(ACCOUNT)),
  ]
  const who = async (...more: Given) =>
    names(whoCanIn(await awsWorld(collected([...people, ...tree, ...more]), NOW), 's3:ListAllMyBuckets', '*').rows)
  expect(await who()).toEqual([`of-${ACCOUNT} yes`, `of-${OTHER} yes`])
  expect(await who(has(root, policy))).toEqual([`of-${OTHER} yes`])
  expect(await who(has(unit, policy))).toEqual([`of-${OTHER} yes`])
  expect(await who(has(account(OTHER), policy))).toEqual([`of-${ACCOUNT} yes`, `of-${OTHER} yes`])
})

test('an identity of which no policies were read can do nobody knows what', async () => {
  const key = `aws:${arn('user', 'ana')}`
  const world = await awsWorld(collected([{ key, type: 'aws_iam_user' }]), NOW)
  expect(whyIn(world, 0, 's3:GetObject', '*')).toMatchObject({
    verdict: 'depends',
    dependsOn: ['no listing of its policies was read'],
  })
  expect((await escalate(world.aws)).rows[0]).toMatchObject({ isAdmin: null })
})

test('what runs as a role is taken by whoever changes it, and what was not listed is an if', async () => {
  const role = `aws:${arn('role', 'app')}`
  const lambda = `aws:arn:aws:lambda:eu-west-1:${ACCOUNT}:function:bill`
  const people = describedAccount({
    users: {
      ana: { inline: [allow('lambda:UpdateFunctionCode')] },
      bob: { inline: [allow(['iam:PassRole', 'lambda:UpdateFunctionCode', 'lambda:UpdateFunctionConfiguration'])] },
    },
    roles: { app: { inline: [EVERYTHING], trust: serviceTrust('lambda.amazonaws.com') } },
  })
  const rising = async (given: readonly object[], whole: string[] = []) => {
    const { aws } = await awsWorld(collected([...people, ...given], { whole }), NOW)
    return (await escalate(aws)).rows.flatMap(({ principal, paths }) =>
      paths
        .slice(0, 1)
        .map(
          ([first]) =>
            `${principal.split('/')[1]} ${first!.actions.join('+')}${first!.dependsOn ? ` if ${first!.dependsOn.join()}` : ''}`,
        ),
    )
  }
  expect(await rising([])).toEqual([
    'bob iam:PassRole+lambda:UpdateFunctionConfiguration+lambda:UpdateFunctionCode if a resource of the type aws_lambda_function',
  ])
  expect(await rising([], ['aws_lambda_function'])).toEqual([])
  const runs: Given = [
    { key: lambda, type: 'aws_lambda_function', attributes: { account: ACCOUNT } },
    { from: lambda, verb: 'runs-as', to: role, attributes: null },
  ]
  expect(await rising(runs, ['aws_lambda_function'])).toEqual([
    'ana lambda:UpdateFunctionCode',
    'bob iam:PassRole+lambda:UpdateFunctionConfiguration+lambda:UpdateFunctionCode',
  ])
})

test('a key lets in whom its policy lets in, and where that was not read it depends', async () => {
  const key = `aws:arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`
  const people = describedAccount({ users: { ana: { inline: [allow('kms:Decrypt')] }, bob: {} } })
  const who = async (attributes: object, unknowns: object = {}) =>
    names(
      whoCanIn(
        await awsWorld(
          collected([
            ...people,
            { key, type: 'aws_kms_key', attributes: { account: ACCOUNT } },
            { key: `${key}#policy`, type: 'aws_resource_policy', attributes, unknowns },
          ]),
          NOW,
        ),
        'kms:Decrypt',
        key,
      ).rows,
    )
  const policy = (Principal: object) => ({
    document: { Statement: [{ Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' }] },
  })
  expect(await who(policy({ AWS: arn('user', 'bob') }))).toEqual(['bob yes'])
  expect(await who(policy({ AWS: ACCOUNT }))).toEqual(['ana yes'])
  expect(await who({}, { document: { reason: 'access denied' } })).toEqual(['ana depends'])
})

test('a bucket that restricts public access keeps everybody else out', async () => {
  const bucket = 'aws:arn:aws:s3:::payroll'
  const open = {
    Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::payroll/*' }],
  }
  const outside = async (restricted: boolean) =>
    whoCanIn(
      await awsWorld(
        collected([
          { key: bucket, type: 'aws_s3_bucket', attributes: { account: ACCOUNT, restrictsPublicAccess: restricted } },
          { key: `${bucket}#policy`, type: 'aws_resource_policy', attributes: { document: open } },
        ]),
        NOW,
      ),
      's3:GetObject',
      'arn:aws:s3:::payroll/a',
    ).outside.map(({ who }) => who)
  expect(await outside(false)).toEqual(['everybody'])
  expect(await outside(true)).toEqual([ACCOUNT])
})

test('a listing of another account or another service is no reason to doubt', async () => {
  const unread = [
    {
      connection: 'aws',
      collection: 'buckets',
      scope: OTHER,
      reason: 'access denied',
      permission: 's3:ListAllMyBuckets',
    },
    { connection: 'aws', collection: 'queues', scope: ACCOUNT, reason: 'access denied', permission: 'sqs:ListQueues' },
  ]
  const world = await awsWorld(collected([], { unread }), NOW)
  const lines = (action: string, resource: string) => whoCanIn(world, action, resource).notRead.length
  expect(lines('s3:GetObject', 'arn:aws:s3:::payroll/a')).toBe(1)
  expect(lines('sqs:SendMessage', `arn:aws:sqs:eu-west-1:${ACCOUNT}:q`)).toBe(1)
  expect(lines('sqs:SendMessage', `arn:aws:sqs:eu-west-1:${OTHER}:q`)).toBe(0)
  expect(lines('ec2:RunInstances', '*')).toBe(0)
})

test('derived rows stay few where one can do everything to everybody, and each says what it stands on', async () => {
  const roles = Object.fromEntries(
    Array.from({ length: 60 }, (_, n) => [`r${n}`, { inline: [allow('s3:ListBucket')] }]),
  )
  const world = await awsWorld(
    collected([
      ...describedAccount({
        users: {
          mighty: { inline: [allow('iam:*')] },
          some: { inline: [allow('iam:PutRolePolicy'), allow('sts:AssumeRole')] },
        },
        roles,
      }),
      ...Array.from({ length: 60 }, (_, n) => ({
        key: `aws:arn:aws:s3:::b${n}`,
        type: 'aws_s3_bucket',
        attributes: { account: ACCOUNT },
      })),
      ...describedAccount({ users: { reader: { inline: [allow('s3:GetObject')] } } }),
    ]),
    NOW,
  )
  const rows = await awsDerived(world.aws)
  const of = (name: string) => rows.filter(({ from }) => from === `aws:${arn('user', name)}`)
  expect(of('mighty').every(({ to, verb }) => to === account(ACCOUNT) && verb === 'escalates-to')).toBe(true)
  expect(of('mighty').length).toBeLessThanOrEqual(3)
  expect(of('reader')).toMatchObject([
    { verb: 'reaches', to: account(ACCOUNT), says: 'reader can do s3:GetObject on 60 things that were listed' },
  ])
  expect(rows.every(({ says, actions }) => says.length > 0 && actions.length > 0)).toBe(true)
})
