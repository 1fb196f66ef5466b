import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../platform/testing/index.ts'
import { type Collection, type Detection, type Entity, ReeveError, Sensitive } from '../../sdk/index.ts'
import { testCollection, testRun } from '../../sdk/testing/index.ts'
import { type Config, connect, type Postgres } from './client.ts'
import { grants } from './grants.ts'
import { hostRules } from './host-rules.ts'
import { roles } from './roles.ts'
import { server } from './server.ts'
import { sessions } from './sessions.ts'
import { passwordOf, storedCredentials } from './stored-credentials.ts'

const PASSWORD = 'k7-Wm4q.unlisted'
const MAPPED = 'fdw"pass\\word 9'
const IN_FUNCTION = 'inline-Pq83-literal'

/** Everything the test makes bears this, so that it runs beside others on one server. */
const mark = `rv${process.pid}`
const APP = `${mark}_app`
const GROUP = `${mark}_group`
const READER = `${mark}_reader`
const SUPER = `${mark}_super`

let database: TestDatabase
let settings: Config
const opened: Postgres[] = []

const settingsFrom = (url: string): Config => {
  const parsed = new URL(url.replace('postgres:///', 'postgres://localhost/'))
  const socket = parsed.searchParams.get('host')
  return {
    host: socket ?? parsed.hostname,
    port: Number(parsed.searchParams.get('port') ?? (parsed.port || 5432)),
    user: decodeURIComponent(parsed.searchParams.get('user') ?? parsed.username),
    password: decodeURIComponent(parsed.searchParams.get('password') ?? parsed.password) || undefined,
    database: parsed.pathname.slice(1),
    databases: [parsed.pathname.slice(1)],
    tls: 'prefer',
  }
}

const open = async (over: Partial<Config> = {}): Promise<Postgres> => {
  const client = await connect({ ...settings, ...over }, testRun())
  opened.push(client)
  return client
}

const read = async (collection: Collection<Postgres>, over: Partial<Config> = {}, run = testRun()) =>
  testCollection(collection, await open(over), run, { secrets: [PASSWORD, MAPPED, IN_FUNCTION] })

beforeAll(async () => {
  database = await testDatabase()
  settings = settingsFrom(database.url)
  await database.pool.query(`
    create role ${GROUP};
    create role ${APP} login password '${PASSWORD}' valid until '2027-01-31 00:00+00' in role ${GROUP};
    create role ${READER} login;
    create role ${SUPER} login superuser;
    create schema sales authorization ${GROUP};
    create table sales.orders (id int, card text);
    create table sales.lines (id int);
    create view sales.summary as select 1 as one;
    alter table sales.orders owner to ${GROUP};
    grant select, insert on sales.orders, sales.lines to ${APP};
    grant select (one) on sales.summary to ${APP};
    grant usage on schema sales to ${APP} with grant option;
    grant select on sales.orders to public;
    alter default privileges in schema sales grant select on tables to ${APP};
    create function sales.refund(n int) returns int language sql security definer as $$ select 1 /* ${IN_FUNCTION} */ $$;
    create foreign data wrapper ${mark}_fdw;
    create server billing foreign data wrapper ${mark}_fdw options (host 'billing.example');
    create user mapping for ${APP} server billing options (user 'shop', password '${MAPPED}');
  `)
})

afterAll(async () => {
  await Promise.all(opened.map((client) => client.close()))
  await database.pool.query(`
    drop server billing cascade;
    drop owned by ${APP}, ${GROUP}, ${READER}, ${SUPER} cascade;
    drop role ${APP}, ${READER}, ${SUPER};
    drop role ${GROUP};
  `)
  await database.close()
})

const at = (key: string) => `postgres:localhost:${settings.port}${key}`

