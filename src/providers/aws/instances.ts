import type { Collection } from '../../sdk/index.ts'
import { instant, keyOf } from './arn.ts'
import { type Aws, contained, type Place, reading } from './place.ts'
import { tagged, tagsOf } from './tags.ts'

/** EC2 instances and the role that each gives to whatever runs on it. */
export const instances: Collection<Aws> = reading({
  id: 'instances',
  title: 'EC2 instances',
  yields: ['aws_ec2_instance'],
  needs: ['ec2:DescribeInstances', 'iam:GetInstanceProfile'],
  where: 'regions',
  async *read(place) {
    const { account, region, live } = place
    const ec2 = await import('@aws-sdk/client-ec2')
    const client = place.client(ec2.EC2Client)
    const rolesOf = await profileRoles(place)
    for await (const { Reservations = [] } of ec2.paginateDescribeInstances({ client }, { MaxResults: 1000 })) {
      for (const instance of Reservations.flatMap(({ Instances }) => Instances ?? [])) {
        const {
          InstanceId: id,
          LaunchTime,
          State,
          IamInstanceProfile,
          MetadataOptions,
          Tags,
          KeyName,
          ImageId,
        } = instance
        if (id === undefined || State?.Name === 'terminated') continue
        const arn = `arn:${live.partition}:ec2:${region}:${account.id}:instance/${id}`
        const { tags, environment } = tagged(Tags)
        const launched = instant(LaunchTime)
        const profile = IamInstanceProfile?.Arn
        const roles = profile === undefined ? [] : await rolesOf(profile)
        yield {
          kind: 'workload',
          type: 'aws_ec2_instance',
          key: keyOf(arn),
          name: tagsOf(Tags)['Name'] || id,
          created: launched === undefined ? { unknown: 'not told' } : { value: launched },
          ...(environment && { environment }),
          aliases: [arn, id, ...[instance.PrivateDnsName, instance.PublicDnsName].filter((name) => !!name)] as string[],
          attributes: {
            account: account.id,
            region,
            state: State?.Name ?? null,
            image: ImageId ?? null,
            metadataTokens: MetadataOptions?.HttpTokens ?? null,
            metadataEndpoint: MetadataOptions?.HttpEndpoint ?? null,
            publicAddress: instance.PublicIpAddress ?? null,
            ...(profile !== undefined && { instanceProfile: profile }),
            ...(KeyName !== undefined && { sshKeyPair: KeyName }),
            ...(tags && { tags }),
          },
        }
        yield contained(place, keyOf(arn))
        for (const role of roles)
          yield { from: keyOf(arn), verb: 'runs-as', to: keyOf(role), attributes: { through: 'instance profile' } }
        place.obtained(1)
      }
    }
  },
})

/** The roles in an instance profile, each profile asked once. */
async function profileRoles({ ask, live, run, account }: Place): Promise<(arn: string) => Promise<string[]>> {
  const iam = await import('@aws-sdk/client-iam')
  const client = new iam.IAMClient(await live.config(account.id, live.settings.region, run))
  const known = new Map<string, string[]>()
  return async (arn) => {
    let roles = known.get(arn)
    if (roles === undefined) {
      const InstanceProfileName = arn.split('/').at(-1)!
      const said = await ask(
        'iam:GetInstanceProfile',
        () => client.send(new iam.GetInstanceProfileCommand({ InstanceProfileName })),
        ['NoSuchEntity', 'NoSuchEntityException'],
      )
      roles = 'value' in said ? (said.value.InstanceProfile?.Roles ?? []).flatMap(({ Arn }) => Arn ?? []) : []
      known.set(arn, roles)
    }
    return roles
  }
}
