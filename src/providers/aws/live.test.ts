import { expect, test } from 'vitest'
import { ReeveError, type Run } from '../../sdk/index.ts'
import { type Read, testCollection, testRun } from '../../sdk/testing/index.ts'
import { aws } from './index.ts'
import { ahead, merged } from './merged.ts'
import { refusalOf } from './refusal.ts'
import { Settings } from './settings.ts'

/** Answers in the shapes of AWS's protocols, written by hand: what moto cannot be made to say. */
interface Answer {
  status?: number
  xml?: string
  json?: object
}
const MAIN = '111122223333'

const ok = (action: string, inner: string) => ({
  xml: `<${action}Response><${action}Result>${inner}</${action}Result></${action}Response>`,
})
const error = (status: number, code: string, message = code) => ({
  status,
  xml: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
})
const user = (account: string, name: string) =>
  `<member><UserName>${name}</UserName><UserId>AIDA${name}</UserId><Arn>arn:aws:iam::${account}:user/${name}</Arn><Path>/</Path><CreateDate>2026-01-01T00:00:00Z</CreateDate></member>`

/** What any account answers unless the test says otherwise; `account` is that of the credentials. */
function usual(action: string, account: string): Answer {
  switch (action) {
    case 'GetCallerIdentity':
      return ok(action, `<Account>${account}</Account><Arn>arn:aws:iam::${account}:user/reeve</Arn><UserId>x</UserId>`)
    case 'GetAccountSummary':
      return ok(action, '<SummaryMap><entry><key>Users</key><value>1</value></entry></SummaryMap>')
    case 'GenerateCredentialReport':
      return ok(action, '<State>COMPLETE</State>')
    case 'GetCredentialReport':
      return ok(
        action,
        `<Content>${Buffer.from('user,arn,password_enabled,mfa_active,access_key_1_active,access_key_2_active\n').toString('base64')}</Content>`,
      )
    case 'GetAccountAuthorizationDetails':
      return ok(action, `<IsTruncated>false</IsTruncated><UserDetailList>${user(account, 'ci')}</UserDetailList>`)
    case 'ListUsers':
      return ok(action, `<IsTruncated>false</IsTruncated><Users>${user(account, 'ci')}</Users>`)
    case 'ListAccessKeys':
      return ok(
        action,
        '<AccessKeyMetadata><member><AccessKeyId>AKIAEXAMPLE</AccessKeyId><Status>Active</Status><CreateDate>2026-01-01T00:00:00Z</CreateDate></member></AccessKeyMetadata>',
      )
    case 'GetAccessKeyLastUsed':
      return ok(
        action,
        '<AccessKeyLastUsed><LastUsedDate>2026-11-01T00:00:00Z</LastUsedDate><ServiceName>s3</ServiceName><Region>eu-west-1</Region></AccessKeyLastUsed>',
      )
    case 'GetLoginProfile':
      return error(404, 'NoSuchEntity')
    case 'ListAccounts':
      return {
        json: {
          Accounts: ['111122223333', '222233334444', '333344445555'].map((Id) => ({
            Id,
            Name: Id === MAIN ? 'main' : `acme-${Id === '222233334444' ? 'prod' : 'dev'}`,
            Status: 'ACTIVE',
          })),
        },
      }
    case 'ListTagsForResource':
      return { json: { Tags: [] } }
    default:
      return ok(action, '')
  }
}

async function connected(
  said: (action: string, account: string, count: number, body: string) => Answer | undefined,
  more: object = {},
) {
  const asked: string[] = []
  const fetch: Run['fetch'] = async (url, init = {}) => {
    const headers = new Headers(init.headers)
    const body =
      typeof init.body === 'string'
        ? init.body
        : new TextDecoder().decode((init.body ?? new Uint8Array()) as Uint8Array)
    const form = new URLSearchParams(body)
    const action = form.get('Action') ?? headers.get('x-amz-target')?.split('.').at(-1) ?? new URL(url).pathname
    const account = /Credential=ASIA(\d{12})/.exec(headers.get('authorization') ?? '')?.[1] ?? MAIN
    asked.push(action)
    const member = /iam::(\d{12}):role/.exec(form.get('RoleArn') ?? '')?.[1] ?? account
    const given: Answer =
      said(action, action === 'AssumeRole' ? member : account, asked.filter((one) => one === action).length, body) ??
      (action === 'AssumeRole'
        ? ok(
            action,
            `<Credentials><AccessKeyId>ASIA${member}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>`,
          )
        : usual(action, account))
    return new Response(given.json ? JSON.stringify(given.json) : (given.xml ?? ''), { status: given.status ?? 200 })
  }
  const run = testRun({ fetch })
  const client = await aws.connect(
    Settings.parse({ accessKeyId: 'AKIAX', secretAccessKey: 'planted-secret', regions: ['eu-west-1'], ...more }),
    run,
  )
  const read = (id: string): Promise<Read> =>
    testCollection(aws.collections!.find((one) => one.id === id)!, client, run, { secrets: ['planted-secret'] })
  return { read, asked }
}

