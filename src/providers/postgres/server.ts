import type { Collection, Edge, Entity } from '../../sdk/index.ts'
import { type Postgres, part, refuseDatabase, roleKey } from './client.ts'

const SETTINGS = ['password_encryption', 'ssl', 'log_connections', 'listen_addresses', 'row_security'] as const

/** The server and what it contains: databases and schemas, with their owners. */
export const server: Collection<Postgres> = {
  id: 'server',
  title: 'Server and databases',
  yields: ['postgres_server', 'postgres_database', 'postgres_schema'],
  needs: ['connect to the server'],
  async *read(client, run): AsyncIterable<Entity | Edge> {
    const settings: Record<string, string> = {}
    for await (const row of client.rows<{ name: string; setting: string }>(
      `select name, setting from pg_settings where name = any($1)`,
      { values: [[...SETTINGS, 'server_version']] },
    )) {
      settings[row.name] = row.setting
    }
    yield {
      kind: 'resource',
      type: 'postgres_server',
      key: client.key,
      name: client.key.slice('postgres:'.length),
      ...(client.config.environment ? { environment: client.config.environment } : {}),
      attributes: {
        version: settings['server_version'] ?? null,
        passwordEncryption: settings['password_encryption'] ?? null,
        tls: settings['ssl'] === 'on',
        // A switch until PostgreSQL 17, a list of stages from 18 on.
        logsConnections: !['off', '', undefined].includes(settings['log_connections']),
        listens: settings['listen_addresses'] ?? null,
      },
      // listen_addresses is shown to everybody; a setting that is hidden is left out by the server without a word.
      ...(settings['listen_addresses'] === undefined
        ? {
            unknowns: {
              listens: { reason: 'the server hides it from this role', permission: 'grant pg_read_all_settings' },
            },
          }
        : {}),
    }

    for await (const row of client.rows<{ name: string; owner: string; template: boolean; public_connect: boolean }>(
      `select datname as name, pg_get_userbyid(datdba) as owner, datistemplate as template,
              exists (select from aclexplode(coalesce(datacl, acldefault('d', datdba))) a
                      where a.grantee = 0 and a.privilege_type = 'CONNECT') as public_connect
       from pg_database where datallowconn order by 1`,
    )) {
      const key = databaseKey(client.key, row.name)
      yield {
        kind: 'resource',
        type: 'postgres_database',
        key,
        name: row.name,
        attributes: { template: row.template, everybodyMayConnect: row.public_connect },
      }
      yield { from: client.key, verb: 'contains', to: key }
      yield { from: roleKey(client.key, row.owner), verb: 'controls', to: key, attributes: { as: 'owner' } }
    }

    for (const database of client.databases) {
      try {
        for await (const row of client.rows<{ name: string; owner: string; public_create: boolean }>(
          `select nspname as name, pg_get_userbyid(nspowner) as owner,
                  exists (select from aclexplode(coalesce(nspacl, acldefault('n', nspowner))) a
                          where a.grantee = 0 and a.privilege_type = 'CREATE') as public_create
           from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' order by 1`,
          { database },
        )) {
          const key = schemaKey(client.key, database, row.name)
          yield {
            kind: 'resource',
            type: 'postgres_schema',
            key,
            name: `${database}.${row.name}`,
            attributes: { database, everybodyMayCreate: row.public_create },
          }
          yield { from: databaseKey(client.key, database), verb: 'contains', to: key }
          yield { from: roleKey(client.key, row.owner), verb: 'controls', to: key, attributes: { as: 'owner' } }
        }
      } catch (error) {
        refuseDatabase(run, database, error)
      }
    }
  },
}

export const databaseKey = (serverKey: string, database: string): string => `${serverKey}/database/${part(database)}`
export const schemaKey = (serverKey: string, database: string, schema: string): string =>
  `${databaseKey(serverKey, database)}/schema/${part(schema)}`
