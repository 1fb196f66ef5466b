import type { Collection, Edge, Entity } from '../../sdk/index.ts'
import { instant, keyOf } from './arn.ts'
import { type Aws, contained, firstOf, type Place, reading } from './place.ts'
import { resourcePolicyOf, unreadPolicyOf } from './resource-policy.ts'
import { tagged } from './tags.ts'
import { principalArn } from './trust.ts'

const MOST_GRANTS = 1000

/** Keys of the account's own making, who may use them by policy and by grant, and whether they rotate. */
export const kmsKeys: Collection<Aws> = reading({
  id: 'kms-keys',
  title: 'KMS keys, their policies and grants',
  yields: ['aws_kms_key', 'aws_kms_grant', 'aws_resource_policy', 'aws_account_root', 'aws_service', 'aws_everybody'],
  needs: [
    'kms:ListKeys',
    'kms:DescribeKey',
    'kms:GetKeyPolicy',
    'kms:GetKeyRotationStatus',
    'kms:ListGrants',
    'kms:ListAliases',
    'kms:ListResourceTags',
    'organizations:ListAccounts',
  ],
  where: 'regions',
  async *read(place) {
    const { ask, account, described } = place
    const kms = await import('@aws-sdk/client-kms')
    const client = place.client(kms.KMSClient)
    const ours = await place.live.ours()
    const names = new Map<string, string[]>()
    const aliases = await ask('kms:ListAliases', () =>
      Array.fromAsync(kms.paginateListAliases({ client }, {}), (page) => page.Aliases ?? []),
    )
    for (const { AliasName, TargetKeyId } of 'value' in aliases ? aliases.value.flat() : [])
      if (AliasName && TargetKeyId) names.set(TargetKeyId, [...(names.get(TargetKeyId) ?? []), AliasName])

    for await (const { Keys = [] } of kms.paginateListKeys({ client, pageSize: 1000 }, {})) {
      for (const { KeyId: id, KeyArn: arn } of Keys) {
        if (id === undefined || arn === undefined) continue
        place.obtained(1)
        const said = await ask('kms:DescribeKey', () => client.send(new kms.DescribeKeyCommand({ KeyId: id })))
        const facts = 'value' in said ? said.value.KeyMetadata : undefined
        // Keys that AWS made for its services have a policy that nobody can change.
        if (facts?.KeyManager === 'AWS') continue
        const [policy, rotation, tags] = await Promise.all([
          ask(
            'kms:GetKeyPolicy',
            () => client.send(new kms.GetKeyPolicyCommand({ KeyId: id, PolicyName: 'default' })),
            ['NotFoundException'],
          ),
          facts?.KeySpec === undefined || facts.KeySpec === 'SYMMETRIC_DEFAULT'
            ? ask('kms:GetKeyRotationStatus', () => client.send(new kms.GetKeyRotationStatusCommand({ KeyId: id })), [
                'UnsupportedOperationException',
                'KMSInvalidStateException',
              ])
            : { absent: 'a key of this sort cannot rotate itself' },
          ask('kms:ListResourceTags', () => client.send(new kms.ListResourceTagsCommand({ KeyId: id }))),
        ])
        const own = tagged('value' in tags ? tags.value.Tags : [])
        const created = instant(facts?.CreationDate)
        const key = keyOf(arn)
        const name = names.get(id)?.[0] ?? id
        yield {
          kind: 'resource',
          type: 'aws_kms_key',
          key,
          name,
          created: created === undefined ? { unknown: 'not told' } : { value: created },
          ...(own.environment && { environment: own.environment }),
          aliases: [arn, id, ...(names.get(id) ?? [])].slice(0, 60),
          attributes: {
            account: account.id,
            region: place.region,
            ...(facts && {
              status: facts.KeyState ?? null,
              spec: facts.KeySpec ?? null,
              usage: facts.KeyUsage ?? null,
              origin: facts.Origin ?? null,
            }),
            ...('value' in rotation && { rotation: rotation.value.KeyRotationEnabled ?? false }),
            ...(own.tags && { tags: own.tags }),
          },
          ...('unknown' in rotation && {
            unknowns: {
              rotation: {
                reason: rotation.unknown,
                ...(rotation.permission !== undefined && { permission: rotation.permission }),
              },
            },
          }),
        }
        yield contained(place, key)
        if ('unknown' in policy) yield* firstOf(described, unreadPolicyOf({ arn, name, account: account.id }, policy))
        if ('value' in policy)
          yield* firstOf(described, resourcePolicyOf({ arn, name, account: account.id }, policy.value.Policy, ours))
        yield* grantsOf(place, kms, client, { id, key, name })
      }
    }
  },
})

async function* grantsOf(
  { ask }: Place,
  kms: typeof import('@aws-sdk/client-kms'),
  client: import('@aws-sdk/client-kms').KMSClient,
  of: { id: string; key: string; name: string },
): AsyncGenerator<Entity | Edge> {
  const said = await ask('kms:ListGrants', () =>
    Array.fromAsync(kms.paginateListGrants({ client, pageSize: 100 }, { KeyId: of.id }), (page) => page.Grants ?? []),
  )
  for (const grant of 'value' in said ? said.value.flat().slice(0, MOST_GRANTS) : []) {
    const { GrantId, GranteePrincipal, Operations = [], Name, CreationDate, Constraints, IssuingAccount } = grant
    if (GrantId === undefined) continue
    const key = `${of.key}#grant/${GrantId}`
    const created = instant(CreationDate)
    yield {
      kind: 'entitlement',
      type: 'aws_kms_grant',
      key,
      name: Name || `grant on ${of.name}`,
      created: created === undefined ? { unknown: 'not told' } : { value: created },
      aliases: [GrantId],
      attributes: {
        grantee: GranteePrincipal ?? null,
        by: IssuingAccount ?? null,
        constrained: Constraints !== undefined,
      },
    }
    yield { from: key, verb: 'allows', to: of.key, attributes: { privileges: Operations.map((one) => `kms:${one}`) } }
    if (GranteePrincipal?.startsWith('arn:'))
      yield { from: keyOf(principalArn(GranteePrincipal)), verb: 'has', to: key }
    else if (GranteePrincipal) yield { from: `aws:service/${GranteePrincipal}`, verb: 'has', to: key }
  }
}
