import type { Known } from '../condition.ts'
import type { Door, Grants, Policy, Principal } from '../model.ts'
import { aboutEvery, aboutObject, aboutPrincipal, type KnownObject, lowerTags } from './about.ts'
import { arnOf, lastName } from './arn.ts'
import { readDocument } from './document.ts'
import { doorsOf } from './doors.ts'
import { boundaries, type ManagedPolicy, managedAt, readManaged } from './managed.ts'
import { accountsUnder, ceilingsOfOrganization } from './organization.ts'
import type { Details } from './read-authorization.ts'
import type { OrganizationPolicy } from './read-organization.ts'
import type { Resource } from './read-resources.ts'
import { whoReader } from './who.ts'

/** A user, role or group, with what escalation needs beyond its grants. */
export interface Holder {
  arn: string
  name: string
  kind: 'user' | 'role' | 'group'
  account: string
  /** Indices of the groups a user is in. */
  groups: readonly number[]
  /** ARNs of its managed policies. */
  managed: readonly string[]
  /** Policies it holds itself or by a group. */
  policies: readonly Policy[]
  boundary: string | undefined
  trust: Policy | undefined
  instanceProfiles: readonly { name: string; arn: string }[]
  /** What could not be read of it, so that the answer about it is not whole. */
  unknown: readonly string[]
}

export interface AwsEstate {
  grants: Grants
  holders: readonly Holder[]
  managed: ReadonlyMap<string, ManagedPolicy>
  /** What else was listed. */
  resources: readonly Resource[]
  /** Is everything of this type among the resources? */
  whole(type: string): boolean
  warnings: readonly string[]
}

export interface AwsInput {
  details: Details
  resources?: readonly Resource[] | undefined
  /** Of which types the resources are all there are; left out: of all, where resources were given. */
  whole?: ((type: string) => boolean) | undefined
  organization?: readonly OrganizationPolicy[] | undefined
  /** Milliseconds since 1970. */
  now: number
}

/** A trust says who may take the role's place, not who may pass or change it. */
const TRUST: ReadonlySet<string> = new Set(['sts'])

/** An AWS organization, or a part of it, as grants. */
export function awsEstate({ details, resources: listed, whole, organization, now }: AwsInput): AwsEstate {
  const resources = (listed ?? []).toSorted((one, other) => inOrder(placeOf(one), placeOf(other)))
  const users = unique(details.UserDetailList)
  const roles = unique(details.RoleDetailList)
  const groups = unique(details.GroupDetailList)
  const roleAt = new Map(roles.map((role) => [`${arnOf(role.Arn).account} ${role.RoleName}`, role.Arn]))
  const whoOf = whoReader((account, name) => roleAt.get(`${account} ${name}`))
  const managed = new Map(details.Policies.map((detail) => [detail.Arn, readManaged(detail)]))
  const groupAt = new Map(
    groups.map((group, at) => [`${arnOf(group.Arn).account} ${group.GroupName}`, users.length + roles.length + at]),
  )

  const inline = (
    arn: string,
    list: readonly { PolicyName: string; PolicyDocument?: unknown }[],
    unknown: string[],
  ): Policy[] =>
    list
      .toSorted((one, other) => inOrder(one.PolicyName, other.PolicyName))
      .flatMap(({ PolicyName, PolicyDocument }) =>
        known(readDocument(`${PolicyName} of ${lastName(arn)}`, PolicyDocument), unknown),
      )
  const attached = (arns: readonly string[], unknown: string[]): Policy[] =>
    arns.toSorted(inOrder).flatMap((arn) => {
      const one = managedAt(managed, arn)
      if (one !== undefined) managed.set(arn, one)
      if (one?.policy === undefined)
        unknown.push(
          one === undefined ? `the text of ${arn} was not read` : `${lastName(arn)}: its document cannot be read`,
        )
      return one?.policy ?? []
    })

  const groupHolders = groups.map((group): Holder => {
    const unknown: string[] = said(group)
    const arns = group.AttachedManagedPolicies.map((one) => one.PolicyArn)
    return {
      ...none(group.Arn, 'group'),
      managed: arns,
      policies: [...inline(group.Arn, group.GroupPolicyList, unknown), ...attached(arns, unknown)],
      unknown,
    }
  })
  const userHolders = users.map((user): Holder => {
    const unknown: string[] = said(user)
    const arns = user.AttachedManagedPolicies.map((one) => one.PolicyArn)
    const indices = user.GroupList.toSorted(inOrder).flatMap(
      (name) => groupAt.get(`${arnOf(user.Arn).account} ${name}`) ?? [],
    )
    const inGroups = indices.map((index) => groupHolders[index - users.length - roles.length]!)
    for (const name of user.GroupList)
      if (!groupAt.has(`${arnOf(user.Arn).account} ${name}`)) unknown.push(`its group ${name} was not read`)
    return {
      ...none(user.Arn, 'user'),
      groups: indices,
      managed: arns,
      policies: [
        ...inline(user.Arn, user.UserPolicyList, unknown),
        ...attached(arns, unknown),
        ...inGroups.flatMap((group) => group.policies),
      ],
      boundary: user.PermissionsBoundary?.PermissionsBoundaryArn,
      unknown: [...unknown, ...inGroups.flatMap((group) => group.unknown)],
    }
  })
  const roleHolders = roles.map((role): Holder => {
    const unknown: string[] = said(role)
    const arns = role.AttachedManagedPolicies.map((one) => one.PolicyArn)
    const trust = readDocument(`the trust of ${role.RoleName}`, role.AssumeRolePolicyDocument, whoOf)
    return {
      ...none(role.Arn, 'role'),
      managed: arns,
      policies: [...inline(role.Arn, role.RolePolicyList, unknown), ...attached(arns, unknown)],
      boundary: role.PermissionsBoundary?.PermissionsBoundaryArn,
      trust: known(trust, unknown)[0],
      instanceProfiles: role.InstanceProfileList.map(({ InstanceProfileName, Arn }) => ({
        name: InstanceProfileName ?? lastName(Arn ?? ''),
        arn: Arn ?? '',
      })),
      unknown,
    }
  })

  const holders = [...userHolders, ...roleHolders, ...groupHolders]
  const described = [
    ...users.map((one) => [one, one.UserId] as const),
    ...roles.map((one) => [one, one.RoleId] as const),
  ]
  const tags = [
    ...described.map(([{ Tags }]) => lowerTags(Tags.map(({ Key, Value }) => [Key, Value]))),
    ...groups.map(() => lowerTags([])),
  ]
  const objects = new Map<string, KnownObject>(
    holders.map(({ arn, account, boundary, kind }, at) => [
      arn,
      { account, tags: tags[at]!, ...(kind !== 'group' && { boundary: boundary ?? null }) },
    ]),
  )
  for (const resource of resources)
    if (resource.arn !== undefined && !objects.has(resource.arn)) objects.set(resource.arn, objectOf(resource))

  const principals = holders.map(
    (holder, at): Principal => ({
      id: holder.arn,
      kind: holder.kind,
      scope: holder.account,
      about: aboutPrincipal({ arn: holder.arn, kind: holder.kind, id: described[at]?.[1], tags: tags[at]! }, now),
      passesOwnCeiling: holder.kind === 'user',
    }),
  )
  const warnings: string[] = []
  const { doors, unreadable } = doorsOf(resources, whoOf)
  warnings.push(...unreadable)
  const always = aboutEvery(now)
  return {
    holders,
    managed,
    resources,
    whole: whole ?? (() => listed !== undefined),
    warnings,
    grants: {
      principals,
      held: heldBy(holders),
      ceilings: [...boundaries(holders, managed), ...ceilingsOfOrganization(holders, organization ?? [])],
      doors: [
        ...holders.flatMap(({ kind, arn, account, trust }): Door[] =>
          kind === 'role'
            ? [{ object: arn, scope: account, mandatory: true, services: TRUST, policies: trust ? [trust] : [] }]
            : [],
        ),
        ...doors,
        ...(organization ?? []).flatMap((one): Door[] =>
          one.of === 'resources' && one.services !== undefined
            ? accountsUnder(holders, one).map((account) => ({
                object: '*',
                scope: account,
                mandatory: false,
                services: one.services!,
                policies: [one.policy],
              }))
            : [],
        ),
      ],
      objectOf: bucketOf,
      scopeOf: (resource) => {
        const account = objects.get(bucketOf(resource))?.account ?? arnOf(resource).account
        return /^\d{12}$/.test(account) ? account : undefined
      },
      about: (resource, key): Known => aboutObject(objects, resource, key),
      always,
    },
  }
}

