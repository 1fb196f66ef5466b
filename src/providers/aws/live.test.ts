import { expect, test } from 'vitest'
import { ReeveError } from '../../sdk/index.ts'
import { testRun } from '../../sdk/testing/index.ts'
import { aws } from './index.ts'
import { ahead, merged } from './merged.ts'
import { refusalOf } from './refusal.ts'
import { Settings } from './settings.ts'
import { connected, error, MAIN, ok, user } from './testing/replay.ts'

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
