import { type Collection, type Edge, type Entity, Refused } from '../../sdk/index.ts'
import type { Postgres } from './client.ts'

interface HostRule extends Record<string, unknown> {
  file: string
  line: number
  type: string | null
  databases: string[] | null
  users: string[] | null
  address: string | null
  netmask: string | null
  method: string | null
  error: string | null
}

/** pg_hba.conf as the server reads it: who may log in from where, and by which proof. */
export const hostRules: Collection<Postgres> = {
  id: 'host-rules',
  title: 'Host rules (pg_hba.conf)',
  yields: ['postgres_host_rule'],
  needs: ['select on pg_hba_file_rules and execute on pg_hba_file_rules() (superuser by default)'],
  async *read(client, run): AsyncIterable<Entity | Edge> {
    const columns = await Array.fromAsync(
      client.rows<{ name: string }>(
        `select attname as name from pg_attribute where attrelid = 'pg_hba_file_rules'::regclass and attnum > 0`,
      ),
    )
    // file_name came with PostgreSQL 16, when include directives did.
    const file = columns.some((column) => column.name === 'file_name') ? 'file_name' : "'pg_hba.conf'"
    const rows = client.rows<HostRule>(
      `select ${file} as file, line_number as line, type, database as databases, user_name as users, address, netmask,
              auth_method as method, error
       from pg_hba_file_rules order by 1, 2`,
    )
    try {
      for await (const row of rows) {
        if (row.error !== null || row.type === null) {
          run.ledger.refuse(`line ${row.line} of the host rules is not valid: ${row.error}`, {
            scope: `line ${row.line}`,
          })
          continue
        }
        const who = (row.users ?? []).join(',')
        const from = row.type === 'local' ? 'the unix socket' : [row.address, row.netmask].filter(Boolean).join('/')
        yield {
          kind: 'entitlement',
          type: 'postgres_host_rule',
          key: `${client.key}/host-rule/${row.file.split('/').pop()}/${row.line}`,
          name: `${row.type} ${(row.databases ?? []).join(',')} ${who} ${from} ${row.method}`,
          attributes: {
            connection: row.type,
            databases: row.databases ?? [],
            users: row.users ?? [],
            address: row.address,
            netmask: row.netmask,
            method: row.method,
            file: row.file.split('/').pop()!,
            line: row.line,
          },
        }
        yield {
          from: `${client.key}/host-rule/${row.file.split('/').pop()}/${row.line}`,
          verb: 'allows',
          to: client.key,
          attributes: { action: 'login' },
        }
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      throw new Refused('the server shows its host rules to superusers only', {
        cause: error,
        permission:
          'grant select on pg_hba_file_rules to this role; grant execute on function pg_hba_file_rules() to this role',
      })
    }
  },
}
