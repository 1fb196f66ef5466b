import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { onTypes } from './on-types.ts'
import { administers, seenActions } from './rights.ts'
import { isPrivileged, list, nameOf, outOfForce } from './standing.ts'

export const identityThirdPartyPrivileged = defineRule({
  id: 'identity-third-party-privileged',
  title: 'An identity of another company is privileged here and is not seen to need it',
  owasp: ['NHI3'],
  severity: 'high',
  why: 'A break-in at the vendor becomes one here, with the rights the vendor was given, and nobody here sees it begin.',
  fix: [
    'Ask the vendor which calls it makes.',
    'Replace the privileged grant by one that allows those calls alone.',
    'Give it an end date and a review.',
  ],
  undo: 'Grant the former role again; the finding names it.',
  effort: 30,
  about: { kind: 'identity' },
  along: { held: ['>has'], inherited: ['>has', '>has'], called: ['>called'] },
  check({ entity, along }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    const vendor = entity.attributes['vendor']
    if (typeof vendor !== 'string' && entity.attributes['thirdParty'] !== true)
      return notApplicable('nothing says that it belongs to another company')
    const holding = [...along.held!, ...along.inherited!].filter((held) => isPrivileged(held.entity))
    if (holding.length === 0 && !isPrivileged(entity)) return pass
    // Whoever runs a thing for us needs the rights to run it; that it uses them is the proof.
    if (administers(seenActions(along.called!) ?? [])) return pass
    return fail(
      `${typeof vendor === 'string' ? vendor.slice(0, 80) : 'Another company'} is privileged here through ${nameOf(entity)}.`,
      [
        holding.length > 0
          ? `${nameOf(entity)} holds ${list(holding.map(nameOf))}.`
          : `${nameOf(entity)} is privileged itself.`,
      ],
    )
  },
  cases: onTypes(
    ['aws_iam_role', 'linux_user', 'ai_agent'],
    [
      {
        name: 'a vendor with an administrator role',
        subject: 'demo:vendor',
        entities: [
          {
            kind: 'identity',
            type: 'demo_app',
            key: 'demo:vendor',
            name: 'backup-app',
            attributes: { vendor: 'Backup Ltd' },
          },
          {
            kind: 'entitlement',
            type: 'demo_role',
            key: 'demo:admin',
            name: 'Administrator',
            attributes: { admin: true },
          },
        ],
        edges: [{ from: 'demo:vendor', verb: 'has', to: 'demo:admin' }],
        expect: 'fail',
      },
      {
        name: 'a vendor that administers what it runs for us',
        subject: 'demo:vendor',
        entities: [
          { kind: 'identity', type: 'demo_app', key: 'demo:vendor', name: 'lake', attributes: { vendor: 'Lake Ltd' } },
          {
            kind: 'entitlement',
            type: 'demo_role',
            key: 'demo:admin',
            name: 'Administrator',
            attributes: { admin: true },
          },
        ],
        edges: [
          { from: 'demo:vendor', verb: 'has', to: 'demo:admin' },
          { from: 'demo:vendor', verb: 'called', to: 'demo:lake', attributes: { actions: ['read', 'grant'] } },
        ],
        expect: 'pass',
      },
      {
        name: 'a vendor that may only read',
        subject: 'demo:vendor',
        entities: [
          {
            kind: 'identity',
            type: 'demo_app',
            key: 'demo:vendor',
            name: 'backup-app',
            attributes: { vendor: 'Backup Ltd' },
          },
          { kind: 'entitlement', type: 'demo_role', key: 'demo:reader', name: 'Reader' },
        ],
        edges: [{ from: 'demo:vendor', verb: 'has', to: 'demo:reader' }],
        expect: 'pass',
      },
      {
        name: 'an identity of our own',
        subject: 'demo:own',
        entities: [{ kind: 'identity', type: 'demo_app', key: 'demo:own', name: 'own', tier: 0 }],
        expect: 'not-applicable',
      },
    ],
  ),
})
