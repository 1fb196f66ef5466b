import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { riskySets } from './risky-sets.ts'
import { WAYS } from './ways.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-gcp-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = (content: unknown): string => {
  const path = join(folder, 'sets')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
const idsOf = async (permissions: readonly string[], scope?: string): Promise<string[]> =>
  (await riskySets([file({ name: 'tried', permissions, scope })]))[0]!.ids

test('each way is found by its permissions, and not when one of them is lacking', async () => {
  for (const { id, sets } of WAYS)
    for (const set of sets) {
      expect(await idsOf(set), id).toContain(id)
      for (const lacking of set) {
        const rest = set.filter((permission) => permission !== lacking)
        expect(await idsOf(rest), `${id} without ${lacking}`).not.toContain(id)
      }
    }
})

test('a permission counts where a grant of it has an effect', async () => {
  const organization = ['resourcemanager.organizations.setIamPolicy']
  expect(await idsOf(organization, 'organization')).toEqual(organization)
  expect(await idsOf(organization, 'project')).toEqual([])
  expect(await idsOf(organization)).toEqual(organization)
  expect(await idsOf(['resourcemanager.folders.setIamPolicy'], 'project')).toEqual([])
  expect(await idsOf(['iam.serviceAccounts.signJwt'], 'serviceAccount')).toHaveLength(1)
  expect(await idsOf(['run.services.update', 'iam.serviceAccounts.actAs'], 'serviceAccount')).toEqual([])
})

test('acting as an account, code and calls by themselves lead nowhere; together they do', async () => {
  expect(await idsOf(['iam.serviceAccounts.actAs'])).toEqual([])
  expect(await idsOf(['run.services.create', 'run.services.setIamPolicy', 'iam.serviceAccounts.list'])).toEqual([])
  const rows = await riskySets([
    file({ name: 'x', permissions: ['run.services.create', 'run.services.setIamPolicy', 'iam.serviceAccounts.actAs'] }),
  ])
  expect(rows[0]!.why).toMatchObject([
    {
      id: 'run.services.create',
      permissions: ['run.services.create', 'iam.serviceAccounts.actAs', 'run.services.setIamPolicy'],
    },
  ])
})

test('roles as gcloud writes them, YAML or JSON, lists, and a bare list of permissions', async () => {
  const yaml = 'name: projects/shop/roles/ci\nstage: GA\nincludedPermissions:\n- iam.roles.update\n- iam.roles.get\n'
  const ci = { role: 'projects/shop/roles/ci', scope: null, namespace: null, flagged: true, ids: ['iam.roles.update'] }
  expect(await riskySets([file(yaml)])).toMatchObject([ci])
  const idle = { name: 'idle', includedPermissions: [] }
  expect(await riskySets([file([idle])])).toMatchObject([{ role: 'idle', flagged: false, ids: [] }])
  expect(await riskySets([file({ roles: [idle, idle] })])).toHaveLength(2)
  expect(await riskySets([file(['iam.roles.update'])])).toMatchObject([{ role: join(folder, 'sets'), flagged: true }])
})

test('bad input is said with file and place', async () => {
  const said = (content: unknown) => expect(riskySets([file(content)])).rejects
  await said('- name: a\n  permissions: []\n- name: b\n').toMatchObject({
    code: 'access/shape',
    message: expect.stringMatching(/sets as permission sets: at \[1\] \(line 3\): neither permissions/),
  })
  await said({ permissions: [] }).toMatchObject({ code: 'access/shape', message: expect.stringContaining('name') })
  await said({ name: 'a', scope: 'planet', permissions: [] }).toMatchObject({
    code: 'access/shape',
    message: expect.stringContaining('at scope'),
  })
  await said({ name: 'a', permissions: [1] }).toMatchObject({
    code: 'access/shape',
    message: expect.stringContaining('at permissions[0]'),
  })
})

const labelled = fileURLToPath(new URL('../../../../shared/data/iam/gcp-escalation.json', import.meta.url))
const missing = existsSync(labelled) ? null : `skipped: labelled permission sets are not at ${labelled}`
if (missing) console.info(missing)

interface Labelled {
  case: string
  scope: string
  permissions: string[]
}

test.skipIf(missing !== null)(
  'sets labelled by others: every risky one by its kind, no harmless one for that kind',
  async () => {
    const { entries } = JSON.parse(readFileSync(labelled, 'utf8')) as {
      entries: { id: string; positive: Labelled[]; negative: Labelled[] }[]
    }
    const wrong: string[] = []
    for (const { id, positive, negative } of entries)
      for (const one of [...positive, ...negative]) {
        const ids = await idsOf(one.permissions, one.scope)
        if (ids.includes(id) !== positive.includes(one)) wrong.push(one.case)
      }
    expect(entries.flatMap(({ positive }) => positive).length).toBeGreaterThan(20)
    expect(wrong).toEqual([])
  },
)
