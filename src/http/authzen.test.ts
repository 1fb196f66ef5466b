/** OpenID's certification scenario for AuthZEN 1.0, over its fixture as compiled grants, and the same over an account of AWS. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allow, arn } from '../access/testing/account.ts'
import { describedAccount } from '../access/testing/described.ts'
import { alice, bob, desk, one, two } from './testing/authzen-scenario.ts'
import { type Client, read, type TestServer, testServer } from './testing/index.ts'

let server: TestServer
let pep: Client
beforeAll(async () => {
  server = await testServer({ access: desk })
  pep = await server.token(['read'])
})
afterAll(() => server.close())
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  pep('POST', `/access/v1/${path}`, { body, headers })

describe('evaluation', () => {
  test.for<[object, object, object, boolean]>([
    [alice, { name: 'read' }, one, true],
    [alice, { name: 'write' }, one, true],
    [bob, { name: 'read' }, one, true],
    [bob, { name: 'write' }, one, false],
    [alice, { name: 'write' }, two, false],
    [{ ...bob, properties: { role: 'admin' } }, { name: 'write' }, two, true],
    [alice, { name: 'delete', properties: { soft: true } }, one, true],
    [alice, { name: 'delete', properties: { soft: false } }, one, false],
  ])('rule %#', async ([subject, action, resource, decision]) => {
    for (const context of [undefined, { time: '2025-06-27T18:03-07:00', ip: '192.168.1.1' }]) {
      const { status, headers, body } = await post('evaluation', {
        subject,
        action,
        resource,
        ...(context && { context }),
      })
      expect([status, headers.get('content-type'), body.decision]).toEqual([
        200,
        'application/json; charset=utf-8',
        decision,
      ])
    }
  })

  test('properties and fields that nobody knows change nothing', async () => {
    const subject = { ...alice, properties: { department: 'Sales', role: 'manager' } }
    const resource = { ...one, properties: { status: 'active', owner: 'bob' } }
    const { body } = await post('evaluation', {
      subject,
      action: { name: 'read', properties: { method: 'GET' } },
      resource,
      foo: 'bar',
      futureField: { nested: true },
    })
    expect(body.decision).toBe(true)
  })

  test('what is known of a subject is not overruled by who asks', async () => {
    const claim = { ...alice, properties: { role: 'admin' } }
    expect(
      (
        await post('evaluation', {
          subject: bob,
          action: { name: 'write' },
          resource: { ...two, properties: { status: 'active' } },
        })
      ).body.decision,
    ).toBe(true)
    expect((await post('evaluation', { subject: claim, action: { name: 'write' }, resource: two })).body.decision).toBe(
      true,
    )
    expect(
      (
        await post('evaluation', {
          subject: { ...bob, properties: { role: 'guest' } },
          action: { name: 'write' },
          resource: two,
        })
      ).body.decision,
    ).toBe(true)
  })

  test('what depends on something not told is no, with the reason', async () => {
    const { body } = await post('evaluation', { subject: alice, action: { name: 'delete' }, resource: one })
    expect(body).toMatchObject({ decision: false, context: { depends_on: ['action.soft (stringequals true)'] } })
    expect(
      (await post('evaluation', { subject: { type: 'user', id: 'eve' }, action: { name: 'read' }, resource: one }))
        .body,
    ).toEqual({
      decision: false,
      context: { reason: 'no user eve was read' },
    })
    expect(
      (await post('evaluation', { subject: { type: 'robot', id: 'alice' }, action: { name: 'read' }, resource: one }))
        .body.decision,
    ).toBe(false)
  })

  test.for<[string, unknown]>([
    ['no subject', { action: { name: 'read' }, resource: one }],
    ['no action', { subject: alice, resource: one }],
    ['no resource', { subject: alice, action: { name: 'read' } }],
    ['a subject without a type', { subject: { id: 'alice' }, action: { name: 'read' }, resource: one }],
    ['a subject without an id', { subject: { type: 'user' }, action: { name: 'read' }, resource: one }],
    ['an action without a name', { subject: alice, action: {}, resource: one }],
    ['a resource without a type', { subject: alice, action: { name: 'read' }, resource: { id: 'record-1' } }],
    ['a resource without an id', { subject: alice, action: { name: 'read' }, resource: { type: 'record' } }],
    ['a subject that is text', { subject: 'alice', action: { name: 'read' }, resource: one }],
    ['a name that is a number', { subject: alice, action: { name: 123 }, resource: one }],
  ])('%s is 400', async ([, body]) => {
    expect((await post('evaluation', body, { 'x-request-id': 'r-1' })).status).toBe(400)
  })

  test.for<[string, string, string]>([
    ['another sort of body', 'text/plain', '{}'],
    ['a form', 'application/x-www-form-urlencoded', 'a=b'],
    ['broken JSON', 'application/json', '{"subject": '],
    ['an empty body', 'application/json', ''],
  ])('%s is 400', async ([, type, body]) => {
    const response = await fetch(`${server.url}/access/v1/evaluation`, {
      method: 'POST',
      headers: { 'content-type': type, authorization: await bearer() },
      body,
    })
    expect(response.status).toBe(400)
  })

  test('a request id comes back, also with an error; without one nothing fails', async () => {
    const asked = { subject: alice, action: { name: 'read' }, resource: one }
    expect((await post('evaluation', asked, { 'x-request-id': 'bfe9eb29' })).headers.get('x-request-id')).toBe(
      'bfe9eb29',
    )
    expect((await post('evaluation', {}, { 'x-request-id': 'bfe9eb29' })).headers.get('x-request-id')).toBe('bfe9eb29')
    expect((await post('evaluation', asked)).status).toBe(200)
    expect(
      (
        await server.anyone('POST', '/access/v1/evaluation', { body: asked, headers: { 'x-request-id': 'r' } })
      ).headers.get('x-request-id'),
    ).toBe('r')
  })

  test('who does not prove themselves is 401', async () => {
    expect((await server.anyone('POST', '/access/v1/evaluation', { body: {} })).status).toBe(401)
  })
})

/** The token behind a client, as its requests carry it. */
async function bearer(): Promise<string> {
  const { createToken } = await import('./accounts.ts')
  const { rows } = await server.database.pool.query<{ id: string }>(
    `select id from http.account where role = 'admin' limit 1`,
  )
  const maker = {
    id: rows[0]!.id,
    actor: 'test',
    name: 'test',
    role: 'admin' as const,
    scopes: null,
    csrf: null,
    hash: Buffer.alloc(0),
    expires: null,
  }
  const { value } = await createToken(server.db, server.app.clock, maker, { name: 'test', scopes: ['read'], days: 1 })
  return `Bearer ${value}`
}

