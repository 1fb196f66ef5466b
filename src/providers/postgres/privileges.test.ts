import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPool, startPostgres } from '../../platform/index.ts'
import type { Collection } from '../../sdk/index.ts'
import { testCollection, testRun } from '../../sdk/testing/index.ts'
import { type Config, connect, type Postgres } from './client.ts'
import { grants } from './grants.ts'
import { roles } from './roles.ts'
import { server } from './server.ts'
import { settingsFrom } from './testing/settings.ts'

/** What the graph says that a role may do to tables, against the server's own word; on a server of its own, since roles are seen by all. */
const [APP, GROUP, READER, SUPER] = ['app', 'group_', 'reader', 'super_']
const PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']
const NESTED = 'nested'
const LATER = 'later'
const AUDIT = 'audit'
const ROLES = [APP, GROUP, READER, NESTED, LATER, AUDIT]

let folder: string
let cluster: Awaited<ReturnType<typeof startPostgres>>
let pool: ReturnType<typeof openPool>
let settings: Config
const opened: Postgres[] = []
const at = (key: string) => `postgres:localhost:${settings.port}${key}`
const read = async (collection: Collection<Postgres>) => {
  const client = await connect(settings, testRun())
  opened.push(client)
  return testCollection(collection, client, testRun(), { secrets: [] })
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reeve-privileges-'))
  cluster = await startPostgres({
    folder,
    binariesFolder: fileURLToPath(new URL('../../../.runtime', import.meta.url)),
    log: testRun().log,
  })
  pool = openPool(cluster.url('postgres'), { max: 2 })
  settings = settingsFrom(cluster.url('postgres'))
  await pool.query(`
    create role ${GROUP};
    create role ${APP} login in role ${GROUP};
    create role ${READER} login;
    create role ${SUPER} login superuser;
    create schema sales authorization ${GROUP};
    create table sales.orders (id int, card text);
    create table sales.lines (id int);
    create view sales.summary as select 1 as one;
    alter table sales.orders owner to ${GROUP};
    grant select, insert on sales.orders, sales.lines to ${APP};
    grant select (one) on sales.summary to ${APP};
    grant select on sales.orders to public;
    create function sales.refund(n int) returns int language sql security definer as $$ select 1 $$;
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
  await Promise.all(opened.map((client) => client.close()))
  await pool.end()
  await cluster.stop()
  await rm(folder, { recursive: true, force: true })
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
  const { rows } = await pool.query<{ line: string }>(
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
