import type { Edge, Entity, Key } from '../../sdk/index.ts'
import type { Checkout } from './checkout.ts'
import { chartOf, environmentAt, keyOf, namespaceOf, nearest, place } from './kubernetes-places.ts'
import type { Manifest } from './manifests.ts'
import { identityOf } from './pipelines.ts'
import { type Table, text } from './yaml-lines.ts'

/** The service accounts that files declare, and those that are only named: the nearest file in the tree is the one meant. */
export function accounts(checkout: Checkout, manifests: Manifest[]) {
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
    find(file: string, line: number, namespace: string, name: string): { key: Key; manifest: Manifest | null } | null {
      if (name.includes('templated')) {
        // A chart mostly has one account whose name is computed; where it has more, which is meant cannot be told.
        const ofChart = [...byName.values()]
          .flat()
          .filter(({ manifest }) => manifest.templated && chartOf(manifest.file) === chartOf(file))
        return ofChart.length === 1 ? ofChart[0]! : null
      }
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

function cloudIdentity(annotations: Table): { key: Key | null; name: string; via: string } | null {
  const role = text(annotations['eks.amazonaws.com/role-arn'])
  if (role) return { key: identityOf('aws', role, null), name: role, via: 'IRSA' }
  const account = text(annotations['iam.gke.io/gcp-service-account'])
  if (account) return { key: identityOf('gcp', account, account), name: account, via: 'GKE workload identity' }
  const client = text(annotations['azure.workload.identity/client-id'])
  return client ? { key: identityOf('azure', client, null), name: client, via: 'Azure workload identity' } : null
}

export type Accounts = ReturnType<typeof accounts>
