import type { Collection } from '../../sdk/index.ts'
import { instant, keyOf, lastPart } from './arn.ts'
import { type Aws, contained, reading } from './place.ts'
import { tagged } from './tags.ts'
import { principalArn } from './trust.ts'
import { variablesOf } from './variables.ts'

const BATCH = 10

/** ECS services and the task definitions that run, with the role of each task and the secrets handed to it. */
export const containers: Collection<Aws> = reading({
  id: 'containers',
  title: 'ECS services and task definitions',
  yields: ['aws_ecs_service', 'aws_ecs_task_definition', 'aws_task_variable', 'secret_value'],
  needs: [
    'ecs:ListTaskDefinitions',
    'ecs:DescribeTaskDefinition',
    'ecs:ListClusters',
    'ecs:ListServices',
    'ecs:DescribeServices',
  ],
  where: 'regions',
  async *read(place) {
    const { ask, account, obtained } = place
    const ecs = await import('@aws-sdk/client-ecs')
    const client = place.client(ecs.ECSClient)
    // Every revision stays listed for ever; the newest of each family, and what a service names, are those that can run.
    const newest = new Map<string, { arn: string; revision: number }>()
    for await (const { taskDefinitionArns = [] } of ecs.paginateListTaskDefinitions({ client }, { status: 'ACTIVE' })) {
      for (const arn of taskDefinitionArns) {
        const [family = '', revision = '0'] = arn.split('/').at(-1)!.split(':')
        if ((newest.get(family)?.revision ?? -1) < Number(revision))
          newest.set(family, { arn, revision: Number(revision) })
      }
    }
    const running = new Set([...newest.values()].map(({ arn }) => arn))

    for await (const { clusterArns = [] } of ecs.paginateListClusters({ client }, {})) {
      for (const cluster of clusterArns) {
        const listed = await ask('ecs:ListServices', () =>
          Array.fromAsync(ecs.paginateListServices({ client }, { cluster }), (page) => page.serviceArns ?? []),
        )
        const arns = 'value' in listed ? listed.value.flat() : []
        for (let at = 0; at < arns.length; at += BATCH) {
          const said = await ask('ecs:DescribeServices', () =>
            client.send(
              new ecs.DescribeServicesCommand({ cluster, services: arns.slice(at, at + BATCH), include: ['TAGS'] }),
            ),
          )
          for (const service of 'value' in said ? (said.value.services ?? []) : []) {
            const { serviceArn, serviceName, taskDefinition, createdAt, createdBy, launchType, desiredCount } = service
            if (serviceArn === undefined) continue
            const { tags, environment } = tagged(service.tags)
            const created = instant(createdAt)
            yield {
              kind: 'workload',
              type: 'aws_ecs_service',
              key: keyOf(serviceArn),
              name: serviceName ?? lastPart(serviceArn),
              created: created === undefined ? { unknown: 'not told' } : { value: created },
              ...(environment && { environment }),
              aliases: [serviceArn],
              attributes: {
                account: account.id,
                region: place.region,
                cluster: lastPart(cluster),
                launchType: launchType ?? null,
                desired: desiredCount ?? null,
                ...(createdBy !== undefined && { createdBy }),
                ...(tags && { tags }),
              },
            }
            yield contained(place, keyOf(serviceArn))
            if (taskDefinition !== undefined) {
              running.add(taskDefinition)
              yield { from: keyOf(serviceArn), verb: 'uses', to: keyOf(taskDefinition) }
            }
            if (createdBy !== undefined)
              yield { from: keyOf(principalArn(createdBy)), verb: 'created', to: keyOf(serviceArn) }
            obtained(1)
          }
        }
      }
    }

    for (const arn of running) {
      const said = await ask('ecs:DescribeTaskDefinition', () =>
        client.send(new ecs.DescribeTaskDefinitionCommand({ taskDefinition: arn, include: ['TAGS'] })),
      )
      if (!('value' in said)) continue
      const {
        taskRoleArn,
        executionRoleArn,
        containerDefinitions = [],
        registeredAt,
        registeredBy,
      } = said.value.taskDefinition ?? {}
      const { tags, environment } = tagged(said.value.tags)
      const created = instant(registeredAt)
      const name = arn.split('/').at(-1)!
      yield {
        kind: 'workload',
        type: 'aws_ecs_task_definition',
        key: keyOf(arn),
        name,
        created: created === undefined ? { unknown: 'not told' } : { value: created },
        ...(environment && { environment }),
        aliases: [arn],
        attributes: {
          account: account.id,
          region: place.region,
          images: containerDefinitions.flatMap(({ image }) => image ?? []).slice(0, 20),
          privileged: containerDefinitions.some((one) => one.privileged === true),
          ...(registeredBy !== undefined && { createdBy: registeredBy }),
          ...(tags && { tags }),
        },
      }
      yield contained(place, keyOf(arn))
      if (taskRoleArn) yield { from: keyOf(arn), verb: 'runs-as', to: keyOf(taskRoleArn) }
      if (executionRoleArn)
        yield { from: keyOf(arn), verb: 'uses', to: keyOf(executionRoleArn), attributes: { to: 'start the task' } }
      for (const one of containerDefinitions) {
        // The end of the ARN may name a field of the secret.
        for (const { valueFrom } of one.secrets ?? [])
          if (valueFrom?.startsWith('arn:'))
            yield { from: keyOf(arn), verb: 'uses', to: keyOf(valueFrom.split(':').slice(0, 7).join(':')) }
        const variables = Object.fromEntries(
          (one.environment ?? []).map(({ name, value }) => [name ?? '', value ?? '']),
        )
        yield* variablesOf(place, 'aws_task_variable', { key: keyOf(arn), name }, variables)
      }
      obtained(1)
    }
  },
})
