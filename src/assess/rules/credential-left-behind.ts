import { z } from 'zod'
import { defineRule, fail, notApplicable, pass, type RuleCase, unknown } from '../../sdk/index.ts'
import { day, days, daysBetween, inUseSince, list, momentOf, nameOf, outOfForce, whyUnknown } from './standing.ts'

const estate = (type: string, used: string, identityUsed: string, over: object = {}): RuleCase['entities'] => [
  {
    kind: 'credential',
    type,
    key: 'demo:key',
    name: 'old key',
    method: 'access-key',
    lastUsed: { value: used },
    ...over,
  },
  { kind: 'identity', type: 'demo_account', key: 'demo:svc', name: 'svc', lastUsed: { value: identityUsed } },
]
const proves = [{ from: 'demo:key', verb: 'authenticates' as const, to: 'demo:svc' }]
const SPRING = '2026-04-01T00:00:00.000Z'
const YESTERDAY = '2026-11-23T00:00:00.000Z'

export const credentialLeftBehind = defineRule({
  id: 'credential-left-behind',
  title: 'An identity works with another credential and its former one is still in force',
  owasp: ['NHI7'],
  severity: 'low',
  why: 'A rotation ends when the former credential is gone. Until then there are two ways in, and nobody would miss the one that is not used.',
  fix: ['Disable the former credential at its source.', 'Delete it after a month without a refused login.'],
  undo: 'Enable it again within the month.',
  effort: 5,
  about: { kind: 'credential' },
  along: { identities: ['>authenticates'] },
  params: z.strictObject({ days: z.number().int().positive().default(90) }),
  check({ entity, along }, { now, params }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    if (entity.lastUsed === undefined) return notApplicable('its source does not record use')
    if ('notApplicable' in entity.lastUsed) return notApplicable(entity.lastUsed.notApplicable)
    const used = momentOf(entity.lastUsed)
    const idle = used === null ? Number.POSITIVE_INFINITY : daysBetween(used, now.getTime())
    if (idle <= params.days) return pass
    const end = momentOf(entity.expires)
    if (end !== null && end <= now.getTime()) return notApplicable('it has expired')
    const since = now.getTime() - params.days * 86_400_000
    const working = along.identities!.filter((one) => inUseSince(one, since))
    if (working.length === 0) return notApplicable('nothing that it proves is known to be in use')
    if (used === null) {
      const { reason, permission } = whyUnknown('when it was last used', entity.lastUsed)
      return unknown(reason, permission)
    }
    return fail(`${list(working.map(nameOf))} works without ${nameOf(entity)}, which is still in force.`, [
      `${nameOf(entity)} was last used on ${day(used)}, ${days(idle)} ago.`,
      `${list(working.map(nameOf))} was used since, by another way.`,
    ])
  },
  cases: [
    ...['aws_access_key', 'ssh_key', 'postgres_password'].flatMap((type): RuleCase[] => [
      {
        name: `unused since spring, its identity used yesterday (${type})`,
        subject: 'demo:key',
        entities: estate(type, SPRING, YESTERDAY),
        edges: proves,
        expect: 'fail',
      },
      {
        name: `used as its identity is (${type})`,
        subject: 'demo:key',
        entities: estate(type, YESTERDAY, YESTERDAY),
        edges: proves,
        expect: 'pass',
      },
    ]),
    {
      name: 'its identity is as idle as it is',
      subject: 'demo:key',
      entities: estate('demo_key', SPRING, SPRING),
      edges: proves,
      expect: 'not-applicable',
    },
    {
      name: 'disabled as advised',
      subject: 'demo:key',
      entities: estate('demo_key', SPRING, YESTERDAY, { attributes: { status: 'Inactive' } }),
      edges: proves,
      expect: 'not-applicable',
    },
    {
      name: 'its use may not be read',
      subject: 'demo:key',
      entities: estate('demo_key', SPRING, YESTERDAY, { lastUsed: { unknown: 'refused', permission: 'usage.read' } }),
      edges: proves,
      expect: 'unknown',
    },
  ],
})
