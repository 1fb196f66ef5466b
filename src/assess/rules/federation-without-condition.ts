import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { onTypes } from './on-types.ts'
import { list, nameOf, outOfForce } from './standing.ts'

export const federationWithoutCondition = defineRule({
  id: 'federation-without-condition',
  title: 'A federation trusts everybody at its issuer',
  owasp: ['NHI6'],
  severity: 'critical',
  why: 'The issuer serves many customers. A trust that does not say which repository, branch or account it means is open to anybody who can get a token there.',
  fix: [
    'Pin the trust to the exact subject: repository and branch, or account and namespace.',
    'Pin the audience.',
    'Look in the audit trail for sessions that came from elsewhere.',
  ],
  undo: 'Widen the condition again; nothing is lost by narrowing it.',
  effort: 10,
  about: { kind: 'credential' },
  along: { identities: ['>authenticates'] },
  check({ entity, along }) {
    if (entity.method !== 'federation') return notApplicable('it is not a federation')
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    const { subject, issuer } = entity.attributes
    const missing = entity.unknowns?.['subject']
    if (missing) return unknown(missing.reason, missing.permission)
    if (subject === undefined) return unknown('its source does not report which subjects it trusts')
    const subjects = (Array.isArray(subject) ? subject : [subject]).filter((one) => typeof one === 'string')
    const open = subjects.filter(trustsAnybody)
    if (subjects.length > 0 && open.length === 0) return pass
    return fail(
      `Anybody with a token of ${typeof issuer === 'string' ? issuer.slice(0, 200) : 'its issuer'} can become ${list(along.identities!.map(nameOf)) || nameOf(entity)}.`,
      [
        subjects.length === 0
          ? 'The trust has no condition on the subject.'
          : `The condition ${list(open.map((one) => `“${one.slice(0, 200)}”`))} leaves the tenant open.`,
      ],
    )
  },
  cases: onTypes(
    ['aws_trust', 'ci_oidc_trust'],
    [
      {
        name: 'any repository of the code host',
        subject: 'demo:trust',
        entities: [
          {
            kind: 'credential',
            type: 'demo_trust',
            key: 'demo:trust',
            name: 'CI trust',
            method: 'federation',
            attributes: { issuer: 'https://ci.example.com', subject: 'repo:*' },
          },
        ],
        expect: 'fail',
      },
      {
        name: 'no condition at all',
        subject: 'demo:trust',
        entities: [
          {
            kind: 'credential',
            type: 'demo_trust',
            key: 'demo:trust',
            name: 'CI trust',
            method: 'federation',
            attributes: { subject: null },
          },
        ],
        expect: 'fail',
      },
      {
        name: 'one repository and branch',
        subject: 'demo:trust',
        entities: [
          {
            kind: 'credential',
            type: 'demo_trust',
            key: 'demo:trust',
            name: 'CI trust',
            method: 'federation',
            attributes: { subject: 'repo:acme/shop:ref:refs/heads/main' },
          },
        ],
        expect: 'pass',
      },
      {
        name: 'the condition could not be read',
        subject: 'demo:trust',
        entities: [
          { kind: 'credential', type: 'demo_trust', key: 'demo:trust', name: 'CI trust', method: 'federation' },
        ],
        expect: 'unknown',
      },
    ],
  ),
})

/** A wildcard before the second part of the subject leaves open whose it is. */
function trustsAnybody(subject: string): boolean {
  const owner = subject.split(/[:/]/)[1] ?? ''
  return subject === '*' || subject.startsWith('*') || owner === '' || /[*?]/.test(owner)
}
