import { posix } from 'node:path'
import type { Collection, Edge, Entity, Key, Run } from '../../sdk/index.ts'
import type { Checkout } from './checkout.ts'
import {
  dangersOf,
  isManifest,
  isTemplate,
  type Manifest,
  podOf,
  readManifests,
  rulesOf,
  secretValues,
  withoutActions,
} from './manifests.ts'
import { identityOf } from './pipelines.ts'
import { environmentOfPath, environmentOfWord, isSample, shortKey } from './place-names.ts'
import { fileLedger, texts } from './texts.ts'
import { isTable, list, strings, type Table, table, text } from './yaml-lines.ts'

const MOST_OBJECTS = 50_000

/** Service accounts, roles, bindings and the pods that run as them, as manifests and charts declare them; samples do not. */
export const kubernetes: Collection<Checkout> = {
  id: 'kubernetes',
  title: 'Kubernetes manifests and Helm charts',
  yields: ['kubernetes_service_account', 'kubernetes_role', 'kubernetes_workload', 'kubernetes_secret', 'secret_value'],
  needs: ['read access to the folder'],
  async *read(checkout, run): AsyncGenerator<Entity | Edge> {
    const manifests = await collect(checkout, run)
    const declared = accounts(checkout, manifests)
    yield* declared.entities()
    const bindings = manifests.filter(({ kind }) => kind === 'RoleBinding' || kind === 'ClusterRoleBinding')
    yield* describeRoles(checkout, manifests, bindings, declared)
    yield* describeWorkloads(checkout, manifests, declared)
    yield* describeSecrets(checkout, manifests, run)
    yield* declared.implied()
  },
}

async function collect(checkout: Checkout, run: Run): Promise<Manifest[]> {
  const ledger = fileLedger(run)
  const manifests: Manifest[] = []
  const isNamed = (path: string) =>
    /\.(ya?ml|json)$/i.test(path) &&
    !isSample(path.slice(checkout.prefix.length)) &&
    !/(^|\/)(package(-lock)?|tsconfig.*|composer)\.json$|\.min\.json$/.test(path)
  for await (const { path, text: source } of texts(checkout, run, isNamed, {
    most: 4 << 20,
    isAbout: isManifest,
    quiet: true,
  })) {
    const isChart = isTemplate(source) && !path.endsWith('.json')
    const read = readManifests(path, isChart ? withoutActions(source) : source)
    // A template that is no YAML is a limit of reading it without its values; a manifest that is none is broken.
    if (read.skipped)
      ledger.refuse(
        path,
        isChart ? `it is a template that cannot be read without its values (${read.skipped})` : read.skipped,
      )
    if (manifests.length + read.manifests.length > MOST_OBJECTS) {
      run.ledger.refuse(`only the first ${MOST_OBJECTS} objects were read`, { scope: 'objects' })
      break
    }
    manifests.push(...read.manifests)
  }
  return manifests
}

const keyOf = (checkout: Checkout, file: string, kind: string, namespace: string, name: string): Key =>
  shortKey(`${checkout.key}/kubernetes/${posix.dirname(file)}/${kind}/${namespace}/${name}`)

const namespaceOf = (manifest: Manifest): string => manifest.namespace ?? 'default'
const place = (manifest: Manifest) => ({ file: manifest.file, line: manifest.line })
const environmentAt = (manifest: Manifest) => {
  const environment = environmentOfWord(manifest.namespace ?? '') ?? environmentOfPath(manifest.file)
  return environment ? { environment } : {}
}

