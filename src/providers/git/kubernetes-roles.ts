import type { Edge, Entity, Key } from '../../sdk/index.ts'
import type { Checkout } from './checkout.ts'
import type { Accounts } from './kubernetes-accounts.ts'
import { chartOf, environmentAt, keyOf, namespaceOf, nearest, place } from './kubernetes-places.ts'
import { dangersOf, fixed, type Manifest, rulesOf } from './manifests.ts'
import { isTable, list, type Table, table, text } from './yaml-lines.ts'

const isBuiltIn = (name: string): boolean => /^(cluster-admin|admin|edit|view|system:.+)$/.test(name)

export function* describeRoles(
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
    const name = fixed(ref['name']) ?? templatedRole(roles, binding, ref)
    if (!name) continue
    const scope = scopeOf(ref, binding)
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
            builtIn: isBuiltIn(name),
            ruleCount: null,
            dangers:
              name === 'cluster-admin'
                ? [{ says: 'may do anything to everything', line: binding.lineOf('roleRef') }]
                : [],
          },
          ...(isBuiltIn(name)
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
      const namespace = fixed(subject['namespace']) ?? namespaceOf(binding)
      const holder = declared.find(binding.file, binding.line, namespace, account)?.key
      if (holder === undefined || given.has(holder)) continue
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

const scopeOf = (ref: Table, binding: Manifest): string => (text(ref['kind']) === 'Role' ? namespaceOf(binding) : '*')

/** The one role of the chart whose name is computed, when the binding's reference is too. */
function templatedRole(
  roles: ReadonlyMap<string, { manifest: Manifest }[]>,
  binding: Manifest,
  ref: Table,
): string | null {
  const ofChart = [...roles.values()]
    .flat()
    .filter(
      ({ manifest }) =>
        manifest.templated && manifest.kind === text(ref['kind']) && chartOf(manifest.file) === chartOf(binding.file),
    )
  return ofChart.length === 1 ? ofChart[0]!.manifest.name : null
}
