import type { Collection, Edge, Entity } from '../../sdk/index.ts'
import { type Postgres, PUBLIC, part, refuseDatabase, roleKey } from './client.ts'
import { databaseKey, schemaKey } from './server.ts'

interface Relation extends Record<string, unknown> {
  schema: string
  name: string
  kind: string
  owner: string
  estimate: number
  row_security: boolean
}

interface Grant extends Record<string, unknown> {
  grantee: string | null
  schema: string
  what:
    | 'tables'
    | 'owned tables'
    | 'columns'
    | 'functions'
    | 'schema'
    | 'future tables'
    | 'future functions'
    | 'future sequences'
    | 'future types'
    | 'future schemas'
  privileges: string[]
  grantable: boolean
  /** Tables, or columns as `[table, column]`. */
  objects: (string | [table: string, column: string])[]
  total: number
}

const RELATION_KINDS: Record<string, string> = {
  r: 'table',
  p: 'partitioned table',
  v: 'view',
  m: 'materialised view',
  f: 'foreign table',
}

/** Named one by one up to here; beyond it the grant counts them. */
const NAMED = 500

/** Who may do what: tables, schemas, functions and what will be created later, per database. */
export const grants: Collection<Postgres> = {
  id: 'grants',
  title: 'Tables, functions and grants',
  yields: ['postgres_table', 'postgres_grant', 'postgres_definer_function', 'postgres_everybody'],
  needs: ['connect to each database'],
  async *read(client, run): AsyncIterable<Entity | Edge> {
    yield {
      kind: 'entitlement',
      type: 'postgres_everybody',
      key: roleKey(client.key, PUBLIC),
      name: 'everybody (PUBLIC)',
      attributes: { meaning: 'every role of the server has what is granted to PUBLIC' },
    }
    run.ledger.expect(client.databases.length, 'databases')
    for (const database of client.databases) {
      try {
        yield* readTables(client, database)
        yield* readGrants(client, database)
        yield* readDefinerFunctions(client, database)
        run.ledger.obtain(1, 'databases')
      } catch (error) {
        refuseDatabase(run, database, error)
      }
    }
  },
}

const tableKey = (client: Postgres, database: string, schema: string, table: string): string =>
  `${schemaKey(client.key, database, schema)}/table/${part(table)}`

async function* readTables(client: Postgres, database: string): AsyncIterable<Entity | Edge> {
  for await (const row of client.rows<Relation>(
    `select n.nspname as schema, c.relname as name, c.relkind::text as kind, pg_get_userbyid(c.relowner) as owner,
            greatest(c.reltuples, 0)::float8 as estimate, c.relrowsecurity as row_security
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
       and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
     order by 1, 2`,
    { database },
  )) {
    const key = tableKey(client, database, row.schema, row.name)
    yield {
      kind: 'resource',
      type: 'postgres_table',
      key,
      name: `${database}.${row.schema}.${row.name}`,
      attributes: {
        database,
        schema: row.schema,
        relation: RELATION_KINDS[row.kind] ?? row.kind,
        estimatedRows: Math.round(row.estimate),
        rowSecurity: row.row_security,
      },
    }
    yield { from: schemaKey(client.key, database, row.schema), verb: 'contains', to: key }
    yield { from: roleKey(client.key, row.owner), verb: 'controls', to: key, attributes: { as: 'owner' } }
  }
}

/** What a grantee holds in one schema is one entitlement for each set of privileges, however many tables it covers. */
async function* readGrants(client: Postgres, database: string): AsyncIterable<Entity | Edge> {
  for await (const row of client.rows<Grant>(GRANTS, { database, values: [NAMED] })) {
    const grantee = row.grantee ?? PUBLIC
    const privileges = row.privileges.join('+')
    const key = `${databaseKey(client.key, database)}/grant/${part(grantee)}/${part(row.schema)}/${row.what}/${privileges}${row.grantable ? '+GRANT' : ''}`
    const scope = row.schema === '' ? database : `${database}.${row.schema}`
    yield {
      kind: 'entitlement',
      type: 'postgres_grant',
      key,
      name: `${row.privileges.join(', ')} on ${row.what === 'schema' ? 'schema' : `${row.total} ${row.what} of`} ${scope}`,
      attributes: {
        database,
        schema: row.schema,
        what: row.what,
        privileges: row.privileges,
        grantable: row.grantable,
        objects: row.total,
        named: row.objects.length,
        future: row.what.startsWith('future'),
      },
    }
    yield { from: roleKey(client.key, grantee), verb: 'has', to: key, attributes: { grantable: row.grantable } }
    for (const { to, columns } of reachedBy(row, client, database)) {
      yield {
        from: key,
        verb: 'allows',
        to,
        attributes: { privileges: row.privileges, ...(columns === undefined ? {} : { columns }) },
      }
    }
  }
}