describe('roles', () => {
  test('a login role is an identity with its attributes, its password a credential with an end', async () => {
    const found = await read(roles)
    const app = found.entity(at(`/role/${APP}`))
    expect(app).toMatchObject({
      kind: 'identity',
      type: 'postgres_role',
      expires: { value: '2027-01-31T00:00:00.000Z' },
    })
    expect(app.attributes).toMatchObject({ superuser: false, login: true, bypassRowSecurity: false })
    expect(found.entity(at(`/role/${APP}/password`))).toMatchObject({
      method: 'password',
      expires: { value: '2027-01-31T00:00:00.000Z' },
      attributes: { verifier: 'scram-sha-256' },
    })
    expect(found.sentences).toContain(`${at(`/role/${APP}/password`)} authenticates ${at(`/role/${APP}`)}`)
  })

  test('a role that cannot log in is an entitlement, which its members have', async () => {
    const found = await read(roles)
    expect(found.entity(at(`/role/${GROUP}`)).kind).toBe('entitlement')
    expect(found.sentences).toContain(`${at(`/role/${APP}`)} has ${at(`/role/${GROUP}`)}`)
  })

  test('a role without a password has none', async () => {
    const found = await read(roles)
    expect(found.entities.map((entity) => entity.key)).not.toContain(at(`/role/${READER}/password`))
  })

  test('a reader that is no superuser gets the roles, and the ledger says what was hidden', async () => {
    const found = await read(roles, { user: READER, password: undefined })
    expect(found.entity(at(`/role/${APP}/password`)).unknowns).toHaveProperty(
      'verifier.permission',
      'select on pg_authid',
    )
    expect(found.ledger.refusals).toMatchObject([{ permission: 'select on pg_authid' }])
  })
})

describe('grants', () => {
  test('what a role holds in a schema is one entitlement for each set of privileges', async () => {
    const found = await read(grants)
    const key = at(`/database/${settings.database}/grant/${APP}/sales/tables/INSERT+SELECT`)
    expect(found.entity(key).attributes).toMatchObject({
      privileges: ['INSERT', 'SELECT'],
      objects: 2,
      grantable: false,
    })
    expect(found.sentences).toContain(`${at(`/role/${APP}`)} has ${key}`)
    expect(found.sentences).toContain(`${key} allows ${at(`/database/${settings.database}/schema/sales/table/orders`)}`)
  })

  test('a grant on one column is seen', async () => {
    const found = await read(grants)
    const key = at(`/database/${settings.database}/grant/${APP}/sales/columns/SELECT`)
    expect(found.edges).toContainEqual({
      from: key,
      verb: 'allows',
      to: at(`/database/${settings.database}/schema/sales/table/summary`),
      attributes: { privileges: ['SELECT'], columns: ['one'] },
    })
  })

  test('grant option, default privileges and PUBLIC are told apart', async () => {
    const found = await read(grants)
    const names = found.entities.filter((entity) => entity.type === 'postgres_grant').map((entity) => entity.key)
    expect(names).toContain(at(`/database/${settings.database}/grant/${APP}/sales/schema/USAGE+GRANT`))
    expect(names).toContain(at(`/database/${settings.database}/grant/${APP}/sales/future tables/SELECT`))
    expect(names).toContain(at(`/database/${settings.database}/grant/PUBLIC/sales/tables/SELECT`))
  })

  test('the owner of a table controls it', async () => {
    const found = await read(grants)
    expect(found.sentences).toContain(
      `${at(`/role/${GROUP}`)} controls ${at(`/database/${settings.database}/schema/sales/table/orders`)}`,
    )
  })

  test('a SECURITY DEFINER function names its callers and its owner', async () => {
    const found = await read(grants)
    const definer = found.entities.find((entity) => entity.type === 'postgres_definer_function')
    expect(definer?.attributes).toMatchObject({ ownerIsSuperuser: true, callers: ['PUBLIC'], searchPathFixed: false })
  })

  test('a database that cannot be entered is a line of the ledger, the others are read', async () => {
    const found = await read(grants, { databases: [settings.database, 'no_such_database'] })
    expect(found.ledger.refusals).toMatchObject([{ scope: 'no_such_database' }])
    expect(found.entities.some((entity) => entity.type === 'postgres_table')).toBe(true)
  })
})

