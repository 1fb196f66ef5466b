import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasBit } from '../bits.ts'
import { compile } from '../compile.ts'
import { decide } from '../decide.ts'
import { SERVERS, type Server } from '../testing/postgres.ts'
import { type PostgresEstate, postgresEstate } from './estate.ts'
import { whoCanOn, whyRole } from './inquire.ts'
import { functionId, futureId, idOf } from './objects.ts'

/**
 * Generated servers, asked role by role and object by object what each may do; the compiled grants must say the same of everybody.
 * Statements that make no sense (rings of membership, privileges that an object does not have) the server refuses, and nothing comes of them.
 */
const ROLES = ['ana', 'bob', 'carol', 'dan', 'eve', 'fay', 'gus', 'Odd "one*', 'boss']
const SCHEMAS = ['public', 'sales', 'Back office']
const TABLES = SCHEMAS.flatMap((schema) => ['orders', 'li*nes'].map((name) => ({ schema, name })))
const q = (name: string): string => `"${name.replaceAll('"', '""')}"`
const pick = <T>(list: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...list)
const table = pick(TABLES).map(({ schema, name }) => `${q(schema)}.${q(name)}`)
const sequence = pick(SCHEMAS).map((schema) => `${q(schema)}.numbers`)
const routine = pick(SCHEMAS).map((schema) => `${q(schema)}.refund(int)`)
const role = pick(ROLES).map(q)
const grantee = fc.oneof({ weight: 5, arbitrary: role }, { weight: 1, arbitrary: fc.constant('public') })
const withOption = fc.constantFrom('', '', ' with grant option')
const some = (list: readonly string[]) =>
  fc.uniqueArray(pick(list), { minLength: 1, maxLength: 3 }).map((one) => one.join(', '))
const of = <T extends fc.Arbitrary<string>[]>(parts: TemplateStringsArray, ...values: T): fc.Arbitrary<string> =>
  fc.tuple(...values).map((words) => parts.reduce((text, part, at) => text + part + (words[at] ?? ''), ''))

const ON_TABLES = ['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger', 'maintain']
const SERVERS_OWN = ['pg_read_all_data', 'pg_write_all_data', 'pg_maintain', 'pg_monitor']
const BOOL = fc.constantFrom('true', 'false')
const statements = (version: number) =>
  fc.array(
    fc.oneof(
      of`grant ${fc.oneof({ weight: 6, arbitrary: role }, { weight: 1, arbitrary: pick(SERVERS_OWN) })} to ${role}${
        version >= 16
          ? of` with admin ${BOOL}, inherit ${BOOL}, set ${BOOL}`
          : fc.constantFrom('', ' with admin option')
      }`,
      of`alter role ${role} ${fc.constantFrom('noinherit', 'inherit', 'bypassrls', 'createrole')}`,
      of`grant ${some(ON_TABLES)} on ${table} to ${grantee}${withOption}`,
      of`grant select (card), update (card) on ${table} to ${grantee}${withOption}`,
      of`grant references (id) on ${table} to ${grantee}`,
      of`revoke ${some(ON_TABLES)} on ${table} from ${role}`,
      of`alter table ${table} owner to ${role}`,
      of`alter table ${table} ${fc.constantFrom('enable', 'force', 'disable')} row level security`,
      of`grant ${some(['usage', 'create'])} on schema ${pick(SCHEMAS).map(q)} to ${grantee}${withOption}`,
      of`alter schema ${pick(SCHEMAS).map(q)} owner to ${role}`,
      of`revoke usage on schema ${pick(SCHEMAS).map(q)} from public`,
      of`grant ${some(['usage', 'select', 'update'])} on sequence ${sequence} to ${grantee}`,
      of`alter sequence ${sequence} owner to ${role}`,
      of`grant execute on function ${routine} to ${grantee}${withOption}`,
      of`revoke execute on function ${routine} from public`,
      of`alter function ${routine} owner to ${role}`,
      of`grant ${some(['connect', 'create', 'temporary'])} on database generated to ${grantee}`,
      of`revoke connect, temporary on database generated from public`,
      of`alter database generated owner to ${role}`,
      of`grant usage on language plpgsql to ${role}`,
      of`revoke usage on language plpgsql from public`,
      of`grant usage on foreign server billing to ${grantee}`,
      of`grant select on pg_catalog.pg_authid to ${grantee}`,
      of`grant insert on pg_catalog.pg_authid to ${role}`,
      of`alter default privileges for role ${role} ${fc.constantFrom('', 'in schema public')} grant select on tables to ${grantee}`,
      of`alter default privileges for role ${role} ${fc.constantFrom('', 'in schema sales')} ${fc.constantFrom('grant', 'revoke')} insert on tables ${fc.constantFrom('to', 'from')} ${grantee}`,
    ),
    { minLength: 60, maxLength: 110 },
  )

