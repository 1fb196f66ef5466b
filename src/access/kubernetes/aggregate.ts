import type { Role, Rule, Selector } from './read-manifests.ts'

/**
 * The rules of a role with those of every cluster role that its selectors pick, however deep: the controller writes them in. What
 * stands in the role itself is kept, since files may hold a role without its parts.
 */
export function rulesOf(role: Role, all: readonly Role[], seen: ReadonlySet<Role> = new Set()): readonly Rule[] {
  const own = role.rules ?? []
  const selectors = role.kind === 'ClusterRole' ? (role.aggregationRule?.clusterRoleSelectors ?? []) : []
  if (selectors.length === 0) return own
  const passed = new Set(seen).add(role)
  const parts = all.filter(
    (part) =>
      part.kind === 'ClusterRole' &&
      !passed.has(part) &&
      selectors.some((selector) => selects(selector, part.metadata.labels ?? {})),
  )
  return [...own, ...parts.flatMap((part) => rulesOf(part, all, passed))]
}

/** As in label selectors: all must hold, and what asks nothing picks everything. */
function selects({ matchLabels, matchExpressions }: Selector, labels: Readonly<Record<string, string>>): boolean {
  const value = (key: string): string | undefined => (Object.hasOwn(labels, key) ? labels[key] : undefined)
  return (
    Object.entries(matchLabels ?? {}).every(([key, wanted]) => value(key) === wanted) &&
    (matchExpressions ?? []).every(({ key, operator, values }) => {
      const here = value(key)
      if (operator === 'Exists') return here !== undefined
      if (operator === 'DoesNotExist') return here === undefined
      const among = here !== undefined && values.includes(here)
      return operator === 'In' ? among : !among
    })
  )
}
