/** Owners written into real tags of a moto server, with a grant that may do nothing else, IAM enforced. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CreatePolicyVersionCommand, IAMClient, ListRoleTagsCommand, TagRoleCommand } from '@aws-sdk/client-iam'
import { LambdaClient, ListTagsCommand } from '@aws-sdk/client-lambda'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { runPlan } from '../../src/act/index.ts'
import { readProvider, runSync } from '../../src/discover/index.ts'
import { plansOf } from '../../src/http/index.ts'
import { type Client, type TestServer, testServer } from '../../src/http/testing/index.ts'
import { providers } from '../../src/providers/index.ts'
import type { Plan, PlanItems, Planned, TagDifferences } from '../../src/read/index.ts'
import { type Action, type Entity, isEdge } from '../../src/sdk/index.ts'
import { testAction, testRun } from '../../src/sdk/testing/index.ts'
import { type Moto, startMoto } from './moto.ts'

const aws = providers.find(({ id }) => id === 'aws')!
const action: Action = aws.acting!.actions[0]!
const policyFile = fileURLToPath(new URL('../../docs/policies/aws-owner-tags.json', import.meta.url))
const ACCOUNT = '123456789012'
const run = testRun({ fetch: globalThis.fetch as never })

let missing: string | undefined
let moto: Moto
let server: TestServer
let admin: Client
let iam: IAMClient
let lambda: LambdaClient
beforeAll(async () => {
  const started = await startMoto(policyFile)
  if ('missing' in started) {
    missing = started.missing
    return
  }
  moto = started
  const own = {
    endpoint: moto.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'see', secretAccessKey: 'x' },
  }
  iam = new IAMClient(own)
  lambda = new LambdaClient(own)
  server = await testServer({ providers: [aws] })
  server.app.discovery.createRun = (signal) => ({ ...run, signal })
  admin = await server.as('admin')
}, 400_000)
afterAll(async () => {
  moto?.stop()
  await server?.close()
})
beforeEach((context) => {
  if (missing) context.skip(missing)
})

const settings = () => ({
  accessKeyId: 'seed',
  secretAccessKey: 'seed',
  endpoint: moto.endpoint,
  regions: ['us-east-1'],
  serviceLastAccessed: false,
})
const grant = () => ({ accessKeyId: moto.seeded.id, secretAccessKey: moto.seeded.secret })

/** All but the agents of Bedrock and the providers of SAML, which moto does not tell of. */
const TRIED = [
  'aws_iam_user',
  'aws_iam_role',
  'aws_oidc_provider',
  'aws_lambda_function',
  'aws_secrets_manager_secret',
  'aws_kms_key',
  'aws_sns_topic',
  'aws_sqs_queue',
  'aws_ecr_repository',
  'aws_ecs_service',
  'aws_ecs_task_definition',
  'aws_ec2_instance',
  'aws_acm_certificate',
]

async function readEntities(): Promise<Map<string, Entity>> {
  const found = new Map<string, Entity>()
  await readProvider(aws, aws.config.parse(settings()), {
    run,
    take: (_, item) => {
      if (!isEdge(item) && !found.has(item.type)) found.set(item.type, item)
      return undefined
    },
  })
  return found
}

test('the action keeps its contract for each sort of thing, with a key that holds the published policy alone', async () => {
  const entities = await readEntities()
  const actor = await aws.acting!.open(aws.config.parse(settings()), aws.acting!.grant.parse(grant()), run)
  // What stands there is looked at by another key.
  const other = await aws.acting!.open(
    aws.config.parse(settings()),
    aws.acting!.grant.parse({ accessKeyId: 'see', secretAccessKey: 'x' }),
    run,
  )
  const tried: string[] = []
  for (const type of TRIED) {
    const entity = entities.get(type)
    if (!entity) continue
    const thing = { key: entity.key, type, aliases: entity.aliases ?? [] }
    const places = ['owner', 'owner-backup']
    await moto.enforce('0')
    const unenforced = async <T>(look: () => Promise<T>): Promise<T> => {
      await moto.enforce('inf')
      try {
        return await look()
      } finally {
        await moto.enforce('0')
      }
    }
    await testAction(action, {
      actor,
      run,
      entity,
      wanted: { tags: { owner: 'ada@example.org', 'owner-backup': 'Bo Berg' } },
      standing: () => unenforced(() => action.look(other, thing, places, run)),
      put: (place, value) =>
        unenforced(async () => {
          const found = await action.look(other, thing, [place], run)
          await action.apply(other, thing, [{ place, was: found[place] ?? null, to: value }], run)
        }),
    }).catch((error: unknown) => {
      throw new Error(`${type}: ${(error as Error).message}`, { cause: error })
    })
    tried.push(type)
  }
  await moto.enforce('inf')
  expect(tried).toEqual(TRIED)
}, 240_000)

const roleTags = async (RoleName: string) =>
  Object.fromEntries(
    ((await iam.send(new ListRoleTagsCommand({ RoleName }))).Tags ?? []).map(({ Key, Value }) => [Key, Value]),
  )
