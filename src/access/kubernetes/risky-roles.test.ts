import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RISK_KINDS } from './kinds.ts'
import { type KubernetesRow, riskyRoles } from './risky-roles.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-rbac-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = (content: unknown, name = 'rbac.yaml'): string => {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

type Bare = Record<string, unknown>
const rule = (apiGroups: string, resources: string, verbs: string, resourceNames?: string[]): Bare => ({
  apiGroups: [apiGroups],
  resources: resources.split(' '),
  verbs: verbs.split(' '),
  ...(resourceNames && { resourceNames }),
})
const object = (kind: string, metadata: Bare, more: Bare): Bare => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata,
  ...more,
})
const role = (namespace: string | null, ...rules: Bare[]): Bare =>
  namespace === null
    ? object('ClusterRole', { name: 'tried' }, { rules })
    : object('Role', { name: 'tried', namespace }, { rules })

/** What one role is worth, everywhere (null) or in a namespace. */
async function idsOf(namespace: string | null, ...rules: Bare[]): Promise<string[]> {
  const [row] = await riskyRoles([file(role(namespace, ...rules))])
  expect(row!.flagged).toBe(row!.ids.length > 0)
  return row!.ids
}
const brief = (rows: KubernetesRow[]) => rows.map((row) => [row.role, row.scope, row.namespace, row.flagged])

const RBAC = 'rbac.authorization.k8s.io'
const CSR = 'certificates.k8s.io'

test('the same power counts by where it holds', async () => {
  const exec = rule('', 'pods/exec', 'create')
  expect(await idsOf(null, exec)).toEqual(['pods_exec'])
  expect(await idsOf('kube-system', exec)).toEqual(['pods_exec'])
  expect(await idsOf('shop', exec)).toEqual(['rce_weak_ns'])
  const secrets = rule('', 'secrets', 'watch')
  expect(await idsOf(null, secrets)).toEqual(['retrieve_token_secrets', 'list_secrets'])
  expect(await idsOf('kube-system', secrets)).toEqual(['retrieve_token_secrets'])
  expect(await idsOf('shop', secrets)).toEqual(['obtain_token_weak_ns'])
  expect(await idsOf(null, rule('', 'configmaps', 'patch'))).toEqual(['eks_modify_aws_auth'])
  expect(await idsOf('shop', rule('', 'configmaps', 'patch'))).toEqual([])
  const [row] = await riskyRoles([file(role('vault', exec))], ['vault'])
  expect(row!.ids).toEqual(['pods_exec'])
})

test('what has no namespace is not reached by a role inside one', async () => {
  for (const [group, resource, verb] of [
    ['', 'users', 'impersonate'],
    ['', 'nodes/proxy', 'create'],
    ['admissionregistration.k8s.io', 'mutatingwebhookconfigurations', 'update'],
    [RBAC, 'clusterroles', 'escalate'],
  ] as const) {
    expect(await idsOf('kube-system', rule(group, resource, verb)), resource).toEqual([])
    expect(await idsOf(null, rule(group, resource, verb)), resource).toHaveLength(1)
  }
  expect(await idsOf('shop', rule('', 'serviceaccounts', 'impersonate'))).toEqual(['impersonate'])
})

test('stars for groups, verbs, resources and parts of resources; a part is not what it is part of', async () => {
  expect(await idsOf(null, rule('*', 'nodes/proxy', '*'))).toEqual(['nodes_proxy', 'nodes_proxy_by_get'])
  expect(await idsOf(null, rule('', '*/exec', 'create'))).toEqual(['pods_exec'])
  expect(await idsOf(null, rule('', 'pods/*', 'create'))).toEqual([])
  expect(await idsOf('shop', rule('apps', 'deployments/scale', 'patch'))).toEqual([])
  expect(await idsOf('shop', rule('extras.example.org', 'pods', 'create'))).toEqual([])
  const all = rule('*', '*', '*')
  expect(await idsOf(null, all)).toEqual(RISK_KINDS.filter(({ where }) => where !== 'ordinary').map(({ id }) => id))
  expect(await idsOf('shop', all)).not.toContain('cluster_admin')
  expect(await idsOf(null, rule('*', '*', 'delete'))).toEqual([])
})

