import { defineRule, fail, notApplicable } from '../../sdk/index.ts'
import { list, nameOf, outOfForce } from './standing.ts'

const subject = 'aws:arn:aws:lambda:eu-west-1:111122223333:function:pay#DB_PASSWORD'
const secret = {
  kind: 'secret' as const,
  type: 'aws_lambda_variable',
  key: subject,
  name: 'DB_PASSWORD of pay',
  attributes: {
    variable: 'DB_PASSWORD',
    title: 'password',
    detector: 'generic-secret',
    provider: 'generic',
    redacted: '****',
  },
}
const held = (status: string) => ({
  kind: 'credential' as const,
  type: 'aws_access_key',
  key: 'aws:access-key/AKIAEXAMPLE',
  name: 'AKIAEXAMPLE',
  attributes: { status },
})
const holds = { from: subject, verb: 'holds' as const, to: 'aws:access-key/AKIAEXAMPLE' }

export const awsSecretInVariable = defineRule({
  id: 'aws-secret-in-variable',
  title: 'A secret stands in plain text in the settings of an AWS workload',
  owasp: ['NHI2'],
  severity: 'high',
  why: 'Everybody who may look at the function, task or build may read it, it stands in every copy of the template, and rotating it means deploying.',
  fix: [
    'Put the value into Secrets Manager or an encrypted parameter and let the workload read it there.',
    'Take the variable out.',
    'Rotate the value: whoever could read the settings has seen it.',
  ],
  undo: 'Put the variable back until the workload reads the value elsewhere.',
  effort: 30,
  about: { kind: 'secret', types: ['aws_lambda_variable', 'aws_task_variable', 'aws_build_variable'] },
  along: { workloads: ['<uses'], credentials: ['>holds'] },
  check({ entity, along }) {
    const credentials = along.credentials!
    if (credentials.some(({ entity: one }) => one !== null && outOfForce(one) !== null))
      return notApplicable('the credential in it is out of force')
    const { title, detector, provider, redacted, keyId, variable } = entity.attributes
    return fail(
      `${list(along.workloads!.map(nameOf)) || nameOf(entity)} has a secret in plain text in ${String(variable ?? 'a variable')}.`,
      [
        ...(typeof title === 'string' ? [`It looks like this: ${title}.`] : []),
        'Whoever may describe the workload reads the value.',
      ],
      typeof detector === 'string' && typeof redacted === 'string'
        ? {
            secret: {
              detector,
              provider: typeof provider === 'string' ? provider : 'generic',
              redacted,
              ...(typeof keyId === 'string' && { keyId }),
              ...(entity.fingerprint !== undefined && { fingerprint: entity.fingerprint }),
            },
          }
        : {},
    )
  },
  cases: [
    { name: 'a password', subject, entities: [secret], expect: 'fail' },
    { name: 'a key that works', subject, entities: [secret, held('Active')], edges: [holds], expect: 'fail' },
    {
      name: 'a key that was switched off',
      subject,
      entities: [secret, held('Inactive')],
      edges: [holds],
      expect: 'not-applicable',
    },
  ],
})
