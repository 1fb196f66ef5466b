import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CreatePolicyVersionCommand, IAMClient } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readProvider } from '../../src/discover/index.ts'
import { providers } from '../../src/providers/index.ts'
import { type Edge, type Entity, isEdge } from '../../src/sdk/index.ts'
import { testCollection, testRun } from '../../src/sdk/testing/index.ts'
import { type Moto, startMoto } from './moto.ts'

/** moto 5.2.5 over HTTP: the SDK's own requests, signed, and IAM enforced where the test asks for it. */
const aws = providers.find(({ id }) => id === 'aws')!
const policyFile = fileURLToPath(new URL('../../docs/policies/aws-read-only.json', import.meta.url))
const ACCOUNT = '123456789012'
const PLANTED = ['planted-secret-9Xq', 'planted-Password-1!']

let missing: string | undefined
let moto: Moto
let endpoint: string
let seeded: Moto['seeded']
const run = testRun({ fetch: globalThis.fetch as never })

beforeAll(async () => {
  const started = await startMoto(policyFile)
  if ('missing' in started) {
    missing = started.missing
    return
  }
  moto = started
  ;({ endpoint, seeded } = moto)
}, 400_000)
afterAll(() => moto?.stop())
beforeEach((context) => {
  if (missing) context.skip(missing)
})

const enforce = (after: '0' | 'inf') => moto.enforce(after)

const settings = (more: object = {}) =>
  aws.config.parse({
    accessKeyId: seeded.id,
    secretAccessKey: seeded.secret,
    endpoint,
    regions: ['us-east-1'],
    serviceLastAccessed: false,
    ...more,
  })

async function readAll(more: object = {}) {
  const items: (Entity | Edge)[] = []
  const results = await readProvider(aws, settings(more), {
    run,
    take: (_, item) => {
      items.push(item)
      return undefined
    },
  })
  const lines = results.flatMap(({ id, lines }) => lines.map((line) => ({ collection: id, ...line })))
  return {
    items,
    entities: items.filter((item): item is Entity => !isEdge(item)),
    sentences: items.filter(isEdge).map(({ from, verb, to }) => `${from} ${verb} ${to}`),
    results,
    refused: lines.filter(({ refused }) => refused > 0),
    lines,
  }
}

/** What moto does not answer, or not as AWS does. */
const NOT_IN_MOTO = [
  'agents 123456789012 us-east-1',
  'creations 123456789012',
  'last-accessed ',
  'user-credentials 123456789012 iam:ListServiceSpecificCredentials',
]

test('one of each thing is read, with the sentences between them', async () => {
  const { entities, sentences, refused, lines } = await readAll()
  const role = (name: string) => `aws:arn:aws:iam::${ACCOUNT}:role/${name}`
  for (const sentence of [
    `aws:arn:aws:lambda:us-east-1:${ACCOUNT}:function:pay runs-as ${role('worker')}`,
    `aws:arn:aws:codebuild:us-east-1:${ACCOUNT}:project/build runs-as ${role('worker')}`,
    `aws:arn:aws:ecs:us-east-1:${ACCOUNT}:service/shop/web uses aws:arn:aws:ecs:us-east-1:${ACCOUNT}:task-definition/web:1`,
    `aws:arn:aws:ecs:us-east-1:${ACCOUNT}:task-definition/web:1 runs-as ${role('worker')}`,
    `aws:arn:aws:iam::${ACCOUNT}:instance-profile/worker contains ${role('worker')}`,
    `aws:arn:aws:iam::999988887777:root assumes ${role('vendor')}`,
    `${role('vendor')}#all allows aws:account/${ACCOUNT}`,
    `aws:arn:aws:iam::${ACCOUNT}:user/anna has aws:arn:aws:iam::${ACCOUNT}:group/team/admins`,
    `aws:arn:aws:iam::${ACCOUNT}:group/team/admins allows aws:account/${ACCOUNT}`,
    `aws:arn:aws:iam::${ACCOUNT}:user/ci#own allows aws:arn:aws:s3:::open`,
    'aws:everybody has aws:arn:aws:s3:::open#policy',
    'aws:arn:aws:s3:::open#policy allows aws:arn:aws:s3:::open',
  ])
    expect(sentences).toContain(sentence)
  const types = Object.groupBy(entities, ({ type }) => type)
  const count = (type: string) => types[type]?.length ?? 0
  expect(count('aws_iam_role')).toBe(123)
  expect(count('aws_access_key')).toBe(2)
  expect(count('aws_ec2_instance')).toBe(1)
  expect(sentences.some((said) => said.includes(':instance/i-') && said.endsWith(`runs-as ${role('worker')}`))).toBe(
    true,
  )
  // The parameter that is not encrypted is no secret.
  expect(types['aws_ssm_parameter']?.map(({ name }) => name)).toEqual(['/db/password'])
  for (const type of [
    'aws_kms_grant',
    'aws_acm_certificate',
    'aws_iot_certificate',
    'aws_oidc_provider',
    'aws_ecr_repository',
  ])
    expect(count(type), type).toBe(1)
  expect(entities.find(({ key }) => key.endsWith(':user/ci'))).toMatchObject({ environment: 'production' })
  // A device is an identity, and how it proves itself is a credential of its own.
  const thing = entities.find(({ type }) => type === 'aws_iot_thing')!
  expect(thing).toMatchObject({ kind: 'identity', name: 'meter-1', attributes: { accountKind: 'service' } })
  const [proof] = types['aws_iot_certificate']!
  expect(proof).toMatchObject({ kind: 'credential', method: 'certificate', attributes: { status: 'ACTIVE' } })
  expect(sentences).toContain(`${proof!.key} authenticates ${thing.key}`)
  // The account says how many there are, and so many came.
  const whole = lines.find(({ collection, scope }) => collection === 'principals' && scope === ACCOUNT)!
  expect([whole.expected, whole.obtained, whole.refused]).toEqual([128, 128, 0])
  expect(refused.map(({ collection, scope }) => `${collection} ${scope}`).sort()).toEqual(NOT_IN_MOTO)
}, 120_000)

