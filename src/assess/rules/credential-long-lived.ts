import { z } from 'zod'
import { defineRule, type Entity, fail, type Neighbour, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { onTypes } from './on-types.ts'
import { day, days, daysBetween, keptForEmergencies, momentOf, nameOf, outOfForce, whyUnknown } from './standing.ts'

const limit = (count: number) => z.number().int().positive().default(count)

const article = (word: string): string => `${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`

/** The earliest moment since when a place that lets it in is known not to have changed. */
function oldestUse(lets: readonly Neighbour[]): number | null {
  const moments = lets
    .map(({ edge }) => Date.parse(String(edge.attributes?.['unchangedSince'] ?? '')))
    .filter((moment) => !Number.isNaN(moment))
  return moments.length === 0 ? null : Math.min(...moments)
}

/** Kept for emergencies, and not used since it was made. */
function isSealed({ lastUsed }: Entity, made: number, proved: readonly Neighbour[]): boolean {
  const used = momentOf(lastUsed)
  return (used === null || used < made) && keptForEmergencies(proved)
}

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
    // Where it was found as text and its source is read too, its source has told its age.
    if (typeof entity.attributes['detector'] === 'string' && momentOf(entity.created) === null)
      return notApplicable('it was found as text; its source knows its age')
    if (
      along.identities!.length > 0 &&
      along.identities!.every(({ entity: user }) => user !== null && outOfForce(user) !== null)
    ) {
      return notApplicable('everything it proves is out of force')
    }
    const end = momentOf(entity.expires)
    if (end !== null && end <= now.getTime()) return notApplicable('it has expired')
    if (entity.created !== undefined && 'notApplicable' in entity.created)
      return notApplicable(`it has no age: ${entity.created.notApplicable}`)
    const most = params[entity.method]
    const rotated = Date.parse(String(entity.attributes['rotated'] ?? ''))
    const made = Number.isNaN(rotated) ? momentOf(entity.created) : rotated
    // Where it is let in has not changed since: it is at least as old as that, and may be older.
    const seen = made === null ? oldestUse(along.identities!) : null
    const begun = made ?? (seen !== null && daysBetween(seen, now.getTime()) > most ? seen : null)
    if (begun === null) {
      const { reason, permission } = whyUnknown('when it was made', entity.created)
      return unknown(reason, permission)
    }
    const age = daysBetween(begun, now.getTime())
    const word = entity.method.replace('-', ' ')
    if (age > most) {
      if (isSealed(entity, begun, along.identities!))
        return notApplicable('it is kept for emergencies, and was not used since it was made')
      return fail(
        `${nameOf(entity)} has been the same ${made === null ? 'at least ' : ''}since ${day(begun)}.`,
        [
          `It is ${days(age)} old; ${article(word)} may be ${days(most)} old.`,
          end === null ? 'No end date is known for it.' : `It ends on ${day(end)}.`,
        ],
        age > 4 * most ? { severity: 'high' } : {},
      )
    }
    if (end !== null && daysBetween(begun, end) > 2 * most) {
      return fail(
        `${nameOf(entity)} was made to last until ${day(end)}.`,
        [`That is a life of ${days(daysBetween(begun, end))}; ${article(word)} may be ${days(most)} old.`],
        { severity: 'low' },
      )
    }
    return pass
  },
  cases: onTypes(
    ['aws_access_key', 'ssh_key', 'postgres_password', 'aws_iot_certificate'],
    [
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
        name: 'a certificate of the same age',
        subject: 'demo:cert',
        entities: [
          {
            kind: 'credential',
            type: 'x509_certificate',
            key: 'demo:cert',
            name: 'api',
            method: 'certificate',
            created: { value: '2026-08-25T12:00:00.000Z' },
            expires: { value: '2027-08-25T12:00:00.000Z' },
          },
        ],
        expect: 'pass',
      },
      {
        name: 'old, found as text in code, and its source tells when it was made',
        subject: 'demo:key',
        entities: [
          {
            kind: 'credential',
            type: 'demo_key',
            key: 'demo:key',
            name: 'key',
            method: 'access-key',
            created: { value: '2024-01-01T00:00:00.000Z' },
            attributes: { detector: 'demo-key' },
          },
        ],
        expect: 'fail',
      },
      ...['2025-01-01T00:00:00.000Z', '2026-10-01T00:00:00.000Z'].map((used) => ({
        name: `old, of an identity kept for emergencies, last used on ${used.slice(0, 10)}`,
        subject: 'demo:key',
        entities: [
          {
            kind: 'credential' as const,
            type: 'demo_key',
            key: 'demo:key',
            name: 'key',
            method: 'access-key' as const,
            created: { value: '2026-01-01T00:00:00.000Z' },
            lastUsed: { value: used },
          },
          {
            kind: 'identity' as const,
            type: 'demo_account',
            key: 'demo:glass',
            name: 'glass',
            attributes: { purpose: 'break-glass' },
          },
        ],
        edges: [{ from: 'demo:key', verb: 'authenticates' as const, to: 'demo:glass' }],
        expect: used < '2026' ? ('not-applicable' as const) : ('fail' as const),
      })),
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
      ...[
        {
          name: 'an SSH key whose authorized_keys has not changed in three years',
          since: '2023-11-01',
          expect: 'fail' as const,
        },
        { name: 'an SSH key of unknown age in a file of last month', since: '2026-10-20', expect: 'unknown' as const },
      ].map(({ name, since, expect }) => ({
        name,
        subject: 'ssh:key',
        entities: [
          {
            kind: 'credential' as const,
            type: 'ssh_key',
            key: 'ssh:key',
            name: 'deploy key',
            method: 'ssh-key' as const,
          },
          { kind: 'identity' as const, type: 'linux_user', key: 'host:web/user/deploy', name: 'deploy' },
        ],
        edges: [
          {
            from: 'ssh:key',
            verb: 'authenticates' as const,
            to: 'host:web/user/deploy',
            attributes: { unchangedSince: `${since}T00:00:00.000Z` },
          },
        ],
        expect,
      })),
      {
        name: 'a service’s own key, made anew at each start',
        subject: 'demo:key',
        entities: [
          {
            kind: 'credential',
            type: 'demo_key',
            key: 'demo:key',
            name: 'key',
            method: 'token',
            created: { notApplicable: 'it is made anew at each start' },
          },
        ],
        expect: 'not-applicable',
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
  ),
})
