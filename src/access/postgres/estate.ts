/** A PostgreSQL server in the compiled form: what each role holds by itself, by the roles it inherits from, and by PUBLIC. */
import { addBits, type Bits, emptyBits, fullBits, hasBit, setBit } from '../bits.ts'
import type { Known } from '../condition.ts'
import type { Grants } from '../model.ts'
import { futuresOf } from './future.ts'
import { CATALOGUE, DATABASE_OWNER, fixedRoles, Holdings, ROWS, rowTest } from './holdings.ts'
import { functionId, futureId, idOf } from './objects.ts'
import type { DatabaseRights, Member, Right, RightOf, Role } from './rights.ts'

export interface PostgresEstate {
  grants: Grants
  version: number
  /**
   * Principals are roles, and after them *shadows*: who acts as a role inside a function of its own, where it has its rights and
   * attributes but cannot take the places of others.
   */
  roles: readonly Role[]
  names: readonly string[]
  size: number
  everyone: Bits
  superusers: Bits
  indexOf(role: string): number | undefined
  shadowOf(role: string): number | undefined
  members: readonly Member[]
  databases: readonly Database[]
  /** Who has the privileges of a role without doing anything, itself and its shadow included. */
  havingPrivilegesOf(role: string, database?: string): Bits
  /** Who can take its place. */
  takingPlaceOf(role: string): Bits
  /** Objects that can be asked about. */
  objects: ReadonlySet<string>
  warnings: readonly string[]
}

export interface Database {
  name: string
  owner: string | undefined
  rights: DatabaseRights
}

type Follows = (member: Member) => boolean

