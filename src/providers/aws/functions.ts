import type { Collection } from '../../sdk/index.ts'
import { instant, keyOf } from './arn.ts'
import { type Aws, contained, firstOf, reading } from './place.ts'
import { resourcePolicyOf, unreadPolicyOf } from './resource-policy.ts'
import { tagged } from './tags.ts'
import { variablesOf } from './variables.ts'

/** Lambda functions, the role each runs as, who may call them, and secrets in their environment. */
export const functions: Collection<Aws> = reading({
  id: 'functions',
  title: 'Lambda functions',
  yields: [
    'aws_lambda_function',
    'aws_resource_policy',
    'aws_account_root',
    'aws_service',
    'aws_everybody',
    'aws_lambda_variable',
    'secret_value',
  ],
  needs: ['lambda:ListFunctions', 'lambda:GetPolicy', 'lambda:ListTags', 'organizations:ListAccounts'],
  where: 'regions',
  async *read(place) {
    const { ask, account, described } = place
    const lambda = await import('@aws-sdk/client-lambda')
    const client = place.client(lambda.LambdaClient)
    const ours = await place.live.ours()
    for await (const { Functions = [] } of lambda.paginateListFunctions({ client }, {})) {
      for (const {
        FunctionName: name,
        FunctionArn: arn,
        Role,
        Runtime,
        LastModified,
        Environment,
        PackageType,
      } of Functions) {
        if (arn === undefined) continue
        const tags = await ask('lambda:ListTags', () => client.send(new lambda.ListTagsCommand({ Resource: arn })))
        const said = tagged('value' in tags ? tags.value.Tags : [])
        const policy = await ask(
          'lambda:GetPolicy',
          () => client.send(new lambda.GetPolicyCommand({ FunctionName: arn })),
          ['ResourceNotFoundException'],
        )
        yield {
          kind: 'workload',
          type: 'aws_lambda_function',
          key: keyOf(arn),
          name: name ?? arn,
          created: { unknown: 'AWS keeps only when it was last changed' },
          ...(said.environment && { environment: said.environment }),
          aliases: [arn],
          attributes: {
            account: account.id,
            region: place.region,
            runtime: Runtime ?? PackageType ?? null,
            changed: instant(LastModified) ?? null,
            variables: Object.keys(Environment?.Variables ?? {}).slice(0, 100),
            ...(said.tags && { tags: said.tags }),
          },
        }
        yield contained(place, keyOf(arn))
        if (Role !== undefined) yield { from: keyOf(arn), verb: 'runs-as', to: keyOf(Role) }
        yield* variablesOf(place, 'aws_lambda_variable', { key: keyOf(arn), name: name ?? arn }, Environment?.Variables)
        const of = { arn, name: name ?? arn, account: account.id }
        if ('unknown' in policy) yield* firstOf(described, unreadPolicyOf(of, policy))
        if ('value' in policy) {
          yield* firstOf(described, resourcePolicyOf(of, policy.value.Policy, ours))
        }
        place.obtained(1)
      }
    }
  },
})
