import { defineRule, fail, pass } from '../../sdk/index.ts'

/** Membership in one of these is the server's unix account by another name. */
const POWERS: Record<string, string> = {
  pg_execute_server_program: 'runs programs on the server as its unix account',
  pg_write_server_files: 'writes any file the server may write',
  pg_read_server_files: 'reads any file the server may read',
}

const APP = 'postgres:db:5432/role/app'
const login = { kind: 'identity' as const, type: 'postgres_role', key: APP, name: 'app', attributes: { login: true } }
const power = (name: string) => ({
  kind: 'entitlement' as const,
  type: 'postgres_role',
  key: `postgres:db:5432/role/${name}`,
  name,
  attributes: { login: false },
})
const has = (from: string, to: string) => ({
  from: `postgres:db:5432/role/${from}`,
  verb: 'has' as const,
  to: `postgres:db:5432/role/${to}`,
})

export const postgresServerPrograms = defineRule({
  id: 'postgres-server-programs',
  title: 'A database role may run programs or touch files on the server',
  owasp: ['NHI5'],
  severity: 'high',
  why: 'With COPY … PROGRAM or server files a login to the database becomes a shell on its machine.',
  fix: [
    'revoke pg_execute_server_program from the role, or the group that brings it',
    'Load files through the client: \\copy',
  ],
  undo: 'grant it again, at any time',
  effort: 20,
  about: { kind: 'identity', types: ['postgres_role'] },
  along: { groups: ['>has'], outer: ['>has', '>has'], outermost: ['>has', '>has', '>has'] },
  needs: ['postgres_role'],
  check({ entity, along }) {
    const held = [...along['groups']!, ...along['outer']!, ...along['outermost']!].flatMap(({ key, edge }) => {
      const name = key.split('/role/')[1] ?? ''
      return POWERS[name] ? [{ name, from: edge.from }] : []
    })
    if (held.length === 0) return pass
    const strongest = Object.keys(POWERS).find((name) => held.some((one) => one.name === name))!
    return fail(
      `${entity.name} ${POWERS[strongest]}`,
      held.map(({ name, from }) =>
        from === entity.key
          ? `it is a member of ${name}`
          : `it is a member of ${from.split('/role/')[1]}, which is a member of ${name}`,
      ),
    )
  },
  cases: [
    {
      name: 'a direct member',
      subject: APP,
      entities: [login, power('pg_execute_server_program')],
      edges: [has('app', 'pg_execute_server_program')],
      expect: 'fail',
    },
    {
      name: 'a member through a group',
      subject: APP,
      entities: [login, power('loaders'), power('pg_read_server_files')],
      edges: [has('app', 'loaders'), has('loaders', 'pg_read_server_files')],
      expect: 'fail',
    },
    {
      name: 'a member of a harmless group',
      subject: APP,
      entities: [login, power('pg_monitor')],
      edges: [has('app', 'pg_monitor')],
      expect: 'pass',
    },
    { name: 'memberships not read', subject: APP, entities: [login], incomplete: ['postgres_role'], expect: 'unknown' },
  ],
})