for (const { version, missing, start } of SERVERS) {
  if (missing) console.info(missing)
  describe.skipIf(missing !== null)(`PostgreSQL ${version}`, () => {
    let server: Server
    let estate: PostgresEstate
    beforeAll(async () => {
      server = await start()
    })
    afterAll(() => server?.stop())

    async function make(seed: number): Promise<void> {
      const admin = await server.session()
      await admin.query('drop database if exists generated')
      for (const name of ROLES) await admin.query(`drop role if exists ${q(name)}`)
      for (const name of ROLES) await admin.query(`create role ${q(name)} login ${name === 'boss' ? 'superuser' : ''}`)
      await admin.query('create database generated')
      await admin.end()
      const inside = await server.session(undefined, 'generated')
      for (const schema of SCHEMAS) {
        if (schema !== 'public') await inside.query(`create schema ${q(schema)}`)
        await inside.query(
          `create sequence ${q(schema)}.numbers; create function ${q(schema)}.refund(int) returns int language sql as 'select $1'`,
        )
      }
      await inside.query('create foreign data wrapper other; create server billing foreign data wrapper other')
      for (const one of TABLES) await inside.query(`create table ${q(one.schema)}.${q(one.name)} (id int, card text)`)
      const [list] = fc.sample(statements(version), { seed, numRuns: 1 })
      for (const statement of list!) await inside.query(statement).catch(() => {})
      await inside.end()
      estate = postgresEstate([await server.rights('generated')])
    }

    /** What the server says: role, object, privilege; those it allows. */
    async function truth(): Promise<Map<string, boolean>> {
      const inside = await server.session(undefined, 'generated')
      const found = new Map<string, boolean>()
      const ask = async (object: string, privileges: readonly string[], call: string, values: unknown[]) => {
        const { rows } = await inside.query<{ role: string; privilege: string; may: boolean }>(
          `select role, privilege, ${call} as may from unnest($1::text[]) role, unnest($2::text[]) privilege`,
          [ROLES, privileges, ...values],
        )
        for (const row of rows) found.set(JSON.stringify([row.role, object, row.privilege]), row.may)
      }
      const optioned = (list: readonly string[]) => list.flatMap((one) => [one, `${one} WITH GRANT OPTION`])
      const onTables = ON_TABLES.map((one) => one.toUpperCase()).filter((one) => version >= 17 || one !== 'MAINTAIN')
      for (const { schema, name } of [...TABLES, { schema: 'pg_catalog', name: 'pg_authid' }]) {
        const full = `${q(schema)}.${q(name)}`
        await ask(
          idOf('table', 'generated', schema, name),
          optioned(onTables),
          'has_table_privilege(role, $3::text, privilege)',
          [full],
        )
        if (schema !== 'pg_catalog')
          for (const column of ['id', 'card'])
            await ask(
              idOf('column', 'generated', schema, name, column),
              optioned(['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']),
              'has_column_privilege(role, $3::text, $4::text, privilege)',
              [full, column],
            )
      }
      for (const schema of SCHEMAS) {
        await ask(
          idOf('schema', 'generated', schema),
          optioned(['USAGE', 'CREATE']),
          'has_schema_privilege(role, $3::text, privilege)',
          [schema],
        )
        await ask(
          idOf('sequence', 'generated', schema, 'numbers'),
          optioned(['USAGE', 'SELECT', 'UPDATE']),
          'has_sequence_privilege(role, $3::text, privilege)',
          [`${q(schema)}.numbers`],
        )
        await ask(
          functionId('generated', schema, 'refund(integer)'),
          optioned(['EXECUTE']),
          'has_function_privilege(role, $3::text, privilege)',
          [`${q(schema)}.refund(int)`],
        )
      }
      await ask(
        idOf('database', 'generated'),
        optioned(['CONNECT', 'CREATE', 'TEMPORARY']),
        `has_database_privilege(role, $3::text, privilege)`,
        ['generated'],
      )
      await ask(
        idOf('language', 'generated', 'plpgsql'),
        ['USAGE'],
        'has_language_privilege(role, $3::text, privilege)',
        ['plpgsql'],
      )
      await ask(idOf('server', 'generated', 'billing'), ['USAGE'], 'has_server_privilege(role, $3::text, privilege)', [
        'billing',
      ])
      const kinds = ['USAGE', 'MEMBER', 'MEMBER WITH ADMIN OPTION', ...(version >= 16 ? ['SET'] : [])]
      for (const name of [...ROLES, 'pg_read_all_data', 'pg_monitor', 'pg_database_owner'])
        await ask(idOf('role', name), kinds, 'pg_has_role(role, $3::text, privilege)', [name])
      await inside.end()
      return found
    }

    test('what each role may do to each object is what the server itself says', async () => {
      let asked = 0
      let allowed = 0
      for (const seed of [11, 23, 37, 41, 59]) {
        await make(seed)
        const compiled = compile(estate.grants)
        const wrong: string[] = []
        for (const [line, may] of await truth()) {
          const [name, object, privilege] = JSON.parse(line) as [string, string, string]
          const index = estate.indexOf(name)!
          const { possible, sure } = whoCanOn(compiled, privilege, object)
          const said = hasBit(possible, index)
          const verdict = hasBit(sure, index) ? 'yes' : said ? 'depends' : 'no'
          asked++
          if (may) allowed++
          if (said !== may) wrong.push(`${seed}: ${line}: the server says ${may}`)
          // Read statement by statement it is the same.
          if (whyRole(estate, index, privilege, object).verdict !== verdict)
            wrong.push(`${seed}: ${line}: read one by one it is not ${verdict}`)
        }
        expect(wrong).toEqual([])
      }
      expect(asked).toBeGreaterThan(10_000)
      // A server that allows all, or nothing, would prove nothing.
      expect(Math.min(allowed, asked - allowed)).toBeGreaterThan(asked / 10)
    }, 240_000)

    test('what tables to come will give is what they give when they have come', async () => {
      const wrong: string[] = []
      let given = 0
      for (const seed of [101, 103]) {
        await make(seed)
        const before = estate
        const compiled = compile(before.grants)
        const inside = await server.session(undefined, 'generated')
        for (const schema of ['public', 'sales'])
          for (const creator of ROLES) {
            await inside.query(`grant create on schema ${q(schema)} to ${q(creator)}; set role ${q(creator)}`)
            await inside.query(`create table ${q(schema)}.${q(`new ${creator}`)} (id int)`)
            await inside.query('reset role')
            const { rows } = await inside.query<{ role: string; privilege: string; may: boolean }>(
              `select role, privilege, has_table_privilege(role, $3::text, privilege) as may from unnest($1::text[]) role, unnest($2::text[]) privilege`,
              [ROLES, ['SELECT', 'INSERT'], `${q(schema)}.${q(`new ${creator}`)}`],
            )
            const object = futureId('table', 'generated', schema, creator)
            for (const { role: name, privilege, may } of rows) {
              const index = before.indexOf(name)!
              if (may) given++
              // One that never said anything gives to itself alone.
              const silent = hasBit(before.havingPrivilegesOf(creator), index) || hasBit(before.superusers, index)
              const said = before.objects.has(object)
                ? hasBit(whoCanOn(compiled, privilege, object).possible, index)
                : silent
              if (said !== may) wrong.push(`${seed}: ${name} ${privilege} ${object}: the server says ${may}`)
            }
          }
        await inside.end()
      }
      expect(wrong).toEqual([])
      expect(given).toBeGreaterThan(50)
    }, 120_000)
  })
}

