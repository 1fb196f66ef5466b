import { defineRule, fail, pass } from '../../sdk/index.ts'
import { list, nameOf } from './standing.ts'

const subject = 'aws:arn:aws:iam::111122223333:user/ci'
const user = (attributes: Record<string, boolean>) => ({
  kind: 'identity' as const,
  type: 'aws_iam_user',
  key: subject,
  name: 'ci',
  attributes,
})

export const awsKeyQuarantined = defineRule({
  id: 'aws-key-quarantined',
  title: 'AWS has found an access key in public',
  owasp: ['NHI2'],
  severity: 'critical',
  why: 'AWS attaches its quarantine policy when it sees a key in public. The policy stops some calls and not others: the key still works, and others have seen it.',
  fix: [
    'Deactivate every key of the user now, and see in CloudTrail what they did since.',
    'Give the program a role, or a new key that never leaves a secret store.',
    'Delete the old keys, then detach the quarantine policy.',
  ],
  undo: 'A deactivated key can be activated again, which nobody should.',
  effort: 30,
  about: { kind: 'identity', types: ['aws_iam_user', 'aws_iam_role'] },
  along: { keys: ['<authenticates'] },
  check({ entity, along }) {
    if (entity.attributes['quarantined'] !== true) return pass
    const live = along.keys!.filter(
      ({ entity: key }) => key?.method === 'access-key' && key.attributes['status'] === 'Active',
    )
    return fail(`AWS has found a key of ${nameOf(entity)} in public.`, [
      'The policy AWSCompromisedKeyQuarantine is attached to it, which AWS does by itself.',
      ...(live.length > 0 ? [`Still active: ${list(live.map(nameOf))}.`] : []),
    ])
  },
  cases: [
    { name: 'a user in quarantine', subject, entities: [user({ quarantined: true })], expect: 'fail' },
    { name: 'a user who is not', subject, entities: [user({})], expect: 'pass' },
  ],
})