const none = (arn: string, kind: Holder['kind']): Omit<Holder, 'unknown'> => ({
  arn,
  kind,
  name: lastName(arn),
  account: arnOf(arn).account,
  groups: [],
  managed: [],
  policies: [],
  boundary: undefined,
  trust: undefined,
  instanceProfiles: [],
})

const said = ({ unread }: { unread?: string | undefined }): string[] => (unread === undefined ? [] : [unread])

/** An object in a bucket is guarded by the bucket. */
const bucketOf = (resource: string): string => {
  if (!resource.includes(':s3:') || !/^arn:[^:]*:s3:/.test(resource)) return resource
  const slash = resource.indexOf('/')
  return slash < 0 ? resource : resource.slice(0, slash)
}

/** The last answer about one ARN counts: pages and files can overlap. In an order of their own, so that however they came the answers are the same. */
const unique = <T extends { Arn: string }>(list: readonly T[]): T[] =>
  [...new Map(list.map((one) => [one.Arn, one])).values()].sort((one, other) => inOrder(one.Arn, other.Arn))

const inOrder = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)
const placeOf = ({ type, arn }: Resource): string => `${type} ${arn ?? ''}`

const known = (read: ReturnType<typeof readDocument>, unknown: string[]): Policy[] => {
  if ('policy' in read) return [read.policy]
  unknown.push(read.unreadable)
  return []
}

function heldBy(holders: readonly Holder[]): { policy: Policy; holders: number[] }[] {
  const held = new Map<Policy, number[]>()
  for (const [index, { policies }] of holders.entries())
    for (const policy of new Set(policies)) {
      const list = held.get(policy)
      if (list) list.push(index)
      else held.set(policy, [index])
    }
  return [...held].map(([policy, list]) => ({ policy, holders: list }))
}

const objectOf = (resource: Resource): KnownObject => {
  const given = resource['tags'] ?? resource['Tags'] ?? {}
  const pairs: [string, string][] = Array.isArray(given)
    ? given.flatMap((one: { Key?: unknown; Value?: unknown }) =>
        typeof one?.Key === 'string' ? [[one.Key, String(one.Value ?? '')] as [string, string]] : [],
      )
    : typeof given === 'object' && given !== null
      ? Object.entries(given).map(([key, value]): [string, string] => [key, String(value)])
      : []
  return { account: resource.account ?? arnOf(resource.arn ?? '').account, tags: lowerTags(pairs) }
}
