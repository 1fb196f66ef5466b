/** What can be made out of rights in PostgreSQL: another's place, or all power over the server. */
import { among, meet } from '../answers.ts'
import { addBits, anyBit, bitsOf, dropBits, emptyBits, setBit } from '../bits.ts'
import type { Answer, Compiled } from '../compile.ts'
import type { Powers, Way } from '../escalation.ts'
import { type Asking, askingOf, creators, type WayInto, wayTo } from './asking.ts'
import type { PostgresEstate } from './estate.ts'
import { functionWays } from './functions.ts'
import { DATABASE_OWNER } from './holdings.ts'
import { functionId, idOf } from './objects.ts'
import { targetsOf } from './targets.ts'

export function postgresPowers(estate: PostgresEstate, compiled?: Compiled): Powers {
  const asking = askingOf(estate, compiled)
  const become: Way[][] = Array.from({ length: estate.size }, () => [])
  const ways = [...membershipWays(asking), ...roleMakers(asking), ...functionWays(asking), ...ownPassword(asking)]
  for (const { to, way } of ways) if (anyBit(way.who.possible)) become[to]!.push(way)
  return {
    size: estate.size,
    become,
    strengthen: Array.from({ length: estate.size }, () => []),
    make: makers(asking).filter(({ who }) => anyBit(who.possible)),
    admins: estate.superusers,
    targets: targetsOf(asking),
  }
}

/** Taking the place of a role one is a member of; giving oneself a membership one may give. */
function membershipWays({ estate, sure }: Asking): WayInto[] {
  const ways: WayInto[] = []
  const bySuperuser = new Map(estate.roles.map(({ name, superuser }) => [name, superuser]))
  for (const [role, members] of Map.groupBy(estate.members, (one) => one.role)) {
    const to = estate.indexOf(role)
    if (to === undefined) continue
    const direct = members.filter(({ sets }) => sets).flatMap(({ member }) => estate.indexOf(member) ?? [])
    ways.push({ to, way: wayTo(sure(bitsOf(estate.size, direct)), ['SET ROLE'], `membership in ${role}`) })
    // Memberships in superusers are given by superusers alone, whoever has the admin option.
    if (bySuperuser.get(role)) continue
    const admins = emptyBits(estate.size)
    for (const { admin, member } of members) if (admin) addBits(admins, estate.havingPrivilegesOf(member))
    dropBits(admins, bitsOf(estate.size, [to]))
    ways.push({ to, way: wayTo(sure(admins), ['GRANT', 'SET ROLE'], `admin option on ${role}`) })
  }
  for (const { owner, name } of estate.databases) {
    const [to, from] = [estate.indexOf(DATABASE_OWNER), owner === undefined ? undefined : estate.indexOf(owner)]
    if (to !== undefined && from !== undefined)
      ways.push({ to, way: wayTo(sure(bitsOf(estate.size, [from])), ['SET ROLE'], `owner of database ${name}`) })
  }
  return ways
}

/** Before PostgreSQL 16, who may create roles may give itself each that is no superuser. */
function roleMakers({ estate, sure }: Asking): WayInto[] {
  if (estate.version >= 160_000) return []
  const makers = emptyBits(estate.size)
  for (const { name, createRole } of estate.roles)
    if (createRole)
      for (const one of [estate.indexOf(name), estate.shadowOf(name)]) if (one !== undefined) setBit(makers, one)
  return estate.roles.flatMap(({ name, superuser }, to) => {
    if (superuser || name === DATABASE_OWNER) return []
    const who = sure(dropBits(makers.slice(), bitsOf(estate.size, [to])))
    return [{ to, way: wayTo(who, ['GRANT', 'SET ROLE'], `CREATEROLE, on role ${name}`) }]
  })
}

/** Who acts as a role may set its password, and then be it wholly. */
const ownPassword = ({ estate, sure }: Asking): WayInto[] =>
  estate.roles.flatMap(({ name, login }, to) => {
    const shadow = estate.shadowOf(name)
    if (!login || shadow === undefined) return []
    const way = wayTo(sure(bitsOf(estate.size, [shadow])), ['ALTER ROLE … PASSWORD'], `role ${name}`, [
      `whether pg_hba.conf lets ${name} in by a password`,
    ])
    return [{ to, way }]
  })

