/** Invented accounts for tests, as `get-account-authorization-details` answers. */
import { type AwsEstate, awsEstate } from '../aws/estate.ts'
import { type Details, detailsFrom } from '../aws/read-authorization.ts'
import type { OrganizationPolicy } from '../aws/read-organization.ts'
import type { Resource } from '../aws/read-resources.ts'

export const ACCOUNT = '222233334444'
export const NOW = Date.parse('2026-11-24T12:00:00Z')

export type Document = { Version?: string; Statement: object | object[] }
export const allow = (
  actions: string | readonly string[],
  resource: string | readonly string[] = '*',
  more: object = {},
): Document => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: actions, Resource: resource, ...more },
})
export const deny = (actions: string | readonly string[], resource = '*', more: object = {}): Document => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Deny', Action: actions, Resource: resource, ...more },
})
export const EVERYTHING = allow('*')

export const arn = (kind: string, name: string, account = ACCOUNT): string => `arn:aws:iam::${account}:${kind}/${name}`
export const serviceTrust = (...services: string[]): Document => ({
  Statement: { Effect: 'Allow', Principal: { Service: services }, Action: 'sts:AssumeRole' },
})
export const trustOf = (principal: object | string, more: object = {}): Document => ({
  Statement: { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', ...more },
})

interface Holding {
  inline?: unknown[]
  managed?: string[]
  boundary?: string
  tags?: Record<string, string>
}
export interface Invented {
  account?: string
  users?: Record<string, Holding & { groups?: string[] }>
  roles?: Record<string, Holding & { trust?: unknown; profile?: string }>
  groups?: Record<string, Holding>
  /** Managed policies by name; a list has several versions, the first of which counts. */
  policies?: Record<string, unknown | unknown[]>
}

/** The answer that AWS would give of such an account. */
export function detailsOf({ account = ACCOUNT, users = {}, roles = {}, groups = {}, policies = {} }: Invented): object {
  const inline = (list: unknown[] = []) =>
    list.map((PolicyDocument, at) => ({ PolicyName: `inline-${at + 1}`, PolicyDocument }))
  const held = ({ managed = [], boundary, tags = {} }: Holding) => ({
    AttachedManagedPolicies: managed.map((name) => ({ PolicyName: name, PolicyArn: policyArn(name, account) })),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    ...(boundary !== undefined && { PermissionsBoundary: { PermissionsBoundaryArn: policyArn(boundary, account) } }),
  })
  return {
    UserDetailList: Object.entries(users).map(([name, user]) => ({
      Arn: arn('user', name, account),
      UserName: name,
      UserPolicyList: inline(user.inline),
      GroupList: user.groups ?? [],
      ...held(user),
    })),
    GroupDetailList: Object.entries(groups).map(([name, group]) => ({
      Arn: arn('group', name, account),
      GroupName: name,
      GroupPolicyList: inline(group.inline),
      ...held(group),
    })),
    RoleDetailList: Object.entries(roles).map(([name, role]) => ({
      Arn: arn('role', name, account),
      RoleName: name,
      AssumeRolePolicyDocument: role.trust ?? { Statement: [] },
      RolePolicyList: inline(role.inline),
      InstanceProfileList:
        role.profile === undefined
          ? []
          : [{ InstanceProfileName: role.profile, Arn: arn('instance-profile', role.profile, account) }],
      ...held(role),
    })),
    Policies: Object.entries(policies).map(([name, given]) => ({
      Arn: policyArn(name, account),
      PolicyName: name,
      DefaultVersionId: 'v1',
      PolicyVersionList: (Array.isArray(given) ? given : [given]).map((Document, at) => ({
        VersionId: `v${at + 1}`,
        IsDefaultVersion: at === 0,
        Document,
      })),
    })),
  }
}

const policyArn = (name: string, account: string): string =>
  name.startsWith('arn:') ? name : arn('policy', name, account)

export interface Around {
  resources?: Resource[]
  organization?: OrganizationPolicy[]
}

export const estateOf = (invented: Invented | Invented[], { resources, organization }: Around = {}): AwsEstate => {
  const details: Details = detailsFrom([invented].flat().map(detailsOf))
  return awsEstate({ details, resources, organization, now: NOW })
}
