import { expect, test } from 'vitest'
import { readDocument } from './policy-document.ts'
import { actionClass, excessOf, grantsOf } from './policy-grants.ts'

const ACCOUNT = '111122223333'
const statements = (...given: object[]) => {
  const read = readDocument({ Statement: given })
  if ('unreadable' in read) throw new Error(read.unreadable)
  return read.statements
}
const allow = (Action: unknown, Resource: unknown, more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
})

test.each([
  ['arn:aws:s3:::shop/*', 'aws:arn:aws:s3:::shop'],
  ['arn:aws:s3:::shop', 'aws:arn:aws:s3:::shop'],
  ['arn:aws:s3:::shop-*', `aws:account/${ACCOUNT}`],
  ['*', `aws:account/${ACCOUNT}`],
  ['arn:aws:dynamodb:eu-west-1:111122223333:table/t/*', 'aws:arn:aws:dynamodb:eu-west-1:111122223333:table/t'],
  ['arn:aws:dynamodb:eu-west-1:111122223333:table/*', `aws:account/${ACCOUNT}`],
  ['arn:aws:iam::111122223333:role/path/*', `aws:account/${ACCOUNT}`],
  ['arn:aws:iam::222233334444:role/*', 'aws:account/222233334444'],
  ['arn:aws:iam::222233334444:role/deploy', 'aws:arn:aws:iam::222233334444:role/deploy'],
  ['arn:aws:iam::111122223333:user/${aws:username}', `aws:account/${ACCOUNT}`],
  ['arn:aws:lambda:eu-west-1:111122223333:function:pay:live', 'aws:arn:aws:lambda:eu-west-1:111122223333:function:pay'],
  ['arn:aws:sqs:eu-west-1:111122223333:orders', 'aws:arn:aws:sqs:eu-west-1:111122223333:orders'],
  ['arn:aws:logs:eu-west-1:111122223333:log-group:/app:*', 'aws:arn:aws:logs:eu-west-1:111122223333:log-group:/app'],
])('%s is %s', (resource, to) => {
  expect(grantsOf('aws:p', statements(allow('s3:GetObject', resource)), ACCOUNT).map((edge) => edge.to)).toEqual([to])
})

test('statements about one place are one sentence, conditional only where all of them are', () => {
  const edges = grantsOf(
    'aws:p',
    statements(
      allow(['s3:GetObject', 's3:PutObject'], 'arn:aws:s3:::a/*', {
        Condition: { Bool: { 'aws:SecureTransport': true } },
      }),
      allow('s3:PutBucketPolicy', 'arn:aws:s3:::a'),
      allow('kms:Decrypt', '*', { Condition: { StringEquals: { 'kms:ViaService': 's3' } } }),
      { Effect: 'Deny', Action: 'ec2:*', Resource: '*' },
      { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' },
    ),
    ACCOUNT,
  )
  expect(edges).toEqual([
    {
      from: 'aws:p',
      verb: 'allows',
      to: 'aws:arn:aws:s3:::a',
      attributes: { privileges: ['s3:permissions', 's3:read', 's3:write'] },
    },
    {
      from: 'aws:p',
      verb: 'allows',
      to: `aws:account/${ACCOUNT}`,
      attributes: { privileges: ['all but iam:*', 'kms:read'], resources: ['*'] },
    },
  ])
})

test('a policy that names very many resources is summed up as the account', () => {
  const many = Array.from({ length: 1000 }, (_, n) => `arn:aws:s3:::bucket-${n}`)
  const edges = grantsOf('aws:p', statements(allow('s3:GetObject', many)), ACCOUNT)
  expect(edges.length).toBe(201)
  expect(edges.at(-1)?.to).toBe(`aws:account/${ACCOUNT}`)
})

test.each([
  [[allow('*', '*')], ['all']],
  [[allow('iam:*', '*')], ['all']],
  [[allow('*', '*', { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } })], ['wide']],
  [[allow('s3:*', '*')], ['wide']],
  [[allow('logs:*', '*')], []],
  [[allow('iam:PassRole', '*')], ['wide']],
  [[allow('s3:*', 'arn:aws:s3:::a')], []],
  [[allow('*', '*'), { Effect: 'Deny', Action: '*', Resource: '*' }], []],
  [[{ Effect: 'Allow', NotAction: ['iam:*'], Resource: '*' }], ['wide']],
])('%j is too wide by %j', (given, levels) => {
  expect(excessOf(statements(...given)).map(({ level }) => level)).toEqual(levels)
})

test.each([
  ['*', '*'],
  ['s3:*', 's3:*'],
  ['S3:GetObject', 's3:read'],
  ['iam:CreateAccessKey', 'iam:permissions'],
  ['sts:AssumeRole', 'sts:permissions'],
  ['ec2:RunInstances', 'ec2:write'],
])('%s is of the class %s', (action, named) => {
  expect(actionClass(action)).toBe(named)
})
