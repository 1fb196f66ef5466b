import type { Edge, Entity, JsonValue, Known } from '../../sdk/index.ts'
import { accountKey, instant, keyOf, lastPart, parseArn } from './arn.ts'
import type { Report } from './credential-report.ts'
import { firstOf } from './place.ts'
import { readDocument } from './policy-document.ts'
import { grantsOf, policyAttributes } from './policy-grants.ts'
import { tagged } from './tags.ts'
import { type Ours, type Trust, trustOf } from './trust.ts'

type Item = Entity | Edge
type Given = Record<string, unknown>

/** The four lists of `get-account-authorization-details`. */
export const SECTIONS = ['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'] as const
export type Section = (typeof SECTIONS)[number]

export const AUTHORIZATION_TYPES = [
  'aws_iam_user',
  'aws_iam_group',
  'aws_iam_role',
  'aws_iam_policy',
  'aws_trust',
  'aws_account_root',
  'aws_service',
  'aws_everybody',
]

/** What is known beside the details themselves. */
export interface Beside {
  ours: Ours
  /** Of the account; a reason where there is none. */
  report(account: string): Report | { unknown: string; permission?: string }
  /** Keys that were described already, by this account or another: policies of AWS, services, other accounts. */
  described: Set<string>
}

export interface Authorization {
  /** The items of one detail; null when it is not one. */
  items(section: Section, detail: unknown): Iterable<Item> | null
  /** What could be said only when everything was read. */
  rest(): Iterable<Item>
}

/**
 * Turns details of one account or several into entities and edges as they come. Kept meanwhile: who is in which group, and who
 * holds which policy of AWS.
 */
export function readAuthorization(beside: Beside): Authorization {
  const ofAws = new Map<string, { document: unknown; holders: Map<string, string> }>()
  const managed = (arn: string) => {
    let known = ofAws.get(arn)
    if (known === undefined) {
      known = { document: undefined, holders: new Map() }
      ofAws.set(arn, known)
    }
    return known
  }
  // A user's groups are told by name, without the path that is part of their ARN.
  const groups = new Map<string, string>()
  const members: [string, string][] = []
  const once = (items: Iterable<Item>) => firstOf(beside.described, items)

  /** What a user, group or role holds. */
  function* held(owner: Owner, detail: Given, inline: unknown): Iterable<Item> {
    for (const given of list(detail['AttachedManagedPolicies'])) {
      const arn = given['PolicyArn']
      if (typeof arn !== 'string') continue
      yield { from: owner.key, verb: 'has', to: keyOf(arn) }
      if (parseArn(arn)?.account === 'aws') managed(arn).holders.set(owner.key, owner.account)
    }
    for (const given of list(inline)) {
      const name = text(given['PolicyName']) ?? 'inline'
      const key = `${owner.key}#${name}`
      yield { from: owner.key, verb: 'has', to: key }
      yield* policy(
        {
          key,
          name: `${name} of ${owner.name}`,
          account: owner.account,
          attributes: { account: owner.account, inline: true, of: owner.key },
        },
        given['PolicyDocument'],
      )
    }
  }

  return {
    items(section, given) {
      if (given === null || typeof given !== 'object') return null
      const detail = given as Given
      const arn = detail['Arn']
      const account = typeof arn === 'string' ? parseArn(arn)?.account : undefined
      if (typeof arn !== 'string' || account === undefined || account === '') return null
      const name =
        text(detail['UserName'] ?? detail['RoleName'] ?? detail['GroupName'] ?? detail['PolicyName']) ?? lastPart(arn)
      const owner: Owner = { arn, key: keyOf(arn), name, account }
      if (section === 'Policies') return once(managedPolicy(owner, detail, managed))
      if (section === 'GroupDetailList') {
        groups.set(`${account}/${name}`, owner.key)
        return once(chain(group(owner, detail), held(owner, detail, detail['GroupPolicyList'])))
      }
      if (section === 'UserDetailList') {
        for (const one of Array.isArray(detail['GroupList']) ? detail['GroupList'] : [])
          if (typeof one === 'string') members.push([owner.key, `${account}/${one}`])
        return once(chain(user(owner, detail, beside.report(account)), held(owner, detail, detail['UserPolicyList'])))
      }
      return once(chain(role(owner, detail, beside.ours), held(owner, detail, detail['RolePolicyList'])))
    },
    // A policy of AWS allows something else to each account that uses it, so the sentence stands with its holders.
    *rest() {
      for (const [member, group] of members) {
        const to = groups.get(group) ?? `${member.split(':user/')[0]}:group/${group.slice(13)}`
        yield { from: member, verb: 'has', to }
      }
      members.length = 0
      for (const [arn, { document, holders }] of ofAws) {
        const read = readDocument(document)
        if ('unreadable' in read) continue
        for (const [holder, account] of holders) {
          for (const edge of grantsOf(holder, read.statements, account))
            yield { ...edge, attributes: { ...edge.attributes, through: lastPart(arn) } }
        }
      }
      ofAws.clear()
    },
  }
}

