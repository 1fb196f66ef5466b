import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { escalate, openAws } from '../src/access/index.ts'
import {
  allow,
  arn,
  deny,
  detailsOf,
  EVERYTHING,
  type Invented,
  serviceTrust,
  trustOf,
} from '../src/access/testing/account.ts'
import { reeve } from './reeve/command.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-access-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string, content: unknown): string => {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
const ACCOUNT: Invented = {
  users: {
    ana: { inline: [allow(['iam:PassRole', 'lambda:CreateFunction', 'lambda:InvokeFunction'])] },
    bob: {
      inline: [allow('s3:GetObject', 'arn:aws:s3:::payroll/*'), deny('s3:GetObject', 'arn:aws:s3:::payroll/secret/*')],
    },
    eve: {
      inline: [
        allow('s3:GetObject', 'arn:aws:s3:::payroll/*', { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }),
      ],
    },
  },
  roles: {
    app: { inline: [EVERYTHING], trust: serviceTrust('lambda.amazonaws.com') },
    reader: { trust: trustOf({ AWS: arn('user', 'bob') }) },
  },
}
const BUCKET = 'arn:aws:s3:::payroll'
const access = (...args: string[]) => reeve(['access', ...args], { cwd: folder })
const json = async (...args: string[]) => {
  const { status, out, err } = await access(...args, '--json')
  expect(err).not.toContain('internal')
  return { status, value: JSON.parse(out) }
}

test('escalation: a row for every user and role, paths of edges, and nothing else on stdout', async () => {
  const account = file('account.json', detailsOf(ACCOUNT))
  const resources = file('resources.json', { resources: [{ type: 'aws_s3_bucket', arn: BUCKET, bucket: 'payroll' }] })
  const { status, value } = await json('escalation', account, '--resources', resources)
  expect(status).toBe(0)
  expect(
    value.rows.map((row: { principal: string; isAdmin: boolean }) => [row.principal.split(':')[5], row.isAdmin]),
  ).toEqual([
    ['user/ana', false],
    ['user/bob', false],
    ['user/eve', false],
    ['role/app', true],
    ['role/reader', false],
  ])
  expect(value.rows[0].paths[0]).toEqual([
    {
      from: arn('user', 'ana'),
      to: arn('role', 'app'),
      actions: ['iam:PassRole', 'lambda:CreateFunction', 'lambda:InvokeFunction'],
      object: 'a new Lambda function',
    },
    { from: arn('role', 'app'), to: 'admin', actions: [] },
  ])
  expect(value.rows[1].paths).toEqual([
    [{ from: arn('user', 'bob'), to: BUCKET, actions: ['s3:GetObject'], object: BUCKET }],
  ])
  expect(value.rows[2].paths[0][0].dependsOn).toEqual(['aws:SourceIp (IpAddress 10.0.0.0/8)'])
  expect(value.rows[4].paths).toEqual([])
  const { out } = await access('escalation', account)
  expect(out).toContain('5 users and roles: 1 are administrators, 1 can become one')
  expect(out).toMatch(
    /user\/ana +iam:PassRole \+ lambda:CreateFunction \+ lambda:InvokeFunction → role\/app, an administrator/,
  )
})

test('an organization that denies the first step cuts the path', async () => {
  const account = file('account.json', detailsOf(ACCOUNT))
  const scp = file('scp.json', deny('iam:PassRole'))
  const { value } = await json('escalation', account, '--scp', scp)
  expect(value.rows[0].paths).toEqual([])
})

test('several accounts of one organization are one question', async () => {
  const here = file('here.json', detailsOf({ users: { ana: { inline: [allow('sts:AssumeRole')] } } }))
  const other = '999988887777'
  const there = file(
    'there.json',
    detailsOf({
      account: other,
      roles: { boss: { inline: [EVERYTHING], trust: trustOf({ AWS: arn('user', 'ana') }) } },
    }),
  )
  const { value } = await json('escalation', here, there)
  expect(value.rows[0].paths[0].map(({ to }: { to: string }) => to)).toEqual([arn('role', 'boss', other), 'admin'])
})

