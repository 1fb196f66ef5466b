import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'

const KEY = 'postgres:db:5432/role/app'
const role = (attributes: Record<string, boolean>) => ({
  kind: 'identity' as const,
  type: 'postgres_role',
  key: KEY,
  name: 'app',
  attributes: { login: true, superuser: false, replication: false, bypassRowSecurity: false, ...attributes },
})

export const postgresBypassRowSecurity = defineRule({
  id: 'postgres-bypass-row-security',
  title: 'A database role reads past row security or streams the whole server',
  owasp: ['NHI5'],
  severity: 'medium',
  why: 'BYPASSRLS ignores the policies that keep tenants apart; REPLICATION copies every database, passwords’ verifiers included.',
  fix: [
    'alter role … nobypassrls, or noreplication',
    'Give a replica or a backup a role of its own that does nothing else',
  ],
  undo: 'alter role … bypassrls, or replication',
  effort: 20,
  about: { kind: 'identity', types: ['postgres_role'] },
  check({ entity }) {
    const { superuser, bypassRowSecurity, replication } = entity.attributes
    if (superuser === undefined) return notApplicable('its attributes were not read')
    if (superuser === true) return notApplicable('a superuser is past every check anyway')
    const because = [
      ...(bypassRowSecurity === true ? ['pg_roles says rolbypassrls for it'] : []),
      ...(replication === true ? ['pg_roles says rolreplication for it'] : []),
    ]
    if (because.length === 0) return pass
    return fail(
      `${entity.name} ${bypassRowSecurity === true ? 'reads past row security' : 'may stream the whole server'}`,
      because,
    )
  },
  cases: [
    { name: 'past row security', subject: KEY, entities: [role({ bypassRowSecurity: true })], expect: 'fail' },
    { name: 'may replicate', subject: KEY, entities: [role({ replication: true })], expect: 'fail' },
    {
      name: 'a superuser',
      subject: KEY,
      entities: [role({ superuser: true, replication: true })],
      expect: 'not-applicable',
    },
    { name: 'an ordinary role', subject: KEY, entities: [role({})], expect: 'pass' },
  ],
})
