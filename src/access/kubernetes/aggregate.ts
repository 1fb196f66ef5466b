import type { Role, Rule, Selector } from './read-manifests.ts'

/**
 * The rules of a role with those of every cluster role that its selectors pick, however deep: the controller writes them in. What
 * stands in the role itself is kept, since files may hold a role without its parts.
 */
export function rulesOf(role: Role, all: readonly Role[]): readonly Rule[] {
  const found = new Set([role])
  // A set is walked while it grows, so each is asked once, also in a ring.
  for (const { kind, aggregationRule } of found) {
    const selectors = kind === 'ClusterRole' ? (aggregationRule?.clusterRoleSelectors ?? []) : []
    if (selectors.length === 0) continue
    for (const part of all)
      if (part.kind === 'ClusterRole' && selectors.some((selector) => selects(selector, part.metadata.labels ?? {})))
        found.add(part)
  }
  return [...found].flatMap(({ rules }) => rules ?? [])
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
