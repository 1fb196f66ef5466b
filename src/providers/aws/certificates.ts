import type { Collection, Known } from '../../sdk/index.ts'
import { instant, keyOf } from './arn.ts'
import { type Aws, contained, reading } from './place.ts'
import { tagged } from './tags.ts'

/** Certificates of Certificate Manager: their end, whether they renew themselves, and what uses them. */
export const certificates: Collection<Aws> = reading({
  id: 'certificates',
  title: 'ACM certificates',
  yields: ['aws_acm_certificate'],
  needs: ['acm:ListCertificates', 'acm:DescribeCertificate', 'acm:ListTagsForCertificate'],
  where: 'regions',
  async *read(place) {
    const { ask, account } = place
    const acm = await import('@aws-sdk/client-acm')
    const client = place.client(acm.ACMClient)
    // Without the filter only RSA 2048 is listed.
    const Includes = { keyTypes: Object.values(acm.KeyAlgorithm) }
    for await (const { CertificateSummaryList = [] } of acm.paginateListCertificates({ client }, { Includes })) {
      for (const { CertificateArn: arn, DomainName } of CertificateSummaryList) {
        if (arn === undefined) continue
        const [said, tags] = await Promise.all([
          ask('acm:DescribeCertificate', () =>
            client.send(new acm.DescribeCertificateCommand({ CertificateArn: arn })),
          ),
          ask('acm:ListTagsForCertificate', () =>
            client.send(new acm.ListTagsForCertificateCommand({ CertificateArn: arn })),
          ),
        ])
        const facts = 'value' in said ? said.value.Certificate : undefined
        const missing: Known<string> = 'unknown' in said ? said : { unknown: 'AWS gives no date' }
        const [issued, ends] = [
          instant(facts?.IssuedAt ?? facts?.ImportedAt ?? facts?.CreatedAt),
          instant(facts?.NotAfter),
        ]
        const own = tagged('value' in tags ? tags.value.Tags : [])
        const users = facts?.InUseBy ?? []
        yield {
          kind: 'credential',
          type: 'aws_acm_certificate',
          key: keyOf(arn),
          name: DomainName ?? arn,
          method: 'certificate',
          created: issued === undefined ? missing : { value: issued },
          expires: ends === undefined ? missing : { value: ends },
          lastUsed: { notApplicable: 'AWS tells what uses it, not when' },
          ...(own.environment && { environment: own.environment }),
          aliases: [arn, ...(facts?.Serial === undefined ? [] : [facts.Serial])],
          attributes: {
            account: account.id,
            region: place.region,
            status: facts?.Status ?? null,
            origin: facts?.Type ?? null,
            autoRenew: facts?.RenewalEligibility === 'ELIGIBLE' && users.length > 0,
            renewal: facts?.RenewalSummary?.RenewalStatus ?? null,
            keyAlgorithm: facts?.KeyAlgorithm ?? null,
            names: (facts?.SubjectAlternativeNames ?? []).slice(0, 50),
            issuer: facts?.Issuer ?? null,
            usedBy: users.slice(0, 50),
            ...(own.tags && { tags: own.tags }),
          },
        }
        yield contained(place, keyOf(arn))
        place.obtained(1)
      }
    }
  },
})

/** Certificates that were uploaded to IAM, where nothing renews them. */
export const serverCertificates: Collection<Aws> = reading({
  id: 'server-certificates',
  title: 'IAM server certificates',
  yields: ['aws_server_certificate'],
  needs: ['iam:ListServerCertificates'],
  where: 'account',
  async *read(place) {
    const iam = await import('@aws-sdk/client-iam')
    const client = place.client(iam.IAMClient)
    for await (const page of iam.paginateListServerCertificates({ client }, {})) {
      for (const one of page.ServerCertificateMetadataList ?? []) {
        const { Arn: arn, ServerCertificateName: name, ServerCertificateId: id, UploadDate, Expiration } = one
        if (arn === undefined) continue
        const [created, ends] = [instant(UploadDate), instant(Expiration)]
        yield {
          kind: 'credential',
          type: 'aws_server_certificate',
          key: keyOf(arn),
          name: name ?? arn,
          method: 'certificate',
          created: created === undefined ? { unknown: 'AWS gives no date' } : { value: created },
          expires: ends === undefined ? { unknown: 'AWS gives no date' } : { value: ends },
          lastUsed: { notApplicable: 'AWS does not record use of it' },
          aliases: [arn, ...(id === undefined ? [] : [id])],
          attributes: { account: place.account.id, autoRenew: false },
        }
        yield contained(place, keyOf(arn))
        place.obtained(1)
      }
    }
  },
})
