import type { Severity } from '../../sdk/index.ts'
import { rulesOf } from './aggregate.ts'
import { RISK_KINDS, type RiskKind, type Where } from './kinds.ts'
import { permits } from './permits.ts'
import { type Binding, namespaceOf, type Rbac, type Role, type Rule, readManifests } from './read-manifests.ts'

/** Why a row is flagged: a kind, and the rules of the role (from 1, with those it aggregates) that hold it. */
export interface RiskOfRole {
  id: string
  severity: Severity
  what: string
  rules: number[]
}

export interface KubernetesRow {
  role: string
  scope: 'cluster' | 'namespace'
  namespace: string | null
  /** Null when it is not known, with the reason under `unknown`. */
  flagged: boolean | null
  ids: string[]
  why: RiskOfRole[]
  /** Who holds it there: `ServiceAccount team-a/builder`; nobody when the files bind it to none. */
  holders: string[]
  unknown?: string
}

/** The role that every cluster makes for itself, and that files of manifests seldom hold. */
const CLUSTER_ADMIN: Rule = {
  apiGroups: ['*'],
  resources: ['*'],
  verbs: ['*'],
  resourceNames: [],
  nonResourceURLs: [],
}

/**
 * A row for each role in each place where it holds: a Role in its namespace, a ClusterRole everywhere unless it is bound inside
 * namespaces alone. `privileged` are namespaces whose pods or service accounts hold the cluster, besides kube-system.
 */
export async function riskyRoles(
  files: readonly string[],
  privileged: readonly string[] = [],
): Promise<KubernetesRow[]> {
  return judgeRoles(await readManifests(files), privileged)
}

function judgeRoles({ roles, bindings }: Rbac, privileged: readonly string[]): KubernetesRow[] {
  const guarded = new Set(['kube-system', ...privileged])
  const row = (
    name: string,
    namespace: string | null,
    rules: readonly Rule[],
    bound: readonly Binding[],
  ): KubernetesRow => {
    const why = RISK_KINDS.flatMap((kind) => riskOf(kind, rules, namespace, guarded))
    return {
      role: name,
      scope: namespace === null ? 'cluster' : 'namespace',
      namespace,
      flagged: why.length > 0,
      ids: why.map(({ id }) => id),
      why,
      holders: holdersOf(bound),
    }
  }
  const byRole = Map.groupBy(bindings, referenceOf)
  const rows = roles.flatMap((role) => {
    const rules = rulesOf(role, roles)
    return placesOf(role, byRole.get(nameOf(role)) ?? []).map(({ namespace, bound }) =>
      row(role.metadata.name, namespace, rules, bound),
    )
  })
  // Bindings of what the files do not hold: known for one role, else said to be unknown.
  const held = new Set(roles.map(nameOf))
  const lost = bindings.filter((binding) => !held.has(referenceOf(binding)))
  for (const [, same] of Map.groupBy(lost, (one) =>
    JSON.stringify([one.roleRef.kind, one.roleRef.name, spaceOf(one)]),
  )) {
    const { kind, name } = same[0]!.roleRef
    const namespace = spaceOf(same[0]!)
    const known = kind === 'ClusterRole' && name === 'cluster-admin'
    const found = row(name, namespace, known ? [CLUSTER_ADMIN] : [], same)
    rows.push(
      known ? found : { ...found, flagged: null, unknown: `${kind} ${name} is bound but is not in these files` },
    )
  }
  return rows
}

const spaceOf = (binding: Binding): string | null =>
  binding.kind === 'ClusterRoleBinding' ? null : namespaceOf(binding)

/** One name for a role and for what a binding refers to; a Role is looked for in the namespace of its binding. */
const keyOf = (kind: string, name: string, namespace: string | null): string =>
  JSON.stringify(kind === 'ClusterRole' ? [kind, name] : [kind, name, namespace])
const nameOf = (role: Role): string => keyOf(role.kind, role.metadata.name, namespaceOf(role))
const referenceOf = (binding: Binding): string => keyOf(binding.roleRef.kind, binding.roleRef.name, spaceOf(binding))

function placesOf(role: Role, own: Binding[]): { namespace: string | null; bound: Binding[] }[] {
  if (role.kind === 'Role') return [{ namespace: namespaceOf(role), bound: own }]
  // One that nobody holds yet is judged as it would be at its widest.
  if (own.length === 0) return [{ namespace: null, bound: [] }]
  return [...Map.groupBy(own, spaceOf)].map(([namespace, bound]) => ({ namespace, bound }))
}

const holdersOf = (bound: readonly Binding[]): string[] => [
  ...new Set(
    bound.flatMap((binding) =>
      binding.subjects.map(({ kind, name, namespace }) =>
        kind === 'ServiceAccount' ? `${kind} ${namespace || spaceOf(binding) || '?'}/${name}` : `${kind} ${name}`,
      ),
    ),
  ),
]

function counts(where: Where, namespace: string | null, guarded: ReadonlySet<string>): boolean {
  if (where === 'anywhere' || namespace === null) return where !== 'ordinary'
  if (where === 'kube-system') return namespace === 'kube-system'
  return where === (guarded.has(namespace) ? 'privileged' : 'ordinary')
}

function riskOf(
  { id, severity, what, where, needs }: RiskKind,
  rules: readonly Rule[],
  namespace: string | null,
  guarded: ReadonlySet<string>,
): RiskOfRole[] {
  if (!counts(where, namespace, guarded)) return []
  const found = needs.map((ways) =>
    rules.flatMap((rule, index) => (ways.some((power) => permits(rule, power, namespace !== null)) ? [index + 1] : [])),
  )
  if (found.some((list) => list.length === 0)) return []
  return [{ id, severity, what, rules: [...new Set(found.flat())].sort((one, other) => one - other) }]
}
