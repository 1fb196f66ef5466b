import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { list, nameOf, outOfForce } from './standing.ts'

const subject = 'aws:arn:aws:iam::111122223333:user/anna#password'
const password = (attributes: Record<string, boolean>, unknowns?: Record<string, { reason: string }>) => ({
  kind: 'credential' as const,
  type: 'aws_console_password',
  key: subject,
  name: 'console password of anna',
  method: 'password' as const,
  attributes,
  ...(unknowns && { unknowns }),
})

export const awsConsoleWithoutMfa = defineRule({
  id: 'aws-console-without-mfa',
  title: 'A console password of AWS opens without a second factor',
  owasp: ['NHI4'],
  severity: 'high',
  why: 'A password that was guessed, reused or phished is then all that stands between anybody and the console.',
  fix: [
    'If nobody logs in with it, delete the login profile.',
    'Otherwise have its user register a passkey or security key, and require one by policy.',
  ],
  undo: 'A deleted login profile can be made again with a new password.',
  effort: 10,
  about: { kind: 'credential', types: ['aws_console_password'] },
  along: { users: ['>authenticates'] },
  check({ entity, along }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    const missing = entity.unknowns?.['exists'] ?? entity.unknowns?.['mfa']
    if (missing) return unknown(missing.reason, missing.permission)
    const { mfa, neverUsed } = entity.attributes
    if (mfa === undefined) return notApplicable('its source does not report a second factor')
    if (mfa === true) return pass
    return fail(`The ${nameOf(entity)} opens the console without a second factor.`, [
      `No MFA device is registered for ${list(along.users!.map(nameOf)) || 'its user'}.`,
      ...(neverUsed === true ? ['The password has never been used, so nobody would miss it.'] : []),
    ])
  },
  cases: [
    { name: 'no device', subject, entities: [password({ mfa: false })], expect: 'fail' },
    { name: 'a device', subject, entities: [password({ mfa: true })], expect: 'pass' },
    {
      name: 'devices were refused',
      subject,
      entities: [password({}, { mfa: { reason: 'iam:ListMFADevices is denied' } })],
      expect: 'unknown',
    },
  ],
})
