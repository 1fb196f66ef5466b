import { z } from 'zod'
import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { onTypes } from './on-types.ts'
import {
  day,
  days,
  daysBetween,
  inUseSince,
  keptForEmergencies,
  list,
  momentOf,
  nameOf,
  outOfForce,
  whyUnknown,
} from './standing.ts'

export const credentialDormant = defineRule({
  id: 'credential-dormant',
  title: 'A credential in force has not been presented for months',
  owasp: ['NHI1'],
  severity: 'low',
  why: 'A credential that nobody presents is of use only to whoever finds it. It is the cheapest thing there is to take away.',
  fix: ['Disable it at its source.', 'Delete it after a month without a refused login.'],
  undo: 'Enable it again within the month.',
  effort: 5,
  about: { kind: 'credential' },
  along: { identities: ['>authenticates'] },
  params: z.strictObject({ days: z.number().int().positive().default(90) }),
  check({ entity, along }, { now, params }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    const end = momentOf(entity.expires)
    if (end !== null && end <= now.getTime()) return notApplicable('it has expired')
    if (entity.lastUsed === undefined) return notApplicable('its source does not record use')
    if ('notApplicable' in entity.lastUsed) return notApplicable(entity.lastUsed.notApplicable)
    const used = momentOf(entity.lastUsed)
    if (used === null) {
      const { reason, permission } = whyUnknown('when it was last used', entity.lastUsed)
      return unknown(reason, permission)
    }
    const idle = daysBetween(used, now.getTime())
    if (idle <= params.days) return pass
    if (keptForEmergencies(along.identities!)) return notApplicable('it is kept for emergencies')
    const since = now.getTime() - params.days * 86_400_000
    if (along.identities!.some((one) => inUseSince(one, since)))
      return notApplicable('what it proves is in use: it was left behind')
    return fail(`${nameOf(entity)} was last used on ${day(used)}.`, [
      `That is ${days(idle)} ago; the limit is ${days(params.days)}.`,
      ...(along.identities!.length > 0 ? [`It still proves ${list(along.identities!.map(nameOf))}.`] : []),
    ])
  },
  cases: onTypes(
    ['aws_access_key', 'ssh_key', 'postgres_password'],
    [
      {
        name: 'unused since spring',
        subject: 'demo:key',
        entities: [
          {
            kind: 'credential',
            type: 'demo_key',
            key: 'demo:key',
            name: 'key',
            method: 'access-key',
            lastUsed: { value: '2026-04-01T00:00:00.000Z' },
          },
        ],
        expect: 'fail',
      },
      {
        name: 'used on the limit',
        subject: 'demo:key',
        entities: [
          {
            kind: 'credential',
            type: 'demo_key',
            key: 'demo:key',
            name: 'key',
            method: 'access-key',
            lastUsed: { value: '2026-08-26T12:00:00.000Z' },
          },
        ],
        expect: 'pass',
      },
      {
        name: 'unused since spring, and its identity was used yesterday',
        subject: 'demo:key',
        entities: [
          {
            kind: 'credential',
            type: 'demo_key',
            key: 'demo:key',
            name: 'key',
            method: 'access-key',
            lastUsed: { value: '2026-04-01T00:00:00.000Z' },
          },
          {
            kind: 'identity',
            type: 'demo_account',
            key: 'demo:svc',
            name: 'svc',
            lastUsed: { value: '2026-11-23T00:00:00.000Z' },
          },
        ],
        edges: [{ from: 'demo:key', verb: 'authenticates', to: 'demo:svc' }],
        expect: 'not-applicable',
      },
      {
        name: 'the usage log is refused',
        subject: 'demo:key',
        entities: [
          {
            kind: 'credential',
            type: 'demo_key',
            key: 'demo:key',
            name: 'key',
            method: 'access-key',
            lastUsed: { unknown: 'refused', permission: 'usage.read' },
          },
        ],
        expect: 'unknown',
      },
      {
        name: 'disabled as advised',
        subject: 'demo:key',
        entities: [
          {
            kind: 'credential',
            type: 'demo_key',
            key: 'demo:key',
            name: 'key',
            method: 'access-key',
            lastUsed: { value: '2020-01-01T00:00:00.000Z' },
            attributes: { enabled: false },
          },
        ],
        expect: 'not-applicable',
      },
    ],
  ),
})
