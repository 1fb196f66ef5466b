import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { inventedAccount } from '../bench/access/estate.ts'
import {
  type AwsEstate,
  awsFromCollected,
  escalate,
  findPrincipal,
  openAws,
  whatCan,
  whoCanDo,
} from './access/index.ts'
import {
  allow,
  arn,
  deny,
  detailsOf,
  EVERYTHING,
  type Invented,
  serviceTrust,
  trustOf,
} from './access/testing/account.ts'
import { compose } from './compose.ts'
import { createConnection, removeConnection, requestSync, runSync } from './discover/index.ts'
import { type TestServer, testServer } from './http/testing/index.ts'
import { loadConfig } from './platform/index.ts'
import { providers } from './providers/index.ts'
import { readCollected } from './read/index.ts'

let server: TestServer
let folder: string
beforeAll(async () => {
  server = await testServer({ providers })
  folder = mkdtempSync(join(tmpdir(), 'reeve-effective-'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await server.close()
})

let number = 0
/** The same files, read by the provider into the graph and worked out from there. */
async function imported(files: string[]): Promise<AwsEstate> {
  const { discovery } = server.app
  const id = `aws-${++number}`
  await createConnection(discovery, { provider: 'aws', settings: { files }, id, schedule: null }, 'test')
  await runSync(discovery, await requestSync(discovery, id, 'test'))
  const estate = await awsFromCollected(await readCollected(server.db, 'aws'), Date.now())
  await removeConnection(discovery, id, 'test')
  return estate
}

const bare = (estate: AwsEstate) => ({
  principals: estate.holders.map(({ arn, unknown }) => `${arn} ${unknown.length}`),
  statements: estate.grants.held.reduce(
    (sum, { policy, holders }) => sum + policy.statements.length * holders.length,
    0,
  ),
})

async function same(files: string[], questions: readonly (readonly [string, string])[]): Promise<void> {
  const [offline, online] = [await openAws({ from: files }), await imported(files)]
  expect(bare(online)).toEqual(bare(offline))
  expect((await escalate(online)).rows).toEqual((await escalate(offline)).rows)
  for (const [action, resource] of questions)
    expect(whoCanDo(online, action, resource)).toEqual(whoCanDo(offline, action, resource))
  for (const { arn, kind } of offline.holders.filter((one) => one.kind !== 'group').slice(0, 40))
    expect([kind, await whatCan(online, findPrincipal(online, arn))]).toEqual([
      kind,
      await whatCan(offline, findPrincipal(offline, arn)),
    ])
}

const write = (name: string, content: object): string => {
  const path = join(folder, name)
  writeFileSync(path, JSON.stringify(content))
  return path
}

const QUESTIONS: readonly (readonly [string, string])[] = [
  ['s3:GetObject', 'arn:aws:s3:::payroll/2026.csv'],
  ['iam:PassRole', arn('role', 'app')],
  ['sts:AssumeRole', arn('role', 'app')],
  ['iam:CreateAccessKey', arn('user', 'ana')],
  ['ec2:DescribeInstances', '*'],
]

test.for<[string, Invented]>([
  [
    'users, groups, boundaries, denials and conditions',
    {
      users: {
        ana: {
          inline: [allow('s3:*', 'arn:aws:s3:::payroll/*'), deny('s3:DeleteObject')],
          groups: ['ops'],
          tags: { Team: 'pay' },
        },
        bob: { managed: ['deployer'], boundary: 'edge' },
        cyd: {
          inline: [
            allow('sts:AssumeRole', arn('role', 'app'), {
              Condition: {
                StringEquals: { 'aws:PrincipalTag/team': 'pay', 'aws:SourceVpc': 'vpc-1' },
                Bool: { 'aws:MultiFactorAuthPresent': 'true' },
              },
            }),
          ],
        },
        dee: { managed: ['arn:aws:iam::aws:policy/AdministratorAccess'] },
        eve: { inline: [allow(['iam:SetDefaultPolicyVersion'])], managed: ['several'] },
        fay: { groups: ['gone'] },
      },
      roles: {
        app: {
          trust: trustOf({ AWS: [arn('user', 'cyd'), '999988887777'] }),
          inline: [EVERYTHING],
          profile: 'app-profile',
        },
        run: {
          trust: serviceTrust('lambda.amazonaws.com', 'ec2.amazonaws.com'),
          managed: ['deployer'],
          boundary: 'edge',
        },
        ci: {
          trust: {
            Statement: {
              Effect: 'Allow',
              Principal: { Federated: 'arn:aws:iam::222233334444:saml-provider/idp' },
              Action: 'sts:AssumeRoleWithSAML',
            },
          },
          inline: [allow(['iam:PassRole', 'lambda:*', 'iam:UpdateSAMLProvider'])],
        },
      },
      groups: { ops: { inline: [allow('iam:AddUserToGroup', arn('group', 'ops'))], managed: ['deployer'] } },
      policies: {
        deployer: allow(['iam:PassRole', 'ec2:RunInstances', 'ec2:Describe*', 'iam:CreateAccessKey']),
        edge: { Statement: [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }] },
        several: [allow('s3:ListBucket'), EVERYTHING],
      },
    },
  ],
  [
    'documents that cannot be read',
    {
      users: {
        ana: { inline: [{ Statement: [{ Effect: 'Perhaps', Action: '*', Resource: '*' }] }] },
        bob: { managed: ['lost'] },
      },
      roles: { app: { inline: [allow('*')], boundary: 'lost' } },
    },
  ],
])('files and the graph give the same rows: %s', async ([name, invented]) => {
  await same([write(`${name.split(' ')[0]}.json`, detailsOf(invented))], QUESTIONS)
})

test('two accounts whose roles trust each other', async () => {
  const other = '555566667777'
  const files = [
    write(
      'one.json',
      detailsOf({
        users: { ana: { inline: [allow('sts:AssumeRole')] } },
        roles: { app: { inline: [EVERYTHING], trust: trustOf({ AWS: other }) } },
      }),
    ),
    write(
      'two.json',
      detailsOf({ account: other, roles: { far: { trust: trustOf('*'), inline: [allow('sts:AssumeRole')] } } }),
    ),
  ]
  await same(files, [...QUESTIONS, ['sts:AssumeRole', arn('role', 'far', other)]])
})

test('an account of three hundred roles, invented by dice', async () => {
  await same(
    [write('many.json', inventedAccount(300).details)],
    [
      ['sts:AssumeRole', 'arn:aws:iam::333344445555:role/app-7'],
      ['iam:PassRole', 'arn:aws:iam::333344445555:role/app-7'],
      ['s3:GetObject', 'arn:aws:s3:::data-3/x'],
    ],
  )
}, 120_000)

test('after a sync what follows from it stands in the graph, and the server answers of it', async () => {
  const data = mkdtempSync(join(tmpdir(), 'reeve-effective-up-'))
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  const config = loadConfig({ overrides: { data, 'http.port': 0 }, env: {} })
  const up = await compose(config, { log, version: '0.0.0-test', folder: data, localToken: 'reeve_of-the-test' })
  try {
    const file = write(
      'up.json',
      detailsOf({ users: { ana: { inline: [allow('iam:PutUserPolicy', arn('user', 'ana'))] } } }),
    )
    await createConnection(
      up.app.discovery,
      { provider: 'aws', settings: { files: [file] }, id: 'aws', schedule: null },
      'test',
    )
    await requestSync(up.app.discovery, 'aws', 'test')
    const rows = await vi.waitFor(
      async () => {
        const { rows } = await up.database.pool.query(
          `select says from graph.derived_edge where maker = 'access' and valid_to is null`,
        )
        expect(rows).not.toEqual([])
        return rows
      },
      { timeout: 60_000, interval: 200 },
    )
    expect(rows).toEqual([{ says: 'ana can give itself any permission with iam:PutUserPolicy' }])
    const said = await up.app.access!.ask('what-can', { principal: 'ana' }, { now: new Date(), asOf: null })
    expect(said.paths[0]!.at(-1)).toMatchObject({ to: 'admin' })
  } finally {
    await up.stop()
    rmSync(data, { recursive: true, force: true })
  }
}, 120_000)

const labs = fileURLToPath(new URL('../../shared/data/iam/labs/', import.meta.url))
test.skipIf(!existsSync(labs))(
  `the labs of ${labs} (skipped where they are missing)`,
  async () => {
    // Each is imported twice over, so a fourth of them is enough here.
    for (const lab of readdirSync(labs).filter((_, at) => at % 4 === 0)) {
      const file = join(labs, lab, 'account-authorization-details.json')
      if (existsSync(file)) await same([file], [['iam:PassRole', '*']])
    }
  },
  300_000,
)
