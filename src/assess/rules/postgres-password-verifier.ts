import { defineRule, fail, pass, unknown } from '../../sdk/index.ts'

const password = (attributes: Record<string, string>, unknowns?: { verifier: { reason: string } }) => ({
  kind: 'credential' as const,
  type: 'postgres_password',
  key: 'postgres:db:5432/role/app/password',
  name: 'password of app',
  attributes,
  ...(unknowns ? { unknowns } : {}),
})

export const postgresPasswordVerifier = defineRule({
  id: 'postgres-password-verifier',
  title: 'A database password is kept as MD5 or in plain text',
  owasp: ['NHI4'],
  severity: 'medium',
  why: 'An MD5 verifier is as good as the password for logging in, and is guessed at billions a second; PostgreSQL is dropping it.',
  fix: [
    "Set password_encryption = 'scram-sha-256' and reload",
    'Set the role’s password anew: \\password the_role in psql',
    'Change md5 to scram-sha-256 in pg_hba.conf once every role is converted',
  ],
  undo: 'Set the old password again; drivers older than ten years may need md5',
  effort: 20,
  about: { kind: 'credential', types: ['postgres_password'] },
  check({ entity }) {
    const { verifier } = entity.attributes
    if (verifier === undefined) {
      const why = entity.unknowns?.['verifier']
      return unknown(why?.reason ?? 'how the password is kept was not read', why?.permission)
    }
    if (verifier === 'md5' || verifier === 'plain') {
      return fail(
        `The ${entity.name} is kept as ${verifier === 'md5' ? 'an MD5 verifier' : 'plain text'}`,
        [`pg_authid keeps it as ${verifier}`],
        verifier === 'plain' ? { severity: 'high' } : {},
      )
    }
    return pass
  },
  cases: [
    {
      name: 'kept as MD5',
      subject: 'postgres:db:5432/role/app/password',
      entities: [password({ verifier: 'md5' })],
      expect: 'fail',
    },
    {
      name: 'kept as SCRAM',
      subject: 'postgres:db:5432/role/app/password',
      entities: [password({ verifier: 'scram-sha-256' })],
      expect: 'pass',
    },
    {
      name: 'hidden from the reader',
      subject: 'postgres:db:5432/role/app/password',
      entities: [password({}, { verifier: { reason: 'superusers only' } })],
      expect: 'unknown',
    },
  ],
})
