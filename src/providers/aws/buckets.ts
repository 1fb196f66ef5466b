import type { Collection } from '../../sdk/index.ts'
import { instant, keyOf } from './arn.ts'
import { merged } from './merged.ts'
import { type Aws, contained, firstOf, type Place, reading } from './place.ts'
import { resourcePolicyOf, unreadPolicyOf } from './resource-policy.ts'
import { tagged } from './tags.ts'
import type { Ours } from './trust.ts'

const AT_ONCE = 4

/** Buckets and whom their policies let in. */
export const buckets: Collection<Aws> = reading({
  id: 'buckets',
  title: 'S3 buckets and their policies',
  yields: ['aws_s3_bucket', 'aws_resource_policy', 'aws_account_root', 'aws_service', 'aws_everybody'],
  needs: [
    's3:ListAllMyBuckets',
    's3:GetBucketPolicy',
    's3:GetBucketPublicAccessBlock',
    's3:GetBucketTagging',
    'organizations:ListAccounts',
  ],
  where: 'account',
  async *read(place) {
    const s3 = await import('@aws-sdk/client-s3')
    const { live, account, region, run } = place
    const ours = await live.ours()
    const clients = new Map<string, Promise<Client>>()
    // Each bucket is asked where it is: elsewhere S3 answers with a redirect.
    const clientIn = (at: string) => {
      let made = clients.get(at)
      if (made === undefined) {
        made = live
          .config(account.id, at, run)
          .then((config) => new s3.S3Client({ ...config, forcePathStyle: live.settings.endpoint !== undefined }))
        clients.set(at, made)
      }
      return made
    }
    const home = await clientIn(region)
    const listed = (async function* () {
      for await (const { Buckets = [] } of s3.paginateListBuckets({ client: home, pageSize: 1000 }, {}))
        for (const bucket of Buckets)
          yield () => readBucket(place, s3, clientIn(bucket.BucketRegion ?? region), bucket, ours)
    })()
    yield* merged(listed, AT_ONCE)
  },
})

type Client = import('@aws-sdk/client-s3').S3Client

async function* readBucket(
  place: Place,
  s3: typeof import('@aws-sdk/client-s3'),
  waiting: Promise<Client>,
  { Name: Bucket, CreationDate, BucketRegion }: import('@aws-sdk/client-s3').Bucket,
  ours: Ours,
) {
  if (Bucket === undefined) return
  const { ask, account, live, described } = place
  const client = await waiting
  const [policy, block, tags] = await Promise.all([
    ask('s3:GetBucketPolicy', () => client.send(new s3.GetBucketPolicyCommand({ Bucket })), ['NoSuchBucketPolicy']),
    ask('s3:GetBucketPublicAccessBlock', () => client.send(new s3.GetPublicAccessBlockCommand({ Bucket })), [
      'NoSuchPublicAccessBlockConfiguration',
    ]),
    ask('s3:GetBucketTagging', () => client.send(new s3.GetBucketTaggingCommand({ Bucket })), ['NoSuchTagSet']),
  ])
  const arn = `arn:${live.partition}:s3:::${Bucket}`
  const own = tagged('value' in tags ? tags.value.TagSet : [])
  const created = instant(CreationDate)
  const { BlockPublicPolicy, RestrictPublicBuckets } =
    'value' in block ? (block.value.PublicAccessBlockConfiguration ?? {}) : {}
  yield {
    kind: 'resource' as const,
    type: 'aws_s3_bucket',
    key: keyOf(arn),
    name: Bucket,
    created: created === undefined ? { unknown: 'not told' } : { value: created },
    ...(own.environment && { environment: own.environment }),
    aliases: [arn],
    attributes: {
      account: account.id,
      ...(BucketRegion !== undefined && { region: BucketRegion }),
      ...(!('unknown' in block) && {
        blocksPublicPolicy: BlockPublicPolicy ?? false,
        restrictsPublicAccess: RestrictPublicBuckets ?? false,
      }),
      ...(own.tags && { tags: own.tags }),
    },
    ...('unknown' in block && {
      unknowns: {
        restrictsPublicAccess: {
          reason: block.unknown,
          ...(block.permission !== undefined && { permission: block.permission }),
        },
      },
    }),
  }
  yield contained(place, keyOf(arn))
  if ('value' in policy) {
    // Where S3 restricts public buckets, what the policy says to everybody is not heard.
    const closed = RestrictPublicBuckets === true
    for (const item of firstOf(
      described,
      resourcePolicyOf({ arn, name: Bucket, account: account.id }, policy.value.Policy, ours),
    ))
      yield closed && 'type' in item && item.type === 'aws_resource_policy'
        ? { ...item, attributes: { ...item.attributes, closedToPublic: true } }
        : item
  }
  if ('unknown' in policy) yield* firstOf(described, unreadPolicyOf({ arn, name: Bucket, account: account.id }, policy))
  place.obtained(1)
}
