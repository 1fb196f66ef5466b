import type { Collection } from '../../sdk/index.ts'
import { instant, keyOf } from './arn.ts'
import { type Aws, contained, firstOf, reading } from './place.ts'
import { resourcePolicyOf, unreadPolicyOf } from './resource-policy.ts'
import { tagged } from './tags.ts'

/** Secrets Manager: what is kept there, how it is rotated, and whom its policies let in. Never a value. */
export const secrets: Collection<Aws> = reading({
  id: 'secrets',
  title: 'Secrets Manager secrets',
  yields: ['aws_secrets_manager_secret', 'aws_resource_policy', 'aws_account_root', 'aws_service', 'aws_everybody'],
  needs: ['secretsmanager:ListSecrets', 'secretsmanager:GetResourcePolicy', 'organizations:ListAccounts'],
  where: 'regions',
  async *read(place) {
    const { ask, account, described } = place
    const manager = await import('@aws-sdk/client-secrets-manager')
    const client = place.client(manager.SecretsManagerClient)
    const ours = await place.live.ours()
    for await (const { SecretList = [] } of manager.paginateListSecrets({ client }, {})) {
      for (const secret of SecretList) {
        const { ARN: arn, Name: name } = secret
        if (arn === undefined) continue
        const { tags, environment } = tagged(secret.Tags)
        const [created, used, changed] = [secret.CreatedDate, secret.LastAccessedDate, secret.LastChangedDate].map(
          instant,
        )
        const [rotated, next] = [secret.LastRotatedDate, secret.NextRotationDate].map(instant)
        yield {
          kind: 'secret',
          type: 'aws_secrets_manager_secret',
          key: keyOf(arn),
          name: name ?? arn,
          created: created === undefined ? { unknown: 'not told' } : { value: created },
          lastUsed: used === undefined ? { unknown: 'AWS has recorded no read of it' } : { value: used },
          ...(environment && { environment }),
          aliases: [arn],
          attributes: {
            account: account.id,
            region: place.region,
            rotation: secret.RotationEnabled ?? false,
            rotationDays: secret.RotationRules?.AutomaticallyAfterDays ?? null,
            ...(rotated !== undefined && { rotated }),
            ...(changed !== undefined && { changed }),
            ...(next !== undefined && { nextRotation: next }),
            ...(secret.RotationLambdaARN !== undefined && { rotationFunction: keyOf(secret.RotationLambdaARN) }),
            ...(secret.OwningService !== undefined && { owningService: secret.OwningService }),
            ...(secret.KmsKeyId !== undefined && { kmsKey: secret.KmsKeyId }),
            ...(tags && { tags }),
          },
        }
        yield contained(place, keyOf(arn))
        const policy = await ask(
          'secretsmanager:GetResourcePolicy',
          () => client.send(new manager.GetResourcePolicyCommand({ SecretId: arn })),
          ['ResourceNotFoundException'],
        )
        const of = { arn, name: name ?? arn, account: account.id }
        if ('unknown' in policy) yield* firstOf(described, unreadPolicyOf(of, policy))
        if ('value' in policy && policy.value.ResourcePolicy !== undefined) {
          yield* firstOf(described, resourcePolicyOf(of, policy.value.ResourcePolicy, ours))
        }
        place.obtained(1)
      }
    }
  },
})
