import type { Collection } from '../../sdk/index.ts'
import { keyOf, lastPart } from './arn.ts'
import { type Aws, contained, firstOf, reading } from './place.ts'
import { resourcePolicyOf, unreadPolicyOf } from './resource-policy.ts'
import { tagged } from './tags.ts'

/** Topics and whom their policies let in. */
export const topics: Collection<Aws> = reading({
  id: 'topics',
  title: 'SNS topics and their policies',
  yields: ['aws_sns_topic', 'aws_resource_policy', 'aws_account_root', 'aws_service', 'aws_everybody'],
  needs: ['sns:ListTopics', 'sns:GetTopicAttributes', 'sns:ListTagsForResource', 'organizations:ListAccounts'],
  where: 'regions',
  async *read(place) {
    const { ask, account, region, live, described } = place
    const sns = await import('@aws-sdk/client-sns')
    const client = place.client(sns.SNSClient)
    const ours = await live.ours()
    for await (const { Topics = [] } of sns.paginateListTopics({ client }, {})) {
      for (const { TopicArn: arn } of Topics) {
        if (arn === undefined) continue
        const [said, tags] = await Promise.all([
          ask('sns:GetTopicAttributes', () => client.send(new sns.GetTopicAttributesCommand({ TopicArn: arn }))),
          ask('sns:ListTagsForResource', () => client.send(new sns.ListTagsForResourceCommand({ ResourceArn: arn }))),
        ])
        const policy = 'value' in said ? said.value.Attributes?.['Policy'] : undefined
        const own = tagged('value' in tags ? tags.value.Tags : [])
        const name = lastPart(arn)
        yield {
          kind: 'resource',
          type: 'aws_sns_topic',
          key: keyOf(arn),
          name,
          ...(own.environment && { environment: own.environment }),
          aliases: [arn],
          attributes: { account: account.id, region, ...(own.tags && { tags: own.tags }) },
        }
        yield contained(place, keyOf(arn))
        if ('unknown' in said) yield* firstOf(described, unreadPolicyOf({ arn, name, account: account.id }, said))
        if (policy !== undefined)
          yield* firstOf(described, resourcePolicyOf({ arn, name, account: account.id }, policy, ours))
        place.obtained(1)
      }
    }
  },
})