test('who-can, what-can, why and least', async () => {
  const account = file('account.json', detailsOf(ACCOUNT))
  const who = await json('who-can', 's3:GetObject', `${BUCKET}/secret/x`, '--from', account)
  expect(who.value.rows).toEqual([
    { principal: arn('user', 'eve'), verdict: 'depends', dependsOn: ['aws:SourceIp (IpAddress 10.0.0.0/8)'] },
    { principal: arn('role', 'app'), verdict: 'yes', dependsOn: [] },
  ])
  const what = await json('what-can', 'bob', '--from', account)
  expect(what.value.rows).toEqual([
    { action: 's3:GetObject', on: [`${BUCKET}/*`], except: [`${BUCKET}/secret/*`], dependsOn: [] },
  ])
  const why = await json('why', arn('user', 'bob'), 's3:GetObject', `${BUCKET}/secret/x`, '--from', account)
  expect(why.value).toMatchObject({ verdict: 'no', because: 'inline-2 of bob, statement 1 denies it' })
  expect(why.value.layers[0].statements).toHaveLength(2)
  const used = file('used.json', [{ action: 's3:GetObject', resource: `${BUCKET}/2026.csv` }, 'iam:DeleteUser'])
  const least = await json('least', 'bob', '--from', account, '--used', used)
  expect(least.value.policy.Statement).toEqual([
    { Effect: 'Allow', Action: ['s3:GetObject'], Resource: [`${BUCKET}/2026.csv`] },
  ])
  expect(least.value.replay).toEqual([
    { action: 's3:GetObject', resource: `${BUCKET}/2026.csv`, before: 'yes', after: 'yes' },
  ])
  expect(least.value.ungranted).toEqual(['iam:DeleteUser on something not recorded'])
  expect((await access('who-can', 's3:GetObject', `${BUCKET}/x`, '--from', account)).out).toMatch(/user\/bob +yes/)
})

test('CloudTrail and last-accessed answers are what was used; refused calls are not', async () => {
  const account = file('account.json', detailsOf(ACCOUNT))
  const trail = file('trail.json', {
    Records: [
      { eventSource: 'lambda.amazonaws.com', eventName: 'CreateFunction20150331' },
      { eventSource: 'iam.amazonaws.com', eventName: 'PassRole', errorCode: 'AccessDenied' },
    ],
  })
  const least = await json('least', 'ana', '--from', account, '--used', trail)
  expect(least.value.policy.Statement[0].Action).toEqual(['lambda:CreateFunction'])
  const last = file('last.json', {
    ServicesLastAccessed: [
      {
        ServiceNamespace: 'lambda',
        TrackedActionsLastAccessed: [
          { ActionName: 'InvokeFunction', LastAccessedTime: '2026-01-01T00:00:00Z' },
          { ActionName: 'CreateFunction' },
        ],
      },
      { ServiceNamespace: 's3' },
    ],
  })
  const tracked = await json('least', 'ana', '--from', account, '--used', last)
  expect(tracked.value.policy.Statement[0].Action).toEqual(['lambda:InvokeFunction'])
})

