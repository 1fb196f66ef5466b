import { expect, test } from 'vitest'
import { kubernetes } from './kubernetes.ts'
import { folderWith, readCollection } from './testing/index.ts'

const WORD = 'Gr4nite-Planted'

const APP = `apiVersion: v1
kind: ServiceAccount
metadata:
  name: orders
  namespace: shop-prod
  annotations:
    eks.amazonaws.com/role-arn: arn:aws:iam::123456789012:role/orders
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: reader, namespace: shop-prod }
rules:
  - apiGroups: [""]
    resources: [configmaps]
    verbs: [get]
  - apiGroups: [""]
    resources: [secrets]
    verbs: [get, list]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: orders-reads, namespace: shop-prod }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader }
subjects:
  - { kind: ServiceAccount, name: orders }
  - { kind: User, name: ada }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: ops-is-admin }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
subjects:
  - { kind: ServiceAccount, name: ops, namespace: shop-prod }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: shop-prod, labels: { app: orders } }
spec:
  selector: { matchLabels: { app: orders } }
  template:
    spec:
      serviceAccountName: orders
      automountServiceAccountToken: false
      containers:
        - image: acme/orders:1
          env:
            - name: DB
              valueFrom: { secretKeyRef: { name: orders-db, key: password } }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: nightly, namespace: shop-prod }
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers: [{ image: acme/nightly:1 }]
---
apiVersion: v1
kind: Secret
metadata: { name: orders-db, namespace: shop-prod }
data:
  username: ${Buffer.from('orders').toString('base64')}
  password: ${Buffer.from(WORD).toString('base64')}
`

test('accounts, roles, bindings, pods and secrets of manifests', async () => {
  const folder = folderWith({ 'k8s/app.yaml': APP })
  const read = await readCollection(kubernetes, folder, { secrets: [WORD, Buffer.from(WORD).toString('base64')] })
  const at = `git:${folder}/kubernetes/k8s`
  const account = `${at}/ServiceAccount/shop-prod/orders`
  expect(read.entity(account)).toMatchObject({
    environment: 'production',
    attributes: {
      file: 'k8s/app.yaml',
      line: 2,
      declared: true,
      cloudIdentity: 'arn:aws:iam::123456789012:role/orders',
    },
  })
  expect(read.entity(`${at}/Role/shop-prod/reader`).attributes['dangers']).toEqual([
    { says: 'may read all secrets', line: 16 },
  ])
  expect(read.entity(`${at}/ClusterRole/*/cluster-admin`).attributes).toMatchObject({
    builtIn: true,
    dangers: [{ says: 'may do anything to everything', line: 31 }],
  })
  expect(read.entity(`${at}/Deployment/shop-prod/orders`).attributes).toMatchObject({
    tokenMounted: false,
    serviceAccount: 'orders',
    application: 'orders',
    images: ['acme/orders:1'],
  })
  expect(read.entity(`${at}/CronJob/shop-prod/nightly`).attributes).toMatchObject({
    tokenMounted: true,
    serviceAccount: null,
  })
  expect(read.entity(`${at}/Secret/shop-prod/orders-db`).attributes['values']).toEqual([
    { name: 'password', line: APP.split('\n').findIndex((line) => line.startsWith('  password:')) + 1 },
  ])
  expect(read.sentences).toEqual(
    expect.arrayContaining([
      `${account} assumes aws:arn:aws:iam::123456789012:role/orders`,
      `${account} has ${at}/Role/shop-prod/reader`,
      `${at}/ServiceAccount/shop-prod/ops has ${at}/ClusterRole/*/cluster-admin`,
      `${at}/Deployment/shop-prod/orders runs-as ${account}`,
      `${at}/Deployment/shop-prod/orders uses ${at}/Secret/shop-prod/orders-db`,
      `${at}/CronJob/shop-prod/nightly runs-as ${at}/ServiceAccount/shop-prod/default`,
    ]),
  )
  expect(read.ledger.refusals).toEqual([])
})

test('a chart: actions are put aside, names that are computed stand for the one account of the chart', async () => {
  const folder = folderWith({
    'chart/templates/rbac.yaml': `{{- if .Values.rbac }}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "x.name" . }}
  {{/* a comment
       of two lines */}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ include "x.name" . }}-role
rules:
  - apiGroups: ["*"]
    resources: ["*"]
    verbs: ["*"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ .Release.Name }}
roleRef:
  kind: ClusterRole
  name: {{ include "x.name" . }}-role
subjects:
  - kind: ServiceAccount
    name: {{ include "x.name" . }}
    namespace: {{ .Release.Namespace }}
{{- end }}
`,
    'chart/templates/broken.yaml': 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ x }} : {{ y }}\n   bad: [\n',
  })
  const read = await readCollection(kubernetes, folder)
  const at = `git:${folder}/kubernetes/chart/templates`
  expect(read.sentences).toContain(`${at}/ServiceAccount/default/rbac has ${at}/ClusterRole/*/rbac`)
  expect(read.entity(`${at}/ClusterRole/*/rbac`).attributes['dangers']).toEqual([
    { says: 'may do anything to everything', line: 14 },
  ])
  expect(read.ledger.refusals).toMatchObject([
    { scope: 'chart/templates/broken.yaml', reason: expect.stringContaining('cannot be read without its values') },
  ])
})

test('one document that is broken does not hide the others of its file', async () => {
  const folder = folderWith({
    'a.yaml': `${APP}---\nkind: Pod\napiVersion: v1\nmetadata: {a: [}\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: last}\n`,
  })
  const read = await readCollection(kubernetes, folder)
  expect(read.entity(`git:${folder}/kubernetes/./ServiceAccount/default/last`).attributes['line']).toBe(
    APP.split('\n').length + 6,
  )
  expect(read.ledger.refusals).toHaveLength(1)
})

test('the account of the nearest file is the one that is meant', async () => {
  const account = 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web}\n'
  const pod =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {serviceAccountName: web, containers: [{image: x}]}\n'
  const folder = folderWith({ 'eu/base/sa.yaml': account, 'us/base/sa.yaml': account, 'us/app/pod.yaml': pod })
  const read = await readCollection(kubernetes, folder)
  expect(read.sentences.filter((sentence) => sentence.includes('runs-as'))).toEqual([
    `git:${folder}/kubernetes/us/app/Pod/default/p runs-as git:${folder}/kubernetes/us/base/ServiceAccount/default/web`,
  ])
})

test('patches, samples, encrypted secrets and lists', async () => {
  const folder = folderWith({
    'overlay/patch.yaml':
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {template: {spec: {containers: [{name: a, image: x}]}}}\n',
    'examples/sa.yaml': 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: sample}\n',
    'sops.yaml':
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: "ENC[AES256_GCM,data:x]", other: "<value>", grafana.ini: "[auth]\\nname = x"}\n',
    'list.json': JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'listed' } }],
    }),
  })
  const read = await readCollection(kubernetes, folder)
  expect(
    read.entities.map(({ key, attributes }) => [key.split('/kubernetes/')[1], attributes['values'] ?? null]),
  ).toEqual([
    ['./ServiceAccount/default/listed', null],
    ['./Secret/default/s', []],
  ])
})