test('a lack of one permission refuses that line alone, with the permission to grant', async () => {
  const { read } = await connected((action) =>
    action === 'GetAccessKeyLastUsed'
      ? error(
          403,
          'AccessDenied',
          `User: arn:aws:iam::${MAIN}:user/reeve is not authorized to perform: iam:GetAccessKeyLastUsed on resource: user ci because no identity-based policy allows the iam:GetAccessKeyLastUsed action`,
        )
      : undefined,
  )
  const { ledger, entity } = await read('user-credentials')
  expect(ledger.refusals).toEqual([
    {
      scope: `${MAIN} iam:GetAccessKeyLastUsed`,
      reason: 'iam:GetAccessKeyLastUsed is denied',
      permission: 'iam:GetAccessKeyLastUsed',
      count: 1,
    },
  ])
  expect(entity('aws:access-key/AKIAEXAMPLE').lastUsed).toMatchObject({
    permission: 'iam:GetAccessKeyLastUsed',
  })
  expect((await read('principals')).ledger.refusals).toEqual([])
})

/** An event as CloudTrail gives it: the record itself is JSON in a text. */
const event = (EventName: string, userIdentity: object, responseElements: object | null, more: object = {}) => ({
  EventId: `e-${EventName}-${JSON.stringify(responseElements).length}`,
  EventName,
  CloudTrailEvent: JSON.stringify({
    eventTime: '2026-11-20T09:30:00Z',
    eventName: EventName,
    userIdentity,
    responseElements,
    ...more,
  }),
})
const alice = { type: 'IAMUser', arn: `arn:aws:iam::${MAIN}:user/alice`, accountId: MAIN, userName: 'alice' }
const session = (name: string) => ({
  type: 'AssumedRole',
  arn: `arn:aws:sts::${MAIN}:assumed-role/AWSReservedSSO_Admin_0123/${name}`,
  accountId: MAIN,
  sessionContext: {
    sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${MAIN}:role/aws-reserved/AWSReservedSSO_Admin_0123` },
  },
})

test('who made a user, role or key is told with the id of the event, through a role down to the human', async () => {
  const pages: Record<string, object[][]> = {
    CreateUser: [
      [event('CreateUser', alice, { user: { arn: `arn:aws:iam::${MAIN}:user/ci` } })],
      [event('CreateUser', session('Bob@acme.io'), { user: { arn: `arn:aws:iam::${MAIN}:user/batch` } })],
    ],
    CreateRole: [
      [
        event('CreateRole', session('i-0123'), { role: { arn: `arn:aws:iam::${MAIN}:role/job` } }),
        event('CreateRole', alice, null, { errorCode: 'AccessDenied' }),
        { EventId: 'broken', EventName: 'CreateRole', CloudTrailEvent: '{not' },
      ],
    ],
    CreateAccessKey: [
      [
        event(
          'CreateAccessKey',
          { type: 'Root', arn: `arn:aws:iam::${MAIN}:root`, accountId: MAIN },
          { accessKey: { accessKeyId: 'AKIAEXAMPLE', userName: 'ci' } },
        ),
      ],
    ],
  }
  const { read } = await connected((action, _account, _count, body) => {
    if (action !== 'LookupEvents') return undefined
    const { LookupAttributes, NextToken = '0' } = JSON.parse(body)
    const of = pages[LookupAttributes[0].AttributeValue]!
    const next = Number(NextToken) + 1
    return { json: { Events: of[Number(NextToken)], ...(next < of.length && { NextToken: String(next) }) } }
  })
  const { edges, entities, ledger } = await read('creations')
  const made = (to: string) =>
    edges.filter((edge) => edge.to.endsWith(to)).map(({ from, attributes }) => ({ from, ...attributes }))
  const sso = `aws:arn:aws:iam::${MAIN}:role/aws-reserved/AWSReservedSSO_Admin_0123`
  expect(made('user/ci')).toEqual([
    {
      from: `aws:arn:aws:iam::${MAIN}:user/alice`,
      event: 'CreateUser',
      eventId: expect.stringMatching(/^e-CreateUser/),
      at: '2026-11-20T09:30:00Z',
    },
  ])
  expect(made('user/batch')).toEqual([
    expect.objectContaining({ from: sso, session: 'Bob@acme.io' }),
    expect.objectContaining({ from: 'person:bob@acme.io', through: sso, eventId: expect.stringMatching(/^e-/) }),
  ])
  expect(made('role/job')).toEqual([expect.objectContaining({ from: sso, session: 'i-0123' })])
  expect(made('access-key/AKIAEXAMPLE')).toMatchObject([{ from: `aws:arn:aws:iam::${MAIN}:root` }])
  expect(entities.map(({ key }) => key)).toEqual(['person:bob@acme.io'])
  // What failed made nothing; what cannot be read is told.
  expect(ledger.refusals).toMatchObject([{ scope: `${MAIN} CreateRole`, reason: expect.stringContaining('broken') }])
})

test('a trail that may not be asked is refused with the action to grant', async () => {
  const { read } = await connected((action) =>
    action === 'LookupEvents'
      ? {
          status: 400,
          json: {
            __type: 'AccessDeniedException',
            message: 'User is not authorized to perform: cloudtrail:LookupEvents',
          },
        }
      : undefined,
  )
  expect((await read('creations')).ledger.refusals).toMatchObject([
    { scope: MAIN, permission: 'cloudtrail:LookupEvents' },
  ])
})

test('a listing that is denied is refused and not empty', async () => {
  const { read } = await connected((action) =>
    action === 'ListInstanceProfiles' ? error(403, 'AccessDenied') : undefined,
  )
  expect((await read('instance-profiles')).ledger.refusals).toMatchObject([
    { scope: MAIN, permission: 'iam:ListInstanceProfiles' },
  ])
})

test('a service that is throttled is asked again until it answers', async () => {
  const { read, asked } = await connected((action, _, count) =>
    action === 'ListInstanceProfiles' && count <= 2 ? error(400, 'Throttling', 'Rate exceeded') : undefined,
  )
  expect((await read('instance-profiles')).ledger.refusals).toEqual([])
  // Two refusals and two reads of the contract's test.
  expect(asked.filter((action) => action === 'ListInstanceProfiles').length).toBe(4)
})

test('half an organization that refuses the role is half a ledger, and the other half is read', async () => {
  const { read } = await connected(
    (action, account) =>
      action === 'AssumeRole' && account === '333344445555'
        ? error(403, 'AccessDenied', 'not authorized to perform: sts:AssumeRole')
        : undefined,
    { organization: true },
  )
  const { ledger, entities } = await read('principals')
  expect(
    entities
      .filter(({ type }) => type === 'aws_iam_user')
      .map(({ key }) => key)
      .sort(),
  ).toEqual([`aws:arn:aws:iam::${MAIN}:user/ci`, 'aws:arn:aws:iam::222233334444:user/ci'])
  expect(ledger.refusals).toMatchObject([
    {
      scope: '333344445555',
      reason: expect.stringContaining('taking arn:aws:iam::333344445555:role/ReeveReadOnly: sts:AssumeRole is denied'),
      permission: expect.stringContaining('a trust policy there that lets arn:aws:iam::111122223333:user/reeve in'),
    },
  ])
  const accounts = await read('accounts')
  expect(accounts.entity('aws:account/222233334444')).toMatchObject({ name: 'acme-prod', environment: 'production' })
  expect(accounts.ledger.refusals.map(({ scope }) => scope)).toEqual(['333344445555'])
})

test('a session that ends in the middle keeps what came and says what is missing', async () => {
  const { read } = await connected((action) =>
    action === 'ListAccessKeys'
      ? error(403, 'ExpiredToken', 'The security token included in the request is expired')
      : undefined,
  )
  expect((await read('user-credentials')).ledger.refusals).toMatchObject([
    { scope: `${MAIN} iam:ListAccessKeys`, reason: expect.stringContaining('the session has ended') },
  ])
})

test('after three refusals without an answer the rest is refused without asking', async () => {
  const users = Array.from({ length: 20 }, (_, n) => user(MAIN, `u${n}`)).join('')
  const { read, asked } = await connected((action) =>
    action === 'ListUsers'
      ? ok(action, `<IsTruncated>false</IsTruncated><Users>${users}</Users>`)
      : action === 'ListAccessKeys'
        ? error(403, 'AccessDenied')
        : undefined,
  )
  const { ledger } = await read('user-credentials')
  expect(ledger.refusals.filter(({ scope }) => scope.endsWith('ListAccessKeys')).length).toBe(20)
  // Eight users are read at once, in each of the two reads.
  expect(asked.filter((action) => action === 'ListAccessKeys').length).toBeLessThanOrEqual(2 * (3 + 8))
})

test('a policy document that is larger than any or no JSON is unknown of that policy', async () => {
  const { read } = await connected((action) =>
    action === 'GetAccountAuthorizationDetails'
      ? ok(
          action,
          `<UserDetailList>${user(MAIN, 'ci').replace('<Path>', '<UserPolicyList><member><PolicyName>p</PolicyName><PolicyDocument>%7Bnot</PolicyDocument></member></UserPolicyList><Path>')}</UserDetailList>`,
        )
      : undefined,
  )
  const { entity, ledger } = await read('principals')
  expect(entity(`aws:arn:aws:iam::${MAIN}:user/ci#p`).unknowns?.['document']?.reason).toBe('its document is not JSON')
  expect(ledger.refusals).toEqual([])
})

test('what the address guard refuses stays refused, and login says why', async () => {
  const run = testRun({
    fetch: () =>
      Promise.reject(new ReeveError('outbound/refused-address', 'connecting to sts: 10.0.0.1 is a private address')),
  })
  await expect(aws.connect(Settings.parse({ accessKeyId: 'AKIAX', secretAccessKey: 's' }), run)).rejects.toMatchObject({
    code: 'aws/login',
    message: expect.stringContaining('private address'),
  })
})

test('half of a key is told, and wrong credentials are told from a wrong clock', async () => {
  await expect(aws.connect(Settings.parse({ accessKeyId: 'AKIAX' }), testRun())).rejects.toMatchObject({
    code: 'aws/settings',
  })
  await expect(connected(() => error(403, 'InvalidClientTokenId'))).rejects.toThrow(
    /AWS does not know these credentials/,
  )
  await expect(
    connected(() => error(403, 'SignatureDoesNotMatch', 'Signature expired: 20260101T000000Z is now earlier than')),
  ).rejects.toThrow(/the clock of this machine differs/)
})

test.each<[{ name: string; message?: string; $metadata: object }, RegExp]>([
  [
    { name: 'ThrottlingException', $metadata: { attempts: 6, httpStatusCode: 400 } },
    /still throttles after 6 attempts/,
  ],
  [
    { name: 'UnrecognizedClientException', message: 'x', $metadata: { httpStatusCode: 403 } },
    /eu-west-1 does not know these credentials .*may not be enabled/,
  ],
  [
    { name: 'RequestTimeTooSkewed', message: 'skewed', $metadata: { httpStatusCode: 403 } },
    /the clock of this machine/,
  ],
  [{ name: 'Error', message: '', $metadata: { httpStatusCode: 404 } }, /does not answer here \(404 Error\)/],
  [
    { name: 'SyntaxError', message: 'Unexpected token', $metadata: { httpStatusCode: 500 } },
    /does not answer here \(500 and no JSON\)/,
  ],
  [
    {
      name: 'AccessDeniedException',
      message: 'not authorized to perform: kms:ListKeys with an explicit deny in a service control policy',
      $metadata: { httpStatusCode: 400 },
    },
    /kms:ListKeys is denied by an explicit deny in a service control policy/,
  ],
])('%o is said in words', (given, words) => {
  const { reason, permission } = refusalOf(Object.assign(new Error(given.message), given), 'kms:ListKeys', 'eu-west-1')
  expect(reason).toMatch(words)
  if (given.name === 'AccessDeniedException')
    expect(permission).toBe('kms:ListKeys, which the service control policy must let through')
})

test('a service that a region does not have is refused with what to do, not empty', () => {
  const { reason } = refusalOf(
    new ReeveError('outbound/unreachable', 'fetching from iot.eu-x.amazonaws.com: getaddrinfo ENOTFOUND', {
      fields: { code: 'ENOTFOUND' },
    }),
    'iot:ListThings',
    'eu-x',
  )
  expect(reason).toContain('no address is known for it in eu-x')
})

test('sources are read side by side, each to its end; the first that fails ends all; who stops early stops them', async () => {
  let most = 0
  let now = 0
  let closed = 0
  const source = (n: number) =>
    async function* () {
      most = Math.max(most, ++now)
      try {
        for (let i = 0; i < 500; i++) {
          await null
          yield n * 1000 + i
        }
      } finally {
        now--
        closed++
      }
    }
  const all = await Array.fromAsync(merged([1, 2, 3, 4, 5].map(source), 2))
  expect([new Set(all).size, most]).toEqual([2500, 2])
  const failing = async function* (): AsyncGenerator<number> {
    yield 1
    throw new Error('broken')
  }
  await expect(Array.fromAsync(merged([source(1), failing], 2))).rejects.toThrow('broken')
  closed = 0
  for await (const _ of merged([source(1), source(2)], 2)) break
  await expect.poll(() => closed).toBe(2)
})

test('the next page is asked for while the present one is worked on, and a failure comes in its turn', async () => {
  const said: string[] = []
  const pages = async function* () {
    for (let n = 1; n <= 2; n++) {
      said.push(`asked ${n}`)
      yield n
    }
    throw new Error('broken')
  }
  const worked = async () => {
    for await (const page of ahead(pages())) {
      await null
      said.push(`worked ${page}`)
    }
  }
  await expect(worked()).rejects.toThrow('broken')
  expect(said).toEqual(['asked 1', 'asked 2', 'worked 1', 'worked 2'])
})