test('each collection keeps its contract, and no value of a secret leaves', async () => {
  const client = await aws.connect(settings(), run)
  for (const collection of aws.collections!) {
    if (collection.id === 'last-accessed') continue
    await testCollection(collection, client, run, { secrets: [...PLANTED, seeded.secret] })
  }
}, 120_000)

test('what moto does not answer is refused with its reason, never empty', async () => {
  const client = await aws.connect(settings({ serviceLastAccessed: true }), run)
  const read = await testCollection(aws.collections!.find(({ id }) => id === 'last-accessed')!, client, run)
  expect(read.ledger.refusals.length).toBe(read.entities.length)
  expect(read.ledger.refusals[0]?.reason).toMatch(/GenerateServiceLastAccessedDetails: it does not answer here \(500/)
  expect(read.entities[0]?.unknowns?.['servicesAccessed']?.reason).toContain('does not answer')
}, 120_000)

test('an organization: its members by their role, its policies with their targets', async () => {
  const { entities, sentences, results } = await readAll({ organization: true })
  expect(entities.find(({ key }) => key === `aws:account/${seeded.member}`)).toMatchObject({
    name: 'acme-prod',
    environment: 'production',
  })
  expect(
    sentences.some((said) => said.startsWith(`aws:account/${seeded.member} has aws:arn:aws:organizations::`)),
  ).toBe(true)
  expect(results.find(({ id }) => id === 'organization')?.state).toBe('complete')
}, 180_000)

/** With IAM enforced, moto refuses this one whatever the policy says. */
const REFUSED_BY_MOTO = `buckets ${ACCOUNT} s3:GetBucketPublicAccessBlock`

test('the published policy suffices, and without one action just that line is refused', async () => {
  const policy = JSON.parse(readFileSync(policyFile, 'utf8'))
  await replace(policy)
  await enforce('0')
  const { refused } = await readAll()
  const expected = [...NOT_IN_MOTO, REFUSED_BY_MOTO].sort()
  expect(refused.map(({ collection, scope }) => `${collection} ${scope}`).sort()).toEqual(expected)

  for (const statement of policy.Statement)
    statement.Action = statement.Action.filter((action: string) => action !== 'kms:ListGrants')
  await replace(policy)
  await enforce('0')
  const lacking = (await readAll()).refused.filter(
    ({ collection, scope }) => !expected.includes(`${collection} ${scope}`),
  )
  expect(lacking).toMatchObject([
    { collection: 'kms-keys', scope: `${ACCOUNT} us-east-1 kms:ListGrants`, permission: 'kms:ListGrants' },
  ])
}, 240_000)

async function replace(policy: object): Promise<void> {
  await enforce('inf')
  const iam = new IAMClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } })
  await iam.send(
    new CreatePolicyVersionCommand({
      PolicyArn: seeded.policy,
      PolicyDocument: JSON.stringify(policy),
      SetAsDefault: true,
    }),
  )
  iam.destroy()
}
