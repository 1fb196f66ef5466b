import { expect, test } from 'vitest'
import { connected, MAIN } from './testing/replay.ts'

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