function reachedBy(row: Grant, client: Postgres, database: string): { to: string; columns?: string[] }[] {
  const table = (name: string) => tableKey(client, database, row.schema, name)
  if (row.what === 'tables' || row.what === 'owned tables')
    return row.objects.map((name) => ({ to: table(String(name)) }))
  if (row.what === 'columns') {
    const byTable = Map.groupBy(row.objects as [string, string][], ([name]) => name)
    return [...byTable].map(([name, columns]) => ({ to: table(name), columns: columns.map(([, column]) => column) }))
  }
  return [{ to: row.schema === '' ? databaseKey(client.key, database) : schemaKey(client.key, database, row.schema) }]
}

/**
 * A function that acts with its owner's rights is a way up for whoever may call it. Its caller does what the function's text does
 * and no more, so nothing is said here of what it reaches.
 */
async function* readDefinerFunctions(client: Postgres, database: string): AsyncIterable<Entity | Edge> {
  for await (const row of client.rows<{
    schema: string
    signature: string
    owner: string
    super: boolean
    callers: string[]
    path: boolean
  }>(
    `select n.nspname as schema, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as signature,
            r.rolname as owner, r.rolsuper as super,
            coalesce(array(select coalesce(g.rolname, 'PUBLIC') from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                           left join pg_roles g on g.oid = a.grantee
                           where a.privilege_type = 'EXECUTE' and a.grantee <> p.proowner order by 1)::text[], '{}') as callers,
            exists (select from unnest(p.proconfig) c where c like 'search_path=%') as path
     from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_roles r on r.oid = p.proowner
     where p.prosecdef and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
       and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
     order by 1, 2`,
    { database },
  )) {
    const key = `${schemaKey(client.key, database, row.schema)}/function/${part(row.signature)}`
    yield {
      kind: 'entitlement',
      type: 'postgres_definer_function',
      key,
      name: `${database}.${row.schema}.${row.signature}`,
      attributes: { owner: row.owner, ownerIsSuperuser: row.super, callers: row.callers, searchPathFixed: row.path },
    }
    for (const caller of row.callers) yield { from: roleKey(client.key, caller), verb: 'has', to: key }
  }
}

const GRANTS = `
with held as (
  select a.grantee, n.nspname as schema, case when a.grantee = c.relowner then 'owned tables' else 'tables' end as what,
         to_jsonb(c.relname) as object, a.privilege_type, a.grantee <> c.relowner and a.is_grantable as is_grantable
  from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  union all
  select a.grantee, n.nspname, 'columns', jsonb_build_array(c.relname, t.attname), a.privilege_type, a.is_grantable
  from pg_attribute t join pg_class c on c.oid = t.attrelid join pg_namespace n on n.oid = c.relnamespace, aclexplode(t.attacl) a
  where t.attacl is not null and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition and a.grantee <> c.relowner
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  union all
  select a.grantee, n.nspname, 'functions', to_jsonb(p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')'), a.privilege_type, a.is_grantable
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace, aclexplode(p.proacl) a
  where a.grantee <> p.proowner and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
  union all
  select a.grantee, n.nspname, 'schema', to_jsonb(n.nspname), a.privilege_type, a.is_grantable
  from pg_namespace n, aclexplode(n.nspacl) a
  where a.grantee <> n.nspowner and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  union all
  select a.grantee, coalesce(n.nspname, ''),
         case d.defaclobjtype when 'r' then 'future tables' when 'f' then 'future functions' when 'S' then 'future sequences'
                              when 'T' then 'future types' else 'future schemas' end,
         to_jsonb('of ' || pg_get_userbyid(d.defaclrole)), a.privilege_type, a.is_grantable
  from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace, aclexplode(d.defaclacl) a
  where a.grantee <> d.defaclrole
), by_object as (
  select grantee, schema, what, object, is_grantable, array_agg(distinct privilege_type order by privilege_type) as privileges
  from held group by 1, 2, 3, 4, 5
)
select r.rolname as grantee, b.schema, b.what, b.privileges, b.is_grantable as grantable,
       (array_agg(b.object order by b.object))[1:$1] as objects, count(*)::int as total
from by_object b left join pg_roles r on r.oid = b.grantee
where b.grantee = 0 or r.oid is not null
group by 1, 2, 3, 4, 5 order by 1 nulls first, 2, 3, 4, 5`
