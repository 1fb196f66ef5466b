import type { Collection } from '../../sdk/index.ts'
import { instant, keyOf } from './arn.ts'
import { type Aws, contained, reading } from './place.ts'
import { tagged } from './tags.ts'
import { variablesOf } from './variables.ts'

const BATCH = 100

/** CodeBuild projects: builds that run as a role, and the secrets that stand in their settings. */
export const builds: Collection<Aws> = reading({
  id: 'builds',
  title: 'CodeBuild projects',
  yields: ['aws_codebuild_project', 'aws_build_variable', 'secret_value'],
  needs: ['codebuild:ListProjects', 'codebuild:BatchGetProjects'],
  where: 'regions',
  async *read(place) {
    const { ask, account, region } = place
    const codebuild = await import('@aws-sdk/client-codebuild')
    const client = place.client(codebuild.CodeBuildClient)
    for await (const { projects: names = [] } of codebuild.paginateListProjects({ client }, {})) {
      for (let at = 0; at < names.length; at += BATCH) {
        const said = await ask('codebuild:BatchGetProjects', () =>
          client.send(new codebuild.BatchGetProjectsCommand({ names: names.slice(at, at + BATCH) })),
        )
        for (const project of 'value' in said ? (said.value.projects ?? []) : []) {
          const { arn, name, serviceRole, created: at, source, environment, tags } = project
          if (arn === undefined) continue
          const said = tagged(tags)
          const created = instant(at)
          const variables = environment?.environmentVariables ?? []
          yield {
            kind: 'workload',
            type: 'aws_codebuild_project',
            key: keyOf(arn),
            name: name ?? arn,
            created: created === undefined ? { unknown: 'not told' } : { value: created },
            ...(said.environment && { environment: said.environment }),
            aliases: [arn],
            attributes: {
              account: account.id,
              region,
              sourceType: source?.type ?? null,
              source: source?.location ?? null,
              privileged: environment?.privilegedMode ?? false,
              public: project.projectVisibility === 'PUBLIC_READ',
              ...(said.tags && { tags: said.tags }),
            },
          }
          yield contained(place, keyOf(arn))
          if (serviceRole) yield { from: keyOf(arn), verb: 'runs-as', to: keyOf(serviceRole) }
          // The end of the ARN may name a field of the secret.
          for (const { type, value } of variables)
            if (type === 'SECRETS_MANAGER' && value?.startsWith('arn:'))
              yield { from: keyOf(arn), verb: 'uses', to: keyOf(value.split(':').slice(0, 7).join(':')) }
          const plain = variables.filter(({ type }) => type === undefined || type === 'PLAINTEXT')
          yield* variablesOf(
            place,
            'aws_build_variable',
            { key: keyOf(arn), name: name ?? arn },
            Object.fromEntries(plain.map((one) => [one.name ?? '', one.value ?? ''])),
          )
          place.obtained(1)
        }
      }
    }
  },
})
