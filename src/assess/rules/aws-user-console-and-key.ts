import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { nameOf } from './standing.ts'

const user = (attributes: Record<string, boolean | number>, unknowns?: Record<string, { reason: string }>) => ({
  kind: 'identity' as const,
  type: 'aws_iam_user',
  key: 'aws:arn:aws:iam::111122223333:user/ci',
  name: 'ci',
  attributes,
  ...(unknowns && { unknowns }),
})
const subject = 'aws:arn:aws:iam::111122223333:user/ci'

export const awsUserConsoleAndKey = defineRule({
  id: 'aws-user-console-and-key',
  title: 'An AWS user logs in to the console like a person and has access keys like a machine',
  owasp: ['NHI10'],
  severity: 'medium',
  why: 'What a program does with the key and what a person does at the console stand under one name in every log, and neither can be narrowed or ended without the other.',
  fix: [
    'See in the last use of password and keys which of the two is in use.',
    'Give the person access through IAM Identity Center, or the program a role.',
    'Delete the console password of what is a machine, or the keys of who is a person.',
  ],
  undo: 'Set a console password again, or make a new key; both can be done at once.',
  effort: 30,
  about: { kind: 'identity', types: ['aws_iam_user'] },
  check({ entity }) {
    const { consolePassword, activeKeys } = entity.attributes
    const missing = entity.unknowns?.['consolePassword']
    if (missing) return unknown(missing.reason, missing.permission)
    if (consolePassword === undefined || typeof activeKeys !== 'number')
      return notApplicable('its source does not report its password and keys')
    if (consolePassword !== true || activeKeys === 0) return pass
    return fail(
      `${nameOf(entity)} has a console password and ${activeKeys === 1 ? 'an active access key' : `${activeKeys} active access keys`}.`,
      ['The credential report says password_enabled and access_key_active of it.'],
    )
  },
  cases: [
    { name: 'both', subject, entities: [user({ consolePassword: true, activeKeys: 1 })], expect: 'fail' },
    { name: 'a machine', subject, entities: [user({ consolePassword: false, activeKeys: 2 })], expect: 'pass' },
    { name: 'a person', subject, entities: [user({ consolePassword: true, activeKeys: 0 })], expect: 'pass' },
    {
      name: 'no credential report',
      subject,
      entities: [user({}, { consolePassword: { reason: 'iam:GetCredentialReport is denied' } })],
      expect: 'unknown',
    },
  ],
})