interface Owner {
  arn: string
  key: string
  name: string
  account: string
}

function* user(owner: Owner, detail: Given, report: ReturnType<Beside['report']>): Iterable<Item> {
  const { tags, environment } = tagged(detail['Tags'])
  const row = 'unknown' in report ? undefined : report.users.get(owner.arn)
  const missing = 'unknown' in report ? report : { unknown: 'the user is not in the credential report yet' }
  const nature =
    row === undefined
      ? { accountKind: 'unknown', accountKindReasons: ['whether it has a console password is not known'] }
      : row.password.enabled
        ? row.keys.some(({ active }) => active)
          ? { accountKind: 'unknown', accountKindReasons: ['it has a console password and an access key'] }
          : { accountKind: 'human', accountKindReasons: ['it has a console password'] }
        : { accountKind: 'service', accountKindReasons: ['it has no console password'] }
  yield {
    kind: 'identity',
    type: 'aws_iam_user',
    key: owner.key,
    name: owner.name,
    created: time(detail['CreateDate']),
    lastUsed:
      row === undefined ? missing : (row.lastUsed ?? { unknown: 'AWS has recorded no use of its password or keys' }),
    ...(environment && { environment }),
    aliases: aliases(owner.arn, detail['UserId']),
    attributes: {
      ...common(owner, detail, tags),
      ...nature,
      ...(row !== undefined && {
        consolePassword: row.password.enabled,
        mfa: row.mfa,
        activeKeys: row.keys.filter(({ active }) => active).length,
      }),
      ...(row !== undefined && row.lastUsed === undefined && { neverUsed: true }),
      ...quarantine(detail),
    },
    ...(row === undefined && {
      unknowns: Object.fromEntries(
        ['consolePassword', 'mfa', 'activeKeys'].map((name) => [
          name,
          { reason: missing.unknown, ...permission(missing) },
        ]),
      ),
    }),
  }
  yield { from: accountKey(owner.account), verb: 'contains', to: owner.key }
}

function* group(owner: Owner, detail: Given): Iterable<Item> {
  yield {
    kind: 'entitlement',
    type: 'aws_iam_group',
    key: owner.key,
    name: owner.name,
    created: time(detail['CreateDate']),
    aliases: aliases(owner.arn, detail['GroupId']),
    attributes: common(owner, detail),
  }
  yield { from: accountKey(owner.account), verb: 'contains', to: owner.key }
}

function* role(owner: Owner, detail: Given, ours: Ours): Iterable<Item> {
  const { tags, environment } = tagged(detail['Tags'])
  const read = readDocument(detail['AssumeRolePolicyDocument'])
  const created = instant(detail['CreateDate'])
  const trust = 'statements' in read ? trustOf({ ...owner, created }, read.statements, ours) : undefined
  const used = (detail['RoleLastUsed'] ?? {}) as Given
  const lastUsed = instant(used['LastUsedDate'])
  yield {
    kind: 'identity',
    type: 'aws_iam_role',
    key: owner.key,
    name: owner.name,
    created: time(detail['CreateDate']),
    lastUsed:
      lastUsed === undefined
        ? { unknown: 'AWS has recorded no use in the 400 days it looks back' }
        : { value: lastUsed },
    ...(environment && { environment }),
    aliases: aliases(owner.arn, detail['RoleId']),
    attributes: {
      ...common(owner, detail, tags),
      ...natureOf(owner, trust),
      ...(typeof used['Region'] === 'string' && { lastUsedRegion: used['Region'] }),
      ...(lastUsed === undefined && 'RoleLastUsed' in detail && { noUseRecorded: true }),
      ...trust?.attributes,
      ...('document' in read && { trustPolicy: read.document }),
      ...quarantine(detail),
    },
    unknowns: {
      ...trust?.unknowns,
      ...('unreadable' in read && { trusts: { reason: read.unreadable }, trustPolicy: { reason: read.unreadable } }),
    },
  }
  yield { from: accountKey(owner.account), verb: 'contains', to: owner.key }
  yield* trust?.items ?? []
}

function natureOf(
  { arn, name }: Owner,
  trust: Trust | undefined,
): { accountKind: string; accountKindReasons: string[] } {
  const say = (accountKind: string, reason: string) => ({ accountKind, accountKindReasons: [reason] })
  if (arn.includes(':role/aws-service-role/')) return say('system', 'it is linked to a service of AWS, which made it')
  if (name.startsWith('AWSReservedSSO_')) return say('human', 'people take it through IAM Identity Center')
  if (trust === undefined) return say('unknown', 'its trust policy could not be read')
  if (trust.services.length > 0) return say('service', `${trust.services.slice(0, 3).join(', ')} may take it`)
  if (trust.workloads) return say('service', 'workloads take it by OpenID Connect')
  if (trust.people) return say('human', 'people take it through a SAML identity provider')
  if (trust.attributes['thirdParty'] === true) return say('service', `${trust.attributes['vendor']} may take it`)
  return say('unknown', 'other identities take it, which may be people or machines')
}

