import type { Collection, Edge, Entity } from '../../sdk/index.ts'
import { type Postgres, part, quote, roleKey } from './client.ts'
import { databaseKey } from './server.ts'

interface Session extends Record<string, unknown> {
  role: string
  application: string
  address: string | null
  databases: string[]
  sessions: number
  since: string
  active: string
}

/** Programs with which a person works by hand; what they call themselves is theirs to say, so this is evidence, not proof. */
const INTERACTIVE =
  /^(psql|pgadmin|dbeaver|datagrip|tableplus|postico|navicat|beekeeper|heidisql|azure data studio|pgcli)\b/i

/** Who uses which role at this moment, by program and address. */
export const sessions: Collection<Postgres> = {
  id: 'sessions',
  title: 'Present sessions by role, program and address',
  yields: ['postgres_client', 'postgres_role'],
  needs: ['membership in pg_monitor, to see the sessions of others'],
  async *read(client, run): AsyncIterable<Entity | Edge> {
    const [rights] = await Array.fromAsync(
      client.rows<{ all: boolean; me: string }>(
        `select current_user as me, pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') as all`,
      ),
    )
    if (!rights?.all) {
      run.ledger.refuse('the server hides from this role the program and address of other roles’ sessions', {
        scope: 'sessions of other roles',
        permission: `grant pg_monitor to ${quote(rights?.me ?? client.config.user)}`,
      })
    }

    const used = new Map<string, { at: string; by: string[] }>()
    for await (const row of client.rows<Session>(
      `select usename as role, coalesce(nullif(application_name, ''), 'unnamed program') as application,
              case when client_addr is null then null else host(client_addr) end as address,
              array_agg(distinct datname order by datname) as databases, count(*)::int as sessions,
              to_char(min(backend_start) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as since,
              to_char(max(coalesce(state_change, backend_start)) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as active
       from pg_stat_activity
       where backend_type = 'client backend' and usename is not null and datname is not null
         and application_name is distinct from 'reeve'
         and (usename = current_user or pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'))
       group by 1, 2, 3 order by 1, 2, 3`,
    )) {
      const from = row.address ?? 'the same machine'
      const key = `${client.key}/client/${part(row.role)}/${part(row.application)}@${row.address ?? 'local'}`
      yield {
        kind: 'workload',
        type: 'postgres_client',
        key,
        name: `${row.application} from ${from}`,
        lastUsed: { value: row.active },
        attributes: {
          application: row.application,
          address: row.address,
          role: row.role,
          databases: row.databases,
          sessions: row.sessions,
          since: row.since,
          interactive: INTERACTIVE.test(row.application),
        },
      }
      yield { from: key, verb: 'uses', to: roleKey(client.key, row.role), attributes: { sessions: row.sessions } }
      for (const database of row.databases) {
        yield { from: roleKey(client.key, row.role), verb: 'called', to: databaseKey(client.key, database) }
      }
      const seen = used.get(row.role)
      used.set(row.role, {
        at: seen && seen.at > row.active ? seen.at : row.active,
        by: [...(seen?.by ?? []), `${row.application} from ${from}`],
      })
    }

    for await (const { name } of client.rows<{ name: string }>(
      `select rolname as name from pg_roles where rolcanlogin`,
    )) {
      const seen = used.get(name)
      yield {
        kind: 'identity',
        type: 'postgres_role',
        key: roleKey(client.key, name),
        name,
        ...(seen
          ? { lastUsed: { value: seen.at }, lastUsedBy: { value: seen.by.slice(0, 5).join(', ') } }
          : { lastUsed: noSession, lastUsedBy: noSession }),
        attributes: {},
      }
    }
  },
}

const noSession = {
  unknown: 'no session is open now, and PostgreSQL keeps no date of the last one',
  permission: 'a log of connections: alter system set log_connections = on',
}
