/**
 * M1: an account of 50,000 users, groups and roles, saved by `aws iam get-account-authorization-details`, from its file into the graph,
 * against the minute that is promised. M2: reading that file, which keeps one detail in memory at a time and makes entities and
 * grants of it, beside a plain JSON.parse of it. Exact: what a twin counts in the parsed file is what the graph holds. M3: reading
 * 5,000 roles and their policies from moto, where it is installed, beside the SDK paging through the same answers.
 */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { readProvider } from '../src/discover/index.ts'
import { migrations as graph, openStage } from '../src/graph/index.ts'
import { type Db, kyselyOver, migrate, openPool, startPostgres } from '../src/platform/index.ts'
import { providers } from '../src/providers/index.ts'
import type { Entity } from '../src/sdk/index.ts'
import { testRun } from '../src/sdk/testing/index.ts'
import { claim, finish, quick, timed } from './claims.ts'
import { type Size, writeAccount } from './import/account.ts'
import { fillRoles, motoIsHere, startMoto } from './import/moto.ts'

const SHARE = quick ? 0.1 : 1
// What an import costs whatever its size weighs more in a small one.
const LIMIT_SECONDS = quick ? 20 : 60
const SIZE: Size = { users: 20_000 * SHARE, groups: 2_000 * SHARE, roles: 28_000 * SHARE, policies: 3_000 * SHARE }
const PRINCIPALS = SIZE.users + SIZE.groups + SIZE.roles
// Logging in and asking for the credential report take a quarter of a second however many roles there are.
const ROLES = quick ? 2_000 : 5_000
/** The best of so many is taken: what else the machine does only ever adds. */
const ROUNDS = 3

const remark = (text: string): void => void process.stderr.write(`${text}\n`)
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
const aws = providers.find(({ id }) => id === 'aws')!

const folder = await mkdtemp(join(tmpdir(), 'reeve-bench-'))
const server = await startPostgres({
  folder,
  binariesFolder: fileURLToPath(new URL('../.runtime', import.meta.url)),
  log: { debug() {}, info() {}, warn() {}, error() {} },
})
const pool = openPool(server.url('postgres'), { max: 6 })
const db = kyselyOver(pool)
try {
  await migrate(db, [graph])
  const file = join(folder, 'account.json')
  await writeAccount(file, SIZE)
  remark(`${PRINCIPALS} principals and ${SIZE.policies} policies in ${Math.round((await stat(file)).size / 1e6)} MB`)

  const parses: number[] = []
  const reads: number[] = []
  let expected: Counts | undefined
  for (let round = 0; round < ROUNDS; round++) {
    const parsed = await timed(async () => JSON.parse(await readFile(file, 'utf8')) as Details)
    parses.push(parsed.ms)
    expected ??= countDetails(parsed.result)
    const read = await timed(() => readFileAlone(file))
    reads.push(read.ms)
    remark(`round ${round + 1}: parsed in ${seconds(parsed.ms)}, read ${read.result} items in ${seconds(read.ms)}`)
  }

  const imported = await timed(() => importFile(file, 1))
  const found = await countGraph(db)
  const again = await timed(() => importFile(file, 2))
  const { entities, edges } = again.result
  const unchanged = entities.added + entities.changed + entities.gone + edges.added + edges.gone === 0
  const exact = JSON.stringify(found) === JSON.stringify(expected) && unchanged
  remark(`expected ${JSON.stringify(expected)}`)
  remark(`the graph holds ${JSON.stringify(found)}`)
  remark(`imported in ${seconds(imported.ms)}, again in ${seconds(again.ms)}`)
  claim({
    claim: 'M1',
    what: `${PRINCIPALS} principals' authorization details, from their file into the graph (limit ${LIMIT_SECONDS} s)`,
    ours: imported.ms / 1000,
    theirs: LIMIT_SECONDS,
    unit: 's',
    ratio: (LIMIT_SECONDS * 1000) / imported.ms,
    floor: 1,
    exact,
  })
  claim({
    claim: 'M2',
    what: 'the same file read one detail at a time, entities and grants made of it, beside JSON.parse of the whole',
    ours: Math.min(...reads),
    theirs: Math.min(...parses),
    unit: 'ms',
    ratio: Math.min(...parses) / Math.min(...reads),
    floor: 0.1,
    exact,
  })
} finally {
  await pool.end()
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}
if (motoIsHere()) await readMoto()
else remark('moto is not installed, so M3 is not measured: ./reeve test --interop aws brings it')
finish()