test('names narrow, save where one object of any name is enough, and never let create through', async () => {
  expect(await idsOf('kube-system', rule('', 'secrets', 'get', ['tls']))).toEqual([])
  expect(await idsOf('kube-system', rule('', 'pods/exec', 'create', ['web']))).toEqual([])
  expect(await idsOf('kube-system', rule('', 'configmaps', 'update', ['aws-auth']))).toEqual(['eks_modify_aws_auth'])
  expect(await idsOf('kube-system', rule('apps', 'deployments', 'patch', ['dns']))).toEqual(['assign_sa'])
  expect(await idsOf('kube-system', rule('apps', 'deployments', 'create', ['dns']))).toEqual([])
  expect(await idsOf(null, rule(RBAC, 'clusterroles', 'bind', ['view']))).toEqual([])
  expect(await idsOf(null, rule(RBAC, 'clusterroles', 'bind', ['view', 'cluster-admin']))).toEqual(['bind_roles'])
  expect(await idsOf(null, rule('', 'groups', 'impersonate', ['developers']))).toEqual([])
  expect(await idsOf(null, rule('', 'groups', 'impersonate', ['system:masters']))).toEqual(['impersonate'])
})

test('powers that only count together', async () => {
  const asks = rule(CSR, 'certificatesigningrequests', 'create')
  const approves = rule(CSR, 'certificatesigningrequests/approval', 'patch')
  const signer = (name: string) => rule(CSR, 'signers', 'approve', [name])
  expect(await idsOf(null, asks, approves)).toEqual([])
  expect(await idsOf(null, asks, approves, signer('kubernetes.io/kubelet-serving'))).toEqual([])
  expect(await idsOf(null, asks, approves, signer('kubernetes.io/kube-apiserver-client'))).toEqual(['approve_csrs'])
  expect(await idsOf(null, rule('', 'pods/eviction', 'create'))).toEqual([])
  expect(await idsOf(null, rule('', 'pods/eviction', 'create'), rule('', 'nodes', 'patch'))).toEqual([
    'steal_pods',
    'modify_nodes',
  ])
  const bind = rule(RBAC, 'clusterroles', 'bind')
  expect(await idsOf('shop', bind)).toEqual([])
  expect(await idsOf('shop', bind, rule(RBAC, 'rolebindings', 'create'))).toEqual(['bind_roles_weak_ns'])
  expect(await idsOf('shop', rule(RBAC, 'roles', 'escalate patch'))).toEqual(['escalate_roles_weak_ns'])
  const rows = await riskyRoles([file(role(null, rule('', 'pods', 'get'), asks, approves, rule(CSR, 'signers', '*')))])
  expect(rows[0]!.why).toMatchObject([{ id: 'approve_csrs', severity: 'critical', rules: [2, 3, 4] }])
})

test('what only reads, and paths that are no resources, lead nowhere', async () => {
  expect(await idsOf(null, rule('', 'pods nodes services configmaps pods/log', 'get list watch'))).toEqual([])
  expect(await idsOf(null, { nonResourceURLs: ['*'], verbs: ['*'] })).toEqual([])
  expect(await idsOf(null)).toEqual([])
})

test('a cluster role has what its selectors pick, through others too, and round in a ring', async () => {
  const part = (name: string, labels: Bare, selects: Bare | null, ...rules: Bare[]) =>
    object(
      'ClusterRole',
      { name, labels },
      { rules, ...(selects && { aggregationRule: { clusterRoleSelectors: [selects] } }) },
    )
  const rows = await riskyRoles([
    file({
      kind: 'List',
      apiVersion: 'v1',
      items: [
        part('top', { ring: 'yes' }, { matchLabels: { to: 'top' } }),
        part(
          'middle',
          { to: 'top' },
          {
            matchExpressions: [
              { key: 'level', operator: 'In', values: ['low'] },
              { key: 'off', operator: 'DoesNotExist' },
            ],
          },
        ),
        part('low', { level: 'low' }, { matchLabels: { ring: 'yes' } }, rule('', 'serviceaccounts/token', 'create')),
        part('off', { level: 'low', off: 'yes' }, null, rule('', 'nodes/proxy', 'create')),
      ],
    }),
  ])
  expect(rows.map(({ role: name, ids }) => [name, ids])).toEqual([
    ['top', ['token_request']],
    ['middle', ['token_request']],
    ['low', ['token_request']],
    ['off', ['nodes_proxy']],
  ])
})

const binding = (
  kind: string,
  namespace: string | null,
  ref: string,
  subjects: Bare[],
  refKind = 'ClusterRole',
): Bare =>
  object(kind, { name: 'given', ...(namespace && { namespace }) }, { roleRef: { kind: refKind, name: ref }, subjects })

