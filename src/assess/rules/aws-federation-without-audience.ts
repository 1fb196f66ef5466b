import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { list, nameOf, outOfForce } from './standing.ts'

const subject = 'aws:arn:aws:iam::111122223333:role/gh#trust/ci.example'
const trust = (attributes: Record<string, string | string[]>) => ({
  kind: 'credential' as const,
  type: 'aws_trust',
  key: subject,
  name: 'trust of gh in ci.example',
  method: 'federation' as const,
  attributes: { protocol: 'OpenID Connect', issuer: 'https://ci.example', ...attributes },
})

export const awsFederationWithoutAudience = defineRule({
  id: 'aws-federation-without-audience',
  title: 'A role takes tokens that were made for somebody else',
  owasp: ['NHI6'],
  severity: 'low',
  why: 'The audience says for whom a token was made. Without a condition on it, a token that a job sent to any other audience the provider lists opens the role too.',
  fix: ['Add a condition StringEquals on the aud claim of the issuer, usually sts.amazonaws.com, to the trust policy.'],
  undo: 'Take the condition out of the trust policy again.',
  effort: 5,
  about: { kind: 'credential', types: ['aws_trust'] },
  along: { roles: ['>authenticates'] },
  check({ entity, along }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    const { protocol, audience, issuer } = entity.attributes
    if (protocol !== 'OpenID Connect') return notApplicable('its protocol names the audience itself')
    const named = (Array.isArray(audience) ? audience : []).filter(
      (one) => typeof one === 'string' && !one.includes('*'),
    )
    if (named.length > 0) return pass
    return fail(
      `${list(along.roles!.map(nameOf)) || nameOf(entity)} takes tokens of ${String(issuer).slice(0, 200)} for any audience.`,
      ['No condition of the trust policy speaks of the aud claim.'],
    )
  },
  cases: [
    { name: 'no audience', subject, entities: [trust({ audience: [] })], expect: 'fail' },
    { name: 'any audience', subject, entities: [trust({ audience: ['*'] })], expect: 'fail' },
    { name: 'an audience', subject, entities: [trust({ audience: ['sts.amazonaws.com'] })], expect: 'pass' },
    { name: 'SAML', subject, entities: [trust({ protocol: 'SAML', audience: [] })], expect: 'not-applicable' },
  ],
})
