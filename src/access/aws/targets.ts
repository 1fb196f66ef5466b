import type { Powers } from '../escalation.ts'
import { arnOf } from './arn.ts'
import type { Asking } from './asking.ts'
import type { AwsEstate } from './estate.ts'
import { wayOf } from './permissions.ts'
import { setting } from './read-resources.ts'
import { TARGETS } from './workloads.ts'

type Target = (typeof TARGETS)[number]

/** The listed resources that are worth reaching, and who reads them. */
export function targetsOf(
  asking: Asking,
  { resources }: AwsEstate,
  targets: readonly Target[] = TARGETS,
): Powers['targets'] {
  const read = new Map(targets.map((one) => [one.type, one]))
  return resources.flatMap((resource) => {
    const target = read.get(resource.type)
    if (target === undefined || resource.arn === undefined) return []
    const { action, inside } = target
    if (inside === undefined)
      return [{ id: resource.arn, ways: [wayOf(asking.one(action, resource.arn), [action], resource.arn)] }]
    const listed = resources.flatMap((one) =>
      one.type === 'aws_s3_object' && one['bucket'] === setting(resource, 'bucket') && typeof one['key'] === 'string'
        ? [one['key']]
        : [],
    )
    const tried = asking.names(`${resource.arn}/\${ObjectName}`, arnOf(resource.arn).account, [action])
    const objects = [...new Set([...listed.map((key) => `${resource.arn}/${key}`), ...tried])]
    return [
      {
        id: resource.arn,
        ways: [wayOf(asking.any(objects.map((object) => asking.one(action, object))), [action], resource.arn)],
      },
    ]
  })
}
