/** What `rights.sql` of the PostgreSQL provider tells of one database, line by line. */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { messageOf, ReeveError } from '../../sdk/index.ts'

const name = z.string().min(1)

/** What one grantee holds on one object; `to` null is PUBLIC. `grants`: what it may hand on. */
const Held = z.strictObject({ to: name.nullable(), may: z.array(name), grants: z.array(name) })
const acl = z.array(Held)
const owned = { name, owner: name, acl }

const Role = z.strictObject({
  what: z.literal('role'),
  name,
  superuser: z.boolean(),
  login: z.boolean(),
  createRole: z.boolean(),
  createDatabase: z.boolean(),
  replication: z.boolean(),
  bypassRowSecurity: z.boolean(),
})
const Member = z.strictObject({
  what: z.literal('member'),
  role: name,
  member: name,
  /** It may give the membership on. */
  admin: z.boolean(),
  /** It has the role's privileges without doing anything. */
  inherits: z.boolean(),
  /** It may take the role's place. */
  sets: z.boolean(),
})
const Routine = z.strictObject({
  what: z.literal('function'),
  schema: name,
  signature: name,
  owner: name,
  acl,
  definer: z.boolean(),
  language: name,
  returns: z.string().nullable(),
  extension: name.nullable(),
  /** The search path it fixes; null when the caller's holds. */
  searchPath: z.string().nullable(),
  /** What its text does, of SQL and PL/pgSQL that act as their owner; the text itself stays where it is. */
  text: z
    .strictObject({
      runsArgument: z.boolean(),
      runsBuilt: z.boolean(),
      grants: z.boolean(),
      leavesCalls: z.boolean(),
      leavesTables: z.boolean(),
    })
    .nullable(),
})

export const Right = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('cluster'), version: z.number().int(), database: name }),
  Role,
  Member,
  z.strictObject({ what: z.literal('database'), ...owned }),
  z.strictObject({ what: z.literal('schema'), ...owned }),
  z.strictObject({
    what: z.literal('table'),
    schema: name,
    ...owned,
    kind: z.enum(['table', 'partitioned table', 'view', 'materialised view', 'foreign table']),
    rowSecurity: z.enum(['no', 'yes', 'forced']),
  }),
  z.strictObject({ what: z.literal('sequence'), schema: name, ...owned }),
  z.strictObject({ what: z.literal('column'), schema: name, table: name, ...owned }),
  Routine,
  z.strictObject({ what: z.literal('language'), ...owned, trusted: z.boolean() }),
  z.strictObject({ what: z.literal('wrapper'), ...owned }),
  z.strictObject({ what: z.literal('server'), ...owned, wrapper: name, at: z.string().nullable() }),
  z.strictObject({ what: z.literal('mapping'), server: name, role: name.nullable(), user: z.string().nullable() }),
  z.strictObject({ what: z.literal('future'), creator: name, schema: name.nullable(), of: name, acl }),
  z.strictObject({
    what: z.literal('event trigger'),
    name,
    owner: name,
    event: name,
    schema: name,
    signature: name,
    functionOwner: name,
  }),
  z.strictObject({ what: z.literal('parameter'), name, acl }),
])
export type Right = z.infer<typeof Right>
export type Role = z.infer<typeof Role>
export type Member = z.infer<typeof Member>
export type Routine = z.infer<typeof Routine>
export type Acl = z.infer<typeof acl>
export type RightOf<What extends Right['what']> = Extract<Right, { what: What }>

/** The rights of one database. */
export type DatabaseRights = readonly Right[]

/**
 * The rights of databases of one server: a file for each, as `psql -XAt -f rights.sql` writes it. Throws `access/file`, `access/json` (line)
 * and `access/shape` (line and place).
 */
export async function readRights(files: readonly string[]): Promise<DatabaseRights[]> {
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(file, 'utf8').catch((cause: unknown) => {
        throw new ReeveError('access/file', `opening ${file}: ${messageOf(cause)}`, { cause })
      })
      return rightsIn(text, file)
    }),
  )
}

function rightsIn(text: string, file: string): Right[] {
  const rights: Right[] = []
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    if (line.trim() === '') continue
    const place = `reading ${file} as rights of a database: line ${index + 1}`
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch (cause) {
      throw new ReeveError('access/json', `${place} is no JSON; write it with psql -XAt -f rights.sql`, { cause })
    }
    const read = Right.safeParse(value)
    if (!read.success) {
      const { path, message } = read.error.issues[0]!
      throw new ReeveError(
        'access/shape',
        `${place}, at ${path.join('.') || 'its top'}: ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
      )
    }
    rights.push(read.data)
  }
  const said = rights.filter(({ what }) => what === 'cluster')
  if (said.length !== 1)
    throw new ReeveError(
      'access/shape',
      `reading ${file} as rights of a database: ${said.length === 0 ? 'no line says' : 'several lines say'} which database it is; write one file for each`,
    )
  return rights
}
