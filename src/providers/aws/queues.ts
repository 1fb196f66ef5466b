import type { Collection } from '../../sdk/index.ts'
import { keyOf } from './arn.ts'
import { type Aws, contained, firstOf, reading } from './place.ts'
import { resourcePolicyOf, unreadPolicyOf } from './resource-policy.ts'
import { tagged } from './tags.ts'

/** Queues and whom their policies let in. */
export const queues: Collection<Aws> = reading({
  id: 'queues',
  title: 'SQS queues and their policies',
  yields: ['aws_sqs_queue', 'aws_resource_policy', 'aws_account_root', 'aws_service', 'aws_everybody'],
  needs: ['sqs:ListQueues', 'sqs:GetQueueAttributes', 'sqs:ListQueueTags', 'organizations:ListAccounts'],
  where: 'regions',
  async *read(place) {
    const { ask, account, region, live, described } = place
    const sqs = await import('@aws-sdk/client-sqs')
    const client = place.client(sqs.SQSClient)
    const ours = await live.ours()
    for await (const { QueueUrls = [] } of sqs.paginateListQueues({ client, pageSize: 1000 }, {})) {
      for (const QueueUrl of QueueUrls) {
        const [said, tags] = await Promise.all([
          ask('sqs:GetQueueAttributes', () =>
            client.send(
              new sqs.GetQueueAttributesCommand({
                QueueUrl,
                AttributeNames: ['Policy', 'QueueArn', 'CreatedTimestamp'],
              }),
            ),
          ),
          ask('sqs:ListQueueTags', () => client.send(new sqs.ListQueueTagsCommand({ QueueUrl }))),
        ])
        const name = QueueUrl.split('/').at(-1)!
        const { QueueArn, Policy, CreatedTimestamp } = 'value' in said ? (said.value.Attributes ?? {}) : {}
        const arn = QueueArn ?? `arn:${live.partition}:sqs:${region}:${account.id}:${name}`
        const own = tagged('value' in tags ? tags.value.Tags : {})
        yield {
          kind: 'resource',
          type: 'aws_sqs_queue',
          key: keyOf(arn),
          name,
          created:
            CreatedTimestamp === undefined
              ? { unknown: 'not told' }
              : { value: new Date(Number.parseInt(CreatedTimestamp, 10) * 1000).toISOString() },
          ...(own.environment && { environment: own.environment }),
          aliases: [arn, QueueUrl],
          attributes: { account: account.id, region, ...(own.tags && { tags: own.tags }) },
        }
        yield contained(place, keyOf(arn))
        if ('unknown' in said) yield* firstOf(described, unreadPolicyOf({ arn, name, account: account.id }, said))
        if (Policy !== undefined)
          yield* firstOf(described, resourcePolicyOf({ arn, name, account: account.id }, Policy, ours))
        place.obtained(1)
      }
    }
  },
})
