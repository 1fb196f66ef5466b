import { readFile } from 'node:fs/promises'
import type { Collection, Edge, Entity, JsonValue } from '../../sdk/index.ts'
import { type Postgres, part, refuseDatabase } from './client.ts'
import { databaseKey, schemaKey } from './server.ts'

/** A line of `rights.sql`; who reads it for what it means has its schema. */
interface Right extends Record<string, JsonValue> {
  what: string
}

const script = (name: string): Promise<string> => readFile(new URL(name, import.meta.url), 'utf8')

/** From this version on settings can be granted. */
const GRANTS_SETTINGS = 150_000

/** Who may do what, as effective permissions and ways up are worked out of it: owners and grants of each object, in one attribute. */
export const rights: Collection<Postgres> = {
  id: 'rights',
  title: 'Owners, grants and functions that act as their owner',
  yields: ['postgres_database', 'postgres_schema', 'postgres_table', 'postgres_definer_function', 'postgres_function'],
  needs: ['connect to each database'],
  async *read(client, run): AsyncIterable<Entity | Edge> {
    run.ledger.expect(client.databases.length, 'databases')
    for (const database of client.databases) {
      try {
        yield* readRights(client, database)
        run.ledger.obtain(1, 'databases')
      } catch (error) {
        refuseDatabase(run, database, error)
      }
    }
  },
}

async function* readRights(client: Postgres, database: string): AsyncIterable<Entity> {
  const lines: Right[] = []
  for await (const { line } of client.rows<{ line: Right }>(await script('rights.sql'), { database })) lines.push(line)
  const version = Number(lines.find(({ what }) => what === 'cluster')?.['version'])
  if (version >= GRANTS_SETTINGS)
    for await (const { line } of client.rows<{ line: Right }>(await script('rights-parameters.sql'), { database }))
      lines.push(line)

  // A role whose heirs may not take its place matters by every function it owns.
  const heirs = new Set(
    lines.filter((one) => one.what === 'member' && one['inherits'] && !one['sets']).map((one) => one['role'] as string),
  )
  const found = new Map<string, Entity>()
  for (const line of lines) {
    const entity = entityFor(client, database, line, heirs)
    if (entity === undefined) continue
    const known = found.get(entity.key)
    if (known === undefined) found.set(entity.key, { ...entity, attributes: { rights: [line] } })
    else (known.attributes['rights'] as Right[]).push(line)
  }
  yield* found.values()
}

type About = Pick<Entity, 'kind' | 'type' | 'key' | 'name'>

/** The entity that a line is told of: of a column its table, of what has none of its own the database. */
function entityFor(client: Postgres, database: string, line: Right, heirs: ReadonlySet<string>): About | undefined {
  const { name, schema, table, signature, owner, extension } = line as Record<string, string>
  const ofDatabase: About = {
    kind: 'resource',
    type: 'postgres_database',
    key: databaseKey(client.key, database),
    name: database,
  }
  switch (line.what) {
    case 'role':
    case 'member':
    case 'sequence':
      return undefined
    case 'schema':
      if (/^(pg_|information_schema$)/.test(name!)) return ofDatabase
      return {
        kind: 'resource',
        type: 'postgres_schema',
        key: schemaKey(client.key, database, name!),
        name: `${database}.${name}`,
      }
    case 'table':
    case 'column': {
      if (schema === 'pg_catalog') return undefined
      const relation = line.what === 'table' ? name! : table!
      const key = `${schemaKey(client.key, database, schema!)}/table/${part(relation)}`
      return { kind: 'resource', type: 'postgres_table', key, name: `${database}.${schema}.${relation}` }
    }
    case 'function': {
      const definer = (line['definer'] as boolean) && schema !== 'pg_catalog' && !extension
      if (!definer && !heirs.has(owner!) && !isGranted(line)) return undefined
      return {
        kind: 'entitlement',
        type: definer ? 'postgres_definer_function' : 'postgres_function',
        key: `${schemaKey(client.key, database, schema!)}/function/${part(signature!)}`,
        name: `${database}.${schema}.${signature}`,
      }
    }
    default:
      return ofDatabase
  }
}

/** A function of the server or of an extension that its makers kept to themselves, and that somebody was given. */
function isGranted({ schema, extension, owner, acl }: Right): boolean {
  const held = acl as { to: string | null }[]
  return (
    (schema === 'pg_catalog' || Boolean(extension)) &&
    held.every(({ to }) => to !== null) &&
    held.some(({ to }) => to !== owner && !to!.startsWith('pg_'))
  )
}
