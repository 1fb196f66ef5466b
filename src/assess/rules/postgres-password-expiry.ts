import { defineRule, fail, pass, unknown } from '../../sdk/index.ts'

const KEY = 'postgres:db:5432/role/app/password'
const password = (expires: { value: string } | { notApplicable: string } | undefined) => ({
  kind: 'credential' as const,
  type: 'postgres_password',
  key: KEY,
  name: 'password of app',
  ...(expires ? { expires } : {}),
})

export const postgresPasswordExpiry = defineRule({
  id: 'postgres-password-expiry',
  title: 'A database password never ends, or ended and was left',
  owasp: ['NHI7', 'NHI1'],
  severity: 'low',
  why: 'A password without an end is valid in every old dump, image and laptop for ever; an ended one marks a role nobody needs.',
  fix: [
    "alter role … valid until '2027-03-01', and put its renewal into the calendar",
    'Better: short-lived logins from a vault',
  ],
  undo: "alter role … valid until 'infinity'",
  effort: 10,
  about: { kind: 'credential', types: ['postgres_password'] },
  check({ entity }, { now }) {
    const { expires } = entity
    if (expires === undefined || 'unknown' in expires) return unknown('its end was not read')
    if ('notApplicable' in expires) return fail(`The ${entity.name} never expires`, ['rolvaliduntil is not set'])
    if (Date.parse(expires.value) <= now.getTime()) {
      return fail(
        `The ${entity.name} ended on ${expires.value.slice(0, 10)}, and the role is still there`,
        [`rolvaliduntil is ${expires.value}`],
        { fix: ['drop role …, after reassign owned; or set a new password with a new end if it is needed'] },
      )
    }
    return pass
  },
  cases: [
    { name: 'no end', subject: KEY, entities: [password({ notApplicable: 'it never expires' })], expect: 'fail' },
    {
      name: 'ends at this moment',
      subject: KEY,
      entities: [password({ value: '2026-11-24T12:00:00.000Z' })],
      expect: 'fail',
    },
    {
      name: 'ends a second later',
      subject: KEY,
      entities: [password({ value: '2026-11-24T12:00:01.000Z' })],
      expect: 'pass',
    },
    { name: 'not read', subject: KEY, entities: [password(undefined)], expect: 'unknown' },
  ],
})