const FUNCTION = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:pay`
const functionTags = async () => (await lambda.send(new ListTagsCommand({ Resource: FUNCTION }))).Tags ?? {}
const role = (name: string) => `aws:arn:aws:iam::${ACCOUNT}:role/${name}`

async function readAgain(): Promise<void> {
  await admin('POST', '/v1/connections/aws/runs')
  const { rows } = await sql<{ id: number }>`select id from discover.run where state = 'waiting'`.execute(server.db)
  for (const { id } of rows) await runSync(server.app.discovery, id)
}
const plans = () => ({ ...plansOf(server.app), clock: { ...server.app.clock, sleep: async () => {} } })
const states = async (id: string) => {
  const { rows }: PlanItems = (await admin('GET', `/v1/plans/${id}/items`)).body
  return Object.fromEntries(rows.map(({ name, state, code, permission }) => [name, [state, code, permission]]))
}
const differences = async (): Promise<TagDifferences> => (await admin('GET', '/v1/plans/differences')).body

async function policy(without: string): Promise<void> {
  const document = JSON.parse(readFileSync(policyFile, 'utf8'))
  for (const statement of document.Statement)
    statement.Action = statement.Action.filter((one: string) => one !== without)
  await moto.enforce('inf')
  await iam.send(
    new CreatePolicyVersionCommand({
      PolicyArn: moto.seeded.policy,
      PolicyDocument: JSON.stringify(document),
      SetAsDefault: true,
    }),
  )
}

test('planned and approved, written with the grant, killed and gone on with, one refused among many, read back, and undone', async () => {
  expect(
    (
      await admin('POST', '/v1/connections', {
        body: { provider: 'aws', settings: settings(), id: 'aws', schedule: null },
      })
    ).status,
  ).toBe(201)
  await readAgain()
  const keys = [role('worker'), role('vendor'), role('github'), `aws:${FUNCTION}`]
  for (const key of keys)
    expect(
      (await admin('PUT', `/v1/entities/${encodeURIComponent(key)}/owner`, { body: { person: 'mara@x.org' } })).status,
    ).toBe(200)
  const planned: Planned = (await admin('POST', '/v1/plans', { body: { things: { keys } } })).body
  expect(planned.counts).toMatchObject({ total: 4, ready: 4 })
  expect(planned.items[0]!.byHand).toEqual(['aws iam tag-role --role-name worker --tags Key=owner,Value=mara@x.org'])
  expect(planned.connections[0]).toMatchObject({ connection: 'aws', granted: false })
  const id = planned.id!
  expect((await admin('PUT', '/v1/connections/aws/acting', { body: { settings: grant() } })).status).toBe(200)
  await admin('POST', `/v1/plans/${id}/approve`, { body: { reason: 'as agreed' } })
  expect(await roleTags('worker')).toEqual({})

  // Somebody tags the second between the preview and the write; the key may not tag functions.
  await iam.send(new TagRoleCommand({ RoleName: 'vendor', Tags: [{ Key: 'owner', Value: 'acme' }] }))
  await policy('lambda:TagResource')
  await moto.enforce('0')
  await admin('POST', `/v1/plans/${id}/apply`)
  const dying = new AbortController()
  const own = plans()
  const first = {
    ...own,
    open: async (...given: Parameters<typeof own.open>) => {
      const opened = await own.open(...given)
      const apply: Action['apply'] = async (...at) => {
        await opened.action.apply(...at)
        dying.abort()
        throw new Error('killed')
      }
      return { ...opened, action: { ...opened.action, apply } }
    },
  }
  await runPlan(first, Number(id), dying.signal)
  await moto.enforce('inf')
  expect(await roleTags('worker')).toEqual({ owner: 'mara@x.org' })
  expect((await states(id))['worker']).toEqual(['ready', null, null])

  await moto.enforce('0')
  await runPlan(plans(), Number(id))
  await moto.enforce('inf')
  expect(await states(id)).toEqual({
    worker: ['done', null, null],
    vendor: ['refused', 'source/changed', null],
    github: ['done', null, null],
    pay: ['failed', 'source/refused', 'lambda:TagResource'],
  })
  expect([await roleTags('github'), await roleTags('vendor')]).toEqual([{ owner: 'mara@x.org' }, { owner: 'acme' }])

  // Granted, the one that failed is tried again.
  await policy('')
  await moto.enforce('0')
  await admin('POST', `/v1/plans/${id}/apply`)
  await runPlan(plans(), Number(id))
  await moto.enforce('inf')
  expect(await functionTags()).toEqual({ owner: 'mara@x.org' })

  // The next read sees it; what differs there is a difference.
  await readAgain()
  const { rows } = await sql<{ owner: string }>`
    select body->'attributes'->'tags'->>'owner' as owner from graph.node where key = ${role('worker')}`.execute(
    server.db,
  )
  expect(rows).toEqual([{ owner: 'mara@x.org' }])
  expect((await differences()).rows).toMatchObject([{ entity: { name: 'vendor' }, stands: 'acme', sort: 'other' }])

  // Undone: what was there before, also nothing; what somebody changed since stays.
  await iam.send(new TagRoleCommand({ RoleName: 'github', Tags: [{ Key: 'owner', Value: 'octo' }] }))
  await moto.enforce('0')
  await admin('POST', `/v1/plans/${id}/undo`)
  await runPlan(plans(), Number(id))
  await moto.enforce('inf')
  expect([await roleTags('worker'), await functionTags(), await roleTags('github')]).toEqual([
    {},
    {},
    { owner: 'octo' },
  ])
  expect((await states(id))['github']).toEqual(['kept', 'source/changed', null])
  const page: Plan = (await admin('GET', `/v1/plans/${id}`)).body
  expect(page).toMatchObject({ state: 'undone', counts: { undone: 2, kept: 1, refused: 1 } })
}, 240_000)
