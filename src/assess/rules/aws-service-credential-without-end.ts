import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { list, nameOf, outOfForce } from './standing.ts'

const subject = 'aws:arn:aws:iam::111122223333:user/bot#service-credential/ACCA1'
const credential = (attributes: Record<string, boolean | string>) => ({
  kind: 'credential' as const,
  type: 'aws_service_specific_credential',
  key: subject,
  name: 'bedrock credential of bot',
  method: 'token' as const,
  attributes: { service: 'bedrock.amazonaws.com', ...attributes },
})

export const awsServiceCredentialWithoutEnd = defineRule({
  id: 'aws-service-credential-without-end',
  title: 'A long-term API key of an AWS service never ends',
  owasp: ['NHI7', 'NHI4'],
  severity: 'medium',
  why: 'Such a key is a bearer value outside of IAM’s signatures: whoever sees it once, in a log or a notebook, can use it for ever.',
  fix: [
    'Let the program take a role, and short-term keys where the service wants a key.',
    'If it must be long-term, make a new one with an end date.',
    'Deactivate the endless one, and delete it after a month.',
  ],
  undo: 'Activate it again within the month.',
  effort: 15,
  about: { kind: 'credential', types: ['aws_service_specific_credential'] },
  along: { users: ['>authenticates'] },
  check({ entity, along }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    if (entity.attributes['endless'] !== true) return pass
    return fail(`The ${nameOf(entity)} never ends.`, [
      `It was made for ${String(entity.attributes['service'] ?? 'one service').slice(0, 80)} without an expiry date.`,
      ...(along.users!.length > 0 ? [`It proves ${list(along.users!.map(nameOf))}.`] : []),
    ])
  },
  cases: [
    { name: 'an endless key', subject, entities: [credential({ endless: true, status: 'Active' })], expect: 'fail' },
    {
      name: 'a key with an end',
      subject,
      entities: [credential({ endless: false, status: 'Active' })],
      expect: 'pass',
    },
    {
      name: 'an endless key that is switched off',
      subject,
      entities: [credential({ endless: true, status: 'Inactive' })],
      expect: 'not-applicable',
    },
  ],
})