test('a cluster role holds where it is bound, and says by whom', async () => {
  const bot = { kind: 'ServiceAccount', name: 'bot', namespace: 'ci' }
  const roles = role(null, rule('', 'secrets', 'list'))
  const inside = binding('RoleBinding', 'shop', 'tried', [bot, { kind: 'Group', name: 'crew' }])
  const [row, ...others] = await riskyRoles([file([roles, inside])])
  expect(others).toEqual([])
  expect(row).toMatchObject({ role: 'tried', scope: 'namespace', namespace: 'shop', ids: ['obtain_token_weak_ns'] })
  expect(row!.holders).toEqual(['ServiceAccount ci/bot', 'Group crew'])
  const rows = await riskyRoles([file([roles, inside, binding('ClusterRoleBinding', null, 'tried', [bot])])])
  expect(brief(rows)).toEqual([
    ['tried', 'namespace', 'shop', true],
    ['tried', 'cluster', null, true],
  ])
})

test('a role that is bound but not in the files: cluster-admin is known, another is unknown with its reason', async () => {
  const rows = await riskyRoles([
    file([
      binding('ClusterRoleBinding', null, 'cluster-admin', []),
      binding('RoleBinding', 'shop', 'edit', []),
      binding('RoleBinding', 'shop', 'tried', [], 'Role'),
      role('other', rule('', 'pods', 'get')),
    ]),
  ])
  expect(brief(rows)).toEqual([
    ['tried', 'namespace', 'other', false],
    ['cluster-admin', 'cluster', null, true],
    ['edit', 'namespace', 'shop', null],
    ['tried', 'namespace', 'shop', null],
  ])
  expect(rows[1]!.ids).toContain('cluster_admin')
  expect(rows[2]!.unknown).toBe('ClusterRole edit is bound but is not in these files')
})

test('lists of one kind, several documents, other objects between, and a role without a namespace', async () => {
  const rows = await riskyRoles([
    file({ kind: 'RoleList', apiVersion: 'v1', items: [{ metadata: { name: 'one', namespace: 'a' }, rules: null }] }),
    file(
      'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: bot}\n---\n---\napiVersion: iam.example.org/v1\nkind: Role\n---\nkind: Role\nmetadata: {name: two}\nrules: []\n',
      'two.yaml',
    ),
  ])
  expect(brief(rows)).toEqual([
    ['one', 'namespace', 'a', false],
    ['two', 'namespace', 'default', false],
  ])
})

test('bad input is said with file and place', async () => {
  const said = (content: unknown) => expect(riskyRoles([file(content)])).rejects
  await said('kind: Role\nmetadata:\n  name: x\nrules:\n- verbs: get\n').toMatchObject({
    code: 'access/shape',
    message: expect.stringMatching(/rbac\.yaml as RBAC manifests: at rules\[0\]\.verbs \(line 5\): .*array/),
  })
  await said('{"kind":"List","items":[{"kind":"Role","metadata":{}}]}').toMatchObject({
    code: 'access/shape',
    message: expect.stringContaining('at items[0].metadata.name: '),
  })
  await said('a: [1\nb: }\n').toMatchObject({
    code: 'access/yaml',
    message: expect.stringMatching(/line 2, column \d/),
  })
  await said('# nothing\n').toMatchObject({ code: 'access/yaml', message: expect.stringContaining('it is empty') })
  await said('metadata: {name: x}\n').toMatchObject({ code: 'access/shape', message: expect.stringContaining('kind') })
  await expect(riskyRoles([join(folder, 'gone.yaml')])).rejects.toMatchObject({ code: 'access/file' })
})

const labelled = fileURLToPath(new URL('../../../../shared/data/iam/kubernetes-risky-roles.json', import.meta.url))
const missing = existsSync(labelled) ? null : `skipped: labelled roles are not at ${labelled}`
if (missing) console.info(missing)

interface Labelled {
  case: string
  scope: string
  namespace: string | null
  rules: Bare[]
}

test.skipIf(missing !== null)(
  'roles labelled by others: every risky one by its kind, no harmless one for that kind',
  async () => {
    const { entries } = JSON.parse(readFileSync(labelled, 'utf8')) as {
      entries: { id: string; positive: Labelled[]; negative: Labelled[] }[]
    }
    const wrong: string[] = []
    for (const { id, positive, negative } of entries)
      for (const one of [...positive, ...negative]) {
        const ids = await idsOf(one.scope === 'cluster' ? null : one.namespace, ...one.rules)
        if (ids.includes(id) !== positive.includes(one)) wrong.push(one.case)
      }
    expect(entries.flatMap(({ positive }) => positive).length).toBeGreaterThan(40)
    expect(wrong).toEqual([])
  },
)
