/** What else was collected of AWS, named as in Terraform, as the evaluator knows it. */
import type { Collected, CollectedNode } from '../collected.ts'
import { arnOf, lastName } from './arn.ts'
import type { Resource } from './read-resources.ts'

/** The types whose name differs, and the settings that name their role. */
const TYPES: Readonly<Record<string, string>> = {
  aws_ec2_instance: 'aws_instance',
  aws_secrets_manager_secret: 'aws_secretsmanager_secret',
}
const ROLE: Readonly<Record<string, string>> = {
  aws_lambda_function: 'role',
  aws_ecs_task_definition: 'task_role_arn',
  aws_codebuild_project: 'service_role',
}

export function resourcesOf({ nodes, edges }: Collected): Resource[] {
  const runsAs = new Map(edges.flatMap(({ from, verb, to }) => (verb === 'runs-as' ? [[from, to] as const] : [])))
  const policies = new Map(
    nodes.flatMap((node) => (node.type === 'aws_resource_policy' ? [[node.key, node] as const] : [])),
  )
  const users = new Map(nodes.flatMap((node) => (node.type === 'aws_iam_user' ? [[node.key, node.name] as const] : [])))
  const ofUser = new Map(
    edges.flatMap(({ from, verb, to }) =>
      verb === 'authenticates' && users.has(to) ? [[from, users.get(to)!] as const] : [],
    ),
  )
  return nodes.flatMap((node): Resource[] => {
    const { key, type, attributes } = node
    const user = ofUser.get(key)
    if (user !== undefined && type === 'aws_access_key') return [{ type: 'aws_iam_access_key', user }]
    if (user !== undefined && type === 'aws_console_password' && node.unknowns['exists'] === undefined)
      return [{ type: 'aws_iam_user_login_profile', user }]
    if (!key.startsWith('aws:arn:') || key.includes('#') || arnOf(key.slice(4)).service === 'iam') return []
    const arn = key.slice('aws:'.length)
    const role = runsAs.get(key)?.slice('aws:'.length)
    const profile = attributes['instanceProfile']
    const bucket = type === 'aws_s3_bucket' ? arnOf(arn).resource : undefined
    return [
      {
        type: TYPES[type] ?? type,
        arn,
        ...(typeof attributes['account'] === 'string' && { account: attributes['account'] }),
        ...(isFields(attributes['tags']) && { tags: attributes['tags'] }),
        ...(bucket !== undefined && { bucket }),
        ...(role !== undefined && ROLE[type] !== undefined && { [ROLE[type]]: role }),
        ...(typeof profile === 'string' && { iam_instance_profile: profile }),
        ...policyOf(policies.get(`${key}#policy`)),
        name: lastName(arn),
      },
      ...(bucket !== undefined && attributes['restrictsPublicAccess'] === true
        ? [{ type: 'aws_s3_bucket_public_access_block', bucket, restrict_public_buckets: true }]
        : []),
    ]
  })
}

function policyOf(node: CollectedNode | undefined): Partial<Resource> {
  if (node === undefined) return {}
  const { attributes, unknowns } = node
  const unread = unknowns['document']
  return attributes['document'] === undefined
    ? { policyUnread: unread?.reason ?? 'nobody said why' }
    : { policy: attributes['document'] }
}

const isFields = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