/** The service accounts that files declare, and those that are only named: the nearest file in the tree is the one meant. */
function accounts(checkout: Checkout, manifests: Manifest[]) {
  const byName = new Map<string, { manifest: Manifest; key: Key }[]>()
  const implied = new Map<Key, { name: string; namespace: string; file: string; line: number }>()
  const seen = new Set<Key>()
  for (const manifest of manifests) {
    if (manifest.kind !== 'ServiceAccount') continue
    const id = `${namespaceOf(manifest)}/${manifest.name}`
    const key = keyOf(checkout, manifest.file, 'ServiceAccount', namespaceOf(manifest), manifest.name)
    if (seen.has(key)) continue
    seen.add(key)
    byName.set(id, [...(byName.get(id) ?? []), { manifest, key }])
  }
  return {
    /** The account's key, seen from a file. */
    find(file: string, line: number, namespace: string, name: string): { key: Key; manifest: Manifest | null } {
      const near = nearest(byName.get(`${namespace}/${name}`) ?? [], file)
      if (near) return near
      const key = keyOf(checkout, file, 'ServiceAccount', namespace, name)
      if (!implied.has(key)) implied.set(key, { name, namespace, file, line })
      return { key, manifest: null }
    },
    *entities(): Generator<Entity | Edge> {
      for (const { manifest, key } of [...byName.values()].flat()) {
        const cloud = cloudIdentity(manifest.annotations)
        yield {
          kind: 'identity',
          type: 'kubernetes_service_account',
          key,
          name: `${namespaceOf(manifest)}/${manifest.name}`,
          ...environmentAt(manifest),
          lastUsed: { notApplicable: 'it is declared in a file; the cluster knows its use' },
          attributes: {
            ...place(manifest),
            repository: checkout.name,
            namespace: manifest.namespace,
            declared: true,
            automount:
              typeof manifest.body['automountServiceAccountToken'] === 'boolean'
                ? manifest.body['automountServiceAccountToken']
                : null,
            cloudIdentity: cloud?.name ?? null,
            accountKind: 'service',
            accountKindReasons: ['a Kubernetes service account is for workloads'],
          },
        }
        yield { from: checkout.key, verb: 'contains', to: key }
        if (cloud?.key)
          yield {
            from: key,
            verb: 'assumes',
            to: cloud.key,
            attributes: { via: cloud.via, file: manifest.file, line: manifest.lineOf('metadata', 'annotations') },
          }
      }
    },
    *implied(): Generator<Entity | Edge> {
      for (const [key, { name, namespace, file, line }] of implied) {
        if (seen.has(key)) continue
        yield {
          kind: 'identity',
          type: 'kubernetes_service_account',
          key,
          name: `${namespace}/${name}`,
          lastUsed: { notApplicable: 'it is only named in a file; the cluster knows its use' },
          attributes: {
            accountKind: 'service',
            file,
            line,
            repository: checkout.name,
            namespace,
            declared: false,
            automount: null,
            cloudIdentity: null,
          },
        }
        yield { from: checkout.key, verb: 'contains', to: key }
      }
    },
  }
}

function nearest<T extends { manifest: Manifest }>(candidates: readonly T[], file: string): T | undefined {
  const shared = (other: string) => {
    const [a, b] = [file.split('/'), other.split('/')]
    let at = 0
    while (at < a.length - 1 && a[at] === b[at]) at++
    return at
  }
  let best: T | undefined
  for (const candidate of candidates)
    if (!best || shared(candidate.manifest.file) > shared(best.manifest.file)) best = candidate
  return best
}

function cloudIdentity(annotations: Table): { key: Key | null; name: string; via: string } | null {
  const role = text(annotations['eks.amazonaws.com/role-arn'])
  if (role) return { key: identityOf('aws', role, null), name: role, via: 'IRSA' }
  const account = text(annotations['iam.gke.io/gcp-service-account'])
  if (account) return { key: identityOf('gcp', account, account), name: account, via: 'GKE workload identity' }
  const client = text(annotations['azure.workload.identity/client-id'])
  return client ? { key: identityOf('azure', client, null), name: client, via: 'Azure workload identity' } : null
}

type Accounts = ReturnType<typeof accounts>

const BUILT_IN = new Set(['cluster-admin', 'admin', 'edit', 'view'])