test('a table with row security is open as far as its policies say, and wholly to its owner and to who passes it by', async () => {
  const role = (name: string, more: object = {}) => ({
    what: 'role' as const,
    name,
    superuser: false,
    login: true,
    createRole: false,
    createDatabase: false,
    replication: false,
    bypassRowSecurity: false,
    ...more,
  })
  const rows = (rowSecurity: 'yes' | 'forced') =>
    postgresEstate([
      [
        { what: 'cluster', version: 180_000, database: 'shop' },
        role('owner'),
        role('reader'),
        role('auditor', { bypassRowSecurity: true }),
        {
          what: 'table',
          schema: 'public',
          name: 'orders',
          owner: 'owner',
          kind: 'table',
          rowSecurity,
          acl: ['owner', 'reader', 'auditor'].map((to) => ({ to, may: ['SELECT'], grants: [] })),
        },
      ],
    ])
  const said = (estate: PostgresEstate) =>
    ['owner', 'reader', 'auditor'].map(
      (name) =>
        decide(estate.grants, estate.indexOf(name)!, { action: 'SELECT', resource: 'table:shop.public.orders' })
          .verdict,
    )
  expect(said(rows('yes'))).toEqual(['yes', 'depends', 'yes'])
  expect(said(rows('forced'))).toEqual(['depends', 'depends', 'yes'])
})
