import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { onTypes } from './on-types.ts'
import { forEmergencies, isPrivileged, list, nameOf, outOfForce } from './standing.ts'

export const identityTakenOverByDirectoryOwner = defineRule({
  id: 'identity-taken-over-by-directory-owner',
  title: 'A person who may change a privileged identity at its source becomes as privileged as it is',
  owasp: ['NHI5'],
  severity: 'high',
  why: 'Whoever may add a credential to an identity can act as it. On a privileged identity that right is a way up, whatever the person is meant to do. Being accountable for it gives no such right and is not judged here.',
  fix: [
    'Remove the person from the owners or managers of the identity at its source.',
    'Name them as accountable owner in Reeve instead, if they answer for it.',
  ],
  undo: 'Add the person again at the source; the finding shows the exact entry.',
  effort: 10,
  about: { kind: 'identity' },
  along: { controllers: ['<controls'], held: ['>has'], inherited: ['>has', '>has'] },
  check({ entity, along }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    const holding = [...along.held!, ...along.inherited!].filter((held) => isPrivileged(held.entity))
    if (!isPrivileged(entity) && holding.length === 0) return notApplicable('it holds nothing privileged')
    if (forEmergencies(entity)) return notApplicable('it is kept for emergencies, and somebody has to keep it')
    const people = along.controllers!.filter((one) =>
      one.entity ? one.entity.kind === 'person' && !outOfForce(one.entity) : one.key.startsWith('person:'),
    )
    if (people.length === 0) return pass
    return fail(
      `${list(people.map(nameOf))} can become ${nameOf(entity)}.`,
      [
        ...people.map((person) => `${nameOf(person)} may change ${nameOf(entity)} at its source.`),
        holding.length > 0
          ? `${nameOf(entity)} holds ${list(holding.map(nameOf))}.`
          : `${nameOf(entity)} is privileged itself.`,
      ],
      entity.tier === 0 || holding.some((held) => held.entity?.tier === 0) ? { severity: 'critical' } : {},
    )
  },
  cases: onTypes(
    ['aws_iam_user', 'linux_user', 'postgres_role'],
    [
      {
        name: 'one directory owner',
        subject: 'demo:sp',
        entities: [
          { kind: 'identity', type: 'demo_app', key: 'demo:sp', name: 'deployer' },
          { kind: 'entitlement', type: 'demo_role', key: 'demo:admin', name: 'Administrator', tier: 0 },
          { kind: 'person', type: 'person', key: 'person:ada@example.org', name: 'Ada' },
        ],
        edges: [
          { from: 'demo:sp', verb: 'has', to: 'demo:admin' },
          { from: 'person:ada@example.org', verb: 'controls', to: 'demo:sp' },
        ],
        expect: 'fail',
      },
      {
        name: 'an accountable owner and no directory owner',
        subject: 'demo:sp',
        entities: [
          { kind: 'identity', type: 'demo_app', key: 'demo:sp', name: 'deployer', attributes: { privileged: true } },
          { kind: 'person', type: 'person', key: 'person:ada@example.org', name: 'Ada' },
        ],
        edges: [{ from: 'person:ada@example.org', verb: 'owns', to: 'demo:sp' }],
        expect: 'pass',
      },
      {
        name: 'the directory owner is disabled',
        subject: 'demo:sp',
        entities: [
          { kind: 'identity', type: 'demo_app', key: 'demo:sp', name: 'deployer', tier: 0 },
          {
            kind: 'person',
            type: 'person',
            key: 'person:ada@example.org',
            name: 'Ada',
            attributes: { enabled: false },
          },
        ],
        edges: [{ from: 'person:ada@example.org', verb: 'controls', to: 'demo:sp' }],
        expect: 'pass',
      },
      {
        name: 'kept for emergencies',
        subject: 'demo:sp',
        entities: [
          {
            kind: 'identity',
            type: 'demo_app',
            key: 'demo:sp',
            name: 'glass',
            tier: 0,
            attributes: { purpose: 'break-glass' },
          },
        ],
        edges: [{ from: 'person:ada@example.org', verb: 'controls', to: 'demo:sp' }],
        expect: 'not-applicable',
      },
      {
        name: 'an identity without privilege',
        subject: 'demo:sp',
        entities: [{ kind: 'identity', type: 'demo_app', key: 'demo:sp', name: 'deployer' }],
        edges: [{ from: 'person:ada@example.org', verb: 'controls', to: 'demo:sp' }],
        expect: 'not-applicable',
      },
    ],
  ),
})
