import type { Collection, Edge, Entity } from '../../sdk/index.ts'
import { instant, keyOf, lastPart } from './arn.ts'
import { type Aws, contained, firstOf, type Place, reading } from './place.ts'
import { readDocument } from './policy-document.ts'
import { grantsOf, policyAttributes } from './policy-grants.ts'

type Iot = typeof import('@aws-sdk/client-iot')
type Client = import('@aws-sdk/client-iot').IoTClient

/** Devices of IoT Core, the certificates they prove themselves with, and the policies on those. */
export const things: Collection<Aws> = reading({
  id: 'things',
  title: 'IoT things and their certificates',
  yields: ['aws_iot_thing', 'aws_iot_certificate', 'aws_iot_policy'],
  needs: [
    'iot:ListThings',
    'iot:ListThingPrincipals',
    'iot:ListCertificates',
    'iot:DescribeCertificate',
    'iot:ListAttachedPolicies',
    'iot:GetPolicy',
  ],
  where: 'regions',
  async *read(place) {
    const { ask, account, region } = place
    const iot = await import('@aws-sdk/client-iot')
    const client = place.client(iot.IoTClient)
    for await (const page of iot.paginateListThings({ client, pageSize: 250 }, {})) {
      for (const { thingName, thingArn: arn, thingTypeName, attributes } of page.things ?? []) {
        if (thingName === undefined || arn === undefined) continue
        yield {
          kind: 'identity',
          type: 'aws_iot_thing',
          key: keyOf(arn),
          name: thingName,
          created: { unknown: 'IoT Core keeps no date of a thing' },
          lastUsed: { unknown: 'IoT Core tells when a thing connects only to its own log' },
          aliases: [arn],
          attributes: {
            account: account.id,
            region,
            accountKind: 'service',
            accountKindReasons: ['it is a device'],
            ...(thingTypeName !== undefined && { thingType: thingTypeName }),
            ...(attributes !== undefined && { facts: attributes }),
          },
        }
        yield contained(place, keyOf(arn))
        place.obtained(1)
        const said = await ask('iot:ListThingPrincipals', () =>
          Array.fromAsync(iot.paginateListThingPrincipals({ client }, { thingName }), (one) => one.principals ?? []),
        )
        for (const principal of 'value' in said ? said.value.flat() : [])
          if (principal.startsWith('arn:')) yield { from: keyOf(principal), verb: 'authenticates', to: keyOf(arn) }
      }
    }
    const certificates = await ask('iot:ListCertificates', () =>
      Array.fromAsync(iot.paginateListCertificates({ client, pageSize: 250 }, {}), (one) => one.certificates ?? []),
    )
    for (const { certificateArn: arn, certificateId: id, status, creationDate } of 'value' in certificates
      ? certificates.value.flat()
      : []) {
      if (arn === undefined || id === undefined) continue
      const said = await ask('iot:DescribeCertificate', () =>
        client.send(new iot.DescribeCertificateCommand({ certificateId: id })),
      )
      const created = instant(creationDate)
      const ends = 'value' in said ? instant(said.value.certificateDescription?.validity?.notAfter) : undefined
      yield {
        kind: 'credential',
        type: 'aws_iot_certificate',
        key: keyOf(arn),
        name: `certificate ${id.slice(0, 12)}`,
        method: 'certificate',
        created: created === undefined ? { unknown: 'not told' } : { value: created },
        expires: ends !== undefined ? { value: ends } : 'unknown' in said ? said : { unknown: 'AWS gives no end' },
        lastUsed: { unknown: 'IoT Core tells when a certificate is presented only to its own log' },
        // The id is the SHA-256 of the certificate.
        aliases: [arn, id],
        attributes: { account: account.id, region, status: status ?? null },
      }
      yield contained(place, keyOf(arn))
      place.obtained(1)
      yield* policiesOf(place, iot, client, arn)
    }
  },
})

async function* policiesOf(place: Place, iot: Iot, client: Client, certificate: string): AsyncGenerator<Entity | Edge> {
  const { ask, account, described } = place
  const said = await ask('iot:ListAttachedPolicies', () =>
    Array.fromAsync(iot.paginateListAttachedPolicies({ client }, { target: certificate }), (one) => one.policies ?? []),
  )
  for (const { policyName, policyArn: arn } of 'value' in said ? said.value.flat() : []) {
    if (policyName === undefined || arn === undefined) continue
    const key = keyOf(arn)
    // What a device may do hangs on its certificate.
    yield { from: keyOf(certificate), verb: 'has', to: key }
    if (described.has(key)) continue
    const policy = await ask('iot:GetPolicy', () => client.send(new iot.GetPolicyCommand({ policyName })))
    if (described.has(key)) continue
    const read = readDocument('value' in policy ? policy.value.policyDocument : undefined)
    const entity: Entity = {
      kind: 'entitlement',
      type: 'aws_iot_policy',
      key,
      name: lastPart(arn),
      aliases: [arn],
      attributes: {
        account: account.id,
        ...('document' in read && { ...policyAttributes(read.statements), document: read.document }),
      },
      ...('unreadable' in read && {
        unknowns: { document: { reason: 'unknown' in policy ? policy.unknown : read.unreadable } },
      }),
    }
    yield* firstOf(described, [entity])
    if ('statements' in read) yield* grantsOf(key, read.statements, account.id)
  }
}
