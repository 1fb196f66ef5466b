import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { onTypes } from './on-types.ts'
import { list, nameOf, outOfForce } from './standing.ts'

export const identityMadeByLeaver = defineRule({
  id: 'identity-made-by-leaver',
  title: 'An identity made by somebody who left is still in force, and nobody here answers for it',
  owasp: ['NHI1'],
  severity: 'medium',
  why: 'Whoever made an identity saw its first credentials. When they leave and nobody takes it over, a way in leaves with them.',
  fix: ['Name the person who answers for it now.', 'Rotate the credentials that date from the leaver.'],
  undo: 'Take the owner away again; the former credentials can stay valid for a grace period.',
  effort: 15,
  about: { kind: 'identity' },
  along: { makers: ['<created'], owners: ['<owns'] },
  check({ entity, along }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    const makers = along.makers!.filter((maker) => maker.entity === null || maker.entity.kind === 'person')
    if (makers.length === 0) return notApplicable('it is not recorded who made it')
    if (along.owners!.some(({ entity: owner }) => owner !== null && !outOfForce(owner))) return pass
    if (makers.some(({ entity: maker }) => maker !== null && !outOfForce(maker))) return pass
    const unseen = makers.filter(({ entity: maker }) => maker === null)
    if (unseen.length > 0) return unknown(`no source describes ${list(unseen.map(nameOf))}, who made it`)
    return fail(`${nameOf(entity)} was made by ${list(makers.map(nameOf))}, who left.`, [
      ...makers.map((maker) => `${nameOf(maker)} is ${outOfForce(maker.entity!)} at the directory.`),
      'Nobody who is still here answers for it.',
    ])
  },
  cases: onTypes(
    ['aws_iam_role', 'kubernetes_service_account', 'ai_agent'],
    [
      {
        name: 'its maker is suspended and nobody took it over',
        subject: 'demo:svc',
        entities: [
          { kind: 'identity', type: 'demo_account', key: 'demo:svc', name: 'svc' },
          {
            kind: 'person',
            type: 'person',
            key: 'person:ada@example.org',
            name: 'Ada',
            attributes: { suspended: true },
          },
        ],
        edges: [{ from: 'person:ada@example.org', verb: 'created', to: 'demo:svc' }],
        expect: 'fail',
      },
      {
        name: 'its maker is suspended and a colleague took it over',
        subject: 'demo:svc',
        entities: [
          { kind: 'identity', type: 'demo_account', key: 'demo:svc', name: 'svc' },
          {
            kind: 'person',
            type: 'person',
            key: 'person:ada@example.org',
            name: 'Ada',
            attributes: { suspended: true },
          },
          { kind: 'person', type: 'person', key: 'person:bo@example.org', name: 'Bo' },
        ],
        edges: [
          { from: 'person:ada@example.org', verb: 'created', to: 'demo:svc' },
          { from: 'person:bo@example.org', verb: 'owns', to: 'demo:svc' },
        ],
        expect: 'pass',
      },
      {
        name: 'no source describes its maker',
        subject: 'demo:svc',
        entities: [{ kind: 'identity', type: 'demo_account', key: 'demo:svc', name: 'svc' }],
        edges: [{ from: 'person:ada@example.org', verb: 'created', to: 'demo:svc' }],
        expect: 'unknown',
      },
    ],
  ),
})
