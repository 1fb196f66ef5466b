import type { Edge, Entity, Key, Run } from '../../sdk/index.ts'
import type { Checkout } from './checkout.ts'
import type { Accounts } from './kubernetes-accounts.ts'
import { environmentAt, keyOf, namespaceOf, place } from './kubernetes-places.ts'
import { type Manifest, podOf, secretValues } from './manifests.ts'
import { isTable, list, strings, type Table, table, text } from './yaml-lines.ts'

export function* describeWorkloads(
  checkout: Checkout,
  manifests: Manifest[],
  declared: Accounts,
): Generator<Entity | Edge> {
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
    const ofAccount = account?.manifest?.body['automountServiceAccountToken']
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
    if (account) yield { from: key, verb: 'runs-as', to: account.key }
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

export function* describeSecrets(checkout: Checkout, manifests: Manifest[], run: Run): Generator<Entity | Edge> {
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
          attributes: { detector: 'kubernetes-secret', declaredAs: name },
        }
      }
      yield { from: key, verb: 'holds', to: credential }
    }
  }
}
