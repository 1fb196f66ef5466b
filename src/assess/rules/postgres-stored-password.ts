import { defineRule, fail, pass } from '../../sdk/index.ts'

const KEY = 'postgres:db:5432/database/shop/stored/mapping/billing/app'
const CREDENTIAL = 'credential:hmac:00000000000000000000000000000000'

export const postgresStoredPassword = defineRule({
  id: 'postgres-stored-password',
  title: 'The database keeps a password for another system in plain text',
  owasp: ['NHI2'],
  severity: 'medium',
  why: 'Options of user mappings, subscriptions and function bodies stand in the catalogue as they are, and in every dump of it.',
  fix: [
    'For a foreign server: use password_required = false with a certificate, or a passfile the server alone can read',
    'For a function: pass the secret in when it is called, from a vault',
    'Rotate the password: copies stand in old dumps',
  ],
  undo: 'alter user mapping … options (add password …)',
  effort: 40,
  about: { kind: 'secret', types: ['postgres_stored_password'] },
  along: { credentials: ['>holds'] },
  check({ entity, along }) {
    const [credential] = along['credentials']!
    if (!credential) return pass
    const target = entity.attributes['server']
    return fail(`The ${entity.name} holds a password in plain text`, [
      `the catalogue of database ${entity.attributes['database']} keeps it in ${entity.attributes['where']}`,
      ...(target ? [`it opens ${target}`] : []),
    ])
  },
  cases: [
    {
      name: 'a user mapping with a password',
      subject: KEY,
      entities: [
        {
          kind: 'secret',
          type: 'postgres_stored_password',
          key: KEY,
          name: 'user mapping of app for foreign server billing',
          attributes: { database: 'shop', where: 'a user mapping', server: 'billing' },
        },
      ],
      edges: [{ from: KEY, verb: 'holds', to: CREDENTIAL }],
      expect: 'fail',
    },
    {
      name: 'a place whose password is gone',
      subject: KEY,
      entities: [
        {
          kind: 'secret',
          type: 'postgres_stored_password',
          key: KEY,
          name: 'user mapping of app for foreign server billing',
        },
      ],
      expect: 'pass',
    },
  ],
})
