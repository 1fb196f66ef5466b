import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { evidenceOf, whatOf } from './host-place.ts'

const SECRET = 'host:web-1/file/home/app/.aws/credentials#0123456789abcdef'
const secret = (provider: string, keyId: string) => ({
  kind: 'secret' as const,
  type: 'host_secret_file',
  key: SECRET,
  name: 'AWS access key in /home/app/.aws/credentials on web-1',
  attributes: {
    file: '/home/app/.aws/credentials',
    title: 'AWS access key',
    detector: 'aws-credentials-file',
    provider,
    keyId,
    redacted: '****',
    owner: 'app',
    mode: '0600',
    readableByAll: false,
  },
})
const CLOUDS: Record<string, string> = { aws: 'AWS', gcp: 'Google Cloud', azure: 'Azure' }

export const hostStaticCloudKey = defineRule({
  id: 'host-static-cloud-key',
  title: 'A cloud key that never ends lies in a file on a host',
  owasp: ['NHI4', 'NHI7'],
  severity: 'medium',
  why: 'The file is all that is needed to act in the cloud from anywhere, and it works until somebody remembers it. Clouds give machines short-lived credentials without a file.',
  fix: [
    'On a machine in the cloud, use its own role: an instance profile, an attached service account, a managed identity.',
    'Elsewhere, use federation: IAM Roles Anywhere, workload identity federation, or aws sso login for people.',
    'Delete the key in the cloud after a week without use.',
  ],
  undo: 'Deactivate the key before deleting it; activate it again to go back.',
  effort: 60,
  about: { kind: 'secret', types: ['host_secret_file'] },
  check({ entity }) {
    const { provider, keyId, file, owner } = entity.attributes
    const cloud = CLOUDS[String(provider)]
    if (cloud === undefined) return notApplicable('it is no key of a cloud')
    if (typeof keyId === 'string' && keyId.startsWith('ASIA')) return pass
    if (!/key|service account|service principal/i.test(String(entity.attributes['title'])))
      return notApplicable('it is a token that ends')
    return fail(
      `${whatOf(entity)} lies in ${file}.`,
      [`It opens ${cloud} from anywhere, and belongs to ${owner}.`],
      evidenceOf(entity),
    )
  },
  cases: [
    {
      name: 'an AKIA key in a home',
      subject: SECRET,
      entities: [secret('aws', 'AKIAIOSFODNN7EXAMPLE')],
      expect: 'fail',
    },
    {
      name: 'a session key, which ends by itself',
      subject: SECRET,
      entities: [secret('aws', 'ASIAIOSFODNN7EXAMPLE')],
      expect: 'pass',
    },
    { name: 'a database password', subject: SECRET, entities: [secret('postgres', 'app')], expect: 'not-applicable' },
  ],
})
