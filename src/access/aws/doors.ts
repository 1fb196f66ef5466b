import { notRead } from '../condition.ts'
import type { Door, Policy, Who } from '../model.ts'
import { arnOf } from './arn.ts'
import { readDocument } from './document.ts'
import { type Resource, setting } from './read-resources.ts'

/** Where a policy that stands apart from its object says whose it is. */
const OBJECT_OF: Record<string, string> = {
  aws_s3_bucket_policy: 'bucket',
  aws_secretsmanager_secret_policy: 'secret_arn',
  aws_sqs_queue_policy: 'queue_url',
  aws_sns_topic_policy: 'arn',
  aws_kms_key_policy: 'key_id',
  aws_ecr_repository_policy: 'repository',
}
/** A key lets in whom its policy lets in, and nobody else. */
const MANDATORY = /^aws_kms_(key|key_policy)$/

/** What resources say about who may come: any resource that carries a policy, and policies that stand apart from theirs. */
export function doorsOf(
  resources: readonly Resource[],
  whoOf: (principal: unknown, turned: boolean) => Who,
): { doors: Door[]; unreadable: string[] } {
  const unreadable: string[] = []
  const closed = new Set(
    resources.flatMap((one) =>
      one.type === 'aws_s3_bucket_public_access_block' && one['restrict_public_buckets'] === true
        ? [setting(one, 'bucket') ?? '']
        : [],
    ),
  )
  const doors = resources.flatMap((resource): Door[] => {
    const given = resource['policy'] ?? resource['Policy']
    const why = resource['policyUnread']
    if (typeof why === 'string' && resource.arn !== undefined) {
      const account = resource.account ?? arnOf(resource.arn).account
      return [
        {
          object: resource.arn,
          scope: account,
          mandatory: MANDATORY.test(resource.type),
          policies: [unreadPolicy(resource.arn, account, why)],
        },
      ]
    }
    if (given === undefined || /^aws_iam_/.test(resource.type)) return []
    const object = objectArn(resource, resources)
    if (object === undefined) return []
    const read = readDocument(`the policy of ${object.arn}`, given, whoOf)
    if ('unreadable' in read) {
      unreadable.push(read.unreadable)
      return []
    }
    const policy = closed.has(arnOf(object.arn).resource) ? keptHome(read.policy, object.account) : read.policy
    return [{ object: object.arn, scope: object.account, mandatory: MANDATORY.test(resource.type), policies: [policy] }]
  })
  return { doors, unreadable }
}

function objectArn(resource: Resource, resources: readonly Resource[]): { arn: string; account: string } | undefined {
  const field = OBJECT_OF[resource.type]
  const name = field === undefined ? resource.arn : setting(resource, field)
  if (name === undefined) return undefined
  const target = resources.find(
    (one) => !(one.type in OBJECT_OF) && (one.arn === name || (one.arn !== undefined && isNamed(one, name))),
  )
  const arn = target?.arn ?? (resource.type === 'aws_s3_bucket_policy' ? `arn:aws:s3:::${name}` : name)
  if (!arn.startsWith('arn:')) return undefined
  return { arn, account: target?.account ?? resource.account ?? arnOf(arn).account }
}

const isNamed = (resource: Resource, name: string): boolean =>
  [
    setting(resource, 'bucket'),
    setting(resource, 'name'),
    setting(resource, 'key_id'),
    setting(resource, 'id'),
  ].includes(name) && !/block|versioning|encryption|_object|acl|ownership/.test(resource.type)

/** A policy that nobody could read may keep out anybody whom his own policies let in; whom else it lets in is said beside the answer. */
const unreadPolicy = (arn: string, account: string, why: string): Policy => ({
  name: `the policy of ${arn}`,
  statements: (['deny', 'allow'] as const).map((effect) => ({
    effect,
    actions: { not: false, patterns: ['*'] },
    resources: { not: false, patterns: ['*'] },
    condition: [notRead('the policy of the resource', why, `the policy of ${arn}`)],
    who: {
      not: false,
      anyone: effect === 'deny',
      ids: [],
      scopes: [account],
      services: [],
      federations: [],
    },
    from: `the policy of ${arn}, which was not read: ${why}`,
  })),
})

/** A bucket that restricts public policies: "everybody" means everybody of its own account. */
const keptHome = ({ name, statements }: Policy, account: string): Policy => ({
  name,
  statements: statements.map((statement) =>
    statement.effect === 'allow' && statement.who?.anyone
      ? { ...statement, who: { ...statement.who, anyone: false, scopes: [...statement.who.scopes, account] } }
      : statement,
  ),
})
