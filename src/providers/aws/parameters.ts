import type { Collection } from '../../sdk/index.ts'
import { instant, keyOf } from './arn.ts'
import { type Aws, contained, reading } from './place.ts'

/** Encrypted parameters of Systems Manager: names and dates, never a value. */
export const parameters: Collection<Aws> = reading({
  id: 'parameters',
  title: 'Systems Manager secure parameters',
  yields: ['aws_ssm_parameter'],
  needs: ['ssm:DescribeParameters'],
  where: 'regions',
  async *read(place) {
    const { account, region, live } = place
    const ssm = await import('@aws-sdk/client-ssm')
    const client = place.client(ssm.SSMClient)
    const ParameterFilters = [{ Key: 'Type', Values: ['SecureString'] }]
    for await (const { Parameters = [] } of ssm.paginateDescribeParameters(
      { client, pageSize: 50 },
      { ParameterFilters },
    )) {
      for (const { Name, ARN, KeyId, LastModifiedDate, LastModifiedUser, Tier, Policies = [] } of Parameters) {
        if (Name === undefined) continue
        const arn = ARN ?? `arn:${live.partition}:ssm:${region}:${account.id}:parameter/${Name.replace(/^\//, '')}`
        const changed = instant(LastModifiedDate)
        const ends = Policies.find(({ PolicyType }) => PolicyType === 'Expiration')?.PolicyText
        const expires = instant(/"Timestamp"\s*:\s*"([^"]+)"/.exec(ends ?? '')?.[1])
        yield {
          kind: 'secret',
          type: 'aws_ssm_parameter',
          key: keyOf(arn),
          name: Name,
          created: { unknown: 'AWS keeps only when it was last changed' },
          ...(expires !== undefined && { expires: { value: expires } }),
          aliases: [arn],
          attributes: {
            account: account.id,
            region,
            ...(changed !== undefined && { changed }),
            ...(LastModifiedUser !== undefined && { changedBy: LastModifiedUser }),
            ...(KeyId !== undefined && { kmsKey: KeyId }),
            ...(Tier !== undefined && { storage: Tier }),
          },
        }
        yield contained(place, keyOf(arn))
        place.obtained(1)
      }
    }
  },
})
