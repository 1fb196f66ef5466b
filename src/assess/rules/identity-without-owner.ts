import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { onTypes } from './on-types.ts'
import { accountKind, isPrivileged, nameOf, outOfForce } from './standing.ts'

export const identityWithoutOwner = defineRule({
  id: 'identity-without-owner',
  title: 'Nobody answers for a service identity',
  owasp: [],
  severity: 'medium',
  why: 'What nobody answers for is never reviewed, never rotated and outlives the service it was made for. Rights at the source do not count: who can change an identity need not be who answers for it.',
  fix: [
    'Accept the suggested owner, or name the person who answers for it.',
    'If nobody needs it, disable it at its source.',
  ],
  undo: 'Take the owner away again; every assignment is kept in the history.',
  effort: 2,
  about: { kind: 'identity' },
  along: { owners: ['<owns'], held: ['>has'] },
  check({ entity, along }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    if (entity.lastUsed && 'notApplicable' in entity.lastUsed)
      return notApplicable('it is only declared here: it is judged where it lives')
    if (entity.attributes['agent'] === true) return notApplicable('it is an AI agent, which needs a sponsor')
    const kind = accountKind(entity)
    if (kind === 'human') return notApplicable('a person uses it')
    if (kind === 'system') return notApplicable('it belongs to the operating system')
    if (along.owners!.length > 0) return pass
    if (kind === 'unknown') return unknown('it cannot be told whether a person or a machine uses it; label it')
    const privileged = isPrivileged(entity) || along.held!.some((held) => isPrivileged(held.entity))
    return fail(
      `Nobody answers for ${nameOf(entity)}.`,
      [
        'No person is recorded as its accountable owner.',
        ...(privileged ? ['It is privileged, so a mistake with it is felt everywhere.'] : []),
      ],
      privileged ? { severity: 'high' } : {},
    )
  },
  cases: onTypes(
    ['aws_iam_user', 'linux_user', 'postgres_role', 'kubernetes_service_account'],
    [
      {
        name: 'a service account without owner',
        subject: 'demo:svc',
        entities: [
          {
            kind: 'identity',
            type: 'demo_account',
            key: 'demo:svc',
            name: 'svc',
            attributes: { accountKind: 'service' },
          },
        ],
        expect: 'fail',
      },
      {
        name: 'a person answers for it',
        subject: 'demo:svc',
        entities: [
          { kind: 'identity', type: 'demo_account', key: 'demo:svc', name: 'svc' },
          { kind: 'person', type: 'person', key: 'person:ada@example.org', name: 'Ada' },
        ],
        edges: [{ from: 'person:ada@example.org', verb: 'owns', to: 'demo:svc' }],
        expect: 'pass',
      },
      {
        name: 'someone who may change it does not answer for it',
        subject: 'demo:svc',
        entities: [{ kind: 'identity', type: 'demo_account', key: 'demo:svc', name: 'svc' }],
        edges: [{ from: 'person:ada@example.org', verb: 'controls', to: 'demo:svc' }],
        expect: 'fail',
      },
      {
        name: 'declared in code',
        subject: 'demo:svc',
        entities: [
          {
            kind: 'identity',
            type: 'terraform_demo_account',
            key: 'demo:svc',
            name: 'svc',
            lastUsed: { notApplicable: 'code declares it' },
          },
        ],
        expect: 'not-applicable',
      },
      {
        name: 'an AI agent',
        subject: 'demo:svc',
        entities: [
          { kind: 'identity', type: 'demo_account', key: 'demo:svc', name: 'svc', attributes: { agent: true } },
        ],
        expect: 'not-applicable',
      },
      {
        name: 'already disabled',
        subject: 'demo:svc',
        entities: [
          { kind: 'identity', type: 'demo_account', key: 'demo:svc', name: 'svc', attributes: { disabled: true } },
        ],
        expect: 'not-applicable',
      },
      {
        name: 'person or machine cannot be told',
        subject: 'demo:svc',
        entities: [
          {
            kind: 'identity',
            type: 'demo_account',
            key: 'demo:svc',
            name: 'svc',
            attributes: { accountKind: 'unknown' },
          },
        ],
        expect: 'unknown',
      },
    ],
  ),
})
