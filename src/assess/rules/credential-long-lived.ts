import { z } from 'zod'
import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { day, days, daysBetween, momentOf, nameOf, outOfForce, whyUnknown } from './standing.ts'

const limit = (count: number) => z.number().int().positive().default(count)

export const credentialLongLived = defineRule({
  id: 'credential-long-lived',
  title: 'A static credential is older than its class may be',
  owasp: ['NHI7'],
  severity: 'medium',
  why: 'The longer a value lives the more copies of it there are. Limits follow its class: 90 days for bearer values that open a system alone, up to the two years that NIST SP 800-57 gives a private authentication key.',
  fix: [
    'Make a second credential beside it.',
    'Move every user of the old one over.',
    'Retire the old one, or replace both by federation or short-lived certificates.',
  ],
  undo: 'Keep the old credential disabled, not deleted, until every user has moved; enable it to go back.',
  effort: 30,
  about: { kind: 'credential' },
  along: { identities: ['>authenticates'] },
  params: z.strictObject({
    'access-key': limit(90),
    token: limit(90),
    'client-secret': limit(180),
    password: limit(365),
    certificate: limit(398),
    'ssh-key': limit(730),
  }),
  check({ entity, along }, { now, params }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    if (entity.method === undefined || entity.method === 'federation')
      return notApplicable('it is not a static credential')
    if (typeof entity.attributes['detector'] === 'string')
      return notApplicable('it was found as text; its source knows its age')
    if (
      along.identities!.length > 0 &&
      along.identities!.every(({ entity: user }) => user !== null && outOfForce(user) !== null)
    ) {
      return notApplicable('everything it proves is out of force')
    }
    const end = momentOf(entity.expires)
    if (end !== null && end <= now.getTime()) return notApplicable('it has expired')
    const rotated = Date.parse(String(entity.attributes['rotated'] ?? ''))
    const begun = Number.isNaN(rotated) ? momentOf(entity.created) : rotated
    if (begun === null) {
      const { reason, permission } = whyUnknown('when it was made', entity.created)
      return unknown(reason, permission)
    }
    const most = params[entity.method]
    const age = daysBetween(begun, now.getTime())
    const word = entity.method.replace('-', ' ')
    if (age > most) {
      return fail(
        `${nameOf(entity)} has been the same since ${day(begun)}.`,
        [
          `It is ${days(age)} old; a ${word} may be ${days(most)} old.`,
          end === null ? 'No end date is known for it.' : `It ends on ${day(end)}.`,
        ],
        age > 4 * most ? { severity: 'high' } : {},
      )
    }
    if (end !== null && daysBetween(begun, end) > 2 * most) {
      return fail(
        `${nameOf(entity)} was made to last until ${day(end)}.`,
        [`That is a life of ${days(daysBetween(begun, end))}; a ${word} may be ${days(most)} old.`],
        { severity: 'low' },
      )
    }
    return pass
  },
  cases: [
    {
      name: 'an access key of 91 days',
      subject: 'demo:key',
      entities: [
        {
          kind: 'credential',
          type: 'demo_key',
          key: 'demo:key',
          name: 'key',
          method: 'access-key',
          created: { value: '2026-08-25T12:00:00.000Z' },
        },
      ],
      expect: 'fail',
    },
    {
      name: 'an SSH key of the same age',
      subject: 'demo:key',
      entities: [
        {
          kind: 'credential',
          type: 'ssh_key',
          key: 'demo:key',
          name: 'key',
          method: 'ssh-key',
          created: { value: '2026-08-25T12:00:00.000Z' },
        },
      ],
      expect: 'pass',
    },
    {
      name: 'a certificate made for ten years',
      subject: 'demo:cert',
      entities: [
        {
          kind: 'credential',
          type: 'x509_certificate',
          key: 'demo:cert',
          name: 'api',
          method: 'certificate',
          created: { value: '2026-11-01T00:00:00.000Z' },
          expires: { value: '2036-11-01T00:00:00.000Z' },
        },
      ],
      expect: 'fail',
    },
    {
      name: 'rotated since',
      subject: 'demo:key',
      entities: [
        {
          kind: 'credential',
          type: 'demo_key',
          key: 'demo:key',
          name: 'key',
          method: 'access-key',
          created: { value: '2020-01-01T00:00:00.000Z' },
          attributes: { rotated: '2026-11-01T00:00:00.000Z' },
        },
      ],
      expect: 'pass',
    },
    {
      name: 'nobody knows when it was made',
      subject: 'demo:key',
      entities: [{ kind: 'credential', type: 'demo_key', key: 'demo:key', name: 'key', method: 'token' }],
      expect: 'unknown',
    },
    {
      name: 'old, and made inactive as advised',
      subject: 'demo:key',
      entities: [
        {
          kind: 'credential',
          type: 'demo_key',
          key: 'demo:key',
          name: 'key',
          method: 'access-key',
          created: { value: '2020-01-01T00:00:00.000Z' },
          attributes: { status: 'Inactive' },
        },
      ],
      expect: 'not-applicable',
    },
  ],
})
