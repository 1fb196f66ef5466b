import type { Collection, Edge, Entity, Run } from '../../sdk/index.ts'
import { Refused } from '../../sdk/index.ts'
import { accountKey, keyOf } from './arn.ts'
import type { Live } from './live.ts'
import type { Aws } from './place.ts'
import { readDocument } from './policy-document.ts'
import { type Refusal, refusalOf } from './refusal.ts'

type Item = Entity | Edge

const POLICIES = [
  ['SERVICE_CONTROL_POLICY', 'aws_service_control_policy'],
  ['RESOURCE_CONTROL_POLICY', 'aws_resource_control_policy'],
] as const

/** The tree of units and accounts, and the policies that bound what anybody in them can do. */
export const organization: Collection<Aws> = {
  id: 'organization',
  title: 'Organization, service and resource control policies',
  yields: ['aws_organization', 'aws_organizational_unit', ...POLICIES.map(([, type]) => type)],
  needs: [
    'organizations:DescribeOrganization',
    'organizations:ListRoots',
    'organizations:ListOrganizationalUnitsForParent',
    'organizations:ListAccountsForParent',
    'organizations:ListPolicies',
    'organizations:DescribePolicy',
    'organizations:ListTargetsForPolicy',
  ],
  async *read(client, run) {
    if ('files' in client)
      throw new Refused('the files of the import do not hold it', {
        permission: 'connect the management account itself, with organizations:ListPolicies',
      })
    const { live } = client
    const sdk = await import('@aws-sdk/client-organizations')
    const org = new sdk.OrganizationsClient(await live.config('', live.settings.region, run))
    let id: string
    try {
      const { Organization } = await org.send(new sdk.DescribeOrganizationCommand({}))
      id = Organization?.Id ?? ''
      if (id === '' || Organization?.Arn === undefined) throw new Error('it has no id')
      yield {
        kind: 'resource',
        type: 'aws_organization',
        key: keyOf(Organization.Arn),
        name: id,
        aliases: [id],
        attributes: {
          managementAccount: Organization.MasterAccountId ?? null,
          features: Organization.FeatureSet ?? null,
        },
      }
      yield* readTree(live, run, keyOf(Organization.Arn), sdk, org)
    } catch (error) {
      run.signal.throwIfAborted()
      // An account that stands alone has no organization, and that is all there is to say.
      if ((error as Error).name === 'AWSOrganizationsNotInUseException') return
      const { reason, permission } = refusalOf(error, 'organizations:DescribeOrganization')
      throw new Refused(reason, { cause: error, ...(permission !== undefined && { permission }) })
    }
    for (const [filter, type] of POLICIES) {
      try {
        for await (const { Policies = [] } of sdk.paginateListPolicies({ client: org }, { Filter: filter })) {
          for (const { Id, Arn, Name, AwsManaged } of Policies) {
            if (Id === undefined || Arn === undefined) continue
            const { Policy } = await org.send(new sdk.DescribePolicyCommand({ PolicyId: Id }))
            const read = readDocument(Policy?.Content)
            const key = keyOf(Arn)
            yield {
              kind: 'entitlement',
              type,
              key,
              name: Name ?? Id,
              aliases: [Arn, Id],
              attributes: {
                ofAws: AwsManaged ?? false,
                ...('document' in read && { document: read.document, statements: read.statements.length }),
              },
              ...('unreadable' in read && { unknowns: { document: { reason: read.unreadable } } }),
            }
            for await (const { Targets = [] } of sdk.paginateListTargetsForPolicy({ client: org }, { PolicyId: Id })) {
              for (const { TargetId, Type, Arn: target } of Targets) {
                const to = Type === 'ACCOUNT' && TargetId !== undefined ? accountKey(TargetId) : target && keyOf(target)
                if (to) yield { from: to, verb: 'has', to: key, attributes: { as: 'bound of what is allowed' } }
              }
            }
          }
        }
      } catch (error) {
        refuse(run, filter, error, 'organizations:ListPolicies')
      }
    }
  },
}

async function* readTree(
  live: Live,
  run: Run,
  organizationKey: string,
  sdk: typeof import('@aws-sdk/client-organizations'),
  client: import('@aws-sdk/client-organizations').OrganizationsClient,
): AsyncGenerator<Item> {
  const waiting: { id: string; key: string }[] = []
  let action = 'organizations:ListRoots'
  try {
    for await (const { Roots = [] } of sdk.paginateListRoots({ client }, {})) {
      for (const { Id, Arn, Name } of Roots) {
        if (Id === undefined || Arn === undefined) continue
        yield unit(Arn, Name ?? Id, Id)
        yield { from: organizationKey, verb: 'contains', to: keyOf(Arn) }
        waiting.push({ id: Id, key: keyOf(Arn) })
      }
    }
    for (const { id, key } of waiting) {
      run.signal.throwIfAborted()
      action = 'organizations:ListOrganizationalUnitsForParent'
      for await (const page of sdk.paginateListOrganizationalUnitsForParent({ client }, { ParentId: id })) {
        for (const { Id, Arn, Name } of page.OrganizationalUnits ?? []) {
          if (Id === undefined || Arn === undefined) continue
          yield unit(Arn, Name ?? Id, Id)
          yield { from: key, verb: 'contains', to: keyOf(Arn) }
          waiting.push({ id: Id, key: keyOf(Arn) })
        }
      }
      action = 'organizations:ListAccountsForParent'
      for await (const { Accounts = [] } of sdk.paginateListAccountsForParent({ client }, { ParentId: id }))
        for (const { Id } of Accounts) if (Id !== undefined) yield { from: key, verb: 'contains', to: accountKey(Id) }
    }
  } catch (error) {
    refuse(run, `units of ${live.caller.account}`, error, action)
  }
}

const unit = (arn: string, name: string, id: string): Entity => ({
  kind: 'resource',
  type: 'aws_organizational_unit',
  key: keyOf(arn),
  name,
  aliases: [arn, id],
  attributes: {},
})

function refuse(run: Run, scope: string, error: unknown, action: string): void {
  run.signal.throwIfAborted()
  const { reason, permission }: Refusal = refusalOf(error, action)
  run.ledger.refuse(reason, { scope, ...(permission !== undefined && { permission }) })
}