describe('evaluations', () => {
  const decisions = async (body: object) => {
    const answer = await post('evaluations', body)
    return [
      answer.status,
      answer.body.evaluations?.map((each: { decision: boolean }) => each.decision) ?? answer.body.decision,
    ]
  }
  const write = { name: 'write' }

  test('defaults stand for what is left out, whole objects take their place, and the order stays', async () => {
    expect(
      await decisions({ subject: bob, resource: one, evaluations: [{ action: { name: 'read' } }, { action: write }] }),
    ).toEqual([200, [true, false]])
    expect(
      await decisions({ subject: alice, action: write, evaluations: [{ resource: one }, { resource: two }] }),
    ).toEqual([200, [true, false]])
    expect(
      await decisions({
        action: write,
        resource: two,
        evaluations: [{ subject: alice }, { subject: { ...bob, properties: { role: 'admin' } } }],
      }),
    ).toEqual([200, [false, true]])
    expect(
      await decisions({ subject: alice, action: write, resource: one, evaluations: [{}, { resource: two }] }),
    ).toEqual([200, [true, false]])
    expect(
      await decisions({
        evaluations: [
          { subject: alice, action: { name: 'read' }, resource: one },
          { subject: bob, action: write, resource: one },
        ],
      }),
    ).toEqual([200, [true, false]])
  })

  test('one that cannot be read is no, and the others are answered', async () => {
    const { status, body } = await post('evaluations', {
      subject: alice,
      action: { name: 'read' },
      options: { evaluations_semantic: 'execute_all' },
      evaluations: [{ resource: one }, {}],
    })
    expect([status, body.evaluations[0].decision, body.evaluations[1].decision]).toEqual([200, true, false])
    expect(body.evaluations[1].context.error.status).toBe(400)
  })

  test('without evaluations it is a single one', async () => {
    const single = { subject: alice, action: { name: 'read' }, resource: one }
    expect(await decisions(single)).toEqual([200, true])
    expect(await decisions({ ...single, evaluations: [] })).toEqual([200, true])
    expect((await decisions({ subject: alice }))[0]).toBe(400)
  })

  test('the first denial or the first permission ends it, where that was asked for', async () => {
    const evaluations = [{ resource: one }, { resource: two }, { resource: one }]
    const asked = (semantic: string) =>
      decisions({ subject: alice, action: write, evaluations, options: { evaluations_semantic: semantic } })
    expect(await asked('execute_all')).toEqual([200, [true, false, true]])
    expect(await asked('deny_on_first_deny')).toEqual([200, [true, false]])
    expect(await asked('permit_on_first_permit')).toEqual([200, [true]])
    expect((await asked('sometimes'))[0]).toBe(400)
  })
})

