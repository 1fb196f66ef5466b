import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { onTypes } from './on-types.ts'
import { list, momentOf, nameOf, outOfForce } from './standing.ts'

export const credentialOutlivesIdentity = defineRule({
  id: 'credential-outlives-identity',
  title: 'An identity was switched off but its credential was left in force',
  owasp: ['NHI1'],
  severity: 'medium',
  why: 'Half an offboarding is none: whoever enables the identity again, by mistake or on purpose, brings the old credential back to life with it.',
  fix: ['Revoke the credential at its source.', 'Delete the copies of it.'],
  undo: 'Make a new credential if the identity is ever needed again.',
  effort: 5,
  about: { kind: 'credential' },
  along: { identities: ['>authenticates'] },
  check({ entity, along }, { now }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    const end = momentOf(entity.expires)
    if (end !== null && end <= now.getTime()) return notApplicable('it has expired')
    const proved = along.identities!
    if (proved.length === 0) return notApplicable('no identity is known that it proves')
    const over = proved.flatMap((one) =>
      one.entity && outOfForce(one.entity) ? [`${nameOf(one)} is ${outOfForce(one.entity)}`] : [],
    )
    if (over.length < proved.length) return pass
    return fail(
      `${nameOf(entity)} is in force for ${list(proved.map(nameOf))}, which ${proved.length === 1 ? 'is' : 'are'} switched off.`,
      over.map((sentence) => `${sentence}.`),
    )
  },
  cases: onTypes(
    ['aws_access_key', 'ssh_key', 'postgres_password'],
    [
      {
        name: 'the identity is disabled, its key is not',
        subject: 'demo:key',
        entities: [
          { kind: 'credential', type: 'demo_key', key: 'demo:key', name: 'key', method: 'access-key' },
          { kind: 'identity', type: 'demo_account', key: 'demo:svc', name: 'svc', attributes: { disabled: true } },
        ],
        edges: [{ from: 'demo:key', verb: 'authenticates', to: 'demo:svc' }],
        expect: 'fail',
      },
      {
        name: 'it also proves one that works',
        subject: 'demo:key',
        entities: [
          { kind: 'credential', type: 'demo_key', key: 'demo:key', name: 'key', method: 'access-key' },
          { kind: 'identity', type: 'demo_account', key: 'demo:svc', name: 'svc', attributes: { disabled: true } },
          { kind: 'identity', type: 'demo_account', key: 'demo:web', name: 'web' },
        ],
        edges: [
          { from: 'demo:key', verb: 'authenticates', to: 'demo:svc' },
          { from: 'demo:key', verb: 'authenticates', to: 'demo:web' },
        ],
        expect: 'pass',
      },
      {
        name: 'revoked with its identity',
        subject: 'demo:key',
        entities: [
          {
            kind: 'credential',
            type: 'demo_key',
            key: 'demo:key',
            name: 'key',
            method: 'access-key',
            attributes: { revoked: true },
          },
          { kind: 'identity', type: 'demo_account', key: 'demo:svc', name: 'svc', attributes: { disabled: true } },
        ],
        edges: [{ from: 'demo:key', verb: 'authenticates', to: 'demo:svc' }],
        expect: 'not-applicable',
      },
    ],
  ),
})
