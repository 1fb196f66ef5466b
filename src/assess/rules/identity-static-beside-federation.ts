import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { onTypes } from './on-types.ts'
import { list, momentOf, nameOf, outOfForce } from './standing.ts'

export const identityStaticBesideFederation = defineRule({
  id: 'identity-static-beside-federation',
  title: 'An identity that can log in by federation still has a static credential',
  owasp: ['NHI4'],
  severity: 'medium',
  why: 'The strongest way in does not help while a weaker one is open beside it: a value that never changes can be copied, federation cannot.',
  fix: [
    'See in the usage of the static credential that nothing presents it any more.',
    'Disable it, wait a month, then delete it.',
  ],
  undo: 'Enable the static credential again within the month.',
  effort: 15,
  about: { kind: 'identity' },
  along: { credentials: ['<authenticates'] },
  check({ entity, along }, { now }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    const live = along.credentials!.filter(
      ({ entity: one }) => one !== null && !outOfForce(one) && !((momentOf(one.expires) ?? Infinity) <= now.getTime()),
    )
    if (!live.some(({ entity: one }) => one!.method === 'federation')) return notApplicable('it has no federation')
    const fixed = live.filter(({ entity: one }) => one!.method !== undefined && one!.method !== 'federation')
    if (fixed.length === 0) return pass
    return fail(
      `${nameOf(entity)} can use federation and still has ${list(fixed.map(nameOf))}.`,
      fixed.map((one) => `${nameOf(one)} is a ${one.entity!.method!.replace('-', ' ')} in force.`),
    )
  },
  cases: onTypes(
    ['aws_iam_role', 'kubernetes_service_account', 'postgres_role'],
    [
      {
        name: 'federation and an access key',
        subject: 'demo:role',
        entities: [
          { kind: 'identity', type: 'demo_account', key: 'demo:role', name: 'deployer' },
          { kind: 'credential', type: 'demo_trust', key: 'demo:trust', name: 'CI trust', method: 'federation' },
          { kind: 'credential', type: 'demo_key', key: 'demo:key', name: 'old key', method: 'access-key' },
        ],
        edges: [
          { from: 'demo:trust', verb: 'authenticates', to: 'demo:role' },
          { from: 'demo:key', verb: 'authenticates', to: 'demo:role' },
        ],
        expect: 'fail',
      },
      {
        name: 'the key was made inactive',
        subject: 'demo:role',
        entities: [
          { kind: 'identity', type: 'demo_account', key: 'demo:role', name: 'deployer' },
          { kind: 'credential', type: 'demo_trust', key: 'demo:trust', name: 'CI trust', method: 'federation' },
          {
            kind: 'credential',
            type: 'demo_key',
            key: 'demo:key',
            name: 'old key',
            method: 'access-key',
            attributes: { status: 'Inactive' },
          },
        ],
        edges: [
          { from: 'demo:trust', verb: 'authenticates', to: 'demo:role' },
          { from: 'demo:key', verb: 'authenticates', to: 'demo:role' },
        ],
        expect: 'pass',
      },
      {
        name: 'no federation to use',
        subject: 'demo:role',
        entities: [{ kind: 'identity', type: 'demo_account', key: 'demo:role', name: 'deployer' }],
        expect: 'not-applicable',
      },
    ],
  ),
})