function* describeRoles(
  checkout: Checkout,
  manifests: Manifest[],
  bindings: Manifest[],
  declared: Accounts,
): Generator<Entity | Edge> {
  const roles = new Map<string, { manifest: Manifest; key: Key }[]>()
  const seen = new Set<Key>()
  for (const manifest of manifests) {
    if (manifest.kind !== 'Role' && manifest.kind !== 'ClusterRole') continue
    const scope = manifest.kind === 'Role' ? namespaceOf(manifest) : '*'
    const key = keyOf(checkout, manifest.file, manifest.kind, scope, manifest.name)
    if (seen.has(key)) continue
    seen.add(key)
    roles.set(`${scope}/${manifest.name}`, [...(roles.get(`${scope}/${manifest.name}`) ?? []), { manifest, key }])
    const rules = rulesOf(manifest)
    yield {
      kind: 'entitlement',
      type: 'kubernetes_role',
      key,
      name: manifest.name,
      ...environmentAt(manifest),
      attributes: {
        ...place(manifest),
        repository: checkout.name,
        cluster: manifest.kind === 'ClusterRole',
        namespace: manifest.namespace,
        aggregated:
          isTable(manifest.body['aggregationRule']) ||
          Object.keys(manifest.labels).some((label) => label.startsWith('rbac.authorization.k8s.io/aggregate-to-')),
        ruleCount: rules.length,
        dangers: rules.flatMap((rule) => dangersOf(rule).map((says) => ({ says, line: rule.line }))).slice(0, 50),
      },
    }
    yield { from: checkout.key, verb: 'contains', to: key }
  }
  for (const binding of bindings) {
    const ref = table(binding.body['roleRef'])
    const name = text(ref['name'])
    if (!name) continue
    const scope = text(ref['kind']) === 'Role' ? namespaceOf(binding) : '*'
    let key = nearest(roles.get(`${scope}/${name}`) ?? [], binding.file)?.key
    if (!key) {
      key = keyOf(checkout, binding.file, scope === '*' ? 'ClusterRole' : 'Role', scope, name)
      if (!seen.has(key)) {
        seen.add(key)
        yield {
          kind: 'entitlement',
          type: 'kubernetes_role',
          key,
          name,
          attributes: {
            ...place(binding),
            repository: checkout.name,
            cluster: scope === '*',
            namespace: scope === '*' ? null : scope,
            builtIn: BUILT_IN.has(name),
            ruleCount: null,
            dangers:
              name === 'cluster-admin'
                ? [{ says: 'may do anything to everything', line: binding.lineOf('roleRef') }]
                : [],
          },
          ...(BUILT_IN.has(name)
            ? {}
            : { unknowns: { dangers: { reason: 'the role is not declared in this repository' } } }),
        }
        yield { from: checkout.key, verb: 'contains', to: key }
      }
    }
    const given = new Set<Key>()
    for (const subject of list(binding.body['subjects']).slice(0, 1000)) {
      if (!isTable(subject) || text(subject['kind']) !== 'ServiceAccount') continue
      const account = text(subject['name'])
      if (!account) continue
      const { key: holder } = declared.find(
        binding.file,
        binding.line,
        text(subject['namespace']) ?? namespaceOf(binding),
        account,
      )
      if (given.has(holder)) continue
      given.add(holder)
      yield {
        from: holder,
        verb: 'has',
        to: key,
        attributes: {
          binding: binding.name,
          namespace: binding.kind === 'RoleBinding' ? namespaceOf(binding) : null,
          file: binding.file,
          line: binding.line,
        },
      }
    }
  }
}

