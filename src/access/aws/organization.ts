import type { Ceiling, Policy } from '../model.ts'
import type { Holder } from './estate.ts'
import type { OrganizationPolicy } from './read-organization.ts'

/**
 * What an organization allows its accounts at most. Policies on one target (the root, a unit, an account) make one level, and each level
 * must allow. Where nobody said what a policy is attached to, it is taken to be the root. A level of denials alone stands
 * beside FullAWSAccess, as AWS attaches it.
 */
export function ceilingsOfOrganization(holders: readonly Holder[], policies: readonly OrganizationPolicy[]): Ceiling[] {
  const levels = new Map<string, { list: Policy[]; under: OrganizationPolicy['under'] }>()
  for (const { of, policy, targets, under } of policies) {
    if (of !== 'services') continue
    for (const target of targets ?? ['the organization'])
      levels.set(target, { list: [...(levels.get(target)?.list ?? []), policy], under })
  }
  return [...levels].map(([target, { list, under }]) => ({
    name: `the organization's policies on ${target}`,
    kind: 'organization',
    members: [...holders.keys()].filter((index) => isUnder(holders[index]!, target, under)),
    policies: list.some(({ statements }) => statements.some(({ effect }) => effect === 'allow'))
      ? list
      : [...list, FULL],
  }))
}

/** Roles that belong to a service are bound by no organization's policy. A unit or root bounds every account that was given. */
const isUnder = ({ arn, account }: Holder, target: string, under: OrganizationPolicy['under']): boolean =>
  !arn.includes(':role/aws-service-role/') &&
  (under?.(target).has(account) ?? (!/^\d{12}$/.test(target) || target === account))

/** The accounts whose objects a policy of resources bounds. */
export function accountsUnder(holders: readonly Holder[], { targets, under }: OrganizationPolicy): string[] {
  const accounts = [...new Set(holders.map(({ account }) => account))]
  if (under !== undefined) return accounts.filter((account) => targets?.some((target) => under(target).has(account)))
  const named = targets?.filter((target) => /^\d{12}$/.test(target)) ?? []
  return named.length === 0 ? accounts : accounts.filter((account) => named.includes(account))
}

const FULL: Policy = {
  name: 'FullAWSAccess',
  statements: [
    {
      effect: 'allow',
      actions: { not: false, patterns: ['*'] },
      resources: { not: false, patterns: ['*'] },
      condition: [],
      from: 'FullAWSAccess',
    },
  ],
}
