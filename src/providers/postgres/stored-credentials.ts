import { type Collection, type Edge, type Entity, Refused, Sensitive } from '../../sdk/index.ts'
import { type Postgres, part, refuseDatabase, roleKey } from './client.ts'
import { databaseKey } from './server.ts'

/** Passwords the server holds for other servers: user mappings, subscriptions, and what is written in functions. */
export const storedCredentials: Collection<Postgres> = {
  id: 'stored-credentials',
  title: 'Credentials stored in the server',
  yields: ['postgres_stored_password', 'secret_value'],
  needs: ['superuser, to see the options of foreign data wrappers and subscriptions'],
  async *read(client, run): AsyncIterable<Entity | Edge> {
    const place = (database: string, what: string) => `${databaseKey(client.key, database)}/stored/${what}`
    const seen = new Set<string>()

    function* found(
      database: string,
      what: string,
      about: {
        name: string
        where: string
        owner: string | null
        value: string
        detector: string
        server: string | null
        redacted?: string
      },
    ): Iterable<Entity | Edge> {
      const fingerprint = run.fingerprint(new Sensitive(about.value))
      const credential = `credential:${fingerprint}`
      if (!seen.has(credential)) {
        seen.add(credential)
        yield {
          kind: 'credential',
          type: 'secret_value',
          key: credential,
          name: about.name,
          method: 'password',
          fingerprint,
          attributes: {
            detector: about.detector,
            provider: 'postgres',
            redacted: about.redacted ?? '****',
            severity: 'high',
          },
        }
      }
      yield {
        kind: 'secret',
        type: 'postgres_stored_password',
        key: place(database, what),
        name: about.where,
        fingerprint,
        attributes: { database, where: about.where, server: about.server, detector: about.detector },
      }
      yield { from: place(database, what), verb: 'holds', to: credential }
      yield { from: databaseKey(client.key, database), verb: 'contains', to: place(database, what) }
      if (about.owner !== null)
        yield { from: roleKey(client.key, about.owner), verb: 'controls', to: place(database, what) }
    }

    for (const database of client.databases) {
      try {
        yield* readMappings(client, run, database, found)
        yield* readFunctions(client, run, database, found)
      } catch (error) {
        refuseDatabase(run, database, error)
      }
    }
    try {
      for await (const row of client.rows<{ database: string; name: string; owner: string; conninfo: string }>(
        `select d.datname as database, s.subname as name, pg_get_userbyid(s.subowner) as owner, s.subconninfo as conninfo
         from pg_subscription s join pg_database d on d.oid = s.subdbid`,
      )) {
        const password = passwordOf(row.conninfo)
        if (password === undefined) continue
        yield* found(row.database, `subscription/${part(row.name)}`, {
          name: `password of subscription ${row.name}`,
          where: `subscription ${row.name}`,
          owner: row.owner,
          value: password,
          detector: 'postgres-subscription',
          server: null,
        })
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      run.ledger.refuse('the server shows the connections of subscriptions to superusers only', {
        scope: 'subscriptions',
        permission: 'grant select (subconninfo) on pg_subscription to this role',
      })
    }
  },
}

type Found = (
  database: string,
  what: string,
  about: {
    name: string
    where: string
    owner: string | null
    value: string
    detector: string
    server: string | null
    redacted?: string
  },
) => Iterable<Entity | Edge>
type Reading = Parameters<Collection<Postgres>['read']>[1]

async function* readMappings(
  client: Postgres,
  run: Reading,
  database: string,
  found: Found,
): AsyncIterable<Entity | Edge> {
  let hidden = 0
  for await (const row of client.rows<{
    server: string
    role: string
    options: string[] | null
    target: string[] | null
  }>(
    `select m.srvname as server, m.usename as role, m.umoptions as options, s.srvoptions as target
     from pg_user_mappings m join pg_foreign_server s on s.oid = m.srvid order by 1, 2`,
    { database },
  )) {
    if (row.options === null) {
      hidden += 1
      continue
    }
    const password = optionOf(row.options, 'password')
    if (password === undefined) continue
    const user = optionOf(row.options, 'user') ?? row.role
    yield* found(database, `mapping/${part(row.server)}/${part(row.role)}`, {
      name: `password of ${user} at foreign server ${row.server}`,
      where: `user mapping of ${row.role} for foreign server ${row.server}`,
      owner: row.role === 'public' ? null : row.role,
      value: password,
      detector: 'postgres-user-mapping',
      server: optionOf(row.target ?? [], 'host') ?? null,
    })
  }
  if (hidden > 0) {
    run.ledger.refuse('the server shows the options of user mappings to superusers and owners only', {
      scope: `${database}: user mappings`,
      permission: `grant usage on foreign server …, or read as superuser`,
      count: hidden,
    })
  }
}

async function* readFunctions(
  client: Postgres,
  run: Reading,
  database: string,
  found: Found,
): AsyncIterable<Entity | Edge> {
  for await (const row of client.rows<{ schema: string; name: string; owner: string; source: string }>(
    `select n.nspname as schema, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as name,
            pg_get_userbyid(p.proowner) as owner, left(p.prosrc, 1000000) as source
     from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
     where l.lanname not in ('c', 'internal') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
       and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')`,
    { database },
  )) {
    for (const detection of run.scan(Buffer.from(row.source), { file: `${row.schema}.${row.name}.sql` })) {
      yield* found(database, `function/${part(row.schema)}/${part(row.name)}/${detection.line}/${detection.column}`, {
        name: detection.title,
        where: `function ${row.schema}.${row.name}, line ${detection.line}`,
        owner: row.owner,
        value: detection.value.reveal(),
        detector: detection.detector,
        server: null,
        redacted: detection.redacted,
      })
    }
  }
}

const optionOf = (options: readonly string[], name: string): string | undefined =>
  options.find((option) => option.startsWith(`${name}=`))?.slice(name.length + 1)

/** The password of a libpq connection string, in either form. */
export function passwordOf(conninfo: string): string | undefined {
  if (/^postgres(ql)?:\/\//.test(conninfo)) {
    const userInfo = /^[a-z]+:\/\/([^/?#]*)@/.exec(conninfo)?.[1]
    const password =
      userInfo?.split(':').slice(1).join(':') || new URLSearchParams(conninfo.split('?')[1]).get('password')
    if (!password) return undefined
    try {
      return decodeURIComponent(password)
    } catch {
      return password
    }
  }
  const match = /(?:^|\s)password\s*=\s*(?:'((?:[^'\\]|\\.)*)'|([^\s']+))/.exec(conninfo)
  const value = match?.[1]?.replaceAll(/\\(.)/g, '$1') ?? match?.[2]
  return value || undefined
}