async function readMoto(): Promise<void> {
  const iam = await import('@aws-sdk/client-iam')
  const { endpoint, server: moto } = await startMoto()
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' }
  const client = new iam.IAMClient({ endpoint, region: 'us-east-1', credentials: { ...credentials } })
  try {
    await fillRoles(client, ROLES)
    const run = testRun({ fetch: (url, init) => fetch(url, init) })
    const bare: number[] = []
    const ours: number[] = []
    let [paged, read] = [0, 0]
    for (let round = 0; round < ROUNDS; round++) {
      const pages = await timed(async () => {
        let roles = 0
        const asked = { client, pageSize: 1000 }
        for await (const page of iam.paginateGetAccountAuthorizationDetails(asked, {}))
          roles += page.RoleDetailList?.length ?? 0
        return roles
      })
      bare.push(pages.ms)
      paged = pages.result
      const reading = await timed(async () => {
        const settings = aws.config.parse({ ...credentials, endpoint, regions: ['us-east-1'] })
        const connected = await aws.connect(settings, run)
        let roles = 0
        for await (const item of aws.collections!.find(({ id }) => id === 'principals')!.read(connected, run))
          if ((item as Entity).type === 'aws_iam_role') roles++
        return roles
      })
      ours.push(reading.ms)
      read = reading.result
      remark(`moto, round ${round + 1}: paged in ${seconds(pages.ms)}, read in ${seconds(reading.ms)}`)
    }
    claim({
      claim: 'M3',
      what: `${ROLES} roles with policies from moto, beside the SDK paging through the same answers`,
      ours: Math.min(...ours),
      theirs: Math.min(...bare),
      unit: 'ms',
      ratio: Math.min(...bare) / Math.min(...ours),
      floor: 0.5,
      exact: read === ROLES && paged === ROLES,
    })
  } finally {
    client.destroy()
    moto.kill()
  }
}

type Detail = Record<string, unknown[] | undefined> & { DefaultVersionId?: string }
interface Details {
  UserDetailList: Detail[]
  GroupDetailList: Detail[]
  RoleDetailList: Detail[]
  Policies: Detail[]
}
interface Counts {
  users: number
  groups: number
  roles: number
  policies: number
  inline: number
  /** Sentences that a principal has a policy, or a user a group. */
  has: number
}

function countDetails({ UserDetailList, GroupDetailList, RoleDetailList, Policies }: Details): Counts {
  const sum = (details: Detail[], list: string) => details.reduce((total, one) => total + (one[list]?.length ?? 0), 0)
  const inline =
    sum(UserDetailList, 'UserPolicyList') +
    sum(GroupDetailList, 'GroupPolicyList') +
    sum(RoleDetailList, 'RolePolicyList')
  const holders = [...UserDetailList, ...GroupDetailList, ...RoleDetailList]
  return {
    users: UserDetailList.length,
    groups: GroupDetailList.length,
    roles: RoleDetailList.length,
    policies: Policies.length,
    inline,
    has: inline + sum(holders, 'AttachedManagedPolicies') + sum(UserDetailList, 'GroupList'),
  }
}

async function countGraph(on: Db): Promise<Counts> {
  const { rows } = await sql<Counts>`select
    (select count(*)::int from graph.node where type = 'aws_iam_user') as users,
    (select count(*)::int from graph.node where type = 'aws_iam_group') as groups,
    (select count(*)::int from graph.node where type = 'aws_iam_role') as roles,
    (select count(*)::int from graph.node where type = 'aws_iam_policy' and body->'attributes'->>'inline' is null) as policies,
    (select count(*)::int from graph.node where type = 'aws_iam_policy' and body->'attributes'->>'inline' is not null) as inline,
    (select count(*)::int from graph.edge where verb = 'has' and valid_to is null) as has`.execute(on)
  return rows[0]!
}

async function readFileAlone(file: string): Promise<number> {
  let items = 0
  const client = await aws.connect(aws.config.parse({ files: [file] }), testRun())
  const principals = aws.collections!.find(({ id }) => id === 'principals')!
  for await (const _ of principals.read(client, testRun())) items++
  return items
}

/** As a sync does it. */
async function importFile(file: string, run: number) {
  const stage = await openStage({ db, pool }, { connection: 'aws', run })
  const results = await readProvider(aws, aws.config.parse({ files: [file] }), {
    run: testRun(),
    take: (collection, item) => stage.write(collection, item),
  })
  return stage.apply({
    at: new Date(Date.UTC(2026, 10, 24, 6, run)),
    collections: results.map(({ id, yields, state }) => ({ id, yields, complete: state === 'complete' })),
  })
}
