import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'

const role = (attributes: Record<string, boolean>) => ({
  kind: 'identity' as const,
  type: 'postgres_role',
  key: 'postgres:db:5432/role/app',
  name: 'app',
  attributes: { login: true, superuser: false, bootstrap: false, createRole: false, ...attributes },
})

export const postgresSuperuserLogin = defineRule({
  id: 'postgres-superuser-login',
  title: 'A database role that programs log in with is a superuser',
  owasp: ['NHI5'],
  severity: 'high',
  why: 'A superuser passes every check of the server, reads every table, and runs programs as the server’s own unix account.',
  fix: [
    'List what the role really does: select * from pg_stat_activity where usename = the role',
    'Grant it just that: grant … on schema … to the role',
    'alter role … nosuperuser',
  ],
  undo: 'alter role … superuser, at any time',
  effort: 45,
  about: { kind: 'identity', types: ['postgres_role'] },
  check({ entity }) {
    const { superuser, bootstrap, createRole } = entity.attributes
    if (superuser === undefined) return notApplicable('its attributes were not read')
    if (bootstrap === true) return notApplicable('the role that made the cluster cannot lose its rights')
    if (superuser === true) {
      return fail(`${entity.name} can log in and is a superuser of its server`, [
        'pg_roles says rolsuper and rolcanlogin for it',
        'it is not the role that made the cluster, so it can live without',
      ])
    }
    if (createRole === true) {
      return fail(
        `${entity.name} can log in and may create roles`,
        ['pg_roles says rolcreaterole for it: it can make roles and hand them the rights it administers'],
        {
          severity: 'medium',
          fix: ['Let a deployment role create roles, and take it from this one: alter role … nocreaterole'],
        },
      )
    }
    return pass
  },
  cases: [
    {
      name: 'a superuser made for an application',
      subject: 'postgres:db:5432/role/app',
      entities: [role({ superuser: true })],
      expect: 'fail',
    },
    {
      name: 'an application that may create roles',
      subject: 'postgres:db:5432/role/app',
      entities: [role({ createRole: true })],
      expect: 'fail',
    },
    {
      name: 'the role that made the cluster',
      subject: 'postgres:db:5432/role/app',
      entities: [role({ superuser: true, bootstrap: true })],
      expect: 'not-applicable',
    },
    { name: 'an ordinary role', subject: 'postgres:db:5432/role/app', entities: [role({})], expect: 'pass' },
  ],
})
