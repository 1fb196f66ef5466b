import type { Collection } from '../../sdk/index.ts'
import { instant, keyOf } from './arn.ts'
import { type Aws, contained, firstOf, reading } from './place.ts'
import { resourcePolicyOf, unreadPolicyOf } from './resource-policy.ts'
import { tagged } from './tags.ts'

/** Image repositories and whom their policies let pull or push. */
export const repositories: Collection<Aws> = reading({
  id: 'repositories',
  title: 'ECR repositories and their policies',
  yields: ['aws_ecr_repository', 'aws_resource_policy', 'aws_account_root', 'aws_service', 'aws_everybody'],
  needs: [
    'ecr:DescribeRepositories',
    'ecr:GetRepositoryPolicy',
    'ecr:ListTagsForResource',
    'organizations:ListAccounts',
  ],
  where: 'regions',
  async *read(place) {
    const { ask, account, region, live, described } = place
    const ecr = await import('@aws-sdk/client-ecr')
    const client = place.client(ecr.ECRClient)
    const ours = await live.ours()
    for await (const page of ecr.paginateDescribeRepositories({ client, pageSize: 1000 }, {})) {
      for (const {
        repositoryArn: arn,
        repositoryName: name,
        registryId,
        createdAt,
        imageTagMutability,
      } of page.repositories ?? []) {
        if (arn === undefined || name === undefined) continue
        const [policy, tags] = await Promise.all([
          ask(
            'ecr:GetRepositoryPolicy',
            () => client.send(new ecr.GetRepositoryPolicyCommand({ repositoryName: name, registryId })),
            ['RepositoryPolicyNotFoundException'],
          ),
          ask('ecr:ListTagsForResource', () => client.send(new ecr.ListTagsForResourceCommand({ resourceArn: arn }))),
        ])
        const own = tagged('value' in tags ? tags.value.tags : [])
        const created = instant(createdAt)
        yield {
          kind: 'resource',
          type: 'aws_ecr_repository',
          key: keyOf(arn),
          name,
          created: created === undefined ? { unknown: 'not told' } : { value: created },
          ...(own.environment && { environment: own.environment }),
          aliases: [arn],
          attributes: {
            account: account.id,
            region,
            mutableTags: imageTagMutability === 'MUTABLE',
            ...(own.tags && { tags: own.tags }),
          },
        }
        yield contained(place, keyOf(arn))
        if ('unknown' in policy) yield* firstOf(described, unreadPolicyOf({ arn, name, account: account.id }, policy))
        if ('value' in policy) {
          // A policy of a repository speaks of no resource: it means its own.
          yield* firstOf(described, resourcePolicyOf({ arn, name, account: account.id }, policy.value.policyText, ours))
        }
        place.obtained(1)
      }
    }
  },
})