function* describeWorkloads(checkout: Checkout, manifests: Manifest[], declared: Accounts): Generator<Entity | Edge> {
  const seen = new Set<Key>()
  for (const manifest of manifests) {
    const pod = podOf(manifest)
    if (!pod) continue
    const key = keyOf(checkout, manifest.file, manifest.kind, namespaceOf(manifest), manifest.name)
    if (seen.has(key)) continue
    seen.add(key)
    const { spec, path } = pod
    const named = text(spec['serviceAccountName']) ?? text(spec['serviceAccount'])
    const account = declared.find(manifest.file, manifest.line, namespaceOf(manifest), named ?? 'default')
    const own = spec['automountServiceAccountToken']
    const ofAccount = account.manifest?.body['automountServiceAccountToken']
    const containers = [...list(spec['initContainers']), ...list(spec['containers'])].filter(isTable).slice(0, 100)
    yield {
      kind: 'workload',
      type: 'kubernetes_workload',
      key,
      name: `${manifest.kind} ${namespaceOf(manifest)}/${manifest.name}`,
      ...environmentAt(manifest),
      attributes: {
        ...place(manifest),
        repository: checkout.name,
        workloadKind: manifest.kind,
        namespace: manifest.namespace,
        application:
          text(manifest.labels['app.kubernetes.io/part-of']) ??
          text(manifest.labels['app.kubernetes.io/name']) ??
          text(manifest.labels['app']) ??
          manifest.name,
        serviceAccount: named ?? null,
        serviceAccountLine: manifest.lineOf(...path, 'serviceAccountName'),
        tokenMounted: typeof own === 'boolean' ? own : typeof ofAccount === 'boolean' ? ofAccount : true,
        images: containers.flatMap((container) => text(container['image']) ?? []).slice(0, 50),
        privileged: containers.some((container) => table(container['securityContext'])['privileged'] === true),
        hostNetwork: spec['hostNetwork'] === true,
        hostProcesses: spec['hostPID'] === true,
        runtimeSocket:
          list(spec['volumes'])
            .map((volume) => text(table(table(volume)['hostPath'])['path']) ?? '')
            .find((at) => /\.sock$/.test(at)) ?? null,
      },
    }
    yield { from: checkout.key, verb: 'contains', to: key }
    yield { from: key, verb: 'runs-as', to: account.key }
    for (const name of secretsUsed(spec, containers))
      yield { from: key, verb: 'uses', to: keyOf(checkout, manifest.file, 'Secret', namespaceOf(manifest), name) }
  }
}

function secretsUsed(spec: Table, containers: Table[]): Set<string> {
  const names = new Set<string>()
  const add = (name: unknown) => {
    const given = text(name)
    if (given) names.add(given)
  }
  for (const container of containers) {
    for (const variable of list(container['env']))
      add(table(table(table(variable)['valueFrom'])['secretKeyRef'])['name'])
    for (const source of list(container['envFrom'])) add(table(table(source)['secretRef'])['name'])
  }
  for (const volume of list(spec['volumes'])) {
    add(table(table(volume)['secret'])['secretName'])
    for (const source of list(table(table(volume)['projected'])['sources'])) add(table(table(source)['secret'])['name'])
  }
  for (const pull of list(spec['imagePullSecrets'])) add(isTable(pull) ? pull['name'] : strings(pull)[0])
  return names
}

function* describeSecrets(checkout: Checkout, manifests: Manifest[], run: Run): Generator<Entity | Edge> {
  const seen = new Set<Key>()
  for (const manifest of manifests) {
    if (manifest.kind !== 'Secret') continue
    const key = keyOf(checkout, manifest.file, 'Secret', namespaceOf(manifest), manifest.name)
    if (seen.has(key)) continue
    seen.add(key)
    const values = secretValues(manifest)
    yield {
      kind: 'secret',
      type: 'kubernetes_secret',
      key,
      name: `${namespaceOf(manifest)}/${manifest.name}`,
      ...environmentAt(manifest),
      attributes: {
        ...place(manifest),
        repository: checkout.name,
        secretType: text(manifest.body['type']) ?? 'Opaque',
        values: values.map(({ name, line }) => ({ name, line })),
      },
    }
    yield { from: checkout.key, verb: 'contains', to: key }
    for (const { name, value } of values) {
      const fingerprint = run.fingerprint(value)
      const credential = `credential:${fingerprint}`
      if (!seen.has(credential)) {
        seen.add(credential)
        yield {
          kind: 'credential',
          type: 'secret_value',
          key: credential,
          name: `value of ${name}`,
          method: 'password',
          fingerprint,
          attributes: { declaredAs: name },
        }
      }
      yield { from: key, verb: 'holds', to: credential }
    }
  }
}
