import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { list, nameOf } from './standing.ts'

const subject = 'aws:arn:aws:ec2:eu-west-1:111122223333:instance/i-1'
const role = 'aws:arn:aws:iam::111122223333:role/web'
const instance = (attributes: Record<string, string>) => ({
  kind: 'workload' as const,
  type: 'aws_ec2_instance',
  key: subject,
  name: 'web-1',
  attributes,
})
const edges = [{ from: subject, verb: 'runs-as' as const, to: role }]

export const awsInstanceMetadataOpen = defineRule({
  id: 'aws-instance-metadata-open',
  title: 'The credentials of an instance can be had with one request that anything on it can be made to send',
  owasp: ['NHI4', 'NHI6'],
  severity: 'medium',
  why: 'The first version of the metadata service answers any GET, so a web server that can be talked into fetching an address hands out the credentials of the role. The second version asks for a token first.',
  fix: [
    'See in the CloudWatch metric MetadataNoToken that nothing uses the first version any more.',
    'aws ec2 modify-instance-metadata-options --http-tokens required --instance-id …',
    'Set the account default to required for instances to come.',
  ],
  undo: 'The same command with --http-tokens optional, at any time.',
  effort: 15,
  about: { kind: 'workload', types: ['aws_ec2_instance'] },
  along: { roles: ['>runs-as'] },
  check({ entity, along }) {
    const { metadataTokens, metadataEndpoint, publicAddress } = entity.attributes
    if (metadataEndpoint === 'disabled') return notApplicable('its metadata service is switched off')
    if (metadataTokens === 'required') return pass
    if (metadataTokens !== 'optional') return unknown('its metadata options were not told', 'ec2:DescribeInstances')
    if (along.roles!.length === 0) return notApplicable('it has no role whose credentials could be had')
    return fail(
      `${nameOf(entity)} gives the credentials of ${list(along.roles!.map(nameOf))} to any request from it.`,
      [
        'Its metadata options say http-tokens optional.',
        ...(typeof publicAddress === 'string' ? [`It has the public address ${publicAddress}.`] : []),
      ],
      typeof publicAddress === 'string' ? { severity: 'high' } : {},
    )
  },
  cases: [
    {
      name: 'tokens are optional',
      subject,
      entities: [instance({ metadataTokens: 'optional' })],
      edges,
      expect: 'fail',
    },
    {
      name: 'tokens are required',
      subject,
      entities: [instance({ metadataTokens: 'required' })],
      edges,
      expect: 'pass',
    },
    {
      name: 'no role to be had',
      subject,
      entities: [instance({ metadataTokens: 'optional' })],
      expect: 'not-applicable',
    },
    { name: 'options that were not told', subject, entities: [instance({})], edges, expect: 'unknown' },
  ],
})
