import type { Collection } from '../../sdk/index.ts'
import { instant, keyOf, lastPart } from './arn.ts'
import { type Aws, contained, reading } from './place.ts'
import { tagged } from './tags.ts'

/** Who else's word the account takes for who somebody is. */
export const identityProviders: Collection<Aws> = reading({
  id: 'identity-providers',
  title: 'OpenID Connect and SAML providers',
  yields: ['aws_oidc_provider', 'aws_saml_provider'],
  needs: [
    'iam:ListOpenIDConnectProviders',
    'iam:GetOpenIDConnectProvider',
    'iam:ListSAMLProviders',
    'iam:GetSAMLProvider',
  ],
  where: 'account',
  async *read(place) {
    const { ask, obtained } = place
    const iam = await import('@aws-sdk/client-iam')
    const client = place.client(iam.IAMClient)
    const { OpenIDConnectProviderList = [] } = await client.send(new iam.ListOpenIDConnectProvidersCommand({}))
    for (const { Arn } of OpenIDConnectProviderList) {
      if (Arn === undefined) continue
      const said = await ask('iam:GetOpenIDConnectProvider', () =>
        client.send(new iam.GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: Arn })),
      )
      const { tags, environment } = tagged('value' in said ? said.value.Tags : [])
      const created = 'value' in said ? instant(said.value.CreateDate) : undefined
      yield {
        kind: 'resource',
        type: 'aws_oidc_provider',
        key: keyOf(Arn),
        name: Arn.split(':oidc-provider/')[1] ?? Arn,
        created: created === undefined ? { unknown: 'not told' } : { value: created },
        ...(environment && { environment }),
        aliases: [Arn],
        attributes: {
          account: place.account.id,
          ...('value' in said && {
            url: said.value.Url ?? null,
            audiences: said.value.ClientIDList ?? [],
            thumbprints: said.value.ThumbprintList ?? [],
          }),
          ...(tags && { tags }),
        },
        ...('unknown' in said && { unknowns: { audiences: reasonOf(said), thumbprints: reasonOf(said) } }),
      }
      yield contained(place, keyOf(Arn))
      obtained(1)
    }
    const saml = await ask('iam:ListSAMLProviders', () => client.send(new iam.ListSAMLProvidersCommand({})))
    for (const { Arn, ValidUntil, CreateDate } of 'value' in saml ? (saml.value.SAMLProviderList ?? []) : []) {
      if (Arn === undefined) continue
      const said = await ask('iam:GetSAMLProvider', () =>
        client.send(new iam.GetSAMLProviderCommand({ SAMLProviderArn: Arn })),
      )
      const { tags, environment } = tagged('value' in said ? said.value.Tags : [])
      const [created, expires] = [instant(CreateDate), instant(ValidUntil)]
      yield {
        kind: 'resource',
        type: 'aws_saml_provider',
        key: keyOf(Arn),
        name: lastPart(Arn),
        created: created === undefined ? { unknown: 'not told' } : { value: created },
        expires: expires === undefined ? { unknown: 'its metadata gives no end' } : { value: expires },
        ...(environment && { environment }),
        aliases: [Arn],
        attributes: {
          account: place.account.id,
          ...('value' in said && {
            // The metadata document is public, long, and says this much.
            entityId: /entityID="([^"]{1,500})"/.exec(said.value.SAMLMetadataDocument ?? '')?.[1] ?? null,
            encryption: said.value.AssertionEncryptionMode ?? null,
          }),
          ...(tags && { tags }),
        },
      }
      yield contained(place, keyOf(Arn))
      obtained(1)
    }
  },
})

const reasonOf = ({ unknown, permission }: { unknown: string; permission?: string }) => ({
  reason: unknown,
  ...(permission !== undefined && { permission }),
})
