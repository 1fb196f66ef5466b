/** Managed policies by their texts, and the boundaries that are made of them. */
import type { Condition } from '../condition.ts'
import type { Ceiling, Policy } from '../model.ts'
import { arnOf, lastName } from './arn.ts'
import { readDocument } from './document.ts'
import type { Holder } from './estate.ts'
import type { ManagedDetail } from './read-authorization.ts'

export interface ManagedPolicy {
  arn: string
  /** The account's own: its text can be changed, and old versions taken back. */
  own: boolean
  policy: Policy | undefined
  versions: readonly { id: string; isDefault: boolean; policy: Policy | undefined }[]
}

/** The one managed policy whose text everybody knows, for files that leave AWS's own policies out. */
const ADMINISTRATOR = /^arn:[^:]+:iam::aws:policy\/AdministratorAccess$/
const EVERYTHING = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }

/** A managed policy among those that were read, or the one that everybody knows. */
export const managedAt = (managed: ReadonlyMap<string, ManagedPolicy>, arn: string): ManagedPolicy | undefined =>
  managed.get(arn) ?? (ADMINISTRATOR.test(arn) ? readManaged(administrator(arn)) : undefined)

const administrator = (arn: string): ManagedDetail => ({
  Arn: arn,
  PolicyVersionList: [{ VersionId: 'v1', IsDefaultVersion: true, Document: EVERYTHING }],
})

export function readManaged(detail: ManagedDetail): ManagedPolicy {
  const name = detail.PolicyName ?? lastName(detail.Arn)
  const versions = detail.PolicyVersionList.map((version) => {
    const read = readDocument(name, version.Document)
    return {
      id: version.VersionId ?? '',
      isDefault: version.IsDefaultVersion ?? version.VersionId === detail.DefaultVersionId,
      policy: 'policy' in read ? read.policy : undefined,
    }
  })
  return {
    arn: detail.Arn,
    own: arnOf(detail.Arn).account !== 'aws',
    policy: (versions.find((one) => one.isDefault) ?? (versions.length === 1 ? versions[0] : undefined))?.policy,
    versions,
  }
}

/** A boundary whose text nobody gave may allow anything or nothing. */
export function boundaries(holders: readonly Holder[], managed: ReadonlyMap<string, ManagedPolicy>): Ceiling[] {
  const bound = Map.groupBy(
    holders.keys().filter((index) => holders[index]!.boundary !== undefined),
    (index) => holders[index]!.boundary!,
  )
  return [...bound].map(([arn, members]) => ({
    name: `the boundary ${lastName(arn)}`,
    kind: 'own',
    members,
    policies: [managedAt(managed, arn)?.policy ?? unread(arn)],
  }))
}

const UNREAD: Condition = [
  {
    operator: 'stringequals',
    over: undefined,
    ifExists: false,
    key: 'the text of the boundary',
    values: ['allowing it'],
    written: { operator: 'is', key: 'the text of the boundary' },
  },
]

const unread = (arn: string): Policy => ({
  name: arn,
  statements: [
    {
      effect: 'allow',
      actions: { not: false, patterns: ['*'] },
      resources: { not: false, patterns: ['*'] },
      condition: UNREAD,
      from: `the boundary ${lastName(arn)}, whose text was not read`,
    },
  ],
})
