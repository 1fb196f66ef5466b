import { z } from 'zod'
import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { onTypes } from './on-types.ts'
import { day, days, daysBetween, list, momentOf, nameOf, outOfForce, whyUnknown } from './standing.ts'

export const credentialAboutToExpire = defineRule({
  id: 'credential-about-to-expire',
  title: 'A credential in use ends soon and nothing is known to renew it',
  owasp: [],
  severity: 'medium',
  why: 'What ends without a successor is an outage with a date. It is also the day on which somebody makes a new one in haste, and makes it long-lived.',
  fix: [
    'Make its successor now.',
    'Hand it to every user named here and see that they take it.',
    'Remove the old one.',
  ],
  undo: 'The old credential works until its end date; go back to it until then.',
  effort: 20,
  about: { kind: 'credential' },
  along: { identities: ['>authenticates'] },
  params: z.strictObject({
    days: z.number().int().positive().default(30),
    urgentDays: z.number().int().nonnegative().default(7),
  }),
  check({ entity, along }, { now, params }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    if (entity.attributes['autoRenew'] === true) return notApplicable('it renews itself')
    if (entity.expires === undefined) return notApplicable('its source reports no end date')
    if ('notApplicable' in entity.expires) return notApplicable(entity.expires.notApplicable)
    const end = momentOf(entity.expires)
    if (end === null) {
      const { reason, permission } = whyUnknown('when it expires', entity.expires)
      return unknown(reason, permission)
    }
    if (end <= now.getTime()) return notApplicable('it has expired')
    const left = daysBetween(now.getTime(), end)
    const begun = momentOf(entity.created)
    const shortLived = begun !== null && end - begun < params.days * 2 * 86_400_000
    if (left > params.days || (shortLived && left > 1)) return pass
    return fail(
      `${nameOf(entity)} ends on ${day(end)}.`,
      [
        `That is in ${days(left)}, and nothing is known to renew it.`,
        ...(along.identities!.length > 0 ? [`It proves ${list(along.identities!.map(nameOf))}.`] : []),
      ],
      left <= params.urgentDays ? { severity: 'high' } : {},
    )
  },
  cases: onTypes(
    ['aws_acm_certificate', 'postgres_password', 'ssh_certificate'],
    [
      {
        name: 'thirty days left',
        subject: 'demo:cert',
        entities: [
          {
            kind: 'credential',
            type: 'x509_certificate',
            key: 'demo:cert',
            name: 'api',
            expires: { value: '2026-12-24T13:00:00.000Z' },
          },
        ],
        expect: 'fail',
      },
      {
        name: 'thirty-one days left',
        subject: 'demo:cert',
        entities: [
          {
            kind: 'credential',
            type: 'x509_certificate',
            key: 'demo:cert',
            name: 'api',
            expires: { value: '2026-12-25T13:00:00.000Z' },
          },
        ],
        expect: 'pass',
      },
      {
        name: 'made for a week, three days left',
        subject: 'demo:cert',
        entities: [
          {
            kind: 'credential',
            type: 'x509_certificate',
            key: 'demo:cert',
            name: 'workload',
            created: { value: '2026-11-20T12:00:00.000Z' },
            expires: { value: '2026-11-27T13:00:00.000Z' },
          },
        ],
        expect: 'pass',
      },
      {
        name: 'already expired is another rule',
        subject: 'demo:cert',
        entities: [
          {
            kind: 'credential',
            type: 'x509_certificate',
            key: 'demo:cert',
            name: 'api',
            expires: { value: '2026-11-23T12:00:00.000Z' },
          },
        ],
        expect: 'not-applicable',
      },
      {
        name: 'the end date could not be read',
        subject: 'demo:cert',
        entities: [
          {
            kind: 'credential',
            type: 'x509_certificate',
            key: 'demo:cert',
            name: 'api',
            expires: { unknown: 'the file is not readable' },
          },
        ],
        expect: 'unknown',
      },
    ],
  ),
})
