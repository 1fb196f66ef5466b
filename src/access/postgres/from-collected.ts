/** PostgreSQL servers out of what was collected of them: the same lines that `rights.sql` prints, from where the graph keeps them. */
import type { Collected } from '../collected.ts'
import { type PostgresEstate, postgresEstate } from './estate.ts'
import { Right } from './rights.ts'

export interface CollectedServer {
  /** `postgres:db.example:5432`, the head of its keys. */
  key: string
  estate: PostgresEstate
  /** What the graph has for a role. */
  roleKey(name: string): string
}

const ROLE = 'postgres_role'
/** `postgres:db.example:5432/database/shop/…`; parts of keys are escaped, so that a slash parts them. */
const serverOf = (key: string): string => key.split('/')[0]!
const databaseOf = (key: string): string | undefined => {
  const [, word, name] = key.split('/')
  return word === 'database' ? name : undefined
}

export function postgresFromCollected({ nodes, edges }: Collected): CollectedServer[] {
  const roles = new Map(nodes.filter(({ type }) => type === ROLE).map((node) => [node.key, node]))
  const servers = Map.groupBy(nodes, ({ key }) => serverOf(key))
  const memberships = Map.groupBy(
    edges.filter(({ verb, from, to }) => verb === 'has' && roles.has(from) && roles.has(to)),
    ({ from }) => serverOf(from),
  )
  return [...servers].flatMap(([key, own]): CollectedServer[] => {
    const ofServer: Right[] = own.flatMap(({ type, name, attributes }) => {
      if (type !== ROLE) return []
      const { superuser, login, createRole, createDatabase, replication, bypassRowSecurity } = attributes
      return rightsIn([
        { what: 'role', name, superuser, login, createRole, createDatabase, replication, bypassRowSecurity },
      ])
    })
    for (const { from, to, attributes } of memberships.get(key) ?? [])
      ofServer.push(
        ...rightsIn([
          {
            what: 'member',
            role: roles.get(to)!.name,
            member: roles.get(from)!.name,
            admin: attributes?.['admin'],
            inherits: attributes?.['inherits'],
            sets: attributes?.['sets'],
          },
        ]),
      )
    const byDatabase = Map.groupBy(own, (node) => databaseOf(node.key))
    byDatabase.delete(undefined)
    const files = [...byDatabase.values()].flatMap((list) => {
      // Tables before their columns, so that row security of the one holds for the other.
      const rights = list.flatMap(({ attributes }) => rightsIn(attributes['rights']))
      return rights.some(({ what }) => what === 'cluster') ? [[...ofServer, ...rights]] : []
    })
    if (files.length === 0) return []
    const keys = new Map(own.filter(({ type }) => type === ROLE).map((node) => [node.name, node.key]))
    return [{ key, estate: postgresEstate(files), roleKey: (name) => keys.get(name) ?? `${key}/role/${name}` }]
  })
}

/** What does not have the form of a right is of another version of the provider: the next sync brings it anew. */
const rightsIn = (value: unknown): Right[] =>
  Array.isArray(value)
    ? value.flatMap((one) => {
        const read = Right.safeParse(one)
        return read.success ? [read.data] : []
      })
    : []
