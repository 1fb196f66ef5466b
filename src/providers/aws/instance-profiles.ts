import type { Collection } from '../../sdk/index.ts'
import { instant, keyOf } from './arn.ts'
import { type Aws, contained, reading } from './place.ts'

/** Instance profiles: the container by which a role is handed to a machine. */
export const instanceProfiles: Collection<Aws> = reading({
  id: 'instance-profiles',
  title: 'Instance profiles',
  yields: ['aws_instance_profile'],
  needs: ['iam:ListInstanceProfiles'],
  where: 'account',
  async *read(place) {
    const iam = await import('@aws-sdk/client-iam')
    const client = place.client(iam.IAMClient)
    for await (const { InstanceProfiles = [] } of iam.paginateListInstanceProfiles({ client }, {})) {
      for (const { Arn, InstanceProfileName, InstanceProfileId, CreateDate, Roles = [] } of InstanceProfiles) {
        if (Arn === undefined) continue
        const created = instant(CreateDate)
        yield {
          kind: 'resource',
          type: 'aws_instance_profile',
          key: keyOf(Arn),
          name: InstanceProfileName ?? Arn,
          created: created === undefined ? { unknown: 'not told' } : { value: created },
          aliases: [Arn, ...(InstanceProfileId === undefined ? [] : [InstanceProfileId])],
          attributes: { account: place.account.id, roles: Roles.length },
        }
        yield contained(place, keyOf(Arn))
        for (const role of Roles) if (role.Arn) yield { from: keyOf(Arn), verb: 'contains', to: keyOf(role.Arn) }
        place.obtained(1)
      }
    }
  },
})