const READS_AGAIN = 'whether the server reads its settings and host rules again: a reload, or a restart'
const FILES_HOLD = 'what the files of the server hold: verifiers of superusers, keys, passwords'

/** Functions of the server and its extensions that superusers keep to themselves, and what they are good for. */
const GUARDED: Record<string, { action: string; dependsOn: string }> = {
  lo_export: { action: 'writing files of the server', dependsOn: READS_AGAIN },
  pg_file_write: { action: 'writing files of the server', dependsOn: READS_AGAIN },
  pg_file_rename: { action: 'renaming files of the server', dependsOn: READS_AGAIN },
  lo_import: { action: 'reading files of the server', dependsOn: FILES_HOLD },
  pg_read_file: { action: 'reading files of the server', dependsOn: FILES_HOLD },
  pg_read_binary_file: { action: 'reading files of the server', dependsOn: FILES_HOLD },
  dblink_connect_u: {
    action: 'connecting as any role',
    dependsOn: 'whether pg_hba.conf lets the server itself in without a password',
  },
}

/** Settings that name a program the server runs, a library it loads, or the file that says who is let in. */
const SETTINGS_OF_POWER = new Set(
  'archive_command archive_cleanup_command restore_command recovery_end_command ssl_passphrase_command archive_library shared_preload_libraries session_preload_libraries local_preload_libraries dynamic_library_path hba_file ident_file'.split(
    ' ',
  ),
)

const UNTRUSTED = /^(c|internal|plpython[23]?u|plperlu|pltclu|plsh|plr|pljavau)$/

/** How a superuser is made: out of the operating system's side, or out of what superusers do. */
function makers({ estate, who, sure }: Asking): Way[] {
  const having = (role: string) =>
    sure(estate.indexOf(role) === undefined ? emptyBits(estate.size) : estate.havingPrivilegesOf(role))
  const ways = [
    wayTo(
      having('pg_execute_server_program'),
      ['COPY … PROGRAM'],
      'programs run as the server’s own user, by pg_execute_server_program',
    ),
    wayTo(having('pg_write_server_files'), ['COPY … TO'], 'files of the server, by pg_write_server_files', [
      READS_AGAIN,
    ]),
    wayTo(having('pg_read_server_files'), ['COPY … FROM'], 'files of the server, by pg_read_server_files', [
      FILES_HOLD,
    ]),
  ]
  const parameters = new Set<string>()
  for (const { name: database, rights } of estate.databases) {
    const schemaUse = (schema: string) => who('USAGE', idOf('schema', database, schema))
    for (const right of rights) {
      if (right.what === 'function') {
        const guarded = GUARDED[right.signature.slice(0, right.signature.indexOf('('))]
        const object = functionId(database, right.schema, right.signature)
        if (guarded && (right.schema === 'pg_catalog' || right.extension !== null))
          ways.push(
            wayTo(meet(who('EXECUTE', object), schemaUse(right.schema)), ['EXECUTE'], `${object}, ${guarded.action}`, [
              guarded.dependsOn,
            ]),
          )
      } else if (right.what === 'language' && right.trusted && UNTRUSTED.test(right.name))
        ways.push(
          wayTo(
            meet(who('USAGE', idOf('language', database, right.name)), creators(who, rights, database)),
            ['CREATE FUNCTION'],
            `the language ${right.name}, which is marked as trusted`,
          ),
        )
      else if (right.what === 'event trigger') {
        const who = among(creatorsIn(right.schema), estate.havingPrivilegesOf(right.functionOwner, database))
        ways.push(
          wayTo(
            who,
            ['CREATE OR REPLACE FUNCTION'],
            `${functionId(database, right.schema, right.signature)}, which event trigger ${right.name} runs as whoever sets it off`,
            [`whether a superuser sets off ${right.event} in ${database}`],
          ),
        )
      } else if (right.what === 'parameter' && SETTINGS_OF_POWER.has(right.name) && !parameters.has(right.name)) {
        parameters.add(right.name)
        ways.push(
          wayTo(who('ALTER SYSTEM', idOf('parameter', right.name)), ['ALTER SYSTEM'], `the setting ${right.name}`, [
            READS_AGAIN,
          ]),
        )
      }
    }
    function creatorsIn(schema: string): Answer {
      return meet(who('CREATE', idOf('schema', database, schema)), schemaUse(schema))
    }
  }
  return ways
}
