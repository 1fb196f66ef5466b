import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { onTypes } from './on-types.ts'
import { list, nameOf, outOfForce } from './standing.ts'

export const identityOwnerGone = defineRule({
  id: 'identity-owner-gone',
  title: 'Everybody who answers for an identity has left',
  owasp: ['NHI1'],
  severity: 'high',
  why: 'An owner who left answers nothing. The identity goes on working with rights and credentials that the leaver may still know.',
  fix: [
    'Name a successor as accountable owner.',
    'Rotate the credentials the leaver could read.',
    'If nobody needs it, disable it at its source.',
  ],
  undo: 'Give the identity back to the former owner; the history keeps who it was.',
  effort: 10,
  about: { kind: 'identity' },
  along: { owners: ['<owns'] },
  check({ entity, along }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    if (along.owners!.length === 0) return notApplicable('nobody was ever named as its owner')
    const gone: string[] = []
    const unseen: string[] = []
    for (const owner of along.owners!) {
      if (owner.entity === null) unseen.push(owner.key)
      else if (outOfForce(owner.entity)) gone.push(`${nameOf(owner)} is ${outOfForce(owner.entity)}`)
      else return pass
    }
    if (unseen.length > 0) return unknown(`no source describes its owner ${list(unseen)}`)
    return fail(
      `${nameOf(entity)} answers to nobody who is still here.`,
      gone.map((sentence) => `${sentence} at the directory.`),
    )
  },
  cases: onTypes(
    ['aws_iam_role', 'linux_user', 'postgres_role', 'kubernetes_service_account', 'ai_agent'],
    [
      {
        name: 'the only owner is disabled',
        subject: 'demo:svc',
        entities: [
          { kind: 'identity', type: 'demo_account', key: 'demo:svc', name: 'svc' },
          {
            kind: 'person',
            type: 'person',
            key: 'person:ada@example.org',
            name: 'Ada',
            attributes: { disabled: true },
          },
        ],
        edges: [{ from: 'person:ada@example.org', verb: 'owns', to: 'demo:svc' }],
        expect: 'fail',
      },
      {
        name: 'a deputy is still here',
        subject: 'demo:svc',
        entities: [
          { kind: 'identity', type: 'demo_account', key: 'demo:svc', name: 'svc' },
          {
            kind: 'person',
            type: 'person',
            key: 'person:ada@example.org',
            name: 'Ada',
            attributes: { status: 'Suspended' },
          },
          { kind: 'person', type: 'person', key: 'person:bo@example.org', name: 'Bo' },
        ],
        edges: [
          { from: 'person:ada@example.org', verb: 'owns', to: 'demo:svc' },
          { from: 'person:bo@example.org', verb: 'owns', to: 'demo:svc' },
        ],
        expect: 'pass',
      },
      {
        name: 'no source describes the owner',
        subject: 'demo:svc',
        entities: [{ kind: 'identity', type: 'demo_account', key: 'demo:svc', name: 'svc' }],
        edges: [{ from: 'person:ada@example.org', verb: 'owns', to: 'demo:svc' }],
        expect: 'unknown',
      },
      {
        name: 'no owner at all is another rule',
        subject: 'demo:svc',
        entities: [{ kind: 'identity', type: 'demo_account', key: 'demo:svc', name: 'svc' }],
        expect: 'not-applicable',
      },
    ],
  ),
})