describe('search', () => {
  const search = async (of: string, body: object) => {
    const { status, body: told } = await post(`search/${of}`, body)
    return { status, ...told }
  }
  const ids = ({ results }: { results: { id?: string; name?: string }[] }) => results.map(({ id, name }) => id ?? name)

  test('subjects, resources and actions are those that an evaluation permits', async () => {
    const read = { name: 'read' }
    expect(
      ids(await search('subject', { subject: { type: 'user', id: 'ignored' }, action: read, resource: one })),
    ).toEqual(['alice', 'bob'])
    expect(
      ids(await search('subject', { subject: { type: 'user' }, action: { name: 'write' }, resource: two })),
    ).toEqual(['bob'])
    expect(
      ids(await search('resource', { subject: alice, action: read, resource: { type: 'record', id: 'record-1' } })),
    ).toEqual(['record-1', 'record-2'])
    expect(
      ids(
        await search('resource', {
          subject: { ...bob, properties: { role: 'admin' } },
          action: { name: 'write' },
          resource: { type: 'record' },
        }),
      ),
    ).toEqual(['record-2'])
    expect(ids(await search('action', { subject: alice, resource: one }))).toEqual(['read', 'write'])
    expect(ids(await search('action', { subject: { ...bob, properties: { role: 'admin' } }, resource: two }))).toEqual([
      'read',
      'write',
    ])
  })

  test('nobody and nothing is an empty list, not an error', async () => {
    expect(await search('action', { subject: { type: 'user', id: 'nobody' }, resource: one })).toMatchObject({
      status: 200,
      results: [],
    })
    expect(
      await search('subject', { subject: { type: 'spaceship' }, action: { name: 'read' }, resource: one }),
    ).toMatchObject({ status: 200, results: [] })
    expect(
      await search('resource', { subject: alice, action: { name: 'read' }, resource: { type: 'spaceship' } }),
    ).toMatchObject({ status: 200, results: [] })
  })

  test('what an endpoint needs must be there', async () => {
    const body = { subject: { type: 'user' }, action: { name: 'read' }, resource: { type: 'record' } }
    for (const of of ['subject', 'resource', 'action']) expect((await search(of, body)).status).toBe(400)
    expect((await search('subject', { subject: { type: 'user' }, resource: one })).status).toBe(400)
    expect((await search('action', { subject: alice })).status).toBe(400)
  })

  test('pages go on by a token that holds for the same question alone', async () => {
    const asked = { subject: { type: 'user' }, action: { name: 'read' }, resource: one }
    const first = await search('subject', { ...asked, page: { limit: 1 } })
    expect(first).toMatchObject({ results: [{ id: 'alice' }], page: { count: 1, total: 2 } })
    const second = await search('subject', { ...asked, page: { token: first.page.next_token } })
    expect(second).toMatchObject({ results: [{ id: 'bob' }], page: { next_token: '', count: 1, total: 2 } })
    const other = { ...asked, action: { name: 'write' }, page: { token: first.page.next_token } }
    expect((await search('subject', other)).status).toBe(400)
    expect((await search('subject', { ...asked, page: { token: first.page.next_token, limit: 2 } })).status).toBe(400)
    expect((await search('subject', { ...asked, page: { token: 'x' } })).status).toBe(400)
    expect((await search('subject', asked)).page).toEqual({ next_token: '', count: 2, total: 2 })
  })
})