export function postgresEstate(files: readonly DatabaseRights[]): PostgresEstate {
  const databases = files.map(databaseOf)
  const roles = [...new Map(allOf(files, 'role').map((role) => [role.name, role])).values()]
  const members = [
    ...new Map(allOf(files, 'member').map((one) => [JSON.stringify([one.role, one.member]), one])).values(),
  ]
  const byRole = Map.groupBy(members, ({ role }) => role)
  const indexes = new Map(roles.map(({ name }, index) => [name, index]))
  const shadowed = [...new Set(allOf(files, 'function').map(({ owner }) => owner))].filter((owner) =>
    indexes.has(owner),
  )
  const shadows = new Map(shadowed.map((owner, at) => [owner, roles.length + at]))
  const size = roles.length + shadows.size
  const owners = (database: string | undefined) =>
    databases.filter(({ name }) => database === undefined || name === database).flatMap(({ owner }) => owner ?? [])

  /** Walks memberships backwards from a role; the owner of a database is a member of pg_database_owner there. */
  function reaching(role: string, follows: Follows, database?: string): Set<string> {
    const found = new Set([role])
    for (const one of found) {
      for (const member of byRole.get(one) ?? []) if (follows(member)) found.add(member.member)
      if (one === DATABASE_OWNER) for (const owner of owners(database)) found.add(owner)
    }
    return found
  }
  const bitsFor = (names: Iterable<string>, withShadows: boolean): Bits => {
    const bits = emptyBits(size)
    for (const name of names) {
      const [index, shadow] = [indexes.get(name), shadows.get(name)]
      if (index !== undefined) setBit(bits, index)
      if (withShadows && shadow !== undefined) setBit(bits, shadow)
    }
    return bits
  }
  const known = new Map<string, Bits>()
  const havingPrivilegesOf = (role: string, database?: string): Bits => {
    const key = role === DATABASE_OWNER ? `${role} ${database}` : role
    const bits =
      known.get(key) ??
      bitsFor(
        reaching(role, ({ inherits }) => inherits, database),
        true,
      )
    known.set(key, bits)
    return bits
  }
  const takingPlaceOf = (role: string): Bits =>
    bitsFor(
      reaching(role, ({ sets }) => sets),
      false,
    )
  const superusers = bitsFor(
    roles.filter(({ superuser }) => superuser).map(({ name }) => name),
    true,
  )
  const everyone = fullBits(size)

  const version = allOf(files, 'cluster')[0]?.version ?? 0
  const held = new Holdings(havingPrivilegesOf, everyone, version)
  const hidesRows = new Map<string, string>()
  const catalogue = new Set<string>()
  for (const { name: database, rights } of databases)
    for (const right of rights) {
      const stands = standsFor(right, database)
      if (stands === undefined) continue
      if (right.what === 'table') {
        if (right.rowSecurity !== 'no') hidesRows.set(stands, right.rowSecurity === 'forced' ? '' : right.owner)
        if (right.schema === 'pg_catalog' && right.kind === 'table') catalogue.add(stands)
      }
      const table = right.what === 'column' ? idOf('table', database, right.schema, right.table) : stands
      const owner = hidesRows.get(table)
      held.add(right, stands, database, {
        catalogue: catalogue.has(stands),
        rows: owner === undefined ? [] : [rowTest(owner)],
      })
    }
  for (const { name: database, rights } of databases)
    for (const { of, schema, creator, acl } of futuresOf(rights))
      held.future(futureId(of, database, schema, creator), database, acl)
  for (const { name, what } of fixedRoles(version)) held.everywhere(name, what)
  for (const right of roles)
    held.role(right.name, {
      USAGE: havingPrivilegesOf(right.name),
      SET: takingPlaceOf(right.name),
      MEMBER: bitsFor(
        reaching(right.name, () => true),
        false,
      ),
      'MEMBER WITH ADMIN OPTION': (byRole.get(right.name) ?? [])
        .filter(({ admin }) => admin)
        .reduce(
          (bits, { member }) =>
            addBits(
              bits,
              bitsFor(
                reaching(member, () => true),
                false,
              ),
            ),
          emptyBits(size),
        ),
    })
  held.superusers(superusers)

  const past = [...roles.map(({ name }) => name), ...shadowed]
  const mayPass = (index: number, key: string): Known => {
    if (!key.startsWith(ROWS)) return null
    const role = roles[indexes.get(past[index]!)!]!
    const owner = key.slice(ROWS.length)
    return role.superuser || role.bypassRowSecurity || (owner !== '' && hasBit(havingPrivilegesOf(owner), index))
      ? ['true']
      : undefined
  }
  const names = [...roles.map(({ name }) => name), ...shadowed.map((owner) => `${owner} (inside its functions)`)]
  return {
    grants: {
      principals: names.map((id, index) => ({
        id,
        kind: index < roles.length ? 'role' : 'shadow',
        scope: 'server',
        passesOwnCeiling: false,
        about: (key) => mayPass(index, key),
      })),
      held: held.policies(),
      ceilings: [],
      doors: [],
      objectOf: (resource) => resource,
      scopeOf: () => undefined,
      about: (resource, key) => {
        if (key === CATALOGUE) return [String(catalogue.has(resource))]
        return key === ROWS && !hidesRows.has(resource) ? ['true'] : undefined
      },
      always: () => undefined,
    },
    version,
    roles,
    names,
    size,
    everyone,
    superusers,
    indexOf: (role) => indexes.get(role),
    shadowOf: (role) => shadows.get(role),
    members,
    databases,
    havingPrivilegesOf,
    takingPlaceOf,
    objects: held.objects,
    warnings: [...held.unknown]
      .filter((name) => !indexes.has(name))
      .map((name) => `${name} holds grants and is no role of these files`),
  }
}

const allOf = <What extends Right['what']>(files: readonly DatabaseRights[], what: What): RightOf<What>[] =>
  files.flatMap((rights) => rights.filter((right): right is RightOf<What> => right.what === what))

const databaseOf = (rights: DatabaseRights): Database => {
  const name = allOf([rights], 'cluster')[0]?.database ?? ''
  return { name, owner: allOf([rights], 'database').find((one) => one.name === name)?.owner, rights }
}

/** The object that a right is about; nothing for what is no object. */
function standsFor(right: Right, database: string): string | undefined {
  switch (right.what) {
    case 'database':
      return idOf('database', right.name)
    case 'schema':
    case 'language':
    case 'wrapper':
    case 'server':
      return idOf(right.what, database, right.name)
    case 'table':
    case 'sequence':
      return idOf(right.what, database, right.schema, right.name)
    case 'column':
      return idOf('column', database, right.schema, right.table, right.name)
    case 'function':
      return functionId(database, right.schema, right.signature)
    case 'parameter':
      return idOf('parameter', right.name)
    default:
      return undefined
  }
}
