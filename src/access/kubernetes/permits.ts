import type { Rule } from './read-manifests.ts'

/** One thing that a rule may permit, of which each verb and each resource is enough. */
export interface Power {
  group: string
  resources: readonly string[]
  verbs: readonly string[]
  /** The object has no namespace: a binding inside one permits nothing on it. */
  clusterWide?: boolean
  /** What a rule that names objects is worth: `any` when one object of whatever name is enough, else the names that are. */
  named?: 'any' | readonly string[]
}

/** Does the rule permit the power somewhere, as the API server reads it: whole words, or a star, also before a part of every resource. */
export function permits(rule: Rule, power: Power, inNamespace: boolean): boolean {
  if (power.clusterWide && inNamespace) return false
  if (!has(rule.apiGroups, power.group)) return false
  const resources = power.resources.filter((resource) => hasResource(rule.resources, resource))
  const verbs = power.verbs.filter((verb) => has(rule.verbs, verb))
  if (resources.length === 0 || verbs.length === 0) return false
  if (rule.resourceNames.length === 0) return true
  const { named } = power
  if (named === undefined) return false
  // What is created has no name yet when it is asked for, unless it is made at an object that is there.
  if (verbs.every((verb) => verb === 'create') && resources.every((resource) => !resource.includes('/'))) return false
  return named === 'any' || rule.resourceNames.some((name) => named.includes(name))
}

const has = (list: readonly string[], word: string): boolean => list.includes('*') || list.includes(word)

function hasResource(list: readonly string[], resource: string): boolean {
  if (has(list, resource)) return true
  const slash = resource.indexOf('/')
  return slash >= 0 && list.includes(`*${resource.slice(slash)}`)
}