test('the metadata name where we were reached, and need no token', async () => {
  const { status, headers, body } = await server.anyone('GET', '/.well-known/authzen-configuration')
  expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
  expect(body.policy_decision_point).toBe(server.url)
  expect(body.search_action_endpoint).toBe(`${server.url}/access/v1/search/action`)
})

test('over what was collected of AWS, search says what who-can says', async () => {
  const aws = await testServer()
  try {
    const bucket = 'arn:aws:s3:::payroll'
    await read(
      aws.database,
      [
        ...describedAccount({
          users: {
            ana: { inline: [allow(['s3:GetObject', 's3:ListBucket'], [bucket, `${bucket}/*`])] },
            bob: {
              inline: [allow('s3:ListBucket', bucket, { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } })],
            },
          },
        }),
        { kind: 'resource', type: 'aws_s3_bucket', key: `aws:${bucket}`, attributes: { account: '222233334444' } },
      ],
      { connection: 'aws-main' },
    )
    const client = await aws.token(['read'])
    const ask = async (path: string, body: object) => (await client('POST', `/access/v1/${path}`, { body })).body
    const action = { name: 's3:ListBucket' }
    const resource = { type: 's3_bucket', id: `aws:${bucket}` }
    const who = (
      await client('GET', `/v1/access/who-can?${new URLSearchParams({ action: action.name, resource: resource.id })}`)
    ).body
    const sure = who.rows
      .filter(({ verdict }: { verdict: string }) => verdict === 'yes')
      .map(({ subject }: { subject: { key: string } }) => subject.key)
    const found = await ask('search/subject', { subject: { type: 'user' }, action, resource })
    expect(found.results.map(({ id }: { id: string }) => id)).toEqual(sure)
    expect(sure).toEqual([`aws:${arn('user', 'ana')}`])
    const subject = { type: 'aws_iam_user', id: arn('user', 'bob') }
    expect(await ask('evaluation', { subject, action, resource })).toMatchObject({
      decision: false,
      context: { depends_on: ['aws:SourceIp (IpAddress 10.0.0.0/8)'] },
    })
    expect(
      await ask('evaluation', { subject, action, resource, context: { 'aws:SourceIp': '10.1.2.3' } }),
    ).toMatchObject({ decision: true })
    expect(
      await ask('evaluation', { subject, action, resource, context: { 'aws:PrincipalArn': arn('user', 'ana') } }),
    ).toMatchObject({ decision: false })
    const named = { type: 'user', id: 'ana' }
    expect(
      (await ask('search/resource', { subject: named, action, resource: { type: 'aws_s3_bucket' } })).results,
    ).toEqual([{ type: 'aws_s3_bucket', id: `aws:${bucket}` }])
    expect((await ask('search/action', { subject: named, resource })).results).toEqual([
      { name: 's3:GetObject' },
      { name: 's3:ListBucket' },
    ])
  } finally {
    await aws.close()
  }
})
