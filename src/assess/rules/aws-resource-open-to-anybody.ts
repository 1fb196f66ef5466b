import { defineRule, fail, pass, unknown } from '../../sdk/index.ts'
import { list, nameOf } from './standing.ts'

const subject = 'aws:arn:aws:s3:::shop#policy'
const policy = (attributes: Record<string, string[] | boolean>, unknowns?: Record<string, { reason: string }>) => ({
  kind: 'entitlement' as const,
  type: 'aws_resource_policy',
  key: subject,
  name: 'policy of shop',
  attributes,
  ...(unknowns && { unknowns }),
})
const words = (given: unknown): string[] => (Array.isArray(given) ? given.filter((one) => typeof one === 'string') : [])

export const awsResourceOpenToAnybody = defineRule({
  id: 'aws-resource-open-to-anybody',
  title: 'The policy of a resource lets anybody in',
  owasp: ['NHI6', 'NHI5'],
  severity: 'high',
  why: 'Who the policy of a bucket, queue, topic, key, secret, function or repository names needs no identity here. When it names *, no credential is asked for at all.',
  fix: [
    'Name the accounts, roles or services that need it as principals.',
    'Or add a condition on aws:PrincipalOrgID, or on aws:SourceArn and aws:SourceAccount for a service.',
    'For a bucket that must be public, put a distribution in front and block public access.',
  ],
  undo: 'Put the former policy back; it stands in the attributes here.',
  effort: 15,
  about: { kind: 'entitlement', types: ['aws_resource_policy'] },
  along: { resources: ['>allows'] },
  check({ entity, along }) {
    const missing = entity.unknowns?.['document']
    if (missing) return unknown(missing.reason, missing.permission)
    const open = words(entity.attributes['public'])
    if (open.length === 0 || entity.attributes['closedToPublic'] === true) return pass
    const changing = open.filter((one) => !one.endsWith(':read'))
    const resource = list(along.resources!.map(nameOf)) || nameOf(entity)
    return fail(
      `Anybody may ${changing.length > 0 ? 'change' : 'read'} ${resource}.`,
      [`Its policy allows ${list(open)} to the principal *, and no condition names who may come.`],
      changing.length > 0 ? { severity: 'critical' } : {},
    )
  },
  cases: [
    { name: 'anybody may read', subject, entities: [policy({ public: ['s3:read'] })], expect: 'fail' },
    { name: 'anybody may write', subject, entities: [policy({ public: ['s3:*'] })], expect: 'fail' },
    {
      name: 'public access is blocked above it',
      subject,
      entities: [policy({ public: ['s3:read'], closedToPublic: true })],
      expect: 'pass',
    },
    { name: 'nobody but those named', subject, entities: [policy({ public: [] })], expect: 'pass' },
    {
      name: 'a policy that is not JSON',
      subject,
      entities: [policy({}, { document: { reason: 'its document is not JSON' } })],
      expect: 'unknown',
    },
  ],
})