describe('what a role may do to tables', () => {
  const PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']
  const NESTED = `${mark}_nested`
  const LATER = `${mark}_later`
  const AUDIT = `${mark}_audit`
  const ROLES = [APP, GROUP, READER, NESTED, LATER, AUDIT]

  beforeAll(async () => {
    await database.pool.query(`
      create role ${NESTED} login in role ${APP};
      create role ${LATER} login noinherit in role ${GROUP};
      create role ${AUDIT} login in role pg_read_all_data;
      create table sales."odd ""name" (id int, secret text);
      create table sales.shut (id int);
      alter table sales.shut owner to ${NESTED};
      revoke all on sales.shut from ${NESTED};
      grant trigger on sales.shut to ${GROUP};
      grant update (id), select (secret) on sales."odd ""name" to ${NESTED};
      grant delete on sales."odd ""name" to ${LATER};
    `)
  })
  afterAll(async () => {
    await database.pool.query(
      `drop owned by ${NESTED}, ${LATER}, ${AUDIT} cascade; drop role ${NESTED}, ${LATER}, ${AUDIT}`,
    )
  })

  /** `role|table|column|PRIVILEGE`, no column for the whole table; from the graph alone. */
  const told = async () => {
    const items = [await read(roles), await read(grants), await read(server)].flatMap(({ entities, edges }) => [
      ...entities,
      ...edges,
    ])
    const edges = items.flatMap((item) => ('verb' in item ? [item] : []))
    const tables = items.flatMap((item) => ('kind' in item && item.type === 'postgres_table' ? [item.key] : []))
    const lines = new Set<string>()
    for (const role of ROLES) {
      const held = new Set([at(`/role/${role}`)])
      for (const key of held) {
        for (const edge of edges) {
          if (edge.from !== key) continue
          if (edge.verb === 'has' && edge.attributes?.['inherits'] !== false) held.add(edge.to)
          if (edge.verb !== 'allows') continue
          const {
            privileges,
            columns = [''],
            on,
          } = edge.attributes as { privileges: string[]; columns?: string[]; on?: string }
          // A superuser's own power is not handed on with membership.
          if (privileges.includes('ALL') && key !== at(`/role/${role}`)) continue
          for (const table of on === 'all tables' ? tables : tables.includes(edge.to) ? [edge.to] : [])
            for (const column of columns)
              for (const privilege of privileges) lines.add([role, table, column, privilege].join('|'))
        }
      }
    }
    return lines
  }

  test('equals what the server itself answers, for each role, table, column and privilege', async () => {
    const { rows } = await database.pool.query<{ line: string }>(
      `with relation as (
         select c.oid, n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
       ), asked as (
         select role, relation.*, privilege from unnest($1::text[]) role, relation, unnest($2::text[]) privilege
       )
       select role || chr(31) || nspname || chr(31) || relname || chr(31) || '' || chr(31) || privilege as line
       from asked where has_table_privilege(role, oid, privilege)
       union
       select role || chr(31) || nspname || chr(31) || relname || chr(31) || attname || chr(31) || privilege
       from asked join pg_attribute t on t.attrelid = oid and t.attnum > 0
       where privilege in ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
         and has_column_privilege(role, oid, t.attnum, privilege) and not has_table_privilege(role, oid, privilege)`,
      [ROLES, PRIVILEGES],
    )
    const truth = rows.map(({ line }) => {
      const [role, schema, table, column, privilege] = line.split('\u001f')
      return [role, at(`/database/${settings.database}/schema/${schema}/table/${table}`), column, privilege].join('|')
    })
    // A column is covered by its table: the server is asked for columns only where the table is not granted.
    const said = await told()
    const covered = (line: string) => {
      const [role, table, column, privilege] = line.split('|')
      return column !== '' && said.has([role, table, '', privilege].join('|'))
    }
    const lines = [...said].filter((line) => !line.endsWith('MAINTAIN') && !covered(line))
    expect(lines.toSorted()).toEqual(truth.toSorted())
    expect(truth.length).toBeGreaterThan(30)
  })

  test('a superuser may do everything to the server', async () => {
    const found = await read(roles)
    expect(found.edges).toContainEqual({
      from: at(`/role/${SUPER}`),
      verb: 'allows',
      to: at(''),
      attributes: { privileges: ['ALL'], on: 'all tables' },
    })
  })
})

test('the server contains databases and schemas, with settings as they are', async () => {
  const found = await read(server, { environment: 'staging' })
  expect(found.entity(at(''))).toMatchObject({
    environment: 'staging',
    attributes: { passwordEncryption: 'scram-sha-256' },
  })
  expect(found.sentences).toContain(
    `${at(`/database/${settings.database}`)} contains ${at(`/database/${settings.database}/schema/sales`)}`,
  )
})

describe('host rules', () => {
  test('each valid line is an entitlement with its method', async () => {
    const found = await read(hostRules)
    expect(found.entities.length).toBeGreaterThan(0)
    for (const rule of found.entities) expect(rule.attributes['method']).toEqual(expect.any(String))
  })

  test('a reader that is no superuser is refused, with the grant to ask for', async () => {
    await expect(read(hostRules, { user: READER, password: undefined })).rejects.toMatchObject({
      code: 'source/refused',
      permission: expect.stringContaining('pg_hba_file_rules'),
    })
  })
})

