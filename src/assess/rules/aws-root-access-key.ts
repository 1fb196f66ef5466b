import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'

const root = (attributes: Record<string, boolean>) => ({
  kind: 'identity' as const,
  type: 'aws_account_root',
  key: 'aws:arn:aws:iam::111122223333:root',
  name: 'root user of shop',
  attributes: { account: '111122223333', ...attributes },
})
const subject = 'aws:arn:aws:iam::111122223333:root'

export const awsRootAccessKey = defineRule({
  id: 'aws-root-access-key',
  title: 'The root user of an AWS account has an access key',
  owasp: ['NHI7', 'NHI5'],
  severity: 'critical',
  why: 'No policy of the account binds the root user, so its key opens everything, closing the account included, and cannot be narrowed. Nothing needs one.',
  fix: [
    'Find in CloudTrail what uses the key, and give that a role of its own.',
    'Log in as the root user and deactivate the key; delete it after a day without errors.',
    'Let AWS Organizations manage root access centrally, so that no new one can be made.',
  ],
  undo: 'Activate the key again until it is deleted; after that a new one must be made.',
  effort: 20,
  about: { kind: 'identity', types: ['aws_account_root'] },
  check({ entity }) {
    const { root: own, accessKeysPresent, mfa } = entity.attributes
    const missing = entity.unknowns?.['accessKeysPresent']
    if (missing) return unknown(missing.reason, missing.permission)
    if (own !== true) return notApplicable('the account is only named by a policy and was not read')
    if (accessKeysPresent === undefined) return unknown('whether it has a key was not read', 'iam:GetAccountSummary')
    if (accessKeysPresent !== true) return pass
    return fail(`The ${entity.name} has an access key.`, [
      'The account summary counts an access key of the root user.',
      ...(mfa === false ? ['The root user has no second factor either.'] : []),
    ])
  },
  cases: [
    {
      name: 'a root user with a key',
      subject,
      entities: [root({ root: true, accessKeysPresent: true, mfa: false })],
      expect: 'fail',
    },
    {
      name: 'a root user without',
      subject,
      entities: [root({ root: true, accessKeysPresent: false })],
      expect: 'pass',
    },
    { name: 'an account whose summary was not read', subject, entities: [root({ root: true })], expect: 'unknown' },
    { name: 'another account that a policy names', subject, entities: [root({})], expect: 'not-applicable' },
  ],
})
