import { type Collection, type Edge, type Entity, type Known, Refused } from '../../sdk/index.ts'
import { type Postgres, PUBLIC, roleKey } from './client.ts'

interface Role extends Record<string, unknown> {
  name: string
  super: boolean
  inherit: boolean
  create_role: boolean
  create_db: boolean
  login: boolean
  replication: boolean
  bypass_rls: boolean
  /** The role that initdb made; it cannot be dropped. */
  bootstrap: boolean
  conn_limit: number
  valid_until: string | null
  comment: string | null
  config: string[] | null
}

type Verifier = 'scram-sha-256' | 'md5' | 'plain' | 'none'

/** Roles, their attributes and memberships, and how each proves itself. */
export const roles: Collection<Postgres> = {
  id: 'roles',
  title: 'Roles and memberships',
  yields: ['postgres_role', 'postgres_password'],
  needs: ['connect to the server', 'select on pg_authid (superuser only) for the kind of password'],
  async *read(client, run): AsyncIterable<Entity | Edge> {
    const verifiers = await readVerifiers(client)
    if (verifiers instanceof Refused) {
      run.ledger.refuse('the server hides from this role how passwords are kept', {
        scope: 'password verifiers',
        permission: 'select on pg_authid',
      })
    }

    for await (const role of client.rows<Role>(
      `select rolname as name, rolsuper as super, rolinherit as inherit, rolcreaterole as create_role, rolcreatedb as create_db,
              rolcanlogin as login, rolreplication as replication, rolbypassrls as bypass_rls, oid = 10 as bootstrap, rolconnlimit as conn_limit,
              case when rolvaliduntil is null then null when not isfinite(rolvaliduntil) then 'infinity'
                   else to_char(rolvaliduntil at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') end as valid_until,
              shobj_description(oid, 'pg_authid') as comment, rolconfig as config
       from pg_roles order by 1`,
    )) {
      yield entityOf(role, client)
      const everywhere = role.super ? ['ALL'] : EVERYWHERE[role.name]
      if (everywhere !== undefined) {
        yield {
          from: roleKey(client.key, role.name),
          verb: 'allows',
          to: client.key,
          attributes: { privileges: everywhere, on: 'all tables' },
        }
      }
      if (!role.name.startsWith('pg_')) {
        yield { from: roleKey(client.key, role.name), verb: 'has', to: roleKey(client.key, PUBLIC) }
      }
      if (!role.login) continue
      const verifier = verifiers instanceof Refused ? undefined : (verifiers.get(role.name) ?? 'none')
      if (verifier === 'none') continue
      yield passwordOf(role, client, verifier)
      yield { from: passwordKey(client, role.name), verb: 'authenticates', to: roleKey(client.key, role.name) }
    }

    for await (const row of client.rows<{
      member: string
      role: string
      admin: boolean
      inherits: boolean
      sets: boolean
    }>(
      // One sentence for a membership however many grantors it has. Before PostgreSQL 16 the member alone says whether it inherits.
      `select m.rolname as member, r.rolname as role, bool_or(a.admin_option) as admin,
              bool_or(coalesce((to_jsonb(a) ->> 'inherit_option')::boolean, m.rolinherit)) as inherits,
              bool_or(coalesce((to_jsonb(a) ->> 'set_option')::boolean, true)) as sets
       from pg_auth_members a join pg_roles m on m.oid = a.member join pg_roles r on r.oid = a.roleid
       group by 1, 2 order by 1, 2`,
    )) {
      yield {
        from: roleKey(client.key, row.member),
        verb: 'has',
        to: roleKey(client.key, row.role),
        attributes: { admin: row.admin, inherits: row.inherits, sets: row.sets },
      }
      if (row.admin) {
        yield {
          from: roleKey(client.key, row.member),
          verb: 'controls',
          to: roleKey(client.key, row.role),
          attributes: { as: 'admin option' },
        }
      }
    }
  },
}

/** What the server's own roles may do to every table, views and foreign tables included. */
const EVERYWHERE: Record<string, string[]> = {
  pg_read_all_data: ['SELECT'],
  pg_write_all_data: ['INSERT', 'UPDATE', 'DELETE'],
  pg_maintain: ['MAINTAIN'],
}

const passwordKey = (client: Postgres, role: string): string => `${roleKey(client.key, role)}/password`

const neverKept = 'PostgreSQL keeps no date for it'

function expiry(validUntil: string | null): Known<string> {
  if (validUntil === null || validUntil === 'infinity') return { notApplicable: 'it never expires' }
  return { value: validUntil }
}

function entityOf(role: Role, client: Postgres): Entity {
  const builtIn = role.name.startsWith('pg_')
  return {
    kind: role.login ? 'identity' : 'entitlement',
    type: 'postgres_role',
    key: roleKey(client.key, role.name),
    name: role.name,
    created: { unknown: neverKept },
    ...(role.login ? { expires: expiry(role.valid_until) } : {}),
    attributes: {
      login: role.login,
      superuser: role.super,
      createRole: role.create_role,
      createDatabase: role.create_db,
      replication: role.replication,
      bypassRowSecurity: role.bypass_rls,
      bootstrap: role.bootstrap,
      inherit: role.inherit,
      connectionLimit: role.conn_limit,
      builtIn,
      comment: role.comment,
    },
  }
}

function passwordOf(role: Role, client: Postgres, verifier: Verifier | undefined): Entity {
  return {
    kind: 'credential',
    type: 'postgres_password',
    key: passwordKey(client, role.name),
    name: `password of ${role.name}`,
    method: 'password',
    created: { unknown: neverKept },
    expires: expiry(role.valid_until),
    attributes: verifier === undefined ? {} : { verifier },
    ...(verifier === undefined
      ? {
          unknowns: {
            verifier: { reason: 'the server shows it to superusers only', permission: 'select on pg_authid' },
            exists: { reason: 'the server shows it to superusers only', permission: 'select on pg_authid' },
          },
        }
      : {}),
  }
}

/** How each role's password is kept; the verifier itself never leaves the server. */
async function readVerifiers(client: Postgres): Promise<Map<string, Verifier> | Refused> {
  try {
    const rows = await Array.fromAsync(
      client.rows<{ name: string; verifier: Verifier }>(
        `select rolname as name,
                case when rolpassword is null then 'none' when rolpassword like 'SCRAM-SHA-256$%' then 'scram-sha-256'
                     when rolpassword ~ '^md5[0-9a-f]{32}$' then 'md5' else 'plain' end as verifier
         from pg_authid`,
      ),
    )
    return new Map(rows.map((row) => [row.name, row.verifier]))
  } catch (error) {
    if (error instanceof Refused) return error
    throw error
  }
}