function* managedPolicy(owner: Owner, detail: Given, managed: (arn: string) => { document: unknown }): Iterable<Item> {
  const versions = list(detail['PolicyVersionList'])
  const current =
    versions.find((version) => version['IsDefaultVersion'] === true) ??
    versions.find((version) => version['VersionId'] === detail['DefaultVersionId'])
  const ofAws = owner.account === 'aws'
  const others = (ofAws ? [] : versions.filter((version) => version !== current)).slice(0, 20).map((version) => {
    const read = readDocument(version['Document'])
    return { id: text(version['VersionId']) ?? null, ...('document' in read && { document: read.document }) }
  })
  // AWS has more than a thousand policies of its own; only those that somebody here has say something.
  if (ofAws && detail['AttachmentCount'] === 0 && !detail['PermissionsBoundaryUsageCount']) return
  if (ofAws) managed(owner.arn).document = current?.['Document']
  else yield { from: accountKey(owner.account), verb: 'contains', to: owner.key }
  yield* policy(
    {
      key: owner.key,
      name: owner.name,
      account: owner.account,
      created: time(detail['CreateDate']),
      aliases: aliases(owner.arn, detail['PolicyId']),
      attributes: {
        ...common(owner, detail, undefined),
        ofAws,
        defaultVersion: text(detail['DefaultVersionId']) ?? null,
        versions: versions.slice(0, 20).map((version) => ({
          id: text(version['VersionId']) ?? null,
          created: instant(version['CreateDate']) ?? null,
        })),
        // Whoever may take an older version back gets what it says.
        ...(others.length > 0 && { otherVersions: others }),
        ...(instant(detail['UpdateDate']) !== undefined && { changed: instant(detail['UpdateDate'])! }),
        ...(typeof detail['AttachmentCount'] === 'number' && { attachments: detail['AttachmentCount'] }),
        ...(typeof detail['PermissionsBoundaryUsageCount'] === 'number' && {
          boundaryFor: detail['PermissionsBoundaryUsageCount'],
        }),
      },
    },
    current?.['Document'],
  )
}

function* policy(
  {
    account,
    attributes,
    ...entity
  }: Pick<Entity, 'key' | 'name' | 'created' | 'aliases'> & {
    account: string
    attributes: { [name: string]: JsonValue }
  },
  given: unknown,
): Iterable<Item> {
  const read = readDocument(given)
  const base = { kind: 'entitlement' as const, type: 'aws_iam_policy', ...entity }
  if ('unreadable' in read) {
    const unknown = { reason: read.unreadable }
    yield { ...base, attributes, unknowns: { document: unknown, privileged: unknown, excess: unknown } }
    return
  }
  yield { ...base, attributes: { ...attributes, ...policyAttributes(read.statements), document: read.document } }
  if (account !== 'aws') yield* grantsOf(entity.key, read.statements, account)
}

function common(
  { arn, account }: Owner,
  detail: Given,
  tags?: { [name: string]: JsonValue },
): { [name: string]: JsonValue } {
  const boundary = (detail['PermissionsBoundary'] as Given | undefined)?.['PermissionsBoundaryArn']
  const profiles = list(detail['InstanceProfileList']).flatMap((profile) => text(profile['Arn']) ?? [])
  return {
    arn,
    account,
    path: text(detail['Path']) ?? '/',
    ...(typeof boundary === 'string' && { boundary: keyOf(boundary) }),
    ...(profiles.length > 0 && { instanceProfiles: profiles.slice(0, 20) }),
    ...(tags !== undefined && { tags }),
  }
}

/** AWS attaches this when it has seen an access key of the user in public. */
const quarantine = (detail: Given): { quarantined?: true } =>
  list(detail['AttachedManagedPolicies']).some((one) =>
    /^AWSCompromisedKeyQuarantine/.test(text(one['PolicyName']) ?? ''),
  )
    ? { quarantined: true }
    : {}

const aliases = (arn: string, id: unknown): string[] => (typeof id === 'string' && id !== '' ? [arn, id] : [arn])
const time = (given: unknown): Known<string> => {
  const value = instant(given)
  return value === undefined ? { unknown: 'the source gives no date' } : { value }
}
const permission = (of: { permission?: string }) => (of.permission === undefined ? {} : { permission: of.permission })
const text = (given: unknown): string | undefined => (typeof given === 'string' && given !== '' ? given : undefined)
const list = (given: unknown): Given[] =>
  Array.isArray(given) ? given.filter((one) => one !== null && typeof one === 'object') : []

function* chain(...parts: Iterable<Item>[]): Iterable<Item> {
  for (const part of parts) yield* part
}
