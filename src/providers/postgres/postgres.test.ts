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
import { settingsFrom } from './testing/settings.ts'

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
