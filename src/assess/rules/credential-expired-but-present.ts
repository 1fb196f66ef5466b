import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { onTypes } from './on-types.ts'
import { day, days, daysBetween, momentOf, nameOf, outOfForce, whyUnknown } from './standing.ts'

export const credentialExpiredButPresent = defineRule({
  id: 'credential-expired-but-present',
  title: 'A credential has expired and was never removed',
  owasp: ['NHI1'],
  severity: 'low',
  why: 'An expired credential that is left in place hides which one is in use, and comes back to life where the date is extended or not checked.',
  fix: ['Check that nothing still presents it.', 'Remove it at its source.'],
  undo: 'It no longer opened anything; put the entry back if something reports it missing.',
  effort: 5,
  about: { kind: 'credential' },
  check({ entity }, { now }) {
    const off = outOfForce(entity)
    if (off && off !== 'expired') return notApplicable(`it is ${off}`)
    if (entity.expires === undefined) return notApplicable('its source reports no end date')
    if ('notApplicable' in entity.expires) return notApplicable(entity.expires.notApplicable)
    const end = momentOf(entity.expires)
    if (end === null) {
      const { reason, permission } = whyUnknown('when it expires', entity.expires)
      return unknown(reason, permission)
    }
    if (end > now.getTime()) return pass
    return fail(`${nameOf(entity)} expired on ${day(end)} and is still there.`, [
      `It ended ${days(daysBetween(end, now.getTime()))} ago.`,
    ])
  },
  cases: onTypes(
    ['aws_server_certificate', 'postgres_password', 'ssh_certificate'],
    [
      {
        name: 'ended yesterday',
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
        expect: 'fail',
      },
      {
        name: 'ends in a second',
        subject: 'demo:cert',
        entities: [
          {
            kind: 'credential',
            type: 'x509_certificate',
            key: 'demo:cert',
            name: 'api',
            expires: { value: '2026-11-24T12:00:01.000Z' },
          },
        ],
        expect: 'pass',
      },
      {
        name: 'revoked as advised',
        subject: 'demo:cert',
        entities: [
          {
            kind: 'credential',
            type: 'x509_certificate',
            key: 'demo:cert',
            name: 'api',
            expires: { value: '2026-11-23T12:00:00.000Z' },
            attributes: { revoked: true },
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