test.for<[string, unknown, string, RegExp]>([
  ['a file that is not there', undefined, 'access/file', /opening .*missing\.json/],
  ['a file that is not JSON', '{\n  "UserDetailList": [,]\n}', 'access/json', /it is not JSON \(line 2, column \d+\)/],
  ['half a document', '{\n  "UserDetailList": [{"Arn": "arn:aws', 'access/json', /it ends in the middle \(line 2/],
  ['an empty file', '', 'access/json', /it is empty/],
  [
    'JSON of another kind',
    { Users: [] },
    'access/shape',
    /none of UserDetailList, GroupDetailList, RoleDetailList, Policies/,
  ],
  ['a user without an ARN', { UserDetailList: [{ UserName: 'x' }] }, 'access/shape', /UserDetailList\[0\]\.Arn/],
  ['a list that is none', { RoleDetailList: {} }, 'access/shape', /RoleDetailList/],
])('%s is refused with its place, and nothing is answered', async ([, content, code, says]) => {
  const path = content === undefined ? join(folder, 'missing.json') : file('broken.json', content)
  const { status, out, err } = await access('escalation', path)
  expect(status).toBe(3)
  expect(out).toBe('')
  expect(err).toContain(`(${code})`)
  expect(err).toMatch(says)
})

test('a policy that is no JSON leaves its holder unknown, said and counted, and the others answered', async () => {
  const account = file(
    'account.json',
    detailsOf({ users: { odd: { inline: ['{"Statement"'] }, ana: ACCOUNT.users!['ana']! }, roles: ACCOUNT.roles! }),
  )
  const { status, value } = await json('escalation', account)
  expect(status).toBe(4)
  expect(value.rows.find((row: { principal: string }) => row.principal === arn('user', 'odd'))).toMatchObject({
    principal: arn('user', 'odd'),
    isAdmin: null,
    unknown: ['inline-1 of odd: its document is not JSON'],
  })
  expect(value.rows[0].paths).not.toEqual([])
})

test('a principal that is not there, and no file', async () => {
  const account = file('account.json', detailsOf(ACCOUNT))
  const { status, err } = await access('why', 'nobody', 's3:GetObject', '*', '--from', account)
  expect(status).toBe(3)
  expect(err).toContain('(access/principal)')
  expect((await access('escalation')).status).toBe(2)
})

const shared = fileURLToPath(new URL('../../shared/data/iam/', import.meta.url))
const missing = existsSync(shared) ? null : `skipped: labelled accounts are not at ${shared}`
if (missing) console.info(missing)

interface Labels {
  lab: string
  targets: string[]
  start: { arn: string } | null
  expected: { pathExists: boolean; firstActions: string[]; requiredActions: string[] } | null
  principals: { arn: string; isAdmin: boolean | null; canReachTarget: boolean | null }[]
}

describe.skipIf(missing !== null)('accounts labelled by others', () => {
  const rowsOf = async (lab: string) => {
    const resources = join(lab, 'resources.json')
    const estate = await openAws({
      from: [join(lab, 'account-authorization-details.json')],
      ...(existsSync(resources) && { resources }),
    })
    return (await escalate(estate)).rows
  }
  const labelsOf = (lab: string) => JSON.parse(readFileSync(join(lab, 'labels.json'), 'utf8')) as Labels

  test('every path from a start, every administrator, and nothing of who stands by', async () => {
    const folders = readdirSync(join(shared, 'labs')).map((name) => join(shared, 'labs', name))
    const labs = [...folders.filter((one) => existsSync(join(one, 'labels.json'))), join(shared, 'iam-vulnerable')]
    const wrong: string[] = []
    let found = 0
    let wanted = 0
    let named = 0
    for (const lab of labs) {
      const labels = labelsOf(lab)
      const ends = labels.targets.filter(
        (target) => !labels.principals.some((one) => one.arn === target && one.isAdmin === false),
      )
      const rows = await rowsOf(lab)
      for (const { arn: principal, isAdmin, canReachTarget } of labels.principals) {
        const row = rows.find((one) => one.principal === principal)
        const paths = row?.paths.filter((path) => ends.includes(path.at(-1)!.to)) ?? []
        if (isAdmin !== null && row?.isAdmin !== isAdmin) wrong.push(`${labels.lab} ${principal}: administrator`)
        if (canReachTarget === false && paths.length > 0) wrong.push(`${labels.lab} ${principal}: stands by`)
        if (canReachTarget !== true) continue
        wanted++
        if (paths.length > 0) found++
        const used = paths.map((path) => path.flatMap(({ actions }) => actions))
        if (
          labels.expected?.requiredActions.every((action) => used.some((actions) => actions.includes(action))) ??
          paths.length > 0
        )
          named++
      }
    }
    expect(wrong).toEqual([])
    expect(wanted - found).toBeLessThanOrEqual(1)
    expect(named / wanted).toBeGreaterThan(0.9)
  })
})
