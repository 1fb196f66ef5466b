import { z } from 'zod'
import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { onTypes } from './on-types.ts'
import { accountKind, list, momentOf, nameOf, outOfForce } from './standing.ts'

export const identityTooManyCredentials = defineRule({
  id: 'identity-too-many-credentials',
  title: 'A service identity has more live static credentials than a rotation needs',
  owasp: ['NHI7'],
  severity: 'low',
  why: 'Two live credentials are a rotation under way; more are rotations that were begun and never finished, each a way in that nobody watches.',
  fix: ['Find out which of them is in use.', 'Disable the others, wait a month, then delete them.'],
  undo: 'Enable a disabled one again within the month.',
  effort: 15,
  about: { kind: 'identity' },
  along: { credentials: ['<authenticates'] },
  params: z.strictObject({ most: z.number().int().positive().default(2) }),
  check({ entity, along }, { now, params }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    if (accountKind(entity) === 'human') return notApplicable('a person uses it')
    const live = along.credentials!.filter(
      ({ entity: one }) =>
        one !== null &&
        one.method !== undefined &&
        one.method !== 'federation' &&
        one.method !== 'certificate' &&
        !outOfForce(one) &&
        !((momentOf(one.expires) ?? Infinity) <= now.getTime()),
    )
    const methods = Map.groupBy(live, ({ entity: one }) => one!.method!)
    for (const [method, alike] of methods) {
      if (alike.length > params.most) {
        return fail(`${nameOf(entity)} has ${alike.length} live credentials of one sort.`, [
          `They are ${method.replace('-', ' ')}s: ${list(alike.map(nameOf))}.`,
          `A rotation needs ${params.most} at most.`,
        ])
      }
    }
    return pass
  },
  cases: onTypes(
    ['aws_iam_user', 'linux_user', 'postgres_role'],
    [
      {
        name: 'three live keys',
        subject: 'demo:svc',
        entities: [
          { kind: 'identity', type: 'demo_account', key: 'demo:svc', name: 'svc' },
          ...['1', '2', '3'].map((n) => ({
            kind: 'credential' as const,
            type: 'demo_key',
            key: `demo:key-${n}`,
            name: `key ${n}`,
            method: 'access-key' as const,
          })),
        ],
        edges: ['1', '2', '3'].map((n) => ({ from: `demo:key-${n}`, verb: 'authenticates' as const, to: 'demo:svc' })),
        expect: 'fail',
      },
      {
        name: 'two keys in the middle of a rotation and one revoked',
        subject: 'demo:svc',
        entities: [
          { kind: 'identity', type: 'demo_account', key: 'demo:svc', name: 'svc' },
          { kind: 'credential', type: 'demo_key', key: 'demo:key-1', name: 'key 1', method: 'access-key' },
          { kind: 'credential', type: 'demo_key', key: 'demo:key-2', name: 'key 2', method: 'access-key' },
          {
            kind: 'credential',
            type: 'demo_key',
            key: 'demo:key-3',
            name: 'key 3',
            method: 'access-key',
            attributes: { revoked: true },
          },
        ],
        edges: ['1', '2', '3'].map((n) => ({ from: `demo:key-${n}`, verb: 'authenticates' as const, to: 'demo:svc' })),
        expect: 'pass',
      },
    ],
  ),
})