describe('sessions', () => {
  const sessionOf = async (application: string) => {
    const client = new pg.Client({
      host: settings.host,
      port: settings.port,
      user: APP,
      password: PASSWORD,
      database: settings.database,
      application_name: application,
    })
    await client.connect()
    return client
  }

  test('each program and address that uses a role is a workload, and the role was last used then', async () => {
    const program = await sessionOf('orders-api')
    const person = await sessionOf('psql')
    try {
      const found = await read(sessions)
      expect(found.entity(at(`/client/${APP}/orders-api@local`)).attributes).toMatchObject({
        interactive: false,
        sessions: 1,
      })
      expect(found.entity(at(`/client/${APP}/psql@local`)).attributes).toMatchObject({ interactive: true })
      expect(found.sentences).toContain(`${at(`/client/${APP}/psql@local`)} uses ${at(`/role/${APP}`)}`)
      const role = found.entity(at(`/role/${APP}`))
      expect(role.lastUsed).toHaveProperty('value')
      expect(role.lastUsedBy).toMatchObject({ value: expect.stringContaining('orders-api') })
    } finally {
      await program.end()
      await person.end()
    }
  })

  test('a role without a session is unknown, not unused', async () => {
    const found = await read(sessions)
    expect(found.entity(at(`/role/${SUPER}`)).lastUsed).toMatchObject({
      unknown: expect.stringContaining('keeps no date'),
    })
  })

  test('a reader outside pg_monitor sees its own, and the ledger names the grant', async () => {
    const found = await read(sessions, { user: READER, password: undefined })
    expect(found.ledger.refusals).toMatchObject([{ permission: `grant pg_monitor to ${READER}` }])
  })
})

describe('stored credentials', () => {
  test('a password in a user mapping is a fingerprint at a place', async () => {
    const run = testRun()
    const found = await read(storedCredentials, {}, run)
    const credential = `credential:${run.fingerprint(MAPPED)}`
    expect(found.entity(credential)).toMatchObject({ method: 'password', type: 'secret_value' })
    expect(found.sentences).toContain(
      `${at(`/database/${settings.database}/stored/mapping/billing/${APP}`)} holds ${credential}`,
    )
  })

  test('what the detectors find in a function stands at its line', async () => {
    const finds = (bytes: Uint8Array): Detection[] => {
      const start = Buffer.from(bytes).indexOf(IN_FUNCTION)
      if (start < 0) return []
      return [
        {
          detector: 'planted',
          provider: 'generic',
          title: 'planted secret',
          severity: 'high',
          method: 'password',
          value: new Sensitive(IN_FUNCTION),
          redacted: '****',
          start,
          end: start + IN_FUNCTION.length,
          line: 1,
          column: start + 1,
        },
      ]
    }
    const found = await read(storedCredentials, {}, testRun({ scan: finds }))
    const places = found.entities
      .filter((entity: Entity) => entity.type === 'postgres_stored_password')
      .map((entity) => entity.name)
    expect(places).toContain('function sales.refund(n integer), line 1')
  })

  test('mappings whose options are hidden are counted in the ledger', async () => {
    const found = await read(storedCredentials, { user: READER, password: undefined })
    expect(found.ledger.refusals.some((refusal) => refusal.scope.endsWith('user mappings'))).toBe(true)
  })
})

describe('a connection that cannot be made says what to do', () => {
  const codeOf = (over: Partial<Config>) =>
    connect({ ...settings, ...over }, testRun()).then(
      () => 'connected',
      (error: unknown) => (error instanceof ReeveError ? error.code : String(error)),
    )
  test.for([
    ['nobody listens', { host: '127.0.0.1', port: 1 }, 'postgres/unreachable'],
    ['no such database', { database: 'no_such_database' }, 'postgres/no-database'],
    ['no such role', { user: 'no_such_role' }, 'postgres/login-refused'],
  ] as const)('%s', async ([, over, code]) => {
    expect(await codeOf(over)).toBe(code)
  })
})

test('sessions are read-only', async () => {
  const client = await open()
  await expect(Array.fromAsync(client.rows('create table written (x int)'))).rejects.toThrow(/read-only/)
})

test.for([
  ['host=a password=plain user=b', 'plain'],
  [`host=a password='with \\' quote' user=b`, "with ' quote"],
  ['postgres://u:p%40ss@h/db', 'p@ss'],
  ['postgresql://u@h/db?password=query', 'query'],
  ['host=a user=b', undefined],
  ['host=a passfile=/x user=b', undefined],
])('the password of %s', ([conninfo, password]) => {
  expect(passwordOf(conninfo!)).toBe(password)
})

test('the test server speaks on a socket or on loopback', () => {
  expect(inject('postgres')).toMatch(/^postgres(ql)?:\/\//)
})
